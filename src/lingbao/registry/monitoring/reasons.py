"""Why people stop: what they say themselves, and what the records show; the two are never mixed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection

from lingbao.career.person import class_of_flexible_women
from lingbao.career.retirement import minimum_for_claim, retirement_of
from lingbao.law.month import format_month
from lingbao.law.store import Law
from lingbao.registry.asking import often
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.monitoring.standing import STATUS, thresholds
from lingbao.registry.session import SYSTEM, Actor, acting_as


def state(actor: Actor, key: str, person: int, code: str, *, said: str = "", channel: str = "page") -> dict[str, Any]:
    """Write down the reason that a person gives; answering again adds an answer and removes none.

    Raises
    ------
    InputError
        If the code is not one of the answers offered.
    """
    definitions().reason(code)

    def work() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO monitoring_reason (person_id, code, said, channel, actor) VALUES (%s, %s, %s, %s, %s) RETURNING id",
                           [person, code, said, channel, actor.id])
            return {"reason": cursor.fetchone()[0]}

    return execute(actor, Command("monitoring.state", key, {"person": person, "code": code, "said": said, "channel": channel}), work)


def state_first_job(actor: Actor, person: int, month: int | None) -> None:
    """Write down the month of the first job, which the density of C2 is counted from, or that it was asked and not said."""
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("INSERT INTO monitoring_first_job (person_id, month, actor) VALUES (%s, %s, %s)"
                       " ON CONFLICT (person_id) DO UPDATE SET month = excluded.month, actor = excluded.actor", [person, month, actor.id])


def infer(as_of: int, law: Law | None = None) -> dict[str, int]:
    """Find from the records why members are late or have stopped, and keep it for the month; return how many of each.

    Whoever fits no cause gets none: an unknown cause stays unknown.
    """
    law = law or Law.load()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT m.person_id, m.months, p.sex, p.birth, m.province,
                   EXISTS (SELECT FROM benefit_claim b WHERE b.person_id = m.person_id AND b.state IN ('provisional', 'final')),
                   (SELECT max(t.id) FROM transfer_case t WHERE t.person_id = m.person_id
                       AND t.state IN ('applied', 'letter_sent', 'returned', 'form_sent', 'money_sent', 'received')),
                   EXISTS (SELECT FROM enrolment_membership e WHERE e.person_id = m.person_id AND e.standing = 'employed' AND e.until IS NULL)
            FROM monitoring_member m JOIN people_person p ON p.id = m.person_id WHERE {STATUS} IN ('late', 'stopped')
            """, {"as_of": as_of, **thresholds()})
        rows = []
        for person, months, sex, birth, province, pension, transfer, employed in cursor.fetchall():
            if pension:
                rows.append((person, "pension", "待遇发放记录"))
            elif transfer is not None:
                rows.append((person, "transfer", f"转移 {transfer} 办理中"))
            elif employed:
                rows.append((person, "employee_elsewhere", "单位参保登记"))
            elif months == 0:
                rows.append((person, "never_paid", "无缴费记录"))
            elif months >= (minimum := dates(law, sex, birth.year * 12 + birth.month - 1, province)[1]):
                rows.append((person, "enough_years", f"已缴 {months} 个月，{format_month(as_of)} 时最低 {minimum} 个月"))
        cursor.execute("INSERT INTO monitoring_cause (person_id, month, code, basis) SELECT p, %s, c, b FROM unnest(%s::bigint[], %s::text[],"
                       " %s::text[]) AS x (p, c, b) ON CONFLICT DO NOTHING",
                       [as_of, [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]])
    counts: dict[str, int] = {}
    for _, code, _ in rows:
        counts[code] = counts.get(code, 0) + 1
    return counts


def dates(law: Law, sex: str, birth: int, province: str) -> tuple[int, int]:
    """Return the statutory month of a flexible worker by the class of the province, and the months paid that a pension needs then."""
    return _dates(law, "male" if sex == "male" else _class(law, province), birth)


