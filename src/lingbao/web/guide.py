"""The texts of the guide, read from ``data/guide.yaml``; figures in them come from the law store, never from the text."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

import yaml

from lingbao.law.month import MONTHS_PER_YEAR, parse_month
from lingbao.law.store import Law


@functools.cache
def _texts() -> dict[str, Any]:
    text = resources.files("lingbao.web").joinpath("data/guide.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)  # type: ignore[no-any-return]


@functools.cache
def _facts() -> dict[str, str]:
    """Return the figures that the texts name in braces, as they stand in the law now."""
    law = Law.load()
    facts = {}
    for name, fact in _texts()["facts"].items():
        value = law.look_up(fact["path"], on=parse_month(fact["in_force"]) if "in_force" in fact else None).value
        for key in fact.get("keys", ()):
            value = value[key]
        facts[name] = _written(float(value), fact["as"])
    return facts


def _written(value: float, form: str) -> str:
    if form == "percent":
        return f"{value * 100:g}"
    if form == "years":
        return f"{value / MONTHS_PER_YEAR:g}"
    return f"{value:,.0f}"


def _filled(data: Any) -> Any:
    if isinstance(data, str):
        return data.format(**_facts())
    if isinstance(data, list):
        return [_filled(item) for item in data]
    if isinstance(data, dict):
        return {key: _filled(item) for key, item in data.items()}
    return data


@functools.cache
def chapters() -> tuple[dict[str, Any], ...]:
    """Return the chapters: slug, title and paragraphs in both languages."""
    return tuple(_filled(_texts()["chapters"]))


@functools.cache
def misreadings() -> tuple[dict[str, Any], ...]:
    """Return what is often believed beside what is so."""
    return tuple(_filled(_texts()["misreadings"]))
