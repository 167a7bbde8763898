"""Saving outside the social scheme, as a yardstick: what the same money becomes, and what it pays a month."""

from __future__ import annotations

from lingbao.law.rule import rule


@rule(article="合同约定 (not law)", label_zh="储蓄终值", label_en="value of yearly savings", unit="yuan",
      rounding="fen half_up", mechanisms=("B2",),
      formula="{yearly_premium} × (1 + {yearly_return}) × ((1 + {yearly_return})^{years_saved} − 1) ÷ {yearly_return}")
def savings_value(yearly_premium: float, yearly_return: float, years_saved: int) -> float:
    """Value of equal yearly payments at the end of the last year, each made at the start of a year.

    Parameters
    ----------
    yearly_premium : float
        Paid at the start of each year [yuan/year].
    yearly_return : float
        Return [fraction/year].
    years_saved : int
        Number of payments [years].

    Returns
    -------
    float
        Value [yuan].
    """
    if yearly_return == 0.0:
        return yearly_premium * years_saved
    growth = 1.0 + yearly_return
    return yearly_premium * growth * (growth**years_saved - 1.0) / yearly_return


@rule(article="合同约定 (not law)", label_zh="按月领取额", label_en="monthly payment out of savings", unit="yuan/month",
      rounding="fen half_up", mechanisms=("B2",),
      formula="{savings} × {monthly_return} ÷ (1 − (1 + {monthly_return})^−{payout_months})")
def annuity_per_month(savings: float, monthly_return: float, payout_months: int) -> float:
    """Equal payment at the end of each month that uses up savings in a fixed number of months.

    Parameters
    ----------
    savings : float
        Capital at the start [yuan].
    monthly_return : float
        Return on what is left [fraction/month].
    payout_months : int
        Number of payments [months]; unlike a pension they then end.

    Returns
    -------
    float
        Payment [yuan/month].
    """
    if monthly_return == 0.0:
        return savings / payout_months
    return savings * monthly_return / (1.0 - (1.0 + monthly_return) ** -payout_months)
