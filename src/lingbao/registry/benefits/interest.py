"""Interest of the year of the claim, up to the claim: the account on which the pension is worked out (劳办发〔1997〕116号).

The yearly interest of collection counts what is credited here for the same year and credits the rest at its end.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from lingbao.law.month import month, month_of_year, year_of
from lingbao.law.rules.account import balance_at_claim, posting_product_to_claim
from lingbao.law.store import Law
from lingbao.registry.collection.interest import SCHEMES
from lingbao.registry.errors import Conflict
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen


def credit_to_claim(person: int, province: str, claim: int, claim_month: int, *, law: Law, known: int, actor: int,
                    scheme: str = "employee") -> int:
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
    scheme : {"employee", "resident"}
        Whose account it is; a resident account bears the province's own rate.

    Raises
    ------
    MissingLaw
        If no rate of the place is on record.
    Conflict
        If a year gone by was never credited to a resident account.
    """
    year, until = year_of(claim_month), month_of_year(claim_month)
    kind, path = SCHEMES[scheme]
    with acting_as(SYSTEM):
        account, borne = open_accounts([AccountName(kind, "person", person, province), AccountName("interest", "province", int(province), province)])
        if scheme == "resident":
            if not _has_moved(account, date(year + until // 12, until % 12 + 1, 1)):
                return 0
            _check_years(account, year)
        rate = float(law.look_up(path.format(province), month(year, 1), known, provisional=True).value)
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


def _has_moved(account: int, before: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = %s AND e.value_date < %s)",
                       [account, before])
        return bool(cursor.fetchone()[0])


def _check_years(account: int, claim_year: int) -> None:
    """Refuse an account that held money at the end of an earlier year whose interest was never credited."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT y FROM generate_series((SELECT min(extract(year FROM e.value_date))::int FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE l.account_id = %(account)s), %(last)s) y WHERE coalesce((SELECT sum(l.amount_fen) FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE l.account_id = %(account)s AND e.value_date <= make_date(y, 12, 31)), 0) > 0 AND NOT EXISTS (SELECT FROM ledger_leg l"
            " JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = %(account)s AND e.kind = 'interest' AND extract(year FROM e.value_date) = y) ORDER BY y",
            {"account": account, "last": claim_year - 1})
        years = [str(row[0]) for row in cursor.fetchall()]
    if years:
        raise Conflict("benefit.no_interest", value=", ".join(years), zh=f"{'、'.join(years)} 年的账户利息还没有计入，请先计息再核定。",
                       en=f"Interest of {', '.join(years)} is not credited to the account yet; credit it first.")
