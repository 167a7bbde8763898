"""Paying the heirs what a settled death made payable: one heir at a time, out of one province, by a second person; what failed again; what one gave back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.benefits.refusals import check_returns, second_person
from lingbao.registry.collection.holdings import lock_person
from lingbao.registry.collection.refunds import pay_out
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning


@dataclass(frozen=True)
class HeirShare:
    """What an heir receives out of a province.

    Attributes
    ----------
    heir : int
        Place among the heirs, from 0.
    name, share : str
        As settled.
    province : str
        That holds the money and pays it.
    fen, open_fen, paid_fen, back_fen : int
        The heir's part, what of it no bank has paid or was asked to pay, what was paid and not given back, and what was given back [fen].
    request : str or None
        Number under which the bank was asked last; None before.
    outcome : str or None
        What the bank said of that: ``refunded``, ``refund_failed``; None before.
    """

    heir: int
    name: str
    share: str
    province: str
    fen: int
    open_fen: int
    paid_fen: int
    back_fen: int
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
    settled_by: int
    entries: tuple[int, ...]
    heirs: tuple[HeirShare, ...]


def death_of(person: int) -> Death | None:
    """Return how the death of a person was settled, or None; an agency sees what its own province pays, the one that settled it everything."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, person_id, province, died_on, account_fen, funeral_fen, condolence_fen, actor,"
                       " ARRAY(SELECT h->>'name' FROM jsonb_array_elements(heirs) h), ARRAY(SELECT h->>'share' FROM jsonb_array_elements(heirs) h)"
                       " FROM benefit_death WHERE person_id = %s AND undone_by IS NULL", [person])
        row = cursor.fetchone()
        if row is None:
            return None
        *facts, names, shares = row
        cursor.execute("SELECT province, parts, entry_id FROM benefit_inheritance WHERE death_id = %s ORDER BY province <> %s, province, id", [row[0], row[2]])
        made = cursor.fetchall()
    with acting_as(SYSTEM), connection.cursor() as cursor:  # what another province has paid is told to the one that settled
        cursor.execute("SELECT p.heir, r.province, r.number, r.amount_fen, (SELECT m.kind FROM collection_message m WHERE m.number = r.number"
                       " ORDER BY received_at DESC LIMIT 1) FROM benefit_heir_payment p JOIN collection_request r ON r.number = p.request"
                       " WHERE p.death_id = %s ORDER BY p.at", [row[0]])
        asked = cursor.fetchall()
        cursor.execute("SELECT heir, province, sum(fen)::bigint FROM benefit_heir_return WHERE death_id = %s GROUP BY 1, 2", [row[0]])
        back = {(province, heir): fen for heir, province, fen in cursor.fetchall()}
    parts: dict[tuple[str, int], int] = defaultdict(int)
    for province, each, _ in made:
        for heir, fen in enumerate(each):
            parts[province, heir] += fen
    taken: dict[tuple[str, int], int] = defaultdict(int)
    paid: dict[tuple[str, int], int] = defaultdict(int)
    last: dict[tuple[str, int], tuple[str, str | None]] = {}
    for heir, province, number, fen, outcome in asked:
        taken[province, heir] += 0 if outcome == "refund_failed" else fen
        paid[province, heir] += fen if outcome == "refunded" else 0
        last[province, heir] = (number, outcome)
    return Death(*facts, tuple(entry for *_, entry in made if entry is not None), tuple(
        HeirShare(heir, names[heir], shares[heir], province, fen, fen - taken[province, heir] + back.get((province, heir), 0),
                  paid[province, heir] - back.get((province, heir), 0), back.get((province, heir), 0), *last.get((province, heir), (None, None)))
        for (province, heir), fen in parts.items()))


