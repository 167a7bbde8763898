"""Resident scheme (城乡居民基本养老保险): when it pays, what the account grows to, what it pays, what heirs get."""

from __future__ import annotations

import math

from lingbao.law.rule import rule


@rule(article="国发〔2014〕8号 七", term_zh="年满60周岁", label_zh="居民养老金领取月", label_en="resident pension claim month",
      unit="month", since="2014-02", formula="{birth} + {resident_pension_age}")
def resident_claim_month(birth: int, resident_pension_age: int) -> int:
    """Month in which the resident pension may first be claimed.

    The same age for men and women. The gradual rise of 2025 concerns employees only and does not touch it.

    Parameters
    ----------
    birth : int
        Birth month.
    resident_pension_age : int
        Age of the resident pension [months].

    Returns
    -------
    int
        Claim month.
    """
    return birth + resident_pension_age


@rule(article="国发〔2014〕8号 七", label_zh="居民养老保险应缴年限", label_en="resident years required", unit="years",
      since="2014-02", formula="min(max({years_to_pension_age_at_start}, 0), {resident_minimum_months} ÷ 12)")
def resident_years_required(years_to_pension_age_at_start: float, resident_minimum_months: float) -> float:
    """Years of payment that the resident pension requires.

    Those already of pension age when the local scheme began need none, those with fewer years to go than the
    minimum need the years they had, all others need the minimum.

    Parameters
    ----------
    years_to_pension_age_at_start : float
        Years from the start of the local scheme to the person's pension age [years]; negative when past it.
    resident_minimum_months : float
        Least time of payment [months].

    Returns
    -------
    float
        Years required [years].
    """
    return min(max(years_to_pension_age_at_start, 0.0), resident_minimum_months / 12.0)


@rule(article="国发〔2014〕8号 七", label_zh="是否可领居民养老金", label_en="resident pension entitlement", unit="yes/no",
      since="2014-02")
def resident_entitled(
    month: int, resident_claim_month: int, resident_years: float, resident_years_required: float,
    draws_other_pension: bool,
) -> bool:
    """Whether the resident pension is due in a month: age reached, years paid, no other basic pension drawn."""
    return month >= resident_claim_month and resident_years >= resident_years_required and not draws_other_pension


@rule(article="国发〔2014〕8号 七", label_zh="居民养老保险可补缴年数", label_en="resident years that may be bought", unit="years",
      since="2014-02", formula="max({resident_minimum_months} ÷ 12 − {resident_years} − {years_still_to_pay}, 0)")
def resident_years_to_buy(resident_years: float, years_still_to_pay: float, resident_minimum_months: float) -> float:
    """Years that may be bought (补缴) so that the total reaches, and does not pass, the minimum."""
    return max(resident_minimum_months / 12.0 - resident_years - years_still_to_pay, 0.0)


@rule(article="国发〔2014〕8号 七", label_zh="可否补缴所缺年限", label_en="missing years may be bought", unit="yes/no",
      since="2014-02", formula="0 ≤ {resident_claim_month} − {scheme_start} < {resident_minimum_months}")
def may_buy_missing_years(resident_claim_month: int, scheme_start: int, resident_minimum_months: float) -> bool:
    """Whether missing years may be bought: when the scheme began, fewer years than the minimum were left to the pension.

    Those who had reached the pension age by then need no years.
    """
    return 0 <= resident_claim_month - scheme_start < resident_minimum_months


@rule(article="国发〔2014〕8号 七", label_zh="补缴后的居民个人账户", label_en="resident account with the years bought", unit="yuan",
      since="2014-02", rounding="fen half_up", formula="{resident_account_balance} + {resident_fee} × {years_bought}")
def account_with_years_bought(resident_account_balance: float, resident_fee: float, years_bought: float) -> float:
    """Return the account at the claim with the bought years credited, at the fee alone.

    Whether bought years bring the yearly subsidy is left to each place; none is counted.

    Parameters
    ----------
    resident_account_balance : float
        Account at the claim without them [yuan].
    resident_fee : float
        Fee of one year [yuan/year].
    years_bought : float
        Years bought [years].
    """
    return resident_account_balance + resident_fee * years_bought


@rule(article="国发〔2014〕8号 四(三)", term_zh="政府补贴", label_zh="缴费补贴国家底线", label_en="national floor of the subsidy",
      unit="yuan/year", since="2014-02")
