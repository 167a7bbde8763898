"""Many reforms on the same people: everyone is drawn once and lives every reform, beside the baseline.

A sweep computes far less than as many runs would: people and the tables that reforms share are made once, and of each
life under each reform only sums stay. They are whole numbers, so a sweep gives the same bits on any machine, and it is
saved and resumed as a run is (:func:`lingbao.simulation.executors.add_up`).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.reform import Reform
from lingbao.law.store import Law
from lingbao.simulation.behaviour import Behaviour
from lingbao.simulation.comparison import A_YEAR_MORE
from lingbao.simulation.executors import Executor, add_up
from lingbao.simulation.layout import Flow, Outcome, Start
from lingbao.simulation.plan import VALUATION, Plan, plan_of
from lingbao.simulation.run import alike_together, live_through
from lingbao.simulation.sums import Sums
from lingbao.simulation.terms import nation_table, terms_of

CHUNK = 65_536
"""People computed at once under all reforms; also what a broken sweep loses at most."""
GROUPS = 10
"""Random groups of people, from whose differences standard errors come."""
FIFTHS = 5
FEN = 100.0

PAIRS = (
    "persons", "paid_before", "paid_after", "joins", "stays_away", "takes_fixed", "own_before", "own_after", "switches_down",
    "lost", "arbitrage", "draws_after", "draws_employee", "pension_after", "wage_after", "draws_before", "pension_before",
    "wage_before", "gain",
)
"""Sums over people, each beside oneself under the baseline: weights, and money in fen times weights. From ``draws_after``
on but for the last they are sums over those who join."""

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Entry:
    """A reform of a sweep.

    Attributes
    ----------
    id, title_zh, title_en, hash : str
        Of the reform.
    since : int
        Month from which its options hold.
    tables : dict of str to ndarray
        Tables of the plan that are not the baseline's.
    claims : ndarray or None
        Claim tables of people, where the reform changes retirement.
    choices : dict of str to str
        What it chooses in each row of the fixed-amount paper's table 2; empty for a reform of another kind.
    """

    id: str
    title_zh: str
    title_en: str
    hash: str
    since: int
    tables: dict[str, npt.NDArray[Any]] = field(repr=False)
    claims: Whole | None = field(default=None, repr=False)
    choices: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Sweep:
    """The baseline and the reforms to be lived by the same people; picklable."""

    base: Plan
    entries: tuple[Entry, ...]

    @property
    def persons(self) -> int:
        """People in the sweep: those of today and the cohorts to come."""
        return self.base.persons

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides the result."""
        digest = hashlib.sha256(f"sweep {self.base.hash}".encode())
        for entry in self.entries:
            digest.update(f"{entry.id} {entry.hash} {entry.since}".encode())
            for name, table in sorted(entry.tables.items()):
                digest.update(f"{name}{table.shape}".encode() + np.ascontiguousarray(table).tobytes())
            if entry.claims is not None:
                digest.update(entry.claims.tobytes())
        return digest.hexdigest()


def sweep_of(
    reforms: Iterable[Reform], law: Law | None = None, *, size: int = 1_000_000, seed: int = 1, years: int = 40,
    projection: str = "base", population: Path | None = None, behaviour: Behaviour | None = None, entrants: bool = True,
) -> Sweep:
    """Prepare a sweep; parameters as :func:`lingbao.simulation.plan.plan_of` has them.

    Raises
    ------
    InputError
        If there is no reform, one stands twice, or a number is out of range.
    MissingLaw
        If the law lacks a number that a reform needs.
    """
    wanted = list(reforms)
    ids = [reform.id for reform in wanted]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if not wanted or twice:
        raise InputError("sweep.reforms", value=", ".join(twice) or 0, where="reforms", zh=f"改革{'重复：' + '、'.join(twice) if twice else '为空'}；每项改革写一次。",
                         en=f"There is {'a reform twice: ' + ', '.join(twice) if twice else 'no reform'}; name each once.")
    known, behave = law or Law.load(), behaviour or Behaviour.load()
    settings: dict[str, Any] = {"size": size, "seed": seed, "years": years, "projection": projection, "population": population,
                                "behaviour": behave, "entrants": entrants}
    base = plan_of(known, None, keep=0, **settings)
    nations: dict[str, npt.NDArray[Any]] = {}
    return Sweep(base, tuple(_entry(reform, known, base, behave, settings, nations) for reform in wanted))


def _entry(reform: Reform, law: Law, base: Plan, behave: Behaviour, settings: dict[str, Any], nations: dict[str, Any]) -> Entry:
    """Work out what a reform changes in the tables; one of a fixed amount alone needs no new plan."""
    if not reform.changes and set(reform.options) == {"fixed_amount"}:
        options = {"fixed_amount": dict(reform.options["fixed_amount"].values)}
        follows = f"{options['fixed_amount'].get('indexed_to')} {reform.since}"
        if follows not in nations:
            nations[follows] = nation_table(law, base.projection, base.first, base.years * MONTHS_PER_YEAR, options, reform.since, behave)
        made = {"terms": terms_of(law, reform, options, base.first, behave), "nation": nations[follows]}
        chosen = {name: value for name, value in options["fixed_amount"].items() if isinstance(value, str)}
        return Entry(reform.id, reform.title_zh, reform.title_en, reform.hash, max(reform.since, base.first), made, choices=chosen)
    plan = plan_of(law, reform, keep=0, **settings)
    changed = {name: table for name, table in plan.tables.items() if not np.array_equal(table, base.tables[name], equal_nan=True)}
    claims = None if np.array_equal(plan.people.claims, base.people.claims) else plan.people.claims
    return Entry(reform.id, reform.title_zh, reform.title_en, reform.hash, plan.since, changed, claims)


