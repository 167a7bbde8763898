"""Reading an award form from a CSV or XLSX file: two columns of names and figures, or headings with one row below."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lingbao.career.statement_cells import is_blank
from lingbao.career.statement_table import Table, open_tables
from lingbao.career.statement_words import heading_key
from lingbao.law.errors import InputError
from lingbao.planner.award_form import columns, label


def read_award_file(content: bytes, name: str) -> dict[str, Any]:
    """Return the figures found in a file, by key of :func:`lingbao.planner.award.check_award`.

    Parameters
    ----------
    content : bytes
        CSV (UTF-8, UTF-16, GB 18030) or XLSX. Either each row names a figure (项目) and gives it (金额), or one row
        holds the headings and the next the figures.
    name : str
        The file's name, for messages.

    Raises
    ------
    InputError
        If the file cannot be read, names none of the figures, or gives one of them two values.
    """
    best: Mapping[str, Any] = {}
    for table in open_tables(content, name):
        for found in (_in_rows(table), _in_columns(table)):
            if len(found) > len(best):
                best = found
    if not best:
        listed_zh = "、".join(label(figure, "zh") for figure in columns()["figures"])
        listed_en = ", ".join(label(figure, "en") for figure in columns()["figures"])
        raise InputError("award_file.names", value=name,
                         zh=f"文件“{name}”中没有认出任何一项。请用两列：第一列写项目，第二列写金额。可写：{listed_zh}。",
                         en=f"No figure was recognised in '{name}'. Use two columns, name and figure: {listed_en}.")
    return dict(best)


@lru_cache(maxsize=1)
def _figures() -> Mapping[str, str]:
    """Return the figure meant by each heading."""
    found: dict[str, str] = {}
    for figure, about in columns()["figures"].items():
        for heading in (figure, *about["label"].values(), *about["headings"]):
            found[heading_key(str(heading))] = figure
    return found


def _figure(cell: Any) -> str | None:
    return _figures().get(heading_key(cell.strip().rstrip("：:"))) if isinstance(cell, str) else None


def _in_rows(table: Table) -> Mapping[str, Any]:
    """Read a table that names a figure in a cell and gives it in the next filled cell of the row."""
    found: dict[str, Any] = {}
    for cells in table.rows:
        waiting: str | None = None
        for cell in cells:
            figure = _figure(cell)
            if waiting is not None and figure is None and not is_blank(cell):
                _keep(found, waiting, cell, table)
                waiting = None
            elif figure is not None:
                waiting = figure
    return found


def _in_columns(table: Table) -> Mapping[str, Any]:
    """Read a table whose headings stand in one row and whose figures stand in the next filled row."""
    for position, cells in enumerate(table.rows):
        headings = {place: figure for place, cell in enumerate(cells) if (figure := _figure(cell)) is not None}
        if len(headings) < 2:
            continue
        following = next((row for row in table.rows[position + 1:] if not all(is_blank(cell) for cell in row)), [])
        found: dict[str, Any] = {}
        for place, figure in headings.items():
            if place < len(following) and not is_blank(following[place]) and _figure(following[place]) is None:
                _keep(found, figure, following[place], table)
        if len(found) >= 2:
            return found
    return {}


def _keep(found: dict[str, Any], figure: str, cell: Any, table: Table) -> None:
    """Keep a figure; the same one twice with different values is an error."""
    if figure in found and str(found[figure]).strip() != str(cell).strip():
        raise InputError("award_file.twice", value=f"{found[figure]}, {cell}", where=table.name,
                         zh=f"“{label(figure, 'zh')}”出现两次且数值不同（{found[figure]} 与 {cell}），请只留一个。",
                         en=f"'{label(figure, 'en')}' is given twice with different values ({found[figure]} and {cell}); keep one.")
    found[figure] = cell
