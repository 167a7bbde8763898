"""What waits for whom: the queues of the desk by legal deadline, each read under the rights of who looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from lingbao.registry.calendar.clock import china_day
from lingbao.registry.errors import NotFound
from lingbao.registry.monitoring.near import near
from lingbao.registry.notices.sending import remind
from lingbao.registry.orders.tables import rows
from lingbao.registry.people.persons import masked
from lingbao.registry.session import Actor, run_as

MOST = 200
OPEN_TRANSFER = "state IN ('applied', 'letter_sent', 'returned', 'form_sent', 'money_sent', 'received')"
NEXT_NEW = "state IN ('applied', 'returned', 'money_sent', 'received')"
NEXT_OLD = "state IN ('letter_sent', 'form_sent')"


@dataclass(frozen=True)
class Item:
    """One thing that waits.

    Attributes
    ----------
    queue : str
        One of :data:`QUEUES`.
    number : int
        Number of the case.
    person : int
        Number of the person.
    name : str
        Name as lists show it, masked.
    state : str
        State of the case.
    detail : str
        What kind of case it is.
    due : datetime.date or None
        Last day that the law allows; None where it sets none.
    late : bool
        Whether that day has passed.
    fen : int or None
        Money concerned [fen].
    """

    queue: str
    number: int
    person: int
    name: str
    state: str
    detail: str
    due: date | None
    late: bool
    fen: int | None = None


def today() -> date:
    """Return the day in China."""
    return china_day(timezone.now())


_NAME = "coalesce((SELECT p.name_masked FROM people_person p WHERE p.id = c.person_id), '')"


def _transfers(actor: Actor) -> tuple[str, list[Any]]:
    mine = ("TRUE" if actor.province is None else
            f"(to_province = %s AND {NEXT_NEW} OR from_province = %s AND {NEXT_OLD})")
    return (f"SELECT c.id, c.person_id, {_NAME}, c.state, c.kind || ' ' || c.from_province || '>' || c.to_province,"
            f" least(coalesce(c.step_due, c.total_due), c.total_due), c.account_fen + c.pooled_fen FROM transfer_case c WHERE {OPEN_TRANSFER} AND {mine}",
            [] if actor.province is None else [actor.province, actor.province])


def _claims(actor: Actor) -> tuple[str, list[Any]]:
    return (f"SELECT c.id, c.person_id, {_NAME}, c.state, '', c.due, c.pension_fen FROM benefit_claim c WHERE c.state = 'applied'", [])


def _matters(actor: Actor) -> tuple[str, list[Any]]:
    mine, values = ("c.handler = %s", [actor.province or "00"]) if actor.role != "auditor" else ("TRUE", [])
    return (f"SELECT c.id, c.person_id, {_NAME}, c.state, c.kind, c.due, NULL::bigint FROM dispute_case c"
            f" WHERE c.state IN ('lodged', 'referred', 'accepted') AND {mine}", values)


def _corrections(actor: Actor) -> tuple[str, list[Any]]:
    return (f"SELECT c.id, c.person_id, {_NAME}, 'asked', c.field, NULL::date, NULL::bigint FROM people_correction c"
            " WHERE NOT EXISTS (SELECT FROM people_correction_decision d WHERE d.correction_id = c.id)", [])


def _refunds(actor: Actor) -> tuple[str, list[Any]]:
    return (f"SELECT c.id, c.person_id, {_NAME}, 'proposed', 'back_' || c.kind, NULL::date, c.amount_fen FROM collection_refund_proposal c"
            " WHERE NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = c.id)", [])


Query = Callable[[Actor], tuple[str, list[Any]]]
QUEUES: dict[str, Query] = {
    "transfers": _transfers, "claims": _claims, "matters": _matters, "corrections": _corrections, "refunds": _refunds,
}


_LINE = "line (number, person, name, state, detail, due, fen)"


def waiting(actor: Actor, name: str, *, after: int = 0, most: int = MOST) -> list[Item]:
    """Return a queue, the most urgent first: at most so many, after those before them."""
    sql, values = QUEUES[name](actor)
    return _items(actor, name, f"{sql} ORDER BY 6 NULLS LAST, 1 LIMIT %s OFFSET %s", [*values, most, after])


def waiting_one(actor: Actor, name: str, number: int) -> Item:
    """Return one thing of a queue.

    Raises
    ------
    NotFound
        If it does not wait, or the actor may not see it.
    """
    sql, values = QUEUES[name](actor)
    found = _items(actor, name, f"SELECT * FROM ({sql}) AS {_LINE} WHERE number = %s", [*values, number])
    if not found:
        raise NotFound("desk.no_case", value=number, zh="没有这件事项，或已经办结，或您无权查看。",
                       en="There is no such case, or it is done, or you may not see it.")
    return found[0]


def _items(actor: Actor, name: str, sql: str, values: list[Any]) -> list[Item]:
    day = today()
    return [Item(name, number, person, masked, state, detail, due, due is not None and due < day, fen)
            for number, person, masked, state, detail, due, fen in run_as(actor, lambda: rows(sql, values))]


def counts(actor: Actor) -> dict[str, tuple[int, int]]:
    """Return how many wait in each queue, and how many of them are late."""
    return {name: count(actor, name) for name in QUEUES}


def count(actor: Actor, name: str) -> tuple[int, int]:
    """Return how many wait in a queue, and how many of them are late."""
    sql, values = QUEUES[name](actor)
    found, = run_as(actor, lambda: rows(f"SELECT count(*), count(*) FILTER (WHERE due < %s) FROM ({sql}) AS {_LINE}", [today(), *values]))
    return int(found[0]), int(found[1])


@dataclass(frozen=True)
class Reminder:
    """A member near a date that matters, as the list of a campaign shows one."""

    person: int
    name: str
    kind: str
    missing: int
    left: int


def reminders(actor: Actor, *, after: int = 0, most: int = MOST) -> tuple[list[Reminder], int]:
    """Return so many of the members to write to, after those before them, and how many there are in all."""
    def work() -> tuple[list[Reminder], int]:
        everyone = near(actor.province or "", this_month())
        found = everyone[after:after + most]
        names = {each.id: each.name_masked for each in masked([each.person for each in found])}
        return [Reminder(each.person, names.get(each.person, ""), each.kind, each.missing, each.left) for each in found], len(everyone)

    return run_as(actor, work)


def send_campaign(actor: Actor) -> int:
    """Queue the reminder that fits each of them, once a month for each; return how many are new."""
    month = this_month()
    return remind(actor, run_as(actor, lambda: near(actor.province or "", month)), month)


def this_month() -> int:
    """Return the month in China."""
    day = today()
    return day.year * 12 + day.month - 1
