"""The worker's pages: sign in, say who one is, enrol, pay, look up, certify; on a real PostgreSQL."""

from __future__ import annotations

import re
from typing import Any

import pytest
from account_people import PASSWORD, answered, browser, enrolled, identified, key_of, number, paid, sent, signed_up

pytestmark = pytest.mark.usefixtures("migrated")


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_enrol_pay_look_up_and_certify() -> None:
    client = identified()
    home = text(client.get("/account/"))
    assert "您现在没有参保" in home
    done = enrolled(client)
    confirmed = text(client.get(done.headers["Location"]))
    assert "参保登记已办好" in confirmed and "783.00" in confirmed
    receipt = paid(client)
    assert receipt.headers["Location"].startswith("/account/paid/P")
    assert "付款成功" in text(client.get(receipt.headers["Location"]))
    home = text(client.get("/account/"))
    assert "313.20 元" in home and "现在没有要缴的" in home
    statement = text(client.get("/account/statement/"))
    line = re.search(r"/account/statement/\d+/\d+/", statement)
    assert line and "+313.20 元" in statement
    why = text(client.get(line[0]))
    assert "20%" in why or "0.2" in why
    assert "依据" in why
    page = client.get("/account/certificates/")
    paper = client.post("/account/certificates/", {"key": key_of(page)})
    again = client.post("/account/certificates/", {"key": key_of(page)})
    assert paper.headers["Location"] == again.headers["Location"]
    pdf = client.get(paper.headers["Location"] + "certificate.pdf")
    assert pdf.content.startswith(b"%PDF")
