"""The desk through the API: what a page does, an operation does, by the same services and with the same second person."""

from __future__ import annotations

import itertools
import json
from typing import Any

from registry_matrix import API, NUMBER, PAGE_ROWS
from registry_operations import API_ROWS
from registry_world import World
from test_desk_work import pensioner, work

__all__ = ["pensioner"]
_keys = itertools.count(1)


def ask(world: World, role: str, method: str, address: str, body: Any = None, *, status: int = 200, key: str = "") -> Any:
    """Send a request as a role and return the answer's content."""
    raw = body if isinstance(body, bytes) else json.dumps(body or {})
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    answer = world.client(role).generic(method, f"{API}/desk{address}", raw, content_type=kind, headers={"Idempotency-Key": key or f"k{next(_keys)}"})
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


# What each form of the desk does, as an operation.
OPERATIONS = {
    rf"desk/^(?P<kind>transfers|claims|matters|corrections|refunds)/{NUMBER}/$": (
        "/transfers/{number}/steps", "/claims/{number}/decision", "/matters/{number}/steps", "/corrections/{number}/decision", "/refunds/{number}/approval",
        "/refunds/{number}/refusal"),
    rf"desk/^persons/{NUMBER}/telephone/$": ("/persons/{number}/telephone",),
    rf"desk/^persons/{NUMBER}/missing-years/$": ("/persons/{number}/missing-years",),
    rf"desk/^persons/{NUMBER}/$": ("/persons/{number}/reading",),
    rf"desk/^persons/{NUMBER}/opening/$": ("/persons/{number}/opening",),
    rf"desk/^requests/(?P<kind>subsidies|conversions|recoveries|setoffs|exemptions)/{NUMBER}/$": ("/requests/{kind}/{number}/decision",),
    rf"desk/^persons/{NUMBER}/exemption/$": ("/persons/{number}/exemptions", "/exemptions/{number}/end"),
    "desk/platforms/": ("/receipts", "/receipts/{number}/decision", "/turnovers", "/refunds"),
    "desk/search/": ("/search",),
    "desk/runs/": ("/runs", "/runs/{number}/approval", "/disbursements"),
    rf"desk/^runs/{NUMBER}/$": ("/runs/{number}/approval", "/runs/{number}/payment"),
    "desk/settlements/": ("/settlements",),
    "desk/rises/": ("/rises",),
    rf"desk/^rises/{NUMBER}/$": ("/rises/{number}/approval", "/rises/{number}/refusal", "/rises/{number}/application"),
    rf"desk/^persons/{NUMBER}/contributions/$": ("/contributions/{number}/return",),
    "desk/subsidies/": ("/subsidies/received", "/refunds"),
    "desk/bank/": ("/bank/statements",),
    "desk/bank/refund/": ("/refunds",),
    rf"desk/^bank/{NUMBER}/$": ("/bank/statements/{number}/lines/{line}/booking",),
    "desk/merges/": ("/merges", "/merges/{number}/decision"),
    rf"desk/^persons/{NUMBER}/death/$": (
        "/persons/{number}/death", "/persons/{number}/death/heirs/{heir}/payment", "/persons/{number}/death/rest", "/persons/{number}/death/heirs/{heir}/return",
        "/persons/{number}/death/undoing", "/persons/{number}/death/undoing/decision"),
    "desk/announce/": ("/announcements/check", "/announcements"),
    "desk/campaigns/": ("/campaign",),
    "desk/audit/": ("/audit/run",),
    rf"desk/^actors/{NUMBER}/$": ("/actors/{number}/reset", "/actors/requests/{number}/answer", "/actors/{number}/dismissal"),
    "desk/actors/": ("/actors",),
}
SIGNING = {"desk/sign-in/": "POST /staff/sign-in", "desk/code/": "POST /staff/second-step", "desk/sign-out/": "DELETE /staff/session"}
ON_PAGES_ALONE = {"desk/first/", "desk/security/"}  # a password is chosen, an authenticator or a key set up, by a person before a screen


def test_every_form_of_the_desk_has_its_operation() -> None:
    forms = {row.route for row in PAGE_ROWS if row.method == "POST" and row.route.startswith("desk/")} - ON_PAGES_ALONE - set(SIGNING)
    assert set(OPERATIONS) == forms
    offered = {row.route.removeprefix(f"{API}/desk") for row in API_ROWS if row.method == "POST"}
    assert {each for routes in OPERATIONS.values() for each in routes} - offered == set()
    assert set(SIGNING) <= {row.route for row in PAGE_ROWS}
    assert set(SIGNING.values()) <= {f"{row.method} {row.route.removeprefix(API)}" for row in API_ROWS}


