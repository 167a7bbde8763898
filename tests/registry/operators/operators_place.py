"""A small demonstration nation and an empty database, for the tests of operators' commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

TODAY = date(2026, 11, 21)


def small_nation(people: int = 62, seed: int = 1) -> Any:
    """Load a demonstration of so many people, without what they and others do later."""
    from lingbao.registry.operations.demonstration_load import load

    return load(people, seed, TODAY, affairs=False)


@contextmanager
def empty_database() -> Iterator[None]:
    """Point this process to a new database without any table, and back again."""
    from conftest_database import use
    from django.db import connection

    before = connection.settings_dict["NAME"]
    use("postgres")
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS restored WITH (FORCE)")
        cursor.execute("CREATE DATABASE restored")
    use("restored")
    try:
        yield
    finally:
        use("postgres")
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE restored WITH (FORCE)")
        use(before)
