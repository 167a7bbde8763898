"""``lingbao registry subsidies`` and ``bank-secret``."""

from __future__ import annotations

import json
from datetime import date

import pytest
from made_up import Office, as_owner, registered
from typer.testing import CliRunner, Result

from lingbao.law.month import month

MAY = month(2024, 5)


@pytest.fixture(autouse=True)
def kept_server(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests outlives a command."""
    monkeypatch.setattr("lingbao.web.database.stop_embedded", lambda: None)


def called(*words: str) -> Result:
    from lingbao.commands.registry import app

    return CliRunner().invoke(app, [*words, "--json"])


def paid_and_subsidised(office: Office) -> int:
    """A person pays May 2024 and is granted half of it by the state."""
    from lingbao.law.store import Law
    from lingbao.registry.collection.bills import bill_of, bill_period
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import ask_payment, take_message
    from lingbao.registry.collection.subsidies import Grant, grant
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.session import run_as

    law, clerk, supervisor = Law.load(), office.clerk, office.supervisor
    person = registered(clerk)
    member = run_as(clerk, lambda: join(clerk, law, person, standing="flexible", province="36", since=MAY, choice=Choice("floor")))
    bill = run_as(clerk, lambda: bill_of(bill_period(clerk, law, member, MAY)))
    run_as(supervisor, lambda: grant(supervisor, law, Grant(person, "36", "hard_to_employ", "state", 0, 0.5, MAY, MAY + 12), months_allowed=12))
    number = run_as(clerk, lambda: ask_payment(clerk, person, "36", bill.open_fen, channel="bank"))
    message = Message("bank", "r1", "paid", number, bill.open_fen, date(2024, 5, 20))
    take_message(law, message, sign(message))
    return bill.open_fen


def test_subsidies_of_a_month_are_posted_once(office: Office) -> None:
    paid = paid_and_subsidised(office)
    for expected in (1, 0):
        done = called("subsidies", "2024-05", "--province", "36", "--province", "44")
        assert done.exit_code == 0, done.output
        assert json.loads(done.output) == [{"province": "36", "entries": expected}, {"province": "44", "entries": 0}]
    owed, = as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'refund_payable'")[0]
    assert abs(2 * owed - paid) <= 1
    assert called("subsidies", "2024-13").exit_code == 2


def test_each_bank_has_a_secret_of_its_own() -> None:
    one, other = (json.loads(called("bank-secret", name).output)["secret"] for name in ("bank-1", "bank-2"))
    assert len(one) == 64 and one != other and json.loads(called("bank-secret", "bank-1").output)["secret"] == one
