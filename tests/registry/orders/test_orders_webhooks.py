"""A platform is told what happened: signed, until it answers, and again when it asks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from orders_shop import Shop, open_shop, order

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.orders import webhooks
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.unpacking import FileRefused

URL = "https://platform.example/hooks"


class Platform:
    """The platform's end: what it was told, and what it answers."""

    def __init__(self, *answers: int | type[Exception]) -> None:
        self.answers, self.told = list(answers), []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.told.append((url, body, headers))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, int):
            return answer
        raise answer("no answer")


def now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=1)


def test_a_posted_file_is_told_once_and_signed(shop: Shop) -> None:
    secret = webhooks.subscribe(shop.id, URL)
    answer = shop.send([order("a1")], "k1")
    shop.send([order("a1")], "k1")
    end, at = Platform(), now()
    assert [d.status for d in webhooks.deliver(at, send=end)] == [200]
    (url, body, headers), = end.told
    said = json.loads(body)
    assert (url, said["type"], said["data"]["file"], said["data"]["posted"]) == (URL, "file.posted", answer.file, 1)
    header = headers[webhooks.SIGNATURE]
    assert webhooks.verified(secret, body, header, at + timedelta(minutes=4))
    assert not webhooks.verified(secret, body, header, at + timedelta(minutes=6))  # recorded and sent again later
    assert not webhooks.verified(secret, body + b" ", header, at)
    assert not webhooks.verified("another", body, header, at)
    assert not webhooks.verified(secret, body, header.replace("t=", "t=1"), at)
    assert not webhooks.verified(secret, body, "nonsense", at)
    assert webhooks.deliver(now(), send=end) == []


def test_a_refused_file_and_a_settlement_are_told(shop: Shop) -> None:
    from datetime import date

    from lingbao.registry.orders import settlement

    webhooks.subscribe(shop.id, URL)
    with pytest.raises(FileRefused):
        shop.send([order("a1")], "k1", rows=2)
    shop.send([order("a1")], "k1")
    settlement.settle(shop.id, "T1", 50, date(2026, 11, 25))
    end = Platform()
    webhooks.deliver(now(), send=end)
    assert [json.loads(body)["type"] for _, body, _ in end.told] == ["file.refused", "file.posted", "settlement.matched"]


def test_failures_are_tried_again_with_growing_waits_and_then_given_up(shop: Shop) -> None:
    webhooks.subscribe(shop.id, URL)
    shop.send([order("a1")], "k1")
    end, at, waits = Platform(*[503, OSError, TimeoutError, 404] * 40), now(), []
    begun = at
    while True:
        assert len(webhooks.deliver(at, send=end)) == 1
        (again,), = rows("SELECT next_at FROM orders_delivery")
        if again is None:
            break
        assert webhooks.deliver(again - timedelta(seconds=1), send=end) == []
        waits.append(again - at)
        at = again
    assert waits[:4] == [webhooks.FIRST_WAIT * 2**k for k in range(4)]
    assert max(waits) == webhooks.LONGEST_WAIT
    assert webhooks.PATIENCE - webhooks.LONGEST_WAIT <= at - begun <= webhooks.PATIENCE
    assert row("SELECT delivered_at IS NULL, tries FROM orders_delivery") == (True, len(end.told))


def test_an_event_can_be_told_again(shop: Shop) -> None:
    webhooks.subscribe(shop.id, URL)
    shop.send([order("a1")], "k1")
    end = Platform()
    told, = webhooks.deliver(now(), send=end)
    webhooks.replay(shop.id, told.event, now())
    assert [d.event for d in webhooks.deliver(now() + timedelta(seconds=2), send=end)] == [told.event]
    assert end.told[0][1] == end.told[1][1]
    with pytest.raises(NotFound):
        webhooks.replay(open_shop("ride").id, told.event, now())


def test_the_event_is_part_of_the_transaction(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.registry.orders import taking

    webhooks.subscribe(shop.id, URL)

    def fails(*words: object) -> None:
        webhooks.announce(shop.id, "file.posted", "{}")
        raise RuntimeError("after the event")

    monkeypatch.setattr(taking, "announce", fails)
    with pytest.raises(RuntimeError):
        shop.send([order("a1")], "k1")
    assert webhooks.deliver(now(), send=Platform()) == []
    assert row("SELECT count(*) FROM orders_fact")[0] == 0


@pytest.mark.parametrize("url", ["http://platform.example/", "ftp://x/", "https://", "https://user:pass@x.example/", "javascript:1"])
def test_only_https_addresses(shop: Shop, url: str) -> None:
    with pytest.raises(InputError):
        webhooks.subscribe(shop.id, url)
    webhooks.subscribe(shop.id, URL)
    with pytest.raises(Conflict):
        webhooks.subscribe(shop.id, URL)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "[::1]", "localhost"])
def test_nobody_steers_the_registry_into_its_own_network(host: str) -> None:
    with pytest.raises(ValueError, match="public"):
        webhooks.post_json(f"https://{host}/", b"{}", {})


def test_the_secret_is_sealed(shop: Shop) -> None:
    secret = webhooks.subscribe(shop.id, URL)
    assert secret.encode() not in bytes(row("SELECT secret FROM orders_webhook")[0])
