"""The papers of a transfer as structured documents: fields under the ministry's codes, checked, exported and read back."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lingbao.law.errors import ErrorList, InputError, LingbaoError

FILE = Path(__file__).with_name("fields.yaml")
PATTERNS = {
    "month": r"\d{4}(0[1-9]|1[0-2])", "date": r"\d{4}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", "code": r"\w{1,20}",
    "text": r"[^\x00-\x1f]{1,200}",
}


@dataclass(frozen=True)
class Field:
    """One field of a document: what programs call it, its code at the ministry, its names and its type."""

    key: str
    code: str | None
    zh: str
    en: str
    type: str
    required: bool = False

    @property
    def external(self) -> str:
        """Name of the field in an export: the code, or the Chinese name where no code is known."""
        return self.code or self.zh


@dataclass(frozen=True)
class Form:
    """A kind of document: its fields, the fields of its rows, and the sums that must agree."""

    kind: str
    zh: str
    en: str
    fields: tuple[Field, ...]
    rows: tuple[Field, ...]
    sums: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Document:
    """A filled-in document; money is in fen, months and dates are digits.

    Attributes
    ----------
    kind : str
    values : mapping
        Values by key.
    rows : tuple of mapping
        The yearly rows of an information form.
    """

    kind: str
    values: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the exported document, the same for the same content in any order."""
        return hashlib.sha256(exported(self).encode()).hexdigest()


@cache
def forms() -> Mapping[str, Form]:
    """Return the kinds of documents by name."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))["documents"]
    return {
        kind: Form(kind, entry["zh"], entry["en"], tuple(Field(**each) for each in entry["fields"]),
                   tuple(Field(**each) for each in entry.get("rows", ())), tuple(entry.get("sums", ())))
        for kind, entry in content.items()
    }


def filled(kind: str, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = ()) -> Document:
    """Check and return a document.

    Raises
    ------
    InputError, ErrorList
        Naming every field that is missing, unknown or unreadable, and every sum that does not agree.
    """
    form = _form(kind)
    faults = _faults(form.fields, values, form.zh)
    for number, row in enumerate(rows, 1):
        faults += _faults(form.rows, row, f"{form.zh} 第{number}行")
    faults = faults or _wrong_sums(form, values, rows)
    if faults:
        raise faults[0] if len(faults) == 1 else ErrorList(faults)
    return Document(kind, dict(values), tuple(dict(row) for row in rows))


def exported(document: Document) -> str:
    """Write a document as JSON under the field codes, money in yuan with two decimals."""
    form = _form(document.kind)
    body = {
        "document": document.kind, "fields": _written(form.fields, document.values),
        "rows": [_written(form.rows, row) for row in document.rows],
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def imported(text: str) -> Document:
    """Read a document that another system exported.

    Raises
    ------
    InputError, ErrorList
        If it is no such document, or :func:`filled` refuses it.
    """
    try:
        body = json.loads(text)
        form = _form(body["document"])
        values, rows = _read(form.fields, body["fields"]), [_read(form.rows, row) for row in body["rows"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("document.format", value=str(error)[:80], zh="文件不是本系统可读的转移单证（JSON，按指标代码列示）。",
                         en="The file is not a transfer document (JSON under field codes).") from error
    return filled(form.kind, values, rows)


def _form(kind: str) -> Form:
    form = forms().get(kind)
    if form is None:
        raise InputError("document.kind", value=kind, zh=f"没有“{kind}”这种单证，可用：{'、'.join(forms())}。",
                         en=f"There is no document '{kind}'; there are: {', '.join(forms())}.")
    return form


def _faults(fields: Sequence[Field], values: Mapping[str, Any], where: str) -> list[LingbaoError]:
    known = {field.key: field for field in fields}
    faults: list[LingbaoError] = [
        InputError("document.unknown", value=key, where=where, zh=f"没有“{key}”这一栏。", en=f"There is no field '{key}'.")
        for key in values if key not in known
    ]
    for field in fields:
        value = values.get(field.key)
        if value is None or value == "":
            if field.required:
                faults.append(InputError("document.missing", value=field.key, where=where, zh=f"“{field.zh}”必填。",
                                         en=f"'{field.en}' is required."))
        elif not _fits(field, value):
            faults.append(InputError("document.value", value=value, where=where, zh=f"“{field.zh}”的内容“{value}”不合格式。",
                                     en=f"'{value}' cannot be the value of '{field.en}'."))
    return faults


def _fits(field: Field, value: Any) -> bool:
    if field.type in ("fen", "int"):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if field.type == "ratio":
        return isinstance(value, int | float) and 0 <= value <= 1
    return isinstance(value, str) and re.fullmatch(PATTERNS[field.type], value) is not None


def _wrong_sums(form: Form, values: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[LingbaoError]:
    names = {field.key: field for field in form.fields}
    faults: list[LingbaoError] = []
    for each in form.sums:
        if "rows" in each:
            found = sum(row[each["rows"]] for row in rows)
        else:
            found = sum(values[part] for part in each["parts"])
        stated, field = values[each["total"]], names[each["total"]]
        if found != stated:
            faults.append(InputError("document.sum", value=stated, where=form.zh, zh=f"“{field.zh}”为 {stated}，各项合计却是 {found}。",
                                     en=f"'{field.en}' is {stated}, but its parts make {found}."))
    return faults


def _written(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    return {field.external: _yuan(values[field.key]) if field.type == "fen" else values[field.key]
            for field in fields if values.get(field.key) not in (None, "")}


def _read(fields: Sequence[Field], written: Mapping[str, Any]) -> dict[str, Any]:
    by_code = {field.external: field for field in fields}
    return {by_code[code].key: _fen(value) if by_code[code].type == "fen" else value for code, value in written.items()}


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _fen(yuan: str) -> int:
    if not re.fullmatch(r"\d{1,13}\.\d{2}", yuan):
        raise ValueError(yuan)
    return int(yuan.replace(".", ""))
