"""People as the simulation kernel begins with them: those of today, drawn or from a file, and the cohorts to come."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lingbao.law.month import MONTHS_PER_YEAR, year_of
from lingbao.simulation.assumptions import Assumptions
from lingbao.simulation.behaviour import Behaviour
from lingbao.simulation.layout import Start
from lingbao.simulation.people import PYRAMID, Recipe
from lingbao.simulation.population import Population
from lingbao.simulation.schema import KNOWLEDGE, OLD_AGE_VIEWS, SCHEMES
from lingbao.simulation.streams import NO_MONTH, Purpose, uniforms

Floats = npt.NDArray[np.float64]
WEIGHT_UNITS = 10_000
"""Weight units of a person of mean weight: weights are kept as whole numbers, to a hundredth of a percent."""
ENTRANTS_FROM = 2**41
"""Number of the first person of the cohorts to come; nobody of today has so high a number."""
SELF = OLD_AGE_VIEWS.index("self")
NONE = SCHEMES.index("none")


@dataclass(frozen=True)
class People:
    """Everyone of a run: a synthetic population with its cohorts to come, or a person file.

    Attributes
    ----------
    today, entrants : int
        Numbers of people of today and of the cohorts to come.
    weight_unit : float
        Persons that one weight unit stands for.
    """

    population: Population | None
    file: pl.DataFrame | None
    today: int
    entrants: int
    weight_unit: float
    first: int
    years: int
    resident_fee: float
    entry_ages: tuple[float, float]
    fifths: Floats
    claims: npt.NDArray[np.int64]
    earliest_birth: int
    cohorts: Floats

    @property
    def size(self) -> int:
        """People in all."""
        return self.today + self.entrants

    def start(self, first: int, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return numbers and starting values of people ``first`` to ``first + count - 1`` of the run."""
        parts = []
        if first < self.today:
            n = min(count, self.today - first)
            parts.append(self._of_today(first, n))
        if first + count > self.today:
            begin = max(first - self.today, 0)
            parts.append(self._to_come(begin, first + count - self.today - begin))
        ids = np.concatenate([part[0] for part in parts])
        return ids, np.vstack([part[1] for part in parts])

    def _of_today(self, first: int, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
        if self.file is not None:
            frame = self.file.slice(first, count)
            made: dict[str, Any] = {
                name: (frame[name].to_physical() if isinstance(frame[name].dtype, pl.Enum) else frame[name]).to_numpy()
                for name in frame.columns
            }
            weight = np.rint(made["weight"] / self.weight_unit)
            ids = made["id"].astype(np.int64)
        else:
            assert self.population is not None
            made = self.population.recipe.people(self.population.seed, first, count)
            weight = np.rint(WEIGHT_UNITS * relative_weights(self.population, made))
            ids = np.arange(first, first + count, dtype=np.int64)
        rows = self._common(made, count)
        months = made["months_paid"].astype(float)
        rows[:, Start.MONTHS] = months
        rows[:, Start.INDEX] = np.nan_to_num(made["mean_index"])
        rows[:, Start.ACCOUNT] = made["account"]
        rows[:, Start.SCHEME] = made["scheme"]
        rows[:, Start.RESIDENT_YEARS] = made["resident_years"]
        rows[:, Start.RESIDENT_ACCOUNT] = made["resident_years"] * self.resident_fee
        rows[:, Start.ENTRY] = self.first - 1
        rows[:, Start.WEIGHT] = np.maximum(weight, 1.0)
        return ids, rows

    def _to_come(self, begin: int, count: int) -> tuple[npt.NDArray[np.int64], Floats]:
        """People who enter flexible work in a later year: the same mix, young, without a history."""
        assert self.population is not None
        ids = ENTRANTS_FROM + np.arange(begin, begin + count, dtype=np.int64)
        made = self.population.recipe.people(self.population.seed, ENTRANTS_FROM + begin, count)
        year = 1 + (np.arange(begin, begin + count) % max(self.years - 1, 1))
        youngest, oldest = self.entry_ages
        age = youngest + (oldest - youngest) * uniforms(self.population.seed, ids, NO_MONTH, Purpose.ENTRY)
        entry = self.first + year * MONTHS_PER_YEAR
        made["birth"] = entry - np.floor(age * MONTHS_PER_YEAR).astype(np.int64)
        rows = self._common(made, count)
        rows[:, Start.ENTRY] = entry
        rows[:, Start.SCHEME] = NONE
        rows[:, Start.WEIGHT] = np.maximum(np.rint(WEIGHT_UNITS * self.cohorts[year]), 1.0)
        return ids, rows

    def _common(self, made: dict[str, Any], count: int) -> Floats:
        rows = np.zeros((count, len(Start)))
        birth = made["birth"].astype(np.int64)
        sex = made["sex"].astype(np.int64)
        rows[:, Start.BIRTH] = birth
        rows[:, Start.SEX] = sex
        rows[:, Start.RESIDENCE] = made["residence"]
        rows[:, Start.KIND] = made["kind"]
        rows[:, Start.HOME] = made["home"]
        rows[:, Start.WORK] = made["work"]
        rows[:, Start.INCOME] = np.exp(made["log_income"])
        rows[:, Start.VOLATILITY] = made["volatility"]
        rows[:, Start.KNOWLEDGE] = np.asarray(made["knowledge"], float) / (len(KNOWLEDGE) - 1)
        rows[:, Start.SELF_RELIANT] = np.asarray(made["old_age_view"]) == SELF
        column = np.clip(birth - self.earliest_birth, 0, self.claims.shape[2] - 1)
        rows[:, Start.CLAIM] = np.maximum(self.claims[0, sex, column], self.first)
        rows[:, Start.MINIMUM] = self.claims[1, sex, column]
        rows[:, Start.RESIDENT_CLAIM] = np.maximum(self.claims[2, sex, column], self.first)
        rows[:, Start.FIFTH] = np.searchsorted(self.fifths, made["log_income"])
        return rows


def relative_weights(population: Population, made: dict[str, Any]) -> Floats:
    """Return the raked weights of people over the mean weight."""
    assumptions = population.recipe.assumptions
    weight = np.ones(len(made["id"]))
    for (name, margin), factor in zip(assumptions.raked.items(), population.raked.factors, strict=True):
        weight = weight * factor[codes_of(assumptions, name, margin, made)]
    return weight


def codes_of(assumptions: Assumptions, name: str, margin: Any, made: dict[str, Any]) -> npt.NDArray[np.int64]:
    """Return in which category of a raked margin each person falls, from categories as numbers."""
    if name == "age":
        ends = np.array(margin.detail["upper_years"])
        years = (assumptions.as_of - made["birth"]) // MONTHS_PER_YEAR
        return np.asarray(np.minimum(np.searchsorted(ends, years), len(ends) - 1))
    if name == "income":
        return (made["log_income"] > log(margin.detail["upper_yuan"])).astype(np.int64)
    return np.asarray(made[name], np.int64)


def cohort_sizes(recipe: Recipe, first: int, years: int) -> Floats:
    """Return by year of the run the size of the cohort that enters, over the mean cohort of today's population.

    Cohorts follow the young people of the national projection: those of 15 to 19 in the year, over the mean five-year
    group of the ages included today. The share of a cohort that works flexibly is taken to stay.
    """
    with PYRAMID.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    counts: dict[int, dict[int, float]] = {}
    for row in rows:
        start = int(row["age_group"].split("-")[0].rstrip("+"))
        counts.setdefault(int(row["year"]), {})[start] = float(row["male_thousand"]) + float(row["female_thousand"])
    low, high = (int(age) for age in recipe.assumptions.drawn["age_limits"].value)
    today = counts[int(recipe.assumptions.number("pyramid_year"))]
    groups = [number for start, number in today.items() if low <= start < high]
    known = sorted(counts)
    young = np.array([counts[year][15] for year in known])
    wanted = year_of(first) + np.arange(years)
    return np.asarray(np.interp(wanted, known, young) / np.mean(groups))


def people_of(
    size: int, seed: int, first: int, years: int, behaviour: Behaviour, claims: Any, entrants: bool = True,
    file: Path | None = None,
) -> People:
    """Prepare everyone of a run.

    Parameters
    ----------
    size : int
        People of today who are simulated; ignored with a file.
    entrants : bool
        Whether later cohorts enter; a file has none.
    claims : callable
        Returns the claim tables for a range of birth months.
    """
    if file is not None:
        from lingbao.simulation.person_file import read_people

        frame = read_people(file)
        total, rows = float(frame["weight"].sum()), frame.height
        fifths = weighted_quantiles(frame["log_income"].to_numpy(), frame["weight"].to_numpy())
        births = frame["birth"].to_numpy()
        earliest = int(births.min())
        return People(
            None, frame, rows, 0, total / rows / WEIGHT_UNITS, first, years, behaviour.number("resident_fee_so_far"),
            (0.0, 0.0), fifths, claims(earliest, int(births.max())), earliest, np.zeros(0),
        )
    population = Population.of(size, seed)
    recipe = population.recipe
    low, high = (int(age) for age in recipe.assumptions.drawn["age_limits"].value)
    span = high - low
    coming = round(size * (years - 1) / span) if entrants else 0
    earliest = recipe.assumptions.as_of - high * MONTHS_PER_YEAR - 1
    latest = first + years * MONTHS_PER_YEAR - low * MONTHS_PER_YEAR
    made = recipe.people(seed, 0, min(size, 65_536))
    fifths = weighted_quantiles(made["log_income"], relative_weights(population, made))
    ages = behaviour.numbers["entry_age"]
    return People(
        population, None, size, coming, float(recipe.assumptions.people.value) / size / WEIGHT_UNITS, first, years,
        behaviour.number("resident_fee_so_far"), (float(ages[0]), float(ages[1])), fifths, claims(earliest, latest),
        earliest, cohort_sizes(recipe, first, years),
    )


def weighted_quantiles(values: Any, weights: Any) -> Floats:
    """Return the four values that part people into fifths."""
    order = np.argsort(values)
    shares = np.cumsum(np.asarray(weights)[order])
    shares = shares / shares[-1]
    return np.asarray(np.asarray(values)[order][np.searchsorted(shares, (0.2, 0.4, 0.6, 0.8))])
