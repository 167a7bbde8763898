"""Money that leaves: overpayments refunded by two persons, contributions taken back, never a fen twice."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db import DatabaseError, connection, transaction

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.collection.holdings import lock_person, lock_subsidies, suspense_account
from lingbao.registry.collection.messages import Message
from lingbao.registry.collection.settling import asked_back, settle_waiting
from lingbao.registry.errors import Conflict, NotFound, Overdrawn, name_constraint, translated
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post, reverse
from lingbao.registry.ledger.queries import balance
from lingbao.registry.record.crediting import void
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning

name_constraint("collection_refund_two_actors", Conflict, "collection.two_actors",
                "退款须由两人办理：提出人与批准人不能是同一人。", "A refund takes two: who proposes it cannot approve it.")
name_constraint("collection_refund_decision_pkey", Conflict, "collection.answered", "这项申请已经办结。", "This request is answered already.")


@dataclass(frozen=True)
class Proposal:
    """A wish that money leave, or that a contribution be taken back, with its answer.

    Attributes
    ----------
    kind : str
        ``suspense`` (paid too much), ``owed`` (such as a subsidy) or ``contribution`` (paid in error: back to suspense).
    contribution : int or None
        The entry to be taken back.
    accepted : bool or None
        None while it waits.
    answer : str
        Why it is refused.
    request, outcome : str or None
        Under which the bank was asked, and what it said: ``refunded`` or ``refund_failed``.
    """

    id: int
    person: int
    province: str
    kind: str
    channel: str
    amount_fen: int
    reason: str
    proposed_by: int
    proposed_at: datetime
    contribution: int | None
    accepted: bool | None
    answer: str | None
    request: str | None
    outcome: str | None

    @property
    def state(self) -> str:
        """``waiting``, ``refused``, ``taken_back``, ``asked`` (of the bank), ``paid`` or ``failed``."""
        if self.accepted is None:
            return "waiting"
        if not self.accepted:
            return "refused"
        if self.request is None:
            return "taken_back"
        return {None: "asked", "refunded": "paid"}.get(self.outcome, "failed")


_PROPOSAL = ("SELECT p.id, p.person_id, p.province, p.kind, p.channel, p.amount_fen, p.reason, p.proposed_by, p.proposed_at, p.contribution, d.accepted,"
             " d.reason, d.request, (SELECT m.kind FROM collection_message m WHERE m.number = d.request ORDER BY m.received_at DESC LIMIT 1)"
             " FROM collection_refund_proposal p LEFT JOIN collection_refund_decision d ON d.proposal_id = p.id")


def proposals_of(person: int) -> list[Proposal]:
    """Return the proposals that concern a person, the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_PROPOSAL} WHERE p.person_id = %s ORDER BY p.id DESC", [person])
        return [Proposal(*row) for row in cursor.fetchall()]


def proposal_of(number: int) -> Proposal:
    """Return a proposal; `NotFound` if the actor may not know of it."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_PROPOSAL} WHERE p.id = %s", [number])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("collection.no_proposal", value=number, zh=f"没有第 {number} 号退款申请。", en=f"There is no proposal {number} of a refund.")
    return Proposal(*row)


def free(kind: Literal["suspense", "owed"], person: int, province: str) -> int:
    """Return what may be asked back of a person's money in suspense, or of what is owed [fen]: less what waits for an answer or for the bank."""
    if _left_to_heirs(person):
        return 0
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT balance_fen FROM ledger_account WHERE kind = %s AND owner_kind = 'person' AND owner_id = %s AND province = %s",
                       ["suspense" if kind == "suspense" else "refund_payable", person, province])
        row = cursor.fetchone()
        left = (0 if row is None else int(row[0])) - asked_back(person, province, kind)
        return left - (_asked(cursor, person, province) if kind == "owed" else 0)


