"""From checked rows to facts: which worker, which agreement, exempt or not, and how much is withheld."""

from __future__ import annotations

import numpy as np
import polars as pl

from lingbao.registry.orders.platforms import Agreement
from lingbao.registry.orders.rules import METHODS, withheld_fen
from lingbao.registry.orders.validation import FAULTS


def with_agreement(orders: pl.DataFrame, agreements: list[Agreement]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add ``method`` and ``number`` of the agreement in force on each business date.

    Returns
    -------
    tuple of polars.DataFrame
        The rows that have all their agreement needs, and the faults of the others.
    """
    days = orders["business_date"].unique().to_list()
    chosen = [(day, next((a for a in agreements if a.since <= day <= a.until), None)) for day in days]
    table = pl.DataFrame(
        {"business_date": [day for day, _ in chosen],
         "method": [None if a is None else METHODS.index(a.method) for _, a in chosen],
         "number": [None if a is None else a.number for _, a in chosen]},
        schema={"business_date": pl.Date, "method": pl.Int8, "number": pl.Float64})
    joined = orders.join(table, on="business_date", how="left", maintain_order="left")
    lacking = joined.filter(pl.col("method").is_null())
    timeless = joined.filter((pl.col("method") == METHODS.index("hours")) & ~pl.col("minutes_given"))
    if not lacking.height and not timeless.height:
        return joined, pl.DataFrame(schema=FAULTS)
    faults = pl.concat([
        lacking.select("row", pl.lit("no_agreement").alias("code"), pl.lit("business_date").alias("field"),
                       pl.col("business_date").cast(pl.String).alias("value")),
        timeless.select("row", pl.lit("minutes_needed").alias("code"), pl.lit("minutes").alias("field"),
                        pl.lit(None, pl.String).alias("value")),
    ])
    return joined.join(faults, on="row", how="anti", maintain_order="left"), faults


def with_exemption(orders: pl.DataFrame, exemptions: pl.DataFrame) -> pl.DataFrame:
    """Add ``exempt``: whether the person behind the worker has employee insurance on the business date.

    Parameters
    ----------
    orders : polars.DataFrame
        With ``row``, ``worker_id`` and ``business_date``.
    exemptions : polars.DataFrame
        ``worker_id, since, until``; days included.
    """
    if exemptions.height == 0:
        return orders.with_columns(pl.lit(False).alias("exempt"))
    covered = orders.select("row", "worker_id", "business_date").join(exemptions, on="worker_id").filter(
        pl.col("business_date").is_between("since", "until"))
    return orders.with_columns(pl.col("row").is_in(covered["row"].unique().implode()).alias("exempt"))


def with_withheld(orders: pl.DataFrame) -> pl.DataFrame:
    """Add ``withheld_fen`` by the compiled rules of the agreements."""
    answer = np.empty(orders.height, dtype=np.int64)
    withheld_fen(*(np.ascontiguousarray(orders[name].to_numpy()) for name in
                   ("method", "orders", "minutes", "income_fen", "number", "exempt")), answer)
    return orders.with_columns(pl.Series("withheld_fen", answer))
