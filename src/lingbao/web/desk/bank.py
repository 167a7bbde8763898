"""The bank that is asked to pay what the desk has approved. Here it is the stand-in of collection, which pays at once."""

from __future__ import annotations

from lingbao.law.store import Law
from lingbao.registry.collection.bank import StandInBank
from lingbao.registry.collection.payments import take_message
from lingbao.registry.errors import NotFound
from lingbao.registry.orders.tables import row
from lingbao.registry.session import SYSTEM, run_as
from lingbao.web.desk.queues import today

CHANNEL = "stand-in"


def pay(number: str) -> None:
    """Ask the bank to pay a request and take in what it says; asking again under the number is asking once.

    The bank's own reference is made from our number, so that this holds also after a restart.

    Raises
    ------
    NotFound
        If there is no such request.
    """
    found = run_as(SYSTEM, lambda: row("SELECT amount_fen FROM collection_request WHERE number = %s AND kind = 'refund'", [number]))
    if found is None:
        raise NotFound("collection.unknown_number", value=number, zh="没有这笔付款请求。", en="There is no such request of payment.")
    bank = StandInBank(CHANNEL, seed=int(number[1:17], 16))
    bank.pay_back(number, found[0], today())
    for message, signature in bank.messages(today()):
        take_message(Law.load(), message, signature)
