"""Wishes that money leave, or that a contribution be taken back: what may be asked for, who asked, and where it stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from lingbao.law.month import parse_month
from lingbao.registry.collection.contributions import check_kept, contribution_of
from lingbao.registry.collection.holdings import book_day
from lingbao.registry.collection.settling import asked_back, left_to_heirs
from lingbao.registry.enrolment.membership import members_on
from lingbao.registry.errors import Conflict, NotFound, name_constraint
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning

name_constraint("collection_refund_decision_pkey", Conflict, "collection.answered", "这项申请已经办结。", "This request is answered already.")
Kind = Literal["suspense", "owed", "withheld"]
ACCOUNTS: dict[str, str] = {"suspense": "suspense", "owed": "refund_payable", "withheld": "withheld"}  # where the money of a kind lies


@dataclass(frozen=True)
class Proposal:
    """A wish that money leave, or that a contribution be taken back, with its answer.

    Attributes
    ----------
    kind : str
        ``suspense`` (paid too much), ``owed`` (such as a subsidy), ``withheld`` (transferred by a platform for someone who is no
        member) or ``contribution`` (paid in error: back to where the money was).
    contribution : int or None
        The entry to be taken back.
    platform : int or None
        The platform that asked, where one did.
    accepted : bool or None
        None while it waits.
    withdrawn : bool or None
        Taken back by who asked.
    answer : str
        Why it is refused.
    request, outcome : str or None
        Under which the bank was asked, and what it said: ``refunded`` or ``refund_failed``.
    """

    id: int
    person: int
    province: str
    kind: str
    channel: str
    amount_fen: int
    reason: str
    proposed_by: int
    proposed_at: datetime
    contribution: int | None
    platform: int | None
    accepted: bool | None
    withdrawn: bool | None
    answer: str | None
    request: str | None
    outcome: str | None

    @property
    def state(self) -> str:
        """``waiting``, ``withdrawn``, ``refused``, ``taken_back``, ``asked`` (of the bank), ``paid`` or ``failed``."""
        if self.accepted is None:
            return "waiting"
        if not self.accepted:
            return "withdrawn" if self.withdrawn else "refused"
        if self.request is None:
            return "taken_back"
        return {None: "asked", "refunded": "paid"}.get(self.outcome, "failed")


_PROPOSAL = ("SELECT p.id, p.person_id, p.province, p.kind, p.channel, p.amount_fen, p.reason, p.proposed_by, p.proposed_at, p.contribution,"
             " p.platform_id, d.accepted, d.withdrawn, d.reason, d.request, (SELECT m.kind FROM collection_message m WHERE m.number = d.request ORDER BY m.received_at DESC LIMIT 1)"
             " FROM collection_refund_proposal p LEFT JOIN collection_refund_decision d ON d.proposal_id = p.id")


def proposals_of(person: int) -> list[Proposal]:
    """Return the proposals that concern a person, the latest first."""
    return _proposals("p.person_id = %s ORDER BY p.id DESC", [person])


def refunds_waiting(kind: Kind) -> list[Proposal]:
    """Return the proposals of a kind that nobody has answered, as far as one may see them, the oldest first."""
    return _proposals("p.kind = %s AND d.proposal_id IS NULL ORDER BY p.id", [kind])


def history(person: int) -> list[dict[str, Any]]:
    """Return the proposals that concern a person as plain data, for the person's own export."""
    return [{**asdict(each), "state": each.state} for each in proposals_of(person)]


def proposals_by(platform: int, most: int = 200) -> list[Proposal]:
    """Return what a platform asked for, the latest first."""
    return _proposals("p.platform_id = %s ORDER BY p.id DESC LIMIT %s", [platform, most])


def proposal_of(number: int) -> Proposal:
    """Return a proposal; `NotFound` if the actor may not know of it."""
    found = _proposals("p.id = %s", [number])
    if not found:
        raise NotFound("collection.no_proposal", value=number, zh=f"没有第 {number} 号退款申请，或您无权查看。", en=f"There is no proposal {number} of a refund, or you may not see it.")
    return found[0]


def _proposals(where: str, values: list[Any]) -> list[Proposal]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_PROPOSAL} WHERE {where}", values)
        return [Proposal(*row) for row in cursor.fetchall()]


def free(kind: Kind, person: int, province: str) -> int:
    """Return what may be paid to a person of the money of a kind in a province [fen]: less what waits for an answer or for the bank.

    Nothing, where it is left to heirs, or where a platform transferred it and it pays contributions.
    """
    if left_to_heirs(person) or (kind == "withheld" and pays_contributions(person)):
        return 0
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT balance_fen FROM ledger_account WHERE kind = %s AND owner_kind = 'person' AND owner_id = %s AND province = %s",
                       [ACCOUNTS[kind], person, province])
        row = cursor.fetchone()
        left = (0 if row is None else int(row[0])) - asked_back(person, province, kind)
        return left - (asked_of_bank(person, province) if kind == "owed" else 0)


