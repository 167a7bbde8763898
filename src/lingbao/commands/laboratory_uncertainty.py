"""How uncertain a run's main results are, and by what: the option ``--uncertainty`` of simulate and compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from lingbao.commands.show import show, table, word

if TYPE_CHECKING:
    import polars as pl

    from lingbao.law.reform import Reform

Uncertain = Annotated[bool, typer.Option("--uncertainty", help="另算不确定性及其来源 / split the uncertainty by source as well")]

HEAD = {"zh": ("指标", "数值", "法规与预测", "行为系数", "抽样", "偶然", "合计"),
        "en": ("figure", "value", "law", "behaviour", "sampling", "chance", "together")}
SOURCES = ("law", "behaviour", "sampling", "chance", "total")


def uncertainty_of(reform: Reform | None, asked: dict[str, Any], lang: str, quiet: bool) -> pl.DataFrame:
    """Return the table of sources for a run that was asked for, from small runs on the synthetic population.

    Raises
    ------
    InputError
        If the run is of a person file: who was drawn into it is not known here.
    """
    from lingbao.law.errors import InputError
    from lingbao.simulation.progress import bar
    from lingbao.simulation.uncertainty import of_run, runs_needed

    if asked["population"] is not None:
        raise InputError("uncertainty.population", value=str(asked["population"]), where="--uncertainty",
                         zh="自带人口文件的抽样误差无从得知，不能与 --uncertainty 同用。",
                         en="How the people of an own file were drawn is not known, so --uncertainty cannot be used with it.")
    runs, size = runs_needed(asked["size"])
    with bar(runs * size, word(("不确定性", "uncertainty"), lang), lang, quiet) as told:
        return of_run(asked["size"], reform=reform, years=asked["years"], seed=asked["seed"], progress=lambda done, _: told(done * size))


def show_uncertainty(made: pl.DataFrame, lang: str) -> None:
    """Print the table: value and standard errors by source, each in the figure's unit."""
    from lingbao.simulation.report_words import name_of, number, unit_of

    tongue: Literal["zh", "en"] = "en" if lang == "en" else "zh"
    lines = []
    for row in made.to_dicts():
        unit = unit_of(row["figure"], tongue)
        lines.append((name_of(row["figure"], tongue), *(number(row[name], unit) for name in ("value", *SOURCES))))
    note = ("标准误。法规与预测：低、高情景之差的一半；行为系数：按校准的协方差抽取；抽样：换一批人；偶然：同一批人换运气。",
            "Standard errors. Law: half the distance between the low and the high projection; behaviour: coefficients drawn from their "
            "covariance; sampling: other people; chance: the same people with other luck.")
    show(table(word(("结果有多不确定", "How uncertain the results are"), lang), HEAD[tongue], lines, figures=range(1, 7)), word(note, lang))
