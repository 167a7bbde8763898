"""Which persons a night has to look at: everyone with received money once a month, and after that those only for whom something has changed.

What a turn-over comes to follows from the law, the money, the membership with its choices, the paid months and a death. Each of them changes by
a row that is added: what was added since the last look names the persons. Where nothing was, the night asks one question and is done.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import timedelta

from lingbao.registry.orders.tables import row, rows

OPEN = timedelta(hours=1)  # longer than any transaction is open: rows that were being added during a look are looked at again


@dataclass(frozen=True)
class Added:
    """How far the tables had come whose rows may change what is turned over: the last number in each, or the time."""

    entry: int
    membership: int
    choice: int
    event: int
    at: object


@dataclass(frozen=True)
class Look:
    """A month that was looked at for everybody, under a law."""

    law_hash: str
    added: Added


def added() -> Added:
    """Return how far the tables have come, but for what may still be written by transactions that are open."""
    found = row("SELECT " + ", ".join(f"coalesce((SELECT id FROM {table} WHERE recorded_at < clock_timestamp() - %(open)s ORDER BY id DESC LIMIT 1), 0)" for table in (
        "ledger_entry", "enrolment_membership", "enrolment_choice", "enrolment_event")) + ", clock_timestamp() - %(open)s", {"open": OPEN})
    assert found is not None
    return Added(*found)


def last_look(month: int) -> Look | None:
    """Return how the month was looked at last; None if it was not, for everybody."""
    found = row("SELECT law_hash, last_entry, last_membership, last_choice, last_event, until FROM orders_turnover_look WHERE month = %s ORDER BY id DESC LIMIT 1", [month])
    return None if found is None else Look(found[0], Added(*found[1:]))


def note_look(month: int, law_hash: str, before: Added) -> None:
    """Write down that everybody was looked at who had to be, as far as the tables had come when that began."""
    rows("INSERT INTO orders_turnover_look (month, law_hash, last_entry, last_membership, last_choice, last_event, until) VALUES (%s, %s, %s, %s, %s, %s, %s)",
         [month, law_hash, *astuple(before)])


# A reversal may free a month that was paid; whose is said by the account that it takes the money from.
CHANGED = """
    WITH changed (person) AS (
        SELECT a.owner_id FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id AND a.owner_kind = 'person'
            WHERE e.id > %(entry)s AND (a.kind = 'withheld' OR e.reverses_id IS NOT NULL)
        UNION SELECT person_id FROM enrolment_membership WHERE id > %(membership)s
        UNION SELECT m.person_id FROM enrolment_choice c JOIN enrolment_membership m ON m.id = c.membership_id WHERE c.id > %(choice)s
        UNION SELECT m.person_id FROM enrolment_event e JOIN enrolment_membership m ON m.id = e.membership_id WHERE e.id > %(event)s
        UNION SELECT person_id FROM benefit_death_undoing WHERE decided_at > %(at)s
    )
    SELECT DISTINCT a.owner_id FROM changed JOIN ledger_account a ON a.owner_id = changed.person AND a.owner_kind = 'person' AND a.kind = 'withheld'
        AND a.balance_fen > 0 WHERE NOT EXISTS (SELECT FROM orders_turnover t WHERE t.month = %(month)s AND t.person_id = a.owner_id) ORDER BY 1"""


def changed_since(month: int, before: Added) -> list[int]:
    """Return the persons with received money, not turned over this month, for whom something was added since."""
    return [person for person, in rows(CHANGED, {**vars(before), "month": month})]
