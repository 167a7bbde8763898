"""The result page shows advice, figures, reasons and files; the planner behind it is the real one."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

ANSWERS = "residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36"
WORDS = {"zh": ("给您的建议", "2053年5月", "63岁", "请注意", "不再缴费", "建议"), "en": ("What we suggest", "May 2053", "63 years", "Please note", "Pay nothing", "suggested")}


@pytest.fixture(scope="module")
def comparison() -> Any:
    """The planner's own answer to the same questions."""
    from lingbao.web import engine
    from lingbao.web.answers import Answers

    return engine.compare(Answers(dict(pair.split("=") for pair in ANSWERS.split("&"))).person())


def option(comparison: Any, name: str) -> dict[str, Any]:
    return next(each for each in comparison.to_dict()["options"] if each["id"] == name)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_result_in_both_languages(client: Any, comparison: Any, lang: str) -> None:
    from lingbao.web import figures

    client.cookies["lang"] = lang
    response = client.get(f"/plan/result/?{ANSWERS}")
    text = response.content.decode()
    assert response.status_code == 200 and not response.cookies
    pension = option(comparison, "employee-floor")["outlook"]["base"]["pension_today"]
    for word in (*WORDS[lang], figures.yuan(pension, lang), comparison.to_dict()["advice"][0][lang]):
        assert word in text.replace("&quot;", '"').replace("&#x27;", "'")


@pytest.mark.parametrize("projection", ["low", "high"])
def test_projection_changes_the_figures(client: Any, comparison: Any, projection: str) -> None:
    from lingbao.web import figures

    look = option(comparison, "employee-floor")["outlook"]
    assert look[projection]["pension_today"] != look["base"]["pension_today"]
    text = client.get(f"/plan/result/?{ANSWERS}&projection={projection}").content.decode()
    assert figures.yuan(look[projection]["pension_today"]) in text


def test_incomplete_answers_lead_back_to_the_question(client: Any) -> None:
    response = client.get("/plan/result/?residence=36&sex=male")
    assert response.status_code == 302 and response.headers["Location"].startswith("/plan/birth/")


def test_impossible_person_leads_back_to_the_field(client: Any) -> None:
    query = ANSWERS.replace("paid=none", "paid=employee") + "&paid_years=45&index=0.6&balance=1000"
    response = client.get(f"/plan/result/?{query}")
    text = response.content.decode()
    assert response.status_code == 422 and "/plan/employee/?" in text and "540" in text


def test_every_main_figure_leads_to_its_reasons(client: Any) -> None:
    import html
    import re

    text = client.get(f"/plan/result/?{ANSWERS}").content.decode()
    first = text[text.index("<table"):text.index("</table>")]
    links = [html.unescape(link) for link in re.findall(r'href="(/plan/why/[^"]+)"', first)]
    assert len(links) >= 3 * 8
    for link in links:
        response = client.get(link)
        assert response.status_code == 200, link
        assert 'class="steps"' in response.content.decode()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["tier", "variant", "saving", "none"])
def test_every_kind_of_option_leads_to_its_reasons(client: Any, comparison: Any, kind: str, lang: str) -> None:
    from lingbao.web import outcome

    client.cookies["lang"] = lang
    one = next(each for each in comparison.to_dict()["options"] if each["kind"] == kind and each["feasible"])
    for figure in outcome.BY_NAME.values():
        response = client.get(f"/plan/why/?{ANSWERS}&option={one['id'].replace('+', '%2B')}&figure={figure.name}")
        text = response.content.decode()
        assert response.status_code == 200 and 'class="steps"' in text, figure.name
        assert outcome.written(figure, one, "base", lang) in text
    linked = outcome.row(one, "base", lang)
    assert linked["monthly_explained"]
    assert all(cell["explained"] == (one["outlook"]["base"][cell["figure"].name] is not None) for cell in linked["cells"])


def test_a_payment_by_the_year_says_so(client: Any) -> None:
    text = client.get(f"/plan/why/?{ANSWERS}&option=resident-2000&figure=first_payment").content.decode()
    assert "一年 2,000.00 元" in text and "166.67 元" in text


