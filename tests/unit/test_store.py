"""What the store answers: in force on a month, as known in another, and what it says when it does not know."""

from __future__ import annotations

import pickle

import pytest

from lingbao.law import trace
from lingbao.law.errors import InputError, MissingLaw, ParameterError
from lingbao.law.month import month
from lingbao.law.store import Law

LAW = Law.load()
BASE = "provinces.36.benefit_base"


def test_the_law_is_loaded_once_and_read_only() -> None:
    assert Law.load() is LAW
    with pytest.raises(TypeError):
        LAW.table("national.account.payout_months")[60] = 1
    with pytest.raises(AttributeError):
        LAW.look_up(BASE, on=month(2025, 1)).value = 1  # type: ignore[misc]


def test_a_yearly_value_holds_for_its_year_alone() -> None:
    assert LAW.number(BASE, on=month(2024, 1)) == LAW.number(BASE, on=month(2024, 12)) == 6916
    with pytest.raises(MissingLaw) as missing:
        LAW.look_up(BASE, on=month(2027, 1))
    for text in (missing.value.message("zh"), missing.value.message("en")):
        assert "2027-01" in text and "2020-01–2025-12" in text and BASE in text


def test_a_gap_inside_the_series_stays_a_gap() -> None:
    with pytest.raises(MissingLaw):
        LAW.look_up(BASE, on=month(2019, 6))
    with pytest.raises(MissingLaw):
        LAW.look_up(BASE, on=month(2019, 6), known=month(2026, 1))
    stand_in = LAW.look_up(BASE, on=month(2019, 6), provisional=True)
    assert (stand_in.provisional, stand_in.since) == (True, month(2018, 1))


def test_a_monthly_value_holds_until_the_next() -> None:
    path = "national.contribution.account_rate"
    assert [LAW.number(path, on=on) for on in (month(1998, 1), month(2005, 12), month(2006, 1), month(2040, 1))] == [
        0.11, 0.11, 0.08, 0.08]
    with pytest.raises(MissingLaw):
        LAW.look_up(path, on=month(1997, 12))


def test_before_the_notice_is_out_last_years_base_stands_in() -> None:
    early = LAW.look_up(BASE, on=month(2025, 3), known=month(2025, 4))
    assert (early.value, early.provisional) == (6916.0, True)
    assert any("2025-03" in note for note in early.notes)
    late = LAW.look_up(BASE, on=month(2025, 3), known=month(2025, 10))
    assert (late.value, late.provisional) == (7054.0, False)


def test_a_recorded_publication_month_wins_over_the_usual_delay() -> None:
    path = "national.benefit.pension_adjustment"
    assert LAW.look_up(path, on=month(2025, 1), known=month(2025, 6)).value == 0.03
    assert LAW.look_up(path, on=month(2025, 1), known=month(2025, 7)).value == 0.02


def test_the_assumed_publication_is_said_in_the_notes() -> None:
    value = LAW.look_up(BASE, on=month(2025, 1))
    assert value.published is None and value.known_from == month(2025, 10)
    assert any("publication month not recorded" in note for note in value.notes)


def test_the_reform_of_2025_was_unknown_before_its_publication() -> None:
    path = "national.retirement.max_delay_male"
    assert LAW.number(path, on=month(2030, 1), known=month(2024, 9)) == 36
    with pytest.raises(MissingLaw):
        LAW.look_up(path, on=month(2030, 1), known=month(2024, 8))


def test_without_a_month_the_newest_value_is_meant() -> None:
    assert LAW.number(BASE) == 7054
    assert LAW.look_up("national.retirement.class_of_flexible_women").value == "female55"


def test_numbers_remember_their_parameter() -> None:
    node = trace.node_of("benefit_base", LAW.number(BASE, on=month(2025, 1)))
    assert (node.kind, node.name, node.origin.document) == ("parameter", BASE, "赣人社发〔2025〕48号")


def test_a_table_is_not_a_number() -> None:
    with pytest.raises(ParameterError, match=r"law\.table"):
        LAW.number("national.account.payout_months", on=month(2025, 1))


def test_an_unknown_path_names_similar_ones() -> None:
    with pytest.raises(MissingLaw, match=r"provinces\.36\.benefit_base"):
        LAW.look_up("provinces.36.benefit_bsae")


