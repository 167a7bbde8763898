"""Promises of the employee rules that hold for every input, and one answer from all three runners."""

from __future__ import annotations

import importlib
import inspect
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingbao.law.compile import compiled
from lingbao.law.rounding import NUDGE
from lingbao.law.rule import rules
from lingbao.law.rules import account, benefit, contribution, fixed_amount, index, provincial, retirement
from lingbao.law.store import Law
from lingbao.law.trace import traced

MODULES = (retirement, contribution, index, account, benefit, provincial, fixed_amount)
MINE = sorted((rule for rule in rules() if importlib.import_module(rule.source.__module__) in MODULES),
              key=lambda rule: rule.source.__name__)
MONEY = st.floats(min_value=0.01, max_value=1e6)
INDICES = st.floats(min_value=0.1, max_value=5.0)
MONTHS = st.integers(min_value=1, max_value=600)


@pytest.mark.parametrize("rule", MINE, ids=lambda rule: rule.source.__name__)
def test_the_three_runners_agree(rule):
    public = getattr(importlib.import_module(rule.source.__module__), rule.source.__name__)
    luck = random.Random(rule.source.__name__)
    fast, told = compiled(public), traced(public)
    kinds = [parameter.annotation for parameter in inspect.signature(rule.source).parameters.values()]
    for _ in range(20):
        drawn = [luck.randrange(1, 40) if kind == "int" else round(luck.uniform(0.1, 40.0), 3) for kind in kinds]
        plain = public(*drawn)
        assert fast(*drawn) == pytest.approx(plain, rel=1e-12, abs=1e-12)
        assert told(*drawn) == plain


@pytest.mark.parametrize("rule", MINE, ids=lambda rule: rule.source.__name__)
def test_every_rule_says_what_it_is_and_every_argument_is_a_term(rule):
    assert rule.article and rule.unit and rule.label_zh and rule.label_en and rule.formula
    assert inspect.getdoc(rule.source)
    terms = Law.load().terms
    assert [name for name in rule.arguments if name not in terms] == []


@given(birth=st.integers(min_value=1950 * 12, max_value=2020 * 12), step=st.sampled_from([2, 4]))
def test_who_is_born_later_never_retires_earlier(birth, step):
    def retires(born):
        return retirement.statutory_month(born, 600, retirement.delay_months(born, 1975 * 12, step, 60))

    assert retires(birth + 1) > retires(birth)


@given(delay=st.integers(min_value=0, max_value=60), statutory=st.integers(min_value=24000, max_value=25000))
def test_the_window_holds_the_statutory_month(delay, statutory):
    earliest = retirement.earliest_month(statutory, delay, 36)
    assert statutory - 36 <= earliest <= statutory <= retirement.latest_month(statutory, 36)


@given(base=MONEY)
def test_account_and_pool_always_add_up(base):
    paid = contribution.monthly_contribution(base, 0.2)
    credit = contribution.account_credit(base, 0.08)
    assert contribution.pooled_share(paid, credit) + credit == pytest.approx(paid, abs=1e-6)


@given(base=MONEY, floor=MONEY, width=MONEY)
def test_a_base_within_bounds_stays_within_them(base, floor, width):
    held = contribution.base_in_bounds(base, floor, floor + width)
    assert floor <= held <= floor + width
    assert contribution.base_in_bounds(held, floor, floor + width) == held


@given(postings=st.lists(st.floats(min_value=0, max_value=1e5), min_size=12, max_size=12), opening=MONEY,
       rate=st.floats(min_value=0, max_value=0.2))
def test_interest_on_a_years_money_lies_between_none_and_a_full_year(postings, opening, rate):
    product = sum(account.posting_product(amount, n) for n, amount in enumerate(postings, start=1))
    closing = account.year_end_balance(opening, sum(postings), product, rate)
    least = opening * (1 + rate) + sum(postings)
    assert least - 1e-6 <= closing <= (opening + sum(postings)) * (1 + rate) + 1e-6


@given(base=MONEY, mean=INDICES, months=MONTHS)
def test_paying_longer_or_higher_never_lowers_the_basic_pension(base, mean, months):
    pension = benefit.basic_pension(base, mean, months, 0.01)
    assert benefit.basic_pension(base, mean, months + 1, 0.01) >= pension
    assert benefit.basic_pension(base, mean + 0.1, months, 0.01) >= pension


@given(base=MONEY, mean=INDICES, months=MONTHS)
def test_guangdong_never_pays_more_than_the_national_formula(base, mean, months):
    factor = provincial.low_index_factor(mean, 0.6)
    own = provincial.basic_pension_low_index(base, factor, mean, months, 0.01)
    assert own <= benefit.basic_pension(base, mean, months, 0.01)


@given(months=MONTHS, step=st.sampled_from([0.01, 0.1, 0.5, 1.0]))
def test_rounding_years_up_adds_less_than_one_step_and_is_done_once(months, step):
    counted = provincial.months_in_year_steps(months, step)
    assert months - 1e-5 <= counted < months + step * 12 + 1e-5
    assert provincial.months_in_year_steps(counted, step) == pytest.approx(counted)


@given(amount=MONEY)
def test_shanghai_never_takes_a_fen_away(amount):
    paid = provincial.part_jiao_up_from_fen(amount)
    assert -0.01 - NUDGE <= paid - amount <= 0.1 + NUDGE


@given(age=st.integers(min_value=40, max_value=69))
def test_payout_months_fall_month_by_month(age):
    table = Law.load().table("national.account.payout_months")
    row = [benefit.payout_months(table[age], table[age + 1], n) for n in range(12)]
    assert row[0] == table[age]
    assert all(later < earlier for earlier, later in pairwise(row))
    assert table[age + 1] < row[-1]


@given(month_number=st.integers(min_value=20000, max_value=30000), rhythm=st.sampled_from([1, 3, 6, 12]))
def test_a_posting_falls_into_the_same_year_and_not_before_its_month(month_number, rhythm):
    posted = contribution.posting_month(month_number, rhythm)
    assert month_number <= posted < month_number + rhythm
    assert posted // 12 == month_number // 12


@given(amount=MONEY, wage=MONEY)
def test_a_fixed_amount_counts_for_no_more_than_the_time_itself(amount, wage):
    assert 0 < fixed_amount.counted_fraction(amount, wage, 0.2) <= 1.0
