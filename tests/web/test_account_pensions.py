"""The resident pension on the worker's pages, from the claim to the payment; and what was paid too much, set off and shown."""

from __future__ import annotations

from typing import Any

import pytest
from account_people import answered, identified, person_of, rows, sent, text
from test_account_requests import decide, staff

pytestmark = pytest.mark.usefixtures("migrated")
PLACE = "34"
OPENING = 1_390_000


def resident(years: int = 16, *, province: str = PLACE) -> Any:
    """Someone who turns sixty this month, with so many resident years and 13 900.00 in the account since January."""
    import datetime

    from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
    from lingbao.registry.record.crediting import PaidYear, credit_years
    from lingbao.registry.session import SYSTEM, run_as
    from lingbao.web.account.access import today

    now = today()
    client = identified(birth=f"{now.year - 60}{now.month:02d}01", province=province)
    person, first = person_of(client), datetime.date(now.year, 1, 1)

    def work() -> None:
        bank, account = open_accounts([AccountName("bank", "province", int(province), province), AccountName("resident_account", "person", person, province)])
        entry = post([Draft("opening", [Leg(bank, -OPENING), Leg(account, OPENING)], source=f"resident:{person}")], actor=0, law_hash="law",
                     reason="建账", value_date=first)[0]
        credit_years([PaidYear(person, now.year - back, province, 20_000, 6_000, 0, entry, first) for back in range(1, years + 1)])

    run_as(SYSTEM, work)
    return client


def claimed(client: Any) -> str:
    from lingbao.web.account.access import this_month

    page = answered(client, "resident-claim", ("month", {"claim_month": str(this_month())}))
    assert "13,900.00 ÷ 139" in text(page) and "195.00" in text(page)
    return str(sent(client, "resident-claim", page).headers["Location"])


def paid_month(supervisor: Any, clerk: Any, month: str, number: int) -> None:
    """One prepares the run of a month, another approves it, and it is paid."""
    from lingbao.law.month import parse_month
    from lingbao.registry.benefits.payment import approve, pay, prepare
    from lingbao.registry.session import Actor
    from lingbao.web.account.access import today

    run = prepare(Actor(9001, "clerk", province=PLACE), f"run{number}", PLACE, parse_month(month))["run"]
    approve(Actor(9002, "supervisor", province=PLACE), f"run{number}", run)
    pay(run, actor=9002, today=today())


def test_the_page_says_what_it_comes_to_or_why_it_is_not_open() -> None:
    ready = text(resident().get("/account/resident-pension/"))
    assert "195.00" in ready and "其中长缴加发" in ready and "2.00" in ready and "现在申领" in ready  # 2 yuan for the sixteenth year
    young = identified()
    page = text(young.get("/account/resident-pension/"))
    assert "还不能领取" in page and "现在申领" not in page
    assert young.get("/account/resident-claim/").headers["Location"] == "/account/resident-pension/"
    short = text(resident(3).get("/account/resident-pension/"))
    assert "还差" in short and "现在申领" not in short


def test_an_addition_that_is_not_on_record_is_said() -> None:
    """Jiangxi has no addition on record, and sixteen years earn one."""
    client = resident(16, province="36")
    page = text(client.get("/account/resident-pension/"))
    assert "未收录江西省的标准" in page


def test_from_the_claim_to_the_payment_and_what_is_set_off() -> None:
    from lingbao.law.month import format_month
    from lingbao.web.account.access import this_month

    client, clerk, supervisor = resident(), staff("clerk", PLACE), staff("supervisor", PLACE)
    address = claimed(client)
    number = address.rstrip("/").rpartition("/")[2]
    assert "城乡居民养老保险" in text(client.get(address)) and "应在" in text(client.get(address))
    assert decide_claim(supervisor, number).status_code == 302
    page = text(client.get(address))
    assert "其中基础养老金" in page and "195.00" in page and "申请行政复议" in page
    pension = rows("SELECT pension_fen FROM benefit_claim WHERE id = %s", int(number))[0][0]
    home, overview = text(client.get("/account/")), text(client.get("/account/pension/"))
    assert f"{pension / 100:,.2f}" in home and "没有参保" not in home and address in home  # who draws a pension is not asked to enrol
    assert f"每月 {pension / 100:,.2f} 元" in overview and address in overview and "现在申领" not in overview
    recovery = rows("INSERT INTO benefit_recovery (claim_id, cause, fen) VALUES (%s, 'final', 15000) RETURNING id", int(number))[0][0]
    assert "还没有抵扣方案" in text(client.get(address))
    at_desk = f"/desk/requests/recoveries/{recovery}/"
    start = format_month(this_month() + 1)
    assert at_desk in text(clerk.get("/desk/requests/"))
    assert decide(clerk, at_desk, "propose", monthly="99999", since=start, reason="约定").status_code == 422  # more than the pension
    assert decide(clerk, at_desk, "propose", monthly="100", since=start, reason="与本人约定").status_code == 302
    plan = rows("SELECT id FROM benefit_set_off_plan WHERE claim_id = %s", int(number))[0][0]
    paper = f"/account/set-offs/{plan}/"
    assert "等待审批" in text(client.get(paper)) and "申请行政复议" not in text(client.get(paper))
    assert clerk.post(f"/desk/requests/setoffs/{plan}/", {"key": "c1", "action": "approve"}).status_code == 403
    assert decide(supervisor, f"/desk/requests/setoffs/{plan}/", "approve").status_code == 302
    for ahead in (1, 2):
        paid_month(supervisor, clerk, format_month(this_month() + ahead), ahead)
    page = text(client.get(address))
    assert f"{(pension - 10_000) / 100:,.2f}" in page and f"{(pension - 5_000) / 100:,.2f}" in page and "抵扣 100.00" in page
    done = text(client.get(paper))
    assert "已抵扣完" in done and "与本人约定" in done and "申请行政复议" in done
    assert rows("SELECT balance_fen FROM ledger_account WHERE kind = 'pension_payable' AND province = %s", PLACE) == [(2 * pension - 15_000,)]
    stranger = identified()
    assert stranger.get(paper).status_code == 404 and stranger.get(address).status_code == 404


def decide_claim(supervisor: Any, number: str) -> Any:
    """Grant a claim at the desk."""
    import re

    address = f"/desk/claims/{number}/"
    key = re.search(r'name="key" value="([0-9a-z]+grant)"', text(supervisor.get(address)))
    assert key
    return supervisor.post(address, {"key": key[1], "action": "grant"})
