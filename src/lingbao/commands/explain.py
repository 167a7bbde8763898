"""``lingbao explain``: the law behind one figure of one option."""

from __future__ import annotations

from typing import Annotated

import typer

from lingbao.commands import person as who
from lingbao.commands.show import AsJson, Lang, chosen, edge, print_json, sentences, show, tree, word


def explain(
    birth: who.Birth, sex: who.Sex, province: who.Residence, home: who.Home = None, area: who.Area = None,
    worker_class: who.Class = None, income: who.Income = None, months_paid: who.MonthsPaid = None,
    mean_index: who.MeanIndex = None, account_balance: who.AccountBalance = None,
    deemed_months: who.DeemedMonths = None, deemed_index: who.DeemedIndex = None, first_paid: who.FirstPaid = None,
    resident_years: who.ResidentYears = None, resident_balance: who.ResidentBalance = None,
    in_difficulty: who.InDifficulty = False, statement: who.StatementFile = None, as_of: who.AsOf = None,
    option: Annotated[str | None, typer.Option("--option", help="方案编号，默认第一个 / option id, the first when not given")] = None,
    figure: Annotated[str, typer.Option("--figure", help="数字的名称 / name of the figure")] = "pension_then",
    projection: Annotated[str, typer.Option("--projection", help="low / base / high")] = "base",
    as_json: AsJson = False, lang: Lang = "zh",
) -> None:
    """一个数字的来历：逐步列出公式、条文、参数、来源。 Why a figure is what it is: formula, article, parameter, source."""
    given = chosen({
        "birth": birth, "sex": sex, "province": province, "home": home, "area": area, "class": worker_class,
        "income": income, "months_paid": months_paid, "mean_index": mean_index, "account_balance": account_balance,
        "deemed_months": deemed_months, "deemed_index": deemed_index, "first_paid": first_paid, "resident_years": resident_years,
        "resident_balance": resident_balance, "in_difficulty": in_difficulty,
    })
    with edge(lang, as_json):
        from lingbao.law.errors import InputError
        from lingbao.law.store import Law
        from lingbao.planner import plan
        from lingbao.planner.compare import PROJECTIONS

        if projection not in PROJECTIONS:
            raise InputError("projection.unknown", value=projection, where="--projection",
                             zh=f"没有情景“{projection}”；可选：{'、'.join(PROJECTIONS)}。",
                             en=f"There is no projection '{projection}'; use one of {', '.join(PROJECTIONS)}.")
        law = Law.load()
        now = who.month_looked_from(as_of)
        person, _ = who.person_of(law, given, statement, now)
        comparison = plan(person, law, lang, as_of=now)
        rows = comparison.to_dict()["options"]
        name = option or next((row["id"] for row in rows if row["feasible"]), rows[0]["id"])
        node = comparison.explain(name, figure, projection)
        if as_json:
            print_json({"option": name, "figure": figure, "projection": projection, "law_hash": law.hash,
                        "sentences": sentences(node, lang, law)})
            return
        row = next(row for row in rows if row["id"] == name)
        label = row["label_zh" if lang == "zh" else "label_en"]
        show(word((f"方案：{label}（{name}）", f"Option: {label} ({name})"), lang), tree(node, lang, law))
