"""``lingbao simulate``: the flexibly employed of the nation under the law or a reform, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lingbao.commands.laboratory import Asked, asking, billions, percent, reform_named, title, usable, written
from lingbao.commands.laboratory_uncertainty import Uncertain, show_uncertainty, uncertainty_of
from lingbao.commands.show import edge, print_json, show, table, word

if TYPE_CHECKING:
    from lingbao.simulation.result import Result

HEAD = {"zh": ("年份", "职保", "当年缴费", "未参保", "缴费", "待遇", "收支差", "隐性债务"),
        "en": ("year", "employee", "paying", "none", "paid in", "paid out", "balance", "debt")}
NOTE = ("职保、当年缴费、未参保：占灵活就业人员的比例；金额为亿元，当年价格；隐性债务是已缴费形成的统筹养老金现值。",
        "Shares in the employee scheme, paying in the year, and in no scheme; money in billion yuan of the day; debt is the present value of pool pensions earned.")
MOST_ROWS = 9


@asking(people="100000")
def simulate(
    reform: Annotated[str | None, typer.Option("--reform", help="改革编号或文件，可用 + 叠加 / reform id or file, joined by +")] = None,
    uncertainty: Uncertain = False,
    *,
    asked: Asked,
) -> None:
    """模拟全国灵活就业人员。 Simulate the flexibly employed of the nation."""
    lang, as_json, out = asked.lang, asked.as_json, asked.out
    with edge(lang, as_json):
        usable(out)
        found = reform_named(reform) if reform else None
        made_of, who = asked.settings(), asked.executor()
        from lingbao.law.store import Law
        from lingbao.simulation.plan import plan_of
        from lingbao.simulation.progress import bar
        from lingbao.simulation.report import write_run
        from lingbao.simulation.run import finish

        plan = plan_of(reform=found, **made_of)
        with bar(plan.persons, title(found, lang), lang, as_json) as told:
            result = finish(plan, executor=who, checkpoint=asked.checkpoint, progress=told)
        made = uncertainty_of(found, made_of, lang, as_json) if uncertainty else None
        if out is not None:
            from lingbao.simulation.uncertainty import uncertainty_section

            extra = () if made is None else (uncertainty_section(made),)
            write_run(result, out, Law.load() if asked.population is None else None, extra)
        if as_json:
            print_json({"manifest": result.manifest, "years": rows(result),
                        **({} if made is None else {"uncertainty": made.to_dicts()}), "out": str(out) if out else None})
            return
        heading = word((f"{title(found, lang)}：{plan.size:,} 人与 {plan.people.entrants:,} 名后来者，{asked.years} 年",
                        f"{title(found, lang)}: {plan.size:,} people and {plan.people.entrants:,} who enter later, {asked.years} years"), lang)
        show(table(heading, HEAD["en" if lang == "en" else "zh"], _lines(result, lang), figures=range(8)), word(NOTE, lang))
        if made is not None:
            show_uncertainty(made, lang)
        show(*written(out, lang))


def rows(result: Result) -> list[dict[str, float]]:
    """Return the main figures of a run, one row a year."""
    from lingbao.simulation.fund_accounts import accounts
    from lingbao.simulation.run_tables import national

    wide = national(result.fund)
    names = ("contributions", "benefits", "balance", "pool_balance", "account_liability", "implicit_debt", "resident_balance")
    found = []
    for heads, money in zip(wide.to_dicts(), accounts(result.fund).to_dicts(), strict=True):
        population = heads["population"] or float("nan")
        share = {f"{name}_share": heads[name] / population for name in ("members", "payers", "resident_members")}
        none = 1.0 - share["members_share"] - share["resident_members_share"]
        found.append({"year": heads["year"], "population": heads["population"], **share, "none_share": none, **{name: money[name] for name in names}})
    return found


def _lines(result: Result, lang: str) -> list[tuple[str, ...]]:
    """Return the years shown: the first, the last and some between."""
    all_rows = rows(result)
    step = max(-(-(len(all_rows) - 1) // (MOST_ROWS - 1)), 1)
    shown = [row for number, row in enumerate(all_rows) if number % step == 0 or number == len(all_rows) - 1]
    return [(f"{row['year']:.0f}", percent(row["members_share"]), percent(row["payers_share"]), percent(row["none_share"]),
             *(billions(row[name], lang) for name in ("contributions", "benefits", "balance", "implicit_debt"))) for row in shown]
