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
from lingbao.web.desk import reports

DAYS = 30
KEPT = 10 * 60  # seconds a computed figure stands
FLOWS = ("received", "paid_out", "credited", "debited", "pooled_in", "pooled_out")
# Sign of the books: the bank is an asset, so money that comes in makes it more negative.
_CELLS = """
    SELECT a.province, CASE WHEN a.kind = 'bank' THEN CASE WHEN l.amount_fen < 0 THEN 'received' ELSE 'paid_out' END
                            WHEN a.kind = 'individual' THEN CASE WHEN l.amount_fen > 0 THEN 'credited' ELSE 'debited' END
                            ELSE CASE WHEN l.amount_fen > 0 THEN 'pooled_in' ELSE 'pooled_out' END END,
        count(DISTINCT l.entry_id), sum(abs(l.amount_fen))::bigint
    FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id
    WHERE e.book_date BETWEEN %s AND %s AND a.kind IN ('bank', 'individual', 'pooled') GROUP BY 1, 2
"""


def published_days() -> list[Digest]:
    """Return every closed day with its digest, in order."""
    return run_as(SYSTEM, digests)


def digest_table() -> str:
    """Return every closed day as CSV: its digest, the chain, the root of the tree over its lines, and the link of the trees."""
    grown = {each.date: each for each in run_as(SYSTEM, trees)}
    names = ("date", "entries", "legs", "fen", "root", "previous", "chain")
    lines = []
    for day in published_days():
        tree = grown.get(day.date)
        lines.append([*(getattr(day, name) for name in names), tree.root if tree else "", tree.linked if tree else ""])
    return table((*names, "tree", "linked"), lines)


def _kept(name: str, work: Any) -> Any:
    found = cache.get(name)
    if found is None:
        found = work()
        cache.set(name, found, KEPT)
    return found


def flows() -> list[dict[str, Any]]:
    """Return the money that moved by province in the last closed days [fen]; cells of few entries are None."""
    days = published_days()[-DAYS:]
    if not days:
        return []

    def work() -> list[dict[str, Any]]:
        found = run_as(SYSTEM, lambda: rows(_CELLS, [days[0].date, days[-1].date]))
        amounts = {(province, flow): fen for province, flow, _, fen in found}
        shown = suppressed({(province, flow): count for province, flow, count, _ in found}, definitions().numbers["smallest_cell"])
        return [{"province": province, "cells": [
            (amounts[province, flow] if shown[province, flow] is not None else None) if (province, flow) in amounts else 0 for flow in FLOWS]}
            for province in sorted({province for province, _ in amounts})]

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


def table(heading: Iterable[str], lines: Iterable[Iterable[Any]]) -> str:
    """Return lines as CSV; what is not published is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(lines)
    return text.getvalue()
