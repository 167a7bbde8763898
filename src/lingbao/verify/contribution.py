"""Adapter for cases on what a flexible worker pays a month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month, parse_month
from lingbao.law.rules import contribution as rules
from lingbao.law.store import Law
from lingbao.verify.reading import Inputs, first, month_of, place, share

BASES = ("base", "bases", "declared_base", "income_base")
TIERS = ("tier", "tiers", "tier_percent", "tiers_percent", "ratio", "ratios")


def flex_contribution(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Monthly amounts from base and rate, and the lowest and highest from the bounds of province and period."""
    for names in (BASES, TIERS):
        listed = first(inputs, *names)
        if isinstance(listed, list):
            return _table(law, inputs, names, listed)
    return _one(law, inputs)


def _table(law: Law, inputs: Inputs, names: tuple[str, ...], listed: list[Any]) -> dict[str, Any]:
    """One amount for each of several bases or tiers, as lists in their order; the ends as lowest and highest."""
    rest = {name: value for name, value in inputs.items() if name not in names}
    answers = [_one(law, rest | {names[0]: one}) for one in listed]
    columns: dict[str, Any] = {name: [answer.get(name) for answer in answers] for name in answers[0]}
    columns["amounts"] = columns["pension"]
    columns |= {"lowest_monthly": min(columns["pension"]), "highest_monthly": max(columns["pension"])}
    return columns | dict.fromkeys(("tiers", "payments", "monthly_amounts"), columns["pension"])