def resident_subsidy_floor(
    resident_fee: float, higher_subsidy_from: float, subsidy_floor_low: float, subsidy_floor_high: float
) -> float:
    """Least local subsidy to a year's fee: one amount for low tiers, a higher one from a given tier on.

    Parameters
    ----------
    resident_fee : float
        Tier paid [yuan/year].
    higher_subsidy_from : float
        Tier from which the higher floor holds [yuan/year].
    subsidy_floor_low, subsidy_floor_high : float
        The two floors [yuan/year].

    Returns
    -------
    float
        Least subsidy [yuan/year]; nothing for a year without a fee.
    """
    floor = subsidy_floor_high if resident_fee >= higher_subsidy_from else subsidy_floor_low
    return floor if resident_fee > 0 else 0.0


@rule(article="国发〔2014〕8号 四(三)", label_zh="当年缴费补贴", label_en="subsidy to the year's fee", unit="yuan/year",
      since="2014-02", formula="max({local_subsidy}, {resident_subsidy_floor})")
def resident_subsidy(local_subsidy: float, resident_subsidy_floor: float) -> float:
    """Subsidy credited with a year's fee: the local amount of the tier, never under the national floor."""
    return max(local_subsidy, resident_subsidy_floor)


@rule(article="国发〔2014〕8号 五", label_zh="当年记入居民账户", label_en="credited to the resident account in the year",
      unit="yuan/year", since="2014-02", formula="{resident_fee} + {resident_subsidy} + {collective_aid}")
def resident_year_credit(resident_fee: float, resident_subsidy: float, collective_aid: float) -> float:
    """Money credited to the account in a year: own fee, government subsidy and collective aid, all in full."""
    return resident_fee + resident_subsidy + collective_aid


@rule(article="国发〔2014〕8号 五", label_zh="居民账户年末储存额", label_en="resident account at year end", unit="yuan",
      rounding="fen half_up", since="2014-02",
      formula="{opening_balance} × (1 + {resident_crediting_rate}) + {resident_year_credit} × "
              "(1 + {resident_crediting_rate} × {months_of_interest} ÷ 12)")
def resident_account_closing(
    opening_balance: float, resident_year_credit: float, resident_crediting_rate: float, months_of_interest: float
) -> float:
    """Balance of the resident account at the end of a year.

    Parameters
    ----------
    opening_balance : float
        Balance at the start of the year [yuan].
    resident_year_credit : float
        Credited in the year [yuan/year].
    resident_crediting_rate : float
        The province's crediting rate of the year [fraction/year].
    months_of_interest : float
        Months for which the year's own credit bears interest [months]; depends on the month of payment.

    Returns
    -------
    float
        Closing balance [yuan].
    """
    return opening_balance * (1.0 + resident_crediting_rate) + resident_year_credit * (
        1.0 + resident_crediting_rate * months_of_interest / 12.0
    )


@rule(article="国发〔2014〕8号 六", term_zh="个人账户养老金", label_zh="居民个人账户养老金", label_en="resident account pension",
      unit="yuan/month", rounding="fen half_up", since="2014-02", formula="{resident_account_balance} ÷ {resident_divisor}")
def resident_account_pension(resident_account_balance: float, resident_divisor: float) -> float:
    """Monthly pension from the account: the whole balance over the payout months, paid for life."""
    return resident_account_balance / resident_divisor


@rule(article="国发〔2014〕8号 六(一)", term_zh="基础养老金", label_zh="居民基础养老金", label_en="resident basic pension",
      unit="yuan/month", since="2014-02", formula="max({local_basic_pension}, {national_minimum_basic})")
def resident_basic_pension(local_basic_pension: float, national_minimum_basic: float) -> float:
    """Basic part: the place's published amount, which contains the central minimum and is never below it."""
    return max(local_basic_pension, national_minimum_basic)


@rule(article="国发〔2014〕8号 六(一); 人社部发〔2018〕21号", term_zh="年限基础养老金", label_zh="长缴加发（定额）",
      label_en="long-payment addition, flat", unit="yuan/month", since="2014-02",
      formula="max(⌊{resident_years}⌋ − {long_payment_from_months} ÷ 12, 0) × {yuan_per_year_above}")
def long_payment_addition(resident_years: float, long_payment_from_months: float, yuan_per_year_above: float) -> float:
    """Addition of a fixed amount for every whole year paid above the minimum."""
    return max(math.floor(resident_years) - long_payment_from_months / 12.0, 0.0) * yuan_per_year_above


