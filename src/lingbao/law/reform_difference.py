"""What two reforms, or a reform and the law, say differently: parameter by parameter, period by period."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lingbao.law.month import format_month
from lingbao.law.reform import Reform
from lingbao.law.reform_apply import paths_of
from lingbao.law.store import Law
from lingbao.law.values import Parameter, plain

Bound = int | None


@dataclass(frozen=True)
class Difference:
    """One parameter or option in one period, under one and under the other.

    Attributes
    ----------
    path : str
        Parameter path, or ``options.<name>.<field>``.
    since, until : int or None
        First and last month; None is open, and for an option both are None.
    before, after : object
        What holds under the first and under the second; None where nothing is known or chosen.
    unit : str
        Unit of the parameter.
    """

    path: str
    since: Bound
    until: Bound
    before: Any
    after: Any
    unit: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain data, with ``from`` and ``to``."""
        return {
            "path": self.path, "since": None if self.since is None else format_month(self.since),
            "until": None if self.until is None else format_month(self.until),
            "from": plain(self.before), "to": plain(self.after), "unit": self.unit,
        }


def diff(first: Reform | None, second: Reform | None, law: Law) -> tuple[Difference, ...]:
    """Return what changes from the first to the second, both laid over ``law``; None stands for the law itself.

    Raises
    ------
    LingbaoError
        If a reform cannot be applied to the law.
    """
    before, after = (law if reform is None else reform.apply(law) for reform in (first, second))
    paths = sorted({
        path for reform in (first, second) if reform is not None
        for change in reform.changes for path in paths_of(law, change.path)
    })
    found = [entry for path in paths for entry in _of_parameter(before.describe(path), after.describe(path))]
    return (*found, *_of_options(first, second))


def _of_parameter(before: Parameter, after: Parameter) -> Iterator[Difference]:
    """Compare two histories on the periods between their joint turning points; equal neighbours are joined."""
    values = (*before.values, *after.values)
    starts: set[Bound] = {value.since for value in values} | {v.until + 1 for v in values if v.until is not None}
    turns = sorted(starts, key=_order)
    waiting: Difference | None = None
    for since, following in zip(turns, [*turns[1:], None], strict=True):
        old, new = _holding(before, since), _holding(after, since)
        until = None if following is None else following - 1
        if plain(old) == plain(new):
            continue
        if waiting and since is not None and waiting.until == since - 1 and (plain(waiting.before), plain(waiting.after)) == (plain(old), plain(new)):
            waiting = Difference(after.path, waiting.since, until, old, new, after.unit)
            continue
        if waiting:
            yield waiting
        waiting = Difference(after.path, since, until, old, new, after.unit)
    if waiting:
        yield waiting


def _holding(parameter: Parameter, since: Bound) -> Any:
    """The value that holds from a turning point on."""
    for value in reversed(parameter.values):
        if (value.since is None) if since is None else value.covers(since):
            return value.value
    return None


def _of_options(first: Reform | None, second: Reform | None) -> Iterator[Difference]:
    before, after = ({} if reform is None else _flat(reform) for reform in (first, second))
    for path in dict.fromkeys([*before, *after]):
        old, new = before.get(path), after.get(path)
        if plain(old) != plain(new):
            yield Difference(path, None, None, old, new)


def _flat(reform: Reform) -> dict[str, Any]:
    return {
        f"options.{name}.{field}": value
        for name, option in reform.options.items() for field, value in option.values.items()
    }


def _order(since: Bound) -> int:
    return -1 if since is None else since
