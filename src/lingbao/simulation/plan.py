"""A plan: everything a run needs, as arrays, so that any machine computes any part of it to the same bits."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.law.errors import InputError
from lingbao.law.month import LAST_MONTH, MONTHS_PER_YEAR, format_month
from lingbao.law.month import month as month_of
from lingbao.law.reform import Reform
from lingbao.law.store import Law
from lingbao.simulation.behaviour import Behaviour
from lingbao.simulation.draws import shock_tables
from lingbao.simulation.layout import RATES_OF_RETURN, NationRow
from lingbao.simulation.people import Recipe
from lingbao.simulation.starting import People, people_of
from lingbao.simulation.streams import check_key
from lingbao.simulation.terms import (
    annuity_table,
    changes_of,
    claim_tables,
    fee_tables,
    hazards_of,
    law_table,
    mortality_table,
    nation_table,
    payout_table,
    reformed,
    terms_of,
    tier_table,
)

FIRST_YEAR = 2025
MOST_YEARS = 75
YEARS_OF_DISCOUNT = 61
RATES = tuple(round(-0.02 + 0.02 * q, 2) for q in range(RATES_OF_RETURN))
"""Real yearly rates at which each life is valued, for its rate of return."""
VALUATION = RATES.index(0.02)
"""Place of the rate at which present values are stated."""


@dataclass(frozen=True)
class Plan:
    """What to simulate; made by :func:`plan_of`, hashed by content.

    Attributes
    ----------
    law_hash, reform_id, reform_hash : str
        Law under the reform, and the reform (``""`` for none).
    projection : str
    first, years : int
        First month and number of years.
    size, seed : int
        People of today who are simulated, and the name of the run's luck.
    keep : int
        Of the first so many people the outcome is kept one by one.
    stood_in : tuple of str
        Quantities of the law that were not known for some month and stood in for.
    tables : dict of str to ndarray
        Arguments of the kernel.
    people : People
    """

    law_hash: str
    reform_id: str
    reform_hash: str
    projection: str
    first: int
    years: int
    since: int
    size: int
    seed: int
    keep: int
    stood_in: tuple[str, ...]
    tables: dict[str, npt.NDArray[Any]] = field(repr=False)
    people: People = field(repr=False)

    @property
    def persons(self) -> int:
        """People in the run: those of today and the cohorts to come."""
        return self.people.size

    @property
    def person_months(self) -> int:
        """Months simulated, everyone's years together."""
        return self.persons * self.years * MONTHS_PER_YEAR

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides the result."""
        digest = hashlib.sha256()
        for item in fields(self):
            if item.name not in ("tables", "people"):
                digest.update(f"{item.name}={getattr(self, item.name)!r};".encode())
        for name, table in sorted(self.tables.items()):
            digest.update(f"{name}{table.shape}".encode())
            digest.update(np.ascontiguousarray(table).tobytes())
        digest.update(repr((self.people.today, self.people.entrants, self.people.weight_unit)).encode())
        if self.people.file is not None:
            digest.update(str(self.people.file.hash_rows().sum()).encode())
        return digest.hexdigest()


def plan_of(
    law: Law | None = None, reform: Reform | None = None, *, size: int = 100_000, seed: int = 1, years: int = 40,
    projection: str = "base", population: Path | None = None, behaviour: Behaviour | None = None, entrants: bool = True,
    first: int | None = None, keep: int = 100_000,
) -> Plan:
    """Prepare a run.

    Parameters
    ----------
    law : Law, optional
        The law in force; the shipped law if not given.
    reform : Reform, optional
        Laid over the law; nothing for the baseline.
    size : int
        People of today who are simulated; they stand for all flexible workers.
    seed : int
        The same seed gives the same people and the same luck, whatever the reform.
    years : int
        Length of the run [years].
    projection : {"low", "base", "high"}
        Assumptions on wages, rates and prices to come.
    population : Path, optional
        A person file instead of the synthetic population; it has no later cohorts.
    behaviour : Behaviour, optional
        Coefficients and assumptions; the calibrated ones if not given.
    entrants : bool
        Whether later cohorts enter.
    first : int, optional
        First month, a January; 2025-01 if not given.
    keep : int
        Of the first so many people the outcome is kept one by one.

    Raises
    ------
    InputError
        If a number is out of range.
    MissingLaw
        If the law lacks a number that the run needs.
    """
    begin = month_of(FIRST_YEAR, 1) if first is None else first
    check_key("seed", seed)
    _whole("years", years, 1, MOST_YEARS)
    _whole("size", size, 1, 2**40)
    _whole("keep", keep, 0, 10_000_000)
    if begin % MONTHS_PER_YEAR or begin + years * MONTHS_PER_YEAR > LAST_MONTH:
        raise InputError("plan.first", value=format_month(begin), where="first", zh="起始月应为一月，且终止年不晚于日历范围。",
                         en="The first month must be a January and the last year within the calendar.")
    base_law = law or Law.load()
    behave = behaviour or Behaviour.load()
    changed, options, since = reformed(base_law, reform)
    months = years * MONTHS_PER_YEAR
    table, stood_in = law_table(changed, projection, begin, months, options, since)
    nation = nation_table(changed, projection, begin, months, options, since, behave)
    fees, subsidies = fee_tables(changed)
    people = people_of(size, seed, begin, years, behave, partial(claim_tables, changed), entrants, population)
    rate = behave.number("valuation_rate")
    tables: dict[str, npt.NDArray[Any]] = {
        "changes": changes_of(table), "law_table": table, "nation": nation,
        "mortality": mortality_table(base_law, begin, years), "annuity": annuity_table(changed, begin, rate), "fees": fees,
        "subsidies": subsidies, "tiers": tier_table(changed, begin), "terms": terms_of(changed, reform, options, begin, behave),
        "beliefs": behave.beliefs(), "process": behave.process(), "season": behave.season,
        "hazards": hazards_of(behave, options), "leaving": behave.platforms,
        "province_ends": np.cumsum(Recipe.of().province_shares), "shocks": shock_tables(),
        "discounts": (1.0 + behave.number("discount")) ** -np.arange(YEARS_OF_DISCOUNT),
        "deflators": deflators(changed, projection, begin, years), "payout": payout_table(changed, begin),
    }
    return Plan(
        changed.hash, reform.id if reform else "", reform.hash if reform else "", projection, begin, years,
        max(since, begin), people.today, seed, keep, tuple(stood_in), _alike(tables), people,
    )


def _alike(tables: dict[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Return copies as they come out of another process: writable. The compiler takes others for another kernel."""
    return {name: np.array(table, order="C") for name, table in tables.items()}


def deflators(law: Law, projection: str, first: int, years: int) -> npt.NDArray[np.float64]:
    """Return the value at the start, in its prices, of a yuan in the middle of each year [RATES, years]."""
    from lingbao.law.dense import dense

    prices = dense(law, projection, first, first + years * MONTHS_PER_YEAR - 1).price_index[6::MONTHS_PER_YEAR]
    when = np.arange(years) + 0.5
    return np.array([(1.0 + rate) ** -when / (prices / prices[0]) for rate in RATES])


def level_of_income(plan: Plan) -> npt.NDArray[np.float64]:
    """Return the level of flexible income in each year over that of the first."""
    return np.asarray(plan.tables["nation"][::MONTHS_PER_YEAR, NationRow.INCOME_LEVEL])


def _whole(name: str, value: int, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError(f"plan.{name}", value=value, where=name, zh=f"“{value}”无效，应为 {least} 到 {most} 之间的整数。",
                         en=f"{value!r} is not valid; it must be whole, from {least} to {most}.")
