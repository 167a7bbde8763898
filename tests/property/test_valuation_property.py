"""Promises of the valuation that hold for any streams of money."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lingbao.valuation import cashflow
from lingbao.valuation.rate_of_return import rate_of_return

AMOUNT = st.integers(min_value=0, max_value=5000).map(float)
STREAM = st.lists(st.tuples(AMOUNT, AMOUNT), min_size=2, max_size=60)


@settings(deadline=None)
@given(st.integers(1, 240), st.integers(1, 360), st.integers(1, 3000), st.integers(1, 3000))
def test_the_present_value_at_the_rate_of_return_is_nil(paying, drawing, paid, drawn):
    flows = np.concatenate((np.full(paying, -float(paid)), np.full(drawing, float(drawn))))
    rate = rate_of_return(flows).monthly
    if rate is not None:
        discounted = flows / (1.0 + rate) ** np.arange(len(flows))
        assert abs(discounted.sum()) <= 1e-8 * np.abs(discounted).sum()


@settings(deadline=None)
@given(STREAM)
def test_a_rate_is_positive_exactly_when_more_comes_back_than_was_paid(stream):
    paid, drawn = np.array(stream).T
    flows = drawn - paid
    rate = rate_of_return(flows).monthly
    if rate is not None and abs(flows.sum()) > 1e-6 and np.sign(flows[np.flatnonzero(flows)[0]]) < 0:
        assert (rate > 0) == (flows.sum() > 0)


@given(STREAM)
def test_after_payback_the_balance_is_never_below_nil_and_before_it_is(stream):
    paid, drawn = np.array(stream).T
    balance = np.cumsum(drawn - paid)
    index = cashflow.payback_index(paid, drawn)
    if index == cashflow.NEVER:
        assert (balance >= -cashflow.SAME_MONEY).all() or balance[-1] < -cashflow.SAME_MONEY
    else:
        assert (balance[index:] >= -cashflow.SAME_MONEY).all()
        assert balance[index - 1] < -cashflow.SAME_MONEY


@given(STREAM, st.floats(0.0, 0.2))
def test_discounting_at_nil_changes_nothing(stream, rate):
    paid, drawn = np.array(stream).T
    factors = cashflow.discount_factors(0.0, len(paid))
    assert cashflow.payback_index(paid, drawn, factors) == cashflow.payback_index(paid, drawn)
    heavier = cashflow.discount_factors(rate, len(paid))
    assert (np.diff(heavier) <= 0).all()


@given(STREAM)
def test_many_options_are_valued_as_each_alone(stream):
    paid, drawn = np.array(stream).T
    both = cashflow.payback_index(np.array([paid, drawn]), np.array([drawn, paid]))
    assert both.tolist() == [cashflow.payback_index(paid, drawn), cashflow.payback_index(drawn, paid)]


@given(st.integers(1, 100000), st.integers(1, 3000), st.floats(0.0, 0.1))
def test_payback_months_are_the_least_that_suffice(outlay, pension, growth):
    months = cashflow.payback_months(float(outlay), float(pension), growth, 1200)
    if months != cashflow.NEVER:
        received = np.cumsum(cashflow.level_pension(float(pension), months, growth))
        assert received[-1] >= outlay - cashflow.SAME_MONEY
        assert months == 1 or received[-2] < outlay - cashflow.SAME_MONEY


@given(STREAM, st.integers(0, 10000), st.floats(0.0, 0.1))
def test_the_account_path_is_the_month_by_month_one_and_never_below_nil(stream, opening, rate):
    credits, paid = np.array(stream).T
    growth = (1.0 + rate) ** (1 / 12)
    balance, expected = float(opening), []
    for put_in, taken_out in stream:
        balance = max((balance + put_in - taken_out) * growth, 0.0)
        expected.append(balance)
    path = cashflow.account_balances(opening, credits, paid, rate)
    assert (path >= 0.0).all()
    assert np.allclose(path, expected, rtol=1e-9, atol=1e-6)
