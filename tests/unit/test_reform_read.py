"""Errors in a reform file name the line, the place, the value and what is allowed, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.reform_read import parse_reform, read_reform
from lingbao.law.reform_schema import declared_options, reform_schema
from lingbao.law.store import Law

LAW = Law.load()

GOOD = """\
id: mine
title_zh: 我的改革
title_en: My reform
author: someone
citation: nowhere
mechanisms: [N8]
expected_zh: 缴费下降
expected_en: payments fall
since: "2026-01"
runs_in: [laboratory]
changes:
  - path: national.contribution.total_rate
    value: 0.18
    source: a paper
  - path: national.subsidy.max_months
    value: 60
    source: a paper
options:
  youth_subsidy:
    source: a paper
    values:
      below_age_months: 300
      months: 36
      share: 0.5
"""


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(GOOD.splitlines(), 1) if text in line)


def faults(text: str) -> list[LingbaoError]:
    with pytest.raises(LingbaoError) as caught:
        parse_reform(text, "mine.yaml", LAW)
    return caught.value.errors if isinstance(caught.value, ErrorList) else [caught.value]


def test_the_good_file_is_good() -> None:
    assert parse_reform(GOOD, "mine.yaml", LAW).id == "mine"


@pytest.mark.parametrize(
    ("old", "new", "line", "place", "allowed"),
    [
        ("value: 0.18", "valu: 0.18", "value: 0.18", "changes[0].valu", "value"),
        ("total_rate", "totl_rate", "total_rate", "changes[0].path", "national.contribution.total_rate"),
        ("value: 0.18", "value: 20", "value: 0.18", "changes[0].value", "0 to 10"),
        ("value: 0.18", "value: yes please", "value: 0.18", "changes[0].value", "a number"),
        ("value: 60", "value: 60.5", "value: 60", "changes[1].value", "whole"),
        ('since: "2026-01"', 'since: "2026-13"', "since:", "since", "2030-01"),
        ('since: "2026-01"', "since: 2026-01-01", "since:", "since", "2030-01"),
        ("[laboratory]", "[planer]", "runs_in", "runs_in[0]", "planner, laboratory"),
        ("[laboratory]", "[planner]", "runs_in", "runs_in", "it runs in: laboratory"),
        ("youth_subsidy", "youth_subsidies", "youth_subsidy", "options.youth_subsidies", "youth_subsidy"),
        ("share: 0.5", "share: 1.5", "share: 0.5", "options.youth_subsidy.values.share", "0 to 1"),
        ("months: 36", "months: 36.5", "      months: 36", "options.youth_subsidy.values.months", "a whole number"),
        ("      share: 0.5\n", "", "    values:", "options.youth_subsidy.values", "share"),
        ("author: someone\n", "", "id: mine", "'author' is missing", "author"),
        ("[N8]", "[X8]", "mechanisms", "mechanisms[0]", "NBSFC"),
        ("author: someone", 'author: ""', "author", "author", "empty"),
        ("    value: 60\n", "    value: 60\n    scale: 2\n", "path: national.subsidy", "changes[1]", "value / scale / add / as_in"),
        ("    value: 60\n", "", "path: national.subsidy", "changes[1]", "exactly one of"),
        ("    value: 60\n", '    value: 60\n    until: "2025-12"\n', "    value: 60", "changes[1].until", "must not"),
    ],
)
def test_a_fault_points_at_its_line(old: str, new: str, line: str, place: str, allowed: str) -> None:
    found = faults(GOOD.replace(old, new, 1))
    text = " ".join(fault.en for fault in found)
    expected = line_of(line) + (place.endswith("until"))
    assert found[0].where == f"mine.yaml:{expected}", [fault.message("en") for fault in found]
    assert place in text and allowed in text
    assert all(fault.zh and fault.zh != fault.en for fault in found)


def test_all_faults_are_said_at_once_in_the_order_of_lines() -> None:
    found = faults(GOOD.replace('"2026-01"', '"soon"').replace("share: 0.5", "share: 2"))
    assert [fault.where for fault in found] == [f"mine.yaml:{line_of('since:')}", f"mine.yaml:{line_of('share: 0.5')}"]


def test_a_key_that_stands_twice_is_refused() -> None:
    (fault,) = faults(GOOD.replace("author: someone\n", "author: someone\nauthor: another\n"))
    assert fault.code == "reform.twice" and fault.where == f"mine.yaml:{line_of('author') + 1}"


def test_text_that_is_not_yaml_is_refused_with_its_line() -> None:
    (fault,) = faults(GOOD.replace("title_en: My reform", "title_en: My: reform"))
    assert fault.code == "reform.yaml" and fault.where == f"mine.yaml:{line_of('title_en')}"


def test_aliases_and_endless_nesting_are_refused() -> None:
    (fault,) = faults(GOOD.replace("value: 0.18", "value: &rate 0.18").replace("value: 60", "value: *rate"))
    assert fault.code == "reform.alias" and fault.where == f"mine.yaml:{line_of('value: 60')}"
    assert faults("[" * 5000)[0].code == "reform.yaml"


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf"])
def test_what_is_not_a_finite_number_is_refused(number: str) -> None:
    for key in ("value", "scale", "add"):
        assert faults(GOOD.replace("value: 60", f"{key}: {number}"))[0].where == f"mine.yaml:{line_of('value: 60')}"
        yuan = GOOD.replace("national.subsidy.max_months", "national.personal_pension.annual_cap")
        assert faults(yuan.replace("value: 60", f"{key}: {number}"))[0].where == f"mine.yaml:{line_of('value: 60')}"


@pytest.mark.parametrize("text", ["", "a text", "[1, 2]", "id: mine\n"])
def test_what_is_not_a_reform_is_refused(text: str) -> None:
    assert all(fault.where == "mine.yaml:1" for fault in faults(text))


def test_a_reform_must_change_or_choose_something() -> None:
    (fault,) = faults(GOOD.split("changes:")[0])
    assert "changes / options" in fault.en


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read"):
        read_reform(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes("id: é".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_reform(tmp_path / "latin.yaml")


def test_without_a_law_only_the_form_is_checked() -> None:
    assert parse_reform(GOOD.replace("total_rate", "totl_rate")).changes[0].path.endswith("totl_rate")


def test_sums_are_needed_where_a_choice_calls_for_them() -> None:
    text = GOOD.split("options:")[0] + (
        "options:\n  fixed_amount:\n    source: a paper\n    values: {amount: absolute, limit: longest, financing: pool,"
        " minimum: full, accrual: none, index: factor}\n"
    )
    assert {str(fault.value) for fault in faults(text)} == {"contribution", "longest_months", "index_factor"}


def test_the_schema_is_a_schema_and_every_option_says_what_it_is() -> None:
    Draft202012Validator.check_schema(reform_schema())
    for name, option in declared_options().items():
        assert option["zh"] and option["en"] and option["mechanisms"] and option["runs_in"], name
        for field, about in option["fields"].items():
            assert about["zh"] and about["en"], (name, field)
            assert about["kind"] not in ("number", "whole", "table") or {"unit", "least", "most"} <= set(about), (name, field)
