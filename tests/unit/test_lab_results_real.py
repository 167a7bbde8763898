"""The results of a real run: tables fit, identities hold, and a reform's report is written from them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from lingbao.law.reform_library import find_reform
from lingbao.law.store import Law
from lingbao.simulation import comparison, decomposition, indicators, nation, report
from lingbao.simulation.fund_accounts import accounts
from lingbao.simulation.run import simulate
from lingbao.simulation.run_tables import RunTables, StoredRun, by_group, grossing, national, read_run

SIZE, YEARS = 3_000, 12


def stored(run: RunTables) -> StoredRun:
    return StoredRun(run.manifest, run.fund, run.people, run.choices, run.persons)


@pytest.fixture(scope="module")
def baseline() -> StoredRun:
    return stored(simulate(size=SIZE, years=YEARS, seed=3, keep=SIZE))


@pytest.fixture(scope="module")
def reform() -> StoredRun:
    return stored(simulate(reform=find_reform("F3"), size=SIZE, years=YEARS, seed=3, keep=SIZE))


def test_the_country_is_the_sum_of_its_provinces(baseline: StoredRun) -> None:
    provinces = baseline.fund.filter(pl.col("province") != "CN")
    whole, parts = accounts(baseline.fund), accounts(provinces)
    for name in ("contributions", "benefits", "balance", "implicit_debt"):
        assert parts[name].to_list() == pytest.approx(whole[name].to_list(), rel=1e-9)


def test_everyone_is_in_one_scheme_or_none(baseline: StoredRun) -> None:
    table = indicators.coverage(baseline.people)
    total = table["employee_share"] + table["resident_share"] + table["none_share"]
    assert total.to_list() == pytest.approx([1.0] * YEARS, abs=1e-9)


def test_those_kept_stand_for_the_people_of_today(baseline: StoredRun) -> None:
    assert baseline.persons.height == SIZE
    assert baseline.persons["weight"].sum() * grossing(baseline) == pytest.approx(2e8, rel=1e-3)


def test_production_and_distribution_give_the_accounts_back(baseline: StoredRun) -> None:
    for year in (2025, 2025 + YEARS - 1):
        row = accounts(baseline.fund).filter(pl.col("year") == year).row(0, named=True)
        made = 1.0
        for value in decomposition.production(baseline.fund, year).values():
            made *= value
        assert made == pytest.approx(row["contributions"], rel=1e-9)
    changed = decomposition.change_between_years(baseline.fund, 2025, 2025 + YEARS - 1)
    part = changed.filter(pl.col("function") == "production")["part"].sum()
    flows = accounts(baseline.fund)["contributions"]
    assert part == pytest.approx(flows[-1] - flows[0], rel=1e-9)


def test_a_reform_is_compared_person_by_person(baseline: StoredRun, reform: StoredRun) -> None:
    compared = comparison.compare(baseline, reform)
    assert compared.pairs.height == SIZE
    before = compared.fund.filter((pl.col("year") == 2025) & (pl.col("item") == "population"))
    assert before["difference"].abs().max() == 0.0
    takers = comparison.moves(compared.pairs).filter(pl.col("move") == "takes_fixed_amount")
    assert takers["people"][0] > 0
    untouched = compared.pairs.filter((pl.col("fixed_months_reform") == 0) & (pl.col("gain") == 0.0))
    assert untouched.height > SIZE / 2, "most people have the same luck and the same life under both"
    with pytest.raises(comparison.InputError):
        other = StoredRun(reform.manifest | {"seed": 4}, reform.fund, reform.people, reform.choices, reform.persons)
        comparison.compare(baseline, other)


def test_national_ratios_start_near_the_published_one(baseline: StoredRun) -> None:
    table = nation.ratios(baseline, Law.load())
    assert table.height == YEARS
    assert table["support_ratio"][0] == pytest.approx(2.6, abs=0.15)
    rest = table["contributors_rest"][0] + table["contributors_simulated"][0]
    assert rest == pytest.approx(387e6, rel=0.03)


def test_reports_are_written_from_real_tables(baseline: StoredRun, reform: StoredRun, tmp_path: Path) -> None:
    at = report.write_run(baseline, tmp_path / "run")
    back = read_run(at)
    assert national(back.fund).equals(national(baseline.fund))
    assert by_group(back.people, ("sex",)).equals(by_group(baseline.people, ("sex",)))
    compared = report.write_comparison(comparison.compare(back, reform), tmp_path / "compared")
    text = (compared / "report.en.html").read_text(encoding="utf-8")
    assert text.count("<svg") >= 8
    assert "<h1>A reform beside the baseline: F3 Fixed-amount contribution, the paper&#x27;s own choice</h1>" in text
    assert "fixed amount" in text and "nan" not in text.lower().replace("finance", "").replace("nanjing", "")
