"""Whom a new rule concerns: each condition alone, and all of them together."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.registry.notices.concerned import Concerned, concerned, conditions

TODAY = date(2026, 3, 16)
NOW, SINCE = month(2026, 3), month(2024, 1)
# Name: birth, rhythm, kind of choice, months paid, works through a platform. Odd serials are men.
PEOPLE = {
    "赵一": ("19850410", 1, "tier", range(SINCE, NOW), True),
    "钱二": ("19990101", 12, "base", range(SINCE, SINCE + 12), False),
    "孙三": ("19660401", 1, "tier", (), False),
    "李四": ("19660316", 3, "floor", range(SINCE - 200, NOW), False),
}


@pytest.fixture
def names(database: str) -> Any:
    """Four members of Jiangxi and one of Guangdong; returns those concerned by their surnames."""
    from made_up import as_owner, open_office, registered

    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import SYSTEM, acting_as

    office, found = open_office(), {}
    for serial, (name, (birth, rhythm, kind, months, platform)) in enumerate(PEOPLE.items(), 1):
        person = registered(office.clerk, serial, name, birth=birth)
        found[person] = name[0]
        number = as_owner("INSERT INTO enrolment_membership (person_id, scheme, standing, province, since, recorded_by)"
                          " VALUES (%s, 'employee', 'flexible', '36', %s, 0) RETURNING id", [person, SINCE])[0][0]
        as_owner("INSERT INTO enrolment_choice (membership_id, since, kind, value, rhythm, law_hash, recorded_by)"
                 " VALUES (%s, %s, %s, 0.6, %s, 'law', 0)", [number, SINCE, kind, rhythm])
        with acting_as(SYSTEM):
            credit_months(PaidMonth(person, on, "36", 400_000, 32_000, 48_000, 1, date(2024, 1, 5)) for on in months)
        if platform:
            as_owner("WITH place AS (INSERT INTO orders_platform (code, name_zh, name_en, province) VALUES ('meal', '平台', 'platform', '36') RETURNING id),"
                     " worker AS (INSERT INTO orders_worker (platform_id, reference) SELECT id, 'r1' FROM place RETURNING id)"
                     " INSERT INTO orders_worker_link (worker_id, person_id, proof) SELECT id, %s, '协议' FROM worker RETURNING person_id", [person])

    def told(**who: Any) -> str:
        with acting_as(office.clerk):
            return "".join(found[person] for person in concerned("36", Concerned(**who), TODAY))

    return told


def test_each_condition_leaves_out_whom_it_does_not_name(names: Any) -> None:
    assert names() == names(scheme="employee") == "赵钱孙李" and names(scheme="resident") == ""
    assert (names(age_from=40), names(age_to=40), names(age_from=40, age_to=59)) == ("赵孙李", "赵钱", "赵孙"), "40 and 60 years old this month, or next"
    assert (names(sex="male"), names(sex="female")) == ("赵孙", "钱李")
    assert (names(status="paying"), names(status="stopped")) == ("赵李", "钱孙")
    assert (names(months_to=12), names(months_from=12, months_to=100)) == ("钱孙", "赵钱")
    assert (names(short=True), names(rhythm=12), names(choice="floor"), names(platform=True)) == ("赵钱孙", "钱", "李", "赵")
    assert names(sex="male", short=True, platform=True, choice="base") == ""


def test_what_is_no_condition_is_refused_and_names_the_field() -> None:
    for wrong, field in (({"sex": "x"}, "sex"), ({"rhythm": 2}, "rhythm"), ({"age_from": 50, "age_to": 40}, "age_from"), ({"months_to": -1}, "months_from")):
        with pytest.raises(InputError) as refusal:
            Concerned(**wrong)  # type: ignore[arg-type]
        assert refusal.value.where == field
    who = Concerned(scheme="employee", months_to=12, short=True)
    assert conditions({"rule": "x", **who.narrowed}) == who, "what a job keeps is what was asked"
