"""The runner of golden cases: what counts as a failure, and what the command says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from lingbao.commands.verify import verify as command
from lingbao.law.errors import InputError
from lingbao.verify import read_cases, verify
from lingbao.verify.forms import evaluate
from lingbao.verify.runner import matches

CASES = Path(__file__).parents[1] / "cases"

GOOD = """
- {id: one, topic: divisor, inputs: {age_years: 60, age_months: 0}, expected: {months: 139}, tolerance: 0, source: x}
"""


@pytest.fixture
def application():
    program = typer.Typer()
    program.command()(command)
    return program


def written(folder, text):
    file = folder / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_golden_case_holds():
    report = verify([CASES])
    assert [(failure.id, failure.reasons) for failure in report.failures] == []
    assert report.passed.total() >= 100


def test_a_wrong_expectation_fails_with_inputs_expected_and_got(tmp_path):
    report = verify([written(tmp_path, GOOD.replace("139", "138"))])
    assert not report.ok
    failure = report.failures[0]
    assert (failure.expected, failure.got) == ({"months": 138}, {"months": 139.0})


@pytest.mark.parametrize("text", [
    GOOD.replace("divisor", "astrology"),
    GOOD.replace("months: 139", "months: 139, colour: red"),
    GOOD.replace("age_years: 60", "age_years: sixty"),
    "- {id: k, topic: account, inputs: {kind: magic}, expected: {closing: 1}}",
    "- {id: f, topic: pension, inputs: {C: 1, years: 1, avg_index: 1, basic_form: '__import__(1)'}, expected: {basic: 1}}",
])
def test_what_cannot_be_answered_is_a_failure(tmp_path, text):
    report = verify([written(tmp_path, text)])
    assert report.failed.total() == 1 and report.failures[0].reasons


@pytest.mark.parametrize("text", ["- {id: [", "just words", "- {id: a, topic: divisor}", "- 3",
                                  GOOD.replace("tolerance: 0", "tolerance: wide")])
def test_a_file_that_is_not_cases_is_refused(tmp_path, text):
    with pytest.raises(InputError):
        read_cases(written(tmp_path, text))


def test_numbers_match_within_tolerance_and_words_exactly():
    assert matches(1.0, 1.009, 0.01) and not matches(1.0, 1.02, 0.01)
    assert matches("60y0m", "60y0m", 5) and not matches("60y0m", "60y1m", 5)
    assert matches(None, None, 1) and not matches(0, None, 1)
    assert matches(True, True, 0) and not matches(True, 1, 0) and not matches(1, True, 0)
    assert not matches(1.0, float("nan"), 1)


def test_a_form_is_arithmetic_and_nothing_else():
    assert evaluate("(C*a + C*index)/2 with a=min(1,index/0.6)", {"C": 100.0, "index": 0.3}) == 40.0
    for form in ("C.real", "open('x')", "C**9", "[1]", "lambda: 1", "D"):
        with pytest.raises(InputError):
            evaluate(form, {"C": 1.0})


def test_the_command_exits_0_1_and_2(application, tmp_path):
    runner = CliRunner()
    good = runner.invoke(application, [str(written(tmp_path, GOOD)), "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["by_topic"] == {"divisor": {"passed": 1, "failed": 0, "skipped": 0}}
    bad = runner.invoke(application, [str(written(tmp_path, GOOD.replace("139", "138"))), "--lang", "en"])
    assert bad.exit_code == 1 and "expected 138" in bad.stdout
    assert runner.invoke(application, [str(tmp_path / "missing.yaml")]).exit_code == 2
