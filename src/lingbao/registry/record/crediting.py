"""Writing the record: credit months and years that an entry paid for, take them back with the entry that reverses it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import date

from django.db import connection

from lingbao.registry.errors import in_words


@dataclass(frozen=True)
class PaidMonth:
    """One month of the employee scheme.

    Parameters
    ----------
    person, month : int
        Person, and month as ``year*12 + month-1``.
    province : str
        Where it was paid.
    base_fen : int or None
        Contribution base [fen]; None for a deemed month.
    account_fen, pooled_fen : int
        What went to the individual account and to the pooled fund [fen].
    entry : int or None
        Ledger entry that paid it.
    paid_on : date
        Day of the payment.
    kind : {"paid", "deemed"}
    temporary : bool
        Paid into a temporary account; so is every month of a membership that was noted as temporary.
    """

    person: int
    month: int
    province: str
    base_fen: int | None
    account_fen: int
    pooled_fen: int
    entry: int | None
    paid_on: date
    kind: str = "paid"
    temporary: bool = False


@dataclass(frozen=True)
class PaidYear:
    """One year of the resident scheme: own fee, government subsidy and collective aid [fen]; paid in turn, or bought afterwards."""

    person: int
    year: int
    province: str
    fee_fen: int
    subsidy_fen: int
    aid_fen: int
    entry: int | None
    paid_on: date
    kind: str = "paid"


def credit_months(months: Iterable[PaidMonth]) -> int:
    """Record months of the employee scheme in one statement; return how many.

    Raises
    ------
    Conflict
        If one of the months is paid already; none is recorded then.
    """
    rows = [astuple(each) for each in months]
    return _insert(
        "INSERT INTO record_month (person_id, month, province, kept_by, base_fen, account_fen, pooled_fen, entry_id, paid_on,"
        " kind, temporary) SELECT p, m, r, r, b, a, o, e, d, k, t OR EXISTS (SELECT FROM enrolment_temporary h JOIN enrolment_membership s"
        " ON s.id = h.membership_id WHERE s.person_id = p AND s.province = r AND m >= s.since AND (s.until IS NULL OR m < s.until)) FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::text[], %s::boolean[]) AS x (p, m, r, b, a, o, e, d, k, t)",
        rows)


def credit_years(years: Iterable[PaidYear]) -> int:
    """Record years of the resident scheme in one statement; return how many.

    Raises
    ------
    Conflict
        If one of the years is paid already; none is recorded then.
    """
    rows = [astuple(each) for each in years]
    return _insert(
        "INSERT INTO record_year (person_id, year, province, kept_by, fee_fen, subsidy_fen, aid_fen, entry_id, paid_on, kind)"
        " SELECT p, y, r, r, f, s, a, e, d, k FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::bigint[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::date[], %s::text[]) AS x (p, y, r, f, s, a, e, d, k)", rows)


def void(person: int, entry: int, reversal: int) -> int:
    """Take back every month and year of a person that ``entry`` paid, by the entry that reverses it; return how many."""
    with connection.cursor() as cursor:
        count = 0
        for table in ("record_month", "record_year"):
            cursor.execute(f"UPDATE {table} SET voided_by = %s WHERE person_id = %s AND entry_id = %s AND voided_by IS NULL", [reversal, person, entry])
            count += cursor.rowcount
    return count


def hand_over(person: int, from_province: str, to_province: str, months: Collection[int], *, temporary: bool = False) -> int:
    """Make ``to_province`` the keeper of the paid ``months`` that ``from_province`` keeps (of a temporary account, or the others).

    Only the months whose money has moved go along, and with them the deemed ones, for which there is none.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record_month SET kept_by = %s WHERE person_id = %s AND kept_by = %s AND temporary = %s AND voided_by IS NULL"
                       " AND (month = ANY(%s) OR kind = 'deemed')", [to_province, person, from_province, temporary, list(months)])
        return int(cursor.rowcount)


def _insert(sql: str, rows: list[tuple[object, ...]]) -> int:
    if not rows:
        return 0
    with in_words(), connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*rows, strict=True)])
        return cursor.rowcount
