"""Raking, judged by an independent solution of the same equations, and its refusals."""

import numpy as np
import pytest
from scipy import optimize

from lingbao.law.errors import LingbaoError
from lingbao.simulation.raking import rake

SHAPE = (2, 3, 4)
TARGETS = [np.array([0.6, 0.4]), np.array([0.2, 0.5, 0.3]), np.array([0.1, 0.2, 0.3, 0.4])]


def solved_densely(counts, targets):
    """The nearest table in relative entropy by Newton steps on the dual problem, person by person, not axis by axis."""
    cells = np.indices(counts.shape).reshape(counts.ndim, -1)
    design = np.hstack([(cells[axis][:, None] == np.arange(size)[None, :]).astype(float)
                        for axis, size in enumerate(counts.shape)])
    goal = np.concatenate(targets)
    start = (counts / counts.sum()).ravel()

    def dual(multipliers):
        table = start * np.exp(design @ multipliers)
        return table.sum() - goal @ multipliers, design.T @ table - goal

    found = optimize.minimize(dual, np.zeros(goal.size), jac=True, method="BFGS", options={"gtol": 1e-11, "maxiter": 5000})
    return (start * np.exp(design @ found.x)).reshape(counts.shape)


@pytest.mark.parametrize("seed", range(5))
def test_raking_finds_the_table_that_a_direct_solution_finds(seed):
    counts = np.random.default_rng(seed).integers(1, 500, SHAPE)
    raked = rake(counts, TARGETS)
    assert raked.table == pytest.approx(solved_densely(counts, TARGETS), abs=1e-8)


def test_margins_are_met_and_the_table_is_counts_times_factors():
    counts = np.random.default_rng(9).integers(1, 500, SHAPE)
    raked = rake(counts, TARGETS)
    for axis, target in enumerate(TARGETS):
        others = tuple(each for each in range(3) if each != axis)
        assert raked.table.sum(axis=others) == pytest.approx(target, abs=1e-12)
    one, two, three = raked.factors
    product = counts / counts.sum() * one[:, None, None] * two[None, :, None] * three[None, None, :]
    assert raked.table == pytest.approx(product, rel=1e-12)
    assert raked.difference <= 1e-12


def test_odds_ratios_of_the_pattern_survive():
    pattern = np.array([[8.0, 2.0], [3.0, 7.0]])
    table = rake(pattern, [np.array([0.5, 0.5]), np.array([0.3, 0.7])]).table
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(8.0 * 7.0 / (2.0 * 3.0), rel=1e-9)


def test_margins_already_met_leave_every_factor_one():
    table = np.array([[1.0, 1.0], [1.0, 1.0]])
    raked = rake(table, [np.array([0.5, 0.5]), np.array([0.5, 0.5])])
    assert raked.rounds == 1
    assert all(np.array_equal(factor, [1.0, 1.0]) for factor in raked.factors)


def test_margins_that_contradict_each_other_are_said_not_to_converge():
    with pytest.raises(LingbaoError) as caught:
        rake(np.eye(2), [np.array([0.5, 0.5]), np.array([0.3, 0.7])], ["sex", "scheme"])
    assert caught.value.code == "raking.no_convergence"
    assert "sex" in caught.value.where


def test_an_empty_category_is_named():
    with pytest.raises(LingbaoError) as caught:
        rake(np.array([[3.0, 0.0], [4.0, 0.0]]), [np.array([0.5, 0.5]), np.array([0.3, 0.7])], ["sex", "scheme"])
    assert caught.value.code == "raking.empty"
    assert caught.value.where == "scheme"
