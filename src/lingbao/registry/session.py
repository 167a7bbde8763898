"""Who acts on the database: every transaction runs under one role with the actor's limits set in it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from lingbao.registry.errors import Busy, translated

DATABASE_ROLE = "lingbao_app"
ROLES = ("worker", "clerk", "supervisor", "coordinator", "platform", "auditor", "administrator", "system")
ATTEMPTS = 8
_AGAIN = ("40001", "40P01")  # serialization failure, deadlock
_WAIT = 0.01  # seconds before the second attempt; doubled each time
_WAIT_BROKEN = 0.1  # a server that was killed needs some seconds to recover
_SETTINGS = ("actor", "role", "agency", "province", "platform", "person", "purpose")
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
    try:
        with transaction.atomic():
            nested = len(connection.savepoint_ids) > 0
            before = _current() if nested else None
            _become(DATABASE_ROLE, tuple("" if value is None else str(value) for value in (
                actor.id, actor.role, actor.agency, actor.province, actor.platform, actor.person, actor.purpose)))
            yield
            if before is not None:
                _become(*before)
    except DatabaseError as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error


def often(sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a question that pages ask all day, planned once for a connection.

    With row policies the planning of a short question takes longer than its answer. A pooler between must keep prepared
    statements apart, as PgBouncer does since 1.21.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(sql, values, prepare=True).fetchall()


def _become(role: str, values: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        names = ", ".join(f"set_config('lingbao.{name}', %s, true)" for name in _SETTINGS)
        cursor.execute(f"SELECT {names}, set_config('role', %s, true)", [*values, role])


def _current() -> tuple[str, tuple[str, ...]]:
    with connection.cursor() as cursor:
        names = ", ".join(f"coalesce(current_setting('lingbao.{name}', true), '')" for name in _SETTINGS)
        cursor.execute(f"SELECT {names}, current_setting('role')")
        *values, role = cursor.fetchone()
    return role, tuple(values)


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