def test_a_run_is_prepared_approved_paid_and_booked_by_two_people(world: World, pensioner: int) -> None:
    run = ask(world, "clerk", "POST", "/runs", {"month": "2025-12"}, key="run")["run"]
    assert ask(world, "clerk", "POST", "/runs", {"month": "2025-12"}, key="run")["run"] == run
    before = ask(world, "clerk", "GET", f"/runs/{run}")
    assert (before["state"], before["left"], before["left_fen"], before["payment"]["state"]) == ("prepared", 1, 300_000, "none")
    assert ask(world, "supervisor", "POST", f"/runs/{run}/payment", status=409)["code"] == "benefit.not_approved"
    assert ask(world, "clerk", "POST", f"/runs/{run}/approval", status=403)["code"] == "registry.role"
    ask(world, "supervisor", "POST", f"/runs/{run}/approval")
    waiting = ask(world, "supervisor", "POST", f"/runs/{run}/payment")
    assert waiting["state"] == "queued" and ask(world, "supervisor", "POST", f"/runs/{run}/payment")["job"] == waiting["job"], "one piece of work"
    work()
    after = ask(world, "auditor", "GET", f"/runs/{run}")
    assert (after["state"], after["paid_fen"], after["left"]) == ("done", 300_000, 0)
    assert after["payment"] == {**after["payment"], "state": "done", "result": {"payments": 1, "fen": 300_000}}
    assert ask(world, "clerk", "GET", "/disbursements") == {"province": "36", "payable_fen": 300_000}
    assert ask(world, "supervisor", "POST", "/disbursements", {"amount_fen": 300_001, "reference": "b-1"}, status=409)["zh"]
    entry = ask(world, "supervisor", "POST", "/disbursements", {"amount_fen": 300_000, "reference": "b-1"}, key="bank")["entry"]
    assert ask(world, "supervisor", "POST", "/disbursements", {"amount_fen": 300_000, "reference": "b-1"}, key="bank")["entry"] == entry
    assert ask(world, "clerk", "GET", "/disbursements")["payable_fen"] == 0


def test_a_rise_of_either_scheme_is_entered_with_its_source_compared_approved_and_applied(world: World, pensioner: int) -> None:
    from made_up import as_owner

    said = {"scheme": "employee", "from_month": "2026-01", "document": "赣人社发〔2026〕1号", "source": "省公报", "fixed_fen": 3_000, "share": 0.01}
    assert ask(world, "clerk", "POST", "/rises", {**said, "source": ""}, status=422)
    number = ask(world, "clerk", "POST", "/rises", {**said, "fixed_fen": 300_000})["rise"]
    assert ask(world, "clerk", "POST", "/rises", said, status=409)["code"] == "benefit.rise_once"
    assert ask(world, "clerk", "POST", f"/rises/{number}/refusal", {"reason": "多写两个零"})["state"] == "refused"
    number = ask(world, "supervisor", "POST", "/rises", said)["rise"]
    assert ask(world, "supervisor", "POST", f"/rises/{number}/approval", status=403)["code"] == "benefit.two_persons"
    assert ask(world, "clerk", "POST", f"/rises/{number}/refusal", {"reason": "不同意"}, status=403)["code"] == "benefit.supervisor", "entered by another"
    ask(world, "supervisor", "POST", f"/rises/{number}/refusal", {"reason": "由经办人重新录入"})
    number = ask(world, "clerk", "POST", "/rises", said)["rise"]
    assert ask(world, "supervisor", "POST", f"/rises/{number}/application", status=409)["code"] == "benefit.state"
    ask(world, "supervisor", "POST", f"/rises/{number}/approval")
    ask(world, "supervisor", "POST", f"/rises/{number}/application")
    assert work().result == {"raised": 1}
    found = ask(world, "auditor", "GET", f"/rises/{number}")
    assert (found["state"], found["raised"], found["more_fen"], found["source"], found["recorded"]) == ("done", 1, 6_000, "省公报", None)
    assert as_owner("SELECT pension_fen FROM benefit_claim WHERE id = %s", [world.own.claim]) == [(306_000,)]

    resident = {"scheme": "resident", "from_month": "2018-01", "document": "文", "source": "公报", "fixed_fen": 500, "tilts": [{"age": 65, "amount_fen": 500}]}
    assert ask(world, "clerk", "POST", "/rises", {**resident, "share": 0.01}, status=422)["code"] == "benefit.rise_parts"
    assert ask(world, "clerk", "POST", "/rises", {**resident, "from_month": "1999-01"}, status=422)["code"] == "desk.rise_year"
    number = ask(world, "clerk", "POST", "/rises", resident)["rise"]
    found = ask(world, "supervisor", "GET", f"/rises/{number}")
    assert (found["state"], found["scheme"], found["concerned"], found["tilts"]) == ("entered", "resident", 0, [{"age": 65, "amount_fen": 500}])
    page = world.client("supervisor").get(f"/desk/rises/{number}/", {"lang": "en"}).content.decode()
    assert "Resident basic pension" in page and "Share of the own pension" not in page
    assert 'name="per_year"' not in world.client("clerk").get("/desk/rises/?scheme=resident").content.decode()


