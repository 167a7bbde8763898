"""Reading the moves between the schemes: one, a person's, and the queue of an agency by its legal deadline."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.registry.errors import NotFound


@dataclass(frozen=True)
class ConversionCase:
    """A move asked for; money only once it is done [fen]."""

    id: int
    person: int
    province: str
    direction: str
    state: str
    applied_on: date
    due: date
    due_provisional: bool
    moved_fen: int | None
    refund_fen: int | None
    entry: int | None
    reason: str
    answered_on: date | None
    answered_by: int | None


_CASE = ("SELECT id, person_id, province, direction, state, applied_on, due, due_provisional, moved_fen, refund_fen, entry_id, reason,"
         " answered_on, answered_by FROM transfer_conversion")


def conversion_of(number: int) -> ConversionCase:
    """Return a move; `NotFound` if the actor may not know of it."""
    found = _cases(f"{_CASE} WHERE id = %s", [number])
    if not found:
        raise NotFound("conversion.none", value=number, zh=f"没有第 {number} 号衔接，或您无权查看。", en=f"There is no move {number}, or you may not see it.")
    return found[0]


def conversions_of(person: int) -> list[ConversionCase]:
    """Return the moves of a person, the latest first."""
    return _cases(f"{_CASE} WHERE person_id = %s ORDER BY id DESC", [person])


def queue(province: str | None, limit: int = 200, after: int = 0) -> list[ConversionCase]:
    """Return the moves of a province (None: of all one may see) that wait for an answer, the most urgent first."""
    return _cases(f"{_CASE} WHERE province = coalesce(%s, province) AND state = 'applied' ORDER BY due, id LIMIT %s OFFSET %s",
                  [province, limit, after])


def history(person: int) -> list[dict[str, Any]]:
    """Return the moves of a person as plain data, for the person's own export."""
    return [asdict(each) for each in conversions_of(person)]


def _cases(sql: str, values: list[Any]) -> list[ConversionCase]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [ConversionCase(*row) for row in cursor.fetchall()]
