"""Identity numbers: GB 11643 holds, every single wrong digit and every swap of neighbours is found."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import TODAY, number

from lingbao.law.errors import InputError

pytestmark = pytest.mark.usefixtures("server")
birthdays = st.dates(date(1900, 1, 1), TODAY).map(lambda day: day.strftime("%Y%m%d"))


def read(text: str):
    from lingbao.registry.people.identity import read_identity_number

    return read_identity_number(text, today=TODAY)


def test_the_example_of_the_standard() -> None:
    """GB 11643-1999 appendix B prints 11010519491231002X."""
    found = read("11010519491231002X")
    assert (found.birth, found.sex) == (date(1949, 12, 31), "female")
    assert found.masked == "1" + "*" * 16 + "X"


@given(st.integers(0, 999), birthdays, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_found(serial: int, birth: str, place: int, shift: int) -> None:
    right = number(serial, birth)
    assert read(right).birth.strftime("%Y%m%d") == birth
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1:]
    with pytest.raises(InputError) as refused:
        read(wrong)
    assert wrong not in refused.value.zh + refused.value.en + str(refused.value.value)


@given(st.integers(0, 999), birthdays, st.integers(0, 15))
def test_swapped_neighbours_are_found(serial: int, birth: str, place: int) -> None:
    right = number(serial, birth)
    if right[place] != right[place + 1]:
        with pytest.raises(InputError):
            read(right[:place] + right[place + 1] + right[place] + right[place + 2:])


@pytest.mark.parametrize(("text", "code"), [
    ("360100800101001", "form"), ("", "form"), ("36010019800101001A", "form"),
    ("99" + "0" * 16, "birth"), ("050100198001010015", "division"),
    (number(1, "20260230"), "birth"), (number(1, "20261122"), "birth"),
])
def test_what_is_wrong_is_named(text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read(text)
    assert refused.value.code == f"person.identity_number.{code}"


def test_full_width_and_spaces_are_forgiven() -> None:
    assert read("１１０１０５ 19491231 002x").text == "11010519491231002X"
