"""``lingbao sweep``: the 324 designs of a fixed amount, or any reforms, on the same people; ranked, with the Pareto front."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands.laboratory import Asked, asking, percent, reform_named, usable, written
from lingbao.commands.show import NOTHING, edge, print_json, show, table, word

if TYPE_CHECKING:
    from lingbao.law.reform import Reform

HEAD = {"zh": ("名次", "方案", "层", "覆盖", "每新增一人", "养老金", "流失", "再分配"),
        "en": ("rank", "reform", "layer", "coverage", "per joiner", "pension", "lost", "to lower")}
CHOICES = {"zh": ("选择", "方案数", "覆盖", "采用定额", "流失", "每新增一人", "养老金"),
           "en": ("choice", "designs", "coverage", "takes it", "lost", "per joiner", "pension")}
NOTE = ("覆盖：缴费者占比变化（百分点）；流失：降档少缴，占原个人缴费之比；每新增一人：基金影响现值（元），已减期末负债，按多缴一年以上者计；养老金：这些人首月，与工资之比；再分配：低收入两组与高收入两组人均得失之差（元）。层 1 为帕累托前沿（覆盖、基金、养老金三项）。",
        "Coverage: change of the share who pay; lost: by switching down, over contributions before; per joiner: effect on the fund [yuan], debts at the end "
        "taken off, for each who pays a year more or longer; pension: first of these, over the wage; last: mean gain of the lower two fifths less that of the upper two [yuan]. Layer 1 is the Pareto front of coverage, fund and pension.")


@asking(people="1000000", without=("cuda",))
def sweep(
    reform: Annotated[list[str] | None, typer.Option("--reform", help="代替 324 个方案，可重复 / instead of the 324 designs, may be repeated")] = None,
    top: Annotated[int, typer.Option("--top", help="显示前几名 / how many of the best to show", min=1)] = 15,
    *,
    asked: Asked,
) -> None:
    """比选 324 个定额缴费方案或所列改革。 Rank the 324 fixed-amount designs, or the reforms named."""
    lang, as_json, out = asked.lang, asked.as_json, asked.out
    with edge(lang, as_json):
        usable(out)
        made_of, who = asked.settings(), asked.executor()
        from lingbao.law.store import Law
        from lingbao.simulation.progress import bar
        from lingbao.simulation.report import discount_rate
        from lingbao.simulation.sweep import run_sweep, sweep_of
        from lingbao.simulation.sweep_ranking import by_choice, choices_of, sweep_table
        from lingbao.simulation.sweep_report import manifest_of, write_sweep

        made = sweep_of(wanted(reform or []), **made_of)
        heading = word((f"{len(made.entries)} 个方案", f"{len(made.entries)} reforms"), lang)
        with bar(made.persons, heading, lang, as_json) as told:
            sums = run_sweep(made, executor=who, checkpoint=asked.checkpoint, progress=told)
        first = made.base.first // 12
        rate = discount_rate(Law.load(), asked.projection, first)
        ranked = sweep_table(made, sums, rate)
        if out is not None:
            write_sweep(made, sums, ranked, rate, out)
        means = by_choice(ranked, choices_of(made))
        if as_json:
            print_json({"manifest": manifest_of(made, sums, rate), "reforms": [_plain(row) for row in ranked.to_dicts()],
                        "by_choice": [_plain(row) for row in means.to_dicts()], "out": str(out) if out else None})
            return
        shown = [row for row in ranked.to_dicts() if row["rank"] <= top or row["design"] == "F3"]
        show(table(heading, HEAD["en" if lang == "en" else "zh"], [_line(row) for row in shown], figures=range(8)),
             word(NOTE, lang), *_own_choice(ranked.to_dicts(), lang))
        if means.height:
            show(table(word(("表 2 各行的选择：相同选择的方案的均值", "Choices of table 2: means over the designs that share one"), lang),
                       CHOICES["en" if lang == "en" else "zh"], [_choice(row, lang) for row in means.to_dicts()], figures=range(1, 7)))
        show(*written(out, lang))


def wanted(names: list[str]) -> list[Reform]:
    """Return the reforms named; the 324 designs and the paper's own choice if none is."""
    from lingbao.law.reform_library import find_reform, fixed_amount_reforms

    return [reform_named(name) for name in names] or [*fixed_amount_reforms(), find_reform("F3")]


def _own_choice(rows: list[dict[str, Any]], lang: str) -> list[str]:
    """Say where the fixed-amount paper's own choice stands among the others."""
    from lingbao.simulation.sweep_ranking import AIMS
    from lingbao.simulation.sweep_report import OWN_CHOICE

    found = next((row for row in rows if row["design"] == OWN_CHOICE), None)
    if found is None or len(rows) == 1:
        return []
    places = [found[f"place_{name}"] for name in AIMS]
    zh = "、".join(f"{aim}第 {place}" for aim, place in zip(("覆盖", "基金", "养老金", "流失", "再分配"), places, strict=True))
    en = ", ".join(f"{aim} {place}" for aim, place in zip(("coverage", "fund", "pension", "lost", "to lower"), places, strict=True))
    return [word((f"论文自选方案 F3：{len(rows)} 个中第 {found['rank']}，第 {found['layer']} 层；各项名次：{zh}。",
                  f"The paper's own choice, F3: {found['rank']} of {len(rows)}, layer {found['layer']}; its places: {en}."), lang)]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can say it: what is not a number is nothing."""
    return {name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in row.items()}


def _money(value: float | None) -> str:
    return NOTHING if value is None or not math.isfinite(value) else f"{value:,.0f}"


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    return (f"{row['rank']}", row["design"], f"{row['layer']}", percent(row["coverage_gained"], 2), _money(row["fund_effect_per_joiner"]),
            percent(row["joiner_pension_ratio"]), percent(row["lost_by_switching"], 2), _money(row["redistribution"]))


def _choice(row: dict[str, Any], lang: str) -> tuple[str, ...]:
    from lingbao.simulation.report_words import value_of

    return (value_of(row["level"], "en" if lang == "en" else "zh"), f"{row['designs']}", percent(row["coverage_gained"], 2), percent(row["takes_fixed_share"]),
            percent(row["lost_by_switching"], 2), _money(row["fund_effect_per_joiner"]), percent(row["joiner_pension_ratio"]))