@cache
def _class(law: Law, province: str) -> str:
    return class_of_flexible_women(law, province)


@cache
def _dates(law: Law, worker_class: str, birth: int) -> tuple[int, int]:
    statutory = retirement_of(law, worker_class, birth).statutory
    return statutory, minimum_for_claim(law, statutory, statutory)


@dataclass(frozen=True)
class ToAsk:
    """What a member has not been asked, or not answered.

    Attributes
    ----------
    first_job : bool
        The month of the first job was never asked.
    why : int or None
        Months overdue of a member who stopped without a word; None for all others.
    """

    first_job: bool
    why: int | None


# Stopped, never said that they pause, and gave no reason in the months since the last one paid.
SILENT = f"""
    SELECT m.person_id, m.province, monitoring_overdue(m.since, m.last_month, m.rhythm, %(as_of)s) AS overdue, m.last_month
    FROM monitoring_member m WHERE {STATUS} = 'stopped'
        AND coalesce((SELECT e.kind FROM enrolment_event e WHERE e.membership_id = m.membership_id AND e.kind IN ('stopped', 'returned')
                      ORDER BY e.id DESC LIMIT 1), '') <> 'stopped'
        AND NOT EXISTS (SELECT FROM monitoring_reason r WHERE r.person_id = m.person_id
                        AND r.at >= make_date(coalesce(m.last_month, m.since) / 12, coalesce(m.last_month, m.since) %% 12 + 1, 1))
        AND NOT EXISTS (SELECT FROM benefit_claim c WHERE c.person_id = m.person_id AND c.state NOT IN ('refused'))
        AND NOT EXISTS (SELECT FROM benefit_death d WHERE d.person_id = m.person_id AND d.undone_by IS NULL)
"""


def to_ask(person: int, as_of: int) -> ToAsk:
    """Return what a member is still to be asked (inside a transaction of who may see the person)."""
    values = {"person": person, "as_of": as_of, **thresholds()}
    (first_job, stopped), = often(
        "SELECT count(*) > 0 AND NOT EXISTS (SELECT FROM monitoring_first_job WHERE person_id = %(person)s)"
        " AND NOT EXISTS (SELECT FROM benefit_claim WHERE person_id = %(person)s AND state <> 'refused'),"
        f" coalesce(bool_or({STATUS} = 'stopped'), false) FROM monitoring_member m WHERE m.person_id = %(person)s", values)
    silent = often(f"{SILENT} AND m.person_id = %(person)s", values) if stopped else []  # most are not, and the longer question is dear
    return ToAsk(first_job, silent[0][2] if silent else None)


def silent(as_of: int, province: str | None = None) -> list[tuple[int, int, int | None]]:
    """Members who stopped without a word: person, months overdue, last month paid (None where nothing was)."""
    with connection.cursor() as cursor:
        cursor.execute(f"{SILENT} AND m.province = coalesce(%(province)s, m.province) ORDER BY 1", {"as_of": as_of, "province": province, **thresholds()})
        return [(person, overdue, last) for person, _, overdue, last in cursor.fetchall()]


def history(person: int) -> dict[str, Any]:
    """Return the reasons a person gave and the causes found, as plain data, for the person's own export."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, channel, code, said FROM monitoring_reason WHERE person_id = %s ORDER BY id", [person])
        stated = [dict(zip(("at", "channel", "code", "said"), row, strict=True)) for row in cursor.fetchall()]
        cursor.execute("SELECT month, code, basis FROM monitoring_cause WHERE person_id = %s ORDER BY id", [person])
        inferred = [dict(zip(("month", "code", "basis"), row, strict=True)) for row in cursor.fetchall()]
        cursor.execute("SELECT month FROM monitoring_first_job WHERE person_id = %s", [person])
        first = cursor.fetchone()
    return {"stated": stated, "inferred": inferred, "first_job": None if first is None else first[0]}
