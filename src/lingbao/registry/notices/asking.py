"""Asking members who stopped without a word why they did, once for each stop."""

from __future__ import annotations

from lingbao.law.month import format_month
from lingbao.registry.monitoring.reasons import silent
from lingbao.registry.notices.sending import Told, queue_many
from lingbao.registry.session import Actor, run_as


def ask_why(actor: Actor, as_of: int, province: str | None = None) -> int:
    """Queue the short question for each who stopped without a word; return how many are new.

    A stop is known by the last month paid before it: who pays again and stops again is asked again.
    """
    found = run_as(actor, lambda: silent(as_of, province))
    return queue_many(actor, (Told(person, "why_stopped", {"months": overdue}, f"why:{'never' if last is None else format_month(last)}") for person, overdue, last in found))
