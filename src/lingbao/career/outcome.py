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
GAP_COUNTS = Flag(
    "gap_counts", "本省按应缴月数平均缴费指数：参保以后没有缴费的月份也算在内，会拉低指数（此项依据只有一处，请向当地经办机构核实）。",
    "This province averages the index over months due: months left unpaid after joining count too and lower it (one source only; check with the local agency).",
)
ONE_OFF_REST = Flag(
    "one_off_rest", "延长缴费期满后一次缴清余下年限：按领取当月的缴费标准估算，按什么基数缴、灵活就业人员可否办理，全国没有统一规定，请先问当地经办机构。",
    "The rest is paid at once after the extension: estimated at the rate of the month of the claim. At what base it is due, and whether flexible workers may do so, is not settled nationally; ask the local agency first.",
)
LATE_CLAIM = Flag(
    "late_claim", "要比法定退休时间晚五年以上才能领到这份职工养老金，其间一直要缴费、没有养老金；请同居民养老保险比较后再定。",
    "This employee pension starts more than five years after the statutory month, with payments and no pension until then; compare it with the resident scheme first.",
)
LATE_AFTER = 5 * 12  # months after the statutory month from which a reader is warned; a matter of advice, not of law
RESIDENT_BOUGHT = Flag(
    "resident_years_bought", "所缺年限在领取时一次补缴：按全国统一制度实施时距领取年龄已不足最低年限推定可以补缴，补缴部分不计政府补贴；当地起步更早的，范围和补贴办法可能不同，请问当地经办机构。",
    "The missing years are bought at once with the claim: this is open to those who were nearer to the pension age than the minimum years when the national scheme began, and no subsidy is counted for them. Where a local scheme began earlier, who may buy and with what subsidy can differ; ask the local agency.",
)
RESIDENT_PAY_ON = Flag(
    "resident_pay_on", "到领取年龄时年限不足，此处按逐年续缴计算；有的地方允许一次补缴，请问当地经办机构。",
    "At the pension age years are missing; payment year by year is assumed here. Some places allow buying them at once; ask the local agency.",
)


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
