"""The rate of return of paying now and drawing later, found only where exactly one rate can be meant.

A rate ``r`` per month solves ``sum(flow[t] / (1 + r)**t) = 0``. Flows that change sign once have exactly one such
rate above -1 (Descartes). Where the signs change more often, but the running total changes sign once, there is
exactly one positive rate (Norstrom). In every other case several rates could fit, and none is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lingbao.law.compile import kernel
from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR

Floats = NDArray[np.float64]

# Monthly rates outside this range say nothing about a pension.
LEAST_RATE, MOST_RATE = -0.05, 1.0
ROUNDS = 200

REASONS: tuple[tuple[str, str, str], ...] = (
    ("", "", ""),
    ("no_outlay", "没有缴费，收益率无从谈起。", "Nothing is paid, so there is no rate of return."),
    ("no_benefit", "没有领取，收益率无从谈起。", "Nothing is drawn, so there is no rate of return."),
    ("several", "收支方向多次变化，可能有多个收益率。", "The flows change direction more than once; several rates could fit."),
    ("out_of_range", "收益率超出每月 −5% 到 100% 的范围。", "The rate lies outside −5% to 100% a month."),
)


@dataclass(frozen=True)
class RateOfReturn:
    """A rate of return, or why there is none.

    Attributes
    ----------
    monthly, yearly : float or None
        Rate per month, and its effective yearly value ``(1 + monthly)**12 - 1`` [fraction].
    reason : str
        Empty, or ``no_outlay``, ``no_benefit``, ``several``, ``out_of_range``.
    zh, en : str
        The reason in words.
    """

    monthly: float | None
    yearly: float | None
    reason: str = ""
    zh: str = ""
    en: str = ""


@kernel()
def _solve(flows, least, most, rounds, rates, codes):  # type: ignore[no-untyped-def]
    """Solve each row; write monthly rates and reason codes. Newton steps, held inside a shrinking bracket."""
    for row in range(flows.shape[0]):
        changes = 0
        total_changes = 0
        last_sign = 0
        last_total_sign = 0
        paid = 0.0
        drawn = 0.0
        total = 0.0
        for t in range(flows.shape[1]):
            flow = flows[row, t]
            paid += -flow if flow < 0.0 else 0.0
            drawn += flow if flow > 0.0 else 0.0
            if flow != 0.0:
                sign = 1 if flow > 0.0 else -1
                changes += 1 if last_sign != 0 and sign != last_sign else 0
                last_sign = sign
            total += flow
            if abs(total) > 1e-9:
                total_sign = 1 if total > 0.0 else -1
                total_changes += 1 if last_total_sign != 0 and total_sign != last_total_sign else 0
                last_total_sign = total_sign
        rates[row] = np.nan
        if paid == 0.0:
            codes[row] = 1
            continue
        if drawn == 0.0:
            codes[row] = 2
            continue
        positive_only = changes != 1
        if positive_only and (total_changes != 1 or abs(total) <= 1e-9):
            codes[row] = 3
            continue
        # In x = 1 / (1 + r) the present value is a polynomial; the root is bracketed by the range of rates.
        low = 1.0 / (1.0 + most)
        high = 1.0 if positive_only else 1.0 / (1.0 + least)
        value_low = 0.0
        value_high = 0.0
        for t in range(flows.shape[1] - 1, -1, -1):
            value_low = value_low * low + flows[row, t]
            value_high = value_high * high + flows[row, t]
        if value_low == 0.0 or value_high == 0.0 or (value_low > 0.0) == (value_high > 0.0):
            codes[row] = 4
            continue
        rising = value_high > 0.0
        x = min(max(1.0 / 1.002, low), high)
        for _ in range(rounds):
            value = 0.0
            slope = 0.0
            for t in range(flows.shape[1] - 1, -1, -1):
                slope = slope * x + value
                value = value * x + flows[row, t]
            if value == 0.0:
                break
            if (value > 0.0) == rising:
                high = x
            else:
                low = x
            step = x - value / slope if slope != 0.0 else 2.0 * high
            if not (low <= step <= high):
                step = 0.5 * (low + high)
            moved = abs(step - x)
            x = step
            if moved < 1e-15:
                break
        rates[row] = 1.0 / x - 1.0
        codes[row] = 0


def rates_of_return(flows: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """Return the monthly rate of each option, and why where there is none.

    Parameters
    ----------
    flows : array_like
        Net flow [options, months]: drawn less paid, one column a month [yuan/month].

    Returns
    -------
    rates : ndarray
        Monthly rate of each option [fraction]; nan where there is none.
    codes : ndarray of int
        Index into :data:`REASONS`; 0 where there is a rate.

    Raises
    ------
    InputError
        If a flow is not a finite number.
    """
    rows = np.ascontiguousarray(np.atleast_2d(np.asarray(flows, dtype=np.float64)))
    if not np.isfinite(rows).all():
        raise InputError(
            "flows.finite", value="nan", zh="收支序列中有无效数字。", en="The flows contain a value that is not a number.",
        )
    rates = np.empty(rows.shape[0])
    codes = np.empty(rows.shape[0], dtype=np.int64)
    _solve(rows, LEAST_RATE, MOST_RATE, ROUNDS, rates, codes)
    return rates, codes


def rate_of_return(flows: ArrayLike) -> RateOfReturn:
    """Return the rate of return of one stream of monthly flows, or the reason why there is none.

    Parameters
    ----------
    flows : array_like
        Net flow by month: drawn less paid [yuan/month].
    """
    rates, codes = rates_of_return(np.asarray(flows, dtype=np.float64)[None, :])
    if codes[0]:
        return RateOfReturn(None, None, *REASONS[int(codes[0])])
    return RateOfReturn(float(rates[0]), float(yearly_rate(rates)[0]))


def yearly_rate(monthly: ArrayLike) -> Floats:
    """Return the effective yearly rate of a monthly one, ``(1 + r)**12 - 1`` [fraction]."""
    return np.asarray((1.0 + np.asarray(monthly, dtype=np.float64)) ** MONTHS_PER_YEAR - 1.0)


def monthly_rate(yearly: ArrayLike) -> Floats:
    """Return the monthly rate of an effective yearly one, ``(1 + r)**(1/12) - 1`` [fraction]."""
    return np.asarray((1.0 + np.asarray(yearly, dtype=np.float64)) ** (1.0 / MONTHS_PER_YEAR) - 1.0)
