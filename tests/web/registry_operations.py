"""Who may ask what of the API: one row for each operation of the registry, as `registry_matrix` has them for the pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from registry_matrix import AGENCY, API, CASES, EVERYBODY, KEY, NOBODY, OVERSIGHT, WORKER, Body, Row
from registry_world import Side


def _api(method: str, route: str, own: frozenset[str], foreign: frozenset[str] | None = None, part: str = "", body: Body = None) -> Row:
    place = f"{API}{route}"

    def address(side: Side) -> str:
        number = str(getattr(side, part)) if part else ""
        return place.replace("{number}", "1" if "{key}" in place else number).replace("{key}", number).replace("{name}", "transfers").replace("{line}", "1").replace("{heir}", "0").replace("{reference}", "rider-9").replace("{code}", "A" * 16)

    return Row(method, place.partition("?")[0], own, foreign, address, body)


def _refund(role: str, side: Side) -> dict[str, Any]:
    return {"person": side.person, "amount_fen": 1, "channel": "bank", **REASON}


def _transfer(role: str, side: Side) -> dict[str, Any]:
    return {"action": "direct" if role == "coordinator" else "refuse", "reason": "测试", "days": 5}


REASON = {"reason": "核对属实"}
REQUESTS = (("subsidies", "subsidy", AGENCY, {"action": "refuse"}), ("conversions", "conversion", AGENCY, {"action": "refuse"}),
            ("recoveries", "recovery", AGENCY, {"action": "propose"}), ("setoffs", "plan", frozenset({"supervisor"}), {"action": "refuse"}),
            ("exemptions", "exemption", AGENCY, {"action": "refuse"}))


def _api_requests() -> Iterator[Row]:
    """Requests of persons by kind: what is wrong with the answer is said to who may give one, and to nobody else."""
    for kind, part, write, body in REQUESTS:
        for method, route, own, foreign in (("GET", "", CASES, OVERSIGHT), ("POST", "/decision", write, NOBODY)):
            row = _api(method, f"/desk/requests/{kind}/{{number}}{route}", own, foreign, part, body)
            yield replace(row, route=f"{API}/desk/requests/{{kind}}/{{number}}{route}")


API_ROWS = (
    _api("GET", "/desk/me", CASES | {"administrator", "engineer"}),
    _api("GET", "/desk/queues/{name}", CASES),
    _api("GET", "/desk/campaign", AGENCY),
    _api("POST", "/desk/campaign", AGENCY),
    _api("GET", "/desk/transfers/{number}", CASES, OVERSIGHT, "transfer"),
    _api("POST", "/desk/transfers/{number}/steps", AGENCY | {"coordinator"}, frozenset({"coordinator"}), "transfer", _transfer),
    _api("GET", "/desk/claims/{number}", CASES, OVERSIGHT, "claim"),
    _api("POST", "/desk/claims/{number}/decision", AGENCY, NOBODY, "claim", {"action": "refuse", **REASON}),
    _api("GET", "/desk/matters/{number}", CASES, OVERSIGHT, "matter"),
    _api("POST", "/desk/matters/{number}/steps", AGENCY, NOBODY, "matter", {"action": "accept"}),
    _api("POST", "/desk/corrections/{number}/decision", AGENCY, NOBODY, "correction", {"accepted": True, **REASON}),
    _api("GET", "/desk/requests", CASES),
    _api("POST", "/desk/refunds", AGENCY, NOBODY, "", _refund),
    _api("POST", "/desk/refunds/{number}/approval", frozenset({"supervisor"}), NOBODY, "refund"),
    _api("POST", "/desk/refunds/{number}/refusal", frozenset({"supervisor"}), NOBODY, "refund", {"reason": "\x20"}),
    _api("GET", "/desk/persons/{number}/contributions", AGENCY, NOBODY, "person"),
    _api("POST", "/desk/contributions/{number}/return", NOBODY, NOBODY, "person", REASON),  # nothing is paid in the small world
    _api("GET", "/desk/subsidies", CASES),
    _api("POST", "/desk/subsidies/received", AGENCY, None, "", {"payer": "state:0", "amount_fen": 1, "reference": "r-1", "on": "2026-11-01"}),
    _api("GET", "/desk/queues", CASES),
    *_api_requests(),
    replace(_api("GET", "/desk/queues/refunds/{number}", CASES, OVERSIGHT, "refund"), route=f"{API}/desk/queues/{{name}}/{{number}}"),
    _api("GET", "/desk/reports", CASES),
    _api("GET", "/desk/runs/{number}", CASES, OVERSIGHT, "run"),
    _api("POST", "/desk/runs/{number}/payment", frozenset({"supervisor"}), NOBODY, "run"),
    _api("GET", "/desk/disbursements", AGENCY),
    _api("POST", "/desk/disbursements", frozenset({"supervisor"}), None, "", {"amount_fen": 10**12, "reference": "bank-9"}),
    _api("GET", "/desk/settlements", CASES),
    _api("POST", "/desk/settlements", frozenset({"supervisor"})),
    _api("GET", "/desk/rises", CASES),
    _api("POST", "/desk/rises", AGENCY, None, "", {"scheme": "employee", "from_month": "2026-03", "document": "测试", "source": "公报", "fixed_fen": 1}),
    _api("GET", "/desk/rises/{number}", CASES, OVERSIGHT, "rise"),
    _api("POST", "/desk/rises/{number}/application", frozenset({"supervisor"}), NOBODY, "rise"),
    _api("POST", "/desk/rises/{number}/refusal", frozenset({"supervisor"}), NOBODY, "rise", {"reason": "\x20"}),
    _api("POST", "/desk/rises/{number}/approval", frozenset({"supervisor"}), NOBODY, "rise"),
    _api("POST", "/desk/persons/{number}/telephone", AGENCY, NOBODY, "person", {"phone": "1", **REASON}),
    _api("GET", "/desk/persons/{number}/missing-years", AGENCY, NOBODY, "person"),
    _api("POST", "/desk/persons/{number}/missing-years", AGENCY, NOBODY, "person", {"years": 1, "fee": 200}),
    _api("GET", "/desk/persons/{number}/death", CASES, OVERSIGHT, "person"),
    _api("POST", "/desk/persons/{number}/death", AGENCY, NOBODY, "person",
         {"died_on": "2999-01-01", "disposable_income_fen": 1, "heirs": [{"name": "赵", "share": "1"}]}),
    _api("POST", "/desk/persons/{number}/death/heirs/{heir}/payment", NOBODY, NOBODY, "person"),  # nobody has died in the small world
    _api("POST", "/desk/persons/{number}/death/heirs/{heir}/return", frozenset({"supervisor"}), NOBODY, "person", {"fen": 1, "reference": "@"}),
    _api("POST", "/desk/persons/{number}/death/undoing", AGENCY, NOBODY, "person", {"reason": "\x20", "proof": "\x20"}),
    _api("POST", "/desk/persons/{number}/death/undoing/decision", NOBODY, NOBODY, "person", {"accepted": False, "reason": "核对属实"}),
    _api("POST", "/desk/persons/{number}/death/rest", NOBODY, NOBODY, "person"),
    _api("GET", "/desk/merges", CASES),
    _api("POST", "/desk/merges", AGENCY | {"coordinator"}, frozenset({"coordinator"}), "", lambda role, side: {"kept": side.person, "other": side.double, **REASON}),
    _api("POST", "/desk/merges/{number}/decision", frozenset({"supervisor", "coordinator"}), frozenset({"coordinator"}), "merge", {"accepted": False}),
    _api("POST", "/desk/announcements/check", AGENCY, None, "", {"rule": "测试", "month": "2027-01", "change": "测试", "scheme": "all"}),
    _api("POST", "/desk/announcements", AGENCY, None, "", {"rule": "测试", "month": "2027-01", "change": "见 www.example.com", "scheme": "all"}),
    _api("GET", "/desk/announcements", AGENCY),
    _api("GET", "/desk/platforms", CASES),
    _api("GET", "/desk/receipts", CASES),
    _api("POST", "/desk/receipts", AGENCY, NOBODY, "", lambda role, side: {"platform": side.live, "reference": "none", "amount_fen": 1, "received_on": "2026-11-01"}),
    _api("GET", "/desk/receipts/{number}", CASES, OVERSIGHT, "receipt"),
    _api("POST", "/desk/receipts/{number}/decision", AGENCY, NOBODY, "receipt", {"action": "refuse"}),
    _api("GET", "/desk/turnovers", CASES),
    _api("GET", "/desk/withheld", CASES),
    _api("POST", "/desk/turnovers", frozenset({"supervisor"}), None, "", {"month": "2099-01"}),
    _api("GET", "/desk/persons/{number}/exemptions", AGENCY, NOBODY, "person"),
    _api("POST", "/desk/persons/{number}/exemptions", AGENCY, NOBODY, "person", {"since": "2026-11-01", "until": "2026-10-01", "words": "证明", "checked": "证明"}),
    _api("POST", "/desk/exemptions/{number}/end", AGENCY, NOBODY, "exempt", {"last": "2000-01-01", "reason": "离职"}),
    _api("GET", "/desk/bank/statements", CASES),
    _api("POST", "/desk/bank/statements?channel=bank", AGENCY, None, "", b"none"),
    _api("GET", "/desk/bank/statements/{number}", CASES, OVERSIGHT, "statement"),
    _api("POST", "/desk/bank/statements/{number}/lines/{line}/booking", frozenset({"supervisor"}), NOBODY, "statement"),
    _api("GET", "/desk/bank/suspense", CASES),
    _api("GET", "/desk/audit/results", frozenset({"auditor"})),
    _api("GET", "/desk/audit/refused-readings", frozenset({"auditor", "supervisor"})),
    _api("GET", "/desk/audit/missed-searches", frozenset({"auditor", "supervisor"})),
    _api("GET", "/desk/actors/limits", frozenset({"administrator"})),
    _api("GET", "/desk/actors/{number}", frozenset({"administrator", "auditor"}), None, "account"),
    _api("GET", "/desk/runs", CASES),
    _api("POST", "/desk/runs", AGENCY, None, "", {"month": "2026-12"}),
    _api("POST", "/desk/runs/{number}/approval", frozenset({"supervisor"}), NOBODY, "run"),
    _api("GET", "/desk/persons/{number}", CASES, OVERSIGHT, "person"),
    _api("POST", "/desk/persons/{number}/opening", CASES, OVERSIGHT, "person", {"purpose": "测试"}),
    _api("POST", "/desk/search", AGENCY | {"coordinator"}, None, "", {"identity_number": "360100199001010015", "purpose": "测试"}),
    _api("POST", "/desk/persons/{number}/reading", AGENCY | {"coordinator"}, frozenset({"coordinator"}), "person",
         {"fields": ["name"], "purpose": "测试"}),
    _api("GET", "/desk/audit/findings", frozenset({"auditor"})),
    _api("GET", "/desk/audit/run", frozenset({"auditor"})),
    _api("POST", "/desk/audit/run", frozenset({"auditor"})),
    _api("GET", "/desk/audit/digests", frozenset({"auditor"})),
    _api("GET", "/desk/audit/accesses", frozenset({"auditor", "supervisor"})),
    _api("GET", "/desk/actors", frozenset({"administrator", "auditor"})),
    _api("POST", "/desk/actors", frozenset({"administrator"}), None, "",
         {"role": "auditor", "name": "庚", "login": "weak"}),
    _api("GET", "/desk/actors/history", frozenset({"administrator", "auditor"})),
    _api("GET", "/desk/actors/requests", frozenset({"administrator", "auditor"})),
    _api("POST", "/desk/actors/{number}/reset", frozenset({"administrator"}), None, "account", {"what": "authenticator", "reason": "手机遗失"}),
    _api("POST", "/desk/actors/requests/{number}/answer", frozenset({"administrator"}), None, "reset", {"granted": False, "reason": "撤回"}),
    _api("POST", "/desk/actors/{number}/dismissal", frozenset({"administrator"}), None, "person", {"reason": "离职"}),
    _api("POST", "/bank/messages", NOBODY, None, "", {"channel": "stand-in", "reference": "r-1", "kind": "paid", "number": "P-unknown-1",
                                                      "amount_fen": 1, "paid_on": "2026-11-02"}),  # the bank alone, by its signature
    _api("POST", "/proofs", EVERYBODY, None, "", {"version": 1}),
    _api("GET", "/platform", KEY),
    _api("POST", "/orders", KEY, None, "", {"orders": [{"order_number": "m-1"}]}),
    _api("PUT", "/files/{key}", KEY, None, "upload", {"format": "csv", "rows": 1, "income_fen": 1, "sha256": "0" * 64}),
    _api("PUT", "/files/{key}/parts/{number}", KEY, NOBODY, "upload", b"part"),
    _api("POST", "/files/{key}/commit", KEY, NOBODY, "upload"),
    _api("DELETE", "/files/{key}", KEY, None, "person"),
    _api("GET", "/files", KEY),
    _api("GET", "/files/{number}/report", KEY, NOBODY, "file"),
    _api("GET", "/files/{number}/workers", KEY, NOBODY, "file"),
    _api("GET", "/reconciliation?first=2026-11-01&last=2026-11-02", KEY),
    _api("GET", "/settlement", KEY),
    _api("GET", "/settlements", KEY),
    _api("POST", "/workers/{reference}/link", KEY, None, "", {"identity_number": "1" * 18, "name": "赵", "proof": "合同"}),
    _api("POST", "/workers/{reference}/refund", KEY, None, "", {"amount_fen": 1, "reason": "离职"}),
    _api("GET", "/refunds", KEY),
    _api("GET", "/workers/unknown", KEY),
    _api("GET", "/workers/exempt", KEY),
    _api("GET", "/webhooks", KEY),
    _api("POST", "/webhooks", KEY, None, "", {"url": "https://user@example.org/"}),
    _api("DELETE", "/webhooks/{number}", KEY, NOBODY, "webhook"),
    _api("GET", "/refusals", KEY),
    _api("GET", "/platform/keys", frozenset({"engineer"})),
    _api("POST", "/platform/keys", frozenset({"engineer"})),
    replace(_api("DELETE", "/platform/keys/{number}", frozenset({"engineer"}), NOBODY, "spare_key"), route=f"{API}/platform/keys/{{key_id}}"),
    replace(_api("GET", "/fund/digests", EVERYBODY), route=f"{API}/fund/{{name}}"),
    _api("GET", "/events", KEY),
    _api("POST", "/events/{number}/replay", KEY, NOBODY, "event"),
    _api("POST", "/sandbox/file", KEY, None, "", {"orders": 3, "workers": 2, "day": "2026-11-02"}),
    _api("POST", "/sandbox/settlement", KEY, None, "", {"reference": "none", "amount_fen": 1}),
)

NO_OBJECT = {"account": "1", "entry": "1", "code": "A" * 16, "day": "2026-11", "platform": "1", "purpose": "registry", "matter": "enrol"}


def _me(method: str, route: str, own: frozenset[str] = WORKER, part: str = "", body: Body = None, **fill: str) -> Row:
    """An operation of the worker; `part` names the part of a side that fills ``{number}``."""
    place = f"{API}/me{route}"

    def address(side: Side) -> str:
        return place.format(**{**NO_OBJECT, "number": getattr(side, part) if part else "1", **fill})

    return Row(method, place.partition("?")[0], own, NOBODY if part else None, address, body)


ME_ROWS = (
    *(_me("GET", route) for route in (
        "", "/matters/{matter}", "/career", "/enrolments", "/certificates", "/messages", "/data", "/data/readers", "/data/export", "/consents",
        "/accounts", "/months", "/bills", "/refunds", "/missed", "/missing-years", "/orders?first=2026-11-01&last=2026-11-02", "/subsidies", "/transfers", "/pension",
        "/resident-pension", "/claims", "/conversions", "/complaints", "/decisions", "/questions")),
    *(_me("POST", route) for route in (
        "/identity", "/enrolments", "/enrolments/choice", "/enrolments/pause", "/enrolments/leave", "/enrolments/return", "/certificates", "/corrections", "/bills",
        "/payments", "/refunds", "/missed", "/missing-years", "/subsidies", "/transfers", "/claims", "/resident-claims", "/conversions", "/complaints", "/appeals", "/questions/first-job", "/questions/why-stopped")),
    _me("POST", "/matters/{matter}/check", body={"answers": {}}),
    _me("PUT", "/consents/{purpose}", body={"given": True}),
    _me("GET", "/enrolments/{number}", part="membership"),
    _me("GET", "/transfers/{number}", part="transfer"),
    _me("POST", "/transfers/{number}/steps", part="transfer", body={"action": "escalate"}),
    _me("GET", "/claims/{number}", part="claim"),
    _me("GET", "/complaints/{number}", part="matter"),
    _me("POST", "/complaints/{number}/steps", part="matter", body={"action": "object", "says": ""}),
    _me("GET", "/conversions/{number}", part="conversion"),
    _me("POST", "/refunds/{number}/withdrawal", NOBODY, part="refund"),  # in the small world the agency proposed it
    _me("GET", "/exemptions"),
    _me("POST", "/exemptions"),
    _me("GET", "/exemptions/{number}", part="exemption"),
    _me("POST", "/exemptions/{number}/withdrawal", part="exemption"),
    _me("POST", "/exemptions/{number}/end", part="exempt"),
    _me("GET", "/subsidies/{number}", part="subsidy"),
    _me("POST", "/subsidies/{number}/withdrawal", part="subsidy"),
    # Nothing of these stands in the small world: nobody gets them, and tests/web/test_worker_api.py shows the worker his own.
    *(_me("GET", route, NOBODY) for route in (
        "/set-offs/{number}", "/certificates/{code}", "/certificates/{code}/certificate.pdf", "/accounts/{account}/lines/{entry}",
        "/accounts/{account}/lines/{entry}/proof", "/payments/{number}", "/orders/{day}")),
    _me("GET", "/orders/{day}/{platform}/{number}", NOBODY, day="2026-11-02"),
    _me("POST", "/certificates/{code}/revocation", NOBODY),
    _me("POST", "/bills/{number}/withdrawal", part="bill"),
    _api("GET", "/certificates/{code}", NOBODY),
    _api("POST", "/session", EVERYBODY),
    _api("GET", "/session", NOBODY),
    _api("DELETE", "/session", EVERYBODY),
    _api("DELETE", "/sessions", NOBODY, None, "", {"password": "a long pass phrase"}),
    _api("POST", "/session/code", NOBODY, None, "", {"code": "123456"}),
    _api("POST", "/sign-up", EVERYBODY),
    _api("POST", "/sign-up/code", EVERYBODY, None, "", {"code": "123456"}),
    _api("POST", "/password-reset", EVERYBODY),
    _api("POST", "/password-reset/code", EVERYBODY, None, "", {"code": "123456"}),
    _api("POST", "/password-reset/identity", NOBODY, None, "", {"number": "36990019880315001X"}),
    _api("POST", "/password-reset/password", NOBODY, None, "", {"password": "a long pass phrase"}),
    _api("PUT", "/password", NOBODY, None, "", {"password": "a long pass phrase", "new_password": "another long phrase 9"}),
    _api("POST", "/telephone", EVERYBODY),
    _api("POST", "/telephone/code", NOBODY, None, "", {"code": "123456"}),
    _api("POST", "/sign-up/password", NOBODY, None, "", {"password": "a long pass phrase"}),
    _api("POST", "/staff/sign-in", NOBODY, None, "", lambda role, side: {"login": f"nobody-{role}", "password": "wrong"}),
    _api("POST", "/staff/second-step", NOBODY, None, "", {"challenge": "a1", "code": "123456"}),
    _api("DELETE", "/staff/session", EVERYBODY),
)
API_ROWS += ME_ROWS