def sweep_chunk(sweep: Sweep, first: int, count: int) -> Sums:
    """Let people ``first`` to ``first + count - 1`` live the baseline and every reform; a pure function of its arguments.

    Returns
    -------
    Sums
        ``fund`` [1 + reforms, years, len(Flow)], the baseline first, and ``pairs`` [reforms, groups, fifths, len(PAIRS)].
    """
    base = sweep.base
    ids, start = base.people.start(first, count)
    order = alike_together(base, ids, start)
    ids, start = ids[order], start[order]
    own, before = live_through(base, ids, start, kept=True, groups=False)
    among = ids % GROUPS * FIFTHS + start[:, Start.FIFTH].astype(np.int64)
    weight = start[:, Start.WEIGHT].astype(np.int64)
    fund = np.zeros((1 + len(sweep.entries), base.years, len(Flow)), np.int64)
    pairs = np.zeros((len(sweep.entries), GROUPS, FIFTHS, len(PAIRS)), np.int64)
    fund[0] = own["fund"].sum(axis=1)

    for number, entry in enumerate(sweep.entries):
        theirs = start
        if entry.claims is not None:
            _, again = replace(base.people, claims=entry.claims).start(first, count)
            theirs = again[order]
        made, after = live_through(replace(base, tables={**base.tables, **entry.tables}, since=entry.since), ids, theirs, kept=True, groups=False)
        fund[number + 1] = made["fund"].sum(axis=1)
        pairs[number] = _paired(before, after, weight, among)

    return Sums.of({"fund": fund, "pairs": pairs}, count)


def _paired(was: npt.NDArray[np.float64], now: npt.NDArray[np.float64], weight: Whole, among: Whole) -> Whole:
    """Return the sums of :data:`PAIRS` by random group and fifth of income; ``among`` says which, by person."""
    paid_before, paid_after = was[:, Outcome.MONTHS_PAID] > 0.0, now[:, Outcome.MONTHS_PAID] > 0.0
    own_before, own_after = _fen(was[:, Outcome.OWN_PAID]), _fen(now[:, Outcome.OWN_PAID])
    fixed = now[:, Outcome.FIXED_MONTHS] > was[:, Outcome.FIXED_MONTHS]
    gain = _fen(_worth(now) - _worth(was))
    more = now[:, Outcome.MONTHS_PAID] - was[:, Outcome.MONTHS_PAID]
    joins = more >= A_YEAR_MORE
    down = paid_before & fixed & (own_after < own_before)
    draws, drew = joins & (now[:, Outcome.CLAIM_MONTH] > 0.0), joins & (was[:, Outcome.CLAIM_MONTH] > 0.0)
    each: dict[str, Any] = {
        "persons": 1, "paid_before": paid_before, "paid_after": paid_after, "joins": joins, "stays_away": more <= -A_YEAR_MORE,
        "takes_fixed": fixed, "own_before": own_before, "own_after": own_after, "switches_down": down,
        "lost": (own_before - own_after) * down, "arbitrage": down & (gain >= 0), "draws_after": draws,
        "draws_employee": draws & (now[:, Outcome.FROM_RESIDENT] == 0.0), "pension_after": _fen(now[:, Outcome.PENSION_FIRST]) * draws,
        "wage_after": _fen(now[:, Outcome.WAGE_AT_CLAIM]) * draws, "draws_before": drew,
        "pension_before": _fen(was[:, Outcome.PENSION_FIRST]) * drew, "wage_before": _fen(was[:, Outcome.WAGE_AT_CLAIM]) * drew, "gain": gain,
    }
    groups = np.zeros((GROUPS * FIFTHS, len(PAIRS)), np.int64)
    for column, name in enumerate(PAIRS):
        np.add.at(groups[:, column], among, each[name] * weight)
    return groups.reshape(GROUPS, FIFTHS, len(PAIRS))


def _worth(outcome: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the present value of benefits less that of what one paid [yuan]."""
    return np.asarray(outcome[:, Outcome.DRAWN_AT_RATE + VALUATION] - outcome[:, Outcome.PAID_AT_RATE + VALUATION])


def _fen(yuan: npt.NDArray[np.float64]) -> Whole:
    return np.rint(yuan * FEN).astype(np.int64)


def run_sweep(
    sweep: Sweep, *, chunk: int = CHUNK, executor: Executor | None = None, checkpoint: Path | None = None,
    progress: Callable[[int], Any] | None = None, cancel: threading.Event | None = None,
) -> Sums:
    """Run a whole sweep; see :func:`lingbao.simulation.executors.add_up` for the parameters and errors."""
    return add_up(sweep_chunk, sweep, size=sweep.persons, chunk=chunk, executor=executor, checkpoint=checkpoint,
                  progress=progress, cancel=cancel)
