"""Money that a platform transferred for someone who is not insured goes back to the worker: asked for, approved by another, paid by the bank."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from made_up import as_owner, open_office, registered
from orders_shop import Shop, balance, open_shop, order

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.audit import audit
from lingbao.registry.collection.bank import Manners, StandInBank
from lingbao.registry.collection.payments import take_message
from lingbao.registry.collection.proposals import free, propose_refund, withheld_for_nobody
from lingbao.registry.collection.refunds import approve_refund
from lingbao.registry.enrolment import membership
from lingbao.registry.enrolment.choice import Choice
from lingbao.registry.errors import Conflict, NotFound, Overdrawn
from lingbao.registry.orders import giving_back, settlement, workers
from lingbao.registry.orders.turnover_month import turn_over_closed, turn_over_month
from lingbao.registry.session import acting_as, run_as

LAW = Law.load()
RECEIVED = date(2026, 11, 20)
ON = date(2026, 11, 30)


@pytest.fixture
def desk(shop: Shop) -> Any:
    return open_office()


def rider(shop: Shop, desk: Any, fen: int = 500, serial: int = 1) -> int:
    """Someone who is no member, for whom a platform has withheld and transferred so much."""
    person = registered(desk.clerk, serial, name=f"骑{serial}")
    workers.link(shop.id, f"rider{serial}", person, proof="签约")
    shop.send([order(f"x{serial}", f"rider{serial}", fen * 20)], f"m{serial}")
    settlement.settle(shop.id, f"T{serial}", settlement.due(shop.id).amount_fen, RECEIVED)
    return person


def join(desk: Any, person: int) -> int:
    now = today()
    with acting_as(desk.clerk):
        return membership.join(desk.clerk, LAW, person, standing="flexible", province="36", since=now.year * 12 + now.month - 1, choice=Choice("floor"))


def today() -> date:
    return as_owner("SELECT registry_day(clock_timestamp())")[0][0]  # type: ignore[no-any-return]


def proposed(desk: Any, person: int, fen: int) -> int:
    return run_as(desk.clerk, lambda: propose_refund(desk.clerk, person, "36", fen, channel="stand-in", reason="没有参保", kind="withheld"))


def approved(desk: Any, wish: int) -> str:
    return str(run_as(desk.supervisor, lambda: approve_refund(desk.supervisor, LAW, wish)))


def answered(number: str, fen: int, *, fails: float = 0.0) -> None:
    bank = StandInBank(manners=Manners(fails=fails), seed=int(number[1:9], 16))
    bank.pay_back(number, fen, today())
    for message, signature in bank.messages(today()):
        take_message(LAW, message, signature)


def test_a_clerk_asks_a_supervisor_approves_and_the_bank_pays(shop: Shop, desk: Any) -> None:
    person = rider(shop, desk)
    assert [(each.person, each.fen) for each in withheld_for_nobody("36")] == [(person, 500)] and withheld_for_nobody("44") == []
    wish = proposed(desk, person, 300)
    assert [each.fen for each in withheld_for_nobody("36")] == [200] and free("withheld", person, "36") == 200
    number = approved(desk, wish)
    assert (balance("withheld", "person", person), balance("refund_payable", "person", person)) == (200, 300)
    answered(number, 300)
    assert balance("refund_payable", "person", person) == 0
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'bank'") == [(-200,)]
    with pytest.raises(Overdrawn):
        approved(desk, proposed(desk, person, 201))
    assert audit() == []


def test_what_the_bank_cannot_pay_waits_again_and_may_be_turned_over(shop: Shop, desk: Any) -> None:
    person = rider(shop, desk)
    answered(approved(desk, proposed(desk, person, 500)), 500, fails=1.0)
    assert (balance("withheld", "person", person), balance("refund_payable", "person", person)) == (500, 0)
    assert turn_over_month(2026 * 12 + 10, on=ON).waiting == {"no_member": (1, 500)}
    assert audit() == []


def test_who_has_joined_meanwhile_is_not_paid_and_his_money_becomes_a_contribution(shop: Shop, desk: Any) -> None:
    person = rider(shop, desk, 1_000_000)
    wish = proposed(desk, person, 1_000_000)
    join(desk, person)
    assert free("withheld", person, "36") == 0 and withheld_for_nobody("36") == []
    with pytest.raises(Conflict) as refused:
        approved(desk, wish)
    assert refused.value.code == "collection.member"
    assert balance("withheld", "person", person) == 1_000_000
    now = today()
    assert turn_over_month(now.year * 12 + now.month - 1, on=now).persons == 1
    assert audit() == []


def test_a_platform_asks_for_what_it_transferred_itself_and_no_more(shop: Shop, desk: Any) -> None:
    person = rider(shop, desk)
    other, trial = open_shop("other"), open_shop("trial", sandbox=True)
    workers.link(other.id, "rider1", person, proof="签约")

    def ask(platform: Shop = shop, key: str = "k", fen: int = 500, reference: str = "rider1", reason: str = "已离职") -> int:
        return int(giving_back.ask(platform.id, key, reference, fen, reason=reason)["refund"])

    for wrong, kind, code in (({"fen": 501}, InputError, "orders.refund_amount"), ({"reference": "nobody"}, NotFound, "orders.no_worker"),
                              ({"reason": " "}, InputError, "orders.refund_reason"), ({"platform": other}, InputError, "orders.refund_amount"),
                              ({"platform": trial}, Conflict, "orders.sandbox_money")):
        with pytest.raises(kind) as refused:
            ask(**wrong)  # type: ignore[arg-type]
        assert refused.value.code == code
    wish = ask()
    assert ask() == wish  # the same key asks once
    with pytest.raises(Conflict):
        ask(fen=499)
    with pytest.raises(InputError):
        ask(key="again", fen=1)
    assert [(each.refund, each.workers, each.amount_fen, each.state) for each in giving_back.asked(shop.id)] == [(wish, ("rider1",), 500, "waiting")]
    assert giving_back.asked(other.id) == []
    answered(approved(desk, wish), 500, fails=1.0)
    assert giving_back.asked(shop.id)[0].state == "failed"
    answered(approved(desk, ask(key="again")), 500)
    assert [each.state for each in giving_back.asked(shop.id)] == ["paid", "failed"]
    assert audit() == []


def test_what_a_dead_persons_heirs_receive_is_no_difference_in_the_audit(shop: Shop, desk: Any) -> None:
    from lingbao.registry.benefits.death import Heir, settle

    person = rider(shop, desk)
    done = settle(desk.clerk, "d1", person, died_on=today() - timedelta(1), heirs=[Heir("赵", "1")], province="36", disposable_income_fen=400_000, today=today())
    assert done["provinces"] == {"36": 500} and balance("withheld", "person", person) == 0
    assert audit() == []
    as_owner("ALTER TABLE ledger_account DISABLE TRIGGER USER")  # the control: money that moved by no entry is still found
    as_owner("UPDATE ledger_account SET balance_fen = 1 WHERE kind = 'withheld' AND owner_id = %s AND owner_kind = 'person'", [person])
    assert "orders.withheld" in {each.code for each in audit(["orders"])}


def test_what_comes_in_after_a_death_is_the_heirs_and_pays_no_contribution(shop: Shop, desk: Any) -> None:
    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.inheritance import rest_of

    person = registered(desk.clerk, 1, name="骑1")
    join(desk, person)
    settle(desk.clerk, "d1", person, died_on=today() - timedelta(1), heirs=[Heir("赵", "1")], province="36", disposable_income_fen=400_000, today=today())
    workers.link(shop.id, "rider1", person, proof="签约")
    shop.send([order("x1", "rider1", 2_000_000)], "m1")
    settlement.settle(shop.id, "T1", settlement.due(shop.id).amount_fen, RECEIVED)
    now = today()
    found = turn_over_month(now.year * 12 + now.month - 1, on=now)
    assert (found.persons, found.waiting) == (0, {"died": (1, 100_000)})
    assert rest_of(person) == 100_000 and withheld_for_nobody("36") == []
    assert as_owner("SELECT 1 FROM record_month WHERE person_id = %s", [person]) == []


def test_the_night_turns_the_closed_month_over_as_of_its_last_day(shop: Shop, desk: Any) -> None:
    """Received in time and booked late it pays November; what came in December does not, and the night after finds nothing left."""
    person = registered(desk.clerk, 1, name="骑1")
    with acting_as(desk.clerk):
        membership.join(desk.clerk, LAW, person, standing="flexible", province="36", since=2026 * 12 + 10, choice=Choice("floor"))
    workers.link(shop.id, "rider1", person, proof="签约")
    for number, received in ((1, ON), (2, date(2026, 12, 2))):
        shop.send([order(f"x{number}", "rider1", 2_000_000)], f"m{number}")
        settlement.settle(shop.id, f"T{number}", settlement.due(shop.id).amount_fen, received)
    night = date(2026, 12, 3)
    done = turn_over_closed(night)
    assert (done.month, done.persons, done.months) == (2026 * 12 + 10, 1, 1)
    assert as_owner("SELECT e.value_date, t.available_fen FROM orders_turnover t JOIN ledger_entry e ON e.id = t.entry_id") == [(ON, 100_000)]
    again = turn_over_closed(night + timedelta(1))
    assert (again.persons, again.waiting) == (0, {}) and as_owner("SELECT count(*) FROM orders_turnover") == [(1,)]
    assert audit() == []


def test_a_month_that_withheld_money_paid_is_subsidised_too(shop: Shop, desk: Any) -> None:
    from lingbao.registry.collection.subsidies import Grant, grant, post_subsidies
    from lingbao.registry.session import SYSTEM

    month = 2026 * 12 + 10
    person = registered(desk.clerk, 1, name="骑1")
    with acting_as(desk.clerk):
        membership.join(desk.clerk, LAW, person, standing="flexible", province="36", since=month, choice=Choice("floor"))
    workers.link(shop.id, "rider1", person, proof="签约")
    shop.send([order("x1", "rider1", 2_000_000)], "m1")
    settlement.settle(shop.id, "T1", settlement.due(shop.id).amount_fen, RECEIVED)
    assert turn_over_closed(date(2026, 12, 1)).months == 1
    run_as(desk.supervisor, lambda: grant(desk.supervisor, LAW, Grant(person, "36", "hard_to_employ", "province", 36, 0.5, month, month + 1), months_allowed=1))
    assert len(run_as(SYSTEM, lambda: post_subsidies(LAW, "36", month, on=ON))) == 1
    paid, = as_owner("SELECT account_fen + pooled_fen FROM record_month WHERE person_id = %s", [person])[0]
    assert abs(2 * balance("refund_payable", "person", person) - paid) <= 1
    assert run_as(SYSTEM, lambda: post_subsidies(LAW, "36", month, on=ON)) == []
