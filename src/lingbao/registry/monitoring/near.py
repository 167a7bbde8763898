"""Who is near a date that matters: the minimum years within reach, too little time left for them, a payment missed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from lingbao.law.store import Law
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.monitoring.reasons import dates
from lingbao.registry.monitoring.standing import STATUS, thresholds


@dataclass(frozen=True)
class Near:
    """A member to write to.

    Attributes
    ----------
    person : int
    kind : {"minimum", "last_chance", "too_late", "missed"}
        ``minimum``: few months are missing. ``last_chance``: about as many months are left to the statutory month as
        are missing, so each missed one delays the pension. ``too_late``: more are missing than are left. ``missed``: a
        payment is overdue.
    missing : int
        Months missing to the minimum, or months overdue.
    left : int
        Months left to the statutory month.
    """

    person: int
    kind: str
    missing: int
    left: int


def near(province: str, as_of: int, law: Law | None = None) -> list[Near]:
    """List members of a province who are near such a date at the beginning of a month, one line for each cause to write.

    Nobody is listed whose membership has an end, who draws a pension or has died, and no payment is missed by those who said that they pause.

    Parameters
    ----------
    province : str
    as_of : int
    law : Law, optional

    Returns
    -------
    list of Near
        In order of the months left.
    """
    law = law or Law.load()
    within = definitions().numbers["near_minimum"]

    with connection.cursor() as cursor:
        # The members first and then what is known of each: a plan may else go through all people for every province.
        cursor.execute(
            f"""
            WITH members AS MATERIALIZED (
                SELECT * FROM monitoring_member WHERE province = %(province)s AND until IS NULL
                    AND person_id NOT IN (SELECT person_id FROM benefit_claim WHERE state IN ('provisional', 'final', 'ended'))
                    AND person_id NOT IN (SELECT person_id FROM benefit_death WHERE undone_by IS NULL)
            )
            SELECT m.person_id, m.months, p.sex, p.birth, {STATUS}, monitoring_overdue(since, last_month, rhythm, %(as_of)s),
                   coalesce((SELECT e.kind = 'stopped' FROM enrolment_event e WHERE e.membership_id = m.membership_id
                             AND e.kind IN ('stopped', 'returned') ORDER BY e.id DESC LIMIT 1), false)
            FROM members m JOIN people_person p ON p.id = m.person_id
            """, {"as_of": as_of, "province": province, **thresholds()})
        rows = cursor.fetchall()
    found: list[Near] = []
    for person, months, sex, birth, status, overdue, pauses in rows:
        statutory, minimum = dates(law, sex, birth.year * 12 + birth.month - 1, province)
        missing, left = minimum - months, statutory - as_of
        if left <= 0 and missing <= 0:
            continue
        if 0 < missing <= within:
            found.append(Near(person, "minimum", missing, left))
        if missing > 0 and missing <= left < missing + within:
            found.append(Near(person, "last_chance", missing, left))
        if 0 < left < missing:
            found.append(Near(person, "too_late", missing, left))
        if status == "late" and not pauses:
            found.append(Near(person, "missed", overdue, left))
    return sorted(found, key=lambda each: (each.left, each.person, each.kind))
