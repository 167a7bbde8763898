"""Read and write reform files; an error names the line, the place in the file, and what would be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.month import parse_month
from lingbao.law.reform import OPERATIONS, Change, Option, Reform
from lingbao.law.reform_apply import apply_changes
from lingbao.law.reform_fault import Faults, Place
from lingbao.law.reform_schema import declared_options
from lingbao.law.store import Law
from lingbao.law.values import freeze


def read_reform(path: Path | str, law: Law | None = None) -> Reform:
    """Read one reform file.

    Parameters
    ----------
    path : Path or str
        A YAML file.
    law : Law, optional
        Check paths and values against this law too; without it only the form of the file is checked.

    Raises
    ------
    InputError
        If the file cannot be read, or breaks the form of a reform.
    ErrorList
        If there are several faults, each with its line.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "reform.file", value=str(file), where=file.name, zh=f"无法读取改革文件：{error}。请检查文件名，并存为 UTF-8。",
            en=f"The reform file cannot be read: {error}. Check its name, and save it as UTF-8.",
        ) from error
    return parse_reform(text, file.name, law)


def parse_reform(text: str, name: str = "reform.yaml", law: Law | None = None) -> Reform:
    """Read a reform from YAML text; ``name`` stands in the messages. Raises as :func:`read_reform`."""
    data, lines = _located(text, name)
    faults = Faults(name, lines)
    faults.form(data)
    faults.stop()
    reform = reform_of(data)
    _honest(reform, faults)
    if law is not None:
        _lawful(reform, law, faults)
    faults.stop()
    return reform


def reform_of(data: Mapping[str, Any]) -> Reform:
    """Build a reform from plain data that already has the right form."""
    since = parse_month(data["since"])
    return Reform(
        id=data["id"], title_zh=data["title_zh"], title_en=data["title_en"], author=data["author"],
        citation=data["citation"], mechanisms=tuple(data["mechanisms"]), expected_zh=data["expected_zh"],
        expected_en=data["expected_en"], since=since, runs_in=tuple(data["runs_in"]),
        notes_zh=data.get("notes_zh", ""), notes_en=data.get("notes_en", ""),
        changes=tuple(_change(entry, since) for entry in data.get("changes", ())),
        options=freeze({name: _option(name, entry) for name, entry in data.get("options", {}).items()}),
    )


def write_reform(reform: Reform) -> str:
    """Return a reform as YAML text that :func:`parse_reform` reads back to an equal reform."""
    return yaml.safe_dump(reform.to_dict(), allow_unicode=True, sort_keys=False, width=110)


def _change(entry: Mapping[str, Any], since: int) -> Change:
    operation = next(name for name in OPERATIONS if name in entry)
    amount = parse_month(entry["as_in"]) if operation == "as_in" else freeze(entry[operation])
    return Change(
        path=entry["path"], since=parse_month(entry["since"]) if "since" in entry else since, operation=operation,
        amount=amount, until=parse_month(entry["until"]) if "until" in entry else None, source=entry["source"],
        assumed=bool(entry.get("assumed", False)),
    )


def _option(name: str, entry: Mapping[str, Any]) -> Option:
    return Option(name, freeze(entry["values"]), entry["source"], tuple(sorted(entry.get("assumed", ()))))


def _honest(reform: Reform, faults: Faults) -> None:
    """Check what the form alone cannot say: periods the right way round, and runners that can carry out the options."""
    for number, change in enumerate(reform.changes):
        if change.until is not None and change.until < change.since:
            faults.add(
                ("changes", number, "until"), "reform.period", reform.to_dict()["changes"][number]["until"],
                "until 早于 since，应不早于 since。", "until lies before since; it must not.",
            )
    for name in reform.options:
        able = declared_options()[name]["runs_in"]
        for runner in reform.runs_in:
            if runner not in able:
                faults.add(
                    ("runs_in",), "reform.runs_in", runner,
                    f"选项“{name}”不能在 {runner} 中运行，可用：{', '.join(able)}。",
                    f"The option '{name}' cannot run in {runner}; it runs in: {', '.join(able)}.",
                )


def _lawful(reform: Reform, law: Law, faults: Faults) -> None:
    """Try every change on the law, one after the other."""
    for number, change in enumerate(reform.changes):
        try:
            law = apply_changes(law, [change])
        except LingbaoError as error:
            about = "path" if error.code in ("law.path", "reform.path") else change.operation
            faults.add(("changes", number, about), error.code, error.value, error.zh, error.en)


def _located(text: str, name: str) -> tuple[Any, dict[Place, int]]:
    """Return the data of a YAML text, and the line of every place in it.

    Raises
    ------
    InputError
        If the text is not YAML, or uses aliases.
    ErrorList
        If a key stands twice.
    """
    try:
        loader = yaml.SafeLoader(text)
    except yaml.YAMLError as error:
        raise _not_yaml(error, name) from error
    try:
        _no_aliases(text, name)
        node = loader.get_single_node()
        lines: dict[Place, int] = {(): 1}
        twice: list[LingbaoError] = []
        if node is not None:
            for place, line, again in _places(node, ()):
                if again:
                    twice.append(_twice(name, place, line))
                lines[place] = line
        data = loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _not_yaml(error, name) from error
    finally:
        loader.dispose()
    if twice:
        raise twice[0] if len(twice) == 1 else ErrorList(twice)
    return data, lines


def _not_yaml(error: Exception, name: str) -> InputError:
    mark = getattr(error, "problem_mark", None)
    where = name if mark is None else f"{name}:{mark.line + 1}"
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return InputError(
        "reform.yaml", value=problem, where=where, zh=f"不是有效的 YAML：{problem}。请检查缩进、冒号和引号。",
        en=f"This is not valid YAML: {problem}. Check indentation, colons and quotes.",
    )


def _no_aliases(text: str, name: str) -> None:
    """Refuse aliases: a reader should see every number where it holds, and a few of them can unfold without end."""
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken):
            raise InputError(
                "reform.alias", value=token.value, where=f"{name}:{token.start_mark.line + 1}",
                zh=f"不能使用别名“*{token.value}”，请把内容完整写出；带 * 的路径要加引号或以文字开头。",
                en=f"The alias '*{token.value}' cannot be used; write the content out. A path that begins with * needs quotes.",
            )


def _places(node: yaml.Node, place: Place) -> Iterator[tuple[Place, int, bool]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            word = str(key.value)
            yield (*place, word), key.start_mark.line + 1, word in seen
            seen.add(word)
            yield from _places(value, (*place, word))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield (*place, number), item.start_mark.line + 1, False
            yield from _places(item, (*place, number))


def _twice(name: str, place: Place, line: int) -> InputError:
    return InputError(
        "reform.twice", value=place[-1], where=f"{name}:{line}", zh=f"“{place[-1]}”写了两次，只能写一次。",
        en=f"'{place[-1]}' stands twice; it may stand once.",
    )
