"""Moving the employee-scheme relation between provinces: how much money follows, and which place pays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from lingbao.law.rule import rule


@rule(article="国办发〔2009〕66号 四(二)", label_zh="计入统筹转移的月数", label_en="months that count for the pooled transfer",
      unit="months", since="2010-01", formula="max({last_month} − max({first_month}, {pooled_money_from}) + 1, 0)")
def pooled_transfer_months(first_month: int, last_month: int, pooled_money_from: int) -> int:
    """Months of a stretch of payment that count for the pooled money; earlier months do not.

    Parameters
    ----------
    first_month, last_month : int
        First and last month paid, both included.
    pooled_money_from : int
        First month that counts.

    Returns
    -------
    int
        Months [months].
    """
    return max(last_month - max(first_month, pooled_money_from) + 1, 0)


@rule(article="国办发〔2009〕66号 四(二)", term_zh="统筹基金", label_zh="转移的统筹基金", label_en="pooled money transferred",
      unit="yuan", rounding="fen half_up", since="2010-01", mechanisms=("B5",),
      formula="{contribution_base} × {transfer_months} × {transfer_rate}")
def pooled_transfer(contribution_base: float, transfer_months: int, transfer_rate: float) -> float:
    """Pooled money that follows for a stretch of equal bases.

    Parameters
    ----------
    contribution_base : float
        Base actually paid on [yuan/month].
    transfer_months : int
        Months that count [months]; a part year counts by its months.
    transfer_rate : float
        Share of the base [fraction], the same whatever the employer's rate and for flexible workers.

    Returns
    -------
    float
        Pooled money [yuan].
    """
    return contribution_base * transfer_months * transfer_rate


@rule(article="国办发〔2009〕66号 四(一)", term_zh="个人账户储存额", label_zh="个人缴费本金", label_en="own contributions", unit="yuan",
      rounding="fen half_up", since="2010-01", formula="{contribution_base} × {months_paid} × {account_rate}")
def account_principal(contribution_base: float, months_paid: int, account_rate: float) -> float:
    """Principal credited to the account for a stretch of equal bases, without interest."""
    return contribution_base * months_paid * account_rate


@rule(article="国办发〔2009〕66号 四", label_zh="转移资金合计", label_en="money transferred", unit="yuan",
      rounding="fen half_up", since="2010-01",
      formula="{own_contributions_before_accounts} + {account_balance} + {pooled_money}")
def transfer_total(own_contributions_before_accounts: float, account_balance: float, pooled_money: float) -> float:
    """Money that moves: own contributions before accounts began with interest, the whole account, pooled money."""
    return own_contributions_before_accounts + account_balance + pooled_money


@rule(article="国办发〔2009〕66号 五", term_zh="临时基本养老保险缴费账户", label_zh="是否建立临时账户",
      label_en="temporary account", unit="yes/no", since="2010-01")
def temporary_account(
    age_months: int, temporary_account_age: int, in_home_province: bool, approved_transfer: bool
) -> bool:
    """Whether a newcomer gets only a temporary account, so that the relation stays where it was.

    Parameters
    ----------
    age_months : int
        Age when first insured in the new place [months].
    temporary_account_age : int
        Age from which the account is temporary [months]; it differs for men and women.
    in_home_province : bool
        The new place lies in the province of household registration.
    approved_transfer : bool
        Moved with a job by decision of a county or higher authority.

    Returns
    -------
    bool
        True for a temporary account.
    """
    return age_months >= temporary_account_age and not in_home_province and not approved_transfer


@rule(article="国办发〔2009〕66号 八", label_zh="办理剩余工作日", label_en="working days left", unit="working days",
      since="2010-01", mechanisms=("S6",), formula="{allowed_working_days} − {working_days_passed}")
def working_days_left(working_days_passed: int, allowed_working_days: int) -> int:
    """Working days left for a step of a transfer; negative when the step is overdue."""
    return allowed_working_days - working_days_passed


def place_of_benefit(
    home: str,
    months_by_place: Mapping[str, float] | Iterable[tuple[str, float]],
    current: str,
    temporary: Collection[str],
    threshold_months: float,
) -> str:
    """Return the province that works out and pays the pension (待遇领取地).

    1. The relation is in the home province: the home province.
    2. Elsewhere, with ``threshold_months`` or more there: that place.
    3. Elsewhere with less: the last earlier place that has them.
    4. No such place: the home province.

    A temporary account never makes its place eligible and never holds the relation: someone now paying into one
    has the relation in the last place with an ordinary account.

    Parameters
    ----------
    home : str
        Province of household registration.
    months_by_place : mapping or pairs of str and float
        Months by province, deemed months included, oldest place first; repeated places add up and count as of
        their last stay.
    current : str
        Province of the present relation.
    temporary : collection of str
        Places in ``months_by_place`` whose account is temporary.
    threshold_months : float
        Months that a place other than home needs [months].

    Returns
    -------
    str
        Province of benefit, named as it was given.

    References
    ----------
    国办发〔2009〕66号 第五条, 第六条, 第十二条; 人社部规〔2016〕5号 三.
    """
    stays = months_by_place.items() if isinstance(months_by_place, Mapping) else months_by_place
    total: dict[str, float] = {}
    for place, months in stays:
        if place not in temporary:
            total[place] = total.pop(place, 0.0) + months
    relation = current if current not in temporary else next(reversed(total), home)
    if relation == home or total.get(relation, 0.0) >= threshold_months:
        return relation
    return next((place for place in reversed(total) if total[place] >= threshold_months), home)
