"""How many people's sealed data one may read in an hour: the database counts and refuses, the refusal is kept and told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import connection

from lingbao.registry.errors import Forbidden, RegistryError, name_state
from lingbao.registry.session import Actor, run_as

T = TypeVar("T")


class TooManyRead(Forbidden):
    """Someone asked for the data of more people in an hour than the limit allows; nothing was handed over."""


name_state("LB032", TooManyRead, "person.reading_limit",
           "一小时内查看个人信息的人数已到上限，这次没有显示；已记录，审核人和审计可以看到。过一会儿再查，或请同事办理。",
           "You read the data of as many people in an hour as the limit allows; nothing was shown. It was written down, and"
           " supervisor and auditor see it. Wait a while, or let a colleague do it.")


def reading(actor: Actor, purpose: str, work: Callable[[], T], *, persons: int = 1) -> T:
    """Do what reads sealed data as an actor; a refusal for too many people is written down before it is told.

    Raises
    ------
    TooManyRead
    """
    try:
        return run_as(actor, work)
    except TooManyRead as refusal:
        def note() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT people_note_refusal(%s, %s)", [persons, purpose])

        run_as(actor, note)
        raise refusal


def limit() -> int:
    """Return how many different people one may read in an hour."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT an_hour FROM people_reading_limit")
        return int(cursor.fetchone()[0])


def set_limit(an_hour: int) -> None:
    """Change the limit; for the operator, outside of any acting role.

    Raises
    ------
    RegistryError
        If it is not above nought.
    """
    if an_hour < 1:
        raise RegistryError("person.reading_limit_value", value=an_hour, zh="上限应为正整数。", en="The limit must be above nought.")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_reading_limit SET an_hour = %s", [an_hour])
