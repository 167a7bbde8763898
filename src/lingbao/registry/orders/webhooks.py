"""Telling platforms what happened: an outbox in the same transaction, signed, and told again on request.

What is due is sent by :mod:`lingbao.registry.orders.webhooks_delivery`.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.keys import seal
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.webhooks_sending import checked_url
from lingbao.registry.session import SYSTEM, run_as

SIGNATURE = "Lingbao-Signature"
WINDOW = timedelta(minutes=5)  # a signature older than this is to be refused
MOST_ADDRESSES = 5  # of one platform at a time


def announce(platform_id: int, kind: str, body: str) -> None:
    """Put an event into the outbox of a platform, in the transaction that made it true."""
    rows("WITH event AS (INSERT INTO orders_event (platform_id, type, body) VALUES (%s, %s, %s) RETURNING id, platform_id)"
         " INSERT INTO orders_delivery (event_id, webhook_id, platform_id, next_at)"
         " SELECT event.id, w.id, event.platform_id, clock_timestamp() FROM event"
         " JOIN orders_webhook w ON w.platform_id = event.platform_id AND w.active", [platform_id, kind, body])


def subscribe(platform_id: int, url: str) -> str:
    """Register where a platform wants to be told, and return the secret that signs; it is shown once.

    An address that was removed may be registered again; its secret is a new one.

    Raises
    ------
    InputError
        If the address is not https (a sandbox may use http), carries a user name, or can never be public.
    Conflict
        If the platform has the address already, or `MOST_ADDRESSES`.
    """
    def work() -> bool:
        rows("SELECT pg_advisory_xact_lock(hashtextextended('orders webhooks', %s))", [platform_id])
        count = row("SELECT count(*) FROM orders_webhook WHERE platform_id = %s AND active AND url <> %s", [platform_id, url])
        if count is not None and count[0] >= MOST_ADDRESSES:
            raise Conflict("orders.webhooks_most", value=MOST_ADDRESSES, where="url", zh=f"一个平台最多 {MOST_ADDRESSES} 个回调地址。请先停用一个。",
                           en=f"A platform has at most {MOST_ADDRESSES} addresses. Remove one first.")
        return bool(rows("UPDATE orders_webhook SET active = true, secret = %s WHERE platform_id = %s AND url = %s AND NOT active RETURNING id",
                         [sealed, platform_id, url])
                    or rows("INSERT INTO orders_webhook (platform_id, url, secret) VALUES (%s, %s, %s) RETURNING id", [platform_id, url, sealed]))

    sandbox = run_as(SYSTEM, lambda: row("SELECT sandbox FROM orders_platform WHERE id = %s", [platform_id]))
    checked_url(url, ("https", "http") if sandbox and sandbox[0] else ("https",))
    secret = secrets.token_urlsafe(32)
    sealed = seal(secret, secret_about(platform_id, url))
    run_as(SYSTEM, work)
    return secret


def remove(platform_id: int, webhook: int) -> None:
    """Tell an address nothing more, at once; its secret is erased, and what waited for it is given up.

    Raises
    ------
    NotFound
        If the platform has no such address in use.
    """
    def work() -> None:
        if not rows("UPDATE orders_webhook SET active = false, secret = '' WHERE platform_id = %s AND id = %s AND active RETURNING id", [platform_id, webhook]):
            raise NotFound("orders.no_webhook", value=webhook, zh=f"没有编号为 {webhook} 的回调地址。", en=f"There is no webhook address {webhook}.")
        rows("UPDATE orders_delivery SET next_at = NULL WHERE webhook_id = %s AND next_at IS NOT NULL", [webhook])

    run_as(SYSTEM, work)


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


def replay(platform_id: int, event: int, at: datetime) -> None:
    """Have an event told again, to every address in use; whatever waited there because no answer came is tried at once, too.

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
        # Whoever asks says that the addresses answer again: none waits any longer for a silence that was.
        rows("UPDATE orders_delivery SET next_at = %s WHERE platform_id = %s AND last_status = 0 AND next_at > %s", [at, platform_id, at])

    run_as(SYSTEM, work)


def secret_about(platform_id: int, url: str) -> str:
    """Return what a sealed secret is bound to."""
    return f"orders_webhook.secret:{platform_id}:{url}"
