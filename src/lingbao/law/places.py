"""Which province a text means: code, Chinese or English name, or a name with a city behind it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from lingbao.law.errors import InputError
from lingbao.law.loader import read_yaml


class Province(NamedTuple):
    """A province by its two-digit code (GB/T 2260)."""

    code: str
    name_zh: str
    name_en: str
    short_zh: str


@lru_cache(maxsize=8)
def provinces(directory: Path) -> tuple[Province, ...]:
    """Return the 31 provinces in order of code."""
    return tuple(
        Province(entry["code"], entry["zh"], entry["en"], entry["short"]) for entry in _entries(directory)
    )


@lru_cache(maxsize=8)
def _entries(directory: Path) -> tuple[Mapping[str, Any], ...]:
    return tuple(read_yaml(directory / "provinces" / "provinces.yaml")["provinces"])


@lru_cache(maxsize=4096)
def find(directory: Path, text: str) -> tuple[str, str | None]:
    """Return code and area for a place.

    ``江西``, ``江西省``, ``36`` and ``Jiangxi`` give ``("36", None)``; ``湖北襄阳`` gives ``("42", "Xiangyang")``; a
    city without rules of its own, such as ``广东中山``, gives ``("44", None)``.

    Raises
    ------
    InputError
        If no province is meant; the message lists the valid names.
    """
    written = "".join(str(text).split())
    folded = written.casefold().replace("-", "").replace("'", "")
    for entry in _entries(directory):
        names = {entry["code"], entry["zh"], entry["short"], *entry.get("also", ())}
        english = {name.casefold().replace(" ", "").replace("'", "") for name in (entry["en"], *entry.get("also_en", ()))}
        if written in names or folded in english:
            return entry["code"], None
        areas: Mapping[str, str] = entry.get("areas", {})
        for name in sorted({entry["zh"], entry["short"]}, key=len, reverse=True):
            if written.startswith(name):
                rest = written[len(name):].removesuffix("市")
                return entry["code"], areas.get(rest)
        for name_zh, area in areas.items():
            if written.removesuffix("市") == name_zh or folded == area.casefold():
                return entry["code"], area
    listed_zh = "、".join(entry["short"] for entry in _entries(directory))
    listed_en = ", ".join(f"{entry['code']} {entry['en']}" for entry in _entries(directory))
    raise InputError(
        "province.unknown", value=text,
        zh=f"“{text}”不是可识别的省份；可写：{listed_zh}，或其两位代码。",
        en=f"'{text}' is not a province; use one of: {listed_en}.",
    )
