"""Do the orders, the withholding, the files and the ledger say the same? Each finding is a difference that must not be."""

from __future__ import annotations

from collections.abc import Iterable

from lingbao.registry.audit import Finding, audit_check
from lingbao.registry.orders.tables import rows

# Each asks in one statement, so that work under way cannot make it see half of a file.
_PROMISES = {
    ("orders.file_facts", "文件与订单不符", "not so: orders equal withholding by file"): """
        SELECT coalesce(f.id, o.file_id), concat(o.orders - f.posted, ' orders ', o.fen - f.withheld_fen, ' fen')
        FROM (SELECT file_id, count(*) AS orders, sum(withheld_fen) AS fen, sum(income_fen) AS income
              FROM orders_fact GROUP BY file_id) o
        FULL JOIN orders_file f ON f.id = o.file_id
        WHERE coalesce(o.orders, 0) IS DISTINCT FROM f.posted OR coalesce(o.fen, 0) IS DISTINCT FROM f.withheld_fen
           OR coalesce(o.income, 0) IS DISTINCT FROM f.income_fen""",
    ("orders.worker_facts", "劳动者合计与订单不符", "not so: orders equal withholding by worker"): """
        SELECT coalesce(o.worker_id, w.worker_id), concat(o.fen - w.fen, ' fen')
        FROM (SELECT worker_id, sum(withheld_fen) AS fen, count(*) AS orders FROM orders_fact GROUP BY 1) o
        FULL JOIN (SELECT worker_id, sum(withheld_fen) AS fen, sum(orders) AS orders FROM orders_file_worker GROUP BY 1) w
            USING (worker_id)
        WHERE o.fen IS DISTINCT FROM w.fen OR o.orders IS DISTINCT FROM w.orders""",
    ("orders.entry", "代扣与分录不符", "not so: withholding equals its entry"): """
        SELECT f.id, concat(f.withheld_fen, ' fen withheld, ', l.fen, ' owed')
        FROM orders_file f JOIN orders_platform p ON p.id = f.platform_id AND NOT p.sandbox
        LEFT JOIN LATERAL (SELECT -sum(l.amount_fen) AS fen FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id
                           WHERE l.entry_id = f.entry_id AND a.kind = 'platform_receivable') l ON true
        WHERE f.withheld_fen <> coalesce(l.fen, 0)""",
    ("orders.entry_without_file", "分录没有对应的文件", "not so: every entry of a file has its file"): """
        SELECT e.id, e.source FROM ledger_entry e LEFT JOIN orders_file f ON f.entry_id = e.id
        WHERE e.kind = 'orders.file' AND f.id IS NULL""",
    ("orders.receivable", "平台应付与未结算的代扣不符", "not so: platforms owe what their unsettled files withheld"): """
        SELECT p.id, concat(coalesce(-a.balance_fen, 0), ' owed, ', coalesce(f.fen, 0), ' unsettled')
        FROM orders_platform p
        LEFT JOIN ledger_account a ON a.kind = 'platform_receivable' AND a.owner_kind = 'platform' AND a.owner_id = p.id
        LEFT JOIN (SELECT f.platform_id, sum(f.withheld_fen) AS fen FROM orders_file f
                   LEFT JOIN orders_settlement_file s ON s.file_id = f.id WHERE s.file_id IS NULL GROUP BY 1) f
            ON f.platform_id = p.id
        WHERE NOT p.sandbox AND coalesce(-a.balance_fen, 0) <> coalesce(f.fen, 0)""",
    ("orders.pending", "已扣未到账与未结算的代扣不符", "not so: pending money is what is withheld, unsettled or carried"): """
        SELECT coalesce(b.owner_id, w.person_id), concat(b.fen, ' pending, ', w.fen, ' withheld')
        FROM (SELECT people_kept(owner_id) AS owner_id, sum(balance_fen) AS fen FROM ledger_account
              WHERE kind = 'pending' AND owner_kind = 'person' GROUP BY 1 HAVING sum(balance_fen) <> 0) b
        FULL JOIN (SELECT person_id, sum(fen) AS fen FROM (
                SELECT l.person_id, w.withheld_fen AS fen FROM orders_file_worker w
                JOIN orders_worker_person l USING (worker_id) JOIN orders_platform p ON p.id = w.platform_id AND NOT p.sandbox
                LEFT JOIN orders_settlement_file s USING (file_id) WHERE s.file_id IS NULL
                UNION ALL
                SELECT people_kept(c.person_id), c.carried_fen FROM orders_settlement_carry c
                WHERE c.settlement_id = (SELECT max(id) FROM orders_settlement s WHERE s.platform_id = c.platform_id)
            ) due GROUP BY 1 HAVING sum(fen) <> 0) w ON w.person_id = b.owner_id
        WHERE b.fen IS DISTINCT FROM w.fen""",
    ("orders.nobodys", "无人认领的代扣与平台名下的钱不符", "not so: money of workers nobody linked stands in the platform's name"): """
        SELECT p.id, concat(coalesce(b.pending, 0), ' pending and ', coalesce(b.withheld, 0), ' held, ', coalesce(w.pending, 0), ' and ', coalesce(w.withheld, 0), ' withheld')
        FROM orders_platform p
        LEFT JOIN (SELECT owner_id, sum(balance_fen) FILTER (WHERE kind = 'pending') AS pending, sum(balance_fen) FILTER (WHERE kind = 'withheld') AS withheld
                   FROM ledger_account WHERE owner_kind = 'platform' AND kind IN ('pending', 'withheld') GROUP BY 1) b ON b.owner_id = p.id
        LEFT JOIN (SELECT w.platform_id, sum(w.withheld_fen) FILTER (WHERE s.file_id IS NULL) AS pending, sum(w.withheld_fen) FILTER (WHERE s.file_id IS NOT NULL) AS withheld
                   FROM orders_file_worker w LEFT JOIN orders_settlement_file s USING (file_id)
                   WHERE NOT EXISTS (SELECT FROM orders_worker_link l WHERE l.worker_id = w.worker_id) GROUP BY 1) w ON w.platform_id = p.id
        WHERE NOT p.sandbox AND (coalesce(b.pending, 0), coalesce(b.withheld, 0)) <> (coalesce(w.pending, 0), coalesce(w.withheld, 0))""",
    ("orders.given_up", "已并入他号的编号名下还有代扣款", "not so: a number that was merged holds no withheld money"): """
        SELECT a.owner_id, concat(a.balance_fen, ' fen ', a.kind) FROM people_merge m
        JOIN ledger_account a ON a.owner_kind = 'person' AND a.owner_id = m.other_id AND a.kind IN ('pending', 'withheld') WHERE a.balance_fen <> 0""",
    ("orders.withheld", "已到账待转与结算、转入不符", "not so: received money is what was settled and not turned over"): """
        SELECT coalesce(b.owner_id, w.person_id), concat(b.fen, ' held, ', w.fen, ' settled and not turned over')
        FROM (SELECT people_kept(owner_id) AS owner_id, sum(balance_fen) AS fen FROM ledger_account
              WHERE kind = 'withheld' AND owner_kind = 'person' GROUP BY 1 HAVING sum(balance_fen) <> 0) b
        FULL JOIN (SELECT person_id, sum(fen) AS fen FROM (
                SELECT l.person_id, w.withheld_fen AS fen FROM orders_file_worker w JOIN orders_worker_person l USING (worker_id)
                JOIN orders_platform p ON p.id = w.platform_id AND NOT p.sandbox JOIN orders_settlement_file s USING (file_id)
                UNION ALL SELECT people_kept(person_id), -turned_fen FROM orders_turnover
                UNION ALL  -- left to heirs, on its way back, or a contribution taken back with its subsidies, each by an entry that says so
                SELECT people_kept(a.owner_id), l.amount_fen FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id
                WHERE (e.kind IN ('inheritance', 'refund_set_aside', 'subsidy_recovered') OR e.kind = 'orders.turnover' AND e.reverses_id IS NOT NULL)
                  AND a.kind = 'withheld' AND a.owner_kind = 'person'
                UNION ALL
                SELECT people_kept(c.person_id), -c.carried_fen FROM orders_settlement_carry c
                WHERE c.settlement_id = (SELECT max(id) FROM orders_settlement s WHERE s.platform_id = c.platform_id)
            ) due GROUP BY 1 HAVING sum(fen) <> 0) w ON w.person_id = b.owner_id
        WHERE b.fen IS DISTINCT FROM w.fen""",
}


