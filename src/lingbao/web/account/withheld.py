"""What platforms withheld, in the worker's words: months, days, orders, and the rule behind the amount of one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lingbao.law.trace import node_of, noted, traced
from lingbao.registry.orders.own import OwnDay, OwnOrder
from lingbao.registry.orders.platforms import Agreement
from lingbao.registry.orders.rules import withheld_by_hours, withheld_by_income, withheld_by_order
from lingbao.web import explanation

RULES: dict[str, Any] = {"order": withheld_by_order, "hours": withheld_by_hours, "income": withheld_by_income}
FACTS = {"order": "orders", "hours": "minutes_worked", "income": "order_income"}
NUMBERS = {"order": "amount_per_order", "hours": "amount_per_hour", "income": "withholding_rate"}


@dataclass(frozen=True)
class Sum:
    """Orders, income and what was withheld over some days [fen]."""

    orders: int
    income_fen: int
    withheld_fen: int


def sum_of(days: Sequence[OwnDay]) -> Sum:
    """Return the sum of days."""
    return Sum(sum(each.orders for each in days), sum(each.income_fen for each in days), sum(each.withheld_fen for each in days))


def by_month(days: Sequence[OwnDay]) -> list[tuple[str, Sum]]:
    """Return the sums by month, such as ``2026-11``, in the order of the days."""
    months: dict[str, list[OwnDay]] = {}
    for each in days:
        months.setdefault(f"{each.day:%Y-%m}", []).append(each)
    return [(month, sum_of(part)) for month, part in months.items()]


def by_day(days: Sequence[OwnDay]) -> list[tuple[str, Sum, list[OwnDay]]]:
    """Return the sums by day with the platforms of each, in the order of the days."""
    parts: dict[str, list[OwnDay]] = {}
    for each in days:
        parts.setdefault(str(each.day), []).append(each)
    return [(day, sum_of(part), part) for day, part in parts.items()]


def reason(order: OwnOrder, agreement: Agreement, lang: str) -> list[Any]:
    """Return the steps from the order and the agreement to the amount withheld; of a refund, to what it gives back."""
    fact = {"order": float(order.orders), "hours": float(order.minutes), "income": order.income_fen / 100}[agreement.method]
    amount = traced(RULES[agreement.method])(
        noted("recorded", FACTS[agreement.method], abs(fact)), noted("recorded", NUMBERS[agreement.method], agreement.number))
    return list(explanation.steps(node_of("withheld", amount), lang))
