"""What a member chose to pay, and what that costs in a month by the rules of the place (N2, N3, C6)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lingbao.law.errors import InputError
from lingbao.law.rules.contribution import (
    account_part_of_amount,
    base_in_bounds,
    monthly_contribution,
    pooled_share,
    tier_base,
)
from lingbao.registry.enrolment.terms import Terms, tier_bases

KINDS = ("floor", "tier", "base", "amount", "fee")
SAME = 0.005  # yuan: amounts closer than half a fen are one amount


@dataclass(frozen=True)
class Choice:
    """What is paid.

    Parameters
    ----------
    kind : str
        ``floor`` (the lowest base of each year), ``tier`` (a share of the wage), ``base`` or ``amount`` (yuan a month),
        all of the employee scheme; ``fee`` (yuan a year) of the resident scheme.
    value : float
        The tier, base, amount or fee; 0 for the floor.
    rhythm : int
        Months that one payment covers: 1, 3, 6 or 12.
    """

    kind: str
    value: float = 0.0
    rhythm: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be meant; what the place offers is a matter of `check_choice`."""
        if self.kind not in KINDS:
            raise _refused("kind", self.kind, f"没有“{self.kind}”这种缴费方式。", f"There is no way of paying called '{self.kind}'.")
        if not math.isfinite(self.value) or self.value < 0 or (self.value == 0) != (self.kind == "floor"):
            raise _refused("value", self.value, "档次、基数或金额应大于零（最低档不填）。",
                           "Tier, base or amount must be above nought (and is left out for the floor).")


@dataclass(frozen=True)
class MonthDue:
    """What one month costs, in fen, and where it goes."""

    base_fen: int
    amount_fen: int
    account_fen: int
    pooled_fen: int


def check_choice(choice: Choice, terms: Terms) -> None:
    """Refuse a choice that the place does not offer, naming what it does.

    Raises
    ------
    InputError
        For a base below the floor or above the cap, a tier or base not on offer, a rhythm not on offer.
    """
    if choice.rhythm not in terms.rhythms:
        offered = "、".join(str(m) for m in terms.rhythms)
        raise _refused("rhythm", choice.rhythm, f"当地不能按 {choice.rhythm} 个月一次缴费，可选：{offered} 个月。",
                       f"This place takes no payment every {choice.rhythm} months; it offers {', '.join(map(str, terms.rhythms))}.")
    if choice.kind == "fee":
        raise _refused("kind", "fee", "年缴费档次属于居民养老保险，职工养老保险按月计算。",
                       "A yearly fee belongs to the resident scheme; the employee scheme counts by month.")
    if choice.kind == "floor":
        return
    if choice.kind == "tier" and terms.choice != "yuan":
        if any(abs(choice.value - tier) < 1e-9 for tier in terms.tiers):
            return
        if terms.choice == "tiers":
            offered = "、".join(f"{tier:.0%}" for tier in terms.tiers)
            raise _refused("tier", choice.value, f"当地没有 {choice.value:.0%} 档，可选：{offered}。",
                           f"This place has no tier of {choice.value:.0%}; it offers {', '.join(f'{t:.0%}' for t in terms.tiers)}.")
    base = _declared(choice, terms)
    if not terms.floor - SAME <= base <= terms.cap + SAME:
        raise _refused("base", base, f"缴费基数 {base:.2f} 元超出范围，应在 {terms.floor:.2f} 到 {terms.cap:.2f} 元之间。",
                       f"A base of {base:.2f} yuan is out of bounds; it must lie between {terms.floor:.2f} and {terms.cap:.2f}.")
    bases = tier_bases(terms)
    if terms.choice != "free" and not any(abs(base - offered) < SAME for offered in bases):
        raise _refused("base", base, f"当地不能自由选择基数，可选：{'、'.join(f'{b:.2f}' for b in bases)} 元。",
                       f"Bases cannot be chosen freely here; on offer are {', '.join(f'{b:.2f}' for b in bases)} yuan.")


def check_fee(choice: Choice, fees: tuple[float, ...]) -> None:
    """Refuse a resident choice that is no fee of the province.

    Raises
    ------
    InputError
        Naming the fees on offer.
    """
    if choice.kind != "fee" or not any(abs(choice.value - fee) < SAME for fee in fees):
        offered = "、".join(f"{fee:g}" for fee in fees)
        raise _refused("fee", choice.value, f"居民养老保险没有这一档，每年可选：{offered} 元。",
                       f"The resident scheme has no such fee; a year may be paid with {', '.join(f'{f:g}' for f in fees)} yuan.")
    if choice.rhythm != 12:
        raise _refused("rhythm", choice.rhythm, "居民养老保险按年缴费。", "The resident scheme is paid by the year.")


def month_due(choice: Choice, terms: Terms) -> MonthDue:
    """Return what a month costs under a choice made before: a tier moves with the wage, a base is kept within the bounds.

    Every figure comes from a rule: `base_in_bounds`, `monthly_contribution`, `account_part_of_amount`, `pooled_share`.
    """
    base = float(base_in_bounds(_declared(choice, terms), terms.floor, terms.cap))
    amount = float(monthly_contribution(base, terms.total_rate))
    account = float(account_part_of_amount(amount, terms.account_rate, terms.total_rate))
    return MonthDue(fen(base), fen(amount), fen(account), fen(float(pooled_share(amount, account))))


def fen(yuan: float) -> int:
    """Return an amount that a rule has rounded to the fen as a whole number of fen."""
    return round(yuan * 100)


def _declared(choice: Choice, terms: Terms) -> float:
    if choice.kind == "floor":
        return terms.floor
    if choice.kind == "tier":
        return float(tier_base(terms.wage, choice.value))
    return choice.value if choice.kind == "base" else choice.value / terms.total_rate


def _refused(what: str, value: object, zh: str, en: str) -> InputError:
    return InputError(f"enrolment.{what}", value=value, where=what, zh=zh, en=en)
