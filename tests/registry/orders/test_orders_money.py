"""From withheld to received to contribution: settlement and turn-over, to the fen."""

from __future__ import annotations

from datetime import date

import pytest
from orders_shop import DAY, Shop, balance, open_shop, order

from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.audit import audit
from lingbao.registry.collection.parts import Part
from lingbao.registry.orders import reconciliation, settlement, turnover, workers
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.turnover import Plan

PAID = date(2026, 11, 25)
NOVEMBER = month(2025, 11)


def year(person: int, fee_fen: int) -> Plan:
    """A year of the resident scheme, without a subsidy."""
    return Plan(person, "36", "resident", [Part(month(2025, 1), 0, fee_fen, fee_fen, 0)])


def months(person: int, *wanted: int) -> Plan:
    """Months of the employee scheme on a base of 5,000 yuan: 1,000 each, 400 of them into the account."""
    return Plan(person, "36", "employee", [Part(each, 500_000, 100_000, 40_000, 60_000) for each in wanted])


def test_a_transfer_settles_the_files_to_the_fen(shop: Shop) -> None:
    shop.send([order("a1", "r1", 1010), order("a2", "r2", 3000)], "k1")
    shop.send([order("b1", "r1", 2000), order("b2", "stranger", 400)], "k2")
    owed = settlement.due(shop.id)
    assert owed.amount_fen == 51 + 150 + 100 + 20
    booked = settlement.settle(shop.id, "T1", owed.amount_fen, PAID)
    assert booked.files == owed.files
    assert balance("withheld", "person", 101) == 151 and balance("pending", "person", 101) == 0
    assert balance("withheld", "platform", shop.id) == 20
    assert balance("platform_receivable", "platform", shop.id) == 0
    assert balance("bank", "province", 36) == -owed.amount_fen
    assert settlement.settle(shop.id, "T1", owed.amount_fen, PAID) == booked  # told twice, booked once
    assert workers.link(shop.id, "stranger", 300, proof="身份核验") == 20
    assert balance("withheld", "person", 300) == 20
    assert audit() == []


def test_a_transfer_of_another_amount_is_not_booked(shop: Shop) -> None:
    shop.send([order("a1", "r1", 1000)], "k1")
    with pytest.raises(InputError) as refusal:
        settlement.settle(shop.id, "T1", 51, PAID)
    assert refusal.value.code == "orders.settlement_difference" and "50" in refusal.value.zh
    assert row("SELECT count(*) FROM orders_settlement")[0] == 0
    assert balance("platform_receivable", "platform", shop.id) == -50


def test_a_transfer_may_go_up_to_a_file(shop: Shop) -> None:
    first = shop.send([order("a1")], "k1")
    second = shop.send([order("a2")], "k2")
    assert settlement.settle(shop.id, "T1", 50, PAID, through=first.file).files == (first.file,)
    assert settlement.due(shop.id).files == (second.file,)
    assert audit() == []


def test_a_refund_beyond_the_money_is_carried_to_the_next_transfer(shop: Shop) -> None:
    shop.send([order("a1", "r1", 1000), order("a2", "r2", 9000)], "k1")
    settlement.settle(shop.id, "T1", 500, PAID)
    turnover.turn_over(NOVEMBER, [year(101, 50)], value_date=PAID)  # spent
    shop.send([order("a1", "r1", -1000, sequence=1, orders=-1), order("a3", "r2", 3000)], "k2")
    settlement.settle(shop.id, "T2", 100, PAID)
    assert balance("pending", "person", 101) == -50 and balance("withheld", "person", 101) == 0
    assert audit() == []
    shop.send([order("a4", "r1", 4000)], "k3")
    settlement.settle(shop.id, "T3", 200, PAID)
    assert balance("pending", "person", 101) == 0 and balance("withheld", "person", 101) == 150
    assert audit() == []


def test_a_refund_of_somebody_nobody_linked_is_borne_by_what_was_received_for_him(shop: Shop) -> None:
    shop.send([order("a1", "unknown", 1000), order("a2", "r2", 9000)], "k1")
    settlement.settle(shop.id, "T1", 500, PAID)
    assert balance("withheld", "platform", shop.id) == 50 and audit() == []
    shop.send([order("a1", "unknown", -1000, sequence=1, orders=-1), order("a3", "r2", 3000)], "k2")
    settlement.settle(shop.id, "T2", 100, PAID)
    assert (balance("pending", "platform", shop.id), balance("withheld", "platform", shop.id)) == (0, 0)
    assert rows("SELECT * FROM orders_settlement_carry") == [] and audit() == []
    workers.link(shop.id, "unknown", 120, proof="签约")
    assert balance("withheld", "person", 120) == 0 and audit() == []


