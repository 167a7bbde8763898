"""What a merge of two numbers carries to the number kept: months, years and money, by entries of the ledger (S6).

A month or year that both numbers paid stays with the other one, and with it what it brought to the account: it was paid twice, is
shown there, and goes back by taking its payment back.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.store import Law
from lingbao.registry.collection.holdings import book_day, lock_person
from lingbao.registry.errors import Conflict
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.orders.settlement import lock_money
from lingbao.registry.orders.workers import lock_links
from lingbao.registry.session import SYSTEM, acting_as

CARRIED = ("individual", "resident_account", "suspense", "refund_payable", "pending", "withheld")
# What cannot stand under two numbers while they become one, the question that finds it, and how it is said.
_OPEN = (
    ("transfer", "SELECT 1 FROM transfer_case WHERE person_id = %s AND state NOT IN ('done', 'refused', 'withdrawn', 'closed')",
     "有跨省转移正在办理，办结后再合并", "a transfer is under way; merge when it has ended"),
    ("conversion", "SELECT 1 FROM transfer_conversion WHERE person_id = %s AND state = 'applied'",
     "有城乡衔接正在办理，办结后再合并", "a move between the schemes is under way; merge when it has ended"),
    ("pension", "SELECT 1 FROM benefit_claim WHERE person_id = %s AND state <> 'refused'",
     "已申领或领取养老金，应保留这一编号", "a pension is claimed or drawn; this is the number to keep"),
    ("member", "SELECT 1 FROM enrolment_membership WHERE person_id = %s AND until IS NULL",
     "还有参保关系，请先终止，再合并", "there is a membership; it has to end first"),
    ("refund", "SELECT 1 FROM collection_refund_proposal p WHERE p.person_id = %s"
     " AND NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = p.id)",
     "有退款申请等待审批，办结后再合并", "a refund waits for its answer; merge when it has one"),
    ("bank", "SELECT 1 FROM collection_request r WHERE r.person_id = %s AND r.kind = 'refund'"
     " AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number)",
     "已请银行付款、尚未答复，答复后再合并", "a bank is asked to pay and has not answered; merge when it has"),
    ("death", "SELECT 1 FROM benefit_death WHERE person_id = %s AND undone_by IS NULL",
     "已登记死亡，应保留这一编号", "a death is settled under it; this is the number to keep"),
)


def check_can_unite(other: int) -> None:
    """Refuse a merge while something runs under the number that would be given up; what moves its money waits, files of its platforms too.

    Raises
    ------
    Conflict
        Naming what runs.
    """
    with acting_as(SYSTEM), connection.cursor() as cursor:
        lock_money()
        cursor.execute("SELECT DISTINCT w.platform_id FROM orders_worker_link l JOIN orders_worker w ON w.id = l.worker_id WHERE l.person_id = %s ORDER BY 1", [other])
        for platform, in cursor.fetchall():
            lock_links(platform, change=True)
        lock_person(other)
        for name, sql, zh, en in _OPEN:
            cursor.execute(sql, [other])
            if cursor.fetchone() is not None:
                raise Conflict(f"person.merge_{name}", value=other, zh=f"编号 {other} {zh}。", en=f"Number {other}: {en}.")


def unite(kept: int, other: int, *, actor: int, today: date, law: Law | None = None) -> dict[str, Any]:
    """Carry months, years and money of ``other`` to ``kept``, each in the province that keeps it.

    Returns
    -------
    dict
        ``months`` and ``years`` carried, ``fen`` moved, ``entry`` of the ledger (None without money), and ``doubled``: months and
        years that both had paid and that stay with the other number.
    """
    law = law or Law.load()
    with acting_as(SYSTEM):
        doubled_months, doubled_years = _doubled("record_month", "month", kept, other), _doubled("record_year", "year", kept, other)
        entry, fen = _money(kept, other, actor, law, today, f"merge:{other}")
        months = _carried("record_month", "month", "kind, temporary, base_fen, account_fen, pooled_fen", kept, other, entry)
        years = _carried("record_year", "year", "kind, fee_fen, subsidy_fen, aid_fen", kept, other, entry)
    return {"months": months, "years": years, "fen": fen, "entry": entry, "doubled": [*doubled_months, *doubled_years]}


def kept_number(person: int) -> int:
    """Return the number under which a person stands: the same, or the one kept when theirs was merged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_kept(%s)", [person])
        return int(cursor.fetchone()[0])


