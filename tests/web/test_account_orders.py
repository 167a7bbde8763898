"""A worker reads what platforms withheld: months, days, each order with its rule, its file and its entry; nobody else's."""

from __future__ import annotations

import itertools
import re
from datetime import date
from typing import Any

import pytest
from account_people import identified, person_of, rows, text

pytestmark = pytest.mark.usefixtures("migrated")
DAY, NEXT = date(2026, 11, 2), date(2026, 11, 3)
TODAY = date(2026, 11, 20)
_codes = itertools.count(1)


def shop(**workers: int) -> int:
    """A platform that withholds five percent of the income, with its workers linked to persons."""
    from lingbao.registry.orders import platforms
    from lingbao.registry.orders.workers import link_many

    place = platforms.register_platform(f"rides-{next(_codes)}", "骑手平台", "rider platform", "36")
    platforms.agree(place.id, platforms.Agreement("income", 0.05, date(2026, 1, 1), date(2026, 12, 31), "代扣协议第三条"))
    link_many(place.id, workers, proof="签约记录")
    return int(place.id)


def send(platform: int, key: str, *lines: str) -> Any:
    from lingbao.registry.orders.taking import Declaration, take

    content = "\n".join(["business_date,order_number,sequence,worker,income_fen,minutes,orders", *lines, ""]).encode()
    income = sum(int(line.split(",")[4]) for line in lines)
    return take(platform, Declaration(key, "csv", rows=len(lines), income_fen=income), content, today=TODAY)


@pytest.fixture(scope="module")
def rider(migrated: None) -> Any:
    """A rider with two days in one file and one more order in a file of a single day; a colleague has orders beside."""
    client, colleague = identified(), identified()
    client.colleague = colleague
    client.platform = shop(me=person_of(client), you=person_of(colleague))
    send(client.platform, "two-days", f"{DAY},A-1,0,me,3000,25,1", f"{DAY},A-2,0,you,9000,40,1", f"{NEXT},A-3,0,me,2000,20,1", f"{NEXT},A-4,1,me,-1000,0,-1")
    send(client.platform, "one-day", f"{DAY},B.1,0,me,1030,,1", f"{DAY},B.2,0,you,7777,,1")
    return client


def test_months_days_and_orders_add_up_to_what_was_withheld(rider: Any) -> None:
    """3000 + 1030 fen on the first day, 2000 − 1000 on the second: 150 + 52 + 100 − 50 fen withheld (51.5 rounds half up)."""
    months = text(rider.get("/account/orders/"))
    assert "2.52" in months and "4 笔" in months and "50.30" in months
    month = text(rider.get("/account/orders/2026-11/"))
    assert "扣 2.02 元" in month and "扣 0.50 元" in month and "骑手平台" in month
    day = text(rider.get(f"/account/orders/{DAY}/"))
    assert "A-1" in day and "B.1" in day and "A-2" not in day and "25 分钟" in day
    withheld = rows("SELECT sum(balance_fen) FROM ledger_account WHERE kind = 'pending' AND owner_kind = 'person' AND owner_id = %s", person_of(rider))
    assert withheld == [(252,)]  # what the books hold is what the pages add up to


def test_an_order_shows_its_rule_its_file_and_its_entry(rider: Any) -> None:
    page = text(rider.get(f"/account/orders/{DAY}/{rider.platform}/A-1/"))
    assert "30.00 × 5% = 1.50" in page and "代扣协议第三条" in page and "two-days" in page and "还没到账" in page
    line = re.search(r"/account/statement/\d+/\d+/", page)
    assert line and "+2.00 元" in text(rider.get(line[0]))
    refund = text(rider.get(f"/account/orders/{NEXT}/{rider.platform}/A-4/"))
    assert "−0.50" in refund and "退单" in refund
    english = text(rider.get(f"/account/orders/{DAY}/{rider.platform}/A-1/", {"lang": "en"}))
    assert "30.00 × 5% = 1.50" in english and "has not come in yet" in english
    rider.get("/account/", {"lang": "zh"})


def test_nobody_sees_the_orders_of_another(rider: Any) -> None:
    address = f"/account/orders/{DAY}/{rider.platform}/A-1/"
    assert rider.get(address).status_code == 200  # the control: it is there
    assert rider.colleague.get(address).status_code == 404
    assert "A-1" not in text(rider.colleague.get(f"/account/orders/{DAY}/")) and identified().get(address).status_code == 404
    for wrong in ("2026-13", "gestern", "2026-11-31"):
        assert rider.get(f"/account/orders/{wrong}/").status_code == 404, wrong


def test_in_the_database_only_the_own_agreement_file_and_days_are_there(rider: Any) -> None:
    from lingbao.registry.session import SYSTEM, Actor, acting_as

    me, stranger = Actor(1, "worker", person=person_of(rider)), Actor(2, "worker", person=10**9)
    file = rows("SELECT id FROM orders_file WHERE key = 'two-days' AND platform_id = %s", rider.platform)[0][0]
    for actor, seen in ((me, True), (stranger, False), (SYSTEM, False)):
        with acting_as(actor):
            assert bool(rows("SELECT 1 FROM orders_own_file(%s)", file)) is seen
            assert bool(rows("SELECT 1 FROM orders_own_days(%s, %s)", DAY, NEXT)) is seen
            assert bool(rows("SELECT 1 FROM orders_agreement WHERE platform_id = %s", rider.platform)) is (actor is not stranger)
    with acting_as(me):
        assert not rows("SELECT 1 FROM orders_file WHERE id = %s", file)  # what others have in the file stays unseen


def test_money_withheld_before_the_rider_was_known_points_to_the_entry_that_brought_it(rider: Any) -> None:
    from lingbao.registry.orders.workers import link

    client = identified()
    platform = shop()
    send(platform, "early", f"{DAY},C-1,0,late,4000,,1")
    assert "没有接单记录" in text(client.get("/account/orders/"))
    link(platform, "late", person_of(client), proof="签约记录")
    page = text(client.get(f"/account/orders/{DAY}/{platform}/C-1/"))
    line = re.search(r"/account/statement/\d+/\d+/", page)
    assert "身份确认后转入" in page and line and "+2.00 元" in text(client.get(line[0]))
