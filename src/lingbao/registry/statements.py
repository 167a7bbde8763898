"""A statement that writes one row and returns its number, with what the database refuses said in words."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connection

from lingbao.registry.errors import translated


def returning(sql: str, values: list[Any]) -> int:
    """Run a statement that ends in ``RETURNING`` a number and return it.

    Raises
    ------
    RegistryError
        What the database refused, where the refusal has a meaning of its own.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return int(cursor.fetchone()[0])
    except DatabaseError as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error
