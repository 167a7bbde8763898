"""The account on which a pension is worked out: what it held, with the interest of the claim's year up to the claim (劳办发〔1997〕116号).

The yearly interest of collection counts what is credited here for the same year and credits the rest at its end. Interest of an
earlier year whose rate comes late belongs to the time before the claim: the pension is provisional until it is on the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from lingbao.law.errors import MissingLaw
from lingbao.law.month import month, month_of_year, year_of
from lingbao.law.rules.account import balance_at_claim, posting_product_to_claim
from lingbao.law.store import Law
from lingbao.registry.collection.interest import SCHEMES, credit_account
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen

AFTERWARDS = ("interest", "pension", "pension_restored", "inheritance")  # entries that follow the claim and are no part of the account at it


@dataclass(frozen=True)
class AtClaim:
    """A personal account at a claim.

    Attributes
    ----------
    account : int
        Its number.
    fen : int
        What it holds for the pension, interest up to the claim included [fen].
    interest_fen : int
        Interest of the claim's year in it [fen].
    rate : float or None
        Crediting rate of that interest; None where nothing was ever on the account.
    missing : tuple of int
        Earlier years at whose end it held money and whose interest is not credited yet; the pension waits for them.
    not_on_record : tuple of int
        Such years before the first national rate, when each province set its own: no rate is to come any more, and the
        accounts of those years were brought over with their interest. The working out names them.
    """

    account: int
    fen: int
    interest_fen: int
    rate: float | None
    missing: tuple[int, ...]
    not_on_record: tuple[int, ...] = ()


def credit_years_before(person: int, province: str, claim_month: int, *, law: Law, known: int, scheme: str = "employee") -> None:
    """Credit the interest that an account lacks of the years before a claim, as far as the rates are published in the month ``known``."""
    with acting_as(SYSTEM):
        account, = open_accounts([AccountName(SCHEMES[scheme][0], "person", person, province)])
    missing, _ = _uncredited(account, year_of(claim_month), law, scheme)
    for year in range(min(missing, default=year_of(claim_month)), year_of(claim_month)):
        try:
            credit_account(law, scheme, province, account, year, known=known)
        except MissingLaw:
            return  # the years after it rest on it


def account_at_claim(person: int, province: str, claim_month: int, *, law: Law, known: int, scheme: str = "employee") -> AtClaim:
    """Return the account at a claim, the same whenever it is asked for unless money of the time before has come in.

    Parameters
    ----------
    person : int
    province : str
    claim_month : int
    law : Law
    known : int
        Month from which one looks for the rate of the claim's year; the latest one known then stands in for one that is not out.
    scheme : {"employee", "resident"}
        Whose account it is; a resident account bears the province's own rate.

    Raises
    ------
    MissingLaw
        If no rate of the place is on record.
    """
    year, until = year_of(claim_month), month_of_year(claim_month)
    kind, path = SCHEMES[scheme]
    end = date(year + until // 12, until % 12 + 1, 1)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        account, = open_accounts([AccountName(kind, "person", person, province)])
        cursor.execute(
            "SELECT coalesce(sum(l.amount_fen) FILTER (WHERE e.value_date < %(start)s), 0)::bigint,"
            " coalesce(sum(l.amount_fen) FILTER (WHERE e.value_date >= %(start)s AND e.kind <> ALL (%(later)s)), 0)::bigint,"
            " coalesce(json_agg(json_build_array(l.amount_fen, extract(month FROM e.value_date)::int))"
            "          FILTER (WHERE e.value_date >= %(start)s AND e.value_date < %(end)s AND e.kind <> ALL (%(later)s)), '[]'), count(*)"
            " FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = %(account)s",
            {"account": account, "start": date(year, 1, 1), "end": end, "later": list(AFTERWARDS)})
        opening, postings, each, legs = cursor.fetchone()
    if not legs and scheme == "resident":
        return AtClaim(account, 0, 0, None, ())
    rate = float(law.look_up(path.format(province), month(year, 1), known, provisional=True).value)
    product = sum(posting_product_to_claim(amount / FEN_PER_YUAN, number, until) for amount, number in each)
    whole = fen(balance_at_claim(opening / FEN_PER_YUAN, postings / FEN_PER_YUAN, product, rate, until))
    return AtClaim(account, whole, whole - opening - postings, rate, *_uncredited(account, year, law, scheme))


def credit_to_claim(found: AtClaim, province: str, claim: int, claim_month: int, *, law: Law, actor: int) -> None:
    """Credit the interest from January to the month of the claim, once for each claim; not where the year's interest is credited already."""
    year = year_of(claim_month)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = %s AND e.kind = 'interest'"
                       " AND e.value_date >= %s)", [found.account, date(year, 1, 1)])
        if cursor.fetchone()[0] or not found.interest_fen or found.rate is None:
            return
        borne, = open_accounts([AccountName("interest", "province", int(province), province)])
        post([Draft("interest", [Leg(found.account, found.interest_fen), Leg(borne, -found.interest_fen)], source=f"claim:{claim}")], actor=actor,
             law_hash=law.hash, reason=f"{year} 年 1 月至领取月的记账利息，利率 {found.rate:.2%}", value_date=date(year, month_of_year(claim_month), 1))


def _uncredited(account: int, claim_year: int, law: Law, scheme: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the earlier years at whose end an account held money and whose interest was never credited: to be waited for, and not."""
    first = year_of(min(value.since for value in law.history(SCHEMES[scheme][1]))) if scheme == "employee" else 0
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(year FROM e.value_date)::int, sum(l.amount_fen)::bigint, bool_or(e.kind = 'interest') FROM ledger_leg l"
            " JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = %s AND e.value_date < %s GROUP BY 1", [account, date(claim_year, 1, 1)])
        booked = {year: (amount, credited) for year, amount, credited in cursor.fetchall()}
    held, years = 0, []
    for year in range(min(booked, default=claim_year), claim_year):
        amount, credited = booked.get(year, (0, False))
        held += amount
        if held > 0 and not credited:
            years.append(year)
    return tuple(year for year in years if year >= first), tuple(year for year in years if year < first)
