"""Award forms: what provinces do with the national formula, each against a transcribed form or the statute."""

from __future__ import annotations

import pytest

from lingbao.law.award import award
from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.law.trace import traced


@pytest.fixture(scope="module")
def law():
    return Law.load()


def codes(found):
    return {flag.code for flag in found.flags}


def test_chongqing_form_of_2023(law):
    found = award(law, "50", None, month(2023, 6), 721, 1.0317, 42.92 * 12, 109277.7, 16.17 * 12)
    assert (found.basic, found.account, found.transitional, found.total) == (3482.79, 786.17, 1836.99, 6105.95)


def test_changchun_pre_award_with_given_bases(law):
    found = award(law, "22", "Changchun", month(2025, 2), 720, 0.62, 41.67 * 12, 96750.01, 132,
                  benefit_base=7322.08, local_base=7978.25)
    assert (found.basic, found.account, found.transitional) == (2608.11, 696.04, 699.11)
    assert found.additions == {"long_payment": 292.14}
    assert found.total == 4295.4


def test_guangxi_pays_each_part_rounded_up(law):
    found = award(law, "45", None, month(2025, 12), 720, 0.6923, 431, 76815.98, 78)
    assert (found.basic, found.account, found.transitional, found.total) == (2122.4, 552.7, 440.0, 3115.1)


def test_a_base_not_yet_published_is_replaced_by_last_years_and_flagged(law):
    early = award(law, "36", None, month(2025, 2), 721, 0.6, 180, 50000.0, known=month(2025, 2))
    final = award(law, "36", None, month(2025, 2), 721, 0.6, 180, 50000.0)
    assert early.provisional and "provisional" in codes(early)
    assert not final.provisional
    assert early.benefit_base < final.benefit_base


def test_no_base_is_invented_for_the_far_future(law):
    with pytest.raises(MissingLaw):
        award(law, "36", None, month(2040, 1), 740, 0.6, 240, 50000.0)
    assert award(law, "36", None, month(2040, 1), 740, 0.6, 240, 50000.0, benefit_base=12000.0).total > 0


def test_age_outside_the_table_takes_its_end_and_says_so(law):
    found = award(law, "36", None, month(2025, 6), 75 * 12, 0.6, 180, 50000.0)
    assert found.payout_months == 56
    assert "age_outside_table" in codes(found)


def test_henan_without_a_known_local_base_says_so(law):
    assert "local_base_unknown" in codes(award(law, "41", None, month(2025, 6), 722, 0.7, 240, 50000.0, 60))
    zhengzhou = award(law, "41", "Zhengzhou", month(2025, 6), 722, 0.7, 240, 50000.0, 60)
    assert zhengzhou.benefit_base == 6738
    assert zhengzhou.transitional == pytest.approx(7933 * 0.7 * 5 * 0.013, abs=0.005)


def test_inner_mongolia_lifts_a_low_index_in_the_transitional_part(law):
    low = award(law, "15", None, month(2025, 6), 722, 0.7, 240, 50000.0, 60)
    one = award(law, "15", None, month(2025, 6), 722, 1.0, 240, 50000.0, 60)
    assert low.transitional == one.transitional
    assert low.basic < one.basic


def test_every_province_gives_an_award_whose_total_is_its_parts(law):
    for province in law.provinces():
        found = award(law, province.code, None, month(2025, 6), 722, 0.8, 240, 80000.0, 24)
        parts = found.basic + found.account + found.transitional + sum(found.additions.values())
        assert found.total == pytest.approx(parts, abs=0.1)


def test_the_explained_award_equals_the_plain_one_and_links_to_parameters(law):
    plain = award(law, "44", None, month(2025, 6), 662, 0.5, 240, 80000.0)
    told = award(law, "44", None, month(2025, 6), 662, 0.5, 240, 80000.0, run=traced)
    assert told.total == plain.total
    node = told.total.node
    assert node.find("low_index_factor") is not None
    assert node.find("provinces.44.benefit_base").origin.document is not None
    assert node.find("national.benefit.accrual_rate").value == 0.01


@pytest.mark.parametrize("wrong", [{"mean_index": -1.0}, {"months": float("nan")}, {"account_balance": -1.0},
                                   {"deemed_months": 300.0}])
def test_a_history_that_cannot_be_is_refused(law, wrong):
    given = {"mean_index": 0.6, "months": 180.0, "account_balance": 1000.0} | wrong
    with pytest.raises(InputError):
        award(law, "36", None, month(2025, 6), 722, **given)


def test_awards_before_2006_are_not_guessed(law):
    with pytest.raises(MissingLaw):
        award(law, "36", None, month(2005, 6), 720, 0.6, 180, 5000.0)
