"""Golden cases on tax, break-even and death benefits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules import personal_pension, survivor
from lingbao.law.store import Law
from lingbao.valuation import cashflow, rate_of_return
from lingbao.verify.other_reading import Inputs, first_of, given, last_month_of, numbers_like, unknown_kind
from lingbao.verify.other_resident import resident_case

# How far a case without a horizon is followed.
LONGEST_MONTHS = 100 * MONTHS_PER_YEAR


def tax_table(law: Law, name: str) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Return a bracket table as limits, rates and quick deductions."""
    rows = law.table(f"national.personal_pension.{name}_tax_brackets")
    limits = tuple(float(row[0]) for row in rows if row[0] is not None)
    return limits, tuple(float(row[1]) for row in rows), tuple(float(row[2]) for row in rows)


def personal_pension_tax(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Tax saved by a contribution, tax at payout, and what is left."""
    rate = law.number("national.personal_pension.payout_tax_rate")
    answer: dict[str, Any] = {}
    if given(inputs, "contribution"):
        paid = float(inputs["contribution"])
        cap = law.number("national.personal_pension.annual_cap")
        deducted = float(personal_pension.deductible_contribution(paid, cap))
        answer |= {"deductible": deducted, "deducted": deducted, "cap": float(cap)}
        if given(inputs, "marginal_percent", "marginal_rate"):
            marginal = float(first_of(inputs, "marginal_rate", default=float(inputs.get("marginal_percent") or 0.0) / 100.0))
            saved = personal_pension.tax_saved_within_bracket(deducted, marginal)
        else:
            saved, bills = _bills(law, inputs, deducted)
            answer |= bills
        later = personal_pension.payout_tax(float(first_of(inputs, "withdrawal", "payout", default=deducted)), rate)
        net = personal_pension.net_tax_gain(saved, later)
        answer |= {"tax_saved": saved, "tax_on_withdrawal": later, "net": net, "net_of_withdrawal_tax": net}
    elif given(inputs, "withdrawal", "payout", "balance", "amount"):
        drawn = float(first_of(inputs, "withdrawal", "payout", "balance", "amount"))
        later = personal_pension.payout_tax(drawn, rate)
        net = personal_pension.net_tax_gain(drawn, later)
        answer |= {"tax_on_withdrawal": later, "tax": later, "net": net, "net_received": net, "after_tax": net}
    else:
        raise unknown_kind("personal_pension_tax", inputs)
    return answer


def _bills(law: Law, inputs: Inputs, deducted: float) -> tuple[float, dict[str, Any]]:
    """Tax saved, and the two bills it is the difference of."""
    income = first_of(inputs, "taxable_income", default=None)
    if income is None:
        gross = float(first_of(inputs, "yearly_income", "annual_income", "income"))
        income = personal_pension.taxable_income(
            gross, law.number("national.personal_pension.basic_allowance"), float(first_of(inputs, "deductions", default=0.0)))
    income = float(income)
    if "business" in str(first_of(inputs, "income_kind", "kind", "income_type", "table", default="")):
        table = tax_table(law, "business")
        on = last_month_of(first_of(inputs, "year", default="2025-12"))
        relief = bool(first_of(inputs, "relief", "halved", default=True))
        limit, share = (
            float(law.number(f"national.personal_pension.business_tax_relief_{name}", on=on)) if relief else 0.0
            for name in ("limit", "share")
        )
        before = personal_pension.business_income_tax(income, *table, limit, share)
        after = personal_pension.business_income_tax(income - deducted, *table, limit, share)
        saved = personal_pension.net_tax_gain(before, after)
    else:
        table = tax_table(law, "comprehensive")
        before = personal_pension.income_tax(income, *table)
        after = personal_pension.income_tax(income - deducted, *table)
        saved = personal_pension.tax_saved(income, deducted, *table)
    return saved, {"tax_before": before, "tax_after": after, "taxable_income": income}


# One figure has many names in cases; level flows are read before these patterns are tried.
OUTLAY = r"paid|pay|cost|outlay|contribut|invest|premium|principal"
PENSION = r"pension|receive|month|benefit|draw|gain|^get|_get"


def breakeven(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Rate of return of level flows, and months until the money, or the extra money, is back.

    With one sum paid and one monthly pension the payback of that sum is given; with two of each (two options) that
    of the difference, the dearer option against the cheaper.
    """
    growth_keys = tuple(numbers_like(inputs, "growth|rise|adjust"))
    growth = float(first_of(inputs, *growth_keys, default=0.0)) if growth_keys else 0.0
    inputs = _flattened(inputs)
    if given(inputs, "flows"):
        return _rate(np.asarray(inputs["flows"], dtype=float))
    if given(inputs, "pay_months") and given(inputs, "pay") and given(inputs, "receive"):
        return _level_flows(inputs, growth)
    drawn = numbers_like(inputs, PENSION, growth_keys)
    paid = numbers_like(inputs, OUTLAY, {*drawn, *growth_keys}) or numbers_like(inputs, OUTLAY, growth_keys)
    drawn = {name: value for name, value in drawn.items() if name not in paid}
    if len(paid) == len(drawn) == 1:
        ((_, outlay),), ((_, pension),) = paid.items(), drawn.items()
        return _payback(inputs, outlay, pension, growth)
    if len(paid) == len(drawn) == 2:
        (dear, more), (cheap, less) = sorted(zip(paid.values(), drawn.values(), strict=True), reverse=True)
        return _payback(inputs, dear - cheap, more - less, growth)
    raise unknown_kind("breakeven", inputs)


def _level_flows(inputs: Inputs, growth: float) -> dict[str, Any]:
    """Months of level payments followed by months of pension."""
    paying, drawing = int(inputs["pay_months"]), int(first_of(inputs, "receive_months", default=LONGEST_MONTHS))
    wait = int(first_of(inputs, "wait_months", "gap_months", default=0))
    outlay = np.concatenate((np.full(paying, float(inputs["pay"])), np.zeros(wait + drawing)))
    pension = np.concatenate((np.zeros(paying + wait), cashflow.level_pension(float(inputs["receive"]), drawing, growth)))
    index = int(cashflow.payback_index(outlay, pension))
    paid, drawn = float(outlay.sum()), float(pension.sum())
    months: float | None = None if index == cashflow.NEVER else index - paying - wait + 1
    if months is not None and not growth:
        months = paid / float(inputs["receive"])
    answer: dict[str, Any] = {"total_paid": paid, "total_received": drawn, "ratio": float(cashflow.benefit_cost_ratio(outlay, pension))}
    answer |= _months(inputs, months)
    return answer | (_rate(pension - outlay) if given(inputs, "receive_months") else {})


def _rate(flows: np.ndarray) -> dict[str, Any]:
    found = rate_of_return.rate_of_return(flows)
    return {
        "monthly_irr": found.monthly, "annual_irr": found.yearly, "irr": found.yearly, "annual_effective": found.yearly,
        "yearly_irr": found.yearly, "reason": found.reason,
    }


def _payback(inputs: Inputs, outlay: float, pension: float, growth: float) -> dict[str, Any]:
    """Months until the money is back: a quotient where the pension stays level, else the month that completes it."""
    count = cashflow.payback_months(outlay, pension, growth, LONGEST_MONTHS)
    months = None if count == cashflow.NEVER else count if growth else outlay / pension
    return _months(inputs, months) | {
        "extra_paid": outlay, "extra_monthly": pension, "whole_months": None if months is None else count,
    }


def _flattened(inputs: Inputs) -> dict[str, Any]:
    """Return options written as one record each (``{a: {paid: …}}``) as single inputs (``a_paid: …``)."""
    flat: dict[str, Any] = {}
    for name, value in inputs.items():
        flat |= {f"{name}_{inner}": one for inner, one in value.items()} if isinstance(value, Mapping) else {name: value}
    return flat


def _months(inputs: Inputs, months: float | None) -> dict[str, Any]:
    """Months of pension until the money is back, as months, years and age."""
    years = None if months is None else months / MONTHS_PER_YEAR
    answer: dict[str, Any] = dict.fromkeys(
        ("payback_months", "months", "breakeven_months", "break_even_months", "extra_payback_months"), months)
    answer |= dict.fromkeys(("payback_years", "years", "breakeven_years"), years)
    if given(inputs, "claim_age", "start_age", "age") and years is not None:
        age = float(first_of(inputs, "claim_age", "start_age", "age")) + years
        answer |= {"payback_age": age, "breakeven_age": age, "break_even_age": age}
    return answer


def survivor_case(law: Law, inputs: Inputs) -> dict[str, Any]:
    """Death benefits of the employee scheme, with the account where it is given; of the resident scheme where it is named."""
    if "resident" in str(inputs.get("scheme", "")):
        answer = resident_case(law, inputs)
        return answer | {"total": answer["death_grant"], "funeral": answer["death_grant"]}
    years = float(first_of(inputs, "contribution_years", "years"))
    income = float(first_of(inputs, "local_disposable_income_month", "disposable_income_month", "disposable_income"))
    months = condolence(law, years)
    if bool(first_of(inputs, "retired", default=False)):
        months = survivor.condolence_months_retired(
            months, _years_drawn(inputs), law.number("national.benefit.bereavement_months_less_per_pension_year"),
            law.number("national.benefit.bereavement_months_floor_retired"),
        )
    funeral = survivor.funeral_grant(income, law.number("national.benefit.funeral_grant_months"))
    payment = survivor.condolence_payment(income, months)
    own = next(iter(numbers_like(inputs, OWN_MONEY).values()), np.inf)
    total = survivor.death_benefits(funeral, payment, years, law.number("national.survivor.short_payer_years"), own)
    account = float(first_of(inputs, "account_balance", "account", "account_left", default=0.0))
    return {
        "condolence_months": float(months), "funeral": funeral, "condolence": payment, "condolence_amount": payment, "grants": total, "account": account,
        "total": survivor.survivors_total(total, account),
    }


# What a person paid in: the limit on grants for those who paid a short time.
OWN_MONEY = r"^(own|personal|account)_?(contribut|paid|payment|principal)"


def _years_drawn(inputs: Inputs) -> float:
    """Years for which a pensioner drew, under any of its names."""
    for name, value in numbers_like(inputs, "drawn|drew|pension|retired|receiv|draw").items():
        return value / MONTHS_PER_YEAR if "month" in name else value
    return float(first_of(inputs, "years_drawn"))


def condolence(law: Law, years: float) -> float:
    """Months of condolence payment before retirement, from the law's numbers."""
    paths = [
        *(f"national.survivor.{name}" for name in ("second_step_years", "third_step_years", "third_step_last_year")),
        *(f"national.benefit.bereavement_months_{name}" for name in
          ("under_5_years", "under_10_years", "up_to_15_years", "per_further_year")),
        "national.survivor.years_counted_at_most", "national.benefit.bereavement_months_cap",
    ]
    return survivor.condolence_months(years, *(law.number(path) for path in paths))
