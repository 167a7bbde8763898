"""Contribution subsidies: granted within the law's limits, posted for each month that was truly paid (N10, B8)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.law.rules.subsidy import (
    contribution_subsidy,
    graduate_subsidy_months,
    subsidy_limit,
    subsidy_months,
)
from lingbao.law.store import Law
from lingbao.registry.collection.holdings import lock_subsidies
from lingbao.registry.enrolment.choice import fen
from lingbao.registry.errors import Conflict, Overdrawn, name_constraint
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.ledger.queries import balance
from lingbao.registry.session import SYSTEM, Actor
from lingbao.registry.statements import returning

name_constraint("collection_subsidy_once", Conflict, "collection.subsidised",
                "这段时间已享受社会保险补贴，不能重复享受。", "There is a subsidy in these months already.")
name_constraint("collection_subsidy_payer_once", Conflict, "collection.payer_shares",
                "这段时间该分担方已经有一份分担补贴，不能重复。", "This payer bears a part of a shared subsidy in these months already.")
PROGRAMMES = ("hard_to_employ", "graduate", "youth", "shared")  # in the order in which they are posted
PAYERS = ("platform", "province", "state")  # parts of a shared subsidy, in the order in which the proposal names the parties (B8)


@dataclass(frozen=True)
class Grant:
    """A subsidy of contributions.

    Parameters
    ----------
    person, province : int, str
        Who is subsidised, and where he pays.
    programme : str
        ``hard_to_employ`` (就业困难人员, "4050") and ``graduate`` (离校未就业高校毕业生) of the law in force; ``youth`` (N10) and
        ``shared`` (B8: platform, province and state, each with a grant of its own) of a reform that sets their length.
    payer_kind, payer_id : str, int
        ``state`` 0, ``province`` with its digits, or ``platform`` with its number.
    share : float
        Part of what was paid.
    since, until : int
        First month, and first month no longer subsidised.
    """

    person: int
    province: str
    programme: str
    payer_kind: str
    payer_id: int
    share: float
    since: int
    until: int


def longest(law: Law, programme: str, *, months_to_retirement: int = 0, months_since_school: int = 0) -> int:
    """Return for how many months the law lets a programme last: until retirement for those near it.

    Raises
    ------
    InputError
        For a programme whose length the law does not set.
    """
    def number(name: str) -> int:
        return int(law.number(f"national.subsidy.{name}"))

    if programme == "hard_to_employ":
        return int(subsidy_months(months_to_retirement, number("near_retirement_months"), number("max_months")))
    if programme == "graduate":
        return int(graduate_subsidy_months(months_since_school, number("graduate_window_months"), number("graduate_max_months")))
    raise InputError("collection.programme", value=programme, zh=f"法律未规定“{programme}”的期限。",
                     en=f"The law sets no length for '{programme}'.")


def grant(actor: Actor, law: Law, wish: Grant, *, months_allowed: int) -> int:
    """Record a subsidy of at most the law's share and `months_allowed` (from `longest`, or a shared agreement).

    Raises
    ------
    InputError
        If the share is above the law's limit or the months are too many.
    Conflict
        If another subsidy covers some of these months.
    """
    if wish.programme not in PROGRAMMES:
        raise InputError("collection.programme", value=wish.programme, zh=f"没有“{wish.programme}”这项补贴。",
                         en=f"There is no subsidy called '{wish.programme}'.")
    most = most_share(law, wish.programme)
    if not 0 < wish.share <= most + 1e-9:
        raise InputError("collection.share", value=wish.share, where="share", zh=f"补贴比例 {wish.share:.2%} 超过上限 {most:.2%}。",
                         en=f"A share of {wish.share:.2%} is above the limit of {most:.2%}.")
    if not 0 < wish.until - wish.since <= months_allowed:
        raise InputError("collection.months", value=wish.until - wish.since, where="until",
                         zh=f"补贴最长 {months_allowed} 个月。", en=f"The subsidy lasts at most {months_allowed} months.")
    with transaction.atomic():
        return returning(
            "INSERT INTO collection_subsidy (person_id, province, programme, payer_kind, payer_id, share, since, until,"
            " law_hash, granted_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [wish.person, wish.province, wish.programme, wish.payer_kind, wish.payer_id, wish.share, wish.since, wish.until,
             law.hash, actor.id])


@dataclass(frozen=True)
class _Due:
    """A grant, and a month of it that was paid: by which entry, how much [fen], and what was posted for it before [fen]."""

    grant: int
    person: int
    programme: str
    payer_kind: str
    payer: int
    share: float
    entry: int
    paid_fen: int
    posted_fen: int | None

    @property
    def turn(self) -> tuple[int, int, int]:
        """Place among the subsidies of a month: those of the law in force first, then the parts of a shared one."""
        return PROGRAMMES.index(self.programme), PAYERS.index(self.payer_kind), self.grant


def post_subsidies(law: Law, province: str, month: int, *, on: date) -> list[int]:
    """Post what a month's subsidies owe to those who paid that month themselves; return the entries.

    The payer owes it, the person is owed it (先缴后补: the contribution itself counts in full). All subsidies of a month
    together are at most what was paid: they are posted in turn, and who comes last bears what is left. Run again it posts
    nothing twice: the cause of each entry is the grant, the contribution and the month.
    """
    lock_subsidies(province)
    owed = [(due, amount) for dues in _dues(province, month).values() for due, amount in _shared_out(law, dues)]
    numbers = open_accounts([name for due, _ in owed for name in (
        AccountName("subsidy_receivable", due.payer_kind, due.payer, province), AccountName("refund_payable", "person", due.person, province))])
    drafts = [Draft("subsidy", [Leg(numbers[2 * place], -amount), Leg(numbers[2 * place + 1], amount)], source=f"{due.grant}:{due.entry}:{month}")
              for place, (due, amount) in enumerate(owed)]
    return post(drafts, actor=SYSTEM.id, law_hash=law.hash, reason=f"社会保险补贴 {format_month(month)}", value_date=on)


def _dues(province: str, month: int) -> dict[int, list[_Due]]:
    """Grants that hold in a month which was paid, by person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.person_id, s.programme, s.payer_kind, s.payer_id, s.share, m.entry_id, m.account_fen + m.pooled_fen,"
            " (SELECT sum(l.amount_fen)::bigint FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id AND l.amount_fen > 0"
            "  WHERE e.kind = 'subsidy' AND e.source = s.id || ':' || m.entry_id || ':' || m.month)"
            " FROM collection_subsidy s JOIN record_month m ON m.person_id = s.person_id AND m.month = %(month)s AND m.province = s.province"
            " AND m.kind = 'paid' AND m.voided_by IS NULL"
            " JOIN ledger_entry c ON c.id = m.entry_id AND c.kind IN ('contribution', 'orders.turnover')"  # by oneself, or by a platform out of the own income
            " WHERE s.province = %(province)s AND int4range(s.since, s.until) @> %(month)s ORDER BY s.person_id, s.id",
            {"month": month, "province": province})
        found: dict[int, list[_Due]] = {}
        for row in cursor.fetchall():
            found.setdefault(row[1], []).append(_Due(*row))
    return found


