"""The least that reaches a target, the best within a budget, and what one more step changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.career.person import Person
from lingbao.career.place import future_of
from lingbao.career.plan import Plan
from lingbao.career.projection import project
from lingbao.career.retirement import retirement_of
from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.planner.advice import best_option
from lingbao.planner.compare import Comparison, located
from lingbao.planner.figures import at
from lingbao.planner.options import ratio_of

Floats = npt.NDArray[np.float64]
GRID = 64          # one block of the kernel
CLOSE_ENOUGH = 1e-6


@dataclass(frozen=True)
class Least:
    """The cheapest declared base that reaches a target.

    Attributes
    ----------
    ratio : float
        Declared base as a share of the average wage; 0 when the floor is enough.
    monthly : float
        First payment [yuan/month].
    pension_today : float
        Pension at the claim in money of today [yuan/month].
    reached : bool
        False when even the cap does not reach the target.
    """

    ratio: float
    monthly: float
    pension_today: float
    reached: bool


def least_for_target(
    law: Law, person: Person, target: float, as_of: int, projection: str = "base", plan: Plan | None = None
) -> Least:
    """Return the least outlay in the employee scheme for a target pension in money of today.

    The pension rises with the declared base, so a block of 64 bases is run at once and the bracket that holds the
    target is divided again until it is closer than a millionth of the average wage.

    Parameters
    ----------
    target : float
        Wanted pension [yuan/month, money of ``as_of``].
    plan : Plan, optional
        Timing to keep (claim, interruption, rhythm); statutory claim without interruption when not given.

    Raises
    ------
    InputError
        If the target is not a positive amount.
    """
    if not 0.0 < target < 1e7:
        raise InputError("target.range", value=target, zh=f"目标养老金“{target}”应为大于 0 的金额（元/月）。",
                         en=f"The target pension {target} must be an amount above 0 [yuan a month].")
    shape = plan or Plan("employee")
    low, high = 0.0, 3.5
    while True:
        ratios = np.linspace(low, high, GRID)
        pensions, payments = _pensions(law, person, shape, ratios, projection, as_of)
        reach = np.flatnonzero(pensions >= target)
        if reach.size == 0:
            return Least(float(ratios[-1]), float(payments[-1]), float(pensions[-1]), False)
        k = int(reach[0])
        if k == 0 or high - low < CLOSE_ENOUGH * GRID:
            return Least(float(ratios[k]), float(payments[k]), float(pensions[k]), True)
        low, high = float(ratios[k - 1]), float(ratios[k])


def pension_for(law: Law, person: Person, payment: float, as_of: int, projection: str = "base") -> float:
    """Return the pension in today's money that a monthly payment buys [yuan/month].

    The payment rises with the average wage, and the law's bounds apply to the base it stands for.
    """
    plan = Plan("employee", ratio=ratio_of(law, located(law, person), as_of, payment, spent=True))
    return float(_of_plans(law, person, [plan], projection, as_of)[0][0])


def pensions_for(
    law: Law, person: Person, payments: Sequence[float], as_of: int, projection: str = "base"
) -> Floats:
    """Return :func:`pension_for` of many payments at once, one block of the kernel for all [yuan/month]."""
    known = located(law, person)
    plans = [Plan("employee", ratio=ratio_of(law, known, as_of, payment, spent=True)) for payment in payments]
    return _of_plans(law, person, plans, projection, as_of)[0]


def within_budget(comparison: Comparison, budget: float) -> dict[str, Any] | None:
    """Return the option to suggest within a monthly budget, or None when nothing fits."""
    narrowed = replace(comparison, preferences=replace(comparison.preferences, budget=budget))
    return best_option(narrowed, comparison.plain["options"])


def effects(comparison: Comparison, projection: str = "base") -> list[dict[str, Any]]:
    """Return what one more step changes for the lowest tier: a year more, a tier up, an early claim.

    Each row has ``code``, labels, and the changes of pension and outlay (today's money) and of the month of the claim.
    Steps that are not open to the person, or change nothing, are left out.
    """
    person, as_of, law = comparison.person, comparison.as_of, comparison.law
    floor = Plan("employee")
    dates = comparison.dates
    steps: list[tuple[str, str, str, Plan]] = [
        ("year_less", "少缴一年", "One year less", replace(floor, gap_from=max(dates.statutory - 11, as_of), gap_months=12)),
        ("tier_up", "提高到 100% 档", "Up to 100% of the wage", replace(floor, ratio=1.0)),
        ("early", "弹性提前领取", "Earliest claim", replace(floor, claim="earliest")),
        ("later_start", "晚一年开始缴", "Starting a year later", replace(floor, pay_from=as_of + 12)),
    ]
    outcomes = project(law, person, [floor, *(plan for *_, plan in steps)], projection, as_of, dates)
    future = future_of(law, projection, as_of, person.residence, person.area)
    prices = future.price_index[0] / future.price_index
    base = outcomes[0]
    rows: list[dict[str, Any]] = []
    if not base.schedule.feasible:
        return rows
    for (code, zh, en, _), outcome in zip(steps, outcomes[1:], strict=True):
        same = outcome.schedule.claim == base.schedule.claim and np.array_equal(outcome.outlay, base.outlay)
        if not outcome.schedule.feasible or same:
            continue
        rows.append({
            "code": code, "label_zh": zh, "label_en": en,
            "pension_today": round(
                outcome.pension_at_claim * float(prices[outcome.schedule.claim - as_of])
                - base.pension_at_claim * float(prices[base.schedule.claim - as_of]), 2
            ),
            "outlay_today": round(float((outcome.outlay - base.outlay) @ prices[: base.outlay.shape[0]]), 2),
            "claim_months": outcome.schedule.claim - base.schedule.claim,
        })
    return rows


def _pensions(
    law: Law, person: Person, shape: Plan, ratios: Floats, projection: str, as_of: int
) -> tuple[Floats, Floats]:
    return _of_plans(law, person, [replace(shape, ratio=float(ratio)) for ratio in ratios], projection, as_of)


def _of_plans(
    law: Law, person: Person, plans: Sequence[Plan], projection: str, as_of: int
) -> tuple[Floats, Floats]:
    """Return pension in today's money and first payment of each plan."""
    known = located(law, person).with_class(law)
    assert known.worker_class is not None
    dates = retirement_of(law, known.worker_class, known.birth)
    outcomes = project(law, known, plans, projection, as_of, dates)
    prices = future_of(law, projection, as_of, known.residence, known.area).price_index
    pensions = np.array([
        outcome.pension_at_claim * float(prices[0]) / at(prices, outcome.schedule.claim, as_of) for outcome in outcomes
    ])
    return pensions, np.array([outcome.first_payment for outcome in outcomes])
