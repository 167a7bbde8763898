"""From a bank's statement file to lines: the whole file is refused, or each line is taken or refused with a reason."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lingbao.registry.orders.unpacking import check_text, refused, unpacked

MOST_BYTES = 16 * 2**20  # unpacked
MOST_LINES = 100_000
# Headings as banks write them, in either language.
HEADINGS = {"date": "date", "日期": "date", "交易日期": "date", "reference": "reference", "流水号": "reference", "amount": "amount", "金额": "amount",
            "金额（元）": "amount", "number": "number", "业务编号": "number", "note": "note", "摘要": "note"}
NEEDED = ("date", "reference", "amount")
_AMOUNT = re.compile(r"[+-]?\d{1,12}(\.\d{1,2})?", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_NOTE = 200


@dataclass(frozen=True)
class Line:
    """One line taken: `amount_fen` above nought is money that came in."""

    line: int
    booked_on: date
    reference: str
    number: str | None
    amount_fen: int
    note: str


@dataclass(frozen=True)
class Refusal:
    """One line refused, and why."""

    line: int
    code: str
    zh: str
    en: str


def read(content: bytes, *, today: date) -> tuple[list[Line], list[Refusal]]:
    """Read a statement: CSV in UTF-8, plain or gzip, with ``date, reference, amount`` and perhaps ``number, note``.

    Parameters
    ----------
    content : bytes
        The file. The amount is in yuan; money that left has a minus.
    today : datetime.date
        No line is later.

    Raises
    ------
    FileRefused
        If the file cannot be read at all, or is larger than :data:`MOST_BYTES` unpacked or :data:`MOST_LINES` lines.
    """
    if content[:2] == b"\x1f\x8b":
        content = unpacked(content, MOST_BYTES)
    if len(content) > MOST_BYTES:
        raise _too_large()
    check_text(content)
    table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    try:
        heading = [cell.strip() for cell in next(table, [])]
        columns = _columns(heading)
        lines: list[Line] = []
        refusals: list[Refusal] = []
        for number, cells in enumerate(table, 1):
            if number > MOST_LINES:
                raise _too_large()
            if not any(cell.strip() for cell in cells):
                continue
            taken = _line(number, cells, columns, len(heading), today)
            (lines if isinstance(taken, Line) else refusals).append(taken)  # type: ignore[arg-type]
    except csv.Error as error:
        raise refused("csv", "CSV 的引号没有成对，或有不能识别的字符。", "a quote of the CSV is not closed, or a character is not understood.", str(error)[:100]) from None
    return lines, refusals


def _columns(heading: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(heading):
        meaning = HEADINGS.get(name.lower())
        if meaning is None or meaning in found:
            raise refused("columns", f"表头“{name[:40]}”不认识或重复。可用：日期、流水号、金额、业务编号、摘要。",
                          f"the heading '{name[:40]}' is unknown or occurs twice. Known: date, reference, amount, number, note.", name[:40])
        found[meaning] = place
    lacking = [name for name in NEEDED if name not in found]
    if lacking:
        raise refused("columns", f"缺少列：{'、'.join(lacking)}。", f"columns are missing: {', '.join(lacking)}.", lacking)
    return found


def _line(number: int, cells: list[str], columns: dict[str, int], width: int, today: date) -> Line | Refusal:
    if len(cells) != width:
        return Refusal(number, "bank.cells", f"有 {len(cells)} 格，表头有 {width} 格。", f"{len(cells)} cells, the heading has {width}.")
    text = {name: cells[place].strip() for name, place in columns.items()}
    for refusal in _faults(number, text, today):
        return refusal
    amount = text["amount"]
    whole, _, part = amount.lstrip("+-").partition(".")
    fen = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    return Line(number, date.fromisoformat(text["date"]), text["reference"], text.get("number") or None, -fen if amount.startswith("-") else fen,
                text.get("note", ""))


def _faults(number: int, text: dict[str, str], today: date) -> Iterator[Refusal]:
    shown = {name: "".join(c if c.isprintable() else "␀" for c in cell[:40]) for name, cell in text.items()}
    for name in ("reference", "number", "note"):
        if text.get(name, "").startswith(_FORMULA):
            yield Refusal(number, "bank.formula", f"“{shown[name]}”像是表格公式，不接受。请让银行以纯文本导出。",
                          f"'{shown[name]}' looks like a formula of a spreadsheet and is not taken. Have it exported as plain text.")
    try:
        day = date.fromisoformat(text["date"]) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text["date"]) else None
    except ValueError:
        day = None
    if day is None:
        yield Refusal(number, "bank.date", f"“{shown['date']}”不是日期，请写成 2026-11-01。", f"'{shown['date']}' is no date; write 2026-11-01.")
    elif day > today:
        yield Refusal(number, "bank.future", f"日期 {day} 晚于今天。", f"The date {day} lies ahead.")
    if not _NAME.fullmatch(text["reference"]):
        yield Refusal(number, "bank.reference", f"流水号“{shown['reference']}”为空、过长或含有其他字符。", f"The reference '{shown['reference']}' is empty, too long or has other characters.")
    if text.get("number") and not _NAME.fullmatch(text["number"]):
        yield Refusal(number, "bank.number", f"业务编号“{shown['number']}”过长或含有其他字符。", f"The number '{shown['number']}' is too long or has other characters.")
    if not _AMOUNT.fullmatch(text["amount"]) or not text["amount"].strip("+-0."):
        yield Refusal(number, "bank.amount", f"金额“{shown['amount']}”应为元，至多两位小数，支出加负号，不能为零，不用千分位。",
                      f"The amount '{shown['amount']}' must be yuan with two decimals at most, a minus for money out, not nought, no thousands' mark.")
    if len(text.get("note", "")) > _LONGEST_NOTE or not text.get("note", "").isprintable():
        yield Refusal(number, "bank.note", "摘要过长或含有不可见字符。", "The note is too long or has invisible characters.")


def _too_large() -> Exception:
    return refused("too_large", f"过大；解压后至多 {MOST_BYTES >> 20} MiB、{MOST_LINES} 行，请分成几个文件。",
                   f"it is too large; at most {MOST_BYTES >> 20} MiB unpacked and {MOST_LINES} lines. Split it.")
