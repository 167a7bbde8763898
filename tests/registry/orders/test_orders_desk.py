"""At the desk: a platform's transfer is booked by two, an exemption is checked and approved by two, and no province reads another's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from made_up import as_owner, open_office, registered, under_role, worker
from orders_shop import DAY, TODAY, Shop, balance, order

from lingbao.law.errors import InputError
from lingbao.registry.audit import audit
from lingbao.registry.errors import Conflict, Forbidden, NotFound, RegistryError
from lingbao.registry.orders import exemptions, receipts, workers
from lingbao.registry.orders.exemptions import Wish
from lingbao.registry.session import run_as


@pytest.fixture
def desk(shop: Shop) -> Any:
    """The agencies of 36, where the platform's books stand, and of 44."""
    return open_office()


def test_a_transfer_is_entered_by_one_and_booked_by_another(shop: Shop, desk: Any) -> None:
    first = shop.send([order("a1")], "k1")
    shop.send([order("a2", "r2", 3000)], "k2")
    done = receipts.enter(desk.clerk, shop.id, "B-1", 50, TODAY, today=TODAY)
    shop.send([order("a3")], "k3")  # files go on coming between the transfer and its booking
    assert receipts.enter(desk.colleague, shop.id, "B-1", 50, TODAY, today=TODAY) == done
    number = done["receipt"]
    assert receipts.receipt(desk.clerk, number).last_file == first.file
    assert balance("bank", "province", 36) == 0  # nothing is booked yet
    with pytest.raises(Forbidden):
        receipts.book(desk.colleague, "k", number)
    booked = receipts.book(desk.supervisor, "k", number)
    assert receipts.book(desk.supervisor, "k", number) == booked and booked["files"] == 1
    assert balance("withheld", "person", 101) == 50 and balance("bank", "province", 36) == -50
    with pytest.raises(Conflict):
        receipts.enter(desk.clerk, shop.id, "B-1", 150, TODAY, today=TODAY)
    with pytest.raises(Conflict):
        receipts.book(desk.supervisor, "again", number)
    assert [each.amount_fen for each in receipts.owing(desk.clerk)] == [200]
    assert audit() == []


def test_who_entered_a_transfer_does_not_book_it_not_even_in_the_database(shop: Shop, desk: Any) -> None:
    shop.send([order("a1")], "k1")
    number = receipts.enter(desk.supervisor, shop.id, "B-1", 50, TODAY, today=TODAY)["receipt"]
    with pytest.raises(Forbidden):
        receipts.book(desk.supervisor, "k", number)
    settlement, = as_owner("INSERT INTO orders_settlement (platform_id, reference, received_on, amount_fen, last_file) VALUES (%s, 'x', %s, 1, 1) RETURNING id",
                           [shop.id, TODAY])[0]
    with pytest.raises(RegistryError):
        under_role(desk.supervisor, "UPDATE orders_receipt SET state = 'booked', decided_by = %s, decided_at = now(), settlement_id = %s", [desk.supervisor.id, settlement])


def test_a_transfer_that_no_files_add_up_to_is_not_entered_and_a_wrong_one_is_refused(shop: Shop, desk: Any) -> None:
    shop.send([order("a1")], "k1")
    with pytest.raises(InputError) as refusal:
        receipts.enter(desk.clerk, shop.id, "B-1", 51, TODAY, today=TODAY)
    assert refusal.value.code == "orders.settlement_difference"
    with pytest.raises(InputError):
        receipts.enter(desk.clerk, shop.id, "B-1", 50, TODAY + timedelta(1), today=TODAY)
    with pytest.raises(NotFound):
        receipts.enter(desk.elsewhere, shop.id, "B-1", 50, TODAY, today=TODAY)
    number = receipts.enter(desk.clerk, shop.id, "B-1", 50, TODAY, today=TODAY)["receipt"]
    with pytest.raises(NotFound):
        receipts.receipt(desk.elsewhere, number)
    with pytest.raises(Forbidden):
        receipts.refuse(desk.colleague, "r", number, reason="流水号有误")
    receipts.refuse(desk.clerk, "r", number, reason="流水号有误")
    assert receipts.enter(desk.clerk, shop.id, "B-2", 50, TODAY, today=TODAY)["receipt"] != number


def _wish(person: int, **changes: Any) -> Wish:
    return Wish(**{"person": person, "province": "36", "since": DAY, "until": date(2026, 12, 31), "words": "某公司参保证明 88 号", **changes})


