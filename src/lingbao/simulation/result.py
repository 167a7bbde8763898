"""What a run found, as tables; numbers of people are persons, money is yuan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from lingbao.law.month import year_of
from lingbao.simulation.declaration import BY_AMOUNT, CHOICES, FIRST_FEE, FIRST_TIER
from lingbao.simulation.layout import AGE_BANDS, MONEY_FLOWS, RATES_OF_RETURN, Count, Flow, Outcome, Start
from lingbao.simulation.plan import RATES, VALUATION, Plan
from lingbao.simulation.program import program
from lingbao.simulation.schema import KINDS, PROVINCES, RESIDENCES, SCHEMES, SEXES
from lingbao.simulation.sums import Sums

FEN = 100.0
RHYTHMS_OF_TABLE = (0, 1, 3, 6, 12)
AGES = ("16-24", *(f"{low}-{high - 1}" for low, high in pairwise(AGE_BANDS)), f"{AGE_BANDS[-1]}+")
YUAN_COUNTS = (Count.INCOME, Count.OWN_CONTRIBUTIONS, Count.PENSION, Count.RESIDENT_PENSION)
FIXED = "fixed"


@dataclass(frozen=True)
class Result:
    """Tables of a run; see the method note for what each item means.

    Attributes
    ----------
    plan : Plan
    sums : Sums
        Exact sums, the same bits on any machine.
    """

    plan: Plan
    sums: Sums

    @property
    def manifest(self) -> dict[str, Any]:
        """What was run, as plain data."""
        plan = self.plan
        return {
            "law": plan.law_hash, "reform": plan.reform_id, "reform_hash": plan.reform_hash, "plan": plan.hash,
            "program": program(), "projection": plan.projection, "first_year": year_of(plan.first), "years": plan.years,
            "people": plan.size, "cohorts_to_come": plan.people.entrants, "seed": plan.seed,
            "stood_in": list(plan.stood_in), "sums": self.sums.digest(),
        }

    @property
    def years(self) -> np.ndarray:
        """Calendar years of the run."""
        return year_of(self.plan.first) + np.arange(self.plan.years)

    @cached_property
    def fund(self) -> pl.DataFrame:
        """Flows and stocks: year, province (``CN`` for all), item, value [yuan; persons or months for counts]."""
        values = self.sums.values("fund") * self.plan.people.weight_unit
        values[:, :, :MONEY_FLOWS] /= FEN
        whole = np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)
        items = [flow.name.lower() for flow in Flow]
        return _long(whole, {"year": self.years.tolist(), "province": [*PROVINCES, "CN"], "item": items}, "value")

    @cached_property
    def people(self) -> pl.DataFrame:
        """Measures by year and group: sex, residence, kind, fifth of income, age band [persons, yuan, months]."""
        values = self.sums.values("people") * self.plan.people.weight_unit
        values[:, :, list(YUAN_COUNTS)] /= FEN
        shape = (self.plan.years, len(SEXES), len(RESIDENCES), len(KINDS), 5, len(AGES), len(Count))
        axes = {
            "year": self.years.tolist(), "sex": list(SEXES), "residence": list(RESIDENCES), "kind": list(KINDS),
            "income_fifth": [1, 2, 3, 4, 5], "age_band": list(AGES), "measure": [count.name.lower() for count in Count],
        }
        return _long(values.reshape(shape), axes, "value").filter(pl.col("value") != 0.0)

    @cached_property
    def choices(self) -> pl.DataFrame:
        """What people declared: year, scheme, tier, rhythm in months (0 none), persons."""
        values = self.sums.values("choices") * self.plan.people.weight_unit
        axes = {"year": self.years.tolist(), "choice": list(range(CHOICES)), "rhythm": list(RHYTHMS_OF_TABLE)}
        table = _long(values, axes, "persons").filter(pl.col("persons") != 0.0)
        schemes = [self._scheme(column) for column in range(CHOICES)]
        return table.with_columns(
            scheme=pl.col("choice").replace_strict({c: s for c, (s, _) in enumerate(schemes)}),
            tier=pl.col("choice").replace_strict({c: t for c, (_, t) in enumerate(schemes)}),
        ).select("year", "scheme", "tier", "rhythm", "persons")

    def _scheme(self, column: int) -> tuple[str, str]:
        if column == BY_AMOUNT:
            return FIXED, "amount"
        if column >= FIRST_TIER:
            ratio = float(self.plan.tables["tiers"][column - FIRST_TIER])
            return "employee", "lowest" if ratio == 0.0 else f"{ratio:g}"
        if column >= FIRST_FEE:
            return "resident", f"fee {column - FIRST_FEE + 1}"
        return "none", ""

    @cached_property
    def persons(self) -> pl.DataFrame:
        """One row a person kept; columns are described in the method note."""
        rows = self.sums.rows
        width = len(Start)
        start = {column: rows[:, column] for column in Start} if len(rows) else {column: np.zeros(0) for column in Start}
        end = {q: rows[:, width + q] for q in range(rows.shape[1] - width)} if len(rows) else {
            q: np.zeros(0) for q in range(Outcome.DRAWN_AT_RATE + RATES_OF_RETURN)}
        claimed = end[Outcome.CLAIM_MONTH]
        scheme = end[Outcome.SCHEME_LAST].astype(int)
        paid = np.array([end[Outcome.PAID_AT_RATE + q] for q in range(RATES_OF_RETURN)])
        drawn = np.array([end[Outcome.DRAWN_AT_RATE + q] for q in range(RATES_OF_RETURN)])
        income = end[Outcome.INCOME_AT_CLAIM]
        return pl.DataFrame({
            "id": self.sums.ids, "weight": start[Start.WEIGHT] * self.plan.people.weight_unit,
            "birth": start[Start.BIRTH].astype(np.int64), "sex": _words(SEXES, start[Start.SEX]),
            "residence": _words(RESIDENCES, start[Start.RESIDENCE]), "kind": _words(KINDS, start[Start.KIND]),
            "province": _words(PROVINCES, end[Outcome.PROVINCE]), "income": start[Start.INCOME],
            "income_fifth": start[Start.FIFTH].astype(np.int64) + 1, "scheme_last": _words((*SCHEMES, FIXED), scheme),
            "months_paid": end[Outcome.MONTHS_PAID], "fixed_months": end[Outcome.FIXED_MONTHS],
            "stopped_months": end[Outcome.STOPPED_MONTHS], "ever_stopped": end[Outcome.SPELLS_STOPPED] > 0.0,
            "spells_stopped": end[Outcome.SPELLS_STOPPED].astype(np.int64), "own_paid": end[Outcome.OWN_PAID],
            "subsidies": end[Outcome.SUBSIDIES], "employer_paid": end[Outcome.EMPLOYER_PAID],
            "resident_paid": end[Outcome.RESIDENT_PAID], "claim_month": claimed.astype(np.int64),
            "pension_scheme": [
                "none" if month == 0.0 else "resident" if resident == 1.0 else "employee"
                for month, resident in zip(claimed, end[Outcome.FROM_RESIDENT], strict=True)
            ],
            "pension_first": end[Outcome.PENSION_FIRST], "wage_at_claim": end[Outcome.WAGE_AT_CLAIM],
            "death_month": end[Outcome.DEATH_MONTH].astype(np.int64), "benefits": end[Outcome.BENEFITS],
            "rights_left": end[Outcome.RIGHTS_LEFT], "pv_own": paid[VALUATION], "pv_benefits": drawn[VALUATION],
            "irr": rate_of_return(paid, drawn),
            "replacement_rate": np.where((claimed > 0.0) & (income > 0.0), end[Outcome.PENSION_FIRST] / np.maximum(income, 1.0), np.nan),
        })


def rate_of_return(paid: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return for each life the real yearly rate at which what was drawn is worth what was paid; NaN if there is none.

    Net present values are known on a grid of rates [RATES, lives]; the rate is where the straight line between the two
    grid points of opposite sign crosses zero. Outside the grid there is no answer.
    """
    net = drawn - paid
    found = np.full(net.shape[1], np.nan)
    for q in range(len(RATES) - 1):
        above, below = net[q], net[q + 1]
        crosses = np.isnan(found) & (above > 0.0) & (below <= 0.0) & (paid[0] > 0.0)
        step = (RATES[q + 1] - RATES[q]) * above / np.where(above - below == 0.0, 1.0, above - below)
        found = np.where(crosses, RATES[q] + step, found)
    return found


def _words(words: tuple[str, ...], numbers: np.ndarray) -> list[str]:
    return np.asarray(words, object)[np.asarray(numbers, int)].tolist()


def _long(values: np.ndarray, axes: dict[str, list[Any]], name: str) -> pl.DataFrame:
    """Return an array as a table with one row an entry."""
    grid = np.indices(values.shape).reshape(values.ndim, -1)
    columns: dict[str, Any] = {}
    for (axis, labels), index in zip(axes.items(), grid, strict=True):
        made = pl.Series(axis, labels)
        columns[axis] = made.gather(index)
    columns[name] = values.reshape(-1)
    return pl.DataFrame(columns)
