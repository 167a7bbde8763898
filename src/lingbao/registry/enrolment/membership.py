"""Commands of enrolment: join, choose, stop, return, leave; each on record with who, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from lingbao.career.person import Person
from lingbao.career.retirement import retirement_of
from lingbao.law.errors import InputError
from lingbao.law.month import format_month, parse_month
from lingbao.law.store import Law
from lingbao.registry.asking import often
from lingbao.registry.enrolment.choice import Choice, check_choice, check_fee
from lingbao.registry.enrolment.temporary import joins_temporarily, note_temporary
from lingbao.registry.enrolment.terms import resident_fees, terms_of
from lingbao.registry.errors import Conflict, NotFound, name_constraint
from lingbao.registry.people.alive import check_alive
from lingbao.registry.session import Actor
from lingbao.registry.statements import returning

name_constraint("enrolment_one_at_a_time", Conflict, "enrolment.overlap",
                "同一时间只能参加一项养老保险。此人在这段时间已有参保关系，请先转移或终止原关系。",
                "Only one pension scheme at a time: there is a membership in these months. Transfer or end it first.")


@dataclass(frozen=True)
class Membership:
    """A membership of one scheme in one place, `until` excluded; `stopped` while payment rests, `temporary` if its account is."""

    id: int
    person: int
    scheme: str
    standing: str
    province: str
    area: str | None
    since: int
    until: int | None
    stopped: bool
    temporary: bool = False


def join(
    actor: Actor, law: Law, person: int, *, standing: str, province: str, since: int, choice: Choice | None = None,
    area: str | None = None,
) -> int:
    """Make a person a member from a month on and return the number of the membership.

    Parameters
    ----------
    person : int
        The person.
    standing : str
        ``flexible`` (pays alone, employee scheme), ``employed`` (an employer pays) or ``resident``.
    province, area : str, str or None
        Where it is paid.
    since : int
        First month.
    choice : Choice, optional
        What is paid; needed unless an employer pays.

    Raises
    ------
    InputError
        Too young, past the statutory month, or a choice not on offer.
    Conflict
        If there is a membership of any scheme anywhere in these months, or the person has died.
    """
    birth, sex = _person(person)
    check_alive(person)
    _check_age(law, birth, sex, standing, province, since, person)
    if standing != "employed" and choice is None:
        raise InputError("enrolment.choice", where="choice", zh="请选择缴费档次、基数或金额。", en="Choose a tier, a base or an amount.")
    if choice is not None:
        _check(law, choice, standing, province, area, since)
    scheme = "resident" if standing == "resident" else "employee"
    number = _insert(
        "INSERT INTO enrolment_membership (person_id, scheme, standing, province, area, agency_id, since, recorded_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [person, scheme, standing, province, area, actor.agency, since, actor.id])
    if choice is not None:
        _record_choice(actor, law, number, since, choice)
    if scheme == "employee" and joins_temporarily(law, person, province, since):
        note_temporary(actor, law, number)
    _event(actor, number, "joined", since)
    return number


def choose(actor: Actor, law: Law, membership: int, choice: Choice, *, since: int) -> None:
    """Record a new choice of base, amount or rhythm from a month on; earlier months keep theirs."""
    member = membership_of(membership)
    if since < member.since or (member.until is not None and since >= member.until):
        raise InputError("enrolment.month", value=format_month(since), where="since",
                         zh=f"{format_month(since)} 不在参保期间内。", en=f"{format_month(since)} lies outside the membership.")
    _check(law, choice, member.standing, member.province, member.area, since)
    _record_choice(actor, law, membership, since, choice)


def stop(actor: Actor, membership: int, *, month: int, reason_code: str | None = None, said: str | None = None) -> None:
    """Record that payment rests from a month on; membership and account stay. The reason may stay unsaid."""
    if membership_of(membership).stopped:
        raise Conflict("enrolment.stopped", value=membership, zh="已经是暂停缴费状态。", en="Payment rests already.")
    _event(actor, membership, "stopped", month, reason_code, said)


def come_back(actor: Actor, membership: int, *, month: int) -> None:
    """Record that payment begins again from a month on."""
    if not membership_of(membership).stopped:
        raise Conflict("enrolment.not_stopped", value=membership, zh="目前并未暂停缴费。", en="Payment does not rest.")
    _event(actor, membership, "returned", month)


def leave(actor: Actor, membership: int, *, until: int, reason: str) -> None:
    """End a membership; `until` is the first month outside. The account stays and earns interest.

    Raises
    ------
    Conflict
        If it has ended already.
    NotFound
        If the actor may not end it.
    """
    member = membership_of(membership)
    if member.until is not None:
        raise Conflict("enrolment.ended", value=membership, zh="该参保关系已经终止。", en="This membership has ended.")
    if until <= member.since:
        raise InputError("enrolment.month", value=format_month(until), where="until",
                         zh="终止月份应晚于参保月份。", en="A membership ends after the month in which it began.")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enrolment_membership SET until = %s, end_reason = %s WHERE id = %s", [until, reason, membership])
        if cursor.rowcount != 1:
            raise _unknown(membership)
    _event(actor, membership, "left", until, said=reason)


_SELECT = """
    SELECT m.id, m.person_id, m.scheme, m.standing, m.province, m.area, m.since, m.until,
        coalesce((SELECT e.kind = 'stopped' FROM enrolment_event e WHERE e.membership_id = m.id
                  AND e.kind IN ('stopped', 'returned') ORDER BY e.id DESC LIMIT 1), false),
        EXISTS (SELECT FROM enrolment_temporary t WHERE t.membership_id = m.id)
    FROM enrolment_membership m
