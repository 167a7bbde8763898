"""What comes on top of a scheme: the subsidy for people hard to employ, and saving of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lingbao.career.outcome import Outcome
from lingbao.career.person import Person
from lingbao.career.place import area_path
from lingbao.career.retirement import Retirement, Run
from lingbao.law.award import payout_months
from lingbao.law.award_law import Flag, divisor_law
from lingbao.law.rule import plain
from lingbao.law.rules.commercial import annuity_per_month
from lingbao.law.rules.personal_pension import deductible_contribution, payout_tax, tax_saved, taxable_income
from lingbao.law.rules.subsidy import (
    contribution_after_subsidy,
    contribution_subsidy,
    contribution_subsidy_fixed,
    subsidy_months,
)
from lingbao.law.store import Law

SUBSIDY_NATIONAL = Flag(
    "subsidy_national", "当地补贴标准未收录，按国家规定的上限估算，实际以当地为准。",
    "The local subsidy is not in the store; the national ceiling is shown, the local amount may be lower.",
)
SUBSIDY_REPAID = Flag(
    "subsidy_repaid", "补贴通常先缴后补，须先被认定为就业困难人员；此处按从现在起认定计算。",
    "The subsidy is usually repaid after payment and needs recognition as hard to employ first; recognition from now on is assumed.",
)
SAVING = Flag(
    "saving_return", "储蓄与个人养老金的收益没有保证，按所选情景估计；领取额按计发月数平均分配，不是终身年金。",
    "The return of savings is not guaranteed and follows the scenario; the payout is spread over the payout months and does not last for life.",
)
NO_TAX_SAVED = Flag(
    "no_tax_saved", "按所填收入不缴（或很少缴）个人所得税，缴个人养老金省不了税，领取时却仍要缴税。",
    "At this income no income tax is due, so a personal pension saves none now, and its payout is still taxed.",
)
INCOME_UNKNOWN = Flag(
    "income_unknown", "没有填写收入，个人养老金的节税额按 0 计。",
    "No income was given; the tax saved by a personal pension is counted as nil.",
)
ENDLESS = float("inf")


def with_subsidy(law: Law, person: Person, outcome: Outcome, dates: Retirement, as_of: int) -> Outcome:
    """Lower the outlay of an employee plan by the subsidy for people recognised as hard to employ (N10)."""
    row = local_subsidy(law, person, as_of)
    months = months_subsidised(law, row, dates, as_of)
    outlay = outcome.outlay.copy()
    for t in range(min(months, outlay.shape[0])):
        outlay[t] = after_subsidy(law, row, float(outlay[t]))
    first = after_subsidy(law, row, outcome.first_payment) if months else outcome.first_payment
    flags = (*outcome.flags, SUBSIDY_REPAID) if row else (*outcome.flags, SUBSIDY_NATIONAL, SUBSIDY_REPAID)
    return replace(outcome, outlay=outlay, flags=flags, first_payment=first)


def months_subsidised(law: Law, row: Mapping[str, Any] | None, dates: Retirement, as_of: int) -> int:
    """Return the months of subsidy from now on: three years, or until retirement when less than five years are left.

    The statutory month itself may still be paid for, so it counts.
    """
    longest = row.get("longest_months") if row else None
    return int(subsidy_months(
        max(dates.statutory - as_of + 1, 0), int(law.number("national.subsidy.near_retirement_months")),
        int(law.number("national.subsidy.max_months") if longest is None else longest),
    ))


def local_subsidy(law: Law, person: Person, as_of: int) -> Mapping[str, Any] | None:
    """The subsidy rule of the place in force now, with a share or an amount for the pension."""
    general = f"provinces.{person.residence}.subsidies"
    path = area_path(law, person.residence, "subsidies", person.area) or general
    if not law.has(path):
        return None
    rows = [
        row for row in law.history(path)[-1].value
        if (row["share"] is not None or row["pension_amount"] is not None)
        and (row["since"] is None or row["since"] <= as_of) and (row["until"] is None or row["until"] >= as_of)
    ]
    return rows[-1] if rows else None


def after_subsidy(law: Law, row: Mapping[str, Any] | None, paid: float, run: Run = plain) -> Any:
    """Return what the person bears of one month's payment [yuan/month]."""
    if paid <= 0.0:
        return paid
    if row is None:
        subsidy = run(contribution_subsidy)(paid, ENDLESS, law.number("national.subsidy.max_share"), ENDLESS)
    elif row["share"] is not None:
        most = ENDLESS if row["most_amount"] is None else float(row["most_amount"])
        subsidy = run(contribution_subsidy)(paid, ENDLESS, float(row["share"]), most)
    else:
        subsidy = run(contribution_subsidy_fixed)(float(row["pension_amount"]), paid)
    return run(contribution_after_subsidy)(paid, subsidy)


