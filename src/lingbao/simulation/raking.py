"""Raking: factors that make a table of people agree with known margins while changing its pattern as little as possible.

Iterative proportional fitting [1]_ on a table of cells, one axis a margin. With counts n over cells and target shares
t of each margin, it finds factors f such that

    w(cell) = n(cell) × f₁(category on axis 1) × f₂(category on axis 2) × …

has every margin right; among all tables that do, it is the one nearest to n in relative entropy [2]_.

References
----------
.. [1] W. E. Deming, F. F. Stephan, "On a least squares adjustment of a sampled frequency table when the expected
   marginal totals are known", Annals of Mathematical Statistics 11 (4), 1940, pp. 427-444, doi:10.1214/aoms/1177731829.
.. [2] I. Csiszár, "I-divergence geometry of probability distributions and minimization problems", Annals of
   Probability 3 (1), 1975, pp. 146-158, doi:10.1214/aop/1176996454.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lingbao.law.errors import InputError

TOLERANCE = 1e-12
MOST_ROUNDS = 2000


@dataclass(frozen=True)
class Raked:
    """What raking found.

    Attributes
    ----------
    factors : tuple of array
        For each axis the factor of each category.
    table : array
        The table times its factors; adds up to one.
    rounds : int
        How often all margins were set right.
    difference : float
        Largest difference left between a share and its target.
    """

    factors: tuple[np.ndarray, ...]
    table: np.ndarray
    rounds: int
    difference: float


def rake(counts: np.ndarray, targets: Sequence[np.ndarray], names: Sequence[str] = ()) -> Raked:
    """Rake a table to target shares, one vector for each axis.

    Parameters
    ----------
    counts : array
        People, or any positive pattern, by cell; one axis for each margin.
    targets : sequence of array
        Target shares by axis, each adding up to one.
    names : sequence of str, optional
        Names of the axes for messages.

    Raises
    ------
    InputError
        If a category with a positive target is empty, or the margins cannot be met together.
    """
    table = np.asarray(counts, dtype=np.float64)
    table = table / table.sum()
    factors = [np.ones(size) for size in table.shape]
    labels = list(names) or [str(axis) for axis in range(table.ndim)]
    for axis, target in enumerate(targets):
        empty = np.flatnonzero((_margin(table, axis) == 0.0) & (target > 0.0))
        if empty.size:
            raise InputError(
                "raking.empty", value=int(empty[0]), where=labels[axis],
                zh=f"“{labels[axis]}”第 {int(empty[0]) + 1} 类没有人，无法加权；请生成更多的人。",
                en=f"Nobody falls in category {int(empty[0]) + 1} of '{labels[axis]}', so it cannot be weighted; make more people.",
            )
    difference = np.inf
    for done in range(1, MOST_ROUNDS + 1):
        for axis, target in enumerate(targets):
            margin = _margin(table, axis)
            step = np.divide(target, margin, out=np.zeros_like(margin), where=margin > 0.0)
            with np.errstate(over="ignore"):  # contradicting margins drive factors apart without end; said below
                factors[axis] = factors[axis] * step
            shape = [1] * table.ndim
            shape[axis] = step.size
            table = table * step.reshape(shape)
        difference = max(float(np.abs(_margin(table, axis) - target).max()) for axis, target in enumerate(targets))
        if difference <= TOLERANCE:
            return Raked(tuple(factors), table, done, difference)
    raise InputError(
        "raking.no_convergence", value=difference, where="、".join(labels),
        zh=f"迭代 {MOST_ROUNDS} 次后仍与目标相差 {difference:.2g}：各边际目标互相矛盾，或人数太少。",
        en=f"After {MOST_ROUNDS} rounds a margin is still off by {difference:.2g}: the targets contradict each other or there are too few people.",
    )


def _margin(table: np.ndarray, axis: int) -> np.ndarray:
    margin: np.ndarray = table.sum(axis=tuple(other for other in range(table.ndim) if other != axis))
    return margin
