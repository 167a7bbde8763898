"""Adapters for cases on retirement dates, the flexible window, minimum months and payout months."""

from __future__ import annotations

from typing import Any, NamedTuple

from lingbao.law.award import payout_months
from lingbao.law.award_law import divisor_law
from lingbao.law.month import format_age, format_month, month, parse_month, year_of
from lingbao.law.rule import in_force, plain
from lingbao.law.rules import retirement as rules
from lingbao.law.store import Law
from lingbao.verify.reading import Inputs, age_in_months, first, month_of, number, worker_class

REFORM = "2025-01"


class Dates(NamedTuple):
    """The retirement dates of one class and birth month."""

    birth: int
    delay: int
    statutory: int
    earliest: int
    latest: int


def retirement_date(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Statutory month, age and delay of a class and birth month."""
    dates = _dates(law, inputs)
    return {"delay_months": dates.delay, **_claim(dates.birth, dates.statutory), "statutory": format_month(dates.statutory),
            "statutory_year": year_of(dates.statutory), "earliest": format_month(dates.earliest),
            "latest": format_month(dates.latest)}


def elastic(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Window around the statutory month, and whether a chosen month lies in it."""
    dates = _dates(law, inputs)
    asked = _asked(inputs, dates)
    # Outside the window the law knows no such retirement: the nearest month it allows is shown beside the refusal.
    nearest = min(max(asked, dates.earliest), dates.latest)
    return {
        **_claim(dates.birth, nearest), "delay_months": dates.delay,
        "allowed": bool(rules.within_window(asked, dates.earliest, dates.latest)), "clamped": asked != nearest,
        "earliest": format_month(dates.earliest), "statutory": format_month(dates.statutory),
        "latest": format_month(dates.latest),
        "earliest_age": format_age(dates.earliest - dates.birth), "statutory_age": format_age(dates.statutory - dates.birth),
        "latest_age": format_age(dates.latest - dates.birth), "early_months": dates.statutory - dates.earliest,
        "late_months": dates.latest - dates.statutory,
    }


def min_contribution(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Least contribution months of a claim, and how many are missing."""
    answer: dict[str, Any] = {}
    if first(inputs, "worker_class", "class") is not None:
        dates = _dates(law, inputs)
        chosen = _chosen(inputs, dates)
        year = rules.reference_year(chosen, dates.statutory)
        answer |= {"statutory_year": year_of(dates.statutory), "claim_year": year_of(chosen),
                   "retire_month": format_month(chosen), "claim_month": format_month(chosen)}
    else:
        when = month_of(inputs)
        year = int(number(inputs, "claim_year", "year")) if when is None else year_of(when)
    least = minimum_months(law, year)
    answer |= {"reference_year": year, "min_months": least, "min_years": least / 12}
    if (paid := first(inputs, "paid_months", "months_paid", "months")) is not None:
        short = rules.months_short(least, int(paid))
        answer |= {"gap_months": short, "eligible": short == 0, "months_short": short, "shortfall_months": short}
    return answer


def minimum_months(law: Law, year: int) -> int:
    """Return the minimum of a year by the rule in force then; the rule and the annex table must agree."""
    on = month(year, 1)
    floor = int(_floor_of_minimum(law, on))
    rule = in_force("minimum_months", format_month(on))
    if "year" not in rule.rule.arguments:  # type: ignore[attr-defined]
        return int(rule(floor))
    names = ("minimum_first_year", "minimum_months_per_year", "minimum_floor", "minimum_cap")
    return int(rule(year, *(int(law.number(f"national.retirement.{name}", on)) for name in names)))


def _floor_of_minimum(law: Law, on: int) -> float:
    """Return the flat minimum: by the social insurance law, and before it by the decision of 1997."""
    earlier = law.history("national.benefit.law1997_minimum_months")[-1]
    if earlier.covers(on):
        return float(earlier.value)
    return law.number("national.retirement.minimum_floor", on)


def divisor(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Payout months of an age; by whole years for claims before 2025."""
    if first(inputs, "age_years") is None:
        age = age_in_months(inputs["age"])
    else:
        age = int(inputs["age_years"]) * 12 + int(first(inputs, "age_months", default=0))
    when = month_of(inputs)
    flags: list[str] = []
    months = payout_months(divisor_law(law, parse_month(REFORM) if when is None else when), age, plain, flags)
    return {"months": months, "divisor": months, "payout_months": months}


def _dates(law: Law, inputs: Inputs) -> Dates:
    """Run the retirement rules for the class and birth month of a case."""
    group = worker_class(inputs)
    birth = parse_month(inputs["birth"])
    on = parse_month(REFORM)
    values = {
        name: int(law.look_up(f"national.retirement.{name}_{group}", on).value)
        for name in ("original_age", "first_affected_birth", "birth_months_per_step", "max_delay")
    }
    as_of = first(inputs, "as_of", "law_of", "known")
    if as_of is not None and month_of({"month": as_of}) < on:  # type: ignore[operator]
        old = rules.statutory_month_1978(birth, values["original_age"])
        return Dates(birth, 0, old, old, old)
    delay = rules.delay_months(birth, values["first_affected_birth"], values["birth_months_per_step"], values["max_delay"])
    statutory = rules.statutory_month(birth, values["original_age"], delay)
    early = int(law.number("national.retirement.early_window", on))
    late = rules.late_window_open(int(law.number("national.retirement.late_window", on)), _has_employer(inputs))
    return Dates(birth, delay, statutory, rules.earliest_month(statutory, delay, early),
                 rules.latest_month(statutory, late))


def _has_employer(inputs: Inputs) -> int:
    """Cases speak of employees unless they say otherwise; a flexible worker has nobody to agree with."""
    if inputs.get("flexible") is True:
        return 0
    return 0 if inputs.get("has_employer") is False else 1


def _claim(birth: int, when: int) -> dict[str, Any]:
    return {"retire_month": format_month(when), "claim_month": format_month(when), "age": format_age(when - birth),
            "retire_age": format_age(when - birth), "age_months": when - birth, "retire_year": year_of(when)}


def _asked(inputs: Inputs, dates: Dates) -> int:
    """Return the month a case asks for: a shift, an age, a month, or the statutory month."""
    if (shift := first(inputs, "shift_months", "shift")) is not None:
        return dates.statutory + int(shift)
    if (age := first(inputs, "target_age", "age")) is not None:
        return dates.birth + age_in_months(age)
    if (when := first(inputs, "target_month", "claim_month", "retire_month")) is not None:
        return parse_month(when)
    return dates.statutory


def _chosen(inputs: Inputs, dates: Dates) -> int:
    """Return the month of the claim by the choice a case names."""
    if first(inputs, "shift_months", "shift", "target_age", "target_month", "claim_month", "retire_month") is not None:
        return _asked(inputs, dates)
    choice = str(first(inputs, "choice", default="statutory")).lower()
    if choice.startswith("early") or choice == "earliest":
        return dates.earliest
    return dates.latest if choice in ("late", "latest") else dates.statutory
