"""Money that goes back at the desk: refunds refused with a reason, contributions taken back by two, money of payers of subsidies."""

from __future__ import annotations

import datetime
import re

import pytest
from registry_world import World
from test_desk_work import text


def test_a_refund_that_should_not_be_is_refused_with_its_reason(world: World) -> None:
    from made_up import accounts, as_owner, moved, registered

    person = registered(world.actors["clerk"], 503, name="孙六", province="36")
    bank, = accounts("bank", owner=36, owner_kind="province")
    suspense, = accounts("suspense", owner=person)
    moved((bank, -12_345), (suspense, 12_345))
    clerk, supervisor = world.client("clerk"), world.client("supervisor")
    assert clerk.post("/desk/bank/refund/", {"key": "u1", "person": person, "fen": "123.45"}).status_code == 302
    again = clerk.post("/desk/bank/refund/", {"key": "u2", "person": person, "fen": "0.01"})
    assert again.status_code == 422 and "0.00" in text(again)  # all of it is proposed already
    proposal = as_owner("SELECT max(id) FROM collection_refund_proposal")[0][0]
    page = text(supervisor.get(f"/desk/refunds/{proposal}/"))
    assert "退回暂存款" in page and "不予办理" in page
    assert supervisor.post(f"/desk/refunds/{proposal}/", {"key": "u3", "action": "refuse", "reason": ""}).status_code == 422
    assert clerk.post(f"/desk/refunds/{proposal}/", {"key": "u4", "action": "refuse", "reason": "不符"}).status_code == 403
    assert supervisor.post(f"/desk/refunds/{proposal}/", {"key": "u5", "action": "refuse", "reason": "本人改为缴费"}).status_code == 302
    assert supervisor.get(f"/desk/refunds/{proposal}/").status_code == 404
    assert as_owner("SELECT accepted, reason, request FROM collection_refund_decision WHERE proposal_id = %s", [proposal]) == [(False, "本人改为缴费", None)]
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE id = %s", [suspense]) == [(12_345,)]
    assert clerk.post("/desk/bank/refund/", {"key": "u6", "person": person, "fen": "123.45"}).status_code == 302


@pytest.fixture
def subsidised(world: World) -> tuple[int, int]:
    """A person with a paid month that is subsidised by the state; number of the person and entry of the payment."""
    from made_up import as_owner, registered

    from lingbao.law.month import month
    from lingbao.law.store import Law
    from lingbao.registry.collection.bills import bill_of, bill_period
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import ask_payment, take_message
    from lingbao.registry.collection.subsidies import Grant, grant, post_subsidies
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.session import SYSTEM, run_as

    law, may, clerk, supervisor = Law.load(), month(2024, 5), world.actors["clerk"], world.actors["supervisor"]
    person = registered(clerk, 505, name="周七", province="36")
    member = run_as(clerk, lambda: join(clerk, law, person, standing="flexible", province="36", since=may, choice=Choice("floor")))
    bill = run_as(clerk, lambda: bill_of(bill_period(clerk, law, member, may)))
    run_as(supervisor, lambda: grant(supervisor, law, Grant(person, "36", "hard_to_employ", "state", 0, 0.5, may, may + 12), months_allowed=12))
    number = run_as(clerk, lambda: ask_payment(clerk, person, "36", bill.open_fen, channel="stand-in"))
    message = Message("stand-in", f"r{person}", "paid", number, bill.open_fen, datetime.date(2024, 5, 20))
    take_message(law, message, sign(message))
    run_as(SYSTEM, lambda: post_subsidies(law, "36", may, on=datetime.date(2024, 6, 10)))
    return person, as_owner("SELECT entry_id FROM collection_part WHERE bill_id = %s", [bill.id])[0][0]


