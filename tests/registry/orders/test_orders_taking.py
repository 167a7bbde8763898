"""A file of orders becomes facts, postings and a report: each order once, all of a file or nothing."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from orders_shop import DAY, TODAY, Shop, balance, open_shop, order

from lingbao.law.errors import InputError
from lingbao.registry.audit import audit
from lingbao.registry.errors import Conflict
from lingbao.registry.orders import doubled, facts, limits, platforms, reconciliation, workers
from lingbao.registry.orders.platforms import Agreement
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.unpacking import FileRefused


def codes(shop: Shop, file: int) -> list[tuple[int, str]]:
    return rows("SELECT row, code FROM orders_rejection WHERE file_id = %s ORDER BY row, code", [file])


def test_an_order_is_withheld_for_its_worker_and_owed_by_the_platform(shop: Shop) -> None:
    answer = shop.send([order("a1", "r1", 1010), order("a2", "r1", 1000), order("a3", "r2", 3000)], "k1")
    assert (answer.posted, answer.rejected, answer.withheld_fen) == (3, 0, 51 + 50 + 150)  # 50.5 fen is 51
    assert balance("pending", "person", 101) == 101
    assert balance("pending", "person", 102) == 150
    assert balance("platform_receivable", "platform", shop.id) == -251
    assert audit() == []


def test_the_same_file_again_gives_the_same_answer_and_changes_nothing(shop: Shop) -> None:
    sent = [order(f"a{k}", income=100 * k) for k in range(1, 5)]
    assert shop.send(sent, "k1") == shop.send(sent, "k1") == shop.send(sent, "another key")
    assert balance("pending", "person", 101) == 50
    assert row("SELECT count(*) FROM orders_file")[0] == 1


def test_a_key_stands_for_one_content(shop: Shop) -> None:
    shop.send([order("a1")], "k1")
    with pytest.raises(Conflict) as refusal:
        shop.send([order("a2")], "k1")
    assert refusal.value.code == "orders.key_used"


def test_orders_cut_otherwise_into_files_are_taken_once(shop: Shop) -> None:
    everything = [order(f"a{k:03d}", f"r{k % 9 + 1}", 100 + k) for k in range(300)]
    luck = random.Random(5)
    for turn in range(3):
        luck.shuffle(everything)
        for start in range(0, 300, 70):
            shop.send(everything[start:start + 70], f"{turn}-{start}")
    assert row("SELECT count(*), sum(income_fen) FROM orders_fact") == (300, sum(100 + k for k in range(300)))
    assert row("SELECT sum(posted), sum(duplicates) FROM orders_file") == (300, 600)
    assert audit() == []


def test_a_conflict_names_the_worker_as_the_platform_does(shop: Shop) -> None:
    """The registry's own number of a worker stands in no report."""
    from lingbao.registry.orders.reconciliation import report
    from lingbao.registry.orders.tables import row

    shop.send([order("a1", worker="rider-7")], "k1")
    again = shop.send([order("a1", worker="rider-8")], "k2")
    recorded, sent = row("SELECT recorded, sent FROM orders_conflict")
    assert (recorded.split()[0], sent.split()[0]) == ("worker=rider-7", "worker=rider-8")
    assert "rider-7" in report(shop.id, again.file) and "worker_id" not in report(shop.id, again.file)


def test_an_altered_resend_is_a_conflict_and_never_overwrites(shop: Shop) -> None:
    first = shop.send([order("a1", "r1", 1000), order("a2", "r1", 1000)], "k1")
    again = shop.send([order("a1", "r1", 1200), order("a2", "r2", 1000), order("a3", "r1", 1000)], "k2")
    assert (again.posted, again.conflicts, again.duplicates) == (1, 2, 0)
    assert row("SELECT income_fen, file_id FROM orders_fact WHERE order_number = 'a1'") == (1000, first.file)
    report = reconciliation.report(shop.id, again.file)
    assert "income_fen=1000" in report and "income_fen=1200" in report
    assert audit() == []


def test_an_order_cannot_come_back_under_another_date(shop: Shop) -> None:
    shop.send([order("a1")], "k1")
    again = shop.send([order("a1", day=DAY + timedelta(days=1)), order("b1", day=DAY + timedelta(days=1))], "k2")
    assert (again.posted, again.conflicts) == (1, 1)
    both = shop.send([order("c1"), order("c1", day=DAY + timedelta(days=1))], "k3")
    assert (both.posted, both.rejected) == (0, 2)  # one file that says both is believed in neither
    assert audit() == []


@pytest.mark.parametrize(("first", "second"), [(0, 8), (-100, 0), (0, -300)])
def test_a_file_sent_again_under_another_date_is_recognised_however_far_away(shop: Shop, first: int, second: int) -> None:
    def day_of(days: int) -> list[str]:
        return [order(f"a{k:03d}", f"r{k % 9 + 1}", day=DAY + timedelta(days)) for k in range(50)]

    shop.send(day_of(first), "k1")
    later = day_of(second)
    again = shop.send([*later, order("b1")], "k2")
    assert (again.posted, again.conflicts, again.withheld_fen) == (1, 50, 50)
    assert "business_date=" in reconciliation.report(shop.id, again.file)
    assert audit() == []


