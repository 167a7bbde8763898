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

Line = tuple[date, date | None, date | None]  # begun, ended, last day allowed

# Each kind of matter as lines: province, begun, ended (null: open), last day allowed (null: the law sets none). What the person
# took back is nobody's time. A refusal is an end like a grant.
LINES = {
    "transfer": "SELECT c.to_province, c.applied_on, CASE WHEN c.state NOT IN ('applied', 'letter_sent', 'returned', 'form_sent', 'money_sent', 'received')"
                " THEN c.last_day END, c.total_due FROM transfer_case c WHERE c.state <> 'withdrawn'",
    "claim": "SELECT c.province, c.applied_on, coalesce(c.answered_on, registry_day(c.granted_at)), c.due FROM benefit_claim c",
    "conversion": "SELECT c.province, c.applied_on, c.answered_on, c.due FROM transfer_conversion c",
    "subsidy": "SELECT c.province, c.asked_on, c.answered_on, NULL::date FROM collection_subsidy_request c WHERE c.state <> 'withdrawn'",
    "exemption": "SELECT c.province, c.asked_on, c.answered_on, NULL::date FROM orders_exemption_request c WHERE c.state <> 'withdrawn'",
    "correction": "SELECT p.residence_province, registry_day(c.asked_at), registry_day(d.at), NULL::date FROM people_correction c"
                  " JOIN people_person p ON p.id = c.person_id LEFT JOIN people_correction_decision d ON d.correction_id = c.id",
    "refund": "SELECT c.province, registry_day(c.proposed_at), registry_day(d.decided_at), NULL::date FROM collection_refund_proposal c"
              " LEFT JOIN collection_refund_decision d ON d.proposal_id = c.id WHERE d.withdrawn IS NOT TRUE",
    **{kind: "SELECT c.handler, c.lodged_on, e.day, p.due FROM dispute_case c"
             " JOIN dispute_event e ON e.case_id = c.id AND e.action IN ('answer', 'refuse')"
             f" LEFT JOIN dispute_event p ON p.case_id = c.id AND p.number = e.number - 1 WHERE c.kind = '{kind}'"
             f" UNION ALL SELECT c.handler, c.lodged_on, NULL, c.due FROM dispute_case c WHERE c.kind = '{kind}'"
             " AND c.state IN ('lodged', 'referred', 'accepted')" for kind in ("complaint", "review")},
}


@dataclass(frozen=True)
class Standard:
    """How long one kind of matter took in one province.

    Attributes
    ----------
    what, province : str
    finished : int or None
        Matters finished, granted or refused; None, as all figures are then, when these and the late ones are too few to publish.
    open_late : int or None
        Matters still open whose last day has passed.
    median_working_days, longest_working_days : float or None
        From the application to the end, of the finished [working days].
    in_time : float or None
        Share finished by the last day that the law allows, of those finished and those open and late for which it sets one
        [fraction].
    """

    what: str
    province: str
    finished: int | None
    open_late: int | None
    median_working_days: float | None
    longest_working_days: float | None
    in_time: float | None


def standards(what: str, since: date, until: date) -> list[Standard]:
    """Measure one kind of matter by province: finished between two days, or open on the second and late.

    Parameters
    ----------
    what : str
        One of `LINES`.
    since, until : date
        Both included.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({LINES[what]}) AS line (province, begun, ended, due)"
                       " WHERE ended BETWEEN %(since)s AND %(until)s OR ended IS NULL AND due < %(until)s", {"since": since, "until": until})
        by_province: dict[str, list[Line]] = {}
        for province, begun, ended, due in cursor.fetchall():
            by_province.setdefault(province, []).append((begun, ended, due))
    return [measured(what, province, rows) for province, rows in sorted(by_province.items())]


def measured(what: str, province: str, rows: Sequence[Line]) -> Standard:
    """Measure the matters of one province; fewer than the smallest cell are not published."""
    if len(rows) < definitions().numbers["smallest_cell"]:
        return Standard(what, province, None, None, None, None, None)
    finished = [(begun, ended, due) for begun, ended, due in rows if ended is not None]
    days = [working_days_between(begun, ended) for begun, ended, _ in finished]
    bound = [(ended, due) for _, ended, due in rows if due is not None]
    in_time = sum(ended is not None and ended <= due for ended, due in bound) / len(bound) if bound else None
    return Standard(what, province, len(finished), len(rows) - len(finished), float(median(days)) if days else None,
                    float(max(days)) if days else None, in_time)
