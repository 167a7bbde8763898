"""The shipped reforms: complete, lawful, honest about where they run, and of the effect they promise."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache
from typing import Any

import pytest

from lingbao.career.person import Person
from lingbao.career.retirement import retirement_of
from lingbao.law.errors import InputError
from lingbao.law.fixed_amount_design import designs
from lingbao.law.month import month
from lingbao.law.reform import Reform, compose
from lingbao.law.reform_library import find_reform, fixed_amount_reforms, library
from lingbao.law.reform_place import LIBRARY
from lingbao.law.reform_read import parse_reform, read_reform, write_reform
from lingbao.law.reform_schema import declared_options
from lingbao.law.store import Law
from lingbao.planner import plan

LAW = Law.load()
NOW = month(2026, 11)
RIDER = Person(birth=month(1990, 6), sex="male", residence="36", income=6000.0)
RUNS_IN_PLANNER = [reform for reform in library() if "planner" in reform.runs_in]
PROMISED = (
    "N7", "N8", "N9", "N10", "B3", "B4", "B5", "B6", "B7", "B8", "S5", "S9", "F3", "C5", "C6", "C10",
)


def fresh(law: Law, person: Person = RIDER) -> dict[str, Any]:
    return plan(person, law, as_of=NOW).to_dict()


@cache
def answer(law: Law, person: Person = RIDER) -> dict[str, Any]:
    """The planner's answer, computed once for each law."""
    return fresh(law, person)


def baseline() -> dict[str, Any]:
    return answer(LAW)


@cache
def under(name: str) -> Law:
    return find_reform(name).apply(LAW)


def floor(result: dict[str, Any]) -> dict[str, Any]:
    return next(option for option in result["options"] if option["id"] == "employee-floor")


def monthly(result: dict[str, Any]) -> float:
    return float(floor(result)["first_payment"]["month"])


def ids(reform: Reform) -> str:
    return reform.id


def test_every_mechanism_promised_is_there() -> None:
    assert set(PROMISED) <= {mechanism for reform in library() for mechanism in reform.mechanisms}


@pytest.mark.parametrize("reform", library(), ids=ids)
def test_a_shipped_reform_is_lawful_and_complete(reform: Reform) -> None:
    again = read_reform(LIBRARY / f"{reform.id}.yaml", LAW)
    assert again == reform
    assert all(change.source for change in reform.changes) and all(option.source for option in reform.options.values())
    law = reform.apply(LAW)
    assert (law.hash != LAW.hash) == bool(reform.changes)


def test_every_declared_option_is_used_by_a_shipped_reform() -> None:
    assert {name for reform in library() for name in reform.options} == set(declared_options())


def test_the_324_designs_are_all_there_once_and_lawful() -> None:
    reforms = list(fixed_amount_reforms())
    assert len({reform.id for reform in reforms}) == len({reform.hash for reform in reforms}) == 324
    for reform, design in zip(reforms, designs(), strict=True):
        values = reform.options["fixed_amount"].values
        assert {key: values[key] for key in asdict(design)} == asdict(design)
        assert ("contribution" in values) == (design.amount == "absolute")
    for reform in reforms[::9]:
        assert parse_reform(write_reform(reform), law=LAW) == reform


def test_the_papers_own_choice_is_among_the_designs() -> None:
    own = find_reform("F3").options["fixed_amount"].values
    match = [r for r in fixed_amount_reforms() if all(own[key] == value for key, value in r.options["fixed_amount"].values.items())]
    assert len(match) == 1


def test_a_reform_is_found_by_its_id_whatever_the_capitals_and_a_wrong_id_suggests() -> None:
    assert find_reform("n8") is find_reform("N8") and find_reform("f2-324").id == "F2-324"
    with pytest.raises(InputError, match="N10-youth"):
        find_reform("N10")


@pytest.mark.parametrize("reform", RUNS_IN_PLANNER, ids=ids)
def test_the_planner_runs_the_reform(reform: Reform) -> None:
    before = baseline()
    law = under(reform.id)
    changed = answer(law)
    assert changed["law_hash"] == law.hash != before["law_hash"]
    assert floor(changed)["feasible"]