"""


def membership_of(number: int) -> Membership:
    """Return a membership; `NotFound` if the actor may not know of it."""
    found = _memberships("WHERE m.id = %s", [number])
    if not found:
        raise _unknown(number)
    return found[0]


def memberships(person: int, *, on: int | None = None) -> list[Membership]:
    """Return the memberships of a person in order of time, or the one that covers the month `on`."""
    if on is None:
        return _memberships("WHERE m.person_id = %s ORDER BY m.since", [person])
    return _memberships("WHERE m.person_id = %s AND int4range(m.since, m.until) @> %s::int", [person, on])


def members_on(persons: Sequence[int], month: int) -> dict[int, Membership]:
    """Return the membership of each person that covers a month."""
    return {each.person: each for each in _memberships("WHERE m.person_id = ANY(%s) AND int4range(m.since, m.until) @> %s::int", [list(persons), month])}


def choices_of(memberships: Sequence[int]) -> dict[int, list[tuple[int, Choice]]]:
    """Return the choices of each membership with the month from which each counts, in the order in which they were made."""
    found: dict[int, list[tuple[int, Choice]]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT membership_id, since, kind, value, rhythm FROM enrolment_choice WHERE membership_id = ANY(%s) ORDER BY id", [list(memberships)])
        for number, since, kind, value, rhythm in cursor.fetchall():
            found.setdefault(number, []).append((since, Choice(kind, float(value), int(rhythm))))
    return found


def choice_on(membership: int, month: int) -> Choice | None:
    """Return the choice that counts for a month."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, value, rhythm FROM enrolment_choice WHERE membership_id = %s AND since <= %s"
                       " ORDER BY since DESC, id DESC LIMIT 1", [membership, month])
        row = cursor.fetchone()
    return None if row is None else Choice(row[0], float(row[1]), int(row[2]))


def history(person: int) -> list[dict[str, Any]]:
    """Return the memberships of a person with choices and events, as plain data."""
    result = []
    with connection.cursor() as cursor:
        for member in memberships(person):
            cursor.execute("SELECT since, kind, value, rhythm, recorded_at FROM enrolment_choice WHERE membership_id = %s"
                           " ORDER BY id", [member.id])
            choices = [{"since": format_month(s), "kind": k, "value": float(v), "rhythm": r, "recorded_at": at}
                       for s, k, v, r, at in cursor.fetchall()]
            cursor.execute("SELECT kind, month, reason_code, said, recorded_at FROM enrolment_event WHERE membership_id = %s"
                           " ORDER BY id", [member.id])
            events = [{"kind": k, "month": format_month(m), "reason": c, "said": said, "recorded_at": at}
                      for k, m, c, said, at in cursor.fetchall()]
            result.append({
                "scheme": member.scheme, "standing": member.standing, "province": member.province, "area": member.area,
                "since": format_month(member.since), "until": None if member.until is None else format_month(member.until),
                "choices": choices, "events": events})
    return result


def _memberships(condition: str, values: list[object]) -> list[Membership]:
    return [Membership(*row) for row in often(_SELECT + condition, values)]


def _person(person: int) -> tuple[date, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT birth, sex FROM people_person WHERE id = %s", [person])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("person.unknown", value=person, zh=f"没有编号为 {person} 的人员，或不在您的管辖范围内。",
                       en=f"There is no person {person}, or not within your province.")
    return row


def _check_age(law: Law, birth: date, sex: str, standing: str, province: str, since: int, person: int) -> None:
    born = parse_month(birth)
    youngest = int(law.number(f"national.{'resident' if standing == 'resident' else 'retirement'}.joining_age"))
    if since - born < youngest:
        raise InputError("enrolment.too_young", value=format_month(since), where="since",
                         zh=f"满 {youngest // 12} 周岁才可参保，最早为 {format_month(born + youngest)}。",
                         en=f"Joining is open from age {youngest // 12}, that is from {format_month(born + youngest)}.")
    who = Person(birth=born, sex="male" if sex == "male" else "female", residence=province).with_class(law)
    assert who.worker_class is not None
    dates = retirement_of(law, who.worker_class, born)
    last = dates.resident_month if standing == "resident" else dates.statutory
    if since > last and not _member_before(person, since):
        raise InputError("enrolment.too_old", value=format_month(since), where="since",
                         zh=f"{format_month(last)} 以后不能首次参加该项养老保险。",
                         en=f"After {format_month(last)} nobody joins this scheme for the first time.")


def _member_before(person: int, since: int) -> bool:
    return any(member.since < since for member in memberships(person))


def _check(law: Law, choice: Choice, standing: str, province: str, area: str | None, month: int) -> None:
    if standing == "resident":
        check_fee(choice, resident_fees(law, province))
    else:
        check_choice(choice, terms_of(law, province, area, month))


def _record_choice(actor: Actor, law: Law, membership: int, since: int, choice: Choice) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO enrolment_choice (membership_id, since, kind, value, rhythm, law_hash, recorded_by)"
                       " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                       [membership, since, choice.kind, choice.value, choice.rhythm, law.hash, actor.id])


def _event(actor: Actor, membership: int, kind: str, month: int, code: str | None = None, said: str | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO enrolment_event (membership_id, kind, month, reason_code, said, recorded_by)"
                       " VALUES (%s, %s, %s, %s, %s, %s)", [membership, kind, month, code, said, actor.id])


def _insert(sql: str, values: list[object]) -> int:
    with transaction.atomic():
        return returning(sql, values)


def _unknown(membership: int) -> NotFound:
    return NotFound("enrolment.unknown", value=membership, zh=f"没有第 {membership} 号参保关系，或不在您的管辖范围内。",
                    en=f"There is no membership {membership}, or not within your province.")
