"""Money put to what is asked for: the oldest part first, whole parts only; the rest waits in suspense."""

from __future__ import annotations

from datetime import date

from django.db import connection

from lingbao.law.month import MONTHS_PER_YEAR, format_month
from lingbao.law.store import Law
from lingbao.registry.collection.holdings import lock_person, suspense_account
from lingbao.registry.collection.parts import YEARLY, Bill, Part, bills
from lingbao.registry.enrolment.membership import membership_of
from lingbao.registry.enrolment.terms import terms_of
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.ledger.queries import balance
from lingbao.registry.people.alive import died_on
from lingbao.registry.record.crediting import PaidMonth, PaidYear, credit_months, credit_years
from lingbao.registry.session import SYSTEM, acting_as


def settle(law: Law, person: int, province: str, *, paid_on: date) -> list[tuple[int, int]]:
    """Put a person's money in suspense to the open parts of his bills, oldest first, whole parts only; money asked back is left alone.

    Returns the entries and the months they paid. A part whose time has passed on the day of payment stays open unless
    the place lets months of the year be caught up; a month or year paid in another way meanwhile is dropped from its bill.
    Nothing is put to bills once the person has died and the death is settled: what comes in then is the heirs'.
    The caller holds the lock of the person (taking messages does).
    """
    done: list[tuple[int, int]] = []
    if left_to_heirs(person):
        return done
    available = balance(suspense_account(person, province)) - asked_back(person, province)
    for bill in bills(person):
        for part in bill.parts:
            if bill.province != province or part.entry is not None or part.dropped is not None:
                continue
            if _paid_already(bill, part):
                _drop_paid(bill, part)
                continue
            if not in_time(law, bill, part, paid_on):
                continue
            if part.amount_fen > available:
                return done
            done.append((_contribution(bill, part, paid_on), part.month))
            available -= part.amount_fen
    return done


def settle_waiting(law: Law, person: int, province: str) -> list[tuple[int, int]]:
    """Put the money that waits for a person to what is asked for now, as of the day on which the last of it came.

    A payment and a bill give the same books whichever comes first. Done by the registry, whoever made the bill.
    """
    lock_person(person)
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute("SELECT (SELECT max(e.value_date) FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id"
                           " WHERE l.account_id = a.id AND l.amount_fen > 0) FROM ledger_account a WHERE a.kind = 'suspense'"
                           " AND a.owner_kind = 'person' AND a.owner_id = %s AND a.province = %s AND a.balance_fen > 0", [person, province])
            row = cursor.fetchone()
        return [] if row is None else settle(law, person, province, paid_on=row[0])


def left_to_heirs(person: int) -> bool:
    """Whether the person has died and the death is settled: what is left is paid to the heirs alone."""
    return died_on(person) is not None


def asked_back(person: int, province: str | None = None, kind: str = "suspense") -> int:
    """Return how much of a person's money is asked back and not answered yet [fen]: in a province, or wherever one may see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(p.amount_fen), 0)::bigint FROM collection_refund_proposal p WHERE p.kind = %s AND p.person_id = %s"
                       " AND p.province = coalesce(%s, p.province) AND NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = p.id)",
                       [kind, person, province])
        return int(cursor.fetchone()[0])


def _contribution(bill: Bill, part: Part, paid_on: date) -> int:
    yearly = bill.kind in YEARLY
    scheme, pool = ("resident_account", "resident_pool") if yearly else ("individual", "pooled")
    suspense, account, pooled = open_accounts([
        AccountName("suspense", "person", bill.person, bill.province), AccountName(scheme, "person", bill.person, bill.province),
        AccountName(pool, "province", int(bill.province), bill.province)])
    legs = [Leg(suspense, -part.amount_fen), Leg(account, part.account_fen), Leg(pooled, part.pooled_fen)]
    if part.subsidy_fen:
        subsidy, = open_accounts([AccountName("subsidy_receivable", "province", int(bill.province), bill.province)])
        legs += [Leg(subsidy, -part.subsidy_fen), Leg(account, part.subsidy_fen)]
    what = f"{part.month // MONTHS_PER_YEAR} 年" if yearly else format_month(part.month)
    entry = post([Draft("contribution", legs, source=f"bill:{bill.id}:{part.month}")], actor=SYSTEM.id, law_hash=bill.law_hash,
                 reason=f"{'补缴' if bill.kind == 'missing_years' else '缴费'} {what}", value_date=paid_on)[0]
    if yearly:
        credit_years([PaidYear(bill.person, part.month // MONTHS_PER_YEAR, bill.province, part.amount_fen, part.subsidy_fen, 0,
                               entry, paid_on, "bought" if bill.kind == "missing_years" else "paid")])
    else:
        credit_months([PaidMonth(bill.person, part.month, bill.province, part.base_fen, part.account_fen, part.pooled_fen,
                                 entry, paid_on)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collection_part SET entry_id = %s WHERE bill_id = %s AND month = %s", [entry, bill.id, part.month])
    return entry


def in_time(law: Law, bill: Bill, part: Part, paid_on: date) -> bool:
    """Tell whether a part may still be paid on a day: by its due date, or within the year where the place lets months be caught up."""
    if paid_on <= bill.due_on:
        return True
    if bill.kind in YEARLY or part.month // MONTHS_PER_YEAR != paid_on.year:
        return False
    area = membership_of(bill.membership).area
    return terms_of(law, bill.province, area, part.month).catch_up is True


def _paid_already(bill: Bill, part: Part) -> bool:
    table, column, value = ("record_year", "year", part.month // MONTHS_PER_YEAR) if bill.kind in YEARLY else ("record_month", "month", part.month)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE person_id = %s AND {column} = %s AND voided_by IS NULL", [bill.person, value])
        return cursor.fetchone() is not None


def _drop_paid(bill: Bill, part: Part) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collection_part SET dropped = '已由其他途径缴纳' WHERE bill_id = %s AND month = %s", [bill.id, part.month])