def _shared_out(law: Law, dues: list[_Due]) -> Iterator[tuple[_Due, int]]:
    """What each grant of a person still owes for a month [fen], in turn, within what was paid."""
    left = dues[0].paid_fen - sum(due.posted_fen or 0 for due in dues)
    for due in sorted((each for each in dues if each.posted_fen is None), key=lambda each: each.turn):
        paid = due.paid_fen / 100
        limit = float(subsidy_limit(paid, most_share(law, due.programme)))
        amount = min(fen(float(contribution_subsidy(paid, math.inf, float(due.share), limit))), left)
        if amount > 0:
            left -= amount
            yield due, amount


def most_share(law: Law, programme: str) -> float:
    """Return the largest share of the payment that the law lets a programme return."""
    return float(law.number("national.subsidy.graduate_max_share" if programme == "graduate" else "national.subsidy.max_share"))


def owed_by_payers(province: str | None) -> list[tuple[str, str, int, int]]:
    """Return who owes subsidies in a province (None: wherever one may see): province, kind and number of the payer, how much [fen].

    Below zero it is what the payer paid too much: it counts towards the next subsidies.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT province, owner_kind, owner_id, -balance_fen FROM ledger_account WHERE kind = 'subsidy_receivable'"
                       " AND province = coalesce(%s, province) AND balance_fen <> 0 ORDER BY balance_fen, province, owner_kind, owner_id", [province])
        return list(cursor.fetchall())


def subsidy_received(law: Law, payer_kind: str, payer_id: int, province: str, amount_fen: int, *, reference: str, on: date,
                     actor: Actor = SYSTEM) -> int:
    """Book the money with which a payer of subsidies settles what it owes; a reference is booked once.

    Raises
    ------
    Overdrawn
        If the payer owes less than that.
    Conflict
        If the reference was booked before.
    """
    bank, receivable = open_accounts([
        AccountName("bank", "province", int(province), province), AccountName("subsidy_receivable", payer_kind, payer_id, province)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('subsidy', %s))", [receivable])
        cursor.execute("SELECT 1 FROM ledger_entry WHERE kind = 'subsidy_received' AND source = %s", [reference])
        if cursor.fetchone() is not None:
            raise Conflict("collection.booked_before", value=reference, where="reference", zh="这笔到账已经登记过，没有重复记账。", en="This receipt is booked already; nothing was booked again.")
    owed = -balance(receivable)
    if amount_fen > owed:
        raise Overdrawn("collection.payer_owes_less", value=amount_fen, where="fen", zh=f"该补贴方只欠 {max(owed, 0) / 100:.2f} 元，不能登记更多。",
                        en=f"This payer owes {max(owed, 0) / 100:.2f} yuan; no more can be booked.")
    draft = Draft("subsidy_received", [Leg(bank, -amount_fen), Leg(receivable, amount_fen)], source=reference)
    return post([draft], actor=actor.id, law_hash=law.hash, reason="收到补贴资金", value_date=on)[0]
