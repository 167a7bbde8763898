"""The last day of a period counted in working days or in natural days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lingbao.law.errors import InputError
from lingbao.registry.calendar.holidays import Holidays

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Deadline:
    """When something is due.

    Attributes
    ----------
    due : date
        Last day on which it is in time.
    provisional : bool
        True when the period touches a year whose holiday notice is not on record: only weekends were left out, and
        the day can only move later once the notice is known.
    unknown_years : tuple of int
        Those years.
    """

    due: date
    provisional: bool
    unknown_years: tuple[int, ...] = ()

    def overdue(self, today: date) -> bool:
        """Whether the last day has passed."""
        return today > self.due


def working_days(start: date, days: int, holidays: Holidays | None = None) -> Deadline:
    """Count working days after a day; the day itself does not count.

    Parameters
    ----------
    start : date
        Day on which the period is set off, such as the receipt of an application. 《民法典》第二百零一条: the period
        begins on the day after.
    days : int
        Working days [days]; 0 gives the next working day on or after ``start``.
    holidays : Holidays, optional
        The notices; those on record when not given.

    Raises
    ------
    InputError
        If ``days`` is negative.
    """
    known = holidays or Holidays.load()
    _not_negative(days)
    day, left, touched = start, days, {start.year}
    while left > 0 or not known.works(day):
        day += DAY
        touched.add(day.year)
        left -= 1 if left > 0 and known.works(day) else 0
    return _deadline(day, touched, known)


def natural_days(start: date, days: int, holidays: Holidays | None = None) -> Deadline:
    """Count calendar days after a day; a period that ends on a day off ends on the next working day.

    《民法典》第二百零一条 and 第二百零三条.

    Raises
    ------
    InputError
        If ``days`` is negative.
    """
    known = holidays or Holidays.load()
    _not_negative(days)
    day = start + days * DAY
    touched = {day.year}
    while not known.works(day):
        day += DAY
        touched.add(day.year)
    return _deadline(day, touched, known)


def working_days_between(start: date, end: date, holidays: Holidays | None = None) -> int:
    """Working days after ``start`` up to and with ``end``; negative if ``end`` lies before ``start``."""
    known = holidays or Holidays.load()
    first, last, sign = (start, end, 1) if end >= start else (end, start, -1)
    return sign * sum(known.works(first + past * DAY) for past in range(1, (last - first).days + 1))


def _deadline(day: date, touched: set[int], known: Holidays) -> Deadline:
    unknown = tuple(sorted(year for year in touched if not known.knows(year)))
    return Deadline(day, bool(unknown), unknown)


def _not_negative(days: int) -> None:
    if days < 0:
        raise InputError("calendar.days", value=days, zh=f"期限“{days}”天不能为负数。", en=f"A period of {days} days cannot be negative.")
