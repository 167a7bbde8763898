"""From a file of any accepted format to one table of texts; what the texts mean is asked in `validation`."""

from __future__ import annotations

import io
import json

import polars as pl

from lingbao.registry.orders import limits
from lingbao.registry.orders.parquet_size import BrokenFile, unpacked_bytes
from lingbao.registry.orders.unpacking import (
    FileRefused,
    check_text,
    refused,
    too_large,
    unpacked,
    unpacked_zstd,
)

FORMATS = ("csv", "csv.gz", "csv.zst", "ndjson", "ndjson.gz", "ndjson.zst", "json", "parquet")
NEEDED = ("business_date", "order_number", "worker", "income_fen")
OPTIONAL = ("sequence", "orders", "minutes")
COLUMNS = NEEDED + OPTIONAL


def read(content: bytes, file_format: str) -> pl.DataFrame:
    """Return the rows of a file as texts, with ``row`` counted from 1.

    Parameters
    ----------
    content : bytes
        The file as it was sent.
    file_format : str
        One of :data:`FORMATS`.

    Returns
    -------
    polars.DataFrame
        ``row`` and :data:`COLUMNS`, all text; a column that the file does not have is null.

    Raises
    ------
    FileRefused
        If the file cannot be read as what it is said to be.
    """
    if file_format not in FORMATS:
        raise refused("format", f"格式“{file_format}”不接受；可用：{'、'.join(FORMATS)}。",
                      f"format '{file_format}' is not taken; known: {', '.join(FORMATS)}.", file_format)
    if len(content) > (limits.BATCH_BYTES if file_format == "json" else limits.FILE_BYTES):
        raise too_large(len(content))
    if file_format.endswith(".gz"):
        content, file_format = unpacked(content), file_format.removesuffix(".gz")
    elif file_format.endswith(".zst"):
        content, file_format = unpacked_zstd(content), file_format.removesuffix(".zst")
    if file_format == "parquet":
        frame = _parquet(content)
    else:
        check_text(content, in_lines=file_format != "json")
        frame = {"csv": _csv, "ndjson": _ndjson, "json": _json}[file_format](content)
    if frame.height > limits.ROWS:
        raise too_large(frame.height)
    missing = [name for name in OPTIONAL if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in missing)
    rows = frame.select(COLUMNS).with_row_index("row", offset=1)
    return rows.filter(pl.any_horizontal(pl.col(NEEDED).is_not_null()))  # an empty line is no row


def _check_columns(names: list[str]) -> None:
    """Refuse a table that lacks a needed column or has one that nobody knows."""
    lacking = [name for name in NEEDED if name not in names]
    if lacking:
        raise refused("columns", f"缺少列：{'、'.join(lacking)}。", f"columns are missing: {', '.join(lacking)}.", lacking)
    strange = [name for name in names if name not in COLUMNS]
    if strange:
        shown = ", ".join(_storable(name[:40]) for name in strange[:5])
        raise refused("columns", f"有不认识的列：{shown}。可用的列：{'、'.join(COLUMNS)}。",
                      f"unknown columns: {shown}. Known: {', '.join(COLUMNS)}.", shown)


def _csv(content: bytes) -> pl.DataFrame:
    header = content.partition(b"\n")[0].decode("utf-8-sig").strip().replace('"', "").split(",")
    _check_columns(header)
    if len(set(header)) != len(header):
        raise refused("columns", "有重名的列。", "a column name occurs twice.", ", ".join(header))
    try:
        return pl.read_csv(content, schema=dict.fromkeys(header, pl.String), n_rows=limits.ROWS + 1)
    except pl.exceptions.PolarsError as error:
        raise refused("csv", "CSV 有某行的列数比表头多，或引号没有成对。",
                      "a line of the CSV has more cells than the header, or a quote is not closed.",
                      str(error).partition("\n")[0][:120]) from None


def _ndjson(content: bytes) -> pl.DataFrame:
    first = content.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    try:
        named = json.loads(first)
    except (ValueError, RecursionError):
        raise _bad_line(content) from None
    if not isinstance(named, dict):
        raise _bad_line(content)
    if content.count(b"\n") > limits.ROWS + 1:
        raise too_large(content.count(b"\n"))
    try:
        return pl.read_ndjson(content.removeprefix(b"\xef\xbb\xbf"), schema=dict.fromkeys(COLUMNS, pl.String))
    except pl.exceptions.PolarsError:
        raise _bad_line(content) from None


def _bad_line(content: bytes) -> FileRefused:
    """Find the first line that is not a JSON object, for the message."""
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        try:
            bad = not isinstance(json.loads(line), dict)
        except (ValueError, RecursionError):
            bad = True
        if bad:
            return refused("ndjson", f"第 {number} 行不是 JSON 对象。", f"line {number} is not a JSON object.", number)
    return refused("ndjson", "不是每行一个 JSON 对象的文件。", "it is not a file with one JSON object a line.")


def _json(content: bytes) -> pl.DataFrame:
    shape = refused("json", '应为 {"orders": [ {…}, … ]}。', 'it must be {"orders": [ {…}, … ]}.')
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        raise shape from None
    orders = parsed.get("orders") if isinstance(parsed, dict) else None
    if not isinstance(orders, list) or not all(isinstance(order, dict) for order in orders):
        raise shape
    _check_columns(list({name for order in orders for name in order} | set(NEEDED)))
    texts = {name: [_text(order.get(name)) for order in orders] for name in COLUMNS}
    return pl.DataFrame(texts, schema=dict.fromkeys(COLUMNS, pl.String))


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.encode(errors="replace").decode() if isinstance(value, str) else json.dumps(value)


def _storable(text: str) -> str:
    """Return a text without what JSON can escape and neither UTF-8 nor the database holds: half characters and NUL."""
    return text.encode(errors="replace").decode().replace("\x00", "␀")


def _parquet(content: bytes) -> pl.DataFrame:
    try:
        size = unpacked_bytes(content)
    except BrokenFile:
        raise refused("parquet", "不是完整的 Parquet 文件。", "it is not a complete Parquet file.") from None
    if size > limits.UNPACKED_BYTES:
        raise too_large(size)
    try:
        names = list(pl.read_parquet_schema(io.BytesIO(content)))
        _check_columns(names)
        table = pl.scan_parquet(io.BytesIO(content))
        if table.select(pl.len()).collect().item() > limits.ROWS:
            raise too_large(f"> {limits.ROWS}")
        return table.select(pl.col(names).cast(pl.String, strict=False)).collect()
    except FileRefused:
        raise
    except BaseException as error:  # the reader panics on some broken files, and a panic is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise refused("parquet", "Parquet 文件损坏，或某列不是文本、整数或日期。",
                      "the Parquet file is broken, or a column is not text, integer or date.") from None
