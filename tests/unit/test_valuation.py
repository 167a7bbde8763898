"""Rates of return, payback, present value and what heirs get, on streams small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.valuation import cashflow
from lingbao.valuation.options import value_options
from lingbao.valuation.rate_of_return import monthly_rate, rate_of_return, rates_of_return, yearly_rate
from lingbao.valuation.replacement_rate import replacement_rate


def test_a_loan_of_one_month():
    found = rate_of_return([-100.0, 101.0])
    assert found.monthly == pytest.approx(0.01, abs=1e-12)
    assert found.yearly == pytest.approx(1.01**12 - 1)
    assert found.reason == ""


def test_a_loss_has_a_negative_rate():
    assert rate_of_return([-100.0, 99.0]).monthly == pytest.approx(-0.01, abs=1e-12)


@pytest.mark.parametrize(("flows", "reason"), [
    ([0.0, 0.0], "no_outlay"), ([0.0, 5.0], "no_outlay"), ([-5.0, 0.0], "no_benefit"),
    ([-100.0, 230.0, -132.0], "several"), ([-1.0, 1000.0], "out_of_range"),
])
def test_without_one_clear_rate_there_is_none_and_the_reason_is_said(flows, reason):
    found = rate_of_return(flows)
    assert (found.monthly, found.yearly, found.reason) == (None, None, reason)
    assert found.zh and found.en


def test_paying_again_while_drawing_still_has_one_rate():
    flows = [-100.0, 30.0, -20.0, 150.0]
    rate = rate_of_return(flows).monthly
    assert rate is not None and rate > 0
    assert sum(flow / (1 + rate) ** t for t, flow in enumerate(flows)) == pytest.approx(0.0, abs=1e-9)


def test_flows_that_are_not_numbers_are_refused():
    with pytest.raises(InputError):
        rate_of_return([-1.0, float("nan")])


def test_many_options_at_once_are_the_single_ones():
    flows = np.array([[-100.0, 0.0, 103.0], [-50.0, -50.0, 99.0], [0.0, 0.0, 0.0]])
    rates, codes = rates_of_return(flows)
    assert [rate_of_return(row).monthly for row in flows[:2]] == pytest.approx(rates[:2].tolist())
    assert np.isnan(rates[2]) and codes.tolist() == [0, 0, 1]


def test_monthly_and_yearly_rates_are_inverse():
    assert yearly_rate(monthly_rate(0.0375)) == pytest.approx(0.0375)


def test_payback_is_the_month_that_completes_it():
    outlay, pension = [100.0, 100.0, 0, 0, 0, 0], [0, 0, 60.0, 60.0, 60.0, 60.0]
    assert cashflow.payback_index(outlay, pension) == 5
    assert cashflow.payback_index(outlay, [0, 0, 50.0, 50.0, 50.0, 50.0]) == 5
    assert cashflow.payback_index(outlay, [0, 0, 100.0, 100.0, 0, 0]) == 3


def test_payback_that_never_comes_and_payback_of_nothing():
    assert cashflow.payback_index([10.0, 0.0], [0.0, 9.99]) == cashflow.NEVER
    assert cashflow.payback_index([0.0, 0.0], [5.0, 5.0]) == cashflow.NEVER


def test_payback_in_todays_money_and_with_interest_comes_later():
    outlay = np.concatenate((np.full(120, 900.0), np.zeros(360)))
    pension = np.concatenate((np.zeros(120), np.full(360, 900.0)))
    plain = cashflow.payback_index(outlay, pension)
    real = cashflow.payback_index(outlay, pension, cashflow.price_factors(0.02, 480))
    interest = cashflow.payback_index(outlay, pension, cashflow.discount_factors(0.03, 480))
    assert plain == 239 < real < interest


def test_payback_of_the_extra_money_compares_two_options():
    dear, cheap = np.array([300.0, 0, 0, 0, 0]), np.array([100.0, 0, 0, 0, 0])
    more, less = np.array([0, 80.0, 80, 80, 80]), np.array([0, 30.0, 30, 30, 30])
    assert cashflow.payback_of_extra(dear, more, cheap, less) == 4
    assert cashflow.payback_of_extra(dear, more, dear, more) == cashflow.NEVER


def test_a_pension_that_starts_earlier_and_stays_ahead_has_nothing_to_pay_back():
    assert cashflow.payback_of_extra([10.0, 0, 0], [0, 50.0, 50], [20.0, 0, 0], [0, 0, 50.0]) == cashflow.NEVER


def test_growth_shortens_payback():
    assert cashflow.payback_months(24000.0, 1000.0, 0.0, 100) == 24
    assert cashflow.payback_months(24000.0, 1000.0, 0.1, 100) == 23
    assert cashflow.payback_months(24000.0, 1000.0, 0.0, 23) == cashflow.NEVER


def test_benefit_over_cost():
    assert cashflow.benefit_cost_ratio([100.0, 0], [0, 250.0]) == 2.5
    assert np.isnan(cashflow.benefit_cost_ratio([0.0, 0], [0, 250.0]))


def test_ages_and_chances_at_payback():
    index = np.array([2, cashflow.NEVER])
    ages = cashflow.ages_at(index, month(2026, 1), month(1966, 1))
    assert ages.tolist() == [722, cashflow.NEVER]
    assert cashflow.chance_of_payback(index, [1.0, 0.9, 0.8, 0.7]).tolist() == [0.7, 0.0]


def test_chance_at_the_last_month_uses_the_last_known_survival():
    assert cashflow.chance_of_payback(1, [1.0, 0.9]) == 0.9


def test_expected_present_value_weighs_life_and_death():
    value = cashflow.expected_present_value([10.0, 0.0], [0.0, 30.0], [1.0, 0.5], [1.0, 0.9], [100.0, 200.0], [0.5, 0.5])
    assert value == pytest.approx(-10 + 0.5 * 0.9 * 30 + 100 * 0.5 + 200 * 0.5 * 0.9)


def test_account_path_without_interest_is_a_sum():
    balances = cashflow.account_balances(100.0, [10.0, 10.0, 0.0, 0.0], [0.0, 0.0, 50.0, 500.0], 0.0)
    assert balances.tolist() == [110.0, 120.0, 70.0, 0.0]


def test_account_path_earns_the_yearly_rate():
    assert cashflow.account_balances(100.0, np.zeros(12), np.zeros(12), 0.05)[-1] == pytest.approx(105.0)


def test_heirs_at_ages_inside_and_outside_the_months_given():
    got = cashflow.heirs_at_ages([10.0] * 24, [5.0] * 24, [60, 61, 70], month(2026, 1), month(1966, 1))
    assert got[:2].tolist() == [15.0, 15.0] and np.isnan(got[2])


def test_months_that_do_not_match_are_refused():
    with pytest.raises(InputError):
        cashflow.payback_index([1.0, 2.0], [1.0])


def test_replacement_rate_without_a_wage_is_not_a_number():
    assert replacement_rate(2000.0, 5000.0) == 0.4
    assert np.isnan(replacement_rate(2000.0, 0.0))


def test_all_figures_for_all_options():
    outlay = np.array([[100.0, 100, 0, 0, 0, 0], [50.0, 50, 0, 0, 0, 0], [0.0] * 6])
    pension = np.array([[0, 0, 90.0, 90, 90, 90], [0, 0, 60.0, 60, 60, 60], [0.0] * 6])
    value = value_options(
        outlay, pension, first_month=month(2026, 1), birth=month(1966, 1), survival=np.linspace(1.0, 0.5, 6),
        yearly_inflation=0.02, yearly_discount_rate=0.03, heirs=np.zeros((3, 6)), reference=1,
    )
    assert value.outlay_total.tolist() == [200.0, 100.0, 0.0]
    assert value.payback_index.tolist() == [4, 3, -1]
    assert value.payback_age_months.tolist() == [724, 723, -1]
    assert value.payback_extra_index.tolist() == [5, -1, -1]
    assert value.benefit_cost_ratio[:2].tolist() == pytest.approx([1.8, 2.4])
    assert value.rate_yearly_real[0] < value.rate_yearly[0]
    assert value.rate_codes.tolist() == [0, 0, 1]
    assert value.chance_of_payback[2] == 0.0
