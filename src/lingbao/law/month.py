"""Months as single integers: ``year * 12 + month - 1``, the unit of time of the whole engine."""

from __future__ import annotations

import re
from datetime import date

from lingbao.law.errors import InputError
from lingbao.law.rule import scalar

MONTHS_PER_YEAR = 12
FIRST_MONTH = 1900 * MONTHS_PER_YEAR
LAST_MONTH = 2200 * MONTHS_PER_YEAR - 1

_WRITTEN = re.compile(r"^\s*(\d{4})\s*(?:-|/|\.|年)\s*(\d{1,2})\s*(?:月)?(?:(?:-|/|\.)?\s*\d{1,2}日?)?\s*$")
_DIGITS = re.compile(r"^\s*(\d{4})(\d{2})(?:\d{2})?\s*$")


def month(year: int, month_of_year: int) -> int:
    """Return the month integer of a calendar month.

    Raises
    ------
    InputError
        If the month is not 1 to 12 or the year lies outside 1900 to 2199.
    """
    if not 1 <= month_of_year <= MONTHS_PER_YEAR:
        raise InputError(
            "month.range",
            value=f"{year}-{month_of_year}",
            zh=f"月份“{month_of_year}”不存在，应为 1 到 12。",
            en=f"There is no month {month_of_year}; it must be 1 to 12.",
        )
    value = year * MONTHS_PER_YEAR + month_of_year - 1
    if not FIRST_MONTH <= value <= LAST_MONTH:
        raise InputError(
            "month.year",
            value=year,
            zh=f"年份“{year}”超出范围，应在 1900 到 2199 之间。",
            en=f"The year {year} is out of range; it must lie between 1900 and 2199.",
        )
    return value


def parse_month(text: object) -> int:
    """Read a month written as ``2025-03``, ``2025/3``, ``202503``, ``2025年3月`` or a date.

    Raises
    ------
    InputError
        If the text is not a month; nothing is guessed.
    """
    if isinstance(text, date):
        return month(text.year, text.month)
    match = _WRITTEN.match(str(text)) or _DIGITS.match(str(text))
    if match is None:
        raise InputError(
            "month.format",
            value=text,
            zh=f"“{text}”不是有效的年月，请写成 1990-05 这样的形式。",
            en=f"'{text}' is not a month; write it like 1990-05.",
        )
    return month(int(match.group(1)), int(match.group(2)))


def format_month(value: int) -> str:
    """Write a month integer as ``YYYY-MM``."""
    return f"{value // MONTHS_PER_YEAR:04d}-{value % MONTHS_PER_YEAR + 1:02d}"


def format_age(months: int, lang: str = "en") -> str:
    """Write an age in months as ``60y3m`` or ``60岁3个月``."""
    years, rest = divmod(int(months), MONTHS_PER_YEAR)
    if lang == "zh":
        return f"{years}岁" + (f"{rest}个月" if rest else "")
    return f"{years}y{rest}m"


@scalar
def year_of(value: int) -> int:
    """Calendar year of a month integer."""
    return value // 12


@scalar
def month_of_year(value: int) -> int:
    """Month of the year, 1 to 12, of a month integer."""
    return value % 12 + 1
