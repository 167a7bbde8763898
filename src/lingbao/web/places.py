"""The 31 provinces as the pages show them: names from the law store, and where each stands on the tile map."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources

import yaml

from lingbao.law.store import Law
from lingbao.registry.enrolment.terms import areas


@dataclass(frozen=True)
class Place:
    """A province: GB/T 2260 code, names, short name in Chinese, letters, and column and row on the tile map."""

    code: str
    zh: str
    en: str
    short: str
    letters: str
    column: int
    row: int

    def name(self, lang: str) -> str:
        """Return the name in ``zh`` or ``en``."""
        return self.zh if lang == "zh" else self.en


@functools.cache
def places() -> dict[str, Place]:
    """Return all provinces by code, in the order of their codes."""
    tiles = yaml.safe_load(resources.files("lingbao.web").joinpath("data/tiles.yaml").read_text(encoding="utf-8"))
    return {
        province.code: Place(
            province.code, province.name_zh, province.name_en, province.short_zh, **tiles[province.code]
        )
        for province in Law.load().provinces()
    }


def name_of(code: str | None, lang: str) -> str:
    """Return the name of a province, or the code itself where it is none of the 31."""
    place = places().get(code or "")
    return place.name(lang) if place else str(code or "")


def name_with_area(code: str, area: str | None, lang: str) -> str:
    """Return the name of a province, with the city whose figures are its own, where one is a member there."""
    city = None if area is None else areas(Law.load(), code).get(area, area) if lang == "zh" else area
    if city is None:
        return name_of(code, lang)
    return f"{name_of(code, lang)}{city}" if lang == "zh" else f"{city}, {name_of(code, lang)}"
