"""What the console shows, read under the rights of the platform's engineer."""

from __future__ import annotations

from typing import Any

from lingbao.registry.errors import NotFound
from lingbao.registry.orders.codes import ROW_CODES
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.session import Actor, run_as

MOST = 200


def _read(actor: Actor, names: tuple[str, ...], sql: str, values: list[Any]) -> list[dict[str, Any]]:
    return [dict(zip(names, line, strict=True)) for line in run_as(actor, lambda: rows(sql, values))]


def keys(actor: Actor) -> list[dict[str, Any]]:
    """Return the keys of the platform; their secrets are not kept."""
    return _read(actor, ("key_id", "issued_at", "expires_at", "revoked_at"),
                 "SELECT key_id, issued_at, expires_at, revoked_at FROM orders_credential WHERE platform_id = %s ORDER BY issued_at DESC", [actor.platform])


def own_key(actor: Actor, key_id: str) -> str:
    """Return the key's id if it is the platform's own.

    Raises
    ------
    NotFound
    """
    if run_as(actor, lambda: row("SELECT 1 FROM orders_credential WHERE key_id = %s AND platform_id = %s", [key_id, actor.platform])) is None:
        raise NotFound("orders.no_key", value=key_id, zh="没有这个密钥。", en="There is no such key.")
    return key_id


def files(actor: Actor) -> list[dict[str, Any]]:
    """Return the files taken, the newest first."""
    return _read(actor, ("file", "key", "rows", "posted", "duplicates", "conflicts", "rejected", "unknown", "withheld_fen", "received_at"),
                 "SELECT id, key, rows, posted, duplicates, conflicts, rejected, unknown, withheld_fen, received_at FROM orders_file"
                 " WHERE platform_id = %s ORDER BY id DESC LIMIT %s", [actor.platform, MOST])


def refusals(actor: Actor) -> list[dict[str, Any]]:
    """Return the files refused as a whole, the newest first."""
    return _read(actor, ("key", "code", "zh", "en", "at"),
                 "SELECT key, code, zh, en, at FROM orders_refusal WHERE platform_id = %s ORDER BY id DESC LIMIT 20", [actor.platform])


def file(actor: Actor, number: int) -> dict[str, Any]:
    """Return one file with what was wrong, row by row.

    Raises
    ------
    NotFound
    """
    found = next(iter(_read(actor, ("file", "key", "rows", "posted", "duplicates", "conflicts", "rejected", "unknown", "exempt", "income_fen", "withheld_fen", "received_at"),
                            "SELECT id, key, rows, posted, duplicates, conflicts, rejected, unknown, exempt, income_fen, withheld_fen, received_at"
                            " FROM orders_file WHERE platform_id = %s AND id = %s", [actor.platform, number])), None)
    if found is None:
        raise NotFound("orders.no_file", value=number, zh=f"没有编号为 {number} 的文件。", en=f"There is no file {number}.")
    wrong = _read(actor, ("row", "code", "field", "value"), "SELECT row, code, field, value FROM orders_rejection WHERE platform_id = %s AND file_id = %s"
                  " ORDER BY row, code LIMIT %s", [actor.platform, number, MOST])
    clashes = _read(actor, ("row", "order", "recorded", "sent"), "SELECT row, order_number || '/' || sequence, recorded, sent FROM orders_conflict"
                    " WHERE platform_id = %s AND file_id = %s ORDER BY row LIMIT %s", [actor.platform, number, MOST])
    return {**found, "most": MOST, "more": MOST in (len(wrong), len(clashes)), "wrong": [{**line, "reason": ROW_CODES[line["code"]]} for line in wrong], "clashes": clashes}


def webhooks(actor: Actor) -> list[dict[str, Any]]:
    """Return the addresses in use."""
    return _read(actor, ("id", "url"), "SELECT id, url FROM orders_webhook WHERE platform_id = %s AND active ORDER BY id", [actor.platform])


def events(actor: Actor) -> list[dict[str, Any]]:
    """Return what happened and how far the telling has come, the newest first."""
    return _read(actor, ("id", "type", "at", "delivered", "waiting", "last_status"),
                 "SELECT e.id, e.type, e.at, count(d.delivered_at), count(d.next_at), max(d.last_status) FROM orders_event e LEFT JOIN orders_delivery d"
                 " ON d.event_id = e.id WHERE e.platform_id = %s GROUP BY e.id ORDER BY e.id DESC LIMIT 50", [actor.platform])
