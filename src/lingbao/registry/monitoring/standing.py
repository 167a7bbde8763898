"""Where each member stands in a month: joined, paying, late, stopped, came back or left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from lingbao.registry.errors import NotFound
from lingbao.registry.monitoring.definitions import definitions

STATUS = "monitoring_status(since, until, last_month, resumed_month, rhythm, %(as_of)s, %(stopped_after)s, %(returned_for)s)"


@dataclass(frozen=True)
class Standing:
    """One member in one month.

    Attributes
    ----------
    person : int
    province : str
    status : str
        One of ``definitions().statuses``.
    overdue : int
        Months due and not paid.
    months, first_month, last_month : int
        Months paid, first and last of them; None where nothing was paid.
    longest_gap : int
        Longest run of months not paid between two paid ones.
    """

    person: int
    province: str
    status: str
    overdue: int
    months: int
    first_month: int | None
    last_month: int | None
    longest_gap: int


COLUMNS = (f"person_id, province, {STATUS}, CASE WHEN until <= %(as_of)s THEN 0 ELSE monitoring_overdue(since, last_month, rhythm, %(as_of)s) END,"
           " months, first_month, last_month, longest_gap")


def standing(person: int, as_of: int) -> Standing:
    """Return where a member stands at the beginning of a month.

    Raises
    ------
    NotFound
        If the person is no member, or not one that the actor may see.
    """
    found = next(iter(_selected("person_id = %(person)s", as_of, {"person": person})), None)
    if found is None:
        raise _no_member(person)
    return found


def last_months(persons: Sequence[int]) -> dict[int, int | None]:
    """Return the last month that each of these members paid, None for who has not paid yet.

    Raises
    ------
    NotFound
        If one of them is no member, or not one that the actor may see.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, last_month FROM monitoring_member WHERE person_id = ANY (%s)", [list(persons)])
        found: dict[int, int | None] = dict(cursor.fetchall())
    unknown = next((person for person in persons if person not in found), None)
    if unknown is not None:
        raise _no_member(unknown)
    return found


def _no_member(person: int) -> NotFound:
    return NotFound("monitoring.no_member", value=person, zh=f"没有编号 {person} 的灵活就业参保人，或您无权查看。",
                    en=f"There is no flexible member {person}, or you may not see one.")


def members(as_of: int, *, status: str, province: str | None = None, limit: int = 500) -> list[Standing]:
    """Members of one status, the longest overdue first."""
    return list(_selected(f"{STATUS} = %(status)s AND province = coalesce(%(province)s, province)", as_of,
                          {"status": status, "province": province, "limit": limit},
                          " ORDER BY monitoring_overdue(since, last_month, rhythm, %(as_of)s) DESC, person_id LIMIT %(limit)s"))


def thresholds() -> dict[str, int]:
    """Thresholds that the statuses need."""
    numbers = definitions().numbers
    return {"stopped_after": numbers["stopped_after"], "returned_for": numbers["returned_for"]}


def _selected(condition: str, as_of: int, values: dict[str, object], order: str = "") -> Iterator[Standing]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM monitoring_member WHERE {condition}{order}", {"as_of": as_of, **thresholds(), **values})
        for row in cursor.fetchall():
            yield Standing(*row)
