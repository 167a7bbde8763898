"""A blank in the law never passes for a number: it is named, and what does not need it still runs."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lingbao.career.person import Person
from lingbao.law.errors import MissingLaw
from lingbao.law.month import month
from lingbao.law.rules.contribution import monthly_contribution
from lingbao.law.store import Law
from lingbao.law.trace import traced
from lingbao.planner import plan

LAW = Law.load()
RIDER = Person(birth=month(1990, 5), sex="female", residence="36", income=6000)


def test_months_whose_bounds_are_not_known_refuse_the_plan() -> None:
    """Bounds of Jiangxi before 2019 are not in the store: nothing may be paid on a base of zero."""
    with pytest.raises(MissingLaw) as caught:
        plan(RIDER, LAW, as_of=month(2012, 1))
    assert caught.value.where == "provinces.36.contribution_floor" and caught.value.value == "2012-01"


def test_the_employee_options_stand_when_only_the_resident_rate_is_missing() -> None:
    options = plan(RIDER, LAW, as_of=month(2025, 3)).to_dict()["options"]
    assert options[0]["feasible"] and options[0]["outlook"]["base"]["pension_today"] > 0
    resident = [option for option in options if option["scheme"] == "resident" and option["kind"] == "tier"]
    assert resident and not any(option["feasible"] for option in resident)
    assert "2025" in resident[0]["reason_zh"] and "crediting rate" in resident[0]["reason_en"]


def test_a_balance_that_needs_the_missing_rate_is_refused_in_words() -> None:
    with pytest.raises(MissingLaw):
        plan(replace(RIDER, resident_years=3, resident_balance=2000.0), LAW, as_of=month(2025, 3))


@pytest.mark.parametrize("run", [lambda rule: rule, traced])
def test_a_rule_that_gets_no_number_names_itself(run) -> None:
    with pytest.raises(MissingLaw) as caught:
        run(monthly_contribution)(math.nan, 0.2)
    assert caught.value.where == "monthly_contribution"


def test_the_years_to_come_are_projected_not_missing() -> None:
    assert plan(RIDER, LAW, as_of=month(2031, 7)).to_dict()["options"][0]["feasible"]
