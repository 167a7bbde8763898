"""From a plan to dates: which months are paid, when the minimum is complete, when the claim can be."""

from __future__ import annotations

from dataclasses import dataclass

from lingbao.career.person import Person
from lingbao.career.plan import Plan
from lingbao.career.retirement import Retirement, minimum_for_claim
from lingbao.law.month import format_month
from lingbao.law.rules.retirement import month_of_completion
from lingbao.law.store import Law

FAR = 10**6  # a month that never comes
LATEST_CLAIM_AGE = 75 * 12  # a plan that ends later than this is not shown as possible


@dataclass(frozen=True)
class Schedule:
    """The dates of one plan.

    Attributes
    ----------
    feasible : bool
        Whether the plan leads to a monthly employee pension.
    claim : int
        Month of the claim; the last month that may be paid.
    pay_from, pay_until, gap_from, gap_until : int
        First month paid, first month no longer paid, and the interruption.
    minimum_months : int
        Months needed for this claim.
    months_at_claim : int
        Months credited by then, deemed months included.
    extended : bool
        Whether payment goes on after the statutory month to complete the minimum.
    reason_zh, reason_en : str
        Why the plan is not feasible, or what it implies.
    """

    feasible: bool
    claim: int
    pay_from: int
    pay_until: int
    gap_from: int
    gap_until: int
    minimum_months: int
    months_at_claim: int
    extended: bool = False
    reason_zh: str = ""
    reason_en: str = ""


def schedule(law: Law, person: Person, plan: Plan, retirement: Retirement, as_of: int) -> Schedule:
    """Return the dates of an employee-scheme plan.

    A plan for the statutory month that is short of the minimum pays on after it (社会保险法 第十六条). A plan for the
    earliest month takes the first month of the window in which the minimum of that year is complete.
    """
    pay_from = max(as_of, plan.pay_from if plan.pay_from is not None else as_of)
    gap_from = plan.gap_from if plan.gap_from is not None and plan.gap_months > 0 else FAR
    gap_until = gap_from + plan.gap_months
    before = person.months_paid + person.deemed_months
    stop = plan.pay_until if plan.pay_until is not None else FAR

    def months_by(claim: int) -> int:
        """Months credited when everything to the end of the claim month is paid."""
        end = min(claim + 1, stop)
        paid = max(end - pay_from, 0)
        missed = max(min(gap_until, end) - max(gap_from, pay_from), 0)
        return before + paid - missed

    statutory = retirement.statutory
    if plan.claim == "earliest":
        window = range(max(retirement.earliest, as_of), statutory + 1)
        claim = next((m for m in window if months_by(m) >= minimum_for_claim(law, m, statutory)), statutory)
    else:
        claim = max(statutory if plan.claim == "statutory" else int(plan.claim), as_of)
        if claim < retirement.earliest:
            return _refused(
                claim, pay_from, gap_from, gap_until,
                f"最早可在 {format_month(retirement.earliest)} 领取，不能选 {format_month(claim)}。",
                f"The earliest claim is {format_month(retirement.earliest)}; {format_month(claim)} cannot be chosen.",
            )
    minimum = minimum_for_claim(law, claim, statutory)
    months = months_by(claim)
    extended = False
    if months < minimum:
        if stop != FAR:
            return _refused(
                claim, pay_from, gap_from, gap_until,
                f"到 {format_month(claim)} 只有 {months} 个月，不足最低 {minimum} 个月，不能按月领取职工养老金。",
                f"By {format_month(claim)} there are {months} months, short of the minimum of {minimum}: no monthly employee pension.",
                minimum, months,
            )
        claim = month_of_completion(max(claim, pay_from - 1), minimum - months)
        while months_by(claim) < minimum:  # a gap after the statutory month puts it off further
            claim += minimum - months_by(claim)
        months, extended = months_by(claim), True
        if claim - person.birth > LATEST_CLAIM_AGE:
            return _refused(
                claim, pay_from, gap_from, gap_until,
                f"要缴到 {format_month(claim)}（{(claim - person.birth) // 12} 岁）才满 {minimum} 个月，不现实。",
                f"The minimum of {minimum} months would only be complete in {format_month(claim)}, at age {(claim - person.birth) // 12}.",
                minimum, months,
            )
    pay_until = min(claim + 1, stop)
    if plan.stop_at_minimum and months > minimum:
        needed = max(minimum - before, 0)
        pay_until = pay_from + needed
        if pay_from <= gap_from < pay_until:
            pay_until += gap_until - gap_from
        months = before + needed
    return Schedule(
        True, claim, pay_from, pay_until, gap_from, gap_until, minimum, months, extended,
        reason_zh=f"到法定退休时间还不满最低年限，需延长缴费到 {format_month(claim)}。" if extended else "",
        reason_en=f"Short of the minimum at the statutory month: payment goes on until {format_month(claim)}." if extended else "",
    )


def _refused(
    claim: int, pay_from: int, gap_from: int, gap_until: int, zh: str, en: str, minimum: int = 0, months: int = 0
) -> Schedule:
    return Schedule(False, claim, pay_from, claim + 1, gap_from, gap_until, minimum, months, False, zh, en)
