"""The planner asks one question at a time, checks each answer, and carries all answers in the address."""

from __future__ import annotations

from typing import Any

import pytest

ANSWERS = "residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36"


def test_first_question_first(client: Any) -> None:
    assert client.get("/plan/").headers["Location"] == "/plan/residence/?"


def test_good_answer_leads_on_and_keeps_the_others(client: Any) -> None:
    response = client.get("/plan/birth/?residence=36&sex=male&birth_year=1990&birth_month=5&send=birth")
    assert response.headers["Location"] == "/plan/income/?residence=36&sex=male&birth_year=1990&birth_month=5"


def test_women_are_asked_for_their_class_and_men_are_not(client: Any) -> None:
    woman = client.get("/plan/birth/?residence=36&sex=female&birth_year=1990&birth_month=5&send=birth")
    assert woman.headers["Location"].startswith("/plan/class/")


def test_history_is_asked_only_of_those_who_paid(client: Any) -> None:
    base = "/plan/paid/?residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&send=paid&paid="
    assert client.get(base + "none").headers["Location"].startswith("/plan/home/")
    assert client.get(base + "employee").headers["Location"].startswith("/plan/employee/")
    assert client.get(base + "resident").headers["Location"].startswith("/plan/resident/")


@pytest.mark.parametrize(("query", "zh", "en"), [
    ("birth/?residence=36&send=birth", "请选择：性别", "Please answer: Sex"),
    ("birth/?sex=male&birth_year=19x0&birth_month=5&send=birth", "“19x0”不是数字", "“19x0” is not a number"),
    ("birth/?sex=male&birth_year=1800&birth_month=5&send=birth", "超出范围", "out of range"),
    ("residence/?residence=99&send=residence", "不在可选项中", "not one of the answers"),
    ("income/?income=-5&send=income", "超出范围", "out of range"),
    ("employee/?paid=employee&paid_years=2.5&index=0.6&balance=1&send=employee", "应为整数", "must be a whole number"),
    ("employee/?paid=employee&paid_years=2&index=nan&balance=1&send=employee", "不是数字", "is not a number"),
    ("income/?income=" + "9" * 60 + "&send=income", "太长", "too long"),
])
def test_wrong_answer_is_named_and_linked(client: Any, query: str, zh: str, en: str) -> None:
    for lang, words in (("zh", zh), ("en", en)):
        client.cookies["lang"] = lang
        response = client.get(f"/plan/{query}")
        text = response.content.decode()
        assert response.status_code == 422
        assert words in text
        assert 'role="alert"' in text and 'href="#' in text


def test_wrong_answer_is_shown_again_and_escaped(client: Any) -> None:
    text = client.get("/plan/income/?income=%3Cscript%3E1&send=income").content.decode()
    assert "<script>1" not in text and "&lt;script&gt;1" in text


def test_full_width_digits_and_separators_are_read(client: Any) -> None:
    response = client.get("/plan/income/?residence=36&sex=male&birth_year=1990&birth_month=5&income=６,０００元&send=income")
    assert response.status_code == 302


def test_check_page_shows_every_answer(client: Any) -> None:
    text = client.get(f"/plan/check/?{ANSWERS}").content.decode()
    for words in ("江西", "男", "1990", "5月", "6,000", "都没有交过"):
        assert words in text
    assert f"/plan/result/?{ANSWERS}".replace("&", "&amp;") in text


def test_check_page_goes_to_what_is_missing(client: Any) -> None:
    assert client.get("/plan/check/?residence=36").headers["Location"].startswith("/plan/birth/")


def test_expert_page_names_every_fault_at_once(client: Any) -> None:
    response = client.get("/plan/expert/?send=expert&sex=female")
    text = response.content.decode()
    assert response.status_code == 422
    for name in ("residence", "birth_year", "birth_month", "class", "income", "paid", "home"):
        assert f'href="#{name}"' in text
    assert 'href="#balance"' not in text  # asked only of those who paid


def test_answers_make_a_person() -> None:
    from lingbao.law.month import month
    from lingbao.web.answers import Answers

    person = Answers({
        "residence": "36", "sex": "female", "class": "unsure", "birth_year": "1985", "birth_month": "12", "income": "5,000",
        "paid": "both", "paid_years": "10", "paid_months": "3", "index": "0.62", "balance": "41230.55", "resident_years": "2",
        "resident_balance": "900", "home": "34", "budget": "", "difficulty": "yes",
    }).person()
    assert (person.birth, person.sex, person.worker_class) == (month(1985, 12), "female", None)
    assert (person.months_paid, person.mean_index, person.account_balance) == (123, 0.62, 41230.55)
    assert (person.residence, person.home, person.resident_years, person.in_difficulty) == ("36", "34", 2, True)


def test_history_left_over_from_another_path_is_ignored() -> None:
    from lingbao.web.answers import Answers

    answers = dict(pair.split("=") for pair in ANSWERS.split("&")) | {"paid_years": "10", "index": "0.6", "balance": "5"}
    person = Answers(answers).person()
    assert person.months_paid == 0 and person.mean_index is None and person.account_balance == 0.0
