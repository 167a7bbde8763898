"""What the home page says: one number, what this month brought, what comes next; and months with their gaps."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from lingbao.law.month import MONTHS_PER_YEAR, month
from lingbao.law.store import Law
from lingbao.registry.asking import together
from lingbao.registry.collection.parts import YEARLY, Bill, Part, bills
from lingbao.registry.collection.settling import asked_back, in_time
from lingbao.registry.enrolment.membership import Membership, memberships
from lingbao.registry.ledger.queries import Account, accounts_of
from lingbao.registry.orders.own import OwnMoves, moves_since
from lingbao.registry.record.queries import RecordedMonth, months_of, years_of
from lingbao.web.account.access import Me, this_month, today
from lingbao.web.account.claims import Claim, claims_of

SHOWN = ("individual", "resident_account")


@dataclass(frozen=True)
class Open:
    """A part of a bill that can still be paid, and until when."""

    bill: Bill
    part: Part

    @property
    def by_year(self) -> bool:
        """Whether it pays a year of the resident scheme and not a month."""
        return self.bill.kind in YEARLY

    @property
    def late(self) -> bool:
        """Whether its day has passed."""
        return self.bill.due_on < today()


@dataclass(frozen=True)
class Overview:
    """The worker's affairs at a glance."""

    member: Membership | None
    accounts: tuple[Account, ...]
    open: tuple[Open, ...]
    lapsed: tuple[Open, ...]
    month: OwnMoves
    months: tuple[RecordedMonth, ...]
    years: int
    claims: tuple[Claim, ...] = ()
    asked_back: int = 0

    @property
    def held(self) -> int:
        """What the personal accounts hold [fen]."""
        return sum(account.balance_fen for account in self.accounts if account.kind in SHOWN)

    @property
    def waiting(self) -> int:
        """Money that was paid, not used yet and not asked back [fen]."""
        return sum(account.balance_fen for account in self.accounts if account.kind == "suspense") - self.asked_back

    @property
    def due(self) -> int:
        """What open bills still ask for, less what waits [fen]."""
        return max(sum(each.part.amount_fen for each in self.open) - self.waiting, 0)

    @property
    def drawn(self) -> Claim | None:
        """The claim on which a pension is paid, if one is."""
        return next((each for each in self.claims if each.drawn), None)

    @property
    def asked(self) -> Claim | None:
        """The claim that is being worked out, if one is."""
        return next((each for each in self.claims if each.state == "applied"), None)

    @property
    def last_month(self) -> int:
        """The month up to which months are looked at: the present one, or the one in which the worker retired."""
        retired = [each.month for each in self.claims if each.running and each.scheme == "employee"]
        return min([this_month(), *retired])

    @property
    def billed(self) -> set[int]:
        """Months that bills ask for, or asked for in vain; a year of the resident scheme is none of them."""
        return {each.part.month for each in (*self.open, *self.lapsed) if not each.by_year}

    @property
    def missed_this_year(self) -> int:
        """Months of this year that the worker might have paid himself and that are neither paid nor billed."""
        if self.member is None or self.member.standing != "flexible" or self.member.stopped:
            return 0
        now = self.last_month
        taken = {each.month for each in self.months} | self.billed
        return sum(on not in taken for on in range(max(self.member.since, now - now % MONTHS_PER_YEAR), now))

    @property
    def deadline(self) -> date | None:
        """The next day by which something is to be paid."""
        ahead = [each.bill.due_on for each in self.open if not each.late]
        return min(ahead) if ahead else None


def overview(law: Law, me: Me) -> Overview:
    """Return the worker's affairs (inside a transaction of the worker)."""
    return overview_with(law, me)[0]


def overview_with(law: Law, me: Me, *more: Callable[[], Any]) -> tuple[Any, ...]:
    """Return the worker's affairs and what more readings give, most of it asked in one trip to the database (see `together`)."""
    now, person = this_month(), me.number
    found, held, billed, moves, paid, claims, *others = together(
        lambda: memberships(person, on=now), lambda: accounts_of("person", person), lambda: bills(person), lambda: moves_since(today().replace(day=1)),
        lambda: months_of(person), lambda: claims_of(person), *more)
    found = found or [each for each in memberships(person) if each.until is None]
    accounts = tuple(held)
    pending = [Open(bill, part) for bill in billed for part in bill.parts if part.entry is None and part.dropped is None]
    payable = tuple(each for each in pending if in_time(law, each.bill, each.part, today()))
    kinds = {account.kind for account in accounts}  # what has no account is not asked for: this is the page that everybody opens
    affairs = Overview(
        member=found[0] if found else None, accounts=accounts, open=payable,
        lapsed=tuple(each for each in pending if each not in payable), month=moves,
        months=tuple(paid), years=len(years_of(me.number)) if "resident_account" in kinds else 0,
        claims=tuple(claims), asked_back=asked_back(me.number) if "suspense" in kinds else 0)
    return (affairs, *others)


def next_membership(member: Membership | None, person: int) -> Membership | None:
    """Return the membership with which a worker goes on where the present one has an end (inside a transaction of the worker)."""
    until = None if member is None else member.until
    return None if until is None else next((each for each in memberships(person) if each.since >= until), None)


@dataclass(frozen=True)
class Year:
    """A year of months: each ``paid``, ``due`` (billed and open), ``gap`` or ``none``."""

    year: int
    cells: tuple[tuple[int, str], ...]

    @property
    def paid(self) -> int:
        """Months paid."""
        return sum(state == "paid" for _, state in self.cells)


def calendar_of(overview: Overview) -> list[Year]:
    """Return the years since the first month paid or of membership, the latest first."""
    paid = {each.month for each in overview.months}
    due = {each.part.month for each in overview.open if not each.by_year}
    starts = [*paid, *due, *([overview.member.since] if overview.member and overview.member.scheme == "employee" else [])]
    if not starts:
        return []
    first, now = min(starts), overview.last_month
    last = max(now, *due, *paid) if due or paid else now
    return [
        Year(year, tuple((of + 1, _state(month(year, of + 1), paid, due, first, now)) for of in range(MONTHS_PER_YEAR)))
        for year in range(last // MONTHS_PER_YEAR, first // MONTHS_PER_YEAR - 1, -1)
    ]


def gaps_of(overview: Overview) -> list[tuple[int, int]]:
    """Return the stretches of months not paid between the first month paid and now, first and last of each."""
    paid = sorted(each.month for each in overview.months)
    ends = [*paid, overview.last_month]
    return [(one + 1, other - 1) for one, other in itertools.pairwise(ends) if other - one > 1]


def _state(on: int, paid: set[int], due: set[int], first: int, now: int) -> str:
    if on in paid:
        return "paid"
    if on in due:
        return "due"
    return "gap" if first <= on < now else "none"
