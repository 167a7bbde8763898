"""Payments through a bank that fails, tarries, doubles and crosses its messages: every fen arrives once and is accounted for."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import Office, accounts, as_owner, moved, registered, worker
from test_bills import LAW, MAY, allowing_catch_up, billed, member

from lingbao.law.month import month

IN_MAY = date(2024, 5, 20)
COST = 76780


def asked(actor: Any, fen: int, bank: Any, on: date = IN_MAY) -> str:
    from lingbao.registry.collection.payments import ask_payment
    from lingbao.registry.session import run_as

    number = run_as(actor, lambda: ask_payment(actor, actor.person, "36", fen, channel=bank.channel))
    bank.collect(number, fen, on)
    return number


def delivered(bank: Any, on: date = IN_MAY, law: Any = LAW) -> list[Any]:
    from lingbao.registry.collection.payments import take_message

    return [take_message(law, *message) for message in bank.messages(on)]


def holds(person: int, kind: str, province: str = "36") -> int:
    from lingbao.registry.ledger.queries import balance

    return balance(accounts(kind, owner=person, province=province)[0])


def months_on_record(person: int) -> list[int]:
    return [row[0] for row in as_owner(f"SELECT month FROM record_month WHERE person_id = {person} AND voided_by IS NULL ORDER BY 1")]


def in_order() -> None:
    from lingbao.registry.audit import audit

    assert audit() == []


@pytest.fixture
def payer(office: Office) -> Any:
    """A worker with bills for May, June and July of 2024."""
    himself = worker(registered(office.clerk))
    membership = member(himself, himself.person)
    for on in (MAY, MAY + 1, MAY + 2):
        billed(himself, membership, on)
    return himself


def test_a_payment_pays_its_month_into_account_and_pool(payer: Any) -> None:
    from lingbao.registry.collection.bank import StandInBank

    bank = StandInBank()
    asked(payer, COST, bank)
    done, = delivered(bank)
    assert done.months == (MAY,)
    assert holds(payer.person, "individual") == 30712
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'pooled'") == [(46068,)]
    assert months_on_record(payer.person) == [MAY]
    entry = as_owner("SELECT kind, value_date, law_hash, source FROM ledger_entry ORDER BY id DESC LIMIT 1")[0]
    assert entry[:3] == ("contribution", IN_MAY, LAW.hash)
    in_order()


def test_part_of_a_month_waits_and_what_is_too_much_stays(payer: Any) -> None:
    from lingbao.registry.collection.bank import StandInBank

    bank = StandInBank()
    asked(payer, COST - 1, bank)
    assert delivered(bank)[0].months == ()
    assert holds(payer.person, "suspense") == COST - 1
    asked(payer, 1 + 2 * COST + 500, bank)
    assert delivered(bank)[0].months == (MAY, MAY + 1, MAY + 2)
    assert holds(payer.person, "suspense") == 500
    in_order()


def test_a_message_is_taken_once_and_an_altered_one_is_refused(payer: Any) -> None:
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.messages import Message, sign
    from lingbao.registry.collection.payments import take_message
    from lingbao.registry.errors import Conflict, Forbidden, NotFound

    bank = StandInBank()
    number = asked(payer, COST, bank)
    message, signature = bank.messages(IN_MAY)[0]
    first = take_message(LAW, message, signature)
    assert take_message(LAW, message, signature) == first
    assert as_owner("SELECT count(*) FROM ledger_entry") == [(2,)]
    with pytest.raises(Forbidden):
        take_message(LAW, message, sign(Message(message.channel, "else", "paid", number, COST, IN_MAY)))
    for fields, error in (({"amount_fen": COST + 1}, Conflict), ({"paid_on": IN_MAY + timedelta(1)}, Conflict),
                          ({"reference": "r1"}, Conflict), ({"reference": "r2", "amount_fen": COST + 1}, Conflict), ({"reference": "r3", "kind": "refunded"}, Conflict),
                          ({"reference": "r4", "number": "P-unknown-1"}, NotFound)):
        altered = Message(**{**vars(message), **fields})
        with pytest.raises(error):
            take_message(LAW, altered, sign(altered))
    assert as_owner("SELECT count(*) FROM ledger_entry") == [(2,)]
    in_order()


def test_the_day_the_bank_took_the_money_counts_however_late_it_says_so(payer: Any) -> None:
    from lingbao.registry.collection.bank import Manners, StandInBank

    slow = StandInBank(manners=Manners(tarries=1.0, longest_delay=90), seed=3)
    asked(payer, COST, slow, on=date(2024, 5, 31))
    assert delivered(slow, date(2024, 5, 31)) == []
    assert delivered(slow, date(2024, 12, 1))[0].months == (MAY,)
    assert as_owner("SELECT value_date FROM ledger_entry WHERE kind = 'contribution'") == [(date(2024, 5, 31),)]


@pytest.mark.parametrize(("paid_on", "allowed", "paid"), [
    (date(2024, 6, 1), False, [MAY + 1]), (date(2024, 6, 1), True, [MAY]),
    (date(2025, 1, 1), True, []), (date(2024, 12, 31), True, [MAY])])
def test_money_that_comes_late(payer: Any, paid_on: date, allowed: bool, paid: list[int]) -> None:
    """Past months only within the year and where the place lets them be caught up; else the money waits for its owner."""
    from lingbao.registry.collection.bank import StandInBank

    bank = StandInBank()
    asked(payer, COST, bank, on=paid_on)
    done, = delivered(bank, paid_on, allowing_catch_up() if allowed else LAW)
    assert list(done.months) == paid == months_on_record(payer.person)
    assert holds(payer.person, "suspense") == (0 if paid else COST)
    in_order()


def test_a_month_paid_in_another_way_is_not_paid_twice(payer: Any) -> None:
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.record.crediting import PaidMonth, credit_months
    from lingbao.registry.session import SYSTEM, run_as

    bank_account, pooled = accounts("bank", "pooled", owner=36, owner_kind="province")
    individual, = accounts("individual", owner=payer.person)
    entry = moved((bank_account, -100_000), (individual, 40_000), (pooled, 60_000), value_date=IN_MAY)
    run_as(SYSTEM, lambda: credit_months([PaidMonth(payer.person, MAY, "36", 500_000, 40_000, 60_000, entry, IN_MAY)]))
    bank = StandInBank()
    asked(payer, COST, bank)
    assert delivered(bank)[0].months == (MAY + 1,)
    in_order()


def test_parallel_messages_for_one_person_pay_each_month_once(payer: Any) -> None:
    from django.db import connection

    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.payments import take_message

    bank = StandInBank()
    for fen in (COST, COST, COST // 2, COST - COST // 2):
        asked(payer, fen, bank)
    messages = bank.messages(IN_MAY) * 2
    errors: list[BaseException] = []

    def one(message: Any) -> None:
        try:
            take_message(LAW, *message)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert months_on_record(payer.person) == [MAY, MAY + 1, MAY + 2]
    assert holds(payer.person, "suspense") == 0
    in_order()


def test_a_refund_takes_two_and_leaves_the_bank_once(payer: Any, office: Office) -> None:
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.proposals import propose_refund
    from lingbao.registry.collection.refunds import approve_refund
    from lingbao.registry.errors import Conflict, Overdrawn
    from lingbao.registry.session import run_as

    bank = StandInBank()
    asked(payer, 3 * COST + 900, bank)
    delivered(bank)

    def proposed(actor: Any, fen: int) -> int:
        return run_as(actor, lambda: propose_refund(actor, payer.person, "36", fen, channel=bank.channel, reason="多缴"))

    own = proposed(office.supervisor, 900)
    with pytest.raises(Conflict):
        run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, own))
    too_much = proposed(payer, 901)
    with pytest.raises(Overdrawn):
        run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, too_much))
    wish = proposed(payer, 900)
    number = run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish))
    with pytest.raises(Conflict):
        run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish))
    assert (holds(payer.person, "suspense"), holds(payer.person, "refund_payable")) == (0, 900)
    bank.pay_back(number, 900, IN_MAY)
    delivered(bank)
    assert holds(payer.person, "refund_payable") == 0
    assert as_owner("SELECT balance_fen FROM ledger_account WHERE kind = 'bank'") == [(-3 * COST,)]
    in_order()


def test_a_refund_that_fails_goes_back_to_suspense(payer: Any, office: Office) -> None:
    from lingbao.registry.collection.bank import Manners, StandInBank
    from lingbao.registry.collection.proposals import propose_refund
    from lingbao.registry.collection.refunds import approve_refund
    from lingbao.registry.session import run_as

    bank = StandInBank()
    asked(payer, 500, bank)
    delivered(bank)
    wish = run_as(office.clerk, lambda: propose_refund(office.clerk, payer.person, "36", 500, channel=bank.channel, reason="多缴"))
    number = run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish))
    broken = StandInBank(manners=Manners(fails=1.0), seed=9)
    broken.pay_back(number, 500, IN_MAY)
    delivered(broken)
    assert (holds(payer.person, "suspense"), holds(payer.person, "refund_payable")) == (500, 0)
    in_order()


def test_a_contribution_in_error_is_taken_back_and_the_month_is_free_again(payer: Any, office: Office) -> None:
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.refunds import take_back
    from lingbao.registry.enrolment.membership import memberships
    from lingbao.registry.errors import NotFound
    from lingbao.registry.session import run_as

    bank = StandInBank()
    asked(payer, COST, bank)
    entry = delivered(bank)[0].entries[1]
    run_as(office.clerk, lambda: take_back(office.clerk, entry, reason="误缴"))
    assert months_on_record(payer.person) == [MAY + 1]  # the next month is due, and the money pays it
    assert (holds(payer.person, "individual"), holds(payer.person, "suspense")) == (30712, 0)
    with pytest.raises(NotFound):
        run_as(office.clerk, lambda: take_back(office.clerk, entry, reason="误缴"))
    membership = run_as(payer, lambda: memberships(payer.person))[0].id
    assert billed(payer, membership, MAY).open_fen == COST
    asked(payer, COST, bank)
    assert delivered(bank)[0].months == (MAY,)
    in_order()


def test_a_contribution_of_a_number_given_up_is_taken_back_to_the_number_kept(payer: Any, office: Office) -> None:
    from made_up import as_owner, registered

    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.refunds import take_back
    from lingbao.registry.people.merges import decide, propose
    from lingbao.registry.session import run_as
    from lingbao.web.desk.contributions import paid

    bank = StandInBank()
    asked(payer, COST, bank)
    entry = delivered(bank)[0].entries[1]
    kept = registered(office.clerk, 3, "赵一")
    as_owner("UPDATE enrolment_membership SET until = %s, end_reason = '并入另一编号' WHERE person_id = %s", [MAY + 1, payer.person])
    merge = int(propose(office.clerk, "k1", kept, payer.person, reason="核对身份证")["proposal"])
    assert decide(office.supervisor, "d1", merge, accepted=True)["months"] == 1
    assert months_on_record(kept) == [MAY] and holds(kept, "individual") == 30712
    assert [each["entry"] for each in paid(office.clerk, kept)] == [entry]
    run_as(office.clerk, lambda: take_back(office.clerk, entry, reason="误缴"))
    assert months_on_record(kept) == [] and (holds(kept, "individual"), holds(kept, "suspense")) == (0, COST)
    assert (holds(payer.person, "individual"), holds(payer.person, "suspense")) == (0, 0) and paid(office.clerk, kept) == []
    in_order()


chances = st.sampled_from([0.0, 0.3, 1.0])


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(fails=chances, doubles=chances, tarries=chances, seed=st.integers(0, 10**6),
       payments=st.lists(st.integers(1, 3 * COST), min_size=1, max_size=8))
def test_whatever_the_bank_does_its_books_are_ours(
    server: str, fails: float, doubles: float, tarries: float, seed: int, payments: list[int]
) -> None:
    """The bank's own books are the oracle: paid = suspense + contributions, and the months are those the money covers."""
    import conftest_database
    from made_up import open_office

    from lingbao.registry.collection.bank import Manners, StandInBank

    with conftest_database.fresh(server):
        himself = worker(registered(open_office().clerk))
        membership = member(himself, himself.person)
        for on in (MAY, MAY + 1, MAY + 2):
            billed(himself, membership, on)
        bank = StandInBank(manners=Manners(fails, doubles, tarries, True), seed=seed)
        for fen in payments:
            asked(himself, fen, bank)
        for days in range(5):
            delivered(bank, IN_MAY + timedelta(days))
        paid = sum(message.amount_fen for message in bank.books if message.kind == "paid")
        covered = min(paid // COST, 3)
        assert months_on_record(himself.person) == list(range(MAY, MAY + covered))
        assert holds(himself.person, "suspense") == paid - covered * COST
        in_order()


def test_the_audit_sees_a_message_without_its_entry(payer: Any) -> None:
    """Control of the checks of collection: each finds the fault it is for."""
    from lingbao.registry.audit import audit
    from lingbao.registry.collection.bank import StandInBank

    bank = StandInBank()
    asked(payer, COST, bank)
    delivered(bank)
    as_owner("ALTER TABLE collection_message DISABLE TRIGGER ALL; ALTER TABLE collection_part DISABLE TRIGGER ALL;"
             " UPDATE collection_message SET amount_fen = amount_fen + 1; UPDATE collection_part SET entry_id = entry_id + 1000"
             " WHERE entry_id IS NOT NULL")
    assert [f.code for f in audit(["collection.messages", "collection.parts"])] == ["collection.message", "collection.part"]


def test_a_resident_year_brings_its_subsidy(office: Office) -> None:
    """国发〔2014〕8号 四(三): the fee and the government's subsidy both stand in the account; nothing in the pool."""
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.bills import bill_fee, bill_of
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.session import run_as

    himself = worker(registered(office.clerk))
    membership = member(himself, himself.person, standing="resident", choice=Choice("fee", 500.0, 12))
    bill = run_as(himself, lambda: bill_of(bill_fee(himself, LAW, membership, 2024)))
    part, = bill.parts
    assert part.subsidy_fen >= 6000  # the national floor from 500 yuan on is 60 yuan
    bank = StandInBank()
    asked(himself, 50000, bank)
    delivered(bank)
    assert holds(himself.person, "resident_account") == 50000 + part.subsidy_fen
    assert as_owner("SELECT year, fee_fen, subsidy_fen FROM record_year") == [(2024, 50000, part.subsidy_fen)]
    assert month(2024, 1) == part.month
    in_order()
