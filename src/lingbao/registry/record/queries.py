"""Reading the record: the months and years of a person, as stretches and as career records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from lingbao.career.records import Record
from lingbao.registry.asking import often

FEN_PER_YUAN = 100


@dataclass(frozen=True)
class RecordedMonth:
    """A month of the employee scheme as recorded: paid in ``province``, kept by ``kept_by`` since the last transfer."""

    month: int
    province: str
    base_fen: int | None
    account_fen: int
    kind: str
    temporary: bool
    kept_by: str


@dataclass(frozen=True)
class RecordedYear:
    """A year of the resident scheme as recorded."""

    year: int
    province: str
    fee_fen: int
    subsidy_fen: int
    aid_fen: int
    kind: str = "paid"


def months_of(person: int, before: int | None = None) -> list[RecordedMonth]:
    """Months of a person in order of time, taken-back ones left out; only those before month ``before`` if given."""
    return [RecordedMonth(*row) for row in often(
        "SELECT month, province, base_fen, account_fen, kind, temporary, kept_by FROM record_month WHERE person_id = %s"
        " AND voided_by IS NULL AND month < coalesce(%s, 2147483647) ORDER BY month", [person, before])]


def pooled_parts(person: int, kept_by: str) -> list[tuple[date, int]]:
    """Day and amount [fen] of what the months of a temporary account that a province keeps brought to the pool."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT paid_on, pooled_fen FROM record_month WHERE person_id = %s AND kept_by = %s AND temporary AND kind = 'paid' AND voided_by IS NULL"
                       " ORDER BY month", [person, kept_by])
        return list(cursor.fetchall())


def years_of(person: int) -> list[RecordedYear]:
    """Resident years of a person in order of time."""
    return [RecordedYear(*row) for row in often(
        "SELECT year, province, fee_fen, subsidy_fen, aid_fen, kind FROM record_year WHERE person_id = %s AND voided_by IS NULL ORDER BY year", [person])]


def career(months: Sequence[RecordedMonth]) -> tuple[Record, ...]:
    """Return months as career records, runs of equal months joined."""
    runs: list[list[RecordedMonth]] = []
    for each in months:
        last = runs[-1][-1] if runs else None
        if last is not None and each.month == last.month + 1 and _alike(each, last):
            runs[-1].append(each)
        else:
            runs.append([each])
    return tuple(
        Record(first=run[0].month, last=run[-1].month, scheme="employee", province=run[0].province,
               kind="deemed" if run[0].kind == "deemed" else "paid",
               base=None if run[0].base_fen is None else run[0].base_fen / FEN_PER_YUAN,
               account=sum(each.account_fen for each in run) / FEN_PER_YUAN)
        for run in runs
    )


def _alike(one: RecordedMonth, other: RecordedMonth) -> bool:
    return (one.province, one.base_fen, one.kind, one.temporary, one.account_fen) == (
        other.province, other.base_fen, other.kind, other.temporary, other.account_fen)


def history(person: int) -> dict[str, object]:
    """Return the months and years of a person as plain data, for the person's own export."""
    return {"months": [vars(each) for each in months_of(person)], "years": [vars(each) for each in years_of(person)]}
