"""The holiday notices year by year: which days were announced off, which weekends worked, and by which document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lingbao.law.errors import ParameterError

FILE = Path(__file__).with_name("holidays.yaml")
SATURDAY = 5


@dataclass(frozen=True)
class HolidayYear:
    """One year as announced.

    Attributes
    ----------
    year : int
    document, source : str
        Number of the notice and where it stands.
    off : frozenset of date
        Days announced off, weekends within a run included.
    work : frozenset of date
        Saturdays and Sundays worked in exchange.
    """

    year: int
    document: str
    source: str
    off: frozenset[date]
    work: frozenset[date]


@dataclass(frozen=True)
class Holidays:
    """All years on record."""

    years: Mapping[int, HolidayYear]

    @classmethod
    def load(cls, file: Path | None = None) -> Holidays:
        """Read and check the holiday file, once.

        Raises
        ------
        ParameterError
            If a day off also stands as worked, a worked day is no weekend, or a run goes backwards.
        """
        return _load(file or FILE)

    def knows(self, year: int) -> bool:
        """Whether the notice of a year is on record."""
        return year in self.years

    def works(self, day: date) -> bool:
        """Whether a day is worked: as announced, else Monday to Friday.

        For a year without a notice only weekends are known; ask :meth:`knows` beside it.
        """
        known = self.years.get(day.year)
        if known is not None and day in known.off:
            return False
        if known is not None and day in known.work:
            return True
        return day.weekday() < SATURDAY


@cache
def _load(file: Path) -> Holidays:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Holidays({year: _year(year, entry, file) for year, entry in content["years"].items()})


def _year(year: int, entry: Mapping[str, Any], file: Path) -> HolidayYear:
    off: set[date] = set()
    for first, last in entry["holidays"]:
        begin, end = _day(year, first), _day(year, last)
        if end < begin:
            raise _fault(file, year, f"{first}–{last}", "放假区间的终止日早于起始日", "a run of days off ends before it begins")
        off.update(begin + timedelta(days=past) for past in range((end - begin).days + 1))
    work = frozenset(_day(year, each) for each in entry["worked"])
    if off & work:
        raise _fault(file, year, str(min(off & work)), "同一天既放假又上班", "a day is both off and worked")
    weekdays = [day for day in work if day.weekday() < SATURDAY]
    if weekdays:
        raise _fault(file, year, str(min(weekdays)), "调休上班日不是周末", "a day worked in exchange is not a weekend")
    return HolidayYear(year, entry["document"], entry["source"], frozenset(off), work)


def _day(year: int, text: str) -> date:
    return date.fromisoformat(f"{year}-{text}")


def _fault(file: Path, year: int, value: str, zh: str, en: str) -> ParameterError:
    return ParameterError("calendar.holidays", value=value, where=f"{file.name}: {year}",
                          zh=f"{zh}（{value}），请按国务院办公厅通知更正。", en=f"{en} ({value}); correct it by the notice.")
