"""Actors: who signs in, in which role, and the limits that go with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.registry.errors import Forbidden
from lingbao.registry.session import Actor


@dataclass(frozen=True)
class Agency:
    """An agency of a province or of one of its cities."""

    code: str
    province: str
    name: str
    city: str | None = None


def open_agency(agency: Agency) -> int:
    """Return the number of the agency with this code, recording it if it is new."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO people_agency (code, province, city, name) VALUES (%s, %s, %s, %s)"
                       " ON CONFLICT (code) DO NOTHING", [agency.code, agency.province, agency.city, agency.name])
        cursor.execute("SELECT id FROM people_agency WHERE code = %s", [agency.code])
        return int(cursor.fetchone()[0])


def appoint(role: str, name: str, *, login: str | None = None, agency: int | None = None, platform: int | None = None,
            person: int | None = None) -> int:
    """Record an actor and return its number; the database refuses limits that do not belong to the role."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO people_actor (role, name, login, agency_id, platform_id, person_id)"
                       " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id", [role, name, login, agency, platform, person])
        return int(cursor.fetchone()[0])


def dismiss(actor: int, *, reason: str) -> None:
    """End an actor's right to act, and keep why; what it did stays under its number.

    The database writes the line itself, with the purpose of the statement as its reason.

    Raises
    ------
    InputError
        Without a reason.
    """
    if not reason.strip():
        raise InputError("actor.reason", where="reason", zh="请写明停用的理由，审计人员可以看到。", en="Give the reason of the dismissal; the auditor sees it.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('lingbao.purpose', true), '')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('lingbao.purpose', %s, true)", [reason.strip()])
        cursor.execute("UPDATE people_actor SET active = false WHERE id = %s", [actor])
        cursor.execute("SELECT set_config('lingbao.purpose', %s, true)", [before])


def signed_in(login: str, *, purpose: str = "") -> Actor:
    """Return the actor behind a login, with its limits.

    Raises
    ------
    Forbidden
        If no active actor has this login, or its appointment waits for a second administrator.
    """
    return _actor("a.login = %s", login, purpose)


def actor_numbered(number: int, *, purpose: str = "") -> Actor:
    """Return the actor with this number, with its limits; errors as for `signed_in`."""
    return _actor("a.id = %s", number, purpose)


def _actor(condition: str, value: object, purpose: str) -> Actor:
    with connection.cursor() as cursor:
        cursor.execute("SELECT a.id, a.role, a.agency_id, g.province, a.platform_id, a.person_id FROM people_actor a"
                       f" LEFT JOIN people_agency g ON g.id = a.agency_id WHERE a.active AND NOT people_actor_waits(a.id) AND {condition}", [value])
        row = cursor.fetchone()
    if row is None:
        raise Forbidden("registry.no_actor", zh="此登录没有可用的身份。请联系管理员。",
                        en="This login has no active role. Ask the administrator.")
    number, role, agency, province, platform, person = row
    return Actor(number, role, agency=agency, province=province, platform=platform, person=person, purpose=purpose)