def test_proof_of_employee_insurance_is_asked_checked_and_approved_by_two_and_then_holds(shop: Shop, desk: Any) -> None:
    person = registered(desk.clerk, 1)
    rider = worker(person)
    workers.link(shop.id, "rider", person, proof="签约")
    number = exemptions.ask(rider, "a", _wish(person), today=TODAY)["request"]
    with pytest.raises(Conflict):
        exemptions.ask(rider, "b", _wish(person), today=TODAY)
    with pytest.raises(Conflict):
        exemptions.approve(desk.supervisor, "x", number, today=TODAY)  # nobody has looked at the proof
    assert exemptions.check(desk.clerk, "c", number, checked="参保缴费记录，单位某公司", today=TODAY)["state"] == "checked"
    assert shop.send([order("a1", "rider")], "k1").withheld_fen == 50
    with pytest.raises(Forbidden):
        exemptions.approve(desk.clerk, "d", number, today=TODAY)
    done = exemptions.approve(desk.supervisor, "d", number, today=TODAY)
    assert exemptions.approve(desk.supervisor, "d", number, today=TODAY) == done
    answer = shop.send([order("a2", "rider"), order("a3", "rider", day=TODAY)], "k2")
    assert (answer.exempt, answer.withheld_fen) == (2, 0)
    back = shop.send([order(number, "rider", -1000, sequence=1, orders=-1) for number in ("a1", "a2")], "k3")
    assert (back.exempt, back.withheld_fen) == (1, -50)  # a refund gives back what its order withheld, and no more
    assert run_as(rider, lambda: exemptions.words_of(number)) == "某公司参保证明 88 号"
    assert "某公司".encode() not in bytes(as_owner("SELECT words FROM orders_exemption_request")[0][0])
    with pytest.raises(InputError):
        exemptions.end(desk.clerk, "e", done["exemption"], last=TODAY - timedelta(1), reason="离职", today=TODAY)
    exemptions.end(desk.clerk, "f", done["exemption"], last=TODAY, reason="离职", today=TODAY)
    assert run_as(rider, lambda: exemptions.exemptions_of(person))[0].until == TODAY
    with pytest.raises(Conflict):
        exemptions.end(rider, "g", done["exemption"], last=TODAY, reason="再次", today=TODAY)


def test_at_the_counter_who_checks_a_proof_does_not_approve_it(shop: Shop, desk: Any) -> None:
    person = registered(desk.clerk, 1)
    number = exemptions.ask(desk.supervisor, "a", _wish(person), today=TODAY, checked="参保证明原件")["request"]
    with pytest.raises(Forbidden):
        exemptions.approve(desk.supervisor, "b", number, today=TODAY)
    with pytest.raises(RegistryError):
        under_role(desk.clerk, "UPDATE orders_exemption_request SET state = 'approved', answered_by = %s, answered_on = now()", [desk.clerk.id])
    with pytest.raises(InputError):
        exemptions.refuse(desk.clerk, "c", number, reason=" ", today=TODAY)
    exemptions.refuse(desk.clerk, "c", number, reason="证明已过期", today=TODAY)
    assert run_as(desk.clerk, lambda: exemptions.queue("36")) == []
    assert as_owner("SELECT 1 FROM orders_exemption") == []


def test_a_person_withdraws_and_nobody_elsewhere_reads_the_request(shop: Shop, desk: Any) -> None:
    person, other = registered(desk.clerk, 1), registered(desk.clerk, 2, name="钱二")
    rider, stranger_rider = worker(person), worker(other)
    number = exemptions.ask(rider, "a", _wish(person), today=TODAY)["request"]
    for stranger in (stranger_rider, desk.elsewhere):
        with pytest.raises(NotFound):
            run_as(stranger, lambda: exemptions.request_of(number))
    with pytest.raises(NotFound):
        exemptions.withdraw(stranger_rider, "w", number, today=TODAY)
    assert exemptions.withdraw(rider, "w", number, today=TODAY)["state"] == "withdrawn"


PERSONAL = ("orders_worker_link", "orders_exemption", "orders_turnover", "orders_settlement_carry")


def test_an_agency_reads_links_exemptions_and_money_of_those_it_may_know_and_of_nobody_else(shop: Shop, desk: Any) -> None:
    person = registered(desk.elsewhere, 1, province="44")
    shop_of_44, = as_owner("INSERT INTO orders_platform (code, name_zh, name_en, province) VALUES ('ride', '甲', 'A', '44') RETURNING id")[0]
    number, = as_owner("INSERT INTO orders_worker (platform_id, reference) VALUES (%s, 'w') RETURNING id", [shop_of_44])[0]
    as_owner("INSERT INTO orders_worker_link (worker_id, person_id, proof) VALUES (%s, %s, '签约')", [number, person])
    rider = worker(person)
    as_owner("INSERT INTO orders_exemption (person_id, since, until, proof, approved_by) VALUES (%s, %s, %s, '某公司参保证明', 1)", [person, DAY, TODAY])
    as_owner("INSERT INTO orders_settlement (platform_id, reference, received_on, amount_fen, last_file) VALUES (%s, 'x', %s, 1, 1)", [shop_of_44, TODAY])
    as_owner("INSERT INTO orders_settlement_carry SELECT max(id), %s, %s, -1 FROM orders_settlement", [shop_of_44, person])
    as_owner("INSERT INTO orders_turnover (month, person_id, scheme, available_fen, units, turned_fen, carried_fen, law_hash, entry_id)"
             " VALUES (24300, %s, 'employee', 1, 1, 1, 0, 'law', 1)", [person])
    for table in PERSONAL:
        asked = f"SELECT 1 FROM {table} WHERE person_id = {person}"
        assert [len(under_role(actor, asked)) for actor in (desk.elsewhere, desk.auditor, rider, desk.clerk, desk.supervisor)] == [1, 1, 1, 0, 0], table