@pytest.mark.parametrize("projection", ["low", "base", "high"])
def test_the_first_payment_is_explained_as_it_is_shown(client: Any, comparison: Any, projection: str) -> None:
    from lingbao.web import figures

    paid = option(comparison, "employee-floor-wait")["first_payment"]["month"]
    text = client.get(f"/plan/why/?{ANSWERS}&option=employee-floor-wait&figure=first_payment&projection={projection}").content.decode()
    assert figures.yuan(paid, "zh", 2) in text and f"= {paid:,.2f} 元" in text


def test_the_ratio_says_that_it_is_weighted(client: Any) -> None:
    for lang, words in (("zh", "每缴 1 元领回（元，已计入活到各岁的概率）"), ("en", "weighted with the chance of being alive")):
        assert words in client.get(f"/plan/result/?{ANSWERS}&lang={lang}").content.decode()


def test_missing_months_are_counted_in_each_scheme(client: Any, comparison: Any) -> None:
    look = {name: option(comparison, name)["outlook"]["base"]["months_needed"] for name in ("employee-floor", "resident-100", "none")}
    assert look == {"employee-floor": 240, "resident-100": 180, "none": 180}
    text = client.get(f"/plan/result/?{ANSWERS}").content.decode()
    assert "最低年限还差" in text and "figure=months_needed" in text and "15年<" in text


def test_the_suggestion_and_two_others_come_first(comparison: Any) -> None:
    from lingbao.web.outcome import first_options, main_options

    main = main_options(comparison.to_dict()["options"], None, "employee-floor")
    first = first_options(main, "employee-floor")
    assert first[0]["id"] == "employee-floor" and len(first) == 3
    assert {each["scheme"] for each in first} == {"employee", "resident"}
    assert first_options([], None) == [] and first_options(main, None)[0] is main[0]


def test_reasons_name_articles_parameters_sources_and_confidence(client: Any) -> None:
    text = client.get(f"/plan/why/?{ANSWERS}&option=employee-floor&figure=pension_today").content.decode()
    for words in ("国发〔2005〕38号", "计发基数", "/law/parameter/national.benefit.accrual_rate/", "可信度", "推算", "出处"):
        assert words in text


@pytest.mark.parametrize("query", ["option=nothing&figure=pension_today", "option=employee-floor&figure=nothing"])
def test_reasons_of_nothing_are_not_found(client: Any, query: str) -> None:
    assert client.get(f"/plan/why/?{ANSWERS}&{query}").status_code == 404


@pytest.mark.parametrize("kind", ["outlay", "cumulative", "sensitivity"])
@pytest.mark.parametrize("size", ["narrow", "wide"])
def test_charts_are_pictures_of_the_size_the_page_reserves(client: Any, kind: str, size: str) -> None:
    from lingbao.web.charts import SIZES

    response = client.get(f"/chart/zh/{size}/{kind}.svg?{ANSWERS}")
    assert response.status_code == 200
    start = response.content[:300].decode()
    assert f'width="{SIZES[size][0]}"' in start and f'height="{SIZES[size][1]}"' in start
    assert "max-age" in response.headers["Cache-Control"]
    text = client.get(f"/plan/result/?{ANSWERS}").content.decode()
    assert f"/chart/zh/{size}/{kind}.svg?" in text
    assert f'width="{SIZES[size][0]}" height="{SIZES[size][1]}"' in text


def test_cumulative_chart_ends_where_the_money_flows_end(comparison: Any) -> None:
    from lingbao.web.result_charts import cumulative

    table = cumulative(comparison, "zh")
    name = option(comparison, "employee-floor")["label_zh"]
    line = [(age, net) for age, net, series in table.rows if series == name]
    paid, back = line[0][1], option(comparison, "employee-floor")["outlook"]["base"]["payback_age_months"] / 12
    assert paid == 0.0 and min(net for _, net in line) == pytest.approx(-option(comparison, "employee-floor")["outlook"]["base"]["outlay_today"], rel=0.03)
    assert all(net < 0 for age, net in line if line[0][0] < age < back - 1)
    assert line[-1][0] == 90.0 and line[-1][1] > 0


def test_budget_narrows_the_main_options(comparison: Any) -> None:
    from lingbao.web.outcome import main_options, monthly

    chosen = main_options(comparison.to_dict()["options"], 1000.0)
    assert all((monthly(each) or 0.0) <= 1000.0 for each in chosen) and "none" in [each["id"] for each in chosen]
    assert len(chosen) >= 4


