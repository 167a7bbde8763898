"""The rest paid at once in the month of the claim: the state of a life after it, in every runner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingbao.career.retirement import Run
from lingbao.law.rule import plain
from lingbao.law.rules.contribution import account_credit, base_in_bounds, monthly_contribution
from lingbao.law.rules.index import month_index
from lingbao.law.rules.shortfall import account_with_rest, indices_with_rest, rest_paid_at_once


def pay_the_rest(
    months_short: int, declared: Any, law_now: Mapping[str, Any], account: Any, indices: Any, months: Any,
    run: Run = plain,
) -> tuple[Any, Any, Any, Any]:
    """Return account, index sum, months and the sum paid, once the missing months are paid at once.

    Parameters
    ----------
    months_short : int
        Months still missing.
    declared : float
        Base declared in the month of the claim [yuan/month].
    law_now : mapping
        ``floor``, ``cap``, ``total_rate``, ``account_rate`` and ``reference_wage`` of that month.
    account, indices, months : float
        Account at the end of the claim month, sum of the indices and months paid one by one.
    """
    base = run(base_in_bounds)(declared, law_now["floor"], law_now["cap"])
    payment = run(rest_paid_at_once)(run(monthly_contribution)(base, law_now["total_rate"]), months_short)
    credit = run(account_credit)(base, law_now["account_rate"])
    index = run(month_index)(base, law_now["reference_wage"])
    return (
        run(account_with_rest)(account, credit, months_short), run(indices_with_rest)(indices, index, months_short),
        months + months_short, payment,
    )
