"""The words and units of reports: what a column, an item or a category is called, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from lingbao.law.loader import read_yaml

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
    words: Mapping[str, Any] = read_yaml(FILE)
    return words


def known(name: str) -> bool:
    """Whether a column or item has a name in the file."""
    return name in _words()["names"]


def unit_of(name: str, lang: Lang) -> Unit:
    """Return the unit of a column or item; plain numbers for one that is not in the file."""
    kind = _words()["names"].get(name, ("", "", "ratio"))[2]
    factor, label, form = _words()["units"][kind][lang]
    return Unit(float(factor), label, form)


def name_of(name: str, lang: Lang, with_unit: bool = True) -> str:
    """Return what a column or item is called, with its unit in brackets where it has one."""
    entry = _words()["names"].get(name)
    text = str(entry[_PLACE[lang]]) if entry else name
    label = unit_of(name, lang).label if with_unit and entry else ""
    return f"{text}（{label}）" if label and lang == "zh" else f"{text} [{label}]" if label else text


def value_of(value: object, lang: Lang) -> str:
    """Return what a category is called; names of items serve as well, and anything else stays as it is."""
    text = str(value)
    entry = _words()["values"].get(text)
    if entry is None and text in _words()["names"]:
        return name_of(text, lang, with_unit=False)
    return str(entry[_PLACE[lang]]) if entry else text


def number(value: float | None, unit: Unit) -> str:
    """Write a number in its unit; a dash where there is none."""
    if value is None or not isfinite(value):
        return "—"
    return format(int(value), "d") if unit.form == "d" else format(value * unit.factor, unit.form or ",.3g")
