"""Records are written as a statement that a person can open, and that runs nothing when opened."""

import io

import openpyxl
import pytest

from lingbao.career.records import Record, read_statement, write_statement
from lingbao.law.errors import InputError
from lingbao.law.month import month

RECORDS = [Record(month(2022, 7), month(2023, 3), base=4000.5, province="36", account=2880.36, interest=12.34)]


def written(records, **options):
    stream = io.BytesIO()
    write_statement(records, stream, **options)
    return stream.getvalue()


def test_csv_opens_in_excel_and_reads_in_chinese():
    content = written(RECORDS, by="spell")
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == [
        "起始年月,终止年月,缴费月数,缴费基数,缴费指数,险种,参保地,缴费类型,个人账户记账额,利息",
        "2022-07,2023-03,9,4000.5,,职工,江西,正常缴费,2880.36,12.34"]


def test_yearly_rows_in_english():
    lines = written(RECORDS, by="year", lang="en").decode("utf-8-sig").splitlines()
    assert lines[1].startswith("2022,7,12,6,4000.5") and lines[2].startswith("2023,1,3,3,4000.5")


def test_formulas_are_neutralised_in_both_formats():
    records = [Record(month(2023, 1), month(2023, 1), province='=HYPERLINK("http://x")')]
    assert ",\"'=HYPERLINK" in written(records).decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(written(records, format="xlsx"))).active
    cell = next(c for c in sheet[2] if c.value and "HYPERLINK" in str(c.value))
    assert cell.data_type == "s" and cell.value.startswith("'=")


def test_unknown_format_and_unwritable_place(tmp_path):
    with pytest.raises(InputError, match="csv or xlsx"):
        written(RECORDS, format="pdf")
    with pytest.raises(InputError, match="Cannot write"):
        write_statement(RECORDS, tmp_path / "no" / "where.csv")


def test_a_file_on_disk_comes_back(tmp_path):
    write_statement(RECORDS, tmp_path / "s.xlsx", format="xlsx", by="spell")
    assert list(read_statement(tmp_path / "s.xlsx").records) == RECORDS
