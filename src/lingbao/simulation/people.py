"""Who person number k is: drawn from the assumptions, a function of seed and number alone.

Each person has one standard normal number for every attribute, correlated across attributes (a Gaussian copula [1]_):
z = L e with L Lᵀ the correlation matrix and e from the streams. The normal share u = Φ(z) picks the category or the
place in a range, so that every distribution drawn from is met exactly whatever the correlations.

All steps after the compiled draw are comparisons, additions and multiplications of single elements, which give the
same bits whatever the length of an array.

References
----------
.. [1] R. B. Nelsen, An Introduction to Copulas, 2nd edition, Springer, 2006, doi:10.1007/0-387-28678-0.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np

import lingbao.law
from lingbao.law.compile import kernel
from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, year_of
from lingbao.law.store import Law
from lingbao.simulation.assumptions import Assumptions
from lingbao.simulation.draws import four_words
from lingbao.simulation.raking import rake
from lingbao.simulation.schema import PROVINCES, RESIDENCES, SCHEMES
from lingbao.simulation.streams import (
    NO_MONTH,
    QUANTILE_INSIDE,
    Purpose,
    normal_quantile,
    normal_quantile_inside,
    normal_share,
)

PYRAMID = Path(lingbao.law.__file__).parent / "parameters" / "national" / "population" / "wpp2024_china_population_5y.csv"
GROUP_YEARS = 5

LATENTS: tuple[tuple[str, Purpose], ...] = (
    ("sex", Purpose.SEX), ("age", Purpose.AGE), ("schooling", Purpose.SCHOOLING), ("residence", Purpose.RESIDENCE),
    ("kind", Purpose.KIND), ("work", Purpose.WORK_PROVINCE), ("leaves", Purpose.LEAVES_PROVINCE),
    ("home", Purpose.HOME_PROVINCE), ("income", Purpose.INCOME), ("volatility", Purpose.VOLATILITY),
    ("scheme", Purpose.SCHEME), ("paid_before", Purpose.PAID_BEFORE), ("density", Purpose.DENSITY),
    ("index", Purpose.INDEX), ("resident_years", Purpose.RESIDENT_YEARS), ("knowledge", Purpose.KNOWLEDGE),
    ("old_age_view", Purpose.OLD_AGE_VIEW),
)

HIGH_BITS, LOW_BITS, GRID = np.uint64(20), np.uint64(12), float(2**52)
"""How two words become an evenly spread number, see :func:`~lingbao.simulation.streams.uniform`."""

FEW = 8
"""So many ends of categories are compared one by one faster than they are searched."""

MIGRANT = (RESIDENCES.index("urban_to_urban"), RESIDENCES.index("rural_to_urban"))
RESIDENT, EMPLOYEE = SCHEMES.index("resident"), SCHEMES.index("employee")

Chunk = dict[str, np.ndarray]


@kernel()
def draw_latents(seed: int, first: int, month: int, purposes: Any, lower: Any, z: Any, u: Any) -> None:
    """Write correlated normal numbers into ``z`` and their normal shares into ``u``, latents by people.

    Parameters
    ----------
    seed, first, month : int
        Keys of the streams; the person in column i has the number ``first + i``.
    purposes : array of int
        Purpose of each latent number.
    lower : array
        Lower triangular L, with L Lᵀ the correlation matrix.
    z, u : array
        To be filled, one row a latent number, one column a person.
    """
    latents, people = z.shape
    seed_word, when = np.uint64(seed), np.uint64(month)
    for k in range(latents):
        for i in range(people):
            high, low, _, _ = four_words(np.uint64(first + i), when, np.uint64(purposes[k]), seed_word)
            u[k, i] = (float(np.int64(high << HIGH_BITS | low >> LOW_BITS)) + 0.5) / GRID
        for i in range(people):
            z[k, i] = normal_quantile_inside(u[k, i])
        for i in range(people):
            if abs(u[k, i] - 0.5) > QUANTILE_INSIDE:
                z[k, i] = normal_quantile(u[k, i])
    for k in range(latents - 1, 0, -1):  # from the last: each is mixed of itself and earlier ones
        mixed = False
        for j in range(k):
            mixed = mixed or lower[k, j] != 0.0
        if mixed:
            for i in range(people):
                u[k, i] = 0.0
            for j in range(k + 1):
                share = lower[k, j]
                if share != 0.0:
                    for i in range(people):
                        u[k, i] += share * z[j, i]
            for i in range(people):
                z[k, i] = u[k, i]
                u[k, i] = normal_share(z[k, i])


@dataclass(frozen=True)
class Recipe:
    """The assumptions worked out into the tables that people are drawn from; made by :meth:`of`."""

    assumptions: Assumptions
    lower: np.ndarray
    age_steps: tuple[np.ndarray, np.ndarray]
    youngest: int
    scheme_steps: np.ndarray
    province_shares: np.ndarray
    index_values: np.ndarray
    account_rate: float

    @classmethod
    def of(cls, assumptions: Assumptions | None = None, law: Law | None = None) -> Recipe:
        """Work out the assumptions; the account rate comes from the law.

        Raises
        ------
        InputError
            If the correlations contradict each other or name an unknown attribute.
        """
        assumed = assumptions or Assumptions.load()
        youngest, oldest = (int(years) for years in assumed.drawn["age_limits"].value)
        population = assumed.drawn["province_population"].value
        return cls(
            assumptions=assumed, lower=correlation_root(assumed.drawn["correlations"].value),
            age_steps=pyramid(int(assumed.number("pyramid_year")), youngest, oldest),
            youngest=youngest * MONTHS_PER_YEAR, scheme_steps=_scheme_steps(assumed),
            province_shares=_scaled([population[code] for code in PROVINCES]),
            index_values=np.array([float(tier) for tier in assumed.drawn["index_tiers"].value]),
            account_rate=float((law or Law.load()).number("national.contribution.account_rate", on=assumed.as_of)),
        )

    def people(self, seed: int, first: int, count: int) -> Chunk:
        """Return people ``first`` to ``first + count - 1`` as arrays; categories are numbers in the schema's order."""
        z = np.empty((len(LATENTS), count))
        u = np.empty_like(z)
        draw_latents(seed, first, NO_MONTH, np.array([int(purpose) for _, purpose in LATENTS]), self.lower, z, u)
        share = {name: u[row] for row, (name, _) in enumerate(LATENTS)}
        income = z[[name for name, _ in LATENTS].index("income")]
        made = {"id": np.arange(first, first + count, dtype=np.int64)}
        made |= self._person(share)
        made |= self._places(share, made["residence"])
        made["log_income"] = log(self.assumptions.number("median_income")) + self.assumptions.number("income_spread") * income
        made["volatility"] = between(self.assumptions.drawn["volatility"].value, share["volatility"])
        made |= self._history(share, made)
        return made

    def _person(self, share: Chunk) -> Chunk:
        raked, drawn = self.assumptions.raked, self.assumptions.drawn
        sex = pick(raked["sex"].shares, share["sex"])
        months = np.where(sex == 0, np.searchsorted(self.age_steps[0], share["age"]),
                          np.searchsorted(self.age_steps[1], share["age"]))
        residence = pick(raked["residence"].shares, share["residence"])
        steps = self.scheme_steps[residence]
        return {
            "sex": sex, "birth": self.assumptions.as_of - (self.youngest + months),
            "schooling": pick(raked["schooling"].shares, share["schooling"]), "residence": residence,
            "kind": pick(raked["kind"].shares, share["kind"]),
            "scheme": (share["scheme"] > steps[:, 0]).astype(np.int64) + (share["scheme"] > steps[:, 1]),
            "knowledge": pick(drawn["knowledge"].shares, share["knowledge"]),
            "old_age_view": pick(drawn["old_age_view"].shares, share["old_age_view"]),
        }

    def _places(self, share: Chunk, residence: np.ndarray) -> Chunk:
        """Province of work by population; who came from another province has a home drawn from the other thirty."""
        shares = self.province_shares
        ends = np.cumsum(shares)
        work = pick(shares, share["work"])
        leaves = np.isin(residence, MIGRANT) & (share["leaves"] < self.assumptions.number("leaves_province"))
        elsewhere = share["home"] * (1.0 - shares[work])
        elsewhere = np.where(elsewhere < ends[work] - shares[work], elsewhere, elsewhere + shares[work])
        home = np.searchsorted(ends[:-1], elsewhere)
        return {"work": work, "home": np.where(leaves, home, work)}

    def _history(self, share: Chunk, made: Chunk) -> Chunk:
        """What was paid so far: possible time × density, in whole months and years."""
        known, as_of = self.assumptions, self.assumptions.as_of
        age = as_of - made["birth"]
        possible = np.clip(age - int(known.number("insured_from_age")) * MONTHS_PER_YEAR, 0,
                           int(known.number("longest_exposure")) * MONTHS_PER_YEAR)
        inside, earlier = made["scheme"] == EMPLOYEE, share["paid_before"] < known.number("paid_before")
        density = np.where(inside, between(known.drawn["density_insured"].value, share["density"]),
                           between(known.drawn["density_outside"].value, share["density"]))
        months = np.where(inside | earlier, np.floor(possible * density), 0.0)
        index = self.index_values[pick(known.drawn["index_tiers"].shares, share["index"])]
        years = np.clip(year_of(as_of) + 1 - int(known.number("resident_since")), 0,
                        age // MONTHS_PER_YEAR - self.youngest // MONTHS_PER_YEAR)
        density = between(known.drawn["density_resident"].value, share["resident_years"])
        return {
            "months_paid": months.astype(np.int64), "mean_index": np.where(months > 0.0, index, np.nan),
            "account": np.where(months > 0.0, months * index * (self.account_rate * known.number("account_wage")), 0.0),
            "resident_years": np.where(made["scheme"] == RESIDENT, np.floor(years * density), 0.0).astype(np.int64),
        }


def pick(shares: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return the category in which each normal share falls when the categories lie side by side on (0, 1)."""
    ends = np.cumsum(shares)[:-1]
    if len(ends) > FEW:
        return np.searchsorted(ends, u)
    found = np.zeros(u.shape, np.int64)
    for end in ends:
        found += u > end
    return found


def between(ends: Any, u: np.ndarray) -> np.ndarray:
    """Return numbers evenly spread from the lowest to the median and from the median to the highest of ``ends``."""
    low, middle, high = (float(end) for end in ends)
    made: np.ndarray = np.where(u < 0.5, low + (middle - low) * (2.0 * u), middle + (high - middle) * (2.0 * u - 1.0))
    return made


def correlation_root(pairs: Any) -> np.ndarray:
    """Return lower triangular L with L Lᵀ the correlation matrix of the latent numbers; pairs not named are 0."""
    names = [name for name, _ in LATENTS]
    matrix = np.eye(len(names))
    for one, other, value in pairs:
        for name in (one, other):
            if name not in names:
                raise InputError("assumptions.correlation", value=name, where="drawn.correlations",
                                 zh=f"没有名为“{name}”的属性，可用：{'、'.join(names)}。",
                                 en=f"There is no attribute '{name}'; known: {', '.join(names)}.")
        row, column = names.index(one), names.index(other)
        matrix[row, column] = matrix[column, row] = float(value)
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise InputError("assumptions.correlation", where="drawn.correlations",
                         zh="各相关系数互相矛盾，不存在这样的联合分布；请减小其绝对值。",
                         en="The correlations contradict each other: no such joint distribution exists; make them smaller.") from None


def pyramid(year: int, youngest: int, oldest: int) -> tuple[np.ndarray, np.ndarray]:
    """Return, for men and women, the cumulative shares of ages by single month between two ages [years].

    Five-year groups of the national population are spread evenly over their sixty months.
    """
    months = np.arange(youngest * MONTHS_PER_YEAR, oldest * MONTHS_PER_YEAR)
    with PYRAMID.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if int(row["year"]) == year]
    if not rows:
        raise InputError("assumptions.pyramid_year", value=year, where="drawn.pyramid_year",
                         zh=f"人口数据中没有 {year} 年，只有每五年的数字。", en=f"The population data have no year {year}, only every fifth.")
    groups = {int(row["age_group"].split("-")[0].rstrip("+")): row for row in rows}
    starts = months // (GROUP_YEARS * MONTHS_PER_YEAR) * GROUP_YEARS
    return tuple(  # type: ignore[return-value]
        np.cumsum(_scaled([float(groups[int(start)][column]) for start in starts]))[:-1]
        for column in ("male_thousand", "female_thousand")
    )


def _scheme_steps(assumed: Assumptions) -> np.ndarray:
    """For each residence group the cumulative shares of the schemes: the surveyed pattern raked to both margins."""
    pattern = assumed.drawn["scheme_by_residence"].value
    table = np.array([[float(pattern[group][scheme]) for scheme in SCHEMES] for group in RESIDENCES])
    raked = rake(table, [assumed.raked["residence"].shares, assumed.raked["scheme"].shares], ["residence", "scheme"]).table
    return np.cumsum(raked / raked.sum(axis=1, keepdims=True), axis=1)[:, :-1]


def _scaled(counts: list[Any]) -> np.ndarray:
    shares = np.array([float(count) for count in counts])
    return shares / shares.sum()
