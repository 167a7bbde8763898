"""What is paid: base, bounds, tiers, monthly amount, its split into account and pool, and rhythm of payment.

Sources: 国发〔1997〕26号, 国发〔2005〕38号 三 and 六, 国办发〔2019〕13号 三, 劳社部发〔2001〕20号 三. Rates, ratios, bounds and
wages come in as arguments; where a province has published its bounds, those are used instead of a ratio of the wage.
"""

from __future__ import annotations

from lingbao.law.rule import rule

BOUNDS_ARTICLE = "国办发〔2019〕13号 三"
RATE_ARTICLE = "国发〔2005〕38号 三"
ACCOUNT_ARTICLE = "国发〔2005〕38号 六"
NANCHANG = "省级缴费公告：缴费额取整到元"


@rule(article=BOUNDS_ARTICLE, term_zh="缴费基数", label_zh="缴费基数（限幅后）", label_en="contribution base within bounds",
      unit="yuan/month", formula="min(max({declared_base}, {contribution_floor}), {contribution_cap})", mechanisms=("N2",))
def base_in_bounds(declared_base: float, contribution_floor: float, contribution_cap: float) -> float:
    """Return the base that counts: below the floor one pays on the floor, above the cap on the cap.

    Parameters
    ----------
    declared_base : float
        Base the person chose or declared [yuan/month].
    contribution_floor, contribution_cap : float
        Bounds in force that month [yuan/month].
    """
    return min(max(declared_base, contribution_floor), contribution_cap)


@rule(article=BOUNDS_ARTICLE, term_zh="缴费基数下限", label_zh="缴费基数下限（推算）", label_en="floor of the base (from the wage)",
      unit="yuan/month", rounding="yuan half_up", rounding_article="省级公告：取整到元",
      formula="{average_wage} × {floor_ratio}", mechanisms=("N2",))
def contribution_floor(average_wage: float, floor_ratio: float) -> float:
    """Return the floor of the base from the average wage, for a period whose floor is not published.

    Parameters
    ----------
    average_wage : float
        Provincial average wage that governs the period [yuan/month].
    floor_ratio : float
        Share of the wage.
    """
    return average_wage * floor_ratio


@rule(article=BOUNDS_ARTICLE, term_zh="缴费基数上限", label_zh="缴费基数上限（推算）", label_en="cap of the base (from the wage)",
      unit="yuan/month", rounding="yuan half_up", rounding_article="省级公告：取整到元",
      formula="{average_wage} × {cap_ratio}", mechanisms=("N2",))
def contribution_cap(average_wage: float, cap_ratio: float) -> float:
    """Return the cap of the base from the average wage, for a period whose cap is not published.

    Parameters
    ----------
    average_wage : float
        Provincial average wage that governs the period [yuan/month].
    cap_ratio : float
        Multiple of the wage.
    """
    return average_wage * cap_ratio


@rule(article="国办发〔2019〕13号 三；省级缴费档次", term_zh="缴费档次", label_zh="档次对应的缴费基数", label_en="base of a tier",
      unit="yuan/month", rounding="fen half_up", formula="{average_wage} × {tier}", mechanisms=("N2",))
def tier_base(average_wage: float, tier: float) -> float:
    """Return the base of a tier, such as 0.6 or 3.0 of the average wage.

    Parameters
    ----------
    average_wage : float
        Provincial average wage that governs the period [yuan/month].
    tier : float
        Tier as a fraction of the wage.
    """
    return average_wage * tier


@rule(article=RATE_ARTICLE, term_zh="缴费额", label_zh="每月缴费额", label_en="monthly contribution", unit="yuan/month",
      rounding="fen half_up", formula="{contribution_base} × {total_rate}", mechanisms=("N2",))
def monthly_contribution(contribution_base: float, total_rate: float) -> float:
    """Return what one month costs.

    Parameters
    ----------
    contribution_base : float
        Contribution base within bounds [yuan/month].
    total_rate : float
        Contribution rate of the scheme for this group.
    """
    return contribution_base * total_rate


@rule(article=NANCHANG, term_zh="缴费额", label_zh="每月缴费额（取整到元）", label_en="monthly contribution in whole yuan",
      unit="yuan/month", rounding="yuan half_up", rounding_article=NANCHANG, formula="{contribution_base} × {total_rate}", mechanisms=("N2",))
