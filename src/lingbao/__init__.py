"""Lingbao 灵保: the law of the basic pension as code, and the planner that explains it.

>>> from lingbao import Person, month, plan
>>> rider = Person(birth=month(1995, 3), sex="male", residence="36", income=6000)
>>> answer = plan(rider)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from lingbao.career.person import Person
    from lingbao.law.errors import LingbaoError
    from lingbao.law.explain import render
    from lingbao.law.month import format_month, month, parse_month
    from lingbao.law.store import Law
    from lingbao.planner.award import check_award
    from lingbao.planner.compare import Comparison, plan
    from lingbao.planner.options import Preferences

_HOME = {
    "Law": "lingbao.law.store", "LingbaoError": "lingbao.law.errors", "month": "lingbao.law.month",
    "parse_month": "lingbao.law.month", "format_month": "lingbao.law.month", "render": "lingbao.law.explain",
    "Person": "lingbao.career.person", "plan": "lingbao.planner.compare", "Comparison": "lingbao.planner.compare",
    "Preferences": "lingbao.planner.options", "check_award": "lingbao.planner.award",
}

__all__ = [
    "Comparison", "Law", "LingbaoError", "Person", "Preferences", "check_award", "explain", "format_month", "month",
    "parse_month", "plan", "render",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'lingbao' has no attribute {name!r}")


def explain(answer: Comparison, option: str, figure: str, lang: str = "zh", projection: str = "base") -> list[str]:
    """Return the sentences behind one figure of a comparison, each with its article.

    Parameters
    ----------
    answer : Comparison
        What :func:`plan` returned.
    option, figure : str
        Option id and figure name, such as ``employee-floor`` and ``pension_then``.
    lang : {"zh", "en"}
    projection : {"low", "base", "high"}
    """
    from lingbao.law.explain import render as to_sentences

    return [sentence.text for sentence in to_sentences(answer.explain(option, figure, projection), lang, answer.law)]
