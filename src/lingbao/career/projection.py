"""From a person and plans to what happens: payments by month, the account, the pension, all under one projection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from lingbao.career.kernel import LAW_ROWS, PLACES, Life, Result, lifetimes
from lingbao.career.kernel import Law as LawRow
from lingbao.career.outcome import Outcome, flags_at, growth
from lingbao.career.person import Person
from lingbao.career.plan import Plan
from lingbao.career.retirement import Retirement, retirement_of
from lingbao.career.schedule import FAR, Schedule, schedule
from lingbao.law.award import award
from lingbao.law.award_law import Flag
from lingbao.law.dense import Dense, dense
from lingbao.law.errors import MissingLaw
from lingbao.law.month import format_month
from lingbao.law.rules.benefit import first_payment_month
from lingbao.law.rules.index import mean_index
from lingbao.law.rules.transfer import place_of_benefit
from lingbao.law.store import Law

Floats = npt.NDArray[np.float64]
HORIZON_AGE = 110 * 12

def project(
    law: Law, person: Person, plans: Sequence[Plan], projection: str, as_of: int,
    retirement: Retirement | None = None,
) -> list[Outcome]:
    """Run employee-scheme plans of one person through the compiled life.

    Parameters
    ----------
    law : Law
    person : Person
        With the retirement class filled in.
    plans : sequence of Plan
        Plans of scheme ``employee``.
    projection : {"low", "base", "high"}
        Named assumptions about the future.
    as_of : int
        The current month: payments start in it, the account balance is that of the month before.

    Returns
    -------
    list of Outcome
        One for each plan, in order.

    Raises
    ------
    MissingLaw
        If a number of the law that a plan needs is not known; the message names it.
    """
    assert person.worker_class is not None, "fill in the class with Person.with_class"
    dates = retirement or retirement_of(law, person.worker_class, person.birth)
    schedules = [schedule(law, person, plan, dates, as_of) for plan in plans]
    places = [places_of(law, person, plan, timing) for plan, timing in zip(plans, schedules, strict=True)]
    future = future_of(law, projection, as_of)
    months = min(max(person.birth + HORIZON_AGE - as_of, 1), HORIZON_AGE)
    lives, columns = _lives(law, person, plans, schedules, places, future)
    results = np.zeros((len(plans), len(Result)))
    paths = np.zeros((len(plans), months))
    table, changes = monthly_table(law, projection, as_of)
    lifetimes(
        as_of, changes[:months], table[:months], future.crediting_rate[:months],
        float(law.number("national.benefit.accrual_rate")), columns, lives, results, paths,
    )
    delay = int(law.number("national.retirement.pension_start_delay"))
    outcomes = []
    for i, (plan, timing, where) in enumerate(zip(plans, schedules, places, strict=True)):
        outcomes.append(_outcome(law, person, plan, timing, where[2], future, results[i], paths[i], delay))
    return outcomes


def places_of(law: Law, person: Person, plan: Plan, timing: Schedule) -> tuple[str, str, str]:
    """Provinces of payment before and after the move, and of benefit (国办发〔2009〕66号 第六条)."""
    here, there = person.residence, plan.move_to or person.residence
    moved = plan.move_month if plan.move_to and plan.move_month is not None else FAR
    before = max(min(moved, timing.pay_until) - timing.pay_from, 0)
    after = max(timing.pay_until - max(moved, timing.pay_from), 0)
    months = [(here, person.months_paid + person.deemed_months + before)]
    if after:
        months.append((there, after))
    benefit = place_of_benefit(
        person.home_province, months, months[-1][0], (), float(law.number("national.transfer.place_of_benefit_months"))
    )
    return here, there, benefit


def _lives(
    law: Law, person: Person, plans: Sequence[Plan], schedules: Sequence[Schedule],
    places: Sequence[tuple[str, str, str]], future: Dense,
) -> tuple[Floats, npt.NDArray[np.uint64]]:
    """Fill the arrays of the kernel."""
    lives = np.zeros((len(plans), len(Life)))
    columns = np.zeros((len(plans), PLACES), np.uint64)
    order = {code: i for i, code in enumerate(future.provinces)}
    for i, (plan, timing, where) in enumerate(zip(plans, schedules, places, strict=True)):
        row = lives[i]
        row[Life.RATIO], row[Life.AMOUNT] = plan.ratio, plan.amount
        row[Life.PAY_FROM], row[Life.PAY_UNTIL] = timing.pay_from, timing.pay_until
        row[Life.GAP_FROM], row[Life.GAP_UNTIL] = timing.gap_from, timing.gap_until
        row[Life.CLAIM], row[Life.RHYTHM] = timing.claim, plan.rhythm
        row[Life.MOVE] = plan.move_month if plan.move_to and plan.move_month is not None else FAR
        row[Life.ACCOUNT] = person.account_balance
        row[Life.INDICES] = (person.mean_index or 0.0) * person.months_paid
        row[Life.MONTHS], row[Life.DEEMED] = person.months_paid, person.deemed_months
        row[Life.PAYOUT_MONTHS] = 1.0  # the award looks its own up, by age and year
        columns[i] = [order[code] for code in where]
    return lives, columns


def _outcome(
    law: Law, person: Person, plan: Plan, timing: Schedule, place: str, future: Dense, result: Floats,
    outlay: Floats, delay: int,
) -> Outcome:
    """Turn one row of results into an outcome, with the award of the place of benefit."""
    months = round(float(result[Result.MONTHS]))
    index = mean_index(float(result[Result.INDICES]), months) if months else 0.0
    balance = float(result[Result.ACCOUNT])
    pension, drawn = np.zeros_like(outlay), np.zeros_like(outlay)
    parts: dict[str, float] = {}
    total = 0.0
    flags: dict[str, Flag] = {}
    if timing.feasible and months + person.deemed_months >= timing.minimum_months:
        base = float(future.benefit_base[future.row(place), future.column(timing.claim)])
        if not (np.isfinite(base) and np.isfinite(index) and np.isfinite(balance)):
            raise MissingLaw(
                "projection.missing", value=format_month(timing.claim), where=f"provinces.{place}.benefit_base",
                zh=f"缺少 {format_month(timing.claim)} 前后计算养老金所需的计发基数或工资数据，无法给出结果。",
                en=f"The benefit base or wages needed for a claim in {format_month(timing.claim)} are not known; no figure is given.",
            )
        granted = award(
            law, province=place, area=None, claim_month=timing.claim, age_months=timing.claim - person.birth,
            mean_index=index, months=months + person.deemed_months, account_balance=balance,
            deemed_months=person.deemed_months, transitional_index=person.deemed_index, benefit_base=base,
        )
        total = granted.total
        parts = {
            "basic": granted.basic, "account": granted.account, "transitional": granted.transitional,
            "additions": sum(granted.additions.values()),
        }
        begin = first_payment_month(timing.claim, delay) - future.first
        pension[begin:] = total * growth(future, timing.claim, begin, pension.shape[0])
        drawn[begin:] = granted.account
        flags.update((flag.code, flag) for flag in granted.flags)
        flags.update(flags_at(future, place, timing.claim, ("benefit_base", "contribution_floor")))
    if timing.extended:
        flags["extended"] = Flag("extended", timing.reason_zh, timing.reason_en)
    here = future.row(person.residence)
    share = (future.account_rate[here] / future.total_rate[here])[: outlay.shape[0]]
    return Outcome(
        plan, timing, future.first, outlay, pension, outlay * share, drawn, total, parts, 0.0, place, index,
        balance, months, tuple(flags.values()),
    )


def future_of(law: Law, projection: str, as_of: int) -> Dense:
    """Return the law from ``as_of`` on, long enough for anyone alive; one array for all persons of a month."""
    return dense(law, projection, as_of, as_of + HORIZON_AGE)


@lru_cache(maxsize=32)
def monthly_table(law: Law, projection: str, as_of: int) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the law by month as the kernel reads it, shape (T, rows, provinces), and the months in which it changes."""
    future = future_of(law, projection, as_of)
    table = np.empty((future.last - future.first + 1, LAW_ROWS, len(future.provinces)))
    for row, values in (
        (LawRow.AVERAGE_WAGE, future.average_wage), (LawRow.FLOOR, future.contribution_floor),
        (LawRow.CAP, future.contribution_cap), (LawRow.TOTAL_RATE, future.total_rate),
        (LawRow.ACCOUNT_RATE, future.account_rate),
        (LawRow.REFERENCE_WAGE, future.reference_wage), (LawRow.BENEFIT_BASE, future.benefit_base),
    ):
        table[:, row, :] = values.T
    changes = np.ones(table.shape[0], np.bool_)
    same = (table[1:] == table[:-1]) | (np.isnan(table[1:]) & np.isnan(table[:-1]))
    changes[1:] = ~same.all(axis=(1, 2))
    return table, changes
