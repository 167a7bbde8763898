"""Fresh databases cloned from the migrated template."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

_numbers = itertools.count(1)


def use(name: str) -> None:
    """Point every new connection of this process to the database `name`."""
    from django.db import connection, connections

    connection.close()
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


@contextmanager
def fresh(template: str) -> Iterator[str]:
    """Clone the template, point this process to the clone, and throw it away at the end."""
    from django.db import connection

    name = f"registry_{next(_numbers)}"
    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    use(name)
    yield name
    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
