"""What the pension is at the claim: basic part, account part, their divisor, the total and later changes.

Sources: 国发〔1997〕26号 (claims 1998 to 2005), 国发〔2005〕38号 (from 2006), the table to the month used since 2025.
"""

from __future__ import annotations

from lingbao.law.rule import rule


@rule(article="国发〔1997〕26号 五", term_zh="基础养老金", label_zh="基础养老金（1997年办法）",
      label_en="basic pension (formula of 1997)", unit="yuan/month", rounding="fen half_up", name="basic_pension",
      since="1998-01", until="2005-12", formula="{benefit_base} × {flat_share}", mechanisms=("B1",))
def basic_pension_1997(benefit_base: float, flat_share: float) -> float:
    """Return the basic pension of 1998 to 2005: one share of the local wage, whatever was paid.

    Parameters
    ----------
    benefit_base : float
        Local average wage of the year before [yuan/month].
    flat_share : float
        Share for everyone with the minimum years.
    """
    return benefit_base * flat_share


@rule(article="国发〔2005〕38号 六", term_zh="基础养老金", label_zh="基础养老金", label_en="basic pension", unit="yuan/month",
      rounding="fen half_up", since="2006-01", mechanisms=("B1", "F1"),
      formula="({benefit_base} + {benefit_base} × {mean_index}) ÷ 2 × {months} ÷ 12 × {accrual_rate}")
def basic_pension(benefit_base: float, mean_index: float, months: float, accrual_rate: float) -> float:
    """Return the basic pension: one accrual a year of the mean of the base and the person's indexed wage.

    Parameters
    ----------
    benefit_base : float
        Benefit base (计发基数) [yuan/month].
    mean_index : float
        Mean contribution index of the whole career.
    months : float
        Contribution months, deemed months included.
    accrual_rate : float
        Share for each full year; months count as twelfths.
    """
    return (benefit_base + benefit_base * mean_index) / 2.0 * months / 12.0 * accrual_rate


@rule(article="国发〔2005〕38号 六", label_zh="本人指数化月平均缴费工资", label_en="indexed wage", unit="yuan/month",
      term_zh="本人指数化月平均缴费工资", since="2006-01", rounding="fen half_up", formula="{benefit_base} × {mean_index}")
def indexed_wage(benefit_base: float, mean_index: float) -> float:
    """Return the person's own mean wage at today's level: base times mean index."""
    return benefit_base * mean_index


@rule(article="国发〔1997〕26号 五", label_zh="个人账户养老金（1997年办法）", label_en="account pension (formula of 1997)",
      term_zh="个人账户养老金", unit="yuan/month", rounding="fen half_up", name="account_pension", since="1998-01",
      until="2005-12", formula="{account_balance} ÷ {fixed_divisor}", mechanisms=("B1",))
def account_pension_1997(account_balance: float, fixed_divisor: float) -> float:
    """Return the account pension of 1998 to 2005: one divisor for every age.

    Parameters
    ----------
    account_balance : float
        Balance of the individual account at the claim [yuan].
    fixed_divisor : float
        Divisor for everyone [months].
    """
    return account_balance / fixed_divisor


@rule(article="国发〔2005〕38号 六", term_zh="个人账户养老金", label_zh="个人账户养老金", label_en="account pension",
      unit="yuan/month", rounding="fen half_up", since="2006-01", formula="{account_balance} ÷ {payout_months}",
      mechanisms=("B1",))
def account_pension(account_balance: float, payout_months: float) -> float:
    """Return the account pension: balance over payout months, for life even when the account is used up.

    Parameters
    ----------
    account_balance : float
        Balance of the individual account at the claim [yuan].
    payout_months : float
        :func:`payout_months` of the age at the claim.
    """
    return account_balance / payout_months


@rule(article="沪人社规〔2021〕27号", label_zh="计发月数表内的年龄", label_en="age within the payout table", unit="years",
      formula="{lowest_age} ≤ {age} ≤ {highest_age}")
def age_in_table(age: int, lowest_age: int, highest_age: int) -> int:
    """Return the whole age to look up: the table's ends stand for younger and older ages.

    One province says so; the national text is silent, so the confidence of an age outside the table is low.

    Parameters
    ----------
    age : int
        Completed years at the claim.
    lowest_age, highest_age : int
        First and last age of the table.
    """
    return min(max(age, lowest_age), highest_age)


@rule(article="国发〔2005〕38号 附件", term_zh="计发月数", label_zh="计发月数（按整岁）", label_en="payout months (whole years)",
      unit="months", name="payout_months", since="2006-01", until="2024-12", formula="{months_at_age}", mechanisms=("B1",))
def payout_months_whole_years(months_at_age: float, months_at_next_age: float, months_past_birthday: int) -> float:
    """Return the payout months of the completed age; months past the birthday do not count before 2025.

    Parameters
    ----------
    months_at_age, months_at_next_age : float
        Table value of the completed age and of the age after it [months].
    months_past_birthday : int
        Completed months since the last birthday, 0 to 11.
    """
    return months_at_age


