"""A reform: changes to the law's numbers and choices of scheme, as one frozen value that can be hashed and composed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal

from lingbao.law.month import format_month
from lingbao.law.reform_apply import apply_changes, names
from lingbao.law.store import Law
from lingbao.law.values import freeze, plain

Operation = Literal["value", "scale", "add", "as_in"]
Runner = Literal["planner", "laboratory"]
OPERATIONS: tuple[Operation, ...] = ("value", "scale", "add", "as_in")
RUNNERS: tuple[Runner, ...] = ("planner", "laboratory")


@dataclass(frozen=True)
class Change:
    """Other numbers for one parameter, or for every parameter that a pattern names, over one period.

    Parameters
    ----------
    path : str
        Parameter path; ``*`` stands for any text, as in ``provinces.*.contribution_floor``, which names the
        areas of the provinces too.
    since : int
        First month of the change.
    operation : {"value", "scale", "add", "as_in"}
        Put a value; multiply or raise the values of the law in the period; or take the value of another month.
    amount : object
        The value; the factor; the sum added, in the parameter's own unit; or the month whose value is taken.
    until : int, optional
        Last month of the change; open when not given.
    source : str
        Where the number comes from, or why it was assumed.
    assumed : bool
        True where the proposal does not state the number.
    """

    path: str
    since: int
    operation: Operation
    amount: Any
    until: int | None = None
    source: str = ""
    assumed: bool = False

    def overlaps(self, other: Change) -> bool:
        """Whether both speak of the same parameter in the same month."""
        same = names(self.path, other.path) or names(other.path, self.path)
        return same and self.since <= _end(other.until) and other.since <= _end(self.until)

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain data, months written ``YYYY-MM``."""
        amount = format_month(self.amount) if self.operation == "as_in" else plain(self.amount)
        found = {"path": self.path, "since": format_month(self.since), self.operation: amount, "source": self.source}
        if self.until is not None:
            found["until"] = format_month(self.until)
        return found | ({"assumed": True} if self.assumed else {})


@dataclass(frozen=True)
class Option:
    """A choice of scheme that is not a parameter of the law, such as a fixed-amount contribution.

    Parameters
    ----------
    name : str
        Name in ``reforms/schema/options.yaml``, which declares its fields, their units and their ranges.
    values : mapping
        Field to value.
    source : str
        Where the choice comes from, or why its numbers were assumed.
    assumed : tuple of str
        Fields whose value the proposal does not state.
    """

    name: str
    values: Mapping[str, Any]
    source: str = ""
    assumed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the option as plain data."""
        found = {"values": plain(self.values), "source": self.source}
        return found | ({"assumed": sorted(self.assumed)} if self.assumed else {})


@dataclass(frozen=True)
class Conflict:
    """Two reforms that say different things about the same parameter and months, or about the same option.

    Attributes
    ----------
    subject : str
        Parameter path, or ``options.<name>``.
    since, until : int or None
        Months in which both speak; None is open.
    earlier, later : mapping
        What each says, as plain data; the later one holds.
    """

    subject: str
    since: int | None
    until: int | None
    earlier: Mapping[str, Any]
    later: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return the conflict as plain data."""
        return {
            "subject": self.subject, "since": None if self.since is None else format_month(self.since),
            "until": None if self.until is None else format_month(self.until),
            "earlier": dict(self.earlier), "later": dict(self.later),
        }


