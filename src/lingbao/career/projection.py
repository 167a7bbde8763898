"""From a person and plans to what happens: payments by month, the account, the pension, all under one projection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lingbao.career.kernel import PLACES, Life, Result, lifetimes
from lingbao.career.kernel import Law as LawRow
from lingbao.career.mean import mean_index_at_claim, months_due_unpaid
from lingbao.career.merging import resident_account_until
from lingbao.career.outcome import (
    GAP_COUNTS,
    LATE_AFTER,
    LATE_CLAIM,
    LOW_CONFIDENCE,
    ONE_OFF_REST,
    Outcome,
    flags_at,
    growth,
)
from lingbao.career.person import Person, class_of_flexible_women
from lingbao.career.place import (
    HORIZON_AGE,
    area_flag,
    base_flags,
    future_of,
    local_base_ratio,
    monthly_table,
)
from lingbao.career.plan import Plan
from lingbao.career.rest import pay_the_rest
from lingbao.career.retirement import Retirement, retirement_of
from lingbao.career.schedule import FAR, Schedule, schedule
from lingbao.law.award import award
from lingbao.law.award_law import FLAGS, Flag
from lingbao.law.dense import Dense
from lingbao.law.errors import MissingLaw
from lingbao.law.month import format_month
from lingbao.law.rules.benefit import first_payment_month
from lingbao.law.rules.contribution import posting_month
from lingbao.law.rules.conversion import merged_account
from lingbao.law.rules.transfer import place_of_benefit, temporary_account
from lingbao.law.store import Law

__all__ = ["HORIZON_AGE", "Places", "future_of", "monthly_table", "places_of", "project"]

Floats = npt.NDArray[np.float64]
TEMPORARY = Flag(
    "temporary_account",
    "在非户籍省份首次参保或转入时已达到临时账户年龄，那里只建临时缴费账户，不会成为待遇领取地，到龄时并入待遇领取地。",
    "From a certain age of first insurance in a province that is not one's home only a temporary account is opened there; that place never pays the pension, the account joins the place of benefit at the claim.",
)
INDEX_ELSEWHERE = Flag(
    "mean_index_elsewhere", "待遇由另一省计发，以往各年的缴费指数会按该省工资重新计算，此处沿用您填写的平均指数。",
    "Another province works out the pension and will recompute past indices on its own wages; the mean index given is kept here.",
)
CLASS_ELSEWHERE = Flag(
    "class_elsewhere", "转入的省份对灵活就业女性的退休类别可能不同，此处仍按您现在的类别计算。",
    "The other province may put women in flexible work into another retirement class; the present class is kept here.",
)


class Places(NamedTuple):
    """Where one pays and who works out the pension."""

    here: str
    there: str
    benefit: str
    temporary: frozenset[str] = frozenset()


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
    future = future_of(law, projection, as_of, person.residence, person.area)
    months = months_ahead(person, as_of)
    last = min(max(timing.claim for timing in schedules) - as_of + 1, months)  # nobody pays after the last claim
    lives, columns = _lives(law, person, plans, schedules, places, future)
    results = np.zeros((len(plans), len(Result)))
    table, changes = monthly_table(law, projection, as_of, person.residence, person.area)
    paths = np.zeros((len(plans), max(last, 1)))
    for timing, where in zip(schedules, places, strict=True):
        _require_law(timing, where, future, table[: paths.shape[1]], as_of)
    lifetimes.alone(  # a few plans of one person: no threads, so that a server may run many of these at once
        as_of, changes[: paths.shape[1]], table[: paths.shape[1]], future.crediting_rate[: paths.shape[1]],
        float(law.number("national.benefit.accrual_rate")), columns, lives, results, paths,
    )
    delay = int(law.number("national.retirement.pension_start_delay"))
    outcomes = []
    for i, (plan, timing, where) in enumerate(zip(plans, schedules, places, strict=True)):
        payments = np.zeros(months)
        payments[: paths.shape[1]] = paths[i]
        if timing.one_off_months:
            _pay_rest(table[timing.claim - as_of], columns[i], plan, timing, results[i], payments, as_of)
        outcomes.append(_outcome(law, person, plan, timing, dates, where, future, results[i], payments, delay))
    return outcomes


def months_ahead(person: Person, as_of: int) -> int:
    """Return how many months a path has: to the age of 110."""
    return min(max(person.birth + HORIZON_AGE - as_of, 1), HORIZON_AGE)


def places_of(law: Law, person: Person, plan: Plan, timing: Schedule) -> Places:
    """Provinces of payment before and after the move, and of benefit (国办发〔2009〕66号 第五, 六条).

    Months paid so far are taken as paid in the province of residence. A place outside the home province in which one
    is first insured from a certain age on holds a temporary account only.
    """
    here, there = person.residence, plan.move_to or person.residence
    moved = plan.move_month if plan.move_to and plan.move_month is not None else FAR

    def paid(first: int, last: int) -> int:
        """Months paid from ``first`` to before ``last``, the interruption left out."""
        first, last = max(first, timing.pay_from), min(last, timing.pay_until)
        return max(last - first, 0) - max(min(last, timing.gap_until) - max(first, timing.gap_from), 0)

    earlier = person.months_paid + person.deemed_months
    months = [(here, earlier + paid(timing.pay_from, moved))]
    first_insured = [] if earlier else [(here, timing.pay_from)]
    after = paid(moved, FAR)
    if after and there != here:
        months.append((there, after))
        first_insured.append((there, max(moved, timing.pay_from)))
    elif after:
        months = [(here, months[0][1] + after)]
    sex = "male" if person.sex == "male" else "female"
    from_age = int(law.number(f"national.transfer.temporary_account_age_{sex}"))
    temporary = frozenset(
        place for place, first in first_insured
        if temporary_account(first - person.birth, from_age, place == person.home_province, False)
    )
    benefit = place_of_benefit(
        person.home_province, months, months[-1][0], temporary,
        float(law.number("national.transfer.place_of_benefit_months")),
    )
    return Places(here, there, benefit, temporary)


def _lives(
    law: Law, person: Person, plans: Sequence[Plan], schedules: Sequence[Schedule],
    places: Sequence[Places], future: Dense,
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
        columns[i] = [order[code] for code in (where.here, where.there, where.benefit)]
    return lives, columns


def _pay_rest(
    table: Floats, columns: npt.NDArray[np.uint64], plan: Plan, timing: Schedule, result: Floats, payments: Floats,
    as_of: int,
) -> None:
    """Add the rest paid at once to the state and the payments of a life."""
    moved = plan.move_to is not None and plan.move_month is not None and timing.claim >= plan.move_month
    paid_in = table[:, int(columns[1] if moved else columns[0])]
    law_now = {
        "floor": float(paid_in[LawRow.FLOOR]), "cap": float(paid_in[LawRow.CAP]),
        "total_rate": float(paid_in[LawRow.TOTAL_RATE]), "account_rate": float(paid_in[LawRow.ACCOUNT_RATE]),
        "reference_wage": float(table[LawRow.REFERENCE_WAGE, int(columns[2])]),
    }
    result[Result.ACCOUNT], result[Result.INDICES], result[Result.MONTHS], payment = pay_the_rest(
        timing.one_off_months, plan.ratio * float(paid_in[LawRow.AVERAGE_WAGE]) + plan.amount, law_now,
        float(result[Result.ACCOUNT]), float(result[Result.INDICES]), float(result[Result.MONTHS]),
    )
    payments[timing.claim - as_of] += payment


def _outcome(
    law: Law, person: Person, plan: Plan, timing: Schedule, dates: Retirement, where: Places, future: Dense,
    result: Floats, payments: Floats, delay: int,
) -> Outcome:
    """Turn one row of results into an outcome, with the award of the place of benefit."""
    months = round(float(result[Result.MONTHS]))
    index = mean_index_at_claim(
        law, person, timing, where.benefit, dates.statutory, future.first, float(result[Result.INDICES]), months
    )
    balance = float(result[Result.ACCOUNT])
    first = np.flatnonzero(payments)
    outlay = _when_due(payments, future.first, plan.rhythm, timing.claim)
    pension, drawn = np.zeros_like(outlay), np.zeros_like(outlay)
    parts: dict[str, float] = {}
    total = 0.0
    flags: dict[str, Flag] = {}
    if not np.isfinite(payments).all():
        raise _missing(timing.pay_from, f"provinces.{person.residence}.contribution_average_wage")
    if timing.feasible and months + person.deemed_months >= timing.minimum_months:
        base = float(future.benefit_base[future.row(where.benefit), future.column(timing.claim)])
        if not (np.isfinite(base) and np.isfinite(index) and np.isfinite(balance)):
            raise _missing(timing.claim, f"provinces.{where.benefit}.benefit_base")
        balance = merged_account(
            balance, resident_account_until(person.resident_balance, future, person.home_province, timing.claim)
        )
        area = person.area if where.benefit == person.residence else None
        granted = award(
            law, province=where.benefit, area=None, claim_month=timing.claim, age_months=timing.claim - person.birth,
            mean_index=index, months=months + person.deemed_months, account_balance=balance,
            deemed_months=person.deemed_months, transitional_index=person.deemed_index, benefit_base=base,
            local_base=base * local_base_ratio(law, where.benefit, area),
        )
        total = granted.total
        parts = {
            "basic": granted.basic, "account": granted.account, "transitional": granted.transitional,
            "additions": sum(granted.additions.values()),
        }
        begin = first_payment_month(timing.claim, delay) - future.first
        if begin < pension.shape[0]:
            pension[begin:] = total * growth(future, timing.claim, begin, pension.shape[0])
            drawn[begin:] = granted.account
        flags.update((flag.code, flag) for flag in granted.flags)
        flags.update((code, FLAGS[code]) for code in base_flags(law, where.benefit, area) if code != "provisional")
        flags.update(flags_at(future, where.benefit, timing.claim, ("benefit_base", "contribution_floor")))
        if where.benefit != person.residence and person.months_paid:
            flags[INDEX_ELSEWHERE.code] = INDEX_ELSEWHERE
    if person.sex == "female" and where.there != where.here \
            and class_of_flexible_women(law, where.there) != person.worker_class:
        flags[CLASS_ELSEWHERE.code] = CLASS_ELSEWHERE
    if where.temporary:
        flags[TEMPORARY.code] = TEMPORARY
    special = area_flag(law, person.residence, person.area)
    if special is not None:
        flags[special.code] = special
    if timing.extended:
        flags["extended"] = Flag("extended", timing.reason_zh, timing.reason_en)
    if timing.one_off_months:
        flags.update({ONE_OFF_REST.code: ONE_OFF_REST, LOW_CONFIDENCE.code: LOW_CONFIDENCE})
    if months_due_unpaid(law, person, timing, where.benefit, dates.statutory, future.first):
        flags[GAP_COUNTS.code] = GAP_COUNTS
    if timing.feasible and timing.claim - dates.statutory > LATE_AFTER and timing.extended:
        flags[LATE_CLAIM.code] = LATE_CLAIM
    here = future.row(person.residence)
    share = (future.account_rate[here] / future.total_rate[here])[: outlay.shape[0]]
    return Outcome(
        plan, timing, future.first, outlay, pension, outlay * share, drawn, total, parts, 0.0, where.benefit, index,
        balance, months, tuple(flags.values()), float(payments[first[0]]) if first.size else 0.0,
        months - person.months_paid,
    )


def _when_due(payments: Floats, first: int, rhythm: int, claim: int) -> Floats:
    """Move each month's payment to the month in which its period is paid, at the latest that of the claim."""
    if rhythm == 1:
        return payments
    months = np.arange(payments.shape[0]) + first
    due = np.clip(np.minimum(posting_month(months, rhythm), claim) - first, 0, payments.shape[0] - 1)  # type: ignore[arg-type]
    outlay = np.zeros_like(payments)
    np.add.at(outlay, due, payments)
    return outlay


