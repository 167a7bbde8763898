"""Survivors of the employee scheme: funeral grant, condolence payment, and the account on top."""

from __future__ import annotations

import math

from lingbao.law.rule import rule


@rule(article="人社部发〔2021〕18号 四", term_zh="丧葬补助金", label_zh="丧葬补助金", label_en="funeral grant", unit="yuan",
      rounding="fen half_up", since="2021-09", formula="{disposable_income} × {funeral_months}")
def funeral_grant(disposable_income: float, funeral_months: float) -> float:
    """Funeral grant in months of the province's disposable income per urban resident of the year before.

    Parameters
    ----------
    disposable_income : float
        Disposable income per urban resident [yuan/month].
    funeral_months : float
        Months of it [months].

    Returns
    -------
    float
        Grant [yuan].
    """
    return disposable_income * funeral_months


@rule(article="人社部发〔2021〕18号 五(一)", term_zh="发放月数", label_zh="抚恤金发放月数", label_en="condolence months",
      unit="months", since="2021-09")
def condolence_months(
    contribution_years: float, second_step_from: float, third_step_from: float, third_step_until: float,
    first_step_months: float, second_step_months: float, third_step_months: float,
    months_per_further_year: float, years_counted_at_most: float, condolence_cap_months: float,
) -> float:
    """Months of condolence payment for someone who died before drawing, flexible workers included.

    Parameters
    ----------
    contribution_years : float
        Years paid and deemed [years].
    second_step_from, third_step_from : float
        Years at which the second and the third step begin; exactly so many belong to the higher step [years].
    third_step_until : float
        Last year of the third step; each whole year above it adds more [years].
    first_step_months, second_step_months, third_step_months : float
        Months of each step [months].
    months_per_further_year : float
        Months added for each whole year above the third step [months/year].
    years_counted_at_most : float
        Years above this count no more [years].
    condolence_cap_months : float
        Most months paid [months].

    Returns
    -------
    float
        Months [months].
    """
    if contribution_years < second_step_from:
        return first_step_months
    if contribution_years < third_step_from:
        return second_step_months
    counted = min(contribution_years, years_counted_at_most)
    years_above = max(math.floor(counted - third_step_until), 0.0)
    return min(third_step_months + years_above * months_per_further_year, condolence_cap_months)


@rule(article="人社部发〔2021〕18号 五(二)", term_zh="发放月数", label_zh="退休人员抚恤金发放月数",
      label_en="condolence months of a pensioner", unit="months", since="2021-09",
      formula="max({condolence_months} − ⌊{years_drawn}⌋ × {months_less_per_year_drawn}, {condolence_floor_months})")
def condolence_months_retired(
    condolence_months: float, years_drawn: float, months_less_per_year_drawn: float, condolence_floor_months: float
) -> float:
    """Months of condolence payment for a pensioner: fewer for each whole year drawn, never under the floor.

    Parameters
    ----------
    condolence_months : float
        Months by years paid, as before retirement [months].
    years_drawn : float
        Years for which the pension was drawn [years].
    months_less_per_year_drawn : float
        Months taken off for each whole year drawn [months/year].
    condolence_floor_months : float
        Least months [months].

    Returns
    -------
    float
        Months [months].
    """
    return max(condolence_months - math.floor(years_drawn) * months_less_per_year_drawn, condolence_floor_months)


@rule(article="人社部发〔2021〕18号 五", term_zh="抚恤金", label_zh="抚恤金", label_en="condolence payment", unit="yuan",
      rounding="fen half_up", since="2021-09", formula="{disposable_income} × {condolence_months}")
def condolence_payment(disposable_income: float, condolence_months: float) -> float:
    """Condolence payment to the family: months of the same disposable income as the funeral grant."""
    return disposable_income * condolence_months


@rule(article="人社部发〔2021〕18号", term_zh="遗属待遇", label_zh="遗属待遇", label_en="death benefits", unit="yuan",
      rounding="fen half_up", since="2021-09")
def death_benefits(
    funeral_grant: float, condolence_payment: float, contribution_years: float, capped_below_years: float,
    own_contributions: float,
) -> float:
    """Funeral grant and condolence payment together, capped for those who paid only a few years.

    Parameters
    ----------
    funeral_grant, condolence_payment : float
        The two payments [yuan].
    contribution_years : float
        Years paid and deemed [years].
    capped_below_years : float
        With fewer years the sum may not pass the person's own contributions [years].
    own_contributions : float
        The person's own contributions; for flexible workers the part credited to the account [yuan].

    Returns
    -------
    float
        Death benefits [yuan].
    """
    whole = funeral_grant + condolence_payment
    return min(whole, own_contributions) if contribution_years < capped_below_years else whole


@rule(article="社会保险法 十四", term_zh="个人账户余额", label_zh="可继承的个人账户余额", label_en="account left to heirs", unit="yuan",
      rounding="fen half_up", since="2011-07", formula="max({account_balance} − {account_pension} × {months_drawn}, 0)")
def account_left(account_balance: float, account_pension: float, months_drawn: float) -> float:
    """Account balance that heirs receive: the balance at the claim less the account pensions paid since.

    Interest credited while drawing is left out, so the figure is a lower bound.
    """
    return max(account_balance - account_pension * months_drawn, 0.0)


@rule(article="人社部发〔2021〕18号; 社会保险法 十四", label_zh="遗属所得合计", label_en="all that survivors receive", unit="yuan",
      rounding="fen half_up", since="2021-09", formula="{death_benefits} + {account_left}")
def survivors_total(death_benefits: float, account_left: float) -> float:
    """All that the survivors receive: death benefits and the account that is left, side by side."""
    return death_benefits + account_left
