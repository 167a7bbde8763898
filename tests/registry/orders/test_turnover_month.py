"""The turn-over of a month: what is paid follows from membership and choice, at the terms of a bill; why the rest waits is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_up import as_owner, open_office, registered
from orders_shop import Shop, balance, open_shop, order

from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.audit import audit
from lingbao.registry.collection import bills
from lingbao.registry.enrolment import membership
from lingbao.registry.enrolment.choice import Choice, month_due
from lingbao.registry.enrolment.terms import terms_of
from lingbao.registry.orders import settlement, workers
from lingbao.registry.orders.turnover_month import turn_over_month
from lingbao.registry.session import SYSTEM, acting_as, run_as

OCTOBER = month(2026, 10)
ON = date(2026, 10, 31)
RECEIVED = date(2026, 10, 20)
OCTOBER_DAY = date(2026, 10, 5)
_serial = iter(range(1, 999))


@pytest.fixture
def desk(shop: Shop) -> Any:
    return open_office()


def rider(shop: Shop, desk: Any, fen: int, *, standing: str = "flexible", choice: Choice | None = None, since: int = OCTOBER, province: str = "36") -> int:
    """A member for whom a platform of 36 has withheld and transferred so much."""
    clerk, serial = desk.clerk if province == "36" else desk.elsewhere, next(_serial)
    person = registered(clerk, serial, name=f"骑{serial}", province=province)
    with acting_as(clerk):
        membership.join(clerk, Law.load(), person, standing=standing, province=province, since=since,
                        choice=choice or (None if standing == "employed" else Choice("floor")))
    money(shop, person, fen)
    return person


def money(shop: Shop, person: int, fen: int) -> None:
    serial = next(_serial)
    workers.link(shop.id, f"rider{serial}", person, proof="签约")
    shop.send([order(f"x{serial}", f"rider{serial}", fen * 20, day=OCTOBER_DAY)], f"m{serial}")
    settlement.settle(shop.id, f"T{serial}", settlement.due(shop.id).amount_fen, RECEIVED)


def member_of(person: int) -> int:
    return int(as_owner("SELECT id FROM enrolment_membership WHERE person_id = %s", [person])[0][0])


def floor_of(province: str = "36", at: int = OCTOBER) -> Any:
    return month_due(Choice("floor"), terms_of(Law.load(), province, None, at))


def test_a_month_is_paid_at_the_terms_of_a_bill_and_once(shop: Shop, desk: Any) -> None:
    due = floor_of()
    person = rider(shop, desk, due.amount_fen + 77)
    done = turn_over_month(OCTOBER, on=ON)
    assert (done.persons, done.months, done.turned_fen, done.waiting) == (1, 1, due.amount_fen, {})
    assert as_owner("SELECT base_fen, account_fen, pooled_fen FROM record_month WHERE person_id = %s", [person]) == [
        (due.base_fen, due.account_fen, due.pooled_fen)]
    assert balance("withheld", "person", person) == 77 and balance("individual", "person", person) == due.account_fen
    again = turn_over_month(OCTOBER, on=ON)
    assert (again.before, again.persons) == (1, 0)
    assert audit() == []


def test_months_of_a_province_cost_what_its_own_terms_say(shop: Shop, desk: Any) -> None:
    due, money_of = floor_of("44"), 1_000_000
    person = rider(shop, desk, money_of, province="44")
    assert turn_over_month(OCTOBER, on=ON).turned_fen == due.amount_fen
    assert as_owner("SELECT base_fen, account_fen FROM record_month WHERE person_id = %s", [person]) == [(due.base_fen, due.account_fen)]
    # The books of both provinces balance by themselves: the one that received the money passes it on.
    books = dict(as_owner("SELECT a.province, sum(l.amount_fen)::bigint FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id GROUP BY 1"))
    assert books == {"36": 0, "44": 0}
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'bank' AND province = '44'") == [(-due.amount_fen,)]
    assert audit() == []


def test_a_resident_year_brings_the_subsidy_that_a_bill_brings(shop: Shop, desk: Any) -> None:
    fee = Choice("fee", 500, rhythm=12)
    person, payer = (rider(shop, desk, 60_000, standing="resident", choice=fee) for _ in range(2))
    number = run_as(desk.clerk, lambda: bills.bill_fee(desk.clerk, Law.load(), member_of(payer), 2026))
    asked, = run_as(desk.clerk, lambda: bills.bill_of(number)).parts
    assert asked.subsidy_fen > 0
    done = turn_over_month(OCTOBER, on=ON)
    assert (done.persons, done.years, done.subsidy_fen) == (2, 2, 2 * asked.subsidy_fen)
    for one in (person, payer):
        assert as_owner("SELECT fee_fen, subsidy_fen FROM record_year WHERE person_id = %s", [one]) == [(50_000, asked.subsidy_fen)]
        assert balance("resident_account", "person", one) == 50_000 + asked.subsidy_fen
    assert run_as(desk.clerk, lambda: bills.bill_of(number)).open_fen == 0  # nobody is asked for the year a second time
    assert turn_over_month(OCTOBER + 1, on=date(2026, 11, 30)).waiting == {"paid": (2, 20_000)}
    assert audit() == []


def test_money_paid_on_a_bill_for_a_year_turned_over_waits_in_suspense(shop: Shop, desk: Any) -> None:
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import ask_payment, take_message

    person = rider(shop, desk, 50_000, standing="resident", choice=Choice("fee", 500, rhythm=12))
    assert turn_over_month(OCTOBER, on=ON).years == 1
    run_as(desk.clerk, lambda: bills.bill_fee(desk.clerk, Law.load(), member_of(person), 2026))
    request = run_as(SYSTEM, lambda: ask_payment(SYSTEM, person, "36", 50_000, channel="bank"))
    message = Message("bank", "b-1", "paid", request, 50_000, ON)
    taken = take_message(Law.load(), message, sign(message))
    assert (taken.months, taken.suspense_fen) == ((), 50_000)
    assert audit() == []


def test_a_months_bill_that_is_open_is_asked_for_no_more(shop: Shop, desk: Any) -> None:
    person = rider(shop, desk, floor_of().amount_fen)
    number = run_as(desk.clerk, lambda: bills.bill_period(desk.clerk, Law.load(), member_of(person), OCTOBER))
    turn_over_month(OCTOBER, on=ON)
    assert run_as(desk.clerk, lambda: bills.bill_of(number)).open_fen == 0


def test_why_money_waits_is_said(shop: Shop, desk: Any) -> None:
    rider(shop, desk, 100)
    rider(shop, desk, 200, standing="employed")
    stopped = rider(shop, desk, 300)
    with acting_as(desk.clerk):
        membership.stop(desk.clerk, member_of(stopped), month=OCTOBER)
    stranger = registered(desk.clerk, next(_serial), name="无")
    money(shop, stranger, 400)
    found = turn_over_month(OCTOBER, on=ON)
    assert found.waiting == {"too_little": (1, 100), "employed": (1, 200), "stopped": (1, 300), "no_member": (1, 400)}
    assert found.persons == 0 and as_owner("SELECT 1 FROM orders_turnover") == []
    with acting_as(desk.clerk):
        membership.come_back(desk.clerk, member_of(stopped), month=OCTOBER)
    money(shop, stopped, 1_000_000)
    assert turn_over_month(OCTOBER, on=ON).persons == 1
    with pytest.raises(InputError):
        turn_over_month(OCTOBER + 1, on=ON)


def test_a_month_past_its_time_is_paid_only_where_the_place_lets_months_be_caught_up(shop: Shop, desk: Any) -> None:
    allowed = terms_of(Law.load(), "36", None, OCTOBER).catch_up is True
    rider(shop, desk, 1_000_000, since=month(2026, 9))
    found = turn_over_month(OCTOBER, on=ON)
    assert found.months == (2 if allowed else 1)  # September's time has passed


def test_broken_off_it_goes_on_with_who_is_left(shop: Shop, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.orders import turnover_month

    for _ in range(3):
        rider(shop, desk, floor_of().amount_fen)
    monkeypatch.setattr(turnover_month, "TOGETHER", 1)

    def stop_at_two(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turn_over_month(OCTOBER, on=ON, progress=stop_at_two)
    rest = turn_over_month(OCTOBER, on=ON)
    assert (rest.before, rest.persons) == (2, 1)
    assert audit() == []


def test_only_the_money_of_one_province_where_that_is_asked(shop: Shop, desk: Any) -> None:
    rider(shop, desk, floor_of().amount_fen)
    assert turn_over_month(OCTOBER, on=ON, province="44").persons == 0
    assert open_shop("other").id and turn_over_month(OCTOBER, on=ON, province="36").persons == 1
