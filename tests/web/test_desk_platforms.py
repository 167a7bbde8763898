"""At the desk: a platform's transfer by two persons, the turn-over, and proof of employee insurance; the same through the API."""

from __future__ import annotations

import itertools
import re
from typing import Any

from registry_world import World, open_file
from test_desk_api import ask
from test_desk_work import text, work

_numbers = itertools.count(1)


def live_orders(world: World) -> int:
    """Orders of a rider of the live platform, withheld for the own person; return what is due [fen]."""
    from datetime import timedelta

    from lingbao.registry.orders import platforms, sandbox, settlement, taking, workers
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.desk.queues import today

    day = today()
    if not run_as(SYSTEM, lambda: platforms.agreements(world.own.live)):
        platforms.agree(world.own.live, platforms.Agreement("income", 0.5, day - timedelta(200), day + timedelta(200), "协议（测试）"))
        workers.link(world.own.live, "rider-0000001", world.own.person, proof="签约")
    first = next(_numbers)
    table = sandbox.order_table(300, 1, day, first=1_000 * first).with_columns(income_fen=sandbox.pl.lit("2000"))
    said, content = sandbox.order_file(table, f"file {first}")
    taking.take(world.own.live, said, content)
    return settlement.due(world.own.live).amount_fen


def transferred(world: World, person: int, rider: str) -> int:
    """What the live platform has withheld and transferred for a person who rides for it [fen]."""
    from lingbao.registry.orders import sandbox, settlement, taking, workers
    from lingbao.web.desk.queues import today

    live_orders(world)
    table = sandbox.order_table(300, 1, today(), first=1_000 * next(_numbers)).with_columns(income_fen=sandbox.pl.lit("2000"), worker=sandbox.pl.lit(rider))
    said, content = sandbox.order_file(table, rider)
    taking.take(world.own.live, said, content)
    workers.link(world.own.live, rider, person, proof="签约")
    settlement.settle(world.own.live, rider, settlement.due(world.own.live).amount_fen, today())
    return 300_000


def test_a_transfer_is_entered_on_the_page_booked_by_another_and_turned_over(world: World) -> None:
    from made_up import as_owner

    fen = live_orders(world)
    assert fen == 300_000
    clerk, supervisor = world.client("clerk"), world.client("supervisor")
    page = text(clerk.get("/desk/platforms/"))
    assert "跑腿平台" in page and "3,000.00" in page
    form = {"action": "enter", "platform": world.own.live, "reference": "B-77", "amount_fen": "2,999.99", "received_on": "2026-11-01"}
    wrong = clerk.post("/desk/platforms/", form)
    assert wrong.status_code == 422 and "应付 300000 分" in text(wrong) and 'value="B-77"' in text(wrong)
    for _ in range(2):
        assert clerk.post("/desk/platforms/", {**form, "amount_fen": "3,000.00"}).status_code == 302
    (number,), = as_owner("SELECT id FROM orders_receipt WHERE reference = 'B-77'")
    assert "入账（第二人）" not in text(clerk.get("/desk/platforms/")) and "入账（第二人）" in text(supervisor.get("/desk/platforms/"))
    assert clerk.post("/desk/platforms/", {"key": "k1", "receipt": number, "action": "book"}).status_code == 403
    assert supervisor.post("/desk/platforms/", {"key": "k2", "receipt": number, "action": "book"}).status_code == 302
    assert "已入账" in text(clerk.get("/desk/platforms/")) and "0.00" in text(clerk.get("/desk/platforms/"))
    assert clerk.post("/desk/platforms/", {"action": "turnover", "month": "2099-01"}).status_code == 403
    assert "还没有开始" in text(supervisor.post("/desk/platforms/", {"action": "turnover", "month": "2099-01"}))
    from lingbao.law.month import format_month
    from lingbao.web.desk.queues import this_month

    assert supervisor.post("/desk/platforms/", {"action": "turnover", "month": format_month(this_month())}).status_code == 302
    assert work().state == "done"
    assert as_owner("SELECT count(*) FROM record_month WHERE person_id = %s", [world.own.person])[0][0] >= 1
    shown = text(supervisor.get("/desk/platforms/", {"lang": "en"}))
    assert "persons: 1, months:" in shown and "errand platform" in shown
    assert ask(world, "clerk", "GET", "/turnovers")["result"]["persons"] == 1


