"""The parameter files keep their promises: support for every number, replaced rows gone, tables that agree."""

from __future__ import annotations

import csv

import pytest

from lingbao.law import lint
from lingbao.law.coverage import claimed, coverage
from lingbao.law.errors import ParameterError
from lingbao.law.loader import national_topic, read_cell, read_csv
from lingbao.law.month import month, parse_month
from lingbao.law.rounding import ROUNDINGS, yuan_half_up
from lingbao.law.store import Law
from lingbao.law.values import CONFIDENCES

LAW = Law.load()

# 计发基数 of 2025 as the 31 provinces published them (Hubei: Wuhan level; Guangdong: without Shenzhen).
BASES_2025 = {
    row["province"]: float(row["value"])
    for row in LAW.rows("benefit_base") if row["year"] == "2025" and not row["area"]
}


def test_every_file_follows_its_schema_and_every_value_its_sources() -> None:
    assert [fault.message("en") for fault in lint.faults(LAW)] == []


def test_every_number_has_sources_a_confidence_and_a_document_or_a_note() -> None:
    unsupported = [
        f"{value.path} {value.period()}" for path in LAW.paths() for value in LAW.history(path)
        if not value.sources or value.confidence not in CONFIDENCES or not value.checked
        or not (value.document or any("publication month" not in note for note in value.notes))
    ]
    assert unsupported == []


def test_recollection_alone_is_never_high() -> None:
    too_sure = [
        value.path for path in LAW.paths() for value in LAW.history(path)
        if set(value.sources) == {"recollection"} and value.confidence == "high"
    ]
    assert too_sure == []


@pytest.mark.parametrize(("code", "value"), [
    ("11", 12049), ("12", 9417), ("31", 12434), ("32", 8917), ("34", 7999), ("36", 7054), ("37", 7831), ("41", 6738),
    ("42", 9112), ("43", 7694), ("44", 9493), ("45", 6983), ("51", 8462), ("61", 7881), ("62", 7746), ("64", 8366),
    ("15", 8179), ("23", 7570),
])
def test_benefit_base_of_2025(code: str, value: float) -> None:
    assert LAW.number(f"provinces.{code}.benefit_base", on=month(2025, 6)) == value


def test_all_provinces_have_a_published_benefit_base_of_2025() -> None:
    assert len(BASES_2025) == 31
    for code in BASES_2025:
        found = LAW.look_up(f"provinces.{code}.benefit_base", on=month(2025, 1))
        assert (found.basis, found.confidence) == ("published", "high")
        assert 6_000 < found.value < 14_000


def test_rows_replaced_by_later_finds_are_gone() -> None:
    # Shanghai's bounds of 2019 run from May and use 8211; the older row (8765 from July) is replaced.
    shanghai = LAW.look_up("provinces.31.contribution_average_wage", on=month(2019, 8))
    assert (shanghai.value, shanghai.since) == (8211.0, month(2019, 5))
    assert LAW.number("provinces.31.contribution_average_wage", on=month(2020, 8)) == 9339
    assert LAW.number("provinces.33.contribution_cap", on=month(2020, 3)) == 17880.75
    assert LAW.number("provinces.33.contribution_floor", on=month(2023, 3)) == 4462
    # Hubei's resident pension is 180 from 2025-07, not the 172 of the older table.
    assert LAW.number("provinces.42.resident_basic", on=month(2025, 8)) == 180


def test_prepayment_bases_are_not_the_bases_of_2026() -> None:
    assert LAW.number("provinces.11.benefit_base_prepay", on=month(2026, 3)) == 12049
    assert LAW.history("provinces.11.benefit_base")[-1].since == month(2025, 1)


def test_nanchang_amounts_of_2020() -> None:
    on = month(2020, 6)
    wage = LAW.number("provinces.36.contribution_average_wage", on=on)
    rate = LAW.number("national.contribution.total_rate", on=on)
    tiers = LAW.table("provinces.36.flexible", on=on)["tiers"]
    amounts = [yuan_half_up(wage * tier * rate) for tier in tiers]
    assert amounts == [605, 706, 806, 907, 1008, 1512, 2016, 2520, 3024]
    assert LAW.number("provinces.36.contribution_floor_flexible", on=on) == 2840
    assert 2840 * rate == pytest.approx(568)


def test_payout_table_has_every_age_and_the_right_value_at_47() -> None:
    table = LAW.table("national.account.payout_months", on=month(2025, 6))
    assert sorted(table) == list(range(40, 71))
    assert list(table.values()) == sorted(table.values(), reverse=True)
    assert (table[40], table[47], table[50], table[55], table[60], table[70]) == (233, 208, 195, 170, 139, 56)


