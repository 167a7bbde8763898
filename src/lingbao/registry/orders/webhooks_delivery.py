"""Sending what is due: each delivery is claimed in a short transaction, sent outside any, and its outcome written down in another."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException

from lingbao.registry.keys import unseal
from lingbao.registry.orders.tables import rows
from lingbao.registry.orders.webhooks import SIGNATURE, secret_about, signature
from lingbao.registry.orders.webhooks_sending import post_json
from lingbao.registry.session import SYSTEM, run_as

PATIENCE = timedelta(hours=72)
LONGEST_WAIT = timedelta(hours=6)
FIRST_WAIT = timedelta(seconds=30)  # longer than a call may take, so that no claim ends before its call does
ROUND = 15.0  # seconds after which no more is claimed: `at` grows old, and a claim outlives its call only while it is fresh
AT_ONCE = 8  # addresses called side by side
Sender = Callable[[str, bytes, dict[str, str]], int]


@dataclass(frozen=True)
class Delivered:
    """What became of one delivery: the HTTP status, or 0 when no answer came."""

    event: int
    status: int


@dataclass(frozen=True)
class _Claim:
    """A delivery that this process sends: what, where to, and until when nobody else does."""

    event: int
    webhook: int
    url: str
    body: bytes
    headers: dict[str, str]
    until: datetime
    last: bool


def deliver(at: datetime, *, send: Sender | None = None, most: int = 100) -> list[Delivered]:
    """Send what is due; any number of processes may do this side by side, and each delivery is sent by one of them.

    A platform may be told twice, never not at all: it should look at the event's ``id``. Each address is told one event
    after the other, the oldest first, and addresses side by side, so that a slow one holds up nobody else. After each
    failure the wait doubles, to `LONGEST_WAIT` at most; while no answer comes at all, everything else for that address waits
    with it. `PATIENCE` after the event it is given up until someone asks for a replay.

    Parameters
    ----------
    at : datetime.datetime
        The moment for which it is done.
    send : callable, optional
        Takes address, body and headers and returns the HTTP status; the network, unless another is given.
    most : int
        How many at most.
    """
    done: list[Delivered] = []
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        while len(done) < most and time.monotonic() - began < ROUND:
            claims = run_as(SYSTEM, lambda: _claim(at, min(AT_ONCE, most - len(done))))
            if not claims:
                break
            for claim, (status, trouble) in zip(claims, threads.map(lambda each: _sent(send or post_json, each), claims), strict=True):
                run_as(SYSTEM, lambda claim=claim, status=status, trouble=trouble: _note(claim, at, status, trouble))  # type: ignore[misc]
                done.append(Delivered(claim.event, status))
    return done


def _claim(at: datetime, most: int) -> list[_Claim]:
    """Take the oldest event due at each of some addresses: its next attempt is put off before this one is made.

    An address where no answer came is left alone until the delivery that met this is due again.
    """
    found = rows(
        "SELECT d.event_id, w.id, d.tries, d.next_at, e.type, e.body, e.at, w.url, w.secret, w.platform_id FROM orders_webhook w"
        " CROSS JOIN LATERAL (SELECT event_id, tries, next_at FROM orders_delivery WHERE webhook_id = w.id AND next_at <= %s"
        " ORDER BY event_id LIMIT 1) d JOIN orders_event e ON e.id = d.event_id WHERE w.active"
        " AND NOT EXISTS (SELECT FROM orders_delivery s WHERE s.webhook_id = w.id AND s.last_status = 0 AND s.next_at > %s)"
        " ORDER BY d.next_at LIMIT %s FOR UPDATE OF w SKIP LOCKED", [at, at, most])
    claims = []
    for event, webhook, tries, due, kind, text, happened, url, sealed, platform_id in found:
        until = at + min(FIRST_WAIT * 2**min(tries, 20), LONGEST_WAIT)
        mine = rows("UPDATE orders_delivery SET tries = tries + 1, next_at = %s WHERE event_id = %s AND webhook_id = %s AND next_at = %s RETURNING 1",
                    [until, event, webhook, due])
        if mine:  # else another process was quicker
            body = json.dumps({"id": event, "type": kind, "at": happened.isoformat(), "data": json.loads(text)},
                              ensure_ascii=False, separators=(",", ":")).encode()
            headers = {"Content-Type": "application/json", SIGNATURE: signature(unseal(sealed, secret_about(platform_id, url)), body, at)}
            claims.append(_Claim(event, webhook, url, body, headers, until, until > happened + PATIENCE))
    return claims


def _sent(send: Sender, claim: _Claim) -> tuple[int, str | None]:
    try:
        return send(claim.url, claim.body, claim.headers), None
    except (OSError, HTTPException, ValueError) as error:
        return 0, type(error).__name__


def _note(claim: _Claim, at: datetime, status: int, trouble: str | None) -> None:
    """Write down what came of a claim, unless a replay was asked for meanwhile."""
    delivered = 200 <= status < 300
    rows("UPDATE orders_delivery SET next_at = %s, delivered_at = %s, last_status = %s, last_error = %s"
         " WHERE event_id = %s AND webhook_id = %s AND next_at = %s",
         [None if delivered or claim.last else claim.until, at if delivered else None, status, trouble, claim.event, claim.webhook, claim.until])
