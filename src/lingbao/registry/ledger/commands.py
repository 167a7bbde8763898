"""Commands with a key: the same key and content give the stored answer, other content is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from lingbao.registry.errors import Conflict
from lingbao.registry.session import Actor, acting_as, retried


@dataclass(frozen=True)
class Command:
    """A request that may arrive more than once.

    Parameters
    ----------
    route : str
        What is asked, such as ``collection.pay``; keys of different routes have nothing to do with each other.
    key : str
        Chosen by the sender, once for each thing it wants done.
    content : object
        What is asked in full, as JSON; its hash must be the same each time.
    """

    route: str
    key: str
    content: Any

    @property
    def content_sha(self) -> bytes:
        """SHA-256 of the content written as JSON with sorted keys."""
        text = json.dumps(self.content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).digest()


def execute(actor: Actor, command: Command, work: Callable[[], Any]) -> Any:
    """Do `work` once for the command, in one transaction as `actor`, and return its answer (plain JSON data).

    A second call with the same key and content returns the stored answer and does nothing, also when both come at the
    same moment or the connection broke while the first was being acknowledged.

    Raises
    ------
    Conflict
        If the key was used before for other content.
    Busy
        If the database gave up the transaction too often.
    """

    def once() -> Any:
        with acting_as(actor):
            return _answered(actor, command, work)

    return retried(once, lost_connection=True)


def _answered(actor: Actor, command: Command, work: Callable[[], Any]) -> Any:
    with connection.cursor() as cursor:
        # Twins wait for each other here, so the work is begun only once.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s || ' ' || %s || ' ' || %s, 1))",
                       [str(actor.id), command.route, command.key])
    stored = _stored(actor, command)
    if stored is not None:
        return stored[0]
    answer = work()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_command (actor, route, key, content_sha, answer) VALUES (%s, %s, %s, %s, %s)",
            [actor.id, command.route, command.key, command.content_sha, json.dumps(answer, ensure_ascii=False)],
        )
    return json.loads(json.dumps(answer))


def answer_of(actor: Actor, command: Command) -> Any:
    """Return the stored answer of a command, None where it was not done yet.

    Raises
    ------
    Conflict
        If the key was used before for other content.
    """
    with acting_as(actor):
        stored = _stored(actor, command)
    return None if stored is None else stored[0]


def _stored(actor: Actor, command: Command) -> tuple[Any] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_sha, answer FROM ledger_command WHERE actor = %s AND route = %s AND key = %s",
                       [actor.id, command.route, command.key])
        found = cursor.fetchone()
    if found is None:
        return None
    if bytes(found[0]) != command.content_sha:
        raise Conflict(
            "registry.key_reused", value=command.key, where="Idempotency-Key",
            zh=f"编号 {command.key} 已用于内容不同的请求，未执行。新的请求请换新的编号。",
            en=f"The key {command.key} was used for another content; nothing was done. Use a new key for a new request.",
        )
    return (json.loads(found[1]) if isinstance(found[1], str) else found[1],)
