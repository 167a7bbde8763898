"""The bank behind the pages of the account and of the desk: the one that the setting names."""

from __future__ import annotations

from lingbao.law.store import Law
from lingbao.registry.collection import banks
from lingbao.web.account.access import today


def channel() -> str:
    """Return the name of the bank that is asked."""
    return banks.chosen().channel


def ask(law: Law, number: str) -> None:
    """Ask the bank for the money of a request, or to pay it back; asking again is asking once."""
    banks.ask(law, number, today=today())
