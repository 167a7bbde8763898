"""A platform is told what happened: signed, until it answers, and again when it asks."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from orders_shop import Shop, open_shop, order

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.orders import webhooks
from lingbao.registry.orders import webhooks_delivery as delivery
from lingbao.registry.orders import webhooks_sending as sending
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
    assert [d.status for d in delivery.deliver(at, send=end)] == [200]
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
    assert delivery.deliver(now(), send=end) == []


def test_a_refused_file_and_a_settlement_are_told(shop: Shop) -> None:
    from datetime import date

    from lingbao.registry.orders import settlement

    webhooks.subscribe(shop.id, URL)
    with pytest.raises(FileRefused):
        shop.send([order("a1")], "k1", rows=2)
    shop.send([order("a1")], "k1")
    settlement.settle(shop.id, "T1", 50, date(2026, 11, 25))
    end = Platform()
    delivery.deliver(now(), send=end)
    assert [json.loads(body)["type"] for _, body, _ in end.told] == ["file.refused", "file.posted", "settlement.matched"]


def test_failures_are_tried_again_with_growing_waits_and_then_given_up(shop: Shop) -> None:
    webhooks.subscribe(shop.id, URL)
    shop.send([order("a1")], "k1")
    end, at, waits = Platform(*[503, OSError, TimeoutError, 404] * 40), now(), []
    begun = at
    while True:
        assert len(delivery.deliver(at, send=end)) == 1
        (again,), = rows("SELECT next_at FROM orders_delivery")
        if again is None:
            break
        assert delivery.deliver(again - timedelta(seconds=1), send=end) == []
        waits.append(again - at)
        at = again
    assert waits[:4] == [delivery.FIRST_WAIT * 2**k for k in range(4)]
    assert max(waits) == delivery.LONGEST_WAIT
    assert delivery.PATIENCE - delivery.LONGEST_WAIT <= at - begun <= delivery.PATIENCE
    assert row("SELECT delivered_at IS NULL, tries FROM orders_delivery") == (True, len(end.told))


def test_an_event_can_be_told_again(shop: Shop) -> None:
    webhooks.subscribe(shop.id, URL)
    shop.send([order("a1")], "k1")
    end = Platform()
    told, = delivery.deliver(now(), send=end)
    webhooks.replay(shop.id, told.event, now())
    assert [d.event for d in delivery.deliver(now() + timedelta(seconds=2), send=end)] == [told.event]
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
    assert delivery.deliver(now(), send=Platform()) == []
    assert row("SELECT count(*) FROM orders_fact")[0] == 0


@pytest.mark.parametrize("url", ["http://platform.example/", "ftp://x/", "https://", "https://user:pass@x.example/", "javascript:1"])
def test_only_https_addresses(shop: Shop, url: str) -> None:
    with pytest.raises(InputError):
        webhooks.subscribe(shop.id, url)
    webhooks.subscribe(shop.id, URL)
    with pytest.raises(Conflict):
        webhooks.subscribe(shop.id, URL)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "[::1]", "localhost",
                                  "[64:ff9b::a9fe:a9fe]", "[2002:7f00:1::]", "[::7f00:1]", "[::ffff:10.0.0.1]", "[2001:0:1::]", "[fe80::1]", "224.0.0.1"])
def test_nobody_steers_the_registry_into_its_own_network(host: str) -> None:
    with pytest.raises(ValueError, match="public"):
        sending.post_json(f"https://{host}/", b"{}", {})


def test_the_secret_is_sealed(shop: Shop) -> None:
    secret = webhooks.subscribe(shop.id, URL)
    assert secret.encode() not in bytes(row("SELECT secret FROM orders_webhook")[0])


@pytest.mark.parametrize("host", ["169.254.169.254", "[::1]", "localhost", "127.1", "0x7f000001", "2130706433", "10.0.0.1:8443", "[64:ff9b::1.2.3.4]",
                                  "[2002:808:808::1]", "printer", "printer.local", "metadata.google.internal.", "router.home.arpa"])
def test_what_can_never_be_public_is_not_registered(shop: Shop, host: str) -> None:
    with pytest.raises(InputError) as refused:
        webhooks.subscribe(shop.id, f"https://{host}/hook")
    assert refused.value.code == "orders.webhook_private"
    assert row("SELECT count(*) FROM orders_webhook") == (0,)


@pytest.mark.parametrize("url", ["https://[::1", "https://x.example:99999/", "https://x.example:0/", "https://x.example/a\r\nHost: y", "https://例.example/"])
def test_what_is_no_address_is_refused_in_words(shop: Shop, url: str) -> None:
    with pytest.raises(InputError):
        webhooks.subscribe(shop.id, url)


def test_public_addresses_pass() -> None:
    assert all(sending.is_public(each) for each in ("8.8.8.8", "2400:3200::1"))
    sending.checked_url("https://8.8.8.8:8443/hook?a=1", ("https",))


def test_a_platform_has_few_addresses_and_may_remove_them(shop: Shop) -> None:
    for number in range(webhooks.MOST_ADDRESSES):
        webhooks.subscribe(shop.id, f"{URL}/{number}")
    with pytest.raises(Conflict) as refused:
        webhooks.subscribe(shop.id, URL)
    assert refused.value.code == "orders.webhooks_most"
    shop.send([order("a1")], "k1")
    (first,) = row("SELECT min(id) FROM orders_webhook")
    with pytest.raises(NotFound):
        webhooks.remove(open_shop("ride").id, first)
    webhooks.remove(shop.id, first)
    with pytest.raises(NotFound):
        webhooks.remove(shop.id, first)
    assert row("SELECT length(secret) FROM orders_webhook WHERE id = %s", [first]) == (0,)
    end = Platform()
    delivery.deliver(now(), send=end)
    assert {url for url, _, _ in end.told} == {f"{URL}/{number}" for number in range(1, webhooks.MOST_ADDRESSES)}
    secret = webhooks.subscribe(shop.id, f"{URL}/0")  # again, under a new secret
    webhooks.replay(shop.id, row("SELECT id FROM orders_event")[0], now())
    delivery.deliver(now() + timedelta(seconds=2), send=end)
    body, headers = next((body, headers) for url, body, headers in end.told if url == f"{URL}/0")
    assert webhooks.verified(secret, body, headers[webhooks.SIGNATURE], now())


def test_two_processes_send_one_delivery_once_and_hold_no_transaction_meanwhile(shop: Shop) -> None:
    from django.db import connection

    webhooks.subscribe(shop.id, URL)
    shop.send([order("a1")], "k1")
    at, end, seen = now(), Platform(), []

    def slow(url: str, body: bytes, headers: dict[str, str]) -> int:
        seen.append(connection.in_atomic_block)
        other = threading.Thread(target=lambda: (seen.append(delivery.deliver(at, send=end)), connection.close()))
        other.start()
        other.join()
        seen.append(rows("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"))
        connection.close()
        return 200

    assert [each.status for each in delivery.deliver(at, send=slow)] == [200]
    assert seen == [False, [], [(0,)]] and end.told == []


def test_a_replay_asked_for_while_it_is_sent_is_not_lost(shop: Shop) -> None:
    from django.db import connection

    webhooks.subscribe(shop.id, URL)
    shop.send([order("a1")], "k1")
    at = now()

    def replays(url: str, body: bytes, headers: dict[str, str]) -> int:
        webhooks.replay(shop.id, json.loads(body)["id"], at + timedelta(seconds=1))
        connection.close()
        return 200

    delivery.deliver(at, send=replays)
    assert len(delivery.deliver(at + timedelta(seconds=2), send=Platform())) == 1


def test_an_address_without_answer_holds_up_nobody_else(shop: Shop) -> None:
    other = open_shop("ride")
    webhooks.subscribe(shop.id, URL)
    webhooks.subscribe(other.id, f"{URL}/ride")
    for number in range(3):
        shop.send([order(f"a{number}")], f"k{number}")
        other.send([order(f"b{number}")], f"k{number}")

    class Dead(Platform):
        def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
            super().__call__(url, body, headers)
            if url == URL:
                raise TimeoutError("no answer in time")
            return 200

    end, at = Dead(), now()
    delivery.deliver(at, send=end)
    assert sorted(url for url, _, _ in end.told) == [URL, *[f"{URL}/ride"] * 3]
    shop.send([order("late")], "late")
    assert delivery.deliver(at + delivery.FIRST_WAIT / 2, send=end) == [], "a new event waits with the others"
    delivery.deliver(at + delivery.FIRST_WAIT, send=end)
    assert delivery.deliver(at + 2 * delivery.FIRST_WAIT, send=end) == [], "the wait has doubled for the address as a whole"
    assert len({json.loads(body)["id"] for url, body, _ in end.told if url == URL}) == 1, "it is the oldest event that finds out"
    webhooks.replay(shop.id, row("SELECT max(id) FROM orders_event WHERE platform_id = %s", [shop.id])[0], at + 2 * delivery.FIRST_WAIT)
    assert len(delivery.deliver(at + 2 * delivery.FIRST_WAIT, send=Platform())) == 4, "asked for, all are told at once"


@pytest.fixture
def drip() -> Iterator[int]:
    """A server that sends a byte of its answer now and then and never comes to an end."""
    door, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def serve() -> None:
        guest, _ = door.accept()
        with guest:
            guest.recv(4096)
            while not over.wait(0.1):
                try:
                    guest.sendall(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield door.getsockname()[1]
    over.set()
    door.close()
    thread.join()


def test_a_slow_answer_ends_at_the_deadline(drip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "is_public", lambda address: True)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        sending.post_json(f"http://127.0.0.1:{drip}/", b"{}", {}, deadline=0.5)
    assert time.monotonic() - began < 3


def test_platforms_are_told_without_a_night_between(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from lingbao.web.desk import worker
    from lingbao.web.platform import telling

    webhooks.subscribe(shop.id, URL)
    shop.send([order("a1")], "k1")
    end, stopping, begin, threads = Platform(503), threading.Event(), telling.begin, []
    monkeypatch.setattr(delivery, "post_json", end)
    monkeypatch.setattr(delivery, "FIRST_WAIT", timedelta(seconds=0.2))
    monkeypatch.setattr(telling, "PAUSE", 0.1)
    monkeypatch.setattr(telling, "begin", lambda: threads.append(begin(stopping)))
    worker.first()
    until = time.monotonic() + 30
    while not rows("SELECT 1 FROM orders_delivery WHERE delivered_at IS NOT NULL") and time.monotonic() < until:
        time.sleep(0.05)
    stopping.set()
    threads[0].join()
    assert len(end.told) == 2, "refused once, and told again after the first wait"