@rule(article="国发〔2014〕8号 六(一); 人社部发〔2018〕21号", term_zh="年限基础养老金", label_zh="长缴加发（按比例）",
      label_en="long-payment addition, share of the basic pension", unit="yuan/month", rounding="fen half_up",
      since="2014-02",
      formula="max(⌊{resident_years}⌋ − {long_payment_from_months} ÷ 12, 0) × {share_per_year_above} × {resident_basic_pension}")
def long_payment_addition_by_share(
    resident_years: float, long_payment_from_months: float, share_per_year_above: float, resident_basic_pension: float
) -> float:
    """Addition of a share of the basic pension for every whole year paid above the minimum."""
    return max(math.floor(resident_years) - long_payment_from_months / 12.0, 0.0) * share_per_year_above * resident_basic_pension


@rule(article="国发〔2014〕8号 六(一); 人社部发〔2018〕21号", term_zh="年限基础养老金", label_zh="长缴加发（分段）",
      label_en="long-payment addition, in steps", unit="yuan/month", since="2014-02",
      formula="min({resident_years}, {first_step_until}) × {first_step_yuan} + years up to {second_step_until} × "
              "{second_step_yuan} + years beyond × {third_step_yuan}")
def long_payment_addition_stepped(
    resident_years: float, first_step_until: float, second_step_until: float,
    first_step_yuan: float, second_step_yuan: float, third_step_yuan: float,
) -> float:
    """Addition counted from the first year on, with a higher amount for later years.

    Parameters
    ----------
    resident_years : float
        Years paid [years]; whole years count.
    first_step_until, second_step_until : float
        Last year of the first and of the second step [years].
    first_step_yuan, second_step_yuan, third_step_yuan : float
        Addition for each year of the step [yuan/month].

    Returns
    -------
    float
        Addition [yuan/month].
    """
    years = math.floor(resident_years)
    first = min(years, first_step_until)
    second = max(min(years, second_step_until) - first_step_until, 0.0)
    third = max(years - second_step_until, 0.0)
    return first * first_step_yuan + second * second_step_yuan + third * third_step_yuan


@rule(article="人社部发〔2018〕21号", term_zh="高龄倾斜", label_zh="高龄加发", label_en="age addition", unit="yuan/month",
      since="2018-03")
def resident_age_addition(
    age_months: int, first_age_years: float, first_age_yuan: float, second_age_years: float, second_age_yuan: float
) -> float:
    """Addition for old pensioners: the amount of the highest step reached; steps replace each other."""
    first = first_age_yuan if age_months >= first_age_years * 12 else 0.0
    return second_age_yuan if age_months >= second_age_years * 12 else first


@rule(article="国发〔2014〕8号 六", term_zh="养老金待遇", label_zh="居民养老金", label_en="resident pension", unit="yuan/month",
      rounding="fen half_up", since="2014-02",
      formula="{resident_basic_pension} + {long_payment_addition} + {age_addition} + {resident_account_pension}")
def resident_pension(
    resident_basic_pension: float, long_payment_addition: float, age_addition: float, resident_account_pension: float
) -> float:
    """Whole monthly resident pension: basic part, local additions and account part."""
    return resident_basic_pension + long_payment_addition + age_addition + resident_account_pension


@rule(article="国发〔2014〕8号 六(二)", label_zh="可继承的居民账户余额", label_en="resident account left to heirs", unit="yuan",
      rounding="fen half_up", since="2014-02",
      formula="max({resident_account_balance} − {resident_account_pension} × {months_drawn}, 0)")
def resident_account_left(resident_account_balance: float, resident_account_pension: float, months_drawn: float) -> float:
    """Account balance that heirs receive: what was there at the claim less the account pensions paid since.

    Interest credited while drawing is left out, so the figure is a lower bound.
    """
    return max(resident_account_balance - resident_account_pension * months_drawn, 0.0)


@rule(article="国发〔2014〕8号 七", term_zh="丧葬补助金", label_zh="居民丧葬补助金", label_en="resident death grant", unit="yuan",
      rounding="fen half_up", since="2014-02", formula="{resident_basic_pension} × {death_grant_months}")
def resident_death_grant(resident_basic_pension: float, death_grant_months: float) -> float:
    """Funeral grant where the place has one, in months of the basic pension."""
    return resident_basic_pension * death_grant_months
