"""A night after the first looks at those alone for whom something has changed, and asks one question by indices where nothing has."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from made_up import as_owner, open_office, registered
from orders_shop import Shop, order

from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.enrolment import membership
from lingbao.registry.enrolment.choice import Choice
from lingbao.registry.orders import settlement, turnover_look, turnover_month, workers
from lingbao.registry.orders.turnover_look import CHANGED, added, changed_since, note_look
from lingbao.registry.orders.turnover_month import turn_over_closed
from lingbao.registry.session import SYSTEM, acting_as, run_as

LAW = Law.load()
OCTOBER = month(2026, 10)
NIGHT = date(2026, 11, 2)
ENOUGH = 1_000_000


@pytest.fixture
def desk(shop: Shop) -> Any:
    return open_office()


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Who was looked at, by night; nothing is open meanwhile, so that nobody is looked at twice for its sake."""
    nights: list[list[int]] = []
    together = turnover_month._together

    def noted(number: int, persons: list[int], *more: Any) -> Any:
        nights[-1] += persons
        return together(number, persons, *more)

    monkeypatch.setattr(turnover_month, "_together", noted)
    monkeypatch.setattr(turnover_look, "OPEN", timedelta(0))
    return nights


def received(shop: Shop, person: int, fen: int, name: str) -> None:
    workers.link(shop.id, f"rider{name}", person, proof="签约")
    shop.send([order(f"x{name}", f"rider{name}", fen * 20, day=date(2026, 10, 5))], f"m{name}")
    settlement.settle(shop.id, f"T{name}", settlement.due(shop.id).amount_fen, date(2026, 10, 20))


def join(desk: Any, person: int, choice: Choice | None = None, standing: str = "flexible") -> int:
    with acting_as(desk.clerk):
        return membership.join(desk.clerk, LAW, person, standing=standing, province="36", since=OCTOBER, choice=choice or Choice("floor"))


def test_who_has_joined_was_paid_for_chose_or_began_again_is_looked_at_and_nobody_else(shop: Shop, desk: Any, looked: list[list[int]]) -> None:
    paid, stranger, poor, resting, resident = (registered(desk.clerk, serial, name="骑") for serial in range(1, 6))
    members = {person: join(desk, person) for person in (paid, poor, resting)}
    members[resident] = join(desk, resident, Choice("fee", 2_000, rhythm=12), "resident")
    for person, fen in ((paid, ENOUGH), (stranger, ENOUGH), (poor, 100), (resting, ENOUGH), (resident, 60_000)):
        received(shop, person, fen, str(person))
    with acting_as(desk.clerk):
        membership.stop(desk.clerk, members[resting], month=OCTOBER)

    def night(law: Law = LAW) -> tuple[list[int], int]:
        looked.append([])
        done = turn_over_closed(NIGHT, law=law)
        return looked[-1], done.persons

    assert night() == ([paid, stranger, poor, resting, resident], 1), "everyone, once a month"
    assert night() == ([], 0)
    join(desk, stranger)
    assert night() == ([stranger], 1)
    received(shop, poor, ENOUGH, "later")
    assert night() == ([poor], 1)
    with acting_as(desk.clerk):
        membership.come_back(desk.clerk, members[resting], month=OCTOBER)
    assert night() == ([resting], 1)
    with acting_as(desk.clerk):
        membership.choose(desk.clerk, LAW, members[resident], Choice("fee", 500, rhythm=12), since=OCTOBER)
    assert night() == ([resident], 1)
    assert night() == ([], 0)
    carrying = registered(desk.clerk, 6, name="骑")
    received(shop, carrying, 100, "carrying")
    assert night() == ([carrying], 0) and night() == ([], 0)
    run_as(SYSTEM, lambda: note_look(OCTOBER, "another law", added()))
    assert night() == ([carrying], 0), "under another law everyone who is left"


