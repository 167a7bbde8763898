"""A pension paid too much is set off by a plan that two persons make, never below nought, never more than is owed, all in the books."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from pensioners import FIRST, make, paid, run

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict, Forbidden

_keys = itertools.count()
TODAY = date(2025, 4, 15)
OWED = 400_000


def key() -> str:
    return f"s{next(_keys)}"


def owner(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def actors() -> tuple[Any, Any]:
    from lingbao.registry.session import Actor

    return Actor(2, "clerk", province="36"), Actor(3, "supervisor", province="36")


@pytest.fixture
def owing(database: str) -> int:
    """Five pensioners; the second (3000.02 a month) was paid 4000.00 too much."""
    make(5)
    return int(owner("INSERT INTO benefit_recovery (claim_id, cause, fen) SELECT id, 'final', %s FROM benefit_claim WHERE person_id = 2 RETURNING id", OWED)[0][0])


def planned(recovery: int, monthly: int = 150_000, *, approve: bool = True) -> int:
    from lingbao.registry.benefits import set_off

    clerk, supervisor = actors()
    plan = set_off.propose(clerk, key(), recovery, monthly_fen=monthly, from_month=FIRST, said="与本人约定分期", today=TODAY)["plan"]
    if approve:
        set_off.decide(supervisor, key(), plan, accept=True, today=TODAY)
    return int(plan)


def payments(month: int) -> None:
    from lingbao.registry.benefits.payment import pay

    pay(run(month), actor=3, today=TODAY, chunk=2)


def given_back() -> list[tuple[int, int]]:
    return owner("SELECT month, fen FROM benefit_set_off ORDER BY month")


def findings() -> list[Any]:
    from lingbao.registry.audit import audit

    return list(audit(["benefits.set_off", "benefits.chunks", "benefits.account_part", "ledger.balances"]))


def test_each_payment_gives_back_until_nothing_is_owed(owing: int) -> None:
    """4000.00 in steps of 1500.00: 1500, 1500, 1000; then the plan is done and the pension is whole."""
    planned(owing)
    for month in range(FIRST, FIRST + 4):
        payments(month)
    assert given_back() == [(FIRST, 150_000), (FIRST + 1, 150_000), (FIRST + 2, 100_000)]
    assert owner("SELECT state FROM benefit_set_off_plan") == [("done",)]
    count, gross, payable = paid()
    assert count == 20 and payable == gross - OWED  # what leaves the bank is less by just what was owed
    assert findings() == []


def test_a_payment_never_falls_below_nought_and_the_rest_stays_owed(owing: int) -> None:
    from lingbao.registry.benefits.set_off import recovery_of
    from lingbao.registry.session import SYSTEM, acting_as

    planned(owing, 300_002)
    owner("UPDATE benefit_claim SET pension_fen = 100000 WHERE person_id = 2")  # a smaller pension than the plan was made for
    payments(FIRST)
    assert given_back() == [(FIRST, 100_000)]
    with acting_as(SYSTEM):
        assert recovery_of(owing).rest_fen == OWED - 100_000
    assert findings() == []


def test_a_run_over_several_months_and_run_again_takes_each_month_once(owing: int) -> None:
    from lingbao.registry.benefits.payment import pay

    planned(owing)
    number = run(FIRST + 3, from_month=FIRST)
    for _ in range(2):
        pay(number, actor=3, today=TODAY, chunk=2)
    assert given_back() == [(FIRST, 150_000), (FIRST + 1, 150_000), (FIRST + 2, 100_000)]
    assert findings() == []


def test_what_was_paid_before_the_approval_is_left_alone(owing: int) -> None:
    from lingbao.registry.benefits import set_off

    plan = planned(owing, approve=False)
    payments(FIRST)
    assert given_back() == []  # a proposal takes nothing
    set_off.decide(actors()[1], key(), plan, accept=True, today=TODAY)
    payments(FIRST + 1)
    assert given_back() == [(FIRST + 1, 150_000)]


def test_two_persons_a_reason_and_one_plan_at_a_time(owing: int) -> None:
    from lingbao.registry.benefits import set_off
    from lingbao.registry.session import Actor

    clerk, supervisor = actors()
    with pytest.raises(InputError, match="at most the pension"):
        set_off.propose(clerk, key(), owing, monthly_fen=300_003, from_month=FIRST, said="约定", today=TODAY)
    plan = set_off.propose(supervisor, key(), owing, monthly_fen=1000, from_month=FIRST, said="约定", today=TODAY)["plan"]
    with pytest.raises(Forbidden, match="second person"):
        set_off.decide(supervisor, key(), plan, accept=True, today=TODAY)
    with pytest.raises(Conflict, match="under way"):
        planned(owing, approve=False)
    with pytest.raises(Forbidden):
        set_off.decide(clerk, key(), plan, accept=True, today=TODAY)
    other = Actor(9, "supervisor", province="36")
    with pytest.raises(InputError, match="reason"):
        set_off.decide(other, key(), plan, accept=False, today=TODAY)
    assert set_off.decide(other, key(), plan, accept=False, reason="金额过低", today=TODAY)["state"] == "refused"
    payments(FIRST)
    assert given_back() == []


def test_the_agency_of_another_province_neither_sees_nor_plans(owing: int) -> None:
    from lingbao.registry.benefits import set_off
    from lingbao.registry.errors import NotFound
    from lingbao.registry.session import Actor, acting_as

    elsewhere = Actor(5, "clerk", province="44")
    with pytest.raises(NotFound):
        set_off.propose(elsewhere, key(), owing, monthly_fen=1000, from_month=FIRST, said="约定", today=TODAY)
    planned(owing)
    payments(FIRST)
    for actor, seen in ((elsewhere, 0), (Actor(6, "worker", person=2), 1), (Actor(7, "worker", person=3), 0)):
        with acting_as(actor):
            assert owner("SELECT count(*) FROM benefit_set_off_plan") == [(seen,)] and owner("SELECT count(*) FROM benefit_set_off") == [(seen,)]


def test_what_was_paid_after_a_death_is_returned_to_the_fund_and_never_more_than_is_owed(owing: int) -> None:
    """A pension of April and May after a death in March; the family sends it back in two parts, and nothing can be set off any more."""
    from made_up import accounts, moved

    from lingbao.registry.audit import audit
    from lingbao.registry.benefits import set_off
    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.session import SYSTEM, run_as

    payments(FIRST)
    payments(FIRST + 1)
    clerk, supervisor = actors()
    settle(clerk, key(), 2, died_on=date(2025, 3, 30), heirs=[Heir("甲", "1")], province="36", disposable_income_fen=400_000, today=TODAY)
    number, fen = owner("SELECT id, fen FROM benefit_recovery WHERE cause = 'death'")[0]
    assert fen == 2 * 300_002
    assert number in [each.id for each in run_as(clerk, lambda: set_off.without_plan("36"))]
    with pytest.raises(Conflict, match="not paid any more"):
        set_off.propose(clerk, key(), number, monthly_fen=1, from_month=FIRST, said="x", today=TODAY)
    with pytest.raises(Forbidden):
        set_off.returned(clerk, key(), number, 1, reference="B1", today=TODAY)
    with pytest.raises(InputError, match="still owed"):
        set_off.returned(supervisor, key(), number, fen + 1, reference="B1", today=TODAY)
    pooled = owner("SELECT balance_fen FROM ledger_account WHERE kind = 'pooled'")[0][0]
    assert set_off.returned(supervisor, key(), number, 300_002, reference="B1", today=TODAY)["owed_fen"] == 300_002
    with pytest.raises(Conflict):
        set_off.returned(supervisor, key(), number, 1, reference="B1", today=TODAY)
    assert set_off.returned(supervisor, key(), number, 300_002, reference="B2", today=TODAY)["owed_fen"] == 0
    assert owner("SELECT balance_fen FROM ledger_account WHERE kind = 'pooled'") == [(pooled + fen,)]
    assert run_as(clerk, lambda: set_off.recovery_of(number)).rest_fen == 0
    assert number not in [each.id for each in run_as(clerk, lambda: set_off.without_plan("36"))]
    assert findings() == []
    bank, pool = accounts("bank", "pooled", owner=36, owner_kind="province")
    entry = moved((bank, -5), (pool, 5))
    owner("INSERT INTO benefit_return (recovery_id, claim_id, fen, entry_id, actor) SELECT id, claim_id, 7, %s, 3 FROM benefit_recovery WHERE id = %s", entry, number)
    assert {each.code for each in run_as(SYSTEM, lambda: list(audit(["benefits.set_off"])))} == {"benefits.set_off"}, "the control: more than is owed, other than booked"


def test_a_plan_ends_when_the_rest_is_returned(owing: int) -> None:
    from lingbao.registry.benefits import set_off

    planned(owing)
    payments(FIRST)
    set_off.returned(actors()[1], key(), owing, OWED - 150_000, reference="B1", today=TODAY)
    assert owner("SELECT state FROM benefit_set_off_plan") == [("done",)]
    payments(FIRST + 1)
    assert given_back() == [(FIRST, 150_000)] and findings() == []


def test_the_audit_finds_a_set_off_that_the_books_do_not_know(owing: int) -> None:
    """The control: one row beside the books is a finding."""
    planned(owing)
    payments(FIRST)
    owner("INSERT INTO benefit_set_off (plan_id, claim_id, month, fen, chunk, entry_id) SELECT plan_id, claim_id, month + 1, 500000, chunk, entry_id FROM benefit_set_off")
    assert findings()
