"""What the audit recomputes of the record: money credited month by month against the entries that paid it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from lingbao.registry.audit import Finding, audit_check


@audit_check("record.entries")
def months_have_entries() -> Iterator[Finding]:
    """Every month that was paid, and every one taken back, names an entry that is in the books."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.person_id, r.month, r.entry_id FROM record_month r WHERE r.kind = 'paid'"
            " AND (r.entry_id IS NULL OR NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = r.entry_id)"
            "      OR r.voided_by IS NOT NULL AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = r.voided_by)) ORDER BY 1, 2 LIMIT 1000")
        for person, month, entry in cursor.fetchall():
            yield Finding("record.entries", f"{person}:{month}", f"人员 {person} 第 {month} 月的缴费没有对应分录（{entry}）。",
                          f"Month {month} of person {person} names no entry in the books ({entry}).")
