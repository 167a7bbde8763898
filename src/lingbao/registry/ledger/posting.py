"""Writing the ledger: open accounts, post entries, reverse one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from lingbao.registry.errors import NotFound, in_words


@dataclass(frozen=True, order=True)
class AccountName:
    """What an account is: its kind, whose it is, and the province that keeps it.

    Parameters
    ----------
    kind : str
        A row of ``ledger_account_kind``, such as ``individual``.
    owner_kind : str
        ``person``, ``platform``, ``agency``, ``province`` or ``state``.
    owner_id : int
        Number of the owner; for a province its two digits as a number, for the state 0.
    province : str
        Two digits of the province in whose books the account stands (00: the national ones).
    """

    kind: str
    owner_kind: str
    owner_id: int
    province: str


@dataclass(frozen=True)
class Leg:
    """One line of an entry: an account and the fen it gains (positive) or gives (negative)."""

    account: int
    fen: int


@dataclass(frozen=True)
class Draft:
    """An entry to be posted.

    Parameters
    ----------
    kind : str
        What happened, such as ``contribution``.
    legs : sequence of Leg
        At least two accounts; they sum to zero. Several legs on one account are added up.
    source : str, optional
        The cause, unique for each kind, such as ``bill:17``: the database posts it once only.
    reason : str, optional
        In place of the reason of the whole posting.
    reverses : int, optional
        The entry that this one mirrors.
    """

    kind: str
    legs: Sequence[Leg]
    source: str | None = None
    reason: str | None = None
    reverses: int | None = None


def open_accounts(names: Iterable[AccountName]) -> list[int]:
    """Return the numbers of the accounts in the order asked, opening those that do not exist yet."""
    rows = list(names)
    found = _called(
        "SELECT ledger_open_accounts(%s::text[], %s::text[], %s::bigint[], %s::text[])",
        [[r.kind for r in rows], [r.owner_kind for r in rows], [r.owner_id for r in rows], [r.province for r in rows]],
    )
    return list(found)


def post(
    drafts: Sequence[Draft], *, actor: int, law_hash: str, reason: str, value_date: date, command_key: str | None = None
) -> list[int]:
    """Post entries in one statement and return their numbers in the order of `drafts`.

    Parameters
    ----------
    drafts : sequence of Draft
        All of them are posted or none.
    actor : int
        Who orders it.
    law_hash : str
        Content hash of the law whose rules computed the amounts (``Law.hash``).
    reason : str
        Why, in words that the owner of an account will read.
    value_date : datetime.date
        The day from which the money counts (interest, months); the book date is the database's own.
    command_key : str, optional
        Idempotency key of the command (see `lingbao.registry.ledger.commands.once`).

    Raises
    ------
    Unbalanced, Overdrawn, NotFound, Forbidden, Conflict
        As the database refuses; the transaction can then only be rolled back.
    """
    if not drafts:
        return []
    legs = [(number, leg.account, leg.fen) for number, draft in enumerate(drafts, 1) for leg in draft.legs]
    return list(_called(
        "SELECT ledger_post_drafts(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::integer[], %s::bigint[],"
        " %s::bigint[], %s, %s, %s, %s)",
        [[d.kind for d in drafts], [d.source for d in drafts], [d.reason or reason for d in drafts],
         [d.reverses for d in drafts], [leg[0] for leg in legs], [leg[1] for leg in legs], [leg[2] for leg in legs],
         actor, law_hash, value_date, command_key],
    ))


def reverse(entry: int, *, actor: int, reason: str, value_date: date | None = None, command_key: str | None = None) -> int:
    """Post the mirror of an entry and return its number; the law is the one the entry was posted under.

    Raises
    ------
    NotFound
        If there is no such entry for this actor.
    Conflict
        If it was reversed before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, law_hash, value_date FROM ledger_entry WHERE id = %s", [entry])
        row = cursor.fetchone()
        if row is None:
            raise NotFound("ledger.no_entry", value=entry, zh=f"没有第 {entry} 号分录。请核对编号。",
                           en=f"There is no entry {entry}. Check its number.")
        kind, law_hash, first_date = row
        cursor.execute("SELECT account_id, -amount_fen FROM ledger_leg WHERE entry_id = %s", [entry])
        legs = [Leg(account, fen) for account, fen in cursor.fetchall()]
    draft = Draft(kind=kind, legs=legs, reverses=entry)
    return post([draft], actor=actor, law_hash=law_hash, reason=reason, value_date=value_date or first_date,
                command_key=command_key)[0]


def _called(sql: str, values: list[object]) -> list[int]:
    with in_words(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
