"""Questions that pages ask all day: planned once for a connection, and several of them answered in one trip to the database.

Each trip waits for the system to wake two processes, which takes longer than a short answer, and much longer on a busy machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import psycopg
from django.db import connection

from lingbao.registry.errors import in_words
from lingbao.registry.session import BECOME, DATABASE_ROLE, Actor, acting_as, at_hand, limits

Values = Sequence[object] | Mapping[str, object]
Rows = list[tuple[Any, ...]]
_foreseen: ContextVar[list[Rows] | tuple[()] | None] = ContextVar("the answer at hand, None while questions are gathered", default=())


class _Asked(BaseException):
    """A reading asks its first question, while questions are gathered."""

    def __init__(self, sql: str, values: Values) -> None:
        self.sql, self.values = sql, values


def often(sql: str, values: Values = ()) -> Rows:
    """Return the rows of a question that pages ask all day, planned once for a connection.

    With row policies the planning of a short question takes longer than its answer. A pooler between must keep prepared
    statements apart, as PgBouncer does since 1.21.
    """
    foreseen = _foreseen.get()
    if foreseen is None:
        raise _Asked(sql, values)
    if foreseen:
        return foreseen.pop()
    raw = at_hand()
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        return cursor.execute(sql, values, prepare=True).fetchall()


def together(*readings: Callable[[], Any]) -> tuple[Any, ...]:
    """Return what several readings give, the first question of each sent to the database in one trip.

    Each reading is called twice, first up to its first question (`often`) alone: before that it may do nothing but work
    out what to ask. What it asks after the first answer goes by itself.

    Parameters
    ----------
    readings : callable
        Take nothing, and read by `often` (inside a transaction of the actor).
    """
    answers = _answered([_first(each) for each in readings])
    return tuple(_told(each, answer) for each, answer in zip(readings, answers, strict=True))


def asked_as(actor: Actor, reading: Callable[[], Any]) -> Any:
    """Return what a reading of one question gives, asked as an actor: the transaction, the role and the question in one trip."""
    if connection.in_atomic_block:
        with acting_as(actor):
            return reading()
    question = _first(reading)
    assert question is not None
    raw = at_hand()
    with in_words(), connection.wrap_database_errors, psycopg.Cursor(raw) as role, psycopg.Cursor(raw) as cursor:
        with raw.pipeline(), raw.transaction():
            role.execute(BECOME, limits(actor, DATABASE_ROLE), prepare=True)
            cursor.execute(question.sql, question.values, prepare=True)
        answer = cursor.fetchall()
    return _told(reading, answer)


def _first(reading: Callable[[], Any]) -> _Asked | None:
    token = _foreseen.set(None)
    try:
        reading()
    except _Asked as question:
        return question
    finally:
        _foreseen.reset(token)
    return None


def _answered(questions: Sequence[_Asked | None]) -> list[Rows | None]:
    raw = at_hand()
    cursors = [psycopg.Cursor(raw) for _ in questions]
    with connection.wrap_database_errors:
        with raw.pipeline():
            for cursor, question in zip(cursors, questions, strict=True):
                if question is not None:
                    cursor.execute(question.sql, question.values, prepare=True)
        return [None if question is None else cursor.fetchall() for cursor, question in zip(cursors, questions, strict=True)]


def _told(reading: Callable[[], Any], answer: Rows | None) -> Any:
    token = _foreseen.set([] if answer is None else [answer])
    try:
        return reading()
    finally:
        _foreseen.reset(token)
