"""Legal deadlines by China's working days: notices, month ends, leap days, years not on record, a clock set back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingbao.law.errors import InputError, ParameterError
from lingbao.registry.calendar import Holidays, china_day, natural_days, not_before, working_days
from lingbao.registry.calendar.deadline import working_days_between

# Written out by hand from the notices, apart from the file: (start, working days, last day).
KNOWN = [
    (date(2026, 9, 24), 1, date(2026, 9, 28)),   # Mid-Autumn 25-27 September 2026, back on Monday
    (date(2026, 9, 30), 3, date(2026, 10, 10)),  # National Day 1-7 October, then 8, 9 and Saturday the 10th worked
    (date(2026, 2, 13), 2, date(2026, 2, 24)),   # Saturday 14 February worked, then Spring Festival 15-23
    (date(2024, 2, 27), 2, date(2024, 2, 29)),   # leap day
    (date(2025, 1, 24), 2, date(2025, 1, 27)),   # Sunday 26 January worked
    (date(2022, 12, 30), 1, date(2023, 1, 3)),   # 31 December 2022 to 2 January 2023 off, by the notice of 2023
    (date(2020, 1, 23), 1, date(2020, 2, 3)),    # Spring Festival of 2020 prolonged to 2 February
]


@pytest.mark.parametrize(("start", "days", "due"), KNOWN)
def test_working_days_follow_the_notices(start: date, days: int, due: date) -> None:
    found = working_days(start, days)
    assert (found.due, found.provisional) == (due, False)


def test_a_transfer_step_of_fifteen_working_days_over_the_national_day() -> None:
    """18 Sep 2026 is a Friday; Sunday the 20th is worked, 25-27 Sep and 1-7 Oct are off, Saturday 10 Oct is worked."""
    assert working_days(date(2026, 9, 18), 15).due == date(2026, 10, 15)


def test_a_year_without_notice_is_said_and_not_guessed() -> None:
    inside = working_days(date(2026, 12, 1), 15)
    beyond = working_days(date(2026, 12, 25), 15)
    assert (inside.provisional, beyond.provisional) == (False, True)
    assert beyond.unknown_years == (2027,)
    assert not Holidays.load().knows(2027)


def test_a_period_in_natural_days_ends_on_a_working_day() -> None:
    assert natural_days(date(2026, 8, 2), 60).due == date(2026, 10, 8)  # the 60th day is 1 October
    assert natural_days(date(2023, 12, 31), 60).due == date(2024, 2, 29)


def test_no_period_is_negative() -> None:
    with pytest.raises(InputError, match="negative"):
        working_days(date(2026, 1, 5), -1)


@given(st.dates(date(2016, 1, 1), date(2026, 10, 1)), st.integers(0, 60))
def test_counting_there_and_back_agrees(start: date, days: int) -> None:
    due = working_days(start, days).due
    assert Holidays.load().works(due)
    if days:
        assert working_days_between(start, due) == days
        assert working_days_between(start, due - timedelta(days=1)) == days - 1


@given(st.dates(date(2016, 1, 1), date(2026, 10, 1)), st.integers(0, 40), st.integers(0, 20))
def test_more_days_never_end_earlier(start: date, days: int, more: int) -> None:
    assert working_days(start, days).due <= working_days(start, days + more).due


def test_every_year_on_record_names_its_notice() -> None:
    for year, entry in Holidays.load().years.items():
        assert f"〔{year - 1}〕" in entry.document, year
        assert entry.source.startswith("https://www.gov.cn/")
        assert {day.year for day in entry.off | entry.work} == {year}


@pytest.mark.parametrize(("off", "work", "fault"), [
    ('[["01-02", "01-01"]]', "[]", "ends before"), ('[["01-03", "01-03"]]', '["01-03"]', "both off and worked"),
    ("[]", '["01-05"]', "not a weekend"),
])
def test_a_holiday_file_that_contradicts_itself_is_refused(tmp_path: Path, off: str, work: str, fault: str) -> None:
    file = tmp_path / "holidays.yaml"
    file.write_text(f"years:\n  2026: {{document: x, source: x, holidays: {off}, worked: {work}}}\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=fault):
        Holidays.load(file)


def test_the_day_is_that_of_china() -> None:
    assert china_day(datetime(2026, 2, 28, 16, 0, tzinfo=UTC)) == date(2026, 3, 1)
    with pytest.raises(InputError, match="no time zone"):
        china_day(datetime(2026, 2, 28, 16, 0))


def test_a_clock_set_back_dates_nothing_before_what_is_recorded() -> None:
    assert not_before(date(2026, 3, 1), date(2026, 3, 5), None) == date(2026, 3, 5)
    assert not_before(date(2026, 3, 9), date(2026, 3, 5)) == date(2026, 3, 9)
