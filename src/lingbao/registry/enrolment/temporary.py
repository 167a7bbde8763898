"""Whether the months of a newcomer go to a temporary account, and the note of it (国办发〔2009〕66号 第五条)."""

from __future__ import annotations

from django.db import connection

from lingbao.law.month import parse_month
from lingbao.law.store import Law
from lingbao.registry.record.queries import months_of
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.transfers.place import first_insured_in, opens_temporary_account


def joins_temporarily(law: Law, person: int, province: str, since: int) -> bool:
    """Whether a person who joins the employee scheme in a place gets a temporary account only.

    A place that keeps ordinary months of the person has the relation: what is paid there belongs to it. That an authority moved
    the person is not known at enrolment; whoever was applies for the transfer with that decision.
    """
    with acting_as(SYSTEM):
        months = months_of(person)
        with connection.cursor() as cursor:
            cursor.execute("SELECT birth, sex, hukou_province FROM people_person WHERE id = %s", [person])
            birth, sex, home = cursor.fetchone()
    if any(each.kept_by == province and not each.temporary for each in months):
        return False
    return opens_temporary_account(law, sex, parse_month(birth), first_insured_in(province, months, since), province, home, on=since)


def note_temporary(actor: Actor, law: Law, membership: int) -> None:
    """Write down that the months of a membership go to a temporary account."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO enrolment_temporary (membership_id, law_hash, recorded_by) VALUES (%s, %s, %s)", [membership, law.hash, actor.id])
