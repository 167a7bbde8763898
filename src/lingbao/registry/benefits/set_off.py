"""What was paid too much: set off against coming payments, proposed by one and approved by another, or returned (社会保险经办条例 第四十六条)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.law.store import Law
from lingbao.registry.benefits.claims import POOLS
from lingbao.registry.benefits.refusals import check_returns, second_person, wrong_state
from lingbao.registry.errors import Conflict, Forbidden, NotFound, name_constraint
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning

name_constraint("benefit_set_off_plan_one", Conflict, "benefit.set_off_one", "该待遇已有一个抵扣方案在审批或执行，办完后才能再提。",
                "A plan to set off is under way for this pension; another can follow once it is done.")
name_constraint("benefit_set_off_two_persons", Forbidden, "benefit.two_persons", "抵扣方案须由提出人以外的另一人审批。",
                "A plan must be approved by someone other than who proposed it.")


@dataclass(frozen=True)
class Recovery:
    """What was paid too much.

    Attributes
    ----------
    id, claim, person : int
    province : str
    cause : str
        ``final``: the year's own base came out lower; ``death``: months paid after a death; ``undone``: a death that was
        undone left more paid than was due.
    fen, set_off_fen, returned_fen : int
        Owed, set off so far, and returned to the bank so far [fen].
    pension_fen : int or None
        Monthly payment of the claim now [fen].
    claim_state : str
    undone : bool
        Its cause was registered wrongly, so that nothing of it is owed.
    """

    id: int
    claim: int
    person: int
    province: str
    cause: str
    fen: int
    set_off_fen: int
    returned_fen: int
    pension_fen: int | None
    claim_state: str
    undone: bool

    @property
    def rest_fen(self) -> int:
        """What is still owed [fen]."""
        return 0 if self.undone else self.fen - self.set_off_fen - self.returned_fen


@dataclass(frozen=True)
class Plan:
    """A plan: at most `monthly_fen` of each payment from a month on, until nothing is owed."""

    id: int
    recovery: int
    claim: int
    monthly_fen: int
    from_month: int
    said: str
    proposed_by: int
    proposed_on: date
    state: str
    reason: str
    decided_by: int | None
    decided_on: date | None


def propose(actor: Actor, key: str, recovery: int, *, monthly_fen: int, from_month: int, said: str, today: date) -> dict[str, Any]:
    """Propose to set off what was paid too much.

    Parameters
    ----------
    monthly_fen : int
        Most that a payment gives back; never more than the payment itself, whatever is proposed [fen].
    from_month : int
        First payment that gives back.
    said : str
        What was agreed with the person, or why so much a month.

    Raises
    ------
    InputError
        If the amount is not above nought and at most the pension, or nothing is said.
    Conflict
        If nothing is owed any more, no payment is to come, or a plan is under way.
    """
    def work() -> dict[str, Any]:
        if actor.role not in ("clerk", "supervisor"):
            raise Forbidden("benefit.agency", value=actor.role, zh="抵扣由经办机构提出。", en="The agency proposes a set-off.")
        found = recovery_of(recovery)
        if found.claim_state not in ("provisional", "final") or found.pension_fen is None:
            raise Conflict("benefit.no_payment", value=found.claim_state, zh="该待遇不再发放，无法从以后的待遇中抵扣。",
                           en="This pension is not paid any more, so nothing can be set off against it.")
        if found.rest_fen <= 0:
            raise Conflict("benefit.nothing_owed", value=recovery, zh="多发的部分已经抵扣完。", en="What was paid too much is set off already.")
        if not 0 < monthly_fen <= found.pension_fen:
            raise InputError("benefit.set_off", value=monthly_fen, where="monthly_fen",
                             zh=f"每月抵扣应大于零，且不超过月养老金 {found.pension_fen / 100:.2f} 元。",
                             en=f"So much a month must be above nought and at most the pension of {found.pension_fen / 100:.2f} yuan.")
        if not said.strip():
            raise InputError("benefit.said", where="said", zh="请写明与本人的约定，或按月抵扣这个数的理由。",
                             en="Say what was agreed with the person, or why so much a month.")
        number = returning("INSERT INTO benefit_set_off_plan (recovery_id, claim_id, monthly_fen, from_month, said, proposed_by, proposed_on)"
                            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
                            [recovery, found.claim, monthly_fen, from_month, said, actor.id, today])
        return {"plan": number, "owed_fen": found.rest_fen, "payments": -(-found.rest_fen // monthly_fen), "from": format_month(from_month)}

    return dict(execute(actor, Command("benefits.propose_set_off", key, [recovery, monthly_fen, from_month, said]), work))


def decide(actor: Actor, key: str, plan: int, *, accept: bool, reason: str = "", today: date) -> dict[str, Any]:
    """Approve or refuse a plan, as a supervisor other than who proposed it; payments from then on give back.

    Raises
    ------
    Forbidden
        If the actor proposed it, or is no supervisor.
    InputError
        If a refusal gives no reason.
    Conflict
        If it is decided already.
    """
    def work() -> dict[str, Any]:
        if actor.role != "supervisor":
            raise Forbidden("benefit.supervisor", value=actor.role, zh="抵扣方案由审核人审批。", en="A supervisor decides a plan to set off.")
        found = _plans(f"{_PLAN} WHERE id = %s FOR NO KEY UPDATE", [plan])
        if not found:
            raise _no_plan(plan)
        if found[0].state != "proposed":
            raise wrong_state(found[0].state, "proposed")
        if found[0].proposed_by == actor.id:
            raise second_person(actor.id)
        if not accept and not reason.strip():
            raise InputError("benefit.reason", zh="不批准必须书面说明理由。", en="A refusal needs its reason in writing.")
        state = "approved" if accept else "refused"
        returning("UPDATE benefit_set_off_plan SET state = %s, reason = %s, decided_by = %s, decided_on = %s WHERE id = %s RETURNING id",
                   [state, reason, actor.id, today, plan])
        return {"plan": plan, "state": state}

    return dict(execute(actor, Command("benefits.decide_set_off", key, [plan, accept, reason]), work))


def returned(actor: Actor, key: str, recovery: int, fen: int, *, reference: str, today: date, law: Law | None = None) -> dict[str, Any]:
    """Book what came back to the bank of what was paid too much, such as a pension paid after a death; it goes back to the fund.

    Parameters
    ----------
    fen : int
        Never more than is still owed [fen].
    reference : str
        The bank's own number, booked once.

    Raises
    ------
    Forbidden
        If the actor is no supervisor.
    InputError
        If it is not above nought or more than is owed, or the reference is none.
    Conflict
        If the bank's number is booked already.
    """
    law_hash = (law or Law.load()).hash

    def work() -> dict[str, Any]:
        check_returns(actor, reference)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('benefit recovery', %s))", [recovery])
        found = recovery_of(recovery)
        if not 0 < fen <= found.rest_fen:
            raise InputError("benefit.returned", value=fen, where="fen", zh=f"退回金额应大于零，且不超过还欠的 {found.rest_fen / 100:.2f} 元。",
                             en=f"What came back must be above nought and at most the {found.rest_fen / 100:.2f} yuan still owed.")
        province = found.province
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute("SELECT scheme FROM benefit_claim WHERE id = %s", [found.claim])
            bank, pool = open_accounts([AccountName(kind, "province", int(province), province) for kind in ("bank", POOLS[cursor.fetchone()[0]])])
            entry = post([Draft("pension_returned", [Leg(bank, -fen), Leg(pool, fen)], source=f"bank:{province}:{reference}")], actor=actor.id,
                         law_hash=law_hash, reason=f"多发养老金退回 {recovery}", value_date=today)[0]
        returning("INSERT INTO benefit_return (recovery_id, claim_id, fen, entry_id, actor) VALUES (%s, %s, %s, %s, %s) RETURNING id",
                  [recovery, found.claim, fen, entry, actor.id])
        if fen == found.rest_fen:
            with acting_as(SYSTEM), connection.cursor() as cursor:
                cursor.execute("UPDATE benefit_set_off_plan SET state = 'done' WHERE recovery_id = %s AND state = 'approved'", [recovery])
        return {"recovery": recovery, "entry": entry, "owed_fen": found.rest_fen - fen}

    return dict(execute(actor, Command("benefits.returned", key, [recovery, fen, reference]), work))


_RECOVERY = ("SELECT r.id, r.claim_id, c.person_id, c.province, split_part(r.cause, ':', 1), r.fen, coalesce((SELECT sum(s.fen) FROM benefit_set_off s"
             " JOIN benefit_set_off_plan p ON p.id = s.plan_id WHERE p.recovery_id = r.id), 0)::bigint,"
             " coalesce((SELECT sum(b.fen) FROM benefit_return b WHERE b.recovery_id = r.id), 0)::bigint, c.pension_fen, c.state, r.undone_by IS NOT NULL"
             " FROM benefit_recovery r JOIN benefit_claim c ON c.id = r.claim_id")
WITHOUT_PLAN = ("c.province = coalesce(%s, c.province) AND benefit_rest(r.id) > 0 AND NOT EXISTS (SELECT FROM benefit_set_off_plan p"
                " WHERE p.claim_id = c.id AND p.state IN ('proposed', 'approved'))")
_PLAN = ("SELECT id, recovery_id, claim_id, monthly_fen, from_month, said, proposed_by, proposed_on, state, reason, decided_by, decided_on"
         " FROM benefit_set_off_plan")


def recovery_of(number: int) -> Recovery:
    """Return what was paid too much; `NotFound` if the actor may not know of it."""
    found = _recoveries(f"{_RECOVERY} WHERE r.id = %s", [number])
    if not found:
        raise NotFound("benefit.no_recovery", value=number, zh=f"没有第 {number} 号多发记录，或您无权查看。",
                       en=f"There is no recovery {number}, or you may not see it.")
    return found[0]


def recoveries_of(person: int) -> list[Recovery]:
    """Return what a person was paid too much, the latest first."""
    return _recoveries(f"{_RECOVERY} WHERE c.person_id = %s ORDER BY r.id DESC", [person])


def without_plan(province: str | None, limit: int = 200, after: int = 0) -> list[Recovery]:
    """Return what was paid too much in a province (None: in all one may see), is still owed, and has no plan yet; after a death it can only be returned."""
    return _recoveries(f"{_RECOVERY} WHERE {WITHOUT_PLAN} ORDER BY r.id LIMIT %s OFFSET %s", [province, limit, after])


def queue(province: str | None, limit: int = 200, after: int = 0) -> list[Plan]:
    """Return the plans of a province (None: of all one may see) that wait for a decision, the oldest first."""
    return _plans(f"{_PLAN} p WHERE state = 'proposed' AND EXISTS (SELECT FROM benefit_claim c WHERE c.id = p.claim_id AND c.province = coalesce(%s, c.province))"
                  " ORDER BY proposed_on, id LIMIT %s OFFSET %s", [province, limit, after])


def plan_of(number: int) -> Plan:
    """Return a plan; `NotFound` if the actor may not know of it."""
    found = _plans(f"{_PLAN} WHERE id = %s", [number])
    if not found:
        raise _no_plan(number)
    return found[0]


def plans_of(recovery: int) -> list[Plan]:
    """Return the plans for what was paid too much, the latest first."""
    return _plans(f"{_PLAN} WHERE recovery_id = %s ORDER BY id DESC", [recovery])


def taken_of(claim: int) -> list[tuple[int, int, int, int]]:
    """Return what the payments of a claim gave back: plan, month, amount [fen] and entry, in order of month."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT plan_id, month, fen, entry_id FROM benefit_set_off WHERE claim_id = %s ORDER BY month, plan_id", [claim])
        return list(cursor.fetchall())


def history(person: int) -> list[dict[str, Any]]:
    """Return what a person was paid too much, with plans and what was set off, for the person's own export."""
    return [{**asdict(each), "plans": [asdict(plan) for plan in plans_of(each.id)], "set_off": [list(row) for row in taken_of(each.claim)]}
            for each in recoveries_of(person)]


def _recoveries(sql: str, values: list[Any]) -> list[Recovery]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Recovery(*row) for row in cursor.fetchall()]


def _plans(sql: str, values: list[Any]) -> list[Plan]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Plan(*row) for row in cursor.fetchall()]


def _no_plan(number: int) -> NotFound:
    return NotFound("benefit.no_plan", value=number, zh=f"没有第 {number} 号抵扣方案，或您无权办理。", en=f"There is no plan {number}, or you may not handle it.")