def test_a_month_that_is_free_again_and_a_death_undone_are_looked_at(shop: Shop, desk: Any, looked: list[list[int]]) -> None:
    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.undoing import ask, decide
    from lingbao.registry.collection.bills import bill_of, bill_period
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import ask_payment, take_message
    from lingbao.registry.collection.proposals import propose_take_back
    from lingbao.registry.collection.refunds import approve_refund

    twice, dead = (registered(desk.clerk, serial, name="骑") for serial in (1, 2))
    member = join(desk, twice)
    join(desk, dead)
    bill = run_as(desk.clerk, lambda: bill_of(bill_period(desk.clerk, LAW, member, OCTOBER)))
    request = run_as(SYSTEM, lambda: ask_payment(SYSTEM, twice, "36", bill.open_fen, channel="bank"))
    message = Message("bank", "b-1", "paid", request, bill.open_fen, date(2026, 10, 21))
    take_message(LAW, message, sign(message))
    settle(desk.clerk, "d1", dead, died_on=date(2026, 10, 1), heirs=[Heir("赵", "1")], province="36", disposable_income_fen=400_000, today=NIGHT)
    for person in (twice, dead):
        received(shop, person, ENOUGH, str(person))
    looked += [[]]
    assert turn_over_closed(NIGHT).waiting == {"paid": (1, ENOUGH), "died": (1, ENOUGH)} and looked[-1] == [twice, dead]
    contribution, = as_owner("SELECT entry_id FROM collection_part WHERE person_id = %s", [twice])[0]
    wish = run_as(desk.clerk, lambda: propose_take_back(desk.clerk, contribution, reason="缴错档次"))
    run_as(desk.supervisor, lambda: approve_refund(desk.supervisor, LAW, wish))
    looked += [[]]
    assert turn_over_closed(NIGHT).persons == 1 and looked[-1] == [twice]
    ask(desk.clerk, "u1", dead, reason="同名误登", proof="本人到窗口")
    decide(desk.supervisor, "u2", dead, accept=True, today=NIGHT)
    looked += [[]]
    assert turn_over_closed(NIGHT).persons == 1 and looked[-1] == [dead]


def test_what_was_being_written_during_a_look_is_looked_at_the_next_time(shop: Shop, desk: Any) -> None:
    """A row has its number before it can be seen: within `OPEN` of a look nobody is taken for looked at."""
    stranger = registered(desk.clerk, 1, name="骑")
    received(shop, stranger, ENOUGH, "1")
    assert turn_over_closed(NIGHT).persons == 0
    assert run_as(SYSTEM, lambda: changed_since(OCTOBER, added())) == [stranger]


def test_where_nothing_has_changed_among_many_one_question_by_indices_finds_nobody(shop: Shop, desk: Any, looked: list[list[int]]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    many = 60_000
    as_owner("SET session_replication_role = replica")
    try:
        as_owner("INSERT INTO ledger_account (kind, bound, owner_kind, owner_id, province, balance_fen) SELECT 'withheld', 1, 'person', 1000000 + n, '36', 100"
                 " FROM generate_series(1, %s) n", [many])
        as_owner("INSERT INTO ledger_entry (kind, value_date, book_date, law_hash, actor, reason, legs, recorded_at) SELECT 'opening', '2026-10-20', '2026-10-20', 'law', 0, 'x', 2,"
                 " '2026-10-20' FROM generate_series(1, %s) n", [many])
        as_owner("INSERT INTO ledger_leg (entry_id, account_id, amount_fen) SELECT e.id, a.id, 100 FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM ledger_entry) e"
                 " JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM ledger_account) a USING (n)")
        as_owner("INSERT INTO enrolment_membership (person_id, scheme, standing, province, since, until, end_reason, recorded_by, recorded_at)"
                 " SELECT 1000000 + n, 'employee', 'flexible', '36', 24000, 24001, 'x', 0, '2026-10-20' FROM generate_series(1, %s) n", [many])
        as_owner("INSERT INTO orders_turnover (month, person_id, scheme, available_fen, units, turned_fen, carried_fen, law_hash, entry_id)"
                 " SELECT %s, 2000000 + n, 'employee', 1, 1, 1, 0, 'law', 1 FROM generate_series(1, %s) n", [OCTOBER, many])
    finally:
        as_owner("SET session_replication_role = DEFAULT")
    as_owner("ANALYZE ledger_account, ledger_entry, ledger_leg, enrolment_membership, enrolment_choice, enrolment_event, orders_turnover")
    now = run_as(SYSTEM, added)
    run_as(SYSTEM, lambda: note_look(OCTOBER, LAW.hash, now))
    looked.append([])
    with CaptureQueriesContext(connection) as asked:
        assert turn_over_closed(NIGHT, law=LAW).waiting == {} and looked == [[]]
    about = [each["sql"] for each in asked.captured_queries if "set_config" not in each["sql"] and not each["sql"].startswith(("BEGIN", "COMMIT"))]
    assert len(about) == 4, about  # the last look, how far the tables are, who changed, and this look
    plan = "\n".join(line for line, in run_as(SYSTEM, lambda: _explained(now)))
    for table in ("ledger_account", "ledger_entry", "ledger_leg", "enrolment_membership", "orders_turnover"):
        assert f"Seq Scan on {table}" not in plan, plan
    assert "Seq Scan on ledger_account" in "\n".join(line for line, in as_owner(  # the control: the question of a first night does
        "EXPLAIN SELECT DISTINCT owner_id FROM ledger_account WHERE kind = 'withheld' AND owner_kind = 'person' AND balance_fen > 0"))


def _explained(now: Any) -> list[tuple[str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {CHANGED}", {**vars(now), "month": OCTOBER})
        return list(cursor.fetchall())
