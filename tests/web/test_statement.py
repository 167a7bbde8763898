"""A contribution statement fills the planner's question about what was paid; nothing of it is kept."""

from __future__ import annotations

import io
from typing import Any

import pytest

ANSWERS = "residence=36&sex=male&birth_year=1985&birth_month=5&income=6000&paid=employee"


def upload(client: Any, text: str, name: str = "statement.csv", query: str = ANSWERS) -> Any:
    file = io.BytesIO(text.encode())
    file.name = name
    return client.post(f"/plan/statement/?{query}", {"file": file})


def test_statement_fills_the_question(client: Any) -> None:
    rows = "".join(f"{year},12,3500\n" for year in (2020, 2021, 2022))
    response = upload(client, f"年度,缴费月数,缴费基数\n{rows}")
    text = response.content.decode()
    assert response.status_code == 200 and "3年" in text
    assert "/plan/employee/?" in text and "paid_years=3" in text and "paid_months=0" in text and "index=0." in text and "balance=" in text


@pytest.mark.parametrize(("text", "words"), [("", "file"), ("a,b\n1,2\n", "file")])
def test_unreadable_statement_is_refused(client: Any, text: str, words: str) -> None:
    response = upload(client, text)
    assert response.status_code == 422 and f'href="#{words}"' in response.content.decode()


def test_large_statement_is_refused(client: Any) -> None:
    response = upload(client, "x" * 600_000)
    assert response.status_code == 422 and "512 KB" in response.content.decode()


def test_without_a_file_one_is_asked_for(client: Any) -> None:
    response = client.post(f"/plan/statement/?{ANSWERS}")
    assert response.status_code == 422 and "请选择一个文件" in response.content.decode()


def test_question_offers_the_upload(client: Any) -> None:
    assert "/plan/statement/?" in client.get(f"/plan/employee/?{ANSWERS}").content.decode()
