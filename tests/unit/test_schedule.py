"""When a plan pays and claims: window, minimum, extension, gaps, and every refusal with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lingbao.career.person import Person
from lingbao.career.plan import Plan, without_payment
from lingbao.career.projection import places_of, project
from lingbao.career.retirement import retirement_of
from lingbao.career.schedule import Schedule, schedule
from lingbao.law.month import month
from lingbao.law.store import Law

LAW = Law.load()
NOW = month(2026, 11)
YOUNG = Person(birth=month(1990, 5), sex="male", worker_class="male", residence="36")
NEAR = Person(
    birth=month(1968, 8), sex="male", worker_class="male", residence="36", months_paid=100, mean_index=0.6,
    account_balance=20000.0,
)
PAST = replace(NEAR, birth=month(1963, 8))


def dates(person: Person, plan: Plan) -> Schedule:
    return schedule(LAW, person, plan, retirement_of(LAW, str(person.worker_class), person.birth), NOW)


def test_everything_up_to_the_statutory_month_is_paid() -> None:
    found = dates(YOUNG, Plan("employee"))
    assert (found.claim, found.pay_from, found.pay_until) == (month(2053, 5), NOW, month(2053, 6))
    assert found.months_at_claim == month(2053, 6) - NOW and found.minimum_months == 240 and not found.extended


def test_the_earliest_claim_is_the_first_month_of_the_window_with_the_minimum_of_its_year() -> None:
    assert dates(YOUNG, Plan("employee", claim="earliest")).claim == month(2050, 5)
    late = dates(YOUNG, Plan("employee", claim="earliest", pay_from=month(2031, 1)))
    assert late.claim == month(2050, 12) and late.months_at_claim == 240


def test_one_short_at_the_statutory_month_pays_on_until_the_minimum_is_complete() -> None:
    found = dates(NEAR, Plan("employee"))
    assert found.extended and found.claim == NOW + 80 - 1 and found.months_at_claim == 180
    assert "2033-06" in found.reason_zh and "2033-06" in found.reason_en


def test_a_gap_puts_the_extension_off_by_its_length() -> None:
    found = dates(NEAR, Plan("employee", gap_from=month(2027, 1), gap_months=24))
    assert found.claim == NOW + 80 - 1 + 24 and found.months_at_claim == 180


def test_the_extension_of_one_past_the_statutory_month_begins_now() -> None:
    found = dates(PAST, Plan("employee"))
    assert found.feasible and found.extended and found.claim == NOW + 80 - 1


def test_one_past_the_statutory_month_with_enough_months_cannot_pay_but_claims() -> None:
    enough = replace(PAST, months_paid=200)
    refused = dates(enough, Plan("employee"))
    assert not refused.feasible and refused.pay_until == refused.pay_from
    assert "不能再缴费" in refused.reason_zh and "Nothing more can be paid" in refused.reason_en.replace("nothing", "Nothing")
    claimed = dates(enough, without_payment(NOW))
    assert claimed.feasible and claimed.claim == NOW and claimed.months_at_claim == 200


def test_nobody_joins_the_employee_scheme_for_the_first_time_after_the_statutory_month() -> None:
    found = dates(replace(PAST, months_paid=0, mean_index=None), Plan("employee"))
    assert not found.feasible and "首次" in found.reason_zh and "resident scheme" in found.reason_en


def test_a_minimum_that_would_be_complete_after_75_is_refused() -> None:
    found = dates(replace(NEAR, months_paid=1), Plan("employee", gap_from=month(2027, 1), gap_months=36))
    assert not found.feasible and "不现实" in found.reason_zh


def test_stopping_at_the_minimum_pays_exactly_the_months_that_are_missing() -> None:
    found = dates(YOUNG, Plan("employee", stop_at_minimum=True))
    assert found.claim == month(2053, 5) and found.pay_until - found.pay_from == 240 and found.months_at_claim == 240
    with_gap = dates(YOUNG, Plan("employee", stop_at_minimum=True, gap_from=month(2028, 1), gap_months=12))
    assert with_gap.pay_until - with_gap.pay_from == 252 and with_gap.months_at_claim == 240


def test_a_plan_that_ends_too_soon_is_refused_with_the_months_it_has() -> None:
    found = dates(YOUNG, Plan("employee", pay_until=NOW + 120))
    assert not found.feasible and "120" in found.reason_zh and "240" in found.reason_en


@pytest.mark.parametrize(("claim", "word"), [
    (month(2050, 4), "最早"),       # before the window
    (month(2026, 10), "已经过去"),  # before today
    (month(2054, 1), "用人单位"),   # later than the statutory month: no employer to agree with
])
def test_a_chosen_month_outside_the_window_is_refused(claim: int, word: str) -> None:
    found = dates(YOUNG, Plan("employee", claim=claim))
    assert not found.feasible and word in found.reason_zh and found.reason_en


def test_a_chosen_month_inside_the_window_is_taken_only_with_the_minimum_complete() -> None:
    assert dates(YOUNG, Plan("employee", claim=month(2051, 3))).claim == month(2051, 3)
    short = dates(YOUNG, Plan("employee", claim=month(2051, 3), pay_from=month(2035, 1)))
    assert not short.feasible and "缴满最低年限" in short.reason_zh


def test_a_chosen_month_after_the_statutory_one_may_complete_the_minimum_but_no_more() -> None:
    complete = NOW + 80 - 1
    assert dates(NEAR, Plan("employee", claim=complete)).claim == complete
    assert dates(NEAR, Plan("employee", claim=complete - 10)).claim == complete
    later = dates(NEAR, Plan("employee", claim=complete + 6))
    assert not later.feasible and "2033-06" in later.reason_zh and "employer" in later.reason_en


def test_nobody_pays_before_the_age_from_which_one_may_be_insured() -> None:
    child = replace(YOUNG, birth=month(2025, 8))
    assert dates(child, Plan("employee")).pay_from == month(2041, 8)


@pytest.mark.parametrize(("worker_class", "born", "statutory", "earliest"), [
    ("female50", month(1978, 11), month(2030, 11), month(2028, 11)),
    ("female55", month(1978, 7), month(2035, 9), month(2033, 7)),
    ("female55", month(1985, 7), month(2043, 7), month(2040, 7)),
    ("female50", month(1985, 7), month(2040, 7), month(2037, 7)),
])
def test_a_woman_of_either_class_has_the_dates_of_her_class(
    worker_class: str, born: int, statutory: int, earliest: int
) -> None:
    found = retirement_of(LAW, worker_class, born)
    assert (found.statutory, found.earliest) == (statutory, earliest)


# --- where the pension comes from (国办发〔2009〕66号) ---------------------------------------------------------------

def place(person: Person, plan: Plan) -> tuple[str, frozenset[str]]:
    found = places_of(LAW, person, plan, dates(person, plan))
    return found.benefit, found.temporary


def test_under_ten_years_in_a_place_the_pension_comes_from_home() -> None:
    migrant = replace(NEAR, residence="44", home="43", months_paid=170)
    assert place(migrant, without_payment(NOW)) == ("44", frozenset())
    few = replace(migrant, months_paid=60, birth=month(1964, 1), deemed_months=0)
    assert place(few, Plan("employee", pay_until=NOW + 30)) == ("43", frozenset())


def test_the_benefit_base_and_the_denominators_are_those_of_home() -> None:
    few = replace(YOUNG, birth=month(1975, 1), residence="44", home="43", months_paid=40, mean_index=0.6)
    local = replace(few, home=None)
    plan = Plan("employee", move_to="43", move_month=NOW + 24)
    moved, stayed = (project(LAW, person, [plan], "base", NOW)[0] for person in (few, local))
    assert moved.place == "43" and moved.mean_index > 0
    assert project(LAW, few, [Plan("employee")], "base", NOW)[0].place == "44"
    assert stayed.place == "44"  # at 53 the new place is not home: a temporary account only
    assert any(flag.code == "mean_index_elsewhere" for flag in moved.flags)


def test_moving_at_fifty_to_a_province_that_is_not_home_opens_a_temporary_account_only() -> None:
    man = replace(NEAR, birth=month(1975, 1), residence="36", home="36", months_paid=130)
    plan = Plan("employee", move_to="44", move_month=NOW + 6)
    assert place(man, plan) == ("36", frozenset({"44"}))
    younger = replace(man, birth=month(1985, 1))
    assert place(younger, plan) == ("44", frozenset())
    assert place(replace(man, home="44"), plan) == ("44", frozenset())


def test_a_woman_first_insured_at_forty_away_from_home_holds_a_temporary_account() -> None:
    woman = Person(birth=month(1984, 1), sex="female", worker_class="female55", residence="44", home="43")
    assert place(woman, Plan("employee")) == ("43", frozenset({"44"}))
    outcome = project(LAW, woman, [Plan("employee")], "base", NOW)[0]
    assert "temporary_account" in {flag.code for flag in outcome.flags}
    assert place(replace(woman, birth=month(1990, 1)), Plan("employee"))[1] == frozenset()


def test_yearly_payment_moves_the_money_to_december_and_credits_it_later() -> None:
    monthly, yearly = project(LAW, YOUNG, [Plan("employee"), Plan("employee", rhythm=12)], "base", NOW)
    assert monthly.outlay.sum() == pytest.approx(yearly.outlay.sum())
    assert yearly.outlay[1] == pytest.approx(monthly.outlay[:2].sum()) and yearly.outlay[0] == 0.0
    assert yearly.first_payment == monthly.first_payment and yearly.payments == monthly.payments
    assert yearly.account_balance < monthly.account_balance
    assert yearly.outlay[yearly.schedule.claim - NOW] > 0.0  # what is left of the last year falls due with the claim


@pytest.mark.parametrize(("residence", "area", "payment"), [
    ("35", None, 808.6), ("44", None, 955.0), ("32", None, 990.4), ("36", None, 783.0),
    ("44", "Guangzhou", 1102.0), ("42", "Xiangyang", 859.8), ("42", "Huanggang", 850.8),
])
def test_the_lowest_payment_is_a_fifth_of_the_floor_of_the_place(residence: str, area: str | None, payment: float) -> None:
    person = replace(YOUNG, residence=residence, area=area)
    assert project(LAW, person, [Plan("employee")], "base", NOW)[0].first_payment == pytest.approx(payment, abs=0.01)


def test_an_area_keeps_its_ratio_to_the_province_and_says_so() -> None:
    outcome = project(LAW, replace(YOUNG, residence="44", area="Shenzhen"), [Plan("employee", ratio=1.0)], "base", NOW)[0]
    general = project(LAW, replace(YOUNG, residence="44"), [Plan("employee", ratio=1.0)], "base", NOW)[0]
    assert "area_scaled" in {flag.code for flag in outcome.flags}
    assert outcome.pension_at_claim != general.pension_at_claim
    unknown = project(LAW, replace(YOUNG, residence="44", area="Zhongshan"), [Plan("employee")], "base", NOW)[0]
    assert "area_unknown" in {flag.code for flag in unknown.flags}


def test_a_resident_account_joins_the_employee_account_and_its_years_do_not_count() -> None:
    with_it, without = (
        project(LAW, replace(YOUNG, resident_balance=amount, resident_years=years), [Plan("employee")], "base", NOW)[0]
        for amount, years in ((10000.0, 8), (0.0, 0))
    )
    assert with_it.account_balance > without.account_balance + 10000.0
    assert with_it.schedule == without.schedule and with_it.parts["basic"] == without.parts["basic"]