@rule(article="国发〔2005〕38号 附件；2025年起按月计发月数表", term_zh="计发月数", label_zh="计发月数", label_en="payout months",
      unit="months", rounding="0.1 half_up", rounding_article="2025年起按月计发月数表", since="2025-01",
      formula="{months_at_age} + ({months_at_next_age} − {months_at_age}) × {months_past_birthday} ÷ 12",
      mechanisms=("B1",))
def payout_months(months_at_age: float, months_at_next_age: float, months_past_birthday: int) -> float:
    """Return the payout months to the month of age: on the line between two whole ages, one decimal.

    Parameters
    ----------
    months_at_age, months_at_next_age : float
        Table value of the completed age and of the age after it [months].
    months_past_birthday : int
        Completed months since the last birthday, 0 to 11.
    """
    return months_at_age + (months_at_next_age - months_at_age) * months_past_birthday / 12.0


@rule(article="国发〔2005〕38号 六", term_zh="缴费年限", label_zh="缴费年限", label_en="contribution years", unit="years",
      formula="{months} ÷ 12")
def years_from_months(months: float) -> float:
    """Return contribution years from months; every month counts a twelfth."""
    return months / 12.0


@rule(article="国发〔2005〕38号 六", term_zh="基本养老金", label_zh="基本养老金合计", label_en="total pension", unit="yuan/month",
      rounding="fen half_up", formula="{basic} + {account} + {transitional} + {additions}")
def pension_total(basic: float, account: float, transitional: float, additions: float) -> float:
    """Return the pension as the sum of its parts; see the provincial variants where the sum is rounded.

    Parameters
    ----------
    basic, account, transitional, additions : float
        Basic, account and transitional pension, and provincial additions [yuan/month].
    """
    return basic + account + transitional + additions


@rule(article="惯例：次月起发放", label_zh="首次发放月份", label_en="month of first payment", unit="month",
      formula="{claim_month} + {months_to_first_payment}")
def first_payment_month(claim_month: int, months_to_first_payment: int) -> int:
    """Return the month of the first payment, some months after the age and the years are reached."""
    return claim_month + months_to_first_payment


@rule(article="省级惯例：预发与重算", label_zh="预发后的补发额", label_en="balance due after a provisional award", unit="yuan",
      rounding="fen half_up", formula="({final_pension} − {provisional_pension}) × {months_paid_provisionally}")
def provisional_balance(final_pension: float, provisional_pension: float, months_paid_provisionally: int) -> float:
    """Return what is paid (or, below zero, taken back) once the year's base is known.

    Parameters
    ----------
    final_pension, provisional_pension : float
        Pension on the year's own base, and on last year's [yuan/month].
    months_paid_provisionally : int
        Months already paid at the provisional amount.
    """
    return (final_pension - provisional_pension) * months_paid_provisionally


@rule(article="人社部、财政部 年度调整通知", term_zh="基本养老金调整", label_zh="调整后养老金（按平均比例）",
      label_en="pension after the yearly rise (average)", unit="yuan/month", rounding="fen half_up", since="2005-07",
      formula="{pension} × (1 + {yearly_rise})")
def adjusted_pension(pension: float, yearly_rise: float) -> float:
    """Return the pension after the national average rise, the measure used where a province's own rule is unknown.

    Parameters
    ----------
    pension : float
        Pension before the rise [yuan/month].
    yearly_rise : float
        National rise as a fraction.
    """
    return pension * (1.0 + yearly_rise)


@rule(article="人社部、财政部 年度调整通知（定额、挂钩、倾斜）", term_zh="基本养老金调整", label_zh="调整后养老金",
      label_en="pension after the yearly rise", unit="yuan/month", rounding="fen half_up", since="2016-01",
      formula="{pension} + {fixed_rise} + {rise_per_year_paid} × {years} + {pension} × {rise_share} + {tilt}")
def adjusted_pension_by_parts(pension: float, fixed_rise: float, rise_per_year_paid: float, years: float,
                              rise_share: float, tilt: float) -> float:
    """Return the pension after a rise made of an equal amount, a part linked to years and pension, and a tilt.

    Parameters
    ----------
    pension : float
        Pension before the rise [yuan/month].
    fixed_rise, tilt : float
        Amount for everyone, and the supplement for age or hard areas [yuan/month].
    rise_per_year_paid : float
        Amount for each contribution year [yuan/month].
    years : float
        Contribution years.
    rise_share : float
        Share of the own pension.
    """
    return pension + fixed_rise + rise_per_year_paid * years + pension * rise_share + tilt


@rule(article="国发〔2005〕38号 六", label_zh="一次性支付的个人账户储存额", label_en="account paid out once", unit="yuan",
      rounding="fen half_up", since="2006-01", until="2011-06", mechanisms=("B1",),
      formula="{account_balance}（{months_paid} < {minimum_months}）")
def account_paid_once(account_balance: float, months_paid: int, minimum_months: int) -> float:
    """Return the account paid out at once to those without the minimum years at their age, before the law of 2011."""
    return account_balance if months_paid < minimum_months else 0.0


@rule(article="国发〔2005〕38号 六", label_zh="目标替代率", label_en="replacement rate", unit="fraction",
      formula="{pension} ÷ {reference_wage}", mechanisms=("F1",))
def replacement_rate(pension: float, reference_wage: float) -> float:
    """Return the pension as a share of a wage: own last wage or the local average, as the caller names it."""
    return pension / reference_wage
