"""Heirs are paid once, by a second person; a run and a rise say beforehand what they will come to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_up import Office, as_owner, registered
from pensioners import make, run

TODAY = date(2025, 4, 10)
MARCH = 24302


def settled(actor: Any) -> Any:
    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.heirs import death_of
    from lingbao.registry.session import run_as

    settle(actor, "death", 1, died_on=date(2025, 3, 31), heirs=[Heir("甲", "1/3"), Heir("乙", "2/3")], province="36",
           disposable_income_fen=400_000, today=TODAY)
    return run_as(actor, lambda: death_of(1))


def test_each_heir_is_paid_once_by_someone_else(office: Office) -> None:
    from lingbao.law.store import Law
    from lingbao.registry.benefits.heirs import death_of, pay_heir
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import take_message
    from lingbao.registry.errors import Conflict, Forbidden, NotFound, RegistryError
    from lingbao.registry.session import run_as

    assert registered(office.clerk) == 1
    make(3)
    death = settled(office.clerk)
    assert sum(each.fen for each in death.heirs) == death.account_fen + death.funeral_fen + death.condolence_fen > 0
    with pytest.raises((Forbidden, RegistryError)):
        pay_heir(office.clerk, "p0", 1, 0, channel="bank")
    asked = pay_heir(office.supervisor, "p1", 1, 0, channel="bank")
    assert pay_heir(office.supervisor, "p1", 1, 0, channel="bank") == asked
    with pytest.raises(Conflict):
        pay_heir(office.supervisor, "p2", 1, 0, channel="bank")
    with pytest.raises(NotFound):
        pay_heir(office.supervisor, "p3", 1, 2, channel="bank")
    message = Message("bank", "r1", "refunded", asked["request"], asked["fen"], TODAY)
    take_message(Law.load(), message, sign(message))
    pay_heir(office.supervisor, "p4", 1, 1, channel="bank")
    after = run_as(office.supervisor, lambda: death_of(1))
    assert [each.outcome for each in after.heirs] == ["refunded", None] and all(each.request for each in after.heirs)
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'refund_payable' AND owner_id = 1") == [(death.heirs[1].fen,)]


def test_what_the_bank_could_not_pay_is_paid_again(office: Office) -> None:
    """As often as it fails; never beside a payment that the bank has not answered, and not once it has gone through."""
    from lingbao.law.store import Law
    from lingbao.registry.benefits.heirs import death_of, pay_heir
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import take_message
    from lingbao.registry.errors import Conflict
    from lingbao.registry.session import run_as

    assert registered(office.clerk) == 1
    make(3)
    fen = settled(office.clerk).heirs[0].fen
    for attempt, outcome in enumerate(("refund_failed", "refund_failed", "refunded")):
        asked = pay_heir(office.supervisor, f"p{attempt}", 1, 0, channel="bank")
        assert asked["fen"] == fen
        with pytest.raises(Conflict, match="paid before"):
            pay_heir(office.supervisor, f"twice{attempt}", 1, 0, channel="bank")
        message = Message("bank", f"r{attempt}", outcome, asked["request"], fen, TODAY)
        take_message(Law.load(), message, sign(message))
    with pytest.raises(Conflict, match="paid before"):
        pay_heir(office.supervisor, "p9", 1, 0, channel="bank")
    assert [(each.outcome, each.open_fen == each.fen) for each in run_as(office.supervisor, lambda: death_of(1)).heirs] == [("refunded", False), (None, True)]


def test_a_member_who_dies_before_drawing_leaves_every_account_to_the_heirs(office: Office) -> None:
    """Both schemes, two provinces, and money in suspense; each province pays what it holds; interest that comes later is divided too."""
    from made_up import accounts, moved
    from paying import balances, books
    from paying import pay as paid_months

    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.heirs import death_of, pay_heir
    from lingbao.registry.benefits.inheritance import inherit_rest
    from lingbao.registry.errors import Conflict, NotFound
    from lingbao.registry.people.actors import actor_numbered, appoint
    from lingbao.registry.session import SYSTEM, run_as

    person = registered(office.clerk)
    resident, suspense = accounts("resident_account", "suspense", owner=person)
    bank, = accounts("bank", owner=36, owner_kind="province")
    moved((bank, -260_000), (resident, 250_001), (suspense, 9_999))
    there, _ = paid_months(person, "44", 24_200, 12, 500_000)
    elsewhere = run_as(SYSTEM, lambda: actor_numbered(appoint("supervisor", "庚", agency=office.elsewhere.agency), purpose="窗口办理"))
    done = settle(office.clerk, "d", person, died_on=date(2025, 3, 1), heirs=[Heir("甲", "1/3"), Heir("乙", "2/3")], province="36",
                  disposable_income_fen=400_000, today=TODAY)
    grants = done["funeral_fen"] + done["condolence_fen"]
    assert 0 < grants <= there and done["account_fen"] == 250_001 + there  # under five years of months: at most what was paid in
    assert done["provinces"] == {"36": 260_000 + grants, "44": there}
    assert balances(person) == {("refund_payable", "36"): 260_000 + grants, ("refund_payable", "44"): there} and books() == {}
    with pytest.raises(Conflict, match="settled already"):
        settle(office.clerk, "e", person, died_on=date(2025, 3, 1), heirs=[Heir("甲", "1")], province="36", disposable_income_fen=1, today=TODAY)
    death = run_as(elsewhere, lambda: death_of(person))
    assert [each.fen for each in death.heirs] == [there // 3, there - there // 3]
    assert pay_heir(elsewhere, "a", person, 1, channel="bank")["fen"] == there - there // 3
    assert pay_heir(office.supervisor, "b", person, 1, channel="bank")["fen"] == done["heirs"][1]["fen"] - (there - there // 3)
    with pytest.raises(Conflict, match="Nothing has come in"):
        inherit_rest(office.clerk, "r0", person, today=TODAY)
    moved((bank, -300), (resident, 300))
    assert inherit_rest(office.clerk, "r1", person, today=TODAY)["provinces"] == {"36": 300}
    assert pay_heir(office.supervisor, "c", person, 1, channel="bank")["fen"] == 200
    with pytest.raises(NotFound):
        inherit_rest(office.clerk, "r2", person + 1, today=TODAY)


def test_a_claim_that_waits_is_answered_before_a_death_is_settled(office: Office) -> None:
    from lingbao.registry.errors import Conflict

    make(1)
    as_owner("UPDATE benefit_claim SET state = 'applied', pension_fen = NULL, granted_at = NULL, account_pension_fen = NULL")
    with pytest.raises(Conflict, match="waits for its answer"):
        settled(office.clerk)


def test_who_settled_the_death_does_not_pay(office: Office) -> None:
    from lingbao.registry.benefits.heirs import pay_heir
    from lingbao.registry.errors import Forbidden

    make(3)
    settled(office.supervisor)
    with pytest.raises(Forbidden):
        pay_heir(office.supervisor, "p1", 1, 0, channel="bank")


def test_what_a_run_says_before_is_what_it_pays(office: Office) -> None:
    from lingbao.registry.benefits.figures import payable, run_figures
    from lingbao.registry.benefits.payment import pay
    from lingbao.registry.session import SYSTEM, run_as

    make(25)
    number = run(MARCH + 1)
    before = run_as(SYSTEM, lambda: run_figures(number))
    assert (before.left, before.paid, before.highest_fen) == (25, 0, 300_025)
    told: list[int] = []
    pay(number, actor=0, today=TODAY, chunk=10, progress=told.append)
    after = run_as(SYSTEM, lambda: run_figures(number))
    assert told == [10, 20, 25]
    assert (after.left, after.paid, after.paid_fen, after.state) == (0, 25, before.left_fen, "done")
    assert run_as(SYSTEM, lambda: payable("36")) == before.left_fen


def test_a_rise_says_whom_it_concerns_and_what_it_came_to(office: Office) -> None:
    from lingbao.registry.benefits import rises
    from lingbao.registry.benefits.figures import rise_figures
    from lingbao.registry.session import SYSTEM, run_as

    make(5)
    number = rises.enter(office.clerk, "r", rises.Rise("36", 2026, "赣人社发〔2026〕1号", 3_000, 100, 0.01))["rise"]
    rises.approve(office.supervisor, "r", number)
    assert (run_as(SYSTEM, lambda: rise_figures(number)).concerned, run_as(SYSTEM, lambda: rise_figures(number)).raised) == (5, 0)
    told: list[int] = []
    rises.apply(number, actor=0, today=date(2026, 7, 1), block=2, progress=told.append)
    after = run_as(SYSTEM, lambda: rise_figures(number))
    assert told == [2, 4, 5] and after.raised == 5
    assert as_owner("SELECT sum(pension_fen - awarded_fen)::bigint FROM benefit_claim") == [(after.more_fen,)]
