"""The synthetic population: nobody depends on chunks or company, the weights meet the margins, assumptions are owned."""

import dataclasses
import json
from math import exp

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from lingbao.law.errors import LingbaoError
from lingbao.law.store import Law
from lingbao.simulation import population as module
from lingbao.simulation.assumptions import FILE, Assumptions
from lingbao.simulation.diagnostics import FIGURES
from lingbao.simulation.people import Recipe, between, correlation_root, pyramid
from lingbao.simulation.person_file import read_people
from lingbao.simulation.population import Population
from lingbao.simulation.schema import COLUMNS, PROVINCES, SCHEMA

SIZE = 20_000
YEAR = 12


@pytest.fixture(scope="module")
def population():
    return Population.of(SIZE, 1)


@pytest.fixture(scope="module")
def everyone(population):
    return population.frame(0, SIZE)


@pytest.mark.parametrize("chunk", [137, 4_096, SIZE])
def test_chunks_change_nobody_and_no_weight(everyone, chunk):
    assert_frame_equal(pl.concat(Population.of(SIZE, 1, chunk=chunk).frames(chunk)), everyone, check_exact=True)


def test_adding_people_changes_nobody_before_them(everyone):
    more = Population.of(3 * SIZE, 1).frame(0, SIZE)
    assert_frame_equal(more.drop("weight"), everyone.drop("weight"), check_exact=True)


def test_one_person_can_be_drawn_alone(population, everyone):
    assert_frame_equal(population.frame(12_345, 1), everyone[12_345:12_346], check_exact=True)


def test_another_seed_is_another_population(everyone):
    other = Population.of(SIZE, 2).frame(0, SIZE)
    assert np.mean(other["birth"].to_numpy() == everyone["birth"].to_numpy()) < 0.02
    assert abs(np.corrcoef(other["log_income"], everyone["log_income"])[0, 1]) < 4.5 / SIZE**0.5


def test_every_margin_is_met_and_the_weights_add_up(population, tmp_path):
    tally = population.write(tmp_path / "people.parquet", chunk=7_000)
    lines = tally.lines()
    assert tally.rows == SIZE
    assert tally.weight == pytest.approx(200_000_000, rel=1e-9)
    raked = [line for line in lines if line.assumption.use == "raked" and line.category]
    assert len(raked) == sum(len(margin.categories) for margin in population.recipe.assumptions.raked.values())
    assert max(abs(line.difference) for line in raked) < 1e-9
    assert 0.9 < tally.effective / SIZE < 1.0


def test_beyond_the_sample_margins_hold_up_to_chance(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "SAMPLE", 10_000)
    made = Population.of(40_000, 1)
    tally = made.write(tmp_path / "people.parquet")
    assert tally.weight == pytest.approx(200_000_000, rel=0.01)
    differences = [abs(line.difference) for line in tally.lines() if line.assumption.use == "raked" and line.category]
    assert 1e-6 < max(differences) < 4.0 * 0.5 / 10_000**0.5


def test_the_file_holds_the_people_and_how_they_were_made(population, everyone, tmp_path):
    file = tmp_path / "people.parquet"
    population.write(file, chunk=3_000)
    assert_frame_equal(read_people(file), everyone, check_exact=True)
    assert dict(pl.read_parquet_schema(file)) == SCHEMA
    assert json.loads(pl.read_parquet_metadata(file)["lingbao"])["seed"] == 1
    assert [each.name for each in tmp_path.iterdir()] == ["people.parquet"]


def test_progress_counts_everyone(tmp_path):
    counted = []
    Population.of(500, 1, chunk=100, progress=counted.append).write(tmp_path / "p.parquet", 100, counted.append)
    assert sum(counted) == 1_000


def test_incomes_follow_the_median_and_spread_before_weighting(everyone):
    assert exp(everyone["log_income"].median()) == pytest.approx(5200, rel=0.02)
    assert everyone["log_income"].std() == pytest.approx(0.467, rel=0.02)


def test_schooling_income_and_scheme_go_together_as_assumed(everyone):
    means = everyone.group_by("schooling").agg(pl.col("log_income").mean()).sort("schooling")["log_income"].to_list()
    assert means == sorted(means)
    employee = everyone.group_by("scheme").agg(pl.col("log_income").mean()).sort("scheme")["log_income"].to_list()
    assert employee == sorted(employee)


def test_migrants_from_the_country_are_least_often_in_the_employee_scheme(everyone):
    shares = {residence[0]: (people["scheme"] == "employee").mean() for residence, people in everyone.group_by("residence")}
    assert shares["rural_to_urban"] == min(shares.values())
    assert shares["local_urban"] == max(shares.values())


def test_locals_work_at_home_and_half_of_the_migrants_have_crossed_a_province(everyone):
    away = (pl.col("home").cast(pl.String) != pl.col("work").cast(pl.String)).alias("away")
    migrants = everyone.filter(pl.col("residence").is_in(["urban_to_urban", "rural_to_urban"])).select(away)["away"]
    locals_ = everyone.filter(pl.col("residence").is_in(["local_urban", "local_rural"])).select(away)["away"]
    assert not locals_.any()
    assert migrants.mean() == pytest.approx(0.49, abs=0.03)


