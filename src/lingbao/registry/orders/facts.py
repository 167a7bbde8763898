"""Order facts: each order once, by platform, number and sequence within its business date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from django.db import IntegrityError, transaction

from lingbao.registry.orders import limits
from lingbao.registry.orders.tables import copy, fetch, row, rows
from lingbao.registry.session import SYSTEM, run_as

FACT = ("business_date", "platform_id", "order_number", "sequence", "worker_id", "orders", "minutes", "income_fen",
        "withheld_fen", "exempt", "file_id")
_SENT = ("worker_id", "orders", "minutes", "income_fen")
# Of numbers drawn at random so many are looked up one by one: for each row of the file, and at least.
PROBES_A_ROW = 1
FEWEST_PROBES = 7_000
SAMPLE = 32  # Of each farther day so many, before it is looked through; and of days, at least, and one more for so many rows.
FEWEST_DAYS = 30
ROWS_A_DAY = 250
_MET = {"row": pl.Int64, "same": pl.Boolean, "recorded_file": pl.Int64, "recorded": pl.String, "sent": pl.String}


@dataclass(frozen=True)
class Recorded:
    """What became of the rows.

    Parameters
    ----------
    fresh : polars.DataFrame
        Rows that are facts now because of this file.
    duplicates : int
        Rows that say what a fact said before.
    conflicts : polars.DataFrame
        Rows that contradict a fact: ``row, business_date, order_number, sequence, recorded_file, recorded, sent``.
    """

    fresh: pl.DataFrame
    duplicates: int
    conflicts: pl.DataFrame


def make_partitions(dates: list[date]) -> None:
    """Make the partitions of these days that are not there, each in a transaction of its own, before facts are written."""
    for day in dates:
        run_as(SYSTEM, lambda day=day: rows("SELECT orders_partition(%s)", [day]))  # type: ignore[misc]


def exempt_as_ordered(orders: pl.DataFrame) -> pl.DataFrame:
    """Let a correction follow its order: what was withheld before the person's proof was approved is given back in full (inside a transaction)."""
    asked = orders.filter(pl.col("exempt") & (pl.col("sequence") > 0))
    if asked.height == 0:
        return orders
    found = rows("SELECT a.row FROM unnest(%s::bigint[], %s::date[], %s::text[]) AS a (row, day, number) JOIN orders_fact f ON f.business_date = a.day"
                 " AND f.platform_id = %s AND f.order_number = a.number AND f.sequence = 0 AND NOT f.exempt",
                 [asked["row"].to_list(), asked["business_date"].to_list(), asked["order_number"].to_list(), int(asked["platform_id"][0])])
    return orders.with_columns(pl.col("exempt") & ~pl.col("row").is_in([number for number, in found]))


def record(orders: pl.DataFrame) -> Recorded:
    """Write orders as facts (inside an open transaction); those known before are told apart and left as they are.

    Parameters
    ----------
    orders : polars.DataFrame
        ``row`` and the columns `FACT`, sorted by order number and sequence. Two files that share orders therefore wait
        for each other and never in a ring.
    """
    elsewhere = _on_other_days(orders)
    orders = orders.join(elsewhere, on="row", how="anti", maintain_order="left") if elsewhere.height else orders
    parts = [_record_day(day, part) for (day,), part in sorted(orders.partition_by("business_date", as_dict=True).items())]
    return Recorded(pl.concat([orders.clear(), *(part.fresh for part in parts)]), sum(part.duplicates for part in parts),
                    pl.concat([elsewhere, *(part.conflicts for part in parts)]))


