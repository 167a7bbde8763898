"""Payers, transfers, files of orders, settlements and reversals on the same accounts at the same moment: all go through, all books hold.

That a deadlock is retried, and lost with one attempt only, is shown in ``tests/registry/ledger/test_ledger_commands.py``;
here nobody may meet one that is not.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from made_up import TODAY, as_owner

MONTH = TODAY.year * 12 + TODAY.month - 1
ROUNDS = 12
PROVINCES = ("36", "37")


def at_once(works: dict[str, Callable[[], None]]) -> dict[str, BaseException]:
    """Run works in threads that begin together; return what went wrong, by name."""
    from django.db import connection

    wrong: dict[str, BaseException] = {}
    gate = threading.Barrier(len(works))

    def run(name: str) -> None:
        gate.wait()
        try:
            works[name]()
        except BaseException as error:
            wrong[name] = error
        connection.close()

    threads = [threading.Thread(target=run, args=(name,)) for name in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def payers(province: str) -> Callable[[], None]:
    """Bills of some people of a province, paid by messages of which each comes twice."""
    from lingbao.law.store import Law
    from lingbao.registry.collection.bills import bill_of, bill_period
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import ask_payment, take_message
    from lingbao.registry.session import SYSTEM, run_as

    law = Law.load()
    members = as_owner("SELECT id FROM enrolment_membership WHERE standing = 'flexible' AND until IS NULL AND province = %s ORDER BY id LIMIT %s",
                       [province, ROUNDS])

    def billed() -> list[Message]:
        bills = [bill_of(bill_period(SYSTEM, law, member, MONTH)) for member, in members]
        return [Message("bank", f"{province}-{bill.id}", "paid", ask_payment(SYSTEM, bill.person, province, bill.open_fen, channel="bank"),
                        bill.open_fen, TODAY) for bill in bills]

    messages = run_as(SYSTEM, billed)

    def work() -> None:
        for message in [*messages, *reversed(messages)]:
            take_message(law, message, sign(message))

    return work


def movers(province: str, to: str) -> Callable[[], None]:
    """Transfers of people of a province, one after another, through all steps."""
    from lingbao.law.store import Law
    from lingbao.registry.operations import demonstration_transfers as transfers
    from lingbao.registry.operations.demonstration_staff import offices
    from lingbao.registry.transfers.services import Applicant

    law, places = Law.load(), offices()
    people = as_owner("SELECT p.id FROM people_person p JOIN enrolment_membership m ON m.person_id = p.id JOIN monitoring_paid d ON d.person_id = p.id"
                      " WHERE m.province = %s AND m.standing = 'flexible' AND m.until IS NULL AND p.sex = 'male' AND p.birth > '1990-01-01'"
                      " ORDER BY p.id DESC LIMIT %s", [province, ROUNDS // 2])
    assert people

    def work() -> None:
        for (person,) in people:
            transfers.run_course(law, places[province], places[to], Applicant(person, "male", 1995 * 12, to),
                           {"identity_number": "360102199003074514", "name": "示例"}, (40, (*transfers.BOOKED, "finish")), TODAY)

    return work


def files(platform: int, key: str) -> Callable[[], None]:
    from lingbao.registry.orders import sandbox, taking

    def work() -> None:
        for number in range(ROUNDS):
            said, content = sandbox.order_file(sandbox.order_table(60, 20, TODAY - timedelta(days=3), first=1 + 40 * number, seed=1), f"{key}-{number}")
            taking.take(platform, said, content, today=TODAY)

    return work


def settlements(platform: int) -> Callable[[], None]:
    from lingbao.law.errors import InputError
    from lingbao.registry.orders.settlement import due, settle

    def work() -> None:
        for number in range(ROUNDS):
            owed = due(platform)
            if owed.amount_fen > 0:
                # A file that came in between makes the amount another than what is due, and nothing is booked.
                with contextlib.suppress(InputError):
                    settle(platform, f"s-{number}", owed.amount_fen, TODAY)

    return work


def reversals(province: str) -> Callable[[], None]:
    from lingbao.law.store import Law
    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post, reverse
    from lingbao.registry.session import SYSTEM, run_as

    def once() -> None:
        pooled, bank, interest = open_accounts([AccountName(kind, "province", int(province), province) for kind in ("pooled", "bank", "interest")])
        entry, = post([Draft("correction", [Leg(pooled, 500), Leg(interest, 300), Leg(bank, -800)])], actor=0, law_hash=Law.load().hash,
                      reason="试记", value_date=TODAY)
        reverse(entry, actor=0, reason="冲回")

    def work() -> None:
        for _ in range(ROUNDS * 2):
            run_as(SYSTEM, once)

    return work


@pytest.mark.slow
def test_everything_at_once_on_the_same_accounts_goes_through_and_the_books_hold(database: str) -> None:
    from lingbao.registry.audit import audit
    from lingbao.registry.operations.demonstration_load import load
    from lingbao.registry.orders import platforms, sandbox, workers

    load(31 * 40, 1, TODAY, affairs=False)
    place = platforms.register_platform("together", "平台", "platform", PROVINCES[0])
    platforms.agree(place.id, platforms.Agreement("income", 0.05, TODAY - timedelta(days=9), TODAY, "协议（测试）"))
    persons = [row[0] for row in as_owner("SELECT person_id FROM enrolment_membership WHERE province = %s ORDER BY 1 LIMIT 18", [PROVINCES[0]])]
    workers.link_many(place.id, dict(zip(sandbox.references(18), persons, strict=True)), proof="签约记录")
    here, there = PROVINCES
    before = as_owner("SELECT count(*) FROM ledger_entry WHERE kind = 'correction'")
    assert at_once({
        "payers here": payers(here), "payers there": payers(there), "movers out": movers(here, there), "movers in": movers(there, here),
        "files": files(place.id, "a"), "the same orders cut otherwise": files(place.id, "a2"), "settlements": settlements(place.id),
        "reversals here": reversals(here), "reversals there": reversals(there),
    }) == {}
    assert audit() == []
    assert as_owner("SELECT count(*) FROM ledger_entry WHERE kind = 'correction'")[0][0] - before[0][0] == 2 * ROUNDS * 2 * 2
    assert as_owner("SELECT count(*) FROM collection_message") == [(2 * ROUNDS,)]
    assert as_owner("SELECT count(*) FROM collection_part WHERE entry_id IS NULL") == [(0,)]
    assert as_owner("SELECT count(*) FROM transfer_case WHERE state <> 'done'") == [(0,)]
    assert as_owner("SELECT count(*), count(DISTINCT order_number) FROM orders_fact") == [(40 * (ROUNDS - 1) + 60,) * 2]
