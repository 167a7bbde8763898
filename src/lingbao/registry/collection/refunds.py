"""Money that leaves: what was proposed is approved by a second person or refused, contributions are taken back, never a fen twice."""

from __future__ import annotations

import secrets

from django.db import connection, transaction

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.collection.contributions import Contribution, check_kept, contribution_of
from lingbao.registry.collection.holdings import (
    book_day,
    lock_person,
    lock_subsidies,
    suspense_account,
)
from lingbao.registry.collection.messages import Message
from lingbao.registry.collection.proposals import (
    ACCOUNTS,
    Proposal,
    asked_of_bank,
    pays_contributions,
    waiting,
)
from lingbao.registry.collection.settling import left_to_heirs, settle_waiting
from lingbao.registry.errors import Conflict, Forbidden, Overdrawn, name_constraint
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post, reverse
from lingbao.registry.ledger.queries import balance
from lingbao.registry.orders.turnover import held_by, taken_from
from lingbao.registry.people.uniting import bring_back, carry_rest, kept_number
from lingbao.registry.record.crediting import void
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning

name_constraint("collection_refund_two_actors", Conflict, "collection.two_actors",
                "退款须由两人办理：提出人与批准人不能是同一人。", "A refund takes two: who proposes it cannot approve it.")


def approve_refund(actor: Actor, law: Law, proposal: int) -> str | None:
    """Do what was proposed; return the number under which the bank is asked to pay, None for a contribution taken back.

    Raises
    ------
    NotFound
        If there is no such proposal for this actor.
    Conflict
        If proposer and approver are one, it was answered before, or the money is left to heirs or pays contributions by now.
    Overdrawn
        If the account holds less by now.
    """
    found = waiting(proposal)
    if found.proposed_by == actor.id:
        raise Conflict("collection.two_actors", value=proposal, zh="退款须由两人办理：提出人与批准人不能是同一人。",
                       en="A refund takes two: who proposes it cannot approve it.")
    request = None
    if found.kind == "contribution":
        assert found.contribution is not None
        take_back(actor, found.contribution, reason=found.reason)
    elif left_to_heirs(found.person):
        raise Conflict("collection.heirs", value=found.person, zh="本人已去世，余款在“死亡待遇”中付给继承人，请退回这项申请。",
                       en="The person has died and what is left goes to the heirs, under 'After a death'; refuse this proposal.")
    elif found.kind == "owed":
        request = pay_out(actor, found.person, found.province, found.amount_fen, channel=found.channel, proposed_by=found.proposed_by)
    else:
        request = _set_aside(actor, law, found)
    _decided(actor, proposal, accepted=True, request=request)
    return request


def _set_aside(actor: Actor, law: Law, found: Proposal) -> str:
    """Take the money from where it lies and ask the bank to pay it; should the bank fail to, it goes back there."""
    lock_person(found.person)
    if found.kind == "withheld" and pays_contributions(found.person):
        raise Conflict("collection.member", value=found.person, zh="本人已参保，这笔代扣款月末会转入缴费，不能退付。请退回这项申请；本人终止参保的，下个月起可以再提出。",
                       en="The person is a member by now and the money pays contributions at the month's end; refuse this proposal. Once the membership has ended it may be made again, from the month after.")
    lies, payable = open_accounts([AccountName(ACCOUNTS[found.kind], "person", found.person, found.province),
                                   AccountName("refund_payable", "person", found.person, found.province)])
    draft = Draft("refund_set_aside", [Leg(lies, -found.amount_fen), Leg(payable, found.amount_fen)], source=f"refund:{found.id}")
    entry = post([draft], actor=actor.id, law_hash=law.hash, reason=found.reason, value_date=book_day())[0]
    return _ask_refund(actor, found.person, found.province, found.channel, found.amount_fen, entry, found.proposed_by)


def refuse_refund(actor: Actor, proposal: int, *, reason: str) -> None:
    """Refuse what was proposed, in writing: nothing leaves, and the same may be proposed anew. What was asked back pays what is due again.

    Raises
    ------
    NotFound
        If there is no such proposal for this actor.
    Conflict
        If it was answered before.
    InputError
        If no reason is given.
    """
    found = waiting(proposal)
    if not reason.strip():
        raise InputError("collection.reason", where="reason", zh="不予退款须写明理由。", en="A refusal needs its reason.")
    _decided(actor, proposal, accepted=False, reason=reason.strip())
    settle_waiting(Law.load(), found.person, found.province)


def withdraw_refund(actor: Actor, proposal: int) -> None:
    """Take a wish back, as the person who had it, while nobody has answered it; the money is there for the next bill again.

    Raises
    ------
    NotFound
        If there is no such proposal for this actor.
    Conflict
        If it was answered before.
    Forbidden
        If somebody else proposed it.
    """
    found = waiting(proposal)
    if found.proposed_by != actor.id:
        raise Forbidden("collection.others_wish", value=proposal, zh="这项申请不是您本人提出的，不能撤回。有疑问请与经办机构联系。",
                        en="You did not ask for this yourself, so you cannot take it back. Ask the agency about it.")
    _decided(actor, proposal, accepted=False, withdrawn=True)
    settle_waiting(Law.load(), found.person, found.province)


def _decided(actor: Actor, proposal: int, *, accepted: bool, withdrawn: bool = False, reason: str = "", request: str | None = None) -> None:
    returning("INSERT INTO collection_refund_decision (proposal_id, accepted, withdrawn, reason, request, decided_by) VALUES (%s, %s, %s, %s, %s, %s)"
              " RETURNING proposal_id", [proposal, accepted, withdrawn, reason, request, actor.id])


