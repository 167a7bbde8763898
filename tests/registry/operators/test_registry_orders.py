"""``lingbao registry``: a platform's transfer by two logins, the turn-over of a month, an order taken back."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from made_up import as_owner
from typer.testing import CliRunner, Result


@pytest.fixture(autouse=True)
def kept_server(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of the tests outlives a command."""
    monkeypatch.setattr("lingbao.web.database.stop_embedded", lambda: None)


def called(*words: object) -> Result:
    from lingbao.commands.registry import app

    return CliRunner().invoke(app, [str(word) for word in words])


def asked(*words: object) -> object:
    found = called(*words, "--json")
    assert found.exit_code == 0, found.output
    return json.loads(found.output)


def test_a_transfer_is_entered_booked_and_turned_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.orders import facts, sandbox, taking
    from lingbao.registry.orders.platforms import platform_named
    from lingbao.registry.people.actors import Agency, appoint, open_agency
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM):
        agency = open_agency(Agency("360100", "36", "南昌市社会保险经办机构", "Nanchang"))
        appoint("clerk", "甲", agency=agency, login="one")
        appoint("supervisor", "乙", agency=agency, login="two")
    today, = as_owner("SELECT registry_day(clock_timestamp())")[0]
    called("platform", "register", "meal", "--zh", "外卖", "--en", "meal", "--province", "36")
    called("platform", "agreement", "meal", "--method", "order", "--number", "1", "--since", date(today.year - 1, 1, 1), "--until", date(today.year, 12, 31), "--source", "协议")
    place = platform_named("meal").id
    said, content = sandbox.order_file(sandbox.order_table(3, 2, today), "k1")
    taking.take(place, said, content)
    refused = called("platform", "received", "meal", "B-1", "--yuan", "3.01", "--day", today, "--enter", "one", "--lang", "en")
    assert (refused.exit_code, "3" in refused.stderr) == (2, True)
    assert asked("platform", "received", "meal", "B-1", "--yuan", "3.00", "--day", today, "--enter", "one")["state"] == "entered"
    assert called("platform", "received", "meal", "B-1", "--book", "one").exit_code == 2
    assert asked("platform", "received", "meal", "B-1", "--book", "two")["state"] == "booked"
    report = asked("turn-over", f"{today:%Y-%m}")
    assert (report["persons"], report["waiting"]) == (0, {})  # nobody has linked the riders yet
    assert called("turn-over", "2099-01").exit_code == 2
    with monkeypatch.context() as blind:
        blind.setattr(facts, "_on_other_days", lambda orders: facts._no_conflicts())
        moved, content = sandbox.order_file(sandbox.order_table(3, 2, today).with_columns(business_date=sandbox.pl.lit(str(today - timedelta(1)))), "k2")
        taking.take(place, moved, content)
    number, = as_owner("SELECT min(order_number) FROM orders_fact")[0]
    done = asked("platform", "take-back", "meal", number, "--day", today - timedelta(1))
    assert done["withheld_fen"] == -100
    assert called("platform", "take-back", "meal", number, "--day", today).exit_code == 2
