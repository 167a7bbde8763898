"""Missing years of the resident scheme on the worker's pages, at the desk and in the API: seen, billed, paid, and the pension opens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from account_people import answered, enrolled, identified, person_of, rows, sent, text
from registry_world import open_file
from test_account_pensions import PLACE, resident
from test_account_requests import staff

pytestmark = pytest.mark.usefixtures("migrated")
PAGE = "/account/missing-years/"


def member(years: int) -> Any:
    """Someone who turns sixty this month with so many resident years, and is a member now."""
    from lingbao.law.store import Law
    from lingbao.registry.enrolment.choice import Choice
    from lingbao.registry.enrolment.membership import join
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.account.access import this_month

    client = resident(years)
    person = person_of(client)
    run_as(SYSTEM, lambda: join(SYSTEM, Law.load(), person, standing="resident", province=PLACE, since=this_month() - 24, choice=Choice("fee", 200.0, 12)))
    return client


def test_from_the_page_that_says_too_few_years_to_the_open_claim() -> None:
    client = member(13)
    page = text(client.get("/account/resident-pension/"))
    if "现在申领" not in page:  # whether thirteen years suffice depends on the month in which the test runs
        assert PAGE in page
    assert "还差的 2 年可以补缴" in text(client.get(PAGE)) and "国发〔2014〕8号" in text(client.get(PAGE))
    check = answered(client, "buy-years", ("years", {"years": "2"}), ("fee", {"fee": "500"}))
    said = text(check)
    assert "1,000.00" in said and "不另加政府缴费补贴" in said
    assert sent(client, "buy-years", check).headers["Location"] == "/account/pay/"
    assert rows("SELECT kind, sum(amount_fen)::int FROM collection_bill b JOIN collection_part p ON p.bill_id = b.id WHERE b.person_id = %s GROUP BY 1",
                person_of(client)) == [("missing_years", 100_000)]
    bills = text(client.get("/account/bills/"))
    assert "年</a></span>" in bills and "1,000.00" in bills
    paid = answered(client, "pay", ("amount", {"amount": "100000"}))
    assert "缴费年限增加" not in text(paid)  # months of the employee scheme are not what it adds
    receipt = sent(client, "pay", paid).headers["Location"]
    assert "付款成功" in text(client.get(receipt)) and "补缴 " in text(client.get(receipt)) and "年" in text(client.get("/account/statement/"))
    assert rows("SELECT count(*), sum(subsidy_fen)::int FROM record_year WHERE person_id = %s AND kind = 'bought'", person_of(client)) == [(2, 0)]
    assert "现在申领" in text(client.get("/account/resident-pension/"))
    assert "不需要补缴" in text(client.get(PAGE))
    assert client.get("/account/buy-years/").headers["Location"] == PAGE


def test_who_may_not_buy_reads_why() -> None:
    assert "没有参保" in text(identified().get(PAGE))
    employee = identified()
    enrolled(employee)
    page = text(employee.get(PAGE))
    assert "只有城乡居民养老保险" in page and "选择年数" not in page


def test_the_counter_makes_the_bill_for_its_own_province_alone() -> None:
    client, clerk, elsewhere = member(10), staff("clerk", PLACE), staff("clerk", "44")
    person = person_of(client)
    address = f"/desk/persons/{person}/missing-years/"
    open_file(clerk, person)
    assert address in text(clerk.get(f"/desk/persons/{person}/"))
    page = text(clerk.get(address))
    assert "最多可补缴 5 年" in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    assert "最多可补缴 5 年" in clerk.post(address, {"key": key[1], "years": "6", "fee": "500"}).content.decode()
    for _ in range(2):  # the same form sent twice makes one bill
        assert clerk.post(address, {"key": key[1], "years": "5", "fee": "500"}).status_code == 302
    assert rows("SELECT count(*) FROM collection_bill WHERE person_id = %s", person) == [(1,)]
    assert "补缴所缺年限" in text(clerk.get(f"/desk/persons/{person}/"))
    assert elsewhere.get(address).status_code == 404
