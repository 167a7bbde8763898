"""What comes after the comparison: one more step, a pension in mind, and the payment that smooths a life."""

from __future__ import annotations

from typing import Any

import numpy as np

from lingbao.law.errors import LingbaoError
from lingbao.planner.compare import Comparison
from lingbao.planner.optimise import effects, least_for_target, pensions_for
from lingbao.planner.smoothing import life_cycle_smoothing
from lingbao.web.errors import several
from lingbao.web.fields import Field

POINTS = 64  # the pension is a straight line in the payment between the law's bounds; one block of the kernel
TARGET = Field(
    "target", "money", "想每月领多少钱（现在的钱）", "Pension in mind, in today's money", high=1_000_000.0, optional=True,
    unit_zh="元/月", unit_en="yuan a month",
)


def further(comparison: Comparison, wish: str) -> dict[str, Any]:
    """Return the rows of one more step, the least outlay for a wished pension, and the smoothing payment."""
    answer: dict[str, Any] = {"effects": [{**row, "earlier": max(-row["claim_months"], 0)} for row in effects(comparison)], "field": TARGET, "wish": wish, "least": None, "fault": None}
    try:
        target = TARGET.read(wish)
        if target:
            answer["least"] = least_for_target(comparison.law, comparison.person, float(target), comparison.as_of)
    except LingbaoError as error:
        answer["fault"] = several(error)[0]
    answer["smoothing"] = _smoothing(comparison)
    return answer


def _smoothing(comparison: Comparison) -> Any:
    """The monthly payment that keeps consumption level, or None without an income or an open employee option."""
    income = comparison.person.income
    floor = comparison.plain["options"][0]
    if not income or not floor["feasible"]:
        return None
    lowest = float(floor["first_payment"]["month"] or 0.0)
    if not 0.0 < lowest < income:
        return None
    highest = min(income * 0.99, lowest * 5.0)
    payments = np.linspace(lowest, highest, POINTS)
    pensions = pensions_for(comparison.law, comparison.person, [float(p) for p in payments], comparison.as_of)
    return life_cycle_smoothing(
        lambda payment: float(np.interp(payment, payments, pensions)), income, lowest, highest
    )
