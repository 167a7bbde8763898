"""Days are China's, whatever the zone of server and session; leap days and month ends are days; no clock set back reaches into the past."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from made_up import accounts, as_owner, moved

from lingbao.law.month import month, parse_month

INSTANTS = [
    (datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), date(2026, 11, 30)), (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), date(2026, 12, 1)),
    (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)), (datetime(2028, 2, 28, 16, 0, tzinfo=UTC), date(2028, 2, 29)),
    (datetime(2028, 2, 29, 15, 59, 59, 999_999, tzinfo=UTC), date(2028, 2, 29)), (datetime(2028, 2, 29, 16, 0, tzinfo=UTC), date(2028, 3, 1)),
    (datetime(2026, 3, 8, 7, 30, tzinfo=UTC), date(2026, 3, 8)), (datetime(2100, 2, 28, 16, 0, tzinfo=UTC), date(2100, 3, 1)),
]
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati")


def in_zone(zone: str, text: str, values: list[Any]) -> Any:
    """Return what the database answers a session of another time zone."""
    from django.db import transaction

    with transaction.atomic():
        as_owner(f"SET LOCAL TimeZone = '{zone}'")
        return as_owner(text, values)[0][0]


@pytest.mark.parametrize("zone", ZONES)
def test_the_day_is_chinas_in_programs_and_in_the_database(database: str, zone: str) -> None:
    from lingbao.registry.calendar.clock import china_day

    for instant, day in INSTANTS:
        assert china_day(instant) == day
        assert in_zone(zone, "SELECT registry_day(%s)", [instant]) == day


def test_a_day_by_the_zone_of_the_session_would_be_another(database: str) -> None:
    """The control: the plain day of an instant depends on who asks."""
    instant, day = INSTANTS[1]
    plain = {zone: in_zone(zone, "SELECT %s::timestamptz::date", [instant]) for zone in ZONES}
    assert plain["Asia/Shanghai"] == day and plain["UTC"] == day - timedelta(1)


@pytest.mark.parametrize(("day", "of"), [(date(2028, 2, 29), month(2028, 2)), (date(2026, 12, 31), month(2026, 12)), (date(2027, 1, 1), month(2027, 1))])
def test_a_leap_day_and_the_ends_of_a_year_belong_to_their_months(day: date, of: int) -> None:
    assert parse_month(day) == of


def closed_today() -> date:
    """Close today's books, as a clock that runs ahead would."""
    today: date = as_owner("SELECT registry_day(clock_timestamp())")[0][0]
    as_owner("INSERT INTO ledger_digest SELECT %s, entries, legs, fen, root, sha256(''), ledger_chain(sha256(''), %s, entries, legs, fen, root)"
             " FROM ledger_day_root(%s)", [today, today, today])
    return today


def test_without_its_trigger_a_clock_set_back_would_reach_into_closed_books_and_the_audit_finds_it(database: str) -> None:
    """The control of the test in ``ledger/test_digests.py``."""
    from lingbao.registry.audit import audit

    bank, individual = accounts("bank", "individual")
    moved((bank, -1), (individual, 1))
    today = closed_today()
    assert audit(["ledger.digests"]) == []
    as_owner("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    as_owner("INSERT INTO ledger_entry (kind, value_date, book_date, law_hash, actor, reason, legs) VALUES ('x', %s, %s, 'law', 0, 'x', 2)", [today, today])
    assert [finding.where for finding in audit(["ledger.digests"])] == [str(today)]


def test_a_step_of_a_transfer_before_the_one_it_follows_is_refused_by_the_database_too(database: str) -> None:
    """The control of the test in ``transfers/test_transfer_cases.py``: without the rule of the clock the database still refuses."""
    from django.db import DatabaseError

    day = date(2026, 3, 2)
    case, = as_owner("INSERT INTO transfer_case (person_id, kind, from_province, to_province, applied_on, total_due, total_confidence, last_day)"
                     " VALUES (7, 'relation', '36', '44', %s, %s, 'high', %s) RETURNING id", [day, day, day])[0]
    values: list[Any] = [case, day - timedelta(40)]
    as_owner("INSERT INTO transfer_event (case_id, number, action, party, actor, day, law_hash) VALUES (%s, 2, 'send_letter', 'new_place', 0, %s, 'law')", values)
    with pytest.raises(DatabaseError, match="cannot go from"):
        as_owner("UPDATE transfer_case SET state = 'letter_sent', steps = 2, last_day = %s WHERE id = %s", values[::-1])
    as_owner("ALTER TABLE transfer_case DISABLE TRIGGER transfer_case_moves")
    as_owner("UPDATE transfer_case SET state = 'letter_sent', steps = 2, last_day = %s WHERE id = %s", values[::-1])
