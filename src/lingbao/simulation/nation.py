"""The rest of the insured beside the simulated flexible workers, so that national ratios can be read.

Employees and earlier pensioners are **macro cohorts**: the published numbers of the last complete year, spread over
single ages and carried forward with the national population, the life table, the retirement ages of the law and a named
projection. They have no choices and no luck. What is assumed stands in ``nation_assumptions.yaml``.

Equations, for sex and class c, single age a and year end t
-----------------------------------------------------------
    contributors(c, a, t) = m × population(c, a, t) × (1 − r(c, a, t))     from the youngest age on
    pensioners(c, a, t)   = pensioners(c, a − 1, t − 1) × exp(−hazard)
                            + m × claimants × population(c, a, t) × (r(c, a, t) − r(c, a − 1, t − 1))
    mean pension          = last year's × (1 + adjustment); of new pensioners first pension × growth of the benefit base
    income(t)             = contributors(t) × income for each in the base year × growth of wages
    balance(t)            = balance(t − 1) + income(t) − expenditure(t)

with r the share of a year of birth that has reached the retirement age of the law, and m such that the contributors of
the base year, less the flexible workers among them, are met.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lingbao.career.retirement import retirement_of
from lingbao.law.errors import InputError
from lingbao.law.loader import read_yaml
from lingbao.law.month import MONTHS_PER_YEAR, month, year_of
from lingbao.law.store import Law
from lingbao.simulation.assumptions import Assumptions
from lingbao.simulation.estimate import Floats
from lingbao.simulation.fund_accounts import BENEFITS, CONTRIBUTIONS, RESIDENT_BENEFITS
from lingbao.simulation.people import GROUP_YEARS, PYRAMID
from lingbao.simulation.run_tables import RunTables, added, by_group, column, national
from lingbao.valuation.life_table import population_table

FILE = Path(__file__).with_name("nation_assumptions.yaml")
OLDEST = 100
TEN_THOUSAND, HUNDRED_MILLION, THOUSAND = 1e4, 1e8, 1e3
CLASSES: Mapping[str, str] = {"male": "male", "female55": "female", "female50": "female"}
LABELS: Mapping[str, tuple[str, str]] = {
    "male": ("男性", "men"), "female55": ("女性（原55岁类别）", "women, class of age 55"),
    "female50": ("女性（原50岁类别）", "women, class of age 50"),
}


@lru_cache(maxsize=4)
def nation_assumptions(file: Path = FILE) -> Mapping[str, Mapping[str, Any]]:
    """Read what is assumed about the rest of the insured; every entry names its source and whether it is assumed.

    Raises
    ------
    InputError
        If an entry lacks one of them.
    """
    entries: Mapping[str, Mapping[str, Any]] = read_yaml(file)
    for name, entry in entries.items():
        for needed in ("value", "source", "assumed", "label_zh", "label_en", "unit"):
            if entry.get(needed) is None:
                raise InputError("nation.assumption", value=name, where=str(file.name),
                                 zh=f"假设“{name}”缺少“{needed}”。", en=f"The assumption {name!r} lacks {needed!r}.")
    return entries


def _assumed(name: str) -> float:
    return float(nation_assumptions()[name]["value"])


@dataclass(frozen=True)
class Rest:
    """The rest of the insured by year; made by :func:`carried_forward`.

    Attributes
    ----------
    base_year : int
        Last year for which the macro series is complete.
    balance : float
        Balance of the employee fund at the end of that year [yuan].
    cohorts : DataFrame
        ``year``, ``cohort`` (``contributors_male`` …, ``pensioners_female50``), ``label_zh``, ``label_en``, ``persons``,
        ``yuan`` (income brought by contributors, expenditure on pensioners, of the year).
    """

    base_year: int
    balance: float
    cohorts: pl.DataFrame = field(repr=False)

    def sums(self) -> pl.DataFrame:
        """Return ``contributors``, ``pensioners`` [persons], ``income`` and ``expenditure`` [yuan/year] by year."""
        of = self.cohorts.with_columns(pl.col("cohort").str.split("_").list.first().alias("kind"))
        wide = of.group_by("year", "kind", maintain_order=True).agg(pl.col("persons").sum(), pl.col("yuan").sum())
        parts = {kind: wide.filter(pl.col("kind") == kind).drop("kind") for kind in ("contributors", "pensioners")}
        return (parts["contributors"].rename({"persons": "contributors", "yuan": "income"})
                .join(parts["pensioners"].rename({"persons": "pensioners", "yuan": "expenditure"}), on="year")
                .select("year", "contributors", "pensioners", "income", "expenditure").sort("year"))


@dataclass(frozen=True)
class Macro:
    """The macro series of the employee scheme in one year [persons, yuan]."""

    year: int
    workers: float
    retirees: float
    income: float
    expenditure: float
    balance: float

    @classmethod
    def last(cls, law: Law) -> Macro:
        """Return the last year for which all five series are known.

        Raises
        ------
        MissingLaw
            If a series is missing altogether.
        """
        units = {"workers": TEN_THOUSAND, "retirees": TEN_THOUSAND, "income": HUNDRED_MILLION,
                 "expenditure": HUNDRED_MILLION, "balance": HUNDRED_MILLION}
        series = {name: {year_of(value.since): float(value.value) * unit for value in law.history(f"national.macro.employee_{name}")
                         if value.since is not None} for name, unit in units.items()}
        year = max(set.intersection(*(set(values) for values in series.values())))
        return cls(year, **{name: values[year] for name, values in series.items()})


@lru_cache(maxsize=2)
def _pyramid() -> tuple[Floats, Mapping[str, Floats]]:
    """Years of the national population, and people [year, single age] by sex; five-year groups spread evenly."""
    with PYRAMID.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    years = sorted({int(row["year"]) for row in rows})
    people = {sex: np.zeros((len(years), OLDEST + GROUP_YEARS)) for sex in ("male", "female")}
    for row in rows:
        start = int(row["age_group"].split("-")[0].rstrip("+"))
        for sex, table in people.items():
            table[years.index(int(row["year"])), start:start + GROUP_YEARS] = float(row[f"{sex}_thousand"]) * THOUSAND / GROUP_YEARS
    return np.array(years, dtype=np.float64), {sex: table[:, :OLDEST + 1] for sex, table in people.items()}


def population(sex: str, year: int) -> Floats:
    """Return the national population of a sex by single age 0 to 100 in a year [persons], between five-year points on a line."""
    years, people = _pyramid()
    if not years[0] <= year <= years[-1]:
        raise InputError("nation.year", value=year, where="year", zh=f"人口数据只到 {years[-1]:.0f} 年。",
                         en=f"The population data run from {years[0]:.0f} to {years[-1]:.0f}.")
    table = people[sex]
    return np.array([np.interp(year, years, table[:, age]) for age in range(table.shape[1])])


def _growth(law: Law, projection: str, name: str, year: int, observed: Mapping[int, float] | None = None) -> float:
    """Growth over the year before: observed where both years are known, else the projection's path."""
    if observed and year in observed and year - 1 in observed:
        return observed[year] / observed[year - 1] - 1.0
    path = law.projections["projections"][projection]["paths"][name]
    return float(np.interp(year, [float(point[0]) for point in path], [float(point[1]) for point in path]))


