"""The rules outside the employee pension give the same answer plain, traced and compiled."""

from __future__ import annotations

import importlib
import inspect
import random
import string

import pytest

from lingbao.law.compile import compiled
from lingbao.law.rule import rules
from lingbao.law.store import Law
from lingbao.law.trace import traced

MODULES = ("resident", "conversion", "transfer", "personal_pension", "subsidy", "survivor", "injury", "unemployment",
           "labour_relation", "commercial")
for module in MODULES:
    importlib.import_module(f"lingbao.law.rules.{module}")

MINE = sorted(
    (rule for rule in rules() if rule.source.__module__.rpartition(".")[2] in MODULES), key=lambda rule: rule.name
)
BRACKETS = {
    "bracket_limits": (10.0, 20.0, 30.0), "bracket_rates": (0.05, 0.1, 0.2, 0.4),
    "quick_deductions": (0.0, 0.5, 2.5, 8.5),
}


def public(rule):
    return getattr(importlib.import_module(rule.source.__module__), rule.source.__name__)


def arguments(rule, luck):
    """Draw arguments by their declared type; tables are fixed."""
    drawn = {"float": lambda: round(luck.uniform(0.1, 40.0), 3), "int": lambda: luck.randrange(1, 40),
             "bool": lambda: luck.random() < 0.5}
    return {
        name: BRACKETS[name] if name in BRACKETS else drawn[parameter.annotation]()
        for name, parameter in inspect.signature(rule.source).parameters.items()
    }


@pytest.mark.parametrize("rule", MINE, ids=lambda rule: rule.name)
def test_the_three_runners_agree(rule):
    luck = random.Random(rule.name)
    plain, fast, recording = public(rule), compiled(public(rule)), traced(public(rule))
    for _ in range(20):
        given = arguments(rule, luck)
        answer = plain(**given)
        assert fast(*given.values()) == pytest.approx(answer, rel=1e-12, abs=1e-12)
        assert recording(**given) == answer


@pytest.mark.parametrize("rule", MINE, ids=lambda rule: rule.name)
def test_a_rule_says_what_it_is(rule):
    assert rule.article and rule.unit and rule.label_zh and rule.label_en
    assert inspect.getdoc(rule.source)


@pytest.mark.parametrize("rule", MINE, ids=lambda rule: rule.name)
def test_a_formula_names_only_arguments_and_terms(rule):
    names = {field for _, field, _, _ in string.Formatter().parse(rule.formula) if field}
    assert names <= set(rule.arguments)


def test_every_argument_is_a_term_with_a_unit():
    terms = Law.load().terms
    missing = {name for rule in MINE for name in rule.arguments if name not in terms}
    assert not missing
    for rule in MINE:
        for name in rule.arguments:
            assert terms[name]["zh"] and terms[name]["en"] and terms[name]["unit"]
