"""A death that was registered wrongly: undone by two persons, so that everything stands as if it had not been settled; never past money that heirs have."""

from __future__ import annotations

import itertools
import threading
from datetime import date
from typing import Any

import pytest
from made_up import Office, as_owner, registered
from pensioners import FIRST, make, run

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict, Forbidden, NotFound

_keys = itertools.count()
SETTLED = date(2025, 6, 3)
PENSION, ACCOUNT = 300_001, 50_000
JANUARY = FIRST + 9  # 2026-01


def key() -> str:
    return f"u{next(_keys)}"


def settled(actor: Any, died_on: date = date(2025, 4, 20), today: date = SETTLED) -> dict[str, Any]:
    from lingbao.registry.benefits.death import Heir, settle

    return settle(actor, key(), 1, died_on=died_on, heirs=[Heir("甲", "1/3"), Heir("乙", "2/3")], province="36", disposable_income_fen=400_000, today=today)


def paid_to(month: int, today: date) -> None:
    from lingbao.registry.benefits.payment import pay

    pay(run(month), actor=3, today=today)


def asked(actor: Any) -> dict[str, Any]:
    from lingbao.registry.benefits.undoing import ask

    return ask(actor, key(), 1, reason="同名误登", proof="本人到窗口，核对身份证")


def undone(actor: Any, today: date = date(2026, 2, 10)) -> dict[str, Any]:
    from lingbao.registry.benefits.undoing import decide

    return decide(actor, key(), 1, accept=True, today=today)


def standing() -> tuple[dict[tuple[str, str], int], list[tuple[Any, ...]]]:
    """The accounts of the person, and the pension."""
    from paying import balances

    return balances(1), as_owner("SELECT state, last_payment, pension_fen FROM benefit_claim WHERE person_id = 1")


def sound() -> bool:
    from paying import books

    from lingbao.registry.audit import audit
    from lingbao.registry.session import SYSTEM, run_as

    return books() == {} and run_as(SYSTEM, lambda: list(audit(["benefits.chunks", "benefits.account_part", "benefits.set_off"]))) == []


def test_a_death_undone_leaves_accounts_pension_and_rises_as_if_it_had_not_been_settled(office: Office) -> None:
    """Alive all the time: settled in June for April, 1000 yuan of May's pension sent back, raised with the others in January, undone in February."""
    from lingbao.registry.benefits import rises, set_off
    from lingbao.registry.benefits.payment import payments_of
    from lingbao.registry.benefits.undoing import history, undoings_of
    from lingbao.registry.session import SYSTEM, run_as

    assert registered(office.clerk) == 1
    make(3)
    paid_to(FIRST + 1, date(2025, 5, 10))
    before = standing()
    settled(office.clerk)
    recovery = as_owner("SELECT id, fen FROM benefit_recovery")[0]
    assert recovery[1] == PENSION
    set_off.returned(office.supervisor, key(), recovery[0], 100_000, reference="B1", today=SETTLED)
    rise = rises.enter(office.clerk, key(), rises.Rise("36", 2026, "调整通知（测试）", 6_000, 0, 0.0))["rise"]
    rises.approve(office.supervisor, key(), rise)
    assert rises.apply(rise, actor=0, today=date(2026, 1, 20)) == 2, "two live"
    asked(office.clerk)
    done = undone(office.supervisor)
    assert (done["state"], done["paid_fen"]) == ("approved", 100_000)
    assert standing() == (before[0], [("final", None, PENSION + 6_000)])
    assert run_as(office.clerk, lambda: set_off.recovery_of(recovery[0])).rest_fen == 0
    paid_to(JANUARY + 1, date(2026, 2, 15))
    monthly = {month: fen for month, kind, fen, _ in payments_of(1) if kind == "monthly"}
    assert monthly == {month: PENSION + (6_000 if month >= JANUARY else 0) for month in range(FIRST, JANUARY + 2)}, "each month at what it was worth"
    assert [(kind, fen) for _, kind, fen, _ in payments_of(1) if kind != "monthly"] == [("undone:1", 100_000)]
    assert sound()
    told, = run_as(SYSTEM, lambda: history(1))
    assert told["undone"] and told["undoings"][0]["asked_by"] == office.clerk.id and told["undoings"][0]["decided_by"] == office.supervisor.id
    # The death that comes one day is settled as if there had been none before.
    answer = settled(office.clerk, date(2026, 1, 31), date(2026, 3, 2))
    assert answer["account_fen"] == standing()[0].get(("refund_payable", "36"), 0) - answer["funeral_fen"] - answer["condolence_fen"] > 0
    assert as_owner("SELECT fen, undone_by IS NULL FROM benefit_recovery ORDER BY id") == [(PENSION, False), (PENSION + 6_000, True)]
    assert sound() and len(run_as(SYSTEM, lambda: undoings_of(1))) == 1


