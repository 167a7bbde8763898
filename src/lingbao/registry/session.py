"""Who acts on the database: every transaction runs under one role with the actor's limits set in it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connection, transaction

from lingbao.registry.errors import Busy, in_words

DATABASE_ROLE = "lingbao_app"
ROLES = ("worker", "clerk", "supervisor", "coordinator", "platform", "auditor", "administrator", "system")
ATTEMPTS = 8
_AGAIN = ("40001", "40P01")  # serialization failure, deadlock
_WAIT = 0.01  # seconds before the second attempt; doubled each time
_WAIT_BROKEN = 0.1  # a server that was killed needs some seconds to recover
_SETTINGS = ("actor", "role", "agency", "province", "platform", "person", "purpose")
BECOME = "SELECT " + ", ".join(f"set_config('lingbao.{name}', %s, true)" for name in _SETTINGS) + ", set_config('role', %s, true)"
"""Takes the values of `limits`."""
T = TypeVar("T")


@dataclass(frozen=True)
class Actor:
    """Someone who acts, with the limits of what they may see.

    Parameters
    ----------
    id : int
        Number of the actor; 0 is the registry itself (imports, callbacks, nightly work).
    role : str
        One of `ROLES`.
    agency, province : int, str, optional
        Agency of a clerk or supervisor, and the province it may see (two digits).
    platform, person : int, optional
        Platform of a platform's engineer; person of a worker.
    purpose : str
        Why personal data are read, as the access log shows it.
    """

    id: int
    role: str
    agency: int | None = None
    province: str | None = None
    platform: int | None = None
    person: int | None = None
    purpose: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"unknown role {self.role!r}; one of {', '.join(ROLES)}")


SYSTEM = Actor(id=0, role="system", purpose="registry")


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Open a transaction (or a savepoint) in which the database lets through only what `actor` may see and do.

    The role and the settings hold inside the block only. Refusals of the database leave it as `RegistryError`.
    """
    with in_words(), transaction.atomic():
        nested = len(connection.savepoint_ids) > 0
        before = _current() if nested else None
        _become(limits(actor, DATABASE_ROLE))
        yield
        if before is not None:
            _become(before)


def at_hand() -> Any:
    """Return the connection as psycopg has it; one that broke since the last request is made anew, as Django's cursors do."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection.connection


def limits(actor: Actor, role: str) -> tuple[str, ...]:
    """Return the values of `BECOME`: the actor's limits, and the role of the database."""
    return (*("" if value is None else str(value) for value in (
        actor.id, actor.role, actor.agency, actor.province, actor.platform, actor.person, actor.purpose)), role)


def _become(values: tuple[str, ...]) -> None:
    """Set role and limits; at the begin of a transaction they go to the database together with it."""
    raw = at_hand()
    with connection.wrap_database_errors, raw.pipeline(), psycopg.Cursor(raw) as cursor:
        cursor.execute(BECOME, values, prepare=True)


def _current() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        names = ", ".join(f"coalesce(current_setting('lingbao.{name}', true), '')" for name in _SETTINGS)
        cursor.execute(f"SELECT {names}, current_setting('role')")
        return tuple(cursor.fetchone())


def retried(work: Callable[[], T], *, attempts: int = ATTEMPTS, lost_connection: bool = False) -> T:
    """Run `work` (a whole transaction) again when the database gave it up for another's sake.

    Parameters
    ----------
    work : callable
        Opens and closes its own transaction. Inside an open transaction it is simply called: the caller retries.
    attempts : int
        How often at most; the waits grow and are random, so that two losers do not meet again.
    lost_connection : bool
        Also retry when the connection broke. Only for work with an idempotency key: it may have been committed.

    Raises
    ------
    Busy
        If every attempt was given up.
    """
    if connection.in_atomic_block:
        return work()
    for attempt in range(attempts):
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            state = getattr(error.__cause__, "sqlstate", None)
            broken = state is None or state.startswith(("08", "57P"))
            if not (state in _AGAIN or (lost_connection and broken)):
                raise
            if broken:
                connection.close()
            last, first_wait = error, _WAIT_BROKEN if broken else _WAIT
        time.sleep(random.uniform(0.5, 1.5) * first_wait * 2**attempt)
    raise Busy(
        "registry.busy", value=attempts,
        zh=f"数据库繁忙，试了 {attempts} 次仍未完成，没有写入任何数据。请稍后用同一编号重试。",
        en=f"The database was busy {attempts} times in a row; nothing was written. Send the same command again later.",
    ) from last


def run_as(actor: Actor, work: Callable[[], T]) -> T:
    """Run `work` in one transaction as `actor`, again on deadlock or serialization failure, at most `ATTEMPTS` times."""

    def once() -> T:
        with acting_as(actor):
            return work()

    return retried(once)
