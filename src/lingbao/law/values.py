"""What a value of the law is: a number with its validity, document, sources and confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from lingbao.law.month import format_month

Confidence = Literal["high", "medium", "low"]
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a parameter, in force over one period.

    Attributes
    ----------
    path : str
        Where it stands, such as ``national.account.crediting_rate``.
    value : object
        A number, a text, or a frozen table (mapping or tuple).
    unit : str
        Unit of the number or of the table's entries.
    since, until : int or None
        First and last month in force; None is open (or, for ``since``, not recorded).
    document : str
        Instrument and article, empty when not known.
    published : int or None
        Month of publication where it is recorded.
    known_from : int or None
        Month from which the value counts as known: ``published``, or else the start of validity plus the usual
        delay of this parameter; None means it was always known.
    sources : tuple of str
        Tokens of ``sources.yaml`` that name where the figure was seen.
    confidence : {"high", "medium", "low"}
        How well it is supported.
    checked : str
        Month of the last confirmation, ``YYYY-MM``.
    notes : tuple of str
        What a careful reader should know.
    basis : str
        How the figure came about where that matters: ``published``, ``observed``, ``derived`` …
    provisional : bool
        True when the value asked for is not known and this earlier one stands in for it.
    projected : bool
        True for an assumption about the future, which is never law.
    """

    path: str
    value: Any
    unit: str
    since: int | None
    until: int | None
    document: str
    published: int | None
    known_from: int | None
    sources: tuple[str, ...]
    confidence: Confidence
    checked: str
    notes: tuple[str, ...] = ()
    basis: str = ""
    provisional: bool = False
    projected: bool = False

    def covers(self, on: int) -> bool:
        """Whether month ``on`` lies within the period of validity."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def period(self) -> str:
        """Write the period of validity, such as ``2025-01–2025-12`` or ``2006-01–…``."""
        first = "…" if self.since is None else format_month(self.since)
        last = "…" if self.until is None else format_month(self.until)
        return first if first == last else f"{first}–{last}"

    def to_dict(self) -> dict[str, Any]:
        """Return the value as plain data for JSON, months written ``YYYY-MM``."""
        def written(value: int | None) -> str | None:
            return None if value is None else format_month(value)

        return {
            "path": self.path, "value": plain(self.value), "unit": self.unit, "since": written(self.since),
            "until": written(self.until), "document": self.document, "published": written(self.published),
            "known_from": written(self.known_from), "sources": list(self.sources),
            "confidence": self.confidence, "checked": self.checked, "notes": list(self.notes),
            "basis": self.basis, "provisional": self.provisional, "projected": self.projected,
        }


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the law: what it is called, how it is keyed, and its values in order of time.

    Attributes
    ----------
    keyed_by : {"month", "year", "period"}
        ``month``: a value stays in force until the next one; ``year``: it holds for its calendar year alone;
        ``period``: it holds from its first to its last month alone.
    publication_delay : int or None
        Months from the start of validity to the usual publication, for values without a recorded publication.
    publication_confidence : str
        How well that delay is supported.
    contested, known_wrong : tuple of str
        Points on which sources disagree, and figures in circulation that are wrong.
    """

    path: str
    label_zh: str
    label_en: str
    unit: str
    keyed_by: str
    term_zh: str = ""
    publication_delay: int | None = None
    publication_confidence: str = ""
    contested: tuple[str, ...] = ()
    known_wrong: tuple[str, ...] = ()
    values: tuple[Value, ...] = field(default=(), repr=False)


def freeze(data: Any) -> Any:
    """Return nested lists and dictionaries as tuples and read-only mappings."""
    if isinstance(data, Mapping):
        return MappingProxyType({key: freeze(item) for key, item in data.items()})
    if isinstance(data, list | tuple):
        return tuple(freeze(item) for item in data)
    return data


def plain(data: Any) -> Any:
    """Return frozen data as ordinary lists and dictionaries."""
    if isinstance(data, Mapping):
        return {key: plain(item) for key, item in data.items()}
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return [plain(item) for item in data]
    return data
