"""One row of a statement becomes a record, is skipped with a reason, or is refused with the cell at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from lingbao.career.statement_cells import (
    count_of,
    is_blank,
    month_from,
    month_in_year,
    months_from,
    number_of,
    text_of,
    year_from,
)
from lingbao.career.statement_faults import StatementFault
from lingbao.career.statement_record import Kind, Record, Scheme
from lingbao.career.statement_words import limit, mentions, province_of
from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, month

T = TypeVar("T")


class Skip(Exception):
    """A row that is no contribution to the basic pension, with the reason in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Row:
    """A row seen through the columns of its table.

    Attributes
    ----------
    number : int
        Row in the file, from 1.
    cells : list
        The cells as read.
    columns : mapping of str to int
        Position of each canonical column.
    headings : list of str
        The headings as the file prints them.
    """

    number: int
    cells: list[Any]
    columns: Mapping[str, int]
    headings: list[str]

    def __contains__(self, column: str) -> bool:
        return not is_blank(self[column])

    def __getitem__(self, column: str) -> Any:
        position = self.columns.get(column)
        return None if position is None or position >= len(self.cells) else self.cells[position]

    def heading(self, column: str) -> str:
        """Heading of a column as the file prints it."""
        return self.headings[self.columns[column]] if column in self.columns else column

    def fault(self, column: str | None, zh: str, en: str, code: str = "statement.cell") -> StatementFault:
        """Return the fault of this row, or of one of its cells."""
        return StatementFault(self.number, self.heading(column) if column else None,
                              text_of(self[column]) if column else None, zh=zh, en=en, code=code)

    def read(self, column: str, reader: Callable[[Any], T]) -> T:
        """Read a cell; an error names row and column."""
        try:
            return reader(self[column])
        except InputError as error:
            raise self.fault(column, error.zh, error.en, error.code) from error

    def amount(self, column: str, most: int, low: float = 0.0) -> float | None:
        """Read an amount that must lie within ``low`` … ``most``."""
        value = self.read(column, number_of)
        if value is not None and not low <= value <= most:
            raise self.fault(column, f"“{text_of(self[column])}”超出合理范围，应在 {low:g} 到 {most:,} 之间。",
                             f"'{text_of(self[column])}' is out of range; it must lie between {low:g} and {most:,}.")
        return value


def record_of(row: Row, as_of: int, open_year: int | None) -> Record:
    """Turn a row into a record.

    Parameters
    ----------
    row : Row
    as_of : int
        The month in which one looks; no month may lie after it.
    open_year : int or None
        The earliest year of a yearly statement: fewer than twelve months there are its last ones.

    Raises
    ------
    Skip
        For rows of other insurances and years without a paid month.
    StatementFault
        For the first cell that is wrong.
    """
    scheme, kind = _scheme_and_kind(row)
    first, last = _months(row, as_of, open_year)
    if last > as_of:
        column = next(c for c in ("last", "month", "month_of_year", "year", "first") if c in row)
        raise row.fault(column, "这个月份还没有到，缴费记录不可能在将来，请更正。",
                        "This month has not come yet; a contribution cannot lie in the future.", "statement.future")
    most = limit("amount")
    return Record(
        first=first, last=last, base=_base(row, kind, last - first + 1),
        index=row.amount("index", limit("index")) or None,
        scheme=scheme, province=row.read("province", lambda cell: province_of(text_of(cell))) if "province" in row else None,
        kind=kind, account=row.amount("account", most), interest=row.amount("interest", most, low=-float(most)),
    )


def _scheme_and_kind(row: Row) -> tuple[Scheme, Kind]:
    """Read scheme and kind from the columns that name them; refuse words that mean neither."""
    scheme: Scheme = "employee"
    kind: Kind = "paid"
    for column in ("kind", "part", "scheme"):
        if column not in row:
            continue
        said = text_of(row[column])
        if mentions("other_insurance", said):
            raise Skip(f"“{said}”不是基本养老保险，未计入。", f"'{said}' is not the basic pension and is left out.")
        schemes: list[Scheme] = [s for s in ("resident", "employee") if mentions(s, said)]
        kinds: list[Kind] = [k for k in ("deemed", "paused", "paid") if mentions(k, said)]
        if not schemes and (not kinds or column == "scheme"):
            raise row.fault(column, f"“{said}”无法识别；可写：职工、居民，或正常缴费、视同缴费、暂停缴费。",
                            f"'{said}' is not understood; write employee or resident, or paid, deemed or paused.")
        scheme = schemes[0] if schemes else scheme
        kind = kinds[0] if kinds and column == "kind" else kind
    return scheme, kind