def _by_year(law: Law, path: str) -> dict[int, float]:
    return {year_of(value.since): float(value.value) for value in law.history(path) if value.since is not None}


def _adjustment(law: Law, projection: str, year: int) -> float:
    known = _by_year(law, "national.benefit.pension_adjustment")
    return known[year] if year in known else _growth(law, projection, "pension_adjustment", year)


@lru_cache(maxsize=1024)
def _retired(law: Law, worker_class: str, year: int) -> Floats:
    """Share of those of each age at the end of a year who have reached retirement, births spread evenly over the months."""
    original = int(law.number(f"national.retirement.original_age_{worker_class}"))
    latest = original + int(law.number(f"national.retirement.max_delay_{worker_class}"))
    end = month(year, 12)

    def reached(birth: int) -> bool:
        if not original <= end - birth < latest:
            return end - birth >= latest
        return retirement_of(law, worker_class, birth).statutory <= end

    return np.array([np.mean([reached(month(year - age, born)) for born in range(1, MONTHS_PER_YEAR + 1)])
                     for age in range(OLDEST + 1)])


def published_flexible_members() -> float:
    """Return the flexible workers in the employee scheme by the published share that the population is weighted to [persons]."""
    known = Assumptions.load()
    scheme = known.raked["scheme"]
    return float(known.people.value) * float(scheme.shares[scheme.categories.index("employee")])


