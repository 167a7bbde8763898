"""Life-cycle smoothing balances consumption now and later, and says when a bound stops it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lingbao.law.errors import InputError
from lingbao.planner.smoothing import life_cycle_smoothing, target_of


def test_a_linear_pension_is_balanced_in_closed_form():
    # 200 + 2c = 6000 − c  →  c = 1933.33…
    found = life_cycle_smoothing(lambda paid: 200 + 2 * paid, 6000, 0, 6000)
    assert found.contribution == pytest.approx(5800 / 3, abs=1e-9)
    assert found.now == pytest.approx(found.later) and found.reached == pytest.approx(1.0) and found.bound == "none"


def test_a_lower_target_and_other_income_need_less():
    full = life_cycle_smoothing(lambda paid: 2 * paid, 6000, 0, 6000)
    less = life_cycle_smoothing(lambda paid: 2 * paid, 6000, 0, 6000, target=0.5)
    helped = life_cycle_smoothing(lambda paid: 2 * paid, 6000, 0, 6000, other_income=1000)
    assert less.contribution < full.contribution and helped.contribution < full.contribution
    assert less.reached == pytest.approx(0.5)


def test_floor_and_cap_bind():
    assert life_cycle_smoothing(lambda paid: 5000 + paid, 6000, 1500, 3000).bound == "floor"
    capped = life_cycle_smoothing(lambda paid: 0.1 * paid, 6000, 0, 1000)
    assert (capped.bound, capped.contribution) == ("cap", 1000)


def test_a_step_in_the_pension_is_met_from_above():
    found = life_cycle_smoothing(lambda paid: 5000.0 if paid >= 1000 else 0.0, 6000, 0, 6000)
    assert found.contribution == pytest.approx(1000) and found.pension == 5000.0


@settings(max_examples=60, deadline=None)
@given(st.floats(100, 1e6), st.floats(0, 5), st.floats(0.1, 2), st.floats(0, 0.9))
def test_the_balance_holds_or_a_bound_binds(income, slope, target, share):
    found = life_cycle_smoothing(lambda paid: slope * math.sqrt(paid * income), income, 0, income * share, target)
    if found.bound == "none":
        assert found.later == pytest.approx(target * found.now, rel=1e-6, abs=1e-6 * income)
    elif found.bound == "cap":
        assert found.later <= target * found.now * (1 + 1e-9)
    else:
        assert found.later >= target * found.now * (1 - 1e-9)


def test_the_target_of_a_patient_saver():
    assert target_of(0.5, 2.0, 3.0) == pytest.approx(1.0)
    assert target_of(0.9, 2.0, 1.0) == pytest.approx(1.8)
    with pytest.raises(InputError):
        target_of(1.0, 1.0, 0.0)


@pytest.mark.parametrize(("values", "where"), [
    ({"income": -1.0}, "income"), ({"income": math.nan}, "income"), ({"lowest": 3000.0, "highest": 100.0}, "lowest, highest"),
    ({"highest": 9000.0}, "lowest, highest"), ({"target": math.inf}, "target"),
])
def test_impossible_values_are_refused(values, where):
    with pytest.raises(InputError) as caught:
        life_cycle_smoothing(lambda paid: paid, **{"income": 6000.0, "lowest": 0.0, "highest": 6000.0} | values)
    assert caught.value.where == where


def test_a_pension_that_falls_is_refused():
    with pytest.raises(InputError):
        life_cycle_smoothing(lambda paid: 1000.0 - paid, 6000, 0, 900)
