"""Golden cases on contribution subsidies: amount by place, duration, graduates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lingbao.law.errors import MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules import contribution, subsidy, unemployment
from lingbao.law.store import Law
from lingbao.verify.other_reading import (
    Inputs,
    first_month_of,
    first_of,
    fraction,
    given,
    numbers_like,
    unknown_kind,
)

PAID = {
    "pension": ("pension_paid", "paid_pension", "pension_contribution", "pension"),
    "medical": ("medical_paid", "paid_medical", "medical_contribution", "medical"),
    "unemployment": ("unemployment_paid", "paid_unemployment", "unemployment"),
}
TOTAL_PAID = r"paid|pay|contribut"
LOWEST = ("lowest_payment", "lowest_contribution")
BASE = ("base", "base_paid", "declared_base")
LOWEST_BASE = ("lower_base", "lowest_base", "base_lowest", "floor")
TO_RETIREMENT = r"to_retire|remaining|left|to_statutory"


def subsidy_case(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Answer a case on subsidies: amounts, months, or both."""
    answer: dict[str, Any] = {}
    if numbers_like(inputs, TO_RETIREMENT):
        answer |= _months(law, inputs)
    graduate = bool(first_of(inputs, "graduate", default=any(
        word in f"{inputs.get('kind', '')} {inputs.get('group', '')}" for word in ("graduate", "毕业生"))))
    if graduate:
        window = int(law.number("national.subsidy.graduate_window_months"))
        since = int(first_of(inputs, "months_since_leaving_school", default=0))
        months = subsidy.graduate_subsidy_months(since, window, int(law.number("national.subsidy.graduate_max_months")))
        answer |= {"months": months, "max_months": months, "max_years": months / MONTHS_PER_YEAR}
    paid = _paid(law, inputs)
    if paid:
        answer |= _amounts(law, inputs, paid, graduate)
    elif given(inputs, "place", "city", "province"):
        answer |= _fixed(_rule(law, inputs)) or _amounts(law, inputs, _paid_at_floor(law, inputs), graduate)
    if not answer:
        raise unknown_kind("subsidy", inputs)
    return answer


def _months(law: Law, inputs: Inputs) -> dict[str, Any]:
    name, value = next(iter(numbers_like(inputs, TO_RETIREMENT).items()))
    left = round(value) if "month" in name else round(value * MONTHS_PER_YEAR)
    near = int(law.number("national.subsidy.near_retirement_months"))
    granted = subsidy.subsidy_months(left, near, int(law.number("national.subsidy.max_months")))
    return {
        "months": granted, "max_months": granted, "years": granted / MONTHS_PER_YEAR, "max_years": granted / MONTHS_PER_YEAR,
        "until_retirement": left < near, "duration_months": granted, "subsidy_months": granted,
    }


def _paid(law: Law, inputs: Inputs) -> dict[str, float]:
    """What was paid a month, by branch where stated; from a base at the flexible rate otherwise."""
    found = {branch: float(first_of(inputs, *names)) for branch, names in PAID.items() if given(inputs, *names)}
    totals = numbers_like(inputs, TOTAL_PAID, {*LOWEST, *BASE})
    if not found and totals:
        found = {"total": next(iter(totals.values()))}
    if not found and given(inputs, *BASE, *LOWEST_BASE):
        base = float(first_of(inputs, *BASE, *LOWEST_BASE))
        found = {"pension": contribution.monthly_contribution(base, _contribution_rate(law, inputs))}
        if given(inputs, "medical_rate"):
            found["medical"] = contribution.monthly_contribution(base, float(inputs["medical_rate"]))
        if given(inputs, "unemployment_rate"):
            found["unemployment"] = unemployment.unemployment_contribution(base, float(inputs["unemployment_rate"]))
    return found


def _paid_at_floor(law: Law, inputs: Inputs) -> dict[str, float]:
    """What is paid a month on the floor of the place, for a case that names only the place and a time."""
    code, area = law.find_province(str(first_of(inputs, "place", "city", "province")))
    on = first_of(inputs, "on", "month", "period", "year", default=None)
    floor = law.number(law.provincial(code, "contribution_floor", area), on=None if on is None else first_month_of(on))
    return {"pension": contribution.monthly_contribution(float(floor), _contribution_rate(law, inputs))}


