"""What the auditor reads and the administrator keeps: findings, digests, the access log; actors without personal data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from lingbao.registry.audit_results import Result, results
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.digests import digests
from lingbao.registry.orders.tables import rows
from lingbao.registry.session import SYSTEM, Actor, run_as

MOST = 200
CHAIN = ("ledger.digest", "ledger.chain")


def audits(actor: Actor) -> list[Result]:
    """Return the results of the last audits, the newest first; what is recomputed takes long, so it is read, not redone."""
    return run_as(actor, results)


def findings(actor: Actor) -> dict[str, Any]:
    """Return the last audit: when it was, what it recomputed, and what does not hold; no time where there was none yet."""
    found = audits(actor)
    if not found:
        return {"audit": None, "finished_at": None, "checks": [], "findings": []}
    last = found[0]
    return {"audit": last.number, "finished_at": last.finished_at, "checks": list(last.checks), "findings": [asdict(each) for each in last.findings]}


def chain(actor: Actor) -> dict[str, Any]:
    """Return the digests of the closed days, and those that did not hold when the last audit recomputed them."""
    days = run_as(actor, digests)
    return {"days": [asdict(each) for each in days][-MOST:], "broken": [each for each in findings(actor)["findings"] if each["code"] in CHAIN]}


def refused_readings(actor: Actor) -> list[dict[str, Any]]:
    """Return who was refused for reading too many people's data in an hour, the latest first."""
    names = ("at", "actor", "role", "persons", "read_in_hour", "purpose")
    return [dict(zip(names, line, strict=True)) for line in run_as(actor, lambda: rows(
        f"SELECT at, actor, role, persons, read_in_hour, purpose FROM people_reading_refusal ORDER BY id DESC LIMIT {MOST}"))]


def missed_searches(actor: Actor) -> list[dict[str, Any]]:
    """Return who looked for identity numbers that nobody has to this day, by hour and purpose, the latest first."""
    names = ("at", "actor", "role", "searches", "purpose")
    return [dict(zip(names, line, strict=True)) for line in run_as(actor, lambda: rows(
        "SELECT max(at), actor, role, count(*), purpose FROM people_search_miss m"
        " WHERE NOT EXISTS (SELECT FROM people_person p WHERE p.identity_index = m.number_index) GROUP BY date_trunc('hour', at), actor, role, purpose"
        f" ORDER BY max(at) DESC LIMIT {MOST}"))]


def accesses(actor: Actor, person: int | None = None) -> list[dict[str, Any]]:
    """Return who read or changed whose data, the latest first, of one person or of all."""
    names = ("id", "at", "actor", "role", "agency", "person", "action", "fields", "purpose")
    return [dict(zip(names, line, strict=True)) for line in run_as(actor, lambda: rows(
        "SELECT id, at, actor, role, agency, person_id, action, fields, purpose FROM people_access WHERE coalesce(%s, person_id) = person_id"
        f" ORDER BY id DESC LIMIT {MOST}", [person]))]


_ACTORS = "SELECT id, role, login, name, agency_id, platform_id, active FROM people_actor WHERE role <> 'worker'"


def actors(actor: Actor, *, after: int = 0, most: int = MOST) -> list[dict[str, Any]]:
    """Return so many staff and platform accounts after those before them; workers are no business of the administrator."""
    return _actors(actor, f"{_ACTORS} ORDER BY id LIMIT %s OFFSET %s", [most, after])


def actors_in_all(actor: Actor) -> int:
    """Return how many staff and platform accounts there are."""
    return int(run_as(actor, lambda: rows("SELECT count(*) FROM people_actor WHERE role <> 'worker'"))[0][0])


def _actors(actor: Actor, sql: str, values: list[Any]) -> list[dict[str, Any]]:
    names = ("id", "role", "login", "name", "agency", "platform", "active")
    return [dict(zip(names, line, strict=True)) for line in run_as(actor, lambda: rows(sql, values))]


def account(actor: Actor, number: int) -> dict[str, Any]:
    """Return one of these accounts.

    Raises
    ------
    NotFound
    """
    found = _actors(actor, f"{_ACTORS} AND id = %s", [number])
    if not found:
        raise NotFound("desk.no_actor", value=number, zh=f"没有编号为 {number} 的身份。", en=f"There is no actor {number}.")
    return found[0]


def names(numbers: Iterable[int]) -> dict[int, str]:
    """Return what staff and platform accounts are called, by number; those of workers are left out."""
    wanted = sorted(set(numbers))
    return dict(run_as(SYSTEM, lambda: rows("SELECT id, name FROM people_actor WHERE id = ANY(%s) AND role <> 'worker'", [wanted])))  # type: ignore[arg-type]


def limits(actor: Actor) -> tuple[dict[int, str], dict[int, str]]:
    """Return agencies and platforms by number, as they are called."""
    agencies = run_as(actor, lambda: rows("SELECT id, name FROM people_agency ORDER BY code"))
    platforms = run_as(SYSTEM, lambda: rows("SELECT id, code || ' ' || name_zh FROM orders_platform ORDER BY code"))
    return dict(agencies), dict(platforms)  # type: ignore[arg-type]
