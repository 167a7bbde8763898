"""What a plan leads to: money in, money out, and the pension part by part."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lingbao.career.plan import Plan
from lingbao.career.schedule import Schedule
from lingbao.law.award_law import Flag
from lingbao.law.dense import Dense

Floats = npt.NDArray[np.float64]
PROJECTED = Flag("projected", "含推算：未来的工资、基数、利率按所选情景估计。",
                 "Projected: future wages, bases and rates follow the chosen scenario.")
LOW_CONFIDENCE = Flag("low_confidence", "用到了可信度低的数据，请以当地经办机构公布的为准。",
                      "Some data behind this are of low confidence; check them with the local agency.")


@dataclass(frozen=True)
class Outcome:
    """What one plan leads to under one projection.

    Attributes
    ----------
    plan : Plan
    schedule : Schedule
    first : int
        Month of the first element of the paths.
    outlay, pension : ndarray
        Paid in and drawn, by month in which the money moves, in money of the month [yuan].
    credits, account_drawn : ndarray
        Credited to and paid from the individual account, by month [yuan].
    pension_at_claim : float
        Monthly pension at the claim, or 0 [yuan/month].
    parts : dict of str to float
        The same part by part: basic, account, transitional, additions [yuan/month].
    lump_sum : float
        Paid once in place of a pension [yuan].
    place : str
        Province that pays.
    mean_index, account_balance : float
        Mean contribution index and account at the claim.
    months_paid : int
        Months paid at the claim, deemed months not included.
    flags : tuple of Flag
        What a reader must know: projected, of low confidence, extended …
    first_payment : float
        First payment: a month's in the employee scheme, a year's in the resident scheme [yuan].
    payments : int
        How many of them there are: months, or years.
    """

    plan: Plan
    schedule: Schedule
    first: int
    outlay: Floats
    pension: Floats
    credits: Floats
    account_drawn: Floats
    pension_at_claim: float
    parts: dict[str, float]
    lump_sum: float
    place: str
    mean_index: float
    account_balance: float
    months_paid: int
    flags: tuple[Flag, ...] = field(default=())
    first_payment: float = 0.0
    payments: int = 0


def growth(future: Dense, claim: int, begin: int, end: int) -> Floats:
    """Cumulative rise of a pension claimed in ``claim``: each January for those retired by the December before."""
    adjustment = future.pension_adjustment[begin:end]
    months = np.arange(begin, end) + future.first
    rise: Floats = np.where(months // 12 > claim // 12, 1.0 + adjustment, 1.0)
    return np.asarray(np.cumprod(rise), dtype=np.float64)


def flags_at(future: Dense, province: str, month: int, quantities: tuple[str, ...]) -> dict[str, Flag]:
    """Return the flags of the quantities a result rests on, at one place and month."""
    row, column = future.row(province), future.column(month)
    flags: dict[str, Flag] = {}
    for name in quantities:
        for code, flag, marks in (
            ("projected", PROJECTED, future.projected), ("low_confidence", LOW_CONFIDENCE, future.low_confidence)
        ):
            values = marks[name]
            if values[row, column] if values.ndim == 2 else values[column]:
                flags[code] = flag
    return flags
