"""What the audit recomputes of the ledger: entries, balances, bounds, reversals, digests, and the guards themselves."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from lingbao.registry.audit import Finding, audit_check
from lingbao.registry.ledger.digests import verify_digests
from lingbao.registry.ledger.proofs import verify_trees

FACTS = ("ledger_account", "ledger_entry", "ledger_leg", "ledger_command", "ledger_digest")


@audit_check("ledger.entries")
def entries_balance() -> Iterator[Finding]:
    """Every entry has the legs it announced, and they sum to zero."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(e.id, l.entry_id), coalesce(l.fen, 0), e.legs, coalesce(l.legs, 0) FROM ledger_entry e"
            " FULL JOIN (SELECT entry_id, sum(amount_fen) AS fen, count(*) AS legs FROM ledger_leg GROUP BY entry_id) l"
            " ON l.entry_id = e.id WHERE l.fen IS DISTINCT FROM 0 OR e.legs IS DISTINCT FROM l.legs ORDER BY 1")
        for entry, fen, announced, legs in cursor.fetchall():
            yield Finding("ledger.entry", str(entry), f"第 {entry} 号分录各笔之和为 {fen} 分，{legs} 笔（应为 {announced} 笔）。",
                          f"Entry {entry} sums to {fen} fen over {legs} legs ({announced} announced).")


@audit_check("ledger.balances")
def balances_equal_legs() -> Iterator[Finding]:
    """Every balance is the sum of the account's legs and within the bound of its kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(a.id, l.account_id), coalesce(a.balance_fen, 0), coalesce(l.fen, 0) FROM ledger_account a"
            " FULL JOIN (SELECT account_id, sum(amount_fen) AS fen FROM ledger_leg GROUP BY account_id) l"
            " ON l.account_id = a.id LEFT JOIN ledger_account_kind k ON k.kind = a.kind"
            " WHERE a.balance_fen IS DISTINCT FROM coalesce(l.fen, 0) OR k.bound * a.balance_fen < 0 ORDER BY 1")
        for account, balance, legs in cursor.fetchall():
            yield Finding("ledger.balance", str(account), f"第 {account} 号账户余额 {balance} 分，各笔之和 {legs} 分。",
                          f"Account {account} shows {balance} fen; its legs sum to {legs}.")


@audit_check("ledger.reversals")
def reversals_mirror() -> Iterator[Finding]:
    """Every reversal is the mirror of its entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT e.id, e.reverses_id FROM ledger_entry e"
            " JOIN ledger_leg l ON l.entry_id IN (e.id, e.reverses_id)"
            " LEFT JOIN ledger_leg o ON o.account_id = l.account_id"
            " AND o.entry_id = CASE WHEN l.entry_id = e.id THEN e.reverses_id ELSE e.id END"
            " WHERE e.reverses_id IS NOT NULL AND o.amount_fen IS DISTINCT FROM -l.amount_fen ORDER BY 1")
        for entry, reversed_entry in cursor.fetchall():
            yield Finding("ledger.reversal", str(entry), f"第 {entry} 号分录不是第 {reversed_entry} 号分录的冲销。",
                          f"Entry {entry} does not mirror entry {reversed_entry}.")


@audit_check("ledger.digests")
def digests_hold() -> Iterator[Finding]:
    """Every closed day is as it was when it was closed."""
    yield from verify_digests()


@audit_check("ledger.trees")
def trees_hold() -> Iterator[Finding]:
    """The tree of each closed day is that of its lines."""
    yield from verify_trees()


@audit_check("ledger.guards")
def guards_stand() -> Iterator[Finding]:
    """The triggers are on, and the role of the services cannot change a fact."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgenabled <> 'O' ORDER BY 1")
        for (trigger,) in cursor.fetchall():
            yield Finding("registry.trigger", trigger, f"触发器 {trigger} 已被停用。", f"Trigger {trigger} is switched off.")
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND t.tgfoid = 'registry_refuse_change'::regproc"
            " GROUP BY c.oid, c.relname HAVING has_table_privilege('lingbao_app', c.oid, 'DELETE, TRUNCATE') ORDER BY 1")
        for (table,) in cursor.fetchall():
            yield Finding("registry.grant", table, f"服务角色可以删除 {table} 的事实。",
                          f"The role of the services may delete facts of {table}.")
        cursor.execute(
            "SELECT t.name FROM unnest(%s::text[]) AS t (name) LEFT JOIN pg_trigger g ON g.tgrelid = to_regclass(t.name)"
            " AND g.tgfoid = 'registry_refuse_change'::regproc GROUP BY t.name HAVING count(g.oid) < 2 ORDER BY 1",
            [list(FACTS)])
        for (table,) in cursor.fetchall():
            yield Finding("registry.trigger", table, f"{table} 缺少防改动触发器。", f"{table} has lost its append-only triggers.")
