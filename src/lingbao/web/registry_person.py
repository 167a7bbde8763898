"""From the record to the planner: a registered person with all that the registry knows, so that nobody types it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from lingbao.career.person import Person
from lingbao.career.records import history
from lingbao.law.month import parse_month
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.queries import accounts_of
from lingbao.registry.record.queries import career, months_of, years_of
from lingbao.registry.record.wages import with_index

if TYPE_CHECKING:
    from lingbao.law.store import Law

FEN = 100


def recorded_person(law: Law, person: int, as_of: int, *, province: str | None = None, income: float | None = None) -> Person:
    """Return a person with the recorded career, as ``lingbao.planner.plan`` takes it.

    Call it in a transaction of somebody who may see the person; what the actor may not see is not there.

    Parameters
    ----------
    law : Law
    person : int
        Number of the person.
    as_of : int
        Month in which one looks.
    province : str, optional
        Where contributions are to be paid from now on; where the person is a member when not given, else the residence.
    income : float, optional
        Income [yuan/month]; the registry does not record it.

    Returns
    -------
    Person
        Months, mean index, balances of all the person's accounts in whatever province, and years of the resident scheme.

    Raises
    ------
    NotFound
        If the actor may not know of the person.
    MissingLaw
        If no wage at all is known for a place that was paid in.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT birth, sex, hukou_province, residence_province FROM people_person WHERE id = %s", [person])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("person.unknown", value=person, zh=f"没有编号为 {person} 的人员，或不在您的管辖范围内。",
                       en=f"There is no person {person}, or not within your province.")
    birth, sex, home, residence = row
    member = next(iter(memberships(person, on=as_of)), None)
    place = province or (member.province if member else residence)
    records = with_index(law, career(months_of(person, as_of)), as_of)
    past = history(law, records, place, as_of, strict=False)
    held: dict[str, float] = {}
    for account in accounts_of("person", person):
        held[account.kind] = held.get(account.kind, 0.0) + account.balance_fen / FEN
    return Person(
        birth=parse_month(birth), sex=sex, residence=place, home=home, income=income, months_paid=past.months_paid,
        mean_index=past.mean_index, deemed_months=past.deemed_months, account_balance=held.get("individual", 0.0),
        resident_years=len(years_of(person)), resident_balance=held.get("resident_account", 0.0),
        area=member.area if member and place == member.province else None, records=records)
