"""Payments: asked of a bank, taken in when the bank says so, put to the oldest month first; the rest waits in suspense."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.collection.holdings import lock_person, suspense_account
from lingbao.registry.collection.messages import Message, sign
from lingbao.registry.collection.refunds import finish_refund
from lingbao.registry.collection.settling import settle, settle_waiting
from lingbao.registry.errors import Conflict, Forbidden, NotFound, name_constraint
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.ledger.queries import balance
from lingbao.registry.session import SYSTEM, Actor

name_constraint("collection_message_number_fkey", NotFound, "collection.unknown_number", "没有这笔付款请求。",
                "There is no such request of payment.")


@dataclass(frozen=True)
class Taken:
    """What a message did: the entries posted, the months paid, and what waits in suspense."""

    entries: tuple[int, ...]
    months: tuple[int, ...]
    suspense_fen: int


def ask_payment(actor: Actor, person: int, province: str, amount_fen: int, *, channel: str) -> str:
    """Record that a person is about to pay, and return the number under which the bank is asked.

    The bank is asked after this is committed; asking it again with the same number is asking once.
    """
    if amount_fen <= 0:
        raise InputError("collection.amount", value=amount_fen, where="amount", zh="金额应大于零。", en="The amount must be above nought.")
    number = f"P{secrets.token_hex(12)}"
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO collection_request (number, kind, person_id, province, channel, amount_fen, proposed_by)"
                       " VALUES (%s, 'payment', %s, %s, %s, %s, %s)", [number, person, province, channel, amount_fen, actor.id])
    return number


def take_message(law: Law, message: Message, signature: str) -> Taken:
    """Take in a bank's message once; the same again gives the same answer.

    Raises
    ------
    Forbidden
        If the signature is not the bank's.
    Conflict
        If the same reference said something else before, the request is settled under another one, or the amount is not the one asked for.
    NotFound
        If we asked for nothing under this number.
    """
    if not hmac.compare_digest(sign(message), signature):
        raise Forbidden("collection.signature", zh="银行回执签名不符，未入账。", en="The bank's signature does not hold; nothing was posted.")
    command = Command("collection.message", f"{message.channel}:{message.reference}:{message.kind}", asdict(message))
    answer = execute(SYSTEM, command, lambda: _taken(law, message))
    return Taken(tuple(answer["entries"]), tuple(answer["months"]), answer["suspense_fen"])


def _taken(law: Law, message: Message) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, person_id, province, amount_fen, entry_id, channel FROM collection_request WHERE number = %s",
                       [message.number])
        row = cursor.fetchone()
        if row is None:
            raise NotFound("collection.unknown_number", value=message.number, zh=f"没有编号为 {message.number} 的付款请求。",
                           en=f"We asked for nothing under the number {message.number}.")
        kind, person, province, asked, set_aside, channel = row
    if channel != message.channel:
        raise Conflict("collection.other_bank", value=message.channel, where=message.number, zh=f"这笔请求是向“{channel}”提出的，不收“{message.channel}”的回执。",
                       en=f"This request was made for '{channel}'; a message of '{message.channel}' is not taken for it.")
    if (kind == "payment") != (message.kind in ("paid", "failed")) or asked != message.amount_fen:
        raise Conflict("collection.mismatch", value=message.amount_fen, where=message.number,
                       zh=f"银行回执与请求不符：请求 {asked} 分，回执 {message.amount_fen} 分。请与银行对账。",
                       en=f"The bank's message does not fit the request: {asked} fen asked, {message.amount_fen} reported. Reconcile.")
    lock_person(person)
    _check_first(message)
    entries: list[int] = []
    months: list[int] = []
    if message.kind == "paid":
        entries.append(_received(law, message, person, province))
        _remember(message, entries[0])
        done = settle(law, person, province, paid_on=message.paid_on)
        entries, months = entries + [entry for entry, _ in done], [month for _, month in done]
    elif message.kind == "failed":
        _remember(message, None)
    else:
        outcome = finish_refund(message, person, province, set_aside)
        entries = [] if outcome is None else [outcome]
        _remember(message, outcome)
        done = settle_waiting(law, person, province)  # what could not be paid out pays what is due
        entries, months = entries + [entry for entry, _ in done], [month for _, month in done]
    return {"entries": entries, "months": months, "suspense_fen": balance(suspense_account(person, province))}


def _check_first(message: Message) -> None:
    """Refuse what a bank says of a request that it has settled under another reference: booked again, one payment would count twice.

    A payment that failed may still be made.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT reference FROM collection_message WHERE number = %s AND kind <> 'failed'", [message.number])
        row = cursor.fetchone()
    if row is not None:
        raise Conflict("collection.settled_before", value=message.reference, where=message.number,
                       zh=f"这笔请求银行已用流水号 {row[0]} 办结，又以 {message.reference} 报来，没有再记账。请与银行对账。",
                       en=f"The bank settled this request under its reference {row[0]} and now reports {message.reference}; nothing was booked again. Reconcile with the bank.")


def _received(law: Law, message: Message, person: int, province: str) -> int:
    bank, suspense = open_accounts([
        AccountName("bank", "province", int(province), province), AccountName("suspense", "person", person, province)])
    draft = Draft("payment_received", [Leg(bank, -message.amount_fen), Leg(suspense, message.amount_fen)],
                  source=f"{message.channel}:{message.reference}")
    return post([draft], actor=SYSTEM.id, law_hash=law.hash, reason=f"收到缴款 {message.number}", value_date=message.paid_on)[0]


def _remember(message: Message, entry: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO collection_message (channel, reference, kind, number, amount_fen, paid_on, entry_id)"
                       " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                       [message.channel, message.reference, message.kind, message.number, message.amount_fen, message.paid_on, entry])
