"""The worker has money paid back that was not used: asked, checked, sent once, and followed to its end."""

from __future__ import annotations

import re
from typing import Any

import pytest
from account_people import answered, enrolled, identified, paid, person_of, rows, sent, text

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
    assert "不予退款" in shown and "仍有待缴月份" in shown and 'href="/account/complaints/"' in shown
    appeal = re.search(r'href="(/account/appeal/of/refund/\d+/)"', shown)
    assert appeal and client.get(appeal[1]).headers["Location"] == "/account/appeal/says/" and stranger.get(appeal[1]).status_code == 404
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


def test_who_is_no_member_asks_for_what_platforms_transferred_and_two_of_the_agency_pay_it() -> None:
    from made_up import accounts, moved

    from lingbao.law.store import Law
    from lingbao.registry.collection.refunds import approve_refund
    from lingbao.registry.errors import Forbidden
    from lingbao.registry.session import Actor, run_as

    client = identified()
    person = person_of(client)
    bank, = accounts("bank", owner=36, owner_kind="province")
    withheld, payable = accounts("withheld", "refund_payable", owner=person)
    moved((bank, -5_000), (withheld, 5_000))
    assert "50.00" in text(client.get("/account/orders/")) and "50.00" in text(client.get("/account/refunds/"))
    page = answered(client, "refund", ("amount", {"amount": "all"}))
    assert "经银行付给您" in text(page)
    address = sent(client, "refund", page).headers["Location"]
    (number, kind, fen, platform, asker), = rows("SELECT id, kind, amount_fen, platform_id, proposed_by FROM collection_refund_proposal WHERE person_id = %s", person)
    assert (kind, fen, platform) == ("withheld", 5_000, None)
    assert "没有可以退回的钱" in text(client.get("/account/refunds/"))
    own = Actor(asker, "worker", person=person)
    with pytest.raises(Exception) as refused:  # who asked does not approve, by the service or by hand
        run_as(own, lambda: approve_refund(own, Law.load(), number))
    assert getattr(refused.value, "code", "") == "collection.two_actors"
    with pytest.raises(Forbidden):
        run_as(own, lambda: rows("INSERT INTO collection_refund_decision (proposal_id, accepted, request, decided_by) VALUES (%s, true, NULL, %s)", number, asker))
    supervisor = Actor(987_001, "supervisor", province="36")
    assert run_as(supervisor, lambda: approve_refund(supervisor, Law.load(), number))
    assert rows("SELECT id, balance_fen FROM ledger_account WHERE id IN (%s, %s) ORDER BY id", withheld, payable) == sorted([(withheld, 0), (payable, 5_000)])
    assert "银行办理中" in text(client.get(address))
    moved((bank, -700), (withheld, 700))
    enrolled(client)
    assert "没有可以退回的钱" in text(client.get("/account/refunds/")) and client.get("/account/refund/").headers["Location"] == "/account/refunds/"
