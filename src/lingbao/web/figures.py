"""Figures as people read them, shared by pages, tables and print."""

from __future__ import annotations

import math
import re
from datetime import date

from lingbao.law.month import MONTHS_PER_YEAR, parse_month

UNKNOWN = "—"
_MONTH = re.compile(r"(?<![\d-])\d{4}-(?:0[1-9]|1[0-2])(?![\d-])")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)


def _missing(value: float | int | str | None) -> bool:
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def yuan(amount: float | None, lang: str = "zh", decimals: int = 0) -> str:
    """Write money: ``1,234 元`` or ``¥1,234``."""
    if amount is None or _missing(amount):
        return UNKNOWN
    sign = "−" if round(amount, decimals) < 0 else ""
    digits = f"{abs(amount):,.{decimals}f}"
    return f"{sign}{digits} 元" if lang == "zh" else f"{sign}¥{digits}"


def exact_yuan(fen: int | None) -> str:
    """Write an amount in fen as yuan with two decimals, without rounding: ``−1,234.05``."""
    if fen is None:
        return UNKNOWN
    yuan, rest = divmod(abs(int(fen)), 100)
    return f"{'−' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def month(value: int | str | None, lang: str = "zh") -> str:
    """Write a calendar month: ``2041年3月`` or ``March 2041``."""
    if value is None or _missing(value):
        return UNKNOWN
    number = parse_month(value) if isinstance(value, str) else int(value)
    year, of_year = divmod(number, MONTHS_PER_YEAR)
    return f"{year}年{of_year + 1}月" if lang == "zh" else f"{MONTH_NAMES[of_year]} {year}"


def day(value: date | None, lang: str = "zh") -> str:
    """Write a day: ``2041年3月5日`` or ``5 March 2041``; in English as ``web/formats`` has templates write it."""
    if value is None:
        return UNKNOWN
    return f"{value.year}年{value.month}月{value.day}日" if lang == "zh" else f"{value.day} {MONTH_NAMES[value.month - 1]} {value.year}"


def months_said(text: str, lang: str = "zh") -> str:
    """Return a sentence with its months in words: errors name them as the interfaces write them, such as ``2041-03``."""
    return _MONTH.sub(lambda found: month(found[0], lang), text)


def age(months: float | None, lang: str = "zh") -> str:
    """Write an age: ``58岁3个月`` or ``58 years 3 months``."""
    if months is None or _missing(months):
        return UNKNOWN
    years, rest = divmod(round(months), MONTHS_PER_YEAR)
    if lang == "zh":
        return f"{years}岁" + (f"{rest}个月" if rest else "")
    return _english(years, rest)


def span(months: float | None, lang: str = "zh") -> str:
    """Write a length of time: ``15年3个月`` or ``15 years 3 months``."""
    if months is None or _missing(months):
        return UNKNOWN
    years, rest = divmod(round(months), MONTHS_PER_YEAR)
    if lang == "zh":
        return (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")
    return _english(years, rest)


def _english(years: int, rest: int) -> str:
    parts = [f"{years} year{'' if years == 1 else 's'}"] if years else []
    if rest or not years:
        parts.append(f"{rest} month{'' if rest == 1 else 's'}")
    return " ".join(parts)


def share(value: float | None, decimals: int = 0) -> str:
    """Write a fraction as percent."""
    return UNKNOWN if value is None or _missing(value) else f"{value * 100:.{decimals}f}%"


def people(number: float | None, lang: str = "zh") -> str:
    """Write a number of people: ``10 万人`` or ``100,000 people``."""
    if number is None or _missing(number):
        return UNKNOWN
    if lang == "zh" and number >= 10_000 and number % 1000 == 0:
        return f"{number / 10_000:g} 万人"
    return f"{number:,.0f} {'人' if lang == 'zh' else 'people'}"


def lasts(seconds: float | None, lang: str = "zh") -> str:
    """Write a short time: ``约 2 分钟`` or ``about 2 minutes``."""
    if seconds is None or _missing(seconds):
        return UNKNOWN
    if seconds < 60:
        return f"约 {max(1, round(seconds))} 秒" if lang == "zh" else f"about {max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"约 {minutes} 分钟" if lang == "zh" else f"about {minutes} min"
