"""What a month or a year does in the schemes: dues under any reform, the claim, the pension; the shared text.

Amounts in force come from :mod:`lingbao.law.rules`; what is here joins them, or states proposals that the papers make
(each names its mechanism).
"""

from __future__ import annotations

from lingbao.law.rule import scalar
from lingbao.law.rules.benefit import account_pension, account_pension_1997, basic_pension, basic_pension_1997
from lingbao.law.rules.contribution import account_credit, monthly_contribution
from lingbao.law.rules.fixed_amount import (
    counted_fraction,
    counted_months,
    fixed_amount,
    fixed_amount_index,
    fixed_amount_to_account,
    index_by_formula,
)
from lingbao.law.rules.index import mean_index, month_index


@scalar
def ordinary_due(
    base: float, total_rate: float, account_rate: float, reference_wage: float
) -> tuple[float, float, float]:
    """Return payment, credit to the account [yuan] and index of a month on a base."""
    return (
        monthly_contribution(base, total_rate), account_credit(base, account_rate), month_index(base, reference_wage)
    )


@scalar
def fixed_due(
    amount: float, wage_share: float, level: float, wage: float, total_rate: float, account_share: float,
    fixed_index: float, index_factor: float, minimum_full: float, minimum_proportion: float, accrual_full: float,
    accrual_proportion: float,
) -> tuple[float, float, float, float, float]:
    """Return payment, credit, index, months toward the minimum and months of accrual of a month by fixed amount (F2).

    Parameters
    ----------
    amount, wage_share : float
        So many yuan at the level of its first month, or a share of the average wage.
    level : float
        What the absolute amount has grown by.
    wage, total_rate : float
        Average wage [yuan/month] and ordinary rate.
    account_share : float
        Part credited to the account.
    fixed_index, index_factor, minimum_full, minimum_proportion, accrual_full, accrual_proportion : float
        Terms of the design, see :mod:`lingbao.law.fixed_amount_design`.
    """
    payment = fixed_amount(amount * level, wage_share, wage)
    fraction = counted_fraction(payment, wage, total_rate)
    return (
        payment, fixed_amount_to_account(payment, account_share),
        fixed_amount_index(index_by_formula(payment, total_rate, wage), fixed_index, index_factor),
        counted_months(1.0, minimum_full, minimum_proportion, fraction),
        counted_months(1.0, accrual_full, accrual_proportion, fraction),
    )


@scalar
def bonus_factor(
    months: float, index: float, from_months: float, per_year: float, from_index: float, per_index: float
) -> float:
    """Return the factor of a bonus for paying long and much (N9): one added share a year and a point of index above."""
    return 1.0 + per_year * max(months - from_months, 0.0) / 12.0 + per_index * max(index - from_index, 0.0)


@scalar
def basic_part(
    benefit_base: float, indices: float, months: float, accrual: float, accrual_rate: float, law_1997: float,
    flat_share: float, from_months: float, per_year: float, from_index: float, per_index: float,
) -> float:
    """Return the basic pension at a claim under the formula of 2005 or of 1997, with the bonus of N9 [yuan/month].

    Parameters
    ----------
    indices, months : float
        Sum of indices, and the months it is averaged over; above 0.
    accrual : float
        Months that count in the benefit.
    """
    index = mean_index(indices, months)
    present = basic_pension(benefit_base, index, accrual, accrual_rate)
    earlier = basic_pension_1997(benefit_base, flat_share)
    amount = earlier if law_1997 == 1.0 else present
    return amount * bonus_factor(accrual, index, from_months, per_year, from_index, per_index)


@scalar
def account_part(balance: float, payout_months: float, law_1997: float, divisor_1997: float) -> float:
    """Return the account pension at a claim under the formula of 2005 or of 1997 [yuan/month]."""
    return account_pension_1997(balance, divisor_1997) if law_1997 == 1.0 else account_pension(balance, payout_months)


@scalar
def topped_up(basic: float, account: float, benefit_base: float, floor_share: float) -> float:
    """Return the basic part after a floor benefit (N9): basic and account together never under a share of the base."""
    return max(basic, floor_share * benefit_base - account)


@scalar
def rights_earned(
    benefit_base: float, indices: float, months: float, accrual: float, accrual_rate: float, annuity: float
) -> float:
    """Return the present value of the basic pension earned so far, were it to begin at the claim [yuan].

    The accrued-to-date liability: B (1 + mean index) / 2 × accrual months / 12 × rate × annuity, with the benefit base of
    today (so wage growth until the claim is taken to offset the discount) and no regard to the minimum years.
    """
    index = indices / max(months, 1.0)
    return benefit_base * (1.0 + index) / 2.0 * accrual / 12.0 * accrual_rate * annuity
