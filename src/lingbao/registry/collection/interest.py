"""Interest of a year on the accounts of a scheme, by the rule and the published rate; run again, it posts only what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db import connection

from lingbao.law.errors import MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules.account import statement_interest
from lingbao.law.store import Law
from lingbao.registry.enrolment.choice import fen
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, run_as

BLOCK = 20_000  # accounts in one entry and one transaction: a run that is broken off goes on where it stopped


@dataclass(frozen=True)
class Credited:
    """What an interest run did: accounts that gained or lost, and the sum."""

    accounts: int
    fen: int


# Kind of account and path of its crediting rate, by scheme.
SCHEMES = {"employee": ("individual", "national.account.crediting_rate"), "resident": ("resident_account", "provinces.{}.resident_account_rate")}


def credit_interest(law: Law, province: str, year: int, *, known: int | None = None, scheme: str = "employee") -> Credited:
    """Credit a year's interest to the accounts of a scheme in a province, with value on its last day.

    The interest of an account is `statement_interest` of the balance at the beginning of the year and the month
    products of the year's postings (a posting of January bears twelve months, one of December one). What was credited
    for the year before is counted: a second run, or one after a correction, posts the difference only.

    Raises
    ------
    MissingLaw
        If the rate of the year is not published, as far as known in the month `known`.
    """
    kind, rate = SCHEMES[scheme][0], published_rate(law, scheme, province, year, known)
    accounts, total = 0, 0
    for block in _blocks(kind, province):
        done = run_as(SYSTEM, partial(_credit_block, law, kind, province, year, rate, block))
        accounts, total = accounts + done.accounts, total + done.fen
    return Credited(accounts, total)


def credit_account(law: Law, scheme: str, province: str, account: int, year: int, *, known: int) -> None:
    """Credit a year's interest to one account as the run of the year would, which then finds nothing left to post.

    Raises
    ------
    MissingLaw
        If the rate of the year is not published, as far as known in the month `known`.
    """
    kind, rate = SCHEMES[scheme][0], published_rate(law, scheme, province, year, known)
    run_as(SYSTEM, partial(_credit_block, law, kind, province, year, rate, (account, account)))


def published_rate(law: Law, scheme: str, province: str, year: int, known: int | None) -> float:
    """Return the crediting rate of a year, as far as it is published in the month ``known``.

    Raises
    ------
    MissingLaw
        If it is not.
    """
    value = law.look_up(SCHEMES[scheme][1].format(province), year * MONTHS_PER_YEAR, known)
    if value.provisional:  # another year's rate may be shown in a forecast, but never be posted
        raise MissingLaw("collection.rate", value=year, where=value.path, zh=f"{year} 年记账利率尚未公布，不能计息。",
                         en=f"The crediting rate of {year} is not published yet; no interest can be posted.")
    return float(value.value)


def _credit_block(law: Law, kind: str, province: str, year: int, rate: float, block: tuple[int, int]) -> Credited:
    with connection.cursor() as cursor:
        # Two runs on accounts of one kind and province wait for each other, so that the second sees what the first has posted.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('interest ' || %s, %s))", [kind, int(province)])
    legs = []
    for account, opening, product, credited in _products(kind, province, year, block):
        due = fen(float(statement_interest(opening / 100, product / 100, rate))) - credited
        if due:
            legs.append(Leg(account, due))
    return post_interest(law, province, year, rate, legs)


def post_interest(law: Law, province: str, year: int, rate: float, legs: Sequence[Leg]) -> Credited:
    """Post what accounts of a province gain for a year in one entry with value on its last day, borne by the province."""
    if not legs:
        return Credited(0, 0)
    borne, = open_accounts([AccountName("interest", "province", int(province), province)])
    total = sum(leg.fen for leg in legs)
    draft = Draft("interest", [*legs, Leg(borne, -total)] if total else legs)
    post([draft], actor=SYSTEM.id, law_hash=law.hash, reason=f"{year} 年记账利息，利率 {rate:.2%}", value_date=date(year, 12, 31))
    return Credited(len(legs), total)


def _blocks(kind: str, province: str) -> Iterator[tuple[int, int]]:
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT min(id), max(id) FROM (SELECT id FROM ledger_account WHERE kind = %s AND province = %s"
                           " AND id > %s ORDER BY id LIMIT %s) block", [kind, province, last, BLOCK])
            first, last = cursor.fetchone()
        if first is None:
            return
        yield first, last


def _products(kind: str, province: str, year: int, block: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    """Return for each account: opening balance, sum of month products of the year, interest credited for it, in fen."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id,
                coalesce(sum(l.amount_fen) FILTER (WHERE e.value_date < %(start)s), 0)::bigint,
                coalesce(sum(l.amount_fen * (13 - extract(month FROM e.value_date)))
                         FILTER (WHERE e.value_date >= %(start)s AND e.kind <> 'interest'), 0)::bigint,
                coalesce(sum(l.amount_fen) FILTER (WHERE e.value_date >= %(start)s AND e.kind = 'interest'), 0)::bigint
            FROM ledger_account a JOIN ledger_leg l ON l.account_id = a.id JOIN ledger_entry e ON e.id = l.entry_id
            WHERE a.kind = %(kind)s AND a.province = %(province)s AND a.id BETWEEN %(first)s AND %(last)s
              AND e.value_date <= %(end)s
            GROUP BY a.id ORDER BY a.id
            """,
            {"kind": kind, "start": date(year, 1, 1), "end": date(year, 12, 31), "province": province, "first": block[0], "last": block[1]})
        return cursor.fetchall()
