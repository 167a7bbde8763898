"""Reading the ledger: balances and statements, today, at a past date, or as known on a past day."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.registry.asking import often
from lingbao.registry.errors import NotFound


@dataclass(frozen=True)
class Line:
    """One line of a statement of account; `balance_fen` is the balance after it, in order of value date.

    `reversed_by` names the entry that took it back, if one is known at the time asked about.
    """

    entry: int
    kind: str
    value_date: date
    book_date: date
    amount_fen: int
    balance_fen: int
    reason: str
    law_hash: str
    actor: int
    source: str | None
    reverses: int | None
    reversed_by: int | None


def balance(account: int, *, as_of: date | None = None, known_on: date | None = None) -> int:
    """Return what an account holds, in fen.

    Parameters
    ----------
    account : int
        Number of the account.
    as_of : datetime.date, optional
        Count only money of value date up to this day.
    known_on : datetime.date, optional
        Count only what stood in the books at the end of this day.

    Raises
    ------
    NotFound
        If there is no such account for this actor.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT balance_fen FROM ledger_account WHERE id = %s", [account])
        row = cursor.fetchone()
        if row is None:
            raise _no_account(account)
        if as_of is None and known_on is None:
            return int(row[0])
        cursor.execute(
            "SELECT coalesce(sum(l.amount_fen), 0)::bigint FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE l.account_id = %(account)s AND e.value_date <= coalesce(%(as_of)s, 'infinity'::date)"
            " AND e.book_date <= coalesce(%(known_on)s, 'infinity'::date)",
            {"account": account, "as_of": as_of, "known_on": known_on},
        )
        return int(cursor.fetchone()[0])


def statement(
    account: int, *, since: date | None = None, as_of: date | None = None, known_on: date | None = None
) -> list[Line]:
    """Return the lines of an account in order of value date, from `since` to `as_of`, as known on `known_on`.

    The running balance counts the lines before `since` too. Parameters and errors as for `balance`.
    """
    found = often(
        """
        SELECT * FROM (
            SELECT e.id AS entry, e.kind, e.value_date, e.book_date, l.amount_fen,
                   (sum(l.amount_fen) OVER (ORDER BY e.value_date, e.id))::bigint, e.reason, e.law_hash, e.actor,
                   e.source, e.reverses_id,
                   (SELECT r.id FROM ledger_entry r WHERE r.reverses_id = e.id
                        AND r.book_date <= coalesce(%(known_on)s, 'infinity'::date))
            FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id
            WHERE l.account_id = %(account)s AND e.value_date <= coalesce(%(as_of)s, 'infinity'::date)
              AND e.book_date <= coalesce(%(known_on)s, 'infinity'::date)
        ) line WHERE value_date >= coalesce(%(since)s, '-infinity'::date) ORDER BY value_date, entry
        """,
        {"account": account, "since": since, "as_of": as_of, "known_on": known_on})
    if not found and not often("SELECT 1 FROM ledger_account WHERE id = %s", [account]):
        raise _no_account(account)
    return [Line(*row) for row in found]


@dataclass(frozen=True)
class Account:
    """An account with what it holds."""

    id: int
    kind: str
    province: str
    balance_fen: int


def accounts_of(owner_kind: str, owner: int) -> list[Account]:
    """Return the accounts of an owner, those only whom the actor may see, in order of number."""
    return [Account(*row) for row in often(
        "SELECT id, kind, province, balance_fen FROM ledger_account WHERE owner_kind = %s AND owner_id = %s ORDER BY id", [owner_kind, owner])]


def person_statements(person: int) -> list[dict[str, Any]]:
    """Return every account of a person with all its lines, as plain data: what the person takes home of the ledger."""
    return [{**asdict(account), "lines": [asdict(line) for line in statement(account.id)]}
            for account in accounts_of("person", person)]


def _no_account(account: int) -> NotFound:
    return NotFound("ledger.no_account", value=account, zh=f"没有第 {account} 号账户。请核对编号。",
                    en=f"There is no account {account}. Check its number.")
