"""``lingbao reform``: the shipped proposals, what they change, and whether a reform file is right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from lingbao.law.reform import Reform
    from lingbao.law.reform_difference import Difference
    from lingbao.law.store import Law

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                  help="改革文件：列出、查看、检查、比较。 Reform files: list, show, check, compare.")

Lang = Annotated[str, typer.Option("--lang", help="zh / en")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]
Which = Annotated[str, typer.Argument(help="编号或文件，可用 + 叠加 / id or file, several joined by +")]

WORDS = {
    "author": ("作者", "author"), "citation": ("出处", "where"), "mechanisms": ("机制", "mechanisms"),
    "expected": ("预期效果", "expected"), "notes": ("说明", "notes"), "since": ("起始", "since"),
    "runs_in": ("可运行于", "runs in"), "hash": ("指纹", "hash"), "changes": ("与现行法律的差别", "what changes in the law"),
    "options": ("方案选项", "options"), "source": ("依据", "source"), "assumed": ("（假定）", "(assumed)"),
    "planner": ("规划器", "planner"), "laboratory": ("实验室", "laboratory"), "none": ("无", "none"), "fine": ("无误", "fine"),
    "designs": ("另有 324 个定额缴费方案：F2-001 至 F2-324（--designs 列出）",
                "and 324 fixed-amount designs, F2-001 to F2-324 (list them with --designs)"),
    "conflicts": ("相互冲突，以后者为准", "in conflict, the later holds"),
    "same": ("没有差别", "no difference"), "law": ("现行法律", "the law in force"),
}


def _word(name: str, lang: str) -> str:
    return WORDS[name][lang == "en"]


def _print(*lines: object) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False, soft_wrap=True)
    for line in lines:
        console.print(line)


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


@app.command("list")
def list_reforms(
    designs: Annotated[bool, typer.Option("--designs", help="连同 324 个定额缴费方案 / with the 324 designs")] = False,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """列出随附的改革。 List the shipped reforms."""
    from lingbao.law.reform_library import fixed_amount_reforms, library

    reforms = [*library(), *(fixed_amount_reforms() if designs else ())]
    if as_json:
        _print_json([_summary(reform) for reform in reforms])
        return
    width = max(len(reform.id) for reform in reforms)
    _print(*(f"{reform.id:<{width}}  {_title(reform, lang)}  [{_runners(reform, lang)}]" for reform in reforms))
    if not designs:
        _print(_word("designs", lang))


@app.command("show")
def show(which: Which, lang: Lang = "zh", as_json: AsJson = False) -> None:
    """显示一项改革及其对法律的改动。 Show one reform and what it changes in the law."""
    from lingbao.law.reform_difference import diff
    from lingbao.law.reform_library import find_reform
    from lingbao.law.store import Law

    law = Law.load()
    reform = find_reform(which, law)
    changed = diff(None, reform, law)
    if as_json:
        found = reform.to_dict() | {"hash": reform.hash, "law_hash": law.hash, "reformed_law_hash": reform.apply(law).hash}
        found |= {"conflicts": [conflict.to_dict() for conflict in reform.conflicts]}
        _print_json(found | {"differences": [entry.to_dict() for entry in changed]})
        return
    _print(*_head(reform, lang))
    _print(f"{_word('changes', lang)}:", *_table([entry for entry in changed if not entry.path.startswith("options.")], law, lang))
    for change in reform.changes:
        _print(f"  {change.path}  {_word('source', lang)}: {change.source}" + (f" {_word('assumed', lang)}" if change.assumed else ""))
    _print(f"{_word('options', lang)}:", *_options(reform, lang))
    if reform.conflicts:
        _print(f"{_word('conflicts', lang)}:", *(f"  {conflict.subject}" for conflict in reform.conflicts))


@app.command("check")
def check(
    files: Annotated[list[str], typer.Argument(help="文件或编号 / files or ids")],
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """检查改革文件；有误时退出码为 1。 Check reform files; exit code 1 when one is wrong."""
    from lingbao.law.errors import ErrorList, LingbaoError
    from lingbao.law.reform_library import find_reform
    from lingbao.law.store import Law

    law, answers, faulty = Law.load(), [], False
    for name in files:
        try:
            reform = find_reform(name, law)
            reform.apply(law)
        except LingbaoError as error:
            faulty = True
            errors = error.errors if isinstance(error, ErrorList) else [error]
            answers.append({"file": name, "ok": False, "errors": [one.to_dict() for one in errors]})
            if not as_json:
                _print(*(one.message(lang) for one in errors))
        else:
            answers.append({"file": name, "ok": True, "id": reform.id, "hash": reform.hash})
            if not as_json:
                _print(f"{name}: {_word('fine', lang)} ({reform.id}, {reform.hash[:12]})")
    if as_json:
        _print_json(answers)
    if faulty:
        raise typer.Exit(1)


@app.command("diff")
def difference(
    first: Annotated[str, typer.Argument(help="编号、文件或 law / id, file or law")],
    second: Annotated[str, typer.Argument(help="编号、文件或 law / id, file or law")],
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """比较两项改革；有差别时退出码为 1。 Compare two reforms; exit code 1 when they differ."""
    from lingbao.law.reform_difference import diff
    from lingbao.law.reform_library import find_reform
    from lingbao.law.store import Law

    law = Law.load()
    sides = [None if name == "law" else find_reform(name, law) for name in (first, second)]
    found = diff(sides[0], sides[1], law)
    if as_json:
        _print_json([entry.to_dict() for entry in found])
    else:
        _print(*(_table(found, law, lang) if found else [_word("same", lang)]))
    if found:
        raise typer.Exit(1)


@app.command("schema")
def schema() -> None:
    """输出改革文件的 JSON schema，供编辑器使用。 Print the JSON schema of a reform file, for editors."""
    from lingbao.law.reform_schema import reform_schema

    _print_json(reform_schema())


def _summary(reform: Reform) -> dict[str, Any]:
    found = reform.to_dict()
    kept = ("id", "title_zh", "title_en", "mechanisms", "since", "runs_in")
    return {name: found[name] for name in kept} | {"hash": reform.hash}


def _title(reform: Reform, lang: str) -> str:
    return reform.title_zh if lang == "zh" else reform.title_en


def _runners(reform: Reform, lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(_word(runner, lang) for runner in reform.runs_in)


def _head(reform: Reform, lang: str) -> list[str]:
    from lingbao.law.month import format_month

    texts = {
        "author": reform.author, "citation": reform.citation, "mechanisms": ", ".join(reform.mechanisms),
        "since": format_month(reform.since), "runs_in": _runners(reform, lang),
        "expected": reform.expected_zh if lang == "zh" else reform.expected_en,
        "notes": reform.notes_zh if lang == "zh" else reform.notes_en, "hash": reform.hash,
    }
    return [f"{reform.id}  {_title(reform, lang)}", *(f"{_word(name, lang)}: {text}" for name, text in texts.items() if text)]


def _table(found: list[Difference] | tuple[Difference, ...], law: Law, lang: str) -> list[str]:
    """Lines of differences: path, period, from and to."""
    lines = [f"  {entry.path}{_label(entry, law, lang)}  {_period(entry)}  {_value(entry.before, entry.unit)} → {_value(entry.after, entry.unit)}" for entry in found]
    return lines or [f"  {_word('none', lang)}"]


def _label(entry: Difference, law: Law, lang: str) -> str:
    if entry.path.startswith("options."):
        return ""
    parameter = law.describe(entry.path)
    return f" {parameter.label_zh if lang == 'zh' else parameter.label_en} [{parameter.unit}]"


def _period(entry: Difference) -> str:
    from lingbao.law.month import format_month

    if entry.since is None and entry.until is None:
        return ""
    return "–".join("…" if bound is None else format_month(bound) for bound in (entry.since, entry.until))


def _value(value: Any, unit: str) -> str:
    from lingbao.law.month import format_month
    from lingbao.law.values import plain

    if value is None:
        return "—"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return format_month(int(value)) if unit == "month" else f"{value:,.6g}"
    return value if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)


def _options(reform: Reform, lang: str) -> list[str]:
    from lingbao.law.reform_schema import declared_options

    lines = []
    for name, option in reform.options.items():
        declared = declared_options()[name]
        lines.append(f"  {name}  {declared['zh'] if lang == 'zh' else declared['en']}  {_word('source', lang)}: {option.source}")
        for field, value in option.values.items():
            about = declared["fields"][field]
            unit = f" [{about['unit']}]" if "unit" in about else ""
            mark = f" {_word('assumed', lang)}" if field in option.assumed else ""
            lines.append(f"    {field}  {about['zh'] if lang == 'zh' else about['en']}: {_value(value, '')}{unit}{mark}")
    return lines or [f"  {_word('none', lang)}"]
