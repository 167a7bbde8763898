"""The three charts of a comparison, each as a table first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.web import engine
from lingbao.web.charts import Table
from lingbao.web.outcome import PROJECTIONS, label, main_options, monthly

if TYPE_CHECKING:
    from lingbao.planner import Comparison

LAST_AGE = 90


def shown(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the options that a comparison shows first."""
    return main_options(comparison.to_dict()["options"], comparison.preferences.budget, engine.suggested(comparison))


def outlay(comparison: Comparison, lang: str) -> Table:
    """What each main option costs a month now, beside what it pays a month later in today's money."""
    zh = lang == "zh"
    paid, drawn = ("每月缴费", "每月养老金") if zh else ("Paid a month", "Pension a month")
    rows: list[tuple[Any, float, str]] = []
    for option in shown(comparison):
        rows.append((label(option, lang), monthly(option) or 0.0, paid))
        rows.append((label(option, lang), option["outlook"]["base"]["pension_today"] or 0.0, drawn))
    return Table("bars", "每月交多少，每月领多少（现在的钱）" if zh else "Paid and drawn a month, in today's money", "",
                 "元/月" if zh else "yuan a month", "", tuple(rows))


def cumulative(comparison: Comparison, lang: str) -> Table:
    """Money drawn less money paid by each birthday, in today's money under the middle projection."""
    from lingbao.career.projection import future_of

    zh = lang == "zh"
    prices = future_of(comparison.law, "base", comparison.as_of).price_index
    age = comparison.as_of - comparison.person.birth
    rows: list[tuple[Any, float, str]] = []
    for option in shown(comparison):
        outcome = comparison.outcome(option["id"])
        months = min(len(outcome.outlay), LAST_AGE * MONTHS_PER_YEAR - age, len(prices))
        if months <= 0:
            continue
        today = prices[0] / prices[:months]
        net = np.concatenate([[0.0], np.cumsum((outcome.pension[:months] - outcome.outlay[:months]) * today)])
        birthdays = range(-age % MONTHS_PER_YEAR or MONTHS_PER_YEAR, months + 1, MONTHS_PER_YEAR)
        rows += [
            (round((age + month) / MONTHS_PER_YEAR, 1), round(float(net[month]), 2), label(option, lang)) for month in (0, *birthdays)
        ]
    return Table("lines", "到某个年龄，领回的减去交出的（现在的钱）" if zh else "Drawn less paid, by age, in today's money",
                 "年龄" if zh else "age", "元" if zh else "yuan", "", tuple(rows))


def sensitivity(comparison: Comparison, lang: str) -> Table:
    """The pension of each main option under the three projections."""
    zh = lang == "zh"
    rows = tuple(
        (label(option, lang), option["outlook"][name]["pension_today"] or 0.0, zh_name if zh else en_name)
        for option in shown(comparison) for name, zh_name, en_name in PROJECTIONS
    )
    return Table("bars", "三种情景下的每月养老金（现在的钱）" if zh else "Pension a month under three projections, in today's money",
                 "", "元/月" if zh else "yuan a month", "", rows)


KINDS: dict[str, Callable[[Comparison, str], Table]] = {
    "outlay": outlay, "cumulative": cumulative, "sensitivity": sensitivity,
}