def carried_forward(law: Law, projection: str, first: int, years: int, flexible_contributions: float = 0.0,
                    flexible_members: float | None = None) -> Rest:
    """Carry the rest of the insured forward to every year of a run.

    Parameters
    ----------
    law : Law
    projection : {"low", "base", "high"}
    first, years : int
        First year and number of years wanted.
    flexible_contributions : float
        Contributions of the simulated flexible workers in the macro base year [yuan]; they are in the fund's income
        already and are taken out of the rest's. See :func:`ratios`, which takes it from the run.
    flexible_members : float, optional
        Flexible workers among the base year's contributors [persons]; the published number where it is not given.

    Raises
    ------
    InputError
        If a year lies before the base year or beyond the population data.
    """
    macro = Macro.last(law)
    if first <= macro.year:
        raise InputError("nation.first", value=first, where="first", zh=f"起始年应晚于 {macro.year} 年（最近的完整统计年）。",
                         en=f"The first year must come after {macro.year}, the last complete year of the statistics.")
    flexible = published_flexible_members() if flexible_members is None else flexible_members
    split = {"male": 1.0, "female55": _assumed("share_of_women_retiring_at_55_class")}
    split["female50"] = 1.0 - split["female55"]
    youngest = int(_assumed("youngest_contributor_age"))
    ages = np.arange(OLDEST + 1)

    def people(name: str, year: int) -> Floats:
        return population(CLASSES[name], year) * split[name]

    def working(name: str, year: int) -> Floats:
        return people(name, year) * (ages >= youngest) * (1.0 - _retired(law, name, year))

    share = (macro.workers - flexible) / sum(working(name, macro.year).sum() for name in CLASSES)
    drawing = {name: people(name, macro.year) * _retired(law, name, macro.year) for name in CLASSES}
    scale = macro.retirees / sum(stock.sum() for stock in drawing.values())
    stock = {name: values * scale for name, values in drawing.items()}
    mean_pension = macro.expenditure / macro.retirees
    money = {name: values * mean_pension for name, values in stock.items()}
    each = (macro.income - flexible_contributions) / (macro.workers - flexible)
    first_pension = mean_pension * _assumed("new_pension_to_mean")
    wages = _by_year(law, "national.macro.wage_non_private")
    table = population_table(law)
    rows: list[dict[str, Any]] = []
    for year in range(macro.year + 1, first + years):
        each *= 1.0 + _growth(law, projection, "wage_growth", year, wages)
        first_pension *= 1.0 + _growth(law, projection, "benefit_base_growth", year)
        rise = 1.0 + _adjustment(law, projection, year)
        for name, sex in CLASSES.items():
            now = np.array([month(year, 1)])
            alive = np.exp(-np.array([table.hazard_at(sex, now, month(year - 1 - age, 7))[0] for age in range(OLDEST + 1)]))
            newly = _retired(law, name, year) - np.append(0.0, _retired(law, name, year - 1)[:-1])
            claims = people(name, year) * share * newly * _assumed("claimants_of_members")
            stock[name] = _older(stock[name] * alive) + claims
            money[name] = _older(money[name] * alive) * rise + claims * first_pension
            if year >= first:
                zh, en = LABELS[name]
                paying = float(working(name, year).sum() * share)
                rows.append({"year": year, "cohort": f"contributors_{name}", "label_zh": f"宏观队列：其余在职参保者，{zh}",
                             "label_en": f"macro cohort: rest of the contributors, {en}", "persons": paying, "yuan": paying * each})
                rows.append({"year": year, "cohort": f"pensioners_{name}", "label_zh": f"宏观队列：其余领取者，{zh}",
                             "label_en": f"macro cohort: rest of the pensioners, {en}", "persons": float(stock[name].sum()),
                             "yuan": float(money[name].sum())})
    return Rest(macro.year, macro.balance, pl.DataFrame(rows))


def _older(by_age: Floats) -> Floats:
    """Everyone a year older; the last age keeps its own."""
    moved = np.append(0.0, by_age[:-1])
    moved[-1] += by_age[-1]
    return moved


def ratios(run: RunTables, law: Law, projection: str = "base") -> pl.DataFrame:
    """Return the ratios of the whole employee scheme: macro cohorts and simulated flexible workers together.

    Simulated contributors are those who paid this year and those who paid earlier and stopped, as the ministry counts its
    insured. The first year's number is taken out of the macro cohorts, so that nobody is counted twice or left out.

    Returns
    -------
    DataFrame
        By ``year``: ``contributors`` and ``pensioners`` [persons] with their parts ``…_rest`` and ``…_simulated``;
        ``support_ratio`` (contributors for each pensioner, as the ministry prints it); ``income``, ``expenditure`` and
        ``balance`` [yuan] of the fund; ``months_covered``, the balance over a month's expenditure; the resident scheme's
        simulated expenditure as ``resident_expenditure_simulated``.
    """
    wide = national(run.fund)
    groups = by_group(run.people)
    insured = groups.select("year", added(groups, ("payers", "stopped")).alias("contributors_simulated"))
    simulated = wide.select(
        "year", column(wide, "pensioners").alias("pensioners_simulated"),
        added(wide, CONTRIBUTIONS).alias("income_simulated"), added(wide, BENEFITS).alias("expenditure_simulated"),
        added(wide, RESIDENT_BENEFITS).alias("resident_expenditure_simulated"),
    ).join(insured, on="year").sort("year")
    first, years = int(simulated["year"][0]), simulated.height
    before = 1.0 + _growth(law, projection, "wage_growth", first, _by_year(law, "national.macro.wage_non_private"))
    rest = carried_forward(law, projection, first, years, float(simulated["income_simulated"][0]) / before,
                           float(simulated["contributors_simulated"][0]))
    whole = rest.sums().rename({"contributors": "contributors_rest", "pensioners": "pensioners_rest", "income": "income_rest",
                                "expenditure": "expenditure_rest"}).join(simulated, on="year").sort("year")
    whole = whole.with_columns(*((pl.col(f"{name}_rest") + pl.col(f"{name}_simulated")).alias(name)
                                 for name in ("contributors", "pensioners", "income", "expenditure")))
    return whole.with_columns(
        (pl.col("contributors") / pl.col("pensioners")).alias("support_ratio"),
        (pl.lit(rest.balance) + (pl.col("income") - pl.col("expenditure")).cum_sum()).alias("balance"),
    ).with_columns((pl.col("balance") / pl.col("expenditure") * MONTHS_PER_YEAR).alias("months_covered"))
