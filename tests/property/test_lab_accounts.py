"""Accounting identities of the laboratory: money goes nowhere and comes from nowhere, under the law and under reforms."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from lingbao.law.month import month
from lingbao.law.reform import Reform
from lingbao.law.reform_library import find_reform
from lingbao.law.values import freeze
from lingbao.simulation.layout import MONEY_FLOWS, Count, Flow, Start
from lingbao.simulation.one_life import World, one_life
from lingbao.simulation.plan import Plan, plan_of
from lingbao.simulation.run import run_chunk
from lingbao.simulation.sums import Sums

LAWS = ("", "F3", "B7", "C5", "B8", "N9", "N10-loan", "S9")
SIZE, YEARS = 1500, 8
FEN_LOST = 0.5
"""Each booking is rounded to whole fen."""


def named(name: str) -> Reform | None:
    return find_reform(name) if name else None


@cache
def without_deaths(name: str) -> tuple[Plan, Sums]:
    """A run in which nobody dies: then no account leaves with grants for the bereaved, and none is used up in eight years."""
    plan = plan_of(reform=named(name), size=SIZE, years=YEARS, keep=0)
    plan = replace(plan, tables={**plan.tables, "mortality": np.zeros_like(plan.tables["mortality"])})
    return plan, run_chunk(plan, 0, plan.persons)


@cache
def with_deaths(name: str, years: int = 25) -> tuple[Plan, Sums]:
    plan = plan_of(reform=named(name), size=SIZE, years=years, keep=0)
    return plan, run_chunk(plan, 0, plan.persons)


def nation(sums: Sums, flow: Flow) -> np.ndarray:
    """Yearly sums of the whole nation [fen or counts, times weight units]."""
    return sums.exact("fund")[:, :, flow].sum(axis=1).astype(float)


def slack(plan: Plan, bookings: int) -> float:
    """The most that so many bookings of everyone can lose by rounding in a year."""
    _, rows = plan.people.start(0, plan.persons)
    return float(rows[:, Start.WEIGHT].sum() * FEN_LOST * bookings)


@pytest.mark.parametrize("name", LAWS)
def test_what_all_accounts_hold_is_what_came_in_less_what_went_out(name: str) -> None:
    plan, sums = without_deaths(name)
    _, rows = plan.people.start(0, plan.persons)
    begun = float((rows[:, Start.WEIGHT] * (rows[:, Start.ACCOUNT] + rows[:, Start.RESIDENT_ACCOUNT])).sum() * 100.0)
    held = sum(nation(sums, flow) for flow in (Flow.ACCOUNT_STOCK, Flow.RESIDENT_ACCOUNT_STOCK, Flow.WALLET_STOCK))
    came = (Flow.TO_ACCOUNT, Flow.ACCOUNT_INTEREST, Flow.RESIDENT_FEES, Flow.RESIDENT_SUBSIDY, Flow.RESIDENT_INTEREST, Flow.WITHHELD)
    went = (Flow.TURNED_OVER, Flow.ACCOUNT_BENEFITS, Flow.RESIDENT_ACCOUNT_BENEFITS, Flow.LUMP_SUMS)
    change = sum(nation(sums, flow) for flow in came) - sum(nation(sums, flow) for flow in went)
    before = np.concatenate([[begun], held[:-1]])
    assert np.abs(held - before - change).max() <= slack(plan, len(came) + len(went) + 6)
    assert np.abs(change).min() > 100.0 * slack(plan, 16)  # the slack is no excuse


@pytest.mark.parametrize("name", ["B7", "C5"])
def test_money_withheld_from_orders_is_turned_over_kept_or_paid_out(name: str) -> None:
    plan, sums = without_deaths(name)
    wallets = nation(sums, Flow.WALLET_STOCK)
    change = np.diff(np.concatenate([[0.0], wallets]))
    paid_out = nation(sums, Flow.WITHHELD) - nation(sums, Flow.TURNED_OVER) - nation(sums, Flow.RESIDENT_TURNED_OVER) - change
    assert nation(sums, Flow.WITHHELD).sum() > 0.0
    assert (paid_out >= -slack(plan, 4)).all() and (paid_out <= nation(sums, Flow.LUMP_SUMS) + slack(plan, 4)).all()


@pytest.mark.parametrize("name", LAWS)
def test_what_leaves_a_province_arrives_in_another(name: str) -> None:
    _, sums = with_deaths(name)
    fund = sums.exact("fund")
    left, arrived = fund[:, :, Flow.TRANSFER_OUT], fund[:, :, Flow.TRANSFER_IN]
    assert (left.sum(axis=1) == arrived.sum(axis=1)).all() and left.sum() > 0
    assert (left != arrived).any()


@pytest.mark.parametrize("name", LAWS)
def test_no_stock_and_no_count_is_negative(name: str) -> None:
    _, sums = with_deaths(name)
    fund = sums.exact("fund")
    stocks = [Flow.ACCOUNT_STOCK, Flow.RESIDENT_ACCOUNT_STOCK, Flow.ACCRUED_RIGHTS_STOCK, Flow.WALLET_STOCK]
    assert (fund[:, :, stocks] >= 0).all() and (fund[:, :, MONEY_FLOWS:] >= 0).all()


@pytest.mark.parametrize("name", LAWS)
def test_people_by_group_add_up_to_the_heads_of_the_fund(name: str) -> None:
    _, sums = with_deaths(name)
    groups, fund = sums.exact("people").sum(axis=1), sums.exact("fund").sum(axis=1)
    for count, flow in ((Count.POPULATION, Flow.POPULATION), (Count.EMPLOYED, Flow.EMPLOYED), (Count.PAYERS, Flow.PAYERS), (Count.EMPLOYEE_MEMBERS, Flow.MEMBERS),
                        (Count.RESIDENT_MEMBERS, Flow.RESIDENT_MEMBERS), (Count.PENSIONERS, Flow.PENSIONERS),
                        (Count.RESIDENT_PENSIONERS, Flow.RESIDENT_PENSIONERS)):
        assert (groups[:, count] == fund[:, flow]).all(), count.name
    for count, flow in ((Count.FIXED_PAYERS, Flow.FIXED_PAYERS), (Count.OWN_CONTRIBUTIONS, Flow.OWN_CONTRIBUTIONS), (Count.MONTHS_PAID, Flow.PAID_MONTHS)):
        assert (groups[:, count] <= fund[:, flow]).all(), count.name  # who claims or dies within the year is in the fund alone
    in_no_other = groups[:, Count.POPULATION] - groups[:, Count.EMPLOYEE_MEMBERS] - groups[:, Count.RESIDENT_MEMBERS]
    assert (in_no_other == groups[:, Count.NONE]).all()


def test_everyone_of_today_declares_in_the_first_january_and_later_cohorts_enter_once() -> None:
    plan, sums = with_deaths("")
    _, rows = plan.people.start(0, plan.persons)
    today = rows[:, Start.ENTRY] < plan.first
    assert sums.exact("choices")[0].sum() == rows[today, Start.WEIGHT].sum()
    assert sums.exact("fund")[:, :, Flow.ENTRANTS].sum() == rows[~today, Start.WEIGHT].sum()


@pytest.mark.parametrize("name", ["", "B8", "N10-loan", "N10-youth", "F3"])
def test_the_sources_of_contributions_add_up_to_what_was_due(name: str) -> None:
    """Life by life: each payment is borne by the person, the state, the province, the platform and lenders together."""
    plan = plan_of(reform=named(name), size=SIZE, years=20)
    world = World(plan)
    paid = 0.0
    for person in range(0, plan.size, 60):
        lived = one_life(world, person)
        due = sum(each.amount for each in lived.told if each.figure == "payment")
        in_jobs = sum(each.amount for each in lived.told if each.figure == "employee_contribution")
        by_source = sum(lived.flows[:, flow].sum() for flow in (
            Flow.OWN_CONTRIBUTIONS, Flow.SUBSIDY_STATE, Flow.SUBSIDY_PROVINCE, Flow.SUBSIDY_PLATFORM, Flow.LOANS_LENT))
        assert by_source == pytest.approx(due, abs=0.005)
        assert lived.flows[:, Flow.JOB_CONTRIBUTIONS].sum() == pytest.approx(in_jobs, abs=0.005)
        paid += due
    assert paid > 0.0


def without_effect() -> Reform:
    reform = find_reform("F3")
    return replace(reform, id="nothing", changes=(), options=freeze({}))


def test_a_reform_without_effect_changes_no_bit() -> None:
    base, same = (plan_of(reform=reform, size=SIZE, years=YEARS, keep=SIZE) for reform in (None, without_effect()))
    assert base.hash != same.hash
    assert run_chunk(base, 0, base.persons).digest() == run_chunk(same, 0, same.persons).digest()


@pytest.mark.parametrize("name", ["F3", "B7", "N9", "N8"])
def test_a_reform_changes_nothing_before_it_begins(name: str) -> None:
    reform = find_reform(name)
    begins = 3
    late = replace(reform, since=month(2025 + begins, 1), changes=tuple(replace(each, since=month(2025 + begins, 1)) for each in reform.changes))
    base, other = (run_chunk(plan, 0, plan.persons) for plan in (
        plan_of(reform=each, size=SIZE, years=YEARS, keep=0) for each in (None, late)))
    same = base.exact("fund") == other.exact("fund")
    assert same[:begins, :, :].all() and not same[begins:].all()


@pytest.mark.parametrize("name", ["F3", "C5", "N8", "no-retirement-reform"])
def test_nobody_works_otherwise_because_of_a_reform(name: str) -> None:
    """The same luck of work, so the same income in every month that is worked under both."""
    base, other = World(plan_of(size=SIZE, years=15)), World(plan_of(reform=find_reform(name), size=SIZE, years=15))
    for person in range(0, SIZE, 150):
        one, two = one_life(base, person).incomes, one_life(other, person).incomes
        both = min(len(one), len(two))
        assert one[:both] == two[:both]
