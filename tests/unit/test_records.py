"""A contribution statement becomes records; what is wrong in it is named by row and column."""

import io
import zipfile

import openpyxl
import pytest

from lingbao.career.records import Record, StatementFault, by_month, by_year, gaps, read_statement
from lingbao.law.errors import ErrorList, InputError
from lingbao.law.month import month

AS_OF = month(2026, 6)


def read(text, encoding="utf-8", **options):
    return read_statement(text.encode(encoding), "statement.csv", **{"as_of": AS_OF, **options})


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


MONTHLY = """某市社会保险个人缴费明细,,,,,,
姓名：甲,,,打印日期：2024-01-08,,,
费款所属期,缴费基数（元）,个人缴费,单位缴费,险种,缴费状态,参保地
202301,"3,024.00",241.92,483.84,职工基本养老保险,正常缴费,江西省
2023年2月,３０２４,241.92,483.84,职工基本养老保险,正常缴费,江西
2023-04-01,3024元,241.92,483.84,职工基本养老保险,正常缴费,360100
202304,3024,60.48,,职工基本医疗保险,正常缴费,江西
合计,,725.76,1451.52,,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_monthly_rows_are_read_in_every_usual_encoding(encoding):
    statement = read(MONTHLY, encoding)
    assert [record.first for record in statement.records] == [month(2023, 1), month(2023, 2), month(2023, 4)]
    assert all(r.base == 3024.0 and r.province == "36" and r.scheme == "employee" for r in statement.records)
    assert statement.months_paid == 3
    assert statement.gaps == ((month(2023, 3), month(2023, 3)),)


def test_rows_of_other_insurances_and_totals_are_skipped_and_said():
    report = {entry.row: entry for entry in read(MONTHLY).report}
    assert report[7].outcome == "skipped" and "医疗" in report[7].zh
    assert report[8].outcome == "skipped" and "totals" in report[8].en
    assert [row for row, entry in report.items() if entry.outcome == "kept"] == [4, 5, 6]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(delimiter):
    text = "年月,缴费基数\n202301,3024\n202302,3024\n".replace(",", delimiter)
    assert read(text).months_paid == 2


def test_yearly_rows_with_account_and_interest():
    statement = read("年度,缴费月数,缴费基数,个人账户记账额,利息,年末储存额\n"
                     "2021年度,6,4000,1920,32.11,1952.11\n2022,12,4200,4032,250.10,6234.21\n2023,9,4300,3096,300,9630.21\n")
    assert [(r.first, r.last) for r in statement.records] == [
        (month(2021, 7), month(2021, 12)), (month(2022, 1), month(2022, 12)), (month(2023, 1), month(2023, 9))]
    assert [r.account for r in statement.records] == [1920.0, 4032.0, 3096.0]
    assert statement.account_balance == 9630.21
    assert any("Rows 2, 4" in en for _, en in statement.warnings)


def test_the_first_year_still_running_ends_this_month():
    assert read("年度,缴费月数,缴费基数\n2026,3,4000\n").records[0].last == AS_OF


def test_a_yearly_sum_of_bases_is_divided_by_the_months():
    assert read("年度,缴费月数,年缴费基数\n2023,12,51600\n").records[0].base == 4300.0


def test_spells_and_english_headings():
    statement = read("First month,Last month,Contribution base,Scheme,Kind\n2010-03,2012-02,2000,employee,paid\n"
                     "2012-03,2012-12,,employee,paused\n2013-01,2013-12,500,resident,paid\n")
    assert [r.months for r in statement.records] == [24, 10, 12]
    assert [r.kind for r in statement.records] == ["paid", "paused", "paid"]
    assert statement.records[2].scheme == "resident"
    assert statement.months_paid == 24


def test_a_month_cell_may_hold_a_range():
    record = read("费款所属期,缴费基数\n202301-202312,4000\n2024年1月至2024年3月,4100\n").records
    assert [(r.first, r.last) for r in record] == [(month(2023, 1), month(2023, 12)), (month(2024, 1), month(2024, 3))]


def test_employer_and_own_parts_of_a_tax_certificate_count_once():
    statement = read("费款所属期起,费款所属期止,征收品目,缴费基数\n"
                     "2023-01-01,2023-01-31,企业职工基本养老保险费（个人缴纳）,5000\n"
                     "2023-01-01,2023-01-31,企业职工基本养老保险费（单位缴纳）,5000\n")
    assert statement.months_paid == 1


def test_balance_in_a_line_of_text():
    text = MONTHLY + "截至上年末个人账户储存额,\"12,345.67\",,,,,\n"
    assert read(text).account_balance == 12345.67


def test_deemed_months_are_no_paid_months_and_close_gaps():
    statement = read("起始年月,终止年月,月缴费基数,缴费类型\n1990-01,1992-12,,视同缴费\n1993-01,1993-12,300,实缴\n")
    assert statement.months_paid == 12
    assert statement.gaps == ()


def test_a_workbook_with_numbers_and_dates():
    import datetime

    content = workbook(["缴费明细"], ["缴费年月", "缴费基数", "参保地"], [202301, 3024, "江西"],
                       [datetime.datetime(2023, 2, 1), 3024.5, "Jiangxi"])
    statement = read_statement(content, as_of=AS_OF)
    assert [r.base for r in statement.records] == [3024.0, 3024.5]
    assert [r.province for r in statement.records] == ["36", "36"]


def test_a_spreadsheet_number_2023_1_is_refused_because_it_may_be_october():
    with pytest.raises(StatementFault, match="October"):
        read_statement(workbook(["年月", "缴费基数"], [2023.1, 3024]), as_of=AS_OF)


@pytest.mark.parametrize(("line", "column", "said"), [
    ("2023-13,3024,职工,江西", "费款所属期", "month 13"),
    ("某月,3024,职工,江西", "费款所属期", "not a month"),
    ("202301,三千,职工,江西", "缴费基数", "not a number"),
    ("202301,-3024,职工,江西", "缴费基数", "out of range"),
    ("202301,99999999,职工,江西", "缴费基数", "out of range"),
    ("202301,0,职工,江西", "缴费基数", "base is 0"),
    ("202301,\"3024,50\",职工,江西", "缴费基数", "not a number"),
    ("202301,3024,股票,江西", "险种", "not understood"),
    ("202301,3024,职工,火星", "参保地", "not a province"),
    ("202607,3024,职工,江西", "费款所属期", "future"),
    ("199001,3024,职工,江西", "费款所属期", "not yet 16"),
    (",3024,职工,江西", "费款所属期", "empty"),
])
def test_a_wrong_cell_is_named_by_row_and_column(line, column, said):
    text = f"费款所属期,缴费基数,险种,参保地\n202212,3024,职工,江西\n{line}\n"
    with pytest.raises(StatementFault) as caught:
        read(text, birth=month(1985, 5))
    assert (caught.value.row, caught.value.column) == (3, column)
    assert said in caught.value.en
    assert caught.value.zh.startswith("第 3 行")
    lenient = read(text, birth=month(1985, 5), strict=False)
    assert lenient.months_paid == 1
    assert [(f.row, f.column) for f in lenient.faults] == [(3, column)]


def test_a_month_counts_once():
    with pytest.raises(StatementFault, match="row 2 already"):
        read("年月,缴费基数\n202301,3024\n202301,3100\n")
    lenient = read("年月,缴费基数\n202301,3024\n202301,3100\n", strict=False)
    assert [r.base for r in lenient.records] == [3024.0]


def test_the_two_schemes_may_overlap():
    assert len(read("年月,缴费基数,险种\n202301,3024,职工\n202301,200,城乡居民\n").records) == 2


def test_more_than_twelve_months_in_a_year():
    with pytest.raises(StatementFault, match="whole number from 0 to 12"):
        read("年度,缴费月数,缴费基数\n2023,13,4000\n")


def test_months_that_contradict_the_spell():
    with pytest.raises(StatementFault, match="but 10 are stated"):
        read("起始年月,终止年月,缴费月数,缴费基数\n202301,202312,10,4000\n")


def test_all_faults_come_at_once():
    with pytest.raises(ErrorList) as caught:
        read("年月,缴费基数\n2023-13,3024\n202302,abc\n202303,3024\n")
    assert [error.row for error in caught.value.errors] == [2, 3]


@pytest.mark.parametrize("content", [
    b"", b"   \n", b"%PDF-1.7 ...", b"\xd0\xcf\x11\xe0\xa1\xb1", b"PK\x03\x04 broken", b"\x80\x81\xff\xff", b"a,b,c\n1,2,3\n",
    "费款所属期,缴费基数\n".encode(),
])
def test_files_that_are_no_statement_say_so(content):
    with pytest.raises(InputError) as caught:
        read_statement(content, "x", as_of=AS_OF)
    assert caught.value.zh and caught.value.en


def test_missing_file_and_folder(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be opened"):
            read_statement(path)


def test_too_many_rows_and_too_many_bytes():
    with pytest.raises(InputError, match="rows"):
        read("年月,缴费基数\n" + "202301,3024\n" * 2001)
    with pytest.raises(InputError, match="rows"):
        read_statement(workbook(["年月", "缴费基数"], *[[202301, 3024]] * 2100), as_of=AS_OF)
    with pytest.raises(InputError, match="larger than 5 MB"):
        read_statement(b"a," * 2_500_001)


def zipped(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_zip_bomb_is_refused_before_it_unpacks():
    with pytest.raises(InputError, match="unpacks to too much"):
        read_statement(zipped({"xl/workbook.xml": b"0" * 45_000_000}))


def test_a_workbook_that_declares_entities_is_refused():
    with pytest.raises(InputError, match="not an intact"):
        read_statement(zipped({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "aaa">]><workbook>&a;</workbook>'}))


def test_gaps_run_from_the_first_to_the_last_paid_month():
    records = [Record(10, 12), Record(15, 20), Record(13, 13, kind="paused"), Record(30, 31, scheme="resident")]
    assert gaps(records) == ((13, 14),)
    assert gaps(records, "resident") == ()
    assert gaps([]) == ()


def test_a_record_cannot_end_before_it_begins():
    with pytest.raises(InputError, match="before the first month"):
        Record(month(2023, 5), month(2023, 4))


def test_money_follows_the_months_and_adds_up():
    record = Record(month(2022, 11), month(2023, 2), base=3000.0, account=1000.01, interest=0.03)
    assert [part.account for part in by_month([record])] == [250.0, 250.0, 250.01, 250.0]
    assert [(part.months, part.account) for part in by_year([record])] == [(2, 500.0), (2, 500.01)]
    assert round(sum(part.interest for part in by_month([record])), 2) == 0.03
