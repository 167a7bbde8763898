"""The three charts of a comparison, each as a table first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lingbao.law.month import MONTHS_PER_YEAR, parse_month
from lingbao.web.charts import Table
from lingbao.web.outcome import PROJECTIONS, label, main_options, monthly

LAST_AGE = 90


def _month(value: int | str) -> int:
    return parse_month(value) if isinstance(value, str) else int(value)


def _outlook(option: Mapping[str, Any], projection: str = "base") -> Mapping[str, Any]:
    return (option.get("outlook") or {}).get(projection) or {}


def outlay(comparison: Mapping[str, Any], budget: float | None, lang: str) -> Table:
    """What each main option costs a month now, beside what it pays a month later in today's money."""
    zh = lang == "zh"
    paid, drawn = ("每月缴费", "每月养老金") if zh else ("Paid a month", "Pension a month")
    rows: list[tuple[Any, float, str]] = []
    for option in main_options(comparison["options"], budget):
        if monthly(option) is not None:
            rows.append((label(option, lang), round(monthly(option) or 0.0, 2), paid))
        pension = _outlook(option).get("pension_today")
        if pension is not None:
            rows.append((label(option, lang), round(pension, 2), drawn))
    return Table("bars", "每月交多少，每月领多少（现在的钱）" if zh else "Paid and drawn a month, in today's money", "",
                 "元/月" if zh else "yuan a month", "", tuple(rows))


def cumulative(comparison: Mapping[str, Any], budget: float | None, lang: str) -> Table:
    """Money drawn less money paid, by age, in today's money; straight lines between now, first pension and old age."""
    zh = lang == "zh"
    now = _month(comparison["as_of"]) - _month(comparison["person"]["birth"])
    rows: list[tuple[Any, float, str]] = []
    for option in main_options(comparison["options"], budget):
        view = _outlook(option)
        claim, pension, paid = (view.get(name) for name in ("claim_age_months", "pension_today", "outlay_today"))
        if claim is None or pension is None or paid is None:
            continue
        name = label(option, lang)
        rows.append((round(now / MONTHS_PER_YEAR, 2), 0.0, name))
        rows.append((round(claim / MONTHS_PER_YEAR, 2), round(-paid, 2), name))
        rows.append((float(LAST_AGE), round(pension * (LAST_AGE * MONTHS_PER_YEAR - claim) - paid, 2), name))
    return Table("lines", "到某个年龄，领回的减去交出的（现在的钱）" if zh else "Drawn less paid, by age, in today's money",
                 "年龄" if zh else "age", "元" if zh else "yuan", "", tuple(rows))


def sensitivity(comparison: Mapping[str, Any], budget: float | None, lang: str) -> Table:
    """The pension of each main option under the three projections."""
    zh = lang == "zh"
    rows = tuple(
        (label(option, lang), round(_outlook(option, name)["pension_today"], 2), zh_name if zh else en_name)
        for option in main_options(comparison["options"], budget)
        for name, zh_name, en_name in PROJECTIONS
        if _outlook(option, name).get("pension_today") is not None
    )
    return Table("bars", "三种情景下的每月养老金（现在的钱）" if zh else "Pension a month under three projections, in today's money",
                 "", "元/月" if zh else "yuan a month", "", rows)


KINDS: dict[str, Callable[[Mapping[str, Any], float | None, str], Table]] = {
    "outlay": outlay, "cumulative": cumulative, "sensitivity": sensitivity,
}
