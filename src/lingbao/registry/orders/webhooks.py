"""Telling platforms what happened: an outbox in the same transaction, signed, tried again, replayed on request."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from lingbao.law.errors import InputError
from lingbao.registry.errors import NotFound
from lingbao.registry.keys import seal, unseal
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.session import SYSTEM, run_as

SIGNATURE = "Lingbao-Signature"
WINDOW = timedelta(minutes=5)  # a signature older than this is to be refused
PATIENCE = timedelta(hours=72)
LONGEST_WAIT = timedelta(hours=6)
FIRST_WAIT = timedelta(seconds=30)
Sender = Callable[[str, bytes, dict[str, str]], int]


@dataclass(frozen=True)
class Delivered:
    """What became of one delivery: the HTTP status, or 0 when no answer came."""

    event: int
    status: int


def announce(platform_id: int, kind: str, body: str) -> None:
    """Put an event into the outbox of a platform, in the transaction that made it true."""
    rows("WITH event AS (INSERT INTO orders_event (platform_id, type, body) VALUES (%s, %s, %s) RETURNING id, platform_id)"
         " INSERT INTO orders_delivery (event_id, webhook_id, platform_id, next_at)"
         " SELECT event.id, w.id, event.platform_id, clock_timestamp() FROM event"
         " JOIN orders_webhook w ON w.platform_id = event.platform_id AND w.active", [platform_id, kind, body])


def subscribe(platform_id: int, url: str) -> str:
    """Register where a platform wants to be told, and return the secret that signs; it is shown once.

    Raises
    ------
    InputError
        If the address is not https (a sandbox may use http), or carries a user name.
    """
    parts = urlsplit(url)
    sandbox = run_as(SYSTEM, lambda: row("SELECT sandbox FROM orders_platform WHERE id = %s", [platform_id]))
    schemes = ("https", "http") if sandbox and sandbox[0] else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or len(url) > 500:
        raise InputError("orders.webhook_url", value=url[:100], zh="回调地址应为 https:// 开头的网址，不含用户名。",
                         en="A webhook address must be an https:// address without a user name.")
    secret = secrets.token_urlsafe(32)
    run_as(SYSTEM, lambda: rows("INSERT INTO orders_webhook (platform_id, url, secret) VALUES (%s, %s, %s)",
                                [platform_id, url, seal(secret, _about(platform_id, url))]))
    return secret


def signature(secret: str, body: bytes, at: datetime) -> str:
    """Return the header that signs a body: ``t=<seconds>,v1=<HMAC-SHA256 of "seconds.body">``."""
    seconds = str(int(at.timestamp()))
    return f"t={seconds},v1={hmac.digest(secret.encode(), seconds.encode() + b'.' + body, hashlib.sha256).hex()}"


def verified(secret: str, body: bytes, header: str, at: datetime) -> bool:
    """Return whether a header signs this body and is no older than `WINDOW`: what a platform does on its side."""
    fields = dict(part.partition("=")[::2] for part in header.split(","))
    if not fields.get("t", "").isdigit():
        return False
    said = datetime.fromtimestamp(int(fields["t"]), at.tzinfo)
    return abs(at - said) <= WINDOW and hmac.compare_digest(signature(secret, body, said), header)


def deliver(at: datetime, *, send: Sender | None = None, most: int = 100) -> list[Delivered]:
    """Send what is due, each delivery in a transaction of its own; several workers may do this side by side.

    A platform may be told twice, never not at all: it should look at the event's ``id``. After each failure the wait
    doubles, to `LONGEST_WAIT` at most; `PATIENCE` after the event it is given up until someone asks for a replay.
    """
    done = []
    for _ in range(most):
        each = run_as(SYSTEM, lambda: _deliver_next(at, send or post_json))
        if each is None:
            break
        done.append(each)
    return done


def replay(platform_id: int, event: int, at: datetime) -> None:
    """Have an event told again, to every address that is active now.

    Raises
    ------
    NotFound
        If the platform has no such event.
    """
    def work() -> None:
        if row("SELECT 1 FROM orders_event WHERE id = %s AND platform_id = %s", [event, platform_id]) is None:
            raise NotFound("orders.no_event", value=event, zh=f"没有编号为 {event} 的事件。", en=f"There is no event {event}.")
        rows("INSERT INTO orders_delivery (event_id, webhook_id, platform_id, next_at)"
             " SELECT %s, id, platform_id, %s FROM orders_webhook WHERE platform_id = %s AND active"
             " ON CONFLICT (event_id, webhook_id) DO UPDATE SET next_at = excluded.next_at, delivered_at = NULL, tries = 0",
             [event, at, platform_id])

    run_as(SYSTEM, work)


def _deliver_next(at: datetime, send: Sender) -> Delivered | None:
    found = row(
        "SELECT d.event_id, d.webhook_id, d.tries, e.type, e.body, e.at, w.url, w.secret, w.platform_id FROM orders_delivery d"
        " JOIN orders_event e ON e.id = d.event_id JOIN orders_webhook w ON w.id = d.webhook_id"
        " WHERE d.next_at <= %s AND w.active ORDER BY d.next_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED", [at])
    if found is None:
        return None
    event, webhook, tries, kind, text, happened, url, sealed, platform_id = found
    body = json.dumps({"id": event, "type": kind, "at": happened.isoformat(), "data": json.loads(text)},
                      ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", SIGNATURE: signature(unseal(sealed, _about(platform_id, url)), body, at)}
    try:
        status, trouble = send(url, body, headers), None
    except (OSError, HTTPException, ValueError) as error:
        status, trouble = 0, type(error).__name__
    delivered = 200 <= status < 300
    wait = min(FIRST_WAIT * 2**min(tries, 20), LONGEST_WAIT)
    again = None if delivered or at + wait > happened + PATIENCE else at + wait
    rows("UPDATE orders_delivery SET tries = tries + 1, next_at = %s, delivered_at = %s, last_status = %s, last_error = %s"
         " WHERE event_id = %s AND webhook_id = %s", [again, at if delivered else None, status, trouble, event, webhook])
    return Delivered(event, status)


def post_json(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send by HTTP with short limits to a public address, and return the status; redirects are not followed.

    Raises
    ------
    ValueError
        If the name resolves to an address that is not public: nobody steers the registry into its own network.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = str(socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)[0][4][0])
    if not ipaddress.ip_address(address).is_global:
        raise ValueError("not a public address")
    connection = HTTPConnection(parts.hostname or "", port)
    # The address that was looked at is the one that is called, whatever the name means a moment later.
    connection.sock = socket.create_connection((address, port), timeout=10)
    try:
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=parts.hostname)
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _about(platform_id: int, url: str) -> str:
    return f"orders_webhook.secret:{platform_id}:{url}"
