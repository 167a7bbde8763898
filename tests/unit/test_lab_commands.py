"""``lingbao simulate``, ``compare`` and ``sweep``: what they write and say, and how they refuse."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest
from typer.testing import CliRunner

from lingbao.cli import app
from lingbao.simulation.population import Population

run = CliRunner().invoke
FEW = ["--people", "800", "--years", "6", "--threads", "1"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A baseline and a reform, each in its folder."""
    at = tmp_path_factory.mktemp("runs")
    for name, more in (("base", []), ("F3", ["--reform", "F3"])):
        made = run(app, ["simulate", *FEW, *more, "--out", str(at / name), "--lang", "en"])
        assert made.exit_code == 0, made.output
        assert f"Written to {at / name}"[:40] in made.output.replace("\n", "")
    return at


def test_a_run_leaves_tables_manifest_and_reports(folders):
    manifest = json.loads((folders / "F3" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["reform"] == "F3" and manifest["people"] == 800 and manifest["seed"] == 1
    for file in ("fund.parquet", "people.parquet", "choices.parquet", "persons.parquet", "report.zh.html", "report.en.html", "tables.zh.xlsx"):
        assert (folders / "F3" / file).stat().st_size > 0
    assert pl.read_parquet(folders / "F3" / "fund.parquet")["year"].n_unique() == 6


def test_json_holds_the_manifest_and_the_years():
    said = json.loads(run(app, ["simulate", *FEW, "--json"]).stdout)
    assert [row["year"] for row in said["years"]] == list(range(2025, 2031))
    assert all(0.0 < row["payers_share"] < 1.0 and row["contributions"] > 0.0 for row in said["years"])
    assert said["manifest"]["reform"] == "" and said["out"] is None
    again = json.loads(run(app, ["simulate", *FEW, "--json"]).stdout)
    assert again["manifest"]["sums"] == said["manifest"]["sums"]


def test_an_own_person_file_is_simulated_and_a_bad_one_reported_by_row(tmp_path):
    file, out = tmp_path / "people.parquet", tmp_path / "out"
    Population.of(300, 5).write(file)
    made = json.loads(run(app, ["simulate", "--population", str(file), "--years", "3", "--threads", "1", "--json"]).stdout)
    assert made["manifest"]["people"] == 300 and made["manifest"]["cohorts_to_come"] == 0
    bad = pl.read_parquet(file).with_columns(pl.when(pl.int_range(pl.len()) == 6).then(99.0).otherwise(pl.col("volatility")).alias("volatility"))
    bad.write_parquet(file)
    refused = run(app, ["simulate", "--population", str(file), "--years", "3", "--out", str(out), "--lang", "en"])
    assert refused.exit_code == 2 and "volatility" in refused.output and re.search(r"\b7\b", refused.output)
    assert not out.exists()


def test_two_folders_are_compared(folders, tmp_path):
    made = run(app, ["compare", str(folders / "base"), str(folders / "F3"), "--out", str(tmp_path / "beside"), "--lang", "en"])
    assert made.exit_code == 0, made.output
    assert "F3" in made.output and "%" in made.output
    assert (tmp_path / "beside" / "pairs.parquet").is_file() and (tmp_path / "beside" / "report.zh.html").is_file()


def test_reforms_are_run_and_compared_here(folders):
    said = json.loads(run(app, ["compare", *FEW, "--reform", "F3", "--reform", "N8", "--json"]).stdout)["comparisons"]
    assert set(said) == {"F3", "N8"}
    beside = json.loads(run(app, ["compare", str(folders / "base"), str(folders / "F3"), "--json"]).stdout)["comparisons"]["F3"]
    assert said["F3"]["moves"] == beside["moves"] and said["F3"]["fund"]["total"] == pytest.approx(beside["fund"]["total"])
    assert said["F3"]["fund"]["total"] != said["N8"]["fund"]["total"]


def test_uncertainty_is_split_by_source(tmp_path):
    said = json.loads(run(app, ["compare", "--reform", "F3", *FEW, "--uncertainty", "--out", str(tmp_path / "split"), "--json"]).stdout)
    rows = {row["figure"]: row for row in said["uncertainty"]["F3"]}
    change = rows["coverage_change"]
    parts = [change[source] for source in ("law", "behaviour", "sampling", "chance")]
    assert change["total"] == pytest.approx(sum(part * part for part in parts) ** 0.5) and change["behaviour"] > 0.0 and change["chance"] > 0.0
    assert "uncertainty" in (tmp_path / "split" / "report.en.html").read_text(encoding="utf-8")


def test_uncertainty_needs_runs_made_here(folders):
    refused = run(app, ["compare", str(folders / "base"), str(folders / "F3"), "--uncertainty", "--lang", "en"])
    assert refused.exit_code == 2 and "--reform" in refused.output


def test_reforms_are_swept_and_ranked(tmp_path):
    out = tmp_path / "swept"
    three = ["--reform", "F3", "--reform", "F2-001", "--reform", "F2-324"]
    made = run(app, ["sweep", *FEW, *three, "--out", str(out), "--lang", "en"])
    assert made.exit_code == 0, made.output
    assert "F2-001" in made.output and "Pareto front" in made.output and "Choices of table 2" in made.output
    said = json.loads(run(app, ["sweep", *FEW, *three, "--json"]).stdout)
    assert [row["rank"] for row in said["reforms"]] == [1, 2, 3]
    taken = {row["design"]: row["coverage_gained"] for row in said["reforms"]}
    assert {row["level"]: row["coverage_gained"] for row in said["by_choice"]}["amount.absolute"] == taken["F2-001"]
    assert {row["design"] for row in said["reforms"]} == set(pl.read_parquet(out / "sweep.parquet")["design"])


@pytest.mark.parametrize(("arguments", "said"), [
    (["simulate", "--people", "many"], "'many' is not a number of people"),
    (["simulate", "--people", "1e13"], "must be whole"),
    (["simulate", "--years", "0"], "must be whole"),
    (["simulate", "--seed", "-1"], "cannot be a key"),
    (["simulate", "--reform", "F33"], "There is no reform 'F33'"),
    (["simulate", "--reform", "B6-TEE"], "for the planner only"),
    (["simulate", "--projection", "rosy"], "There is no projection 'rosy'"),
    (["simulate", "--threads", "1", "--workers", "2"], "Give one of"),
    (["simulate", "--threads", "0"], "whole number"),
    (["simulate", "--population", "nowhere.csv"], "There is no such file"),
    (["simulate", "--out", "/dev/null/here"], "cannot be written"),
    (["compare"], "Give two folders"),
    (["compare", "one"], "Give two folders"),
    (["compare", "one", "two"], "The run cannot be read"),
    (["compare", "one", "two", "--reform", "F3"], "Give two folders"),
    (["compare", "--reform", "F3", "--reform", "F3"], "stands twice"),
    (["sweep", "--reform", "F3", "--reform", "F3", "--people", "100"], "a reform twice"),
    (["sweep", "--reform", "nothing"], "There is no reform 'nothing'"),
])
def test_what_a_user_gets_wrong_is_said_in_words(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refused = run(app, [*arguments, "--lang", "en"])
    assert refused.exit_code == 2, refused.output
    assert said in refused.output.replace("\n", " ")
    assert "Traceback" not in refused.output and not list(tmp_path.iterdir())
    told = run(app, [*arguments, "--json"])
    assert told.exit_code == 2 and json.loads(told.stdout)["error"]["zh"]
