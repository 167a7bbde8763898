"""A reform is a value: it applies without touching the law, composes, hashes by content, and says what it changes."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lingbao.law.errors import MissingLaw, ParameterError
from lingbao.law.month import format_month, month
from lingbao.law.reform import Change, Option, Reform, compose
from lingbao.law.reform_difference import diff
from lingbao.law.reform_library import find_reform, library
from lingbao.law.reform_read import parse_reform, write_reform
from lingbao.law.store import Law
from lingbao.law.values import freeze, plain

LAW = Law.load()
RATE, FLOOR = "national.contribution.total_rate", "provinces.36.contribution_floor"
NUMBERS = (
    RATE, "national.contribution.account_rate", "national.resident.divisor", "national.subsidy.max_months",
    "national.retirement.minimum_floor",
)


def reform(*changes: Change, name: str = "test", **options: Option) -> Reform:
    return Reform(
        id=name, title_zh="试验", title_en="trial", author="the tests", citation="none", mechanisms=("N8",),
        expected_zh="无", expected_en="none", since=month(2026, 1), runs_in=("laboratory",), changes=changes,
        options=freeze(options),
    )


def change(path: str, operation: Any, amount: Any, since: int = month(2026, 1), until: int | None = None) -> Change:
    return Change(path, since, operation, amount, until, "the tests")


def everything(law: Law) -> dict[str, Any]:
    return {path: [value.to_dict() for value in law.history(path)] for path in NUMBERS}


def test_a_value_holds_from_its_month_and_the_law_stays_before_it() -> None:
    new = reform(change(RATE, "value", 0.18)).apply(LAW)
    assert new.look_up(RATE, on=month(2025, 12)).value == 0.20
    assert new.look_up(RATE, on=month(2026, 1)).value == 0.18
    assert LAW.look_up(RATE, on=month(2026, 1)).value == 0.20
    assert new.hash != LAW.hash


def test_a_changed_value_says_that_it_is_not_law_and_how_well_it_is_supported() -> None:
    stated, assumed = change(RATE, "value", 0.18), replace(change(RATE, "value", 0.17, month(2027, 1)), assumed=True)
    law = reform(stated, assumed).apply(LAW)
    first, second = (law.look_up(RATE, on=month(year, 1)) for year in (2026, 2027))
    assert "not law in force: the tests" in first.document and first.sources == ("reform",)
    assert (first.confidence, second.confidence) == ("medium", "low")


def test_the_law_returns_after_the_last_month() -> None:
    new = reform(change(RATE, "value", 0.18, until=month(2026, 12))).apply(LAW)
    assert [new.look_up(RATE, on=month(year, 6)).value for year in (2025, 2026, 2027)] == [0.20, 0.18, 0.20]


def test_scaling_keeps_each_years_own_value() -> None:
    before = {value.since: value.value for value in LAW.history(FLOOR)}
    after = {value.since: value.value for value in reform(change(FLOOR, "scale", 0.5, month(2024, 1))).apply(LAW).history(FLOOR)}
    for since, value in before.items():
        assert since is not None
        assert after[since] == (value * 0.5 if since >= month(2024, 1) else value)
    assert any(since >= month(2024, 1) for since in before if since is not None)


def test_adding_is_in_the_parameters_unit_and_a_value_of_another_month_can_be_taken() -> None:
    law = reform(
        change("national.subsidy.max_months", "add", 12), change("national.contribution.account_rate", "as_in", month(1998, 1)),
    ).apply(LAW)
    assert law.number("national.subsidy.max_months") == 48.0
    assert law.number("national.contribution.account_rate", on=month(2026, 6)) == 0.11


def test_a_pattern_reaches_every_province_and_every_area() -> None:
    law = find_reform("B3").apply(LAW)
    floors = [path for path in LAW.paths() if ".contribution_floor" in path and "flexible" not in path]
    assert len(floors) >= 31
    for path in floors:
        assert law.history(path)[-1].value == pytest.approx(LAW.history(path)[-1].value * 2 / 3)


def test_a_reform_of_options_alone_leaves_the_law() -> None:
    assert find_reform("F3").apply(LAW) is LAW


@pytest.mark.parametrize(
    ("bad", "error", "says"),
    [
        (change("national.contribution.totl_rate", "value", 0.1), MissingLaw, "total_rate"),
        (change("provinces.*.contribution_flor", "value", 1.0), MissingLaw, "contribution_floor"),
        (change(RATE, "value", "low"), ParameterError, "number"),
        (change(RATE, "value", -0.1), ParameterError, "0 to 10"),
        (change("national.retirement.max_delay_male", "value", 1.5), ParameterError, "whole"),
        (change("national.contribution.payment_periods", "scale", 2.0), ParameterError, "value"),
        (change("national.contribution.payment_periods", "value", 2.0), ParameterError, "a table or a list"),
        (change(FLOOR, "scale", 0.5, month(2100, 1)), MissingLaw, "Start earlier"),
        (change("national.personal_pension.annual_cap", "as_in", month(1998, 1)), MissingLaw, "no known value"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_says_what_could(bad: Change, error: type, says: str) -> None:
    with pytest.raises(error) as caught:
        reform(bad).apply(LAW)
    assert says in caught.value.en and caught.value.zh and caught.value.zh != caught.value.en


Rows = list[tuple[str, float, int, int]]
values = st.tuples(
    st.sampled_from(NUMBERS), st.integers(0, 90).map(lambda n: n / 100 if n < 60 else n), st.integers(2026, 2040), st.integers(0, 5),
)


def changes_of(rows: Rows) -> tuple[Change, ...]:
    """Changes that are lawful for every number above: shares for rates, whole months for months."""
    found = []
    for path, number, year, years in rows:
        share = "rate" in path
        amount = (number if number < 1 else number / 100) if share else float(round(number if number >= 1 else number * 100))
        found.append(change(path, "value", amount, month(year, 1), month(year + years, 12) if years else None))
    return tuple(found)


@settings(max_examples=40, deadline=None)
@given(st.lists(values, max_size=4), st.lists(values, max_size=4), st.lists(values, max_size=4))
def test_composing_is_associative(first: Rows, second: Rows, third: Rows) -> None:
    a, b, c = (reform(*changes_of(rows), name=name) for rows, name in ((first, "a"), (second, "b"), (third, "c")))
    left, right, flat = compose(compose(a, b), c), compose(a, compose(b, c)), compose(a, b, c)
    assert left == right == flat and left.hash == right.hash
    assert everything(left.apply(LAW)) == everything(right.apply(LAW)) == everything(c.apply(b.apply(a.apply(LAW))))


@settings(max_examples=25, deadline=None)
@given(st.lists(values, max_size=5))
def test_applying_never_changes_the_base_law(rows: Rows) -> None:
    before, digest = everything(LAW), LAW.hash
    reform(*changes_of(rows)).apply(LAW)
    assert everything(LAW) == before and LAW.hash == digest and Law.load() is LAW


@settings(max_examples=25, deadline=None)
@given(st.lists(values, min_size=1, max_size=4), st.randoms())
def test_the_hash_does_not_know_the_order_of_keys(rows: Rows, chance: Any) -> None:
    first = reform(*changes_of(rows), youth_subsidy=Option("youth_subsidy", freeze({"below_age_months": 300, "months": 36, "share": 0.5}), "the tests"))

    def shuffled(data: Any) -> Any:
        if isinstance(data, dict):
            keys = list(data)
            chance.shuffle(keys)
            return {key: shuffled(data[key]) for key in keys}
        return [shuffled(item) for item in data] if isinstance(data, list) else data

    again = parse_reform(yaml.safe_dump(shuffled(first.to_dict()), sort_keys=False, allow_unicode=True))
    assert again == first and again.hash == first.hash


@settings(max_examples=25, deadline=None)
@given(st.lists(values, min_size=1, max_size=4))
def test_a_file_reads_back_what_was_written(rows: Rows) -> None:
    first = reform(*changes_of(rows))
    again = parse_reform(write_reform(first), law=LAW)
    assert again == first and again.hash == first.hash
    assert json.loads(json.dumps(first.to_dict())) == first.to_dict()


@pytest.mark.parametrize("shipped", library(), ids=lambda shipped: shipped.id)
def test_a_shipped_reform_reads_back_what_was_written(shipped: Reform) -> None:
    assert parse_reform(write_reform(shipped), law=LAW).hash == shipped.hash


def test_a_reform_survives_pickling_with_its_conflicts() -> None:
    both = compose(find_reform("N8"), find_reform("S9"), find_reform("F3"))
    again = pickle.loads(pickle.dumps(both))
    assert again == both and again.hash == both.hash and again.conflicts == both.conflicts
    assert {both: "found"}[again] == "found"


def test_equal_reforms_have_equal_hashes_however_a_number_was_written() -> None:
    whole, point = reform(change("national.subsidy.max_months", "value", 60)), reform(change("national.subsidy.max_months", "value", 60.0))
    assert whole == point and whole.hash == point.hash


def test_another_number_is_another_hash() -> None:
    assert reform(change(RATE, "value", 0.18)).hash != reform(change(RATE, "value", 0.17)).hash


def test_the_later_reform_wins_and_the_conflict_is_reported() -> None:
    both = compose(find_reform("N8"), find_reform("S9"))
    assert both.apply(LAW).number(RATE, on=month(2026, 6)) == 0.15
    first = next(conflict for conflict in both.conflicts if conflict.subject == RATE)
    assert (first.earlier["value"], first.later["value"]) == (0.18, 0.15)
    assert first.to_dict()["since"] == "2026-01" and first.until is None


def test_no_conflict_where_periods_do_not_meet_or_both_say_the_same() -> None:
    early = reform(change(RATE, "value", 0.18, month(2026, 1), month(2026, 12)))
    late = reform(change(RATE, "value", 0.15, month(2027, 1)))
    assert compose(early, late).conflicts == ()
    assert compose(early, early).conflicts == ()
    assert len(compose(early, reform(change(RATE, "value", 0.15, month(2026, 12)))).conflicts) == 1
    assert len(compose(reform(change(RATE, "scale", 0.9)), reform(change(RATE, "scale", 0.9))).conflicts) == 1


def test_a_pattern_meets_the_paths_it_names() -> None:
    wide, narrow = reform(change("provinces.*.contribution_floor", "scale", 0.5, month(2024, 1))), reform(change(FLOOR, "value", 2000.0, month(2025, 1)))
    assert [conflict.subject for conflict in compose(wide, narrow).conflicts] == [FLOOR]
    assert compose(wide, narrow).apply(LAW).number(FLOOR, on=month(2025, 6)) == 2000.0


def test_options_of_one_name_replace_each_other() -> None:
    both = compose(find_reform("F2-001"), find_reform("F3"))
    assert plain(both.options["fixed_amount"].values) == plain(find_reform("F3").options["fixed_amount"].values)
    assert [conflict.subject for conflict in both.conflicts] == ["options.fixed_amount"]


def test_what_is_composed_runs_only_where_every_part_runs() -> None:
    assert compose(find_reform("N8"), find_reform("N8-account")).runs_in == ("laboratory",)
    assert compose(find_reform("N8"), find_reform("B3")).runs_in == ("planner", "laboratory")


def test_the_difference_names_path_period_and_both_values() -> None:
    found = {entry.path: entry.to_dict() for entry in diff(None, find_reform("N8"), LAW)}
    assert found[RATE] == {"path": RATE, "since": "2026-01", "until": None, "from": 0.2, "to": 0.18, "unit": "1"}
    assert "provinces.31.total_rate" in found and len(found) == 3


def test_nothing_differs_from_itself_and_the_other_way_round_is_the_mirror() -> None:
    n8, s9 = find_reform("N8"), find_reform("S9")
    assert diff(n8, n8, LAW) == () and diff(None, find_reform("B6-EET"), LAW) == ()
    forth = [(e.path, e.since, e.until, e.before, e.after) for e in diff(n8, s9, LAW)]
    back = [(e.path, e.since, e.until, e.after, e.before) for e in diff(s9, n8, LAW)]
    assert forth == back and len(forth) > 10


@settings(max_examples=40, deadline=None)
@given(st.lists(values, min_size=1, max_size=4), st.sampled_from(NUMBERS), st.integers(month(2024, 1), month(2050, 12)))
def test_the_difference_is_what_looking_up_shows(rows: Rows, path: str, on: int) -> None:
    trial = reform(*changes_of(rows))
    listed = [
        entry for entry in diff(None, trial, LAW)
        if entry.path == path and (entry.since or 0) <= on and (entry.until is None or on <= entry.until)
    ]
    before, after = LAW.look_up(path, on=on).value, trial.apply(LAW).look_up(path, on=on).value
    assert [(entry.before, entry.after) for entry in listed] == ([] if before == after else [(before, after)]), format_month(on)


def test_options_differ_field_by_field() -> None:
    found = {entry.path: (entry.before, entry.after) for entry in diff(find_reform("F2-001"), find_reform("F3"), LAW)}
    assert found["options.fixed_amount.limit"] == ("none", "longest") and "options.fixed_amount.amount" not in found
