"""Who can be: every fault is named with its value and remedy, and women's classes follow the place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lingbao.career.person import Person, check, class_of_flexible_women
from lingbao.law.errors import ErrorList, InputError
from lingbao.law.month import month
from lingbao.law.store import Law

LAW = Law.load()
NOW = month(2026, 11)
RIDER = Person(birth=month(1995, 6), sex="male", residence="36", income=6000.0)


def fault_of(person: Person) -> InputError:
    with pytest.raises(InputError) as caught:
        check(person, NOW)
    assert caught.value.zh and caught.value.en and caught.value.zh != caught.value.en
    return caught.value


@pytest.mark.parametrize(("change", "code"), [
    ({"birth": month(2027, 1)}, "person.birth"),
    ({"birth": month(1916, 10)}, "person.birth"),
    ({"sex": "other"}, "person.sex"),
    ({"worker_class": "female50"}, "person.worker_class"),
    ({"income": -1.0}, "person.income"),
    ({"income": float("nan")}, "person.income"),
    ({"account_balance": -0.01}, "person.account_balance"),
    ({"resident_years": 61}, "person.resident_years"),
    ({"months_paid": 300, "mean_index": 1.0}, "person.months_paid"),
    ({"months_paid": 12}, "person.mean_index"),
    ({"months_paid": 12, "mean_index": 60.0}, "person.mean_index"),
])
def test_a_person_who_cannot_be_is_refused_by_name(change: dict[str, object], code: str) -> None:
    assert fault_of(replace(RIDER, **change)).code == code  # type: ignore[arg-type]


def test_the_oldest_and_the_youngest_possible_are_accepted() -> None:
    check(replace(RIDER, birth=month(1916, 11)), NOW)
    check(replace(RIDER, birth=month(2025, 8)), NOW)


def test_all_faults_come_at_once() -> None:
    with pytest.raises(ErrorList) as caught:
        check(replace(RIDER, income=-1.0, mean_index=9.0), NOW)
    assert {error.code for error in caught.value.errors} == {"person.income", "person.mean_index"}


def test_a_mans_class_is_his_sex_and_a_given_class_stays() -> None:
    assert RIDER.with_class(LAW).worker_class == "male"
    woman = replace(RIDER, sex="female", worker_class="female50", residence="31")
    assert woman.with_class(LAW).worker_class == "female50"


@pytest.mark.parametrize(("province", "expected"), [
    ("31", "female55"),  # Shanghai's own row
    ("51", "female50"),  # Sichuan's own row
    ("36", "female55"),  # no row: the national text
    ("54", "female55"),  # Tibet has ages of its own that are no class of the reform: the national text stands in
])
def test_flexible_women_follow_the_province_or_the_national_text(province: str, expected: str) -> None:
    assert class_of_flexible_women(LAW, province) == expected


def test_home_is_the_residence_when_none_is_named() -> None:
    assert RIDER.home_province == "36"
    assert replace(RIDER, home="44").home_province == "44"
