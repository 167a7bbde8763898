"""How unequal an amount is, and who pays for whom: weighted measures with standard errors by linearisation.

References
----------
.. [1] N. C. Kakwani, "Measurement of tax progressivity: an international comparison", Economic Journal 87, 1977, pp. 71-80.
.. [2] M. Reynolds, E. Smolensky, "Public expenditures, taxes, and the distribution of income", Academic Press, 1977.
.. [3] J. Foster, J. Greer, E. Thorbecke, "A class of decomposable poverty measures", Econometrica 52, 1984, pp. 761-766.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from lingbao.law.errors import InputError
from lingbao.simulation.estimate import Estimate, Floats, checked, estimate, mean, ratio

FIFTHS = 5


def fifths(values: ArrayLike, weights: ArrayLike | None = None, groups: int = FIFTHS) -> NDArray[np.int64]:
    """Group 1 (lowest) to ``groups`` of each person, by the middle of the person's place in the ranking.

    Each group holds an equal share of the weight up to one person's; people of equal value are taken in their order.
    """
    value, weight = checked(values, weights)
    order = np.argsort(value, kind="stable")
    middle = np.cumsum(weight[order]) - weight[order] / 2.0
    group = np.empty(value.size, dtype=np.int64)
    group[order] = np.minimum((middle / weight.sum() * groups).astype(np.int64), groups - 1) + 1
    return group


def lorenz(values: ArrayLike, weights: ArrayLike | None = None, points: int = 20) -> pl.DataFrame:
    """Lorenz curve: the share of the amount that the poorest share of people holds, straight lines between people.

    Returns
    -------
    DataFrame
        ``people`` and ``amount``, cumulative shares from 0 to 1, at ``points`` even steps of people.
    """
    value, weight = checked(values, weights)
    order = np.argsort(value, kind="stable")
    people = np.concatenate(([0.0], np.cumsum(weight[order]))) / weight.sum()
    amounts = np.concatenate(([0.0], np.cumsum((value * weight)[order])))
    share = np.linspace(0.0, 1.0, points + 1)
    held = np.interp(share, people, amounts / amounts[-1]) if amounts[-1] else np.full(share.size, np.nan)
    return pl.DataFrame({"people": share, "amount": held})


def concentration(values: ArrayLike, ranking: ArrayLike, weights: ArrayLike | None = None) -> Estimate:
    """Concentration index of an amount over people ranked by another amount, −1 to 1.

    With F the share of people ranked below plus half of those ranked equal,

        C = 2 E[y F] / E[y] − 1,

    twice the area between the diagonal and the concentration curve: 0 when everyone has the same, above 0 when the
    upper ranks have more. Ranked by itself it is the Gini coefficient. The amount may be negative, its mean may not be 0.
    """
    value, weight = checked(values, weights)
    index, influence = _concentration(value, checked(ranking, weights)[0], weight)
    return estimate(index, influence, weight)


def gini(values: ArrayLike, weights: ArrayLike | None = None) -> Estimate:
    """Gini coefficient, Σ Σ w_i w_j |y_i − y_j| / (2 W² mean), computed in one sort; see :func:`concentration`."""
    return concentration(values, values, weights)


def _concentration(value: Floats, ranking: Floats, weight: Floats) -> tuple[float, Floats]:
    """Concentration index and each person's influence on it.

    T = E[y F] is a sum over pairs, so z(T) = y F + E[y of those ranked above, half of those equal] − 2 T, and
    z(C) = 2 z(T) / μ − (C + 1) (y − μ) / μ.
    """
    if not value.size or np.dot(value, weight) == 0.0:
        return float("nan"), np.full(value.size, np.nan)
    share = weight / weight.sum()
    _, place = np.unique(ranking, return_inverse=True)
    group = np.bincount(place, share)
    held = np.bincount(place, share * value)
    rank = (np.cumsum(group) - group / 2.0)[place]
    above = (held.sum() - np.cumsum(held) + held / 2.0)[place]
    middle = float(np.dot(value, share))
    pairs = float(np.dot(value * rank, share))
    index = 2.0 * pairs / middle - 1.0
    influence = 2.0 * (value * rank + above - 2.0 * pairs) / middle - (index + 1.0) * (value - middle) / middle
    return index, influence


def kakwani(amount: ArrayLike, income: ArrayLike, weights: ArrayLike | None = None) -> Estimate:
    """Kakwani index, concentration of the amount over incomes less the Gini of income [1]_.

    Above 0 a contribution is progressive (takes a larger share of high incomes); for a benefit below 0 favours low
    incomes. The standard error is of the difference, person by person.
    """
    earned, weight = checked(income, weights)
    index, influence = _concentration(checked(amount, weights)[0], earned, weight)
    base, base_influence = _concentration(earned, earned, weight)
    return estimate(index - base, influence - base_influence, weight)


@dataclass(frozen=True)
class Redistribution:
    """What contributions and benefits do to the inequality of incomes.

    Attributes
    ----------
    gini_before, gini_after : Estimate
        Gini of income before, and after contributions and benefits.
    reynolds_smolensky : Estimate
        Gini before less the concentration of income after over ranks before: redistribution with ranks held [2]_.
    reranking : Estimate
        Gini after less that concentration: what is lost because people change places; never below 0.
    kakwani_contributions, kakwani_benefits : Estimate
        Progressivity of each side.
    contribution_rate, benefit_rate : Estimate
        Their totals over total income.
    """

    gini_before: Estimate
    gini_after: Estimate
    reynolds_smolensky: Estimate
    reranking: Estimate
    kakwani_contributions: Estimate
    kakwani_benefits: Estimate
    contribution_rate: Estimate
    benefit_rate: Estimate

    def frame(self) -> pl.DataFrame:
        """Return one row a measure: ``measure``, ``value``, ``standard_error``, ``people``."""
        return pl.DataFrame([{"measure": name, **figure.to_dict()} for name, figure in vars(self).items()])


def redistribution(income: ArrayLike, contributions: ArrayLike, benefits: ArrayLike,
                   weights: ArrayLike | None = None) -> Redistribution:
    """Measure the redistribution from income to income less contributions plus benefits.

    With rates t and b of both sides to income, K_T and K_B their Kakwani indices,

        Reynolds-Smolensky = (t K_T − b K_B) / (1 − t + b),      Gini before − Gini after = Reynolds-Smolensky − reranking.
    """
    earned, weight = checked(income, weights)
    paid, drawn = checked(contributions, weights)[0], checked(benefits, weights)[0]
    after = earned - paid + drawn
    before_index, before_influence = _concentration(earned, earned, weight)
    after_index, after_influence = _concentration(after, after, weight)
    held_index, held_influence = _concentration(after, earned, weight)
    return Redistribution(
        gini_before=estimate(before_index, before_influence, weight),
        gini_after=estimate(after_index, after_influence, weight),
        reynolds_smolensky=estimate(before_index - held_index, before_influence - held_influence, weight),
        reranking=estimate(after_index - held_index, after_influence - held_influence, weight),
        kakwani_contributions=kakwani(paid, earned, weight), kakwani_benefits=kakwani(drawn, earned, weight),
        contribution_rate=ratio(paid, earned, weight), benefit_rate=ratio(drawn, earned, weight),
    )


def group_table(values: ArrayLike, groups: ArrayLike, weights: ArrayLike | None = None) -> pl.DataFrame:
    """Persons, mean, total and share of the whole by group, such as fifths; with the mean's and the share's errors.

    A group's share is Σ w y in it / Σ w y; its influence is (y [in the group] − share × y) / mean of y.
    """
    value, weight = checked(values, weights)
    label = np.asarray(groups).ravel()
    rows = []
    for group in np.unique(label):
        inside = label == group
        middle, part = mean(value[inside], weight[inside]), ratio(value * inside, value, weight)
        rows.append({"group": group.item(), "persons": float(weight[inside].sum()), "mean": middle.value,
                     "mean_error": middle.standard_error, "total": float(np.dot(value[inside], weight[inside])),
                     "share": part.value, "share_error": part.standard_error, "people": int(inside.sum())})
    return pl.DataFrame(rows)


def net_transfers(contributions: ArrayLike, benefits: ArrayLike, groups: ArrayLike,
                  weights: ArrayLike | None = None) -> pl.DataFrame:
    """Who pays for whom (F8): what each group draws beyond its own money's worth, and what flows across each boundary.

    With k = Σ w b / Σ w c the scheme's mean return, a person's transfer is b − k c; transfers add up to 0. Money crosses
    the boundary above group g upward when the groups up to g together lose:

        upward(g) = −Σ (transfers of groups ≤ g).

    Above 0 it is reverse redistribution, from lower to higher groups; below 0 the ordinary kind.

    Returns
    -------
    DataFrame
        ``group``, ``persons``, ``mean_transfer``, ``total_transfer``, ``upward`` and their errors. ``upward`` of the last
        group is 0: there is nobody above it.
    """
    paid, weight = checked(contributions, weights)
    drawn = checked(benefits, weights)[0]
    label = np.asarray(groups).ravel()
    everyone = float(weight.sum())
    if not paid.size or np.dot(paid, weight) == 0.0:
        raise InputError("inequality.contributions", value=0, where="contributions",
                         zh="没有人缴费，无法计算谁补贴谁。", en="Nobody paid anything, so nobody can pay for anybody else.")
    back = float(np.dot(drawn, weight) / np.dot(paid, weight))
    transfer = drawn - back * paid
    rows = []
    for group in np.unique(label):
        inside, below = label == group, label <= group
        own = estimate(float(np.average(transfer * inside, weights=weight)), _transfer_influence(transfer, paid, inside, weight), weight)
        across = estimate(float(np.average(transfer * below, weights=weight)), _transfer_influence(transfer, paid, below, weight), weight)
        persons = float(weight[inside].sum())
        rows.append({"group": group.item(), "persons": persons, "mean_transfer": own.value * everyone / persons,
                     "mean_transfer_error": own.standard_error * everyone / persons, "total_transfer": own.value * everyone,
                     "total_transfer_error": own.standard_error * everyone, "upward": -across.value * everyone,
                     "upward_error": across.standard_error * everyone})
    return pl.DataFrame(rows)


def _transfer_influence(transfer: Floats, paid: Floats, inside: NDArray[np.bool_], weight: Floats) -> Floats:
    """Influence on the mean of (transfer in the group); the mean return k moves with everyone's money too."""
    share = float(np.dot(paid * inside, weight) / np.dot(paid, weight))
    own: Floats = transfer * inside
    return own - np.average(own, weights=weight) - share * transfer


def reverse_redistribution(transfers: pl.DataFrame) -> float:
    """Largest flow across a boundary upward in a table of :func:`net_transfers`; 0 where all flow downward [yuan]."""
    return max(0.0, float(transfers["upward"].max() or 0.0))  # type: ignore[arg-type]


def poverty(values: ArrayLike, line: float, weights: ArrayLike | None = None, degree: int = 0) -> Estimate:
    """Poverty under a given line after Foster, Greer and Thorbecke [3]_: E[((line − y) / line)^degree, y < line].

    Degree 0 is the share of people under the line, 1 the mean gap, 2 the severity. The line is taken as known.
    """
    value, weight = checked(values, weights)
    if not line > 0.0:
        raise InputError("inequality.line", value=line, where="line", zh="贫困线应为正数。", en="A poverty line must be above zero.")
    short = np.where(value < line, ((line - np.minimum(value, line)) / line) ** degree, 0.0)
    return mean(short, weight)
