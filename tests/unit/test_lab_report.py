"""A run and a comparison as folders: complete, readable without a network, in both languages, safe in a spreadsheet."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import lab_tables
import openpyxl
import polars as pl
import pytest

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.simulation import report, report_tables
from lingbao.simulation.comparison import compare
from lingbao.simulation.report_charts import Chart, points, specification, svg
from lingbao.simulation.report_sections import Section
from lingbao.simulation.report_words import known, name_of, number, unit_of, value_of
from lingbao.simulation.run_tables import read_run

NASTY = Section(
    "nasty", "<b>标题</b>", "<b>title</b>", "a & b", "a & b",
    pl.DataFrame({"group": ["=1+1", "<script>alert(1)</script>", "@x"], "share": [0.5, float("nan"), -0.25]}))


class Page(HTMLParser):
    """Collects what a page holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("href", "src", "xlink:href", "action"):
                self.links.append((tag, value or ""))
            if name == "id":
                self.ids.append(value or "")


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.write_run(lab_tables.run(), tmp_path_factory.mktemp("run") / "out", Law.load(), extra=(NASTY,))


@pytest.fixture(scope="module")
def compared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.write_comparison(compare(lab_tables.run(), lab_tables.run(reform=True)), tmp_path_factory.mktemp("compared"))


