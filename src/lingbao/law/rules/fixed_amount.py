"""Fixed-amount contribution (定额缴费): how a sum that is not a share of a base counts in the scheme.

A proposal, not law in force. Its six choices, 324 designs in all, are scalars here; the enumeration of designs is in
:mod:`lingbao.law.fixed_amount_design`.
"""

from __future__ import annotations

from lingbao.law.rule import rule

PROPOSAL = "定额缴费方案（建议，未施行）"


@rule(article=PROPOSAL, label_zh="定额（绝对额或工资比例）", label_en="the amount, absolute or relative", unit="yuan/month",
      rounding="fen half_up", formula="{amount} + {wage_share} × {average_wage}", mechanisms=("F2",))
def fixed_amount(amount: float, wage_share: float, average_wage: float) -> float:
    """Return the amount of a month: so many yuan, or a share of the average wage.

    Parameters
    ----------
    amount : float
        Absolute amount [yuan/month]; 0 in a relative design.
    wage_share : float
        Share of the average wage; 0 in an absolute design.
    average_wage : float
        Provincial average wage [yuan/month].
    """
    return amount + wage_share * average_wage


@rule(article=PROPOSAL, label_zh="折算缴费基数", label_en="equivalent base", unit="yuan/month", formula="{amount} ÷ {total_rate}",
      mechanisms=("F2", "F4"))
def equivalent_base(amount: float, total_rate: float) -> float:
    """Return the base on which the amount would be the ordinary contribution.

    Parameters
    ----------
    amount : float
        Amount paid [yuan/month].
    total_rate : float
        Ordinary contribution rate.
    """
    return amount / total_rate


@rule(article=PROPOSAL, label_zh="折算缴费时间", label_en="share of the time that counts", unit="fraction",
      formula="min({amount} ÷ ({average_wage} × {total_rate}), 1)", mechanisms=("F2", "F4"))
def counted_fraction(amount: float, average_wage: float, total_rate: float) -> float:
    """Return the share of a month (or year) that counts: the amount over the full contribution, at most all of it.

    Parameters
    ----------
    amount : float
        Amount paid [yuan/month].
    average_wage : float
        Provincial average wage [yuan/month].
    total_rate : float
        Ordinary contribution rate.
    """
    return min(amount / (average_wage * total_rate), 1.0)


@rule(article=PROPOSAL, label_zh="计入的月数", label_en="months that count", unit="months",
      formula="{months} × ({in_full} + {in_proportion} × {counted_fraction})", mechanisms=("F2", "F4"))
def counted_months(months: float, in_full: float, in_proportion: float, counted_fraction: float) -> float:
    """Return the months that count toward accrual or toward the minimum.

    Parameters
    ----------
    months : float
        Months paid with the fixed amount.
    in_full, in_proportion : float
        1 and 0 when they count fully, 0 and 1 when in proportion, 0 and 0 when not at all.
    counted_fraction : float
        :func:`counted_fraction`.
    """
    return months * (in_full + in_proportion * counted_fraction)


@rule(article=PROPOSAL, label_zh="定额缴费指数（按公式）", label_en="index by formula", unit="index",
      formula="{amount} ÷ {total_rate} ÷ {average_wage}", mechanisms=("F2", "F4"))
def index_by_formula(amount: float, total_rate: float, average_wage: float) -> float:
    """Return the index as for any base: equivalent base over the average wage.

    Parameters
    ----------
    amount : float
        Amount paid [yuan/month].
    total_rate : float
        Ordinary contribution rate.
    average_wage : float
        Provincial average wage [yuan/month].
    """
    return equivalent_base(amount, total_rate) / average_wage


@rule(article=PROPOSAL, label_zh="定额缴费指数", label_en="index of a fixed amount", unit="index",
      formula="{fixed_index} + {index_factor} × {formula_index}", mechanisms=("F2", "F4"))
def fixed_amount_index(formula_index: float, fixed_index: float, index_factor: float) -> float:
    """Return the index a month gets under one of the three index rules.

    Parameters
    ----------
    formula_index : float
        :func:`index_by_formula`.
    fixed_index : float
        The index itself where it is fixed, else 0.
    index_factor : float
        1 by formula, above 1 where paying is rewarded, 0 where the index is fixed.
    """
    return fixed_index + index_factor * formula_index


@rule(article=PROPOSAL, label_zh="定额缴费记入个人账户", label_en="fixed amount credited to the account", unit="yuan/month",
      rounding="fen half_up", formula="{amount} × {account_share}", mechanisms=("F2",))
def fixed_amount_to_account(amount: float, account_share: float) -> float:
    """Return the account's part: all of it, none, or the split of the ordinary contribution.

    Parameters
    ----------
    amount : float
        Amount paid [yuan/month].
    account_share : float
        1, 0, or the account rate over the whole rate.
    """
    return amount * account_share


@rule(article=PROPOSAL, label_zh="仍可定额缴费的月数", label_en="months still open to the fixed amount", unit="months",
      formula="max({longest_months} − {months_used}, 0)", mechanisms=("F2", "F3"))
def months_open(longest_months: float, months_used: float) -> float:
    """Return how many months may still be paid with the fixed amount.

    Parameters
    ----------
    longest_months : float
        Longest period in a life [months]; a very large number where there is no limit.
    months_used : float
        Months already paid this way.
    """
    return max(longest_months - months_used, 0.0)
