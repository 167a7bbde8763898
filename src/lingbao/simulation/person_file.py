"""Read a file of persons, ours or a researcher's own, and say by row and column what is wrong with it.

Parquet and CSV are read. Columns and limits are those of :mod:`lingbao.simulation.schema`; further columns are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from lingbao.law.errors import ErrorList, InputError, LingbaoError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.simulation.schema import COLUMNS, SCHEMA, Column

PIECE = 500_000
MOST_FAULTS = 20
WRITTEN_MONTH = r"^\s*(\d{4})-(\d{1,2})\s*$"


@dataclass(frozen=True)
class Checked:
    """What a file without faults holds: rows, and the people they stand for."""

    rows: int
    weight: float


def read_people(file: Path) -> pl.DataFrame:
    """Return all persons of a file, with the columns and types of the schema.

    Raises
    ------
    ErrorList
        With the faults found, each naming row, column, value and what would be right.
    InputError
        If the file is no Parquet or CSV file, or holds nobody.
    """
    return pl.concat(list(read_pieces(file)))


def check_people(file: Path) -> Checked:
    """Read a file piece by piece, as :func:`read_people` does, and return only its size."""
    rows, weight = 0, 0.0
    for frame in read_pieces(file):
        rows, weight = rows + frame.height, weight + float(frame["weight"].sum())
    return Checked(rows, weight)


def read_pieces(file: Path, piece: int = PIECE) -> Iterator[pl.DataFrame]:
    """Yield the persons of a file in pieces; all faults of a piece are raised together."""
    table = _scan(file)
    with _readable(file):
        given = table.collect_schema()
    unfit = [_missing_column(column) if column.name not in given else _unfit_column(column, given[column.name])
             for column in COLUMNS if column.name not in given or not _fits(column, given[column.name])]
    if unfit:
        raise ErrorList(unfit)
    table = table.select(list(SCHEMA))
    with _readable(file):
        repeated = _repeated(table)
    if repeated:
        raise ErrorList(repeated)
    first = 0
    while True:
        with _readable(file):
            raw = table.slice(first, piece).collect()
        if not raw.height:
            break
        frame, faults = _typed(raw, first)
        faults += [] if faults else _contradictions(frame, first)
        if faults:
            raise ErrorList(_shortened(faults))
        yield frame
        first += raw.height
    if first == 0:
        raise InputError("people.empty", value=str(file), where=str(file), zh="文件里没有人。", en="The file holds nobody.")


def _scan(file: Path) -> pl.LazyFrame:
    if not file.is_file():
        raise InputError("people.file", value=str(file), where=str(file), zh="找不到这个文件。", en="There is no such file.")
    if file.suffix.lower() == ".csv":
        return pl.scan_csv(file, infer_schema=False)
    return pl.scan_parquet(file)


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    """Say of a file that the table reader cannot make out what it should have been."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, UnicodeDecodeError) as error:
        raise InputError("people.format", value=str(file), where=str(file),
                         zh="无法读取：应为完好的 Parquet 文件，或 UTF-8 编码、以 .csv 结尾、各行列数相同的 CSV 文件。",
                         en="Cannot be read: it must be an undamaged Parquet file, or a CSV file in UTF-8 whose name ends in "
                            ".csv and whose rows are equally long.") from error


def _fits(column: Column, dtype: Any) -> bool:
    """Whether values of a type can be meant for a column; truth values are no numbers and lists are no values."""
    if column.name == "birth" and dtype in (pl.Date, pl.Datetime):
        return True
    return bool(dtype.is_numeric()) or dtype in (pl.String, pl.Categorical, pl.Enum, pl.Null)


def _missing_column(column: Column) -> LingbaoError:
    return InputError("people.column", value=column.name, where=column.name,
                      zh=f"缺少这一列（{column.label_zh}，单位 {column.unit}）。",
                      en=f"This column is missing ({column.label_en}, unit {column.unit}).")


def _unfit_column(column: Column, dtype: Any) -> LingbaoError:
    return InputError("people.type", value=str(dtype), where=column.name,
                      zh=f"这一列的类型 {dtype} 无法读取，应为数字或文字（{column.label_zh}）。",
                      en=f"This column has the type {dtype}, which cannot be read; it must hold numbers or text ({column.label_en}).")


def _repeated(table: pl.LazyFrame) -> list[LingbaoError]:
    """Persons whose number has stood in an earlier row."""
    found = (table.select("id").with_row_index("row").filter(pl.col("id").is_duplicated() & pl.col("id").is_not_null())
             .filter(~pl.col("id").is_first_distinct()).head(MOST_FAULTS + 1).collect())
    return _shortened([_fault("id", row, value, "编号与前面某行重复，每人应有自己的编号", "the number stands in an earlier row too; every person needs one of their own")
                       for row, value in found.iter_rows()])