def test_through_the_api_the_same_two_persons_are_asked_for(world: World) -> None:
    fen = live_orders(world)
    assert [each["amount_fen"] for each in ask(world, "auditor", "GET", "/platforms") if each["platform"]["id"] == world.own.live] == [fen]
    transfer = {"platform": world.own.live, "reference": "B-1", "amount_fen": fen, "received_on": "2026-11-01"}
    assert ask(world, "clerk", "POST", "/receipts", {**transfer, "amount_fen": fen - 1}, status=422)["code"] == "orders.settlement_difference"
    number = ask(world, "supervisor", "POST", "/receipts", transfer)["receipt"]
    assert ask(world, "clerk", "POST", "/receipts", transfer)["receipt"] == number
    assert ask(world, "clerk", "POST", "/receipts", {**transfer, "amount_fen": fen - 1}, status=409)["code"] == "orders.settled_before"
    assert ask(world, "supervisor", "POST", f"/receipts/{number}/decision", {"action": "book"}, status=403)["code"] == "orders.two_persons"
    assert ask(world, "clerk", "POST", f"/receipts/{number}/decision", {"action": "refuse", "reason": "重报"}, status=403)["code"] == "orders.receipt_own"
    assert ask(world, "supervisor", "POST", f"/receipts/{number}/decision", {"action": "refuse", "reason": "重报"})["state"] == "refused"
    again = ask(world, "clerk", "POST", "/receipts", transfer)["receipt"]
    assert ask(world, "supervisor", "POST", f"/receipts/{again}/decision", {"action": "book"})["state"] == "booked"
    assert {each["state"] for each in ask(world, "auditor", "GET", "/receipts")} == {"entered", "refused", "booked"}


def test_proof_at_the_counter_is_approved_by_another_and_ended(world: World) -> None:
    from made_up import as_owner

    clerk, supervisor, person = world.client("clerk"), world.client("supervisor"), world.own.person
    first = f"/desk/requests/exemptions/{world.own.exemption}/"
    assert "参保证明" in text(supervisor.get(first))
    assert clerk.post(first, {"key": "c1", "action": "check", "reason": "参保缴费记录"}).status_code == 302
    assert "批准免代扣" not in text(clerk.get(first)) and "批准免代扣" in text(supervisor.get(first))
    assert supervisor.post(first, {"key": "c2", "action": "refuse", "reason": "单位已停保"}).status_code == 302
    address = f"/desk/persons/{person}/exemption/"
    for browser in (clerk, supervisor):
        assert "窗口受理" not in text(browser.get(address)), "the file is opened with a purpose first"
        open_file(browser, person)
    assert "窗口受理" in text(clerk.get(address))
    wish = {"key": "e1", "since": "2026-11-01", "until": "2031-01-31", "words": "某公司", "checked": "参保证明 88 号"}
    assert supervisor.post(address, {**wish, "until": "2026-10-01"}).status_code == 422
    assert supervisor.post(address, wish).status_code == 302
    (number,), = as_owner("SELECT max(id) FROM orders_exemption_request")
    one = f"/desk/requests/exemptions/{number}/"
    assert "批准免代扣" not in text(supervisor.get(one)), "who checked the proof does not approve it"
    assert supervisor.post(one, {"key": "e2", "action": "approve"}).status_code == 403
    with_api: Any = ask(world, "supervisor", "POST", f"/requests/exemptions/{number}/decision", {"action": "approve"}, status=403)
    assert with_api["code"] == "orders.exemption_two_persons"
    from lingbao.registry.orders import exemptions
    from lingbao.registry.people.actors import actor_numbered, appoint
    from lingbao.registry.session import SYSTEM, acting_as
    from lingbao.web.desk.queues import today

    with acting_as(SYSTEM):
        second = actor_numbered(appoint("supervisor", "第二", login="second", agency=world.actors["supervisor"].agency), purpose="窗口办理")
    exemption = exemptions.approve(second, "x", number, today=today())["exemption"]
    assert "2031" in text(clerk.get(address))
    assert ask(world, "clerk", "POST", f"/exemptions/{exemption}/end", {"last": "2026-10-31", "reason": "离职"}, status=422)["code"] == "orders.exemption_last"
    wrong = clerk.post(address, {"key": "e3", "exemption": exemption, "last": "2026-02-30", "reason": "换了单位"})
    assert wrong.status_code == 422 and 'value="换了单位"' in text(wrong) and 'value="2026-02-30"' in text(wrong)
    assert clerk.post(address, {"key": "e3", "exemption": exemption, "last": str(today()), "reason": "离职"}).status_code == 302
    assert "已提前终止" in text(clerk.get(address))
    found = ask(world, "supervisor", "GET", f"/persons/{person}/exemptions")
    assert (found["requests"][0]["state"], found["exemptions"][0]["end_reason"]) == ("approved", "离职")


