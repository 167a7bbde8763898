"""Promises of the store that hold for every parameter and every month."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lingbao.law.errors import MissingLaw
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.law.values import Value

LAW = Law.load()
PATHS = st.sampled_from(LAW.paths())
MONTHS = st.integers(month(1985, 1), month(2060, 12))


def find(path: str, on: int, known: int | None = None) -> Value | None:
    try:
        return LAW.look_up(path, on=on, known=known)
    except MissingLaw:
        return None


@given(PATHS, MONTHS)
@settings(max_examples=300, deadline=None)
def test_a_value_is_never_used_outside_its_validity(path: str, on: int) -> None:
    value = find(path, on)
    if value is not None:
        assert value.covers(on) and not value.provisional


@given(PATHS, MONTHS, MONTHS)
@settings(max_examples=300, deadline=None)
def test_looking_from_a_month_never_sees_what_was_published_later(path: str, on: int, known: int) -> None:
    value = find(path, on, known)
    if value is not None:
        assert value.known_from is None or value.known_from <= known
        assert value.covers(on) or (value.provisional and value.until is not None and value.until < on)


@given(PATHS, MONTHS, MONTHS, MONTHS)
@settings(max_examples=300, deadline=None)
def test_a_final_value_that_was_known_stays_known(path: str, on: int, known: int, later: int) -> None:
    """With more knowledge a value may be replaced by a newer one, but the answer does not vanish."""
    first, second = sorted((known, later))
    value = find(path, on, first)
    if value is not None and not value.provisional:
        after = find(path, on, second)
        assert after is not None and not after.provisional
        assert after.since is None or value.since is None or after.since >= value.since


@given(PATHS, st.integers(month(2027, 1), month(2050, 12)), st.integers(0, 60))
@settings(max_examples=150, deadline=None)
def test_an_overlay_changes_its_period_and_nothing_else(path: str, since: int, length: int) -> None:
    from lingbao.law.month import format_month

    until = since + length
    change = {"value": -1.0, "since": format_month(since), "until": format_month(until)}
    reformed = LAW.overlay({path: change})
    assert reformed.look_up(path, on=since).value == reformed.look_up(path, on=until).value == -1.0
    for outside in (since - 1, until + 1):
        before = find(path, outside)
        if before is None:
            continue
        assert reformed.look_up(path, on=outside).value == before.value
