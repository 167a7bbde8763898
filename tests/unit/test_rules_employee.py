"""The rules of the employee scheme, article by article, on numbers worked by hand."""

from __future__ import annotations

import pytest

from lingbao.law.month import month
from lingbao.law.rules import account, benefit, contribution, index, provincial, retirement
from lingbao.law.store import Law


@pytest.fixture(scope="module")
def law():
    return Law.load()


def test_one_month_of_delay_for_every_four_birth_months():
    births = [month(1964, 12), month(1965, 1), month(1965, 4), month(1965, 5), month(1976, 8), month(1976, 9), month(2000, 1)]
    delays = [retirement.delay_months(birth, month(1965, 1), 4, 36) for birth in births]
    assert delays == [0, 1, 1, 2, 35, 36, 36]


def test_early_retirement_never_goes_below_the_old_age():
    assert retirement.earliest_month(month(2026, 10), 5, 36) == month(2026, 5)
    assert retirement.earliest_month(month(2043, 1), 36, 36) == month(2040, 1)


def test_late_retirement_needs_an_employer():
    assert retirement.late_window_open(36, has_employer=1) == 36
    assert retirement.late_window_open(36, has_employer=0) == 0


def test_the_year_that_fixes_the_minimum():
    statutory = month(2035, 6)
    assert retirement.reference_year(month(2033, 1), statutory) == 2033
    assert retirement.reference_year(month(2038, 6), statutory) == 2035


def test_the_minimum_by_steps_is_the_annex_table(law):
    for year in range(2012, 2060):
        table = law.number("national.retirement.minimum_months", month(year, 1))
        assert retirement.minimum_months(year, 2030, 6, 180, 240) == table


def test_flexible_worker_joins_from_sixteen_until_retirement_without_an_employer():
    assert retirement.may_join(192, 192, 720, employer_pays=0) == 1
    assert retirement.may_join(191, 192, 720, employer_pays=0) == 0
    assert retirement.may_join(720, 192, 720, employer_pays=0) == 0
    assert retirement.may_join(300, 192, 720, employer_pays=1) == 0


def test_special_work_needs_its_years():
    assert retirement.special_work_month(0, 660, 10, 9, 720) == 660
    assert retirement.special_work_month(0, 660, 8, 9, 720) == 720


@pytest.mark.parametrize(("share", "amount"), [(0.6, 605), (0.7, 706), (0.8, 806), (0.9, 907), (1.0, 1008), (1.5, 1512),
                                               (2.0, 2016), (2.5, 2520), (3.0, 3024)])
def test_nanchang_amounts_of_2020(share, amount):
    assert contribution.monthly_contribution_in_yuan(contribution.tier_base(5040.0, share), 0.2) == amount


def test_account_and_pool_add_up_to_what_was_paid():
    paid = contribution.monthly_contribution(4588.0, 0.2)
    credit = contribution.account_credit(4588.0, 0.08)
    assert (paid, credit, contribution.pooled_share(paid, credit)) == (917.6, 367.04, 550.56)


def test_a_base_outside_the_bounds_is_held_within_them():
    assert contribution.base_in_bounds(100.0, 4588.0, 22938.0) == 4588.0
    assert contribution.base_in_bounds(99999.0, 4588.0, 22938.0) == 22938.0
    assert contribution.base_in_bounds(8000.0, 4588.0, 22938.0) == 8000.0


@pytest.mark.parametrize(("months", "posted"), [(1, 5), (3, 6), (6, 6), (12, 12)])
def test_a_contribution_of_may_is_posted_at_the_end_of_its_period(months, posted):
    assert contribution.posting_month(month(2025, 5), months) == month(2025, posted)


def test_a_year_costs_the_same_under_every_rhythm():
    for rhythm in (1, 3, 6, 12):
        paid = sum(contribution.amount_due(month(2025, n), 917.6, rhythm) for n in range(1, 13))
        assert paid == pytest.approx(12 * 917.6)


