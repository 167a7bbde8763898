"""Which bank is asked: the setting, the manners of the stand-in behind a site, and what it says later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from made_up import Office, as_owner, registered, worker
from test_bills import LAW
from test_payments import in_order

from lingbao.law.errors import InputError


class OtherBank:
    """A bank of an operator's own: it notes what it is asked and says nothing itself."""

    channel = "other-bank"
    asked: list[tuple[str, str, int]] = []  # noqa: RUF012

    def collect(self, number: str, amount_fen: int, on: Any) -> None:
        self.asked.append(("collect", number, amount_fen))

    def pay_back(self, number: str, amount_fen: int, on: Any) -> None:
        self.asked.append(("pay_back", number, amount_fen))


class NoBank:
    channel = "none"


@pytest.fixture
def chosen_bank(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set bank and manners as the environment of a site does."""
    from django.conf import settings

    def choose(bank: str = "stand-in", manners: str = "") -> None:
        monkeypatch.setattr(settings, "LINGBAO_BANK", bank)
        monkeypatch.setattr(settings, "LINGBAO_BANK_MANNERS", manners)

    return choose


def today() -> Any:
    return as_owner("SELECT registry_day(clock_timestamp())")[0][0]


def requested(himself: Any, fen: int, channel: str = "stand-in") -> str:
    from lingbao.registry.collection.payments import ask_payment
    from lingbao.registry.session import run_as

    return run_as(himself, lambda: ask_payment(himself, himself.person, "36", fen, channel=channel))


@pytest.mark.parametrize(("text", "word"), [("fails=2", "fails=2"), ("rude=1", "rude=1"), ("fails=x", "fails=x"), ("tarries", "tarries"), ("fails=nan", "fails=nan")])
def test_manners_that_do_not_exist_are_named(text: str, word: str) -> None:
    from lingbao.registry.collection.banks import manners_of

    with pytest.raises(InputError) as refused:
        manners_of(f"doubles=0.5 {text}")
    assert refused.value.value == word


def test_the_setting_chooses_the_bank(office: Office, chosen_bank: Any) -> None:
    from lingbao.registry.collection.banks import ask, chosen, hear
    from lingbao.registry.errors import Conflict

    himself = worker(registered(office.clerk))
    chosen_bank(manners="fails=0.25 longest_delay=9 crosses=1")
    assert (chosen().channel, chosen().manners.fails, chosen().manners.longest_delay, chosen().manners.crosses) == ("stand-in", 0.25, 9, True)  # type: ignore[attr-defined]
    chosen_bank("test_banks.OtherBank")
    number = requested(himself, 500, "other-bank")
    ask(LAW, number, today=today())
    assert OtherBank.asked == [("collect", number, 500)] and hear(LAW, today=today()) == 0
    assert as_owner("SELECT count(*) FROM collection_message") == [(0,)]
    with pytest.raises(Conflict):
        ask(LAW, requested(himself, 500), today=today())
    for wrong in ("no.such.Bank", "test_banks.NoBank", "test_banks.today"):
        chosen_bank(wrong)
        with pytest.raises(InputError):
            chosen()


def test_a_message_of_another_bank_is_not_taken_for_a_request(office: Office) -> None:
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import take_message
    from lingbao.registry.errors import Conflict

    number = requested(worker(registered(office.clerk)), 500)
    said = Message("other-bank", "r-1", "paid", number, 500, today())
    with pytest.raises(Conflict) as refused:
        take_message(LAW, said, sign(said))
    assert refused.value.code == "collection.other_bank" and as_owner("SELECT count(*) FROM ledger_entry") == [(0,)]


def test_what_the_stand_in_says_late_twice_and_crosswise_is_heard_at_night(office: Office, chosen_bank: Any) -> None:
    from lingbao.registry.collection.banks import ask, hear
    from lingbao.registry.ledger.queries import accounts_of
    from lingbao.registry.session import SYSTEM, run_as

    chosen_bank(manners="tarries=1 doubles=1 crosses=1 longest_delay=3")
    himself = worker(registered(office.clerk))
    numbers = [requested(himself, 1_000 + nth) for nth in range(6)]
    for number in numbers:
        ask(LAW, number, today=today())
    assert as_owner("SELECT count(*) FROM collection_message") == [(0,)]  # none on the day itself
    assert hear(LAW, today=today() + timedelta(3)) == 12
    assert hear(LAW, today=today() + timedelta(4)) == 0
    held, = (each.balance_fen for each in run_as(SYSTEM, lambda: accounts_of("person", himself.person)) if each.kind == "suspense")
    assert held == sum(1_000 + nth for nth in range(6))
    chosen_bank(manners="fails=1")
    failing = requested(himself, 7)
    for _ in range(2):
        ask(LAW, failing, today=today())
    assert as_owner("SELECT kind FROM collection_message WHERE number = %s", [failing]) == [("failed",)]
    in_order()


def test_a_refund_that_a_bank_has_not_answered_is_asked_for_again_at_night_and_a_payment_is_not(office: Office, chosen_bank: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site stopped after the money was set aside and before the bank was asked."""
    from lingbao.registry.collection.banks import hear
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import take_message
    from lingbao.registry.collection.proposals import propose_refund
    from lingbao.registry.collection.refunds import approve_refund
    from lingbao.registry.errors import Busy
    from lingbao.registry.session import run_as

    chosen_bank("test_banks.OtherBank")
    monkeypatch.setattr(OtherBank, "asked", [])
    himself = worker(registered(office.clerk))
    paid = Message("other-bank", "r-1", "paid", requested(himself, 500, "other-bank"), 500, today())
    take_message(LAW, paid, sign(paid))
    wish = run_as(himself, lambda: propose_refund(himself, himself.person, "36", 500, channel="other-bank", reason="不缴了"))
    number = run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish))
    assert number is not None
    requested(himself, 7, "other-bank")
    assert hear(LAW, today=today()) == 1 and OtherBank.asked == [("pay_back", number, 500)]

    def broken(*asked: Any) -> None:
        raise OSError("no line")

    with monkeypatch.context() as silent, pytest.raises(Busy) as refused:
        silent.setattr(OtherBank, "pay_back", broken)
        hear(LAW, today=today())
    assert refused.value.value == number
    said = Message("other-bank", "r-2", "refunded", number, 500, today())
    take_message(LAW, said, sign(said))
    assert hear(LAW, today=today()) == 0
    in_order()
