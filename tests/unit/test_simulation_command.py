"""``lingbao population``: the file, the table for people and for machines, and refusals in words."""

import json

import pytest
from typer.testing import CliRunner

from lingbao.cli import app

run = CliRunner().invoke


def test_a_population_is_written_checked_and_reported(tmp_path):
    file = tmp_path / "people.parquet"
    made = run(app, ["population", "--people", "2e3", "--seed", "3", "--out", str(file), "--lang", "en"])
    assert made.exit_code == 0
    assert "2,000 people" in made.output
    assert "residence group" in made.output
    assert "48.50%" in made.output
    checked = run(app, ["population", "--check", str(file), "--lang", "en"])
    assert checked.exit_code == 0
    assert "2,000 rows standing for 200,000,000 people" in checked.output


def test_json_holds_every_margin_with_target_and_source(tmp_path):
    made = run(app, ["population", "--people", "2000", "--out", str(tmp_path / "p.parquet"), "--json"])
    report = json.loads(made.stdout)
    assert report["rows"] == 2000
    assert report["seed"] == 1
    by_name = {(line["name"], line["category"]): line for line in report["diagnostics"]}
    employee = by_name["scheme", "employee"]
    assert employee["target"] == pytest.approx(0.353)
    assert employee["achieved"] == pytest.approx(0.353)
    assert "70.57" in employee["source"]
    assert by_name["mean_income", ""]["use"] == "compared"


@pytest.mark.parametrize(("arguments", "said"), [
    (["--people", "many", "--out", "x.parquet"], "'many' is not a number of people"),
    (["--people", "1.5", "--out", "x.parquet"], "'1.5' is not a number of people"),
    (["--people", "0", "--out", "x.parquet"], "'0' is not a number of people"),
    (["--people", "100"], "Give --people and --out"),
    (["--people", "100", "--seed", "-1", "--out", "x.parquet"], "cannot be a key"),
    (["--check", "nowhere.csv"], "There is no such file"),
])
def test_what_a_user_gets_wrong_is_said_in_words(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = run(app, ["population", *arguments, "--lang", "en"])
    assert refused.exit_code == 2
    assert said in refused.output
    assert "Traceback" not in refused.output


def test_a_bad_file_is_said_by_row_and_column(tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("id,weight\n1,2\n", encoding="utf-8")
    refused = run(app, ["population", "--check", str(file), "--json"])
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["error"]["errors"][0]["where"] == "birth"