def test_the_manifest_says_what_was_run_and_vouches_for_every_file(run_folder: Path) -> None:
    manifest = json.loads((run_folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kind"] == "run"
    assert manifest["law"] == "a" * 64 and manifest["seed"] == 5 and manifest["people"] == 400
    assert {"python", "lingbao", "numba"} <= set(manifest["versions"])
    assert manifest["machine"]["cores"] >= 1
    written = {file.relative_to(run_folder).as_posix() for file in run_folder.rglob("*") if file.is_file()}
    assert set(manifest["files"]) | {"manifest.json"} == written
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((run_folder / name).read_bytes()).hexdigest() == digest, name


def test_a_written_run_is_read_back_as_it_was(run_folder: Path) -> None:
    back, run = read_run(run_folder), lab_tables.run()
    assert back.persons.equals(run.persons) and back.fund.equals(run.fund)
    assert compare(back, run).fund["difference"].abs().max() == 0.0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_opens_offline_without_scripts(run_folder: Path, compared_folder: Path, lang: str) -> None:
    for folder in (run_folder, compared_folder):
        text = (folder / f"report.{lang}.html").read_text(encoding="utf-8")
        page = Page(text)
        assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
        assert all(target.startswith("#") or target == f"report.{'en' if lang == 'zh' else 'zh'}.html" for _, target in page.links)
        assert "default-src 'none'" in text
        assert len(page.ids) == len(set(page.ids)), "two drawings share an inner name"
        assert {target[1:] for tag, target in page.links if tag == "a" and target.startswith("#")} <= set(page.ids)


def test_every_chart_stands_above_its_table(run_folder: Path) -> None:
    text = (run_folder / "report.en.html").read_text(encoding="utf-8")
    sections = re.findall(r"<section .*?</section>", text, re.DOTALL)
    assert len(sections) >= 18
    assert sum("<svg" in section for section in sections) >= 14
    assert all(section.index("<table") > (section.find("</svg>")) for section in sections)
    assert all("<caption>" in section and 'scope="col"' in section for section in sections)


def test_the_chinese_report_is_chinese(run_folder: Path, compared_folder: Path) -> None:
    text = (run_folder / "report.zh.html").read_text(encoding="utf-8")
    assert 'lang="zh-CN"' in text and "谁补贴谁" in text and "宏观队列" in text
    assert "English" in text
    assert "谁受益、谁受损" in (compared_folder / "report.zh.html").read_text(encoding="utf-8")


def test_every_column_and_item_shown_has_a_name(run_folder: Path, compared_folder: Path) -> None:
    missing: set[str] = set()
    for folder in (run_folder, compared_folder):
        for file in (folder / "tables").glob("*.csv"):
            frame = pl.read_csv(file)
            missing |= {name for name in frame.columns if not known(name)}
            for name in ("item", "figure", "measure", "factor"):
                if name in frame.columns:
                    missing |= {value for value in frame[name] if not known(value)}
            for name in ("move", "effect", "function", "dimension", "scheme_last_reform"):
                if name in frame.columns:
                    missing |= {value for value in frame[name] if value_of(value, "zh") == value}
    assert not missing


def test_text_from_outside_is_neither_markup_nor_formula(run_folder: Path) -> None:
    text = (run_folder / "report.en.html").read_text(encoding="utf-8")
    assert "<script" not in text and "&lt;script&gt;alert(1)" in text and "&lt;b&gt;title" in text
    with (run_folder / "tables" / "nasty.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[1][0] == "'=1+1" and rows[3][0] == "'@x"
    assert rows[2][1] == "" and rows[3][1] == "-0.25"
    book = openpyxl.load_workbook(run_folder / "tables.en.xlsx")
    sheet = book["nasty"]
    assert sheet["A4"].value == "'=1+1" and sheet["A4"].data_type == "s"
    assert sheet["B5"].value is None and sheet["B6"].value == -0.25
    assert all(cell.data_type != "f" for each in book for row in each.iter_rows() for cell in row)


def test_workbooks_hold_unrounded_numbers_under_words(run_folder: Path) -> None:
    book = openpyxl.load_workbook(run_folder / "tables.zh.xlsx")
    sheet = book["fund"]
    assert sheet["A1"].value == "职工养老保险基金收支（灵活就业人员）"
    assert sheet["B3"].value == "缴费（各方合计）"
    assert sheet["B4"].value == pytest.approx(30e6 * 9 * 8_000 * 0.62 * 0.202)
    notes = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert notes["law"] == "a" * 64


def test_numbers_are_written_in_units_people_use() -> None:
    assert number(1.5e9, unit_of("benefits", "zh")) == "15.0"
    assert name_of("benefits", "zh") == "待遇支出（亿元）"
    assert number(1.5e9, unit_of("benefits", "en")) == "1.50"
    assert name_of("benefits", "en") == "benefits [billion yuan]"
    assert number(0.1234, unit_of("employee_share", "en")) == "12.3"
    assert number(float("nan"), unit_of("employee_share", "en")) == "—"
    assert number(2025, unit_of("year", "zh")) == "2025"
    assert value_of("local_rural", "en") == "local rural" and value_of("anything", "zh") == "anything"


def test_charts_carry_bands_where_there_are_errors() -> None:
    frame = pl.DataFrame({"income_fifth": [1, 2], "share": [0.2, 0.4], "share_error": [0.01, 0.0]})
    marks = points(Chart("bars", "income_fifth", ("share",)), frame, "en")
    assert marks[0]["y"] == pytest.approx(20.0)
    assert marks[0]["low"] == pytest.approx(20.0 - 1.96, abs=1e-3)
    form = specification(Chart("bars", "income_fifth", ("share",)), frame, "en")
    assert [layer["mark"]["type"] for layer in form["layer"]] == ["bar", "rule"]
    lines = specification(Chart("lines", "year", ("share",)), frame.rename({"income_fifth": "year"}), "zh")
    assert lines["layer"][0]["mark"]["type"] == "area"
    assert "<svg" in svg(Chart("points", "share", ("share_error",)), frame, "en", "p")


def test_what_is_not_a_number_is_not_drawn() -> None:
    frame = pl.DataFrame({"year": [2025, 2026], "share": [None, float("nan")]}, schema={"year": pl.Int64, "share": pl.Float64})
    assert points(Chart("lines", "year", ("share",)), frame, "en") == []


def test_the_citation_names_law_reform_and_seed(compared_folder: Path) -> None:
    manifest = json.loads((compared_folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["discount_rate"] == pytest.approx(0.035)
    cited = report.citation(manifest, "en")
    assert "law aaaaaaaaaaaa" in cited and "reform fixed (bbbbbbbbbbbb)" in cited and "seed 5" in cited
    assert "改革 fixed" in report.citation(manifest, "zh")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        report.write_run(lab_tables.run(), tmp_path / "taken")


def test_safe_leaves_numbers_alone() -> None:
    assert report_tables.safe(-5.0) == -5.0
    assert report_tables.safe("-5") == "'-5"
    assert report_tables.safe(float("inf")) is None
