"""Which day it is: the day in China, and never a day before one that the record already holds."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from lingbao.law.errors import InputError

CHINA = ZoneInfo("Asia/Shanghai")


def china_day(instant: datetime) -> date:
    """Return the calendar day in China of an instant.

    Parameters
    ----------
    instant : datetime
        With a time zone; a bare clock time is refused, since it names no instant.

    Raises
    ------
    InputError
        If the instant has no time zone.
    """
    if instant.tzinfo is None:
        raise InputError("calendar.zone", value=instant.isoformat(), zh=f"时刻“{instant.isoformat()}”没有时区，无法确定是哪一天。",
                         en=f"The instant {instant.isoformat()} has no time zone, so its day is not known.")
    return instant.astimezone(CHINA).date()


def not_before(day: date, *recorded: date | None) -> date:
    """Return ``day``, or the latest recorded day if the clock was set back behind it.

    A step of a case can never be dated before the step that it follows, whatever the clock says.
    """
    return max([day, *(each for each in recorded if each is not None)])