def test_what_the_law_store_has_on_record_stands_beside_a_resident_rise(world: World) -> None:
    from dataclasses import replace

    from lingbao.registry.benefits.figures import rise_figures
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.desk.pensions import recorded

    number = ask(world, "clerk", "POST", "/rises", {"scheme": "resident", "from_month": "2019-01", "document": "文", "source": "公报", "fixed_fen": 9_500})["rise"]
    entered = run_as(SYSTEM, lambda: rise_figures(number))
    beijing = recorded(replace(entered, province="11"))  # 705 yuan in 2018, 800 in 2019
    assert beijing is not None and (beijing.before_fen, beijing.after_fen, beijing.agrees) == (70_500, 80_000, True)
    other = recorded(replace(entered, province="11", fixed_fen=9_400))
    assert other is not None and not other.agrees


def test_a_death_is_settled_by_one_and_its_heirs_paid_by_another(world: World, pensioner: int) -> None:
    said = {"died_on": "2026-11-01", "disposable_income_fen": 400_000, "heirs": [{"name": "赵甲", "share": "1/3"}, {"name": "赵乙", "share": "2/3"}]}
    address = f"/persons/{pensioner}/death"
    for role in ("clerk", "auditor"):
        ask(world, role, "POST", f"/persons/{pensioner}/opening", {"purpose": "办理死亡待遇"})
    assert ask(world, "clerk", "GET", address) == {"person": pensioner, "settled": None, "undoings": []}
    assert ask(world, "clerk", "POST", address, {**said, "heirs": said["heirs"][:1]}, status=422)["code"] == "death.shares"
    assert ask(world, "clerk", "POST", address, {**said, "died_on": "2999-01-01"}, status=422)["code"] == "death.ahead"
    assert ask(world, "clerk", "POST", address, {**said, "heirs": [{"name": "赵甲", "share": "1/0"}]}, status=422)
    done = ask(world, "supervisor", "POST", address, said, key="death")
    assert ask(world, "supervisor", "POST", address, said, key="death") == done
    assert ask(world, "supervisor", "POST", f"{address}/heirs/0/payment", status=403)["code"] == "benefit.two_persons"
    assert ask(world, "clerk", "POST", f"{address}/heirs/0/payment", status=403)["code"] == "registry.role"
    heirs = ask(world, "auditor", "GET", address)["settled"]["heirs"]
    assert [each["name"] for each in heirs] == ["赵甲", "赵乙"] and sum(each["fen"] for each in heirs) == sum(each["fen"] for each in done["heirs"])
    # The person lives: asked by one, undone by another.
    asked = {"reason": "同名误登", "proof": "本人到窗口"}
    assert ask(world, "supervisor", "POST", f"{address}/heirs/0/return", {"fen": 1, "reference": "b-9"}, status=422)["code"] == "death.given_back"
    assert ask(world, "clerk", "POST", f"{address}/undoing", {**asked, "proof": "\x20"}, status=422)["code"] == "death.undoing_proof"
    number = ask(world, "clerk", "POST", f"{address}/undoing", asked, key="undo")["undoing"]
    assert ask(world, "clerk", "POST", f"{address}/undoing", asked, key="undo")["undoing"] == number
    assert [each["person"] for each in ask(world, "supervisor", "GET", "/settlements")["undoings"]] == [pensioner]
    assert ask(world, "clerk", "POST", f"{address}/undoing/decision", {"accepted": True}, status=403)["code"] == "registry.role"
    undone = ask(world, "supervisor", "POST", f"{address}/undoing/decision", {"accepted": True}, key="undone")
    assert (undone["state"], undone["pension"]) == ("approved", world.own.claim) and undone["reversed"]
    after = ask(world, "auditor", "GET", address)
    assert after["settled"] is None and [each["state"] for each in after["undoings"]] == ["approved"]
    told = [(line["kind"], line["what"]) for line in ask(world, "auditor", "GET", f"/persons/{pensioner}")["timeline"]]
    assert {("death", "undone"), ("death_undoing", "approved")} <= set(told)