def _typed(raw: pl.DataFrame, first: int) -> tuple[pl.DataFrame, list[LingbaoError]]:
    """Return the piece with the schema's types, and every value that does not fit."""
    made: list[pl.Series] = []
    faults: list[LingbaoError] = []
    for column in COLUMNS:
        given = raw[column.name]
        values = _converted(given, column)
        wrong = values.is_null() & given.is_not_null()
        if column.numbers is not None:
            wrong |= ~values.is_between(column.low, column.high).fill_null(True)
        if not column.may_be_missing:
            wrong |= given.is_null()
        rows = wrong.arg_true()
        faults += [_out_of_schema(column, first + int(row), given[int(row)]) for row in rows.head(MOST_FAULTS + 1)]
        made.append(values if rows.len() else values.cast(column.dtype))
    return pl.DataFrame(made), faults


def _converted(given: pl.Series, column: Column) -> pl.Series:
    """Return the values in the column's type, null where they cannot be."""
    if column.categories:
        words = given.cast(pl.String, strict=False)
        return words.set(~words.is_in(column.categories), None).cast(column.dtype, strict=False)
    if given.dtype in (pl.Date, pl.Datetime):
        return given.dt.year() * MONTHS_PER_YEAR + given.dt.month() - 1
    if given.dtype == pl.String:
        given = given.str.strip_chars()
        if column.name == "birth":
            parts = given.to_frame("text").select(
                pl.col("text").str.extract(WRITTEN_MONTH, 1).cast(pl.Int32).alias("year"),
                pl.col("text").str.extract(WRITTEN_MONTH, 2).cast(pl.Int32).alias("month"), "text")
            return parts.select(
                pl.when(pl.col("year").is_null()).then(pl.col("text").cast(pl.Int32, strict=False))
                .when(pl.col("month").is_between(1, MONTHS_PER_YEAR)).then(pl.col("year") * MONTHS_PER_YEAR + pl.col("month") - 1)
                .alias("birth"))["birth"]
    numbers = given.cast(pl.Float64, strict=False)
    if column.numbers == pl.Float64:
        return numbers.set(~numbers.is_finite().fill_null(False), None).alias(column.name)
    whole = given.cast(pl.Int64, strict=False) if given.dtype != pl.Float64 else numbers.set((numbers % 1.0 != 0.0).fill_null(True), None).cast(pl.Int64, strict=False)
    return whole.alias(column.name)


def _contradictions(frame: pl.DataFrame, first: int) -> list[LingbaoError]:
    """Values that fit alone but not together."""
    paid = pl.col("months_paid") > 0
    local = pl.col("residence").is_in(["local_urban", "local_rural"])
    tests: list[tuple[str, pl.Expr, str, str]] = [
        ("mean_index", paid & pl.col("mean_index").is_null(),
         "已缴月数大于 0 时应填平均缴费指数", "a person who has paid needs a mean index"),
        ("mean_index", ~paid & pl.col("mean_index").is_not_null(),
         "已缴月数为 0 时应为空", "it must be empty for a person who has paid nothing"),
        ("account", ~paid & (pl.col("account") > 0.0),
         "已缴月数为 0 时应为 0", "it must be 0 for a person who has paid nothing"),
        ("home", local & (pl.col("home").cast(pl.String) != pl.col("work").cast(pl.String)),
         "本地户籍者的户籍省份应与就业省份相同", "a local person's home must be the province of work"),
    ]
    faults: list[LingbaoError] = []
    for name, wrong, zh, en in tests:
        rows = frame.select(wrong.fill_null(False).alias("wrong"))["wrong"].arg_true()
        faults += [_fault(name, first + int(row), frame[name][int(row)], zh, en) for row in rows.head(MOST_FAULTS + 1)]
    return faults


def _out_of_schema(column: Column, row: int, value: Any) -> LingbaoError:
    if column.categories:
        return _fault(column.name, row, value, f"应为 {'、'.join(column.categories)} 之一", f"must be one of {', '.join(column.categories)}")
    whole = column.numbers != pl.Float64
    return _fault(column.name, row, value,
                  f"应为 {column.low:.10g} 到 {column.high:.10g} 之间的{'整数' if whole else '数'}（{column.label_zh}，单位 {column.unit}）",
                  f"must be a {'whole ' if whole else ''}number from {column.low:.10g} to {column.high:.10g} ({column.label_en}, unit {column.unit})")


def _fault(name: str, row: int, value: Any, zh: str, en: str) -> LingbaoError:
    """Return the error of one value; rows are counted from 1, the heading of a CSV file not included."""
    shown_zh, shown_en = ("空", "nothing") if value is None else (f"“{value}”", f"'{value}'")
    return InputError(f"people.{name}", value=value, where=f"row {row + 1}, {name}",
                      zh=f"第 {row + 1} 行“{name}”列为{shown_zh}：{zh}。", en=f"has {shown_en}: {en}.")


def _shortened(faults: list[LingbaoError]) -> list[LingbaoError]:
    """Keep the first faults and say that there are more."""
    if len(faults) <= MOST_FAULTS:
        return faults
    return [*faults[:MOST_FAULTS], InputError("people.more", where="…", zh=f"还有更多错误，只列出前 {MOST_FAULTS} 个。",
                                              en=f"There are more; the first {MOST_FAULTS} are shown.")]
