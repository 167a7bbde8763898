"""The result page shows advice, figures, reasons and files; tested against the shape of the planner's contract."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

ANSWERS = "residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36"
pytestmark = pytest.mark.usefixtures("planned")


@pytest.mark.parametrize(("lang", "words"), [
    ("zh", ("给您的建议", "2053年5月", "63岁", "2,104 元", "请注意", "都不交")),
    ("en", ("What we suggest", "May 2053", "63 years", "¥2,104", "Please note", "Join neither")),
])
def test_result_in_both_languages(client: Any, lang: str, words: tuple[str, ...]) -> None:
    client.cookies["lang"] = lang
    response = client.get(f"/plan/result/?{ANSWERS}")
    assert response.status_code == 200 and not response.cookies
    for word in words:
        assert word in response.content.decode()


def test_projection_changes_the_figures(client: Any) -> None:
    assert "1,789 元" in client.get(f"/plan/result/?{ANSWERS}&projection=low").content.decode()
    assert "2,525 元" in client.get(f"/plan/result/?{ANSWERS}&projection=high").content.decode()


def test_incomplete_answers_lead_back_to_the_question(client: Any) -> None:
    response = client.get("/plan/result/?residence=36&sex=male")
    assert response.status_code == 302 and response.headers["Location"].startswith("/plan/birth/")


def test_every_figure_leads_to_its_reasons(client: Any) -> None:
    text = client.get(f"/plan/result/?{ANSWERS}").content.decode()
    assert text.count("/plan/why/?") >= 6 * 5
    why = client.get(f"/plan/why/?{ANSWERS}&option=employee-60&figure=pension_today")
    assert why.status_code == 200
    for words in ("国发〔2005〕38号", "计发基数", "7,054.00", "1,128.64"):
        assert words in why.content.decode()


@pytest.mark.parametrize("query", ["option=nothing&figure=pension_today", "option=employee-60&figure=nothing"])
def test_reasons_of_nothing_are_not_found(client: Any, query: str) -> None:
    assert client.get(f"/plan/why/?{ANSWERS}&{query}").status_code == 404


@pytest.mark.parametrize("kind", ["outlay", "cumulative", "sensitivity"])
@pytest.mark.parametrize("size", ["narrow", "wide"])
def test_charts_are_pictures_with_a_table_under_them(client: Any, kind: str, size: str) -> None:
    response = client.get(f"/chart/zh/{size}/{kind}.svg?{ANSWERS}")
    assert response.status_code == 200 and response.content.startswith(b"<svg")
    assert "max-age" in response.headers["Cache-Control"]
    assert f"/chart/zh/{size}/{kind}.svg?" in client.get(f"/plan/result/?{ANSWERS}").content.decode()


def test_budget_narrows_the_main_options() -> None:
    from comparison_example import PLAN

    from lingbao.web.outcome import main_options

    within = [option["id"] for option in main_options(PLAN["options"], 900.0)]
    assert "employee-60" in within and "employee-100" not in within and "none" in within


def test_csv_has_a_row_for_every_option_and_projection(client: Any) -> None:
    response = client.get(f"/plan/result.csv?{ANSWERS}&lang=en")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 6 * 3
    assert rows[1][0] == "employee-60" and float(rows[2][6]) == 2104.3


def test_workbook_opens(client: Any) -> None:
    import openpyxl

    response = client.get(f"/plan/result.xlsx?{ANSWERS}")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    assert sheet.max_row == 1 + 6 * 3 and sheet.cell(2, 2).value == "职工养老保险，60% 档"


@pytest.mark.parametrize(("lang", "words"), [("zh", "法定退休时间"), ("en", "Statutory month")])
def test_pdf_can_be_read(client: Any, lang: str, words: str) -> None:
    from pypdf import PdfReader

    client.cookies["lang"] = lang
    response = client.get(f"/plan/result.pdf?{ANSWERS}")
    assert response.headers["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert words in text and "2,104" in text


def test_cells_that_look_like_formulas_are_text() -> None:
    from lingbao.web.export import _safe

    assert _safe("=1+1") == "'=1+1" and _safe("employee") == "employee"


def test_plan_through_the_api(client: Any) -> None:
    body = {"birth": "1990-05", "sex": "male", "residence": "36", "income": 6000}
    response = client.post("/api/v1/plan", json.dumps(body), content_type="application/json")
    assert response.status_code == 200 and response.json()["options"][0]["id"] == "employee-60"


def test_explain_through_the_api(client: Any) -> None:
    body = {"person": {"birth": "1990-05", "sex": "male", "residence": "36"}, "option": "employee-60", "figure": "pension_today"}
    response = client.post("/api/v1/explain", json.dumps(body), content_type="application/json")
    assert response.json()["value"] == 1128.64 and response.json()["zh"][0]["article"] == "国发〔2005〕38号 六"
    wrong = client.post("/api/v1/explain", json.dumps({**body, "option": "nothing"}), content_type="application/json")
    assert wrong.status_code == 422 and "employee-60" in wrong.json()["en"]
