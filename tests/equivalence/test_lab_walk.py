"""A thousand random lives: the block kernel and a plain interpreter of one life agree to the fen, under every kind of reform.

``LINGBAO_LIVES=1000`` lives all thousand; without it a sample of them.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path

import numpy as np
import pytest

from lingbao.law.reform_library import find_reform
from lingbao.law.rule import plain
from lingbao.law.store import Law
from lingbao.law.trace import traced
from lingbao.simulation import one_life as module
from lingbao.simulation.layout import OUTCOMES, Flow, Outcome, Start
from lingbao.simulation.one_life import Lived, World, one_life
from lingbao.simulation.plan import Plan, plan_of
from lingbao.simulation.run import run_chunk
from lingbao.simulation.terms import reformed

LAWS = ("", "F3", "N8", "B7", "C5", "C10", "N10-youth", "N10-loan", "N9", "N7", "B4", "B3-own-income", "B8", "law-1997")
LIVES = int(os.environ.get("LINGBAO_LIVES", "280"))
SIZE = 5000
YEARS = 40
ORCHESTRATION = {"declaration", "events", "yearly", "kernel", "run"}


def plan_under(name: str, years: int = YEARS) -> Plan:
    return plan_of(reform=find_reform(name) if name else None, size=SIZE, years=years, keep=10 * SIZE)


def in_block(plan: Plan, person: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a person's accounts by year and province, and outcome, as the kernel computes them."""
    sums = run_chunk(plan, person, 1)
    return sums.exact("fund").astype(np.int64), sums.rows[0][len(Start):]


def differences(fund: np.ndarray, outcome: np.ndarray, lived: Lived) -> list[str]:
    """Return what the kernel and the interpreter say differently; money to the fen, the rest exactly."""
    found = [f"year {year} province {place} {Flow(flow).name}: kernel {fund[year, place, flow]}, one life {lived.fund[year, place, flow]}"
             for year, place, flow in np.argwhere(fund != lived.fund)]
    for column in range(OUTCOMES):
        kernel, plainly = outcome[column], lived.outcome[column]
        if abs(kernel - plainly) > max(1e-6, 1e-12 * abs(kernel)):
            found.append(f"outcome {Outcome(column).name if column in list(Outcome) else column}: kernel {kernel!r}, one life {plainly!r}")
    return found


@pytest.mark.parametrize("name", LAWS, ids=[name or "law in force" for name in LAWS])
def test_kernel_and_interpreter_live_the_same_lives(name: str) -> None:
    plan = plan_under(name)
    world = World(plan)
    random = np.random.default_rng(LAWS.index(name))
    people = random.choice(plan.persons, -(-LIVES // len(LAWS)), replace=False).tolist()
    wrong = {person: found for person in people if (found := differences(*in_block(plan, person), one_life(world, person)))}
    assert not wrong, "\n".join(f"person {person}: {each}" for person, found in list(wrong.items())[:3] for each in found[:6])


def test_company_in_a_block_changes_nobody() -> None:
    """Today's people and cohorts to come in one block; each is the one who was lived alone."""
    plan = plan_under("F3", 12)
    first = plan.size - 30
    together = run_chunk(plan, first, 75)
    for person in range(first, first + 75, 7):
        alone = run_chunk(plan, person, 1)
        assert np.array_equal(together.rows[person - first], alone.rows[0])


def test_a_wrong_fen_is_found() -> None:
    """The comparison above can fail: a fen more in each pension shows."""
    plan = plan_under("")
    world = World(plan)
    topped_up = world.rules.topped_up
    world.rules.topped_up = lambda *terms: topped_up(*terms) + 0.01
    pensioners = [person for person in range(40) if in_block(plan, person)[1][Outcome.CLAIM_MONTH] > 0]
    wrong = [person for person in pensioners if differences(*in_block(plan, person), one_life(world, person))]
    assert wrong


def test_the_interpreter_uses_none_of_the_kernels_orchestration() -> None:
    for file in Path(module.__file__).parent.glob("one_life*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").rpartition(".")[2] not in ORCHESTRATION, f"{file.name}: {node.module}"


@pytest.fixture(scope="module")
def rewarded() -> tuple[Law, Plan, int]:
    """A person who claims an employee pension under a bonus for paying long."""
    plan, reform = plan_under("N9"), find_reform("N9")
    for person in range(200):
        outcome = in_block(plan, person)[1]
        if outcome[Outcome.CLAIM_MONTH] > plan.first + 120 and not outcome[Outcome.FROM_RESIDENT] and outcome[Outcome.MONTHS_PAID] > 250:
            return reformed(Law.load(), reform)[0], plan, person
    raise AssertionError("nobody claims")


def test_a_traced_life_is_the_same_life_and_says_why(rewarded: tuple[Law, Plan, int]) -> None:
    law, plan, person = rewarded
    told, spoken = one_life(World(plan, traced, law), person), one_life(World(plan, plain), person)
    assert np.array_equal(told.flows, spoken.flows) and np.array_equal(told.outcome, spoken.outcome)
    assert told.told and not any(each.nodes for each in spoken.told) and spoken.explain("payment") == []
    payments = [each for each in told.told if each.figure in ("payment", "employee_contribution")]
    assert payments and all(each.nodes for each in payments)
    assert sum(each.amount for each in told.told if each.figure == "payment") == pytest.approx(
        sum(sum(node.value for node in each.nodes) for each in told.told if each.figure == "payment"))
    pension = [each for each in told.told if each.figure == "account_pension"]
    assert [node.name for node in pension[0].nodes] == ["account_pension"]
    assert told.outcome[Outcome.PENSION_FIRST] == pytest.approx(
        pension[0].amount + next(each.amount for each in told.told if each.figure == "basic_pension"))


def test_the_reasons_name_article_and_document(rewarded: tuple[Law, Plan, int]) -> None:
    law, plan, person = rewarded
    lived = one_life(World(plan, traced, law), person)
    for figure, article, parameter in (("payment", "国发〔2005〕38号", "total_rate"), ("basic_pension", "国发〔2005〕38号", "benefit_base")):
        sentences = lived.explain(figure, "en", law, last=False)
        assert any(article in sentence.article for sentence in sentences)
        known = [sentence for sentence in sentences if sentence.kind == "parameter" and parameter in sentence.path]
        assert known and all(sentence.document for sentence in known)
