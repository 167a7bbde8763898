"""What an entry paid: which months of whom, where, and whether a bill asked for it or money of platforms was turned over."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.session import SYSTEM, acting_as

# A year of the resident scheme stands under its January, as in a bill.
_ASKED = ("SELECT p.person_id, b.province::text, ARRAY[p.month], p.amount_fen, b.kind IN ('fee', 'missing_years') FROM collection_part p JOIN collection_bill b ON b.id = p.bill_id"
          " WHERE p.entry_id = %s AND p.dropped IS NULL")
_TURNED = ("SELECT t.person_id, r.province::text, array_agg(r.month ORDER BY r.month), t.turned_fen, t.scheme = 'resident' FROM ledger_entry e"
           " JOIN orders_turnover t ON t.month = split_part(e.source, ':', 2)::integer AND t.person_id = split_part(e.source, ':', 4)::bigint AND t.entry_id = e.id"
           " CROSS JOIN LATERAL (SELECT province, month FROM record_month m WHERE m.person_id = ANY(people_numbers(t.person_id)) AND m.entry_id = e.id AND m.voided_by IS NULL"
           " UNION ALL SELECT province, year * 12 FROM record_year y WHERE y.person_id = ANY(people_numbers(t.person_id)) AND y.entry_id = e.id AND y.voided_by IS NULL) r"
           " WHERE e.id = %s AND e.kind = 'orders.turnover' AND e.reverses_id IS NULL GROUP BY 1, 2, 4, 5")


@dataclass(frozen=True)
class Contribution:
    """A contribution that stands.

    Attributes
    ----------
    person : int
        The number under which it was paid; a merge may have carried it to another one since.
    months : list of int
        What it paid; of the resident scheme January of each year.
    amount_fen : int
        What the person paid [fen].
    by_year : bool
        Of the resident scheme.
    turned_over : bool
        Paid out of what platforms withheld, all months of a turn-over by one entry.
    """

    entry: int
    person: int
    province: str
    months: list[int]
    amount_fen: int
    by_year: bool
    turned_over: bool


def contribution_of(entry: int) -> Contribution:
    """Return the contribution that an entry booked.

    Raises
    ------
    NotFound
        If the entry is none, or was taken back before.
    """
    with connection.cursor() as cursor:
        for sql, turned_over in ((_ASKED, False), (_TURNED, True)):
            cursor.execute(sql, [entry])
            row = cursor.fetchone()
            if row is not None:
                return Contribution(entry, *row, turned_over)
    raise NotFound("collection.no_contribution", value=entry, zh=f"第 {entry} 号分录不是缴费，或已经退回。",
                   en=f"Entry {entry} is no contribution, or was taken back before.")


def turned_over_for(person: int) -> list[Contribution]:
    """Return what money of platforms paid for a person and stands, as far as one may see it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT e.id FROM ledger_entry e WHERE e.kind = 'orders.turnover' AND e.id IN (SELECT entry_id FROM record_month WHERE person_id = %(p)s"
                       " AND voided_by IS NULL UNION SELECT entry_id FROM record_year WHERE person_id = %(p)s AND voided_by IS NULL) ORDER BY 1", {"p": person})
        entries = [entry for entry, in cursor.fetchall()]
    return [contribution_of(entry) for entry in entries]


def check_kept(found: Contribution) -> None:
    """Refuse to take back months whose money went to another province with the relation."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT kept_by FROM {table} WHERE person_id = ANY(people_numbers(%(p)s)) AND entry_id = %(e)s AND voided_by IS NULL AND kept_by <> province"
                                          for table in ("record_month", "record_year")) + " LIMIT 1", {"p": found.person, "e": found.entry})
        row = cursor.fetchone()
    if row is not None:
        raise Conflict("collection.moved", value=row[0], zh=f"这笔缴费已随关系转移到 {row[0]}，钱不在本省，不能退回。请先把关系转回本省，再提出退回。",
                       en=f"The money of this contribution went to province {row[0]} with the relation, so it cannot be taken back here. Have the relation moved back first.")
