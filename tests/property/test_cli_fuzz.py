"""Whatever is typed, a command answers or says what is wrong; a traceback never reaches the user."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from lingbao.cli import app

runner = CliRunner()
FUZZ = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NUMBERS = st.one_of(
    st.sampled_from(["0", "-1", "nan", "inf", "1e309", "7054", "0.8", "358", "２３", "1,000", "", " ", "12个月", "41年8个月", "½", "1_000"]),
    st.integers(-10**6, 10**9).map(str), st.floats(0, 1e5).map(str), st.text(max_size=8))
MONTHS = st.one_of(st.sampled_from(["1976-08", "2025-06", "202506", "2025年6月", "2025-13", "0000-00", "1900-01", "2199-12", "24305"]), st.text(max_size=8))
PLACES = st.one_of(st.sampled_from(["江西", "36", "湖北襄阳", "Guangdong", "99", ""]), st.text(max_size=6))
WORDS = st.one_of(st.sampled_from(["male", "female", "男", "女50", "female55"]), st.text(max_size=6))


def options(**values):
    """Draw a command line from some of the options."""
    return st.fixed_dictionaries({}, optional=values).map(
        lambda drawn: [word for name, value in drawn.items() for word in (f"--{name.replace('_', '-')}", value)])


def answers(words):
    result = runner.invoke(app, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)
    assert result.exit_code in (0, 1, 2)
    assert "Traceback" not in result.output


@FUZZ
@given(options(birth=MONTHS, sex=WORDS, province=PLACES, months_paid=NUMBERS, lang=st.sampled_from(["zh", "en", "xx"]), **{"class": WORDS}),
       st.sampled_from([[], ["--json"]]))
def test_retire(words, form):
    answers(["retire", *words, *form])


@FUZZ
@given(options(province=PLACES, area=PLACES, claim=MONTHS, birth=MONTHS, sex=WORDS, benefit_base=NUMBERS, mean_index=NUMBERS,
               months=NUMBERS, years=NUMBERS, deemed_months=NUMBERS, transitional_index=NUMBERS, account_balance=NUMBERS,
               payout_months=NUMBERS, basic=NUMBERS, account=NUMBERS, transitional=NUMBERS, total=NUMBERS),
       st.sampled_from([[], ["--json"], ["--lang", "en"]]))
def test_check_award(words, form):
    answers(["check-award", *words, *form])


PLAUSIBLE = st.floats(0.0, 5.0).map(lambda value: f"{value:.4f}")
AMOUNT = st.floats(0.0, 20000.0).map(lambda value: f"{value:.2f}")


@settings(FUZZ, max_examples=80)
@given(st.sampled_from(["江西", "广东", "上海", "吉林", "浙江", "安徽", "河南郑州", "北京", "青海", "西藏"]), st.integers(2006, 2026),
       PLAUSIBLE, st.integers(1, 600), st.integers(0, 600), AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_check_award_with_plausible_figures(place, year, index, months, deemed, base, basic, transitional, total):
    answers(["check-award", "--province", place, "--claim", f"{year}-06", "--birth", f"{year - 60}-01", "--benefit-base", base,
             "--mean-index", index, "--months", str(months), "--deemed-months", str(deemed), "--account-balance", basic,
             "--basic", basic, "--account", total, "--transitional", transitional, "--total", total])


@settings(FUZZ, max_examples=15)
@given(options(birth=MONTHS, sex=WORDS, province=PLACES, home=PLACES, income=NUMBERS, months_paid=NUMBERS, mean_index=NUMBERS,
               budget=NUMBERS, target=NUMBERS, as_of=MONTHS), st.sampled_from(["plan", "explain"]))
def test_plan_and_explain(words, command):
    answers([command, *words])


@settings(FUZZ, max_examples=8)
@given(st.sampled_from(["江西", "广东", "上海", "吉林", "浙江", "西藏", "湖北襄阳"]), st.integers(1955, 2009), st.sampled_from(["男", "女"]),
       st.integers(0, 240), st.floats(0.3, 3.0), st.floats(0, 200000), st.floats(0, 30000))
def test_plan_of_plausible_people(place, birth, sex, months, index, balance, income):
    answers(["plan", "--birth", f"{birth}-05", "--sex", sex, "--province", place, "--months-paid", str(months), "--mean-index", f"{index:.4f}",
             "--account-balance", f"{balance:.2f}", "--income", f"{income:.2f}", "--target", "2500", "--budget", f"{income / 5:.2f}",
             "--as-of", "2026-06", "--all"])


@settings(FUZZ, max_examples=30)
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode),
                         st.lists(st.tuples(st.sampled_from(["项目", "缴费年月", "缴费基数", "合计", "基础养老金", "省份"]), NUMBERS), max_size=6).map(
                             lambda rows: "\n".join(",".join(row) for row in rows).encode("utf-8", "replace"))),
       command=st.sampled_from(["statement", "check-award"]))
def test_files(tmp_path, content, command):
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    answers([command, str(file)])


@pytest.mark.parametrize("command", ["plan", "retire", "check-award", "explain", "statement"])
def test_help_is_always_there(command):
    answers([command, "--help"])
