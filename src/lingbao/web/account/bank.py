"""The bank behind the pay page. Here it is the stand-in of collection, which takes the money at once."""

from __future__ import annotations

from datetime import date

from lingbao.law.store import Law
from lingbao.registry.collection.bank import StandInBank
from lingbao.registry.collection.payments import take_message

CHANNEL = "stand-in"


def collect(law: Law, number: str, amount_fen: int, on: date) -> None:
    """Ask the bank for the money of a request and take in what it says.

    The bank's own reference is made from our number, so that asking again is asking once, also after a restart.
    """
    bank = StandInBank(CHANNEL, seed=int(number[1:17], 16))
    bank.collect(number, amount_fen, on)
    for message, signature in bank.messages(on):
        take_message(law, message, signature)
