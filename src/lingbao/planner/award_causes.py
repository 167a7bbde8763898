"""Why an official figure differs: each cause is a hypothesis that was recomputed, and found only if it fits to the fen."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from lingbao.law.rounding import NUDGE, ROUNDINGS

FEN = 100.0
HALF_FEN = 0.5 / FEN
MOST_CAUSES = 3
# Hypotheses with a free number: with a rounding to the jiao on top they would fit by chance.
FITTED = ("rounding", "index_gaps")


@dataclass(frozen=True)
class Cause:
    """A possible cause of a difference.

    Attributes
    ----------
    code : str
        Stable identifier, as in ``award_causes.yaml``.
    found : bool
        True when recomputing with it gives the official figure to the fen; False for a hint.
    zh, en : str
        The cause in words.
    value : float or None
        What recomputing with it gives [yuan/month].
    """

    code: str
    found: bool
    zh: str
    en: str
    value: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the cause as plain data."""
        return {"code": self.code, "found": self.found, "zh": self.zh, "en": self.en, "value": self.value}


@dataclass(frozen=True)
class Tried:
    """A hypothesis and what it gives: its code, the words that fill its text, and the amount [yuan/month]."""

    code: str
    words: Mapping[str, Any]
    amount: float


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Any]:
    """Return the texts of causes and roundings, and the decimals that agencies use."""
    found: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "award_causes.yaml").read_text(encoding="utf-8"))
    return found


def cause(code: str, words: Mapping[str, Any], found: bool, value: float | None = None) -> Cause:
    """Return a cause in both languages; a word may be a pair of Chinese and English."""
    said = {
        lang: str(texts()[code][lang]).format(**{
            name: written(word[position] if isinstance(word, tuple) else word) for name, word in words.items()
        }) for position, lang in enumerate(("zh", "en"))
    }
    return Cause(code, found, said["zh"], said["en"], value)


def written(word: Any) -> str:
    """Write a number without needless decimals."""
    return f"{word:.4f}".rstrip("0").rstrip(".") if isinstance(word, float) else str(word)


def same(amount: float, official: float) -> bool:
    """Whether two amounts are the same to the fen."""
    return round(amount * FEN) == round(official * FEN)


ROUNDED: dict[str, Callable[[float], float]] = {name: ROUNDINGS[name] for name in (
    "fen half_up", "jiao half_up", "jiao up", "yuan half_up", "yuan up")} | {
    "fen down": lambda amount: math.floor(amount * 100.0 + NUDGE) / 100.0,
    "fen up": lambda amount: math.ceil(amount * 100.0 - NUDGE) / 100.0,
    "jiao down": lambda amount: math.floor(amount * 10.0 + NUDGE) / 10.0,
}


def roundings(unrounded: float) -> Iterator[Tried]:
    """Try every rounding an agency may use on an unrounded amount."""
    for name, rounding in ROUNDED.items():
        yield Tried("rounding", {"rounding": rounding_words(name)}, rounding(unrounded))


def rounding_words(name: str) -> tuple[str, str]:
    """Return what a rounding is called in Chinese and English."""
    said = texts()["roundings"][name]
    return said["zh"], said["en"]


def matching(official: float, computed: float, tried: Iterable[Tried]) -> list[Cause]:
    """Return the hypotheses that give the official figure to the fen, in the order tried, each code once.

    Where the official figure stands in whole jiao, a hypothesis also fits when its amount does after rounding to it.
    """
    whole_jiao = abs(official * 10.0 - round(official * 10.0)) < NUDGE
    exact: dict[str, Cause] = {}
    rounded: dict[str, Cause] = {}
    for each in tried:
        if same(each.amount, computed):
            continue
        if same(each.amount, official):
            exact.setdefault(each.code, cause(each.code, each.words, True, each.amount))
        elif whole_jiao and each.code not in FITTED and any(
                same(ROUNDED[name](each.amount), official) for name in ("jiao half_up", "jiao up")):
            rounded.setdefault(each.code, cause(each.code, each.words, True, official))
    found = list(exact.values()) or list(rounded.values())
    return found[:MOST_CAUSES]
