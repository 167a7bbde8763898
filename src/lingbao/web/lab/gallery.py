"""Reforms arranged for reading: the gallery's groups, and what a reform changes, in sentences of the page's language."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lingbao.law.errors import LingbaoError
from lingbao.law.loader import read_yaml
from lingbao.law.month import format_month
from lingbao.law.reform import Change, Option, Reform
from lingbao.law.reform_apply import paths_of
from lingbao.law.reform_library import fixed_amount_reforms, library
from lingbao.law.reform_schema import declared_options
from lingbao.law.store import Law
from lingbao.law.values import plain
from lingbao.web import figures

DATA = Path(__file__).parent / "data" / "gallery.yaml"
SHARES = ("1", "1/year", "fraction")


@dataclass(frozen=True)
class Line:
    """One thing a reform changes.

    Attributes
    ----------
    what : str
        Parameter or field.
    how : str
        From what to what, since when.
    source : str
        Where the number comes from.
    assumed : bool
        Whether the proposal leaves the number open.
    """

    what: str
    how: str
    source: str
    assumed: bool


@functools.cache
def _arrangement() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(DATA)
    return found


def groups() -> list[tuple[dict[str, str], list[Reform]]]:
    """Return the shipped reforms under their headings."""
    left = {reform.id: reform for reform in library()}
    found = [(group, [left.pop(id) for id in group["ids"] if id in left]) for group in _arrangement()["groups"]]
    found[-1][1].extend(left.values())
    return [(group, reforms) for group, reforms in found if reforms]


@functools.cache
def designs() -> tuple[Reform, ...]:
    """Return the 324 designs of a fixed-amount contribution."""
    return tuple(fixed_amount_reforms())


def word(value: Any, lang: str, field: str = "") -> str:
    """Return what a value of a choice is called; in some fields a value has a word of its own."""
    words = _arrangement()["words"]
    named = words.get(f"{field}.{value}") or words.get(value) if isinstance(value, str) else None
    return str(named[lang == "en"]) if named else str(value)


def lines(reform: Reform, law: Law, lang: str) -> list[Line]:
    """Return everything a reform changes, parameters first."""
    return [_of_change(change, law, lang) for change in reform.changes] + [
        line for name, option in reform.options.items() for line in _of_option(name, option, lang)
    ]


def brief(reform: Reform, law: Law, lang: str, most: int = 3) -> list[str]:
    """Return the first few of the changes as short lines, for a card."""
    alone = len(reform.options) == 1 and not reform.changes  # one option: its name stands in the title already
    names = [line.what.partition(" · ")[2] if alone else line.what for line in lines(reform, law, lang)]
    found = [f"{name}{'：' if lang == 'zh' else ': '}{line.how}" for name, line in zip(names, lines(reform, law, lang), strict=True)]
    rest = len(found) - most
    return found if rest <= 0 else [*found[:most], f"……另 {rest} 项" if lang == "zh" else f"… and {rest} more"]


def _of_change(change: Change, law: Law, lang: str) -> Line:
    zh = lang == "zh"
    path = paths_of(law, change.path)[0]
    parameter = law.describe(path)
    label = parameter.label_zh if zh else parameter.label_en
    if "*" in change.path:
        label = f"各省{label}" if zh else f"{label}, every province"
    before = None if "*" in change.path else _held(law, path, change.since)
    new = change.amount
    if change.operation == "as_in":
        taken = None if "*" in change.path else _held(law, path, int(new))
        how = f"{format_month(int(new))} 的规定" if zh else f"as in {format_month(int(new))}"
        if taken is not None:
            how += f"（{_written(taken, parameter.unit, lang)}）" if zh else f" ({_written(taken, parameter.unit, lang)})"
    elif change.operation == "scale":
        how = f"乘以 {new:.4g}" if zh else f"times {new:.4g}"
    elif change.operation == "add":
        how = f"{'增加' if new >= 0 else '减少'} {_written(abs(new), parameter.unit, lang)}" if zh else f"{'plus' if new >= 0 else 'minus'} {_written(abs(new), parameter.unit, lang)}"
    else:
        how = _written(plain(new), parameter.unit, lang)
    if before is not None and change.operation in ("value", "as_in"):
        how = f"{_written(before, parameter.unit, lang)} → {how}"
    span = f"{format_month(change.since)} 起" if zh else f"from {format_month(change.since)}"
    if change.until is not None:
        span = f"{format_month(change.since)} 至 {format_month(change.until)}" if zh else f"{format_month(change.since)} to {format_month(change.until)}"
    return Line(label, f"{how}（{span}）" if zh else f"{how} ({span})", change.source, change.assumed)


def _of_option(name: str, option: Option, lang: str) -> list[Line]:
    declared = declared_options()[name]
    head = declared["zh"] if lang == "zh" else declared["en"]
    found = []
    for field, value in option.values.items():
        about = declared["fields"][field]
        label = about["zh"] if lang == "zh" else about["en"]
        found.append(Line(f"{head} · {label}", _written(plain(value), about.get("unit", ""), lang, field), option.source, field in option.assumed))
    return found


def _held(law: Law, path: str, month: int) -> Any:
    try:
        return plain(law.look_up(path, on=month).value)
    except LingbaoError:
        return None


def _written(value: Any, unit: str, lang: str, field: str = "") -> str:
    """Write a value with its unit as a reader expects it."""
    zh = lang == "zh"
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if isinstance(value, Mapping):
        return ("、" if zh else ", ").join(f"{word(key, lang, field)} {_written(item, unit, lang)}" for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(item, Sequence) and not isinstance(item, str) for item in value):
            return f"{len(value)} 行的表" if zh else f"a table of {len(value)} rows"
        return ("、" if zh else ", ").join(_written(item, unit, lang, field) for item in value)
    if not isinstance(value, int | float):
        return word(value, lang, field)
    if unit in SHARES:
        return f"{100 * value:.4g}%"
    if unit == "months":
        return figures.span(value, lang)
    if unit.startswith("yuan/month"):
        return f"每月 {value:,.10g} 元" if zh else f"¥{value:,.10g} a month"
    if unit.startswith("yuan"):
        return f"{value:,.10g} 元" if zh else f"¥{value:,.10g}"
    if unit == "years":
        return f"{value:g} 年" if zh else f"{value:g} years"
    return f"{value:,.6g}"
