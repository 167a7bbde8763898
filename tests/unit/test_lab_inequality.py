"""The measures of inequality say what brute force and closed forms say, and their errors what repetition shows."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from lingbao.law.errors import InputError
from lingbao.simulation import inequality
from lingbao.simulation.estimate import Estimate, bootstrap, mean, quantile, ratio, total

LUCK = np.random.default_rng(20)
START = LUCK.bit_generator.state
SMALL = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0])
WEIGHTS = np.array([1.0, 2.0, 0.5, 3.0, 1.0, 1.5, 2.5, 1.0, 0.7, 0.3])


@pytest.fixture(autouse=True)
def same_luck_for_every_test() -> None:
    LUCK.bit_generator.state = START


def gini_by_pairs(values: np.ndarray, weights: np.ndarray) -> float:
    apart = np.abs(values[:, None] - values[None, :]) * weights[:, None] * weights[None, :]
    return float(apart.sum() / (2.0 * weights.sum() ** 2 * np.average(values, weights=weights)))


def jackknife(figure: Callable[[np.ndarray], float], people: int) -> float:
    """Standard error by leaving out one person at a time."""
    without = np.array([figure(np.delete(np.arange(people), person)) for person in range(people)])
    return float(np.sqrt((people - 1) / people * np.square(without - without.mean()).sum()))


def test_gini_is_the_mean_difference_of_all_pairs() -> None:
    assert inequality.gini(SMALL, WEIGHTS).value == pytest.approx(gini_by_pairs(SMALL, WEIGHTS), rel=1e-12)
    assert inequality.gini(SMALL).value == pytest.approx(gini_by_pairs(SMALL, np.ones(SMALL.size)), rel=1e-12)


def test_a_weight_of_two_is_two_people() -> None:
    twice = np.concatenate((SMALL, SMALL[:4]))
    weights = np.array([2.0] * 4 + [1.0] * 6)
    assert inequality.gini(SMALL, weights).value == pytest.approx(inequality.gini(twice).value, rel=1e-12)


@pytest.mark.parametrize(("draw", "known"), [
    (lambda u: -np.log1p(-u), 0.5),                                         # exponential
    (lambda u: u, 1.0 / 3.0),                                               # uniform
    (lambda u: (1.0 - u) ** (-1.0 / 4.0), 1.0 / 7.0),                       # Pareto, shape 4: 1 / (2 × 4 − 1)
    (lambda u: np.exp(0.5 * norm.ppf(u)), 2.0 * norm.cdf(0.5 / sqrt(2.0)) - 1.0),  # lognormal, sigma 0.5
])
def test_gini_of_known_distributions(draw: Callable[[np.ndarray], np.ndarray], known: float) -> None:
    grid = (np.arange(200_000) + 0.5) / 200_000
    assert inequality.gini(draw(grid)).value == pytest.approx(known, abs=2e-4)
    sample = inequality.gini(draw(LUCK.random(20_000)))
    assert abs(sample.value - known) < 4.0 * sample.standard_error
    assert 0.0 < sample.standard_error < 0.01


@pytest.mark.parametrize("people", [400])
def test_standard_errors_agree_with_leaving_out_one_person(people: int) -> None:
    income = np.exp(LUCK.normal(8.0, 0.6, people))
    paid = income * LUCK.uniform(0.05, 0.3, people)
    drawn = LUCK.uniform(100.0, 1500.0, people)
    weights = np.ones(people)
    groups = inequality.fifths(income)
    measures: list[tuple[Estimate, Callable[[np.ndarray], float]]] = [
        (inequality.gini(income), lambda k: inequality.gini(income[k]).value),
        (inequality.concentration(drawn, income), lambda k: inequality.concentration(drawn[k], income[k]).value),
        (inequality.kakwani(paid, income), lambda k: inequality.kakwani(paid[k], income[k]).value),
        (ratio(drawn, paid), lambda k: ratio(drawn[k], paid[k]).value),
        (inequality.redistribution(income, paid, drawn).reynolds_smolensky,
         lambda k: inequality.redistribution(income[k], paid[k], drawn[k]).reynolds_smolensky.value),
    ]
    for measured, again in measures:
        assert measured.standard_error == pytest.approx(jackknife(again, people), rel=0.05)
    table = inequality.net_transfers(paid, drawn, groups, weights)
    left_out = jackknife(lambda k: inequality.net_transfers(paid[k], drawn[k], groups[k])["upward"][1] / (people - 1), people)
    assert table["upward_error"][1] / people == pytest.approx(left_out, rel=0.05)


def test_weighted_error_is_that_of_repeated_draws() -> None:
    figures, errors = [], []
    for _ in range(400):
        income = np.exp(LUCK.normal(0.0, 0.5, 300))
        weights = LUCK.uniform(0.5, 2.0, 300)
        measured = inequality.gini(income, weights)
        figures.append(measured.value)
        errors.append(measured.standard_error)
    assert np.std(figures) == pytest.approx(np.mean(errors), rel=0.15)


def test_equal_incomes_have_no_inequality_and_ties_in_rank_share_their_place() -> None:
    assert inequality.gini(np.full(7, 5.0), WEIGHTS[:7]).value == pytest.approx(0.0, abs=1e-15)
    tied = inequality.concentration(np.array([1.0, 9.0, 4.0]), np.array([2.0, 2.0, 2.0]))
    assert tied.value == pytest.approx(0.0, abs=1e-15)


def test_a_proportional_contribution_is_neutral_and_a_flat_one_regressive() -> None:
    assert inequality.kakwani(0.2 * SMALL, SMALL, WEIGHTS).value == pytest.approx(0.0, abs=1e-15)
    flat = inequality.kakwani(np.full(SMALL.size, 500.0), SMALL, WEIGHTS)
    assert flat.value == pytest.approx(-inequality.gini(SMALL, WEIGHTS).value, rel=1e-12)


def test_reynolds_smolensky_follows_from_rates_and_progressivity() -> None:
    paid, drawn = 0.01 * SMALL**2, np.linspace(1.5, 0.1, SMALL.size)
    found = inequality.redistribution(SMALL, paid, drawn, WEIGHTS)
    t, b = found.contribution_rate.value, found.benefit_rate.value
    expected = (t * found.kakwani_contributions.value - b * found.kakwani_benefits.value) / (1.0 - t + b)
    assert found.reynolds_smolensky.value == pytest.approx(expected, rel=1e-12)
    assert found.gini_before.value - found.gini_after.value == pytest.approx(
        found.reynolds_smolensky.value - found.reranking.value, rel=1e-10)
    assert found.reranking.value >= 0.0
    assert found.frame()["measure"].to_list()[0] == "gini_before"


def test_fifths_hold_equal_weight_and_keep_the_order() -> None:
    values = LUCK.random(1000)
    weights = LUCK.uniform(0.5, 1.5, 1000)
    groups = inequality.fifths(values, weights)
    held = np.bincount(groups, weights)[1:] / weights.sum()
    assert held == pytest.approx([0.2] * 5, abs=0.002)
    assert values[groups == 1].max() <= values[groups == 2].min()


def test_the_lorenz_curve_encloses_half_the_gini() -> None:
    curve = inequality.lorenz(SMALL, WEIGHTS, points=4000)
    area = np.trapezoid(curve["amount"], curve["people"])
    assert 1.0 - 2.0 * area == pytest.approx(inequality.gini(SMALL, WEIGHTS).value, abs=1e-5)


def test_a_group_table_adds_up() -> None:
    groups = inequality.fifths(SMALL, WEIGHTS)
    table = inequality.group_table(SMALL, groups, WEIGHTS)
    assert table["share"].sum() == pytest.approx(1.0)
    assert table["total"].sum() == pytest.approx(float(SMALL @ WEIGHTS))
    assert table["persons"].sum() == pytest.approx(WEIGHTS.sum())


def test_when_the_rich_draw_more_than_their_money_the_flow_is_upward() -> None:
    groups = np.array([1, 1, 2, 2])
    paid = np.array([100.0, 100.0, 100.0, 100.0])
    table = inequality.net_transfers(paid, np.array([80.0, 80.0, 120.0, 120.0]), groups)
    assert table["total_transfer"].to_list() == pytest.approx([-40.0, 40.0])
    assert table["upward"].to_list() == pytest.approx([40.0, 0.0], abs=1e-9)
    assert inequality.reverse_redistribution(table) == pytest.approx(40.0)
    other = inequality.net_transfers(paid, np.array([120.0, 120.0, 80.0, 80.0]), groups)
    assert inequality.reverse_redistribution(other) == 0.0


def test_transfers_count_against_the_mean_return_not_against_zero() -> None:
    # Everyone draws twice what he paid: nobody pays for anybody.
    table = inequality.net_transfers(SMALL, 2.0 * SMALL, inequality.fifths(SMALL, WEIGHTS), WEIGHTS)
    assert table["total_transfer"].abs().max() == pytest.approx(0.0, abs=1e-12)


def test_poverty_by_hand() -> None:
    pensions = np.array([100.0, 200.0, 300.0, 400.0])
    weights = np.array([1.0, 1.0, 2.0, 4.0])
    assert inequality.poverty(pensions, 300.0, weights).value == pytest.approx(2.0 / 8.0)
    assert inequality.poverty(pensions, 300.0, weights, degree=1).value == pytest.approx((2.0 / 3.0 + 1.0 / 3.0) / 8.0)
    share = inequality.poverty(np.array([1.0] * 30 + [9.0] * 70), 5.0)
    assert share.standard_error == pytest.approx(sqrt(0.3 * 0.7 / 99.0), rel=1e-9)


def test_means_totals_and_quantiles() -> None:
    assert mean(SMALL).standard_error == pytest.approx(np.std(SMALL, ddof=1) / sqrt(SMALL.size), rel=1e-12)
    assert total(SMALL).value == SMALL.sum()
    assert total(SMALL).standard_error == pytest.approx(np.std(SMALL, ddof=1) * sqrt(SMALL.size), rel=1e-12)
    assert quantile([10.0, 20.0, 30.0, 40.0], 0.5).value == 20.0
    assert quantile([10.0, 20.0], 0.5, [1.0, 3.0]).value == 20.0
    middle = quantile(LUCK.normal(0.0, 1.0, 40_000), 0.5)
    assert middle.standard_error == pytest.approx(sqrt(np.pi / 2.0 / 40_000), rel=0.15)
    assert middle.low < 0.0 < middle.high or abs(middle.value) < 4.0 * middle.standard_error


def test_the_bootstrap_agrees_with_the_written_error_and_repeats_itself() -> None:
    income = np.exp(LUCK.normal(0.0, 0.6, 2_000))
    weights = LUCK.uniform(0.5, 2.0, 2_000)

    def figure(rows: np.ndarray, weight: np.ndarray) -> float:
        return inequality.gini(income[rows], weight).value

    first = bootstrap(figure, np.arange(2_000), weights, seed=3)
    assert first.standard_error == pytest.approx(inequality.gini(income, weights).standard_error, rel=0.2)
    assert first == bootstrap(figure, np.arange(2_000), weights, seed=3)
    assert first.standard_error != bootstrap(figure, np.arange(2_000), weights, seed=4).standard_error


def test_people_count_poisson_times() -> None:
    seen: list[float] = []
    bootstrap(lambda rows, weight: float(seen.append(weight.sum()) or 0.0), np.arange(50_000), np.ones(50_000), seed=1,
              replicates=2)
    assert seen[1] / 50_000 == pytest.approx(1.0, abs=0.02)
    counts: list[float] = []
    bootstrap(lambda rows, weight: float(counts.append((weight == 1.0).sum()) or 0.0), np.arange(50_000),
              np.ones(50_000), seed=1, replicates=2)
    assert counts[1] / 50_000 == pytest.approx(exp(-1.0), abs=0.01)


@pytest.mark.parametrize(("values", "weights", "code"), [
    ([1.0, float("nan")], None, "inequality.finite"),
    ([1.0, 2.0], [1.0], "inequality.length"),
    ([1.0, 2.0], [1.0, 0.0], "inequality.weight"),
])
def test_wrong_input_is_refused(values: list[float], weights: list[float] | None, code: str) -> None:
    with pytest.raises(InputError) as error:
        inequality.gini(values, weights)
    assert error.value.code == code


def test_what_is_not_defined_is_not_a_number() -> None:
    assert np.isnan(inequality.gini([0.0, 0.0]).value)
    assert np.isnan(ratio([1.0], [0.0]).value)
    assert np.isnan(mean([]).value)
    with pytest.raises(InputError, match="Nobody paid"):
        inequality.net_transfers([0.0, 0.0], [1.0, 2.0], [1, 2])
    with pytest.raises(InputError, match="above zero"):
        inequality.poverty([1.0], 0.0)
