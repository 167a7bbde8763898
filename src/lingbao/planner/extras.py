"""What comes on top of a scheme: the subsidy for people hard to employ, and saving of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lingbao.career.outcome import Outcome
from lingbao.career.person import Person
from lingbao.career.retirement import Retirement
from lingbao.law.award_law import Flag
from lingbao.law.rules.commercial import annuity_per_month
from lingbao.law.rules.personal_pension import deductible_contribution, payout_tax, tax_saved, taxable_income
from lingbao.law.rules.subsidy import contribution_subsidy, contribution_subsidy_fixed, subsidy_months
from lingbao.law.store import Law

SUBSIDY_NATIONAL = Flag(
    "subsidy_national", "当地补贴标准未收录，按国家规定的上限（实际缴费的三分之二）估算，实际以当地为准。",
    "The local subsidy is not in the store; the national ceiling of two thirds is shown, the local amount may be lower.",
)
SAVING = Flag(
    "saving_return", "储蓄与个人养老金的收益没有保证，按所选情景估计；领取额按计发月数平均分配，不是终身年金。",
    "The return of savings is not guaranteed and follows the scenario; the payout is spread over the payout months and does not last for life.",
)
ENDLESS = float("inf")


def with_subsidy(law: Law, person: Person, outcome: Outcome, dates: Retirement, as_of: int) -> Outcome:
    """Lower the outlay of an employee plan by the subsidy for people recognised as hard to employ (N10)."""
    months = int(subsidy_months(
        max(dates.statutory - as_of, 0), int(law.number("national.subsidy.near_retirement_months")),
        int(law.number("national.subsidy.max_months")),
    ))
    row = _local_row(law, person, as_of)
    outlay = outcome.outlay.copy()
    for t in range(min(months, outlay.shape[0])):
        outlay[t] -= _subsidy(law, row, float(outlay[t]))
    flags = outcome.flags if row else (*outcome.flags, SUBSIDY_NATIONAL)
    return replace(outcome, outlay=outlay, flags=flags)


def _local_row(law: Law, person: Person, as_of: int) -> Mapping[str, Any] | None:
    """The subsidy rule of the place in force now, with a share or an amount for the pension."""
    path = law.provincial(person.residence, "subsidies", person.area)
    if not law.has(path):
        return None
    rows = [
        row for row in law.history(path)[-1].value
        if (row["share"] is not None or row["pension_amount"] is not None)
        and (row["until"] is None or row["until"] >= as_of)
    ]
    return rows[-1] if rows else None


def _subsidy(law: Law, row: Mapping[str, Any] | None, paid: float) -> float:
    if row is None:
        return float(contribution_subsidy(paid, ENDLESS, float(law.number("national.subsidy.max_share")), ENDLESS))
    if row["share"] is not None:
        most = ENDLESS if row["most_amount"] is None else float(row["most_amount"])
        return float(contribution_subsidy(paid, ENDLESS, float(row["share"]), most))
    return float(contribution_subsidy_fixed(float(row["pension_amount"]), paid))


def with_saving(
    law: Law, person: Person, outcome: Outcome, yearly: float, kind: str, payout_months: float, projection: str,
    as_of: int,
) -> Outcome:
    """Add yearly saving until the claim, drawn evenly over the payout months afterwards (B2, B6).

    A personal pension (个人养老金) is capped, its tax saving lowers the outlay, and everything drawn is taxed at one
    flat rate. Commercial saving has neither.
    """
    personal = kind == "personal_pension"
    paid = float(deductible_contribution(yearly, float(law.number("national.personal_pension.annual_cap")))) if personal else yearly
    saved = _tax_saved(law, person, paid, outcome) if personal else 0.0
    path = law.projections["projections"][projection]["paths"]["saving_return"]
    monthly = (1.0 + float(path[0][1])) ** (1.0 / 12.0) - 1.0
    outlay, pension = outcome.outlay.copy(), outcome.pension.copy()
    months = max(outcome.schedule.claim - as_of + 1, 0)
    outlay[:months] += (paid - saved) / 12.0
    fund = paid / 12.0 * (((1.0 + monthly) ** months - 1.0) / monthly if monthly else months)
    gross = float(annuity_per_month(fund, monthly, round(payout_months)))
    net = gross - (float(payout_tax(gross, float(law.number("national.personal_pension.payout_tax_rate")))) if personal else 0.0)
    begin = months
    pension[begin:begin + round(payout_months)] += net
    return replace(
        outcome, outlay=outlay, pension=pension, pension_at_claim=outcome.pension_at_claim + net,
        parts={**outcome.parts, "saving": net}, flags=(*outcome.flags, SAVING),
    )


def _tax_saved(law: Law, person: Person, paid: float, outcome: Outcome) -> float:
    """Tax saved in a year by the contribution, at today's income and brackets [yuan/year]."""
    if not person.income:
        return 0.0
    own = float(np.sum(outcome.outlay[:12]))
    income = float(taxable_income(
        person.income * 12.0, float(law.number("national.personal_pension.basic_allowance")), own
    ))
    brackets = law.table("national.personal_pension.comprehensive_tax_brackets")
    limits = tuple(ENDLESS if limit is None else float(limit) for limit, _, _ in brackets)
    return float(tax_saved(
        income, paid, limits, tuple(float(rate) for _, rate, _ in brackets), tuple(float(quick) for _, _, quick in brackets)
    ))
