"""At the month's end received money becomes a contribution: whole months or a whole yearly fee, the remainder carried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from lingbao.law.errors import InputError
from lingbao.law.rules.contribution import account_credit, monthly_contribution, pooled_share
from lingbao.law.store import Law
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.orders.rules import units_covered
from lingbao.registry.orders.settlement import lock_money
from lingbao.registry.orders.tables import insert, rows
from lingbao.registry.record.crediting import PaidMonth, PaidYear, credit_months, credit_years
from lingbao.registry.session import SYSTEM, run_as

TOGETHER = 1000  # persons in one transaction


@dataclass(frozen=True)
class EmployeePlan:
    """What a person's received money may pay in the employee scheme.

    Parameters
    ----------
    person : int
    province : str
        Where the person pays.
    base_fen : int
        Contribution base within the law's bounds [fen/month].
    months : sequence of int
        Unpaid months that may be paid, in the order in which they are to be paid.
    """

    person: int
    province: str
    base_fen: int
    months: Sequence[int]


@dataclass(frozen=True)
class ResidentPlan:
    """The yearly fee of the resident scheme that a person chose [fen], and the year it is for."""

    person: int
    province: str
    fee_fen: int
    year: int


@dataclass(frozen=True)
class TurnedOver:
    """What became of a person's money: so many whole contributions, the rest carried to the next month."""

    person: int
    units: int
    turned_fen: int
    carried_fen: int
    entry: int


@dataclass(frozen=True)
class _Unit:
    """One contribution, split as the law splits it [fen]."""

    fen: int
    account_fen: int


def turn_over(month: int, plans: Iterable[EmployeePlan | ResidentPlan], *, value_date: date, law: Law | None = None) -> list[TurnedOver]:
    """Turn received money into contributions; a person is turned over once a month, however often this is run.

    Parameters
    ----------
    month : int
        The month that ends (``year*12 + month-1``); its law decides rates.
    plans : iterable of EmployeePlan or ResidentPlan
        One for each person; a person with both schemes open has the employee's.
    value_date : datetime.date
        Day from which the contributions count.
    law : Law, optional
        Default is the law as loaded.

    Returns
    -------
    list of TurnedOver
        The persons turned over by this run; one whose money does not pay a single contribution keeps it.

    Raises
    ------
    MissingLaw
        If a rate of the month is not known.
    """
    law, waiting = law or Law.load(), list(plans)
    doubled = len(waiting) - len({plan.person for plan in waiting})
    if doubled:
        raise InputError("orders.turnover_plans", value=doubled, zh="同一人有两个缴费安排；每人每月只转入一个制度。",
                         en="A person has two plans; money goes to one scheme a month.")
    done: list[TurnedOver] = []
    for start in range(0, len(waiting), TOGETHER):
        some = waiting[start:start + TOGETHER]
        done += run_as(SYSTEM, lambda some=some: _turn_over(month, some, value_date, law))  # type: ignore[misc]
    return done


def unit_of(plan: EmployeePlan | ResidentPlan, month: int, law: Law) -> _Unit:
    """Return one contribution of the plan and the part of it that the person's account gets, by the rules of the law."""
    if isinstance(plan, ResidentPlan):
        return _Unit(plan.fee_fen, plan.fee_fen)
    base = plan.base_fen / 100.0
    paid = monthly_contribution(base, law.number("national.contribution.total_rate", on=month))
    credited = account_credit(base, law.number("national.contribution.account_rate", on=month))
    pooled = pooled_share(paid, credited)
    return _Unit(round(paid * 100), round(paid * 100) - round(pooled * 100))


def _turn_over(month: int, plans: list[EmployeePlan | ResidentPlan], value_date: date, law: Law) -> list[TurnedOver]:
    lock_money()
    persons = [plan.person for plan in plans]
    finished = {person for person, in rows(
        "SELECT person_id FROM orders_turnover WHERE month = %s AND person_id = ANY(%s)", [month, persons])}
    held: dict[int, list[tuple[int, int]]] = {}
    for person, account, fen in rows(
            "SELECT owner_id, id, balance_fen FROM ledger_account WHERE kind = 'withheld' AND owner_kind = 'person'"
            " AND balance_fen > 0 AND owner_id = ANY(%s) ORDER BY id", [persons]):
        held.setdefault(person, []).append((account, fen))
    chosen = []
    for plan in plans:
        unit = unit_of(plan, month, law)
        available = sum(fen for _, fen in held.get(plan.person, ()))
        most = 1 if isinstance(plan, ResidentPlan) else len(plan.months)
        units = int(units_covered(available / 100.0, unit.fen / 100.0, most))
        if units and plan.person not in finished:
            chosen.append((plan, unit, units, available))
    if not chosen:
        return []
    drafts = _drafts(month, [(plan, unit, units) for plan, unit, units, _ in chosen], held)
    entries = post(drafts, actor=SYSTEM.id, law_hash=law.hash, reason="平台代扣款转入缴费 · withheld money paid as contribution",
                   value_date=value_date)
    done = [TurnedOver(plan.person, units, unit.fen * units, available - unit.fen * units, entry)
            for (plan, unit, units, available), entry in zip(chosen, entries, strict=True)]
    insert("orders_turnover", pl.DataFrame([
        {"month": month, "person_id": plan.person, "scheme": "resident" if isinstance(plan, ResidentPlan) else "employee",
         "available_fen": available, "unit_fen": unit.fen, "units": each.units, "turned_fen": each.turned_fen,
         "carried_fen": each.carried_fen, "law_hash": law.hash, "entry_id": each.entry}
        for (plan, unit, _, available), each in zip(chosen, done, strict=True)]))
    _credit([(plan, unit, each) for (plan, unit, _, _), each in zip(chosen, done, strict=True)], value_date)
    return done


def _drafts(month: int, chosen: list[tuple[EmployeePlan | ResidentPlan, _Unit, int]],
            held: dict[int, list[tuple[int, int]]]) -> list[Draft]:
    """Take each person's money from the oldest account first, and split it between account and pool."""
    own = open_accounts(AccountName("resident_account" if isinstance(plan, ResidentPlan) else "individual", "person",
                                    plan.person, plan.province) for plan, _, _ in chosen)
    pools = open_accounts(AccountName("pooled", "province", int(plan.province), plan.province) for plan, _, _ in chosen)
    drafts = []
    for (plan, unit, units), account, pool in zip(chosen, own, pools, strict=True):
        left = unit.fen * units
        legs = [Leg(account, unit.account_fen * units), Leg(pool, (unit.fen - unit.account_fen) * units)]
        for source, fen in held[plan.person]:
            legs.append(Leg(source, -min(left, fen)))
            left -= min(left, fen)
        drafts.append(Draft("orders.turnover", legs, source=f"month:{month}:person:{plan.person}"))
    return drafts


def _credit(turned: list[tuple[EmployeePlan | ResidentPlan, _Unit, TurnedOver]], value_date: date) -> None:
    """Write the months and years that were paid into the record, in the same transaction."""
    credit_months(
        PaidMonth(plan.person, paid, plan.province, plan.base_fen, unit.account_fen, unit.fen - unit.account_fen, each.entry, value_date)
        for plan, unit, each in turned if isinstance(plan, EmployeePlan) for paid in plan.months[:each.units])
    credit_years(PaidYear(plan.person, plan.year, plan.province, unit.fen, 0, 0, each.entry, value_date)
                 for plan, unit, each in turned if isinstance(plan, ResidentPlan))
