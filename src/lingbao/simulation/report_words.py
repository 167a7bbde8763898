"""The words and units of reports: what a column, an item or a category is called, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from lingbao.law.loader import read_yaml
from lingbao.law.reform_place import LIBRARY
from lingbao.law.reform_schema import declared_options

Lang = Literal["zh", "en"]
FILE = Path(__file__).with_name("report_labels.yaml")
LANGUAGES: tuple[Lang, Lang] = ("zh", "en")
_PLACE = {"zh": 0, "en": 1}


@dataclass(frozen=True)
class Unit:
    """How numbers of a kind are written in one language.

    Attributes
    ----------
    factor : float
        What a number is multiplied by before it is shown.
    label : str
        The unit's name, empty where there is none.
    form : str
        Python's format of the number; empty for text.
    """

    factor: float
    label: str
    form: str


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Any]:
    """Return the words of the file, with those of the rows and choices of table 2 of the fixed-amount paper, which the reforms have."""
    words: Mapping[str, Any] = read_yaml(FILE)
    rows = {f"choice {name}": (about["zh"], about["en"]) for name, about in declared_options()["fixed_amount"]["fields"].items()}
    choices = {f"{row}.{choice}": name for row, named in read_yaml(LIBRARY / "schema" / "fixed_amount.yaml")["words"].items() for choice, name in named.items()}
    return {**words, "values": rows | choices | words["values"]}


NUMBERED = ("income_fifth",)
"""Columns whose whole numbers are categories with names of their own."""
ENDINGS = {"_error": ("标准误", "standard error of {}"), "_baseline": ("（基准）", "{} (baseline)"), "_reform": ("（改革）", "{} (reform)")}
"""What the ending of a column's name says; without it the name is that of the figure."""


def _entry(name: str) -> tuple[str, str, str] | None:
    """Return a name in both languages and the kind of its unit; a known name with a known ending has one too."""
    entry = _words()["names"].get(name)
    if entry is not None:
        return entry[0], entry[1], entry[2]
    for ending, (zh, en) in ENDINGS.items():
        of = _entry(name.removesuffix(ending)) if name.endswith(ending) else None
        if of is not None:
            return of[0] + zh, en.format(of[1]), of[2]
    return None


def known(name: str) -> bool:
    """Whether a column or item has a name."""
    return _entry(name) is not None


def unit_of(name: str, lang: Lang) -> Unit:
    """Return the unit of a column or item; plain numbers for one that has no name."""
    entry = _entry(name)
    factor, label, form = _words()["units"][entry[2] if entry else "ratio"][lang]
    return Unit(float(factor), label, form)


def name_of(name: str, lang: Lang, with_unit: bool = True) -> str:
    """Return what a column or item is called, with its unit in brackets where it has one."""
    entry = _entry(name)
    text = entry[_PLACE[lang]] if entry else name
    label = unit_of(name, lang).label if with_unit and entry else ""
    return f"{text}（{label}）" if label and lang == "zh" else f"{text} [{label}]" if label else text


def value_of(value: object, lang: Lang, of: str = "") -> str:
    """Return what a category is called; names of items serve as well, and anything else stays as it is.

    ``of`` names the column, for words that mean something else there and for numbers: a fifth of income is called by its place.
    """
    text = str(value)
    entry = _words()["values"].get(f"{of} {text}") or _words()["values"].get(text)
    if entry is None and text in _words()["names"]:
        return name_of(text, lang, with_unit=False)
    return str(entry[_PLACE[lang]]) if entry else text


def called(row: Mapping[str, Any], name: str, lang: Lang) -> str:
    """Return what the category in a column of a row is called; where groups of several kinds stand under one another, the row says of which."""
    return value_of(row[name], lang, str(row["dimension"]) if name == "group" and "dimension" in row else name)


def number(value: float | None, unit: Unit) -> str:
    """Write a number in its unit; a dash where there is none, and no sign before what rounds to nothing."""
    if value is None or not isfinite(value):
        return "—"
    text = format(int(value), "d") if unit.form == "d" else format(value * unit.factor, unit.form or ",.3g")
    return text.replace("-", "−") if text.strip("-0.,") else text.lstrip("-")
