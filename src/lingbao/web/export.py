"""The comparison as files: one row per option and projection, all figures unrounded."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from lingbao.law.month import format_month
from lingbao.web.outcome import FIGURES, PROJECTIONS, label, monthly

# A text that a spreadsheet would take for a formula is written with an apostrophe before it.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return ""
    if kind == "month" and isinstance(value, int):
        return format_month(value)
    return value


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def rows(comparison: Mapping[str, Any], lang: str) -> list[list[Any]]:
    """Return heading and rows: option, whether feasible, monthly cost, projection, and every figure."""
    zh = lang == "zh"
    head = (["编号", "方案", "可行", "每月缴费（元）", "占收入", "情景"] if zh
            else ["id", "option", "feasible", "paid a month (yuan)", "share of income", "projection"])
    table = [[*head, *(figure.zh if zh else figure.en for figure in FIGURES)]]
    for option in comparison["options"]:
        for name, zh_name, en_name in PROJECTIONS:
            outlook = (option.get("outlook") or {}).get(name)
            if outlook is None:
                continue
            table.append([
                _safe(option["id"]), _safe(label(option, lang)), ("是" if zh else "yes") if option["feasible"] else ("否" if zh else "no"),
                _plain(monthly(option), "yuan"), _plain(option.get("share_of_income"), "share"), zh_name if zh else en_name,
                *(_plain(outlook.get(figure.name), figure.kind) for figure in FIGURES),
            ])
    return table


def text(comparison: Mapping[str, Any], lang: str) -> bytes:
    """Return the table as CSV, with a byte order mark so that spreadsheets read the Chinese."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows(comparison, lang))
    return out.getvalue().encode("utf-8-sig")


def workbook(comparison: Mapping[str, Any], lang: str) -> bytes:
    """Return the table as an Excel workbook, with a sheet that says which law and month it stands on."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e8f2ef"})
    sheet = book.add_worksheet("方案比较" if lang == "zh" else "Comparison")
    for place, line in enumerate(rows(comparison, lang)):
        sheet.write_row(place, 0, line, bold if place == 0 else None)
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 30, 15)
    notes = book.add_worksheet("说明" if lang == "zh" else "Notes")
    as_of = comparison["as_of"]
    lines = [("截至" if lang == "zh" else "as of", format_month(as_of) if isinstance(as_of, int) else as_of),
             ("法规版本" if lang == "zh" else "version of the law", str(comparison["law_hash"]))]
    lines += [(flag["code"], flag["zh" if lang == "zh" else "en"]) for flag in comparison["flags"]]
    for place, line in enumerate(lines):
        notes.write_row(place, 0, line)
    notes.set_column(0, 1, 40)
    book.close()
    return out.getvalue()