def test_whole_months_are_paid_and_the_remainder_is_carried(shop: Shop) -> None:
    shop.send([order("a1", "r1", 5_000_000), order("a2", "r2", 1000)], "k1")
    settlement.settle(shop.id, "T1", 250_050, PAID)
    plan = months(101, NOVEMBER - 1, NOVEMBER)
    poor = months(102, NOVEMBER)
    done = turnover.turn_over(NOVEMBER, [plan, poor], value_date=PAID)
    assert [(d.person, d.units, d.turned_fen, d.carried_fen) for d in done] == [(101, 2, 200_000, 50_000)]
    assert balance("individual", "person", 101) == 80_000  # eight of the twenty percent
    assert balance("pooled", "province", 36) == 120_000
    assert balance("withheld", "person", 101) == 50_000 and balance("withheld", "person", 102) == 50
    assert rows("SELECT month, base_fen, account_fen FROM record_month ORDER BY month") == [
        (NOVEMBER - 1, 500_000, 40_000), (NOVEMBER, 500_000, 40_000)]
    assert row("SELECT law_hash FROM ledger_entry WHERE kind = 'orders.turnover'")[0] == Law.load().hash
    assert turnover.turn_over(NOVEMBER, [plan, poor], value_date=PAID) == []  # once a month, however often it is run
    assert audit() == []


def test_a_yearly_fee_is_paid_when_it_is_covered(shop: Shop) -> None:
    shop.send([order("a1", "r1", 500_000)], "k1")
    settlement.settle(shop.id, "T1", 25_000, PAID)
    assert turnover.turn_over(NOVEMBER, [year(101, 30_000)], value_date=PAID) == []
    done, = turnover.turn_over(NOVEMBER, [year(101, 20_000)], value_date=PAID)
    assert (done.units, done.carried_fen) == (1, 5_000)
    assert balance("resident_account", "person", 101) == 20_000
    assert audit() == []


def test_money_of_two_platforms_pays_one_contribution(shop: Shop) -> None:
    other = open_shop("ride")
    shop.send([order("a1", "r1", 300_000)], "k1")
    other.send([order("a1", "r1", 100_000)], "k1")
    settlement.settle(shop.id, "T1", 15_000, PAID)
    settlement.settle(other.id, "T1", 5_000, PAID)
    done, = turnover.turn_over(NOVEMBER, [year(101, 20_000)], value_date=PAID)
    assert done.carried_fen == 0
    assert audit() == []


def test_the_reconciliation_file_sums_to_the_facts(shop: Shop) -> None:
    shop.send([order("a1", "r1", 1010), order("a2", "r2", 3000, day=date(2026, 11, 2))], "k1")
    shop.send([order("b1", "r1", -10, sequence=1, orders=0)], "k2")
    settlement.settle(shop.id, "T1", 200, PAID)
    file = reconciliation.reconciliation(shop.id, DAY, date(2026, 11, 30))
    assert (file.orders, file.income_fen, file.withheld_fen) == row(
        "SELECT count(*), sum(income_fen)::bigint, sum(withheld_fen)::bigint FROM orders_fact")
    assert file.text.splitlines()[-1] == f"total,,,3,4000,{file.withheld_fen},"
    assert file.text.count(",T1\n") == 3
    assert reconciliation.reconciliation(shop.id, DAY, date(2026, 11, 30)).sha256 == file.sha256
    assert reconciliation.by_worker(shop.id, 1).splitlines()[1] == "r1,1,0,1010,51,True"


def test_the_audit_sees_a_fen_that_moved_by_itself(shop: Shop) -> None:
    """The control of every ``audit() == []`` here."""
    shop.send([order("a1", "r1", 1000)], "k1")
    rows("SET session_replication_role = replica")
    rows("UPDATE orders_fact SET withheld_fen = withheld_fen + 1")
    rows("SET session_replication_role = origin")
    assert {finding.code for finding in audit()} == {"orders.file_facts", "orders.worker_facts"}
    rows("SET session_replication_role = replica")
    rows("UPDATE orders_file_worker SET withheld_fen = withheld_fen + 1")
    rows("SET session_replication_role = origin")
    assert {finding.code for finding in audit()} == {"orders.file_facts", "orders.pending"}
