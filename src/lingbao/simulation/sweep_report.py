"""The output folder of a sweep: the ranked table, its Pareto front drawn, and how it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from lingbao.law.month import year_of
from lingbao.simulation.program import program
from lingbao.simulation.report import write_folder
from lingbao.simulation.report_charts import Chart
from lingbao.simulation.report_sections import Section
from lingbao.simulation.sums import Sums
from lingbao.simulation.sweep import Sweep
from lingbao.simulation.sweep_ranking import AIMS

FRONT, BEHIND = "on_the_front", "behind_the_front"
BEST_SHOWN = 30
OWN_CHOICE = "F3"
"""The design that the fixed-amount paper itself chooses; shown wherever it stands."""


def manifest_of(sweep: Sweep, sums: Sums, rate: float) -> dict[str, Any]:
    """Return what was swept, as plain data."""
    base = sweep.base
    return {
        "law": base.law_hash, "reform": f"{len(sweep.entries)} reforms", "reform_hash": sweep.hash, "plan": base.hash, "program": program(),
        "projection": base.projection, "first_year": year_of(base.first), "years": base.years, "people": base.size,
        "cohorts_to_come": base.people.entrants, "seed": base.seed, "discount_rate": rate, "sums": sums.digest(),
    }


def sections_of(table: pl.DataFrame) -> list[Section]:
    """Return the sections of a sweep's report."""
    drawn = _drawn(table)
    narrow = table.select("rank", "design", "layer", "title_zh", "title_en", *AIMS)
    best = pl.concat([narrow.head(BEST_SHOWN), narrow.filter((pl.col("design") == OWN_CHOICE) & (pl.col("rank") > BEST_SHOWN))])
    errors = [name for name in table.columns if name.endswith("_error")]
    return [
        Section("ranking", "方案排序", "The reforms, ranked",
                f"按帕累托层次（前三项目标）、层内按五项目标的平均名次排序，列前 {BEST_SHOWN} 名；论文自选方案（F3）无论名次均列出。目标：新增缴费覆盖、每新增一人（至少多缴一年）的基金影响"
                "（已减期末负债）、这些人养老金与工资之比、降档流失（越少越好）、再分配。",
                f"By layers of Pareto fronts in the first three aims, then by the mean place in all five; the first {BEST_SHOWN}, and the paper's own choice (F3) wherever "
                "it stands. Aims: coverage gained, effect on the fund for each joiner (who pays at least a year more) with what is owed at the end taken off, "
                "first pension of joiners over the wage, contributions lost by switching down (less is better), redistribution.", best),
        Section("front", "覆盖与基金：帕累托前沿", "Coverage and the fund: the Pareto front",
                "每点是一个方案；前沿上的方案，没有别的方案在覆盖、基金、养老金三项上都不差且至少一项更好。", "Each point is a reform. Of one on the front no other is at least as good in "
                "coverage, fund and pension and better in one.", drawn, Chart("points", "coverage_gained", ("fund_effect_per_joiner",), "place")),
        Section("front_pension", "养老金与降档流失", "Pensions of joiners and contributions lost", "同上，另两项目标。", "The same reforms by two other aims.",
                drawn.select("design", "place", "lost_by_switching", "joiner_pension_ratio"),
                Chart("points", "lost_by_switching", ("joiner_pension_ratio",), "place")),
        Section("all", "全部方案", "All reforms", "标准误按十个随机组的刀切法。", "Standard errors by leaving out one of ten random groups of people at a time.",
                table.select(pl.exclude(errors), *errors)),
    ]


def _drawn(table: pl.DataFrame) -> pl.DataFrame:
    """Return what is drawn: where each reform stands, the paper's own choice by name."""
    place = (pl.when(pl.col("design") == OWN_CHOICE).then(pl.lit(OWN_CHOICE)).when(pl.col("layer") == 1).then(pl.lit(FRONT)).otherwise(pl.lit(BEHIND)))
    return table.select("design", place.alias("place"), *AIMS).sort("place")


def write_sweep(sweep: Sweep, sums: Sums, table: pl.DataFrame, rate: float, folder: Path) -> Path:
    """Write the output folder of a sweep: ``sweep.parquet``, tables, workbooks and reports as a run has them.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    return write_folder(folder, "sweep", manifest_of(sweep, sums, rate), {"sweep": table}, sections_of(table))
