"""One text, three runners: plain, traced and compiled lives agree, to 1e-9 yuan before rounding and exactly after."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lingbao.career.person import Person
from lingbao.career.plan import Plan
from lingbao.career.projection import project
from lingbao.career.retirement import retirement_of
from lingbao.career.walk import walk
from lingbao.law import rule as machinery
from lingbao.law.compile import compiled
from lingbao.law.month import month
from lingbao.law.rounding import ROUNDINGS
from lingbao.law.rule import plain
from lingbao.law.rules.benefit import basic_pension
from lingbao.law.rules.contribution import monthly_contribution
from lingbao.law.store import Law
from lingbao.law.trace import Node, traced

LAW = Law.load()
NOW = month(2026, 11)
CODES = [province[0] for province in LAW.provinces()]

MOST_MONEY = 1e12  # beyond it a float64 has no fen left to round to
PLANS = st.builds(
    Plan,
    scheme=st.just("employee"),
    ratio=st.floats(0.0, 3.2),
    amount=st.sampled_from([0.0, 500.0, 4321.17, 30000.0]),
    rhythm=st.sampled_from([1, 3, 6, 12]),
    stop_at_minimum=st.booleans(),
    gap_from=st.integers(NOW, NOW + 200),
    gap_months=st.integers(0, 40),
    claim=st.sampled_from(["statutory", "earliest"]),
)


@st.composite
def persons(draw: Any) -> Person:
    sex = draw(st.sampled_from(["male", "female"]))
    birth = draw(st.integers(month(1968, 1), month(2008, 12)))
    most = max(NOW - birth - 16 * 12, 0)
    paid = draw(st.integers(0, min(most, 300)))
    first = max(birth + 16 * 12, month(2005, 1))
    return Person(
        birth=birth, sex=sex, residence=draw(st.sampled_from(CODES)),
        worker_class="male" if sex == "male" else draw(st.sampled_from(["female55", "female50"])),
        months_paid=paid, mean_index=draw(st.floats(0.4, 3.0)) if paid else None,
        account_balance=draw(st.integers(0, 40_000_000)) / 100.0 if paid else 0.0,
        first_paid=first if paid and first <= NOW - paid else None,
    )


@settings(max_examples=60, deadline=None)
@given(persons(), PLANS, st.sampled_from(["low", "base", "high"]))
def test_the_compiled_life_equals_the_traced_and_the_plain_one(person: Person, plan: Plan, projection: str) -> None:
    dates = retirement_of(LAW, str(person.worker_class), person.birth)
    outcome = project(LAW, person, [plan], projection, NOW, dates)[0]
    told = walk(LAW, person, plan, projection, NOW, dates, traced)
    spoken = walk(LAW, person, plan, projection, NOW, dates, plain)
    assert told.months == spoken.months == outcome.months_paid
    assert float(told.account) == float(spoken.account) == outcome.account_balance
    assert told.mean_index == spoken.mean_index == outcome.mean_index
    assert abs(told.paid - outcome.outlay.sum()) < 1e-6
    if told.award is not None and outcome.schedule.feasible:
        assert told.award.total == outcome.pension_at_claim
        assert spoken.award is not None and spoken.award.total == told.award.total
        assert isinstance(told.award.total.node, Node)


def scalar_rules() -> list[Any]:
    """Every rule whose arguments are plain numbers."""
    found = []
    for variants in machinery.REGISTRY.values():
        for function in variants:
            hints = function.rule.source.__annotations__
            if all(str(hints.get(name)) in ("float", "int", "<class 'float'>", "<class 'int'>") for name in function.rule.arguments):
                found.append(function)
    return found


def drawn(rng: np.random.Generator, name: str, kind: str) -> int | float:
    """An argument of the size its name promises: a rate below one, a count, or an amount."""
    if "int" in kind:
        return int(rng.integers(1, 400))
    if name.rpartition("_")[2] in ("rate", "share", "return", "ratio"):
        return float(np.round(rng.uniform(0.001, 0.3), 4))
    return float(np.round(rng.uniform(0.01, 500.0), 4))


@pytest.mark.parametrize("function", scalar_rules(), ids=lambda f: f"{f.rule.name}-{f.rule.since or 'always'}")
def test_each_rule_gives_one_answer_in_every_runner(function: Any) -> None:
    """Ten thousandths of numbers of every size: before rounding within 1e-9 yuan, after it the same number."""
    hints = function.rule.source.__annotations__
    rng = np.random.default_rng(len(function.rule.name))
    for _ in range(25):
        arguments = [drawn(rng, name, str(hints[name])) for name in function.rule.arguments]
        told, fast, slow = traced(function)(*arguments), compiled(function)(*arguments), function(*arguments)
        unrounded = told.node.unrounded if hasattr(told, "node") else told
        assert abs(float(unrounded) - float(function.rule.source(*arguments))) <= 1e-9
        assert float(told) == float(slow)
        assert float(fast) == pytest.approx(float(slow), abs=1e-9, rel=1e-12)
        if function.rule.rounding and abs(float(slow)) < MOST_MONEY:
            assert float(fast) == float(slow)


def test_a_twin_that_skips_the_rounding_is_found() -> None:
    """The test above can fail: without the declared rounding the answers differ."""
    assert monthly_contribution.rule.source(4321.17, 0.2) != monthly_contribution(4321.17, 0.2)  # type: ignore[attr-defined]
    assert basic_pension.rule.rounding in ROUNDINGS  # type: ignore[attr-defined]
