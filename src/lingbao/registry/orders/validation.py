"""Which rows can be taken as orders: every check is one pass over a column, and every fault is named by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from lingbao.registry.orders import limits
from lingbao.registry.orders.reading import COLUMNS

NAME = r"\A[A-Za-z0-9._-]{1,64}\z"
HIGHEST_INCOME = 100_000_000
KEY = ("order_number", "sequence")
CONTENT = ("business_date", "worker", "orders", "minutes", "income_fen")
FAULTS = {"row": pl.Int64, "code": pl.String, "field": pl.String, "value": pl.String}


@dataclass(frozen=True)
class Checked:
    """What the checks found.

    Parameters
    ----------
    rows : int
        Rows of the file.
    income_fen : int
        Sum of the income of all rows in which it can be read, as the declaration counts it.
    taken : polars.DataFrame
        The rows that can be taken, typed, sorted by order number and sequence.
    repeated : int
        Rows that say again, word for word, what another row of the file says.
    faults : polars.DataFrame
        ``row, code, field, value``: what is wrong with the others.
    """

    rows: int
    income_fen: int
    taken: pl.DataFrame
    repeated: int
    faults: pl.DataFrame


def validate(texts: pl.DataFrame, today: date, *, oldest: date | None = None) -> Checked:
    """Check the rows of a file as `reading.read` gives them.

    Parameters
    ----------
    texts : polars.DataFrame
        ``row`` and the columns as text.
    today : datetime.date
        The day in China on which the file came.
    oldest : datetime.date, optional
        Earliest business date; default is `limits.DAYS_BACK` days before `today`.
    """
    oldest = oldest or today - timedelta(limits.DAYS_BACK)
    typed = _typed(texts)
    original = pl.col("sequence") == 0
    checks = (
        ("bad_business_date", "business_date", pl.col("business_date").is_null()),
        ("date_in_future", "business_date", pl.col("business_date") > today),
        ("date_too_old", "business_date", pl.col("business_date") < oldest),
        ("bad_order_number", "order_number", ~pl.col("order_number").str.contains(NAME).fill_null(False)),
        ("bad_sequence", "sequence", pl.col("sequence").is_null()),
        ("bad_worker", "worker", ~pl.col("worker").str.contains(NAME).fill_null(False)),
        ("bad_orders", "orders", ~(pl.when(original).then(pl.col("orders") == 1)
                                   .otherwise(pl.col("orders").is_between(-1, 1))).fill_null(False)),
        ("bad_minutes", "minutes", ~_within("minutes", 1440).fill_null(False) & pl.col("minutes_given")),
        ("bad_income", "income_fen", ~_within("income_fen", HIGHEST_INCOME).fill_null(False)),
    )
    masks = typed.select(condition.fill_null(False).alias(code) for code, _, condition in checks)
    found = [
        texts.filter(masks[code]).select(pl.col("row").cast(pl.Int64), pl.lit(code).alias("code"),
                                         pl.lit(field).alias("field"), pl.col(field).str.slice(0, 100).str.replace_all("\x00", "␀", literal=True).alias("value"))
        for code, field, _ in checks if masks[code].any()
    ]
    sound = typed if not found else typed.filter(~masks.select(pl.any_horizontal(pl.all())).to_series())
    taken, repeated, contradicting = _once(sound)
    if contradicting.height:
        found.append(contradicting)
    faults = pl.concat(found).sort("row", "code") if found else pl.DataFrame(schema=FAULTS)
    return Checked(texts.height, int(typed["income_fen"].sum() or 0), taken, repeated, faults)


def _within(column: str, most: int) -> pl.Expr:
    """Between nothing and `most` for an order, between minus and plus `most` for its correction."""
    least = pl.when(pl.col("sequence") == 0).then(0).otherwise(-most)
    return pl.col(column).is_between(least, most)


def _typed(texts: pl.DataFrame) -> pl.DataFrame:
    """Read the texts as dates and integers; what cannot be read becomes null, what may be left out its default."""
    sequence = pl.when(pl.col("sequence").is_null()).then(pl.lit("0")).otherwise(pl.col("sequence"))
    number = pl.col("sequence").fill_null("0").cast(pl.Int64, strict=False)
    return texts.select(
        pl.col("row").cast(pl.Int64),
        pl.when(pl.col("business_date").str.len_bytes() == 10)
        .then(pl.col("business_date").str.to_date("%Y-%m-%d", strict=False)).alias("business_date"),
        "order_number",
        pl.when(number.is_between(0, 32767)).then(sequence.cast(pl.Int64, strict=False)).alias("sequence"),
        "worker",
        pl.when(pl.col("orders").is_null()).then((number == 0).cast(pl.Int64))
        .otherwise(pl.col("orders").cast(pl.Int64, strict=False)).alias("orders"),
        pl.col("minutes").fill_null("0").cast(pl.Int64, strict=False).alias("minutes"),
        pl.col("minutes").is_not_null().alias("minutes_given"),
        pl.col("income_fen").cast(pl.Int64, strict=False),
    )


def _once(sound: pl.DataFrame) -> tuple[pl.DataFrame, int, pl.DataFrame]:
    """Keep one row of each order number and sequence; rows that contradict each other are all left out."""
    number = sound["order_number"]
    if number.is_sorted() and not (number == number.shift(1)).any():
        return sound, 0, pl.DataFrame(schema=FAULTS)  # in order already and all different, as good files are
    ordered = sound.sort(*KEY, "row")
    same_key = pl.all_horizontal(pl.col(name) == pl.col(name).shift(1) for name in KEY).fill_null(False)
    again = ordered.select(same_key).to_series()
    if not again.any():
        return ordered, 0, pl.DataFrame(schema=FAULTS)
    differs = pl.any_horizontal(pl.col(name).n_unique().over(*KEY) > 1 for name in CONTENT)
    ordered = ordered.with_columns(differs.alias("differs"), again.alias("again"))
    contradicting = ordered.filter("differs").select(
        "row", pl.lit("contradiction").alias("code"), pl.lit("order_number").alias("field"),
        pl.col("order_number").alias("value"))
    kept = ordered.filter(~pl.col("differs"))
    return kept.filter(~pl.col("again")).drop("differs", "again"), int(kept["again"].sum()), contradicting


assert set(COLUMNS) == {*KEY, *CONTENT}
