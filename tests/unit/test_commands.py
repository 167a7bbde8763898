"""The commands answer in two languages and as JSON; what is wrong is said with exit code 2, a disagreement with 1."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from lingbao.cli import app

runner = CliRunner()
WHO = ["--birth", "1985-03", "--sex", "女", "--province", "江西", "--as-of", "2026-06"]
AWARD = ["check-award", "--province", "江西", "--claim", "2025-06", "--benefit-base", "7054", "--mean-index", "0.873",
         "--months", "358", "--account-balance", "132935.17", "--payout-months", "195", "--account", "681.72"]
STATEMENT = "缴费年月,缴费基数,参保地\n202301,4000,江西\n202302,4000,江西\n202306,4000,江西\n"


def run(*words, code=0):
    result = runner.invoke(app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_retire_gives_dates_minimum_and_reasons():
    found = json.loads(run("retire", "--birth", "1976-08", "--sex", "male", "--months-paid", 100, "--json"))
    assert (found["statutory_month"], found["earliest_month"], found["resident_month"]) == ("2039-07", "2036-08", "2036-08")
    assert (found["minimum_months"], found["months_needed"]) == (240, 140)
    assert found["reasons"]["statutory_month"][0]["article"]


def test_retire_speaks_both_languages_and_knows_the_classes():
    assert "法定退休年月" in run("retire", "--birth", "1976-08", "--sex", "男")
    assert "Statutory month" in run("retire", "--birth", "1976-08", "--sex", "male", "--lang", "en")
    fifty = json.loads(run("retire", "--birth", "1980-01", "--class", "女50", "--json"))
    assert fifty["worker_class"] == "female50"
    assert json.loads(run("retire", "--birth", "1980-01", "--sex", "女", "--province", "江西", "--json"))["worker_class"] in ("female50", "female55")


@pytest.mark.parametrize("words", [
    ["retire", "--birth", "1976-13", "--sex", "male"], ["retire", "--birth", "1976-08"], ["retire", "--sex", "male"],
    ["retire", "--birth", "1976-08", "--sex", "x"], ["retire", "--birth", "1976-08", "--sex", "male", "--class", "female50"],
    ["retire", "--birth", "1976-08", "--sex", "male", "--lang", "fr"], ["retire", "--birth", "1976-08", "--sex", "male", "--months-paid", "-3"],
    ["check-award"], ["check-award", "no-such-file.csv"], ["statement", "no-such-file.csv"],
    ["plan", *WHO[:-2], "--income", "nan"], ["plan", *WHO, "--budget", "-1"], ["explain", *WHO, "--figure", "happiness"],
    ["explain", *WHO, "--option", "lottery"], ["explain", *WHO, "--projection", "rosy"], ["no-such-command"],
])
def test_wrong_input_is_said_and_leaves_with_code_2(words):
    run(*words, code=2)


def test_errors_are_json_where_json_is_asked_for():
    error = json.loads(run("check-award", "--province", "火星", "--json", code=2))["error"]
    assert error["errors"][0]["where"] == "province" and error["errors"][0]["zh"] and error["errors"][0]["en"]


def test_an_award_that_agrees_and_one_that_does_not():
    assert "一致" in run(*AWARD, "--basic", "1970.81")
    shown = run(*AWARD, "--basic", "1932.26", "--lang", "en", code=1)
    assert "6916" in shown and "less than recomputed" in shown
    data = json.loads(run(*AWARD, "--basic", "1932.26", "--json", code=1))
    assert data["ok"] is False
    assert next(line for line in data["lines"] if line["name"] == "basic")["causes"][0]["code"] == "base_earlier"


def test_an_award_check_shows_the_law_behind_each_part_on_request():
    assert "国发〔2005〕38号" in run(*AWARD, "--basic", "1970.81", "--why")
    assert "国发〔2005〕38号" not in run(*AWARD, "--basic", "1970.81")


def test_an_award_form_from_a_file(tmp_path):
    file = tmp_path / "form.csv"
    file.write_text("项目,金额\n省份,江西\n领取年月,2025-06\n计发基数,7054\n平均缴费指数,0.873\n缴费月数,358\n基础养老金,1970.81\n", encoding="utf-8")
    assert json.loads(run("check-award", file, "--json"))["ok"] is True
    assert json.loads(run("check-award", file, "--basic", "1900", "--json", code=1))["ok"] is False


def test_a_statement_is_shown_summed_and_written(tmp_path):
    file, out = tmp_path / "s.csv", tmp_path / "o.csv"
    file.write_text(STATEMENT, encoding="utf-8")
    shown = run("statement", file, "--out", out, "--by", "year")
    assert "2023-03" in shown and "平均缴费指数" in shown
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    data = json.loads(run("statement", out, "--json"))
    assert data["months_paid"] == 3 and data["gaps"] == [["2023-03", "2023-05"]]
    run("statement", file, "--out", tmp_path / "o.txt", code=2)


def test_a_wrong_row_is_named_and_leaves_with_code_1(tmp_path):
    file = tmp_path / "s.csv"
    file.write_text(STATEMENT + "202307,abc,江西\n", encoding="utf-8")
    assert "第 5 行" in run("statement", file, code=1)
    fault = json.loads(run("statement", file, "--json", code=1))["faults"][0]
    assert (fault["row"], fault["column"]) == (5, "缴费基数")


def test_plan_shows_advice_options_and_target(tmp_path):
    file = tmp_path / "s.csv"
    file.write_text(STATEMENT, encoding="utf-8")
    shown = run("plan", *WHO, "--income", 6000, "--statement", file, "--budget", 900, "--target", 3000, "--lang", "en")
    assert "employee-floor" in shown and "3,000.00" in shown and "over budget" in shown
    data = json.loads(run("plan", *WHO, "--income", 6000, "--statement", file, "--target", 3000, "--json"))
    assert data["person"]["months_paid"] == 3 and data["target"]["reached"] is True
    assert {"low", "base", "high"} == set(data["options"][0]["outlook"])


def test_explain_shows_the_law_behind_a_figure():
    shown = run("explain", *WHO, "--income", 6000, "--lang", "en")
    assert "国发〔2005〕38号" in shown and "basic pension" in shown
    data = json.loads(run("explain", *WHO, "--option", "resident-100", "--figure", "claim_month", "--json"))
    assert data["option"] == "resident-100" and data["sentences"][0]["depth"] == 0


@pytest.mark.parametrize(("option", "figure"), [("resident-100", "basic"), ("resident-100", "mean_index"), ("none", "account"), ("none", "irr")])
def test_a_figure_that_an_option_lacks_is_answered_too(option, figure):
    data = json.loads(run("explain", *WHO, "--option", option, "--figure", figure, "--json"))
    assert data["sentences"][0]["text"] and data["sentences"][0]["value"] is not None


def test_plan_under_a_reform_and_wishes():
    law = json.loads(run("plan", *WHO, "--base", 5000, "--json"))
    lower = json.loads(run("plan", *WHO, "--base", 5000, "--reform", "N8", "--json"))
    first = [{option["id"]: option["first_payment"]["month"] for option in answer["options"]} for answer in (law, lower)]
    assert first[1]["employee-base"] == pytest.approx(first[0]["employee-base"] * 0.9, abs=0.01)
    assert law["law_hash"] != lower["law_hash"]
    assert "plan.reform" in run("plan", *WHO, "--reform", "F3", "--json", code=2)
