"""The address of the database in use, for other programs and processes that work on it."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django.db import connection


def database_address() -> str:
    """Return the ``postgresql://`` address of the present connection, whichever way it was configured.

    The password is part of it: hand it on through the environment, never on a command line.
    """
    connection.ensure_connection()
    info = connection.connection.info
    who = quote(info.user, safe="") + (f":{quote(info.password, safe='')}" if info.password else "")
    where = {"host": info.host, "port": str(info.port)}
    return f"postgresql://{who}@/{quote(info.dbname, safe='')}?{urlencode({k: v for k, v in where.items() if v})}"
