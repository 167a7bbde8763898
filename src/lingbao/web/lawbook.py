"""The law store arranged for reading: topics, provincial tables, coverage and search."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lingbao.law.explain import UNITS
from lingbao.law.month import MONTHS_PER_YEAR, format_month
from lingbao.law.store import Law
from lingbao.law.values import Parameter, Value, plain
from lingbao.web.places import Place, places

TOPICS = {
    "retirement": ("退休年龄", "Retirement age"), "contribution": ("缴费", "Contributions"),
    "index": ("缴费指数", "Contribution index"), "account": ("个人账户", "Individual account"),
    "benefit": ("养老金待遇", "Benefits"), "resident": ("城乡居民养老保险", "Resident scheme"),
    "transfer": ("转移接续", "Transfer"), "conversion": ("制度衔接", "Moving between schemes"),
    "personal_pension": ("个人养老金", "Personal pension"), "subsidy": ("补贴", "Subsidies"),
    "survivor": ("遗属待遇", "Survivors"), "injury": ("职业伤害", "Occupational injury"),
    "unemployment": ("失业保险", "Unemployment"), "labour_relation": ("劳动关系", "Employment status"),
    "fixed_amount": ("定额缴费（研究）", "Fixed-amount contribution (study)"), "commercial": ("商业养老", "Commercial"),
    "macro": ("宏观数据", "Economy"), "population": ("人口", "Population"), "tax": ("个人所得税", "Income tax"), "other": ("其他", "Other"),
}
MOST_FOUND = 60
BOTH_LANGUAGES = re.compile(r"(?P<zh>[^（）]*[\u4e00-\u9fff][^（）]*)（(?P<en>[\x20-\x7e]+)）")
WITHOUT_UNIT = ("1", "fraction", "1/year", "text", "table", "month", "year", "1 or 0", "")


@dataclass(frozen=True)
class Entry:
    """A parameter in a list: where it stands and what it is called."""

    path: str
    label_zh: str
    label_en: str
    place: Place | None = None


@dataclass(frozen=True)
class Tile:
    """One province on the map of a parameter: what is known there, and how well."""

    place: Place
    path: str
    value: Value | None

    @property
    def state(self) -> str:
        """``high``, ``medium``, ``low`` or ``missing``."""
        return self.value.confidence if self.value is not None else "missing"


def parts(path: str) -> tuple[str, str, str]:
    """Split a path into floor, topic or province, and name."""
    floor, _, rest = path.partition(".")
    middle, _, name = rest.partition(".")
    return floor, middle, name


@functools.cache
def entries() -> tuple[Entry, ...]:
    """Return every parameter with its labels."""
    book = Law.load()
    found = []
    for path in book.paths():
        parameter = book.describe(path)
        floor, middle, _ = parts(path)
        place = places().get(middle) if floor == "provinces" else None
        found.append(Entry(path, parameter.label_zh, parameter.label_en, place))
    return tuple(found)


@functools.cache
def national_topics() -> tuple[dict[str, Any], ...]:
    """Return the national parameters by topic."""
    topics: dict[str, list[Entry]] = {}
    for entry in entries():
        floor, topic, _ = parts(entry.path)
        if floor == "national":
            topics.setdefault(topic, []).append(entry)
    return tuple(
        {"name": topic, "zh": TOPICS.get(topic, (topic, topic))[0],
         "en": TOPICS.get(topic, (topic, topic.replace("_", " ").capitalize()))[1], "entries": tuple(listed)}
        for topic, listed in sorted(topics.items(), key=lambda each: (list(TOPICS).index(each[0]) if each[0] in TOPICS else 99, each[0]))
    )


@functools.cache
def provincial_names() -> tuple[Entry, ...]:
    """Return the names of provincial parameters, each once, with labels; ``path`` is the bare name."""
    names: dict[str, Entry] = {}
    for entry in entries():
        floor, _, name = parts(entry.path)
        if floor == "provinces" and "@" not in name:
            names.setdefault(name, Entry(name, entry.label_zh, entry.label_en))
    return tuple(names[name] for name in sorted(names))


def tiles(name: str) -> list[Tile]:
    """Return what is known of one provincial parameter in each province: its newest value."""
    book = Law.load()
    found = []
    for code, place in places().items():
        path = f"provinces.{code}.{name}"
        history = book.history(path) if book.has(path) else ()
        found.append(Tile(place, path, history[-1] if history else None))
    return found


def of_province(code: str) -> list[dict[str, Any]]:
    """Return every parameter of a province, areas included, with its newest value."""
    book = Law.load()
    listed = []
    for entry in entries():
        floor, middle, name = parts(entry.path)
        if floor == "provinces" and middle == code:
            history = book.history(entry.path)
            listed.append({"entry": entry, "area": name.partition("@")[2], "value": history[-1] if history else None})
    return listed


def search(words: str) -> list[Entry]:
    """Return parameters whose path, labels or province contain every word."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    found = []
    for entry in entries():
        place = f"{entry.place.zh} {entry.place.en}" if entry.place else ""
        text = f"{entry.path} {entry.label_zh} {entry.label_en} {place}".casefold()
        if all(word in text for word in wanted):
            found.append(entry)
    return found[:MOST_FOUND]


