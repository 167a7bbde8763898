"""A researcher's own person file: what is right is read, what is wrong is said by row and column."""

from datetime import date

import polars as pl
import pytest

from lingbao.law.errors import LingbaoError
from lingbao.law.month import month
from lingbao.simulation.person_file import MOST_FAULTS, check_people, read_people
from lingbao.simulation.schema import SCHEMA

GOOD = {
    "id": ["1", "2"], "weight": ["1000", "2000.5"], "birth": ["1985-03", "1990-12"], "sex": ["male", "female"],
    "schooling": ["college", "senior_secondary"], "residence": ["local_urban", "rural_to_urban"], "home": ["36", "41"],
    "work": ["36", "44"], "kind": ["new_form", "casual"], "log_income": ["8.6", "8.2"], "volatility": ["0.3", "0.4"],
    "months_paid": ["120", "0"], "mean_index": ["0.6", None], "account": ["47000", "0"], "scheme": ["employee", "none"],
    "resident_years": ["0", "3"], "knowledge": ["fair", "little"], "old_age_view": ["self", "children"],
}


def written(tmp_path, changes=None, drop=()):
    table = {name: list(values) for name, values in GOOD.items() if name not in drop}
    for (name, row), value in (changes or {}).items():
        table[name][row] = value
    file = tmp_path / "own.csv"
    pl.DataFrame(table, schema=dict.fromkeys(table, pl.String)).write_csv(file)
    return file


def refused(file):
    with pytest.raises(LingbaoError) as caught:
        read_people(file)
    return caught.value


def test_a_good_csv_file_is_read_with_the_types_of_the_schema(tmp_path):
    people = read_people(written(tmp_path))
    assert dict(people.schema) == SCHEMA
    assert people["birth"].to_list() == [month(1985, 3), month(1990, 12)]
    assert people["mean_index"].to_list() == [0.6, None]
    assert people["sex"].to_list() == ["male", "female"]
    assert check_people(written(tmp_path)).weight == 3000.5


def test_a_parquet_file_with_other_types_and_further_columns_is_read(tmp_path):
    people = read_people(written(tmp_path)).with_columns(
        pl.col("sex", "scheme").cast(pl.String), pl.col("months_paid").cast(pl.Float64), pl.col("birth").cast(pl.Int64),
        note=pl.lit("own"))
    file = tmp_path / "own.parquet"
    people.write_parquet(file)
    assert dict(read_people(file).schema) == SCHEMA


@pytest.mark.parametrize(("column", "row", "value", "right"), [
    ("id", 0, "one", "whole number"), ("id", 1, "-3", "whole number"), ("id", 1, "1", "earlier row"),
    ("weight", 0, "0", "number from"), ("weight", 1, "many", "number from"), ("weight", 1, "NaN", "number from"),
    ("weight", 0, "inf", "number from"), ("birth", 1, "1990-13", "birth month"), ("birth", 0, "198503", "birth month"),
    ("birth", 0, "March", "birth month"), ("sex", 1, "F", "male, female"), ("sex", 0, None, "male, female"),
    ("home", 1, "99", "one of 11"), ("work", 0, "Jiangxi", "one of 11"), ("kind", 0, "rider", "new_form"),
    ("log_income", 0, "5200", "natural logarithm"), ("months_paid", 0, "12.5", "whole number"),
    ("months_paid", 0, "-1", "whole number"), ("mean_index", 0, None, "needs a mean index"),
    ("mean_index", 1, "0.6", "must be empty"), ("account", 1, "5", "must be 0"), ("account", 0, "-5", "yuan"),
    ("home", 0, "41", "province of work"), ("scheme", 0, "both", "none, resident, employee"),
])
def test_a_wrong_value_is_named_by_row_and_column_with_what_would_be_right(tmp_path, column, row, value, right):
    error = refused(written(tmp_path, {(column, row): value}))
    assert len(error.errors) == 1
    fault = error.errors[0]
    assert fault.where == f"row {row + 1}, {column}"
    assert right in fault.en
    assert f"第 {row + 1} 行" in fault.zh
    assert value is None or value in fault.en or float(value) == fault.value


def test_all_faults_are_said_together(tmp_path):
    error = refused(written(tmp_path, {("sex", 0): "x", ("weight", 1): "y"}))
    assert [fault.where for fault in error.errors] == ["row 2, weight", "row 1, sex"]


def test_missing_columns_are_all_named_with_their_meaning(tmp_path):
    error = refused(written(tmp_path, drop=("weight", "scheme")))
    assert [fault.where for fault in error.errors] == ["weight", "scheme"]
    assert "pension scheme now" in error.errors[1].en


def test_a_long_list_of_faults_is_cut_and_says_so(tmp_path):
    rows = MOST_FAULTS * 3
    table = {name: [values[0]] * rows for name, values in GOOD.items()}
    table |= {"id": [str(row) for row in range(rows)], "sex": ["x"] * rows}
    file = tmp_path / "own.csv"
    pl.DataFrame(table).write_csv(file)
    error = refused(file)
    assert len(error.errors) == MOST_FAULTS + 1
    assert error.errors[-1].code == "people.more"


def test_rows_of_later_pieces_keep_their_number(tmp_path, monkeypatch):
    from lingbao.simulation import person_file

    rows = 10
    table = {name: [values[0]] * rows for name, values in GOOD.items()} | {"id": [str(row) for row in range(rows)]}
    table["sex"] = ["male"] * 8 + ["x", "male"]
    file = tmp_path / "own.csv"
    pl.DataFrame(table).write_csv(file)
    with pytest.raises(LingbaoError) as caught:
        list(person_file.read_pieces(file, piece=3))
    assert caught.value.errors[0].where == "row 9, sex"


@pytest.mark.parametrize(("name", "content", "code"), [
    ("own.parquet", b"not a parquet file at all", "people.format"), ("own.csv", b"", "people.format"),
    ("own.csv", (",".join(GOOD) + "\n").encode(), "people.empty"),
])
def test_files_that_are_no_tables_or_hold_nobody_are_said(tmp_path, name, content, code):
    file = tmp_path / name
    file.write_bytes(content)
    assert refused(file).code == code


def test_csv_files_in_another_encoding_or_with_uneven_rows_are_said(tmp_path):
    file = written(tmp_path)
    good = file.read_text(encoding="utf-8")
    for content in (good.replace("college", "大专").encode("gbk"), (good.rstrip() + ",9,9\n").encode()):
        file.write_bytes(content)
        assert refused(file).code == "people.format"


def test_a_cut_off_parquet_file_is_said(tmp_path):
    file = tmp_path / "own.parquet"
    read_people(written(tmp_path)).write_parquet(file)
    file.write_bytes(file.read_bytes()[:-300])
    assert refused(file).code == "people.format"


def test_columns_of_dates_are_months_and_columns_of_truth_or_lists_are_refused(tmp_path):
    people = read_people(written(tmp_path))
    file = tmp_path / "own.parquet"
    people.with_columns(birth=pl.Series([date(1985, 3, 31), date(1990, 12, 1)])).write_parquet(file)
    assert read_people(file)["birth"].to_list() == [month(1985, 3), month(1990, 12)]
    people.with_columns(months_paid=pl.lit(True), sex=pl.lit([1, 2])).write_parquet(file)
    assert [fault.where for fault in refused(file).errors] == ["sex", "months_paid"]


def test_a_file_that_is_not_there_is_said(tmp_path):
    assert refused(tmp_path / "nothing.csv").code == "people.file"
