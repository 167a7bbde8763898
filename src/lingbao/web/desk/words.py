"""The desk's words by name, in both languages."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

import yaml


@functools.cache
def words() -> dict[str, dict[str, dict[str, Any]]]:
    """Return all words by group and name."""
    found: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(resources.files("lingbao.web.desk").joinpath("words.yaml").read_text(encoding="utf-8"))
    return found


def word(group: str, name: str) -> dict[str, Any]:
    """Return one word as ``zh`` and ``en``; a name that has none stands for itself."""
    return words()[group].get(name) or {"zh": name, "en": name}
