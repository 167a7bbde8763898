"""Every figure of every kind of option can say why, and its reason ends at the very figure that is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lingbao.career.person import Person
from lingbao.law.explain import render
from lingbao.law.month import format_month, month
from lingbao.law.store import Law
from lingbao.planner import Comparison, Preferences, plan
from lingbao.planner.compare import PROJECTIONS
from lingbao.planner.reasons import FIGURES

LAW = Law.load()
NOW = month(2026, 11)
RIDER = Person(birth=month(1995, 6), sex="male", residence="36", income=9000.0)
PEOPLE = {
    "rider": replace(RIDER, in_difficulty=True, home="44"),
    "city": Person(birth=month(1980, 6), sex="female", residence="44", area="Shenzhen", income=16000.0, months_paid=200,
                   mean_index=0.8, account_balance=50000.0, resident_balance=1000.0, resident_years=3),
    "extended": Person(birth=month(1962, 6), sex="male", residence="42", income=3000.0, months_paid=100, mean_index=0.7,
                       account_balance=30000.0, deemed_months=30),
    "enough": Person(birth=month(1968, 3), sex="male", residence="21", area="Shenyang", income=5000.0, months_paid=200,
                     deemed_months=60, mean_index=0.8, account_balance=70000.0),
    "past": Person(birth=month(1962, 6), sex="male", residence="32", months_paid=200, mean_index=0.7,
                   account_balance=30000.0, deemed_months=30),
    "resident": Person(birth=month(1967, 3), sex="male", residence="42", income=0.0, resident_years=14, resident_balance=9000.0),
}


def shown(comparison: Comparison, i: int, projection: str, figure: str) -> Any:
    """Return the figure as the comparison shows it."""
    row = comparison.to_dict()["options"][i]
    look = row["outlook"][projection]
    if figure == "first_payment":
        return comparison.outcomes[projection][i].first_payment
    if figure == "statutory_month":
        return comparison.to_dict()["retirement"]["statutory_month"]
    return look["parts"].get(figure, 0.0) if figure in ("basic", "account", "transitional") else look[figure]


@pytest.mark.parametrize("name", PEOPLE)
def test_the_root_of_a_reason_is_the_figure_that_is_shown(name: str) -> None:
    comparison = plan(PEOPLE[name], LAW, as_of=NOW, preferences=Preferences(budget=1000.0))
    options = comparison.to_dict()["options"]
    few = {"employee-floor", "employee-budget", "employee-floor-early", "employee-floor-12m", "employee-floor-subsidy",
           "employee-floor-move", "employee-floor-gap", "employee-floor+personal", "none"}
    few |= {row["id"] for row in options if row["scheme"] == "resident"} & {"resident-1000", "resident-2000", "resident-1000+commercial", "resident-2000+commercial", "resident-5000+commercial"}
    for i, option in enumerate(options):
        if option["id"] not in few:
            continue
        for projection in PROJECTIONS if option["id"] in ("employee-floor", "none") else ("base",):
            for figure in FIGURES:
                node, value = comparison.explain(option["id"], figure, projection), shown(comparison, i, projection, figure)
                where = (option["id"], projection, figure)
                if value is None:
                    assert node.value == 0.0 and node.rule is not None and node.rule.formula, where
                elif isinstance(value, str):
                    assert format_month(int(node.value)) == value, where
                else:
                    near = 1e-4 if figure in ("mean_index", "replacement_rate") else 0.0051
                    assert abs(node.value - value) <= near, where


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_can_be_told_and_sent(lang: str) -> None:
    comparison = plan(PEOPLE["rider"], LAW, as_of=NOW)
    for option in ("employee-floor", "employee-floor-subsidy", "resident-1000", "resident-2000+personal", "none"):
        for figure in FIGURES:
            sentences = render(comparison.explain(option, figure), lang, LAW)
            assert sentences and sentences[0].text
            json.dumps([sentence.to_dict() for sentence in sentences], allow_nan=False)


def test_a_pension_is_traced_to_articles_and_parameters() -> None:
    node = plan(RIDER, LAW, as_of=NOW).explain("employee-floor", "pension_then")
    names = {each.name for each in node.walk()}
    assert {"basic_pension", "account_pension", "national.benefit.accrual_rate"} <= names
    assert any(each.kind == "parameter" and each.name == "provinces.36.benefit_base" for each in node.walk())


def test_a_city_is_explained_by_its_own_parameter() -> None:
    node = plan(PEOPLE["city"], LAW, as_of=NOW).explain("employee-floor", "first_payment")
    assert node.find("provinces.44.contribution_floor@Shenzhen") is not None


def test_the_subsidy_is_in_the_reason_of_the_payment() -> None:
    comparison = plan(PEOPLE["rider"], LAW, as_of=NOW)
    assert comparison.explain("employee-floor-subsidy", "first_payment").find("contribution_subsidy") is not None
    assert comparison.explain("employee-floor", "first_payment").find("contribution_subsidy") is None


def test_a_reform_of_the_law_shows_in_the_reason() -> None:
    reform = LAW.overlay({"provinces.36.contribution_floor": {"value": 4000.0, "since": "2026-01", "until": "2026-12", "document": "试点"}})
    comparison = plan(RIDER, reform, as_of=NOW)
    node = comparison.explain("employee-floor", "first_payment")
    assert node.value == pytest.approx(800.0)
    floor = node.find("provinces.36.contribution_floor")
    assert floor is not None and floor.value == 4000.0 and floor.origin.document == "试点"