@dataclass(frozen=True)
class Saving:
    """A saving plan on top of a scheme.

    Attributes
    ----------
    paid, tax_saved : float
        Saved in a year, and the income tax that it saves [yuan/year].
    months, payout_months : int
        Months saved and months drawn.
    gross, tax : float
        Drawn in a month, and the tax on it [yuan/month].
    """

    paid: Any
    tax_saved: Any
    months: int
    payout_months: int
    gross: Any
    tax: Any

    @property
    def monthly(self) -> float:
        """What it costs in a month, the tax saved taken off [yuan/month]."""
        return float(self.paid - self.tax_saved) / 12.0

    @property
    def net(self) -> float:
        """What it pays in a month after tax [yuan/month]."""
        return float(self.gross) - float(self.tax)


def saving_of(
    law: Law, person: Person, outcome: Outcome, yearly: float, kind: str, projection: str, as_of: int,
    run: Run = plain,
) -> Saving:
    """Work out yearly saving until the claim, drawn evenly over the payout months afterwards (B2, B6).

    A personal pension (个人养老金) is capped, saves income tax when paid, and everything drawn is taxed at one flat
    rate. Commercial saving has neither.
    """
    personal = kind == "personal_pension"
    paid: Any = yearly
    saved: Any = 0.0
    if personal:
        paid = run(deductible_contribution)(yearly, law.number("national.personal_pension.annual_cap"))
        saved = _tax_saved(law, person, paid, outcome, run)
    path = law.projections["projections"][projection]["paths"]["saving_return"]
    monthly = (1.0 + float(path[0][1])) ** (1.0 / 12.0) - 1.0
    months = max(outcome.schedule.claim - as_of + 1, 0)
    fund = float(paid) / 12.0 * (((1.0 + monthly) ** months - 1.0) / monthly if monthly else months)
    age = outcome.schedule.claim - person.birth
    drawn = round(payout_months(divisor_law(law, outcome.schedule.claim), age, plain, []))
    gross = run(annuity_per_month)(fund, monthly, drawn)
    tax = run(payout_tax)(gross, law.number("national.personal_pension.payout_tax_rate")) if personal else 0.0
    return Saving(paid, saved, months, drawn, gross, tax)


def with_saving(
    law: Law, person: Person, outcome: Outcome, yearly: float, kind: str, projection: str, as_of: int
) -> Outcome:
    """Add a saving plan to an outcome: more is paid until the claim, more is drawn for the payout months after it."""
    saving = saving_of(law, person, outcome, yearly, kind, projection, as_of)
    outlay, pension = outcome.outlay.copy(), outcome.pension.copy()
    outlay[:saving.months] += saving.monthly
    pension[saving.months:saving.months + saving.payout_months] += saving.net
    flags = [*outcome.flags, SAVING]
    if kind == "personal_pension" and not saving.tax_saved:
        flags.append(NO_TAX_SAVED if person.income is not None else INCOME_UNKNOWN)
    return replace(
        outcome, outlay=outlay, pension=pension, pension_at_claim=outcome.pension_at_claim + saving.net,
        parts={**outcome.parts, "saving": saving.net}, flags=tuple(flags),
        first_payment=monthly_payment(outcome) + saving.monthly,
    )


def monthly_payment(outcome: Outcome) -> float:
    """Return the first payment by the month; a resident fee is spread over its year [yuan/month]."""
    return outcome.first_payment / 12.0 if outcome.plan.scheme == "resident" else outcome.first_payment


def _tax_saved(law: Law, person: Person, paid: Any, outcome: Outcome, run: Run) -> Any:
    """Tax saved in a year by the contribution, at today's income and brackets [yuan/year]."""
    if not person.income:
        return 0.0
    own = float(np.sum(outcome.outlay[:12]))
    income = run(taxable_income)(
        person.income * 12.0, law.number("national.personal_pension.basic_allowance"), own
    )
    brackets = law.table("national.personal_pension.comprehensive_tax_brackets")
    limits = tuple(ENDLESS if limit is None else float(limit) for limit, _, _ in brackets)
    return run(tax_saved)(
        income, paid, limits, tuple(float(rate) for _, rate, _ in brackets), tuple(float(quick) for _, _, quick in brackets)
    )
