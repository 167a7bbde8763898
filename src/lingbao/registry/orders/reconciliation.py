"""What both sides can recompute and compare to the fen, and what was wrong with each row, as files that are safe to open."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from lingbao.registry.errors import NotFound
from lingbao.registry.orders.codes import ROW_CODES
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.session import SYSTEM, run_as

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Reconciliation:
    """A reconciliation file: its text, its sums and the digest by which two copies are compared."""

    text: str
    orders: int
    income_fen: int
    withheld_fen: int

    @property
    def sha256(self) -> str:
        """Digest of the text in UTF-8."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def reconciliation(platform_id: int, first: date, last: date) -> Reconciliation:
    """Return what was posted for the business dates `first` to `last`, by day and file, with its settlement."""
    found = run_as(SYSTEM, lambda: rows(
        "SELECT d.business_date, d.file_id, f.key, d.orders, d.income_fen, d.withheld_fen, s.reference FROM orders_file_day d"
        " JOIN orders_file f ON f.id = d.file_id LEFT JOIN orders_settlement_file t ON t.file_id = d.file_id"
        " LEFT JOIN orders_settlement s ON s.id = t.settlement_id"
        " WHERE d.platform_id = %s AND d.business_date BETWEEN %s AND %s ORDER BY 1, 2", [platform_id, first, last]))
    sums = tuple(sum(line[k] for line in found) for k in (3, 4, 5))
    heading = ("business_date", "file", "key", "orders", "income_fen", "withheld_fen", "settlement")
    return Reconciliation(_table([heading, *found, ("total", "", "", *sums, "")]), *sums)


def by_worker(platform_id: int, file: int) -> str:
    """Return what a file withheld for each worker reference, as CSV.

    Raises
    ------
    NotFound
        If the platform has no such file.
    """
    _own(platform_id, file)
    found = run_as(SYSTEM, lambda: rows(
        "SELECT w.reference, x.orders, x.exempt, x.income_fen, x.withheld_fen, x.identified FROM orders_file_worker x"
        " JOIN orders_worker w ON w.id = x.worker_id WHERE x.file_id = %s ORDER BY 1", [file]))
    return _table([("worker", "orders", "exempt", "income_fen", "withheld_fen", "known"), *found])


def report(platform_id: int, file: int) -> str:
    """Return the rows of a file that were not taken, with code and reason in both languages, as CSV.

    Raises
    ------
    NotFound
        If the platform has no such file.
    """
    _own(platform_id, file)
    wrong = run_as(SYSTEM, lambda: rows(
        "SELECT row, code, field, value FROM orders_rejection WHERE file_id = %s ORDER BY row, code", [file]))
    clashes = run_as(SYSTEM, lambda: rows(
        "SELECT row, order_number, sequence, recorded, sent, recorded_file FROM orders_conflict WHERE file_id = %s ORDER BY row", [file]))
    lines: list[tuple[object, ...]] = [
        (number, code, field, value, ROW_CODES[code].zh, ROW_CODES[code].en) for number, code, field, value in wrong]
    lines += [(number, "conflict", f"{order}/{sequence}", sent, f"与文件 {other} 登记的不同：{recorded}；原记录不变，更正请发序号 1 以上的行。",
               f"differs from what file {other} recorded: {recorded}. The record stands; correct it by a row of sequence 1 or more.")
              for number, order, sequence, recorded, sent, other in clashes]
    return _table([("row", "code", "field", "value", "reason_zh", "reason_en"), *sorted(lines, key=lambda line: line[:2])])


@dataclass(frozen=True)
class Waiting:
    """A worker in a queue, with the orders and money concerned."""

    worker: str
    orders: int
    fen: int


def unknown_workers(platform_id: int) -> list[Waiting]:
    """Return the queue of workers whom no one has linked: their money waits in the platform's name."""
    return _queue(platform_id, "sum(x.orders)::bigint, sum(x.withheld_fen)::bigint", "l.worker_id IS NULL")


def exempt_workers(platform_id: int) -> list[Waiting]:
    """Return the queue of workers with exempt orders and the income on which nothing was withheld."""
    return _queue(platform_id, "sum(x.exempt)::bigint, sum(x.income_fen) FILTER (WHERE x.exempt > 0)::bigint", "x.exempt > 0")


def _queue(platform_id: int, figures: str, condition: str) -> list[Waiting]:
    return [Waiting(*line) for line in run_as(SYSTEM, lambda: rows(
        f"SELECT w.reference, {figures} FROM orders_file_worker x JOIN orders_worker w ON w.id = x.worker_id"
        f" LEFT JOIN orders_worker_link l ON l.worker_id = x.worker_id WHERE x.platform_id = %s AND {condition}"
        " GROUP BY 1 ORDER BY 1", [platform_id]))]


def _own(platform_id: int, file: int) -> None:
    if run_as(SYSTEM, lambda: row("SELECT 1 FROM orders_file WHERE id = %s AND platform_id = %s", [file, platform_id])) is None:
        raise NotFound("orders.no_file", value=file, zh=f"没有编号为 {file} 的文件。", en=f"There is no file {file}.")


def _table(lines: Iterable[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return text.getvalue()


def _harmless(cell: object) -> object:
    """Keep a spreadsheet from running a text as a formula."""
    return "'" + cell if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
