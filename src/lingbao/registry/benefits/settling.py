"""Provisional pensions: which wait for what, and all that can be settled now, settled one by one."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import LingbaoError, MissingLaw
from lingbao.law.month import month, year_of
from lingbao.law.store import Law
from lingbao.registry.benefits.claims import finalise
from lingbao.registry.benefits.schemes import worked_out
from lingbao.registry.collection.interest import SCHEMES
from lingbao.registry.session import SYSTEM, Actor, run_as

FAULTS = 20  # refusals that are kept with the result

# Pensions whose last working out is provisional; a death ends the pension and not what is to be settled.
_PROVISIONAL = """
    FROM benefit_claim c JOIN LATERAL (SELECT k.provisional, k.inputs FROM benefit_calculation k WHERE k.claim_id = c.id ORDER BY k.id DESC LIMIT 1) k ON k.provisional
    WHERE c.state IN ('provisional', 'ended') AND c.province = coalesce(%(province)s, c.province)
"""


@dataclass(frozen=True)
class Waiting:
    """Provisional pensions claimed in one month at one place.

    Attributes
    ----------
    province, area, scheme : str, str or None, str
    claim_month : int
    claims : int
        How many there are.
    without_interest : int
        Of them, how many lack the interest of the year before the claim on their account.
    base_out, rate_out : bool
        Whether the year's own figures of the place, and the crediting rate of the year before, are published.
    """

    province: str
    area: str | None
    scheme: str
    claim_month: int
    claims: int
    without_interest: int
    base_out: bool
    rate_out: bool

    @property
    def ready(self) -> int:
        """How many can be settled now."""
        if not self.base_out:
            return 0
        return self.claims if self.rate_out else self.claims - self.without_interest


@dataclass(frozen=True)
class Settled:
    """What settling came to.

    Attributes
    ----------
    settled, left : int
        Pensions that are final now, and those that still wait.
    paid_fen, owed_fen : int
        Differences paid, and what was paid too much [fen].
    faults : tuple of (int, str, str)
        Claims that could not be worked out, and why in Chinese and English.
    """

    settled: int
    left: int
    paid_fen: int
    owed_fen: int
    faults: tuple[tuple[int, str, str], ...]


def waiting(province: str | None, *, today: date, law: Law | None = None) -> list[Waiting]:
    """Return the provisional pensions of a province, or of all, by place and month of the claim, the oldest first."""
    law, known = law or Law.load(), month(today.year, today.month)

    def work() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.province, c.area, c.scheme, c.claim_month, count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM ledger_account a"
                "  WHERE a.kind = CASE c.scheme WHEN 'resident' THEN 'resident_account' ELSE 'individual' END AND a.owner_kind = 'person'"
                "  AND a.owner_id = c.person_id AND a.province = c.province AND c.state = 'provisional' AND 0 < (SELECT sum(l.amount_fen) FROM ledger_leg l"
                "   JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = a.id AND e.value_date < make_date(c.claim_month / 12, 1, 1))"
                "  AND NOT EXISTS (SELECT FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = a.id AND e.kind = 'interest'"
                "   AND e.value_date >= make_date(c.claim_month / 12 - 1, 1, 1) AND e.value_date < make_date(c.claim_month / 12, 1, 1)))),"
                f" min(k.inputs::text) {_PROVISIONAL} GROUP BY 1, 2, 3, 4 ORDER BY c.claim_month, c.province, 2, 3", {"province": province})
            return list(cursor.fetchall())

    return [Waiting(*place, _base_out(json.loads(inputs), law, known), _rate_out(law, place[0], place[2], year_of(place[3]) - 1, known))
            for *place, inputs in run_as(SYSTEM, work)]


def _base_out(inputs: dict[str, Any], law: Law, known: int) -> bool:
    """Whether a working out for the place and month is no longer provisional."""
    try:
        return not worked_out(inputs, law, known).provisional
    except MissingLaw:
        return False


def _rate_out(law: Law, province: str, scheme: str, year: int, known: int) -> bool:
    """Whether the crediting rate of a year is published."""
    try:
        return not law.look_up(SCHEMES[scheme][1].format(province), month(year, 1), known).provisional
    except MissingLaw:
        return False


def settle_all(actor: Actor, province: str, *, today: date, law: Law | None = None, progress: Callable[[int], None] = lambda done: None) -> Settled:
    """Settle every provisional pension of a province whose figures are out, each in a transaction of its own; run again, it does what is left.

    Parameters
    ----------
    progress : callable
        Told after each claim how many were looked at.
    """
    law = law or Law.load()
    out = {(each.area, each.scheme, each.claim_month) for each in waiting(province, today=today, law=law) if each.base_out}

    def find() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT c.id, c.area, c.scheme, c.claim_month {_PROVISIONAL} ORDER BY c.claim_month, c.id", {"province": province})
            return list(cursor.fetchall())

    settled, left, differences, faults = 0, 0, [0], []
    for place, (number, *where) in enumerate(run_as(SYSTEM, find), 1):
        try:
            done = finalise(actor, secrets.token_hex(12), number, today=today, law=law) if tuple(where) in out else {"settled": False}
        except LingbaoError as fault:
            done = {"settled": False}
            faults.append((number, fault.zh, fault.en))
        if done["settled"]:
            settled += 1
            differences.append(done["difference_fen"])
        else:
            left += 1
        progress(place)
    return Settled(settled, left, sum(each for each in differences if each > 0), -sum(each for each in differences if each < 0), tuple(faults[:FAULTS]))
