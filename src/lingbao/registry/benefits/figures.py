"""Figures of payment runs and rises: what is to be paid, what has been, and whom a rise concerns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lingbao.registry.benefits.payment import no_run
from lingbao.registry.benefits.rises import CONCERNED, no_rise

# What the run will pay; what is paid already is not due again.
_DUE = """
    FROM benefit_run r CROSS JOIN LATERAL benefit_due(r.province, r.from_month, r.month, coalesce(r.approved_at, clock_timestamp())) d
    WHERE r.id = %(run)s AND NOT EXISTS (SELECT FROM benefit_payment p WHERE p.claim_id = d.claim_id AND p.month = d.month AND p.kind = 'monthly')
"""


@dataclass(frozen=True)
class RunFigures:
    """A payment run in figures.

    Attributes
    ----------
    run, province, from_month, month, state : int, str, int or None, int, str
        Without a first month, each pension is paid from its first month not paid yet.
    prepared_by, approved_by : int, int or None
    prepared_at, approved_at, finished_at : datetime.datetime or None
    paid, paid_fen, from_accounts_fen : int
        Payments made under this run, what they come to, and what of it came from personal accounts [fen].
    left, left_fen, highest_fen, left_before : int
        Payments that are still due, what they come to, the highest pension among them [fen], and how many of them are for earlier months.
    """

    run: int
    province: str
    from_month: int | None
    month: int
    state: str
    prepared_by: int
    approved_by: int | None
    prepared_at: datetime
    approved_at: datetime | None
    finished_at: datetime | None
    paid: int
    paid_fen: int
    from_accounts_fen: int
    left: int
    left_fen: int
    highest_fen: int
    left_before: int


def run_figures(run: int) -> RunFigures:
    """Return a run in figures, as the acting role may see it.

    Raises
    ------
    NotFound
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, province, from_month, month, state, prepared_by, approved_by, prepared_at, approved_at, finished_at"
                       " FROM benefit_run WHERE id = %s", [run])
        row = cursor.fetchone()
        if row is None:
            raise no_run(run)
        cursor.execute("SELECT coalesce(sum(payments), 0)::bigint, coalesce(sum(fen), 0)::bigint, (SELECT coalesce(sum(p.account_fen), 0)::bigint"
                       " FROM benefit_payment p WHERE p.chunk IN (SELECT id FROM benefit_chunk WHERE run_id = %(run)s))"
                       " FROM benefit_chunk WHERE run_id = %(run)s", {"run": run})
        paid = cursor.fetchone()
        cursor.execute(f"SELECT count(*), coalesce(sum(d.pension_fen), 0)::bigint, coalesce(max(d.pension_fen), 0)::bigint,"
                       f" count(*) FILTER (WHERE d.month < r.month) {_DUE}", {"run": run})
        return RunFigures(*row, *paid, *cursor.fetchone())


def payable(province: str) -> int:
    """Return what a province owes its pensioners and heirs and the bank has not reported as paid out [fen]."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(balance_fen), 0)::bigint FROM ledger_account WHERE kind = 'pension_payable' AND province = %s", [province])
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class RiseFigures:
    """A rise in figures: as its notice says, and how many pensions it raises and has raised.

    Attributes
    ----------
    number, province, year, document : int, str, int, str
    fixed_fen, per_year_fen, share, tilts : int, int, float, list
        See :class:`lingbao.registry.benefits.rises.Rise`.
    entered_by, approved_by : int, int or None
    scheme, from_month, area, source : str, int, str or None, str
    refused_by, refusal : int or None, str
        Who refused the entry, and why.
    concerned, raised : int
        Pensions of the scheme claimed before the start of the rise; of them raised.
    more_fen : int
        What the pensions raised so far are higher by, together [fen/month].
    """

    number: int
    province: str
    year: int
    document: str
    fixed_fen: int
    per_year_fen: int
    share: float
    tilts: list[list[int]]
    entered_by: int
    approved_by: int | None
    scheme: str
    from_month: int
    area: str | None
    source: str
    refused_by: int | None
    refusal: str
    concerned: int
    raised: int
    more_fen: int

    @property
    def state(self) -> str:
        """``entered``, ``refused``, ``approved`` or ``done``."""
        if self.refused_by is not None:
            return "refused"
        if self.approved_by is None:
            return "entered"
        return "done" if self.raised and self.raised >= self.concerned else "approved"


_RISE = f"""
    SELECT a.id, a.province, a.year, a.document, a.fixed_fen, a.per_year_fen, a.share::float8, a.tilts::text, a.entered_by, a.approved_by,
        a.scheme, a.from_month, a.area, a.source, a.refused_by, a.refusal,
        (SELECT count(*) FROM benefit_claim c WHERE c.province = a.province AND c.scheme = a.scheme AND (a.area IS NULL OR c.area = a.area)
            AND {CONCERNED.format(start="a.from_month")}),
        coalesce(r.raised, 0), coalesce(r.more, 0)
    FROM benefit_adjustment a LEFT JOIN LATERAL (
        SELECT count(*) AS raised, sum(after_fen - before_fen)::bigint AS more FROM benefit_rise WHERE adjustment_id = a.id) r ON true
"""


def rises(province: str | None = None) -> list[RiseFigures]:
    """Return the rises of a province, or of all, the newest first."""
    return _rises("WHERE a.province = coalesce(%s, a.province) ORDER BY a.from_month DESC, a.province, a.id DESC LIMIT 200", [province])


def rise_figures(number: int) -> RiseFigures:
    """Return one rise.

    Raises
    ------
    NotFound
    """
    found = _rises("WHERE a.id = %s", [number])
    if not found:
        raise no_rise(number)
    return found[0]


def _rises(where: str, values: list[object]) -> list[RiseFigures]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_RISE} {where}", values)
        return [RiseFigures(*row[:7], json.loads(row[7]), *row[8:]) for row in cursor.fetchall()]
