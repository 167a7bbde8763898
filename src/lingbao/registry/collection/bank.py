"""The payment interface, and a bank to stand in for a real one: it takes money, and its messages fail, tarry, double and cross."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Protocol

from lingbao.registry.collection.messages import Message, sign


class Bank(Protocol):
    """What collection asks of a bank. Both calls may be repeated under the same number without a second effect."""

    channel: str

    def collect(self, number: str, amount_fen: int, on: date) -> None:
        """Take money from a payer."""

    def pay_back(self, number: str, amount_fen: int, on: date) -> None:
        """Pay money back."""


@dataclass(frozen=True)
class Manners:
    """How badly the stand-in bank behaves: chances from 0 to 1, and the longest delay in days."""

    fails: float = 0.0
    doubles: float = 0.0
    tarries: float = 0.0
    crosses: bool = False
    longest_delay: int = 3


@dataclass
class StandInBank:
    """A bank for the demonstration site and for tests; its books are what a real bank's statement would show.

    Parameters
    ----------
    channel : str
        Name of the bank.
    manners : Manners
        How it behaves.
    seed : int
        Two banks of one seed behave alike.
    """

    channel: str = "stand-in"
    manners: Manners = field(default_factory=Manners)
    seed: int = 0

    def __post_init__(self) -> None:
        self._luck = random.Random(self.seed)
        self._told: dict[str, Message] = {}
        self._waiting: list[tuple[date, Message]] = []

    @property
    def books(self) -> tuple[Message, ...]:
        """What truly happened: one line for each number asked."""
        return tuple(self._told.values())

    def collect(self, number: str, amount_fen: int, on: date) -> None:
        """Take money, or fail to."""
        self._decide(number, amount_fen, on, "paid", "failed")

    def pay_back(self, number: str, amount_fen: int, on: date) -> None:
        """Pay back, or fail to."""
        self._decide(number, amount_fen, on, "refunded", "refund_failed")

    def messages(self, on: date) -> list[tuple[Message, str]]:
        """Hand over the messages that are due, each with its signature."""
        due = [message for day, message in self._waiting if day <= on]
        self._waiting = [(day, message) for day, message in self._waiting if day > on]
        if self.manners.crosses:
            self._luck.shuffle(due)
        return [(message, sign(message)) for message in due]

    def _decide(self, number: str, amount_fen: int, on: date, good: str, bad: str) -> None:
        if number in self._told:
            return
        kind = bad if self._luck.random() < self.manners.fails else good
        message = Message(self.channel, f"{self.channel}-{self.seed}-{len(self._told) + 1:08d}", kind, number, amount_fen, on)
        self._told[number] = message
        for _ in range(2 if self._luck.random() < self.manners.doubles else 1):
            tarries = self._luck.random() < self.manners.tarries
            days = self._luck.randint(1, self.manners.longest_delay) if tarries else 0
            self._waiting.append((on + timedelta(days), replace(message)))
