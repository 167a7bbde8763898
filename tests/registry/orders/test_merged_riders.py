"""A rider known to platforms under two numbers becomes one: money, exemptions, refunds that wait for the next transfer, and files still to come."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_up import as_owner, open_office, registered, under_role, worker
from orders_shop import Shop, balance, open_shop, order

from lingbao.law.store import Law
from lingbao.registry.audit import audit
from lingbao.registry.collection.parts import Part
from lingbao.registry.enrolment import membership
from lingbao.registry.enrolment.choice import Choice
from lingbao.registry.orders import giving_back, settlement, turnover, workers
from lingbao.registry.orders.turnover_month import turn_over_month
from lingbao.registry.people.merges import decide, propose
from lingbao.registry.session import acting_as

RECEIVED = date(2026, 11, 20)
ON = date(2026, 11, 30)


@pytest.fixture
def desk(shop: Shop) -> Any:
    return open_office()


def settle(shop: Shop, reference: str) -> None:
    settlement.settle(shop.id, reference, settlement.due(shop.id).amount_fen, RECEIVED)


def united(desk: Any, kept: int, other: int) -> dict[str, Any]:
    return decide(desk.supervisor, "d1", int(propose(desk.clerk, "k1", kept, other, reason="核对身份证，系同一人")["proposal"]), accepted=True)


def riders(shop: Shop, desk: Any) -> tuple[int, int, Shop]:
    """One human being as two numbers: each rides for the first platform, the second number for another one too."""
    kept, other, second = registered(desk.clerk, 1, "骑1"), registered(desk.clerk, 3, "骑1"), open_shop("second")
    for place, reference, person in ((shop, "one", kept), (shop, "two", other), (second, "two", other)):
        workers.link(place.id, reference, person, proof="签约")
    shop.send([order("a1", "one", 10_000), order("a2", "two", 20_000)], "m1")
    second.send([order("b1", "two", 40_000)], "m1")
    settle(shop, "T1")
    return kept, other, second


def test_the_number_kept_holds_what_both_earned_and_the_books_agree(shop: Shop, desk: Any) -> None:
    kept, other, second = riders(shop, desk)
    assert united(desk, kept, other)["fen"] == 1_000 + 2_000
    assert (balance("withheld", "person", kept), balance("pending", "person", kept)) == (500 + 1_000, 2_000)
    assert (balance("withheld", "person", other), balance("pending", "person", other)) == (0, 0)
    assert audit() == []
    second.send([order("b2", "two", 60_000)], "m2")  # a file of after the merge
    settle(second, "T2")
    assert balance("withheld", "person", kept) == 500 + 1_000 + 2_000 + 3_000 and balance("pending", "person", other) == 0
    assert audit() == []
    assert int(giving_back.ask(second.id, "k", "two", 5_000, reason="已离职")["refund"]) and giving_back.asked(second.id)[0].workers == ("two",)
    as_owner("CREATE OR REPLACE VIEW orders_worker_person WITH (security_invoker = true) AS SELECT worker_id, person_id FROM orders_worker_link")
    second.send([order("b3", "two", 20_000)], "m3")  # the control: a link that forgets the merge withholds for the number given up
    assert balance("pending", "person", other) == 1_000


def test_a_merge_that_left_money_behind_is_found(shop: Shop, desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.people import uniting

    kept, other, _ = riders(shop, desk)
    monkeypatch.setattr(uniting, "CARRIED", ("individual",))
    united(desk, kept, other)
    assert {(each.code, each.where) for each in audit()} == {("orders.given_up", str(other))}


def test_both_numbers_pay_one_contribution(shop: Shop, desk: Any) -> None:
    kept, other = registered(desk.clerk, 1, "骑1"), registered(desk.clerk, 3, "骑1")
    workers.link(shop.id, "one", kept, proof="签约")
    workers.link(shop.id, "two", other, proof="签约")
    with acting_as(desk.clerk):
        membership.join(desk.clerk, Law.load(), kept, standing="flexible", province="36", since=2026 * 12 + 10, choice=Choice("floor"))
    shop.send([order("a1", "one", 900_000), order("a2", "two", 900_000)], "m1")
    settle(shop, "T1")
    assert turn_over_month(2026 * 12 + 10, on=ON).persons == 0  # 450 yuan pay no month
    united(desk, kept, other)
    assert turn_over_month(2026 * 12 + 10, on=ON).persons == 1
    assert as_owner("SELECT person_id, available_fen FROM orders_turnover") == [(kept, 90_000)] and audit() == []


def test_a_refund_that_waits_and_an_exemption_follow_the_number(shop: Shop, desk: Any) -> None:
    kept, other, _ = riders(shop, desk)
    turnover.turn_over(2026 * 12 + 10, [turnover.Plan(other, "36", "resident", (Part(2026 * 12, 0, 1_000, 1_000, 0),))], value_date=RECEIVED)  # spent
    shop.send([order("a2", "two", -20_000, sequence=1, orders=-1), order("a4", "r1", 100_000)], "m2")
    settle(shop, "T2")
    assert as_owner("SELECT person_id, carried_fen FROM orders_settlement_carry") == [(other, -1_000)]
    workers.exempt(other, date(2026, 11, 10), date(2026, 11, 12), proof="职工参保证明", approved_by=desk.supervisor.id)
    united(desk, kept, other)
    assert audit() == []
    answer = shop.send([order("a5", "one", 30_000), order("a6", "one", 50_000, day=date(2026, 11, 11))], "m3")
    settle(shop, "T3")
    assert answer.withheld_fen == 1_500  # nothing of the exempt day
    assert (balance("pending", "person", kept), balance("withheld", "person", kept)) == (2_000, 500 + 1_500 - 1_000)
    assert audit() == []


def test_the_rider_sees_the_orders_of_both(shop: Shop, desk: Any) -> None:
    kept, other, second = riders(shop, desk)
    seen = "SELECT platform_id, sum(orders)::int FROM orders_own_days('2026-01-01', '2026-12-31') GROUP BY 1 ORDER BY 1"
    me = worker(kept)
    assert under_role(me, seen) == [(shop.id, 1)]
    united(desk, kept, other)
    assert under_role(me, seen) == [(shop.id, 2), (second.id, 1)]
