"""What changes when a pension is worked out again: the rises since the claim come anew on the new pension, and every month paid is made up."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import connection

from lingbao.law.rules.benefit import provisional_balance
from lingbao.registry.benefits.rise_parts import Parts, pension_after
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen


@dataclass(frozen=True)
class Rise:
    """A rise that a pension has had: its number, its parts, and the pension after it as it was paid [fen/month]."""

    number: int
    parts: Parts
    after_fen: int


@dataclass(frozen=True)
class Redone:
    """A pension worked out again.

    Attributes
    ----------
    pension_fen : int
        Paid from now on [fen/month].
    difference_fen : int
        For the months paid so far; below zero what was paid too much [fen].
    rises : tuple of (int, int, int)
        Each rise with the pension before and after it [fen/month].
    """

    pension_fen: int
    difference_fen: int
    rises: tuple[tuple[int, int, int], ...]


def rises_of(claim: int) -> list[Rise]:
    """Return the rises that a pension has had, in their order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT a.id, a.from_month, a.fixed_fen, a.per_year_fen, a.share::float8, a.tilts::text, r.after_fen FROM benefit_rise r"
                       " JOIN benefit_adjustment a ON a.id = r.adjustment_id WHERE r.claim_id = %s ORDER BY a.from_month, a.id", [claim])
        return [Rise(number, Parts(start, fixed, per_year, share, [tuple(each) for each in json.loads(tilts)]), after)
                for number, start, fixed, per_year, share, tilts, after in cursor.fetchall()]


def paid_months(claim: int, last: int | None) -> list[int]:
    """Return the months paid, up to the last one that was due after a death."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT month FROM benefit_payment WHERE claim_id = %s AND kind = 'monthly' AND month <= coalesce(%s, month) ORDER BY month", [claim, last])
        return [row[0] for row in cursor.fetchall()]


def came_to(claim: int, after: int) -> int:
    """Return what the months paid after a month come to [fen], with the rises and the last working out that were made up for them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT awarded_fen, (SELECT k.lines->'rises' FROM benefit_calculation k WHERE k.claim_id = c.id ORDER BY k.id DESC LIMIT 1)::text"
                       " FROM benefit_claim c WHERE id = %s", [claim])
        awarded, lines = cursor.fetchone()
        cursor.execute("SELECT month FROM benefit_payment WHERE claim_id = %s AND kind = 'monthly' AND month > %s", [claim, after])
        paid = [row[0] for row in cursor.fetchall()]
    again = {line["rise"]: line["after_fen"] for line in json.loads(lines or "[]")}
    steps = [(0, awarded), *((rise.parts.from_month, again.get(rise.number, rise.after_fen)) for rise in rises_of(claim))]
    return sum(next(fen for start, fen in reversed(steps) if start <= month) for month in paid)


def redone(new_fen: int, old_fen: int, rises: list[Rise], paid: list[int], months: int, birth: int) -> Redone:
    """Put the rises on a new award and compare what each month paid came to with what it comes to now.

    Parameters
    ----------
    new_fen, old_fen : int
        Award now and before [fen/month].
    rises : list of Rise
    paid : list of int
        Months paid.
    months, birth : int
        Contribution months, and the month of birth.
    """
    steps: list[tuple[int, int, int]] = [(0, new_fen, old_fen)]  # first month, pension now, pension before
    lines = []
    for rise in rises:
        after = pension_after(rise.parts, steps[-1][1], months, birth)
        lines.append((rise.number, steps[-1][1], after))
        steps.append((rise.parts.from_month, after, rise.after_fen))
    ends = [start for start, _, _ in steps[1:]] + [max(paid, default=0) + 1]
    balances = [provisional_balance(now / FEN_PER_YUAN, before / FEN_PER_YUAN, sum(start <= each < end for each in paid))
                for (start, now, before), end in zip(steps, ends, strict=True)]
    return Redone(steps[-1][1], sum(fen(each) for each in balances), tuple(lines))
