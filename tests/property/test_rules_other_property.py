"""Promises of the rules outside the employee pension that hold for any numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lingbao.law.rules import personal_pension, resident, subsidy, survivor, transfer
from lingbao.law.store import Law
from lingbao.verify.other_money import condolence, tax_table

LAW = Law.load()
COMPREHENSIVE = tax_table(LAW, "comprehensive")
BUSINESS = tax_table(LAW, "business")
MONEY = st.integers(0, 3_000_000).map(float)
YEARS = st.floats(0.0, 50.0)


@given(MONEY, MONEY)
def test_tax_rises_with_income_and_never_passes_the_top_rate(one, other):
    less, more = sorted((one, other))
    for table in (COMPREHENSIVE, BUSINESS):
        taxes = [personal_pension.income_tax(income, *table) for income in (less, more)]
        assert 0.0 <= taxes[0] <= taxes[1] <= table[1][-1] * more + 0.01


@given(MONEY, st.integers(0, 12000).map(float))
def test_a_deduction_saves_no_more_than_the_rate_above_it_and_never_costs(income, deduction):
    saved = personal_pension.tax_saved(income, deduction, *COMPREHENSIVE)
    assert 0.0 <= saved <= COMPREHENSIVE[1][-1] * deduction + 0.01


@given(YEARS, YEARS)
def test_longer_payment_never_means_less_for_survivors(one, other):
    less, more = sorted((one, other))
    assert condolence(LAW, less) <= condolence(LAW, more) <= LAW.number("national.benefit.bereavement_months_cap")


@given(YEARS, st.floats(0.0, 40.0))
def test_a_pensioner_s_family_gets_the_floor_at_least(years, drawn):
    floor = LAW.number("national.benefit.bereavement_months_floor_retired")
    active = condolence(LAW, years)
    assert floor <= survivor.condolence_months_retired(active, drawn, 1.0, floor) <= max(active, floor)


@given(st.integers(0, 60), st.integers(0, 60))
def test_stepped_additions_rise_with_years(one, other):
    less, more = sorted((one, other))
    additions = [resident.long_payment_addition_stepped(years, 15, 25, 1, 2, 3) for years in (less, more)]
    assert additions[0] <= additions[1]


@given(st.integers(0, 5000).map(float), st.floats(0.0, 1.0), st.integers(0, 2000).map(float))
def test_a_subsidy_never_exceeds_share_cap_or_payment(paid, share, cap):
    amount = subsidy.contribution_subsidy(paid, float("inf"), share, cap)
    assert amount <= cap and amount <= paid + 0.005


PLACES = st.sampled_from(["41", "44", "33", "31"])


@given(PLACES, st.lists(st.tuples(PLACES, st.integers(1, 200)), max_size=5), PLACES, st.sets(PLACES))
def test_the_place_of_benefit_is_home_or_a_place_with_ten_ordinary_years(home, stays, current, temporary):
    place = transfer.place_of_benefit(home, stays, current, temporary, 120)
    ordinary = sum(months for where, months in stays if where == place and where not in temporary)
    assert place == home or ordinary >= 120
