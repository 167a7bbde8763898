"""What tests need of people and money: agencies and actors, persons with valid made-up numbers, accounts, postings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

TODAY = date(2026, 11, 21)


def number(serial: int = 1, birth: str = "19800101", division: str = "360100") -> str:
    """A number that passes GB 11643; serial 1 to 999, odd for men."""
    from lingbao.registry.people.identity import check_character

    first = f"{division}{birth}{serial:03d}"
    return first + check_character(first)


def registration(serial: int = 1, name: str = "赵一", province: str = "36", **changes: Any) -> Any:
    from lingbao.registry.people.identity import read_identity_number
    from lingbao.registry.people.persons import Registration

    birth = changes.pop("birth", "19800101")
    fields = {"hukou_kind": "rural", "hukou_province": "36", "residence_province": province, **changes}
    return Registration(read_identity_number(number(serial, birth), today=TODAY), name, **fields)


@dataclass
class Office:
    """The actors of a test."""

    clerk: Any
    colleague: Any
    supervisor: Any
    elsewhere: Any
    auditor: Any
    administrator: Any


def open_office() -> Office:
    """Two agencies, 36 and 44, and an actor of each kind; `elsewhere` is the clerk of 44."""
    from lingbao.registry.people.actors import Agency, actor_numbered, appoint, open_agency
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM):
        here = open_agency(Agency("360100", "36", "南昌市社会保险经办机构", "Nanchang"))
        there = open_agency(Agency("440300", "44", "深圳市社会保险经办机构", "Shenzhen"))
        numbers = [appoint("clerk", "甲", agency=here), appoint("clerk", "乙", agency=here),
                   appoint("supervisor", "丙", agency=here), appoint("clerk", "丁", agency=there),
                   appoint("auditor", "戊"), appoint("administrator", "己")]
        return Office(*(actor_numbered(n, purpose="窗口办理") for n in numbers))


def registered(actor: Any, *args: Any, **kwargs: Any) -> int:
    from lingbao.registry.people.persons import register
    from lingbao.registry.session import acting_as

    with acting_as(actor):
        return register(actor, registration(*args, **kwargs)).person


def worker(person: int) -> Any:
    from lingbao.registry.people.actors import actor_numbered, appoint
    from lingbao.registry.session import SYSTEM, acting_as

    with acting_as(SYSTEM):
        return actor_numbered(appoint("worker", "本人", person=person), purpose="本人查询")


def accounts(*kinds: str, owner: int = 1, province: str = "36", owner_kind: str = "person") -> list[int]:
    """Open one account of each kind."""
    from lingbao.registry.ledger.posting import AccountName, open_accounts
    from lingbao.registry.session import SYSTEM, run_as

    return run_as(SYSTEM, lambda: open_accounts([AccountName(kind, owner_kind, owner, province) for kind in kinds]))


def moved(*legs: tuple[int, int], source: str | None = None, value_date: date = date(2026, 3, 1)) -> int:
    """Post one entry and return its number."""
    from lingbao.registry.ledger.posting import Draft, Leg, post
    from lingbao.registry.session import SYSTEM, run_as

    draft = Draft("contribution", [Leg(account, fen) for account, fen in legs], source=source)
    return run_as(SYSTEM, lambda: post([draft], actor=0, law_hash="law", reason="缴费", value_date=value_date))[0]


def as_owner(text: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Direct SQL as the owner of the tables, whom no policy binds."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []


def under_role(actor: Any, text: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Direct SQL under the actor's role."""
    from lingbao.registry.session import acting_as

    with acting_as(actor):
        return as_owner(text, values)
