"""Bills as they stand: which months or years each asks for, what was paid of them and what was dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lingbao.law.month import format_month
from lingbao.registry.asking import often
from lingbao.registry.errors import NotFound

YEARLY = ("fee", "missing_years")  # kinds of bills whose parts are years of the resident scheme


@dataclass(frozen=True)
class Part:
    """A month (or, for a fee, a year) of a bill; `entry` once paid, `dropped` with the reason if no longer asked for."""

    month: int
    base_fen: int
    amount_fen: int
    account_fen: int
    pooled_fen: int
    subsidy_fen: int = 0
    entry: int | None = None
    dropped: str | None = None


@dataclass(frozen=True)
class Bill:
    """A bill with its parts."""

    id: int
    membership: int
    person: int
    province: str
    kind: str
    due_on: date
    provisional: bool
    law_hash: str
    parts: tuple[Part, ...]

    @property
    def open_fen(self) -> int:
        """What is still asked for."""
        return sum(part.amount_fen for part in self.parts if part.entry is None and part.dropped is None)

    @property
    def paid_fen(self) -> int:
        """What has been paid."""
        return sum(part.amount_fen for part in self.parts if part.entry is not None and part.dropped is None)


_BILL = "SELECT id, membership_id, person_id, province, kind, due_on, provisional, law_hash FROM collection_bill"


def bill_of(number: int) -> Bill:
    """Return a bill; `NotFound` if the actor may not know of it."""
    found = _bills(f"{_BILL} WHERE id = %s", [number])
    if not found:
        raise NotFound("collection.no_bill", value=number, zh=f"没有第 {number} 号缴费单。", en=f"There is no bill {number}.")
    return found[0]


def bills(person: int) -> list[Bill]:
    """Return the bills of a person in order of their due date."""
    return _bills(f"{_BILL} WHERE person_id = %s ORDER BY due_on, id", [person])


def history(person: int) -> list[dict[str, Any]]:
    """Return the bills of a person as plain data."""
    return [{"kind": bill.kind, "province": bill.province, "due_on": bill.due_on, "open_fen": bill.open_fen,
             "paid_fen": bill.paid_fen, "months": [format_month(part.month) for part in bill.parts]} for bill in bills(person)]


def _bills(sql: str, values: list[object]) -> list[Bill]:
    rows = often(sql, values)
    parts: dict[int, list[Part]] = {}
    for bill, *part in often("SELECT bill_id, month, base_fen, amount_fen, account_fen, pooled_fen, subsidy_fen, entry_id, dropped"
                             " FROM collection_part WHERE bill_id = ANY(%s) ORDER BY bill_id, month", [[row[0] for row in rows]]) if rows else ():
        parts.setdefault(bill, []).append(Part(*part))
    return [Bill(*row, tuple(parts.get(row[0], ()))) for row in rows]
