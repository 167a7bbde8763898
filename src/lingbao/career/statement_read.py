"""Reading a contribution statement (缴费明细, 个人账户对账单) into records, with a report on every row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from lingbao.career.statement_cells import is_blank, number_of, text_of, year_from
from lingbao.career.statement_check import refuse_early, refuse_overlaps
from lingbao.career.statement_faults import StatementFault, file_fault
from lingbao.career.statement_record import Record, gaps, order
from lingbao.career.statement_rows import Row, Skip, record_of
from lingbao.career.statement_table import Source, Table, open_tables
from lingbao.career.statement_words import column_of, is_total, limit, mentions, vocabulary
from lingbao.law.errors import ErrorList, InputError
from lingbao.law.month import month

_NEEDED = (("first", "last"), ("month",), ("year", "month_of_year"), ("year", "months"),
           ("year", "first_month_of_year", "last_month_of_year"))
_AMOUNT = re.compile(r"[\d,]+(?:\.\d+)?")


@dataclass(frozen=True)
class RowReport:
    """What became of one row: ``kept``, ``skipped`` or ``wrong``, and why."""

    row: int
    outcome: Literal["kept", "skipped", "wrong"]
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement as read.

    Attributes
    ----------
    records : tuple of Record
        The good rows, in order of time.
    report : tuple of RowReport
        Every row below the headings and what became of it.
    faults : tuple of StatementFault
        The wrong rows; empty when the statement was read strictly.
    account_balance : float or None
        Latest balance of the individual account that the file itself states [yuan].
    warnings : tuple of (str, str)
        What a careful reader should check, in Chinese and English.
    """

    records: tuple[Record, ...]
    report: tuple[RowReport, ...]
    faults: tuple[StatementFault, ...] = ()
    account_balance: float | None = None
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def months_paid(self) -> int:
        """Months paid into the employee scheme; deemed months are not among them."""
        return sum(r.months for r in self.records if r.scheme == "employee" and r.kind == "paid")

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """Runs of months without payment in the employee scheme (in the resident scheme if there is no other)."""
        employee = any(r.scheme == "employee" for r in self.records)
        return gaps(self.records, "employee" if employee else "resident")


def read_statement(source: Source, name: str | None = None, *, strict: bool = True, birth: int | None = None,
                   as_of: int | None = None) -> Statement:
    """Read a statement from a CSV or XLSX file, by years, by months or by spells.

    Parameters
    ----------
    source : path, bytes or binary stream
        CSV in UTF-8, UTF-16 or GB 18030 with commas, semicolons or tabs; or XLSX.
    name : str, optional
        The file's name for messages.
    strict : bool
        True: one wrong row and nothing is kept. False: good rows are kept, wrong ones reported.
    birth : int, optional
        Birth month; months before the age of 16 are then refused.
    as_of : int, optional
        The month in which one looks; today's when not given. Later months are refused.

    Returns
    -------
    Statement

    Raises
    ------
    InputError
        If the file cannot be read or has no headings that name months.
    StatementFault, ErrorList
        With ``strict``, every wrong row with its row, column and value.
    """
    today = date.today()
    looked_at = month(today.year, today.month) if as_of is None else as_of
    table, heading, columns = _recognised(open_tables(source, name))
    headings = [text_of(cell) for cell in table.rows[heading]]
    rows = [Row(number, cells, columns, headings)
            for number, cells in enumerate(table.rows[heading + 1:], start=heading + 2)
            if not all(is_blank(cell) for cell in cells)]
    if len(rows) > limit("rows"):
        raise file_fault("rows", len(rows), f"明细有 {len(rows)} 行，超过 {limit('rows')} 行；请只导出本人的记录。",
                         f"The statement has {len(rows)} rows, more than {limit('rows')}; export your own records only.")
    return _collected(table, heading, rows, strict=strict, birth=birth, as_of=looked_at)


def _recognised(tables: Iterable[Table]) -> tuple[Table, int, dict[str, int]]:
    """Find the table and row whose headings are best understood."""
    best: tuple[int, Table, int, dict[str, int]] | None = None
    for table in tables:
        for position, cells in enumerate(table.rows[: limit("title_rows")]):
            columns: dict[str, int] = {}
            for place, cell in enumerate(cells):
                canonical = column_of(cell) if isinstance(cell, str) else None
                if canonical is not None:
                    columns.setdefault(canonical, place)
            usable = any(all(name in columns for name in names) for names in _NEEDED)
            if usable and (best is None or len(columns) > best[0]):
                best = (len(columns), table, position, columns)
    if best is None:
        raise file_fault(
            "headings", None,
            "没有找到表头：至少要有“缴费年月”一列，或“起始年月、终止年月”两列，或“年度、缴费月数”两列。",
            "No headings were found: there must be a column 'Month', or 'First month' and 'Last month', or 'Year' and 'Months paid'.")
    return best[1], best[2], best[3]


