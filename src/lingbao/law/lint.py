"""Check the parameter files: schema, sources, documents, overlapping periods, and values not confirmed for long."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lingbao.law.errors import LingbaoError, ParameterError
from lingbao.law.loader import read_csv, read_yaml
from lingbao.law.month import MONTHS_PER_YEAR, parse_month
from lingbao.law.store import Law
from lingbao.law.values import Value

YAML_SCHEMAS = {
    "provinces/tables.yaml": "tables", "provinces/provinces.yaml": "provinces", "sources.yaml": "sources",
    "terms.yaml": "terms", "projections.yaml": "projections", "coverage.yaml": "coverage",
}
TOKEN_ENDS = (" ", ":", "(", "/", ",")


def faults(law: Law) -> list[LingbaoError]:
    """Return everything wrong with the parameter files, each fault naming file, value and remedy."""
    found: list[LingbaoError] = [*_schema_faults(law.directory)]
    if found:
        return found
    for path in law.paths():
        found += _value_faults(law, path)
    return found


def stale(law: Law, today: int, months: int = MONTHS_PER_YEAR) -> tuple[Value, ...]:
    """Return the newest value of each parameter last confirmed more than ``months`` before ``today``."""
    newest = (law.history(path)[-1] for path in law.paths())
    return tuple(value for value in newest if value.checked and parse_month(value.checked) < today - months)


def _fault(where: str, zh: str, en: str, value: object = None) -> ParameterError:
    return ParameterError("parameter.lint", value=value, where=where, zh=zh, en=en)


def _schema_faults(directory: Path) -> Iterator[LingbaoError]:
    """Yield the breaches of ``schema/*.json`` by every YAML and CSV file."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    def schema(name: str) -> Any:
        return json.loads((directory / "schema" / f"{name}.json").read_text(encoding="utf-8"))

    files = dict.fromkeys(sorted((directory / "national").glob("*.yaml")), "topic")
    files |= {directory / name: schema_name for name, schema_name in YAML_SCHEMAS.items()}
    validators = {name: Draft202012Validator(schema(name)) for name in set(files.values())}
    for file, name in files.items():
        for error in validators[name].iter_errors(read_yaml(file)):
            place = "/".join(str(part) for part in error.absolute_path)
            yield _fault(f"{file.name}:{place}", f"不符合格式：{error.message}", f"breaks the schema: {error.message}")
    rows = schema("rows")["properties"]
    for file in sorted((directory / "provinces").glob("*.csv")):
        if file.stem not in rows:
            yield _fault(file.name, "schema/rows.json 没有此表的格式，请补上。",
                         "schema/rows.json has no entry for this table; add one.")
            continue
        validator = Draft202012Validator(rows[file.stem])
        for line, row in enumerate(read_csv(file), start=2):
            for error in validator.iter_errors(row):
                column = "/".join(str(part) for part in error.absolute_path)
                yield _fault(f"{file.name}:{line}:{column}", f"不符合格式：{error.message}",
                             f"breaks the schema: {error.message}", error.instance)


def _value_faults(law: Law, path: str) -> Iterator[LingbaoError]:
    """Yield faults of meaning: no document and no note, unknown token, impossible or overlapping period."""
    before: Value | None = None
    for value in law.history(path):
        where = f"{path} {value.period()}"
        if not value.sources:
            yield _fault(where, "没有来源，请写明 sources。", "has no source; name one in sources.")
        for token in value.sources:
            if not any(token == known or token.startswith(tuple(known + end for end in TOKEN_ENDS))
                       for known in law.tokens):
                yield _fault(where, f"来源“{token}”不在 sources.yaml 的 tokens 中。",
                             f"source '{token}' is not among the tokens of sources.yaml.", token)
        if "〔" in value.document and not law.cited(value.document):
            numbered = value.document.partition("〔")[2]
            if "〕" in numbered and numbered.partition("〕")[2][:1].isdigit():
                yield _fault(where, f"文件“{value.document}”不在 sources.yaml 中。",
                             f"document '{value.document}' is not in sources.yaml.", value.document)
        if value.since is not None and value.until is not None and value.until < value.since:
            yield _fault(where, "有效期的终止早于起始。", "its period ends before it starts.")
        if before is not None and _overlap(law.describe(path).keyed_by, before, value):
            yield _fault(where, f"与 {before.period()} 的有效期重叠。", f"overlaps the period {before.period()}.")
        before = value


def _overlap(keyed_by: str, before: Value, after: Value) -> bool:
    if before.since == after.since:
        return True
    if keyed_by == "month" and before.until is None:
        return False
    return before.until is None or (after.since is not None and after.since <= before.until)
