"""Service standards: time taken in working days, share in time, nothing published of a few."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lingbao.registry.monitoring.service import measured, standards

FRIDAY, MONDAY = date(2026, 3, 6), date(2026, 3, 9)


def test_time_is_counted_in_working_days_and_against_the_last_day_allowed() -> None:
    rows: list[tuple[date, date, Any]] = [(FRIDAY, MONDAY, MONDAY)] * 9 + [(FRIDAY, date(2026, 3, 20), MONDAY)] + [(FRIDAY, FRIDAY, None)]
    found = measured("transfer", "36", rows)
    assert (found.finished, found.median_working_days, found.longest_working_days, found.in_time) == (11, 1.0, 10.0, 0.9)


def test_a_few_matters_are_not_published() -> None:
    assert measured("transfer", "36", [(FRIDAY, MONDAY, MONDAY)] * 9).finished is None


@pytest.mark.parametrize("what", ["transfer", "claim", "complaint"])
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
