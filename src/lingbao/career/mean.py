"""The mean index at the claim: over the months paid, or, where the province counts gaps, over the months due."""

from __future__ import annotations

from typing import Any

from lingbao.career.person import Person
from lingbao.career.retirement import Run
from lingbao.career.schedule import Schedule
from lingbao.law.rule import plain
from lingbao.law.rules.index import mean_index, mean_index_over_months_due
from lingbao.law.store import Law
from lingbao.law.trace import noted


def months_due_unpaid(law: Law, person: Person, timing: Schedule, province: str, statutory: int, as_of: int) -> int:
    """Return the months from now to the claim that were due and not paid, where the province counts them, else 0.

    What is due begins now for those insured before, else with the first month paid; nothing is due after the statutory
    month. Gaps before now are in the person's mean index already, which the province worked out in its own way.

    Parameters
    ----------
    timing : Schedule
        Dates of the plan.
    province : str
        Province that works out the pension; its record ``transitional`` says whether gaps count.
    statutory, as_of : int
        Statutory month, and the month from which one looks.

    Raises
    ------
    MissingLaw
        If the province's record is not known for the claim.
    """
    insured = person.months_paid + person.deemed_months > 0
    first = as_of if insured else timing.pay_from
    end = min(timing.claim, statutory) + 1
    unpaid = max(end - first, 0) - _overlap(first, end, timing.pay_from, timing.pay_until) + _overlap(
        max(first, timing.pay_from), min(end, timing.pay_until), timing.gap_from, timing.gap_until
    )
    if not timing.feasible or unpaid == 0:
        return 0
    return unpaid if law.table(law.provincial(province, "transitional"), timing.claim)["gap_counts"] else 0


def mean_index_at_claim(
    law: Law, person: Person, timing: Schedule, province: str, statutory: int, as_of: int, indices: Any, months: Any,
    run: Run = plain,
) -> Any:
    """Return the mean index at the claim, by the way the province of benefit counts; 0 without a month paid.

    Parameters
    ----------
    indices, months : float
        Sum of the indices, and months paid.
    run : callable
        ``plain``, or ``law.trace.traced``.
    """
    if not months:
        return 0.0
    unpaid = months_due_unpaid(law, person, timing, province, statutory, as_of)
    if not unpaid:
        return run(mean_index)(indices, months)
    return run(mean_index_over_months_due)(indices, months, noted("counted", "gap_months", float(unpaid)))


def _overlap(first: int, end: int, other_first: int, other_end: int) -> int:
    """Months that two runs share, each from its first month to before its end."""
    return max(min(end, other_end) - max(first, other_first), 0)
