"""A statement that writes one row and returns its number, with what the database refuses said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from lingbao.registry.errors import RegistryError, in_words


def returning(sql: str, values: Sequence[Any] | Mapping[str, Any], *, missing: RegistryError | None = None) -> int:
    """Run a statement that ends in ``RETURNING`` a number and return it.

    Parameters
    ----------
    missing : RegistryError, optional
        Raised where no row is there to be written, or none that the actor may write.

    Raises
    ------
    RegistryError
        What the database refused, where the refusal has a meaning of its own.
    """
    with in_words(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    if row is None and missing is not None:
        raise missing
    return int(row[0])