def test_people_are_spread_over_the_provinces_like_the_census(population, everyone):
    counts = everyone["work"].to_physical().to_numpy()
    shares = np.bincount(counts, minlength=len(PROVINCES)) / SIZE
    assert np.abs(shares - population.recipe.province_shares).max() < 0.01
    assert sum(population.recipe.assumptions.drawn["province_population"].value.values()) == 1_409_778_724


def test_accounts_are_months_times_index_at_the_rate_of_the_law(population, everyone):
    rate = Law.load().number("national.contribution.account_rate", on=population.recipe.assumptions.as_of)
    paid = everyone.filter(pl.col("months_paid") > 0)
    expected = paid["months_paid"] * paid["mean_index"] * rate * population.recipe.assumptions.number("account_wage")
    assert paid["account"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)
    nothing = everyone.filter(pl.col("months_paid") == 0)
    assert nothing["mean_index"].is_null().all()
    assert (nothing["account"] == 0.0).all()


def test_nobody_has_paid_for_longer_than_they_could(population, everyone):
    known = population.recipe.assumptions
    age = known.as_of - everyone["birth"].to_numpy()
    assert age.min() >= 16 * YEAR
    assert age.max() < 60 * YEAR
    assert (everyone["months_paid"].to_numpy() <= np.maximum(age - known.number("insured_from_age") * YEAR, 0)).all()
    assert (everyone["resident_years"].to_numpy() <= age // YEAR - 16).all()


@pytest.mark.parametrize(("size", "seed", "named"), [(0, 1, "size"), (10.5, 1, "size"), (True, 1, "size"), (100, -1, "seed")])
def test_impossible_sizes_and_seeds_are_refused(size, seed, named):
    with pytest.raises(LingbaoError) as caught:
        Population.of(size, seed)
    assert caught.value.where == named


def test_too_few_people_for_the_margins_are_said_to_be_too_few():
    with pytest.raises(LingbaoError, match="make more people"):
        Population.of(5, 1)


def test_a_folder_that_is_not_there_is_said(population, tmp_path):
    with pytest.raises(LingbaoError) as caught:
        population.write(tmp_path / "nowhere" / "people.parquet")
    assert caught.value.code == "population.file"


def test_every_assumption_names_its_people_and_source_in_both_languages():
    known = Assumptions.load()
    for entry in [known.people, *known.raked.values(), *known.drawn.values(), *known.compared.values()]:
        assert entry.source and entry.population and entry.label_zh != entry.label_en, entry.name
        assert not (entry.source.startswith("none found") and not entry.assumed), entry.name


def test_categories_stand_in_the_order_of_the_schema():
    known = Assumptions.load()
    tables = known.raked | known.drawn
    for column in COLUMNS:
        if column.name in tables and column.categories:
            assert tables[column.name].categories == column.categories
    assert tuple(known.drawn["province_population"].value) == PROVINCES
    assert {entry.detail.get("figure", name) for name, entry in known.compared.items()} <= set(FIGURES)


def test_an_assumption_without_source_or_with_wrong_shares_is_refused(tmp_path):
    good = FILE.read_text(encoding="utf-8")
    for old, new, code in [("    source: none found\n", "", "assumptions.entry"), ("female: 0.376", "female: 0.5", "assumptions.shares")]:
        file = tmp_path / f"{code}.yaml"
        file.write_text(good.replace(old, new), encoding="utf-8")
        with pytest.raises(LingbaoError) as caught:
            Assumptions.load(file)
        assert caught.value.code == code


def test_changed_assumptions_give_another_population():
    known = Assumptions.load()
    poorer = dataclasses.replace(known, drawn=known.drawn | {
        "median_income": dataclasses.replace(known.drawn["median_income"], value=2600)})
    halves = Recipe.of(poorer).people(1, 0, 100)["log_income"] - Recipe.of(known).people(1, 0, 100)["log_income"]
    assert np.exp(halves) == pytest.approx(0.5)


def test_correlations_that_contradict_each_other_or_name_nothing_are_refused():
    with pytest.raises(LingbaoError, match="contradict"):
        correlation_root([["age", "income", 0.9], ["income", "scheme", 0.9], ["age", "scheme", -0.9]])
    with pytest.raises(LingbaoError, match="no attribute 'luck'"):
        correlation_root([["age", "luck", 0.1]])


def test_the_correlations_of_the_latent_numbers_come_out():
    root = correlation_root(Assumptions.load().drawn["correlations"].value)
    matrix = root @ root.T
    assert np.diag(matrix) == pytest.approx(1.0)
    assert matrix[2, 8] == pytest.approx(0.30)  # schooling with income


def test_ages_follow_the_national_pyramid():
    men, women = pyramid(2025, 20, 30)
    # WPP 2024, 2025, thousand: men 20-24 42526.154, 25-29 44377.128; women 36299.577, 38427.453
    assert men[59] == pytest.approx(42526.154 / (42526.154 + 44377.128))
    assert women[59] == pytest.approx(36299.577 / (36299.577 + 38427.453))
    with pytest.raises(LingbaoError, match="2026"):
        pyramid(2026, 20, 30)


def test_ranges_run_through_their_median():
    assert between([0.2, 0.35, 0.6], np.array([0.0, 0.25, 0.5, 1.0])) == pytest.approx([0.2, 0.275, 0.35, 0.6])