def test_areas_have_their_own_values_and_fall_back_by_name_only() -> None:
    assert LAW.number("provinces.44.benefit_base@Shenzhen", on=month(2022, 1)) == 10795
    assert LAW.provincial("44", "benefit_base", "Shenzhen") == "provinces.44.benefit_base@Shenzhen"
    assert LAW.provincial("44", "benefit_base", "Zhongshan") == "provinces.44.benefit_base"
    assert not LAW.has("provinces.44.benefit_base@Zhongshan")


def test_shanghai_had_a_rate_of_its_own_until_2024_02() -> None:
    path = "provinces.31.total_rate"
    assert (LAW.number(path, on=month(2024, 2)), LAW.number(path, on=month(2024, 3))) == (0.24, 0.20)


@pytest.mark.parametrize(("text", "place"), [
    ("36", ("36", None)), ("江西", ("36", None)), ("江西省", ("36", None)), ("Jiangxi", ("36", None)),
    ("内蒙古自治区", ("15", None)), ("inner mongolia", ("15", None)), ("Xizang", ("54", None)),
    ("广东中山", ("44", None)), ("广东深圳", ("44", "Shenzhen")), ("深圳市", ("44", "Shenzhen")),
    ("湖北省襄阳市", ("42", "Xiangyang")), ("陕西", ("61", None)), ("Shanxi", ("14", None)),
])
def test_places_by_any_of_their_names(text: str, place: tuple[str, str | None]) -> None:
    assert LAW.find_province(text) == place


def test_an_unknown_place_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(InputError) as refused:
        LAW.find_province("天府")
    assert "四川" in refused.value.message("zh") and "51 Sichuan" in refused.value.message("en")


def test_there_are_31_provinces_in_order_of_code() -> None:
    codes = [province.code for province in LAW.provinces()]
    assert len(codes) == 31 and codes == sorted(codes)


def test_an_overlay_is_a_new_law_from_its_month_on() -> None:
    path = "national.account.crediting_rate"
    reformed = LAW.overlay({path: {"value": 0.03, "since": "2024-01", "until": "2024-12"}})
    assert reformed.number(path, on=month(2024, 6)) == 0.03
    assert reformed.number(path, on=month(2023, 6)) == 0.0397
    assert reformed.number(path, on=month(2025, 6)) == 0.015
    assert LAW.number(path, on=month(2024, 6)) == 0.0262
    assert reformed.hash != LAW.hash
    again = LAW.overlay({path: {"value": 0.03, "since": "2024-01", "until": "2024-12"}})
    assert again.hash == reformed.hash


def test_an_open_overlay_stays_in_force() -> None:
    reformed = LAW.overlay({"national.contribution.total_rate": [{"value": 0.18, "since": "2027-01"}]})
    path = "national.contribution.total_rate"
    assert [reformed.number(path, on=month(year, 12)) for year in (2026, 2027, 2060)] == [0.20, 0.18, 0.18]


def test_an_overlay_survives_pickling() -> None:
    reformed = LAW.overlay({"national.account.payout_months": {"value": {60: 140}, "since": "2030-01"}})
    copy = pickle.loads(pickle.dumps(reformed))
    assert copy.hash == reformed.hash
    assert copy.table("national.account.payout_months", on=month(2031, 1))[60] == 140
    assert pickle.loads(pickle.dumps(LAW)) is LAW


@pytest.mark.parametrize("change", [{"value": 1}, {"since": "2030-01"}])
def test_an_incomplete_overlay_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match="value and since"):
        LAW.overlay({BASE: change})


def test_an_overlay_cannot_invent_a_parameter() -> None:
    with pytest.raises(MissingLaw):
        LAW.overlay({"national.account.credit_rate": {"value": 1, "since": "2030-01"}})


def test_the_hash_is_that_of_the_files(tmp_path) -> None:
    import shutil

    copy = tmp_path / "parameters"
    shutil.copytree(LAW.directory, copy)
    assert Law(copy).hash == LAW.hash
    with (copy / "national" / "account.yaml").open("a", encoding="utf-8") as file:
        file.write("# one more line\n")
    assert Law(copy).hash != LAW.hash


def test_instruments_cited_by_a_value() -> None:
    cited = LAW.cited(LAW.look_up("national.retirement.early_window").document)
    assert [entry["id"] for entry in cited] == ["渐进式延迟法定退休年龄的办法", "人社部发〔2024〕94号"]


def test_an_unknown_table_lists_the_tables() -> None:
    with pytest.raises(MissingLaw, match="benefit_base"):
        LAW.rows("weather")
