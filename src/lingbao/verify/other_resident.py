"""Golden cases on the resident scheme: claim month, subsidy floor, additions, account, pension."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lingbao.law.month import MONTHS_PER_YEAR, format_age, format_month, parse_month
from lingbao.law.rules import resident
from lingbao.law.store import Law
from lingbao.verify.other_reading import Inputs, first_of, given, last_month_of, unknown_kind

CONFIDENCE = ("high", "medium", "low", "")
CREDIT = ("yearly_credit", "annual_credit", "fee", "yearly_fee", "annual_fee", "yearly_contribution", "contribution")
STEPS = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)")
PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|percent)")
YUAN = re.compile(r"(\d+(?:\.\d+)?)\s*(?:yuan|元)")


def resident_case(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Answer a case on the resident scheme; everything that its inputs allow is worked out."""
    kind = str(inputs.get("kind", ""))
    answer: dict[str, Any] = {}
    if "subsidy" in kind:
        answer |= _subsidy_floor(law, float(first_of(inputs, "tier", "fee")))
    elif given(inputs, "tier") and given(inputs, "place", "province", "city"):
        answer |= _subsidy(law, inputs)
    if given(inputs, "birth"):
        answer |= _claim(law, inputs)
    if "minimum" in kind and "subsidy" not in kind:
        answer |= _national_minimum(law, inputs)
    if kind == "account" and given(inputs, "tier"):
        inputs = {**inputs, "fee": inputs["tier"]}
    if given(inputs, *CREDIT, "opening", "opening_balance") and given(inputs, "rate", "crediting_rate"):
        answer |= _account(inputs)
    elif given(inputs, "years", "resident_years", "paid_years"):
        answer |= _addition(law, inputs)
    if given(inputs, "account", "account_balance"):
        answer |= _account_pension(law, inputs)
    if given(inputs, "base", "basic", "basic_pension"):
        answer |= _total(law, inputs, answer)
    if not answer and given(inputs, "year", "on", "month", "date", "period"):
        answer |= _national_minimum(law, inputs)
    if not answer:
        raise unknown_kind("resident", inputs)
    return answer


def _claim(law: Law, inputs: Inputs) -> dict[str, Any]:
    birth = parse_month(inputs["birth"])
    age = int(law.number("national.resident.pension_age"))
    return {"claim_month": format_month(resident.resident_claim_month(birth, age)), "age": format_age(age)}


def _subsidy_floor(law: Law, fee: float) -> dict[str, Any]:
    floor = resident.resident_subsidy_floor(
        fee, law.number("national.resident.minimum_subsidy_threshold"),
        law.number("national.resident.minimum_subsidy_lowest_tier"),
        law.number("national.resident.minimum_subsidy_from_500"),
    )
    return {"subsidy_floor": float(floor), "minimum_subsidy": float(floor)}


def _subsidy(law: Law, inputs: Inputs) -> dict[str, Any]:
    """The place's subsidy to a tier, never under the national floor."""
    code, area = law.find_province(first_of(inputs, "place", "city", "province"))
    fee = float(inputs["tier"])
    floor = _subsidy_floor(law, fee)
    rows = law.table(law.provincial(code, "resident_tiers", area))
    local = next((row["subsidy"] for row in rows if row["fee"] == fee), floor["subsidy_floor"])
    return floor | {"subsidy": resident.resident_subsidy(local, floor["subsidy_floor"])}


def _national_minimum(law: Law, inputs: Inputs) -> dict[str, Any]:
    value = float(law.number("national.resident.minimum_basic_pension", on=last_month_of(first_of(inputs, "on", "month", "date", "period", "year"))))
    return dict.fromkeys(("minimum_basic", "minimum", "national_minimum", "basic", "base", "basic_pension", "minimum_basic_pension",
                          "value", "yuan_per_month", "yuan", "yuan_month"), value)


def _account(inputs: Inputs) -> dict[str, Any]:
    """Account at the end of one or several years with the same credit and rate, or one of each a year."""
    fees = first_of(inputs, *CREDIT, default=0.0)
    aid = float(first_of(inputs, "collective_aid", default=0.0))
    added = first_of(inputs, "subsidy", "yearly_subsidy", "annual_subsidy", default=0.0)
    rates = first_of(inputs, "rate", "crediting_rate")
    years = int(first_of(inputs, "years", default=len(rates) if isinstance(rates, list) else 1))
    balance = float(first_of(inputs, "opening", "opening_balance", default=0.0))
    months = float(first_of(inputs, "months_of_interest", default=0.0))
    for year in range(years):
        credit = resident.resident_year_credit(_of_year(fees, year), _of_year(added, year), aid)
        balance = resident.resident_account_closing(balance, credit, _of_year(rates, year), months)
    return {"closing": balance, "account": balance}


def _of_year(value: Any, year: int) -> float:
    return float(value[year]) if isinstance(value, Sequence) else float(value)


