"""Money in suspense: it pays the next bill by itself, unless it is asked back; a year paid in another way leaves it waiting."""

from __future__ import annotations

import pytest
from made_up import Office, accounts, as_owner, moved, registered, worker
from test_bills import LAW, MAY, billed, member
from test_payments import COST, IN_MAY, asked, delivered, holds, in_order, months_on_record


def test_money_that_waits_pays_the_next_bill_at_once(office: Office) -> None:
    """Twice the amount, and then the next bill: it asks for nothing, so no payment would ever come to settle it."""
    from lingbao.registry.collection.bank import StandInBank

    himself = worker(registered(office.clerk))
    membership = member(himself, himself.person)
    billed(himself, membership, MAY)
    bank = StandInBank()
    asked(himself, 2 * COST + 1, bank)
    delivered(bank)
    assert (months_on_record(himself.person), holds(himself.person, "suspense")) == ([MAY], COST + 1)
    bill = billed(himself, membership, MAY + 1)
    assert (bill.open_fen, bill.paid_fen) == (0, COST)
    assert (months_on_record(himself.person), holds(himself.person, "suspense")) == ([MAY, MAY + 1], 1)
    assert as_owner("SELECT value_date, actor FROM ledger_entry WHERE kind = 'contribution' ORDER BY id DESC LIMIT 1") == [(IN_MAY, 0)]
    assert billed(himself, membership, MAY + 2).open_fen == COST  # one fen does not pay a month
    in_order()


def test_a_year_paid_in_another_way_is_not_paid_twice(office: Office) -> None:
    """A platform's money paid the year after it was billed: what comes for the bill waits, and the message is taken."""
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.bills import bill_fee
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, run_as

    himself = worker(registered(office.clerk))
    membership = member(himself, himself.person, standing="resident", choice=Choice("fee", 500.0, 12))
    run_as(himself, lambda: bill_fee(himself, LAW, membership, 2024))
    account, = accounts("resident_account", owner=himself.person)
    bank_account, = accounts("bank", owner=36, owner_kind="province")
    entry = moved((bank_account, -50_000), (account, 50_000), value_date=IN_MAY)
    run_as(SYSTEM, lambda: credit_years([PaidYear(himself.person, 2024, "36", 50_000, 0, 0, entry, IN_MAY)]))
    bank = StandInBank()
    asked(himself, 50_000, bank)
    assert delivered(bank)[0].months == ()
    assert (holds(himself.person, "suspense"), holds(himself.person, "resident_account")) == (50_000, 50_000)
    assert as_owner("SELECT entry_id, dropped IS NOT NULL FROM collection_part") == [(None, True)]
    in_order()


def test_a_refund_is_refused_with_its_reason_and_what_is_asked_back_pays_no_bill(office: Office) -> None:
    from lingbao.law.errors import InputError
    from lingbao.registry.collection.bank import Manners, StandInBank
    from lingbao.registry.collection.proposals import free, proposal_of, propose_refund
    from lingbao.registry.collection.refunds import approve_refund, refuse_refund
    from lingbao.registry.errors import Conflict, Forbidden
    from lingbao.registry.session import run_as

    himself = worker(registered(office.clerk))
    bank = StandInBank()
    asked(himself, COST, bank)
    delivered(bank)
    wish = run_as(himself, lambda: propose_refund(himself, himself.person, "36", COST, channel=bank.channel, reason="不缴了"))
    assert free("suspense", himself.person, "36") == 0
    membership = member(himself, himself.person)
    assert billed(himself, membership, MAY).open_fen == COST
    with pytest.raises(InputError):
        run_as(office.supervisor, lambda: refuse_refund(office.supervisor, wish, reason=" "))
    with pytest.raises(Forbidden):
        run_as(office.clerk, lambda: refuse_refund(office.clerk, wish, reason="不符"))
    run_as(office.supervisor, lambda: refuse_refund(office.supervisor, wish, reason="仍有待缴月份"))
    found = run_as(himself, lambda: proposal_of(wish))
    assert (found.state, found.answer) == ("refused", "仍有待缴月份")
    with pytest.raises(Conflict):
        run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish))
    assert (months_on_record(himself.person), free("suspense", himself.person, "36")) == ([MAY], 0)
    asked(himself, COST, bank)
    delivered(bank)
    again = run_as(himself, lambda: propose_refund(himself, himself.person, "36", COST - 1, channel=bank.channel, reason="不缴了"))
    billed(himself, membership, MAY + 1)
    asked(himself, COST - 2, bank)
    assert delivered(bank)[0].months == ()  # with the fen not asked back it is one short: what is asked back pays no bill
    broken = StandInBank(manners=Manners(fails=1.0), seed=9)
    broken.pay_back(run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, again)), COST - 1, IN_MAY)
    assert delivered(broken)[0].months == (MAY + 1,)  # the bank could not pay it out
    in_order()