def test_among_numbers_drawn_at_random_a_file_sent_again_is_recognised_by_a_sample(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    luck = random.Random(7)
    files = [[order(f"{luck.getrandbits(64):016x}", day=DAY - timedelta(day)) for _ in range(200)] for day in range(12)]
    for day, file in enumerate(files):
        shop.send(file, f"k{day}")
    monkeypatch.setattr(facts, "FEWEST_PROBES", 500)  # so that the farther days are looked at by a sample
    monkeypatch.setattr(facts, "PROBES_A_ROW", 1)
    again = shop.send([line.replace(str(DAY - timedelta(2)), str(DAY + timedelta(15))) for line in files[2]], "again")
    assert (again.posted, again.conflicts) == (0, 200)
    found = facts._standing_on  # the control: without the sample it is not seen
    monkeypatch.setattr(facts, "_standing_on", lambda day, asked, platform: found(day, asked.head(asked.height if asked.height == 200 else 0), platform))
    assert shop.send([line.replace(str(DAY - timedelta(3)), str(DAY + timedelta(15))) for line in files[3]], "unseen").posted == 200


def test_an_order_older_than_numbers_are_compared_over_is_not_taken(shop: Shop) -> None:
    platforms.agree(shop.id, Agreement("income", 0.05, date(2025, 1, 1), date(2025, 12, 31), "上年协议"))
    oldest = TODAY - timedelta(limits.DAYS_BACK)
    answer = shop.send([order("a1", day=oldest - timedelta(1)), order("a2", day=oldest)], "k1")
    assert (answer.posted, codes(shop, answer.file)) == (1, [(1, "date_too_old")])


def test_what_the_audit_finds_on_two_dates_is_taken_back_on_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.send([order("a1", "r1", 1010, minutes=30)], "k1")
    with monkeypatch.context() as blind:
        blind.setattr(facts, "_on_other_days", lambda orders: facts._no_conflicts())
        shop.send([order("a1", "r1", 1010, day=DAY + timedelta(9), minutes=30), order("a2")], "k2")
    assert [finding.code for finding in audit()] == ["orders.number_on_two_days"]
    with pytest.raises(InputError) as refusal:
        doubled.take_back(shop.id, "a2", DAY + timedelta(9))
    assert refusal.value.code == "orders.not_doubled"
    done = doubled.take_back(shop.id, "a1", DAY + timedelta(9))
    assert (done.posted, done.withheld_fen) == (1, -51)
    assert doubled.take_back(shop.id, "a1", DAY + timedelta(9)) == done
    assert balance("pending", "person", 101) == 51 + 50
    assert audit() == []


def test_a_refund_may_come_before_its_order_and_gives_the_same_back(shop: Shop) -> None:
    shop.send([order("a1", "r1", -1010, sequence=1, orders=-1)], "k1")
    assert balance("pending", "person", 101) == -51
    shop.send([order("a1", "r1", 1010)], "k2")
    assert balance("pending", "person", 101) == 0
    assert audit() == []


@pytest.mark.parametrize(("changes", "code"), [({"rows": 3}, "orders.count"), ({"income_fen": 1}, "orders.sum")])
def test_a_wrong_declaration_refuses_the_whole_file(shop: Shop, changes: dict[str, int], code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        shop.send([order("a1"), order("a2")], "k1", **changes)
    assert refusal.value.code == code
    assert row("SELECT count(*) FROM orders_fact")[0] == row("SELECT count(*) FROM ledger_entry")[0] == 0
    assert row("SELECT code FROM orders_refusal")[0] == code
    assert shop.send([order("a1"), order("a2")], "k1").posted == 2  # mended, the same key may come again


def test_each_wrong_row_is_named_and_the_others_are_taken(shop: Shop) -> None:
    answer = shop.send([
        order("a1"), order("a 2"), order("a3", day=date(2027, 1, 1)), order("a4", worker="=1+1"), order("a5", income=-5),
        order("a6", sequence=-1), order("a7", orders=3), order("a8", minutes="1.5"), order("a9", day=date(2025, 12, 31)),
        order("b1"), order("b1", income=2), order("b2"), order("b2"),
        f"2026-02-30,c1,0,r1,{1},,", f"{DAY},c2,0,r1,1e2,,", f"{DAY},,0,r1,1,,"], "k1")
    assert codes(shop, answer.file) == [
        (2, "bad_order_number"), (3, "date_in_future"), (4, "bad_worker"), (5, "bad_income"), (6, "bad_sequence"),
        (7, "bad_orders"), (8, "bad_minutes"), (9, "no_agreement"), (10, "contradiction"), (11, "contradiction"),
        (14, "bad_business_date"), (15, "bad_income"), (16, "bad_order_number")]
    assert (answer.rows, answer.posted, answer.duplicates, answer.rejected) == (16, 2, 1, 13)
    assert audit() == []


def test_an_unknown_workers_money_waits_and_follows_the_person(shop: Shop) -> None:
    answer = shop.send([order("a1", "stranger", 2000), order("a2", "r1", 1000)], "k1")
    assert (answer.posted, answer.unknown) == (2, 1)
    assert [(w.worker, w.orders, w.fen) for w in reconciliation.unknown_workers(shop.id)] == [("stranger", 1, 100)]
    assert balance("pending", "platform", shop.id) == 100
    assert workers.link(shop.id, "stranger", 300, proof="身份核验") == 100
    assert (balance("pending", "platform", shop.id), balance("pending", "person", 300)) == (0, 100)
    assert reconciliation.unknown_workers(shop.id) == []
    shop.send([order("a3", "stranger", 2000)], "k2")
    assert balance("pending", "person", 300) == 200
    assert audit() == []
    with pytest.raises(Conflict):
        workers.link(shop.id, "stranger", 301, proof="另一人")


def test_a_worker_with_employee_insurance_is_exempt_on_its_days(shop: Shop) -> None:
    workers.exempt(101, DAY, DAY + timedelta(days=1), proof="参保证明 2026-11", approved_by=7)
    answer = shop.send([order("a1"), order("a2", day=DAY + timedelta(days=1)), order("a3", day=DAY + timedelta(days=2)),
                        order("a4", "r2")], "k1")
    assert (answer.posted, answer.exempt, answer.withheld_fen) == (4, 2, 100)
    assert balance("pending", "person", 101) == 50
    assert [(w.worker, w.orders) for w in reconciliation.exempt_workers(shop.id)] == [("r1", 2)]
    with pytest.raises(Conflict):
        workers.exempt(101, DAY, DAY, proof="重复", approved_by=7)


def test_one_person_works_on_two_platforms(shop: Shop) -> None:
    other = open_shop("ride")
    shop.send([order("a1", "r1", 1000)], "k1")
    other.send([order("a1", "r1", 3000)], "k1")  # the same number elsewhere is another order
    assert balance("pending", "person", 101) == 200
    assert balance("platform_receivable", "platform", other.id) == -150
    assert audit() == []


@pytest.mark.parametrize(("agreement", "withheld"), [
    (("order", 0.125), 13 + 13 - 13), (("hours", 12.0), 600 + 20 - 600), (("income", 0.1), 100 + 5 - 100)])
def test_the_three_ways_to_withhold(database: str, agreement: tuple[str, float], withheld: int) -> None:
    shop = open_shop("three", agreement=Agreement(*agreement, date(2026, 1, 1), date(2026, 12, 31), "协议"))
    answer = shop.send([order("a1", income=1000, minutes=30), order("a2", income=50, minutes=1),
                        order("a1", income=-1000, minutes=-30, sequence=1, orders=-1)], "k1")
    assert answer.withheld_fen == withheld


def test_hours_must_be_said_where_they_count(database: str) -> None:
    shop = open_shop("hours", agreement=Agreement("hours", 12.0, date(2026, 1, 1), date(2026, 12, 31), "协议"))
    answer = shop.send([order("a1", minutes=30), order("a2")], "k1")
    assert codes(shop, answer.file) == [(2, "minutes_needed")]


def test_agreements_of_a_platform_never_overlap(shop: Shop) -> None:
    from lingbao.registry.orders import platforms

    with pytest.raises(Conflict):
        platforms.agree(shop.id, Agreement("order", 1.0, date(2026, 12, 31), date(2027, 1, 31), "另一份协议"))


def test_in_the_sandbox_everything_happens_but_money(database: str) -> None:
    shop = open_shop("trial", sandbox=True)
    answer = shop.send([order("a1"), order("a2", "stranger")], "k1")
    assert (answer.posted, answer.withheld_fen, answer.entry) == (2, 100, None)
    workers.link(shop.id, "stranger", 300, proof="试验")
    assert row("SELECT count(*) FROM ledger_entry")[0] == 0
    assert audit() == []


def test_many_workers_are_linked_at_once_and_waiting_money_follows(shop: Shop) -> None:
    shop.send([order("a1", "n1", 2000), order("a2", "n2", 4000)], "k1")
    workers.link_many(shop.id, {"n1": 301, "n2": 302, "n3": 303}, proof="签约记录")
    assert (balance("pending", "person", 301), balance("pending", "person", 302)) == (100, 200)
    assert audit() == []
    with pytest.raises(Conflict):
        workers.link_many(shop.id, {"n3": 304}, proof="另一人")


def test_many_files_of_a_new_day_may_come_at_the_same_moment(shop: Shop) -> None:
    import threading

    from django.db import connection

    answers, together = [], threading.Barrier(8)

    def send(number: int) -> None:
        row("SELECT to_regclass('orders_fact_20261105')")  # what each connection remembers: there is no such day
        together.wait()
        try:
            answers.append(shop.send([order(f"n{number}-{k}", f"r{k % 9 + 1}", day=date(2026, 11, 5)) for k in range(20)], f"k{number}"))
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [answer.posted for answer in answers] == [20] * 8
    assert audit() == []
