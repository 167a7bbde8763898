"""The law as of 1998, 2005, 2010, 2019, 2022 and 2025: each month gets the rules and numbers of its time (B1)."""

from __future__ import annotations

import pytest

from lingbao.law.errors import MissingLaw
from lingbao.law.month import month
from lingbao.law.rule import in_force
from lingbao.law.rules import account, benefit, contribution, retirement  # noqa: F401  the rules register themselves
from lingbao.law.store import Law


@pytest.fixture(scope="module")
def law():
    return Law.load()


def test_basic_pension_was_a_flat_share_before_2006():
    assert in_force("basic_pension", "2005-12")(1000.0, 0.2) == 200.0
    assert in_force("basic_pension", "2006-01")(1000.0, 1.0, 180.0, 0.01) == 150.0
    assert in_force("basic_pension", "2010-06") is in_force("basic_pension", "2025-01")


def test_account_share_fell_from_eleven_to_eight_points(law):
    assert law.number("national.contribution.account_rate", month(2005, 12)) == 0.11
    assert law.number("national.contribution.account_rate", month(2006, 1)) == 0.08
    assert in_force("account_credit", "2005-12") is not in_force("account_credit", "2006-01")


def test_divisor_was_120_then_by_age_then_to_the_month(law):
    assert law.number("national.benefit.law1997_divisor", month(2005, 12)) == 120
    assert in_force("account_pension", "2005-12")(12000.0, 120.0) == 100.0
    assert in_force("payout_months", "2024-12")(139.0, 132.0, 6) == 139.0
    assert in_force("payout_months", "2025-01")(139.0, 132.0, 6) == 135.5


def test_nothing_is_in_force_before_the_decision_of_1997():
    with pytest.raises(MissingLaw, match="1998-01"):
        in_force("basic_pension", "1997-06")


def test_bounds_rest_on_the_all_unit_wage_since_2019(law):
    assert law.number("national.contribution.min_ratio", month(2019, 5)) == 0.6
    with pytest.raises(MissingLaw):
        law.number("national.contribution.min_ratio", month(2019, 4))


def test_the_minimum_was_flat_until_2024_and_rises_from_2030(law):
    assert in_force("minimum_months", "2010-01")(180) == 180
    assert in_force("minimum_months", "2025-01")(2031, 2030, 6, 180, 240) == 192
    assert law.number("national.retirement.minimum_months", month(2022, 1)) == 180


def test_retirement_was_at_the_birthday_before_the_reform():
    birth = month(1965, 4)
    assert in_force("statutory_month", "2024-12")(birth, 720) == month(2025, 4)
    assert in_force("statutory_month", "2025-01")(birth, 720, 1) == month(2025, 5)
    with pytest.raises(MissingLaw):
        in_force("delay_months", "2024-12")


def test_personal_pension_begins_in_2022(law):
    first = min(value.since for value in law.history("national.personal_pension.annual_cap"))
    assert month(2022, 1) <= first <= month(2022, 12)
