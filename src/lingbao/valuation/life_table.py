"""How long people live: survival month by month for a birth cohort, and the longer lives of the insured.

Death rates come from period life tables by single age and sex. Between the middle years of two tables the logarithm
of the hazard is interpolated, before the first and after the last it is held; so a cohort meets in each calendar
year the rates of that year. From the last age on the hazard is constant: one over the remaining life expectancy
which the table prints there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.loader import DIRECTORY, read_csv
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.store import Law

Sex = Literal["male", "female"]
Floats = NDArray[np.float64]

SEXES: tuple[Sex, Sex] = ("male", "female")

# The public expectancies of insured people: sex, and the parameter, whose name holds the age.
INSURED: tuple[tuple[Sex, str], ...] = (
    ("male", "expectancy_at_60_male"), ("female", "expectancy_at_55_female"), ("female", "expectancy_at_50_female"),
)

# A multiple of population hazards outside this range would not describe people any more.
LEAST_FACTOR, MOST_FACTOR = 0.01, 100.0


@dataclass(frozen=True)
class LifeTable:
    """Hazards of death by calendar time, sex and age.

    Attributes
    ----------
    years : ndarray
        Middle of each period [calendar year], increasing.
    hazard : dict of str to ndarray
        Hazard of death by sex, an array [period, age] [1/year]; the last age stands for all ages above.
    name : str
        ``population`` or ``insured``.
    confidence : str
        ``high``, ``medium`` or ``low``.
    """

    years: Floats
    hazard: Mapping[str, Floats]
    name: str = "population"
    confidence: str = "medium"

    @property
    def last_age(self) -> int:
        """The last age of the table, whose hazard holds for ever after [years]."""
        return int(next(iter(self.hazard.values())).shape[1]) - 1

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> LifeTable:
        """Build the table from rows ``period, age, qx_male, qx_female, ex_male, ex_female``.

        Parameters
        ----------
        rows : iterable of mapping
            ``period`` as ``2020-2025``; ``qx`` the probability of dying within the year of age, ``ex`` the
            remaining life expectancy, every age from 0 on.

        Raises
        ------
        MissingLaw
            If there is no row, or an age is missing.
        """
        periods: dict[str, list[Mapping[str, str]]] = {}
        for row in rows:
            periods.setdefault(row["period"], []).append(row)
        if not periods or any([int(r["age"]) for r in table] != list(range(len(table))) for table in periods.values()):
            raise MissingLaw(
                "life_table.rows", value=", ".join(periods) or None, where="population",
                zh="生命表缺少数据：每个时期都须从 0 岁起逐岁给出死亡概率。",
                en="The life table is incomplete: each period needs a death probability for every age from 0 on.",
            )
        names = sorted(periods)
        middles = [sum(float(year) for year in name.split("-")) / 2.0 for name in names]
        hazard: dict[str, Floats] = {
            sex: np.array([_hazard(periods[name], sex) for name in names]) for sex in SEXES
        }
        return cls(np.array(middles), hazard)

    def hazard_at(self, sex: str, months: NDArray[np.int64], birth: int) -> Floats:
        """Return the hazard of a cohort in calendar months [1/year].

        Parameters
        ----------
        sex : {"male", "female"}
            Sex.
        months : ndarray of int
            Calendar months.
        birth : int
            Birth month.
        """
        table = self.hazard.get(sex)
        if table is None:
            raise InputError(
                "life_table.sex", value=sex, zh=f"性别“{sex}”无法识别，应为 male 或 female。",
                en=f"The sex '{sex}' is not known; it must be male or female.",
            )
        if len(months) and int(months[0]) < birth:
            raise InputError(
                "life_table.birth", value=birth, zh="起始月份早于出生月份。", en="The first month lies before birth.",
            )
        age = np.minimum((months - birth) // MONTHS_PER_YEAR, self.last_age)
        year = np.clip((months + 0.5) / MONTHS_PER_YEAR, self.years[0], self.years[-1])
        after = np.clip(np.searchsorted(self.years, year), 1, max(len(self.years) - 1, 1))
        if len(self.years) == 1:
            return np.asarray(table[0, age])
        before = after - 1
        weight = (year - self.years[before]) / (self.years[after] - self.years[before])
        return np.asarray(np.exp((1.0 - weight) * np.log(table[before, age]) + weight * np.log(table[after, age])))

    def survival(self, sex: str, birth: int, first_month: int, months: int) -> Floats:
        """Return the probability of being alive at the start of each month, given alive at the first.

        ``S[0] = 1`` and ``S[t] = S[t-1] · exp(-hazard[t-1] / 12)``.

        Parameters
        ----------
        sex : {"male", "female"}
            Sex.
        birth, first_month : int
            Birth month, and the month in which the person is known to be alive.
        months : int
            Length of the curve [months].

        Returns
        -------
        ndarray
            Survival probabilities [1].
        """
        calendar = first_month + np.arange(months, dtype=np.int64)
        hazard = self.hazard_at(sex, calendar, birth)
        cumulated = np.concatenate(([0.0], np.cumsum(hazard[:-1]))) if months else np.zeros(0)
        return np.asarray(np.exp(-cumulated / MONTHS_PER_YEAR))

    def expectancy(self, sex: str, age: int, year: float) -> float:
        """Return the remaining life expectancy of a period table [years], all rates as of one calendar year."""
        hazard = self._period(sex, year)
        return _expectancy(hazard[min(age, self.last_age):])

    def insured(self, expectancies: Iterable[tuple[str, int, float]], year: float) -> LifeTable:
        """Return the table of insured lives: hazards scaled so that quoted life expectancies are met.

        Only a few expectancies of the insured are public, no rates. For each sex the quoted ages are worked through
        from the oldest down; at each, one factor on all hazards from that age up to the next older quoted age (or
        without end) is found by bracketing so that the expectancy is met. Younger ages keep population rates. The
        factors hold in all periods. Confidence is low.

        Parameters
        ----------
        expectancies : iterable of (str, int, float)
            Sex, age [years] and remaining life expectancy [years].
        year : float
            Calendar year of the quoted table.

        Raises
        ------
        InputError
            If no factor between a hundredth and a hundred meets an expectancy.
        """
        quoted = tuple(expectancies)
        scaled = {sex: np.array(table) for sex, table in self.hazard.items()}
        for sex in scaled:
            until = self.last_age + 1
            for _, age, wanted in sorted((e for e in quoted if e[0] == sex), key=lambda e: -e[1]):
                current = replace(self, hazard=scaled)._period(sex, year)
                factor = _factor(current, age, until, wanted)
                scaled[sex][:, age:until] *= factor
                until = age
        return replace(self, hazard=scaled, name="insured", confidence="low")

    def _period(self, sex: str, year: float) -> Floats:
        """Hazards by age as of one calendar year."""
        logarithms = np.log(self.hazard[sex])
        return np.exp(np.array([np.interp(year, self.years, logarithms[:, age]) for age in range(self.last_age + 1)]))


def _hazard(rows: list[Mapping[str, str]], sex: str) -> list[float]:
    """Hazards by age: ``-ln(1 - q)``, at the last age one over the life expectancy."""
    closed = [float(-np.log1p(-float(row[f"qx_{sex}"]))) for row in rows[:-1]]
    return [*closed, 1.0 / float(rows[-1][f"ex_{sex}"])]


def _expectancy(hazard: Floats) -> float:
    """Life expectancy under hazards by single age, the last one for ever [years]."""
    alive = np.exp(-np.concatenate(([0.0], np.cumsum(hazard[:-1]))))
    lived = alive[:-1] * -np.expm1(-hazard[:-1]) / hazard[:-1]
    return float(lived.sum() + alive[-1] / hazard[-1])


def _factor(hazard: Floats, age: int, until: int, wanted: float) -> float:
    """Factor on the hazards of ages ``age`` to ``until`` (not included) that gives the wanted expectancy at ``age``."""

    from scipy.optimize import brentq  # a third of a second to import, and needed once a process

    def miss(factor: float) -> float:
        scaled = hazard.copy()
        scaled[age:until] *= factor
        return _expectancy(scaled[age:]) - wanted

    if not miss(LEAST_FACTOR) > 0.0 > miss(MOST_FACTOR):
        raise InputError(
            "life_table.expectancy", value=wanted,
            zh=f"{age} 岁的预期余命 {wanted} 年与生命表无法吻合。",
            en=f"No scaling of the life table gives a life expectancy of {wanted} years at age {age}.",
        )
    return float(brentq(miss, LEAST_FACTOR, MOST_FACTOR, xtol=1e-12))


def population_table(law: Law) -> LifeTable:
    """Return the life table of the whole population, as the parameters name it."""
    return _read(str(law.table("national.population.life_table_file")))


def insured_table(law: Law) -> LifeTable:
    """Return the life table of the insured: the population's, scaled to the expectancies quoted for them.

    Confidence is low: only a few expectancies of the table are public. Show both tables' figures side by side.
    """
    quoted = tuple(
        (sex, int(name.split("_")[2]), float(law.number(f"national.population.{name}"))) for sex, name in INSURED
    )
    file = str(law.table("national.population.life_table_file"))
    return _insured(file, quoted, float(law.number("national.population.insured_table_year")))


@lru_cache(maxsize=8)
def _read(file: str) -> LifeTable:
    return LifeTable.from_rows(read_csv(DIRECTORY / "national" / "population" / f"{file}.csv"))


@lru_cache(maxsize=8)
def _insured(file: str, quoted: tuple[tuple[str, int, float], ...], year: float) -> LifeTable:
    return _read(file).insured(quoted, year)


def survival_many(table: LifeTable, sex: str, births: Iterable[int], first_month: int, months: int) -> Floats:
    """Return survival curves [cohorts, months] for several birth months; see :meth:`LifeTable.survival`."""
    return np.array([table.survival(sex, birth, first_month, months) for birth in births])


def deaths(survival: Floats) -> Floats:
    """Return the probability of dying within each month, ``S[t] - S[t+1]`` [1]; the last month takes all the rest."""
    return np.asarray(survival - np.concatenate((survival[..., 1:], np.zeros_like(survival[..., :1])), axis=-1))