def numeric(value: Value) -> bool:
    """Tell whether a value is one number."""
    return isinstance(value.value, int | float) and not isinstance(value.value, bool)


def written(value: Any, unit: str = "") -> str:
    """Write a scalar for people: fractions as percent, money with separators."""
    if isinstance(value, bool):
        return "是 / yes" if value else "否 / no"
    if isinstance(value, int | float):
        if unit == "month":
            return format_month(int(value))
        if unit in ("fraction", "1/year", "fraction/year") or (unit == "1" and 0 < value < 1):
            return f"{value * 100:.10g}%"
        return f"{value:,.10g}"
    return str(value)


def rows_of(data: Any, unit: str = "", prefix: str = "") -> list[tuple[str, str]]:
    """Flatten a table value into (key, written value) rows."""
    data = plain(data)
    if isinstance(data, Mapping):
        pairs = [(str(key), item) for key, item in data.items()]
    elif isinstance(data, list):
        pairs = [(str(place), item) for place, item in enumerate(data, start=1)]
    else:
        return [(prefix, written(data, unit))]
    rows: list[tuple[str, str]] = []
    for key, item in pairs:
        name = f"{prefix} › {key}" if prefix else key
        if isinstance(item, dict | list):
            rows += rows_of(item, unit, name)
        else:
            rows.append((name, written(item, unit)))
    return rows


def years_of(value: Value) -> str:
    """Write the period of validity, a full calendar year as the year alone."""
    if value.since is None or value.until is None or value.since % MONTHS_PER_YEAR or (value.until + 1) % MONTHS_PER_YEAR:
        return value.period()
    first, last = value.since // MONTHS_PER_YEAR, value.until // MONTHS_PER_YEAR
    return str(first) if first == last else f"{first}–{last}"


def note_in(note: str, lang: str) -> str:
    """Return a note written ``中文（English）`` in one language; any other note as it is."""
    match = BOTH_LANGUAGES.fullmatch(note.strip())
    return note if match is None else match["zh" if lang == "zh" else "en"]


def shown(value: Value | None, lang: str = "zh") -> dict[str, Any] | None:
    """Return a value as a page shows it."""
    if value is None:
        return None
    scalar = not isinstance(value.value, Mapping | tuple | list)
    return {
        "scalar": scalar,
        "text": written(value.value, value.unit) if scalar else "",
        "rows": [] if scalar else rows_of(value.value, value.unit),
        "unit": unit_of(value.unit, lang),
        "period": value.period(),
        "when": years_of(value),
        "document": value.document,
        "published": format_month(value.published) if value.published is not None else "",
        "known_from": format_month(value.known_from) if value.known_from is not None else "",
        "sources": value.sources,
        "confidence": value.confidence,
        "checked": value.checked,
        "notes": tuple(note_in(note, lang) for note in value.notes),
        "basis": value.basis,
        "provisional": value.provisional,
    }


def unit_of(unit: str, lang: str) -> str:
    """Return a unit in words; nothing where the number says it all."""
    return "" if unit in WITHOUT_UNIT else UNITS.get(unit, (unit, unit))[lang == "en"]


def described(path: str) -> Parameter:
    """Return a parameter.

    Raises
    ------
    MissingLaw
        If there is none at this path.
    """
    return Law.load().describe(path)
