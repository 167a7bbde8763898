"""Moving between the employee and the resident scheme (城乡养老保险制度衔接): what counts and what moves."""

from __future__ import annotations

from lingbao.law.rule import rule


@rule(article="人社部发〔2014〕17号 三", label_zh="距职工养老最低年限所差月数", label_en="months short of the employee minimum",
      unit="months", since="2014-07", formula="max({minimum_months} − {employee_months}, 0)")
def conversion_shortfall_months(employee_months: int, minimum_months: int) -> int:
    """Months still missing before the employee pension can be claimed.

    Parameters
    ----------
    employee_months : int
        Months in the employee scheme, extension after the statutory age included [months]. Resident years are
        not among them.
    minimum_months : int
        Minimum of the claim year [months]; it rises from 2030 on.

    Returns
    -------
    int
        Shortfall [months].
    """
    return max(minimum_months - employee_months, 0)


@rule(article="人社部发〔2014〕17号 三", label_zh="可否转入职工养老保险", label_en="may move into the employee scheme",
      unit="yes/no", since="2014-07", formula="{employee_months} ≥ {minimum_months}")
def may_convert_to_employee(employee_months: int, minimum_months: int) -> bool:
    """Whether resident rights may move into the employee scheme at the statutory age: enough employee months."""
    return employee_months >= minimum_months


@rule(article="人社部发〔2014〕17号 三", label_zh="可否转入居民养老保险", label_en="may move into the resident scheme",
      unit="yes/no", since="2014-07", formula="{employee_months} < {minimum_months}")
def may_convert_to_resident(employee_months: int, minimum_months: int) -> bool:
    """Whether employee rights may move into the resident scheme: too few employee months for a pension there."""
    return employee_months < minimum_months


@rule(article="人社部发〔2014〕17号 五", label_zh="转入后职工养老缴费月数", label_en="employee months after moving in",
      unit="months", since="2014-07",
      formula="{employee_months} + {resident_years} × 12 × {resident_years_counted_share}")
def employee_months_after_conversion(
    employee_months: float, resident_years: float, resident_years_counted_share: float
) -> float:
    """Employee months once the resident account has been merged.

    Parameters
    ----------
    employee_months : float
        Months in the employee scheme [months].
    resident_years : float
        Years in the resident scheme [years].
    resident_years_counted_share : float
        Share of resident years that counts in the employee scheme [fraction]; nil in the law in force.

    Returns
    -------
    float
        Months that count in the employee scheme [months].
    """
    return employee_months + resident_years * 12.0 * resident_years_counted_share


@rule(article="人社部发〔2014〕17号 六", label_zh="转入后居民养老缴费年限", label_en="resident years after moving in",
      unit="years", since="2014-07", formula="{resident_years} + {employee_months} ÷ 12")
def resident_years_after_conversion(employee_months: float, resident_years: float) -> float:
    """Resident years once the employee relation has been merged: employee years count in full."""
    return resident_years + employee_months / 12.0


@rule(article="人社部发〔2014〕17号 五、六", label_zh="合并后的个人账户", label_en="merged account", unit="yuan",
      since="2014-07", formula="{employee_balance} + {resident_account_balance}")
def merged_account(employee_balance: float, resident_account_balance: float) -> float:
    """Account after conversion in either direction: both balances whole."""
    return employee_balance + resident_account_balance


@rule(article="人社部发〔2014〕17号 六", label_zh="转入居民时转移的统筹基金", label_en="pooled money moved to the resident scheme",
      unit="yuan", rounding="fen half_up", since="2014-07", mechanisms=("B5",),
      formula="{pooled_money} × {conversion_pooled_share}")
def conversion_pooled_money(pooled_money: float, conversion_pooled_share: float) -> float:
    """Pooled money that follows a person into the resident scheme; the share is nil in the law in force."""
    return pooled_money * conversion_pooled_share


@rule(article="人社部发〔2014〕17号 七", term_zh="重复缴费", label_zh="重复缴费月数", label_en="overlapping months", unit="months",
      since="2014-07")
def overlap_months(first_month: int, last_month: int, other_first_month: int, other_last_month: int) -> int:
    """Months paid into both schemes at once, both ends included; the employee months are the ones that stay."""
    return max(min(last_month, other_last_month) - max(first_month, other_first_month) + 1, 0)


@rule(article="人社部发〔2014〕17号 七", term_zh="退还本人", label_zh="重复缴费退款", label_en="refund of double payment",
      unit="yuan", rounding="fen half_up", since="2014-07",
      formula="({resident_fee} + {collective_aid}) × {overlap_months} ÷ 12")
def overlap_refund(resident_fee: float, collective_aid: float, overlap_months: int) -> float:
    """Money given back for months paid into both schemes: own resident fee and collective aid of those months.

    Parameters
    ----------
    resident_fee, collective_aid : float
        Paid for the year of the overlap [yuan/year]. The government's subsidy is not given back.
    overlap_months : int
        Months paid into both schemes [months].

    Returns
    -------
    float
        Refund [yuan].
    """
    return (resident_fee + collective_aid) * overlap_months / 12.0


@rule(article="人社部发〔2014〕17号 八", label_zh="重复领取应退金额", label_en="double benefit to repay", unit="yuan",
      rounding="fen half_up", since="2014-07", formula="{resident_basic_pension} × {overlap_months}")
def double_benefit_repayment(resident_basic_pension: float, overlap_months: int) -> float:
    """Basic resident pension to repay when two basic pensions were drawn at once; the resident one ends."""
    return resident_basic_pension * overlap_months
