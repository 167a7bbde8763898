"""What the planner answered, arranged for people: which figures, which options first, which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lingbao.web import figures

PROJECTIONS = (("low", "低", "Low"), ("base", "中", "Middle"), ("high", "高", "High"))


@dataclass(frozen=True)
class Figure:
    """One figure of an option: its name in the planner's answer, its words and how it is written."""

    name: str
    zh: str
    en: str
    kind: str
    main: bool = False
    explained: bool = True

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
    Figure("replacement_rate", "养老金相当于收入的", "Pension as a share of income", "share"),
    Figure("claim_month", "开始领取", "First pension", "month"),
    Figure("claim_age_months", "领取年龄", "Age at first pension", "age", main=True),
    Figure("months_needed", "还要缴费", "Still to pay", "span", main=True),
    Figure("outlay_total", "今后共缴", "To pay in all", "yuan"),
    Figure("outlay_today", "今后共缴（现在的钱）", "To pay in all, in today's money", "yuan", main=True),
    Figure("payback_age_months", "回本年龄", "Age at which you have it back", "age", main=True),
    Figure("payback_extra_age_months", "多缴部分的回本年龄", "Age at which the extra is back", "age"),
    Figure("benefit_cost_ratio", "每缴 1 元预期领回（元）", "Expected yuan back per yuan paid", "ratio", main=True),
    Figure("irr", "年化收益率", "Yearly return", "rate"),
    Figure("irr_real", "年化收益率（扣除物价）", "Yearly return after prices", "rate"),
    Figure("expected_present_value", "预期净得（现值）", "Expected net gain, present value", "yuan"),
    Figure("chance_of_payback", "活到回本的概率", "Chance of living to payback", "share"),
)
BY_NAME = {figure.name: figure for figure in FIGURES}
MAIN = tuple(figure for figure in FIGURES if figure.main)


def monthly(option: Mapping[str, Any]) -> float | None:
    """Return what an option costs a month at the start [yuan]."""
    payment = option.get("first_payment") or {}
    amount = payment.get("month")
    return None if amount is None else float(amount)


def within(option: Mapping[str, Any], budget: float | None) -> bool:
    """Tell whether an option fits the visitor's monthly budget."""
    cost = monthly(option)
    return budget is None or cost is None or cost <= budget


def label(option: Mapping[str, Any], lang: str) -> str:
    """Return the option's name."""
    return str(option["label_zh" if lang == "zh" else "label_en"])


def main_options(options: list[dict[str, Any]], budget: float | None) -> list[dict[str, Any]]:
    """Return the few options to show first: the cheapest, the middle and the dearest affordable of each scheme, and none."""
    chosen: list[dict[str, Any]] = []
    for scheme, most in (("employee", 3), ("resident", 2), ("none", 1)):
        of_scheme = [option for option in options if option["scheme"] == scheme and option["feasible"]]
        fitting = [option for option in of_scheme if within(option, budget)] or of_scheme[:1]
        if len(fitting) <= most:
            chosen += fitting
        elif most == 3:
            chosen += [fitting[0], fitting[len(fitting) // 2], fitting[-1]]
        elif most == 2:
            chosen += [fitting[0], fitting[-1]]
        else:
            chosen += fitting[:1]
    return chosen


def row(option: Mapping[str, Any], projection: str, lang: str, shown: tuple[Figure, ...] = MAIN) -> dict[str, Any]:
    """Return one option as a row of a table."""
    outlook = (option.get("outlook") or {}).get(projection) or {}
    return {
        "option": option,
        "id": option["id"],
        "label": label(option, lang),
        "monthly": figures.yuan(monthly(option), lang),
        "share": figures.share(option.get("share_of_income"), 0),
        "cells": [
            {"figure": figure, "label": figure.zh if lang == "zh" else figure.en, "text": figure.written(outlook, lang),
             "explained": figure.explained and outlook.get(figure.name) is not None}
            for figure in shown
        ],
        "flags": outlook.get("flags") or [],
        "parts": outlook.get("parts") or {},
    }
