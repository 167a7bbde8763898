"""What the audit recomputes of collection: messages against entries, and parts of bills against the contributions posted."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from lingbao.registry.audit import Finding, audit_check


@audit_check("collection.messages")
def messages_are_booked() -> Iterator[Finding]:
    """Every message that money moved has one entry of that amount at the bank, and every such entry its message."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(m.channel || ':' || m.reference, e.source), coalesce(m.amount_fen, 0), coalesce(e.fen, 0)
            FROM (SELECT * FROM collection_message WHERE kind IN ('paid', 'refunded')) m
            FULL JOIN (
                SELECT e.id, e.source, abs(l.amount_fen) AS fen FROM ledger_entry e
                JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'bank'
                WHERE e.kind IN ('payment_received', 'refund_paid') AND e.reverses_id IS NULL
            ) e ON e.id = m.entry_id
            WHERE m.amount_fen IS DISTINCT FROM e.fen ORDER BY 1
            """)
        for reference, said, booked in cursor.fetchall():
            yield Finding("collection.message", str(reference), f"银行回执 {reference} 为 {said} 分，账上为 {booked} 分。",
                          f"The bank's message {reference} says {said} fen, the books {booked}.")


@audit_check("collection.parts")
def parts_are_posted() -> Iterator[Finding]:
    """Every paid part of a bill has an entry that took just its amount from suspense, and no two share one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.bill_id, p.month, p.amount_fen, coalesce(l.fen, 0) FROM collection_part p
            LEFT JOIN (
                SELECT l.entry_id, -sum(l.amount_fen) AS fen FROM ledger_leg l
                JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'suspense'
                WHERE l.entry_id IN (SELECT entry_id FROM collection_part) GROUP BY l.entry_id
            ) l ON l.entry_id = p.entry_id
            WHERE p.entry_id IS NOT NULL AND (l.fen IS DISTINCT FROM p.amount_fen
                OR EXISTS (SELECT FROM collection_part o WHERE o.entry_id = p.entry_id AND (o.bill_id, o.month) <> (p.bill_id, p.month)))
            ORDER BY 1, 2
            """)
        for bill, month, due, posted in cursor.fetchall():
            yield Finding("collection.part", f"{bill}:{month}", f"第 {bill} 号缴费单应缴 {due} 分，入账 {posted} 分。",
                          f"Bill {bill} asked {due} fen; {posted} were posted.")
