"""Where a person's money waits, the lock that lets it be moved by one hand at a time, and the day on which that is done."""

from __future__ import annotations

from datetime import date

from django.db import connection

from lingbao.registry.ledger.posting import AccountName, open_accounts


def suspense_account(person: int, province: str) -> int:
    """Return the account in which a person's money waits in a province."""
    return open_accounts([AccountName("suspense", "person", person, province)])[0]


def lock_subsidies(province: str) -> None:
    """Hold the subsidies of a province to the end of the transaction: none is posted for a contribution that is being taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('subsidies', %s))", [int(province)])


def lock_person(person: int) -> None:
    """Hold a person's collection to the end of the transaction, so that two payments are put to months one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('collection', %s))", [person])


def book_day() -> date:
    """Return the day in China by the clock of the database, which dates what is posted now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_day(clock_timestamp())")
        today: date = cursor.fetchone()[0]
    return today
