"""Checks of records against the person and against each other."""

from __future__ import annotations

from lingbao.career.statement_faults import StatementFault
from lingbao.career.statement_record import Record
from lingbao.career.statement_rows import Row
from lingbao.career.statement_words import limit
from lingbao.law.month import MONTHS_PER_YEAR, format_month


def refuse_early(row: Row, record: Record, birth: int | None) -> None:
    """Refuse months before the age at which work, and so insurance, may begin.

    Raises
    ------
    StatementFault
        If the record begins before that age.
    """
    if birth is None:
        return
    earliest = birth + limit("youngest_years") * MONTHS_PER_YEAR
    if record.first < earliest:
        column = next(c for c in ("first", "month", "year") if c in row)
        raise row.fault(column, f"{format_month(record.first)} 时未满 {limit('youngest_years')} 周岁（{format_month(earliest)} 起），请核对出生年月或缴费年月。",
                        f"In {format_month(record.first)} the person was not yet {limit('youngest_years')} (reached in {format_month(earliest)}); check birth month and month paid.",
                        "statement.early")


def refuse_overlaps(records: list[tuple[Row, Record]]) -> tuple[list[tuple[Row, Record]], list[StatementFault]]:
    """Refuse rows that state a month a second time in the same scheme; the row that stands first is kept.

    Returns
    -------
    list of (Row, Record), list of StatementFault
        The rows that stand, and the faults of the others.
    """
    taken: dict[tuple[str, int], int] = {}
    kept: list[tuple[Row, Record]] = []
    faults: list[StatementFault] = []
    for row, record in records:
        months = [(record.scheme, m) for m in range(record.first, record.last + 1)]
        twice = next((key for key in months if key in taken), None)
        if twice is None:
            taken.update(dict.fromkeys(months, row.number))
            kept.append((row, record))
            continue
        column = next(c for c in ("month", "first", "month_of_year", "year") if c in row)
        when, other = format_month(twice[1]), taken[twice]
        faults.append(row.fault(column, f"{when} 与第 {other} 行重复；同一险种同一个月只能有一条，请删去或更正其中一行。",
                                f"{when} stands in row {other} already; a month counts once in a scheme, so delete or correct one of them.",
                                "statement.overlap"))
    return kept, faults
