"""Service standards: time taken in working days, share in time, nothing published of a few."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lingbao.registry.monitoring.service import LINES, measured, standards

FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)


def test_time_is_counted_in_working_days_and_against_the_last_day_allowed() -> None:
    rows: list[tuple[date, date, Any]] = [(FRIDAY, MONDAY, MONDAY)] * 9 + [(FRIDAY, date(2026, 3, 20), MONDAY)] + [(FRIDAY, FRIDAY, None)]
    found = measured("transfer", "36", rows)
    assert (found.finished, found.median_working_days, found.longest_working_days, found.in_time) == (11, 1.0, 10.0, 0.9)


def test_what_is_open_and_late_counts_against_the_standard() -> None:
    rows: list[tuple[date, Any, Any]] = [(FRIDAY, MONDAY, MONDAY)] * 9 + [(FRIDAY, None, MONDAY)] * 3
    found = measured("claim", "36", rows)
    assert (found.finished, found.open_late, found.median_working_days, found.in_time) == (9, 3, 1.0, 0.75)


def test_a_few_matters_are_not_published() -> None:
    assert measured("transfer", "36", [(FRIDAY, MONDAY, MONDAY)] * 9).finished is None


@pytest.mark.parametrize("what", list(LINES))
def test_every_kind_of_matter_can_be_measured(database: str, what: str) -> None:
    assert standards(what, date(2020, 1, 1), date(2030, 1, 1)) == []


def test_complaints_are_measured_from_lodging_to_answer(database: str) -> None:
    from lingbao.registry.disputes.services import lodge, step
    from lingbao.registry.session import Actor

    clerk = Actor(3, "clerk", province="36")
    for n in range(10):
        case = lodge(Actor(10 + n, "worker", person=n + 1), f"l{n}", n + 1, "complaint", "慢", province="36", today=FRIDAY)["matter"]
        step(clerk, f"a{n}", case, "accept", today=FRIDAY)
        step(clerk, f"b{n}", case, "answer", today=MONDAY, words="已办")
    (found,) = standards("complaint", FRIDAY, date(2026, 12, 31))
    assert (found.province, found.finished, found.median_working_days, found.in_time) == ("36", 10, 1.0, 1.0)


def test_refused_and_late_claims_are_measured_too(database: str) -> None:
    """Four granted in time, five refused late, three still open after the last day: four of twelve are in time."""
    from made_up import as_owner

    due = date(2026, 3, 20)
    for n in range(12):
        state, answered = ("final", due) if n < 4 else ("refused", date(2026, 3, 23)) if n < 9 else ("applied", None)
        as_owner("INSERT INTO benefit_claim (person_id, province, claim_month, facts, applied_on, due, due_provisional, state, reason, pension_fen, granted_at,"
                 " answered_on, prepared_by) VALUES (%s, '36', 24300, '{}', %s, %s, false, %s, %s, %s, %s, %s, 0) RETURNING id",
                 [n + 1, FRIDAY, due, state, "月数不足" if state == "refused" else "", 1 if state == "final" else None,
                  "2026-03-20 12:00+08" if state == "final" else None, answered])
    (found,) = standards("claim", FRIDAY, date(2026, 12, 31))
    assert (found.finished, found.open_late, found.in_time) == (9, 3, pytest.approx(4 / 12))
    assert standards("claim", FRIDAY, date(2026, 3, 19)) == [], "nothing was finished and nothing late yet"


def test_a_refund_that_the_person_took_back_is_nobodys_time(database: str) -> None:
    from made_up import as_owner, open_office, registered

    person = registered(open_office().clerk)
    for n in range(15):
        number = as_owner("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by) VALUES (%s, '36', 'bank', 1, 'x', 1)"
                          " RETURNING id", [person])[0][0]
        as_owner("INSERT INTO collection_refund_decision (proposal_id, accepted, withdrawn, reason, decided_by) VALUES (%s, false, %s, 'x', 2)", [number, n < 5])
    (found,) = standards("refund", date(2020, 1, 1), date(2999, 12, 31))
    assert (found.province, found.finished) == ("36", 10)
