"""Statements about the resident scheme, conversion, transfer, tax, survivors, subsidies and the proposals."""

from __future__ import annotations

import math

import pytest

from lingbao.law.month import month
from lingbao.law.rules import (
    commercial,
    conversion,
    injury,
    labour_relation,
    personal_pension,
    resident,
    subsidy,
    transfer,
    unemployment,
)

TABLE = ((36000.0, 144000.0), (0.03, 0.10, 0.20), (0.0, 2520.0, 16920.0))


def test_resident_years_follow_the_age_at_the_start_of_the_scheme():
    assert resident.resident_years_required(-3.0, 180) == 0
    assert resident.resident_years_required(7.0, 180) == 7
    assert resident.resident_years_required(25.0, 180) == 15


def test_resident_pension_needs_age_years_and_no_other_pension():
    claim = month(2030, 5)
    assert resident.resident_entitled(claim, claim, 15.0, 15.0, False)
    assert not resident.resident_entitled(claim - 1, claim, 15.0, 15.0, False)
    assert not resident.resident_entitled(claim, claim, 14.0, 15.0, False)
    assert not resident.resident_entitled(claim, claim, 15.0, 15.0, True)


def test_missing_resident_years_may_be_bought_up_to_the_minimum():
    assert resident.resident_years_to_buy(4.0, 6.0, 180) == 5.0
    assert resident.resident_years_to_buy(10.0, 8.0, 180) == 0.0


def test_no_fee_no_subsidy():
    assert resident.resident_subsidy_floor(0.0, 500, 30.0, 60.0) == 0.0


def test_the_local_subsidy_never_falls_below_the_floor():
    assert resident.resident_subsidy(20.0, 30.0) == 30.0
    assert resident.resident_subsidy(45.0, 30.0) == 45.0


def test_own_fee_subsidy_and_collective_aid_are_credited_whole():
    assert resident.resident_year_credit(500.0, 60.0, 40.0) == 600.0


def test_the_basic_part_is_never_below_the_central_minimum():
    assert resident.resident_basic_pension(120.0, 143.0) == 143.0
    assert resident.resident_basic_pension(240.0, 143.0) == 240.0


@pytest.mark.parametrize(("years", "amount"), [(64, 0.0), (65, 5.0), (79, 5.0), (80, 10.0), (95, 10.0)])
def test_age_steps_replace_each_other(years, amount):
    assert resident.resident_age_addition(years * 12, 65, 5.0, 80, 10.0) == amount


def test_overlap_counts_both_ends():
    assert conversion.overlap_months(month(2020, 1), month(2020, 12), month(2020, 12), month(2021, 6)) == 1
    assert conversion.overlap_months(month(2020, 1), month(2020, 12), month(2021, 1), month(2021, 6)) == 0


def test_a_reform_could_let_pooled_money_and_years_follow():
    assert conversion.conversion_pooled_money(10000.0, 0.0) == 0.0
    assert conversion.conversion_pooled_money(10000.0, 0.5) == 5000.0
    assert conversion.employee_months_after_conversion(100.0, 10.0, 0.25) == 130.0


def test_double_pension_is_repaid():
    assert conversion.double_benefit_repayment(143.0, 7) == 1001.0


def test_a_step_of_a_transfer_may_be_overdue():
    assert transfer.working_days_left(10, 15) == 5
    assert transfer.working_days_left(16, 15) == -1


def test_place_of_benefit_without_any_record_is_home():
    assert transfer.place_of_benefit("41", {}, "44", set(), 120) == "41"


def test_a_temporary_account_beside_an_ordinary_one_leaves_the_relation_there():
    stays = [("44", 60.0), ("33", 121.0), ("31", 200.0)]
    assert transfer.place_of_benefit("41", stays, "31", {"31"}, 120) == "33"


@pytest.mark.parametrize("income", [1.0, 36000.0, 36000.01, 144000.0, 144001.0, 500000.0])
def test_quick_deductions_make_the_tax_continuous(income):
    limits, rates, quick = TABLE
    slices = [0.0, *limits, math.inf]
    by_slice = sum(
        rate * max(min(income, upper) - lower, 0.0) for rate, lower, upper in zip(rates, slices, slices[1:], strict=False)
    )
    assert personal_pension.income_tax(income, limits, rates, quick) == pytest.approx(by_slice, abs=0.006)


def test_no_tax_below_zero_income():
    assert personal_pension.income_tax(-500.0, *TABLE) == 0.0
    assert personal_pension.taxable_income(50000.0, 60000.0, 0.0) == 0.0


