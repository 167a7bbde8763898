"""What a stream of payments and pensions is worth: present value, payback, benefit/cost, what heirs get.

Every function takes monthly arrays that begin in the same month, either one option [months] or many [options,
months], and works on the last axis. Money is in yuan of the month unless a discount or price index is applied.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.valuation.rate_of_return import monthly_rate

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# Half a fen: below it two sums of money are the same.
SAME_MONEY = 0.005

NEVER = -1


def discount_factors(yearly_discount_rate: float, months: int) -> Floats:
    """Return the factors ``(1 + rate)**(-t/12)`` for months ``t = 0, 1, …`` [1]."""
    return np.asarray((1.0 + monthly_rate(yearly_discount_rate)) ** -np.arange(months))


def price_factors(yearly_inflation: ArrayLike, months: int) -> Floats:
    """Return the factors that turn money of month ``t`` into money of month 0 [1].

    Parameters
    ----------
    yearly_inflation : array_like
        One rate, or one for each month [fraction/year].
    months : int
        Length [months].
    """
    monthly = np.broadcast_to(monthly_rate(yearly_inflation), (months,))
    return np.asarray(np.concatenate(([1.0], np.cumprod(1.0 / (1.0 + monthly))[:-1])))


def level_pension(monthly_pension: float, months: int, yearly_growth: float = 0.0) -> Floats:
    """Return a pension that is raised once a year: ``pension · (1 + growth)**floor(t/12)`` [yuan/month]."""
    return np.asarray(monthly_pension * (1.0 + yearly_growth) ** (np.arange(months) // MONTHS_PER_YEAR))


def present_value(flows: ArrayLike, factors: ArrayLike) -> Any:
    """Return ``sum(flow[t] · factor[t])`` for each option [yuan]."""
    return np.asarray(flows, dtype=np.float64) @ np.asarray(factors, dtype=np.float64)


def benefit_cost_ratio(outlay: ArrayLike, pension: ArrayLike, factors: ArrayLike | None = None) -> Any:
    """Return everything drawn over everything paid, discounted where factors are given.

    Parameters
    ----------
    outlay, pension : array_like
        Paid and drawn by month [yuan/month].
    factors : array_like, optional
        Discount or price factors by month [1].

    Returns
    -------
    float or ndarray
        Ratio [1]; nan where nothing is paid.
    """
    paid, drawn = _matched(outlay, pension)
    weights = np.ones(paid.shape[-1]) if factors is None else np.asarray(factors, dtype=np.float64)
    cost = paid @ weights
    return np.divide(drawn @ weights, cost, out=np.full_like(cost, np.nan), where=cost > 0.0)[()]


def payback_index(outlay: ArrayLike, pension: ArrayLike, factors: ArrayLike | None = None) -> Any:
    """Return the month by whose end everything paid has come back for good.

    The running total ``sum(factor · (pension - outlay))`` is followed to the end; the payback month is the one
    after the last in which it is negative. Without factors the money is counted as it is (interest-free); with
    price factors in today's money; with discount factors including the interest forgone.

    Parameters
    ----------
    outlay, pension : array_like
        Paid and drawn by month [yuan/month].
    factors : array_like, optional
        Weights by month [1].

    Returns
    -------
    int or ndarray of int
        Index of the month, from 0; -1 where nothing is paid or it never comes back within the months given.
    """
    paid, drawn = _matched(outlay, pension)
    flows = drawn - paid
    if factors is not None:
        flows = flows * np.asarray(factors, dtype=np.float64)
    negative = np.cumsum(flows, axis=-1) < -SAME_MONEY
    months = negative.shape[-1]
    last = np.where(negative.any(axis=-1), months - 1 - np.argmax(negative[..., ::-1], axis=-1), months)
    return np.where(last + 1 < months, last + 1, NEVER)[()]


def payback_of_extra(
    outlay: ArrayLike, pension: ArrayLike, other_outlay: ArrayLike, other_pension: ArrayLike,
    factors: ArrayLike | None = None,
) -> Any:
    """Return the month by whose end the extra money paid for one option has come back as extra pension.

    This is :func:`payback_index` of the differences to another option, the figure that matters when both are open.

    Parameters
    ----------
    outlay, pension : array_like
        The dearer option [yuan/month].
    other_outlay, other_pension : array_like
        The option compared with [yuan/month].
    factors : array_like, optional
        Weights by month [1].

    Returns
    -------
    int or ndarray of int
        Index of the month; -1 where the option is never behind the other or never catches up.
    """
    paid, drawn = _matched(outlay, pension)
    other_paid, other_drawn = _matched(other_outlay, other_pension)
    return payback_index(paid - other_paid, drawn - other_drawn, factors)


def payback_months(outlay_total: float, monthly_pension: float, yearly_growth: float, longest: int) -> int:
    """Return how many months of pension give back a sum already paid.

    Parameters
    ----------
    outlay_total : float
        Sum paid [yuan].
    monthly_pension : float
        Pension of the first year [yuan/month].
    yearly_growth : float
        Rise of the pension at each year's end [fraction/year].
    longest : int
        Months to look ahead [months].

    Returns
    -------
    int
        Months drawn until the sum is back [months]; -1 if it does not come back within ``longest``.
    """
    back = np.cumsum(level_pension(monthly_pension, longest, yearly_growth)) >= outlay_total - SAME_MONEY
    return int(np.argmax(back)) + 1 if back.any() else NEVER


def ages_at(index: ArrayLike, first_month: int, birth: int) -> Any:
    """Return ages at the months of an index such as :func:`payback_index` [months]; -1 stays -1."""
    positions = np.asarray(index)
    return np.where(positions == NEVER, NEVER, positions + first_month - birth)[()]


def expected_present_value(
    outlay: ArrayLike, pension: ArrayLike, survival: ArrayLike, factors: ArrayLike,
    heirs: ArrayLike | None = None, dying: ArrayLike | None = None,
) -> Any:
    """Return the present value that counts every month only as far as the person is likely to live to it.

    ``sum(S[t] · v[t] · (pension[t] - outlay[t])) + sum(D[t] · v[t] · heirs[t])`` with survival ``S``, probability of
    dying in the month ``D`` and factors ``v``.

    Parameters
    ----------
    outlay, pension : array_like
        Paid and drawn by month while alive [yuan/month].
    survival : array_like
        Probability of being alive at the start of each month [1].
    factors : array_like
        Discount factors by month [1].
    heirs : array_like, optional
        What heirs receive if the person dies in the month [yuan]; goes with ``dying``.
    dying : array_like, optional
        Probability of dying within each month [1].

    Returns
    -------
    float or ndarray
        Expected present value [yuan].
    """
    paid, drawn = _matched(outlay, pension)
    discount = np.asarray(factors, dtype=np.float64)
    value = (drawn - paid) @ (np.asarray(survival, dtype=np.float64) * discount)
    if heirs is not None and dying is not None:
        value = value + np.asarray(heirs, dtype=np.float64) @ (np.asarray(dying, dtype=np.float64) * discount)
    return value


def chance_of_payback(index: ArrayLike, survival: ArrayLike) -> Any:
    """Return the probability of living to the end of the payback month [1]; 0 where it never comes.

    Parameters
    ----------
    index : array_like of int
        Payback months as given by :func:`payback_index`.
    survival : array_like
        Probability of being alive at the start of each month [1].
    """
    positions = np.asarray(index)
    alive = np.append(np.asarray(survival, dtype=np.float64), np.nan)
    alive[-1] = alive[-2]
    return np.where(positions == NEVER, 0.0, alive[np.maximum(positions, 0) + 1])[()]


def account_balances(
    opening_balance: ArrayLike, credits: ArrayLike, account_pension: ArrayLike, yearly_crediting_rate: ArrayLike
) -> Floats:
    """Return the account at the end of each month, for what heirs would receive.

    ``B[t] = max((B[t-1] + credit[t] - account_pension[t]) · (1 + rate[t])**(1/12), 0)``: a smooth path for reading at
    any age; the legal interest of a year is worked out by the account rules. Measured in units of a yuan left to
    grow since the start, this is a sum held at nil from below: the sum less its lowest point so far below nil.

    Parameters
    ----------
    opening_balance : array_like
        Balance before the first month, one or one for each option [yuan].
    credits, account_pension : array_like
        Credited to and paid from the account, [months] or [options, months] [yuan/month].
    yearly_crediting_rate : array_like
        Crediting rate, one or by month [fraction/year].

    Returns
    -------
    ndarray
        Balances, shaped as ``credits`` [yuan].
    """
    paid_out, paid_in = _matched(account_pension, credits)
    growth = np.cumprod(1.0 + np.broadcast_to(monthly_rate(yearly_crediting_rate), (paid_in.shape[-1],)))
    before = np.concatenate(([1.0], growth[:-1]))
    opening = np.asarray(opening_balance, dtype=np.float64)[..., None]
    units = opening + np.cumsum((paid_in - paid_out) / before, axis=-1)
    lowest = np.minimum.accumulate(np.minimum(units, 0.0), axis=-1)
    return np.asarray((units - lowest) * growth)


def heirs_at_ages(
    balances: ArrayLike, grants: ArrayLike, ages_years: ArrayLike, first_month: int, birth: int
) -> Floats:
    """Return what heirs receive at death at given ages: the account left and the death grants.

    Parameters
    ----------
    balances, grants : array_like
        Account left and grants due by month of death, [months] or [options, months] [yuan].
    ages_years : array_like
        Ages at death [years].
    first_month, birth : int
        First month of the arrays; birth month.

    Returns
    -------
    ndarray
        Amounts, last axis by age [yuan]; nan for ages outside the months given.
    """
    total = np.asarray(balances, dtype=np.float64) + np.asarray(grants, dtype=np.float64)
    position = birth + np.asarray(ages_years, dtype=np.int64) * MONTHS_PER_YEAR - first_month
    inside = (position >= 0) & (position < total.shape[-1])
    return np.where(inside, total[..., np.where(inside, position, 0)], np.nan)


def _matched(outlay: ArrayLike, pension: ArrayLike) -> tuple[Floats, Floats]:
    """Return both as float arrays of one shape."""
    paid, drawn = np.asarray(outlay, dtype=np.float64), np.asarray(pension, dtype=np.float64)
    if paid.ndim == 0 or drawn.ndim == 0 or paid.shape[-1] != drawn.shape[-1]:
        raise InputError(
            "flows.shape", value=f"{paid.shape} / {drawn.shape}",
            zh="缴费与领取序列的月数不一致。", en="Payments and pensions must cover the same months.",
        )
    return np.broadcast_arrays(paid, drawn)  # type: ignore[return-value]
