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
    from lingbao.registry.collection.refunds import (
        approve_refund,
        free,
        proposal_of,
        propose_refund,
        refuse_refund,
    )
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
