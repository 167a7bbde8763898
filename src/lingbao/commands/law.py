"""``lingbao law``: look up what the law's numbers are, where they come from, and what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from lingbao.law.values import Parameter, Value

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                  help="查法规参数：数值、来源、覆盖范围。 The law's numbers, their sources and their coverage.")

Lang = Annotated[str, typer.Option("--lang", help="zh / en")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")]

WORDS = {
    "value": ("数值", "value"), "period": ("有效期", "in force"), "document": ("文件", "document"),
    "confidence": ("可信度", "confidence"), "sources": ("来源", "sources"), "notes": ("说明", "notes"),
    "published": ("公布", "published"), "province": ("省份", "province"), "unit": ("单位", "unit"),
    "history": ("历次数值", "history"), "contested": ("有争议", "contested"), "known_wrong": ("常见错误", "known to be wrong"),
    "checked": ("核对", "checked"), "provisional": ("（暂用上期数值）", "(an earlier value stands in)"),
    "high": ("高", "high"), "medium": ("中", "medium"), "low": ("低", "low"), "faults": ("格式与来源错误", "faults"),
    "complete": ("全", "complete"), "partial": ("部分", "partial"), "missing": ("缺", "missing"),
    "stale": ("一年以上未核对", "not confirmed for over a year"), "none": ("无", "none"),
    "benefit_base": ("计发基数", "benefit base"), "contribution_base": ("缴费基数", "contribution base"),
    "transitional": ("过渡性养老金", "transitional"), "flexible": ("灵活就业缴费", "flexible rules"),
    "women_class": ("女性类别", "women's class"), "subsidies": ("社保补贴", "subsidies"),
    "resident_basic": ("居民基础养老金", "resident basic"), "resident_tiers": ("居民档次", "resident tiers"),
    "medical": ("医保", "medical"),
}


def _word(name: str, lang: str) -> str:
    return WORDS[name][lang == "en"]


def _print(*lines: object) -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    for line in lines:
        console.print(line)


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _months(on: str | None, known: str | None) -> tuple[int | None, int | None]:
    from lingbao.law.month import parse_month

    return (parse_month(on) if on else None), (parse_month(known) if known else None)


@app.command("show")
def show(
    path: Annotated[str, typer.Argument(help="national.<topic>.<name> / provinces.<code>.<name>[@<Area>]")],
    on: Annotated[str | None, typer.Option("--on", help="适用年月 YYYY-MM / month of the event")] = None,
    known: Annotated[str | None, typer.Option("--known", help="以该月已公布的为限 / as known in this month")] = None,
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """显示一个参数的数值、来源和历史。 Show one parameter: value, history, sources, notes."""
    from lingbao.law.store import Law

    law = Law.load()
    parameter = law.describe(path)
    value = law.look_up(path, *_months(on, known), provisional=on is not None)
    if as_json:
        _print_json({
            "path": path, "label_zh": parameter.label_zh, "label_en": parameter.label_en, "unit": parameter.unit,
            "law_hash": law.hash, "value": value.to_dict(), "history": [old.to_dict() for old in parameter.values],
            "contested": list(parameter.contested), "known_wrong": list(parameter.known_wrong),
            "instruments": [dict(entry) for entry in law.cited(value.document)],
        })
        return
    _print(*_head(parameter, value, lang))
    for entry in law.cited(value.document):
        _print(f"  {entry['id']} {entry['title_zh'] if lang == 'zh' else entry['title_en']}")
    _print(_history(parameter, lang))
    for name in ("contested", "known_wrong"):
        for text in getattr(parameter, name):
            _print(f"{_word(name, lang)}: {text}")


def _head(parameter: Parameter, value: Value, lang: str) -> list[str]:
    """Lines that state one value with its support."""
    label = parameter.label_zh if lang == "zh" else parameter.label_en
    flag = f" {_word('provisional', lang)}" if value.provisional else ""
    lines = [
        f"{label}  {parameter.path}",
        f"{_word('value', lang)}: {_written(value)} [{parameter.unit}]{flag}",
        f"{_word('period', lang)}: {value.period()}",
        f"{_word('document', lang)}: {value.document or _word('none', lang)}",
        f"{_word('confidence', lang)}: {_word(value.confidence, lang)}   {_word('checked', lang)}: {value.checked}",
        f"{_word('sources', lang)}: {'; '.join(value.sources)}",
    ]
    return lines + [f"{_word('notes', lang)}: {note}" for note in value.notes]


def _written(value: Value) -> str:
    """Write a value: months as YYYY-MM, numbers plainly, tables as JSON."""
    from lingbao.law.month import format_month
    from lingbao.law.values import plain

    if isinstance(value.value, bool) or not isinstance(value.value, int | float):
        return value.value if isinstance(value.value, str) else json.dumps(plain(value.value), ensure_ascii=False)
    return format_month(int(value.value)) if value.unit == "month" else f"{value.value:.12g}"


def _history(parameter: Parameter, lang: str) -> Any:
    from rich.table import Table

    from lingbao.law.month import format_month

    table = Table(title=_word("history", lang), title_justify="left")
    for name in ("period", "value", "document", "published", "confidence"):
        table.add_column(_word(name, lang))
    for value in parameter.values:
        published = "" if value.published is None else format_month(value.published)
        table.add_row(value.period(), _written(value), value.document, published, _word(value.confidence, lang))
    return table


@app.command("list")
def list_paths(
    prefix: Annotated[str, typer.Argument(help="路径开头 / beginning of the path")] = "",
    lang: Lang = "zh",
    as_json: AsJson = False,
) -> None:
    """列出参数。 List parameters."""
    from lingbao.law.store import Law

    law = Law.load()
    found = [law.describe(path) for path in law.paths() if path.startswith(prefix)]
    if as_json:
        _print_json([{"path": p.path, "label_zh": p.label_zh, "label_en": p.label_en, "unit": p.unit,
                      "keyed_by": p.keyed_by, "values": len(p.values)} for p in found])
        return
    for parameter in found:
        print(f"{parameter.path}  {parameter.label_zh if lang == 'zh' else parameter.label_en} [{parameter.unit}]")


@app.command("coverage")
def show_coverage(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """各省各项规则的已知程度。 What is known of each province, one line a province."""
    from lingbao.law.coverage import coverage
    from lingbao.law.store import Law

    law = Law.load()
    found = coverage(law)
    if as_json:
        _print_json({code: {name: entry._asdict() for name, entry in rules.items()} for code, rules in found.items()})
        return
    for province in law.provinces():
        rules = found[province.code]
        name = province.short_zh if lang == "zh" else province.name_en
        parts = [
            f"{_word(rule, lang)} {_word(entry.status, lang)}{f' {entry.years}' if entry.years else ''}"
            for rule, entry in rules.items()
        ]
        print(f"{province.code} {name}  " + " | ".join(parts))


@app.command("lint")
def lint(lang: Lang = "zh", as_json: AsJson = False) -> None:
    """检查参数文件；有错误时退出码为 1。 Check the parameter files; exit status 1 where there are faults."""
    from datetime import date

    from lingbao.law.lint import faults, stale
    from lingbao.law.month import parse_month
    from lingbao.law.store import Law

    law = Law.load()
    found = faults(law)
    old = () if found else stale(law, parse_month(date.today()))
    if as_json:
        _print_json({"faults": [fault.to_dict() for fault in found], "stale": [value.to_dict() for value in old]})
    else:
        for fault in found:
            print(fault.message(lang))
        for value in old:
            print(f"{value.path}  {_word('checked', lang)} {value.checked}")
        print(f"{_word('faults', lang)}: {len(found)}; {_word('stale', lang)}: {len(old)}")
    if found:
        raise typer.Exit(1)


@app.command("export-openfisca")
def export_openfisca(
    directory: Annotated[Path, typer.Argument(help="目标文件夹 / target folder")],
    lang: Lang = "zh",
) -> None:
    """导出为 OpenFisca 参数格式。 Write the parameters in the OpenFisca layout."""
    from lingbao.law.export_openfisca import export
    from lingbao.law.store import Law

    done = export(Law.load(), directory)
    print(f"已写出 {done.written} 个参数；{done.left_out} 个表格、文字或无日期的参数未写出。" if lang == "zh" else
          f"{done.written} parameters written; {done.left_out} tables, texts or undated values left out.")
