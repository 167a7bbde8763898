"""Short of the minimum: the rest paid at once, gaps that count, and pensions that start very late."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

from lingbao.career.mean import months_due_unpaid
from lingbao.career.person import Person, check
from lingbao.career.place import future_of
from lingbao.career.plan import Plan
from lingbao.career.projection import project
from lingbao.career.records import Record
from lingbao.career.retirement import retirement_of
from lingbao.career.schedule import Schedule, schedule
from lingbao.career.walk import walk
from lingbao.law.errors import LingbaoError
from lingbao.law.month import month
from lingbao.law.rules.account import balance_at_claim
from lingbao.law.rules.contribution import monthly_contribution
from lingbao.law.rules.shortfall import account_with_rest, indices_with_rest, rest_paid_at_once
from lingbao.law.store import Law
from lingbao.law.trace import traced
from lingbao.planner import plan
from lingbao.planner.advice import best_option

LAW = Law.load()
NOW = month(2026, 11)
EARLY = Person(  # statutory month 2028-01, minimum 180 months
    birth=month(1967, 4), sex="male", worker_class="male", residence="36", months_paid=40, mean_index=0.6,
    account_balance=9000.0, first_paid=month(2005, 3),
)
FLOOR = Plan("employee")
LATE_COMER = Person(birth=month(1969, 6), sex="male", residence="43")


def dates(person: Person, plan: Plan = FLOOR) -> Schedule:
    return schedule(LAW, person, plan, retirement_of(LAW, "male", person.birth), NOW)


def codes(person: Person, plan: Plan = FLOOR) -> set[str]:
    return {flag.code for flag in project(LAW, person, [plan], "base", NOW)[0].flags}


# --- the rest paid at once (社会保险法 第十六条, 人社部令第13号 第二条) -------------------------------------------------

def test_one_insured_before_july_2011_pays_the_rest_at_once_five_years_after_the_statutory_month() -> None:
    statutory = retirement_of(LAW, "male", EARLY.birth).statutory
    found = dates(EARLY)
    paid_one_by_one = statutory + 60 - NOW + 1
    assert found.claim == statutory + 60 and found.extended
    assert found.one_off_months == 180 - 40 - paid_one_by_one > 0 and found.months_at_claim == 180
    assert "一次缴清" in found.reason_zh and "at once" in found.reason_en


@pytest.mark.parametrize("first", [month(2011, 7), None])
def test_one_insured_later_or_at_an_unknown_month_pays_on_to_completion(first: int | None) -> None:
    found = dates(replace(EARLY, first_paid=first))
    assert found.claim == NOW + 140 - 1 and found.one_off_months == 0


def test_the_month_before_the_limit_still_counts_and_records_say_it_too() -> None:
    assert dates(replace(EARLY, first_paid=month(2011, 6))).one_off_months > 0
    by_records = replace(EARLY, first_paid=None, records=(Record(month(2006, 1), month(2009, 4), 2000.0),))
    assert by_records.insured_since == month(2006, 1) and dates(by_records) == dates(EARLY)


def test_one_who_completes_the_minimum_within_the_five_years_has_no_rest() -> None:
    found = dates(replace(EARLY, months_paid=150))
    assert found.one_off_months == 0 and found.months_at_claim == 180


def test_a_gap_in_the_extension_puts_the_sum_off() -> None:
    statutory = retirement_of(LAW, "male", EARLY.birth).statutory
    found = dates(EARLY, replace(FLOOR, gap_from=statutory + 12, gap_months=6))
    assert found.claim == statutory + 66 and found.one_off_months == dates(EARLY).one_off_months


def test_the_rest_is_paid_credited_and_flagged_in_the_month_of_the_claim() -> None:
    found = project(LAW, EARLY, [FLOOR], "base", NOW)[0]
    claim, future = found.schedule.claim - NOW, future_of(LAW, "base", NOW)
    row = future.row(EARLY.residence)
    month_at_floor = monthly_contribution(future.contribution_floor[row, claim], future.total_rate[row, claim])
    assert found.outlay[claim] == pytest.approx(month_at_floor * (found.schedule.one_off_months + 1), abs=0.005)
    assert found.months_paid == 180 and found.pension_at_claim > 0.0
    assert {"one_off_rest", "low_confidence", "extended"} <= codes(EARLY)


@pytest.mark.parametrize("choice", [FLOOR, Plan("employee", ratio=1.0, rhythm=12), Plan("employee", move_to="43", move_month=NOW + 20)])
def test_the_walked_life_pays_the_same_rest(choice: Plan) -> None:
    retirement = retirement_of(LAW, "male", EARLY.birth)
    outcome, told = project(LAW, EARLY, [choice], "base", NOW)[0], walk(LAW, EARLY, choice, "base", NOW, retirement, traced)
    assert told.award is not None and told.award.total == outcome.pension_at_claim
    assert float(told.account) == outcome.account_balance and told.mean_index == outcome.mean_index
    assert told.paid == pytest.approx(outcome.outlay.sum())
    assert told.award.total.node.find("account_with_rest") is not None  # type: ignore[attr-defined]


def test_the_rules_of_the_rest() -> None:
    assert rest_paid_at_once(800.01, 70) == 56000.7
    assert account_with_rest(10000.0, 320.0, 10) == 13200.0
    assert indices_with_rest(60.0, 0.6, 10) == pytest.approx(66.0)
    assert balance_at_claim(13200.0, 0.0, 0.0, 0.0, 5) == 13200.0


@pytest.mark.parametrize(("first", "paid", "word"), [
    (month(1960, 1), 40, "出生年月"), (month(2027, 1), 40, "之前"), (month(2025, 1), 40, "不符"), (month(2005, 1), 0, "不符"),
])
def test_a_first_contribution_that_cannot_be_is_refused(first: int, paid: int, word: str) -> None:
    with pytest.raises(LingbaoError) as caught:
        check(replace(EARLY, first_paid=first, months_paid=paid), NOW)
    assert caught.value.code == "person.first_paid" and word in caught.value.zh and caught.value.en


def test_a_first_contribution_that_fits_is_taken() -> None:
    check(EARLY, NOW)


# --- months due but not paid -----------------------------------------------------------------------------------------

GAP = Plan("employee", gap_from=month(2028, 1), gap_months=24)
WORKER = Person(birth=month(1985, 5), sex="male", worker_class="male", residence="11", months_paid=120, mean_index=0.8, account_balance=4e4)


def unpaid(person: Person, choice: Plan) -> int:
    retirement = retirement_of(LAW, "male", person.birth)
    timing = schedule(LAW, person, choice, retirement, NOW)
    return months_due_unpaid(LAW, person, timing, person.residence, retirement.statutory, NOW)


@pytest.mark.parametrize(("province", "counted"), [("11", 24), ("12", 24), ("33", 24), ("61", 24), ("36", 0), ("44", 0)])
def test_a_gap_counts_where_the_data_of_the_province_say_so(province: str, counted: int) -> None:
    person = replace(WORKER, residence=province)
    assert unpaid(person, GAP) == counted
    assert ("gap_counts" in codes(person, GAP)) == bool(counted)


def test_the_index_over_months_due_is_the_sum_over_paid_and_unpaid_months() -> None:
    found = project(LAW, WORKER, [GAP], "base", NOW)[0]
    told = walk(LAW, WORKER, GAP, "base", NOW, retirement_of(LAW, "male", WORKER.birth), traced)
    due = found.schedule.claim - NOW + 1 + 120
    assert found.months_paid == due - 24
    assert found.mean_index == told.mean_index == pytest.approx(float(told.indices) / due, abs=5e-5)
    assert told.mean_index.node.find("gap_months") is not None


def test_without_a_gap_the_index_is_over_the_months_paid() -> None:
    assert unpaid(WORKER, FLOOR) == 0 and "gap_counts" not in codes(WORKER)


def test_waiting_counts_only_for_one_insured_before() -> None:
    waiting = Plan("employee", pay_from=NOW + 36)
    assert unpaid(WORKER, waiting) == 36
    assert unpaid(replace(WORKER, months_paid=0, mean_index=None, account_balance=0.0), waiting) == 0


def test_stopping_at_the_minimum_leaves_the_months_to_the_claim_due() -> None:
    choice = Plan("employee", stop_at_minimum=True)
    timing = dates(WORKER, choice)
    assert unpaid(WORKER, choice) == timing.claim + 1 - timing.pay_until > 0


def test_nothing_is_due_after_the_statutory_month() -> None:
    past = replace(WORKER, birth=month(1964, 1), months_paid=200)
    assert unpaid(past, Plan("employee", pay_until=NOW)) == 0


# --- a pension that starts very late ---------------------------------------------------------------------------------

def test_a_late_comer_is_told_of_the_late_claim_and_of_the_resident_scheme() -> None:
    comparison = plan(LATE_COMER, LAW, as_of=NOW)
    answer = comparison.to_dict()
    floor = next(row for row in answer["options"] if row["id"] == "employee-floor")
    assert "late_claim" in {flag["code"] for flag in floor["outlook"]["base"]["flags"]}
    first = answer["advice"][0]
    assert "职工养老保险" in first["zh"] and "晚五年以上" in first["conditions_zh"] and "居民养老保险" in first["conditions_zh"]
    assert "Resident scheme" in first["conditions_en"] and "more than five years" in first["conditions_en"]


@pytest.mark.parametrize(("share", "scheme"), [(0.95, "resident"), (0.85, "employee")])
def test_a_resident_pension_worth_nearly_as_much_is_preferred_to_a_late_one(share: float, scheme: str) -> None:
    comparison = plan(LATE_COMER, LAW, as_of=NOW)
    rows = deepcopy(comparison.plain["options"])
    best = best_option(comparison, rows)
    assert best is not None and best["scheme"] == "employee"
    worth = best["outlook"]["base"]["expected_present_value"]
    cheapest = next(row for row in rows if row["scheme"] == "resident")
    cheapest["outlook"]["base"]["expected_present_value"] = share * worth
    again = best_option(comparison, rows)
    assert again is not None and again["scheme"] == scheme


def test_one_who_claims_at_the_statutory_month_or_soon_after_is_not_warned() -> None:
    assert "late_claim" not in codes(WORKER) and "late_claim" not in codes(replace(EARLY, months_paid=150))


def test_a_sum_due_at_once_counts_when_one_asks_what_is_affordable() -> None:
    near = replace(LATE_COMER, birth=month(1968, 6), income=3000.0)
    comparison = plan(near, LAW, as_of=NOW)
    best = best_option(comparison, comparison.plain["options"])
    assert best is not None and best["scheme"] == "resident"
    outcome = comparison.outcome(best["id"])
    ahead = outcome.schedule.claim - NOW
    assert outcome.schedule.one_off_months > 0 and outcome.outlay[ahead] <= 0.2 * 3000.0 * ahead


def test_the_advice_names_a_sum_that_is_due_at_once() -> None:
    past_sixty = plan(Person(birth=month(1964, 6), sex="male", residence="36"), LAW, as_of=NOW).to_dict()["advice"][0]
    assert "一次补缴" in past_sixty["zh"] and "at once" in past_sixty["en"] and "每年 2,000 元，" not in past_sixty["zh"]
    rest = plan(replace(EARLY, income=30000.0), LAW, as_of=NOW).to_dict()["advice"][0]
    assert "一次缴清那个月共约" in rest["conditions_zh"] and "ask the local agency" in rest["conditions_en"]
