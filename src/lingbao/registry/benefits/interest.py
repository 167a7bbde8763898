"""Interest of the year of the claim, up to the claim: the account on which the pension is worked out (劳办发〔1997〕116号).

The yearly interest of collection counts what is credited here for the same year and credits the rest at its end.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from lingbao.law.month import month, month_of_year, year_of
from lingbao.law.rules.account import balance_at_claim, posting_product_to_claim
from lingbao.law.store import Law
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen


def credit_to_claim(person: int, province: str, claim: int, claim_month: int, *, law: Law, known: int, actor: int) -> int:
    """Credit the interest from January to the month of the claim, once for each claim; return it [fen].

    Parameters
    ----------
    person, claim : int
    province : str
    claim_month : int
    law : Law
    known : int
        Month from which one looks; the latest crediting rate known then stands in for one that is not out.
    actor : int
    """
    year, until = year_of(claim_month), month_of_year(claim_month)
    rate = float(law.look_up("national.account.crediting_rate", month(year, 1), known, provisional=True).value)
    with acting_as(SYSTEM):
        account, borne = open_accounts([AccountName("individual", "person", person, province), AccountName("interest", "province", int(province), province)])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(l.amount_fen) FILTER (WHERE e.value_date < %(start)s), 0)::bigint,"
                " coalesce(sum(l.amount_fen) FILTER (WHERE e.value_date >= %(start)s AND e.kind <> 'interest'), 0)::bigint,"
                " coalesce(json_agg(json_build_array(l.amount_fen, extract(month FROM e.value_date)::int))"
                "          FILTER (WHERE e.value_date >= %(start)s AND e.kind <> 'interest'), '[]')"
                " FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = %(account)s AND e.value_date < %(end)s",
                {"account": account, "start": date(year, 1, 1), "end": date(year + until // 12, until % 12 + 1, 1)})
            opening, postings, each = cursor.fetchone()
        product = sum(posting_product_to_claim(amount / FEN_PER_YUAN, number, until) for amount, number in each)
        whole = balance_at_claim(opening / FEN_PER_YUAN, postings / FEN_PER_YUAN, product, rate, until)
        interest = fen(whole) - opening - postings
        if interest:
            post([Draft("interest", [Leg(account, interest), Leg(borne, -interest)], source=f"claim:{claim}")], actor=actor, law_hash=law.hash,
                 reason=f"{year} 年 1 月至领取月的记账利息，利率 {rate:.2%}", value_date=date(year, until, 1))
    return interest
