"""What the audit recomputes of transfers: money on the way against open cases, and each half within its province's book."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from lingbao.registry.audit import Finding, audit_check


@audit_check("transfers.on_the_way")
def on_the_way_is_in_cases() -> Iterator[Finding]:
    """The transit account of each person holds just what the cases with money on the way say."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(a.person, c.person_id), coalesce(a.fen, 0), coalesce(c.fen, 0)
            FROM (SELECT owner_id AS person, sum(balance_fen) AS fen FROM ledger_account WHERE kind = 'transit' GROUP BY 1) a
            FULL JOIN (SELECT person_id, sum(account_fen + pooled_fen) AS fen FROM transfer_case WHERE state = 'money_sent' GROUP BY 1) c
                ON c.person_id = a.person
            WHERE coalesce(a.fen, 0) <> coalesce(c.fen, 0) ORDER BY 1
            """)
        for person, booked, said in cursor.fetchall():
            yield Finding("transfers.on_the_way", str(person), f"人员 {person} 在途账户 {booked} 分，在办转移为 {said} 分。",
                          f"Person {person} has {booked} fen on the way in the books, {said} by the cases.")


@audit_check("transfers.books")
def halves_balance_in_each_book() -> Iterator[Finding]:
    """Each entry of a transfer sums to zero in every province's book by itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.entry_id, a.province, sum(l.amount_fen) FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id"
            " JOIN ledger_account a ON a.id = l.account_id WHERE e.kind IN ('transfer_out', 'transfer_in')"
            " GROUP BY 1, 2 HAVING sum(l.amount_fen) <> 0 ORDER BY 1, 2")
        for entry, province, fen in cursor.fetchall():
            yield Finding("transfers.books", str(entry), f"分录 {entry} 在 {province} 账内合计 {fen} 分，应为零。",
                          f"Entry {entry} sums to {fen} fen in the book of {province} instead of zero.")


@audit_check("transfers.steps")
def states_follow_from_steps() -> Iterator[Finding]:
    """The state of each case is where its steps lead."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.id, c.state, e.last, c.steps FROM transfer_case c
            LEFT JOIN LATERAL (SELECT number, action FROM transfer_event WHERE case_id = c.id ORDER BY number DESC LIMIT 1) x ON true
            LEFT JOIN LATERAL (SELECT max(s.target) AS last FROM transfer_step s WHERE s.action = x.action AND s.target = c.state) e ON true
            WHERE x.number IS DISTINCT FROM c.steps OR (x.action <> 'apply' AND e.last IS NULL) ORDER BY c.id
            """)
        for case, state, _, steps in cursor.fetchall():
            yield Finding("transfers.steps", str(case), f"转移 {case} 的状态“{state}”（{steps} 步）与步骤记录不符。",
                          f"The state '{state}' of transfer {case} after {steps} steps does not follow from them.")
