"""How the individual account (个人账户) grows: postings, interest of the year, the claim year, and what heirs get.

Source: 劳办发〔1997〕116号, which knows two ways of interest on new money (by month, by year) with the same result for
twelve equal postings; 人社部发〔2017〕31号 for the national rate; 社会保险法 第十四条. The text rounds nothing while the
account runs, so balances stay exact here and are rounded where they are shown or divided.
"""

from __future__ import annotations

from lingbao.law.rule import rule

ARTICLE = "劳办发〔1997〕116号"


@rule(article=ARTICLE, term_zh="月积数", label_zh="月积数", label_en="month product of a posting", unit="yuan·months",
      formula="{posting} × (12 − {month_number} + 1)")
def posting_product(posting: float, month_number: int) -> float:
    """Return the month product of a posting: January's earns twelve months, December's one.

    Parameters
    ----------
    posting : float
        Amount credited [yuan].
    month_number : int
        Month of the year in which it is posted, 1 to 12.
    """
    return posting * (12 - month_number + 1)


@rule(article=ARTICLE, term_zh="月积数法", label_zh="当年记账额利息", label_en="interest on the year's postings", unit="yuan",
      formula="{product} × {crediting_rate} ÷ 12")
def interest_on_postings(product: float, crediting_rate: float) -> float:
    """Return the year's interest on the year's own postings.

    Parameters
    ----------
    product : float
        Sum of :func:`posting_product` over the year [yuan·months].
    crediting_rate : float
        Crediting rate (记账利率) of the year, as a fraction.
    """
    return product * crediting_rate / 12.0


@rule(article=ARTICLE, term_zh="月积数法", label_zh="当年利息（对账单）", label_en="interest as printed on the statement", unit="yuan",
      rounding="fen half_up", formula="{opening_balance} × {crediting_rate} + {product} × {crediting_rate} ÷ 12")
def statement_interest(opening_balance: float, product: float, crediting_rate: float) -> float:
    """Return the whole year's interest as a statement prints it, to the fen.

    Parameters
    ----------
    opening_balance : float
        Balance at the end of the year before [yuan].
    product : float
        Sum of :func:`posting_product` over the year [yuan·months].
    crediting_rate : float
        Crediting rate of the year.
    """
    return opening_balance * crediting_rate + interest_on_postings(product, crediting_rate)


@rule(article=ARTICLE, term_zh="个人账户储存额", label_zh="年末个人账户储存额", label_en="balance at the end of the year", unit="yuan",
      formula="{opening_balance} × (1 + {crediting_rate}) + {postings} + {product} × {crediting_rate} ÷ 12",
      since="1998-01")
def year_end_balance(opening_balance: float, postings: float, product: float, crediting_rate: float) -> float:
    """Return the balance at the end of a year, by the month-product method (月积数法).

    Parameters
    ----------
    opening_balance : float
        Balance at the end of the year before [yuan].
    postings : float
        Sum of the year's postings [yuan].
    product : float
        Sum of :func:`posting_product` over the year [yuan·months].
    crediting_rate : float
        Crediting rate of the year.
    """
    return opening_balance * (1.0 + crediting_rate) + postings + interest_on_postings(product, crediting_rate)


@rule(article=ARTICLE, term_zh="年度计算法", label_zh="年末个人账户储存额（年度计算法）",
      label_en="balance at the end of the year (year method)", unit="yuan", since="1998-01",
      formula="{opening_balance} × (1 + {crediting_rate}) + {postings} × (1 + {crediting_rate} × {year_factor} ÷ 2)")
def year_end_balance_by_year(opening_balance: float, postings: float, crediting_rate: float,
                             year_factor: float) -> float:
    """Return the balance at the end of a year, by the year method (年度计算法), for twelve equal postings.

    Parameters
    ----------
    opening_balance, postings : float
        Balance before, and the sum of the year's postings [yuan].
    crediting_rate : float
        Crediting rate of the year.
    year_factor : float
        Factor printed in the article (thirteen twelfths, cut to three decimals).
    """
    return opening_balance * (1.0 + crediting_rate) + postings * (1.0 + crediting_rate * year_factor / 2.0)