@dataclass(frozen=True)
class Reform:
    """One proposal, or several laid over each other.

    Attributes
    ----------
    id, title_zh, title_en : str
        How it is called.
    author, citation : str
        Whose proposal it is, and where it stands.
    mechanisms : tuple of str
        Ids of the mechanisms it carries out, such as ``N8``.
    expected_zh, expected_en : str
        The effect that one should see, in words; the reader compares it with the result.
    since : int
        Month from which it holds, unless a change says otherwise.
    runs_in : tuple of {"planner", "laboratory"}
        What can carry it out in full: the planner knows the law's numbers, only the laboratory knows the options.
    notes_zh, notes_en : str
        What the file leaves out.
    changes : tuple of Change
    options : mapping of str to Option
    conflicts : tuple of Conflict
        What was found when it was composed.
    """

    id: str
    title_zh: str
    title_en: str
    author: str
    citation: str
    mechanisms: tuple[str, ...]
    expected_zh: str
    expected_en: str
    since: int
    runs_in: tuple[Runner, ...]
    notes_zh: str = ""
    notes_en: str = ""
    changes: tuple[Change, ...] = ()
    options: Mapping[str, Option] = field(default_factory=lambda: freeze({}))
    conflicts: tuple[Conflict, ...] = field(default=(), compare=False)

    @property
    def hash(self) -> str:
        """SHA-256 of the content, whatever the order of keys in the file, and whether 60 was written 60 or 60.0."""
        text = json.dumps(_canonical(self.to_dict()), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.to_dict(), self.conflicts)

    def apply(self, law: Law) -> Law:
        """Return a new law with the changes laid over ``law``, which stays as it is.

        Options do not touch the law: a reform of options alone returns ``law`` itself, and a result of the laboratory
        is identified by ``law.hash`` together with ``reform.hash``.

        Raises
        ------
        MissingLaw
            If a path does not exist, or the law has no value where one is to be scaled, raised or taken.
        ParameterError
            If a value is not of the parameter's kind or lies outside its range.
        """
        return apply_changes(law, self.changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the reform as plain data, as it stands in a YAML file."""
        found: dict[str, Any] = {
            "id": self.id, "title_zh": self.title_zh, "title_en": self.title_en, "author": self.author,
            "citation": self.citation, "mechanisms": list(self.mechanisms), "expected_zh": self.expected_zh,
            "expected_en": self.expected_en, "since": format_month(self.since), "runs_in": list(self.runs_in),
        }
        for name in ("notes_zh", "notes_en"):
            if getattr(self, name):
                found[name] = getattr(self, name)
        if self.changes:
            found["changes"] = [change.to_dict() for change in self.changes]
        if self.options:
            found["options"] = {name: option.to_dict() for name, option in self.options.items()}
        return found


def compose(*reforms: Reform) -> Reform:
    """Lay reforms over each other, the later over the earlier.

    A later change of the same months works on what the earlier left; a later option replaces the earlier one of its
    name. Wherever two reforms disagree the result lists it in ``conflicts``.

    Raises
    ------
    ValueError
        If no reform was given.
    """
    if not reforms:
        raise ValueError("compose needs at least one reform")
    whole = reforms[0]
    for reform in reforms[1:]:
        whole = _laid(whole, reform)
    return whole


def _laid(first: Reform, second: Reform) -> Reform:
    return Reform(
        id=f"{first.id}+{second.id}",
        title_zh=f"{first.title_zh}；{second.title_zh}", title_en=f"{first.title_en}; {second.title_en}",
        author=_joined(first.author, second.author), citation=_joined(first.citation, second.citation),
        mechanisms=tuple(dict.fromkeys([*first.mechanisms, *second.mechanisms])),
        expected_zh=_joined(first.expected_zh, second.expected_zh, "\n"),
        expected_en=_joined(first.expected_en, second.expected_en, "\n"),
        since=min(first.since, second.since),
        runs_in=tuple(runner for runner in RUNNERS if runner in first.runs_in and runner in second.runs_in),
        notes_zh=_joined(first.notes_zh, second.notes_zh, "\n"), notes_en=_joined(first.notes_en, second.notes_en, "\n"),
        changes=(*first.changes, *second.changes), options=freeze({**first.options, **second.options}),
        conflicts=(*first.conflicts, *second.conflicts, *_conflicts(first, second)),
    )


def _conflicts(first: Reform, second: Reform) -> list[Conflict]:
    found = [
        Conflict(
            later.path if names(earlier.path, later.path) else earlier.path, max(earlier.since, later.since),
            min((end for end in (earlier.until, later.until) if end is not None), default=None),
            earlier.to_dict(), later.to_dict(),
        )
        for earlier, later in product(first.changes, second.changes)
        if earlier.overlaps(later) and not _same(earlier, later)
    ]
    return found + [
        Conflict(f"options.{name}", None, None, first.options[name].to_dict(), option.to_dict())
        for name, option in second.options.items()
        if name in first.options and plain(first.options[name].values) != plain(option.values)
    ]


def _same(earlier: Change, later: Change) -> bool:
    """Whether the later change says again what the earlier said, which harms nobody; a second factor is not that."""
    if earlier.operation != later.operation or later.operation in ("scale", "add"):
        return False
    return bool(plain(earlier.amount) == plain(later.amount))


def _canonical(data: Any) -> Any:
    """Plain data in which equal numbers are written alike."""
    if isinstance(data, dict):
        return {key: _canonical(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_canonical(item) for item in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data


def _restored(data: Mapping[str, Any], conflicts: tuple[Conflict, ...]) -> Reform:
    """Rebuild a pickled reform."""
    from lingbao.law.reform_read import reform_of

    return replace(reform_of(data), conflicts=conflicts)


def _joined(first: str, second: str, by: str = "; ") -> str:
    """Join the texts of two reforms, each part once."""
    parts = [part for text in (first, second) if text for part in text.split(by)]
    return by.join(dict.fromkeys(parts))


def _end(until: int | None) -> float:
    return float("inf") if until is None else until
