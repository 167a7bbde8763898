"""The vocabulary of statements: which headings mean which column, which words mean which scheme or kind."""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib import resources
from typing import Any

import yaml

from lingbao.law.store import Law

_AREA_CODE = re.compile(r"\d{4}|\d{6}|\d{12}")
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_BLANKS = re.compile(r"[\s_:*]+")


@functools.cache
def vocabulary() -> dict[str, Any]:
    """Return the content of ``statement_columns.yaml``."""
    text = resources.files("lingbao.career").joinpath("statement_columns.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def limit(name: str) -> int:
    """Return one of the plausibility limits of statements."""
    return int(vocabulary()["limits"][name])


def narrow(text: str) -> str:
    """Make full-width characters narrow and trim blanks."""
    return unicodedata.normalize("NFKC", text).strip()


def heading_key(text: str) -> str:
    """Reduce a heading to what is compared: narrow, lower case, without blanks and bracketed units."""
    return _BLANKS.sub("", _BRACKETS.sub("", narrow(text))).lower()


@functools.cache
def _columns_by_heading() -> dict[str, str]:
    columns = vocabulary()["columns"]
    return {heading_key(heading): name for name, column in columns.items() for heading in column["headings"]}


def column_of(heading: str) -> str | None:
    """Return the canonical name of a column, or None for a heading that no statement here is known to use."""
    return _columns_by_heading().get(heading_key(heading))


def label(column: str, lang: str) -> str:
    """Return the heading that is written for a column."""
    return str(vocabulary()["columns"][column]["label"]["zh" if lang == "zh" else "en"])


def written(word: str, lang: str) -> str:
    """Return the word that is written for a scheme or a kind."""
    return str(vocabulary()["written"][word]["zh" if lang == "zh" else "en"])


def mentions(meaning: str, text: str) -> bool:
    """Say whether a cell uses one of the words that have this meaning."""
    lowered = narrow(text).lower()
    return any(word in lowered for word in vocabulary()["words"][meaning])


def is_total(text: str) -> bool:
    """Say whether a cell marks its row as a row of totals."""
    return heading_key(text).startswith(tuple(vocabulary()["totals"]))


def province_of(text: str) -> str:
    """Return the two-digit code of a province named by code, area code, Chinese or English name.

    Raises
    ------
    InputError
        If no province is meant.
    """
    said = narrow(text)
    if _AREA_CODE.fullmatch(said):
        said = said[:2]
    return Law.load().find_province(said)[0]


@functools.cache
def province_name(code: str, lang: str) -> str:
    """Return the name that is written for a province, the code itself for one that is not known."""
    for province in Law.load().provinces():
        if province.code == code:
            return province.short_zh if lang == "zh" else province.name_en
    return code