def test_one_person_under_two_numbers_is_merged_by_two(world: World) -> None:
    found = ask(world, "clerk", "GET", "/merges")
    waiting = next(each for each in found["proposals"] if each["number"] == world.own.merge)
    assert waiting["kept"]["person"] == world.own.person and "*" in waiting["kept"]["identity_number"]
    assert ask(world, "supervisor", "POST", f"/merges/{world.own.merge}/decision", {"accepted": False}, status=422)["code"] == "person.merge_reason"
    assert ask(world, "supervisor", "POST", f"/merges/{world.own.merge}/decision", {"accepted": False, "reason": "两个人"})["state"] == "refused"
    again = ask(world, "supervisor", "POST", "/merges", {"kept": world.own.person, "other": world.own.double, "reason": "核对身份证"})["proposal"]
    refused = ask(world, "supervisor", "POST", f"/merges/{again}/decision", {"accepted": True}, status=409)
    assert refused["code"] == "person.merge_two_actors"
    assert ask(world, "coordinator", "POST", f"/merges/{again}/decision", {"accepted": True})["state"] == "merged"


def test_a_statement_is_taken_once_matched_and_money_in_suspense_goes_back_by_two(world: World) -> None:
    from made_up import accounts, moved, registered

    content = "日期,流水号,金额,摘要\n2026-11-01,x-1,5.00,\n2026-11-01,x-2,7,=1+1\n".encode()
    taken = ask(world, "clerk", "POST", "/bank/statements?channel=stand-in", content)
    assert (taken["lines"], taken["refused"]) == (1, 1)
    assert ask(world, "clerk", "POST", "/bank/statements?channel=stand-in", content)["number"] == taken["number"]
    assert ask(world, "clerk", "POST", "/bank/statements?channel=stand-in", b"none", status=422)["zh"]
    beside = ask(world, "auditor", "GET", f"/bank/statements/{taken['number']}")
    assert [each["state"] for each in beside["lines"]] == ["unknown"] and beside["refusals"][0]["zh"]
    assert ask(world, "supervisor", "POST", f"/bank/statements/{taken['number']}/lines/1/booking", status=409)["code"]
    person = registered(world.actors["clerk"], 511, name="郑九", province="36")
    bank, = accounts("bank", owner=36, owner_kind="province")
    suspense, = accounts("suspense", owner=person)
    moved((bank, -1_000), (suspense, 1_000))
    assert [(each["person"], each["fen"]) for each in ask(world, "clerk", "GET", "/bank/suspense")] == [(person, 1_000)]
    wish = {"person": person, "amount_fen": 1_001, "channel": "stand-in", "reason": "多缴"}
    assert ask(world, "clerk", "POST", "/refunds", wish, status=422)["code"] == "desk.refund"
    refused = ask(world, "supervisor", "POST", f"/refunds/{world.own.refund}/refusal", {"reason": "没有这笔暂存款"}, key="refuse")
    assert ask(world, "supervisor", "POST", f"/refunds/{world.own.refund}/refusal", {"reason": "没有这笔暂存款"}, key="refuse") == refused
    assert ask(world, "supervisor", "POST", f"/refunds/{world.own.refund}/approval", status=409)["code"] == "collection.answered"
    proposal = ask(world, "clerk", "POST", "/refunds", {**wish, "amount_fen": 1_000}, key="refund")["proposal"]
    assert ask(world, "clerk", "POST", "/refunds", {**wish, "amount_fen": 1}, status=422)["code"] == "desk.refund"  # all of it is proposed already
    assert ask(world, "clerk", "GET", f"/queues/refunds/{proposal}")["fen"] == 1_000
    ask(world, "supervisor", "POST", f"/refunds/{proposal}/approval")
    assert ask(world, "clerk", "POST", "/refunds", {**wish, "amount_fen": 1_000}, key="refund")["proposal"] == proposal, "sent again it is the same"
    assert ask(world, "clerk", "GET", "/bank/suspense") == []