def _collected(table: Table, heading: int, rows: list[Row], *, strict: bool, birth: int | None,
               as_of: int) -> Statement:
    """Read every row, check the rows against each other, and gather report and warnings."""
    open_year = _open_year(rows)
    employer = _employer_rows(rows)
    records: list[tuple[Row, Record]] = []
    faults: list[StatementFault] = []
    report: dict[int, RowReport] = {}
    for row in rows:
        try:
            _skip_what_is_no_record(row)
            if row.number in employer:
                raise Skip("单位缴纳部分，同月个人缴纳部分已计入。", "The employer's part; the own part of the same month is counted.")
            record = record_of(row, as_of, open_year)
            refuse_early(row, record, birth)
            records.append((row, record))
        except Skip as skip:
            report[row.number] = RowReport(row.number, "skipped", skip.zh, skip.en)
        except StatementFault as fault:
            faults.append(fault)
    records, overlapping = refuse_overlaps(records)
    faults += overlapping
    faults.sort(key=lambda fault: fault.row)
    if strict and faults:
        raise faults[0] if len(faults) == 1 else ErrorList(list(faults))
    report |= {row.number: RowReport(row.number, "kept") for row, _ in records}
    report |= {fault.row: RowReport(fault.row, "wrong", fault.zh, fault.en) for fault in faults}
    if not records and not faults:
        raise file_fault("no_rows", table.name, "表头下面没有缴费记录，请检查是否导出了正确的表。",
                         "There is no contribution below the headings; check that the right table was exported.")
    return Statement(
        records=tuple(sorted((record for _, record in records), key=order)),
        report=tuple(report[number] for number in sorted(report)), faults=tuple(faults),
        account_balance=_stated_balance(table, heading, records),
        warnings=tuple(_warnings(rows, records, table.rows[heading])),
    )


def _skip_what_is_no_record(row: Row) -> None:
    """Skip totals and lines of text such as a printing date."""
    filled = [cell for cell in row.cells if not is_blank(cell)]
    if any(isinstance(cell, str) and is_total(cell) for cell in filled[:2]):
        raise Skip("合计行，未计入。", "A row of totals, left out.")
    opening = text_of(filled[0]) if isinstance(filled[0], str) else "0"
    states_balance = any(word in opening.lower() for word in vocabulary()["balance_labels"])
    if (len(filled) == 1 or states_balance) and not opening[:1].isdigit():
        raise Skip("说明文字，未计入。", "A line of text, left out.")


def _open_year(rows: list[Row]) -> int | None:
    """Earliest year of a yearly statement, in which insurance may have begun after January."""
    years = []
    for row in rows:
        try:
            years.append(year_from(row["year"]))
        except InputError:
            continue
    return min(years, default=None)


def _employer_rows(rows: list[Row]) -> set[int]:
    """Rows that state the employer's part of months whose own part has a row as well."""
    def key(row: Row) -> tuple[str, ...]:
        return tuple(text_of(row[column]) for column in ("year", "month_of_year", "month", "first", "last"))

    def employer(row: Row) -> bool:
        return "part" in row and mentions("employer_part", text_of(row["part"]))

    own = {key(row) for row in rows if "part" in row and not employer(row)}
    return {row.number for row in rows if employer(row) and key(row) in own}


def _stated_balance(table: Table, heading: int, records: list[tuple[Row, Record]]) -> float | None:
    """Balance of the account: from the latest row that states one, else from a line of text around the table."""
    for row, _ in sorted(records, key=lambda pair: order(pair[1]), reverse=True):
        if "balance" in row:
            return row.amount("balance", limit("amount"))
    kept = {row.number for row, _ in records} | {heading + 1}
    for number, cells in enumerate(table.rows, start=1):
        texts = [text_of(cell) for cell in cells]
        for place, text in enumerate(texts):
            label = next((word for word in vocabulary()["balance_labels"] if word in text.lower()), None)
            if number in kept or label is None:
                continue
            behind = " ".join([text[text.lower().index(label) + len(label):], *texts[place + 1: place + 2]])
            match = _AMOUNT.search(behind)
            if match is not None:
                return _plain_number(match.group())
    return None


def _plain_number(text: str) -> float | None:
    try:
        return number_of(text)
    except InputError:
        return None


def _warnings(rows: list[Row], records: list[tuple[Row, Record]], headings: list[Any]) -> Iterable[tuple[str, str]]:
    """What to check by eye: columns not understood, months placed by their number alone, missing bases."""
    unknown = [text_of(cell) for cell in headings if not is_blank(cell) and column_of(text_of(cell)) is None]
    if unknown:
        yield f"未使用的列：{'、'.join(unknown)}。", f"Columns not used: {', '.join(unknown)}."
    placed = [row.number for row, record in records
              if not {"first", "month", "month_of_year", "first_month_of_year", "last_month_of_year"} & row.columns.keys()
              and record.months < 12]
    if placed:
        listed = ", ".join(map(str, placed[:10]))
        yield (f"第 {listed} 行不满 12 个月而未写明是哪几个月：首年按年末的月份、其余按年初的月份计。",
               f"Rows {listed} have fewer than 12 months and do not say which: the last months of the first year, the first months of other years are assumed.")
    bare = [row.number for row, record in records if record.kind == "paid" and record.base is None and record.index is None]
    if bare:
        listed = ", ".join(map(str, bare[:10]))
        yield (f"第 {listed} 行没有缴费基数，缴费月数照计，平均缴费指数需要补上基数才能计算。",
               f"Rows {listed} have no base: the months count, but the mean index cannot be computed without it.")