def test_annex_tables_of_the_retirement_decision_agree_with_the_class_parameters() -> None:
    rows = LAW.rows("retirement_age_schedule")
    assert {row["class"] for row in rows} == {"male", "female55", "female50"}
    for row in rows:
        name = row["class"]
        step, most, first, age = (
            int(LAW.number(f"national.retirement.{what}_{name}", on=month(2025, 1)))
            for what in ("birth_months_per_step", "max_delay", "first_affected_birth", "original_age")
        )
        delay = int(row["delay_months"])
        birth = parse_month(row["birth_first"])
        assert min((birth - first) // step + 1, most) == delay
        assert age + delay == int(row["age_years"]) * 12 + int(row["age_months"])
        assert parse_month(row["retire_first"]) == birth + age + delay


def test_minimum_months_by_annex_agree_with_the_rule_in_the_text() -> None:
    first, rise, floor, cap = (
        LAW.number(f"national.retirement.minimum_{name}") for name in ("first_year", "months_per_year", "floor", "cap")
    )
    for year in range(2025, 2050):
        stated = LAW.number("national.retirement.minimum_months", on=month(year, 7))
        assert stated == min(max(floor + rise * (year - first + 1), floor), cap)


def test_unpublished_rates_of_2026_are_not_law() -> None:
    assert LAW.history("national.account.crediting_rate")[-1].since == month(2025, 1)
    assert LAW.history("national.benefit.pension_adjustment")[-1].since == month(2025, 1)


def test_unified_crediting_rates() -> None:
    rates = {value.period()[:4]: value.value for value in LAW.history("national.account.crediting_rate")}
    assert rates == {"2016": 0.0831, "2017": 0.0712, "2018": 0.0829, "2019": 0.0761, "2020": 0.0604, "2021": 0.0669,
                     "2022": 0.0612, "2023": 0.0397, "2024": 0.0262, "2025": 0.0150}


def test_fund_balances_follow_from_income_and_expenditure() -> None:
    # Deviations of other years are known revisions of the yearly bulletins.
    for year in (2015, 2016, 2017, 2019, 2022, 2023):
        balance, income, spent = (
            LAW.number(f"national.macro.employee_{name}", on=month(year, 1))
            for name in ("balance", "income", "expenditure")
        )
        assert balance - LAW.number("national.macro.employee_balance", on=month(year - 1, 1)) == pytest.approx(
            income - spent, abs=50
        )


def test_life_table_is_complete() -> None:
    file = LAW.table("national.population.life_table_file")
    ages = [int(row["age"]) for row in LAW.rows(file) if row["period"] == "2020-2025"]
    assert ages == list(range(101))


def test_claimed_coverage_is_the_coverage_of_the_data() -> None:
    assert claimed(LAW) == coverage(LAW)


def test_every_province_has_bounds_from_2021_to_2025() -> None:
    for code in BASES_2025:
        for year in range(2021, 2026):
            assert LAW.number(f"provinces.{code}.contribution_cap", on=month(year, 12)) > 0


def test_reference_tables_are_carried_whole() -> None:
    counts = {name: len(LAW.rows(name)) for name in ("medical", "injury", "other_rates", "conflicts")}
    assert counts == {"medical": 325, "injury": 71, "other_rates": 371, "conflicts": 60}


def test_a_broken_file_is_refused_with_its_name(tmp_path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("topic: broken\nparameters: {a: {label_zh: 甲, label_en: a, unit: x, confidence: high, sources: [S1], "
                    "values: [{since: '2025-13', value: 1}]}}\n", encoding="utf-8")
    with pytest.raises(ParameterError) as refused:
        national_topic(file)
    assert "national.broken.a" in refused.value.message("zh") and "13" in refused.value.message("zh")
    assert "broken.yaml" in refused.value.message("en")


@pytest.mark.parametrize(("cell", "kind"), [("abc", "number"), ("2025-13", "month"), ("maybe", "bool"), ("1|x", "numbers")])
def test_a_cell_that_breaks_its_column_is_refused(cell: str, kind: str, tmp_path) -> None:
    with pytest.raises(ParameterError, match=cell.replace("|", r"\|")):
        read_cell(cell, kind, tmp_path / "table.csv")


def test_provincial_files_have_no_empty_rows_and_no_stray_columns() -> None:
    for file in sorted((LAW.directory / "provinces").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as opened:
            width = len(next(csv.reader(opened)))
        assert width == len(read_csv(file)[0])
        assert all(None not in row and any(row.values()) for row in read_csv(file)), file.name


def test_every_declared_rounding_exists() -> None:
    assert {row["amount_rounding"] for row in LAW.rows("transitional")} <= set(ROUNDINGS)