def _left_to_heirs(person: int) -> bool:
    """Whether the person has died and the death is settled: what is left is paid to the heirs alone."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM benefit_death WHERE person_id = %s)", [person])
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True)
class Owed:
    """What may be paid out to a person in a province [fen]."""

    person: int
    province: str
    fen: int


def owed_to_persons(province: str | None, most: int = 500) -> list[Owed]:
    """Return to whom something is owed, such as a subsidy, that was neither proposed nor asked of the bank yet (None: wherever one may see)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM (SELECT a.owner_id, a.province, a.balance_fen - coalesce((SELECT sum(r.amount_fen) FROM collection_request r WHERE r.kind = 'refund'"
            " AND r.person_id = a.owner_id AND r.province = a.province AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number)), 0)::bigint"
            " - coalesce((SELECT sum(p.amount_fen) FROM collection_refund_proposal p WHERE p.kind = 'owed' AND p.person_id = a.owner_id AND p.province = a.province"
            " AND NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = p.id)), 0)::bigint AS fen FROM ledger_account a"
            " WHERE a.kind = 'refund_payable' AND a.owner_kind = 'person' AND a.balance_fen > 0 AND a.province = coalesce(%s, a.province)"
            " AND NOT EXISTS (SELECT FROM benefit_death d WHERE d.person_id = a.owner_id)) owed"
            " WHERE fen > 0 ORDER BY fen DESC, owner_id LIMIT %s", [province, most])
        return [Owed(*row) for row in cursor.fetchall()]


def propose_refund(actor: Actor, person: int, province: str, amount_fen: int, *, channel: str, reason: str,
                   kind: Literal["suspense", "owed"] = "suspense") -> int:
    """Record the wish that money in suspense be paid back (by the person or a clerk), or what is owed (by a clerk); return its number."""
    return returning("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by, kind)"
                     " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id", [person, province, channel, amount_fen, reason, actor.id, kind])


def propose_take_back(actor: Actor, entry: int, *, reason: str) -> int:
    """Record the wish that a contribution paid in error be taken back; return its number.

    Raises
    ------
    NotFound
        If the entry paid no part of a bill.
    Conflict
        If that is proposed already.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.person_id, b.province, p.amount_fen, EXISTS (SELECT FROM collection_refund_proposal w WHERE w.contribution = p.entry_id AND"
                       " NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = w.id)) FROM collection_part p"
                       " JOIN collection_bill b ON b.id = p.bill_id WHERE p.entry_id = %s AND p.dropped IS NULL", [entry])
        row = cursor.fetchone()
    if row is None:
        raise _no_contribution(entry)
    person, province, amount, waits = row
    if waits:
        raise Conflict("collection.proposed", value=entry, zh="已经提出退回这笔缴费，正在等待批准。", en="That this contribution be taken back is proposed already.")
    return returning("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by, kind, contribution)"
                     " VALUES (%s, %s, '', %s, %s, %s, 'contribution', %s) RETURNING id", [person, province, amount, reason, actor.id, entry])


def approve_refund(actor: Actor, law: Law, proposal: int) -> str | None:
    """Do what was proposed; return the number under which the bank is asked to pay, None for a contribution taken back.

    Raises
    ------
    NotFound
        If there is no such proposal for this actor.
    Conflict
        If proposer and approver are one, or it was answered before.
    Overdrawn
        If the account holds less by now.
    """
    found = _waiting(proposal)
    if found.proposed_by == actor.id:
        raise Conflict("collection.two_actors", value=proposal, zh="退款须由两人办理：提出人与批准人不能是同一人。",
                       en="A refund takes two: who proposes it cannot approve it.")
    request = None
    if found.kind == "contribution":
        assert found.contribution is not None
        take_back(actor, found.contribution, reason=found.reason)
    elif _left_to_heirs(found.person):
        raise Conflict("collection.heirs", value=found.person, zh="本人已去世，余款在“死亡待遇”中付给继承人，请退回这项申请。",
                       en="The person has died and what is left goes to the heirs, under 'After a death'; refuse this proposal.")
    elif found.kind == "owed":
        request = pay_out(actor, found.person, found.province, found.amount_fen, channel=found.channel, proposed_by=found.proposed_by)
    else:
        lock_person(found.person)
        suspense, payable = open_accounts([
            AccountName("suspense", "person", found.person, found.province), AccountName("refund_payable", "person", found.person, found.province)])
        draft = Draft("refund_set_aside", [Leg(suspense, -found.amount_fen), Leg(payable, found.amount_fen)], source=f"refund:{proposal}")
        entry = post([draft], actor=actor.id, law_hash=law.hash, reason=found.reason, value_date=_today())[0]
        request = _ask_refund(actor, found.person, found.province, found.channel, found.amount_fen, entry, found.proposed_by)
    _decided(actor, proposal, accepted=True, request=request)
    return request


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
    found = _waiting(proposal)
    if not reason.strip():
        raise InputError("collection.reason", where="reason", zh="不予退款须写明理由。", en="A refusal needs its reason.")
    _decided(actor, proposal, accepted=False, reason=reason.strip())
    settle_waiting(Law.load(), found.person, found.province)


def _waiting(number: int) -> Proposal:
    found = proposal_of(number)
    if found.accepted is not None:
        raise Conflict("collection.answered", value=number, zh="这项申请已经办结。", en="This request is answered already.")
    return found


def _decided(actor: Actor, proposal: int, *, accepted: bool, reason: str = "", request: str | None = None) -> None:
    returning("INSERT INTO collection_refund_decision (proposal_id, accepted, reason, request, decided_by) VALUES (%s, %s, %s, %s, %s) RETURNING proposal_id",
              [proposal, accepted, reason, request, actor.id])


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
        left = balance(payable) - _asked(cursor, person, province)
        if amount_fen > left:
            raise Overdrawn("collection.not_owed", value=amount_fen, zh=f"可支付的应付款只有 {left} 分。",
                            en=f"Only {left} fen are owed and not asked for yet.")
        cursor.execute("SELECT max(entry_id) FROM ledger_leg WHERE account_id = %s AND amount_fen > 0", [payable])
        cause, = cursor.fetchone()
    return _ask_refund(actor, person, province, channel, amount_fen, cause, proposed_by)


def _asked(cursor: Any, person: int, province: str) -> int:
    cursor.execute("SELECT coalesce(sum(r.amount_fen), 0)::bigint FROM collection_request r WHERE r.kind = 'refund' AND r.person_id = %s"
                   " AND r.province = %s AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number)", [person, province])
    return int(cursor.fetchone()[0])


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
    """Reverse a contribution paid in error: the money returns to suspense, the month is free again, its subsidies are taken back.

    A subsidy that was paid out already is kept back from the money that returns. Where other bills are open, the money pays those.

    Raises
    ------
    NotFound
        If the entry paid no part of a bill.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.person_id, b.province, p.month FROM collection_part p JOIN collection_bill b ON b.id = p.bill_id"
                       " WHERE p.entry_id = %s AND p.dropped IS NULL", [entry])
        row = cursor.fetchone()
    if row is None:
        raise _no_contribution(entry)
    person, province, month = row
    lock_person(person)
    lock_subsidies(province)
    undone = reverse(entry, actor=actor.id, reason=reason)
    void(entry, undone)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT e.id, e.law_hash, a.id, l.amount_fen FROM collection_subsidy s JOIN ledger_entry e ON e.kind = 'subsidy'"
                       " AND e.source = s.id || ':' || %s || ':' || %s AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)"
                       " JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'refund_payable'"
                       " WHERE s.person_id = %s ORDER BY e.id", [str(entry), str(month), person])
        for subsidy, law_hash, payable, amount in cursor.fetchall():
            short = amount - (balance(payable) - _asked(cursor, person, province))
            if short > 0:
                recovered = Draft("subsidy_recovered", [Leg(suspense_account(person, province), -short), Leg(payable, short)], source=f"subsidy:{subsidy}")
                post([recovered], actor=SYSTEM.id, law_hash=law_hash, reason=reason, value_date=_today())
            reverse(subsidy, actor=SYSTEM.id, reason=reason)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE collection_part SET dropped = %s WHERE entry_id = %s", [f"{reason}（分录 {undone}）", entry])
    settle_waiting(Law.load(), person, province)
    return undone


def _no_contribution(entry: int) -> NotFound:
    return NotFound("collection.no_contribution", value=entry, zh=f"第 {entry} 号分录不是缴费，或已经退回。",
                    en=f"Entry {entry} is no contribution, or was taken back before.")


def _today() -> date:
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_day(clock_timestamp())")
        today: date = cursor.fetchone()[0]
    return today
