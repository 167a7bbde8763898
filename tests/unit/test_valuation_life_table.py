"""Survival follows the period tables; the insured table meets its quoted life expectancies."""

from __future__ import annotations

import numpy as np
import pytest

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.loader import DIRECTORY, read_csv
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.valuation.life_table import LifeTable, deaths, insured_table, population_table, survival_many

ROWS = read_csv(DIRECTORY / "national" / "population" / "derived_single_age_qx.csv")


@pytest.fixture(scope="module")
def table():
    return population_table(Law.load())


@pytest.mark.parametrize("row", [r for r in ROWS if r["age"] in ("0", "50", "60", "80")], ids=lambda r: f"{r['period']}-{r['age']}")
@pytest.mark.parametrize("sex", ["male", "female"])
def test_expectancies_are_those_printed_beside_the_rates(table, row, sex):
    middle = sum(float(year) for year in row["period"].split("-")) / 2
    assert table.expectancy(sex, int(row["age"]), middle) == pytest.approx(float(row[f"ex_{sex}"]), abs=0.011)


def test_survival_starts_at_one_and_never_rises(table):
    curve = table.survival("female", month(1985, 3), month(2026, 11), 1000)
    assert curve[0] == 1.0
    assert (np.diff(curve) < 0).all()
    assert curve[-1] < 1e-6


def test_a_year_in_the_middle_of_a_period_has_that_period_s_probability(table):
    birth = month(1962, 7)
    curve = table.survival("male", birth, month(2022, 7), 13)
    printed = next(float(r["qx_male"]) for r in ROWS if r["period"] == "2020-2025" and r["age"] == "60")
    assert 1.0 - curve[12] == pytest.approx(printed, rel=0.02)


def test_later_cohorts_live_longer(table):
    at_60 = [table.survival("male", month(birth, 1), month(birth + 60, 1), 240)[-1] for birth in (1960, 1975, 1985)]
    assert at_60 == sorted(at_60)


def test_rates_are_held_after_the_last_table(table):
    early = table.survival("male", month(2000, 1), month(2060, 1), 60)
    late = table.survival("male", month(2040, 1), month(2100, 1), 60)
    assert np.allclose(early, late)


def test_deaths_add_up_to_one(table):
    curve = table.survival("male", month(1970, 1), month(2026, 1), 500)
    assert deaths(curve).sum() == pytest.approx(1.0)


def test_the_insured_meet_the_quoted_expectancies_and_say_how_sure():
    table = insured_table(Law.load())
    assert table.expectancy("male", 60, 2020) == pytest.approx(23.34, abs=1e-6)
    assert table.expectancy("female", 55, 2020) == pytest.approx(31.32, abs=1e-6)
    assert table.expectancy("female", 50, 2020) == pytest.approx(36.08, abs=1e-6)
    assert (table.name, table.confidence) == ("insured", "low")


def test_scaling_leaves_younger_ages_alone(table):
    scaled = insured_table(Law.load())
    assert np.array_equal(scaled.hazard["male"][:, :60], table.hazard["male"][:, :60])
    assert (scaled.hazard["male"][:, 60:] < table.hazard["male"][:, 60:]).all()


def test_an_expectancy_that_no_scaling_meets_is_refused(table):
    with pytest.raises(InputError, match="life expectancy of 400"):
        table.insured([("male", 60, 400.0)], 2020)


def test_a_table_with_a_hole_is_refused():
    with pytest.raises(MissingLaw):
        LifeTable.from_rows(row for row in ROWS if row["age"] != "40")
    with pytest.raises(MissingLaw):
        LifeTable.from_rows([])


def test_unknown_sex_and_months_before_birth_are_refused(table):
    with pytest.raises(InputError):
        table.survival("other", month(1970, 1), month(2026, 1), 12)
    with pytest.raises(InputError):
        table.survival("male", month(1970, 1), month(1969, 1), 12)


def test_many_cohorts_are_the_single_ones(table):
    births = [month(1970, 1), month(1980, 6)]
    curves = survival_many(table, "female", births, month(2026, 1), 50)
    assert np.array_equal(curves[1], table.survival("female", births[1], month(2026, 1), 50))
