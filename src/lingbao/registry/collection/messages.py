"""What a bank says of a payment or a refund, and the signature under which it is believed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import date

from lingbao.registry.keys import derived_key


@dataclass(frozen=True)
class Message:
    """What a bank says, in a call that may come late, twice, or before another.

    Parameters
    ----------
    channel, reference : str
        Which bank, and its own number of the transaction.
    kind : str
        ``paid``, ``failed``, ``refunded`` or ``refund_failed``.
    number : str
        Our number of the request.
    amount_fen : int
        Money moved.
    paid_on : datetime.date
        Day on which the bank took it: that day counts, whenever the message comes.
    """

    channel: str
    reference: str
    kind: str
    number: str
    amount_fen: int
    paid_on: date


def secret_of(channel: str) -> str:
    """Return the secret that a bank and the registry share; it follows from the registry's key and the name of the bank."""
    return derived_key(f"bank {channel}").hex()


def sign(message: Message) -> str:
    """Return the signature under which a bank's message is believed within the registry."""
    text = json.dumps(asdict(message), sort_keys=True, default=str)
    return hmac.new(derived_key(f"bank {message.channel}"), text.encode(), hashlib.sha256).hexdigest()
