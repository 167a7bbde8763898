"""Work in the background gives way to pages: its process, and the process of the embedded database that works for it."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

COURTESY = 10  # steps of priority below a page
EMBEDDED = "LINGBAO_EMBEDDED"
"""Set for processes whose database is the site's embedded one: its processes are the site's own, on this machine."""


def give_way() -> None:
    """Let the system give pages the processor before this process and before its connections to an embedded database."""
    os.nice(COURTESY)
    if os.environ.get(EMBEDDED):
        connection_created.connect(_backend_too)


def _backend_too(sender: object, connection: BaseDatabaseWrapper, **more: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend, = cursor.fetchone()
    with contextlib.suppress(PermissionError, ProcessLookupError):  # it stays as it is where the system forbids it
        os.setpriority(os.PRIO_PROCESS, backend, max(COURTESY, os.getpriority(os.PRIO_PROCESS, backend)))
