"""Adapter for cases on pensions: the parts of an award form, each by the rule whose formula the form states."""

from __future__ import annotations

import re
from typing import Any

from lingbao.law.award import ACCOUNTS, PARTS, TOTALS, payout_months
from lingbao.law.award_law import FORMULA_OF_2005, AwardLaw, award_law, divisor_law
from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, month
from lingbao.law.rounding import fen_half_up
from lingbao.law.rule import plain
from lingbao.law.rules import benefit, provincial
from lingbao.law.store import Law
from lingbao.verify.forms import definitions, evaluate, normalised
from lingbao.verify.reading import Inputs, age_in_months, first, month_of, needed, number, place, share

NATIONAL = {"(C+C*index)/2*years*0.01", "C*(1+index)/2*years*0.01"}
LOW_INDEX = "(C*a+C*index)/2*years*0.01"
TWO_BASES = {"(C_local+C_province*index)/2*years*0.01"}
LOCAL_INDEX = {"(C_province+C_local*index)/2*years*0.01", "(C+C_local*index)/2*years*0.01"}
TRANSITION_USUAL = re.compile(r"(C\w*)\*index\*years\*rate")
TRANSITION_MEAN = re.compile(r"(C\w*)\*\(1\+index\)/2\*years\*rate|\((C\w*)\+\2\*index\)/2\*years\*rate")
THRESHOLD = re.compile(r"min\(1(?:\.0)?,index/([\d.]+)\)")
EXTRAS = ("extra", "extras", "adjustment", "supplement", "regulator", "addition", "additions", "allowance", "subsidy",
          "heating", "one_child_addition", "plateau_supplement", "long_payment_extra", "special_addition")
ODD_MONTHS = ("odd_months", "extra_months")
NOTIONAL = ("account", "balance", "notional_account", "notional_balance")
# No coefficient reaches a tenth: a larger number is one of percent.
LEAST_PERCENT = 0.1
COMPONENTS = ("basic", "account_pension", "transitional")
NOT_MONEY = re.compile(r"year|month|age|index|divisor|rate|percent|share|total|wage")


