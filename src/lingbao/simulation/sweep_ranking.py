"""What a sweep found: one row a reform, ranked, with the Pareto front and where each reform stands.

Five aims are weighed, none against another by a price; the first three make the front:

=============================  ======================================================================================
``coverage_gained``            share of flexible workers who pay in a year, reform less baseline, mean of the years [more]
``fund_effect_per_joiner``     present value of the change of the employee fund, what is owed at the end of the run taken
                               off, for each who joins [more]
``joiner_pension_ratio``       first pension of those who join, of either scheme, over the average wage then [more]
``lost_by_switching``          what those who switch down pay less, over all own contributions before [less]
``redistribution``             mean gain of the two lower fifths of income less that of the two upper ones [more]
=============================  ======================================================================================

Joins who pays at least a year more than under the baseline. A reform is on the front if none is at least as good in all three and
better in one (what is lost by switching is in the effect on the fund already). Reforms are ranked by layers of fronts,
within a layer by the mean of their places in the five aims.

Designs of a fixed amount are combinations of the rows of the paper's table 2. :func:`by_choice` says what each choice in a
row brings: the mean of every figure over the designs that share it, and that mean less the mean of all (its main effect).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from lingbao.law.month import year_of
from lingbao.simulation.fund_accounts import BENEFITS, CONTRIBUTIONS
from lingbao.simulation.layout import MONEY_FLOWS, Flow
from lingbao.simulation.plan import Plan
from lingbao.simulation.sums import Sums
from lingbao.simulation.sweep import FEN, GROUPS, PAIRS, Sweep

Floats = npt.NDArray[np.float64]
AIMS = {"coverage_gained": 1.0, "fund_effect_per_joiner": 1.0, "joiner_pension_ratio": 1.0, "lost_by_switching": -1.0, "redistribution": 1.0}
"""Figures that are weighed, and whether more (1) or less (-1) of them is better."""
OF_THE_FRONT = 3
"""The first so many of the aims decide on the front."""
LOWER, UPPER = slice(0, 2), slice(3, 5)
OWN_CHOICE = "F3"
"""The design that the fixed-amount paper itself chooses; it repeats a combination of the 324."""
NOT_FIGURES = ("rank", "design", "layer", "mean_place", "title_zh", "title_en")


def sweep_table(sweep: Sweep, sums: Sums, rate: float) -> pl.DataFrame:
    """Return the ranked table of a sweep.

    Parameters
    ----------
    sweep : Sweep
    sums : Sums
        What :func:`lingbao.simulation.sweep.run_sweep` returned.
    rate : float
        Nominal yearly rate at which flows of the fund are discounted [fraction].

    Returns
    -------
    DataFrame
        One row a reform, best first: ``rank``, ``layer`` (1 is the front), ``design``, titles, the five aims with the standard
        errors of those that come from single people, and what they are made of.
    """
    unit = sweep.base.people.weight_unit
    fund = sums.values("fund") * unit
    fund[:, :, :MONEY_FLOWS] /= FEN
    pairs = sums.values("pairs") * unit
    rows = []
    for number, entry in enumerate(sweep.entries):
        person = _persons(pairs[number])
        row: dict[str, Any] = {"design": entry.id, "title_zh": entry.title_zh, "title_en": entry.title_en}
        row |= _fund(sweep.base, entry.since, fund[0], fund[number + 1], rate) | person
        joiners = float(pairs[number, :, :, PAIRS.index("joins")].sum())
        row |= {"joiners": joiners, "fund_effect_per_joiner": row["fund_effect"] / joiners if joiners > 0.0 else float("nan")}
        rows.append(row)
    return ranked(pl.DataFrame(rows, infer_schema_length=None))


def _fund(plan: Plan, since: int, before: Floats, after: Floats, rate: float) -> dict[str, float]:
    """Figures from the accounts of everyone, cohorts to come included."""
    change = after - before
    holds = np.arange(plan.years) >= max(year_of(since) - year_of(plan.first), 0)
    paying = after[:, Flow.PAYERS] / after[:, Flow.POPULATION] - before[:, Flow.PAYERS] / before[:, Flow.POPULATION]
    discount = (1.0 + rate) ** -(np.arange(plan.years) + 0.5)
    balance = _added(change, CONTRIBUTIONS) - _added(change, BENEFITS) - change[:, Flow.CONVERTED]
    flows = float(balance @ discount)
    owed = float((change[-1, Flow.ACCOUNT_STOCK] + change[-1, Flow.ACCRUED_RIGHTS_STOCK]) * (1.0 + rate) ** -plan.years)
    return {
        "coverage_gained": float(paying[holds].mean()) if holds.any() else 0.0,
        "payer_years_gained": float((after - before)[:, Flow.PAYERS].sum()), "fund_flows": flows, "fund_owed": owed, "fund_effect": flows - owed,
    }


def _added(change: Floats, names: Iterable[str]) -> Floats:
    return np.asarray(sum(change[:, Flow[name.upper()]] for name in names))


def _persons(pairs: Floats) -> dict[str, float]:
    """Figures from people beside themselves, with standard errors by leaving out one random group after another."""
    whole = _figures(pairs.sum(axis=0))
    if not (pairs[:, :, 0].sum(axis=1) > 0.0).all():
        return whole | {f"{name}_error": float("nan") for name in whole}
    left_out = [_figures(pairs.sum(axis=0) - group) for group in pairs]
    errors = {}
    for name in whole:
        values = np.array([each[name] for each in left_out])
        errors[f"{name}_error"] = float(np.sqrt((GROUPS - 1) / GROUPS * ((values - values.mean()) ** 2).sum()))
    return whole | errors


def _figures(pairs: Floats) -> dict[str, float]:
    """Figures of people [fifths, PAIRS]."""
    total = dict(zip(PAIRS, pairs.sum(axis=0).tolist(), strict=True))
    fifths = {name: pairs[:, PAIRS.index(name)] for name in ("persons", "gain")}

    def over(part: float, whole: float) -> float:
        return part / whole if whole > 0.0 else float("nan")

    def mean_gain(which: slice) -> float:
        return over(fifths["gain"][which].sum() / FEN, fifths["persons"][which].sum())

    return {
        "ever_paying_gained": over(total["paid_after"] - total["paid_before"], total["persons"]),
        "joins_share": over(total["joins"], total["persons"]), "stays_away_share": over(total["stays_away"], total["persons"]),
        "takes_fixed_share": over(total["takes_fixed"], total["persons"]),
        "switches_down_share": over(total["switches_down"], total["paid_before"]),
        "arbitrage_share": over(total["arbitrage"], total["paid_before"]),
        "lost_by_switching": over(total["lost"], total["own_before"]),
        "own_contributions_change": over(total["own_after"] - total["own_before"], total["own_before"]),
        "joiners_drawing": over(total["draws_after"], total["joins"]),
        "joiners_in_employee_scheme": over(total["draws_employee"], total["draws_after"]),
        "joiner_pension_ratio": over(total["pension_after"], total["wage_after"]),
        "joiner_pension_ratio_before": over(total["pension_before"], total["wage_before"]),
        "mean_gain": over(total["gain"] / FEN, total["persons"]),
        "redistribution": mean_gain(LOWER) - mean_gain(UPPER),
    }


def ranked(table: pl.DataFrame) -> pl.DataFrame:
    """Return a table of reforms with ``rank`` and ``layer``, best first; an aim without a figure counts as the worst."""
    goods = np.stack([np.nan_to_num(sign * table[name].to_numpy().astype(float), nan=-np.inf) for name, sign in AIMS.items()], axis=1)
    places = np.stack([(column[:, None] < column[None, :]).sum(axis=1) for column in goods.T], axis=1) + 1
    columns = [pl.Series("layer", layers(goods[:, :OF_THE_FRONT])), pl.Series("mean_place", places.mean(axis=1)),
               *(pl.Series(f"place_{name}", places[:, column]) for column, name in enumerate(AIMS))]
    first = ("rank", "design", "layer", "mean_place", *AIMS)
    return (
        table.with_columns(columns).sort("layer", "mean_place", "design").with_row_index("rank", 1)
        .with_columns(pl.col("rank").cast(pl.Int64)).select(*first, pl.exclude(first))
    )


def layers(goods: Floats) -> npt.NDArray[np.int64]:
    """Return for each row of ``goods`` (more is better) its layer: 1 the Pareto front, 2 the front without the first, and so on."""
    at_least = (goods[:, None, :] >= goods[None, :, :]).all(axis=2)
    better: npt.NDArray[np.bool_] = np.asarray(at_least & (goods[:, None, :] > goods[None, :, :]).any(axis=2))
    found = np.zeros(len(goods), np.int64)
    number = 0
    while (found == 0).any():
        number += 1
        open_ = found == 0
        beaten = better[open_].any(axis=0)
        found[open_ & ~beaten] = number
    return found


def by_choice(table: pl.DataFrame, choices: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """Return the mean of every figure over the designs that share a choice in a row of table 2.

    Over all 324 designs every choice of one row meets every combination of the others equally often, so what the other
    rows do drops out of the difference of two means.

    Parameters
    ----------
    table : DataFrame
        Of :func:`sweep_table`.
    choices : mapping
        What each design chooses: the name of each row, and the choice. Reforms of another kind choose nothing and are left
        out; so is the paper's own choice, which would count twice.

    Returns
    -------
    DataFrame
        One row a choice, for each row of the table in which the designs differ: ``choice`` (the row), ``level`` (row and
        choice, joined by a point), ``designs`` (how many share it), then every figure, and for each of the aims
        ``<aim>_effect``: its mean less the mean of all designs. Designs without a figure are left out of its mean.
    """
    designs = {name: dict(rows) for name, rows in choices.items() if rows and name != OWN_CHOICE}
    figures = [name for name, kind in table.schema.items() if kind.is_numeric() and name not in NOT_FIGURES and not name.startswith("place_") and not name.endswith("_error")]
    known = table.filter(pl.col("design").is_in(list(designs))).with_columns(pl.col(figures).cast(pl.Float64).fill_nan(None))
    whole = {name: known[name].mean() for name in AIMS}
    parts = []
    for row in dict.fromkeys(row for rows in designs.values() for row in rows):
        levels = list(dict.fromkeys(rows[row] for rows in designs.values() if row in rows))
        for level in levels if len(levels) > 1 else ():
            sharing = known.filter(pl.col("design").is_in([name for name, rows in designs.items() if rows.get(row) == level]))
            parts.append(sharing.select(
                pl.lit(row).alias("choice"), pl.lit(f"{row}.{level}").alias("level"), pl.lit(sharing.height).alias("designs"),
                *(pl.col(name).mean() for name in figures), *((pl.col(name).mean() - pl.lit(whole[name])).alias(f"{name}_effect") for name in AIMS)))
    empty = pl.DataFrame(schema={"choice": pl.String, "level": pl.String, "designs": pl.Int32} | dict.fromkeys([*figures, *(f"{name}_effect" for name in AIMS)], pl.Float64))
    return pl.concat([empty, *parts]) if parts else empty


def choices_of(sweep: Sweep) -> dict[str, dict[str, str]]:
    """Return what each reform of a sweep chooses in the rows of table 2."""
    return {entry.id: entry.choices for entry in sweep.entries}