def _on_other_days(orders: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose number and sequence stand under another business date, `limits.DAYS_BACK` to either side of the file's.

    Each file keeps the least and the greatest number of each of its days, so only days are looked at whose numbers overlap.
    Numbers that grow in time hardly do, and every row is looked up there. Where numbers are drawn at random all days overlap:
    then the nearest days are looked through row by row, of the others `SAMPLE` rows each, and the whole day once one of them
    is met. What escapes even that is found by the audit (``orders.number_on_two_days``).
    """
    if orders.height == 0:
        return _no_conflicts()
    days, platform, numbers = orders["business_date"].unique().sort().to_list(), int(orders["platform_id"][0]), orders["order_number"]
    spans = rows(
        "SELECT business_date, min(first_number), max(last_number) FROM orders_file_day WHERE platform_id = %s"
        " AND last_number >= %s AND first_number <= %s AND business_date BETWEEN %s AND %s"
        " AND NOT (business_date = ANY(%s) AND cardinality(%s) = 1) GROUP BY 1",
        [platform, numbers[0], numbers[-1], min(days) - timedelta(limits.DAYS_BACK), max(days) + timedelta(limits.DAYS_BACK), days, days])
    spans.sort(key=lambda span: min(abs((span[0] - day).days) for day in (days[0], days[-1])))
    left, farther = max(FEWEST_PROBES, PROBES_A_ROW * orders.height), max(FEWEST_DAYS, orders.height // ROWS_A_DAY)
    found = [_no_conflicts()]
    for day, low, high in spans:
        first, last = numbers.search_sorted(low, side="left"), numbers.search_sorted(high, side="right")
        part = orders.slice(first, last - first).select("row", "business_date", "order_number", "sequence")
        part = part.filter(pl.col("business_date") != day) if len(days) > 1 else part
        left -= part.height
        if left < 0 and part.height > SAMPLE:
            farther -= 1
            if farther < 0 or not _standing_on(day, part.gather_every(part.height // SAMPLE), platform).height:
                continue
        if part.height:
            found.append(_standing_on(day, part, platform))
    return pl.concat(found).unique("row", keep="first", maintain_order=True)


def _standing_on(day: date, asked: pl.DataFrame, platform: int) -> pl.DataFrame:
    """Return the rows of `asked` that are facts of `day`, as conflicts."""
    found = rows("SELECT a.row, f.file_id FROM unnest(%s::bigint[], %s::text[], %s::smallint[]) AS a (row, number, sequence)"
                 " JOIN orders_fact f ON f.business_date = %s AND f.platform_id = %s AND f.order_number = a.number"
                 " AND f.sequence = a.sequence",
                 [asked["row"].to_list(), asked["order_number"].to_list(), asked["sequence"].to_list(), day, platform])
    met = pl.DataFrame(found, orient="row", schema={"row": pl.Int64, "recorded_file": pl.Int64})
    return asked.join(met, on="row").with_columns(
        recorded=pl.lit(f"business_date={day}"), sent="business_date=" + pl.col("business_date").cast(pl.String))


def _record_day(day: date, orders: pl.DataFrame) -> Recorded:
    partition = f"orders_fact_{day:%Y%m%d}"
    try:
        # Nearly always no order is known: straight into the partition, whose key would refuse a known one.
        with transaction.atomic():
            copy(partition, orders.select(FACT))
        return Recorded(orders, 0, _no_conflicts())
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", None) != "23505":
            raise
    return _record_beside_known(partition, day, orders)


def _record_beside_known(partition: str, day: date, orders: pl.DataFrame) -> Recorded:
    """Write the rows that are not known, and compare the others with what is recorded."""
    rows("CREATE TEMP TABLE IF NOT EXISTS orders_staging (LIKE orders_fact) ON COMMIT DROP")
    rows("ALTER TABLE pg_temp.orders_staging ADD COLUMN IF NOT EXISTS row bigint")
    rows("TRUNCATE pg_temp.orders_staging")
    copy("pg_temp.orders_staging", orders.select("row", *FACT))
    rows("ANALYZE pg_temp.orders_staging")
    rows(f"INSERT INTO {partition} ({', '.join(FACT)}) SELECT {', '.join(FACT)} FROM pg_temp.orders_staging"
         " ORDER BY order_number, sequence ON CONFLICT DO NOTHING")
    platform, file = orders["platform_id"][0], orders["file_id"][0]
    same = " AND ".join(f"f.{name} = s.{name}" for name in _SENT)
    # The worker by the platform's own reference: the registry's number of a worker is nobody else's business.
    told = {side: f"concat_ws(' ', 'worker=' || (SELECT w.reference FROM orders_worker w WHERE w.id = {side}.worker_id), "
                  + ", ".join(f"'{name}=' || {side}.{name}" for name in _SENT if name != "worker_id") + ")" for side in "fs"}
    met = fetch(
        f"SELECT s.row, {same}, f.file_id, CASE WHEN NOT ({same}) THEN {told['f']} END,"
        f" CASE WHEN NOT ({same}) THEN {told['s']} END FROM pg_temp.orders_staging s JOIN orders_fact f"
        f" ON f.business_date = '{day}' AND f.platform_id = {int(platform)} AND f.order_number = s.order_number"
        f" AND f.sequence = s.sequence WHERE f.file_id <> {int(file)}", _MET)
    fresh = orders.join(met, on="row", how="anti", maintain_order="left")
    conflicts = orders.select("row", "business_date", "order_number", "sequence").join(
        met.filter(~pl.col("same")).drop("same"), on="row", how="inner")
    return Recorded(fresh, int(met["same"].sum()), conflicts)


def _no_conflicts() -> pl.DataFrame:
    return pl.DataFrame(schema={"row": pl.Int64, "business_date": pl.Date, "order_number": pl.String,
                                "sequence": pl.Int64, "recorded_file": pl.Int64, "recorded": pl.String, "sent": pl.String})


def partitions() -> int:
    """Return how many days have a partition."""
    found = row("SELECT count(*) FROM pg_inherits WHERE inhparent = 'orders_fact'::regclass")
    return int(found[0]) if found else 0
