"""The way out to a telephone: one interface, and a local stand-in that can fail, lose and double like a real one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


class GatewayError(Exception):
    """The gateway did not take a message; it may be sent again under the same key."""


class Gateway(Protocol):
    """What a provider of text messages must offer."""

    def send(self, key: str, phone: str, text: str) -> None:
        """Take a message over for delivery, once for each key.

        Raises
        ------
        GatewayError
            If it was not taken over, or it is not known whether it was.
        """


@dataclass
class LocalGateway:
    """A gateway that keeps messages instead of sending them.

    Attributes
    ----------
    refuse : int
        So many of the next messages are refused.
    lose_answer : int
        So many of the next messages are taken over, but the answer is lost on the way back.
    outbox : dict of str to (str, str)
        Telephone and text by key: what a telephone would show, each once.
    calls : int
        How often it was called.
    """

    refuse: int = 0
    lose_answer: int = 0
    outbox: dict[str, tuple[str, str]] = field(default_factory=dict)
    calls: int = 0

    def send(self, key: str, phone: str, text: str) -> None:
        """Keep a message; the same key is kept once."""
        self.calls += 1
        if self.refuse > 0:
            self.refuse -= 1
            raise GatewayError("refused")
        self.outbox.setdefault(key, (phone, text))
        if self.lose_answer > 0:
            self.lose_answer -= 1
            raise GatewayError("no answer")