def asked_of_bank(person: int, province: str) -> int:
    """Return what banks were asked to pay to a person out of a province and have not answered yet [fen]."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(r.amount_fen), 0)::bigint FROM collection_request r WHERE r.kind = 'refund' AND r.person_id = %s"
                       " AND r.province = %s AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number)", [person, province])
        return int(cursor.fetchone()[0])


def pays_contributions(person: int) -> bool:
    """Whether what a platform transferred for a person pays contributions: a member in this month, or in the last, whose turn-over may still come."""
    with acting_as(SYSTEM):
        month = parse_month(book_day())
        return bool(members_on([person], month) or members_on([person], month - 1))


@dataclass(frozen=True)
class Owed:
    """What may be paid out to a person in a province [fen]."""

    person: int
    province: str
    fen: int


def owed_to_persons(province: str | None, most: int = 500) -> list[Owed]:
    """Return to whom something is owed, such as a subsidy, that was neither proposed nor asked of the bank yet (None: wherever one may see)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM (SELECT a.owner_id, a.province, a.balance_fen - coalesce((SELECT sum(r.amount_fen) FROM collection_request r WHERE r.kind = 'refund'"
            " AND r.person_id = a.owner_id AND r.province = a.province AND NOT EXISTS (SELECT FROM collection_message m WHERE m.number = r.number)), 0)::bigint"
            " - coalesce((SELECT sum(p.amount_fen) FROM collection_refund_proposal p WHERE p.kind = 'owed' AND p.person_id = a.owner_id AND p.province = a.province"
            " AND NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = p.id)), 0)::bigint AS fen FROM ledger_account a"
            " WHERE a.kind = 'refund_payable' AND a.owner_kind = 'person' AND a.balance_fen > 0 AND a.province = coalesce(%s, a.province)"
            " AND NOT EXISTS (SELECT FROM benefit_death d WHERE d.person_id = a.owner_id AND d.undone_by IS NULL)) owed"
            " WHERE fen > 0 ORDER BY fen DESC, owner_id LIMIT %s", [province, most])
        return [Owed(*row) for row in cursor.fetchall()]


def withheld_for_nobody(province: str | None, most: int = 500) -> list[Owed]:
    """Return for whom platforms transferred money to a province (None: to any) that pays no contribution, since they are no members, and that
    nobody asked back yet."""
    with acting_as(SYSTEM), connection.cursor() as cursor:  # a member of another province is one too, which the agency may not see
        month = parse_month(book_day())
        cursor.execute(
            "SELECT * FROM (SELECT a.owner_id, a.province, a.balance_fen - coalesce((SELECT sum(p.amount_fen) FROM collection_refund_proposal p"
            " WHERE p.kind = 'withheld' AND p.person_id = a.owner_id AND p.province = a.province"
            " AND NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = p.id)), 0)::bigint AS fen FROM ledger_account a"
            " WHERE a.kind = 'withheld' AND a.owner_kind = 'person' AND a.balance_fen > 0 AND a.province = coalesce(%s, a.province)"
            " AND NOT EXISTS (SELECT FROM enrolment_membership m WHERE m.person_id = a.owner_id AND int4range(m.since, m.until) && int4range(%s, %s))"
            " AND NOT EXISTS (SELECT FROM benefit_death d WHERE d.person_id = a.owner_id AND d.undone_by IS NULL)) held WHERE fen > 0 ORDER BY fen DESC, owner_id LIMIT %s",
            [province, month - 1, month + 1, most])
        return [Owed(*row) for row in cursor.fetchall()]


def propose_refund(actor: Actor, person: int, province: str, amount_fen: int, *, channel: str, reason: str,
                   kind: Kind = "suspense", platform: int | None = None) -> int:
    """Record the wish that money in suspense be paid back, what is owed, or what a platform transferred (by the person, save what is owed, by a
    clerk, or by the registry for the platform); return its number."""
    return returning("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by, kind, platform_id)"
                     " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id", [person, province, channel, amount_fen, reason, actor.id, kind, platform])


def propose_take_back(actor: Actor, entry: int, *, reason: str) -> int:
    """Record the wish that a contribution paid in error be taken back; return its number.

    Raises
    ------
    NotFound
        If the entry is no contribution.
    Conflict
        If that is proposed already, or the money has left the province.
    """
    found = contribution_of(entry)
    check_kept(found)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM collection_refund_proposal w WHERE w.person_id = %s AND w.contribution = %s"
                       " AND NOT EXISTS (SELECT FROM collection_refund_decision d WHERE d.proposal_id = w.id))", [found.person, entry])
        waits, = cursor.fetchone()
    if waits:
        raise Conflict("collection.proposed", value=entry, zh="已经提出退回这笔缴费，正在等待批准。", en="That this contribution be taken back is proposed already.")
    return returning("INSERT INTO collection_refund_proposal (person_id, province, channel, amount_fen, reason, proposed_by, kind, contribution)"
                     " VALUES (%s, %s, '', %s, %s, %s, 'contribution', %s) RETURNING id", [found.person, found.province, found.amount_fen, reason, actor.id, entry])


def waiting(number: int) -> Proposal:
    """Return a proposal that nobody answered yet.

    Raises
    ------
    NotFound
        If there is no such proposal for this actor.
    Conflict
        If it was answered before.
    """
    found = proposal_of(number)
    if found.accepted is not None:
        raise Conflict("collection.answered", value=number, zh="这项申请已经办结。", en="This request is answered already.")
    return found
