"""``lingbao compare``: a reform beside the law in force, from two folders or run here; several reforms in one table."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands.laboratory import Asked, asking, billions, percent, reform_named, title, usable, written
from lingbao.commands.laboratory_uncertainty import Uncertain, show_uncertainty, uncertainty_of
from lingbao.commands.show import NOTHING, edge, print_json, show, table, word

if TYPE_CHECKING:
    from lingbao.law.reform import Reform
    from lingbao.simulation.comparison import Comparison
    from lingbao.simulation.executors import Executor
    from lingbao.simulation.run_tables import RunTables

HEAD = {"zh": ("改革", "新参保", "离开", "受益", "受损", "人均得失", "基金", "每新增一人"),
        "en": ("reform", "joins", "leaves", "winners", "losers", "mean gain", "fund", "per joiner")}
NOTE = ("新参保：至少多缴一年；离开：至少少缴一年。连同受益、受损，都是占灵活就业人员的比例，逐人比较；得失为一生待遇减个人缴费的现值（元）；基金为收支差变化减期末负债变化的现值（亿元），并按每一名新参保者计（元）。",
        "Joins: pays at least a year more; leaves: at least a year less. All shares are of flexible workers, each beside oneself; gain is the present value of benefits less "
        "own payments [yuan]; fund is the present value of the change of its balance less that of its debts at the end [billion yuan], and for each who joins [yuan].")


@asking(people="100000")
def compare(
    folders: Annotated[list[Path] | None, typer.Argument(help="基准文件夹和改革文件夹 / folders of the baseline and of the reform")] = None,
    reform: Annotated[list[str] | None, typer.Option("--reform", help="现在运行并比较，可重复 / run and compare here, may be repeated")] = None,
    uncertainty: Uncertain = False,
    *,
    asked: Asked,
) -> None:
    """比较改革与现行法律。 Put reforms beside the law in force."""
    lang, as_json, out = asked.lang, asked.as_json, asked.out
    with edge(lang, as_json):
        usable(out)
        _choice(folders or [], reform or [], uncertainty)
        from lingbao.simulation.report import write_comparison
        from lingbao.simulation.uncertainty import uncertainty_section

        made = {}
        if folders:
            from lingbao.simulation.comparison import compare as beside
            from lingbao.simulation.run_tables import read_run

            compared = {folders[1].name: beside(read_run(folders[0]), read_run(folders[1]))}
        else:
            found = [reform_named(name) for name in reform or []]
            made_of, who = asked.settings(), asked.executor()
            compared = _run(found, made_of, who, asked.checkpoint, lang, as_json)
            made = {each.id: uncertainty_of(each, made_of, lang, as_json) for each in found} if uncertainty else {}
        if out is not None:
            for name, each in compared.items():
                extra = [uncertainty_section(made[name])] if name in made else []
                write_comparison(each, out if len(compared) == 1 else out / name, extra=extra)
        figures = {name: figures_of(each) for name, each in compared.items()}
        if as_json:
            split = {"uncertainty": {name: each.to_dicts() for name, each in made.items()}} if made else {}
            print_json({"comparisons": figures, **split, "out": str(out) if out else None})
            return
        where = written(out, lang) if out is None or len(compared) == 1 else written(out / next(iter(compared)), lang)
        show(table(word(("与现行法律相比", "Beside the law in force"), lang), HEAD["en" if lang == "en" else "zh"],
                   [_line(name, each, lang) for name, each in figures.items()], figures=range(8)), word(NOTE, lang))
        for name, each in made.items():
            show(name)
            show_uncertainty(each, lang)
        show(*where)


def _choice(folders: list[Path], reforms: list[str], uncertainty: bool) -> None:
    """Refuse anything but two folders, or reforms, each once; only what is run here can be moved to see its uncertainty."""
    from lingbao.law.errors import InputError

    if (len(folders) == 2) == bool(reforms) or len(folders) not in (0, 2):
        raise InputError("compare.choice", where="lingbao compare", zh="请给出两个文件夹（基准、改革），或用 --reform 给出改革。",
                         en="Give two folders (baseline, reform), or reforms with --reform.")
    if folders and uncertainty:
        raise InputError("compare.uncertainty", where="--uncertainty", zh="已写出的文件夹不能再算不确定性；请用 --reform 现在运行。",
                         en="The uncertainty of written folders cannot be worked out; run here with --reform.")
    twice = sorted({name for name in reforms if reforms.count(name) > 1})
    if twice:
        raise InputError("compare.twice", value=", ".join(twice), where="--reform", zh=f"改革{'、'.join(twice)}写了两次。",
                         en=f"{', '.join(twice)} stands twice.")


def _run(reforms: list[Reform], made_of: dict[str, Any], who: Executor, checkpoint: Path | None, lang: str, quiet: bool) -> dict[str, Comparison]:
    """Run the baseline and each reform on the same people."""
    from lingbao.simulation.comparison import compare as beside
    from lingbao.simulation.plan import plan_of
    from lingbao.simulation.progress import bar
    from lingbao.simulation.run import finish

    def one(reform: Reform | None) -> RunTables:
        plan = plan_of(reform=reform, **made_of)
        name = reform.id if reform else "baseline"
        with bar(plan.persons, title(reform, lang), lang, quiet) as told:
            return finish(plan, executor=who, checkpoint=checkpoint / name if checkpoint else None, progress=told)

    baseline = one(None)
    return {reform.id: beside(baseline, one(reform)) for reform in reforms}


def figures_of(compared: Comparison) -> dict[str, Any]:
    """Return the main figures of a comparison as plain data."""
    from lingbao.law.store import Law
    from lingbao.simulation.comparison import fund_effect, moves, switching_down, winners
    from lingbao.simulation.report import discount_rate

    rate = discount_rate(Law.load(), str(compared.baseline.manifest["projection"]), int(compared.baseline.manifest["first_year"]))
    shares = {row["move"]: {"share": row["share"], "error": row["share_error"]} for row in moves(compared.pairs).to_dicts()}
    switched = {row["effect"]: {"share": row["share"], "yuan_share": row["yuan_share"]} for row in switching_down(compared.pairs).to_dicts()}
    return {"moves": shares, "switching": switched, "people": winners(compared.pairs).to_dicts()[0],
            "fund": fund_effect(compared, rate), "discount_rate": rate}


def _line(name: str, figures: dict[str, Any], lang: str) -> tuple[str, ...]:
    each, fund = figures["people"], figures["fund"]
    per_joiner = fund["per_joiner"]
    return (name, *(percent(figures["moves"][move]["share"]) for move in ("joins", "stays_away")), percent(each["winners"]),
            percent(each["losers"]), f"{each['mean_gain']:,.0f}", billions(fund["total"], lang),
            f"{per_joiner:,.0f}" if math.isfinite(per_joiner) else NOTHING)
