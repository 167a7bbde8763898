"""The arrays of the law agree with the look-ups, say what is assumed, and never fill the past."""

from __future__ import annotations

import time

import numpy as np
import pytest

from lingbao.law.dense import QUANTITIES, _cache, dense
from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month
from lingbao.law.store import Law

LAW = Law.load()
FIRST, LAST = month(1990, 1), month(2110, 12)
DENSE = dense(LAW, "base", FIRST, LAST)


def at(name: str, code: str, on: int, arrays=DENSE) -> float:
    return float(getattr(arrays, name)[arrays.row(code), arrays.column(on)])


@pytest.mark.parametrize(("name", "path"), [
    ("benefit_base", "benefit_base"), ("contribution_floor", "contribution_floor"),
    ("contribution_cap", "contribution_cap"), ("average_wage", "contribution_average_wage"),
    ("resident_minimum", "resident_basic"),
])
def test_arrays_and_look_ups_agree(name: str, path: str) -> None:
    compared = 0
    for province in LAW.provinces():
        for on in range(month(2019, 1), month(2026, 1), 5):
            try:
                stated = LAW.number(f"provinces.{province.code}.{path}", on=on)
            except MissingLaw:
                continue
            assert at(name, province.code, on) == stated
            compared += 1
    assert compared > 100


def test_national_rates_agree_with_the_look_ups() -> None:
    for year in range(2016, 2026):
        on = month(year, 1)
        assert DENSE.crediting_rate[DENSE.column(on)] == LAW.number("national.account.crediting_rate", on=on)
        assert DENSE.pension_adjustment[DENSE.column(on)] == LAW.number("national.benefit.pension_adjustment", on=on)
        assert DENSE.pension_adjustment[DENSE.column(on) + 1] == 0.0


def test_shapes_types_and_missing_flags() -> None:
    for name in QUANTITIES:
        array = getattr(DENSE, name)
        assert array.dtype == np.float64 and array.flags.c_contiguous and not array.flags.writeable
        assert array.shape[-1] == LAST - FIRST + 1
        for flags in (DENSE.projected, DENSE.low_confidence, DENSE.missing):
            assert flags[name].shape == array.shape
        assert np.array_equal(DENSE.missing[name], np.isnan(array))


def test_the_past_before_the_first_observation_stays_empty() -> None:
    for province in LAW.provinces():
        row = DENSE.average_wage[DENSE.row(province.code)]
        first = int(np.argmax(~np.isnan(row)))
        assert first > 0 or not np.isnan(row[0])
        assert np.isnan(row[:first]).all()
        assert not np.isnan(row[DENSE.column(month(2021, 1)):]).any()
    assert np.isnan(at("contribution_floor", "36", month(2010, 1)))


def test_wages_before_the_bounds_come_from_the_year_before_and_are_flagged() -> None:
    on = month(2012, 5)
    assert at("average_wage", "36", on) == LAW.number("provinces.36.average_wage_before_2019", on=month(2011, 1))
    assert DENSE.low_confidence["average_wage"][DENSE.row("36"), DENSE.column(on)]


def test_bounds_that_ran_out_go_on_until_the_projection_starts() -> None:
    row = DENSE.row("36")
    for on in (month(2026, 1), month(2026, 12)):
        assert at("contribution_floor", "36", on) == LAW.number("provinces.36.contribution_floor", on=month(2025, 1))
        assert DENSE.projected["contribution_floor"][row, DENSE.column(on)]
    assert at("contribution_floor", "36", month(2027, 1)) > at("contribution_floor", "36", month(2026, 12))
    assert not DENSE.projected["contribution_floor"][row, DENSE.column(month(2025, 12))]


def test_floor_cap_and_wage_grow_together() -> None:
    start = DENSE.column(month(2027, 1))
    for name in ("contribution_floor", "contribution_cap"):
        ratio = getattr(DENSE, name)[:, start:] / DENSE.average_wage[:, start:]
        assert np.allclose(ratio[:, :1], ratio, rtol=1e-12, equal_nan=True)


def test_a_july_province_changes_its_bounds_in_july() -> None:
    beijing = DENSE.average_wage[DENSE.row("11")]
    assert beijing[DENSE.column(month(2030, 6))] == beijing[DENSE.column(month(2030, 1))]
    assert beijing[DENSE.column(month(2030, 7))] > beijing[DENSE.column(month(2030, 6))]


def test_projections_are_ordered_and_nothing_is_missing_ahead() -> None:
    low, base, high = (dense(LAW, name, month(2027, 1), month(2080, 12)) for name in ("low", "base", "high"))
    for name in QUANTITIES:
        smaller, middle, larger = (getattr(arrays, name) for arrays in (low, base, high))
        assert not np.isnan(middle).any(), name
        assert (smaller <= middle).all() and (middle <= larger).all(), name


def test_looking_from_an_earlier_month_hides_later_law() -> None:
    known = dense(LAW, "base", FIRST, LAST, known=month(2022, 3))
    on = known.column(month(2025, 1))
    assert known.projected["benefit_base"][:, on].all()
    assert known.projected["crediting_rate"][on]
    assert at("benefit_base", "11", month(2021, 1), known) == LAW.number("provinces.11.benefit_base", on=month(2021, 1))


def test_a_reform_reaches_the_arrays() -> None:
    reformed = LAW.overlay({"national.contribution.total_rate": {"value": 0.18, "since": "2027-01"}})
    arrays = dense(reformed, "base", FIRST, LAST)
    assert at("total_rate", "36", month(2030, 1), arrays) == 0.18
    assert at("total_rate", "36", month(2026, 12), arrays) == 0.20


def test_prices_are_one_before_the_projection_and_rise_evenly() -> None:
    index = DENSE.price_index
    assert index[DENSE.column(month(2026, 12))] == pytest.approx(1.0)
    rise = index[DENSE.column(month(2040, 12))] / index[DENSE.column(month(2039, 12))] - 1
    assert rise == pytest.approx(0.015)


def test_the_same_question_is_answered_from_the_cache() -> None:
    assert dense(LAW, "base", FIRST, LAST) is dense(LAW, "base", FIRST, LAST)


def test_a_century_of_law_is_ready_at_once() -> None:
    _cache.clear()
    began = time.perf_counter()
    dense(LAW, "base", FIRST, LAST)
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(("projection", "first", "last"), [("middle", FIRST, LAST), ("base", LAST, FIRST)])
def test_impossible_questions_are_refused(projection: str, first: int, last: int) -> None:
    with pytest.raises(InputError, match="low, base, high"):
        dense(LAW, projection, first, last)
