"""People and memberships from CSV files: row by row, good rows in, the others in a report that names row and cause.

The whole file is read before its first row is taken, so that one which breaks off in the middle is refused whole. A file may be taken again: people who are there are found, memberships that are there stay. The report repeats no identity
number and no name, so that it may be sent about.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.month import parse_month
from lingbao.law.store import Law
from lingbao.registry.enrolment.choice import Choice
from lingbao.registry.enrolment.membership import join, memberships
from lingbao.registry.people.identity import read_identity_number
from lingbao.registry.people.persons import Registration, find, register
from lingbao.registry.session import SYSTEM, Actor, run_as

PEOPLE = ("identity_number", "name", "hukou_kind", "hukou_province", "residence_province", "residence_city", "phone")
ENROLMENTS = ("identity_number", "standing", "province", "area", "since", "choice", "value", "rhythm")
_OPTIONAL = {"residence_city", "phone", "area", "choice", "value", "rhythm"}
_CLOSED = {"hukou_kind": ("urban", "rural"), "standing": ("flexible", "employed", "resident")}
LARGEST = 64 * 1024 * 1024  # bytes; larger ones are to be divided


@dataclass(frozen=True)
class Row:
    """What became of a row: ``new``, ``known`` or ``refused``, and if refused, why. Rows count from 1, the heading apart."""

    row: int
    state: str
    person: int | None = None
    error: LingbaoError | None = None


def import_people(file: Path, *, today: date, actor: Actor = SYSTEM, progress: Callable[[int], None] = lambda done: None) -> list[Row]:
    """Register the people of a file whose columns are `PEOPLE`; city and telephone may be left out.

    Raises
    ------
    InputError
        If the file cannot be read to its end or lacks a column; then nothing was taken.
    """
    provinces = {province.code for province in Law.load().provinces()}

    def take(values: Mapping[str, str]) -> tuple[str, int]:
        for name in ("hukou_province", "residence_province"):
            if values[name] not in provinces:
                raise InputError("import.province", value=values[name], where=name, zh=f"{name} 应为两位省份代码，如 36。",
                                 en=f"{name} must be the two digits of a province, such as 36.")
        number = read_identity_number(values["identity_number"], today=today)
        done = register(actor, Registration(
            number, values["name"], values["hukou_kind"], values["hukou_province"], values["residence_province"],
            values["residence_city"] or None, values["phone"] or None))
        return ("known" if done.found else "new"), done.person

    return _taken(file, PEOPLE, actor, take, progress)


def import_enrolments(file: Path, *, today: date, actor: Actor = SYSTEM, progress: Callable[[int], None] = lambda done: None) -> list[Row]:
    """Enrol registered people by a file whose columns are `ENROLMENTS`; ``since`` is a month such as 2026-03.

    Raises
    ------
    InputError
        If the file cannot be read to its end or lacks a column; then nothing was taken.
    """
    law = Law.load()

    def take(values: Mapping[str, str]) -> tuple[str, int]:
        number = read_identity_number(values["identity_number"], today=today)
        person = find(number, purpose="导入参保登记")
        if person is None:
            raise InputError("import.unregistered", where="identity_number", zh="此人尚未登记，请先导入人员。",
                             en="This person is not registered yet; import the people first.")
        since = parse_month(values["since"])
        scheme = "resident" if values["standing"] == "resident" else "employee"
        if any((each.scheme, each.province, each.since) == (scheme, values["province"], since) for each in memberships(person)):
            return "known", person
        choice = Choice(values["choice"], _number(values, "value", 0.0), int(_number(values, "rhythm", 1))) if values["choice"] else None
        join(actor, law, person, standing=values["standing"], province=values["province"], since=since, choice=choice,
             area=values["area"] or None)
        return "new", person

    return _taken(file, ENROLMENTS, actor, take, progress)


def report(rows: list[Row], lang: str) -> str:
    """Return the refused rows as CSV: row, code and what would be right."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["row", "code", "message"])
    for each in rows:
        if each.error is not None:
            lines.writerow([each.row, each.error.code, each.error.message(lang)])
    return out.getvalue()


def _taken(file: Path, columns: tuple[str, ...], actor: Actor, take: Callable[[Mapping[str, str]], tuple[str, int]],
           progress: Callable[[int], None]) -> list[Row]:
    done: list[Row] = []
    for count, values in enumerate(_rows(file, columns), 1):
        try:
            if isinstance(values, InputError):
                raise values
            for name, allowed in _CLOSED.items():
                if name in values and values[name] not in allowed:
                    raise InputError(f"import.{name}", value=values[name], where=name, zh=f"{name} 应为 {'、'.join(allowed)} 之一。",
                                     en=f"{name} must be one of {', '.join(allowed)}.")
            state, person = run_as(actor, lambda values=values: take(values))  # type: ignore[misc]
            done.append(Row(count, state, person))
        except ErrorList as errors:
            done.append(Row(count, "refused", error=errors.errors[0]))
        except LingbaoError as error:
            done.append(Row(count, "refused", error=error))
        progress(1)
    return done


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str] | InputError]:
    """Read a file to its end, then give its rows one by one; a row with a field too many or too few is given as the error that it is."""
    try:
        if file.stat().st_size > LARGEST:
            raise InputError("import.size", value=str(file), where=str(file), zh="文件超过 64 MB，请分成几份。",
                             en="The file is larger than 64 MB; divide it.")
        text = file.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("import.file", value=str(file), where=str(file), zh="文件无法读取：应为 UTF-8 编码的 CSV。",
                         en="The file cannot be read: it must be CSV in UTF-8.") from error
    if "\0" in text:
        raise InputError("import.file", value=str(file), where=str(file), zh="文件含有空字符，不是文本。", en="The file holds NUL characters; it is no text.")
    table = csv.DictReader(io.StringIO(text), strict=True)
    missing = [name for name in columns if name not in (table.fieldnames or ()) and name not in _OPTIONAL]
    if missing:
        raise InputError("import.columns", value=missing[0], where=str(file), zh=f"缺少列：{'、'.join(missing)}。",
                         en=f"Columns are missing: {', '.join(missing)}.")
    try:
        for _ in table:
            pass
    except csv.Error as error:
        raise InputError("import.file", value=table.line_num, where=str(file), zh=f"第 {table.line_num} 行不是完整的 CSV，整份文件都没有导入。",
                         en=f"Line {table.line_num} is no complete CSV; nothing of the file was taken.") from error
    again = csv.DictReader(io.StringIO(text), strict=True)
    return (_uneven(row, len(table.fieldnames or ())) or {name: (row.get(name) or "").strip() for name in columns} for row in again)


def _uneven(row: Mapping[str | None, object], columns: int) -> InputError | None:
    surplus = row.get(None)
    fields = columns + len(surplus) if isinstance(surplus, list) else sum(value is not None for value in row.values())
    return None if fields == columns else InputError(
        "import.fields", value=fields, where="row", zh=f"这一行有 {fields} 个字段，表头有 {columns} 个，列已错位。请核对逗号和引号。",
        en=f"The row has {fields} fields, the heading {columns}: its columns slipped. Check commas and quotes.")


def _number(values: Mapping[str, str], name: str, usual: float) -> float:
    try:
        return float(values[name]) if values[name] else usual
    except ValueError as error:
        raise InputError(f"import.{name}", value=values[name], where=name, zh=f"{name} 应为数字。", en=f"{name} must be a number.") from error
