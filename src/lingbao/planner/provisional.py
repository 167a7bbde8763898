"""The pension first paid on last year's base, and what is settled once the year's own base is published (B2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lingbao.law.award import Award, award
from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.law.rule import plain
from lingbao.law.rules.benefit import first_payment_month, provisional_balance
from lingbao.law.store import Law


@dataclass(frozen=True)
class Settlement:
    """A pension as first awarded, and as recomputed.

    Attributes
    ----------
    claim_month, known : int
        Month of the claim; month from which one looks.
    first : Award
        The award as the agency could make it in the month of the claim; ``first.provisional`` when last year's base
        stood in.
    final : Award or None
        The award on the year's own base; None as long as it is not published by ``known``.
    months_paid : int
        Months paid at the first amount before ``known`` [months].
    balance : float or None
        Paid to the person with the recomputation, or taken back below zero [yuan]; None as long as there is no final
        award.
    """

    claim_month: int
    known: int
    first: Award
    final: Award | None
    months_paid: int
    balance: Any

    @property
    def settled(self) -> bool:
        """Whether the year's own base is published."""
        return self.final is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the settlement as plain data."""
        final = self.final
        return {
            "claim_month": format_month(self.claim_month), "known": format_month(self.known),
            "provisional": self.first.provisional, "settled": self.settled,
            "first": {"benefit_base": float(self.first.benefit_base), "pension": float(self.first.total)},
            "final": None if final is None else {"benefit_base": float(final.benefit_base), "pension": float(final.total)},
            "months_paid": self.months_paid, "balance": None if self.balance is None else float(self.balance),
            "flags": [flag.to_dict() for flag in (final or self.first).flags],
        }


def settle(law: Law, *, claim_month: int, known: int, run: Any = plain, **facts: Any) -> Settlement:
    """Award a pension as known in the month of the claim, and settle it as known later.

    Parameters
    ----------
    law : Law
    claim_month : int
        Month of the claim.
    known : int
        Month from which one looks; the recomputation, where it is possible, is taken to happen in it.
    run : callable
        ``plain``, or ``law.trace.traced`` for amounts that know where they come from.
    **facts
        The rest of :func:`lingbao.law.award.award`: province, area, age_months, mean_index, months,
        account_balance, deemed_months, transitional_index.

    Raises
    ------
    InputError
        If ``known`` lies before the claim.
    MissingLaw
        If neither the year's base nor that of the year before is known.
    """
    if known < claim_month:
        raise InputError(
            "provisional.known", value=format_month(known), where="known",
            zh=f"查看时间 {format_month(known)} 早于领取时间 {format_month(claim_month)}，应不早于领取时间。",
            en=f"The month looked from, {format_month(known)}, lies before the claim in {format_month(claim_month)}; it must not.",
        )
    first = award(law, claim_month=claim_month, known=claim_month, run=run, **facts)
    now = award(law, claim_month=claim_month, known=known, run=run, **facts) if first.provisional else first
    begin = first_payment_month(claim_month, int(law.number("national.retirement.pension_start_delay")))
    paid = max(known - begin, 0)
    if now.provisional:
        return Settlement(claim_month, known, first, None, paid, None)
    balance = run(provisional_balance)(now.total, first.total, paid if first.provisional else 0)
    return Settlement(claim_month, known, first, now, paid, balance)
