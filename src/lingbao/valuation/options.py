"""Every figure of value for all options of one person at once, for the comparison."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lingbao.valuation.cashflow import (
    ages_at,
    benefit_cost_ratio,
    chance_of_payback,
    discount_factors,
    expected_present_value,
    payback_index,
    payback_of_extra,
    present_value,
    price_factors,
)
from lingbao.valuation.life_table import deaths
from lingbao.valuation.rate_of_return import rates_of_return, yearly_rate

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Valuation:
    """Figures of value, one entry for each option.

    Attributes
    ----------
    outlay_total, pension_total : ndarray
        Sums as they are paid [yuan].
    outlay_today, pension_today : ndarray
        The same in money of the first month [yuan].
    benefit_cost_ratio, benefit_cost_ratio_today : ndarray
        Drawn over paid, as it is and in money of the first month [1]; nan where nothing is paid.
    payback_index, payback_index_today, payback_index_interest : ndarray of int
        Month by whose end the money is back: as it is, in money of the first month, and with interest forgone; -1
        where it never is.
    payback_age_months : ndarray of int
        Age at ``payback_index`` [months]; -1 where it never is.
    payback_extra_index, payback_extra_age_months : ndarray of int
        The same for the extra money against the reference option; -1 for that option itself.
    rate_monthly, rate_yearly, rate_yearly_real : ndarray
        Rate of return [fraction]; nan where there is none.
    rate_codes : ndarray of int
        Why there is none; index into :data:`lingbao.valuation.rate_of_return.REASONS`.
    expected_present_value : ndarray
        Present value weighted with survival, heirs included [yuan].
    chance_of_payback : ndarray
        Probability of living to the payback month [1].
    """

    outlay_total: Floats
    pension_total: Floats
    outlay_today: Floats
    pension_today: Floats
    benefit_cost_ratio: Floats
    benefit_cost_ratio_today: Floats
    payback_index: Integers
    payback_index_today: Integers
    payback_index_interest: Integers
    payback_age_months: Integers
    payback_extra_index: Integers
    payback_extra_age_months: Integers
    rate_monthly: Floats
    rate_yearly: Floats
    rate_yearly_real: Floats
    rate_codes: Integers
    expected_present_value: Floats
    chance_of_payback: Floats


def value_options(
    outlay: ArrayLike, pension: ArrayLike, *, first_month: int, birth: int, survival: ArrayLike,
    yearly_inflation: ArrayLike, yearly_discount_rate: float, heirs: ArrayLike | None = None,
    reference: int | None = None,
) -> Valuation:
    """Value all options of one person under one projection.

    Parameters
    ----------
    outlay, pension : array_like
        Paid and drawn while alive, [options, months] [yuan/month], in money of the month.
    first_month, birth : int
        Month of the first column; birth month.
    survival : array_like
        Probability of being alive at the start of each month [1].
    yearly_inflation : array_like
        One rate or one for each month [fraction/year].
    yearly_discount_rate : float
        Nominal discount rate, also the interest forgone [fraction/year].
    heirs : array_like, optional
        What heirs receive if the person dies in the month, [options, months] [yuan].
    reference : int, optional
        Row of the option that the extra money is compared with.

    Returns
    -------
    Valuation
        One entry for each option.
    """
    paid = np.atleast_2d(np.asarray(outlay, dtype=np.float64))
    drawn = np.atleast_2d(np.asarray(pension, dtype=np.float64))
    months = paid.shape[-1]
    prices = price_factors(yearly_inflation, months)
    discount = discount_factors(yearly_discount_rate, months)
    ones = np.ones(months)
    rates, codes = rates_of_return(drawn - paid)
    real, _ = rates_of_return((drawn - paid) * prices)
    back = payback_index(paid, drawn)
    extra = (
        np.full(paid.shape[0], -1) if reference is None
        else payback_of_extra(paid, drawn, paid[reference], drawn[reference])
    )
    return Valuation(
        outlay_total=present_value(paid, ones), pension_total=present_value(drawn, ones),
        outlay_today=present_value(paid, prices), pension_today=present_value(drawn, prices),
        benefit_cost_ratio=benefit_cost_ratio(paid, drawn),
        benefit_cost_ratio_today=benefit_cost_ratio(paid, drawn, prices),
        payback_index=back, payback_index_today=payback_index(paid, drawn, prices),
        payback_index_interest=payback_index(paid, drawn, discount),
        payback_age_months=ages_at(back, first_month, birth),
        payback_extra_index=extra, payback_extra_age_months=ages_at(extra, first_month, birth),
        rate_monthly=rates, rate_yearly=yearly_rate(rates), rate_yearly_real=yearly_rate(real), rate_codes=codes,
        expected_present_value=expected_present_value(
            paid, drawn, survival, discount, heirs, None if heirs is None else deaths(np.asarray(survival))
        ),
        chance_of_payback=chance_of_payback(back, survival),
    )
