"""Tables of rows to and from the database, all rows at once."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection

TYPES = {
    pl.Int64: "bigint", pl.Int32: "integer", pl.UInt32: "bigint", pl.String: "text", pl.Date: "date", pl.Boolean: "boolean",
}


def rows(sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Return all rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def row(sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...] | None:
    """Return the first row of a query, or None."""
    found = rows(sql, values)
    return found[0] if found else None


def insert(table: str, frame: pl.DataFrame) -> None:
    """Insert a table of rows in one statement; it obeys row policies, as COPY would not."""
    if frame.height == 0:
        return
    casts = ", ".join(f"%s::{TYPES[dtype.base_type()]}[]" for dtype in frame.dtypes)
    names = ", ".join(frame.columns)
    rows(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({casts})", [column.to_list() for column in frame])


def copy(table: str, frame: pl.DataFrame) -> None:
    """Append a table of rows by COPY, the fastest way in; the target may have no row policies."""
    text = io.BytesIO()
    frame.write_csv(text, include_header=False)
    names = ", ".join(frame.columns)
    with connection.wrap_database_errors, connection.cursor() as cursor, \
            cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as stream:
        stream.write(text.getbuffer())


def fetch(sql: str, schema: dict[str, Any]) -> pl.DataFrame:
    """Return the answer of a query (without parameters) as a table, by COPY."""
    text = io.BytesIO()
    with connection.wrap_database_errors, connection.cursor() as cursor, \
            cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as stream:
        for block in stream:
            text.write(block)
    if text.tell() == 0:
        return pl.DataFrame(schema=schema)
    text.seek(0)
    booleans = [name for name, dtype in schema.items() if dtype == pl.Boolean]
    read = pl.read_csv(text, has_header=False, schema={n: pl.String if n in booleans else t for n, t in schema.items()})
    return read.with_columns(pl.col(booleans) == "t")
