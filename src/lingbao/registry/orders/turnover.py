"""At the month's end received money becomes a contribution: whole months or a whole yearly fee, the remainder carried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.store import Law
from lingbao.registry.collection.holdings import lock_person
from lingbao.registry.collection.parts import YEARLY, Part
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.orders.rules import units_covered
from lingbao.registry.orders.settlement import lock_money
from lingbao.registry.orders.tables import insert, rows
from lingbao.registry.record.crediting import PaidMonth, PaidYear, credit_months, credit_years
from lingbao.registry.session import SYSTEM, run_as

TOGETHER = 200  # persons in one transaction


@dataclass(frozen=True)
class Plan:
    """What a person's received money may pay.

    Parameters
    ----------
    person : int
    province : str
        Where the person pays.
    scheme : {"employee", "resident"}
    parts : sequence of Part
        Unpaid months, or a year, in the order in which they are to be paid; each as a bill would ask for it.
    """

    person: int
    province: str
    scheme: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class TurnedOver:
    """What became of a person's money: so many whole contributions, what the government adds, the rest carried to the next month."""

    person: int
    units: int
    turned_fen: int
    subsidy_fen: int
    carried_fen: int
    entry: int


@dataclass(frozen=True)
class Held:
    """Received money of a person that stands in a province's books [fen]."""

    account: int
    province: str
    fen: int


def lock_persons(persons: Iterable[int]) -> None:
    """Hold settlements, and the collection of these persons, to the end of the transaction."""
    lock_money()
    for person in sorted(persons):
        lock_person(person)


def turn_over(month: int, plans: Iterable[Plan], *, value_date: date, law: Law | None = None) -> list[TurnedOver]:
    """Turn received money into contributions; a person is turned over once a month, however often this is run.

    Parameters
    ----------
    month : int
        The month that ends (``year*12 + month-1``).
    plans : iterable of Plan
        One for each person (see `turnover_month.plans`).
    value_date : datetime.date
        Day from which the contributions count.
    law : Law, optional
        Default is the law as loaded.

    Returns
    -------
    list of TurnedOver
        The persons turned over by this run; one whose money does not pay a single contribution keeps it.
    """
    law, waiting = law or Law.load(), list(plans)
    doubled = len(waiting) - len({plan.person for plan in waiting})
    if doubled:
        raise InputError("orders.turnover_plans", value=doubled, zh="同一人有两个缴费安排；每人每月只转入一个制度。",
                         en="A person has two plans; money goes to one scheme a month.")
    done: list[TurnedOver] = []
    for start in range(0, len(waiting), TOGETHER):
        some = waiting[start:start + TOGETHER]

        def work(some: list[Plan] = some) -> list[TurnedOver]:
            lock_persons(plan.person for plan in some)
            return turn_over_held(month, some, held_by([plan.person for plan in some]), value_date, law)

        done += run_as(SYSTEM, work)
    return done


def held_by(persons: Sequence[int], by: date | None = None) -> dict[int, list[Held]]:
    """Return the received money of persons, the oldest account first (inside a transaction of the registry).

    Parameters
    ----------
    by : datetime.date, optional
        Only what had been received by the end of this day and is still there.
    """
    held: dict[int, list[Held]] = {}
    for person, *account in rows(
            "SELECT * FROM (SELECT a.owner_id, a.id, a.province, least(a.balance_fen, coalesce((SELECT sum(l.amount_fen) FROM ledger_leg l"
            " JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = a.id AND e.value_date <= coalesce(%s, 'infinity'::date)), 0))::bigint AS fen"
            " FROM ledger_account a WHERE a.kind = 'withheld' AND a.owner_kind = 'person' AND a.balance_fen > 0 AND a.owner_id = ANY(%s)) held"
            " WHERE fen > 0 ORDER BY id", [by, list(persons)]):
        held.setdefault(person, []).append(Held(*account))
    return held


def covered(parts: Sequence[Part], available_fen: int) -> list[Part]:
    """Return the parts, from the first on, that the money pays whole."""
    paid: list[Part] = []
    for part in parts:
        if not units_covered(available_fen / 100.0, part.amount_fen / 100.0, 1.0):
            break
        paid.append(part)
        available_fen -= part.amount_fen
    return paid


