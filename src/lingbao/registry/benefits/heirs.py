"""Paying the heirs what a settled death made payable: one heir at a time, each once, by a second person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.registry.benefits.refusals import second_person
from lingbao.registry.collection.refunds import pay_out
from lingbao.registry.errors import Conflict, NotFound, name_constraint
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.session import Actor

name_constraint("benefit_heir_payment_once", Conflict, "death.heir_paid", "这位继承人已经付过，没有重复付款。",
                "This heir was paid before; nothing was paid again.")


@dataclass(frozen=True)
class HeirShare:
    """What an heir receives.

    Attributes
    ----------
    heir : int
        Place among the heirs, from 0.
    name, share : str
        As settled.
    fen : int
        Amount [fen].
    request : str or None
        Number under which the bank was asked to pay; None before.
    outcome : str or None
        What the bank said: ``refunded``, ``refund_failed``; None before.
    """

    heir: int
    name: str
    share: str
    fen: int
    request: str | None
    outcome: str | None


@dataclass(frozen=True)
class Death:
    """A settled death; amounts in fen."""

    number: int
    person: int
    province: str
    died_on: date
    account_fen: int
    funeral_fen: int
    condolence_fen: int
    entry: int | None
    settled_by: int
    heirs: tuple[HeirShare, ...]


def death_of(person: int) -> Death | None:
    """Return how the death of a person was settled, or None."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, person_id, province, died_on, account_fen, funeral_fen, condolence_fen, entry_id, actor, heirs::text"
                       " FROM benefit_death WHERE person_id = %s", [person])
        row = cursor.fetchone()
        if row is None:
            return None
        cursor.execute("SELECT p.heir, p.request, (SELECT m.kind FROM collection_message m WHERE m.number = p.request ORDER BY received_at DESC LIMIT 1)"
                       " FROM benefit_heir_payment p WHERE p.death_id = %s", [row[0]])
        asked = {heir: (request, outcome) for heir, request, outcome in cursor.fetchall()}
    return Death(*row[:9], tuple(
        HeirShare(place, each["name"], each["share"], each["fen"], *asked.get(place, (None, None))) for place, each in enumerate(json.loads(row[9]))))


def pay_heir(actor: Actor, key: str, person: int, heir: int, *, channel: str) -> dict[str, Any]:
    """Ask the bank to pay one heir's part, and return the number under which it is asked.

    Raises
    ------
    NotFound
        If there is no such death or heir for this actor.
    Forbidden
        If the actor settled the death.
    Conflict
        If the heir was paid before.
    """
    def work() -> dict[str, Any]:
        death = death_of(person)
        if death is None or heir >= len(death.heirs):
            raise NotFound("death.no_heir", value=heir, zh="没有这位继承人，或死亡尚未登记。", en="There is no such heir, or the death is not settled.")
        if death.settled_by == actor.id:
            raise second_person(actor.id)
        part = death.heirs[heir]
        if part.request is not None:
            raise Conflict("death.heir_paid", value=heir, zh="这位继承人已经付过，没有重复付款。", en="This heir was paid before; nothing was paid again.")
        number = pay_out(actor, person, death.province, part.fen, channel=channel, proposed_by=death.settled_by)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO benefit_heir_payment (death_id, heir, request, actor) VALUES (%s, %s, %s, %s)",
                           [death.number, heir, number, actor.id])
        return {"request": number, "fen": part.fen}

    return execute(actor, Command("benefits.pay_heir", key, {"person": person, "heir": heir, "channel": channel}), work)
