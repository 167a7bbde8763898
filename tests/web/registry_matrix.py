"""Who may ask what: one row for each address and method of the registry, for an own object and for a foreign one.

The rows of the pages stand here, those of the API in `registry_operations`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from registry_world import Side, World

ROLES = ("anonymous", "worker", "clerk", "supervisor", "coordinator", "auditor", "administrator", "engineer", "key")
NOBODY: frozenset[str] = frozenset()
AGENCY = frozenset({"clerk", "supervisor"})
CASES = AGENCY | {"coordinator", "auditor"}
OVERSIGHT = frozenset({"coordinator", "auditor"})
KEY = frozenset({"key"})
WORKER = frozenset({"worker"})
EVERYBODY = frozenset(ROLES)
GRANTED, REFUSED = (200, 302, 409, 422), (302, 401, 403, 404)
SIGN_IN = "/desk/sign-in/"
API = "/api/v1/registry"
Body = Any | Callable[[str, Side], Any]


@dataclass(frozen=True)
class Row:
    """One address and method.

    Attributes
    ----------
    method, route : str
        The route as the list of addresses names it.
    own : frozenset of str
        Roles that are let through for an object of their own side.
    foreign : frozenset of str or None
        The same for an object of the other side; None where the address names no object.
    address : callable
        The address for a side.
    body : object
        What is sent, by role if callable; a dict is sent as JSON to the API and as a form to pages.
    """

    method: str
    route: str
    own: frozenset[str]
    foreign: frozenset[str] | None = None
    address: Callable[[Side], str] | None = None
    body: Body = None

NUMBER = r"(?P<number>[0-9]{1,18})"
FORM = {"key": "a1", "reason": "核对属实"}


def _page(method: str, route: str, own: frozenset[str], foreign: frozenset[str] | None = None, address: str = "", body: Body = None) -> Row:
    """A page; `address` names the part of a side that fills ``{}``, as in ``/desk/claims/{claim}/``."""
    return Row(method, route, own, foreign, lambda side: (address or f"/{route}").format(**vars(side)), body)


def _pages(kind: str, part: str, **more: Any) -> tuple[Row, ...]:
    pattern = rf"desk/^(?P<kind>transfers|claims|matters|corrections|refunds)/{NUMBER}/$"
    address = f"/desk/{kind}/{{{part}}}/"
    return (_page("GET", pattern, more.get("read", CASES), OVERSIGHT, address),
            _page("POST", pattern, more.get("write", AGENCY), more.get("elsewhere", NOBODY), address, more["body"]))


def _requests() -> Iterator[Row]:
    """Requests of persons: each kind read and decided; a grant and a plan need the supervisor."""
    pattern = rf"desk/^requests/(?P<kind>subsidies|conversions|recoveries|setoffs|exemptions)/{NUMBER}/$"
    refusal = {**FORM, "action": "refuse"}
    for kind, part, write, body in (
        ("subsidies", "subsidy", AGENCY, refusal), ("conversions", "conversion", AGENCY, refusal),
        ("recoveries", "recovery", AGENCY, {**FORM, "action": "propose", "monthly": "x"}), ("setoffs", "plan", frozenset({"supervisor"}), refusal),
        ("exemptions", "exemption", AGENCY, {**FORM, "action": "refuse", "reason": ""}),
    ):
        address = f"/desk/requests/{kind}/{{{part}}}/"
        yield _page("GET", pattern, CASES, OVERSIGHT, address)
        yield _page("POST", pattern, write, NOBODY, address, body)


STAFF = CASES | {"administrator"}
ENGINEER = frozenset({"engineer"})
ADMINISTRATOR = frozenset({"administrator"})
PAGE_ROWS = (
    _page("GET", "desk/", STAFF | ENGINEER),
    _page("GET", "desk/sign-in/", EVERYBODY),
    _page("GET", "desk/code/", NOBODY),
    _page("GET", "desk/queue/<slug:name>/", CASES, None, "/desk/queue/claims/"),
    *_pages("transfers", "transfer", write=AGENCY | {"coordinator"}, elsewhere=frozenset({"coordinator"}),
            body=lambda role, side: {**FORM, "days": "5", "action": "direct" if role == "coordinator" else "refuse"}),
    *_pages("claims", "claim", body={**FORM, "action": "refuse"}),
    *_pages("matters", "matter", body={**FORM, "action": "extend"}),
    *_pages("refunds", "refund", write=frozenset({"supervisor"}), body=FORM),
    _page("GET", rf"desk/^persons/{NUMBER}/telephone/$", AGENCY, NOBODY, "/desk/persons/{person}/telephone/"),
    _page("POST", rf"desk/^persons/{NUMBER}/telephone/$", AGENCY, NOBODY, "/desk/persons/{person}/telephone/", {**FORM, "phone": "1"}),
    _page("GET", rf"desk/^persons/{NUMBER}/$", CASES, OVERSIGHT, "/desk/persons/{person}/"),
    _page("POST", rf"desk/^persons/{NUMBER}/$", AGENCY | {"coordinator"}, frozenset({"coordinator"}), "/desk/persons/{person}/", {"purpose": "测试"}),
    _page("POST", rf"desk/^persons/{NUMBER}/opening/$", CASES, OVERSIGHT, "/desk/persons/{person}/opening/", {"purpose": "payments"}),
    _page("GET", "desk/requests/", CASES),
    *_requests(),
    _page("GET", "desk/search/", AGENCY | {"coordinator"}),
    _page("POST", "desk/search/", AGENCY | {"coordinator"}, None, "/desk/search/", {"identity_number": "1", "purpose": "测试"}),
    _page("GET", "desk/runs/", CASES),
    _page("POST", "desk/runs/", frozenset({"supervisor"}), NOBODY, "/desk/runs/", lambda role, side: {**FORM, "run": side.run}),
    _page("POST", "desk/runs/", AGENCY, None, "/desk/runs/", {**FORM, "month": "2027-01"}),
    _page("GET", rf"desk/^runs/{NUMBER}/$", CASES, OVERSIGHT, "/desk/runs/{run}/"),
    _page("POST", rf"desk/^runs/{NUMBER}/$", frozenset({"supervisor"}), NOBODY, "/desk/runs/{run}/", {**FORM, "action": "approve"}),
    _page("GET", "desk/settlements/", CASES),
    _page("POST", "desk/settlements/", frozenset({"supervisor"})),
    _page("GET", "desk/rises/", CASES),
    _page("POST", "desk/rises/", AGENCY, None, "/desk/rises/", {**FORM, "from_month": "2026"}),
    _page("GET", rf"desk/^rises/{NUMBER}/$", CASES, OVERSIGHT, "/desk/rises/{rise}/"),
    _page("POST", rf"desk/^rises/{NUMBER}/$", frozenset({"supervisor"}), NOBODY, "/desk/rises/{rise}/", FORM),
    _page("GET", rf"desk/^persons/{NUMBER}/contributions/$", AGENCY, NOBODY, "/desk/persons/{person}/contributions/"),
    _page("POST", rf"desk/^persons/{NUMBER}/contributions/$", AGENCY, NOBODY, "/desk/persons/{person}/contributions/", {"key": "a1", "entry": "1", "reason": ""}),
    _page("GET", "desk/subsidies/", CASES),
    _page("POST", "desk/subsidies/", AGENCY, None, "/desk/subsidies/", {**FORM, "payer": "state:0", "fen": "x"}),
    _page("GET", "desk/bank/", CASES),
    _page("POST", "desk/bank/", AGENCY, None, "/desk/bank/", {"channel": "bank"}),
    _page("POST", "desk/bank/refund/", AGENCY, NOBODY, "/desk/bank/refund/", lambda role, side: {**FORM, "person": side.person, "fen": "1"}),
    _page("GET", rf"desk/^bank/{NUMBER}/$", CASES, OVERSIGHT, "/desk/bank/{statement}/"),
    _page("POST", rf"desk/^bank/{NUMBER}/$", frozenset({"supervisor"}), NOBODY, "/desk/bank/{statement}/", {"line": "1"}),
    _page("GET", "desk/platforms/", CASES),
    _page("POST", "desk/platforms/", AGENCY, NOBODY, "/desk/platforms/", lambda role, side: {**FORM, "receipt": side.receipt, "action": "refuse", "reason": ""}),
    _page("POST", "desk/platforms/", AGENCY, NOBODY, "/desk/platforms/",
          lambda role, side: {"action": "enter", "platform": side.live, "reference": "none", "amount_fen": "1", "received_on": "2026-11-01"}),
    _page("POST", "desk/platforms/", frozenset({"supervisor"}), None, "/desk/platforms/", {"action": "turnover", "month": "2099-01"}),
    _page("GET", rf"desk/^persons/{NUMBER}/exemption/$", AGENCY, NOBODY, "/desk/persons/{person}/exemption/"),
    _page("POST", rf"desk/^persons/{NUMBER}/exemption/$", AGENCY, NOBODY, "/desk/persons/{person}/exemption/", {**FORM, "since": "2026"}),
    _page("GET", "desk/merges/", CASES),
    _page("POST", "desk/merges/", AGENCY | {"coordinator"}, None, "/desk/merges/", {**FORM, "kept": "1"}),
    _page("POST", "desk/merges/", frozenset({"supervisor", "coordinator"}), frozenset({"coordinator"}), "/desk/merges/",
          lambda role, side: {**FORM, "proposal": side.merge, "action": "refuse"}),
    _page("GET", rf"desk/^persons/{NUMBER}/missing-years/$", AGENCY, NOBODY, "/desk/persons/{person}/missing-years/"),
    _page("POST", rf"desk/^persons/{NUMBER}/missing-years/$", AGENCY, NOBODY, "/desk/persons/{person}/missing-years/", {**FORM, "years": "1", "fee": "1"}),
    _page("GET", rf"desk/^persons/{NUMBER}/death/$", CASES, OVERSIGHT, "/desk/persons/{person}/death/"),
    _page("POST", rf"desk/^persons/{NUMBER}/death/$", AGENCY, NOBODY, "/desk/persons/{person}/death/", {**FORM, "died_on": "2026"}),
    _page("GET", "desk/announce/", AGENCY),
    _page("POST", "desk/announce/", AGENCY, None, "/desk/announce/", {"rule": "测试"}),
    _page("GET", "desk/reports/", CASES),
    _page("GET", "desk/campaigns/", AGENCY),
    _page("POST", "desk/campaigns/", AGENCY),
    _page("GET", "desk/audit/", frozenset({"auditor"})),
    _page("POST", "desk/audit/", frozenset({"auditor"})),
    _page("GET", "desk/accesses/", frozenset({"auditor", "supervisor"})),
    _page("GET", "desk/actors/", ADMINISTRATOR),
    _page("GET", "desk/first/", EVERYBODY),
    _page("POST", "desk/first/", NOBODY, None, "/desk/first/", lambda role, side: {"login": f"nobody-{role}", "invitation": "a1"}),
    _page("GET", "desk/actors/history/", ADMINISTRATOR | {"auditor"}),
    _page("GET", rf"desk/^actors/{NUMBER}/$", ADMINISTRATOR, None, "/desk/actors/{account}/"),
    _page("POST", rf"desk/^actors/{NUMBER}/$", ADMINISTRATOR, None, "/desk/actors/{account}/", {"action": "password", "reason": ""}),
    _page("POST", rf"desk/^actors/{NUMBER}/$", ADMINISTRATOR, None, "/desk/actors/{account}/", {"action": "dismiss", "reason": ""}),
    _page("POST", "desk/actors/", ADMINISTRATOR, None, "/desk/actors/", {"role": "auditor", "name": "庚", "login": "weak", "password": "1"}),
    _page("GET", "platform/", ENGINEER),
    _page("GET", "platform/keys/", ENGINEER),
    _page("POST", "platform/keys/", NOBODY, None, "/platform/keys/", {"revoke": "lb-sandbox-nothing"}),
    _page("POST", "platform/keys/", ENGINEER, NOBODY, "/platform/keys/", lambda role, side: {"revoke": side.key_id}),
    _page("GET", "platform/files/", ENGINEER),
    _page("GET", rf"platform/^files/{NUMBER}/$", ENGINEER, NOBODY, "/platform/files/{file}/"),
    _page("GET", rf"platform/^files/{NUMBER}/report\.csv$", ENGINEER, NOBODY, "/platform/files/{file}/report.csv"),
    _page("GET", "platform/reconcile/", ENGINEER),
    _page("GET", "platform/refunds/", ENGINEER),
    _page("POST", "platform/refunds/", ENGINEER, None, "/platform/refunds/", {**FORM, "reference": "nobody", "amount_fen": "1", "reason": "离职"}),
    _page("GET", "platform/webhooks/", ENGINEER),
    _page("POST", "platform/webhooks/", ENGINEER, NOBODY, "/platform/webhooks/", lambda role, side: {"replay": side.event}),
    _page("GET", "platform/docs/", ENGINEER),
    _page("GET", "fund/", EVERYBODY),
    _page("GET", "fund/check/", EVERYBODY),
    _page("POST", "fund/check/", EVERYBODY),
    _page("GET", "fund/digests.csv", EVERYBODY),
    *(_page("GET", f"fund/{name}.csv", EVERYBODY) for name in ("balances", "members", "interruption", "standards")),
    _page("GET", "fund/flows.csv", EVERYBODY),
    _page("GET", "desk/security/", CASES | ADMINISTRATOR | ENGINEER),
    _page("POST", "desk/security/", CASES | ADMINISTRATOR | ENGINEER, None, "/desk/security/", {"remove": "x"}),
    # Last, since it ends the session.
    _page("POST", "desk/sign-out/", NOBODY),
)


def send(browser: Any, row: Row, side: Side, role: str, headers: dict[str, str]) -> Any:
    """Send a row's request about the object of a side."""
    assert row.address is not None
    address = row.address(side)
    body = row.body(role, side) if callable(row.body) else row.body
    headers = {**headers, "Idempotency-Key": f"{role}-{abs(hash((address, json.dumps(body, default=str)))) % 10**12}"}
    if row.route.startswith("/api/"):
        raw = body if isinstance(body, bytes) else json.dumps(body or {})
        return browser.generic(row.method, address, raw, content_type="application/json", headers=headers)
    return browser.generic(row.method, address, headers=headers) if row.method == "GET" else browser.post(address, body or {}, headers=headers)


def outcome(response: Any) -> str:
    """``let through`` or ``refused``, or what went wrong."""
    status = response.status_code
    if status == 302:
        return "refused" if response.headers["Location"].startswith((SIGN_IN, "/account/sign-in/")) else "let through"
    if status in (401, 403, 404):
        return "refused"
    return "let through" if status in GRANTED else f"status {status}"


def differences(world: World, rows: tuple[Row, ...]) -> Iterator[str]:
    """Ask every row as every role for an own and a foreign object, and tell where the answer is not the one expected."""
    for role in ROLES:
        browser, headers = world.client(role), world.headers(role)
        for row in rows:
            for side, expected in ((world.foreign, row.foreign), (world.own, row.own)):
                if expected is None:
                    continue
                found = outcome(send(browser, row, side, role, headers))
                wanted = "let through" if role in expected else "refused"
                if found != wanted:
                    yield f"{row.method} {row.route} as {role}, {'own' if side is world.own else 'foreign'}: {found}, not {wanted}"
