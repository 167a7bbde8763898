"""Read the parameter files: national topics in YAML, provincial tables in CSV, into frozen parameters."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from lingbao.law.errors import LingbaoError, ParameterError
from lingbao.law.month import MONTHS_PER_YEAR, parse_month
from lingbao.law.values import Parameter, Value, freeze

DIRECTORY = Path(__file__).parent / "parameters"
PROVENANCE = ("document", "published", "sources", "confidence", "checked", "note", "basis")
KEYS = ("province", "area", "year", "since", "until")

_YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """Read one YAML file with the fast loader.

    Raises
    ------
    ParameterError
        If the file is not YAML; the message gives line and column.
    """
    try:
        return yaml.load(path.read_bytes(), Loader=_YamlLoader)
    except yaml.YAMLError as error:
        raise _broken(path, f"不是有效的 YAML：{error}", f"is not valid YAML: {error}") from error


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read one CSV file into rows of text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def national_topic(path: Path) -> dict[str, Parameter]:
    """Read ``national/<topic>.yaml`` into parameters by path.

    A value inherits ``document``, ``sources``, ``confidence``, ``published`` and ``checked`` from its parameter,
    and ``checked`` from the topic.
    """
    topic = read_yaml(path)
    found: dict[str, Parameter] = {}
    for name, entry in topic["parameters"].items():
        full = f"national.{topic['topic']}.{name}"
        defaults = {"checked": topic.get("checked", "")} | {k: entry[k] for k in PROVENANCE if k in entry}
        found[full] = build(full, entry, [defaults | value for value in entry["values"]], path)
    return found


def provincial_table(directory: Path, table: Mapping[str, Any]) -> dict[str, Parameter]:
    """Read one provincial CSV, as described in ``provinces/tables.yaml``, into parameters by path.

    A table gives scalars (``parameters``, one column each), one mapping a row (``record``), or the list of all rows
    of a province (``rows``).
    """
    file = directory / "provinces" / table["file"]
    places: dict[str, list[dict[str, str]]] = {}
    for row in read_csv(file):
        place = f"@{row['area']}" if row.get("area") else ""
        places.setdefault(f"provinces.{row['province']}.{{}}{place}", []).append(row)
    found: dict[str, Parameter] = {}
    for pattern, rows in places.items():
        for name, entry, entries in _entries(table, rows, file):
            if entries:
                full = pattern.format(name)
                found[full] = build(full, {"keyed_by": table["keyed_by"], **entry}, entries, file)
    return found


def _entries(
    table: Mapping[str, Any], rows: list[dict[str, str]], file: Path
) -> Iterator[tuple[str, Mapping[str, Any], list[dict[str, Any]]]]:
    types = table.get("types", {})
    for name, entry in table.get("parameters", {}).items():
        column = entry["column"]
        only = entry.get("where", {})
        chosen = [
            row for row in rows
            if row[column] != "" and all(_matches(row[key], wanted) for key, wanted in only.items())
        ]
        note = entry.get("note_from")
        yield name, entry, [
            _dated(row) | {"value": read_cell(row[column], types.get(column, "number"), file)}
            | ({"note": "; ".join(x for x in (row[note], row.get("note", "")) if x)} if note else {})
            for row in chosen
        ]
    for name, entry in table.get("record", {}).items():
        yield name, entry, [_dated(row) | {"value": _mapping(row, types, file)} for row in rows]
    for name, entry in table.get("rows", {}).items():
        listed = [_mapping(row, types, file, keep=PROVENANCE) for row in rows]
        sources = "; ".join(dict.fromkeys(row["sources"] for row in rows))
        worst = max((row["confidence"] for row in rows), key=("high", "medium", "low").index)
        checked = min(row["checked"] for row in rows)
        documents = "; ".join(dict.fromkeys(row["document"] for row in rows if row["document"]))
        notes = list(dict.fromkeys(row["note"] for row in rows if row["note"]))
        yield name, entry, [{"value": listed, "sources": sources, "confidence": worst, "checked": checked,
                             "document": documents, "notes": notes}]


def _matches(cell: str, wanted: str) -> bool:
    return cell != wanted[1:] if wanted.startswith("!") else cell == wanted


def _dated(row: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {key: row[key] for key in PROVENANCE if row.get(key)}
    for key in ("since", "until"):
        if row.get(key):
            found[key] = row[key]
    if row.get("year"):
        found["since"] = row["year"]
    return found


def _mapping(
    row: Mapping[str, str], types: Mapping[str, str], file: Path, keep: tuple[str, ...] = ()
) -> dict[str, Any]:
    skipped = (set(KEYS) | set(PROVENANCE)) if not keep else {"province", "area"}
    return {
        column: None if cell == "" else read_cell(cell, types.get(column, "text"), file)
        for column, cell in row.items() if column not in skipped
    }


def read_cell(cell: str, kind: str, file: Path) -> Any:
    """Read one CSV cell as ``number``, ``month`` (an integer), ``bool``, ``numbers`` (separated by |) or ``text``.

    Raises
    ------
    ParameterError
        If the cell does not hold what its column promises.
    """
    try:
        if kind == "number":
            return float(cell)
        if kind == "month":
            return parse_month(cell)
        if kind == "numbers":
            return tuple(float(part) for part in cell.split("|"))
        if kind == "bool":
            return {"yes": True, "no": False}[cell]
    except (ValueError, KeyError, LingbaoError) as error:
        raise _broken(file, f"“{cell}”不是 {kind}。", f"'{cell}' is not a {kind}.", cell) from error
    return cell


def build(path: str, entry: Mapping[str, Any], values: list[dict[str, Any]], file: Path) -> Parameter:
    """Build a parameter from its description and its raw values, sorted by the start of validity."""
    keyed_by = str(entry.get("keyed_by", "month"))
    usual = entry.get("usual_publication") or {}
    delay = usual.get("months_after_start")
    built = [_value(path, str(entry.get("unit", "")), keyed_by, delay, raw, file) for raw in values]
    built.sort(key=lambda value: -1 if value.since is None else value.since)
    return Parameter(
        path=path, label_zh=entry["label_zh"], label_en=entry["label_en"], unit=str(entry.get("unit", "")),
        keyed_by=keyed_by, term_zh=entry.get("term_zh", ""), publication_delay=delay,
        publication_confidence=str(usual.get("confidence", "")), contested=_texts(entry.get("contested")),
        known_wrong=_texts(entry.get("known_wrong")), values=tuple(built),
    )


def _value(path: str, unit: str, keyed_by: str, delay: int | None, raw: Mapping[str, Any], file: Path) -> Value:
    try:
        since = _bound(raw.get("since"), first=True)
        until = _bound(raw.get("until"), first=False)
        published = _bound(raw.get("published"), first=True)
    except LingbaoError as error:
        raise _broken(file, f"{path}：{error.zh}", f"{path}: {error.en}", error.value) from error
    if keyed_by == "year" and since is not None and until is None:
        until = since + MONTHS_PER_YEAR - 1
    content = raw["value"]
    if unit == "month" and isinstance(content, str):
        content = parse_month(content)
    notes = [*_texts(raw.get("note")), *_texts(raw.get("notes"))]
    known_from = published
    if published is None and since is not None:
        known_from = since + (delay or 0)
        if delay is not None:
            notes.append(f"公布月份未记录，按惯例推定为生效后第 {delay} 个月（publication month not recorded; "
                         f"usual delay of {delay} months after the start assumed）")
    sources = raw.get("sources", ())
    if isinstance(sources, str):
        sources = [token.strip() for token in sources.split("; ") if token.strip()]
    return Value(
        path=path, value=freeze(content), unit=unit, since=since, until=until,
        document=str(raw.get("document") or ""), published=published, known_from=known_from,
        sources=tuple(str(source) for source in sources), confidence=raw["confidence"],
        checked=str(raw.get("checked", "")), notes=tuple(notes), basis=str(raw.get("basis") or ""),
    )


def _bound(text: object, *, first: bool) -> int | None:
    """Read a year or a month as a month integer; a year is its January or, as an end, its December."""
    if text is None or text == "":
        return None
    written = str(text)
    if len(written) == 4 and written.isdigit():
        return int(written) * MONTHS_PER_YEAR + (0 if first else MONTHS_PER_YEAR - 1)
    return parse_month(text)


def _texts(entry: object) -> tuple[str, ...]:
    if entry is None or entry == "":
        return ()
    return tuple(str(item) for item in entry) if isinstance(entry, list | tuple) else (str(entry),)


def _broken(file: Path, zh: str, en: str, value: object = None) -> ParameterError:
    return ParameterError("parameter.file", value=value, where=file.name, zh=f"参数文件有误：{zh}", en=f"The parameter file {en}")