def monthly_contribution_in_yuan(contribution_base: float, total_rate: float) -> float:
    """Return what one month costs where the tiers are published in whole yuan.

    Parameters
    ----------
    contribution_base : float
        Contribution base of the tier [yuan/month].
    total_rate : float
        Contribution rate.
    """
    return contribution_base * total_rate


@rule(article="国发〔1997〕26号 三、四", term_zh="个人账户", label_zh="记入个人账户（1998—2005年）",
      label_en="credited to the account (1998 to 2005)", unit="yuan/month", rounding="fen half_up", name="account_credit",
      since="1998-01", until="2005-12", formula="{contribution_base} × {account_rate}", mechanisms=("B1", "N2"))
def account_credit_1998(contribution_base: float, account_rate: float) -> float:
    """Return what one month adds to the account under the rules of 1997 (the larger share).

    Parameters
    ----------
    contribution_base : float
        Contribution base [yuan/month].
    account_rate : float
        Share of the base credited to the account then.
    """
    return contribution_base * account_rate


@rule(article=ACCOUNT_ARTICLE, term_zh="个人账户", label_zh="记入个人账户", label_en="credited to the account",
      unit="yuan/month", rounding="fen half_up", since="2006-01", formula="{contribution_base} × {account_rate}", mechanisms=("B1", "N2"))
def account_credit(contribution_base: float, account_rate: float) -> float:
    """Return what one month adds to the individual account.

    Parameters
    ----------
    contribution_base : float
        Contribution base [yuan/month].
    account_rate : float
        Share of the base credited to the account.
    """
    return contribution_base * account_rate


@rule(article=ACCOUNT_ARTICLE, term_zh="个人账户", label_zh="记入个人账户（按缴费额）", label_en="credited to the account (from the amount)",
      unit="yuan/month", rounding="fen half_up", formula="{contribution} × {account_rate} ÷ {total_rate}", mechanisms=("N2",))
def account_part_of_amount(contribution: float, account_rate: float, total_rate: float) -> float:
    """Return the account's part of an amount that was rounded to whole yuan, in the proportion of the rates.

    Parameters
    ----------
    contribution : float
        Amount paid [yuan/month].
    account_rate, total_rate : float
        Account share and whole rate, both of the base.
    """
    return contribution * account_rate / total_rate


@rule(article=RATE_ARTICLE, term_zh="统筹基金", label_zh="记入统筹基金", label_en="paid into the pool", unit="yuan/month",
      rounding="fen half_up", formula="{contribution} − {account_credit}", mechanisms=("N2",))
def pooled_share(contribution: float, account_credit: float) -> float:
    """Return what goes to the pool: the rest, so that the two parts always add up to what was paid.

    Parameters
    ----------
    contribution, account_credit : float
        Amount paid, and the part credited to the account [yuan/month].
    """
    return contribution - account_credit


@rule(article="省级缴费公告", label_zh="每期缴费额", label_en="amount of a payment period", unit="yuan", rounding="fen half_up",
      formula="{contribution} × {months_in_period}", mechanisms=("N3", "C6"))
def period_amount(contribution: float, months_in_period: int) -> float:
    """Return what is paid at once by month, quarter, half year or year.

    Parameters
    ----------
    contribution : float
        Monthly amount [yuan/month].
    months_in_period : int
        Length of the payment period [months]; 1, 3, 6 or 12.
    """
    return contribution * months_in_period


@rule(article="省级缴费公告", label_zh="每期缴费额（期中基数调整）", label_en="amount of a period in which the base changes", unit="yuan",
      rounding="fen half_up", formula="{earlier_contribution} × {earlier_months} + {contribution} × {months}",
      mechanisms=("N3",))
def period_amount_with_change(earlier_contribution: float, earlier_months: int, contribution: float,
                              months: int) -> float:
    """Return what a period costs when bounds or base change inside it.

    Parameters
    ----------
    earlier_contribution, contribution : float
        Monthly amount before and after the change [yuan/month].
    earlier_months, months : int
        Months before and after the change.
    """
    return earlier_contribution * earlier_months + contribution * months