# Reads every order number once: for the night.
_NUMBERS = {
    ("orders.number_on_two_days", "同一订单号出现在两个业务日期", "an order number stands on two business dates"): """
        WITH doubled AS (
            SELECT platform_id, order_number FROM orders_fact WHERE sequence = 0 GROUP BY 1, 2 HAVING count(*) > 1
        ), standing AS (  -- an order taken back by a correction on one of its days stands there no more
            SELECT f.platform_id, f.order_number, f.business_date FROM doubled d
            JOIN orders_fact f ON f.platform_id = d.platform_id AND f.order_number = d.order_number GROUP BY 1, 2, 3 HAVING sum(f.orders) > 0
        )
        SELECT concat(p.code, ' ', s.order_number), string_agg(s.business_date::text, ' ' ORDER BY s.business_date)
        FROM standing s JOIN orders_platform p ON p.id = s.platform_id GROUP BY p.code, s.order_number HAVING count(*) > 1""",
}


@audit_check("orders")
def check() -> Iterable[Finding]:
    """Compare orders, files, entries and balances."""
    return _differences(_PROMISES)


@audit_check("order numbers")
def check_numbers() -> Iterable[Finding]:
    """Find order numbers that stand on two business dates."""
    return _differences(_NUMBERS)


def _differences(promises: dict[tuple[str, str, str], str]) -> Iterable[Finding]:
    for (code, zh, en), sql in promises.items():
        for where, by in rows(sql):
            yield Finding(code, str(where), f"{zh}：{by}", f"{en}: {by}")
