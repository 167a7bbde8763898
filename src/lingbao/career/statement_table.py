"""Opening a statement file: bytes of a CSV or XLSX file become plain rows of cells, or a clear error."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lingbao.career.statement_faults import file_fault
from lingbao.career.statement_words import limit
from lingbao.law.errors import InputError

Source = str | Path | bytes | BinaryIO
DELIMITERS = (",", ";", "\t")
_WORKBOOK = "xl/workbook.xml"
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


@dataclass(frozen=True)
class Table:
    """One sheet of a file: its name and its rows of cells, row 1 first."""

    name: str
    rows: list[list[Any]]


def open_tables(source: Source, name: str | None = None) -> Iterator[Table]:
    """Yield every way the file can be seen as a table: each sheet of a workbook, each delimiter of a text.

    Parameters
    ----------
    source : path, bytes or binary stream
    name : str, optional
        The file's name, for messages; taken from the path when not given.

    Raises
    ------
    InputError
        If the file is missing, empty, too large, of another type, or broken.
    """
    content = _content(source)
    shown = name or (Path(source).name if isinstance(source, str | Path) else "statement")
    if not content.strip():
        raise file_fault("empty", shown, f"文件“{shown}”是空的，请换一个有内容的文件。",
                         f"The file '{shown}' is empty; choose one with content.")
    if content.startswith(b"PK"):
        yield from _workbook(content, shown)
    elif content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")):
        raise file_fault("type", shown,
                         f"文件“{shown}”是旧版 Excel（.xls）、PDF 或图片，无法读取；请另存为 .xlsx 或 CSV 再上传。",
                         f"The file '{shown}' is an old Excel file (.xls), a PDF or a picture; save it as .xlsx or CSV.")
    else:
        yield from _text(content, shown)


def _content(source: Source) -> bytes:
    """Return the bytes of the file, at most one byte past the limit."""
    most = limit("file_bytes")
    try:
        if isinstance(source, bytes):
            content = source
        elif isinstance(source, str | Path):
            with Path(source).open("rb") as stream:
                content = stream.read(most + 1)
        else:
            content = source.read(most + 1)
    except (OSError, ValueError) as error:
        path = str(source)
        raise file_fault("open", path, f"无法打开文件“{path}”：请检查文件是否存在、是否有权读取。",
                         f"The file '{path}' cannot be opened; check that it exists and may be read.") from error
    if len(content) > most:
        raise file_fault("size", len(content), f"文件超过 {most // 1_000_000} MB，不像一个人的记录；请只导出本人的部分。",
                         f"The file is larger than {most // 1_000_000} MB, too large for one person's records; export your own records only.")
    return content


def _decoded(content: bytes, shown: str) -> str:
    """Decode a text in UTF-8, UTF-16 with its mark, or GB 18030, the encodings Chinese offices save in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise file_fault("encoding", shown, f"文件“{shown}”不是 UTF-8 或 GB18030 编码的文本，也不是 .xlsx；请另存为“CSV UTF-8”。",
                     f"The file '{shown}' is neither text in UTF-8 or GB 18030 nor .xlsx; save it as 'CSV UTF-8'.")


def _text(content: bytes, shown: str) -> Iterator[Table]:
    text = _decoded(content, shown).replace("\x00", "")
    for delimiter in DELIMITERS:
        rows: list[list[Any]] = []
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                rows.append(list(cells[: limit("columns")]))
                _check_length(rows)
        except csv.Error as error:
            raise file_fault("csv", shown, f"文件“{shown}”的引号或换行有误（{error}），请重新导出。",
                             f"Quotes or line breaks in '{shown}' are broken ({error}); export it again.") from error
        yield Table(shown, rows)


def _check_length(rows: list[list[Any]]) -> None:
    most = limit("rows")
    if len(rows) > most + limit("title_rows"):
        raise file_fault("rows", len(rows), f"表格超过 {most} 行，不像一个人的记录；请只导出本人的记录。",
                         f"There are more than {most} rows, too many for one person; export your own records only.")


def _workbook(content: bytes, shown: str) -> Iterator[Table]:
    """Yield the sheets of an XLSX file after checking what it unpacks to."""
    broken = file_fault("xlsx", shown, f"文件“{shown}”不是完好的 .xlsx 工作簿，请用表格软件打开后另存一次。",
                        f"The file '{shown}' is not an intact .xlsx workbook; open it in a spreadsheet program and save it again.")
    try:
        _check_parts(content, broken)
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        tables = [Table(str(sheet.title), _sheet_rows(sheet)) for sheet in book.worksheets[:20]]
        book.close()
    except InputError:
        raise
    except Exception as error:  # a broken workbook makes openpyxl stumble anywhere, with any exception
        raise broken from error
    yield from tables


def _check_parts(content: bytes, broken: InputError) -> None:
    """Refuse archives that unpack to too much, are no workbook, or declare XML entities."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if unpacked > limit("unpacked_bytes") or len(parts) > limit("unpacked_files"):
            raise file_fault("unpacked", unpacked, "工作簿解压后过大，已拒绝读取；请只导出本人的记录。",
                             "The workbook unpacks to too much and was refused; export your own records only.")
        if _WORKBOOK not in archive.namelist():
            raise broken
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and any(d in archive.read(part) for d in _DECLARATIONS):
                raise broken


def _sheet_rows(sheet: Any) -> list[list[Any]]:
    """Read the cells of a sheet, no further than one row past the limit."""
    most = limit("rows") + limit("title_rows") + 1
    rows = [list(cells) for cells in sheet.iter_rows(max_row=most, max_col=limit("columns"), values_only=True)]
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    _check_length(rows)
    return rows