def pay_out(actor: Actor, person: int, province: str, amount_fen: int, *, channel: str, proposed_by: int) -> str:
    """Ask the bank to pay what a person is owed already, such as a subsidy; return the number to ask under.

    Raises
    ------
    Conflict
        If proposer and approver are one.
    Overdrawn
        If less is owed than that and what the bank has been asked for before.
    """
    lock_person(person)
    payable, = open_accounts([AccountName("refund_payable", "person", person, province)])
    left = balance(payable) - asked_of_bank(person, province)
    if amount_fen > left:
        raise Overdrawn("collection.not_owed", value=amount_fen, zh=f"可支付的应付款只有 {left} 分，不能支付 {amount_fen} 分。请退回后按余额重新提出。",
                        en=f"Only {left} fen are owed and not asked for yet, not {amount_fen}. Refuse this and propose what is left.")
    with connection.cursor() as cursor:
        # Never what was set aside for another refund: should the bank fail, that one would be undone.
        cursor.execute("SELECT max(l.entry_id) FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id"
                       " WHERE l.account_id = %s AND l.amount_fen > 0 AND e.kind <> 'refund_set_aside'", [payable])
        cause, = cursor.fetchone()
    return _ask_refund(actor, person, province, channel, amount_fen, cause, proposed_by)


def _ask_refund(actor: Actor, person: int, province: str, channel: str, amount: int, entry: int, proposer: int) -> str:
    number = f"R{secrets.token_hex(12)}"
    with transaction.atomic():
        returning("INSERT INTO collection_request (number, kind, person_id, province, channel, amount_fen, entry_id, proposed_by, approved_by)"
                  " VALUES (%s, 'refund', %s, %s, %s, %s, %s, %s, %s) RETURNING 1", [number, person, province, channel, amount, entry, proposer, actor.id])
    return number


def finish_refund(message: Message, person: int, province: str, set_aside: int) -> int | None:
    """Book the outcome of a refund and return the entry: paid out, or back to where the money was taken from.

    A payment of what was owed anyway, when it fails, leaves it owed: nothing is booked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, law_hash FROM ledger_entry WHERE id = %s", [set_aside])
        cause, law_hash = cursor.fetchone()
    if message.kind == "refund_failed":
        if cause != "refund_set_aside":
            return None
        return reverse(set_aside, actor=SYSTEM.id, reason=f"退款未成功 {message.number}", value_date=message.paid_on)
    bank, payable = open_accounts([
        AccountName("bank", "province", int(province), province), AccountName("refund_payable", "person", person, province)])
    draft = Draft("refund_paid", [Leg(payable, -message.amount_fen), Leg(bank, message.amount_fen)],
                  source=f"{message.channel}:{message.reference}")
    return post([draft], actor=SYSTEM.id, law_hash=law_hash, reason=f"退款 {message.number}", value_date=message.paid_on)[0]


def take_back(actor: Actor, entry: int, *, reason: str) -> int:
    """Reverse a contribution paid in error: the money returns to where it was, its months are free again, its subsidies are taken back.

    What was paid on a bill returns to suspense and pays other bills that are open. What platforms had withheld is withheld money again, all
    months of the entry together: it pays months to come, and never those again that were taken back. What a merge carried to another number comes
    back first, and what returns is that number's. A subsidy that was paid out already is kept
    back from the money that returns.

    Raises
    ------
    NotFound
        If the entry is no contribution.
    """
    found = contribution_of(entry)
    kept = kept_number(found.person)
    for number in sorted({kept, found.person}):
        lock_person(number)
    lock_subsidies(found.province)
    check_kept(found)
    if kept != found.person:
        with acting_as(SYSTEM):
            bring_back(kept, found.person, entry, actor=actor.id)
            undone = reverse(entry, actor=actor.id, reason=reason)
            void(kept, entry, undone)
            void(found.person, entry, undone)
            carry_rest(kept, found.person, entry, actor=actor.id)
    elif found.turned_over:  # the books of several provinces may have a part in it
        with acting_as(SYSTEM):
            undone = reverse(entry, actor=actor.id, reason=reason)
            void(found.person, entry, undone)
    else:
        undone = reverse(entry, actor=actor.id, reason=reason)
        void(found.person, entry, undone)
    with acting_as(SYSTEM):
        _take_back_subsidies(found, kept, reason)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collection_part SET dropped = %s WHERE entry_id = %s", [f"{reason}（分录 {undone}）", entry])
    settle_waiting(Law.load(), kept, found.province)
    return undone


def _take_back_subsidies(found: Contribution, kept: int, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT e.id, e.law_hash, a.id, l.amount_fen, s.person_id FROM collection_subsidy s CROSS JOIN unnest(%s::integer[]) AS paid (month)"
                       " JOIN ledger_entry e ON e.kind = 'subsidy' AND e.source = s.id || ':' || %s || ':' || paid.month"
                       " AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)"
                       " JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'refund_payable'"
                       " WHERE s.person_id = ANY(%s) ORDER BY e.id", [found.months, str(found.entry), [kept, found.person]])
        subsidies = cursor.fetchall()
    for subsidy, law_hash, payable, amount, person in subsidies:
        short = amount - (balance(payable) - asked_of_bank(person, found.province))
        if short > 0:
            back = taken_from(held_by([kept])[kept], short, found.province) if found.turned_over else [Leg(suspense_account(kept, found.province), -short)]
            recovered = Draft("subsidy_recovered", [*back, Leg(payable, short)], source=f"subsidy:{subsidy}")
            post([recovered], actor=SYSTEM.id, law_hash=law_hash, reason=reason, value_date=book_day())
        reverse(subsidy, actor=SYSTEM.id, reason=reason)
