"""Run golden cases: read files, hand each case to its topic's adapter, compare every expected value.

An adapter turns the words of a case into calls of the rules and the parameter store; it computes nothing itself.
A topic nobody knows, an expected value nobody produced, or an error on the way is a failure, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.store import Law
from lingbao.verify.report import Failure, Report

Adapter = Callable[[Law, dict[str, Any]], dict[str, Any]]

# Comparisons of decimal figures carry binary noise; this is far below anything a case can state.
NOISE = 1e-9

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Case:
    """One golden case as a file states it.

    Attributes
    ----------
    id, topic : str
        Name and topic; the topic decides the adapter.
    inputs, expected : dict
        What is given and what must come out.
    tolerance : float
        Largest absolute difference of a number, in its own unit.
    source, note : str
        Where the figures come from, and remarks.
    skip : str
        Reason why the case is not run; empty for a case that is.
    """

    id: str
    topic: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    tolerance: float = 0.0
    source: str = ""
    note: str = ""
    skip: str = ""


def adapters() -> dict[str, Adapter]:
    """Return every topic with its adapter."""
    from lingbao.verify import employee, other

    return {**employee.ADAPTERS, **other.ADAPTERS}


def read_cases(path: Path) -> list[Case]:
    """Read one file of golden cases.

    Raises
    ------
    InputError
        If the file cannot be read, is not YAML, or a case lacks a part.
    """
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"打不开：{error}", f"cannot be opened: {error}") from error
    except yaml.YAMLError as error:
        raise _unreadable(path, f"不是有效的 YAML：{error}", f"is not valid YAML: {error}") from error
    entries = loaded.get("cases") if isinstance(loaded, dict) else loaded
    if not isinstance(entries, list):
        raise _unreadable(path, "应是算例的列表", "must be a list of cases")
    return [_case(path, position, entry) for position, entry in enumerate(entries, start=1)]


def verify(files: Iterable[Path], law: Law | None = None) -> Report:
    """Run every case of every file.

    Parameters
    ----------
    files : iterable of Path
        YAML files, or folders of them.
    law : Law, optional
        The law to examine; the package's own when not given.

    Raises
    ------
    InputError
        If a file cannot be read.
    """
    law = law or Law.load()
    known = adapters()
    report = Report()
    for path in _files(files):
        for case in read_cases(path):
            if case.skip:
                report.skipped[case.topic] += 1
                continue
            failure = check(case, law, known)
            if failure is None:
                report.passed[case.topic] += 1
            else:
                report.failed[case.topic] += 1
                report.failures.append(failure)
    return report


def check(case: Case, law: Law, known: Mapping[str, Adapter]) -> Failure | None:
    """Run one case; None when every expected value came out."""
    adapter = known.get(case.topic)
    if adapter is None:
        return _failure(case, {}, [f"unknown topic '{case.topic}'; known: {', '.join(sorted(known))}"])
    try:
        answer = adapter(law, case.inputs)
    except LingbaoError as error:
        return _failure(case, {}, [f"{type(error).__name__} {error.code}: {error.message('en')}"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError) as error:
        return _failure(case, {}, [f"the inputs could not be read: {type(error).__name__}: {error}"])
    reasons = [
        reason for name, expected in case.expected.items()
        if (reason := _difference(name, expected, answer, case.tolerance)) is not None
    ]
    got = {name: answer.get(name) for name in case.expected}
    return _failure(case, got, reasons) if reasons else None


def _difference(name: str, expected: Any, answer: Mapping[str, Any], tolerance: float) -> str | None:
    """Say how an answer differs from what was expected, or None."""
    if name not in answer:
        return f"{name}: nothing was produced; there is {', '.join(answer) or 'no answer'}"
    got = answer[name]
    return None if matches(expected, got, tolerance) else f"{name}: expected {expected!r}, got {got!r}"


def matches(expected: Any, got: Any, tolerance: float) -> bool:
    """Whether a value is the expected one: numbers within tolerance, everything else exactly."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return isinstance(expected, bool) and isinstance(got, bool) and expected == got
    if isinstance(expected, int | float):
        return isinstance(got, int | float) and abs(got - expected) <= tolerance + NOISE * max(1.0, abs(expected))
    if isinstance(expected, list):
        return (isinstance(got, list | tuple) and len(got) == len(expected)
                and all(matches(one, other, tolerance) for one, other in zip(expected, got, strict=True)))
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(
            name in got and matches(value, got[name], tolerance) for name, value in expected.items()
        )
    return type(expected) is type(got) and expected == got


def _case(path: Path, position: int, entry: Any) -> Case:
    where = f"{path}, case {position}"
    if not isinstance(entry, dict):
        raise _unreadable(path, f"第 {position} 个算例应有 id、topic、inputs、expected", f"case {position} must have id, topic, inputs, expected")
    lacking = [name for name in ("id", "topic", "inputs", "expected") if name not in entry]
    if lacking or not isinstance(entry["inputs"], dict) or not isinstance(entry["expected"], dict) or not entry["expected"]:
        names = ", ".join(lacking) or "inputs, expected"
        raise InputError("case.shape", value=names, where=where, zh=f"算例缺少或写错：{names}。",
                         en=f"The case lacks or misstates: {names}.")
    tolerance = entry.get("tolerance", 0) or 0
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float) or tolerance < 0:
        raise InputError("case.tolerance", value=tolerance, where=where, zh="tolerance 应为不小于 0 的数。",
                         en="tolerance must be a number of at least 0.")
    return Case(str(entry["id"]), str(entry["topic"]), entry["inputs"], entry["expected"], float(tolerance),
                str(entry.get("source") or ""), str(entry.get("note") or ""), str(entry.get("skip") or ""))


def _failure(case: Case, got: dict[str, Any], reasons: list[str]) -> Failure:
    return Failure(case.id, case.topic, case.inputs, case.expected, got, tuple(reasons), case.source)


def _files(files: Iterable[Path]) -> Iterable[Path]:
    for path in files:
        if path.is_dir():
            found = sorted({*path.rglob("*.yaml"), *path.rglob("*.yml")})
            if not found:
                raise _unreadable(path, "里面没有 YAML 文件", "holds no YAML file")
            yield from found
        else:
            yield path


def _unreadable(path: Path, zh: str, en: str) -> InputError:
    return InputError("case.file", value=str(path), where=str(path), zh=f"算例文件{zh}。", en=f"The case file {en}.")
