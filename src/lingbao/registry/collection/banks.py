"""Which bank is asked, by the setting ``LINGBAO_BANK``: a class of the operator's own, or the stand-in, which answers by itself."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, fields
from datetime import date

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.collection.bank import Bank, Manners, StandInBank
from lingbao.registry.collection.messages import Message
from lingbao.registry.collection.payments import take_message
from lingbao.registry.errors import Busy, Conflict, NotFound
from lingbao.registry.session import SYSTEM, acting_as

STAND_IN = "stand-in"


def check_reference(reference: str) -> None:
    """Refuse what is no number of a bank; it is the key under which money is booked once."""
    if not (reference.isascii() and reference.replace("-", "").replace("_", "").replace(".", "").isalnum()):
        raise InputError("desk.reference", value=reference, where="reference", zh="请填写银行流水号（字母、数字、- _ .）。",
                         en="Give the bank's reference (letters, digits, - _ .).")


@dataclass(frozen=True)
class SiteStandIn:
    """The stand-in behind a site. What it does with a request follows from the number alone, so that it is the same after a restart.

    It takes and pays no money when asked; what it would say by a day is read with :meth:`said`.
    """

    channel: str = STAND_IN
    manners: Manners = field(default_factory=Manners)

    def collect(self, number: str, amount_fen: int, on: date) -> None:
        """Nothing is kept: the number says it all."""

    def pay_back(self, number: str, amount_fen: int, on: date) -> None:
        """Nothing is kept: the number says it all."""

    def said(self, kind: str, number: str, amount_fen: int, on: date, by: date) -> list[tuple[Message, str]]:
        """Return the messages about a request of a day that have come by another day, each with its signature."""
        bank = StandInBank(self.channel, self.manners, seed=int(number[1:17], 16))
        (bank.collect if kind == "payment" else bank.pay_back)(number, amount_fen, on)
        return bank.messages(by)


def chosen() -> Bank:
    """Return the bank of the setting.

    Raises
    ------
    InputError
        If there is no such class, or it lacks what a bank must be able to do.
    """
    name = settings.LINGBAO_BANK or STAND_IN
    if name == STAND_IN:
        return SiteStandIn(manners=manners_of(settings.LINGBAO_BANK_MANNERS))
    try:
        bank: Bank = import_string(name)()
    except (ImportError, TypeError) as error:
        raise _unusable(name) from error
    if not (isinstance(getattr(bank, "channel", None), str) and callable(getattr(bank, "collect", None)) and callable(getattr(bank, "pay_back", None))):
        raise _unusable(name)
    return bank


def manners_of(text: str) -> Manners:
    """Read manners of the stand-in, such as ``fails=0.1 doubles=0.5 tarries=0.3 longest_delay=3 crosses=1``; nothing is the best of manners.

    Raises
    ------
    InputError
        If a word is no manner or its number is out of range.
    """
    known = {each.name: type(each.default) for each in fields(Manners)}
    read: dict[str, float | int | bool] = {}
    for word in text.split():
        name, _, value = word.partition("=")
        try:
            number = float(value)
            if name not in known or not 0 <= number <= (365 if known[name] is int else 1):
                raise ValueError
        except ValueError:
            raise InputError("collection.manners", value=word, where="LINGBAO_BANK_MANNERS", zh=f"“{word}”不是模拟银行的行为，可用：{'、'.join(known)}，取 0 到 1。",
                             en=f"'{word}' is no manner of the stand-in bank; there are {', '.join(known)}, from 0 to 1.") from None
        read[name] = known[name](number)
    return Manners(**read)  # type: ignore[arg-type]


def ask(law: Law, number: str, *, today: date) -> None:
    """Ask the bank for what a request says, and take in what it says at once; asking again under the number is asking once.

    Raises
    ------
    NotFound
        If there is no such request.
    Conflict
        If it was made for another bank.
    """
    bank = chosen()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT kind, number, amount_fen, registry_day(made_at), channel FROM collection_request WHERE number = %s", [number])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("collection.unknown_number", value=number, zh="没有这笔付款请求。", en="There is no such request of payment.")
    kind, _, fen, on, channel = row
    if channel != bank.channel:
        raise Conflict("collection.other_bank", value=channel, zh=f"这笔请求是向“{channel}”提出的，当前接入的银行是“{bank.channel}”。",
                       en=f"This request was made for '{channel}', and the bank asked now is '{bank.channel}'.")
    (bank.collect if kind == "payment" else bank.pay_back)(number, fen, on)
    if isinstance(bank, SiteStandIn):
        for message, signature in bank.said(kind, number, fen, on, today):
            take_message(law, message, signature)


def hear(law: Law, *, today: date) -> int:
    """Take in what the stand-in has said by a day and nobody heard; return how many messages.

    A real bank calls by itself. It is asked once more for the refunds that it has not answered, since the asking may have been broken
    off when the money was set aside already; returned is how many. Payments are not: who did not wait may have paid in another way.

    Raises
    ------
    Busy
        If the bank cannot be asked.
    """
    bank = chosen()
    if not isinstance(bank, SiteStandIn):
        return _ask_again(bank)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT kind, number, amount_fen, registry_day(made_at) FROM collection_request r WHERE channel = %s"
                       " AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number) ORDER BY made_at", [bank.channel])
        waiting = cursor.fetchall()
    messages = [said for request in waiting for said in bank.said(*request, today)]
    if bank.manners.crosses:
        random.Random(today.toordinal()).shuffle(messages)
    for message, signature in messages:
        take_message(law, message, signature)
    return len(messages)


def _ask_again(bank: Bank) -> int:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT number, amount_fen, registry_day(made_at) FROM collection_request r WHERE channel = %s AND kind = 'refund'"
                       " AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number) ORDER BY made_at", [bank.channel])
        waiting = cursor.fetchall()
    for number, fen, on in waiting:
        try:
            bank.pay_back(number, fen, on)
        except Exception as error:  # whatever the operator's own class may raise
            raise Busy("collection.bank_silent", value=number, zh=f"银行没有接受第 {number} 号付款请求，钱仍在应付款中。请检查与银行的连接，下次夜间作业会再次请求。",
                       en=f"The bank did not take the request {number}; the money is still owed. Check the connection to the bank; the next night asks again.") from error
    return len(waiting)


def _unusable(name: str) -> InputError:
    return InputError("collection.bank", value=name, where="LINGBAO_BANK", zh=f"设置 LINGBAO_BANK=“{name}”找不到，或缺少 channel、collect、pay_back。",
                      en=f"The setting LINGBAO_BANK '{name}' is not found, or lacks channel, collect or pay_back.")
