"""Bills: which months or which year are asked for, computed by the rules of the place, each month once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection, transaction

from lingbao.career.resident import tiers_of
from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, format_month, parse_month
from lingbao.law.rules.contribution import catch_up_months, posting_month
from lingbao.law.rules.resident import resident_subsidy, resident_subsidy_floor
from lingbao.law.store import Law
from lingbao.registry.collection.parts import Part, bill_of
from lingbao.registry.collection.settling import settle_waiting
from lingbao.registry.enrolment.choice import fen, month_due
from lingbao.registry.enrolment.membership import Membership, choice_on, membership_of
from lingbao.registry.enrolment.terms import terms_of
from lingbao.registry.errors import Conflict, in_words, name_constraint
from lingbao.registry.people.alive import check_alive
from lingbao.registry.session import Actor

name_constraint("collection_part_once", Conflict, "collection.billed_before",
                "这个月（年）已经开过缴费单，请直接缴纳或先撤销原缴费单。",
                "This month or year is on a bill already; pay that one or drop it first.")


def bill_period(actor: Actor, law: Law, membership: int, month: int) -> int:
    """Bill the payment period around a month under the rhythm chosen, without its months paid or billed before.

    The period is the one of `posting_month`: by quarter, half year or year it begins in January, and it is due at the
    end of its last month.

    Raises
    ------
    InputError
        If payment rests, nothing is chosen for the month, or nothing is left to bill.
    """
    member = paying_member(membership, month)
    choice = choice_on(membership, month)
    if choice is None:
        raise InputError("collection.choice", value=format_month(month), zh=f"{format_month(month)} 尚未选择缴费档次。",
                         en=f"Nothing was chosen for {format_month(month)}.")
    last = int(posting_month(month, choice.rhythm))
    months = [m for m in range(max(last - choice.rhythm + 1, member.since), last + 1) if member.until is None or m < member.until]
    return _bill(actor, law, member, "contribution", months, last)


def bill_catch_up(actor: Actor, law: Law, membership: int, months: Sequence[int], *, today: date) -> int:
    """Bill unpaid months of the current year that have passed, where the place allows it.

    Raises
    ------
    InputError
        For months of another year, of the future or outside the membership, or where the place does not allow it.
    MissingLaw
        Where it is not on record whether the place allows it.
    """
    now = parse_month(today)
    wanted = sorted(set(months))
    member = paying_member(membership, now)
    if not wanted:
        raise InputError("collection.month", where="months", zh="请选择要补缴的月份。", en="Choose the months to catch up.")
    for month in wanted:
        if month // MONTHS_PER_YEAR != now // MONTHS_PER_YEAR or month > now or month < member.since:
            raise InputError("collection.month", value=format_month(month), where="months",
                             zh=f"{format_month(month)} 不能补缴：只能补缴本年内、参保以后已过的月份。",
                             en=f"{format_month(month)} cannot be caught up: only past months of this year since joining can.")
    allowed = terms_of(law, member.province, member.area, now).catch_up
    if allowed is None:
        path = f"provinces.{member.province}.flexible"
        raise MissingLaw("collection.catch_up", value=path, where=f"{path}.catch_up",
                         zh=f"未收录 {member.province} 是否允许补缴当年欠缴月份，请补充该省规定后再办。",
                         en=f"It is not on record whether {member.province} lets months of the year be caught up; add its rule first.")
    if catch_up_months(len(wanted), 1 if allowed else 0) < len(wanted):
        raise InputError("collection.catch_up", value=len(wanted), where="months", zh="当地不允许补缴当年欠缴的月份。",
                         en="This place does not let unpaid months of the year be caught up.")
    return _bill(actor, law, member, "catch_up", wanted, now)


def bill_fee(actor: Actor, law: Law, membership: int, year: int) -> int:
    """Bill a year's fee of the resident scheme; the government's subsidy is noted and posted when the fee is paid.

    Where the local subsidy of the tier is not on record, the national floor is due in any case and is posted.
    """
    member = paying_member(membership, year * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1)
    choice = choice_on(membership, year * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1)
    if member.scheme != "resident" or choice is None:
        raise InputError("collection.fee", value=member.scheme, zh="只有居民养老保险按年缴费。",
                         en="Only the resident scheme is paid by the year.")
    part, provisional = fee_part(law, member.province, choice.value, year)
    return write_bill(actor, law, member, "fee", [part], date(year, 12, 31), provisional=provisional)


def fee_part(law: Law, province: str, fee: float, year: int) -> tuple[Part, bool]:
    """Return what a year at a fee [yuan] asks for with its subsidy, and whether the local subsidy is unknown and the national floor stands in."""
    local = next((subsidy for tier, subsidy in tiers_of(law, province) if tier == fee), None)
    floor = float(resident_subsidy_floor(fee, *(
        law.number(f"national.resident.{name}", year * MONTHS_PER_YEAR, provisional=True)
        for name in ("minimum_subsidy_threshold", "minimum_subsidy_lowest_tier", "minimum_subsidy_from_500"))))
    subsidy = fen(float(resident_subsidy(local or 0.0, floor)))
    return Part(year * MONTHS_PER_YEAR, 0, fen(fee), fen(fee), 0, subsidy), local is None


def drop(actor: Actor, bill: int, *, reason: str) -> int:
    """Ask no more for the unpaid parts of a bill; return how many were dropped."""
    found = bill_of(bill)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collection_part SET dropped = %s WHERE bill_id = %s AND entry_id IS NULL AND dropped IS NULL",
                       [f"{reason} ({actor.id})", found.id])
        return cursor.rowcount


def paying_member(membership: int, month: int) -> Membership:
    """Return a membership whose person pays in a month.

    Raises
    ------
    InputError
        If payment rests, an employer pays, or the month lies outside the membership.
    """
    member = membership_of(membership)
    if member.stopped:
        raise InputError("collection.stopped", value=membership, zh="目前暂停缴费。请先恢复缴费。",
                         en="Payment rests. Return to paying first.")
    if member.standing == "employed":
        raise InputError("collection.employed", value=membership, zh="由单位缴费，不向本人开单。",
                         en="An employer pays; the person gets no bill.")
    if month < member.since or (member.until is not None and month >= member.until):
        raise InputError("collection.month", value=format_month(month), zh=f"{format_month(month)} 不在参保期间内。",
                         en=f"{format_month(month)} lies outside the membership.")
    return member


def _bill(actor: Actor, law: Law, member: Membership, kind: str, months: Sequence[int], last: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT month FROM record_month WHERE person_id = %s AND month = ANY(%s) AND voided_by IS NULL"
                       " UNION SELECT month FROM collection_part WHERE person_id = %s AND month = ANY(%s) AND dropped IS NULL",
                       [member.person, list(months), member.person, list(months)])
        taken = {row[0] for row in cursor.fetchall()}
    left = [month for month in months if month not in taken]
    if not left:
        raise Conflict("collection.billed_before", value=format_month(last), zh="这些月份都已缴费或已开缴费单。",
                       en="All of these months are paid or on a bill already.")
    parts, provisional = [], False
    for month in left:
        terms = terms_of(law, member.province, member.area, month)
        choice = choice_on(member.id, month)
        assert choice is not None
        due = month_due(choice, terms)
        provisional = provisional or terms.provisional
        parts.append(Part(month, due.base_fen, due.amount_fen, due.account_fen, due.pooled_fen))
    return write_bill(actor, law, member, kind, parts, _end_of(last), provisional)


def write_bill(actor: Actor, law: Law, member: Membership, kind: str, parts: Sequence[Part], due_on: date, provisional: bool) -> int:
    """Write a bill with its parts and return its number; money that waits in suspense pays it at once.

    Raises
    ------
    Conflict
        If one of the parts is on another bill, or the person has died.
    """
    with in_words(), transaction.atomic(), connection.cursor() as cursor:
        check_alive(member.person)
        cursor.execute("INSERT INTO collection_bill (membership_id, person_id, province, kind, due_on, provisional, law_hash,"
                       " made_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                       [member.id, member.person, member.province, kind, due_on, provisional, law.hash, actor.id])
        number = int(cursor.fetchone()[0])
        cursor.executemany("INSERT INTO collection_part (bill_id, person_id, month, base_fen, amount_fen, account_fen,"
                           " pooled_fen, subsidy_fen) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                           [[number, member.person, p.month, p.base_fen, p.amount_fen, p.account_fen, p.pooled_fen,
                             p.subsidy_fen] for p in parts])
        settle_waiting(law, member.person, member.province)
        return number


def _end_of(month: int) -> date:
    following = month + 1
    return date(following // MONTHS_PER_YEAR, following % MONTHS_PER_YEAR + 1, 1) - timedelta(days=1)
