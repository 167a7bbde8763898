"""The working life as explicit state stepped month by month: the one text that every runner executes.

State of a life in the employee scheme (职工基本养老保险):

========  ==================================================================================
account   balance of the individual account at the last year end [yuan]
credited  principal credited since then [yuan]
product   monthly product of it: each credit times the months it earns this year [yuan·month]
indices   sum of the monthly contribution indices
months    months paid
paid      money paid, own and pooled share together [yuan]
========  ==================================================================================
"""

from __future__ import annotations

from lingbao.law.rule import scalar
from lingbao.law.rules.account import balance_at_claim, balance_shown, year_end_balance
from lingbao.law.rules.contribution import account_credit, base_in_bounds, monthly_contribution
from lingbao.law.rules.index import month_index


@scalar
def pays_in(month: float, pay_from: float, pay_until: float, gap_from: float, gap_until: float) -> bool:
    """Whether a life pays in ``month``: from ``pay_from``, before ``pay_until``, outside the gap."""
    return (month >= pay_from) & (month < pay_until) & ((month < gap_from) | (month >= gap_until))


@scalar
def months_earning(month: float, month_of_year: float, posted: float, claim: float) -> float:
    """Months of this year for which a payment for ``month`` earns interest, the posting month included.

    ``posted`` is the month of the year in which its payment period ends; nothing is posted after the claim.
    """
    return 13.0 - min(posted, month_of_year + claim - month)


@scalar
def month_of_life(
    pays: bool, declared: float, contribution_floor: float, contribution_cap: float, total_rate: float,
    account_rate: float, reference_wage: float, earning: float,
    credited: float, product: float, indices: float, months: float, paid: float,
) -> tuple[float, float, float, float, float, float]:
    """Step one life by one month; returns the new state and, last, the month's payment [yuan]."""
    base = base_in_bounds(declared, contribution_floor, contribution_cap)
    credit = account_credit(base, account_rate) if pays else 0.0
    payment = monthly_contribution(base, total_rate) if pays else 0.0
    index = month_index(base, reference_wage) if pays else 0.0
    return (
        credited + credit, product + credit * earning, indices + index, months + (1.0 if pays else 0.0),
        paid + payment, payment,
    )


@scalar
def account_at_year_end(account: float, credited: float, product: float, crediting_rate: float) -> float:
    """Balance carried into the next year, kept to the fen."""
    return balance_shown(year_end_balance(account, credited, product, crediting_rate))


@scalar
def account_at_claim(
    account: float, credited: float, product: float, crediting_rate: float, month_of_year: float
) -> float:
    """Balance at the end of the claim month, which is ``month_of_year`` of its year.

    Each credit has earned up to the claim only: its monthly product loses the months after it.
    """
    return balance_at_claim(
        account, credited, product - credited * (12.0 - month_of_year), crediting_rate, month_of_year
    )
