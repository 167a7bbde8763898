"""Reading the figures of an award form from a table of two columns: what it is called, and what it says."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING

from lingbao.law.errors import InputError
from lingbao.web.fields import LONGEST_ANSWER, Field

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MOST_BYTES = 512 * 1024
MOST_ROWS = 200
MOST_UNPACKED = 16 * 1024 * 1024


def _fault(code: str, value: object, zh: str, en: str) -> InputError:
    return InputError(f"award_file.{code}", value=value, zh=zh, en=en)


def _from_workbook(content: bytes) -> list[tuple[str, str]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
                raise _fault("size", len(content), "表格解压后太大。", "The workbook unpacks to too much.")
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        rows = [line for line, _ in zip(sheet.iter_rows(min_col=1, max_col=2, values_only=True), range(MOST_ROWS), strict=False)]
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, IndexError) as error:
        raise _fault("workbook", None, "这个文件不是可读的 Excel 表（.xlsx）。", "This file is not a readable Excel workbook (.xlsx).") from error
    return [(str(name or ""), "" if value is None else str(value)) for name, value in (((*line, None, None))[:2] for line in rows)]


def _from_text(content: bytes) -> list[tuple[str, str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _fault("encoding", None, "无法读出文件里的文字，请另存为 UTF-8 编码的 CSV。", "The text cannot be read; save the file as CSV in UTF-8.")
    rows = csv.reader(io.StringIO(text))
    try:
        return [(line[0], line[1]) for line, _ in zip(rows, range(MOST_ROWS), strict=False) if len(line) >= 2]
    except csv.Error as error:
        raise _fault("text", None, "这个文件不是可读的 CSV 表。", "This file is not a readable CSV table.") from error


def read(file: UploadedFile, fields: tuple[Field, ...]) -> dict[str, str]:
    """Return the answers found in an uploaded CSV or Excel table, by field name.

    Parameters
    ----------
    file : UploadedFile
        Table whose first column names a figure, by its Chinese or English words or its field name, and whose
        second column gives it.
    fields : tuple of Field
        The figures of the form.

    Raises
    ------
    InputError
        If the file is too large, cannot be read, or names none of the figures.
    """
    if (file.size or 0) > MOST_BYTES:
        raise _fault("size", file.size, f"文件太大，最多 {MOST_BYTES // 1024} KB。", f"The file is too large; the limit is {MOST_BYTES // 1024} kB.")
    content = file.read()
    rows = _from_workbook(content) if content[:4] == b"PK\x03\x04" else _from_text(content)
    names = {word.casefold(): field.name for field in fields for word in (field.name, field.zh, field.en)}
    found = {names[name.strip().casefold()]: value.strip()[: LONGEST_ANSWER + 1] for name, value in rows if name.strip().casefold() in names}
    if not found:
        listed_zh, listed_en = "、".join(field.zh for field in fields), ", ".join(field.en for field in fields)
        raise _fault("names", None, f"表里没有认出任何一项。第一列请写：{listed_zh}。", f"No figure was recognised. Name them in the first column: {listed_en}.")
    return found