def test_money_of_someone_who_is_not_insured_is_proposed_on_the_page_and_paid_after_a_second_person(world: World) -> None:
    from datetime import timedelta

    from made_up import as_owner, registered

    from lingbao.registry.orders import platforms, sandbox, settlement, taking, workers
    from lingbao.web.desk.queues import today

    day = today()
    person = registered(world.actors["clerk"], 733, name="吴七", province="36")
    place = platforms.register_platform("unused-36", "跑腿", "errands", "36")
    platforms.agree(place.id, platforms.Agreement("income", 0.5, day - timedelta(200), day + timedelta(200), "协议（测试）"))
    workers.link(place.id, "rider-0000001", person, proof="签约")
    said, content = sandbox.order_file(sandbox.order_table(10, 1, day, first=900_000).with_columns(income_fen=sandbox.pl.lit("200")), "unused")
    taking.take(place.id, said, content)
    settlement.settle(place.id, "U-1", settlement.due(place.id).amount_fen, day)
    clerk, supervisor = world.client("clerk"), world.client("supervisor")
    assert [each["fen"] for each in ask(world, "auditor", "GET", "/withheld") if each["person"] == person] == [1_000]
    page = text(clerk.get("/desk/platforms/"))
    assert "没有参保、不能转入缴费的" in page and f'name="fen{person}"' in page and f'name="fen{person}"' not in text(world.client("auditor").get("/desk/platforms/"))
    wish = {"action": "refund", "person": person}
    assert clerk.post("/desk/platforms/", {**wish, "key": "u0", f"fen{person}": "10.01"}).status_code == 422
    assert clerk.post("/desk/platforms/", {**wish, "key": "u1", f"fen{person}": "4.00"}).headers["Location"] == "/desk/queue/refunds/"
    assert re.search(r"等待批准的：1 件，\D*4\.00", text(clerk.get("/desk/platforms/")))
    asked = {"person": person, "amount_fen": 600, "channel": "stand-in", "reason": "没有参保", "kind": "withheld"}
    assert ask(world, "clerk", "POST", "/refunds", {**asked, "channel": "elsewhere"}, status=422)["code"] == "desk.channel"
    assert ask(world, "clerk", "POST", "/refunds", {**asked, "person": world.own.person}, status=409)["code"] == "collection.member"
    (number,), = as_owner("SELECT max(id) FROM collection_refund_proposal")
    assert "没有参保" in text(supervisor.get(f"/desk/refunds/{number}/"))
    assert clerk.post(f"/desk/refunds/{number}/", {"key": "u2", "action": "approve"}).status_code == 403
    assert supervisor.post(f"/desk/refunds/{number}/", {"key": "u3", "action": "approve"}).status_code == 302
    assert as_owner("SELECT m.kind, m.amount_fen FROM collection_message m JOIN collection_request r ON r.number = m.number WHERE r.person_id = %s", [person]) == [("refunded", 400)]
    by_platform = world.client("anonymous").post(
        "/api/v1/registry/workers/rider-0000001/refund", {"amount_fen": 600, "reason": "已离职"}, content_type="application/json",
        headers={"authorization": f"Bearer {platforms.issue_key(place.id).text}", "Idempotency-Key": "p1"}).json()
    assert by_platform["state"] == "waiting" and "errands" in text(supervisor.get(f"/desk/refunds/{by_platform['refund']}/", {"lang": "en"}))
    ask(world, "supervisor", "POST", f"/refunds/{by_platform['refund']}/approval")
    assert [each for each in ask(world, "auditor", "GET", "/withheld") if each["person"] == person] == []


def test_a_refund_of_another_bank_is_not_set_aside_for_one_that_nobody_asks(world: World) -> None:
    from made_up import accounts, as_owner, moved

    moved((accounts("bank", owner=36, owner_kind="province")[0], -100), (accounts("suspense", owner=world.own.person)[0], 100))
    refused = ask(world, "supervisor", "POST", f"/refunds/{world.own.refund}/approval", status=409)
    assert refused["code"] == "collection.other_bank"
    assert as_owner("SELECT count(*) FROM collection_request WHERE person_id = %s AND kind = 'refund' AND channel = 'bank'", [world.own.person]) == [(0,)]


