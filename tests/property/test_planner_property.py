"""Promises of the planner that hold for every person: clean answers, refusals in words, and money in its right order."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lingbao.career.person import Person
from lingbao.career.plan import Plan
from lingbao.career.projection import project
from lingbao.career.retirement import retirement_of
from lingbao.law.errors import LingbaoError
from lingbao.law.month import month, parse_month
from lingbao.law.store import Law
from lingbao.planner import Preferences, plan
from lingbao.planner.compare import PROJECTIONS
from lingbao.planner.reasons import FIGURES

LAW = Law.load()
NOW = month(2026, 11)
CODES = [province.code for province in LAW.provinces()]
AREAS = {"44": ("Shenzhen", "Guangzhou"), "42": ("Xiangyang", "Wuhan"), "21": ("Dalian",), "41": ("Zhengzhou",)}
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@st.composite
def persons(draw: Any, first: int = month(1940, 1), last: int = month(2026, 10)) -> Person:
    """Anyone who could come to the page; some of them cannot be."""
    birth = draw(st.integers(first, last))
    sex = draw(st.sampled_from(["male", "female"]))
    worked = max(NOW - birth - 192, 0)
    paid = draw(st.sampled_from([0, 0, min(worked, 37), min(worked, 179), min(worked, 260)]) | st.integers(0, min(worked, 500)))
    residence = draw(st.sampled_from(CODES))
    return Person(
        birth=birth, sex=sex, residence=residence, home=draw(st.none() | st.sampled_from(CODES)),
        worker_class=None if sex == "male" else draw(st.sampled_from([None, "female55", "female50"])),
        income=draw(st.none() | st.sampled_from([0.0, 1800.0, 6000.0, 90000.0])),
        months_paid=paid, mean_index=draw(st.floats(0.4, 3.0)) if paid else None,
        account_balance=draw(st.floats(0.0, 400_000.0)) if paid else 0.0,
        deemed_months=draw(st.sampled_from([0, 0, min(worked - paid, 90)])),
        resident_years=draw(st.sampled_from([0, 0, 6, 15, 25])), resident_balance=draw(st.sampled_from([0.0, 12_345.67])),
        area=draw(st.none() | st.sampled_from(AREAS.get(residence, ("Nowhere",)))),
        in_difficulty=draw(st.booleans()),
    )


WISHES = st.builds(
    Preferences, budget=st.none() | st.floats(1.0, 9000.0), base=st.none() | st.floats(100.0, 60_000.0),
    gap_months=st.integers(0, 120), saving=st.sampled_from([0.0, 3000.0, 12_000.0, 50_000.0]),
    move_to=st.none() | st.sampled_from(CODES), move_month=st.none() | st.integers(NOW - 12, NOW + 400),
)


@settings(QUIET, max_examples=60)
@given(persons(), WISHES, st.data())
def test_every_person_gets_a_clean_answer_or_a_refusal_in_words(person: Person, wishes: Preferences, data: Any) -> None:
    try:
        comparison = plan(person, LAW, as_of=NOW, preferences=wishes)
    except LingbaoError as error:
        assert error.zh and error.en
        return
    answer = comparison.to_dict()
    json.dumps(answer, allow_nan=False)
    earliest = min(parse_month(answer["retirement"][name]) for name in ("earliest_month", "resident_month"))
    assert len({row["id"] for row in answer["options"]}) == len(answer["options"])
    for row in answer["options"]:
        assert row["feasible"] or (row["reason_zh"] and row["reason_en"])
        for name in PROJECTIONS:
            look = row["outlook"][name]
            assert look["outlay_total"] >= 0.0 and look["outlay_today"] >= 0.0 and look["pension_then"] >= 0.0
            assert 0.0 <= look["chance_of_payback"] <= 1.0
            assert all(amount["amount"] >= 0.0 for amount in look["heirs"])
            if look["claim_month"] is not None:
                assert parse_month(look["claim_month"]) >= max(earliest, NOW)
            if not row["feasible"]:
                assert look["outlay_total"] == 0.0 and look["pension_then"] == 0.0
    option = data.draw(st.sampled_from([row["id"] for row in answer["options"]]))
    for figure in FIGURES:
        assert comparison.explain(option, figure, data.draw(st.sampled_from(PROJECTIONS))).value is not None


@settings(QUIET, max_examples=50)
@given(persons(month(1962, 1), month(2008, 1)), st.sampled_from(PROJECTIONS))
def test_a_dearer_tier_never_pays_less_and_never_costs_less(person: Person, projection: str) -> None:
    known = person.with_class(LAW)
    dates = retirement_of(LAW, str(known.worker_class), known.birth)
    plans = [Plan("employee", ratio=share) for share in (0.0, 0.6, 0.8, 1.0, 2.0, 3.0)]
    found = [each for each in project(LAW, known, plans, projection, NOW, dates) if each.schedule.feasible]
    pensions, outlays = [each.pension_at_claim for each in found], [each.outlay.sum() for each in found]
    assert pensions == sorted(pensions) and outlays == sorted(outlays)


@settings(QUIET, max_examples=50)
@given(persons(month(1968, 1), month(2000, 1)), st.integers(1, 10))
def test_more_years_at_the_same_index_never_pay_less_at_the_same_claim(person: Person, years: int) -> None:
    """Whole years, because some provinces round years up and a month more may then count for nothing."""
    more = 12 * years
    known = replace(person, mean_index=person.mean_index or 0.8).with_class(LAW)
    dates = retirement_of(LAW, str(known.worker_class), known.birth)
    fewer, longer = (
        project(LAW, each, [Plan("employee", ratio=float(known.mean_index or 0.0))], "base", NOW, dates)[0]
        for each in (known, replace(known, months_paid=known.months_paid + more))
    )
    if not longer.schedule.feasible:  # only someone past the statutory month who now has enough cannot pay any more
        assert dates.statutory < NOW
    elif fewer.schedule.feasible and longer.schedule.claim == fewer.schedule.claim and longer.place == fewer.place:
        assert longer.parts["basic"] >= fewer.parts["basic"] - 0.011
        assert longer.parts["account"] >= fewer.parts["account"] - 0.011
    elif fewer.schedule.feasible:
        assert longer.schedule.claim <= fewer.schedule.claim or longer.place != fewer.place


@settings(QUIET, max_examples=40)
@given(persons(month(1975, 1), month(2004, 1)), st.integers(1, 60))
def test_a_longer_interruption_never_raises_the_pension_unless_it_delays_the_claim(person: Person, months: int) -> None:
    known = person.with_class(LAW)
    dates = retirement_of(LAW, str(known.worker_class), known.birth)
    plans = [Plan("employee", ratio=1.0, gap_from=NOW + 6, gap_months=gap) for gap in (0, months, months + 12)]
    found = project(LAW, known, plans, "base", NOW, dates)
    for shorter, longer in pairwise(found):
        if shorter.schedule.feasible and longer.schedule.claim == shorter.schedule.claim and longer.place == shorter.place:
            assert longer.outlay.sum() <= shorter.outlay.sum()
            assert longer.parts["account"] <= shorter.parts["account"] + 0.011
