"""The queue of messages: each is queued once, sent until the gateway takes it, and shown to the person in any case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection

from lingbao.law.month import format_month
from lingbao.registry.asking import often
from lingbao.registry.monitoring.near import Near
from lingbao.registry.monitoring.standing import last_months
from lingbao.registry.notices.gateway import Gateway, GatewayError
from lingbao.registry.notices.templates import text_of
from lingbao.registry.people.persons import read
from lingbao.registry.session import SYSTEM, Actor, acting_as

ATTEMPTS = 6
AT_ONCE = 5_000  # messages queued in one transaction
WAIT = timedelta(minutes=5)  # doubled after each failure
NEAR = {"missed": "payment_missed", "minimum": "near_minimum", "last_chance": "last_chance", "too_late": "too_late"}


@dataclass(frozen=True)
class Message:
    """A message as the person's page shows it."""

    id: int
    template: str
    text: str
    state: str
    queued_at: datetime


@dataclass(frozen=True)
class Told:
    """What one person is to be told: a template, its fields, and what it is about, which nobody is told of twice."""

    person: int
    template: str
    fields: Mapping[str, object]
    about: str


def queue(actor: Actor, person: int, template: str, fields: Mapping[str, object], *, about: str, lang: str = "zh") -> int | None:
    """Queue a message unless the person was told of the same thing before; return its number, None if told before.

    Raises
    ------
    InputError
        If the fields do not fit the template.
    """
    text = text_of(template, fields, lang)
    with acting_as(actor), connection.cursor() as cursor:
        cursor.execute("INSERT INTO notice_message (person_id, template, about, text, queued_by) VALUES (%s, %s, %s, %s, %s)"
                       " ON CONFLICT DO NOTHING RETURNING id", [person, template, about, text, actor.id])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def queue_many(actor: Actor, messages: Iterable[Told], *, lang: str = "zh") -> int:
    """Queue messages, `AT_ONCE` in a transaction, and leave out what a person was told before; return how many are new.

    What was queued before an error stays queued; the same call made again does the rest.

    Raises
    ------
    InputError
        If the fields of a message do not fit its template.
    """
    new, rest = 0, iter(messages)
    while part := list(islice(rest, AT_ONCE)):
        rows = [(each.person, each.template, each.about, text_of(each.template, each.fields, lang)) for each in part]
        with acting_as(actor), connection.cursor() as cursor:
            cursor.execute("INSERT INTO notice_message (person_id, template, about, text, queued_by)"
                           " SELECT *, %s FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])"
                           " ON CONFLICT DO NOTHING", [actor.id, *map(list, zip(*rows, strict=True))])
            new += cursor.rowcount
    return new


def remind(actor: Actor, people: Sequence[Near], as_of: int) -> int:
    """Queue the reminder that fits each line of a near-date list, once a month for each; return how many are new.

    Who is too near or too late for the minimum is told that, not also that a payment is missed.
    """
    with acting_as(actor):
        last = last_months([each.person for each in people if each.kind == "missed"])
    return queue_many(actor, _reminders(people, last, format_month(as_of)))


def _reminders(people: Sequence[Near], last: Mapping[int, int | None], month: str) -> Iterator[Told]:
    for each in people:
        fields: dict[str, object] = {"missing": each.missing, "left": max(each.left, 0)}
        if each.kind == "missed":
            paid = last[each.person]
            if paid is None:
                continue
            fields = {"months": each.missing, "last_month": format_month(paid)}
        yield Told(each.person, NEAR[each.kind], fields, f"{each.kind}:{month}")


def announce(actor: Actor, people: Sequence[int], *, rule: str, from_month: int, change: str) -> int:
    """Tell those whom a new rule concerns what it changes for them, once for each rule (B9); return how many are new."""
    fields, about = {"rule": rule, "from_month": format_month(from_month), "change": change}, f"{rule}:{format_month(from_month)}"
    return queue_many(actor, (Told(person, "new_rule", fields, about) for person in people))


def send_due(gateway: Gateway, *, now: datetime, limit: int = 100) -> tuple[int, int]:
    """Send messages that are due; return how many the gateway took and how many it did not.

    A message is given up after `ATTEMPTS`; the number of the message is its key at the gateway, so a message whose
    answer was lost is not delivered twice. Several senders may run: they take different messages.
    """
    taken, refused = 0, 0
    for _ in range(limit):
        outcome = _send_one(gateway, now)
        if outcome is None:
            break
        taken, refused = taken + outcome, refused + (not outcome)
    return taken, refused


def received(number: int, delivered: bool, fault: str = "") -> None:
    """Write down what the gateway reports later; a report that comes late or twice changes nothing that is delivered."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE notice_message SET state = %s, fault = %s WHERE id = %s AND state IN ('sent', 'failed')",
                       ["delivered" if delivered else "failed", "" if delivered else fault, number])


def messages_of(person: int, most: int | None = None) -> list[Message]:
    """Messages of a person, the newest first, at most so many, whether or not a telephone took them; without those over their period."""
    return [Message(*row) for row in often(
        "SELECT id, template, text, state, queued_at FROM notice_message WHERE person_id = %s AND text <> '' ORDER BY id DESC LIMIT %s", [person, most])]


def _send_one(gateway: Gateway, now: datetime) -> bool | None:
    """Take one due message out of the queue and try it; None when none is due."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT id, person_id, text, attempts FROM notice_message WHERE state = 'queued' AND next_at <= %s"
                       " ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED", [now])
        row = cursor.fetchone()
        if row is None:
            return None
        number, person, text, attempts = row
        phone = read([person], ["phone"], purpose="发送短信").get(person, {}).get("phone")
        try:
            if not phone:
                cursor.execute("UPDATE notice_message SET state = 'failed', fault = 'no telephone' WHERE id = %s", [number])
                return False
            gateway.send(f"lingbao:{number}", phone, text)
        except GatewayError as error:
            given_up = attempts + 1 >= ATTEMPTS
            cursor.execute("UPDATE notice_message SET attempts = attempts + 1, next_at = %s, fault = %s, state = %s WHERE id = %s",
                           [now + WAIT * 2**attempts, str(error)[:100], "failed" if given_up else "queued", number])
            return False
        cursor.execute("UPDATE notice_message SET state = 'sent', attempts = attempts + 1, sent_at = %s, fault = '' WHERE id = %s", [now, number])
        return True


def history(person: int) -> list[dict[str, object]]:
    """Return the messages of a person as plain data, for the person's own export."""
    return [vars(each) for each in messages_of(person)]