def test_a_platform_asks_on_its_console_that_money_go_back_once_and_the_agency_answers(world: World) -> None:
    from django.contrib.auth import get_user_model
    from made_up import as_owner, registered

    from lingbao.law.store import Law
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.people.actors import appoint
    from lingbao.registry.session import SYSTEM, acting_as
    from lingbao.web.desk.queues import this_month

    person = registered(world.actors["clerk"], 572, name="陈十", province="36")
    fen = transferred(world, person, "rider-back")
    with acting_as(SYSTEM):
        appoint("platform", "跑腿", login="errands", platform=world.own.live)
    get_user_model().objects.create_user(username="errands", password="correct horse battery")
    console, address = world.client("errands"), "/platform/refunds/"
    assert 'name="reference"' in text(console.get(address)) and 'name="reference"' not in text(world.client("engineer").get(address)), "a sandbox has no money"
    form = {"key": "g1", "reference": "rider-back", "amount_fen": "12.34", "reason": "已离职 <b>"}
    before = as_owner("SELECT count(*) FROM collection_refund_proposal")[0][0]
    assert world.client("errands", enforce_csrf_checks=True).post(address, form).status_code == 403
    for role in ("clerk", "supervisor", "auditor"):
        assert world.client(role).post(address, form).status_code == 403
    for wrong, said in (({"amount_fen": f"{fen}"}, "请改填"), ({"reason": " "}, "请写明退付的原因"), ({"amount_fen": "1.234"}, "不是金额")):
        answer = console.post(address, {**form, **wrong})
        assert answer.status_code == 422 and said in text(answer) and 'value="rider-back"' in text(answer)
    unknown = console.post(address, {**form, "reference": "nobody"})
    assert unknown.status_code == 422 and "还没有关联" in text(unknown) and "已离职 &lt;b&gt;" in text(unknown), "what was written stays"
    assert world.client("engineer").post(address, form).status_code == 409
    assert as_owner("SELECT count(*) FROM collection_refund_proposal")[0][0] == before
    for _ in range(2):
        assert console.post(address, form).status_code == 302
    (number, *asked), = as_owner("SELECT id, person_id, amount_fen, kind, platform_id, reason FROM collection_refund_proposal WHERE reason = '已离职 <b>'")
    assert asked == [person, 1_234, "withheld", world.own.live, "已离职 <b>"]
    assert "等待审核" in text(console.get(address)) and "Waiting for the agency" in text(console.get(address, {"lang": "en"}))
    with acting_as(world.actors["clerk"]):
        join(world.actors["clerk"], Law.load(), person, standing="flexible", province="36", since=this_month(), choice=Choice("floor"))
    assert world.client("supervisor").post(f"/desk/refunds/{number}/", {"key": "g2", "action": "approve"}).status_code == 409, "a member's money pays contributions"
    assert world.client("supervisor").post(f"/desk/refunds/{number}/", {"key": "g3", "action": "refuse", "reason": "本人已参保"}).status_code == 302
    shown = text(console.get(address, {"lang": "zh"}))
    assert "不予退款" in shown and "本人已参保" not in shown, "why is said to the worker alone"


def test_a_contribution_of_withheld_money_is_chosen_on_the_page_named_to_who_approves_and_taken_back(world: World) -> None:
    from made_up import as_owner, registered

    from lingbao.law.store import Law
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.orders.turnover_month import turn_over_month
    from lingbao.registry.session import acting_as
    from lingbao.web.desk.queues import this_month, today

    person = registered(world.actors["clerk"], 571, name="冯十", province="36")
    with acting_as(world.actors["clerk"]):
        join(world.actors["clerk"], Law.load(), person, standing="flexible", province="36", since=this_month(), choice=Choice("floor"))
    transferred(world, person, "rider-turned")
    turn_over_month(this_month(), on=today())
    entry, = as_owner("SELECT entry_id FROM orders_turnover WHERE person_id = %s", [person])[0]
    clerk, supervisor, address = world.client("clerk"), world.client("supervisor"), f"/desk/persons/{person}/contributions/"
    open_file(clerk, person)
    page = text(clerk.get(address))
    assert "平台代扣 · " in page and f'value="{entry}"' in page
    assert clerk.post(address, {"key": "t1", "entry": entry, "reason": "单位已缴"}).status_code == 302
    assert f'value="{entry}"' not in text(clerk.get(address)) and "已提出退回" in text(clerk.get(address))
    number, = as_owner("SELECT max(id) FROM collection_refund_proposal")[0]
    shown = text(supervisor.get(f"/desk/refunds/{number}/"))
    assert f"第 {entry} 号分录" in shown and "平台代扣" in shown
    assert supervisor.post(f"/desk/refunds/{number}/", {"key": "t2", "action": "approve"}).status_code == 302
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'withheld' AND owner_id = %s", [person]) == [(300_000,)]
    assert as_owner("SELECT voided_by IS NOT NULL FROM record_month WHERE person_id = %s", [person]) == [(True,)]
