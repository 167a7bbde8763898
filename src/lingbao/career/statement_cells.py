"""Reading one cell of a statement: a month, a year, a number; anything doubtful is an error, never a guess."""

from __future__ import annotations

import re
from datetime import date

from lingbao.career.statement_words import narrow
from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, month, month_of_year, parse_month, year_of

_PLAIN = re.compile(r"[+-]?\d{1,15}(\.\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_YEAR = re.compile(r"(\d{4})(\.0)?\s*(年|年度)?")
_RANGE = re.compile(r"(\d.+?)\s*(?:至|到|~|—+|–|--|\bto\b)\s*(.+)|(\d{6})\s*-\s*(\d{6})")
_NOTHING = {"", "-", "--", "—", "——", "/", "无", "n/a", "none"}


def is_blank(cell: object) -> bool:
    """Say whether a cell holds nothing, or a dash that stands for nothing."""
    return cell is None or (isinstance(cell, str) and narrow(cell).lower() in _NOTHING)


def text_of(cell: object) -> str:
    """Return a cell as narrow text; whole numbers lose the decimal point a spreadsheet gives them."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return narrow(str(cell)).removeprefix("'")


def number_of(cell: object) -> float | None:
    """Read an amount or a count; None for an empty cell.

    Full-width digits, thousands separators, ``¥`` and ``元`` are understood.

    Raises
    ------
    InputError
        If the cell is not a plain decimal number.
    """
    if is_blank(cell):
        return None
    written = text_of(cell).removeprefix("¥").removesuffix("元").strip()
    if isinstance(cell, bool) or not (_PLAIN.fullmatch(written) or _GROUPED.fullmatch(written)):
        raise InputError("statement.number", value=cell, zh=f"“{text_of(cell)}”不是数字，应写成 3024 或 3,024.50 这样。",
                         en=f"'{text_of(cell)}' is not a number; write it like 3024 or 3,024.50.")
    return float(written.replace(",", ""))


def count_of(cell: object, low: int, high: int) -> int | None:
    """Read a whole number within bounds; None for an empty cell.

    Raises
    ------
    InputError
        If it is not whole or lies outside ``low`` … ``high``.
    """
    value = number_of(cell)
    if value is None:
        return None
    if value != int(value) or not low <= value <= high:
        raise InputError("statement.count", value=cell, zh=f"“{text_of(cell)}”应是 {low} 到 {high} 的整数。",
                         en=f"'{text_of(cell)}' must be a whole number from {low} to {high}.")
    return int(value)


def year_from(cell: object) -> int:
    """Read a year written as 2023, 2023年 or 2023年度.

    Raises
    ------
    InputError
        If the cell is not a year.
    """
    if isinstance(cell, date):
        return cell.year
    match = _YEAR.fullmatch(text_of(cell))
    if match is None:
        raise InputError("statement.year", value=cell, zh=f"“{text_of(cell)}”不是年度，应写成 2023 这样。",
                         en=f"'{text_of(cell)}' is not a year; write it like 2023.")
    return year_of(month(int(match.group(1)), 1))


def month_from(cell: object) -> int:
    """Read a month written in any of the usual ways.

    Raises
    ------
    InputError
        If the cell is not a month. A number such as 2023.1 in a spreadsheet may be January or October and is refused.
    """
    if isinstance(cell, float) and not cell.is_integer():
        raise InputError("statement.month", value=cell,
                         zh=f"“{cell}”可能是 1 月，也可能是 10 月，请写成 2023-01 这样。",
                         en=f"'{cell}' may be January or October; write it like 2023-01.")
    return parse_month(cell if isinstance(cell, date) else text_of(cell))


def months_from(cell: object) -> tuple[int, int]:
    """Read a month, or a range such as ``202301-202312`` or ``2023年1月至2023年12月``.

    Returns
    -------
    (int, int)
        First and last month.

    Raises
    ------
    InputError
        If an end is not a month, or the range runs backwards.
    """
    match = None if isinstance(cell, date) else _RANGE.fullmatch(text_of(cell))
    if match is None:
        single = month_from(cell)
        return single, single
    first, last = (month_from(end) for end in match.groups() if end is not None)
    if last < first:
        raise InputError("statement.range", value=cell, zh=f"“{text_of(cell)}”的终止年月早于起始年月，请更正。",
                         en=f"'{text_of(cell)}' ends before it begins; correct it.")
    return first, last


def month_in_year(year: int, cell: object) -> int | None:
    """Read a month of the year, 1 to 12 or ``3月``, as a month of ``year``; None for an empty cell.

    Raises
    ------
    InputError
        If it is not a month, or a full month of another year.
    """
    if is_blank(cell):
        return None
    written = text_of(cell).removesuffix("月")
    if written.isdigit() and len(written) <= 2:
        return month(year, count_of(written, 1, MONTHS_PER_YEAR) or 1)
    full = month_from(cell)
    if year_of(full) != year:
        raise InputError("statement.month_of_year", value=cell, zh=f"“{text_of(cell)}”不在 {year} 年内，请更正。",
                         en=f"'{text_of(cell)}' does not lie in {year}; correct it.")
    return month(year, month_of_year(full))
