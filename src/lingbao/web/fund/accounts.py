"""What is published of the fund: closed days only, sums only, small cells left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache

from lingbao.registry.ledger.digests import Digest, digests
from lingbao.registry.ledger.proofs import trees
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.monitoring.figures import suppressed
from lingbao.registry.orders.tables import rows
from lingbao.registry.session import SYSTEM, run_as
from lingbao.web.desk import interruption, reports

DAYS = 30
KEPT = 10 * 60  # seconds a computed figure stands
DIGEST = ("date", "entries", "legs", "fen", "root", "previous", "chain", "tree", "linked")
# Each flow by the kind of account and the sign of the leg. Sign of the books: the bank and what is owed to the fund are assets,
# so money that comes in, or comes to be owed, makes them more negative.
FLOWS = {
    "received": ("bank", -1), "paid_out": ("bank", 1),
    "credited": ("individual", 1), "debited": ("individual", -1), "pooled_in": ("pooled", 1), "pooled_out": ("pooled", -1),
    "resident_credited": ("resident_account", 1), "resident_debited": ("resident_account", -1),
    "resident_pool_in": ("resident_pool", 1), "resident_pool_out": ("resident_pool", -1),
    "withheld": ("pending", 1), "withheld_received": ("withheld", 1), "withheld_turned_over": ("withheld", -1),
    "subsidies_granted": ("subsidy_receivable", -1), "subsidies_received": ("subsidy_receivable", 1),
}
# The same on the page: a table for each part of the books, a column for each flow.
PARTS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    ("现金", "Cash", (("received", "收到", "Received"), ("paid_out", "付出", "Paid out"))),
    ("职工养老保险", "Employee scheme", (
        ("credited", "记入个人账户", "To accounts"), ("debited", "个人账户支出", "From accounts"),
        ("pooled_in", "统筹收入", "To the pool"), ("pooled_out", "统筹支出", "From the pool"))),
    ("居民养老保险", "Resident scheme", (
        ("resident_credited", "记入个人账户", "To accounts"), ("resident_debited", "个人账户支出", "From accounts"),
        ("resident_pool_in", "基金收入", "To the fund"), ("resident_pool_out", "基金支出", "From the fund"))),
    ("平台代扣和补贴", "Withheld by platforms, and subsidies", (
        ("withheld", "平台已扣", "Withheld"), ("withheld_received", "代扣到账", "Received"), ("withheld_turned_over", "转作缴费", "Turned over"),
        ("subsidies_granted", "补贴应收", "Subsidies granted"), ("subsidies_received", "补贴到账", "Subsidies received"))),
)
# Small cells are counted in persons where the accounts are theirs, else in entries.
_CELLS = """
    SELECT a.province, a.kind, sign(l.amount_fen)::integer,
        count(DISTINCT CASE WHEN a.owner_kind = 'person' THEN a.id ELSE e.id END), sum(abs(l.amount_fen))::bigint
    FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id
    WHERE e.book_date BETWEEN %s AND %s AND a.kind = ANY (%s) GROUP BY 1, 2, 3
"""


def published_days() -> list[Digest]:
    """Return every closed day with its digest, in order."""
    return run_as(SYSTEM, digests)


def digest_lines() -> list[list[Any]]:
    """Return every closed day by `DIGEST`: its digest, the chain, the root of the tree over its lines, and the link of the trees."""
    grown = {each.date: each for each in run_as(SYSTEM, trees)}
    lines = []
    for day in published_days():
        tree = grown.get(day.date)
        lines.append([*(getattr(day, name) for name in DIGEST[:-2]), tree.root if tree else None, tree.linked if tree else None])
    return lines


def _kept(name: str, work: Any) -> Any:
    found = cache.get(name)
    if found is None:
        found = work()
        cache.set(name, found, KEPT)
    return found


def flows() -> list[dict[str, Any]]:
    """Return the money that moved by province in the last closed days [fen], by name of the flow; cells of few are None."""
    days = published_days()[-DAYS:]
    if not days:
        return []
    names = {kind_and_sign: name for name, kind_and_sign in FLOWS.items()}

    def work() -> list[dict[str, Any]]:
        found = run_as(SYSTEM, lambda: rows(_CELLS, [days[0].date, days[-1].date, sorted({kind for kind, _ in FLOWS.values()})]))
        moved = {(province, names[kind, sign]): (count, fen) for province, kind, sign, count, fen in found if (kind, sign) in names}
        shown = suppressed({cell: count for cell, (count, _) in moved.items()}, definitions().numbers["smallest_cell"])
        return [{"province": province, "cells": {
            flow: (moved[province, flow][1] if shown[province, flow] is not None else None) if (province, flow) in moved else 0 for flow in FLOWS}}
            for province in sorted({province for province, _ in moved})]

    found: list[dict[str, Any]] = _kept(f"fund.flows.{days[-1].chain}", work)
    return found


def balances() -> list[dict[str, Any]]:
    """Return what the fund holds and is owed, by kind of account, at the end of the last closed day [fen]; few accounts are not shown."""
    days = published_days()
    if not days:
        return []

    def work() -> list[dict[str, Any]]:
        smallest = definitions().numbers["smallest_cell"]
        found = run_as(SYSTEM, lambda: rows(
            "SELECT a.kind, k.zh, k.en, count(DISTINCT a.id), bool_or(a.owner_kind = 'person'), sum(l.amount_fen)::bigint FROM ledger_entry e"
            " JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id JOIN ledger_account_kind k ON k.kind = a.kind"
            " WHERE e.book_date <= %s GROUP BY 1, 2, 3 ORDER BY 1", [days[-1].date]))
        hidden = {kind for kind, _, _, accounts, personal, _ in found if personal and accounts < smallest}
        if len(hidden) == 1:  # the kinds sum to nought, so one alone could be worked out
            others = sorted((accounts, kind) for kind, _, _, accounts, _, _ in found if kind not in hidden)
            hidden |= {kind for _, kind in others[:1]}
        return [{"kind": kind, "zh": zh, "en": en, "fen": None if kind in hidden else fen} for kind, zh, en, _, _, fen in found]

    found: list[dict[str, Any]] = _kept(f"fund.balances.{days[-1].chain}", work)
    return found


def members() -> list[dict[str, Any]]:
    """Return members by group and status, small cells left out."""
    found: list[dict[str, Any]] = _kept("fund.members", reports.tables)
    return found


def service() -> list[dict[str, Any]]:
    """Return how long matters took in the year to today, by province; too few are None."""
    found: list[dict[str, Any]] = _kept("fund.standards", reports.standards)
    return found


def stopped() -> dict[str, Any]:
    """Return the figures of interruption by both definitions, and what they mean."""
    return {name: value for name, value in interruption.figures_of_interruption().items() if name != "causes"}


def table(heading: Iterable[str], lines: Iterable[Iterable[Any]]) -> str:
    """Return lines as CSV; what is not published is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(lines)
    return text.getvalue()