def _addition(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Addition for long payment: by the rule the case names, else by the place's rule, else none."""
    years = float(first_of(inputs, "years", "resident_years", "paid_years"))
    basic = float(first_of(inputs, "base", "basic", "basic_pension", default=0.0))
    above = law.number("national.resident.long_payment_from_months")
    text = str(first_of(inputs, "extra_rule", "addition_rule", default=""))
    place = first_of(inputs, "place", "city", "province", default=None)
    if STEPS.search(text):
        steps = _steps(law, text.split()[0])
        yuan = [float(number) for number in STEPS.search(text).groups()]  # type: ignore[union-attr]
        extra = resident.long_payment_addition_stepped(years, steps[1][0], steps[2][0], *yuan)
    elif PERCENT.search(text):
        share = float(PERCENT.search(text)[1]) / 100.0  # type: ignore[index]
        extra = resident.long_payment_addition_by_share(years, above, share, basic)
    elif YUAN.search(text):
        extra = resident.long_payment_addition(years, above, float(YUAN.search(text)[1]))  # type: ignore[index]
    elif given(inputs, "yuan_per_year_above", "extra_per_year"):
        extra = resident.long_payment_addition(years, above, float(first_of(inputs, "yuan_per_year_above", "extra_per_year")))
    elif place is not None:
        extra = place_addition(law, str(place), years, basic)
    else:
        return {}
    return {"extra": float(extra)}


def _steps(law: Law, place: str) -> list[tuple[float, float]]:
    """Steps of a place's addition: years after which each begins, and yuan a year."""
    return [(row["above"], row["value"]) for row in _additions(law, place, "long_payment_step")]


def place_addition(law: Law, place: str, years: float, basic: float) -> float:
    """Addition for long payment under a place's own rule; nothing where none is known."""
    total = 0.0
    steps: list[tuple[float, float]] = []
    for row in _additions(law, place, "long_payment"):
        if row["kind"] == "long_payment":
            total += resident.long_payment_addition(years, row["above"] * MONTHS_PER_YEAR, row["value"])
        elif row["kind"] == "long_payment_share":
            total += resident.long_payment_addition_by_share(years, row["above"] * MONTHS_PER_YEAR, row["value"], basic)
        elif row["kind"] == "long_payment_step":
            steps.append((row["above"], row["value"]))
    if steps:
        limits = [above for above, _ in steps[1:]] + [math.inf, math.inf]
        yuan = [value for _, value in steps] + [0.0, 0.0]
        total += resident.long_payment_addition_stepped(years, limits[0], limits[1], *yuan[:3])
    return total


def _additions(law: Law, place: str, kind: str) -> Sequence[Mapping[str, Any]]:
    """Rows of one kind of a place's additions: the city's own, unless the province's are better founded."""
    code, area = law.find_province(place)
    found = []
    for path in (f"provinces.{code}.resident_additions@{area}", f"provinces.{code}.resident_additions"):
        rows = [row for row in law.table(path) if row["kind"].startswith(kind)] if law.has(path) else []
        if rows:
            found.append(rows)
    return min(found, key=lambda rows: CONFIDENCE.index(rows[0]["confidence"] or ""), default=())


def _account_pension(law: Law, inputs: Inputs) -> dict[str, Any]:
    balance = float(first_of(inputs, "account", "account_balance"))
    divisor = float(first_of(inputs, "divisor", default=law.number("national.resident.divisor")))
    pension = resident.resident_account_pension(balance, divisor)
    answer = {"account_pension": pension, "divisor": divisor}
    if given(inputs, "months_drawn", "drawn_months"):
        answer["inheritable"] = resident.resident_account_left(
            balance, pension, float(first_of(inputs, "months_drawn", "drawn_months")))
    return answer


def _total(law: Law, inputs: Inputs, answer: dict[str, Any]) -> dict[str, Any]:
    """Whole pension; a basic part is taken as stated, additions as stated or worked out."""
    basic = float(first_of(inputs, "base", "basic", "basic_pension"))
    extra = float(first_of(inputs, "extra", "long_payment", default=answer.get("extra", 0.0)))
    age = float(first_of(inputs, "age_addition", default=0.0))
    account = float(answer.get("account_pension", first_of(inputs, "account_pension", default=0.0)))
    answer = {"basic": basic, "total": resident.resident_pension(basic, extra, age, account)}
    months = first_of(inputs, "death_grant_months", default=_local_death_grant(law, inputs))
    return answer if months is None else answer | {"death_grant": resident.resident_death_grant(basic, float(months))}


def _local_death_grant(law: Law, inputs: Inputs) -> float | None:
    """Months of the place's death grant; None where no place is named or it has none."""
    place = first_of(inputs, "place", "city", "province", default=None)
    if place is None:
        return None
    return next((row["value"] for row in _additions(law, str(place), "death_grant")), None)
