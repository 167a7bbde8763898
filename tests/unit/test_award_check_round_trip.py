"""In every province an award computed by the law is found right, and any one figure changed in it is found wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lingbao.law.award import award
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.planner.award import check_award

LAW = Law.load()
CLAIM, AGE = month(2025, 6), 12 * 60 + 5
PROVINCES = [province.code for province in LAW.provinces()]


def form_of(province, index=0.7312, months=391, deemed=53, own=0.9127, balance=98765.43):
    found = award(LAW, province, None, CLAIM, AGE, index, months, balance, deemed, own)
    facts = {"province": province, "claim": CLAIM, "birth": CLAIM - AGE, "mean_index": index, "months": months, "deemed_months": deemed,
             "transitional_index": own, "account_balance": balance}
    amounts = {"basic": float(found.basic), "account": float(found.account), "transitional": float(found.transitional),
               "additions": round(sum(found.additions.values()), 2), "total": float(found.total)}
    return facts, amounts


@pytest.mark.parametrize("province", PROVINCES)
def test_an_award_by_the_law_agrees(province):
    facts, amounts = form_of(province)
    found = check_award({**facts, **amounts}, LAW)
    assert found.ok and all(line.agrees for line in found.lines), [line.to_dict() for line in found.lines]


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("part", ["basic", "account", "transitional", "total"])
def test_a_figure_changed_by_two_yuan_is_found(province, part):
    facts, amounts = form_of(province)
    found = check_award({**facts, **amounts, part: round(amounts[part] + 2.0, 2)}, LAW)
    assert not found.ok and found.line(part).status == "differs" and found.line(part).difference == 2.0


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PROVINCES), st.floats(0.4, 3.0).map(lambda x: round(x, 4)), st.integers(180, 540), st.integers(0, 170),
       st.floats(0.6, 3.0).map(lambda x: round(x, 4)), st.floats(1000, 500000).map(lambda x: round(x, 2)))
def test_any_award_by_the_law_agrees(province, index, months, deemed, own, balance):
    facts, amounts = form_of(province, index, months, deemed, own, balance)
    assert all(line.agrees for line in check_award({**facts, **amounts}, LAW).lines)