def test_subsidies_come_in_are_paid_out_by_two_and_go_back_with_the_contribution(world: World, subsidised: tuple[int, int]) -> None:
    from made_up import as_owner

    person, entry = subsidised

    def held(kind: str) -> int:
        return int(as_owner("SELECT coalesce(sum(balance_fen), 0) FROM ledger_account WHERE kind = %s AND (owner_id = %s OR owner_kind = 'state')", [kind, person])[0][0])

    clerk, supervisor = world.client("clerk"), world.client("supervisor")
    owed, paid = held("refund_payable"), -as_owner("SELECT amount_fen FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id WHERE l.entry_id = %s AND a.kind = 'suspense'", [entry])[0][0]
    assert owed and abs(2 * owed - paid) <= 1
    page = text(clerk.get("/desk/subsidies/"))
    assert re.search(r'name="on"[^>]* value="\d{4}-\d{2}-\d{2}"', page)  # as the form reads it, in whatever language
    assert "国家" in page and f"{owed / 100:,.2f}" in page
    money = {"action": "book", "payer": "state:0", "fen": f"{owed / 100:.2f}", "reference": "B-1", "on": "2024-06-20"}
    assert clerk.post("/desk/subsidies/", {**money, "key": "v0", "fen": f"{owed / 100 + 0.01:.2f}"}).status_code == 409
    assert clerk.post("/desk/subsidies/", {**money, "key": "v1", "on": "2999-01-01"}).status_code == 422
    for _ in range(2):
        assert clerk.post("/desk/subsidies/", {**money, "key": "v2"}).status_code == 302
    assert clerk.post("/desk/subsidies/", {**money, "key": "v3"}).status_code == 409 and held("subsidy_receivable") == 0
    pay = {"action": "pay", "person": person, f"fen{person}": f"{owed / 100:.2f}"}
    assert clerk.post("/desk/subsidies/", {**pay, "key": "v4"}).status_code == 302
    assert clerk.post("/desk/subsidies/", {**pay, "key": "v5"}).status_code == 422  # proposed already
    proposal = as_owner("SELECT max(id) FROM collection_refund_proposal")[0][0]
    assert supervisor.post(f"/desk/refunds/{proposal}/", {"key": "v6", "action": "approve"}).status_code == 302
    assert held("refund_payable") == 0

    address = f"/desk/persons/{person}/contributions/"
    assert supervisor.post(f"/desk/persons/{person}/opening/", {"purpose": "payments"}).status_code == 302
    assert f'value="{entry}"' in text(supervisor.get(address))
    assert supervisor.post(address, {"key": "v7", "entry": entry, "reason": ""}).status_code == 422
    assert supervisor.post(address, {"key": "v8", "entry": entry, "reason": "该月单位已缴"}).status_code == 302
    asked = text(supervisor.get(address))
    assert "已提出退回，等待批准" in asked and f'value="{entry}"' not in asked, "what waits is said and not offered again"
    proposal = as_owner("SELECT max(id) FROM collection_refund_proposal")[0][0]
    assert supervisor.post(f"/desk/refunds/{proposal}/", {"key": "v9", "action": "approve"}).status_code == 409  # who proposes does not approve
    ask_api = world.client("clerk").generic("POST", f"/api/v1/registry/desk/contributions/{entry}/return", '{"reason": "误缴"}',
                                            content_type="application/json", headers={"Idempotency-Key": "v10"})
    assert ask_api.status_code == 409 and held("individual") > 0
    as_owner("INSERT INTO collection_refund_decision (proposal_id, accepted, reason, decided_by) VALUES (%s, false, '重提', 0)", [proposal])
    assert clerk.post(f"/desk/persons/{person}/opening/", {"purpose": "payments"}).status_code == 302
    assert clerk.post(address, {"key": "v11", "entry": entry, "reason": "该月单位已缴"}).status_code == 302
    proposal = as_owner("SELECT max(id) FROM collection_refund_proposal")[0][0]
    decided_on = text(supervisor.get(f"/desk/refunds/{proposal}/"))
    assert "哪一笔缴费" in decided_on and "2024年5月" in decided_on and f"第 {entry} 号分录" in decided_on
    assert supervisor.post(f"/desk/refunds/{proposal}/", {"key": "v12", "action": "approve"}).status_code == 302
    line = text(supervisor.get(f"/desk/persons/{person}/"))
    assert f"冲销第 {entry} 号" in line and "<strong>冲销：缴费</strong> · 个人账户" in line, "no second contribution"
    assert (held("individual"), held("suspense"), held("refund_payable"), held("subsidy_receivable")) == (0, paid - owed, 0, owed)


def test_a_file_shows_accounts_as_they_stood_and_as_they_were_known(world: World) -> None:
    from made_up import accounts, moved, registered

    person = registered(world.actors["clerk"], 507, name="吴八", province="36")
    bank, = accounts("bank", owner=36, owner_kind="province")
    individual, = accounts("individual", owner=person)
    moved((bank, -77_700), (individual, 77_700), value_date=datetime.date(2024, 3, 1))
    clerk = world.client("clerk")
    assert clerk.post(f"/desk/persons/{person}/opening/", {"purpose": "payments"}).status_code == 302
    address = f"/desk/persons/{person}/"

    def accounts_part(**days: str) -> str:
        return text(clerk.get(address, days)).partition('id="known"')[0]

    assert accounts_part().count("777.00") == accounts_part(on="2024-03-01").count("777.00") == 1
    assert "777.00" not in accounts_part(on="2024-02-29") and "777.00" not in accounts_part(on="2024-03-01", known="2024-03-01")
    assert clerk.get(address, {"known": "then"}).status_code == 422
    api = f"/api/v1/registry/desk/persons/{person}"
    assert [each["balance_fen"] for each in clerk.get(api, {"as_of": "2024-03-01"}).json()["accounts"]] == [77_700]
    assert [each["balance_fen"] for each in clerk.get(api, {"as_of": "2024-03-01", "known_on": "2024-03-01"}).json()["accounts"]] == [0]
