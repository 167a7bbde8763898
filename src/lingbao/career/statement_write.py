"""Writing records as a statement that people can open, correct and upload again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Literal

from lingbao.career.statement_record import Record, by_month, by_year, order
from lingbao.career.statement_words import label, province_name, written
from lingbao.law.errors import InputError
from lingbao.law.month import format_month, month_of_year, year_of

Cell = str | int | float | None
_WHEN: dict[str, tuple[str, ...]] = {
    "month": ("month",),
    "year": ("year", "first_month_of_year", "last_month_of_year", "months"),
    "spell": ("first", "last", "months"),
}
_WHAT = ("base", "index", "scheme", "province", "kind", "account", "interest")
_SPLIT: dict[str, Callable[[Iterable[Record]], list[Record]]] = {
    "month": by_month, "year": by_year, "spell": lambda records: sorted(records, key=order),
}
# A spreadsheet program runs a cell that begins with one of these as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_statement(records: Iterable[Record], target: str | Path | BinaryIO,
                    format: Literal["csv", "xlsx"] = "csv", by: Literal["month", "year", "spell"] = "month",
                    lang: str = "zh") -> None:
    """Write records as CSV (UTF-8 with a mark, so that Excel reads it) or XLSX.

    Parameters
    ----------
    records : iterable of Record
    target : path or binary stream
    format : {"csv", "xlsx"}
    by : {"month", "year", "spell"}
        One row per month, per run within a year, or per run. Amounts of a run are divided over its months in fen.
    lang : {"zh", "en"}
        Language of headings and words. Both are read back by ``read_statement``.

    Raises
    ------
    InputError
        If format or rhythm is unknown, or the file cannot be written.
    """
    if format not in ("csv", "xlsx") or by not in _WHEN:
        raise InputError("statement.format", value=f"{format}, {by}",
                         zh="格式应为 csv 或 xlsx，方式应为 month（按月）、year（按年）或 spell（按时段）。",
                         en="The format must be csv or xlsx, and 'by' must be month, year or spell.")
    columns = _WHEN[by] + _WHAT
    rows: list[list[Cell]] = [[label(column, lang) for column in columns]]
    rows += [[_neutral(_cell(record, column, lang)) for column in columns] for record in _SPLIT[by](records)]
    content = _as_csv(rows) if format == "csv" else _as_xlsx(rows)
    if not isinstance(target, str | Path):
        target.write(content)
        return
    try:
        Path(target).write_bytes(content)
    except OSError as error:
        raise InputError("statement.write", value=str(target), zh=f"无法写入“{target}”：{error.strerror}。",
                         en=f"Cannot write '{target}': {error.strerror}.") from error


def _cell(record: Record, column: str, lang: str) -> Cell:
    """Return what stands in one column for a record."""
    if column in ("month", "first"):
        return format_month(record.first)
    if column == "last":
        return format_month(record.last)
    if column == "year":
        return year_of(record.first)
    if column == "first_month_of_year":
        return month_of_year(record.first)
    if column == "last_month_of_year":
        return month_of_year(record.last)
    if column in ("scheme", "kind"):
        return written(getattr(record, column), lang)
    if column == "province":
        return None if record.province is None else province_name(record.province, lang)
    value: Cell = getattr(record, column)
    return value


def _neutral(cell: Cell) -> Cell:
    """Put an apostrophe before text that a spreadsheet program would run."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def _as_csv(rows: list[list[Cell]]) -> bytes:
    def shown(cell: Cell) -> str:
        if isinstance(cell, float):
            return format(Decimal(repr(cell)), "f").removesuffix(".0")
        return "" if cell is None else str(cell)

    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([shown(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _as_xlsx(rows: list[list[Cell]]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for place, heading in enumerate(rows[0]):
        sheet.set_column(place, place, 2 * len(str(heading)) + 4)
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, place, cell)
            elif cell is not None:
                sheet.write_number(number, place, cell)
    sheet.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()
