"""What came out beside what was asked: every margin and published figure with its target, difference and source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import log
from typing import Any

import numpy as np
import polars as pl

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.simulation.assumptions import Assumption, Assumptions

Pair = tuple[np.ndarray, np.ndarray]


def margin_codes(frame: pl.DataFrame, assumptions: Assumptions) -> dict[str, np.ndarray]:
    """Return for each raked margin the number of the category each person falls in."""
    codes: dict[str, np.ndarray] = {}
    for name, margin in assumptions.raked.items():
        if name == "age":
            years = (assumptions.as_of - frame["birth"].to_numpy()) // MONTHS_PER_YEAR
            ends = np.array(margin.detail["upper_years"])
            codes[name] = np.minimum(np.searchsorted(ends, years), len(ends) - 1)
        elif name == "income":
            codes[name] = (frame["log_income"].to_numpy() > log(margin.detail["upper_yuan"])).astype(np.int64)
        else:
            codes[name] = frame[name].to_physical().to_numpy().astype(np.int64)
    return codes


def _mean_income(frame: pl.DataFrame, as_of: int) -> Pair:
    return np.exp(frame["log_income"].to_numpy()), np.ones(frame.height)


def _mean_age(frame: pl.DataFrame, as_of: int) -> Pair:
    return (as_of - frame["birth"].to_numpy()) / MONTHS_PER_YEAR, np.ones(frame.height)


def _share_no_pension(frame: pl.DataFrame, as_of: int) -> Pair:
    return (frame["scheme"] == "none").to_numpy().astype(float), np.ones(frame.height)


def _share_employee_scheme(frame: pl.DataFrame, as_of: int) -> Pair:
    return (frame["scheme"] == "employee").to_numpy().astype(float), np.ones(frame.height)


def _share_rural(frame: pl.DataFrame, as_of: int) -> Pair:
    return frame["residence"].is_in(["local_rural", "rural_to_urban"]).to_numpy().astype(float), np.ones(frame.height)


def _share_paid_over_15_years(frame: pl.DataFrame, as_of: int) -> Pair:
    member = (frame["scheme"] == "employee").to_numpy()
    return (member & (frame["months_paid"].to_numpy() > 15 * MONTHS_PER_YEAR)).astype(float), member.astype(float)


FIGURES: dict[str, Callable[[pl.DataFrame, int], Pair]] = {
    "mean_income": _mean_income, "mean_age": _mean_age, "share_no_pension": _share_no_pension,
    "share_employee_scheme": _share_employee_scheme, "share_rural": _share_rural,
    "share_paid_over_15_years": _share_paid_over_15_years,
}


@dataclass(frozen=True)
class Line:
    """One line of the diagnostics: an assumption, a category of it where it has any, the target and what came out."""

    assumption: Assumption
    category: str
    target: float
    achieved: float

    @property
    def difference(self) -> float:
        """What came out less the target."""
        return self.achieved - self.target

    def to_dict(self) -> dict[str, Any]:
        """Return the line as plain data."""
        of = self.assumption
        return {"name": of.name, "category": self.category, "use": of.use, "label_zh": of.label_zh, "label_en": of.label_en,
                "unit": of.unit, "target": self.target, "achieved": self.achieved, "difference": self.difference,
                "population": of.population, "source": of.source, "assumed": of.assumed, "note": of.note}


@dataclass
class Tally:
    """Weighted sums over a population, added up piece by piece so that memory does not grow with the people."""

    assumptions: Assumptions
    rows: int = 0
    weight: float = 0.0
    squared: float = 0.0
    margins: dict[str, np.ndarray] = field(default_factory=dict)
    figures: dict[str, np.ndarray] = field(default_factory=dict)

    def add(self, frame: pl.DataFrame) -> None:
        """Add the people of one piece."""
        weight = frame["weight"].to_numpy()
        self.rows += frame.height
        self.weight += float(weight.sum())
        self.squared += float(np.dot(weight, weight))
        for name, codes in margin_codes(frame, self.assumptions).items():
            size = len(self.assumptions.raked[name].categories)
            self.margins[name] = self.margins.get(name, np.zeros(size)) + np.bincount(codes, weight, size)
        for name, entry in self.assumptions.compared.items():
            upper, lower = FIGURES[entry.detail.get("figure", name)](frame, self.assumptions.as_of)
            sums = np.array([np.dot(upper, weight), np.dot(lower, weight)])
            self.figures[name] = self.figures.get(name, np.zeros(2)) + sums

    @property
    def effective(self) -> float:
        """Kish's effective number of people: (Σw)² / Σw², what equal weights of the same precision would need."""
        return self.weight**2 / self.squared if self.squared else 0.0

    def lines(self) -> list[Line]:
        """Return the table of diagnostics: total, margins, then figures only compared."""
        known = self.assumptions
        made = [Line(known.people, "", float(known.people.value), self.weight)]
        for name, margin in known.raked.items():
            achieved = self.margins[name] / self.weight
            made += [Line(margin, category, float(target), float(got))
                     for category, target, got in zip(margin.categories, margin.shares, achieved, strict=True)]
        for name, entry in known.compared.items():
            upper, lower = self.figures[name]
            made.append(Line(entry, "", float(entry.value), float(upper / lower) if lower else float("nan")))
        return made
