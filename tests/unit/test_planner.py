"""The comparison of one person: which options, what they cost and bring, what is refused and why, what is advised."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lingbao.career.person import Person
from lingbao.law.award import award
from lingbao.law.errors import InputError, LingbaoError, MissingLaw
from lingbao.law.month import month, parse_month
from lingbao.law.store import Law
from lingbao.planner import Preferences, plan
from lingbao.planner.advice import age_in_words, best_option
from lingbao.planner.extras import months_subsidised
from lingbao.planner.provisional import settle

LAW = Law.load()
NOW = month(2026, 11)
RIDER = Person(birth=month(1995, 6), sex="male", residence="36", income=6000.0)
ENOUGH = replace(RIDER, birth=month(1970, 6), months_paid=250, mean_index=0.8, account_balance=80000.0)


def rows(person: Person, **wishes: Any) -> dict[str, dict[str, Any]]:
    answer = plan(person, LAW, as_of=NOW, preferences=Preferences(**wishes)).to_dict()
    json.dumps(answer, allow_nan=False)
    return {row["id"]: row for row in answer["options"]}


def base(row: dict[str, Any]) -> dict[str, Any]:
    return row["outlook"]["base"]  # type: ignore[no-any-return]


def flags(row: dict[str, Any]) -> set[str]:
    return {flag["code"] for flag in base(row)["flags"]}


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize("code", [province.code for province in LAW.provinces()])
def test_every_province_answers_a_standard_rider(code: str, sex: Any) -> None:
    found = rows(replace(RIDER, residence=code, sex=sex))
    for row in found.values():
        assert row["label_zh"] and row["label_en"]
        if row["kind"] == "tier":
            assert row["feasible"] and base(row)["pension_today"] > 0.0, row["id"]
        assert base(row)["outlay_total"] >= 0.0


def test_options_come_in_order_and_each_has_an_id_of_its_own() -> None:
    answer = plan(replace(RIDER, residence="32", in_difficulty=True, home="44"), LAW, as_of=NOW,
                  preferences=Preferences(budget=1500.0, base=7000.0)).to_dict()["options"]
    names = [row["id"] for row in answer]
    assert len(set(names)) == len(names) and names[0] == "employee-floor" and names[-1] == "none"
    for scheme in ("employee", "resident"):
        costs = [row["first_payment"]["month"] for row in answer if row["kind"] == "tier" and row["scheme"] == scheme]
        assert costs == sorted(costs)
    assert {"employee-budget", "employee-base", "employee-floor-subsidy", "employee-floor-move"} <= set(names)


def test_a_province_that_names_its_bases_in_yuan_shows_them_in_yuan() -> None:
    found = rows(replace(RIDER, residence="32"))
    assert found["employee-6000yuan"]["first_payment"]["month"] == 1200.0
    assert "6,000" in found["employee-6000yuan"]["label_zh"] and "6,000" in found["employee-6000yuan"]["label_en"]
    assert found["employee-floor"]["first_payment"]["month"] == 990.4


def test_only_the_rhythms_of_the_place_are_offered() -> None:
    rhythms = {"employee-floor-3m", "employee-floor-6m", "employee-floor-12m"}
    assert not rhythms & set(rows(replace(RIDER, residence="31")))  # Shanghai: monthly only
    assert rhythms <= set(rows(replace(RIDER, residence="11")))


def test_with_enough_months_paying_nothing_still_brings_the_employee_pension() -> None:
    found = rows(ENOUGH)
    assert base(found["none"])["pension_today"] > 1000.0 and base(found["none"])["outlay_total"] == 0.0
    assert base(found["none"])["pension_today"] < base(found["employee-floor"])["pension_today"]
    refused = [row for row in found.values() if row["scheme"] == "resident"]
    assert refused and all(not row["feasible"] and "职工养老金" in row["reason_zh"] and row["reason_en"] for row in refused)
    assert all(base(row)["outlay_total"] == 0.0 and base(row)["pension_then"] == 0.0 for row in refused)


def test_past_the_statutory_month_with_enough_months_only_the_claim_is_left() -> None:
    found = rows(replace(ENOUGH, birth=month(1963, 6)))
    assert [row["id"] for row in found.values() if row["feasible"]] == ["none"]
    answer = plan(replace(ENOUGH, birth=month(1963, 6)), LAW, as_of=NOW).to_dict()
    assert "尽快申请" in answer["advice"][0]["zh"] and "claim the pension soon" in answer["advice"][0]["en"]


def test_near_sixty_without_months_both_ways_are_shown_with_their_length() -> None:
    found = rows(replace(RIDER, birth=month(1968, 8)))
    assert found["employee-floor"]["feasible"] and "延长缴费" in found["employee-floor"]["reason_zh"]
    assert base(found["employee-floor"])["claim_age_months"] > 63 * 12
    assert "补缴" in found["resident-1000"]["reason_zh"]
    assert "employee-floor-early" not in found  # the minimum is not complete in the window


def test_a_minimum_in_force_before_2011_covers_the_old() -> None:
    elder = Person(birth=month(1946, 3), sex="male", residence="31", months_paid=240, mean_index=0.9, account_balance=9000.0)
    assert rows(elder)["none"]["feasible"]


def test_someone_too_old_for_the_law_on_record_gets_the_name_of_what_is_missing() -> None:
    with pytest.raises(MissingLaw) as caught:
        plan(Person(birth=month(1917, 1), sex="male", residence="31"), LAW, as_of=NOW)
    assert "minimum_months" in str(caught.value.where)


def test_an_unknown_place_is_refused_and_a_city_becomes_the_area() -> None:
    with pytest.raises(InputError):
        plan(replace(RIDER, residence="99"), LAW, as_of=NOW)
    answer = plan(replace(RIDER, residence="广东深圳"), LAW, as_of=NOW).to_dict()["person"]
    assert (answer["residence"], answer["area"]) == ("44", "Shenzhen")


def test_an_unknown_option_or_figure_is_refused_with_those_there_are() -> None:
    comparison = plan(RIDER, LAW, as_of=NOW)
    for option, figure in (("nothing", "pension_then"), ("employee-floor", "nothing")):
        with pytest.raises(LingbaoError) as caught:
            comparison.explain(option, figure)
        assert "nothing" in caught.value.en and ("employee-floor" if option == "nothing" else "pension_then") in caught.value.en


def test_a_budget_buys_the_base_that_costs_it_and_one_under_the_floor_is_refused() -> None:
    assert rows(RIDER, budget=1000.0)["employee-budget"]["first_payment"]["month"] == pytest.approx(1000.0, abs=0.01)
    short = rows(RIDER, budget=500.0)["employee-budget"]
    assert not short["feasible"] and "783" in short["reason_zh"] and "783" in short["reason_en"]


def test_a_chosen_base_outside_the_bounds_is_refused() -> None:
    assert rows(RIDER, base=5000.0)["employee-base"]["first_payment"]["month"] == pytest.approx(1000.0, abs=0.01)
    for wrong in (1000.0, 90000.0):
        assert not rows(RIDER, base=wrong)["employee-base"]["feasible"]


def test_waiting_costs_what_it_costs_then_against_the_income_of_then() -> None:
    found = rows(RIDER)
    wait, floor = found["employee-floor-wait"], found["employee-floor"]
    assert parse_month(wait["first_payment"]["from"]) == month(2038, 7)
    assert wait["share_of_income"] == pytest.approx(floor["share_of_income"], rel=0.02)
    assert base(wait)["months_to_pay"] == 240 and base(wait)["pension_today"] < base(floor)["pension_today"]


def test_low_base_and_high_are_in_order_where_wages_lead() -> None:
    for row in rows(RIDER).values():
        look = row["outlook"]
        assert look["low"]["pension_today"] <= look["base"]["pension_today"] <= look["high"]["pension_today"], row["id"]


@pytest.mark.parametrize("income", [None, 0.0, 1.0, 6000.0, 200000.0])
def test_any_income_gives_clean_figures(income: float | None) -> None:
    found = rows(replace(RIDER, income=income))
    share = found["employee-floor"]["share_of_income"]
    assert share is None if not income else share > 0.0
    assert base(found["employee-floor"])["replacement_rate"] > 0.0


# --- subsidy and saving --------------------------------------------------------------------------------------------

def test_the_subsidy_lasts_three_years_or_to_retirement_when_under_five_are_left() -> None:
    def months(birth: int) -> int:
        person = replace(RIDER, birth=birth, residence="36").with_class(LAW)
        dates = plan(person, LAW, as_of=NOW).dates
        return months_subsidised(LAW, None, dates, NOW)

    assert months(month(1990, 6)) == 36
    assert months(month(1967, 6)) == month(2028, 2) - NOW + 1  # statutory month 2028-02


def test_the_subsidy_pays_the_local_amount_or_the_national_ceiling_and_never_lowers_the_pension() -> None:
    tianjin, jiangxi = (rows(replace(RIDER, residence=code, in_difficulty=True)) for code in ("12", "36"))
    floor, subsidised = tianjin["employee-floor"], tianjin["employee-floor-subsidy"]
    assert floor["first_payment"]["month"] - subsidised["first_payment"]["month"] == pytest.approx(600.0)
    assert base(floor)["outlay_total"] - base(subsidised)["outlay_total"] == pytest.approx(36 * 600.0)
    assert base(floor)["pension_then"] == base(subsidised)["pension_then"]
    assert "subsidy_national" not in flags(subsidised) and "subsidy_national" in flags(jiangxi["employee-floor-subsidy"])
    assert jiangxi["employee-floor-subsidy"]["first_payment"]["month"] == pytest.approx(783.0 / 3, abs=0.01)


@pytest.mark.parametrize(("income", "saved"), [
    (3000.0, 0.0), (8000.0, 360.0), (15000.0, 1200.0), (20000.0, 2400.0), (60000.0, 3600.0),
])
def test_a_personal_pension_saves_the_tax_of_the_bracket_and_nothing_for_those_who_pay_none(income: float, saved: float) -> None:
    found = rows(replace(RIDER, income=income))
    extra = found["employee-floor+personal"]["first_payment"]["month"] - found["employee-floor"]["first_payment"]["month"]
    assert extra == pytest.approx((12000.0 - saved) / 12, abs=0.02)
    assert ("no_tax_saved" in flags(found["employee-floor+personal"])) is (saved == 0.0)


def test_saving_is_drawn_for_the_payout_months_and_no_longer() -> None:
    comparison = plan(RIDER, LAW, as_of=NOW)
    floor, saving = (comparison.outcome(name) for name in ("employee-floor", "employee-floor+commercial"))
    extra = saving.pension - floor.pension
    drawn = extra[extra > 0.005]
    assert drawn.size == 117 and drawn[0] == pytest.approx(saving.parts["saving"])  # payout months at 63
    taxed = comparison.outcome("employee-floor+personal").parts["saving"]
    assert taxed == pytest.approx(saving.parts["saving"] * 0.97, abs=0.01)


# --- money back ----------------------------------------------------------------------------------------------------

def test_the_extra_is_measured_against_the_next_cheaper_option() -> None:
    comparison = plan(RIDER, LAW, as_of=NOW)
    dearer, cheaper = comparison.outcome("employee-80"), comparison.outcome("employee-70")
    back = base(comparison.to_dict()["options"][comparison.index("employee-80")])["payback_extra_age_months"]
    t = back - (NOW - RIDER.birth)
    net = (dearer.pension - cheaper.pension - dearer.outlay + cheaper.outlay).cumsum()
    assert net[t - 1] < 0.0 <= net[t] + 0.005


def test_heirs_get_the_account_which_grows_to_the_claim_and_runs_out() -> None:
    heirs = {entry["age"]: entry["amount"] for entry in base(rows(RIDER)["employee-floor"])["heirs"]}
    assert heirs[50] < heirs[60] and heirs[60] > heirs[70] > heirs[80] >= 0.0
    gone = base(rows(replace(ENOUGH, birth=month(1980, 6), months_paid=60))["none"])["heirs"]
    assert gone[-1]["amount"] == 0.0  # the account was paid out once


def test_deemed_months_bring_a_transitional_part() -> None:
    with_deemed = rows(replace(ENOUGH, deemed_months=60))
    assert base(with_deemed["employee-floor"])["parts"]["transitional"] > 0.0
    assert base(rows(ENOUGH)["employee-floor"])["parts"]["transitional"] == 0.0


# --- advice --------------------------------------------------------------------------------------------------------

def test_the_suggestion_is_open_and_within_the_budget() -> None:
    for budget in (300.0, 900.0, 1400.0):
        comparison = plan(RIDER, LAW, as_of=NOW, preferences=Preferences(budget=budget))
        best = best_option(comparison, comparison.to_dict()["options"])
        assert best is not None and best["feasible"] and best["first_payment"]["month"] <= budget


def test_someone_without_income_is_advised_the_resident_scheme() -> None:
    comparison = plan(replace(RIDER, income=0.0), LAW, as_of=NOW)
    best = best_option(comparison, comparison.to_dict()["options"])
    assert best is not None and best["scheme"] == "resident"


def test_when_nothing_is_open_the_advice_gives_both_reasons() -> None:
    answer = plan(Person(birth=month(1953, 3), sex="male", residence="36"), LAW, as_of=NOW).to_dict()
    assert "没有可缴费的方案" in answer["advice"][0]["zh"] and "No option to pay is open" in answer["advice"][0]["en"]


def test_every_sentence_comes_in_both_languages_with_ages_in_words() -> None:
    for person in (RIDER, ENOUGH, replace(RIDER, sex="female", in_difficulty=True), replace(RIDER, income=2500.0)):
        for line in plan(person, LAW, as_of=NOW).to_dict()["advice"]:
            assert line["zh"] and line["en"] and bool(line["conditions_zh"]) == bool(line["conditions_en"])
            assert "nan" not in (line["zh"] + line["en"]).lower().replace("finan", "")
            assert not any(part.rstrip(",.;)").endswith("m") and "y" in part and part[0].isdigit() for part in line["en"].split())
    assert age_in_words(758) == "63 years 2 months" and age_in_words(721) == "60 years 1 month" and age_in_words(720) == "60 years"


def test_a_class_that_was_assumed_is_said() -> None:
    codes = {flag["code"] for flag in plan(replace(RIDER, sex="female"), LAW, as_of=NOW).to_dict()["flags"]}
    given = plan(replace(RIDER, sex="female", worker_class="female55"), LAW, as_of=NOW).to_dict()["flags"]
    assert "class_assumed" in codes and "class_assumed" not in {flag["code"] for flag in given}


# --- provisional and final (B2) -------------------------------------------------------------------------------------

FACTS: dict[str, Any] = {
    "province": "36", "area": None, "age_months": 723, "mean_index": 0.6, "months": 200, "account_balance": 60000.0,
}


def test_a_claim_in_march_is_first_paid_on_last_years_base() -> None:
    seen = settle(LAW, claim_month=month(2025, 3), known=month(2025, 3), **FACTS)
    assert seen.first.provisional and not seen.settled and seen.balance is None
    assert seen.first.benefit_base == LAW.number("provinces.36.benefit_base", on=month(2024, 6))
    assert "provisional" in {flag["code"] for flag in seen.to_dict()["flags"]}


def test_once_the_base_is_out_the_difference_is_paid_for_the_months_so_far() -> None:
    seen = settle(LAW, claim_month=month(2025, 3), known=month(2026, 1), **FACTS)
    final = award(LAW, claim_month=month(2025, 3), known=month(2026, 1), **FACTS)
    assert seen.settled and seen.final is not None and seen.final.total == final.total > seen.first.total
    assert seen.months_paid == 9  # April to December 2025
    assert seen.balance == pytest.approx(9 * (final.total - seen.first.total), abs=0.005)


def test_a_claim_after_publication_needs_no_settlement() -> None:
    seen = settle(LAW, claim_month=month(2025, 12), known=month(2026, 3), **FACTS)
    assert not seen.first.provisional and seen.final is seen.first and seen.balance == 0.0


def test_looking_from_before_the_claim_is_refused() -> None:
    with pytest.raises(InputError):
        settle(LAW, claim_month=month(2025, 3), known=month(2025, 2), **FACTS)


@pytest.mark.parametrize("wish", [{"budget": float("nan")}, {"base": -1.0}, {"saving": 1e12}, {"gap_months": -3}])
def test_a_wish_that_is_no_amount_is_refused_by_name(wish: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        Preferences(**wish)
    assert caught.value.code == f"preferences.{next(iter(wish))}"


def test_a_woman_who_moves_is_told_when_her_class_may_change() -> None:
    woman = Person(birth=month(1995, 6), sex="female", worker_class="female55", residence="36")
    assert "class_elsewhere" in flags(rows(woman, move_to="51")["employee-floor-move"])
    assert "class_elsewhere" not in flags(rows(woman, move_to="31")["employee-floor-move"])
