"""The figures of one option under one projection, as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.career.outcome import Outcome
from lingbao.career.person import Person
from lingbao.law.dense import Dense
from lingbao.law.month import format_month
from lingbao.law.rules.benefit import replacement_rate
from lingbao.law.rules.retirement import months_short
from lingbao.valuation.options import Valuation

Floats = npt.NDArray[np.float64]
HEIR_AGES = (50, 60, 70, 80)


def rounded(value: float | None, digits: int = 2) -> float | None:
    """Round for output; what is not a number becomes None."""
    return round(float(value), digits) if value is not None and np.isfinite(value) else None


def at(path: Floats, month: int, as_of: int) -> float:
    """Return a path's value in a month, held to the months it has."""
    return float(path[min(max(month - as_of, 0), path.shape[0] - 1)])


def final_income(person: Person, future: Dense, month: int) -> float:
    """Return the income of today carried forward with the average wage; that wage where there is none.

    Unit: yuan/month.
    """
    wages = future.average_wage[future.row(person.residence)]
    return (person.income or float(wages[0])) * at(wages, month, future.first) / float(wages[0])


def outlook_of(
    person: Person, outcome: Outcome, value: Valuation, i: int, extra_age: int, heirs: Floats, future: Dense, as_of: int
) -> dict[str, Any]:
    """Return the figures of option ``i``; money of today is money of ``as_of``.

    The replacement rate compares the pension at the claim with the income, carried forward with the average wage, or
    with the average wage itself where no income was given.
    """
    timing = outcome.schedule
    claim = timing.claim
    prices = float(future.price_index[0]) / at(future.price_index, claim, as_of)
    final = final_income(person, future, claim)
    draws = outcome.pension_at_claim > 0.0
    credited = person.months_paid + person.deemed_months
    if outcome.plan.scheme != "employee":
        credited += person.resident_years * 12
    return {
        "outlay_total": rounded(value.outlay_total[i]),
        "outlay_today": rounded(value.outlay_today[i]),
        "months_needed": months_short(timing.minimum_months, credited),
        "months_to_pay": outcome.payments,
        "claim_month": format_month(claim) if draws or outcome.lump_sum else None,
        "claim_age_months": claim - person.birth if draws or outcome.lump_sum else None,
        "pension_then": rounded(outcome.pension_at_claim) if draws else 0.0,
        "pension_today": rounded(outcome.pension_at_claim * prices) if draws else 0.0,
        "replacement_rate": rounded(replacement_rate(outcome.pension_at_claim, final), 4) if draws and final > 0 else None,
        "payback_age_months": _age(value.payback_age_months[i]),
        "payback_extra_age_months": _age(extra_age),
        "benefit_cost_ratio": rounded(value.benefit_cost_ratio_today[i], 3),
        "irr": rounded(value.rate_yearly[i], 5),
        "irr_real": rounded(value.rate_yearly_real[i], 5),
        "expected_present_value": rounded(value.expected_present_value[i]),
        "chance_of_payback": rounded(value.chance_of_payback[i], 4) if value.payback_age_months[i] >= 0 else 0.0,
        "heirs": [
            {"age": age, "amount": rounded(amount)} for age, amount in zip(HEIR_AGES, heirs, strict=True)
            if np.isfinite(amount) and age * 12 > as_of - person.birth
        ],
        "lump_sum": rounded(outcome.lump_sum),
        "account_at_claim": rounded(outcome.account_balance),
        "mean_index": rounded(outcome.mean_index, 4),
        "place": outcome.place,
        "parts": {name: rounded(amount) for name, amount in outcome.parts.items()},
        "flags": [flag.to_dict() for flag in outcome.flags],
    }


def _age(months: int) -> int | None:
    return int(months) if months >= 0 else None
