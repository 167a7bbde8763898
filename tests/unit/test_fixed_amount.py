"""The fixed-amount contribution: the paper's worked figures (F4) and its 324 designs (F2)."""

from __future__ import annotations

import pytest

from lingbao.law.fixed_amount_design import FixedAmountDesign, designs
from lingbao.law.rules import fixed_amount as rules

RATE = 0.2


def test_five_hundred_yuan_at_a_wage_of_five_thousand():
    assert rules.equivalent_base(500.0, RATE) == 2500.0
    assert rules.counted_fraction(500.0, 5000.0, RATE) == pytest.approx(0.5)
    formula = rules.index_by_formula(500.0, RATE, 5000.0)
    assert formula == pytest.approx(0.5)
    assert rules.fixed_amount_index(formula, 0.0, 1.0) == pytest.approx(0.5)
    assert rules.fixed_amount_index(formula, 0.3, 0.0) == pytest.approx(0.3)
    assert rules.fixed_amount_index(formula, 0.0, 1.2) == pytest.approx(0.6)


def test_six_hundred_yuan_count_six_tenths():
    assert rules.counted_fraction(600.0, 5000.0, RATE) == pytest.approx(0.6)


def test_six_months_of_a_thousand_at_a_wage_of_ten_thousand():
    fraction = rules.counted_fraction(1000.0, 10000.0, RATE)
    assert rules.counted_months(6.0, 0.0, 1.0, fraction) / 12 == pytest.approx(0.25)
    assert rules.index_by_formula(1000.0, RATE, 10000.0) == pytest.approx(0.5)


def test_more_than_the_full_contribution_counts_once():
    assert rules.counted_fraction(5000.0, 5000.0, RATE) == 1.0


def test_the_longest_period_runs_out():
    assert rules.months_open(60.0, 48.0) == 12.0
    assert rules.months_open(60.0, 72.0) == 0.0


def test_there_are_324_different_designs():
    assert len(set(designs())) == 324


def test_a_design_turns_into_the_scalars_of_the_rules():
    design = FixedAmountDesign("relative", "longest", "split", "none", "proportion", "factor")
    assert design.account_share(0.08, 0.2) == pytest.approx(0.4)
    assert design.index_terms(0.3, 1.2) == (0.0, 1.2)
    assert rules.fixed_amount(*design.amount_terms(500.0, 0.1), 5000.0) == 500.0
    assert design.counting_terms(design.minimum) == (0.0, 0.0)
    assert design.counting_terms(design.accrual) == (0.0, 1.0)
