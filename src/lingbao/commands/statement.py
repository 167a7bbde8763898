"""``lingbao statement``: read a contribution statement, show what it says and what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lingbao.commands.person import AsOf, month_looked_from
from lingbao.commands.show import DISAGREES, NOTHING, AsJson, Lang, edge, print_json, show, table, word, yuan

if TYPE_CHECKING:
    from lingbao.career.records import History, Record, Statement

MOST_ROWS = 60


def statement(
    file: Annotated[Path, typer.Argument(help="缴费明细（CSV、XLSX） / contribution statement")],
    province: Annotated[str | None, typer.Option("--province", help="明细未写参保地时的省份 / province where the rows name none")] = None,
    birth: Annotated[str | None, typer.Option("--birth", help="出生年月 / month of birth")] = None,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option("--out", help="写成新文件（.csv 或 .xlsx） / write a clean file")] = None,
    by: Annotated[str, typer.Option("--by", help="month / year / spell")] = "month",
    as_json: AsJson = False, lang: Lang = "zh",
) -> None:
    """读缴费明细：逐行核对，算月数、平均指数和个人账户。 Read a statement: rows, faults, gaps, months, index, account."""
    with edge(lang, as_json):
        from lingbao.career.records import read_statement, write_statement
        from lingbao.law.month import parse_month
        from lingbao.law.store import Law

        law = Law.load()
        looked_from = month_looked_from(as_of)
        code = law.find_province(province)[0] if province else None
        read = read_statement(file, strict=False, birth=parse_month(birth) if birth else None, as_of=looked_from)
        summed = _summed(law, read, code, looked_from)
        if out is not None:
            ending = out.suffix.lower().lstrip(".")
            write_statement(read.records, out, format=ending, by=by, lang=lang)  # type: ignore[arg-type]
    if as_json:
        print_json(_plain(read, summed))
    else:
        show(*_report(read, summed, lang))
    if read.faults:
        raise typer.Exit(DISAGREES)


def _summed(law: Any, read: Statement, province: str | None, as_of: int) -> History | None:
    """Sum the statement up where its province is known."""
    from lingbao.career.records import history

    named = next((record.province for record in read.records if record.province), None)
    place = province or named
    return None if place is None or not read.records else history(law, read.records, place, as_of, strict=False)


def _plain(read: Statement, summed: History | None) -> dict[str, Any]:
    """Return everything as plain data, months written ``YYYY-MM``."""
    from lingbao.law.month import format_month

    return {
        "records": [_record(record) for record in read.records],
        "rows": [{"row": row.row, "outcome": row.outcome, "zh": row.zh, "en": row.en} for row in read.report],
        "faults": [fault.to_dict() for fault in read.faults],
        "gaps": [[format_month(first), format_month(last)] for first, last in read.gaps],
        "months_paid": read.months_paid, "account_balance_stated": read.account_balance,
        "history": None if summed is None else {
            "months_paid": summed.months_paid, "deemed_months": summed.deemed_months,
            "resident_months": summed.resident_months, "mean_index": summed.mean_index,
            "account_balance": summed.account_balance,
            "missing": [error.to_dict() for error in summed.missing],
        },
        "warnings": [{"zh": zh, "en": en} for zh, en in (*read.warnings, *(summed.flags if summed else ()))],
    }


def _record(record: Record) -> dict[str, Any]:
    from lingbao.law.month import format_month

    return {"first": format_month(record.first), "last": format_month(record.last), "months": record.months, "base": record.base,
            "index": record.index, "scheme": record.scheme, "province": record.province, "kind": record.kind,
            "account": record.account, "interest": record.interest}


def _report(read: Statement, summed: History | None, lang: str) -> list[Any]:
    """Return the statement for people."""
    from lingbao.law.month import format_month

    rows = []
    for each in map(_record, read.records):
        index = each["index"]
        rows.append((each["first"], each["last"], str(each["months"]), yuan(each["base"]), NOTHING if index is None else f"{index:.4f}",
                     _word(each["scheme"], lang), _word(each["kind"], lang), yuan(each["account"])))
    headings = [word(pair, lang) for pair in (
        ("起", "From"), ("止", "To"), ("月数", "Months"), ("缴费基数", "Base"), ("指数", "Index"), ("险种", "Scheme"),
        ("类型", "Kind"), ("记账额", "Credited"))]
    shown: list[Any] = [table(word(("缴费记录", "Records"), lang), headings, rows[:MOST_ROWS], figures=(2, 3, 4, 7))]
    if len(rows) > MOST_ROWS:
        shown.append(word((f"……另有 {len(rows) - MOST_ROWS} 条，--json 可看全部。", f"… and {len(rows) - MOST_ROWS} more; --json shows all."), lang))
    shown += [f"✗ {fault.message(lang)}" for fault in read.faults]
    for first, last in read.gaps:
        length = last - first + 1
        shown.append(word((f"中断：{format_month(first)} 至 {format_month(last)}，{length} 个月。",
                           f"Gap: {format_month(first)} to {format_month(last)}, {length} months."), lang))
    shown.append(word((f"实际缴费 {read.months_paid} 个月。", f"Months paid: {read.months_paid}."), lang))
    shown += _sums(read, summed, lang)
    shown += [f"※ {zh if lang == 'zh' else en}" for zh, en in (*read.warnings, *(summed.flags if summed else ()))]
    return shown


def _sums(read: Statement, summed: History | None, lang: str) -> list[str]:
    if summed is None:
        return [word(("未写参保地，平均指数和账户未算；请加 --province。", "No province is named, so index and account are not computed; add --province."), lang)]
    said = []
    if summed.mean_index is not None:
        said.append(word((f"平均缴费指数 {summed.mean_index:.4f}。", f"Mean contribution index: {summed.mean_index:.4f}."), lang))
    if summed.account_balance is not None:
        said.append(word((f"个人账户约 {yuan(summed.account_balance)} 元。", f"Individual account: about {yuan(summed.account_balance)} yuan."), lang))
    if read.account_balance is not None:
        said.append(word((f"明细所列储存额 {yuan(read.account_balance)} 元。", f"Balance stated by the file: {yuan(read.account_balance)} yuan."), lang))
    return said + [f"※ {error.message(lang)}" for error in summed.missing]


def _word(name: str, lang: str) -> str:
    from lingbao.career.statement_words import written

    return written(name, lang)
