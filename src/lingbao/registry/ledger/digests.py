"""Closing days of the books under a digest, and proving later that a closed day is as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from lingbao.registry.audit import Finding


@dataclass(frozen=True)
class Digest:
    """What is published of a closed day.

    Parameters
    ----------
    date : datetime.date
        Book date.
    entries, legs, fen : int
        How many, and how much money moved (the sum of the positive legs).
    root, previous, chain : str
        SHA-256 in hexadecimal: over the day's entries, of the day before, and over all of this.
    """

    date: date
    entries: int
    legs: int
    fen: int
    root: str
    previous: str
    chain: str


def close_days(last: date) -> int:
    """Close every open day up to `last` (a day that is over), grow the trees of their lines, and return how many were closed.

    Raises
    ------
    lingbao.registry.errors.Conflict
        If `last` is not over yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_close_days(%s)", [last])
        closed = int(cursor.fetchone()[0])
        cursor.execute("SELECT ledger_grow_trees()")
    return closed


def digests(since: date | None = None) -> list[Digest]:
    """Return the digests of the closed days in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT date, entries, legs, fen, encode(root, 'hex'), encode(previous, 'hex'), encode(chain, 'hex')"
            " FROM ledger_digest WHERE date >= coalesce(%s, '-infinity'::date) ORDER BY date", [since])
        return [Digest(day, entries, legs, int(fen), root, previous, chain)
                for day, entries, legs, fen, root, previous, chain in cursor.fetchall()]


def verify_digests(since: date | None = None) -> list[Finding]:
    """Recompute the roots and the chain from the books and return the days that do not hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT date, day_holds, chain_holds FROM (
                SELECT d.date, (r.root, r.entries, r.legs, r.fen) = (d.root, d.entries, d.legs, d.fen) AS day_holds,
                    d.chain = ledger_chain(d.previous, d.date, d.entries, d.legs, d.fen, d.root)
                    AND d.previous = coalesce(lag(d.chain) OVER (ORDER BY d.date), sha256(''))
                    AND d.date = coalesce(lag(d.date) OVER (ORDER BY d.date) + 1, d.date) AS chain_holds
                FROM ledger_digest d, LATERAL ledger_day_root(d.date) r
            ) day WHERE date >= coalesce(%s, '-infinity'::date) AND NOT (day_holds AND chain_holds) ORDER BY date
            """, [since])
        rows = cursor.fetchall()
    return [
        Finding("ledger.digest" if not day_holds else "ledger.chain", str(day),
                zh=f"{day} 的账簿与当日摘要不符，封存后被改动过。" if not day_holds else f"{day} 的摘要链断裂。",
                en=f"The books of {day} do not match their digest: they were changed after closing." if not day_holds
                else f"The chain of digests is broken at {day}.")
        for day, day_holds, _ in rows
    ]
