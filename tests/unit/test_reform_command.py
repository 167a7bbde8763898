"""``lingbao reform``: what it prints, in two languages and as JSON, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lingbao.cli import app
from lingbao.law.errors import InputError
from lingbao.law.reform_library import find_reform, library
from lingbao.law.reform_read import write_reform


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["reform", *words])
    if isinstance(result.exception, InputError):
        raise result.exception
    return result.exit_code, result.output


def test_the_list_names_every_reform_and_can_name_the_designs() -> None:
    code, text = run("list", "--lang", "en")
    assert code == 0 and all(reform.id in text for reform in library()) and "324" in text
    rows = json.loads(run("list", "--designs", "--json")[1])
    assert len(rows) == len(library()) + 324 and rows[-1]["id"] == "F2-324"


def test_a_reform_is_shown_with_its_changes_and_what_is_assumed() -> None:
    text = run("show", "N8", "--lang", "en")[1]
    assert "0.2 → 0.18" in text and "(assumed)" in text and "planner, laboratory" in text
    assert "预期效果" in run("show", "F3")[1] and "每月定额: 500 [yuan/month]" in run("show", "F3")[1]
    shown = json.loads(run("show", "N8", "--json")[1])
    assert shown["hash"] == find_reform("N8").hash and shown["reformed_law_hash"] != shown["law_hash"]


def test_what_is_composed_shows_its_conflicts() -> None:
    text = run("show", "N8+S9", "--lang", "en")[1]
    assert "in conflict" in text and "0.2 → 0.15" in text
    assert {row["subject"] for row in json.loads(run("show", "N8+S9", "--json")[1])["conflicts"]} >= {"provinces.*.total_rate"}


def test_checking_says_what_is_wrong_where_and_leaves_with_1(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(write_reform(find_reform("N8")), encoding="utf-8")
    bad.write_text(write_reform(find_reform("N8")).replace("total_rate", "total_rat", 1), encoding="utf-8")
    assert run("check", str(good))[0] == 0
    code, text = run("check", str(good), str(bad), "--lang", "en")
    assert code == 1 and "bad.yaml:" in text and "national.contribution.total_rate" in text
    code, text = run("check", str(good), str(bad), "--json")
    assert code == 1 and [row["ok"] for row in json.loads(text)] == [True, False]


def test_the_difference_leaves_with_1_when_there_is_one_like_diff() -> None:
    code, text = run("diff", "law", "N8", "--lang", "en")
    assert code == 1 and "0.2 → 0.18" in text
    assert run("diff", "N8", "n8")[0] == 0
    code, text = run("diff", "N8", "law", "--json")
    assert code == 1 and {row["to"] for row in json.loads(text)} == {0.12, 0.2}


def test_the_schema_is_printed_for_editors() -> None:
    schema = json.loads(run("schema")[1])
    assert schema["properties"]["options"]["properties"]["youth_subsidy"]["properties"]["values"]["properties"]["share"]["maximum"] == 1


def test_an_unknown_reform_is_an_error_that_suggests() -> None:
    with pytest.raises(InputError, match="N8-account"):
        run("show", "N8-")