def pension(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Parts and total of a pension, from a base, an index, years, an account and a divisor."""
    terms = _terms(law, inputs)
    answer: dict[str, Any] = {}
    if first(inputs, "C", "C_local", "C_province", "benefit_base") is not None and first(inputs, "years", "months") is not None:
        answer["basic"] = _basic(law, inputs, terms)
    if first(inputs, "account", "account_balance") is not None:
        answer["account_pension"] = _account(law, inputs, terms)
    if "transition" in inputs or "transitional_years" in inputs:
        answer["transitional"] = _transitional(inputs, terms)
    for name in COMPONENTS:
        if name not in answer and inputs.get(name) is not None:
            answer[name] = number(inputs, name)
    extras = _extras(inputs)
    answer |= {"extra": extras, "additions": extras} | _long_payment(inputs, terms)
    if (base := first(inputs, "C", "C_province")) is not None and (mean := first(inputs, "avg_index", "index")) is not None:
        answer["indexed_wage"] = benefit.indexed_wage(float(base), float(mean))
    if "basic" in answer or "account_pension" in answer:
        answer["total"] = _total(answer, extras, terms)
    if (wage := first(inputs, "reference_wage", "last_wage")) is not None and "total" in answer:
        answer["replacement_rate"] = benefit.replacement_rate(answer["total"], float(wage))
    return answer


def _terms(law: Law, inputs: Inputs) -> AwardLaw | None:
    """Return how the province of a case computes, or None where it names none."""
    where = place(law, inputs)
    if where is None:
        return None
    on = month_of(inputs)
    newest = law.look_up(f"provinces.{where[0]}.transitional").since or FORMULA_OF_2005
    return award_law(law, where[0], max(on or newest, FORMULA_OF_2005), where[1])


def _months(inputs: Inputs, terms: AwardLaw | None) -> float:
    """Return contribution months, with the years rounded up where the province does."""
    months = float(first(inputs, "months", *ODD_MONTHS, default=0.0))
    if inputs.get("years") is not None and months < MONTHS_PER_YEAR:
        months += number(inputs, "years") * MONTHS_PER_YEAR
    if terms is not None and "years_step" in terms.own:
        return provincial.months_in_year_steps(months, terms.own["years_step"])
    return months


def _basic(law: Law, inputs: Inputs, terms: AwardLaw | None) -> float:
    """Compute the basic pension by the form a case states, else by its province, else by the national formula."""
    mean_index = float(first(inputs, "avg_index", "index", "mean_index", default=0.0))
    on = month_of(inputs)
    if on is not None and on < FORMULA_OF_2005:
        return benefit.basic_pension_1997(number(inputs, "C", "benefit_base"), law.number("national.benefit.law1997_basic_share", on))
    months = _months(inputs, terms)
    rate = float(law.number("national.benefit.accrual_rate", on))
    stated = first(inputs, "basic_form")
    main, named = definitions(str(stated)) if stated else ("", {})
    form = normalised(main)
    both_bases = "C" not in inputs and first(inputs, "C_local") is not None and first(inputs, "C_province") is not None
    own_form = terms.forms["basic_form"] if terms is not None and both_bases and not form else ""
    if form in TWO_BASES or own_form == "two_bases":
        return provincial.basic_pension_two_bases(number(inputs, "C_local"), number(inputs, "C_province"), mean_index, months, rate)
    if form in LOCAL_INDEX or own_form == "local_index":
        return provincial.basic_pension_local_index(number(inputs, "C_province", "C"), number(inputs, "C_local"), mean_index, months, rate)
    base = number(inputs, "C", "benefit_base", "C_province")
    threshold = THRESHOLD.fullmatch(normalised(named.get("a", "")))
    if form == LOW_INDEX and threshold:
        return _low_index(base, mean_index, float(threshold.group(1)), months, rate)
    if form in NATIONAL:
        return benefit.basic_pension(base, mean_index, months, rate)
    if form:
        years = months / MONTHS_PER_YEAR if first(inputs, *ODD_MONTHS) is None else number(inputs, "years")
        names = _names(inputs) | {"C": base, "index": mean_index, "avg_index": mean_index, "years": years, "rate": rate}
        return fen_half_up(evaluate(str(stated), names))
    if terms is None:
        return benefit.basic_pension(base, mean_index, months, rate)
    if terms.forms["basic_form"] == "low_index":
        return _low_index(base, mean_index, terms.own["index_threshold"], months, rate)
    if terms.forms["basic_form"] == "odd_months":
        years, odd = divmod(round(months), 12)
        return provincial.basic_pension_odd_months(base, mean_index, years, odd, rate, terms.own["odd_month_rate"])
    return benefit.basic_pension(base, mean_index, months, rate)


def _low_index(base: float, mean_index: float, threshold: float, months: float, rate: float) -> float:
    factor = provincial.low_index_factor(mean_index, threshold)
    return provincial.basic_pension_low_index(base, factor, mean_index, months, rate)


def _account(law: Law, inputs: Inputs, terms: AwardLaw | None) -> float:
    """Compute the account pension from a divisor, or from the age where none is given."""
    divisor = first(inputs, "divisor", "payout_months")
    if divisor is None:
        months = age_in_months(needed(inputs, "age")) if inputs.get("age_years") is None else (
            int(inputs["age_years"]) * 12 + int(inputs.get("age_months") or 0))
        divisor = payout_months(divisor_law(law, month_of(inputs) or month(2025, 1)), months, plain, [])
    rule = benefit.account_pension if terms is None else ACCOUNTS[terms.forms["amount_rounding"]]
    return float(rule(number(inputs, "account", "account_balance"), float(divisor)))


def _transitional(inputs: Inputs, terms: AwardLaw | None) -> float:
    """Compute the transitional pension: nothing, one part, or the sum of parts."""
    stated = first(inputs, "transition")
    if not stated:
        return 0.0
    parts = stated if isinstance(stated, list) else stated.get("parts") or [stated]
    return fen_half_up(sum(_transitional_part(inputs, part, terms) for part in parts))


def _transitional_part(inputs: Inputs, part: dict[str, Any], terms: AwardLaw | None) -> float:
    """Compute one part by the rule its form names, or as plain arithmetic where the form is a new one."""
    if part.get("amount") is not None:
        return number(part, "amount")
    form = normalised(str(part.get("form") or "C*index*years*rate"))
    both = {**inputs, **part}
    if part.get("form") is None and (balance := first(part, *NOTIONAL)) is not None:
        return provincial.notional_account_pension(float(balance), number(part, "divisor"))
    if match := TRANSITION_USUAL.fullmatch(form):
        return provincial.transitional_pension(_base(both, match.group(1)), number(part, "index"), _months(part, terms),
                                               _coefficient(part))
    if match := TRANSITION_MEAN.fullmatch(form):
        return provincial.transitional_pension_mean(_base(both, match.group(1) or match.group(2)), number(part, "index"),
                                                    _months(part, terms), _coefficient(part))
    return fen_half_up(evaluate(str(part["form"]), _names(both)))


def _coefficient(part: dict[str, Any]) -> float:
    """Return the coefficient of a part, written as a fraction, with a percent sign, or as a number of percent."""
    written = needed(part, "rate", "coefficient")
    value = share(written)
    return value if isinstance(written, str) or value < LEAST_PERCENT else value / 100


def _base(inputs: Inputs, name: str) -> float:
    """Return the base a form names; ``C`` alone may be written as the provincial base."""
    return number(inputs, name) if inputs.get(name) is not None else number(inputs, "C", "C_province", "benefit_base")


def _names(inputs: Inputs) -> dict[str, float]:
    """Return every number of a case by its name, for a formula in words."""
    names = {name: float(value) for name, value in inputs.items()
             if isinstance(value, int | float) and not isinstance(value, bool)}
    if "C" in names and "index" in names:
        names.setdefault("indexed_wage", names["C"] * names["index"])
    return names


def _extras(inputs: Inputs) -> float:
    """Add up the additions a case names."""
    total = 0.0
    for name in _named_extras(inputs):
        value = inputs.get(name)
        listed = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        for amount in listed:
            if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int | float)):
                raise InputError("case.number", value=amount, where=name, zh=f"“{amount}”应为数字。",
                                 en=f"'{amount}' must be a number.")
            total += float(amount or 0.0)
    return total


def _named_extras(inputs: Inputs) -> list[str]:
    """Return the names of a case's additions: the usual ones, and every further sum where the parts themselves are given."""
    named = [name for name in EXTRAS if inputs.get(name) is not None]
    if first(inputs, "C", "C_local", "C_province", "benefit_base", "account") is None and inputs.get("basic") is not None:
        named += [name for name, value in inputs.items() if name not in {*named, *COMPONENTS} and not NOT_MONEY.search(name)
                  and isinstance(value, int | float) and not isinstance(value, bool)]
    return named


def _long_payment(inputs: Inputs, terms: AwardLaw | None) -> dict[str, float]:
    """Compute the extra for long contribution where the province has one and both bases are given."""
    if terms is None or "first_step" not in terms.own or first(inputs, "C_local") is None or first(inputs, "C_province") is None:
        return {}
    steps = (terms.own[name] for name in ("first_step", "second_step", "third_step", "first_share", "second_share", "third_share"))
    years = benefit.years_from_months(_months(inputs, terms))
    amount = provincial.long_payment_extra(number(inputs, "C_local"), number(inputs, "C_province"),
                                           number(inputs, "avg_index"), years, *steps)
    named = {"long_payment": amount, "extra_pension": amount}
    return named if _named_extras(inputs) else named | {"extra": amount}


def _total(answer: dict[str, Any], extras: float, terms: AwardLaw | None) -> float:
    """Add up the parts and round as the province rounds parts and total."""
    basic, account, transitional = (float(answer.get(name) or 0.0) for name in ("basic", "account_pension", "transitional"))
    if terms is None:
        return benefit.pension_total(basic, account, transitional, extras)
    rounding = terms.forms["amount_rounding"]
    if terms.forms["rounding_applies_to"] == "total":
        return float(TOTALS[rounding](basic, account, transitional, extras))
    part = PARTS[rounding]
    if part is not None:
        basic, account, transitional = part(basic), part(account), part(transitional)
    return benefit.pension_total(basic, account, transitional, extras)
