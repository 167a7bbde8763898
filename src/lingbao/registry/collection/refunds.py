"""Money that leaves: overpayments refunded by two persons, contributions taken back, never a fen twice."""

from __future__ import annotations

import secrets
from datetime import date

from django.db import DatabaseError, connection, transaction

from lingbao.law.store import Law
from lingbao.registry.collection.holdings import lock_person
from lingbao.registry.collection.messages import Message
from lingbao.registry.errors import Conflict, NotFound, Overdrawn, name_constraint, translated
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post, reverse
from lingbao.registry.ledger.queries import balance
from lingbao.registry.record.crediting import void
from lingbao.registry.session import SYSTEM, Actor

name_constraint("collection_refund_two_actors", Conflict, "collection.two_actors",
                "退款须由两人办理：提出人与批准人不能是同一人。", "A refund takes two: who proposes it cannot approve it.")


def propose_refund(actor: Actor, person: int, province: str, amount_fen: int, *, channel: str, reason: str) -> int:
    """Record the wish that money in suspense be paid back, by the person or a clerk; return its number."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by)"
                       " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id", [person, province, channel, amount_fen, reason, actor.id])
        return int(cursor.fetchone()[0])


def approve_refund(actor: Actor, law: Law, proposal: int) -> str:
    """Set the money aside and return the number under which the bank is asked to pay it back.

    Raises
    ------
    NotFound
        If there is no such proposal for this actor.
    Conflict
        If proposer and approver are one, or it was approved before.
    Overdrawn
        If the suspense account holds less by now.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, province, channel, amount_fen, reason, proposed_by FROM collection_refund_proposal"
                       " WHERE id = %s", [proposal])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("collection.no_proposal", value=proposal, zh=f"没有第 {proposal} 号退款申请。",
                       en=f"There is no proposal {proposal} of a refund.")
    person, province, channel, amount, reason, proposer = row
    if proposer == actor.id:
        raise Conflict("collection.two_actors", value=proposal, zh="退款须由两人办理：提出人与批准人不能是同一人。",
                       en="A refund takes two: who proposes it cannot approve it.")
    lock_person(person)
    suspense, payable = open_accounts([
        AccountName("suspense", "person", person, province), AccountName("refund_payable", "person", person, province)])
    draft = Draft("refund_set_aside", [Leg(suspense, -amount), Leg(payable, amount)], source=f"refund:{proposal}")
    entry = post([draft], actor=actor.id, law_hash=law.hash, reason=reason, value_date=_today())[0]
    return _ask_refund(actor, person, province, channel, amount, entry, proposer)


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
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(r.amount_fen), 0)::bigint FROM collection_request r WHERE r.kind = 'refund' AND r.person_id = %s"
            " AND r.province = %s AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number)", [person, province])
        asked, = cursor.fetchone()
        free = balance(payable) - asked
        if amount_fen > free:
            raise Overdrawn("collection.not_owed", value=amount_fen, zh=f"可支付的应付款只有 {free} 分。",
                            en=f"Only {free} fen are owed and not asked for yet.")
        cursor.execute("SELECT max(entry_id) FROM ledger_leg WHERE account_id = %s AND amount_fen > 0", [payable])
        cause, = cursor.fetchone()
    return _ask_refund(actor, person, province, channel, amount_fen, cause, proposed_by)


def _ask_refund(actor: Actor, person: int, province: str, channel: str, amount: int, entry: int, proposer: int) -> str:
    number = f"R{secrets.token_hex(12)}"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO collection_request (number, kind, person_id, province, channel, amount_fen, entry_id,"
                           " proposed_by, approved_by) VALUES (%s, 'refund', %s, %s, %s, %s, %s, %s, %s)",
                           [number, person, province, channel, amount, entry, proposer, actor.id])
    except DatabaseError as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error
    return number


def finish_refund(message: Message, person: int, province: str, set_aside: int) -> int | None:
    """Book the outcome of a refund and return the entry: paid out, or back into suspense.

    A payment of what was owed anyway, when it fails, leaves it owed: nothing is booked.

    Raises
    ------
    Conflict
        If the bank reported another outcome before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM collection_message WHERE number = %s", [message.number])
        if cursor.fetchone() is not None:
            raise Conflict("collection.settled_before", value=message.number, zh="该退款已有结果，银行又报了另一结果。请与银行对账。",
                           en="This refund has an outcome already and the bank reports another. Reconcile.")
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
    """Reverse a contribution paid in error: the money returns to suspense and the month is free again.

    Raises
    ------
    NotFound
        If the entry paid no part of a bill.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id FROM collection_part WHERE entry_id = %s AND dropped IS NULL", [entry])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("collection.no_contribution", value=entry, zh=f"第 {entry} 号分录不是缴费，或已经退回。",
                       en=f"Entry {entry} is no contribution, or was taken back before.")
    lock_person(row[0])
    undone = reverse(entry, actor=actor.id, reason=reason)
    void(entry, undone)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collection_part SET dropped = %s WHERE entry_id = %s", [f"{reason}（分录 {undone}）", entry])
    return undone


def _today() -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_day(clock_timestamp())")
        today: date = cursor.fetchone()[0]
    return today

