"""Service standards measured: how long transfers, claims and complaints take, and how many were in time (B10, S6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db import connection

from lingbao.registry.calendar.deadline import working_days_between
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.session import SYSTEM, acting_as

# What was finished in a span of days: province, begun, ended, last day allowed (null: the law sets none).
FINISHED = {
    "transfer": "SELECT c.to_province, c.applied_on, c.last_day, c.total_due FROM transfer_case c WHERE c.state = 'done'"
                " AND c.last_day BETWEEN %(since)s AND %(until)s",
    "claim": "SELECT c.province, c.applied_on, (min(k.at) AT TIME ZONE 'Asia/Shanghai')::date, c.due FROM benefit_claim c"
             " JOIN benefit_calculation k ON k.claim_id = c.id GROUP BY c.id HAVING (min(k.at) AT TIME ZONE 'Asia/Shanghai')::date"
             " BETWEEN %(since)s AND %(until)s",
    "complaint": "SELECT c.handler, c.lodged_on, e.day, p.due FROM dispute_case c"
                 " JOIN dispute_event e ON e.case_id = c.id AND e.action IN ('answer', 'refuse')"
                 " LEFT JOIN dispute_event p ON p.case_id = c.id AND p.number = e.number - 1"
                 " WHERE c.kind = 'complaint' AND e.day BETWEEN %(since)s AND %(until)s",
}


@dataclass(frozen=True)
class Standard:
    """How long one kind of matter took in one province.

    Attributes
    ----------
    what, province : str
    finished : int or None
        Matters finished; None, as all figures are then, when they are too few to publish.
    median_working_days, longest_working_days : float or None
        From the application to the end [working days].
    in_time : float or None
        Share finished by the last day that the law allows, of those for which it sets one [fraction].
    """

    what: str
    province: str
    finished: int | None
    median_working_days: float | None
    longest_working_days: float | None
    in_time: float | None


def standards(what: str, since: date, until: date) -> list[Standard]:
    """Measure one kind of matter finished between two days, by province.

    Parameters
    ----------
    what : {"transfer", "claim", "complaint"}
    since, until : date
        Both included.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(FINISHED[what], {"since": since, "until": until})
        by_province: dict[str, list[tuple[date, date, date | None]]] = {}
        for province, begun, ended, due in cursor.fetchall():
            by_province.setdefault(province, []).append((begun, ended, due))
    return [measured(what, province, rows) for province, rows in sorted(by_province.items())]


def measured(what: str, province: str, rows: Sequence[tuple[date, date, date | None]]) -> Standard:
    """Measure the matters of one province; fewer than the smallest cell are not published."""
    if len(rows) < definitions().numbers["smallest_cell"]:
        return Standard(what, province, None, None, None, None)
    days = [working_days_between(begun, ended) for begun, ended, _ in rows]
    bound = [(ended, due) for _, ended, due in rows if due is not None]
    in_time = sum(ended <= due for ended, due in bound) / len(bound) if bound else None
    return Standard(what, province, len(rows), float(median(days)), float(max(days)), in_time)
