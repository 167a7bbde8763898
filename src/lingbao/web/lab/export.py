"""A result as files: any table as CSV, Parquet or Excel, and all of a page's tables as one workbook."""

from __future__ import annotations

import io
import re
from typing import Any

import polars as pl

from lingbao.web.lab import folder
from lingbao.web.lab.models import Run

MEDIA = {
    "csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Tables of the run itself, large; the others are those of the page.
RAW = ("fund", "people", "choices", "persons")
FORMULA = r"^[=+\-@\t\r]"
MOST_LINES = 200_000  # of a table given as text


def names(key: str) -> list[str]:
    """Return the tables of a result, those of the page first."""
    found = folder.tables(key)
    return [name for name in found if name not in RAW] + [name for name in RAW if name in found]


def kinds(key: str, name: str) -> list[str]:
    """Return the formats that a table is given in: all, unless it is large."""
    if name not in RAW:
        return ["csv", "xlsx", "parquet"]
    rows = pl.scan_parquet(folder.folder_of(key) / f"{name}.parquet").select(pl.len()).collect().item()
    return ["csv", "parquet"] if rows <= MOST_LINES else ["parquet"]


def one(key: str, name: str, kind: str) -> bytes:
    """Return one table in a format of :data:`MEDIA`; figures are not rounded."""
    if kind == "parquet":
        return (folder.folder_of(key) / f"{name}.parquet").read_bytes()
    frame = folder.table(key, name)
    if kind == "csv":
        return b"\xef\xbb\xbf" + guarded(frame).write_csv().encode()  # the mark tells spreadsheets that it is UTF-8
    return _workbook([(name, frame)])


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table in which no text begins as a formula of a spreadsheet does."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    marked = (pl.when(pl.col(name).str.contains(FORMULA)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name) for name in texts)
    return frame.with_columns(marked).rename({name: f"'{name}" for name in frame.columns if re.match(FORMULA, name)})


def workbook(run: Run, cited: str) -> bytes:
    """Return every table of the page as a sheet, with a first sheet that says what was run and how to cite it."""
    about = {"cite": cited, **{name: value for name, value in folder.manifest(run.key).items() if not isinstance(value, dict | list)}}
    notes = pl.DataFrame({"item": list(about), "value": [str(value) for value in about.values()]})
    return _workbook([("about", notes), *((name, folder.table(run.key, name)) for name in names(run.key) if name not in RAW)])


def _workbook(sheets: list[tuple[str, pl.DataFrame]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    options: dict[str, Any] = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(out, options) as book:
        for name, frame in sheets:
            frame.write_excel(book, worksheet=name[:31], autofit=False, freeze_panes=(1, 0))
    return out.getvalue()


def finite(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table in which what is not a number is empty, as JSON has it."""
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    return frame.with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name) for name in floats)
