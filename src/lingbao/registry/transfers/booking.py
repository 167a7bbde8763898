"""The two halves of a transfer in the books: out of one province, on the way with the nation, into the other.

Each entry sums to zero in every province's book by itself, so the books of both agencies balance at every moment, and
what has left one and not reached the other stands in the worker's transit account of the national book.
"""

from __future__ import annotations

from datetime import date

from lingbao.law.store import Law
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post, reverse
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.registry.transfers.cases import Case

NATION = "00"


def book_out(case: Case, *, actor: int, law: Law, day: date) -> int:
    """Take the money out of the old province and put it on the way; return the entry.

    Raises
    ------
    Overdrawn
        If the account or the bank of the old province does not hold it.
    """
    account, pooled, total = _money(case)
    province = case.from_province
    with acting_as(SYSTEM):
        individual, pool, bank, clearing, transit = open_accounts([
            AccountName("individual", "person", case.person, province), AccountName("pooled", "province", int(province), province),
            AccountName("bank", "province", int(province), province), AccountName("bank", "state", 0, NATION),
            AccountName("transit", "person", case.person, NATION)])
        legs = _standing(Leg(individual, -account), Leg(pool, -pooled), Leg(bank, total), Leg(clearing, -total), Leg(transit, total))
        return post([Draft("transfer_out", legs, source=f"transfer:{case.id}:{case.progress.steps}")], actor=actor,
                    law_hash=law.hash, value_date=day, reason=f"养老保险关系转移 {case.id}：转出")[0]


def book_in(case: Case, *, actor: int, law: Law, day: date) -> int:
    """Book the money on the way into the new province; return the entry."""
    account, pooled, total = _money(case)
    province = case.to_province
    with acting_as(SYSTEM):
        individual, pool, bank, clearing, transit = open_accounts([
            AccountName("individual", "person", case.person, province), AccountName("pooled", "province", int(province), province),
            AccountName("bank", "province", int(province), province), AccountName("bank", "state", 0, NATION),
            AccountName("transit", "person", case.person, NATION)])
        legs = _standing(Leg(transit, -total), Leg(clearing, total), Leg(bank, -total), Leg(individual, account), Leg(pool, pooled))
        return post([Draft("transfer_in", legs, source=f"transfer:{case.id}:{case.progress.steps}")], actor=actor,
                    law_hash=law.hash, value_date=day, reason=f"养老保险关系转移 {case.id}：转入")[0]


def undo(entry: int, case: Case, *, actor: int, day: date, reason: str) -> int:
    """Reverse a half; return the reversing entry."""
    with acting_as(SYSTEM):
        return reverse(entry, actor=actor, value_date=day, reason=f"养老保险关系转移 {case.id}：{reason}")


def account_balance(person: int, province: str) -> int:
    """Balance of a person's individual account in a province [fen]; nothing where none was opened."""
    from django.db import connection

    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT balance_fen FROM ledger_account WHERE kind = 'individual' AND owner_kind = 'person'"
                       " AND owner_id = %s AND province = %s", [person, province])
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def _money(case: Case) -> tuple[int, int, int]:
    assert case.account_fen is not None and case.pooled_fen is not None, "the information form comes first"
    return case.account_fen, case.pooled_fen, case.account_fen + case.pooled_fen


def _standing(*legs: Leg) -> list[Leg]:
    """Legs that move something."""
    return [leg for leg in legs if leg.fen]
