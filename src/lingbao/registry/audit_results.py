"""What audits found: an audit takes minutes on a full registry, so its result is kept with its time and read from there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from lingbao.registry.audit import Finding, audit, checks
from lingbao.registry.session import SYSTEM, run_as


@dataclass(frozen=True)
class Result:
    """One audit.

    Parameters
    ----------
    number : int
    began_at, finished_at : datetime.datetime
    asked_by : int
        Actor; 0 for the work of the night.
    checks : tuple of str
        Names of the promises recomputed.
    findings : tuple of Finding
        What does not hold.
    """

    number: int
    began_at: datetime
    finished_at: datetime
    asked_by: int
    checks: tuple[str, ...]
    findings: tuple[Finding, ...]


def audit_and_keep(asked_by: int = 0, *, progress: Callable[[int, int], None] = lambda done, total: None) -> Result:
    """Recompute every promise and keep what was found.

    Parameters
    ----------
    asked_by : int
        Actor who asked for it.
    progress : callable
        Told after each check how many are done, and of how many.
    """
    began, names, found = timezone.now(), checks(), []
    for done, name in enumerate(names):
        progress(done, len(names))
        found += audit([name])

    def work() -> int:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO registry_audit (began_at, asked_by, checks, findings) VALUES (%s, %s, %s, %s) RETURNING id",
                           [began, asked_by, list(names), json.dumps([asdict(each) for each in found], ensure_ascii=False)])
            return int(cursor.fetchone()[0])

    number = run_as(SYSTEM, work)
    return next(each for each in run_as(SYSTEM, results) if each.number == number)


def results(most: int = 30) -> list[Result]:
    """Return the last audits, the newest first, as the acting role may see them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, began_at, finished_at, asked_by, checks, findings FROM registry_audit ORDER BY id DESC LIMIT %s", [most])
        return [Result(number, began, finished, by, tuple(names), tuple(Finding(**each) for each in (json.loads(said) if isinstance(said, str) else said)))
                for number, began, finished, by, names, said in cursor.fetchall()]