def _require_law(
    timing: Schedule, where: Places, future: Dense, table: Floats, as_of: int
) -> None:
    """Refuse a plan that pays in a month whose law is not known; a blank must never pass for a zero.

    Raises
    ------
    MissingLaw
        Naming the province, the number and the first month for which it is missing.
    """
    begin, end = max(timing.pay_from - as_of, 0), min(timing.pay_until - as_of, table.shape[0])
    for province, quantities in ((where[0], _PAID_WHERE_ONE_PAYS), (where[2], (LawRow.REFERENCE_WAGE,))):
        for quantity in quantities:
            blank = np.flatnonzero(np.isnan(table[begin:end, quantity, future.row(province)]))
            if blank.size:
                raise _missing(as_of + begin + int(blank[0]), f"provinces.{province}.{_PATH_OF[quantity]}")


_PATH_OF = {
    LawRow.AVERAGE_WAGE: "contribution_average_wage", LawRow.FLOOR: "contribution_floor",
    LawRow.CAP: "contribution_cap", LawRow.TOTAL_RATE: "total_rate", LawRow.ACCOUNT_RATE: "account_rate",
    LawRow.REFERENCE_WAGE: "contribution_average_wage",
}
_PAID_WHERE_ONE_PAYS = (LawRow.AVERAGE_WAGE, LawRow.FLOOR, LawRow.CAP, LawRow.TOTAL_RATE, LawRow.ACCOUNT_RATE)


def _missing(month: int, path: str) -> MissingLaw:
    return MissingLaw(
        "projection.missing", value=format_month(month), where=path,
        zh=f"缺少 {format_month(month)} 前后所需的计发基数、缴费上下限或工资数据，无法给出结果。",
        en=f"The benefit base, contribution bounds or wages needed around {format_month(month)} are not known; no figure is given.",
    )
