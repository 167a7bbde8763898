"""What the figures and groups of a result are called, and how they are written in the page's language."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lingbao.law.loader import read_yaml
from lingbao.simulation.report_words import value_of
from lingbao.web import figures

DATA = Path(__file__).parent / "data" / "measures.yaml"
# Large sums and numbers of people are written in the units of each language.
TEN_THOUSAND, MILLION, HUNDRED_MILLION, BILLION = 1e4, 1e6, 1e8, 1e9


@functools.cache
def vocabulary() -> Mapping[str, Any]:
    """Return the whole table of names."""
    found: Mapping[str, Any] = read_yaml(DATA)
    return found


def name(kind: str, word: Any, lang: str) -> str:
    """Return what something is called on the pages; where they have no word of their own, what the reports call it.

    Parameters
    ----------
    kind : str
        ``measures``, ``groups``, ``groupings``, ``schemes``, ``moves``, ``joiners``, ``effects`` or ``phases``.
    word : object
        Its name in the tables.
    """
    entry = vocabulary()[kind].get(str(word))
    if entry:
        return str(entry[lang])
    text = value_of(word, "zh" if lang == "zh" else "en")
    return text[:1].upper() + text[1:]


def unit(measure: str, kind: str = "measures") -> str:
    """Return the unit of a measure."""
    return str(vocabulary()[kind].get(measure, {}).get("unit", ""))


def written(value: float | None, of: str, lang: str, signed: bool = False) -> str:
    """Write a figure of a unit; a difference gets its sign, and one of shares is given in points."""
    if value is None or not math.isfinite(value):
        return figures.UNKNOWN
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return sign + _bare(abs(value), of, lang, signed)


def _bare(size: float, of: str, lang: str, difference: bool) -> str:
    zh = lang == "zh"
    if of in ("share", "rate"):
        digits = f"{100 * size:.2f}" if difference or of == "rate" else f"{100 * size:.1f}"
        return digits + (("个百分点" if zh else " points") if difference else "%")
    if of == "persons":
        return _scaled(size, TEN_THOUSAND, "万人") if zh else _scaled(size, MILLION, " million")
    if of == "money":
        return _scaled(size, HUNDRED_MILLION, "亿元") if zh else "¥" + _scaled(size, BILLION, " billion")
    if of.startswith("yuan"):
        return f"{size:,.0f} 元" if zh else f"¥{size:,.0f}"
    if of == "span":
        return figures.span(size, lang)
    if of in ("years", "months"):
        word = {"years": ("年", "years"), "months": ("个月", "months")}[of][not zh]
        return f"{size:.2f} {word}"
    return f"{size:,.3f}"


def _scaled(size: float, by: float, word: str) -> str:
    scaled = size / by
    digits = 0 if scaled >= 1000 else 1 if scaled >= 100 else 2
    return f"{scaled:,.{digits}f}{' ' if not word.startswith(' ') else ''}{word}"


def relative(baseline: float | None, reform: float | None) -> str:
    """Write a change in percent of the baseline; nothing where there is none, or where a sign turns, as in a balance, and percent mislead."""
    if not baseline or reform is None or baseline < 0.0 or reform < 0.0 or not math.isfinite(reform / baseline):
        return ""
    change = reform / baseline - 1.0
    return f"{'+' if change > 0 else '−' if change < 0 else ''}{abs(change) * 100:.1f}%"
