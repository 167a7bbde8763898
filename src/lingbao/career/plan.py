"""A plan: in which scheme, on what base, from when to when, how often, and when to claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scheme = Literal["employee", "resident", "none"]
Rhythm = Literal[1, 3, 6, 12]
Claim = Literal["statutory", "earliest"] | int

RHYTHMS: dict[int, tuple[str, str]] = {
    1: ("按月", "monthly"), 3: ("按季", "quarterly"), 6: ("按半年", "half-yearly"), 12: ("按年", "yearly"),
}


@dataclass(frozen=True)
class Plan:
    """What someone decides to do from now on.

    Parameters
    ----------
    scheme : {"employee", "resident", "none"}
        Scheme paid into from now on.
    ratio : float
        Employee scheme: declared base as a share of the average wage.
    amount : float
        Employee scheme: declared base as a fixed sum [yuan/month], added to the share; the law's floor and cap
        apply to the sum. Resident scheme: the yearly fee of the tier [yuan/year].
    pay_from : int, optional
        First month of payment; now when not given.
    pay_until : int, optional
        First month no longer paid; the claim when not given.
    stop_at_minimum : bool
        Stop as soon as the months that will be needed at the claim are complete.
    rhythm : {1, 3, 6, 12}
        Months that one payment covers.
    gap_from : int, optional
        First month of an interruption.
    gap_months : int
        Its length [months].
    claim : {"statutory", "earliest"} or int
        When the pension is claimed; a month for a chosen date in the window.
    move_to : str, optional
        Province to which payment moves.
    move_month : int, optional
        First month paid there.
    """

    scheme: Scheme
    ratio: float = 0.0
    amount: float = 0.0
    pay_from: int | None = None
    pay_until: int | None = None
    stop_at_minimum: bool = False
    rhythm: Rhythm = 1
    gap_from: int | None = None
    gap_months: int = 0
    claim: Claim = "statutory"
    move_to: str | None = None
    move_month: int | None = None


def without_payment(as_of: int) -> Plan:
    """Return the plan of someone who has enough months and pays nothing more: the employee pension is only claimed."""
    return Plan("employee", pay_until=as_of)
