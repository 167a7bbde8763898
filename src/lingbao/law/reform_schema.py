"""The form of a reform file as one JSON schema: the frame from a file, the options from their declaration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from lingbao.law.loader import read_yaml
from lingbao.law.reform_place import LIBRARY
from lingbao.law.values import freeze

TYPES = {
    "number": {"type": "number"}, "whole": {"type": "integer"}, "choice": {"type": "string"}, "yes_or_no": {"type": "boolean"},
}


@cache
def declared_options() -> Mapping[str, Mapping[str, Any]]:
    """Return every option that a reform may use: labels, mechanisms, runners and fields with units and ranges."""
    found: Mapping[str, Mapping[str, Any]] = freeze(read_yaml(LIBRARY / "schema" / "options.yaml"))
    return found


@cache
def reform_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a reform file."""
    schema: dict[str, Any] = json.loads((LIBRARY / "schema" / "reform.json").read_text(encoding="utf-8"))
    schema["properties"]["options"] = {
        "type": "object", "additionalProperties": False,
        "properties": {name: _option(option) for name, option in declared_options().items()},
    }
    return schema


def _option(option: Mapping[str, Any]) -> dict[str, Any]:
    fields = option["fields"]
    values: dict[str, Any] = {
        "type": "object", "additionalProperties": False,
        "properties": {name: _field(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if not field.get("optional") and "needed_when" not in field],
    }
    conditions = [_condition(name, field["needed_when"]) for name, field in fields.items() if "needed_when" in field]
    if conditions:
        values["allOf"] = conditions
    return {
        "type": "object", "additionalProperties": False, "required": ["values", "source"],
        "description": f"{option['zh']} / {option['en']}",
        "properties": {
            "values": values, "source": {"type": "string", "minLength": 1},
            "assumed": {"type": "array", "items": {"type": "string", "enum": list(fields)}},
        },
    }


def _field(field: Mapping[str, Any]) -> dict[str, Any]:
    description = {"description": f"{field['zh']} / {field['en']}" + (f" [{field['unit']}]" if "unit" in field else "")}
    kind = field["kind"]
    if kind == "choices":
        return description | {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": list(field["allowed"])}}
    limits = {key: field[name] for key, name in (("minimum", "least"), ("maximum", "most")) if name in field}
    if kind == "table":
        return description | {"type": "object", "minProperties": 1, "additionalProperties": {"type": "number", **limits}}
    found = description | TYPES[kind] | limits
    return found | {"enum": list(field["allowed"])} if kind == "choice" else found


def _condition(name: str, when: Mapping[str, Any]) -> dict[str, Any]:
    """The field ``name`` must stand where other fields have certain values."""
    return {
        "if": {"properties": {key: {"const": value} for key, value in when.items()}, "required": list(when)},
        "then": {"required": [name]},
    }
