"""The figures of an award form are read from the tables people make of them."""

from __future__ import annotations

import io

import openpyxl
import pytest

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.planner.award import check_award, read_award_file

TWO_COLUMNS = """养老金核定表,
项目,金额
核定地,湖北省
退休年月,2025年6月
计发基数（元）,"9,112.00"
平均缴费指数,0.7654
缴费年限：,28.83
视同缴费年限,1年
个人账户储存额,93583.84元
计发月数,195
基础养老金,２３１８.８４
个人账户养老金,479.92
过渡性养老金,83.69
合计,2882.45
"""
HEADINGS = "省份,领取年月,计发基数,平均缴费指数,累计缴费月数,个人账户储存额,计发月数,基础养老金,个人账户养老金\n江西,202506,7054,0.873,358,132935.17,195,1970.81,681.72\n"


def test_two_columns_of_names_and_figures():
    found = read_award_file(TWO_COLUMNS.encode(), "form.csv")
    assert found["benefit_base"] == "9,112.00" and found["years"] == "28.83" and found["claim"] == "2025年6月"
    check = check_award(found, Law.load())
    assert {line.name: line.status for line in check.lines} == dict.fromkeys(
        ("benefit_base", "basic", "account", "transitional", "total"), "agrees")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_of_chinese_offices(encoding):
    assert read_award_file(TWO_COLUMNS.encode(encoding), "form.csv")["mean_index"] == "0.7654"


def test_a_row_of_headings_over_a_row_of_figures():
    found = read_award_file(HEADINGS.encode(), "form.csv")
    assert found["basic"] == "1970.81" and found["months"] == "358"
    assert check_award(found, Law.load()).ok


def test_a_workbook_with_pairs_side_by_side():
    book = openpyxl.Workbook()
    for row in (["基本养老金核定表"], ["省份", "江西", "领取年月", "2025-06"], ["计发基数", 7054, "平均缴费指数", 0.873],
                ["缴费年限", "29年10个月", "视同缴费年限", "2个月"], ["基础养老金", 1970.81, None, None]):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    form = read_award_file(stream.getvalue(), "form.xlsx")
    found = check_award(form, Law.load())
    assert (found.form.months, found.form.deemed_months) == (358, 2)
    assert found.line("basic").agrees


@pytest.mark.parametrize(("content", "code"), [
    (b"", "statement.empty"), (b"a,b\n1,2\n", "award_file.names"), (b"%PDF-1.4", "statement.type"), (b"PK\x03\x04broken", "statement.xlsx"),
    ("合计,1000\n合计,2000\n".encode(), "award_file.twice"),
])
def test_what_cannot_be_read_is_said(content, code):
    with pytest.raises(InputError) as caught:
        read_award_file(content, "form.csv")
    assert caught.value.code == code