def test_it_takes_two_a_reason_and_a_proof(office: Office) -> None:
    from lingbao.registry.benefits.heirs import pay_heir
    from lingbao.registry.benefits.undoing import ask, decide
    from lingbao.registry.people.actors import actor_numbered, appoint
    from lingbao.registry.session import SYSTEM, run_as

    assert registered(office.clerk) == 1
    make(3)
    with pytest.raises(NotFound, match="No death"):
        asked(office.clerk)
    settled(office.clerk)
    for reason, proof in ((" ", "本人到窗口"), ("同名", "")):
        with pytest.raises(InputError):
            ask(office.clerk, key(), 1, reason=reason, proof=proof)
    with pytest.raises(NotFound):
        asked(office.elsewhere)
    assert ask(office.supervisor, "again", 1, reason="同名", proof="证件") == ask(office.supervisor, "again", 1, reason="同名", proof="证件")
    with pytest.raises(Conflict, match="asked already"):
        asked(office.clerk)
    with pytest.raises(Conflict, match="nothing is paid before"):
        pay_heir(office.supervisor, key(), 1, 0, channel="bank")
    with pytest.raises(Forbidden):
        undone(office.clerk)
    with pytest.raises(Forbidden, match="second person"):
        undone(office.supervisor)
    second = run_as(SYSTEM, lambda: actor_numbered(appoint("supervisor", "辛", agency=office.clerk.agency), purpose="窗口办理"))
    with pytest.raises(InputError, match="reason"):
        decide(second, key(), 1, accept=False, today=SETTLED)
    assert decide(second, key(), 1, accept=False, reason="证件不符", today=SETTLED)["state"] == "refused"
    assert standing()[1][0][0] == "ended"
    with pytest.raises(Conflict, match="only for 'proposed'"):
        undone(second)
    asked(office.clerk)
    assert undone(second, SETTLED) == {**undone_answer(), "paid_fen": 0}
    with pytest.raises(NotFound):
        pay_heir(second, key(), 1, 0, channel="bank")
    assert sound()


def undone_answer() -> dict[str, Any]:
    """The answer as the ledger and the claims have it."""
    number, = as_owner("SELECT max(id) FROM benefit_death_undoing")[0]
    return {"undoing": number, "person": 1, "state": "approved", "pension": 1,
            "reversed": [row[0] for row in as_owner("SELECT id FROM ledger_entry WHERE reverses_id IS NOT NULL ORDER BY id")]}


