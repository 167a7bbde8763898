"""Run a plan, whole or in part: the one call from plan to result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.law.reform import Reform
from lingbao.law.store import Law
from lingbao.simulation.behaviour import Behaviour
from lingbao.simulation.declaration import CHOICES, RHYTHMS
from lingbao.simulation.executors import CHUNK, Executor, add_up
from lingbao.simulation.kernel import live, rhythm_shares
from lingbao.simulation.layout import CELLS_OF_PEOPLE, OUTCOMES, Count, Flow, Start, Term
from lingbao.simulation.plan import Plan, plan_of
from lingbao.simulation.result import Result
from lingbao.simulation.schema import PROVINCES
from lingbao.simulation.sums import Sums

YEARS_APART, GROUPS = 4096, 160
"""More than any number of an age in pairs of years; sex × residence × kind × fifth of income."""

Arrays = dict[str, npt.NDArray[np.int64]]


def run_chunk(plan: Plan, first: int, count: int, live: Callable[..., None] = live) -> Sums:
    """Simulate people ``first`` to ``first + count - 1`` of a plan; a pure function of its arguments.

    Parameters
    ----------
    plan : Plan
    first, count : int
        Which people; those of today come before the cohorts to come.
    live : callable
        Who lives their lives: the block kernel, or its twin on another device.
    """
    ids, start = plan.people.start(first, count)
    order = alike_together(plan, ids, start)
    ids, start = ids[order], start[order]
    kept = min(max(plan.keep - first, 0), count)
    arrays, outcomes = live_through(plan, ids, start, kept=bool(kept), live=live)
    among = np.flatnonzero(order < kept)
    rows = np.hstack([start[among], outcomes[among]]) if kept else None
    return Sums.of(arrays, count, ids[among] if kept else None, rows)


def live_through(
    plan: Plan, ids: npt.NDArray[np.int64], start: npt.NDArray[np.float64], *, kept: bool, groups: bool = True,
    live: Callable[..., None] = live,
) -> tuple[Arrays, npt.NDArray[np.float64]]:
    """Return what a plan adds to the accounts, and what became of each person if outcomes are kept.

    Parameters
    ----------
    ids, start : ndarray, shapes (n,) and (n, len(Start))
        The people; those alike beside each other are fastest, see :func:`alike_together`.
    kept : bool
        Whether to keep outcomes [n, OUTCOMES].
    groups : bool
        Whether to count people by group; else that table has no rows.
    """
    arrays: Arrays = {
        "fund": np.zeros((plan.years, len(PROVINCES), len(Flow)), np.int64),
        "people": np.zeros((plan.years if groups else 0, CELLS_OF_PEOPLE, len(Count)), np.int64),
        "choices": np.zeros((plan.years, CHOICES, RHYTHMS), np.int64),
    }
    outcomes = np.zeros((len(ids) if kept else 0, OUTCOMES))
    t = plan.tables
    live(
        plan.seed, plan.first, ids, start, t["changes"], t["law_table"], t["nation"], t["mortality"], t["annuity"], t["fees"],
        t["subsidies"], t["tiers"], t["terms"], plan.since, t["beliefs"], t["process"], t["season"], t["hazards"], t["leaving"],
        t["province_ends"], t["shocks"], t["discounts"], t["deflators"], t["payout"], arrays["fund"], arrays["people"],
        arrays["choices"], outcomes,
    )
    return arrays, outcomes


def alike_together(plan: Plan, ids: npt.NDArray[np.int64], start: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return an order in which people of like age, year of entry, rhythm of payment and group share a block.

    It decides speed, never a result.
    """
    shares = np.empty(len(ids))
    rhythm_shares(plan.seed, ids, shares)
    ends = plan.tables["terms"][-1, [Term.RHYTHM_MONTH, Term.RHYTHM_QUARTER, Term.RHYTHM_HALF]]
    rhythm = np.searchsorted(ends, shares, side="right")
    entry, age = start[:, Start.ENTRY] // 12, start[:, Start.BIRTH] // 24
    group = start[:, [Start.SEX, Start.RESIDENCE, Start.KIND, Start.FIFTH]] @ (80.0, 20.0, 5.0, 1.0)
    key = ((entry * YEARS_APART + age) * (len(ends) + 1) + rhythm) * GROUPS + group
    return np.asarray(np.argsort(key), np.int64)


def simulate(
    law: Law | None = None, reform: Reform | None = None, *, size: int = 100_000, seed: int = 1, years: int = 40,
    projection: str = "base", population: Path | None = None, behaviour: Behaviour | None = None, entrants: bool = True,
    keep: int = 100_000, chunk: int = CHUNK, executor: Executor | None = None, checkpoint: Path | None = None,
    progress: Callable[[int], Any] | None = None, **more: Any,
) -> Result:
    """Simulate a reform, or the law as it is, and return tables; see :func:`~lingbao.simulation.plan.plan_of`.

    Parameters
    ----------
    chunk : int
        People computed at once; decides memory, never the result.
    executor : Executor, optional
        Who computes; the threads of this process if not given.
    checkpoint : Path, optional
        Folder from which a run that was broken off goes on.
    progress : callable, optional
        Told how many people are done in all.
    """
    plan = plan_of(
        law, reform, size=size, seed=seed, years=years, projection=projection, population=population, behaviour=behaviour,
        entrants=entrants, keep=keep, **more,
    )
    return finish(plan, chunk=chunk, executor=executor, checkpoint=checkpoint, progress=progress)


def finish(
    plan: Plan, *, chunk: int = CHUNK, executor: Executor | None = None, checkpoint: Path | None = None,
    progress: Callable[[int], Any] | None = None, cancel: Any = None,
) -> Result:
    """Run a whole plan and return its result."""
    sums = add_up(
        run_chunk, plan, size=plan.persons, chunk=chunk, executor=executor, checkpoint=checkpoint, progress=progress, cancel=cancel,
    )
    return Result(plan, sums)