@rule(article="省级缴费公告", label_zh="入账月份", label_en="posting month", unit="month",
      formula="{month} 所在缴费期的最后一个月 · last month of the payment period of {month}", mechanisms=("N3",))
def posting_month(month: int, months_in_period: int) -> int:
    """Return the month in which a month's contribution is posted: the last one of its payment period.

    Periods of 1, 3, 6 and 12 months start in January, so the month integer alone decides and no branch is needed.

    Parameters
    ----------
    month : int
        Month for which is paid.
    months_in_period : int
        Length of the payment period [months].
    """
    return month - month % months_in_period + months_in_period - 1


@rule(article="省级缴费公告", label_zh="本月应付金额", label_en="amount due this month", unit="yuan",
      formula="{contribution} × {months_in_period}（仅在缴费期最后一个月） · {contribution} × {months_in_period} in the last month of a period", mechanisms=("N3",))
def amount_due(month: int, contribution: float, months_in_period: int) -> float:
    """Return what is paid in a month under a rhythm: the whole period in its last month, nothing before.

    Parameters
    ----------
    month : int
        Calendar month.
    contribution : float
        Monthly amount [yuan/month].
    months_in_period : int
        Length of the payment period [months].
    """
    return contribution * months_in_period if (month + 1) % months_in_period == 0 else 0.0


@rule(article="省级规定：当年内补缴", label_zh="可补缴的当年月数", label_en="unpaid months of this year that may be paid", unit="months",
      formula="{unpaid_this_year}（{catch_up_allowed} = 1）")
def catch_up_months(unpaid_this_year: int, catch_up_allowed: int) -> int:
    """Return how many unpaid months of the current year may still be paid, where the province allows it.

    Parameters
    ----------
    unpaid_this_year : int
        Months of this calendar year not yet paid.
    catch_up_allowed : int
        1 where the province allows it, else 0.
    """
    return unpaid_this_year if catch_up_allowed == 1 else 0


@rule(article="劳社部发〔2001〕20号 三；人社部发〔2016〕132号", label_zh="可追补的往年月数", label_en="past months that may be bought",
      unit="months", since="2001-12", formula="{unpaid_earlier_years}（{exception_open} = 1，否则 0） · {unpaid_earlier_years} if {exception_open} = 1, else 0")
def bought_back_months(unpaid_earlier_years: int, exception_open: int) -> int:
    """Return how many months of earlier years may be paid now: none, unless the state opened an exception.

    Parameters
    ----------
    unpaid_earlier_years : int
        Unpaid months of earlier years.
    exception_open : int
        1 while an exception for exactly those months is open (as for 2020 and 2022), else 0.
    """
    return unpaid_earlier_years if exception_open == 1 else 0


@rule(article="国发〔2005〕38号 三", label_zh="缴费负担", label_en="share of income paid", unit="fraction",
      formula="{contribution} ÷ {income}", mechanisms=("N6", "F6"))
def burden(contribution: float, income: float) -> float:
    """Return the contribution as a share of income.

    Parameters
    ----------
    contribution, income : float
        Both [yuan/month]; income above 0.
    """
    return contribution / income


@rule(article="国发〔2005〕38号 三、六", label_zh="相对职工个人缴费的倍数", label_en="multiple of an employee's own share", unit="times",
      formula="{total_rate} ÷ {employee_rate}", mechanisms=("N6",))
def burden_against_employee(total_rate: float, employee_rate: float) -> float:
    """Return how many times an employee's own rate a flexible worker pays.

    Parameters
    ----------
    total_rate, employee_rate : float
        Rate of a flexible worker, and the employee's own share.
    """
    return total_rate / employee_rate


@rule(article="京人社发〔2025〕11号（定额）", label_zh="合计缴费额", label_en="all contributions of a month", unit="yuan/month",
      rounding="fen half_up", formula="{pension_amount} + {unemployment_amount} + {medical_amount}")
def all_contributions(pension_amount: float, unemployment_amount: float, medical_amount: float) -> float:
    """Return what a flexible worker pays in a month for pension, unemployment and medical insurance together."""
    return pension_amount + unemployment_amount + medical_amount