def test_what_heirs_have_comes_back_first(office: Office) -> None:
    """Asked of the bank: no answer yet. Paid: who and how much is said; given back in two parts, and never more; then it is undone."""
    from lingbao.law.store import Law
    from lingbao.registry.benefits.heirs import death_of, give_back, pay_heir
    from lingbao.registry.benefits.inheritance import rest_of
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import take_message
    from lingbao.registry.session import run_as

    assert registered(office.clerk) == 1
    make(3)
    before = standing()
    settled(office.clerk)
    paid = pay_heir(office.supervisor, key(), 1, 0, channel="bank")
    asked(office.clerk)
    with pytest.raises(Conflict, match="has not answered"):
        undone(office.supervisor)
    message = Message("bank", "r1", "refunded", paid["request"], paid["fen"], SETTLED)
    take_message(Law.load(), message, sign(message))
    with pytest.raises(Conflict, match=f"甲（36） {paid['fen'] / 100:.2f} yuan. Recover it first") as refusal:
        undone(office.supervisor)
    assert "请先追回" in refusal.value.zh
    with pytest.raises(Forbidden):
        give_back(office.clerk, key(), 1, 0, 1, reference="H1", today=SETTLED)
    with pytest.raises(InputError, match="at most"):
        give_back(office.supervisor, key(), 1, 0, paid["fen"] + 1, reference="H1", today=SETTLED)
    with pytest.raises(InputError, match="at most"):
        give_back(office.supervisor, key(), 1, 1, 1, reference="H1", today=SETTLED)
    give_back(office.supervisor, key(), 1, 0, 7, reference="H1", today=SETTLED)
    with pytest.raises(Conflict):
        give_back(office.supervisor, key(), 1, 0, 1, reference="H1", today=SETTLED)
    assert next((each.open_fen, each.paid_fen) for each in run_as(office.clerk, lambda: death_of(1)).heirs) == (7, paid["fen"] - 7)
    assert run_as(office.clerk, lambda: rest_of(1)) == 0, "what came back is the heir's, no money that is new"
    with pytest.raises(Conflict, match="Recover it first"):
        undone(office.supervisor)
    give_back(office.supervisor, key(), 1, 0, paid["fen"] - 7, reference="H2", today=SETTLED)
    undone(office.supervisor, SETTLED)
    assert standing() == before and sound()


def test_a_pension_of_another_province_is_not_left_running_by_a_death_settled_here(office: Office) -> None:
    """The place where the person lives sees no pension of another province: it may not settle the death past it."""
    from lingbao.registry.benefits.death import Heir, settle

    assert registered(office.clerk) == 1
    make(1)
    with pytest.raises(Conflict, match="paid by province 36"):
        settle(office.elsewhere, key(), 1, died_on=date(2025, 4, 20), heirs=[Heir("甲", "1")], province="44", disposable_income_fen=400_000, today=SETTLED)
    assert as_owner("SELECT count(*) FROM benefit_death") == [(0,)]
    settled(office.clerk)
    assert standing()[1][0][0] == "ended"


def test_what_was_made_up_for_months_after_a_death_is_recovered_too(office: Office) -> None:
    """Died in January 2026, registered in August, when a rise of January had been made up for every month paid."""
    from lingbao.registry.benefits import rises

    make(2)
    paid_to(JANUARY + 3, date(2026, 4, 10))
    rise = rises.enter(office.clerk, key(), rises.Rise("36", 2026, "调整通知（测试）", 6_000, 0, 0.0))["rise"]
    rises.approve(office.supervisor, key(), rise)
    rises.apply(rise, actor=0, today=date(2026, 7, 10))
    settled(office.clerk, date(2026, 1, 15), date(2026, 8, 3))
    assert as_owner("SELECT fen FROM benefit_recovery") == [(3 * (PENSION + 6_000),)]


def test_a_month_that_is_being_paid_while_a_death_is_settled_is_recovered(office: Office) -> None:
    from django.db import connection

    from lingbao.registry.benefits.payment import _chunk
    from lingbao.registry.session import SYSTEM, acting_as

    make(2)
    number = run(FIRST + 1)
    paid, told = threading.Event(), threading.Event()

    def pay() -> None:
        with acting_as(SYSTEM):
            _chunk(number, 0, 10, 9, "law", SETTLED)
            paid.set()
            told.wait(10)
        connection.close()

    paying = threading.Thread(target=pay)
    paying.start()
    assert paid.wait(10)
    threading.Timer(0.4, told.set).start()
    settled(office.clerk)
    paying.join()
    assert as_owner("SELECT fen FROM benefit_recovery") == [(PENSION,)]


def test_nobody_claims_for_the_dead(office: Office) -> None:
    from lingbao.registry.benefits.claims import claim_resident
    from lingbao.registry.benefits.resident import ResidentClaimant

    assert registered(office.clerk) == 1
    settled(office.clerk)
    who = ResidentClaimant(birth=23544)
    with pytest.raises(Conflict, match="registered as died on 2025-04-20"):
        claim_resident(office.clerk, key(), 1, who, province="36", claim_month=FIRST, today=SETTLED)
    asked(office.clerk)
    undone(office.supervisor, SETTLED)
    with pytest.raises(InputError):  # the control: now the years are looked at
        claim_resident(office.clerk, key(), 1, who, province="36", claim_month=FIRST, today=SETTLED)
