"""The resident scheme from today to the pension: fees, interest, years, claim, merging, additions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lingbao.career.outcome import Outcome
from lingbao.career.person import Person
from lingbao.career.place import future_of
from lingbao.career.plan import Plan
from lingbao.career.resident import project_resident, resident_law
from lingbao.career.retirement import retirement_of
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.law.trace import Node, traced

LAW = Law.load()
NOW = month(2026, 11)
FARMER = Person(birth=month(1986, 6), sex="male", worker_class="male", residence="36")


def project(person: Person, fee: float = 1000.0, scheme: str = "resident", as_of: int = NOW) -> Outcome:
    plan = Plan(scheme, amount=fee if scheme == "resident" else 0.0, rhythm=12 if scheme == "resident" else 1)  # type: ignore[arg-type]
    return project_resident(LAW, person, plan, "base", as_of, retirement_of(LAW, "male", person.birth))


def test_one_fee_a_december_from_this_year_to_the_year_before_sixty() -> None:
    found = project(FARMER)
    paid = np.flatnonzero(found.outlay)
    assert found.schedule.claim == month(2046, 6)
    assert [(t + NOW) % 12 for t in paid] == [11] * 20 and paid[0] == 1 and found.payments == 20
    assert found.outlay.sum() == 20_000.0 and found.first_payment == 1000.0
    assert project(FARMER, as_of=month(2026, 12)).outlay[0] == 1000.0


def test_the_account_is_stepped_by_the_rule_and_the_year_of_the_claim_counts_to_the_claim() -> None:
    found = project(FARMER)
    future = future_of(LAW, "base", NOW)
    rates = future.resident_crediting_rate[future.row("36")]
    tiers = dict(resident_law(LAW, "36", None).tiers)
    credit = 1000.0 + max(tiers[1000.0] or 0.0, 60.0)
    balance = 0.0
    for year in range(2026, 2046):
        rate = rates[month(year, 12) - NOW]
        balance = round(balance * (1 + rate) + credit * (1 + rate / 12) + 1e-9, 2)
    balance *= 1 + rates[month(2046, 6) - NOW] * 6 / 12
    assert found.account_balance == pytest.approx(balance, abs=0.1)
    assert found.parts["account"] == pytest.approx(balance / 139, abs=0.01)


def test_what_is_in_the_accounts_already_counts() -> None:
    more = project(replace(FARMER, resident_balance=8000.0, resident_years=8))
    assert more.account_balance > project(FARMER).account_balance + 8000.0
    merged = project(replace(FARMER, months_paid=120, mean_index=0.6, account_balance=30000.0))
    assert merged.account_balance > project(FARMER).account_balance + 30000.0


def test_short_at_sixty_one_pays_on_and_claims_in_the_december_of_the_last_fee() -> None:
    found = project(replace(FARMER, birth=month(1970, 6)))
    assert found.schedule.extended and found.payments == 15 and found.schedule.claim == month(2040, 12)
    assert "补缴" in found.schedule.reason_zh and found.schedule.reason_en


def test_employee_months_fill_the_fifteen_years() -> None:
    found = project(replace(FARMER, birth=month(1970, 6), months_paid=150, mean_index=0.6))
    assert not found.schedule.extended and found.schedule.claim == month(2030, 6) and found.payments == 4


def test_far_past_sixty_without_years_the_plan_is_refused_with_what_to_ask() -> None:
    found = project(replace(FARMER, birth=month(1953, 6)))  # 60 before the scheme began: no years to buy
    assert not found.schedule.feasible and found.pension_at_claim == 0.0 and not found.outlay.any()
    assert "补缴" in found.schedule.reason_zh


def test_past_sixty_with_the_years_the_pension_is_claimed_now_and_no_fee_is_open() -> None:
    elder = replace(FARMER, birth=month(1964, 6), resident_years=15, resident_balance=20000.0)
    refused, claimed = project(elder), project(elder, scheme="none")
    assert not refused.schedule.feasible and not refused.outlay.any()
    assert claimed.schedule.feasible and claimed.schedule.claim == NOW and claimed.pension_at_claim > 300.0


def test_paying_nothing_with_too_few_years_returns_the_account_once() -> None:
    found = project(replace(FARMER, months_paid=60, mean_index=0.6, account_balance=20000.0), scheme="none")
    assert found.lump_sum > 20000.0 and found.pension_at_claim == 0.0
    assert found.schedule.claim == month(2049, 6)  # the employee account, at the statutory month
    assert found.pension.sum() == found.lump_sum == found.pension[found.schedule.claim + 1 - NOW]


def test_a_dearer_tier_never_pays_less() -> None:
    for code in ("11", "31", "36", "42", "44"):
        person = replace(FARMER, residence=code)
        pensions = [project(person, fee).pension_at_claim for fee, _ in resident_law(LAW, code, None).tiers]
        assert pensions == sorted(pensions)


@pytest.mark.parametrize(("years", "addition"), [(15, 15.0), (20, 25.0), (30, 50.0)])
def test_hubei_adds_in_steps_from_the_first_year(years: int, addition: float) -> None:
    person = replace(FARMER, birth=month(1966, 6), residence="42", resident_years=years)
    assert project(person, scheme="none").parts["additions"] == addition


def test_wuhan_has_two_steps_of_its_own() -> None:
    person = replace(FARMER, birth=month(1966, 6), residence="42", area="Wuhan", resident_years=20)
    assert project(person, scheme="none").parts["additions"] == 15 * 2.0 + 5 * 3.0


def test_the_scheme_is_that_of_home_not_of_the_residence() -> None:
    away = replace(FARMER, residence="31", home="36")
    assert project(away).place == "36" and project(away).pension_at_claim == project(FARMER).pension_at_claim


def test_the_basic_part_is_never_below_the_national_minimum() -> None:
    for province in LAW.provinces():
        elder = replace(FARMER, residence=province.code, birth=month(1964, 6), resident_years=15)
        assert project(elder, scheme="none").parts["basic"] >= 163.0


def test_a_traced_run_gives_the_same_pension_and_knows_why() -> None:
    dates = retirement_of(LAW, "male", FARMER.birth)
    told = project_resident(LAW, FARMER, Plan("resident", amount=500.0, rhythm=12), "base", NOW, dates, traced)
    spoken = project_resident(LAW, FARMER, Plan("resident", amount=500.0, rhythm=12), "base", NOW, dates)
    assert float(told.pension_at_claim) == spoken.pension_at_claim and isinstance(told.pension_at_claim.node, Node)  # type: ignore[attr-defined]
    assert np.array_equal(told.pension, spoken.pension)
    assert told.pension_at_claim.node.find("provinces.36.resident_basic") is not None  # type: ignore[attr-defined]


def test_one_who_was_near_sixty_when_the_scheme_began_buys_the_missing_years_with_the_claim() -> None:
    found = project(replace(FARMER, birth=month(1969, 1), resident_years=5))
    assert found.schedule.claim == month(2029, 1) and not found.schedule.extended
    assert found.schedule.one_off_months == 7 * 12 and found.schedule.months_at_claim == 180
    assert found.outlay.sum() == 10 * 1000.0 and found.outlay[month(2029, 1) - NOW] == 7 * 1000.0
    assert "resident_years_bought" in {flag.code for flag in found.flags} and "7,000" in found.schedule.reason_zh


def test_bought_years_are_credited_at_the_fee_without_subsidy_or_interest() -> None:
    near = replace(FARMER, birth=month(1969, 1))
    bought, enough = project(replace(near, resident_years=5)), project(replace(near, resident_years=12))
    assert bought.account_balance - enough.account_balance == pytest.approx(7 * 1000.0, abs=0.01)
    assert bought.parts["additions"] == enough.parts["additions"]


def test_one_with_fifteen_years_ahead_when_the_scheme_began_pays_on_and_is_told_places_differ() -> None:
    found = project(replace(FARMER, birth=month(1969, 2)))
    assert found.schedule.extended and found.schedule.one_off_months == 0 and found.schedule.claim == month(2040, 12)
    assert "resident_pay_on" in {flag.code for flag in found.flags}


def test_one_past_sixty_buys_all_fifteen_years_now_and_claims_now() -> None:
    found = project(replace(FARMER, birth=month(1964, 6)), fee=500.0)
    assert found.schedule.feasible and found.schedule.claim == NOW
    assert found.outlay[0] == found.outlay.sum() == 15 * 500.0 and found.pension[1] > 0.0


def test_a_traced_run_of_one_who_buys_years_gives_the_same_pension() -> None:
    near = replace(FARMER, birth=month(1968, 6))
    dates = retirement_of(LAW, "male", near.birth)
    told, spoken = (
        project_resident(LAW, near, Plan("resident", amount=500.0, rhythm=12), "base", NOW, dates, *run) for run in ((traced,), ())
    )
    assert float(told.pension_at_claim) == spoken.pension_at_claim
    assert told.pension_at_claim.node.find("account_with_years_bought") is not None  # type: ignore[attr-defined]
