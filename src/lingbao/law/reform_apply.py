"""Lay the changes of a reform over a law: name the parameters meant, work out their new values, check that they fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from lingbao.law.errors import MissingLaw, ParameterError
from lingbao.law.month import FIRST_MONTH, LAST_MONTH, format_month
from lingbao.law.store import Law
from lingbao.law.values import Parameter, Value, plain

if TYPE_CHECKING:
    from lingbao.law.reform import Change

# Least and greatest number that a unit allows; a unit that is not listed is not checked.
BOUNDS: dict[str, tuple[float, float]] = {
    "1": (0.0, 10.0), "1/year": (-1.0, 10.0), "1 or 0": (0.0, 1.0), "months": (0.0, 1200.0), "months/year": (0.0, 1200.0),
    "years": (0.0, 200.0), "year": (1900.0, 2199.0), "month": (FIRST_MONTH, LAST_MONTH),
    "yuan/month": (0.0, float("inf")), "yuan/year": (0.0, float("inf")),
}
NOT_LAW = "改革方案，不是现行法律 / a reform, not law in force"
WHOLE = ("months", "year", "month", "1 or 0")


def apply_changes(law: Law, changes: Sequence[Change]) -> Law:
    """Return a new law with the changes laid over it one after the other.

    Raises
    ------
    MissingLaw, ParameterError
        As :meth:`lingbao.law.reform.Reform.apply`.
    """
    for change in changes:
        law = law.overlay({path: entries_of(law, path, change) for path in paths_of(law, change.path)})
    return law


def names(pattern: str, path: str) -> bool:
    """Whether a pattern with ``*`` names a path; one without ``@`` reaches a province's areas too."""
    if "*" not in pattern:
        return pattern == path
    return fnmatchcase(path, pattern) or ("@" not in pattern and fnmatchcase(path, f"{pattern}@*"))


def paths_of(law: Law, pattern: str) -> tuple[str, ...]:
    """Return the paths that a pattern names.

    Raises
    ------
    MissingLaw
        If it names none; the message gives similar paths.
    """
    if "*" not in pattern:
        law.describe(pattern)
        return (pattern,)
    found = tuple(path for path in law.paths() if names(pattern, path))
    if not found:
        known = sorted({path.split(".")[2].partition("@")[0] for path in law.paths() if path.startswith("provinces.")})
        near = _similar(pattern.rpartition(".")[2], known)
        raise MissingLaw(
            "reform.path", value=pattern, zh=f"没有参数符合“{pattern}”；相近的名称：{near}。",
            en=f"No parameter matches '{pattern}'; similar names: {near}.",
        )
    return found


def entries_of(law: Law, path: str, change: Change) -> list[dict[str, Any]]:
    """Return the new values of one parameter, as :meth:`Law.overlay` takes them."""
    parameter = law.describe(path)
    if change.operation == "value":
        _check(parameter, change.amount)
        return [_entry(change, change.since, change.until, change.amount)]
    if change.operation == "as_in":
        old = law.look_up(path, change.amount)
        return [_entry(change, change.since, change.until, old.value, old)]
    found = []
    for value in parameter.values:
        since = change.since if value.since is None else max(value.since, change.since)
        until = min((end for end in (value.until, change.until) if end is not None), default=None)
        if until is None or since <= until:
            number = _number(parameter, value)
            new = number * change.amount if change.operation == "scale" else number + change.amount
            _check(parameter, new)
            found.append(_entry(change, since, until, new, value))
    if not found:
        raise _nothing_there(parameter, change)
    return found


def _entry(change: Change, since: int, until: int | None, value: Any, old: Value | None = None) -> dict[str, Any]:
    """One new value; an explanation must never show it as law in force, nor an assumption as well supported."""
    confidence = "low" if change.assumed else old.confidence if old else "medium"
    found = {
        "value": plain(value), "since": format_month(since), "document": f"{NOT_LAW}: {change.source}", "confidence": confidence,
    }
    return found if until is None else found | {"until": format_month(until)}


def _number(parameter: Parameter, value: Value) -> float:
    if not _is_number(value.value):
        raise ParameterError(
            "reform.not_a_number", value=parameter.path,
            zh=f"“{parameter.label_zh}”不是单个数字，不能用 scale 或 add；请用 value 写出全部内容。",
            en=f"'{parameter.label_en}' is not one number, so it cannot be scaled or raised; give the whole as value.",
        )
    return float(value.value)


def _check(parameter: Parameter, new: Any) -> None:
    """Refuse a value that is of another kind than the parameter's, or outside the range of its unit."""
    old = parameter.values[-1].value
    dated = parameter.unit == "month" and isinstance(new, str)
    if _kind(new) != _kind(old) and not dated:
        zh, en = _kind(old)
        raise ParameterError(
            "reform.kind", value=plain(new), zh=f"“{parameter.label_zh}”的值应为{zh}（现为 {plain(old)}）。",
            en=f"The value of '{parameter.label_en}' must be {en} (now {plain(old)}).",
        )
    if not _is_number(new):
        return
    least, most = BOUNDS.get(parameter.unit, (float("-inf"), float("inf")))
    whole = parameter.unit in WHOLE
    if not math.isfinite(new) or not least <= new <= most or (whole and new != int(new)):
        raise ParameterError(
            "reform.range", value=new,
            zh=f"“{parameter.label_zh}”的值 {new:g} 超出允许范围：{least:g} 至 {most:g}{'，整数' if whole else ''}（单位 {parameter.unit}）。",
            en=f"The value {new:g} of '{parameter.label_en}' is not allowed: {least:g} to {most:g}{', whole' if whole else ''} (unit {parameter.unit}).",
        )


def _kind(value: Any) -> tuple[str, str]:
    if _is_number(value):
        return "数字", "a number"
    return ("文字", "a text") if isinstance(value, str) else ("表", "a table or a list")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _nothing_there(parameter: Parameter, change: Change) -> MissingLaw:
    last = parameter.values[-1].period() if parameter.values else "—"
    month = format_month(change.since)
    return MissingLaw(
        "reform.nothing_there", value=month,
        zh=f"“{parameter.label_zh}”（{parameter.path}）在 {month} 之后没有已知数值可按比例调整；最后已知：{last}。请把 since 提前，或直接写 value。",
        en=f"'{parameter.label_en}' ({parameter.path}) has no known value from {month} on that could be scaled or raised; the last known is of {last}. Start earlier, or give a value.",
    )


def _similar(name: str, known: Sequence[str]) -> str:
    import difflib

    return ", ".join(difflib.get_close_matches(name, known, n=3, cutoff=0.5)) or ", ".join(known[:8])