@rule(article=ARTICLE, term_zh="个人账户储存额", label_zh="停止缴费后的年末储存额", label_en="balance of a stopped account", unit="yuan",
      formula="{opening_balance} × (1 + {crediting_rate})")
def stopped_balance(opening_balance: float, crediting_rate: float) -> float:
    """Return the balance after a year without postings: a stopped account keeps earning.

    Parameters
    ----------
    opening_balance : float
        Balance at the end of the year before [yuan].
    crediting_rate : float
        Crediting rate of the year.
    """
    return opening_balance * (1.0 + crediting_rate)


@rule(article=ARTICLE, label_zh="月积数（至领取月）", label_en="month product up to the claim", unit="yuan·months",
      formula="{posting} × ({claim_month_number} − {month_number} + 1)")
def posting_product_to_claim(posting: float, month_number: int, claim_month_number: int) -> float:
    """Return the month product of a posting in the year of the claim: it earns up to the claim month only.

    Parameters
    ----------
    posting : float
        Amount credited [yuan].
    month_number, claim_month_number : int
        Months of the year of the posting and of the claim, 1 to 12.
    """
    return posting * (claim_month_number - month_number + 1)


@rule(article=ARTICLE, term_zh="个人账户储存额", label_zh="领取时个人账户储存额", label_en="balance at the claim", unit="yuan",
      rounding="fen half_up",
      formula="{opening_balance} × (1 + {crediting_rate} × {months_in_year} ÷ 12) + {postings} + {product} × {crediting_rate} ÷ 12")
def balance_at_claim(opening_balance: float, postings: float, product: float, crediting_rate: float,
                     months_in_year: float) -> float:
    """Return the balance on which the account pension is computed, inside a year.

    Parameters
    ----------
    opening_balance, postings : float
        Balance at the end of the year before, and this year's postings [yuan].
    product : float
        Sum of :func:`posting_product_to_claim` [yuan·months].
    crediting_rate : float
        Crediting rate used for the year; the latest known one where this year's is not out.
    months_in_year : int
        Months of the year up to the claim.
    """
    return (opening_balance * (1.0 + crediting_rate * months_in_year / 12.0) + postings
            + interest_on_postings(product, crediting_rate))


@rule(article=ARTICLE, label_zh="领取期间年末储存额", label_en="balance at the end of a year of drawing", unit="yuan",
      formula="{opening_balance} × (1 + {crediting_rate}) − {payments} − {payment_product} × {crediting_rate} ÷ 12")
def year_end_balance_drawing(opening_balance: float, payments: float, payment_product: float,
                             crediting_rate: float) -> float:
    """Return what is left of the account at the end of a year in which it paid out; it matters to heirs only.

    Parameters
    ----------
    opening_balance : float
        Balance at the end of the year before [yuan].
    payments : float
        Sum of account pensions paid in the year [yuan].
    payment_product : float
        Sum of :func:`posting_product` of those payments [yuan·months].
    crediting_rate : float
        Crediting rate of the year.
    """
    return opening_balance * (1.0 + crediting_rate) - payments - interest_on_postings(payment_product, crediting_rate)


@rule(article="社会保险法 第十四条", term_zh="个人账户余额继承", label_zh="可继承的个人账户余额", label_en="account left to heirs",
      unit="yuan", rounding="fen half_up", since="2011-07", formula="max({account_balance}, 0)")
def inheritable_balance(account_balance: float) -> float:
    """Return what heirs receive: the balance left, never less than nothing; the pooled share is not returned."""
    return max(account_balance, 0.0)


@rule(article="人社部发〔2009〕187号 信息表", label_zh="个人账户储存额合计", label_en="account total on the statement", unit="yuan",
      rounding="fen half_up", formula="{principal} + {interest}")
def statement_total(principal: float, interest: float) -> float:
    """Return the total on a transfer statement: all principal blocks and all interest blocks.

    Parameters
    ----------
    principal, interest : float
        Sums over the blocks of the sheet [yuan].
    """
    return principal + interest


@rule(article=ARTICLE, term_zh="个人账户储存额", label_zh="个人账户储存额（记到分）", label_en="balance kept to the fen", unit="yuan",
      rounding="fen half_up", formula="{account_balance}")
def balance_shown(account_balance: float) -> float:
    """Return a balance as an account keeps it from year to year and a statement shows it: to the fen."""
    return account_balance
