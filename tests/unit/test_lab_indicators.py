"""Indicators of one run: ratios by year from exact sums, figures of lives with their errors."""

from __future__ import annotations

import lab_tables
import numpy as np
import polars as pl
import pytest

from lingbao.law.errors import InputError
from lingbao.simulation import indicators
from lingbao.simulation.run_tables import read_run


def test_coverage_counts_members_over_people() -> None:
    table = indicators.coverage(lab_tables.people())
    assert table["year"].to_list() == [2025, 2026]
    payers = 2 * 20e6 * 0.05 * 15
    assert table["payer_share"][0] == pytest.approx(payers / 200e6)
    assert table["employee_share"][0] == pytest.approx(1.5 * payers / 200e6)
    assert table["employee_share"][0] + table["resident_share"][0] + table["none_share"][0] == pytest.approx(1.0)


def test_coverage_by_fifth_rises_with_income() -> None:
    table = indicators.coverage(lab_tables.people(), by=("income_fifth",)).filter(pl.col("year") == 2025)
    assert table["payer_share"].to_list() == pytest.approx([0.05, 0.10, 0.15, 0.20, 0.25])


def test_interruption_as_the_survey_counts_it() -> None:
    row = indicators.interruption(lab_tables.people()).row(0, named=True)
    assert row["mean_years_stopped"] == pytest.approx(2.0)
    assert row["density_stopped"] == pytest.approx(0.5 * 24 / 120)
    assert row["ever_stopped_share"] == pytest.approx(0.5 * 30e6 / 200e6)


def test_burden_old_age_and_what_nobody_has_is_empty() -> None:
    people = lab_tables.people()
    assert indicators.paying(people)["burden"][0] == pytest.approx(30e6 * 9_000 / (2 * 20e6 * 12 * 2_000 * 15))
    row = indicators.old_age(people).row(0, named=True)
    assert row["mean_pension"] == pytest.approx(1_800.0)
    assert row["poverty_share"] == pytest.approx(0.5)
    nobody = people.filter(pl.col("measure") == "population")
    assert indicators.old_age(nobody)["poverty_share"].to_list() == [None, None]


def test_tiers_and_rhythms_among_those_who_chose() -> None:
    tiers = indicators.choice_shares(lab_tables.choices(), "tier").filter(pl.col("year") == 2025)
    assert dict(zip(tiers["tier"], tiers["share"], strict=True)) == pytest.approx({"1": 1 / 3, "lowest": 2 / 3})
    rhythms = indicators.choice_shares(lab_tables.choices(), "rhythm").filter(pl.col("year") == 2025)
    assert dict(zip(rhythms["rhythm"], rhythms["share"], strict=True)) == pytest.approx({1: 0.5, 12: 0.5})
    schemes = indicators.choice_shares(lab_tables.choices(), "scheme")
    assert schemes.filter((pl.col("year") == 2026) & (pl.col("scheme") == "none"))["share"][0] == pytest.approx(0.4)


def test_figures_of_lives_are_weighted_means_with_errors() -> None:
    people = lab_tables.persons()
    table = indicators.lives(people)
    assert table["figure"].to_list() == list(indicators.FIGURES)
    figures = {row["figure"]: row for row in table.to_dicts()}
    weight = people["weight"].to_numpy()
    stopped = people["ever_stopped"].to_numpy()
    assert figures["interrupted_share"]["value"] == pytest.approx(weight[stopped].sum() / weight.sum())
    paid = people.filter(pl.col("months_paid") > 0)
    density = (paid["stopped_months"] * paid["weight"]).sum() / ((paid["stopped_months"] + paid["months_paid"]) * paid["weight"]).sum()
    assert figures["stopped_density"]["value"] == pytest.approx(density)
    claimed = people.filter((pl.col("pension_scheme") == "employee") & (pl.col("claim_month") > 0))
    expected = np.average(claimed["replacement_rate"].to_numpy(), weights=claimed["weight"].to_numpy())
    assert figures["replacement_rate_mean"]["value"] == pytest.approx(expected)
    assert figures["replacement_rate_mean"]["people"] == claimed.height
    assert figures["irr_10"]["value"] < figures["irr_median"]["value"] < figures["irr_90"]["value"]
    assert all(row["standard_error"] > 0.0 for name, row in figures.items() if not name.startswith(("fixed", "irr_below")))


def test_figures_by_group_put_together_are_the_whole() -> None:
    people = lab_tables.persons()
    whole = indicators.lives(people, figures=("ever_paid_share",))["value"][0]
    parts = indicators.lives(people, by=("income_fifth",), figures=("ever_paid_share",))
    weights = people.group_by("income_fifth").agg(pl.col("weight").sum()).sort("income_fifth")["weight"].to_numpy()
    assert parts["income_fifth"].to_list() == [1, 2, 3, 4, 5]
    assert np.average(parts["value"].to_numpy(), weights=weights) == pytest.approx(whole)


def test_redistribution_and_transfers_of_a_run() -> None:
    people = lab_tables.persons()
    found = indicators.redistribution_of(people, lab_tables.FIRST, lab_tables.LAST)
    assert 0.2 < found.gini_before.value < 0.4
    assert found.kakwani_contributions.value < 0.0          # a payment that does not know income is regressive
    transfers = indicators.transfers_between_fifths(people)
    assert transfers["group"].to_list() == [1, 2, 3, 4, 5]
    assert transfers["total_transfer"].sum() == pytest.approx(0.0, abs=1e-6 * transfers["total_transfer"].abs().sum())
    takers = indicators.transfers_between_fifths(lab_tables.persons(fixed=True), fixed_only=True)
    assert takers["persons"].sum() < transfers["persons"].sum()


def test_working_income_ends_with_the_claim_or_death() -> None:
    people = lab_tables.persons(8).with_columns(
        income=pl.lit(1000.0), claim_month=pl.Series([lab_tables.FIRST + 24] * 4 + [0] * 4),
        death_month=pl.Series([0, 0, lab_tables.FIRST + 12, 0, lab_tables.FIRST + 6, 0, 0, 0]))
    income = indicators.working_income(indicators.Lives(people), lab_tables.FIRST, lab_tables.LAST)
    assert income.tolist() == [24_000.0, 24_000.0, 12_000.0, 24_000.0, 6_000.0, 480_000.0, 480_000.0, 480_000.0]


def test_pension_poverty_under_a_line() -> None:
    table = indicators.pension_poverty(lab_tables.persons(), 500.0)
    claimed = lab_tables.persons().filter(pl.col("claim_month") > 0)
    poor = claimed.filter(pl.col("pension_first") < 500.0)["weight"].sum() / claimed["weight"].sum()
    assert table["value"][0] == pytest.approx(poor)
    assert table["value"][0] >= table["value"][1] >= table["value"][2] > 0.0


def test_wrong_groups_and_tables_are_refused() -> None:
    with pytest.raises(InputError, match="grouped by 'hair'"):
        indicators.coverage(lab_tables.people(), by=("hair",))
    with pytest.raises(InputError, match=r"lacks irr"):
        whole = lab_tables.run()
        type(whole)(whole.manifest, whole.fund, whole.people, whole.choices, whole.persons.drop("irr"))
    with pytest.raises(InputError, match="cannot be read"):
        read_run("no-such-folder")
