"""What a person asks an agency for in his own words: the words are kept sealed, and it is answered or taken back once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.registry.keys import seal, unseal
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.session import Actor

LONGEST = 2000
Answer = Callable[[str, str], None]
"""Writes down the state of a request and the reason, if it waits and the actor may."""


def fits(words: str) -> bool:
    """Whether words are some, not too many, and can be kept."""
    return bool(words.strip()) and len(words) <= LONGEST and "\x00" not in words


def sealed(table: str, words: str) -> tuple[str, bytes]:
    """Return the place for which the words of a new row of a table are sealed, and the words sealed for it."""
    about = f"{table}:{uuid.uuid4()}"
    return about, seal(words, about)


def words_of(table: str, number: int) -> str:
    """Return the words of a request, for those who may see it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT words, about FROM {table} WHERE id = %s", [number])
        row = cursor.fetchone()
    return "" if row is None else unseal(bytes(row[0]), row[1])


def refuse(actor: Actor, command: Command, number: int, reason: str, answer: Answer, *, unsaid: InputError) -> dict[str, Any]:
    """Refuse a request in writing, once for the command.

    Raises
    ------
    InputError
        `unsaid`, if no reason is given.
    """
    def work() -> dict[str, Any]:
        if not reason.strip():
            raise unsaid
        answer("refused", reason.strip())
        return {"request": number, "state": "refused"}

    return dict(execute(actor, command, work))


def withdraw(actor: Actor, command: Command, number: int, answer: Answer) -> dict[str, Any]:
    """Take a request back, once for the command."""
    def work() -> dict[str, Any]:
        answer("withdrawn", "")
        return {"request": number, "state": "withdrawn"}

    return dict(execute(actor, command, work))
