"""A figure about many people with its standard error: means, totals, ratios, quantiles, and the bootstrap.

A figure that is a function of the distribution of people gets its standard error by linearisation [1]_: person i's
influence z_i says by how much the figure moves when a little weight is added to that person, and

    SE² = n / (n − 1) × Σ (w_i z_i)² / (Σ w_i)².

People are independent draws, which they are in the laboratory; the weights are taken as given. Where no influence is at
hand, :func:`bootstrap` resamples people with numbers from the laboratory's own streams [2]_.

References
----------
.. [1] J.-C. Deville, "Variance estimation for complex statistics and estimators: linearization and residual techniques",
   Survey Methodology 25 (2), 1999, pp. 193-203.
.. [2] N. Chamandy, O. Muralidharan, A. Najmi, S. Naidu, "Estimating uncertainty for massive data streams", Google, 2012
   (Poisson bootstrap).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lingbao.law.errors import InputError
from lingbao.simulation.streams import fill_uniforms

Floats = NDArray[np.float64]

NORMAL_95 = 1.959963984540054
# Name of the bootstrap's random stream; far above the purposes of a simulated life, so that no life shares its numbers.
BOOTSTRAP_STREAM = 1_000


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error.

    Attributes
    ----------
    value : float
        The figure; nan where it is not defined, such as a ratio to nothing.
    standard_error : float
        Standard error in the figure's unit.
    people : int
        Simulated people (rows) behind it.
    """

    value: float
    standard_error: float
    people: int

    @property
    def low(self) -> float:
        """Lower end of the 95 percent band."""
        return self.value - NORMAL_95 * self.standard_error

    @property
    def high(self) -> float:
        """Upper end of the 95 percent band."""
        return self.value + NORMAL_95 * self.standard_error

    def to_dict(self) -> dict[str, float]:
        """Return value, standard error and people as plain data."""
        return {"value": self.value, "standard_error": self.standard_error, "people": self.people}


UNDEFINED = Estimate(float("nan"), float("nan"), 0)


def checked(values: ArrayLike, weights: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """Return values and weights as arrays of one length; equal weights where none are given.

    Raises
    ------
    InputError
        If they differ in length, a value is not finite, or a weight is not above zero.
    """
    value = np.asarray(values, dtype=np.float64).ravel()
    weight = np.ones(value.size) if weights is None else np.asarray(weights, dtype=np.float64).ravel()
    if value.size != weight.size:
        raise InputError("inequality.length", value=f"{value.size}, {weight.size}", where="weights",
                         zh=f"数值有 {value.size} 个，权数有 {weight.size} 个，两者应一样多。",
                         en=f"There are {value.size} values and {weight.size} weights; there must be as many of each.")
    if not np.isfinite(value).all():
        raise InputError("inequality.finite", value=float(value[~np.isfinite(value)][0]), where="values",
                         zh="数值中有空值或无穷大；请先去掉没有该项数字的人，并写明去掉了多少。",
                         en="A value is missing or infinite; leave out the people who have no such figure, and say how many.")
    if weight.size and not (np.isfinite(weight).all() and weight.min() > 0.0):
        raise InputError("inequality.weight", value=float(weight.min()), where="weights",
                         zh="权数应为正数。", en="A weight must be a number above zero.")
    return value, weight


def estimate(value: float, influence: Floats, weights: Floats) -> Estimate:
    """Return a figure with the standard error that its influences give; see the module for the equation."""
    people = int(weights.size)
    if people < 2:
        return Estimate(value, float("nan"), people)
    spread = np.square(weights * influence).sum() / weights.sum() ** 2
    return Estimate(value, float(np.sqrt(spread * people / (people - 1))), people)


def mean(values: ArrayLike, weights: ArrayLike | None = None) -> Estimate:
    """Weighted mean, Σ w y / Σ w; the influence of a person is y − mean."""
    value, weight = checked(values, weights)
    if not value.size:
        return UNDEFINED
    middle = float(np.average(value, weights=weight))
    return estimate(middle, value - middle, weight)


def total(values: ArrayLike, weights: ArrayLike | None = None) -> Estimate:
    """Weighted total Σ w y as the sum over independent people, SE² = n / (n − 1) × Σ (w y − mean of w y)²."""
    value, weight = checked(values, weights)
    parts = value * weight
    if parts.size < 2:
        return Estimate(float(parts.sum()), float("nan"), int(parts.size))
    return Estimate(float(parts.sum()), float(np.sqrt(parts.size * parts.var(ddof=1))), int(parts.size))


def ratio(upper: ArrayLike, lower: ArrayLike, weights: ArrayLike | None = None) -> Estimate:
    """Ratio of two totals, Σ w a / Σ w b; the influence of a person is (a − ratio × b) / mean of b."""
    above, weight = checked(upper, weights)
    below, _ = checked(lower, weights)
    base = float(np.average(below, weights=weight)) if below.size else 0.0
    if base == 0.0:
        return Estimate(float("nan"), float("nan"), int(below.size))
    value = float(np.dot(above, weight) / np.dot(below, weight))
    return estimate(value, (above - value * below) / base, weight)


def quantile(values: ArrayLike, share: float, weights: ArrayLike | None = None) -> Estimate:
    """Smallest value at or below which at least ``share`` of the weight lies.

    The standard error is Woodruff's: half the distance between the quantiles at share ± √(share (1 − share) / n'), with
    n' = (Σ w)² / Σ w² the effective number of people.
    """
    value, weight = checked(values, weights)
    if not value.size:
        return UNDEFINED
    order = np.argsort(value, kind="stable")
    ranked, below = value[order], np.cumsum(weight[order]) / weight.sum()

    def at(part: float) -> float:
        # A share that rounding puts a hair above a step still belongs to that step.
        return float(ranked[min(int(np.searchsorted(below, part - 1e-12)), ranked.size - 1)])

    effective = weight.sum() ** 2 / np.dot(weight, weight)
    step = float(np.sqrt(share * (1.0 - share) / effective))
    spread = (at(min(share + step, 1.0)) - at(max(share - step, 0.0))) / 2.0
    return Estimate(at(share), spread if value.size > 1 else float("nan"), int(value.size))


def bootstrap(statistic: Callable[[NDArray[np.int64], Floats], float], people: ArrayLike, weights: ArrayLike,
              seed: int, replicates: int = 200) -> Estimate:
    """Return a statistic with its bootstrap standard error, for measures that have no influence written down here.

    In replicate r person i counts Poisson(1) times, drawn from the stream (seed, i, r): the same person counts the same
    in a baseline and a reform, so differences of two runs may be bootstrapped as well.

    Parameters
    ----------
    statistic : callable
        Called with the rows used and their weights; returns the figure.
    people : array of int
        Numbers of the people.
    weights : array
        Their weights.
    seed, replicates : int
        Name of the draw, and how many.
    """
    number = np.ascontiguousarray(np.asarray(people, dtype=np.int64))
    _, weight = checked(number, weights)
    rows = np.arange(number.size)
    steps = np.cumsum(np.exp(-1.0) / np.cumprod(np.concatenate(([1.0], np.arange(1.0, 30.0)))))
    luck = np.empty(number.size)
    figures = []
    for replicate in range(replicates):
        fill_uniforms(int(seed), number, replicate, BOOTSTRAP_STREAM, luck)
        times = np.searchsorted(steps, luck)
        used = times > 0
        figures.append(statistic(rows[used], weight[used] * times[used]))
    return Estimate(float(statistic(rows, weight)), float(np.std(figures, ddof=1)), int(number.size))