def test_past_years_cannot_be_bought():
    assert contribution.bought_back_months(36, exception_open=0) == 0
    assert contribution.bought_back_months(12, exception_open=1) == 12
    assert contribution.catch_up_months(5, catch_up_allowed=1) == 5
    assert contribution.catch_up_months(5, catch_up_allowed=0) == 0


def test_a_flexible_worker_bears_two_and_a_half_times_an_employees_share():
    assert contribution.burden_against_employee(0.2, 0.08) == pytest.approx(2.5)
    assert contribution.burden(1008.0, 5040.0) == pytest.approx(0.2)


def test_interest_on_new_money_is_neither_missing_nor_a_full_year():
    product = sum(account.posting_product(100.0, n) for n in range(1, 13))
    assert product == 7800.0
    assert account.year_end_balance(0.0, 1200.0, product, 0.06) == pytest.approx(1239.0)


def test_both_methods_of_interest_agree_for_twelve_equal_postings():
    product = sum(account.posting_product(100.0, n) for n in range(1, 13))
    by_month = account.year_end_balance(5000.0, 1200.0, product, 0.0262)
    assert account.year_end_balance_by_year(5000.0, 1200.0, 0.0262, 13 / 12) == pytest.approx(by_month)


def test_heirs_get_the_account_and_never_a_debt():
    assert account.inheritable_balance(321.456) == 321.46
    assert account.inheritable_balance(-5.0) == 0.0


def test_a_gap_lowers_the_index_only_where_the_province_counts_months_due():
    assert index.mean_index(80.0, 100.0) == 0.8
    assert index.mean_index_over_months_due(80.0, 100.0, 60.0) == 0.5


def test_basic_pension_of_2005():
    assert benefit.basic_pension(6000.0, 0.6, 180.0, 0.01) == 720.0


def test_payout_months_to_the_month_round_half_up_to_one_decimal():
    assert benefit.payout_months(195.0, 190.0, 3) == 193.8
    assert benefit.payout_months(139.0, 132.0, 1) == 138.4
    assert benefit.payout_months_whole_years(139.0, 132.0, 11) == 139.0


def test_a_provisional_pension_is_settled_when_the_base_is_known():
    assert benefit.provisional_balance(2010.5, 1980.2, 9) == 272.7


def test_guangdong_scales_the_base_below_the_threshold_alone():
    assert provincial.low_index_factor(0.5, 0.6) == pytest.approx(0.5 / 0.6)
    assert provincial.low_index_factor(0.6, 0.6) == 1.0
    assert provincial.low_index_factor(1.7, 0.6) == 1.0


def test_years_are_rounded_up_in_the_provinces_steps():
    assert provincial.months_in_year_steps(26 * 12 + 8, 0.1) == pytest.approx(26.7 * 12)
    assert provincial.months_in_year_steps(30 * 12 + 6, 0.5) == pytest.approx(30.5 * 12)
    assert provincial.months_in_year_steps(30 * 12 + 7, 0.5) == pytest.approx(31 * 12)


def test_jilin_pays_more_for_each_band_of_years():
    amount = provincial.long_payment_extra(1000.0, 1000.0, 1.0, 32.0, 20.0, 25.0, 30.0, 0.0015, 0.002, 0.0025)
    assert amount == pytest.approx(1000.0 * (5 * 0.0015 + 5 * 0.002 + 2 * 0.0025))
    assert provincial.long_payment_extra(1000.0, 1000.0, 1.0, 20.0, 20.0, 25.0, 30.0, 0.0015, 0.002, 0.0025) == 0.0


@pytest.mark.parametrize(("years", "share"), [(9, 0.0), (10, 0.05), (15, 0.1), (19.9, 0.1), (20, 0.15)])
def test_plateau_supplement_by_years(years, share):
    assert provincial.plateau_share(years, 10, 15, 20, 0.05, 0.1, 0.15) == share


def test_shanghai_cuts_to_the_fen_before_it_rounds_up_to_the_jiao():
    assert provincial.account_pension_jiao_up(153165.0, 139.0) == 1101.9
    assert provincial.part_jiao_up_from_fen(3751.02) == 3751.1