def _months(row: Row, as_of: int, open_year: int | None) -> tuple[int, int]:
    """First and last month of the row, whichever way the statement writes them."""
    if "first" in row.columns and "last" in row.columns:
        first = row.read("first", _required(month_from))
        last = row.read("last", _required(month_from))
        if last < first:
            raise row.fault("last", "终止年月早于起始年月，请更正。", "The last month lies before the first; correct it.")
        return _checked_count(row, first, last)
    if "month" in row.columns:
        return _checked_count(row, *row.read("month", _required(months_from)))
    year = row.read("year", _required(year_from))
    if "month_of_year" in row.columns:
        single = row.read("month_of_year", _required(lambda cell: month_in_year(year, cell)))
        assert single is not None
        return single, single
    return _months_of_year(row, year, as_of, open_year)


def _months_of_year(row: Row, year: int, as_of: int, open_year: int | None) -> tuple[int, int]:
    """Place the months of a yearly row: by its month columns if it has them, else by their number."""
    first = row.read("first_month_of_year", lambda cell: month_in_year(year, cell))
    last = row.read("last_month_of_year", lambda cell: month_in_year(year, cell))
    count = row.read("months", lambda cell: count_of(cell, 0, MONTHS_PER_YEAR))
    if count == 0:
        raise Skip(f"{year} 年没有缴费月数，未计入。", f"{year} has no months paid and is left out.")
    if first is None and last is None and count is None:
        raise row.fault("months" if "months" in row.columns else None, "没有缴费月数，无法知道缴了几个月，请补上。",
                        "The number of months paid is missing; add it.")
    january, december = month(year, 1), month(year, MONTHS_PER_YEAR)
    if first is None and last is None and count is not None:
        end = min(december, as_of) if december >= as_of >= january else december
        first = max(january, end - count + 1) if year == open_year else january
    if first is None:
        first = last - count + 1 if last is not None and count is not None else january
    if last is None:
        last = first + count - 1 if count is not None else december
    if last < first or first < january or last > december:
        raise row.fault("months" if "months" in row.columns else None, "起止月份与缴费月数不符，请更正。",
                        "First month, last month and number of months do not fit together; correct them.")
    return _checked_count(row, first, last)


def _checked_count(row: Row, first: int, last: int) -> tuple[int, int]:
    """Refuse a row whose number of months contradicts its first and last month."""
    count = row.read("months", lambda cell: count_of(cell, 0, last - first + 1))
    if count == 0:
        raise Skip("本行缴费月数为 0，未计入。", "This row has no months paid and is left out.")
    if count is not None and count != last - first + 1:
        raise row.fault("months", f"起止年月之间有 {last - first + 1} 个月，却写着 {count} 个月；请把中断的月份分行列出。",
                        f"From first to last month are {last - first + 1} months, but {count} are stated; list the interruption in rows of its own.")
    return first, last


def _base(row: Row, kind: Kind, months: int) -> float | None:
    """Read the monthly base, or divide the yearly sum of bases by the months."""
    column = "base" if "base" in row else "year_base"
    most = limit("base") * (1 if column == "base" else MONTHS_PER_YEAR)
    value = row.amount(column, most)
    if value is None:
        return None
    if value == 0:
        if kind == "paid":
            raise row.fault(column, "缴费基数为 0，却不是暂停缴费；请填写基数，或在缴费类型中写“暂停缴费”。",
                            "The base is 0 although the month is not marked as paused; give the base or mark it as paused.")
        return None
    return value if column == "base" else round(value / months, 2)


def _required(reader: Callable[[Any], T]) -> Callable[[Any], T]:
    def read(cell: Any) -> T:
        if is_blank(cell):
            raise InputError("statement.empty", value=None, zh="此格为空，请补上。", en="The cell is empty; fill it in.")
        return reader(cell)

    return read