def numbers_of(person: int) -> list[int]:
    """Return all numbers of a human being, the one kept first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_numbers(%s)", [person])
        return list(cursor.fetchone()[0])


def bring_back(kept: int, other: int, entry: int, *, actor: int) -> None:
    """Bring what an entry paid under ``other``, and a merge carried to ``kept``, back to the account it was paid to: there the entry can be reversed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'individual', kept_by::text, sum(account_fen)::bigint FROM record_month WHERE person_id = %(p)s AND entry_id = %(e)s AND voided_by IS NULL GROUP BY 2"
                       " UNION ALL SELECT 'resident_account', kept_by::text, sum(fee_fen + subsidy_fen + aid_fen)::bigint FROM record_year"
                       " WHERE person_id = %(p)s AND entry_id = %(e)s AND voided_by IS NULL GROUP BY 2", {"p": kept, "e": entry})
        found = cursor.fetchall()
    if not found:
        return
    names = [AccountName(kind, "person", number, province) for kind, province, _ in found for number in (kept, other)]
    accounts = open_accounts(names)
    legs = [Leg(accounts[2 * k + side], fen * sign) for k, (_, _, fen) in enumerate(found) for side, sign in ((0, -1), (1, 1))]
    post([Draft("merge", legs, source=f"merge:{other}:back:{entry}")], actor=actor, law_hash=Law.load().hash,
         reason=f"退回合并前编号 {other} 的缴费", value_date=book_day())


def carry_rest(kept: int, other: int, entry: int, *, actor: int) -> None:
    """Carry what the reversal of an entry left under ``other`` to ``kept``."""
    _money(kept, other, actor, Law.load(), book_day(), f"merge:{other}:rest:{entry}")


def _doubled(table: str, unit: str, kept: int, other: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT o.{unit} FROM {table} o JOIN {table} k ON k.person_id = %s AND k.{unit} = o.{unit} AND k.voided_by IS NULL"
                       f" WHERE o.person_id = %s AND o.voided_by IS NULL ORDER BY 1", [kept, other])
        return [row[0] for row in cursor.fetchall()]


def _money(kept: int, other: int, actor: int, law: Law, today: date, source: str) -> tuple[int | None, int]:
    """Move the accounts in one entry, without what the doubled months and years brought; return the entry and the sum [fen]."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id, a.kind, a.province::text, a.balance_fen - CASE a.kind
                WHEN 'individual' THEN (SELECT coalesce(sum(o.account_fen), 0) FROM record_month o WHERE o.person_id = %(other)s AND o.voided_by IS NULL
                    AND o.kept_by = a.province AND EXISTS (SELECT FROM record_month k WHERE k.person_id = %(kept)s AND k.month = o.month AND k.voided_by IS NULL))
                WHEN 'resident_account' THEN (SELECT coalesce(sum(o.fee_fen + o.subsidy_fen + o.aid_fen), 0) FROM record_year o WHERE o.person_id = %(other)s
                    AND o.voided_by IS NULL AND o.kept_by = a.province
                    AND EXISTS (SELECT FROM record_year k WHERE k.person_id = %(kept)s AND k.year = o.year AND k.voided_by IS NULL))
                ELSE 0 END
            FROM ledger_account a WHERE a.owner_kind = 'person' AND a.owner_id = %(other)s AND a.kind = ANY(%(kinds)s) ORDER BY a.id
            """, {"kept": kept, "other": other, "kinds": list(CARRIED)})
        found = [(account, kind, province, int(fen)) for account, kind, province, fen in cursor.fetchall() if fen > 0 or (fen and kind == "pending")]
    if not found:
        return None, 0
    targets = open_accounts([AccountName(kind, "person", kept, province) for _, kind, province, _ in found])
    legs = [leg for (account, _, _, fen), target in zip(found, targets, strict=True) for leg in (Leg(account, -fen), Leg(target, fen))]
    entry = post([Draft("merge", legs, source=source)], actor=actor, law_hash=law.hash, reason=f"合并编号：{other} 并入 {kept}", value_date=today)[0]
    return entry, sum(fen for *_, fen in found)


def _carried(table: str, unit: str, columns: str, kept: int, other: int, entry: int | None) -> int:
    """Take the rows back from the other number by the entry of the merge, and write them for the one kept, paid by the entry that paid them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH taken AS (UPDATE {table} o SET voided_by = coalesce(%s, o.entry_id, 0) WHERE o.person_id = %s AND o.voided_by IS NULL"
            f"  AND NOT EXISTS (SELECT FROM {table} k WHERE k.person_id = %s AND k.{unit} = o.{unit} AND k.voided_by IS NULL) RETURNING o.*)"
            f" INSERT INTO {table} (person_id, {unit}, province, kept_by, entry_id, paid_on, {columns})"
            f" SELECT %s, {unit}, province, kept_by, entry_id, paid_on, {columns} FROM taken", [entry, other, kept, kept])
        return int(cursor.rowcount)