def test_saving_across_a_bracket_is_less_than_the_marginal_rate_says():
    exact = personal_pension.tax_saved(40000.0, 12000.0, *TABLE)
    assert exact == 640.0 < personal_pension.tax_saved_within_bracket(12000.0, 0.10)


def test_exempt_first_and_taxed_first_agree_at_one_rate():
    later = personal_pension.value_taxed_at_payout(12000.0, 2.0, 0.03)
    first = personal_pension.value_taxed_at_payment(12000.0, 2.0, 0.03)
    assert later == first == 23280.0


def test_the_personal_pension_opens_at_pension_age_or_in_hardship():
    assert personal_pension.may_draw_personal_pension(True, False, False)
    assert not personal_pension.may_draw_personal_pension(False, False, False)
    early = personal_pension.may_draw_personal_pension_early
    assert not early(40000.0, 40000.0, 11, 12, False)
    assert early(40000.01, 40000.0, 0, 12, False)
    assert early(0.0, 40000.0, 12, 12, False)
    assert early(0.0, 40000.0, 0, 12, True)


def test_subsidy_of_the_young_ends_with_age_or_time():
    assert subsidy.youth_subsidy(800.0, 24 * 12, 25, 10, 36, 0.5) == 400.0
    assert subsidy.youth_subsidy(800.0, 25 * 12, 25, 10, 36, 0.5) == 0.0
    assert subsidy.youth_subsidy(800.0, 24 * 12, 25, 36, 36, 0.5) == 0.0


def test_a_shared_subsidy_adds_up():
    parts = [subsidy.shared_subsidy_part(300.0, share) for share in (0.5, 0.3, 0.2)]
    assert sum(parts) == pytest.approx(300.0)


def test_nobody_past_the_statutory_age_is_subsidised():
    assert subsidy.subsidy_months(-4, 60, 36) == 0


def test_the_platform_pays_the_injury_fee():
    fee = injury.injury_fee(1000.0, 0.07, 1.0)
    assert fee == 70.0
    assert injury.injury_fee_of_worker(fee, 1.0) == 0.0


def test_injury_counts_from_order_to_way_back():
    assert injury.injured_on_order(35.0, 10.0, 30.0, 15.0)
    assert not injury.injured_on_order(46.0, 10.0, 30.0, 15.0)
    assert not injury.injured_on_order(9.0, 10.0, 30.0, 15.0)


@pytest.mark.parametrize(("years", "months"), [(0.5, 0), (1, 12), (4.9, 12), (5, 18), (9.9, 18), (10, 24), (30, 24)])
def test_months_of_unemployment_benefit(years, months):
    assert unemployment.unemployment_benefit_months(years, 1, 5, 10, 12, 18, 24) == months


def test_unemployment_benefit_falls_by_step_to_a_floor():
    benefit = [unemployment.stepped_unemployment_benefit(2000.0, m, 6, 0.8, 1300.0) for m in (0, 5, 6, 12, 24)]
    assert benefit == [2000.0, 2000.0, 1600.0, 1300.0, 1300.0]


def test_the_unemployment_fund_bridges_the_last_year_only():
    assert unemployment.pension_bridge_months(11, 12, True) == 11
    assert unemployment.pension_bridge_months(12, 12, True) == 0
    assert unemployment.pension_bridge_months(11, 12, False) == 0
    assert unemployment.pension_bridge_months(-1, 12, True) == 0


def test_any_two_signs_presume_employment():
    one = labour_relation.signs_of_subordination(True, False, False, False, False)
    two = labour_relation.signs_of_subordination(False, True, False, False, True)
    assert not labour_relation.employment_presumed(one, 2)
    assert labour_relation.employment_presumed(two, 2)


def test_the_third_category_lies_between_employee_and_independent():
    assert labour_relation.third_category(True, True, False)
    assert not labour_relation.third_category(True, True, True)
    assert not labour_relation.third_category(True, False, False)


def test_savings_and_annuity_are_inverse_without_interest():
    assert commercial.savings_value(1000.0, 0.0, 20) == 20000.0
    assert commercial.annuity_per_month(20000.0, 0.0, 200) == 100.0


def test_savings_grow_from_the_start_of_each_year():
    assert commercial.savings_value(1000.0, 0.05, 2) == 1000.0 * 1.05**2 + 1000.0 * 1.05


def test_an_annuity_is_worth_its_capital():
    payment = commercial.annuity_per_month(100000.0, 0.0025, 240)
    assert sum(payment / 1.0025**t for t in range(1, 241)) == pytest.approx(100000.0, abs=1.0)
