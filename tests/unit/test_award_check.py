"""An award form is recomputed part by part; what an agency did differently is found by trying it."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest

from lingbao.law.errors import ErrorList, InputError, LingbaoError, MissingLaw
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.planner.award import check_award

# Transcribed benefit statements from liubigfatty/pension-calculator (cases/…), with the base of their time.
HUBEI = {"province": "湖北", "claim": "2025-06", "benefit_base": 9112, "mean_index": 0.7654, "years": 28.83,
         "account_balance": 93583.84, "payout_months": 195, "deemed_years": 1, "transitional_index": 0.7654,
         "basic": 2318.84, "account": 479.92, "transitional": 83.69}  # hubei/8
JIANGSU = {"province": "江苏", "claim": "2025-06", "benefit_base": 8917, "mean_index": 0.6248, "years": 36.58,
           "account_balance": 88329.74, "payout_months": 139, "deemed_years": 9.5, "transitional_index": 0.9996,
           "basic": 2649.92, "account": 635.47, "transitional": 1016.13}  # jiangsu/5
HEILONGJIANG = {"province": "黑龙江", "claim": "2025-06", "birth": "1965-05", "benefit_base": 7570, "mean_index": 0.9705, "years": 42.58,
                "account_balance": 109716.46, "payout_months": 138.4, "deemed_years": 13.92, "transitional_index": 0.9705,
                "basic": 3175.76, "account": 792.75, "transitional": 1227.19}  # heilongjiang/1, 60 years 1 month
LIAONING = {"province": "辽宁", "claim": "2023-06", "benefit_base": 6987, "mean_index": 0.9587, "years": 40.92,
            "account_balance": 129872.37, "payout_months": 139, "deemed_years": 15.25, "transitional_index": 0.9587,
            "basic": 2800.04, "account": 934.33, "transitional": 1460.92}  # liaoning/4
SICHUAN = {"province": "四川", "claim": "2025-06", "benefit_base": 8321, "mean_index": 0.964, "years": 37.17,
           "account_balance": 149649.55, "payout_months": 170, "deemed_years": 8.08, "transitional_index": 0.964,
           "basic": 3037.24, "account": 880.29, "transitional": 858.31}  # sichuan/2
HAINAN = {"province": "海南", "claim": "2025-06", "benefit_base": 8188, "mean_index": 0.7703, "years": 36.25,
          "account_balance": 94318.99, "payout_months": 139, "deemed_years": 9.3333, "transitional_index": 0.7703,
          "basic": 2627.26, "account": 678.55, "transitional": 824.14}  # hainan/3
HUNAN = {"province": "湖南", "claim": "2024-06", "benefit_base": 7417, "mean_index": 0.8186, "years": 32,
         "account_balance": 98078.68, "payout_months": 195, "deemed_years": 2.92, "transitional_index": 0.8186,
         "basic": 2158.17, "account": 502.97, "transitional": 230.48}  # hunan/3
ZHONGSHAN = {"province": "广东中山", "claim": "2025-06", "benefit_base": 9307, "mean_index": 0.5241, "years": 17.3333,
             "account_balance": 66720.85, "payout_months": 169.5, "basic": 1127.31, "account": 393.63}  # guangdong/zhongshan
JILIN = {"province": "吉林", "claim": "2026-06", "benefit_base": 7322.08, "local_base": 7978.25, "mean_index": 0.62, "years": 41.67,
         "account_balance": 96750.01, "payout_months": 139, "basic": 2608.11, "account": 696.04}  # jilin/5
ZHEJIANG = {"province": "浙江", "claim": "2024-06", "benefit_base": 8020, "mean_index": 0.9181, "years": 43.5,
            "account_balance": 112782.97, "payout_months": 139, "deemed_years": 17.5, "transitional_index": 1.1334,
            "basic": 3345.84, "account": 811.39, "transitional": 2227.02, "additions": 749.81, "total": 7134.1}  # zhejiang/2
FORMS = {"hubei": HUBEI, "jiangsu": JIANGSU, "heilongjiang": HEILONGJIANG, "liaoning": LIAONING, "sichuan": SICHUAN,
         "hainan": HAINAN, "hunan": HUNAN, "zhongshan": ZHONGSHAN, "jilin": JILIN, "zhejiang": ZHEJIANG}
AMOUNTS = ("basic", "account", "transitional", "additions", "total")

# A plain form for the alterations: Jiangxi 2025, 358 months of which 24 deemed; every figure below is computed by hand.
BASE, INDEX, MONTHS, DEEMED, OWN, BALANCE = 7054, 0.8731, 358, 24, 1.25, 132935.17
PLAIN = {"province": "36", "claim": month(2025, 6), "birth": month(1965, 1), "benefit_base": BASE, "mean_index": INDEX,
         "months": MONTHS, "deemed_months": DEEMED, "transitional_index": OWN, "account_balance": BALANCE}


@pytest.fixture(scope="module")
def law():
    return Law.load()


def fen(amount, rounding=ROUND_HALF_UP, unit="0.01"):
    return float(Decimal(repr(round(amount, 8))).quantize(Decimal(unit), rounding))


def basic(base=BASE, index=INDEX, months=MONTHS):
    return (base + base * index) / 2 * months / 12 * 0.01


def transitional(base=BASE, index=OWN, months=DEEMED, coefficient=0.013):
    return base * index * months / 12 * coefficient


def check(law, **changes):
    return check_award({**PLAIN, **changes}, law)


def first_cause(found, part):
    causes = [cause for cause in found.line(part).causes if cause.found]
    return causes[0].code if causes else None


def causes_of(found, part):
    return {cause.code for cause in found.line(part).causes if cause.found}


@pytest.mark.parametrize("name", FORMS)
def test_a_transcribed_form_agrees_to_the_fen(law, name):
    found = check_award(FORMS[name], law)
    wrong = {line.name: (line.official, line.computed) for line in found.lines if line.name in AMOUNTS and line.official is not None and not line.agrees}
    assert not wrong
    assert found.ok
    assert "一致" in found.conclusion("zh") and "recomputed" in found.conclusion("en")


def test_a_form_on_last_years_base_is_called_provisional(law):
    found = check_award(HUNAN, law)
    line = found.line("benefit_base")
    assert line.status == "provisional" and first_cause(found, "benefit_base") == "base_earlier"
    assert "预发" in found.conclusion("zh") and "provisional" in found.conclusion("en")


@pytest.mark.parametrize(("official", "code"), [
    (fen(basic(base=6916)), "base_earlier"),            # the base of 2024
    (fen(basic(index=0.87)), "index_decimals"),
    (fen(basic(index=0.873)), "index_decimals"),
    (fen(basic(index=3.0)), None),                      # nobody holds this index at the cap: no cause is made up
    (fen(basic(index=OWN)), "index_transitional"),
    (fen(basic(index=round((INDEX * 334 + OWN * 24) / 358, 4))), "index_with_deemed"),
    (fen(basic(index=round(INDEX * 358 / 371, 4))), "index_gaps"),
    (fen(basic(months=357)), "months_one_less"),
    (fen(basic(months=359)), "months_one_more"),
    (fen(basic(months=360)), "years_up"),
    (fen(basic(months=29.9 * 12)), "years_up"),
    (fen(basic(months=29.83 * 12)), "years_rounded"),
    (fen(basic(months=29 * 12)), "years_whole"),
    (fen(basic(months=334)), "months_paid_only"),
    (fen(basic(months=382)), "months_deemed_twice"),
    (fen(basic(), ROUND_HALF_UP, "1"), "rounding"),
    (fen(basic(), ROUND_DOWN, "0.1"), "rounding"),
])
def test_what_was_done_differently_in_the_basic_pension_is_found(law, official, code):
    found = check(law, basic=official)
    assert not found.line("basic").agrees
    assert (code in causes_of(found, "basic")) if code else not causes_of(found, "basic")


def test_an_index_outside_the_bounds_was_held_within_them(law):
    assert first_cause(check(law, mean_index=3.2, basic=fen(basic(index=3.0))), "basic") == "index_cap"
    found = check(law, mean_index=0.4, basic=fen(basic(index=0.6)))
    assert first_cause(found, "basic") == "index_floor"


def test_the_wrong_city_base_is_found(law):
    provincial, city = (law.number(f"provinces.42.benefit_base{at}", month(2025, 6)) for at in ("", "@Xiangyang"))
    found = check(law, province="42", benefit_base=provincial, basic=fen(basic(base=city)))
    assert first_cause(found, "basic") == "base_of_area"


def test_the_average_wage_taken_for_the_benefit_base_is_found(law):
    wage = law.number("provinces.36.average_wage", month(2024, 12))
    assert first_cause(check(law, basic=fen(basic(base=wage))), "basic") == "base_wage"


def test_guangdong_without_its_factor_and_another_province_with_it(law):
    without = {**ZHONGSHAN, "basic": fen((9307 + 9307 * 0.5241) / 2 * 208 / 12 * 0.01)}
    assert first_cause(check_award(without, law), "basic") == "formula_national"
    scaled = fen((BASE * 0.5 / 0.6 + BASE * 0.5) / 2 * MONTHS / 12 * 0.01)
    assert first_cause(check(law, mean_index=0.5, basic=scaled), "basic") == "formula_low_index"


@pytest.mark.parametrize(("official", "code"), [
    (fen(transitional(base=6916)), "base_earlier"),
    (fen(transitional(index=INDEX)), "index_mean"),
    (fen(transitional(coefficient=0.012)), "coefficient"),
    (fen(transitional(months=23)), "months_one_less"),
    (fen((BASE + BASE * OWN) / 2 * 2 * 0.013), "formula_mean"),
    (0.0, "left_out"),
])
def test_what_was_done_differently_in_the_transitional_pension_is_found(law, official, code):
    found = check(law, transitional=official)
    assert code in causes_of(found, "transitional")


@pytest.mark.parametrize(("claim", "birth", "official", "code"), [
    ("2025-06", "1965-01", BALANCE / 139, "divisor_whole_age"),       # 60 years 5 months: 136.1
    ("2024-06", "1964-01", BALANCE / 136.1, "divisor_by_month"),      # whole years applied in 2024
    ("2025-06", "1965-01", BALANCE / 135.5, "divisor_one_step"),
    ("2025-06", "1965-01", BALANCE / 170, "divisor_other_age"),
    ("2025-06", "1965-01", BALANCE / 120, "divisor_old"),
])
def test_the_wrong_divisor_is_found(law, claim, birth, official, code):
    found = check(law, claim=claim, birth=birth, account=fen(official))
    assert first_cause(found, "account") == code


def test_printed_payout_months_that_do_not_fit_the_age_are_named(law):
    found = check(law, payout_months=139, account=fen(BALANCE / 139))
    assert found.line("account").agrees
    condition = next(each for each in found.conditions if each.name == "payout_months")
    assert condition.status == "differs" and condition.causes[0].code == "divisor_whole_age"
    assert not found.ok


PARTS = {"basic": fen(basic()), "account": fen(BALANCE / 136.1), "transitional": fen(transitional())}
SUM = round(sum(PARTS.values()), 2)


@pytest.mark.parametrize(("total", "code"), [
    (round(SUM - PARTS["transitional"], 2), "total_without_part"),
    (round(SUM + PARTS["transitional"], 2), "total_twice"),
    (fen(SUM, ROUND_CEILING, "1"), "rounding"),
    (fen(SUM, ROUND_DOWN, "0.1"), "rounding"),
])
def test_a_total_that_does_not_add_up_is_explained(law, total, code):
    assert check(law, **PARTS, total=SUM).line("total").agrees
    found = check(law, **PARTS, total=total)
    assert found.line("total").status == "differs" and code in causes_of(found, "total")


def test_a_sum_rounded_once_instead_of_part_by_part_is_a_rounding(law):
    parts = {"basic": fen(basic()), "account": fen(100001 / 136.1), "transitional": fen(transitional())}
    once = fen(basic() + 100001 / 136.1 + transitional())
    assert once == round(sum(parts.values()) - 0.01, 2)
    line = check(law, account_balance=100001, **parts, total=once).line("total")
    assert line.status == "rounding" and "total_unrounded" in {cause.code for cause in line.causes}


def test_additions_hidden_in_the_total_are_found(law):
    hidden = {name: value for name, value in ZHEJIANG.items() if name not in ("additions", "total")}
    assert check_award({**hidden, "total": 7134.1}, law).line("total").agrees
    unlisted = check_award({**hidden, "additions": 0, "total": 7134.1}, law)
    assert "total_with_additions" in causes_of(unlisted, "total")


def test_henan_indexes_the_local_base_beside_the_provincial_one(law):
    province, city = (float(law.number(f"provinces.41.benefit_base{at}", month(2025, 6))) for at in ("", "@Zhengzhou"))
    common = {"province": "河南郑州", "claim": "2025-06", "mean_index": 0.8, "months": 300}
    both = fen((province + city * 0.8) / 2 * 300 / 12 * 0.01)
    assert check_award({**common, "basic": both}, law).line("basic").agrees
    found = check_award({**common, "basic": fen(basic(province, 0.8, 300))}, law)
    assert not found.line("basic").agrees and causes_of(found, "basic") & {"base_of_area", "formula_national"}


def test_a_total_with_an_unlisted_sum_says_how_much(law):
    found = check(law, **PARTS, total=round(SUM + 88.88, 2))
    assert [cause.code for cause in found.line("total").causes] == ["total_extra"]
    assert "88.88" in found.line("total").causes[0].zh


def test_additions_missing_from_the_total_are_named(law):
    short = {**ZHEJIANG, "total": 6384.3}
    assert "total_without_additions" in causes_of(check_award(short, law), "total")
    rounded_per_part = {**ZHEJIANG, "total": 7134.06}
    assert "rounding" in causes_of(check_award(rounded_per_part, law), "total")


def test_one_fen_is_a_rounding_and_not_a_disagreement(law):
    found = check(law, account=round(fen(BALANCE / 136.1) + 0.01, 2))
    assert found.line("account").status == "rounding" and not found.line("account").agrees and found.ok


def test_without_an_explanation_the_check_says_what_the_figure_corresponds_to(law):
    found = check(law, basic=1234.56)
    codes = [cause.code for cause in found.line("basic").causes]
    assert codes[:1] == ["implied_index"] and not any(cause.found for cause in found.line("basic").causes)
    assert not found.ok and "多" not in found.conclusion("zh") and "少" in found.conclusion("zh")


def test_claim_and_minimum_are_judged(law):
    early = check(law, sex="male", claim="2024-06", birth="1965-01", basic=2000)
    assert next(c for c in early.conditions if c.name == "claim").status == "differs"
    due = check(law, sex="male", claim="2025-02", birth="1965-01", basic=2000)
    assert next(c for c in due.conditions if c.name == "claim").status == "agrees"
    short = check(law, months=170, deemed_months=0, basic=800)
    assert next(c for c in short.conditions if c.name == "months").status == "differs"


def test_a_woman_whose_claim_fits_the_other_class_is_told_so(law):
    found = check(law, sex="female", claim="2024-06", birth="1974-06", basic=2000)
    condition = next(c for c in found.conditions if c.name == "claim")
    assert condition.status == "note" and "50" in condition.zh


def test_an_explanation_stands_behind_every_recomputed_part(law):
    found = check(law, **PARTS)
    for name in ("basic", "account", "transitional"):
        assert found.line(name).node.find("benefit_base" if name != "account" else "account_balance") is not None


@pytest.mark.parametrize(("changes", "where"), [
    ({"basic": 2000, "mean_index": None}, "mean_index"), ({"account": 900, "account_balance": None}, "account_balance"),
    ({"claim": None, "basic": 2000}, "claim"), ({"province": None, "basic": 1}, "province"),
    ({"province": "火星", "basic": 1}, "province"), ({"months": "many", "basic": 1}, "months"),
    ({"basic": -1}, "basic"), ({"basic": float("nan")}, "basic"), ({"claim": "2025-13", "basic": 1}, "claim"),
    ({"deemed_months": 400, "basic": 1}, "deemed_months"), ({}, "total"), ({"pinyin": 1, "basic": 1}, "pinyin"),
    ({"transitional": 5, "deemed_months": None}, "deemed_months"),
])
def test_what_is_missing_or_wrong_is_named(law, changes, where):
    with pytest.raises(InputError) as caught:
        check(law, **changes)
    assert caught.value.where == where and caught.value.zh and caught.value.en


def test_all_faults_are_named_at_once(law):
    with pytest.raises(ErrorList) as caught:
        check_award({"province": "火星", "basic": "x"}, law)
    assert {error.where for error in caught.value.errors} >= {"province", "basic", "claim"}


def test_a_month_without_law_is_refused(law):
    with pytest.raises(MissingLaw):
        check(law, claim="2003-06", birth="1943-01", basic=500)


def test_the_check_is_plain_data_in_two_languages(law):
    import json

    data = check(law, basic=fen(basic(base=6916))).to_dict()
    assert json.loads(json.dumps(data)) == data
    line = next(line for line in data["lines"] if line["name"] == "basic")
    assert line["causes"][0]["code"] == "base_earlier" and line["difference"] < 0
    assert issubclass(InputError, LingbaoError)
