"""The account of the scheme one does not draw from: what it grows to by the claim, when it is merged."""

from __future__ import annotations

from typing import Any

from lingbao.career.retirement import Run
from lingbao.law.dense import Dense
from lingbao.law.month import MONTHS_PER_YEAR, month_of_year, year_of
from lingbao.law.rule import plain
from lingbao.law.rules.account import balance_at_claim, stopped_balance


def stopped_until(balance: Any, rates: Any, first: int, claim: int, run: Run = plain) -> Any:
    """Return an account without payments at the end of the claim month [yuan].

    Parameters
    ----------
    balance : float
        Balance shown now, taken as that of the last year end [yuan].
    rates : array
        Yearly crediting rate by month from ``first`` on [fraction/year].
    first, claim : int
        Month of the first rate; month of the claim.
    """
    if not balance:
        return balance
    for year in range(year_of(first), year_of(claim)):
        december = year * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1
        balance = run(stopped_balance)(balance, float(rates[december - first]))
    return run(balance_at_claim)(balance, 0.0, 0.0, float(rates[claim - first]), month_of_year(claim))


def resident_account_until(balance: Any, future: Dense, province: str, claim: int, run: Run = plain) -> Any:
    """Return the stopped resident account at the claim, when it joins the employee account (人社部发〔2014〕17号 第五条)."""
    return stopped_until(balance, future.resident_crediting_rate[future.row(province)], future.first, claim, run)


def employee_account_until(balance: Any, future: Dense, claim: int, run: Run = plain) -> Any:
    """Return the stopped employee account at the claim, when it joins the resident account (人社部发〔2014〕17号 第六条)."""
    return stopped_until(balance, future.crediting_rate, future.first, claim, run)
