"""Tables of a report as CSV for programs, as workbooks for papers, and as rows of text for pages."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from lingbao.simulation.report_sections import Section
from lingbao.simulation.report_words import NUMBERED, Lang, Unit, called, name_of, number, unit_of

# A text that a spreadsheet would take for a formula is written with an apostrophe before it.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
SHEET_NAME = 31
# Columns that take the unit of their row where a section says so.
BY_ROW = ("value", "standard_error", "value_baseline", "value_reform", "standard_error_baseline", "standard_error_reform", "before", "after",
          "law", "behaviour", "sampling", "chance", "total", "law_low", "law_high")


def safe(value: Any) -> Any:
    """Return a value as a spreadsheet may hold it: texts cannot become formulas, and what is not a number is empty."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_SIGNS) else value
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


def write_csv(frame: pl.DataFrame, file: Path) -> None:
    """Write a table as CSV with a byte order mark, columns by their names in programs, numbers unrounded."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([safe(name) for name in frame.columns])
        writer.writerows([safe(value) for value in row] for row in frame.iter_rows())


def shown(section: Section, lang: Lang) -> list[str]:
    """Return the columns that a page in a language shows: all but words written in the other."""
    return [name for name in section.frame.columns if not name.endswith("_en" if lang == "zh" else "_zh")]


def heads(section: Section, lang: Lang) -> list[str]:
    """Return the headings of a section's table; units that differ by row are left to the rows."""
    return [name_of(name, lang, with_unit=not (section.unit_from and name in BY_ROW)) for name in shown(section, lang)]


def is_number(section: Section, lang: Lang) -> list[bool]:
    """Return for each column shown of a section's table whether it holds numbers, which are set to the right."""
    return [section.frame.schema[name].is_numeric() and name not in NUMBERED for name in shown(section, lang)]


def _unit(section: Section, row: dict[str, Any], name: str, lang: Lang) -> Unit:
    return unit_of(str(row[section.unit_from]) if section.unit_from and name in BY_ROW else name, lang)


def text_rows(section: Section, lang: Lang) -> list[list[tuple[str, bool]]]:
    """Return the rows of a section's table as written cells, each with whether it is a number."""
    made = []
    for row in section.frame.to_dicts():
        cells = []
        for name in shown(section, lang):
            value = row[name]
            if isinstance(value, str) or name in NUMBERED:
                cells.append((called(row, name, lang), False))
            elif isinstance(value, bool) or not isinstance(value, int | float | None):
                cells.append((str(value), False))
            else:
                unit = _unit(section, row, name, lang)
                text = number(value, unit)
                by_row = section.unit_from and name in BY_ROW and unit.label and text != "—"
                cells.append((f"{text}{'' if unit.label == '%' else ' '}{unit.label}" if by_row else text, True))
        made.append(cells)
    return made


def write_workbook(sections: Sequence[Section], notes: Sequence[tuple[str, str]], file: Path, lang: Lang) -> None:
    """Write a workbook: a sheet a section with its title, headings and unrounded numbers, and a sheet of notes."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(file), {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#e8f2ef"})
    large = book.add_format({"bold": True, "font_size": 13})
    for section in sections:
        sheet = book.add_worksheet(section.name[:SHEET_NAME])
        sheet.write_string(0, 0, section.title(lang), large)
        sheet.write_string(1, 0, section.text(lang))
        for place, name in enumerate(section.frame.columns):
            sheet.write_string(2, place, safe(name_of(name, lang, with_unit=False)), bold)
        for line, row in enumerate(section.frame.to_dicts()):
            for place, (name, value) in enumerate(row.items()):
                _write(sheet, line + 3, place, called(row, name, lang) if isinstance(value, str) or name in NUMBERED else value)
        sheet.freeze_panes(3, 1)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 40, 16)
    sheet = book.add_worksheet("说明" if lang == "zh" else "Notes")
    for line, (name, value) in enumerate(notes):
        sheet.write_string(line, 0, safe(name))
        sheet.write_string(line, 1, safe(value))
    sheet.set_column(0, 1, 40)
    book.close()


def _write(sheet: Any, line: int, place: int, value: Any) -> None:
    held = safe(value)
    if held is None:
        sheet.write_blank(line, place, None)
    elif isinstance(held, int | float) and not isinstance(held, bool):
        sheet.write_number(line, place, held)
    else:
        sheet.write_string(line, place, str(held))
