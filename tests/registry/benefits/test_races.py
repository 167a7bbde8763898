"""Two at once: a payment that is being made is seen by who settles or raises the pension, and an inheritance and its undoing follow one another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from made_up import Office, accounts, as_owner, moved, registered
from pensioners import FIRST, make, run
from test_claims import claimed, interest, key
from test_claims import office as claim_office
from test_undoing import JANUARY, asked, settled, sound, standing, undone

from lingbao.registry.errors import NotFound

claims = claim_office
SETTLED = date(2025, 6, 3)
LEAD = 0.4  # seconds that the second has to run into the first


@contextmanager
def under_way(work: Callable[[Callable[[], None]], Any]) -> Iterator[None]:
    """Let `work` go on in another connection until it calls what it is given, and from there on once the block has begun."""
    from django.db import connection

    reached, released = threading.Event(), threading.Event()
    faults: list[BaseException] = []

    def pause() -> None:
        reached.set()
        assert released.wait(20)

    def go() -> None:
        try:
            work(pause)
        except BaseException as fault:
            faults.append(fault)
        finally:
            reached.set()
            connection.close()

    other = threading.Thread(target=go)
    other.start()
    assert reached.wait(20)
    timer = threading.Timer(LEAD, released.set)
    timer.start()
    try:
        yield
    finally:
        other.join(30)
        timer.cancel()
    assert not faults, faults


def being_paid(number: int) -> Callable[[Callable[[], None]], None]:
    """A chunk of a run that is paid, and whose transaction is open still."""
    def work(pause: Callable[[], None]) -> None:
        from lingbao.registry.benefits.payment import _chunk
        from lingbao.registry.session import SYSTEM, acting_as

        with acting_as(SYSTEM):
            _chunk(number, 0, 10, 9, "law", SETTLED)
            pause()

    return work


def test_a_rise_is_paid_up_for_months_that_were_being_paid_at_the_old_amount(office: Office) -> None:
    from lingbao.registry.benefits import rises

    make(2)
    rise = rises.enter(office.clerk, key(), rises.Rise("36", JANUARY // 12, "调整通知（测试）", 6_000, 0, 0.0))["rise"]
    rises.approve(office.supervisor, key(), rise)
    number = run(JANUARY + 1)
    with under_way(being_paid(number)):
        assert rises.apply(rise, actor=3, today=SETTLED) == 2
    monthly = as_owner("SELECT claim_id, count(*), sum(amount_fen)::bigint FROM benefit_payment WHERE kind = 'monthly' GROUP BY 1 ORDER BY 1")
    assert monthly == [(1, 11, 11 * 300_001), (2, 11, 11 * 300_002)]
    # January and February, which were being paid, at 60 yuan each.
    assert as_owner("SELECT claim_id, amount_fen FROM benefit_payment WHERE kind = %s ORDER BY 1", [f"rise:{rise}"]) == [(1, 12_000), (2, 12_000)]
    assert sound()


def test_settling_a_provisional_pension_counts_the_months_that_were_being_paid(claims: Any) -> None:
    from lingbao.registry.benefits.claims import finalise, grant
    from lingbao.registry.benefits.payment import approve, prepare

    interest(2023)
    number = claimed(claims)
    first = grant(claims.supervisor, key(), number, today=date(2025, 2, 21))
    assert first["state"] == "provisional"
    interest(2024)
    paying = prepare(claims.clerk, key(), "36", FIRST + 1)["run"]
    approve(claims.supervisor, key(), paying)
    with under_way(being_paid(paying)):
        done = finalise(claims.supervisor, key(), number, today=date(2026, 3, 1))
    months, fen = as_owner("SELECT count(*), sum(amount_fen)::bigint FROM benefit_payment WHERE kind = 'monthly'")[0]
    assert done["settled"] and months == 3 and done["pension_fen"] != first["pension_fen"]
    assert fen == months * first["pension_fen"] and done["difference_fen"] == months * (done["pension_fen"] - first["pension_fen"])


@pytest.fixture
def dead(office: Office) -> int:
    """A death that is settled and asked to be undone, and money that came in since."""
    assert registered(office.clerk) == 1
    make(3)
    settled(office.clerk)
    bank, = accounts("bank", owner=36, owner_kind="province")
    suspense, = accounts("suspense", owner=1)
    moved((bank, -7_000), (suspense, 7_000))
    asked(office.clerk)
    return 7_000


def test_what_comes_in_while_a_death_is_being_undone_is_not_left_to_heirs(office: Office, dead: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.benefits import undoing
    from lingbao.registry.benefits.inheritance import inherit_rest

    undo = undoing._undo

    def undo_and_wait(pause: Callable[[], None]) -> Any:
        def done(*values: Any) -> Any:
            answer = undo(*values)
            pause()  # everything is turned back, and not committed
            return answer

        monkeypatch.setattr(undoing, "_undo", done)
        return undone(office.supervisor, SETTLED)

    with under_way(undo_and_wait), pytest.raises(NotFound, match="No death of this person is settled"):
        inherit_rest(office.clerk, key(), 1, today=SETTLED)
    assert standing()[0]["suspense", "36"] == dead and ("refund_payable", "36") not in {name for name, fen in standing()[0].items() if fen}
    assert as_owner("SELECT count(*) FROM benefit_inheritance i JOIN ledger_entry e ON e.id = i.entry_id WHERE NOT EXISTS"
                    " (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)") == [(0,)]
    assert sound()


def test_an_undoing_takes_back_what_was_being_left_to_heirs_as_well(office: Office, dead: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.benefits import inheritance

    make_payable = inheritance.make_payable

    def inherit_and_wait(pause: Callable[[], None]) -> Any:
        def done(*values: Any, **named: Any) -> Any:
            answer = make_payable(*values, **named)
            pause()
            return answer

        monkeypatch.setattr(inheritance, "make_payable", done)
        return inheritance.inherit_rest(office.clerk, key(), 1, today=SETTLED)

    with under_way(inherit_and_wait):
        answer = undone(office.supervisor, SETTLED)
    assert len(answer["reversed"]) >= 2
    assert standing()[0]["suspense", "36"] == dead and not standing()[0].get(("refund_payable", "36"))
    assert sound()
