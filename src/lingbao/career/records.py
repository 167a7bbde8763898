"""Contribution records of one life: read from a statement, written back, and summed up under the law."""

from lingbao.career.statement_faults import StatementFault
from lingbao.career.statement_history import AccountYear, History, history, reference_wage
from lingbao.career.statement_read import RowReport, Statement, read_statement
from lingbao.career.statement_record import Record, by_month, by_year, gaps
from lingbao.career.statement_write import write_statement

__all__ = [
    "AccountYear", "History", "Record", "RowReport", "Statement", "StatementFault",
    "by_month", "by_year", "gaps", "history", "read_statement", "reference_wage", "write_statement",
]