def turn_over_held(month: int, plans: Sequence[Plan], held: dict[int, list[Held]], value_date: date, law: Law) -> list[TurnedOver]:
    """Turn money over inside a transaction that holds `lock_persons`; whoever was turned over this month is left out."""
    finished = {person for person, in rows("SELECT person_id FROM orders_turnover WHERE month = %s AND person_id = ANY(%s)",
                                           [month, [plan.person for plan in plans]])}
    chosen = [(plan, paid, available) for plan in plans if plan.person not in finished
              for available in [sum(each.fen for each in held.get(plan.person, ()))]
              for paid in [covered(plan.parts, available)] if paid]
    if not chosen:
        return []
    drafts = [_draft(month, plan, paid, held[plan.person]) for plan, paid, _ in chosen]
    entries = post(drafts, actor=SYSTEM.id, law_hash=law.hash, reason="平台代扣款转入缴费 · withheld money paid as contribution",
                   value_date=value_date)
    done = []
    for (plan, paid, available), entry in zip(chosen, entries, strict=True):
        turned = sum(part.amount_fen for part in paid)
        done.append(TurnedOver(plan.person, len(paid), turned, sum(part.subsidy_fen for part in paid), available - turned, entry))
    insert("orders_turnover", pl.DataFrame([
        {"month": month, "person_id": plan.person, "scheme": plan.scheme, "available_fen": available, "units": each.units,
         "turned_fen": each.turned_fen, "carried_fen": each.carried_fen, "law_hash": law.hash, "entry_id": each.entry}
        for (plan, _, available), each in zip(chosen, done, strict=True)]))
    for (plan, paid, _), each in zip(chosen, done, strict=True):
        _credit(plan, paid, each.entry, value_date)
    return done


def _draft(month: int, plan: Plan, paid: Sequence[Part], held: Sequence[Held]) -> Draft:
    """Take the money from the oldest account first and split it as a bill would; every province's book balances by itself."""
    resident, province = plan.scheme == "resident", plan.province

    own, pool = open_accounts([AccountName("resident_account" if resident else "individual", "person", plan.person, province),
                               of_province("resident_pool" if resident else "pooled", province)])
    granted = sum(part.subsidy_fen for part in paid)
    legs = [Leg(own, sum(part.account_fen for part in paid) + granted), Leg(pool, sum(part.pooled_fen for part in paid))]
    if granted:
        legs.append(Leg(open_accounts([of_province("subsidy_receivable", province)])[0], -granted))
    legs += taken_from(held, sum(part.amount_fen for part in paid), province)
    return Draft("orders.turnover", [leg for leg in legs if leg.fen], source=f"month:{month}:person:{plan.person}")


def taken_from(held: Sequence[Held], fen: int, province: str) -> list[Leg]:
    """Take so much from the oldest accounts on, for the books of a province: another that received it passes it on."""
    legs: list[Leg] = []
    for each in held:
        taken = min(fen, each.fen)
        legs.append(Leg(each.account, -taken))
        if taken and each.province != province:
            sender, receiver = open_accounts([of_province("bank", each.province), of_province("bank", province)])
            legs += [Leg(sender, taken), Leg(receiver, -taken)]
        fen -= taken
    return legs


def of_province(kind: str, code: str) -> AccountName:
    """Return the name of an account that a province has in its own books."""
    return AccountName(kind, "province", int(code), code)


def _credit(plan: Plan, paid: Sequence[Part], entry: int, value_date: date) -> None:
    """Write the months or the year into the record, and ask no bill for them any more, in the same transaction."""
    if plan.scheme == "resident":
        credit_years(PaidYear(plan.person, part.month // MONTHS_PER_YEAR, plan.province, part.amount_fen, part.subsidy_fen, 0, entry, value_date)
                     for part in paid)
    else:
        credit_months(PaidMonth(plan.person, part.month, plan.province, part.base_fen, part.account_fen, part.pooled_fen, entry, value_date)
                      for part in paid)
    rows("UPDATE collection_part p SET dropped = '已由平台代扣款缴纳' FROM collection_bill b WHERE b.id = p.bill_id AND p.person_id = %s"
         " AND p.month = ANY(%s) AND p.entry_id IS NULL AND p.dropped IS NULL AND (b.kind = ANY(%s)) = %s",
         [plan.person, [part.month for part in paid], list(YEARLY), plan.scheme == "resident"])