def test_a_wish_that_nobody_answered_is_withdrawn_by_who_had_it_and_the_money_pays_the_bill(office: Office) -> None:
    from lingbao.registry.collection.bank import StandInBank
    from lingbao.registry.collection.proposals import proposal_of, propose_refund
    from lingbao.registry.collection.refunds import approve_refund, withdraw_refund
    from lingbao.registry.errors import Conflict, Forbidden, NotFound
    from lingbao.registry.session import run_as

    himself, stranger = worker(registered(office.clerk)), worker(registered(office.clerk, 2))
    bank = StandInBank()
    asked(himself, COST, bank)
    delivered(bank)
    wish = run_as(himself, lambda: propose_refund(himself, himself.person, "36", COST, channel=bank.channel, reason="不缴了"))
    billed(himself, member(himself, himself.person), MAY)
    assert months_on_record(himself.person) == []  # what is asked back pays no bill
    with pytest.raises(NotFound):
        run_as(stranger, lambda: withdraw_refund(stranger, wish))
    with pytest.raises(Forbidden):
        run_as(office.supervisor, lambda: withdraw_refund(office.supervisor, wish))
    run_as(himself, lambda: withdraw_refund(himself, wish))
    assert run_as(himself, lambda: proposal_of(wish)).state == "withdrawn"
    assert (months_on_record(himself.person), holds(himself.person, "suspense")) == ([MAY], 0)
    for late in (lambda: run_as(himself, lambda: withdraw_refund(himself, wish)), lambda: run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish))):
        with pytest.raises(Conflict):
            late()
    in_order()


def test_what_is_owed_and_cannot_be_paid_leaves_another_refund_alone(office: Office) -> None:
    """A payment of what is owed is asked for while money of another refund is set aside: the bank fails the one and pays the other."""
    from lingbao.registry.collection.bank import Manners, StandInBank
    from lingbao.registry.collection.proposals import propose_refund
    from lingbao.registry.collection.refunds import approve_refund
    from lingbao.registry.session import run_as

    himself = worker(registered(office.clerk))
    bank, broken = StandInBank(), StandInBank(manners=Manners(fails=1.0), seed=9)
    asked(himself, 500, bank)
    delivered(bank)
    payable, = accounts("refund_payable", owner=himself.person)
    pool, = accounts("pooled", owner=36, owner_kind="province")
    moved((pool, -1_000), (payable, 1_000))

    def approved(fen: int, kind: str) -> str:
        wish = run_as(office.clerk, lambda: propose_refund(office.clerk, himself.person, "36", fen, channel=bank.channel, reason="退付", kind=kind))  # type: ignore[arg-type]
        number = run_as(office.supervisor, lambda: approve_refund(office.supervisor, LAW, wish))
        assert number is not None
        return number

    set_aside, owed = approved(500, "suspense"), approved(1_000, "owed")
    broken.pay_back(owed, 1_000, IN_MAY)
    delivered(broken)
    assert (holds(himself.person, "suspense"), holds(himself.person, "refund_payable")) == (0, 1_500)
    bank.pay_back(set_aside, 500, IN_MAY)
    delivered(bank)
    assert (holds(himself.person, "suspense"), holds(himself.person, "refund_payable")) == (0, 1_000)
    in_order()


def test_what_a_bank_pays_in_after_a_death_is_the_heirs_and_pays_no_bill(office: Office) -> None:
    from datetime import timedelta

    from lingbao.registry.benefits.death import Heir, settle
    from lingbao.registry.benefits.inheritance import rest_of
    from lingbao.registry.collection.bank import StandInBank

    himself = worker(registered(office.clerk))
    billed(himself, member(himself, himself.person), MAY)
    bank = StandInBank()
    asked(himself, COST, bank)
    today, = as_owner("SELECT registry_day(clock_timestamp())")[0]
    settle(office.clerk, "d1", himself.person, died_on=today - timedelta(1), heirs=[Heir("赵", "1")], province="36", disposable_income_fen=400_000, today=today)
    assert delivered(bank)[0].months == ()
    assert (months_on_record(himself.person), rest_of(himself.person)) == ([], COST)
    in_order()