def _one(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Amounts of one base, with the bounds."""
    on = month_of(inputs)
    where = place(law, inputs)
    rate = _rate(law, inputs, where, on)
    lower, upper = _bounds(law, inputs, where, on)
    answer: dict[str, Any] = {"rate": rate}
    if lower is not None:
        answer |= {"lower_base": lower, "lowest_monthly": rules.monthly_contribution(lower, rate)}
    if upper is not None:
        answer |= {"upper_base": upper, "highest_monthly": rules.monthly_contribution(upper, rate)}
    base = _base(law, inputs, where, on, lower)
    if base is None:
        return answer
    if lower is not None and upper is not None and first(inputs, "lower_base", "upper_base", "lower", "upper") is not None:
        base = rules.base_in_bounds(base, lower, upper)
    return answer | _amounts(law, inputs, where, on, base, rate)


def _amounts(law: Law, inputs: Inputs, where: tuple[str, str | None] | None, on: int | None, base: float,
             rate: float) -> dict[str, Any]:
    """Every amount that follows from a base."""
    in_yuan = str(first(inputs, "rounding", default="")).startswith("yuan")
    pension = (rules.monthly_contribution_in_yuan if in_yuan else rules.monthly_contribution)(base, rate)
    account_rate = float(first(inputs, "account_rate") or law.number("national.contribution.account_rate", on))
    credit = rules.account_part_of_amount(pension, account_rate, rate) if in_yuan else rules.account_credit(base, account_rate)
    answer: dict[str, Any] = {
        "base": base, "base_used": base, "pension": pension, "monthly": pension, "contribution": pension,
        "account": credit, "account_credit": credit, "pooled": rules.pooled_share(pension, credit),
    }
    for name, months in (("quarterly", 3), ("half_yearly", 6), ("yearly", 12), ("annual", 12)):
        answer[name] = rules.period_amount(pension, months)
    if (income := first(inputs, "income")) is not None:
        answer["burden"] = rules.burden(pension, float(income))
    others = {"unemployment": _unemployment(law, where, on, base), "medical": _medical(law, where, on, base)}
    answer |= {scheme: amount for scheme, amount in others.items() if amount is not None}
    if "unemployment" in answer and "medical" in answer:
        answer["total"] = rules.all_contributions(pension, answer["unemployment"], answer["medical"])
    return answer


def _unemployment(law: Law, where: tuple[str, str | None] | None, on: int | None, base: float) -> float | None:
    """Return the unemployment contribution of a flexible worker, where the province insures them at a rate of the base."""
    rows = [row for row in _rows(law, "other_rates", where, on)
            if row["scheme"] == "unemployment" and row["group"] == "flexible workers" and row["unit"] == "percent of base"]
    return rules.monthly_contribution(base, float(rows[-1]["value"]) / 100) if rows else None


def _medical(law: Law, where: tuple[str, str | None] | None, on: int | None, base: float) -> float | None:
    """Return the medical contribution of a flexible worker: a fixed sum, or a rate of the base."""
    rows = _rows(law, "medical", where, on)
    fixed = [row for row in rows if row["item"] == "flexible_fee" and row["unit"] == "yuan/month"]
    if fixed:
        return float(fixed[-1]["value"])
    rates = [row for row in rows if row["item"] == "flexible_rate" and row["unit"] == "percent of base"]
    return rules.monthly_contribution(base, float(rates[-1]["value"]) / 100) if rates else None


def _rows(law: Law, table: str, where: tuple[str, str | None] | None, on: int | None) -> list[Mapping[str, str]]:
    """Return the rows of a reference table for a province and a month."""
    if where is None or on is None:
        return []
    return [row for row in law.rows(table) if row["province"] == where[0] and _covers(row, on)]


def _covers(row: Mapping[str, str], on: int) -> bool:
    """Whether a row dated by years, months or days holds in a month."""
    start, end = row["year_from"], row["year_to"]
    if not start:
        return False
    begins = month(int(start), 1) if start.isdigit() else parse_month(start)
    ends = begins if not end else month(int(end), 12) if end.isdigit() else parse_month(end)
    return begins <= on and (not end or on <= ends)


def _rate(law: Law, inputs: Inputs, where: tuple[str, str | None] | None, on: int | None) -> float:
    """Return the rate: as given, else the province's own, else the national one."""
    if (given := first(inputs, "rate", "total_rate")) is not None:
        return share(given)
    if (percent := first(inputs, "rate_percent")) is not None:
        return float(percent) / 100
    if where is not None and law.has(own := f"provinces.{where[0]}.total_rate"):
        return float(law.number(own, on))
    return float(law.number("national.contribution.total_rate", on))


def _bounds(law: Law, inputs: Inputs, where: tuple[str, str | None] | None,
            on: int | None) -> tuple[float | None, float | None]:
    """Return floor and cap: as given, else as the store has them for place and month."""
    found: list[float | None] = []
    for names, path in ((("lower_base", "lower", "floor"), "contribution_floor"),
                        (("upper_base", "upper", "cap"), "contribution_cap")):
        value = first(inputs, *names)
        if value is None and where is not None and on is not None:
            try:
                value = law.number(law.provincial(where[0], path, where[1]), on)
            except MissingLaw:
                value = None
        found.append(None if value is None else float(value))
    return found[0], found[1]


def _base(law: Law, inputs: Inputs, where: tuple[str, str | None] | None, on: int | None,
          lower: float | None) -> float | None:
    """Return the base a case pays on: stated, from a tier of the wage, or the floor where it names only a place."""
    base, tier = first(inputs, *BASES), first(inputs, *TIERS)
    if tier is None:
        return lower if base is None else float(base)
    ratio = _tier(tier)
    # A base beside a tier is the base of the full tier.
    wage = first(inputs, "wage", "avg_wage", "average_wage", "avg_wage_month", *BASES)
    if wage is None and where is not None:
        wage = law.number(law.provincial(where[0], "contribution_average_wage", where[1]), on)
    if wage is None:
        raise InputError("case.wage", value=tier, where="tier", zh="按档次缴费的算例须给出平均工资或省份和年份。",
                         en="A case with a tier must give the average wage, or province and year.")
    return rules.tier_base(float(wage), ratio)


def _tier(tier: Any) -> float:
    """Read a tier as a fraction of the wage; ``60``, ``"60%"`` and ``0.6`` are the same tier."""
    match = re.fullmatch(r"\s*([\d.]+)\s*%?\s*", str(tier))
    if match is None:
        raise InputError("case.tier", value=tier, where="tier", zh=f"“{tier}”不是缴费档次。", en=f"'{tier}' is not a tier.")
    value = float(match.group(1))
    return value / 100 if value > 10 or "%" in str(tier) else value
