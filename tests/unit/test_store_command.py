"""``lingbao law`` shows values with their support, and its exit status says whether the files are sound."""

from __future__ import annotations

import json
import shutil

import pytest
from typer.testing import CliRunner

from lingbao.commands.law import app
from lingbao.law.store import Law

run = CliRunner().invoke


def test_show_gives_value_document_and_sources() -> None:
    found = json.loads(run(app, ["show", "provinces.36.benefit_base", "--on", "2025-03", "--json"]).stdout)
    assert found["value"]["value"] == 7054
    assert found["value"]["document"] == "赣人社发〔2025〕48号"
    assert found["law_hash"] == Law.load().hash
    assert len(found["history"]) == len(Law.load().history("provinces.36.benefit_base"))


@pytest.mark.parametrize(("lang", "word"), [("zh", "计发基数"), ("en", "benefit base")])
def test_show_speaks_both_languages(lang: str, word: str) -> None:
    out = run(app, ["show", "provinces.36.benefit_base", "--on", "2026-03", "--known", "2026-04", "--lang", lang]).stdout
    assert word in out and "7054" in out
    assert ("暂用上期数值" in out) == (lang == "zh")


def test_months_are_shown_as_months() -> None:
    assert "1965-01" in run(app, ["show", "national.retirement.first_affected_birth_male"]).stdout


def test_coverage_has_one_line_a_province_code_first() -> None:
    lines = run(app, ["coverage"]).stdout.splitlines()
    assert [line[:2] for line in lines] == [province.code for province in Law.load().provinces()]


def test_list_filters_by_prefix() -> None:
    lines = run(app, ["list", "national.transfer."]).stdout.splitlines()
    assert lines and all(line.startswith("national.transfer.") for line in lines)


def test_lint_passes_on_the_package_and_fails_on_a_broken_copy(tmp_path, monkeypatch) -> None:
    assert run(app, ["lint"]).exit_code == 0
    copy = tmp_path / "parameters"
    shutil.copytree(Law.load().directory, copy)
    file = copy / "provinces" / "benefit_base.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("7054", "seven", 1), encoding="utf-8")
    monkeypatch.setattr(Law, "load", classmethod(lambda cls, directory=None: Law(copy)))
    broken = run(app, ["lint", "--json"])
    assert broken.exit_code == 1
    assert any("benefit_base.csv" in fault["where"] for fault in json.loads(broken.stdout)["faults"])


def test_export_says_what_it_left_out(tmp_path) -> None:
    done = run(app, ["export-openfisca", str(tmp_path / "out"), "--lang", "en"])
    assert done.exit_code == 0 and "left out" in done.stdout
    assert (tmp_path / "out" / "national" / "account" / "crediting_rate.yaml").is_file()
