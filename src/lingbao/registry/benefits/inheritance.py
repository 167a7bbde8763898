"""What the dead person held, made payable to the heirs: every account in both schemes and all provinces, and whatever comes in later.

The money stays in the province that holds it, whose own supervisor pays the heirs' parts of it (社会保险法 第十四条).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.rules.account import inheritable_balance
from lingbao.law.store import Law
from lingbao.registry.collection.holdings import lock_person
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen

ACCOUNTS = ("individual", "resident_account")  # personal accounts, which heirs receive
WAITING = ("suspense", "withheld")  # the person's own money that was not put to a contribution


@dataclass(frozen=True)
class Held:
    """Money of a person in a province: the kind of account, its number, and what it holds [fen]."""

    kind: str
    province: str
    account: int
    fen: int


def held_by(person: int) -> list[Held]:
    """Return the personal accounts and the waiting money of a person in all provinces, where there is any."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT kind, province, id, balance_fen FROM ledger_account WHERE owner_kind = 'person' AND owner_id = %s AND kind = ANY (%s)"
                       " AND balance_fen > 0 ORDER BY province, kind", [person, [*ACCOUNTS, *WAITING]])
        return [Held(kind, province, account, fen(float(inheritable_balance(balance / FEN_PER_YUAN)))) for kind, province, account, balance in cursor.fetchall()]


def owed_before(person: int) -> dict[str, int]:
    """Return what provinces owe a person, no bank was asked to pay, and no heir has a part of yet [fen]."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.province, a.balance_fen"
            " - coalesce((SELECT sum(r.amount_fen) FROM collection_request r WHERE r.kind = 'refund' AND r.person_id = a.owner_id AND r.province = a.province"
            "   AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number)), 0)"
            " - coalesce((SELECT sum(i.fen) FROM benefit_inheritance i JOIN benefit_death d ON d.id = i.death_id AND d.undone_by IS NULL"
            "   WHERE i.person_id = a.owner_id AND i.province = a.province), 0)"
            " + coalesce((SELECT sum(r.amount_fen) FROM benefit_heir_payment p JOIN collection_request r ON r.number = p.request"
            "   JOIN benefit_death d ON d.id = p.death_id AND d.undone_by IS NULL WHERE d.person_id = a.owner_id AND r.province = a.province"
            "   AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number AND m.kind = 'refund_failed')), 0)"
            " - coalesce((SELECT sum(h.fen) FROM benefit_heir_return h JOIN benefit_death d ON d.id = h.death_id AND d.undone_by IS NULL"
            "   WHERE d.person_id = a.owner_id AND h.province = a.province), 0)"
            " FROM ledger_account a WHERE a.kind = 'refund_payable' AND a.owner_kind = 'person' AND a.owner_id = %s", [person])
        return {province: int(free) for province, free in cursor.fetchall() if free > 0}


def check_settled(person: int) -> None:
    """Refuse while a claim waits for its answer or money is on the way between provinces: both change what is left."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM benefit_claim WHERE person_id = %(p)s AND state = 'applied'), EXISTS (SELECT FROM ledger_account"
                       " WHERE kind = 'transit' AND owner_kind = 'person' AND owner_id = %(p)s AND balance_fen <> 0)", {"p": person})
        claimed, moving = cursor.fetchone()
    if claimed:
        raise Conflict("death.claim_open", value=person, zh="该人的待遇申请还没有答复，请先核定或书面不予核定，再登记死亡。",
                       en="A claim of the person waits for its answer; grant or refuse it first, then settle the death.")
    if moving:
        raise Conflict("death.transit", value=person, zh="该人有资金正在跨省转移途中，请先入账或退回，再登记死亡。",
                       en="Money of the person is on the way between provinces; have it booked or sent back first, then settle the death.")


