"""Life-cycle smoothing: what to pay now so that consumption before and after the claim stands in a wished proportion."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from lingbao.law.errors import InputError

STEPS = 200
Bound = Literal["none", "floor", "cap"]


@dataclass(frozen=True)
class Smoothing:
    """The contribution that smooths consumption.

    Attributes
    ----------
    contribution : float
        Yearly or monthly contribution, in the unit of income [yuan].
    now, later : float
        Consumption while paying, and after the claim, both in today's money [yuan].
    pension : float
        Pension that the contribution brings, in today's money [yuan].
    reached : float
        ``later ÷ now``, to be held against the target; infinite when nothing is left now.
    bound : {"none", "floor", "cap"}
        Whether the lowest or highest contribution allowed stops short of the balance.
    """

    contribution: float
    now: float
    later: float
    pension: float
    reached: float
    bound: Bound

    def to_dict(self) -> dict[str, float | str]:
        """Return the result as plain data."""
        return {"contribution": self.contribution, "now": self.now, "later": self.later, "pension": self.pension,
                "reached": self.reached, "bound": self.bound}


def life_cycle_smoothing(pension: Callable[[float], float], income: float, lowest: float, highest: float,
                         target: float = 1.0, other_income: float = 0.0) -> Smoothing:
    """Return the contribution *c* at which consumption later is the wished share of consumption now.

    The method is the two-period form of the life-cycle hypothesis of saving (mechanism B11). With income *y*, other
    income in old age *o*, and the pension *P(c)* in today's money, *c* solves

        P(c) + o = θ · (y − c).

    θ is the target. A person who maximises ``u(y − c) + δ·u(P(c) + o)`` with constant relative risk aversion γ and a
    pension that grows by R yuan for each yuan paid wants ``θ = (δ·R)^(1/γ)``, see :func:`target_of`.
    The left side never falls in *c* and the right side falls, so there is at most one crossing; bisection finds it.

    Parameters
    ----------
    pension : callable
        Pension in today's money for a contribution [yuan]; must not fall as the contribution rises.
    income : float
        Income while paying [yuan], in the same period as the contribution.
    lowest, highest : float
        Contributions allowed by law and scheme [yuan], both within the income.
    target : float
        θ, consumption later over consumption now.
    other_income : float
        Other income after the claim, in today's money [yuan].

    Returns
    -------
    Smoothing
        At the floor when the pension already exceeds the target there, at the cap when it falls short there.

    Raises
    ------
    InputError
        If a value is negative, not finite, or the bounds are crossed or above the income; or if the pension falls.

    Notes
    -----
    Limits: income is level over the paying years; survival enters only through *P* and θ; there is no borrowing and no
    saving beside the contribution; a pension with steps (such as a minimum number of years) has its balance at the
    step, where the two sides do not meet exactly. Advice for a person close to subsistence should look at the budget
    first: smoothing knows no hardship.

    References
    ----------
    Modigliani, F. & Brumberg, R. (1954). Utility analysis and the consumption function.
    """
    _check(income, lowest, highest, target, other_income)

    def excess(contribution: float) -> float:
        return pension(contribution) + other_income - target * (income - contribution)

    at_lowest, at_highest = excess(lowest), excess(highest)
    if not (math.isfinite(at_lowest) and math.isfinite(at_highest)) or pension(highest) < pension(lowest):
        raise InputError("smoothing.pension", value=f"{pension(lowest)}, {pension(highest)}",
                         zh="养老金应随缴费增加而不减少，且为有限的数；请检查所给的函数。",
                         en="The pension must be finite and must not fall as the contribution rises; check the function given.")
    if at_lowest > 0:
        return _at(pension, lowest, income, other_income, "floor")
    if at_highest < 0:
        return _at(pension, highest, income, other_income, "cap")
    low, high = lowest, highest
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        if not low < middle < high:
            break
        low, high = (middle, high) if excess(middle) < 0 else (low, middle)
    return _at(pension, high, income, other_income, "none")


def target_of(patience: float, return_per_yuan: float, risk_aversion: float) -> float:
    """Return θ = (δ·R)^(1/γ), the wished consumption later over consumption now under constant relative risk aversion.

    Parameters
    ----------
    patience : float
        δ, weight of a year after the claim against a year before it; survival included.
    return_per_yuan : float
        R, yuan of pension in today's money for one yuan paid.
    risk_aversion : float
        γ, above 0; 1 is logarithmic utility.

    Raises
    ------
    InputError
        If one of them is not a finite number above 0.
    """
    for name, value in (("patience", patience), ("return_per_yuan", return_per_yuan), ("risk_aversion", risk_aversion)):
        if not 0 < value < math.inf:
            raise InputError(f"smoothing.{name}", value=value, where=name, zh=f"“{value}”应为大于 0 的有限数。",
                             en=f"'{value}' must be a finite number above 0.")
    return float((patience * return_per_yuan) ** (1.0 / risk_aversion))


def _at(pension: Callable[[float], float], contribution: float, income: float, other_income: float,
        bound: Bound) -> Smoothing:
    paid_out = float(pension(contribution))
    now, later = income - contribution, paid_out + other_income
    return Smoothing(contribution, now, later, paid_out, later / now if now > 0 else math.inf, bound)


def _check(income: float, lowest: float, highest: float, target: float, other_income: float) -> None:
    """Refuse values that cannot be."""
    for name, value in (("income", income), ("lowest", lowest), ("highest", highest), ("target", target), ("other_income", other_income)):
        if not 0 <= value < math.inf:
            raise InputError(f"smoothing.{name}", value=value, where=name, zh=f"“{value}”应为不小于 0 的有限数。",
                             en=f"'{value}' must be a finite number of at least 0.")
    if not lowest <= highest <= income:
        raise InputError("smoothing.bounds", value=f"{lowest:g}–{highest:g}", where="lowest, highest",
                         zh=f"缴费下限 {lowest:g}、上限 {highest:g} 应依次不超过收入 {income:g}。",
                         en=f"Floor {lowest:g} and cap {highest:g} must not cross, nor exceed the income {income:g}.")
