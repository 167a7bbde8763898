"""The worker has money paid back that was not used: asked, checked, sent once, and followed to its end."""

from __future__ import annotations

import re
from typing import Any

import pytest
from account_people import answered, enrolled, identified, paid, rows, sent, text

pytestmark = pytest.mark.usefixtures("migrated")


def decided(accepted: bool, reason: str = "") -> None:
    """The latest refund asked for is answered by the agency."""
    rows("INSERT INTO collection_refund_decision (proposal_id, accepted, reason, decided_by) SELECT max(id), %s, %s, 0 FROM collection_refund_proposal", accepted, reason)


def asked_back(client: Any, *pages: tuple[str, dict[str, str]]) -> Any:
    return sent(client, "refund", answered(client, "refund", *pages))


def test_unused_money_is_asked_back_refused_with_a_reason_and_asked_again() -> None:
    client, stranger = identified(), identified()
    enrolled(client)
    paid(client, other="800")
    assert "17.00" in text(client.get("/account/refunds/")) and "没有可以退回的钱" in text(stranger.get("/account/refunds/"))
    page = answered(client, "refund", ("amount", {"amount": "all"}))
    assert "17.00" in text(page) and "原路退回" in text(page)
    once, twice = sent(client, "refund", page), sent(client, "refund", page)
    address = once.headers["Location"]
    assert re.fullmatch(r"/account/refunds/\d+/", address) and twice.headers["Location"] == address
    assert "等待审核" in text(client.get(address)) and stranger.get(address).status_code == 404
    assert client.get("/account/refund/").headers["Location"] == "/account/refunds/"  # all of it is asked for
    decided(False, "仍有待缴月份")
    shown = text(client.get(address))
    assert "不予退款" in shown and "仍有待缴月份" in shown
    again = asked_back(client, ("amount", {"amount": "other"}), ("other", {"other": "7"}))
    assert "7.00" in text(client.get(again.headers["Location"])) and "10.00" in text(client.get("/account/refunds/"))


def test_more_than_waits_is_not_asked_back() -> None:
    client = identified()
    enrolled(client)
    paid(client, other="800")
    client.get("/account/refund/")
    client.post("/account/refund/amount/", {"amount": "other"})
    assert client.post("/account/refund/other/", {"other": "17.01"}).status_code == 422


def test_a_wish_is_withdrawn_on_its_page_while_nobody_has_answered_it() -> None:
    client, stranger = identified(), identified()
    enrolled(client)
    paid(client, other="800")
    address = asked_back(client, ("amount", {"amount": "all"})).headers["Location"]
    page = text(client.get(address))
    key = re.search(r'name="key" value="([0-9a-f]+)"', page)
    assert key and "撤回申请" in page and "没有可以退回的钱" in text(client.get("/account/refunds/"))
    assert stranger.post(address, {"key": key[1], "action": "withdraw"}).status_code == 404
    assert client.post(address, {"key": key[1], "action": "pay"}).status_code == 404
    for _ in range(2):
        assert client.post(address, {"key": key[1], "action": "withdraw"}).headers["Location"] == address
    shown = text(client.get(address))
    assert "已撤回" in shown and "撤回申请" not in shown and "17.00" in text(client.get("/account/refunds/"))
    assert client.post(address, {"key": "another0another0", "action": "withdraw"}).status_code == 409