def divide(total_fen: int, shares: Sequence[str]) -> list[int]:
    """Divide fen by shares that make one whole; the fen left over go to the largest remainders, the first of equals first.

    Raises
    ------
    InputError
        If the shares do not make one, or one is not positive.
    """
    try:
        fractions = [Fraction(share) for share in shares]
    except (ValueError, ZeroDivisionError):
        fractions = []
    if sum(fractions) != 1 or min(fractions, default=Fraction(0)) <= 0:
        raise InputError("death.shares", value=", ".join(shares), zh="继承份额应均为正数且合计为 1，例如 1/2、1/4、1/4。",
                         en="Shares must be positive and make one, such as 1/2, 1/4, 1/4.")
    parts = [int(total_fen * share) for share in fractions]
    order = sorted(range(len(parts)), key=lambda i: (-(total_fen * fractions[i] - parts[i]), i))
    for i in order[: total_fen - sum(parts)]:
        parts[i] += 1
    return parts


def make_payable(death: int, person: int, settled_in: str, shares: Sequence[str], *, grants: tuple[AccountName, int] | None, actor: int, law: Law,
                 today: date) -> dict[str, int]:
    """Make all that the person held payable to the heirs, with the grants in the province that settles; return it by province [fen].

    Done again, it takes what has come in since: interest of the year, money that a platform withheld, a payment that the bank gave back.
    """
    lock_person(person)
    found, owed = held_by(person), owed_before(person)
    places = {each.province for each in found} | set(owed) | ({settled_in} if grants else set())
    made = {}
    for place in sorted(places, key=lambda each: (each != settled_in, each)):
        accounts = [each for each in found if each.province == place]
        total = sum(each.fen for each in accounts) + owed.get(place, 0)
        legs = [Leg(each.account, -each.fen) for each in accounts]
        with acting_as(SYSTEM), connection.cursor() as cursor:
            if grants and place == settled_in:
                legs.append(Leg(open_accounts([grants[0]])[0], -grants[1]))
                total += grants[1]
            entry = None
            if legs:
                payable, = open_accounts([AccountName("refund_payable", "person", person, place)])
                cursor.execute("SELECT count(*) FROM benefit_inheritance WHERE death_id = %s", [death])
                entry = post([Draft("inheritance", [*legs, Leg(payable, -sum(leg.fen for leg in legs))], source=f"death:{death}:{cursor.fetchone()[0]}")],
                             actor=actor, law_hash=law.hash, reason="个人账户继承与丧葬抚恤待遇", value_date=today)[0]
            cursor.execute("INSERT INTO benefit_inheritance (death_id, person_id, settled_in, province, fen, parts, entry_id, actor)"
                           " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", [death, person, settled_in, place, total, divide(total, shares), entry, actor])
        made[place] = total
    return made


def inherit_rest(actor: Actor, key: str, person: int, *, today: date, law: Law | None = None) -> dict[str, Any]:
    """Make payable to the heirs, in the same shares, what has come in since the death was settled.

    Raises
    ------
    NotFound
        If no death is settled that the actor may see.
    Conflict
        If nothing has come in.
    """
    law = law or Law.load()

    def work() -> dict[str, Any]:
        lock_person(person)  # an undoing of the death waits, or is seen
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, province, ARRAY(SELECT h->>'share' FROM jsonb_array_elements(heirs) h) FROM benefit_death"
                           " WHERE person_id = %s AND undone_by IS NULL", [person])
            row = cursor.fetchone()
        if row is None:
            raise NotFound("death.none", value=person, zh="没有登记这个人的死亡，或您无权查看。", en="No death of this person is settled, or you may not see it.")
        made = make_payable(row[0], person, row[1], row[2], grants=None, actor=actor.id, law=law, today=today)
        if not made:
            raise Conflict("death.no_rest", value=person, zh="核定之后没有新到账的款项。", en="Nothing has come in since the death was settled.")
        return {"person": person, "fen": sum(made.values()), "provinces": made}

    return execute(actor, Command("benefits.inherit_rest", key, {"person": person, "today": str(today)}), work)


def rest_of(person: int) -> int:
    """Return what has come in since a death was settled and no heir has a part of yet [fen]."""
    return sum(each.fen for each in held_by(person)) + sum(owed_before(person).values())
