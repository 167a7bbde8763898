"""What the audit recomputes of the payments: chunks against payments and entries, and what is payable against both."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from lingbao.registry.audit import Finding, audit_check


@audit_check("benefits.chunks")
def chunks_are_their_payments() -> Iterator[Finding]:
    """Each chunk's entry made payable just what its payments come to, and every payment has a chunk."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(c.id, p.chunk), coalesce(p.fen, 0), coalesce(c.fen, 0), coalesce(l.amount_fen, 0)
            FROM benefit_chunk c
            FULL JOIN (SELECT chunk, sum(amount_fen) AS fen, count(*) AS rows FROM benefit_payment GROUP BY 1) p ON p.chunk = c.id
            LEFT JOIN (SELECT l.entry_id, sum(l.amount_fen) AS amount_fen FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id
                       WHERE a.kind = 'pension_payable' GROUP BY 1) l ON l.entry_id = c.entry_id
            WHERE c.fen IS DISTINCT FROM p.fen OR c.payments IS DISTINCT FROM p.rows OR c.fen IS DISTINCT FROM l.amount_fen ORDER BY 1
            """)
        for chunk, paid, said, booked in cursor.fetchall():
            yield Finding("benefits.chunks", str(chunk), f"发放批 {chunk}：明细 {paid} 分，批次 {said} 分，账上 {booked} 分。",
                          f"Chunk {chunk}: payments {paid} fen, chunk {said}, books {booked}.")


@audit_check("benefits.account_part")
def account_parts_are_booked() -> Iterator[Finding]:
    """What payments took from accounts is what left the accounts under their entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, p.fen, -coalesce(l.fen, 0) FROM benefit_chunk c
            JOIN (SELECT chunk, sum(account_fen) AS fen FROM benefit_payment GROUP BY 1) p ON p.chunk = c.id
            LEFT JOIN (SELECT l.entry_id, sum(l.amount_fen) AS fen FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id
                       WHERE a.kind IN ('individual', 'resident_account') GROUP BY 1) l ON l.entry_id = c.entry_id
            WHERE p.fen <> -coalesce(l.fen, 0) ORDER BY 1
            """)
        for chunk, said, booked in cursor.fetchall():
            yield Finding("benefits.account_part", str(chunk), f"发放批 {chunk}：个人账户支付 {said} 分，账上 {booked} 分。",
                          f"Chunk {chunk}: {said} fen from accounts by the payments, {booked} by the books.")


@audit_check("benefits.set_off")
def set_offs_are_booked() -> Iterator[Finding]:
    """What payments gave back is what its entry took off what is payable; no payment went below nought, no one gave back more than owed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.entry_id, s.fen, -coalesce(l.fen, 0) FROM (SELECT entry_id, sum(fen) AS fen FROM benefit_set_off GROUP BY 1) s
            LEFT JOIN (SELECT l.entry_id, sum(l.amount_fen) AS fen FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id
                       WHERE a.kind = 'pension_payable' GROUP BY 1) l ON l.entry_id = s.entry_id
            WHERE s.fen IS DISTINCT FROM -l.fen ORDER BY 1
            """)
        for entry, said, booked in cursor.fetchall():
            yield Finding("benefits.set_off", str(entry), f"分录 {entry}：抵扣 {said} 分，账上 {booked} 分。",
                          f"Entry {entry}: {said} fen were set off, the books say {booked}.")
        cursor.execute(
            """
            SELECT 'claim ' || s.claim_id || ' ' || s.month, sum(s.fen), p.amount_fen FROM benefit_set_off s
            LEFT JOIN benefit_payment p ON p.claim_id = s.claim_id AND p.month = s.month AND p.kind = 'monthly'
            GROUP BY s.claim_id, s.month, p.amount_fen HAVING sum(s.fen) > coalesce(p.amount_fen, 0)
            UNION ALL
            SELECT 'recovery ' || r.id, r.fen - benefit_rest(r.id), r.fen FROM benefit_recovery r WHERE benefit_rest(r.id) < 0
            UNION ALL
            SELECT 'return ' || b.id, b.fen, coalesce(-l.amount_fen, 0) FROM benefit_return b LEFT JOIN (SELECT l.entry_id, l.amount_fen FROM ledger_leg l
                JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'bank') l ON l.entry_id = b.entry_id WHERE b.fen IS DISTINCT FROM -l.amount_fen ORDER BY 1
            """)
        for what, taken, most in cursor.fetchall():
            yield Finding("benefits.set_off", str(what), f"{what}：抵扣 {taken} 分，多于 {most} 分。", f"{what}: {taken} fen were set off, more than {most}.")
