"""The one place where pages and API reach the law and the planner."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from lingbao.career.person import Person
from lingbao.law.month import month
from lingbao.law.store import Law

if TYPE_CHECKING:
    from lingbao.planner import Comparison, Preferences
    from lingbao.planner.award import AwardCheck

# The planner is imported inside the functions: it brings the compiler along, and the start page must not wait for it.
#
# A result page asks for its charts right after itself; keeping the comparison a moment spares computing it again.
# It stays in memory only, is never written, and is forgotten after a few minutes.
KEPT_SECONDS = 300.0
KEPT_MOST = 64
_kept: OrderedDict[tuple[Person, Preferences | None], tuple[float, Comparison]] = OrderedDict()
_lock = threading.Lock()


def law() -> Law:
    """Return the law of the package."""
    return Law.load()


def today() -> int:
    """Return the current month."""
    now = date.today()
    return month(now.year, now.month)


def check_award(form: Mapping[str, Any]) -> AwardCheck:
    """Return the check of the figures on an award form; see :func:`lingbao.planner.award.check_award`.

    Raises
    ------
    LingbaoError
        If a figure is missing or wrong, or the law of that place and month is not known.
    """
    from lingbao.planner.award import check_award as check

    return check(form, law())


def compare(person: Person, wishes: Preferences | None = None) -> Comparison:
    """Return the planner's comparison for a person and what they want compared.

    Raises
    ------
    LingbaoError
        If the person cannot exist or the law they need is not known.
    """
    now = time.monotonic()
    key = (person, wishes)
    with _lock:
        for old in [each for each, (since, _) in _kept.items() if now - since > KEPT_SECONDS]:
            del _kept[old]
        if key in _kept:
            return _kept[key][1]
    from lingbao.planner import plan

    comparison = plan(person, law(), preferences=wishes)
    with _lock:
        _kept[key] = (now, comparison)
        while len(_kept) > KEPT_MOST:
            _kept.popitem(last=False)
    return comparison


def suggested(comparison: Comparison) -> str | None:
    """Return the id of the option that the planner suggests, or None."""
    from lingbao.planner.advice import best_option

    best = best_option(comparison, comparison.to_dict()["options"])
    return None if best is None else str(best["id"])


def warm() -> None:
    """Compile the planner's kernel and read the law, by planning for one ordinary life."""
    book = law()
    compare(Person(birth=today() - 35 * 12, sex="male", residence=book.provinces()[0].code, income=6000.0))
