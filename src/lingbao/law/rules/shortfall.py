"""Paying the rest at once (一次性缴费): what someone still short after five years of extended payment pays and gets.

Sources: 社会保险法 第十六条, 人社部令第13号 第二条, 渐进式延迟法定退休年龄的办法（2024） 第二条. Every month of the rest counts as
one ordinary month on the base of the month of the claim. At what base the rest is due is not settled nationally.
"""

from __future__ import annotations

from lingbao.law.rule import rule

ARTICLE = "社会保险法 第十六条；人社部令第13号 第二条"


@rule(article=ARTICLE, term_zh="一次性缴费", label_zh="一次性缴清的金额", label_en="the rest paid at once", unit="yuan",
      since="2011-07", rounding="fen half_up", formula="{monthly_contribution} × {months_short}")
def rest_paid_at_once(monthly_contribution: float, months_short: float) -> float:
    """Return the sum that completes the minimum.

    Parameters
    ----------
    monthly_contribution : float
        Contribution of one month at the time of the claim [yuan/month].
    months_short : float
        Months still missing after the extension [months].
    """
    return monthly_contribution * months_short


@rule(article=ARTICLE, label_zh="记入一次性缴费后的个人账户", label_en="account with the rest credited", unit="yuan",
      since="2011-07", rounding="fen half_up", formula="{account_balance} + {account_credit} × {months_short}")
def account_with_rest(account_balance: float, account_credit: float, months_short: float) -> float:
    """Return the account at the claim with the rest credited; paid in the month of the claim, it earns nothing.

    Parameters
    ----------
    account_balance : float
        Account at the end of the claim month without the rest [yuan].
    account_credit : float
        Money credited for one month [yuan/month].
    months_short : float
        Months paid at once [months].
    """
    return account_balance + account_credit * months_short


@rule(article=ARTICLE, label_zh="计入一次性缴费后的指数之和", label_en="sum of the indices with the rest", unit="1",
      since="2011-07", formula="{index_sum} + {month_index} × {months_short}")
def indices_with_rest(index_sum: float, month_index: float, months_short: float) -> float:
    """Return the sum of indices with the rest: each of its months has the index of the month of the claim.

    Parameters
    ----------
    index_sum : float
        Sum of the indices of the months paid one by one.
    month_index : float
        Index of the month of the claim.
    months_short : float
        Months paid at once [months].
    """
    return index_sum + month_index * months_short
