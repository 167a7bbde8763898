"""The 324 designs of a fixed-amount contribution (F2), each as plain choices that the rules take as scalars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

Amount = Literal["absolute", "relative"]
Limit = Literal["none", "longest"]
Financing = Literal["account", "pool", "split"]
Counting = Literal["full", "none", "proportion"]
IndexRule = Literal["formula", "fixed", "factor"]

AMOUNTS: tuple[Amount, ...] = ("absolute", "relative")
LIMITS: tuple[Limit, ...] = ("none", "longest")
FINANCINGS: tuple[Financing, ...] = ("account", "pool", "split")
COUNTINGS: tuple[Counting, ...] = ("full", "none", "proportion")
INDEX_RULES: tuple[IndexRule, ...] = ("formula", "fixed", "factor")


@dataclass(frozen=True)
class FixedAmountDesign:
    """One way to build the fixed-amount contribution.

    Parameters
    ----------
    amount : {"absolute", "relative"}
        So many yuan, or a share of the average wage.
    limit : {"none", "longest"}
        No limit, or a longest period in a life.
    financing : {"account", "pool", "split"}
        Where the money goes.
    minimum : {"full", "none", "proportion"}
        How a month counts toward the minimum contribution period.
    accrual : {"full", "none", "proportion"}
        How a month counts in the benefit formula.
    index : {"formula", "fixed", "factor"}
        How the index of the month is found.
    """

    amount: Amount
    limit: Limit
    financing: Financing
    minimum: Counting
    accrual: Counting
    index: IndexRule

    def account_share(self, account_rate: float, rate: float) -> float:
        """Return the account's part of the amount under this design."""
        return {"account": 1.0, "pool": 0.0, "split": account_rate / rate}[self.financing]

    def index_terms(self, fixed_index: float, index_factor: float) -> tuple[float, float]:
        """Return ``fixed_index`` and ``index_factor`` as :func:`..rules.fixed_amount.fixed_amount_index` takes them."""
        return {"formula": (0.0, 1.0), "fixed": (fixed_index, 0.0), "factor": (0.0, index_factor)}[self.index]

    def amount_terms(self, amount: float, wage_share: float) -> tuple[float, float]:
        """Return ``amount`` and ``wage_share`` as :func:`..rules.fixed_amount.fixed_amount` takes them."""
        return (amount, 0.0) if self.amount == "absolute" else (0.0, wage_share)

    @staticmethod
    def counting_terms(counting: Counting) -> tuple[float, float]:
        """Return ``in_full`` and ``in_proportion`` as :func:`..rules.fixed_amount.counted_months` takes them."""
        return {"full": (1.0, 0.0), "none": (0.0, 0.0), "proportion": (0.0, 1.0)}[counting]


def designs() -> Iterator[FixedAmountDesign]:
    """Yield every design, in a fixed order."""
    for choice in product(AMOUNTS, LIMITS, FINANCINGS, COUNTINGS, COUNTINGS, INDEX_RULES):
        yield FixedAmountDesign(*choice)
