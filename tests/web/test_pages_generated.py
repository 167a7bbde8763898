"""Whatever stands in an address or a form, a page answers in words and never with a 5xx."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ADDRESSES = ["/plan/residence/", "/plan/birth/", "/plan/employee/", "/plan/check/", "/plan/expert/", "/plan/result/", "/plan/why/",
             "/plan/result.csv", "/plan/result.pdf", "/chart/zh/wide/outlay.svg", "/chart/zh/narrow/history.svg", "/retire/", "/law/", "/glossary/",
             "/law/parameter/national.retirement.minimum_months/"]
NAMES = ["residence", "sex", "birth_year", "birth_month", "class", "income", "paid", "paid_years", "paid_months", "index", "balance",
         "deemed_months", "resident_years", "resident_balance", "home", "budget", "difficulty", "send", "lang", "projection", "option",
         "figure", "path", "on", "known", "q", "back"]
SOUND = {"residence": "36", "sex": "male", "birth_year": "1990", "birth_month": "5", "income": "6000", "paid": "both", "paid_years": "5",
         "index": "0.6", "balance": "10000", "resident_years": "2", "resident_balance": "500", "home": "42", "send": "1"}
TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["nan", "inf", "-1", "1e9", "0", "999999999999", "36", "female", "unsure", "employee", "2025-13", "\x00"]),
    st.integers(-10, 3000).map(str), st.floats().map(str),
)
ANSWERS = st.tuples(st.booleans(), st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=6)).map(
    lambda pair: {**(SOUND if pair[0] else {}), **pair[1]}
)
COMMON: Any = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


@given(address=st.sampled_from(ADDRESSES), answers=ANSWERS)
@settings(max_examples=80, **COMMON)
def test_any_address_is_answered(address: str, answers: dict[str, str]) -> None:
    from django.test import Client

    response = Client(headers={"host": "localhost"}, raise_request_exception=False).get(address, answers)
    assert response.status_code < 500, answers


@given(answers=st.dictionaries(st.sampled_from(["province", "claim", "birth", "area", "sex", "worker_class", "benefit_base", "mean_index", "months",
                                                "years", "account_balance", "payout_months", "basic", "total", "one_child"]), TEXTS))
@settings(max_examples=30, **COMMON)
def test_any_award_form_is_answered(answers: dict[str, str]) -> None:
    from django.test import Client

    assert Client(headers={"host": "localhost"}, raise_request_exception=False).post("/award/", answers).status_code < 500


@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
@settings(max_examples=30, **COMMON)
def test_any_file_is_answered(content: bytes) -> None:
    import io

    from django.test import Client

    for address in ("/award/", "/plan/statement/?residence=36"):
        file = io.BytesIO(content)
        file.name = "any.csv"
        assert Client(headers={"host": "localhost"}, raise_request_exception=False).post(address, {"file": file}).status_code < 500
