"""The output folder of a sweep: the ranked table, its Pareto front drawn, what each choice brings, and how it was made."""

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
from lingbao.simulation.sweep_ranking import AIMS, OWN_CHOICE, by_choice, choices_of

FRONT, BEHIND = "on_the_front", "behind_the_front"
BEST_SHOWN = 30
TITLES = ("title_zh", "title_en")


def manifest_of(sweep: Sweep, sums: Sums, rate: float) -> dict[str, Any]:
    """Return what was swept, as plain data."""
    base = sweep.base
    return {
        "law": base.law_hash, "reforms": len(sweep.entries), "reform_hash": sweep.hash, "plan": base.hash, "program": program(),
        "projection": base.projection, "first_year": year_of(base.first), "years": base.years, "people": base.size,
        "cohorts_to_come": base.people.entrants, "seed": base.seed, "discount_rate": rate, "sums": sums.digest(),
    }


def sections_of(table: pl.DataFrame, means: pl.DataFrame) -> list[Section]:
    """Return the sections of a sweep's report.

    Parameters
    ----------
    table, means : DataFrame
        Of :func:`lingbao.simulation.sweep_ranking.sweep_table` and :func:`~lingbao.simulation.sweep_ranking.by_choice`.
    """
    drawn = _drawn(table)
    narrow = table.select("rank", "design", "layer", *AIMS, *TITLES)
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
        *_choices(means),
        Section("all", "全部方案", "All reforms", "标准误按十个随机组的刀切法。", "Standard errors by leaving out one of ten random groups of people at a time.",
                table.select(pl.exclude(*errors, *TITLES), *errors, *TITLES)),
    ]


def _choices(means: pl.DataFrame) -> list[Section]:
    """What each choice in a row of table 2 brings; nothing where the reforms do not differ in any."""
    if not means.height:
        return []
    effects = means.select("choice", "level", "designs", *(f"{name}_effect" for name in AIMS))
    return [
        Section("by_choice", "表 2 各行的选择带来什么：均值", "What each choice of table 2 brings: means",
                "每一行是选了同一项的全部方案的均值；论文自选方案（F3）与其中一个组合相同，不重复计入。",
                "Each line is the mean over the designs that share a choice; the paper's own choice (F3) repeats one of the combinations and is left out.",
                means.select(pl.exclude([f"{name}_effect" for name in AIMS]))),
        Section("main_effects", "表 2 各行的主效应", "Main effects of the rows of table 2",
                "选同一项的方案的均值减去全部方案的均值；其余各行的组合在每一项下相同，所以差别来自这一行。图中为缴费覆盖。没有标准误。",
                "The mean over the designs that share a choice less the mean of all. The other rows are combined alike under each, so a difference is "
                "this row's doing. Drawn: coverage. Without standard errors.",
                effects, Chart("bars", "level", ("coverage_gained_effect",), "choice")),
    ]


def _drawn(table: pl.DataFrame) -> pl.DataFrame:
    """Return what is drawn: where each reform stands, the paper's own choice by name."""
    place = (pl.when(pl.col("design") == OWN_CHOICE).then(pl.lit(OWN_CHOICE)).when(pl.col("layer") == 1).then(pl.lit(FRONT)).otherwise(pl.lit(BEHIND)))
    return table.select("design", place.alias("place"), *AIMS).sort("place")


def write_sweep(sweep: Sweep, sums: Sums, table: pl.DataFrame, rate: float, folder: Path) -> Path:
    """Write the output folder of a sweep: ``sweep.parquet``, ``by_choice.parquet``, tables, workbooks and reports as a run has them.

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    means = by_choice(table, choices_of(sweep))
    return write_folder(folder, "sweep", manifest_of(sweep, sums, rate), {"sweep": table, "by_choice": means}, sections_of(table, means))