def waiting(province: str | None) -> list[tuple[int, date, str, int]]:
    """Return the deaths of which a province (None: any one may see) has still to pay heirs: person, day of death, province, amount [fen]."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, died_on, province, open FROM (SELECT d.person_id, d.died_on, i.province, (sum(i.fen) - coalesce((SELECT sum(r.amount_fen)"
            " FROM benefit_heir_payment p JOIN collection_request r ON r.number = p.request WHERE p.death_id = d.id AND r.province = i.province"
            " AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number AND m.kind = 'refund_failed')), 0)"
            " + coalesce((SELECT sum(h.fen) FROM benefit_heir_return h WHERE h.death_id = d.id AND h.province = i.province), 0))::bigint AS open"
            " FROM benefit_inheritance i JOIN benefit_death d ON d.id = i.death_id AND d.undone_by IS NULL WHERE i.province = coalesce(%s, i.province)"
            " GROUP BY d.id, i.province) each WHERE open > 0 ORDER BY died_on, person_id, province LIMIT 500", [province])
        return list(cursor.fetchall())


def give_back(actor: Actor, key: str, person: int, heir: int, fen: int, *, reference: str, today: date, law: Law | None = None) -> dict[str, Any]:
    """Book what an heir gave back to the bank of the actor's province; it is payable again, or the death can be undone.

    Parameters
    ----------
    fen : int
        Never more than the heir was paid there [fen].
    reference : str
        The bank's own number, booked once.

    Raises
    ------
    Forbidden
        If the actor is no supervisor.
    NotFound
        If there is no such death or heir for this actor.
    InputError
        If it is not above nought or more than was paid, or the reference is none.
    Conflict
        If the bank's number is booked already.
    """
    law_hash = (law or Law.load()).hash

    def work() -> dict[str, Any]:
        check_returns(actor, reference)
        lock_person(person)
        death, part = _part(actor, person, heir)
        if not 0 < fen <= part.paid_fen:
            raise InputError("death.given_back", value=fen, where="fen", zh=f"退回金额应大于零，且不超过已付给这位继承人的 {part.paid_fen / 100:.2f} 元。",
                             en=f"What came back must be above nought and at most the {part.paid_fen / 100:.2f} yuan paid to this heir.")
        province = part.province
        with acting_as(SYSTEM):
            bank, payable = open_accounts([AccountName("bank", "province", int(province), province), AccountName("refund_payable", "person", person, province)])
            entry = post([Draft("heir_returned", [Leg(bank, -fen), Leg(payable, fen)], source=f"bank:{province}:{reference}")], actor=actor.id,
                         law_hash=law_hash, reason="继承人退回已付款项", value_date=today)[0]
        returning("INSERT INTO benefit_heir_return (death_id, heir, province, fen, entry_id, actor) VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
                  [death.number, heir, province, fen, entry, actor.id])
        return {"person": person, "heir": heir, "entry": entry, "paid_fen": part.paid_fen - fen}

    return dict(execute(actor, Command("benefits.heir_gave_back", key, {"person": person, "heir": heir, "fen": fen, "reference": reference}), work))


def _part(actor: Actor, person: int, heir: int) -> tuple[Death, HeirShare]:
    """Return a settled death, and what an heir receives of it in the actor's province."""
    death = death_of(person)
    part = next((each for each in death.heirs if each.heir == heir and each.province == actor.province), None) if death else None
    if death is None or part is None:
        raise NotFound("death.no_heir", value=heir, zh="没有这位继承人，或死亡尚未登记，或本省没有应付的款项。",
                       en="There is no such heir, or the death is not settled, or this province owes nothing.")
    return death, part


def _check_stands(person: int) -> None:
    """Refuse a payment while it is asked that the death be undone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM benefit_death_undoing WHERE person_id = %s AND state = 'proposed')", [person])
        if cursor.fetchone()[0]:
            raise Conflict("death.undoing_waits", value=person, zh="有人申请撤销这项死亡登记，正在等待审批；答复以前不付款。",
                           en="It is asked that this death be undone; nothing is paid before that is answered.")


def pay_heir(actor: Actor, key: str, person: int, heir: int, *, channel: str) -> dict[str, Any]:
    """Ask the bank to pay one heir's part in the actor's province, and return the number under which it is asked.

    Raises
    ------
    NotFound
        If there is no such death or heir for this actor, or nothing to pay in this province.
    Forbidden
        If the actor settled the death.
    Conflict
        If all of it was paid before, the bank has not answered yet, or it is asked that the death be undone.
    """
    def work() -> dict[str, Any]:
        lock_person(person)
        _check_stands(person)
        death, part = _part(actor, person, heir)
        if death.settled_by == actor.id:
            raise second_person(actor.id)
        if part.open_fen <= 0:
            raise Conflict("death.heir_paid", value=heir, zh="这位继承人已经付过，没有重复付款。", en="This heir was paid before; nothing was paid again.")
        number = pay_out(actor, person, part.province, part.open_fen, channel=channel, proposed_by=death.settled_by)
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO benefit_heir_payment (death_id, heir, request, actor) VALUES (%s, %s, %s, %s)",
                           [death.number, heir, number, actor.id])
        return {"request": number, "fen": part.open_fen}

    return execute(actor, Command("benefits.pay_heir", key, {"person": person, "heir": heir, "channel": channel}), work)
