"""People with months paid, for tests: posted to the books and written in the record as collection does it."""

from __future__ import annotations

from datetime import date

from django.db import connection

from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.record.crediting import PaidMonth, credit_months
from lingbao.registry.session import SYSTEM, acting_as


def pay(person: int, province: str, first: int, count: int, base_fen: int, *, temporary: bool = False,
        on: date = date(2026, 1, 5)) -> tuple[int, int]:
    """Pay ``count`` months on one base, 8% to the account and 12% to the pool; return what went to each [fen]."""
    account, pooled = base_fen * 8 // 100, base_fen * 12 // 100
    with acting_as(SYSTEM):
        bank, individual, pool = open_accounts([
            AccountName("bank", "province", int(province), province), AccountName("individual", "person", person, province),
            AccountName("pooled", "province", int(province), province)])
        legs = [Leg(bank, -(account + pooled) * count), Leg(individual, account * count), Leg(pool, pooled * count)]
        entry = post([Draft("contribution", legs)], actor=0, law_hash=Law.load().hash, reason="缴费", value_date=on)[0]
        credit_months(PaidMonth(person, first + n, province, base_fen, account, pooled, entry, on, temporary=temporary)
                      for n in range(count))
    return account * count, pooled * count


def balances(person: int) -> dict[tuple[str, str], int]:
    """Balances of a person's accounts by kind and province, empty ones left out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, province, balance_fen FROM ledger_account WHERE owner_kind = 'person' AND owner_id = %s"
                       " AND balance_fen <> 0", [person])
        return {(kind, province): fen for kind, province, fen in cursor.fetchall()}


def books() -> dict[str, int]:
    """Sum of all accounts in each province's book that is not zero: an empty answer means that all balance."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT province, sum(balance_fen) FROM ledger_account GROUP BY province HAVING sum(balance_fen) <> 0")
        return {province: int(fen) for province, fen in cursor.fetchall()}


def unbalanced_entries() -> list[int]:
    """Entries whose legs do not sum to zero within each province's book."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id"
                       " GROUP BY entry_id, a.province HAVING sum(amount_fen) <> 0")
        return [row[0] for row in cursor.fetchall()]


MONTH_2025 = month(2025, 1)
