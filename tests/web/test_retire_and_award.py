"""Retirement dates with their reasons, and the award form with its upload."""

from __future__ import annotations

import io
from typing import Any

import pytest


@pytest.mark.parametrize(("query", "words"), [
    ("birth_year=1990&birth_month=5&class=male", ("2053年5月", "63岁", "2050年5月")),
    ("birth_year=1964&birth_month=12&class=male", ("2024年12月", "60岁", "不受推迟影响")),
    ("birth_year=1965&birth_month=1&class=male", ("2025年2月", "60岁1个月")),
    ("birth_year=1975&birth_month=1&class=female50", ("2025年2月", "50岁1个月")),
])
def test_retirement_date(client: Any, query: str, words: tuple[str, ...]) -> None:
    text = client.get(f"/retire/?{query}&send=1").content.decode()
    for word in words:
        assert word in text
    assert "2024-09-13" in text  # the decision that delays the age


def test_months_still_missing(client: Any) -> None:
    assert "15年" in client.get("/retire/?birth_year=1990&birth_month=5&class=male&paid=60&send=1").content.decode()


def test_retirement_form_names_what_is_missing(client: Any) -> None:
    response = client.get("/retire/?birth_year=1990&send=1")
    assert response.status_code == 422 and 'href="#class"' in response.content.decode()


def test_award_form_needs_its_token() -> None:
    from django.test import Client

    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True, raise_request_exception=False)
    response = strict.post("/award/", {"province": "36"})
    assert response.status_code == 403 and "过期" in response.content.decode()


def test_award_form_names_what_is_missing(client: Any) -> None:
    response = client.post("/award/", {"province": "36", "sex": "male"})
    assert response.status_code == 422
    assert 'href="#claim"' in response.content.decode() and 'href="#additions"' not in response.content.decode()


# 7054 × (1 + 0.6) ÷ 2 × 20 years × 1% = 1128.64; 100000 ÷ 139 = 719.42.
FORM = {
    "province": "36", "claim": "2025-03", "birth": "1965-01", "sex": "male", "benefit_base": "7054", "mean_index": "0.6", "months": "240",
    "account_balance": "100000", "payout_months": "139", "basic": "1128.64", "account": "719.42", "total": "1848.06",
}


@pytest.mark.parametrize(("lang", "agrees", "differs"), [("zh", "一致", "不一致"), ("en", "agrees", "differs")])
def test_award_agrees_or_differs_to_the_fen(client: Any, lang: str, agrees: str, differs: str) -> None:
    client.cookies["lang"] = lang
    right = client.post("/award/", FORM).content.decode()
    assert right.count(f">{agrees}</span>") >= 3 and f">{differs}</span>" not in right
    assert "国发〔2005〕38号" in right
    wrong = client.post("/award/", FORM | {"basic": "1128.74"})
    assert wrong.status_code == 200 and f">{differs}</span>" in wrong.content.decode()
    assert "0.10" in wrong.content.decode()


def test_award_through_the_api(client: Any) -> None:
    body = {name: float(text) if text.replace(".", "").isdigit() and name != "province" else text for name, text in FORM.items()}
    answer = client.post("/api/v1/check-award", body, content_type="application/json")
    assert answer.status_code == 200
    assert {line["name"]: line["status"] for line in answer.json()["lines"] if line["official"]} == {
        "benefit_base": "agrees", "basic": "agrees", "account": "agrees", "total": "agrees",
    }
    # At 60 years and 2 months the payout months lie below 139 since 2025, which the check must say.
    assert "payout_months" in [each["name"] for each in answer.json()["conditions"] if each["status"] == "differs"]
    assert answer.json()["ok"] is False and answer.json()["conclusion_zh"]


def _file(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_fills_the_form(client: Any, encoding: str) -> None:
    text = "项目,数值\n计发基数,7054\n平均缴费指数,0.6234\nbasic,1128.64\n"
    response = client.post("/award/", {"file": _file("award.csv", text.encode(encoding))})
    page = response.content.decode()
    assert 'value="7054"' in page and 'value="0.6234"' in page and 'value="1128.64"' in page


def test_workbook_fills_the_form(client: Any) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (("计发基数", 7054), ("合计", 2345.67)):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    page = client.post("/award/", {"file": _file("award.xlsx", out.getvalue())}).content.decode()
    assert 'value="7054"' in page and 'value="2345.67"' in page


@pytest.mark.parametrize(("content", "words"), [
    (b"PK\x03\x04 not a workbook", "Excel"), (b"a,b\n1,2\n", "没有认出"), (b"x" * 600_000, "文件太大"), (b"\xff\xfe\x00\x81\xff", "UTF-8"),
])
def test_unreadable_file_is_named(client: Any, content: bytes, words: str) -> None:
    response = client.post("/award/", {"file": _file("award.csv", content)})
    assert response.status_code == 422 and words in response.content.decode()