def test_csv_has_a_row_for_every_option_and_projection(client: Any, comparison: Any) -> None:
    response = client.get(f"/plan/result.csv?{ANSWERS}&lang=en")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    options = comparison.to_dict()["options"]
    assert len(rows) == 1 + 3 * len(options)
    assert rows[2][0] == options[0]["id"] and float(rows[2][6]) == options[0]["outlook"]["base"]["pension_today"]


def test_workbook_opens(client: Any, comparison: Any) -> None:
    import openpyxl

    response = client.get(f"/plan/result.xlsx?{ANSWERS}")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    options = comparison.to_dict()["options"]
    assert sheet.max_row == 1 + 3 * len(options) and sheet.cell(2, 2).value == options[0]["label_zh"]


@pytest.mark.parametrize(("lang", "words"), [("zh", "法定退休时间"), ("en", "Statutory month")])
def test_pdf_can_be_read(client: Any, comparison: Any, lang: str, words: str) -> None:
    from pypdf import PdfReader

    from lingbao.web import figures

    client.cookies["lang"] = lang
    response = client.get(f"/plan/result.pdf?{ANSWERS}")
    assert response.headers["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert words in text and figures.yuan(option(comparison, "employee-floor")["outlook"]["base"]["pension_today"], lang) in text


def test_cells_that_look_like_formulas_are_text() -> None:
    from lingbao.web.export import _safe

    assert _safe("=1+1") == "'=1+1" and _safe("employee") == "employee"


def test_plan_through_the_api(client: Any, comparison: Any) -> None:
    body = {"birth": "1990-05", "sex": "male", "residence": "36", "home": "36", "income": 6000}
    response = client.post("/api/v1/plan", json.dumps(body), content_type="application/json")
    assert response.status_code == 200 and response.json()["options"] == json.loads(json.dumps(comparison.to_dict()["options"]))


def test_explain_through_the_api(client: Any) -> None:
    body = {"person": {"birth": "1990-05", "sex": "male", "residence": "36"}, "option": "employee-floor", "figure": "pension_then"}
    answer = client.post("/api/v1/explain", json.dumps(body), content_type="application/json").json()
    assert answer["value"] > 0 and any("国发〔2005〕38号" in sentence["article"] for sentence in answer["zh"])
    wrong = client.post("/api/v1/explain", json.dumps({**body, "option": "nothing"}), content_type="application/json")
    assert wrong.status_code == 422 and "employee-floor" in wrong.json()["en"]


def test_missing_law_is_named_and_nothing_is_guessed(client: Any) -> None:
    query = ANSWERS.replace("birth_year=1990", "birth_year=1930")
    response = client.get(f"/plan/result/?{query}")
    text = response.content.decode()
    assert response.status_code in (404, 422)
    assert "返回修改" in text and ("缺少数据" in text or "无法办理" in text)


def test_a_pension_in_mind_names_the_least_payment(client):
    page = client.get("/plan/result/?residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36&target=5000&lang=en")
    text = page.content.decode()
    assert page.status_code == 200
    assert "At least about" in text and "What one more step changes" in text and "months earlier" in text


def test_a_pension_in_mind_that_is_no_number_is_said(client):
    page = client.get("/plan/result/?residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36&target=abc")
    assert "target-fault" in page.content.decode()


def test_wishes_of_the_expert_page_become_options(client: Any) -> None:
    page = client.get(f"/plan/result/?{ANSWERS}&base=5000&gap=36&move_to=44&saving=6000&lang=en").content.decode()
    assert "5,000 yuan as the base" in page and "36 months" in page and "Guangdong" in page
    assert 'name="move_to"' in client.get("/plan/expert/").content.decode()


def test_a_wish_out_of_range_leads_back_to_its_question(client: Any) -> None:
    response = client.get(f"/plan/result/?{ANSWERS}&gap=9999")
    assert response.status_code == 302 and "/plan/wishes/" in response["Location"]
    assert "9999" in client.get(response["Location"]).content.decode()


def test_wishes_reach_the_planner_through_the_api(client: Any) -> None:
    body = {"birth": "1990-05", "sex": "male", "residence": "36", "base": 5000, "gap_months": 12, "first_paid": "2012-03", "months_paid": 24,
            "mean_index": 0.6}
    answer = client.post("/api/v1/plan", json.dumps(body), content_type="application/json").json()
    assert "employee-base" in {option["id"] for option in answer["options"]} and answer["person"]["first_paid"] == "2012-03"