def test_the_baseline_is_the_same_after_every_reform_has_run() -> None:
    before = baseline()
    for reform in RUNS_IN_PLANNER:
        answer(under(reform.id))
    assert fresh(LAW) == before


def test_n8_lowers_the_payment_by_a_tenth_and_leaves_the_pension() -> None:
    law = under("N8")
    assert monthly(answer(law)) == pytest.approx(0.9 * monthly(baseline()), abs=0.01)
    elsewhere = replace(RIDER, residence="31")
    assert monthly(answer(law, elsewhere)) == pytest.approx(0.9 * monthly(answer(LAW, elsewhere)), abs=0.01)
    then = [floor(result)["outlook"]["base"]["pension_then"] for result in (answer(law), baseline())]
    assert then[0] == pytest.approx(then[1], abs=0.05)


def test_b3_lowers_the_lowest_payment_by_a_third_and_the_pension_too() -> None:
    changed = answer(under("B3"))
    assert monthly(changed) == pytest.approx(monthly(baseline()) * 2 / 3, abs=0.01)
    assert floor(changed)["outlook"]["base"]["pension_then"] < floor(baseline())["outlook"]["base"]["pension_then"]


def test_s9_asks_a_quarter_less_and_more_years() -> None:
    changed = answer(under("S9"))
    assert monthly(changed) == pytest.approx(0.75 * monthly(baseline()), abs=0.01)
    parts, before = (floor(result)["outlook"]["base"]["parts"] for result in (changed, baseline()))
    assert parts["basic"] == before["basic"] and parts["account"] == pytest.approx(0.75 * before["account"], abs=0.05)
    assert (changed["retirement"]["minimum_months"], baseline()["retirement"]["minimum_months"]) == (300, 240)


@pytest.mark.parametrize("name", ["no-retirement-reform", "law-2019", "law-2005"])
def test_without_the_reform_of_2025_a_man_born_1990_retires_at_60_with_15_years(name: str) -> None:
    law = under(name)
    retirement = answer(law)["retirement"]
    assert (retirement["statutory_age_months"], retirement["minimum_months"]) == (720, 180)
    assert baseline()["retirement"]["statutory_age_months"] == 756
    assert retirement_of(law, "female55", month(1990, 1)).statutory_age == 660
    assert retirement_of(law, "female50", month(1990, 1)).statutory_age == 600


def test_tee_takes_the_tax_off_the_drawing_and_eet_is_todays_law() -> None:
    def saved(law: Law) -> float:
        rows = {row["id"]: row for row in answer(law)["options"]}
        return float(rows["employee-floor+personal"]["outlook"]["base"]["parts"]["saving"])

    tee, eet, now = (saved(law) for law in (under("B6-TEE"), under("B6-EET"), LAW))
    assert eet == now and tee == pytest.approx(now / 0.97, rel=1e-4)


def test_4050_subsidy_runs_longer() -> None:
    person = replace(RIDER, birth=month(1976, 6), in_difficulty=True, months_paid=100, mean_index=0.6, account_balance=20000.0)
    before, after = (
        [r for r in answer(law, person)["options"] if "subsid" in r["id"]] for law in (LAW, under("N10-4050"))
    )
    assert before and after[0]["outlook"]["base"]["outlay_total"] < before[0]["outlook"]["base"]["outlay_total"]


def test_the_law_of_1997_credits_eleven_points() -> None:
    law = under("law-1997")
    assert law.number("national.contribution.account_rate", on=NOW) == 0.11
    assert law.number("national.benefit.law1997_divisor", on=NOW) == 120.0


def test_reforms_compose_in_the_planner() -> None:
    both = compose(find_reform("N8"), find_reform("B3"))
    assert find_reform("N8 + b3") == both
    assert monthly(answer(both.apply(LAW))) == pytest.approx(monthly(baseline()) * 0.9 * 2 / 3, abs=0.01)
