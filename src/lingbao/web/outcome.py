"""What the planner answered, arranged for people: which figures, which options first, which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lingbao.web import figures

# Without a budget, dearer options than this share of income are one step further down.
LARGEST_SHARE = 0.5
KINDS = (
    ("tier", "所有档次", "Every tier"), ("variant", "换一种缴法：何时开始、多久一次、提前领、停缴", "Other ways: when to start, how often, early claim, pause"),
    ("saving", "另加储蓄或个人养老金", "With savings or a personal pension on top"),
)
PROJECTIONS = (("low", "低", "Low"), ("base", "中", "Middle"), ("high", "高", "High"))


@dataclass(frozen=True)
class Figure:
    """One figure of an option: its name in the planner's answer, its words and how it is written."""

    name: str
    zh: str
    en: str
    kind: str
    main: bool = False

    def written(self, outlook: Mapping[str, Any], lang: str) -> str:
        """Return the figure of one outlook as people read it."""
        value = outlook.get(self.name)
        if value is None:
            return figures.UNKNOWN
        if self.kind == "yuan":
            return figures.yuan(value, lang)
        if self.kind == "month":
            return figures.month(value, lang)
        if self.kind == "age":
            return figures.age(value, lang)
        if self.kind == "span":
            return figures.span(value, lang)
        if self.kind == "share":
            return figures.share(value, 0)
        if self.kind == "rate":
            return figures.share(value, 1)
        return f"{value:.2f}"


FIGURES = (
    Figure("pension_today", "每月养老金（折成现在的钱）", "Pension a month, in today's money", "yuan", main=True),
    Figure("pension_then", "每月养老金（届时的钱）", "Pension a month, in money of that time", "yuan"),
    Figure("replacement_rate", "相当于退休前收入的", "As a share of income before retirement", "share", main=True),
    Figure("claim_age_months", "领取年龄", "Age at first pension", "age", main=True),
    Figure("claim_month", "领取时间", "Month of the claim", "month"),
    Figure("months_needed", "离最低缴费年限还差", "Still missing from the fewest years", "span"),
    Figure("outlay_today", "今后共缴（现在的钱）", "To pay in all, in today's money", "yuan", main=True),
    Figure("outlay_total", "今后共缴", "To pay in all", "yuan"),
    Figure("payback_age_months", "回本年龄", "Age at which you have it back", "age", main=True),
    Figure("payback_extra_age_months", "多缴部分的回本年龄", "Age at which the extra is back", "age"),
    Figure("chance_of_payback", "活到回本的概率", "Chance of living to that age", "share", main=True),
    Figure("benefit_cost_ratio", "每缴 1 元领回（元，已计入活到各岁的概率）", "Yuan drawn per yuan paid, weighted with the chance of being alive", "ratio", main=True),
    Figure("irr", "年化收益率", "Yearly return", "rate"),
    Figure("irr_real", "年化收益率（扣除物价）", "Yearly return after prices", "rate"),
    Figure("expected_present_value", "预期净得（现值）", "Expected net gain, present value", "yuan"),
)
FIRST_PAYMENT = Figure("first_payment", "每月缴费", "Paid a month", "yuan")
BY_NAME = {figure.name: figure for figure in (*FIGURES, FIRST_PAYMENT)}
MAIN = tuple(figure for figure in FIGURES if figure.main)


def monthly(option: Mapping[str, Any]) -> float | None:
    """Return what an option costs a month at the start [yuan]."""
    payment = option.get("first_payment") or {}
    amount = payment.get("month")
    return None if amount is None else float(amount)


def label(option: Mapping[str, Any], lang: str) -> str:
    """Return the option's name."""
    return str(option["label_zh" if lang == "zh" else "label_en"])


def within(option: Mapping[str, Any], budget: float | None) -> bool:
    """Tell whether an option fits the budget; without one, whether it leaves half of the income."""
    if budget is not None:
        return (monthly(option) or 0.0) <= budget
    share = option.get("share_of_income")
    return share is None or share <= LARGEST_SHARE


def main_options(options: Sequence[dict[str, Any]], budget: float | None, best: str | None = None) -> list[dict[str, Any]]:
    """Return the few options to show first.

    The one suggested, what the budget buys, the cheapest, the middle and the dearest that fit of the employee tiers,
    the cheapest and the dearest of the resident tiers, and paying nothing, in the planner's order.
    """
    chosen = {best, "none"}
    if budget is not None:
        chosen.add("employee-budget")
    for scheme, places in (("employee", (0, 0.5, 1)), ("resident", (0, 1))):
        tiers = [option for option in options if option["scheme"] == scheme and option["kind"] == "tier" and option["feasible"]]
        tiers = [option for option in tiers if within(option, budget)] or tiers[:1]
        chosen |= {tiers[round(place * (len(tiers) - 1))]["id"] for place in places if tiers}
    return [option for option in options if option["id"] in chosen and option["feasible"]]


def first_options(main: Sequence[dict[str, Any]], best: str | None, most: int = 3) -> list[dict[str, Any]]:
    """Return the suggested option and the alternatives to read beside it: one of the other scheme, then the nearest.

    Without a suggestion the first of the main options stands in its place.
    """
    head = next((option for option in main if option["id"] == best), main[0] if main else None)
    if head is None:
        return []
    rest = [option for option in main if option is not head]
    other = [option for option in rest if option["scheme"] != head["scheme"] and option["kind"] == "tier"][-1:]
    near = [option for option in rest if option not in other]
    return [head, *other, *near][:most]


def row(option: Mapping[str, Any], projection: str, lang: str, best: str | None = None) -> dict[str, Any]:
    """Return one option as a row of a table."""
    outlook = option["outlook"][projection]
    return {
        "option": option,
        "id": option["id"],
        "label": label(option, lang),
        "best": option["id"] == best,
        "missing": figures.span(outlook["months_needed"], lang) if outlook.get("months_needed") else "",
        "monthly": figures.yuan(monthly(option), lang),
        "monthly_explained": monthly(option) is not None,
        "share": figures.share(option.get("share_of_income"), 0),
        "cells": [
            {"figure": figure, "label": figure.zh if lang == "zh" else figure.en, "text": figure.written(outlook, lang),
             "explained": outlook.get(figure.name) is not None}
            for figure in MAIN
        ],
    }


def written(figure: Figure, option: Mapping[str, Any], projection: str, lang: str) -> str:
    """Return one figure of one option as people read it."""
    if figure is FIRST_PAYMENT:
        return figures.yuan(monthly(option), lang, 2)
    return figure.written(option["outlook"][projection], lang)