def _contribution_rate(law: Law, inputs: Inputs) -> float:
    return fraction(first_of(inputs, "rate", "total_rate", "pension_rate", default=law.number("national.contribution.total_rate")))


def _lowest(law: Law, inputs: Inputs) -> float | None:
    """The lowest payment: as stated, or from the lowest base."""
    if given(inputs, *LOWEST_BASE) and given(inputs, *BASE) and not given(inputs, *LOWEST):
        lowest: float = contribution.monthly_contribution(float(first_of(inputs, *LOWEST_BASE)), _contribution_rate(law, inputs))
        return lowest
    stated = first_of(inputs, *LOWEST, default=None)
    return None if stated is None else float(stated)


def _rule(law: Law, inputs: Inputs) -> Mapping[str, Any]:
    """The place's rule of the month asked for; the newest when no month is given."""
    place = str(first_of(inputs, "place", "city", "province"))
    code, area = law.find_province(place)
    if given(inputs, "city") and given(inputs, "province"):
        code, area = law.find_province(f"{inputs['province']}{inputs['city']}")
    path = law.provincial(code, "subsidies", area)
    rows = law.table(path)
    on = first_of(inputs, "on", "month", "period", "year", default=None)
    if on is not None:
        month = first_month_of(on)
        rows = [row for row in rows if row["since"] <= month and (row.get("until") is None or month <= row["until"])]
    if not rows:
        raise MissingLaw(
            "subsidy.place", value=place, where=path,
            zh=f"没有“{place}”在该时点的社保补贴规定；请查当地通知。",
            en=f"No subsidy rule of {place} is known for that month; see the local notice.",
        )
    return rows[-1]


def _amounts(law: Law, inputs: Inputs, paid: Mapping[str, float], graduate: bool) -> dict[str, Any]:
    """Subsidy of each branch and in all, under the share given, the place's rule, or the national frame."""
    total_paid = math.fsum(paid.values())
    frame = law.number("national.subsidy.graduate_max_share" if graduate else "national.subsidy.max_share")
    rule: Mapping[str, Any] = {}
    if given(inputs, "place", "city", "province") and not given(inputs, "share", "share_percent"):
        rule = _rule(law, inputs)
    percent = first_of(inputs, "share_percent", "percent", default=None)
    share = fraction(first_of(inputs, "share", default=rule.get("share") or frame) if percent is None else f"{percent}%")
    cap = float(first_of(inputs, "cap", "monthly_cap", default=rule.get("most_amount") or math.inf))
    if rule.get("pension_amount") is not None and rule.get("share") is None:
        return _fixed(rule, paid)
    lowest = _lowest(law, inputs)
    limit = lowest if lowest is not None and rule.get("measured_on") == "lowest payment" else math.inf
    if rule.get("share_above_lowest") is not None and lowest is not None:
        amount = subsidy.contribution_subsidy_two_shares(total_paid, lowest, share, rule["share_above_lowest"])
        return _named({"total": amount}, total_paid)
    parts = {branch: subsidy.contribution_subsidy(amount, limit, share, math.inf) for branch, amount in paid.items()}
    parts["total"] = subsidy.contribution_subsidy(total_paid, limit, share, cap)
    return _named(parts, total_paid)


def _fixed(rule: Mapping[str, Any], paid: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Fixed amounts of a place, never above what was paid where that is known."""
    parts = {branch: float(rule[f"{branch}_amount"]) for branch in ("pension", "medical") if rule.get(f"{branch}_amount")}
    whole = math.fsum(parts.values())
    if not parts:
        return {}
    if paid and "total" in paid:
        return _named({"total": subsidy.contribution_subsidy_fixed(whole, paid["total"])}, paid["total"])
    if paid:
        parts = {branch: subsidy.contribution_subsidy_fixed(amount, paid[branch]) for branch, amount in parts.items() if branch in paid}
        whole = math.fsum(parts.values())
    return _named(parts | {"total": whole}, math.fsum(paid.values()) if paid else None)


def _named(parts: Mapping[str, float], total_paid: float | None) -> dict[str, Any]:
    total = parts["total"]
    answer = dict(parts) | {"subsidy": total, "amount": total, "monthly": total, "monthly_subsidy": total}
    answer |= {f"{branch}_subsidy": amount for branch, amount in parts.items()}
    if total_paid is not None:
        net = subsidy.contribution_after_subsidy(total_paid, total)
        answer |= {"net": net, "net_paid": net, "own_cost": net}
    return answer
