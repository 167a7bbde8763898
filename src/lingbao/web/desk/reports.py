"""Figures for the desk and the public: the books by kind of account, members by group with small cells left out, service standards."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from lingbao.registry.monitoring import figures, service
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.orders.tables import rows
from lingbao.registry.session import Actor, run_as
from lingbao.web.desk.interruption import name_of_cell
from lingbao.web.desk.queues import today
from lingbao.web.desk.words import word
from lingbao.web.places import name_of

AGES = tuple(figures.AGES.values())
GROUPS = {"province": {"zh": "省份", "en": "Province"}, "sex": {"zh": "性别", "en": "Sex"},
          "hukou": {"zh": "户籍", "en": "Hukou"}, "age": {"zh": "年龄", "en": "Age"}}
YEAR = timedelta(days=365)


def books(actor: Actor) -> list[dict[str, Any]]:
    """Return the sums of the accounts the actor sees, by kind; with all kinds they sum to nought."""
    return [dict(zip(("kind", "accounts", "fen"), line, strict=True)) for line in run_as(actor, lambda: rows(
        "SELECT kind, count(*), sum(balance_fen)::bigint FROM ledger_account GROUP BY kind ORDER BY kind"))]


def differences(actor: Actor) -> list[dict[str, Any]]:
    """Return what has to become nought and has not: money in suspense, on the way, and withheld but not received, oldest first."""
    return [dict(zip(("kind", "province", "accounts", "fen", "oldest"), line, strict=True)) for line in run_as(actor, lambda: rows(
        "SELECT kind, province, count(*), sum(balance_fen)::bigint, min(opened_at)::date FROM ledger_account"
        " WHERE kind IN ('suspense', 'transit', 'platform_receivable', 'refund_payable') AND balance_fen <> 0 GROUP BY 1, 2 ORDER BY 5, 1, 2"))]


def tables() -> list[dict[str, Any]]:
    """Return members by group and status at the beginning of this month; cells left out are None."""
    day = today()
    statuses = definitions().statuses
    found = []
    for group, heading in GROUPS.items():
        cells = figures.by_group(day.year * 12 + day.month - 1, group)
        names = sorted({place for place, _ in cells}, key=lambda name: (AGES.index(name) if name in AGES else 0, name))
        found.append({"group": group, "heading": heading, "codes": list(statuses), "statuses": [{"zh": zh, "en": en} for zh, en in statuses.values()], "lines": [
            {"code": name, "name": name_of_cell(name),
             "cells": [cells.get((name, status), 0) for status in statuses]} for name in names]})
    return found


def measured(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return service standards as the page shows them: what is published, and by matter the provinces with too few."""
    named = [{**each, "word": word("measured", each["what"])} for each in found]
    return {"standards": [each for each in named if each["finished"] is not None], "too_few": [each for each in named if each["finished"] is None]}


def standards() -> list[dict[str, Any]]:
    """Return how long matters took in the year to today, by province; too few are not shown."""
    day = today()
    return [{**asdict(each), "place": {lang: name_of(each.province, lang) for lang in ("zh", "en")}}
            for what in service.LINES for each in service.standards(what, day - YEAR, day)]
