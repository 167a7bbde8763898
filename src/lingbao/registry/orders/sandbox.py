"""Order files to try the interface with: any size, the same for the same seed, with the faults one asks for."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import zstandard

from lingbao.registry.orders.taking import Declaration


@dataclass(frozen=True)
class Faults:
    """How many rows of each kind a trial file shall have besides good ones.

    Parameters
    ----------
    repeated : int
        Rows that say again what an earlier row says.
    unknown_workers : int
        Orders of workers whom no one has linked.
    bad_income : int
        Orders whose income is no number.
    refunds : int
        Cancellations of earlier orders of the file.
    """

    repeated: int = 0
    unknown_workers: int = 0
    bad_income: int = 0
    refunds: int = 0


def references(workers: int) -> list[str]:
    """Return the references that trial files use for this many workers."""
    return [f"rider-{number:07d}" for number in range(1, workers + 1)]


def order_table(orders: int, workers: int, day: date, *, seed: int = 1, first: int = 1,
                faults: Faults | None = None) -> pl.DataFrame:
    """Return good orders of a day, numbered in time from `first`, followed by the rows asked for in `faults`."""
    luck = np.random.default_rng([seed, day.toordinal(), first])
    number = pl.Series("number", np.arange(first, first + orders))
    table = pl.DataFrame({
        "business_date": pl.Series([day]).cast(pl.String).new_from_index(0, orders),
        "order_number": f"{day:%Y%m%d}" + number.cast(pl.String).str.zfill(10),
        "sequence": pl.Series(["0"]).new_from_index(0, orders),
        "worker": pl.Series(references(workers)).gather(luck.integers(0, workers, orders)),
        "income_fen": pl.Series(np.round(luck.lognormal(6.3, 0.5, orders)).astype(np.int64)).cast(pl.String),
        "minutes": pl.Series(luck.integers(8, 60, orders)).cast(pl.String),
    })
    if faults is None:
        return table
    strange = table.head(faults.unknown_workers).with_columns(
        pl.col("order_number") + "-u", pl.col("worker") + "-unknown")
    broken = table.head(faults.bad_income).with_columns(pl.col("order_number") + "-b", pl.lit("ten").alias("income_fen"))
    back = table.head(faults.refunds).with_columns(
        pl.lit("1").alias("sequence"), (pl.lit("-") + pl.col("income_fen")).alias("income_fen"),
        (pl.lit("-") + pl.col("minutes")).alias("minutes"))
    return pl.concat([table, table.head(faults.repeated), strange, broken, back])


def order_file(table: pl.DataFrame, key: str, file_format: str = "csv") -> tuple[Declaration, bytes]:
    """Return a table of orders as a file with the declaration that fits it."""
    text = io.BytesIO()
    kind = file_format.removesuffix(".gz").removesuffix(".zst")
    if kind == "csv":
        table.write_csv(text)
    elif kind == "parquet":
        table.write_parquet(text)
    else:
        table.write_ndjson(text)
    content = text.getvalue()
    if kind == "json":
        content = b'{"orders": [' + b",".join(content.splitlines()) + b"]}"
    if file_format.endswith(".gz"):
        content = gzip.compress(content, compresslevel=1, mtime=0)
    elif file_format.endswith(".zst"):
        content = zstandard.ZstdCompressor(level=3).compress(content)
    income = int(table["income_fen"].cast(pl.Int64, strict=False).sum() or 0)
    return Declaration(key, file_format, table.height, income), content
