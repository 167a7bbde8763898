"""How long what is kept is kept (personal information law, art. 19), and the erasing of what is over its period."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from django.db import connection
from django.utils import timezone

from lingbao.registry.notices.outbox import FolderGateway
from lingbao.registry.session import SYSTEM, run_as

BATCH = 5_000  # rows erased in one transaction
BATCHES = 200  # of one table in one night; what is left goes the next
OUTBOX = timedelta(days=7)
REGISTRY = "registry"  # in the data file: the expression stands in the database
_UNITS = {"day": "天", "month": "个月", "year": "年"}
_PERIOD = re.compile(r"(\d+) (day|month|year)s?")


@dataclass(frozen=True)
class Law:
    """Where a period comes from.

    Attributes
    ----------
    zh, en : str
        Document and article, with what they say in a few words.
    source : str
        Name of the document in ``sources.yaml``.
    text : {"read", "part", "none"}
        Whether the article was read in full, is known from excerpts alone, or is not at hand.
    """

    zh: str
    en: str
    source: str
    text: str


@dataclass(frozen=True)
class Kept:
    """A row of the table.

    Attributes
    ----------
    name, zh, en : str
        What is kept.
    tables : tuple of str
        Tables of the database.
    keep : str or None
        The period, such as ``3 years``; None where this system erases nothing.
    law : Law
    basis : {"high", "medium", "low", "chosen"}
        How sure the reading of the law is, or that the period was chosen since no law on record names one.
    why_zh, why_en : str
    erase : dict
        For each table that is erased, the SQL expression over ``t`` of the instant it counts from, or ``registry``
        where that stands in the database.
    """

    name: str
    zh: str
    en: str
    tables: tuple[str, ...]
    keep: str | None
    law: Law
    basis: str
    why_zh: str
    why_en: str
    erase: dict[str, str] = field(default_factory=dict)

    def period(self, lang: str) -> str:
        """Return the period in words."""
        if self.keep is None:
            return "不删除" if lang == "zh" else "not erased"
        found = _PERIOD.fullmatch(self.keep)
        assert found is not None
        number, unit = int(found[1]), found[2]
        if not number:
            return "过期即删" if lang == "zh" else "until it is over"
        return f"{number} {_UNITS[unit]}" if lang == "zh" else self.keep


@functools.cache
def table() -> tuple[Kept, ...]:
    """Return the table of periods, as the file beside this module has it."""
    said: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "retention.yaml").read_text(encoding="utf-8"))
    laws = {name: Law(**law) for name, law in said["laws"].items()}
    return tuple(Kept(**{**row, "tables": tuple(row["tables"]), "law": laws[row["law"]]}) for row in said["rows"])


@dataclass(frozen=True)
class Due:
    """How much of something is over its period."""

    kept: Kept
    rows: int


def due() -> list[Due]:
    """Return every row of the table with how many rows of the database are over; nothing is erased."""
    return [Due(kept, sum(_due(kept, name) for name in kept.erase)) for kept in table()]


def erase(gateway: object = None, *, batch: int = BATCH, batches: int = BATCHES) -> dict[str, int]:
    """Erase what is over its period, in transactions of at most `batch` rows, and return how many of each kind went.

    Parameters
    ----------
    gateway : object, optional
        The telephone's stand-in of a demonstration, whose messages are erased too; any other gateway keeps none.
    batch, batches : int
        Rows in a transaction, and transactions for a table in one run; what is left goes with the next run.
    """
    gone = {}
    for kept in table():
        if kept.erase:
            gone[kept.name] = sum(_erase(kept, name, batch, batches) for name in kept.erase)
    gone["outbox"] = gateway.forget(timezone.now() - OUTBOX) if isinstance(gateway, FolderGateway) else 0
    return gone


def _erase(kept: Kept, name: str, batch: int, batches: int) -> int:
    total = 0
    for _ in range(batches):
        if kept.erase[name] == REGISTRY:
            gone = run_as(SYSTEM, lambda: _number("SELECT registry_erase(%s, %s)", [name, batch]))
        else:
            gone = _changed(f"DELETE FROM {name} WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM {name} t WHERE {_over(kept, name)} LIMIT %s))", [batch])
        total += gone
        if gone < batch:
            break
    return total


def _due(kept: Kept, name: str) -> int:
    if kept.erase[name] == REGISTRY:
        return run_as(SYSTEM, lambda: _number("SELECT registry_due(%s)", [name]))
    return _number(f"SELECT count(*) FROM {name} t WHERE {_over(kept, name)}", [])


def _over(kept: Kept, name: str) -> str:
    """Return the condition under which a row of the site's own tables is over; both parts come from the data file."""
    return f"{kept.erase[name]} < statement_timestamp() - interval '{kept.keep}'"


def _number(sql: str, values: list[object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def _changed(sql: str, values: list[object]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
