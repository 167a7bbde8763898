"""The rest of the insured: published in the base year, carried forward after it, labelled as what they are."""

from __future__ import annotations

import lab_tables
import numpy as np
import polars as pl
import pytest

from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.simulation import nation

LAW = Law.load()
MACRO = nation.Macro.last(LAW)
REST = nation.carried_forward(LAW, "base", MACRO.year + 1, 40)


def test_the_base_year_is_the_last_with_all_series() -> None:
    assert MACRO.year == 2024
    assert MACRO.workers == pytest.approx(387.132e6)
    assert MACRO.balance == pytest.approx(7.07266e12)


def test_the_next_year_is_what_was_published_for_it() -> None:
    """Not fitted: pensioners and expenditure of 2025 come out within two percent, before the simulated new pensioners."""
    row = REST.sums().row(0, named=True)
    on = month(2025, 12)
    assert row["year"] == 2025
    assert row["pensioners"] == pytest.approx(LAW.number("national.macro.employee_retirees", on=on) * 1e4, rel=0.02)
    assert row["expenditure"] == pytest.approx(LAW.number("national.macro.employee_expenditure", on=on) * 1e8, rel=0.02)


def test_contributors_are_the_published_ones_less_the_flexible_workers() -> None:
    assert nation.published_flexible_members() == pytest.approx(70.6e6)
    assert REST.sums()["contributors"][0] == pytest.approx(MACRO.workers - 70.6e6, rel=0.01)
    fewer = nation.carried_forward(LAW, "base", 2025, 1, flexible_members=50e6).sums()
    assert fewer["contributors"][0] == pytest.approx(MACRO.workers - 50e6, rel=0.01)


def test_population_meets_the_data_at_their_years_and_lies_between_them() -> None:
    assert nation.population("male", 2025)[65] == pytest.approx(33383.371e3 / 5)
    between = nation.population("male", 2027)[65]
    ends = sorted((nation.population("male", 2025)[65], nation.population("male", 2030)[65]))
    assert ends[0] <= between <= ends[1]
    assert nation.population("female", 2030).sum() == pytest.approx(0.69e9, rel=0.02)
    with pytest.raises(InputError, match="run from"):
        nation.population("male", 2150)


def test_the_retirement_age_of_the_law_moves_the_cohorts() -> None:
    before, after = nation._retired(LAW, "male", 2024), nation._retired(LAW, "male", 2045)
    assert before[59] == 0.0 and before[61] == 1.0
    assert 0.0 < before[60] < 1.0 + 1e-12
    assert after[62] == 0.0 and after[64] == 1.0
    assert (np.diff(after) >= 0.0).all()


def test_aging_keeps_people_and_the_last_age_keeps_its_own() -> None:
    moved = nation._older(np.array([1.0, 2.0, 3.0]))
    assert moved.tolist() == [0.0, 1.0, 5.0]


def test_flexible_contributions_are_not_counted_twice() -> None:
    less = nation.carried_forward(LAW, "base", 2025, 1, flexible_contributions=5e11).sums()
    whole = REST.sums()
    assert whole["income"][0] - less["income"][0] == pytest.approx(5e11 * less["contributors"][0] / 3.165e8 * 1.043, rel=0.01)


def test_a_projection_of_faster_wages_brings_more_income_and_higher_pensions() -> None:
    sums = {name: nation.carried_forward(LAW, name, 2025, 30).sums().row(-1, named=True) for name in ("low", "base", "high")}
    assert sums["low"]["income"] < sums["base"]["income"] < sums["high"]["income"]
    assert sums["low"]["expenditure"] < sums["base"]["expenditure"] < sums["high"]["expenditure"]
    assert sums["low"]["pensioners"] == sums["high"]["pensioners"]


def test_every_cohort_is_labelled_as_a_macro_cohort() -> None:
    assert set(REST.cohorts["cohort"]) == {f"{kind}_{name}" for kind in ("contributors", "pensioners") for name in nation.CLASSES}
    assert all(label.startswith("macro cohort") for label in REST.cohorts["label_en"])
    assert all(label.startswith("宏观队列") for label in REST.cohorts["label_zh"])
    assert REST.cohorts["persons"].min() > 0.0


def test_national_ratios_put_both_together() -> None:
    run = lab_tables.run()
    table = nation.ratios(run, LAW)
    first = table.row(0, named=True)
    assert first["contributors"] == pytest.approx(first["contributors_rest"] + 1.25 * 30e6)
    assert first["support_ratio"] == pytest.approx(first["contributors"] / first["pensioners"])
    assert first["support_ratio"] == pytest.approx(LAW.number("national.macro.employee_workers", on=month(2024, 12)) / 14739.1, rel=0.06)
    change = table["balance"][1] - table["balance"][0]
    assert change == pytest.approx(table["income"][1] - table["expenditure"][1])
    assert first["months_covered"] == pytest.approx(first["balance"] / first["expenditure"] * 12)
    assert table["year"].to_list() == [2025, 2026]


def test_assumptions_name_their_source(tmp_path: object) -> None:
    for name, entry in nation.nation_assumptions().items():
        assert entry["source"] and isinstance(entry["assumed"], bool), name
    from pathlib import Path

    wrong = Path(str(tmp_path)) / "wrong.yaml"
    wrong.write_text("x: {value: 1, assumed: true, label_zh: x, label_en: x, unit: x}\n")
    with pytest.raises(InputError, match="lacks 'source'"):
        nation.nation_assumptions(wrong)


def test_a_year_of_the_statistics_is_not_projected() -> None:
    with pytest.raises(InputError, match="after 2024"):
        nation.carried_forward(LAW, "base", 2024, 3)
    assert REST.cohorts.filter(pl.col("year") == 2064).height == 6
