"""When a legal deadline ends: China's working days, with the State Council's holiday notices as data."""

from lingbao.registry.calendar.clock import china_day, not_before
from lingbao.registry.calendar.deadline import Deadline, natural_days, working_days
from lingbao.registry.calendar.holidays import Holidays, HolidayYear

__all__ = ["Deadline", "HolidayYear", "Holidays", "china_day", "natural_days", "not_before", "working_days"]
