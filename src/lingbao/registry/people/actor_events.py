"""What was done to the accounts of staff and platforms, and the appointments and resets that need two persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict, Forbidden, NotFound, name_constraint, name_state
from lingbao.registry.session import Actor

HELD = ("appointed", "reinstated")
"""What lets nobody act while it is open."""

OPERATOR = 0
"""Number under which the operator of the machine acts."""

name_state("LB031", Forbidden, "actor.two_persons", "这件事须由一位管理员提出、另一位管理员批准，且都不能是本人。",
           "This takes two administrators: one asks, another grants, and neither is the person himself.")
name_constraint("people_actor_event_answered_once", Conflict, "actor.answered", "这项申请已经办结。", "This request was answered before.")


@dataclass(frozen=True)
class ActorEvent:
    """One thing done to an account.

    Attributes
    ----------
    by_actor : int
        Who did it; `OPERATOR` at the machine itself.
    open : bool
        A request for a reset, or an appointment that needs a second administrator, that nobody answered yet.
    """

    id: int
    at: datetime
    actor: int
    login: str | None
    action: str
    by_actor: int
    by_name: str | None
    reason: str
    open: bool


_OPEN = ("(e.action IN ('authenticator_asked', 'password_asked') OR (e.action IN ('appointed', 'reinstated') AND e.by_actor <> 0 AND a.active"
         " AND people_actor_needs_two(a.id))) AND NOT EXISTS (SELECT FROM people_actor_event WHERE answers_id = e.id)")
_EVENTS = (f"SELECT e.id, e.at, e.actor_id, a.login, e.action, e.by_actor, b.name, e.reason, {_OPEN}"
           " FROM people_actor_event e JOIN people_actor a ON a.id = e.actor_id LEFT JOIN people_actor b ON b.id = e.by_actor")


def events(actor: int | None = None, *, after: int = 0, most: int = 200) -> list[ActorEvent]:
    """Return what was done to one account or to all, the latest first: so many after those before them (inside an open transaction)."""
    return _events(f"{_EVENTS} WHERE coalesce(%s, e.actor_id) = e.actor_id ORDER BY e.id DESC LIMIT %s OFFSET %s", [actor, most, after])


def events_in_all() -> int:
    """Return how many lines there are about all accounts (inside an open transaction)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_actor_event")
        return int(cursor.fetchone()[0])


def open_requests(actor: int | None = None) -> list[ActorEvent]:
    """Return what waits for another administrator about one account or all, the latest first (inside an open transaction)."""
    return _events(f"{_EVENTS} WHERE coalesce(%s, e.actor_id) = e.actor_id AND {_OPEN} ORDER BY e.id DESC", [actor])


def _events(sql: str, values: list[object]) -> list[ActorEvent]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [ActorEvent(*row) for row in cursor.fetchall()]


def note(by: Actor, actor: int, action: str, *, reason: str, answers: int | None = None) -> int:
    """Write down what is done to an account and return the number of the line (inside a transaction of the one who acts).

    Raises
    ------
    InputError
        Without a reason.
    Forbidden
        If the database asks for another person.
    """
    if not reason.strip():
        raise InputError("actor.reason", where="reason", zh="请写明理由，审计人员可以看到。", en="Give a reason; the auditor sees it.")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO people_actor_event (actor_id, action, by_actor, reason, answers_id) VALUES (%s, %s, %s, %s, %s) RETURNING id",
                       [actor, action, by.id, reason.strip(), answers])
        return int(cursor.fetchone()[0])


def needs_two(actor: int) -> bool:
    """Tell whether two administrators make and reset an account: that of any staff, not that of a platform's engineer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_actor_needs_two(%s)", [actor])
        return bool(cursor.fetchone()[0])


def waiting(actor: int) -> int | None:
    """Return the latest request about an account that waits for another administrator, or None."""
    return next((each.id for each in open_requests(actor)), None)


def open_request(number: int) -> ActorEvent:
    """Return an appointment, or a request for a reset, that waits for another administrator.

    Raises
    ------
    NotFound
        If there is none of this number, or it was answered.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT actor_id FROM people_actor_event WHERE id = %s", [number])
        found = cursor.fetchone()
    for each in [] if found is None else open_requests(found[0]):
        if each.id == number:
            return each
    raise NotFound("actor.no_request", value=number, zh=f"没有待批准的第 {number} 号申请。", en=f"There is no open request {number}.")
