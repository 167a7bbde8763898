"""The least that reaches a target, the best within a budget, and what one more step changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lingbao.career.person import Person
from lingbao.career.plan import Plan
from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.planner import plan
from lingbao.planner.optimise import effects, least_for_target, pension_for, within_budget

LAW = Law.load()
NOW = month(2026, 11)
RIDER = Person(birth=month(1995, 6), sex="male", residence="36", income=6000.0)


def test_the_least_base_for_a_target_reaches_it_and_a_little_less_does_not() -> None:
    found = least_for_target(LAW, RIDER, 7000.0, NOW)
    assert found.reached and found.pension_today == pytest.approx(7000.0, abs=0.5)
    assert pension_for(LAW, RIDER, found.monthly, NOW) == pytest.approx(7000.0, rel=1e-3)
    assert pension_for(LAW, RIDER, found.monthly * 0.98, NOW) < 7000.0


def test_a_small_target_costs_the_floor_and_a_huge_one_is_not_reached() -> None:
    least = least_for_target(LAW, RIDER, 100.0, NOW)
    assert least.reached and least.ratio == 0.0 and least.monthly == 783.0
    most = least_for_target(LAW, RIDER, 500_000.0, NOW)
    assert not most.reached and most.monthly == pytest.approx(3915.0, abs=1.0)


def test_the_timing_of_the_plan_is_kept() -> None:
    early = least_for_target(LAW, RIDER, 6000.0, NOW, plan=Plan("employee", claim="earliest"))
    assert early.ratio > least_for_target(LAW, RIDER, 6000.0, NOW).ratio


@pytest.mark.parametrize("target", [0.0, -5.0, float("nan"), 1e9])
def test_a_target_that_is_no_amount_is_refused(target: float) -> None:
    with pytest.raises(InputError):
        least_for_target(LAW, RIDER, target, NOW)


def test_more_money_never_buys_less() -> None:
    pensions = [pension_for(LAW, RIDER, payment, NOW) for payment in (100.0, 783.0, 900.0, 1500.0, 3900.0, 9000.0)]
    assert pensions == sorted(pensions) and pensions[0] == pensions[1]


def test_within_a_budget_the_suggestion_costs_no_more() -> None:
    comparison = plan(RIDER, LAW, as_of=NOW)
    for budget in (200.0, 800.0, 2000.0):
        found = within_budget(comparison, budget)
        assert found is not None and found["first_payment"]["month"] <= budget
    assert within_budget(comparison, 1.0) is None


def test_one_more_step_changes_what_it_should() -> None:
    found = {row["code"]: row for row in effects(plan(RIDER, LAW, as_of=NOW))}
    assert found["year_less"]["pension_today"] < 0 and found["year_less"]["outlay_today"] < 0
    assert found["tier_up"]["pension_today"] > 0 and found["tier_up"]["outlay_today"] > 0
    assert found["early"]["claim_months"] == -36 and found["early"]["pension_today"] < 0
    assert found["later_start"]["pension_today"] < 0 and found["later_start"]["claim_months"] == 0


def test_no_step_is_shown_that_is_not_open() -> None:
    past = replace(RIDER, birth=month(1962, 6), months_paid=200, mean_index=0.7, account_balance=30000.0)
    assert effects(plan(past, LAW, as_of=NOW)) == []
    near = replace(RIDER, birth=month(1968, 8))  # pays on after the statutory month: no early claim
    assert "early" not in {row["code"] for row in effects(plan(near, LAW, as_of=NOW))}
