"""Leaving a place or a scheme: from which month one is out, and what is no longer asked for."""

from __future__ import annotations

from datetime import date

from django.db import connection

from lingbao.law.month import parse_month
from lingbao.registry.enrolment.membership import Membership, leave
from lingbao.registry.session import SYSTEM, Actor, acting_as

DROPPED = "参保关系已终止"


def first_month_out(member: Membership, today: date) -> int:
    """First month that no longer belongs to a membership left on a day: this one, or the one after the last month paid.

    A month that is paid stays a month of the membership, and no membership is shorter than a month.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT max(month) FROM record_month WHERE person_id = %s AND kind = 'paid' AND voided_by IS NULL", [member.person])
        paid = cursor.fetchone()[0]
    return max(parse_month(today), member.since + 1, 0 if paid is None else paid + 1)


def depart(actor: Actor, member: Membership, *, reason: str, today: date) -> int:
    """End a membership and ask no more for its months from then on; return the first month outside.

    A fee of the resident scheme that is not paid yet is dropped as a whole: its year goes on elsewhere. Months before that are
    still asked for, as their bills say. The account stays and earns interest.

    Raises
    ------
    Conflict
        If the membership has ended already.
    NotFound
        If the actor may not end it.
    """
    until = first_month_out(member, today)
    leave(actor, member.id, until=until, reason=reason)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE collection_part p SET dropped = %s FROM collection_bill b WHERE b.id = p.bill_id AND b.membership_id = %s"
                       " AND p.entry_id IS NULL AND p.dropped IS NULL AND (p.month >= %s OR b.kind = 'fee')", [DROPPED, member.id, until])
    return until