def test_requests_of_persons_are_read_and_decided(world: World) -> None:
    waiting = ask(world, "clerk", "GET", "/requests")
    assert {kind: len(items) for kind, items in waiting.items()} == {"subsidies": 1, "conversions": 1, "recoveries": 1, "setoffs": 1, "exemptions": 1}
    one = f"/requests/subsidies/{world.own.subsidy}"
    assert ask(world, "clerk", "GET", one)["actions"] == ["refuse"] and ask(world, "supervisor", "GET", one)["actions"] == ["grant", "refuse"]
    assert ask(world, "supervisor", "POST", f"{one}/decision", {"action": "grant", "reason": "认定书"}, status=422)["code"] == "desk.missing"
    assert ask(world, "clerk", "POST", f"{one}/decision", {"action": "grant"}, status=403)["code"] == "registry.role"
    ask(world, "clerk", "POST", f"{one}/decision", {"action": "refuse", "reason": "未经认定"})
    assert ask(world, "clerk", "GET", "/requests")["subsidies"] == []
    owed = f"/requests/recoveries/{world.own.recovery}/decision"
    plan = ask(world, "supervisor", "POST", owed, {"action": "propose", "monthly_fen": 10, "since": "2026-12", "reason": "与本人约定"})["plan"]
    decided = f"/requests/setoffs/{plan}/decision"
    assert ask(world, "supervisor", "POST", decided, {"action": "approve"}, status=403)["code"] == "benefit.two_persons"
    assert ask(world, "supervisor", "POST", f"/requests/setoffs/{world.own.plan}/decision", {"action": "approve"})["state"] == "approved"


def test_an_announcement_is_read_over_sent_once_and_not_mixed_up_with_another(world: World) -> None:
    said = {"rule": "缴费档次调整", "month": "2027-01", "change": "最低档由60%降为50%", "scheme": "employee"}
    read = ask(world, "clerk", "POST", "/announcements/check", said)
    assert "从2027-01起实行" in read["text"] and read["people"] == 1
    assert ask(world, "clerk", "POST", "/announcements", said)["state"] == "queued"
    assert ask(world, "clerk", "POST", "/announcements", {**said, "rule": "另一项"}, status=409)["code"] == "desk.announce_waits"
    work()
    assert ask(world, "supervisor", "GET", "/announcements")["result"]["messages"] == 1
    assert ask(world, "clerk", "POST", "/announcements", {**said, "rule": "另一项"})["state"] == "queued"


def test_a_telephone_is_changed_at_the_counter_by_two_and_a_dismissal_keeps_its_reason(world: World) -> None:
    made = ask(world, "clerk", "POST", f"/persons/{world.own.person}/telephone", {"phone": "13900000077", "reason": "出示身份证"})["correction"]
    assert ask(world, "supervisor", "GET", f"/queues/corrections/{made}")["detail"] == "phone"
    assert ask(world, "supervisor", "POST", f"/corrections/{made}/decision", {"accepted": True, "reason": "核对属实"})["accepted"]
    ask(world, "supervisor", "GET", f"/queues/corrections/{made}", status=404)
    assert ask(world, "administrator", "POST", f"/actors/{world.spare}/dismissal", {}, status=422)
    assert ask(world, "administrator", "POST", f"/actors/{world.spare}/dismissal", {"reason": " "}, status=422)["code"] == "actor.reason"
    assert ask(world, "administrator", "GET", f"/actors/{world.spare}")["active"]
    ask(world, "administrator", "POST", f"/actors/{world.spare}/dismissal", {"reason": "离职"})
    found = ask(world, "auditor", "GET", f"/actors/{world.spare}")
    assert not found["active"] and (found["history"][0]["action"], found["history"][0]["reason"]) == ("dismissed", "离职")
    assert {each["name"] for each in ask(world, "administrator", "GET", "/actors/limits")["agencies"]} >= {"南昌市社会保险经办机构"}
