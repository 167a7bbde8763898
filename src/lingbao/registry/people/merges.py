"""Merging two numbers of one human being: proposed by one, decided by another, refused with a reason (S6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.registry.calendar import china_day
from lingbao.registry.errors import Conflict, Forbidden, NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.people.duplicates import merge
from lingbao.registry.people.persons import masked
from lingbao.registry.people.uniting import check_can_unite, unite
from lingbao.registry.session import Actor


@dataclass(frozen=True)
class Proposal:
    """A merge that was proposed.

    Attributes
    ----------
    number, kept, other : int
        Number of the proposal; the number that stays, and the one that is the same human being.
    reason : str
    proposed_by : int
    proposed_at : datetime.datetime
    state : str
        ``proposed``, ``merged`` or ``refused``.
    answer : str
        Why it was refused.
    """

    number: int
    kept: int
    other: int
    reason: str
    proposed_by: int
    proposed_at: datetime
    state: str
    answer: str


_PROPOSALS = """
    SELECT p.id, p.kept_id, p.other_id, p.reason, p.proposed_by, p.proposed_at,
        CASE WHEN m.other_id IS NOT NULL THEN 'merged' WHEN r.proposal_id IS NOT NULL THEN 'refused' ELSE 'proposed' END, coalesce(r.reason, '')
    FROM people_merge_proposal p LEFT JOIN people_merge m ON m.other_id = p.other_id AND m.kept_id = p.kept_id
    LEFT JOIN people_merge_refusal r ON r.proposal_id = p.id
"""


def proposals(most: int = 100) -> list[Proposal]:
    """Return the proposals that the acting role may see, those that wait first."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_PROPOSALS} ORDER BY (m.other_id IS NOT NULL OR r.proposal_id IS NOT NULL), p.id DESC LIMIT %s", [most])
        return [Proposal(*row) for row in cursor.fetchall()]


def propose(actor: Actor, key: str, kept: int, other: int, *, reason: str) -> dict[str, Any]:
    """Propose that `other` is the same human being as `kept`.

    Raises
    ------
    InputError
        Without a reason, or if both are one number.
    NotFound
        If the actor may not see both.
    Conflict
        If the pair waits already.
    """
    def work() -> dict[str, Any]:
        if not reason.strip():
            raise InputError("person.merge_reason", where="reason", zh="请写明核对了什么证件，为什么是同一个人。",
                             en="Say which papers were compared and why they are one person.")
        if kept == other:
            raise InputError("person.merge_same", value=kept, where="other", zh="两个编号相同。请填两个不同的人员编号。",
                             en="Both numbers are the same. Give two different ones.")
        if len(masked([kept, other])) != 2:
            raise NotFound("person.unknown", value=other, zh="其中一人不存在，或不在您的管辖范围内；跨省的由协调机构办理。",
                           en="One of them is unknown or not within your province; across provinces the coordinating body merges.")
        if any((each.kept, each.other, each.state) == (kept, other, "proposed") for each in proposals(10_000)):
            raise Conflict("person.merge_waits", value=other, zh="这两人的合并已在等待批准。", en="The merge of the two waits for approval already.")
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO people_merge_proposal (kept_id, other_id, reason, proposed_by) VALUES (%s, %s, %s, %s) RETURNING id",
                           [kept, other, reason, actor.id])
            return {"proposal": cursor.fetchone()[0]}

    return execute(actor, Command("people.propose_merge", key, [kept, other, reason]), work)


def decide(actor: Actor, key: str, number: int, *, accepted: bool, reason: str = "") -> dict[str, Any]:
    """Merge as proposed, with months, years and money, or refuse with a reason; by a supervisor or the coordinating body, not by who proposed it.

    Raises
    ------
    NotFound
    Forbidden
        For other roles.
    InputError
        If a refusal has no reason.
    Conflict
        If it is decided already, or by the person who proposed it, or if something still runs under the number to be given up.
    """
    def work() -> dict[str, Any]:
        if actor.role not in ("supervisor", "coordinator"):
            raise Forbidden("registry.role", value=actor.role, zh="合并由审核人或协调机构批准。", en="A supervisor or the coordinating body decides merges.")
        with connection.cursor() as cursor:
            cursor.execute(f"{_PROPOSALS} WHERE p.id = %s", [number])
            row = cursor.fetchone()
            if row is None:
                raise NotFound("person.no_proposal", value=number, zh=f"没有第 {number} 号合并申请，或您无权查看。",
                               en=f"There is no proposal {number}, or you may not see it.")
            found = Proposal(*row)
            if found.state != "proposed":
                raise Conflict("person.merge_decided", value=number, zh="这件合并已经有决定。", en="This merge is decided already.")
            if accepted:
                check_can_unite(found.other)
                merge(actor, kept=found.kept, other=found.other, proposed_by=found.proposed_by, reason=found.reason)
                return {"proposal": number, "state": "merged", **unite(found.kept, found.other, actor=actor.id, today=china_day(datetime.now(tz=UTC)))}
            if not reason.strip():
                raise InputError("person.merge_reason", where="reason", zh="请写明为什么不是同一个人。", en="Say why they are not one person.")
            cursor.execute("INSERT INTO people_merge_refusal (proposal_id, reason, actor) VALUES (%s, %s, %s)", [number, reason, actor.id])
        return {"proposal": number, "state": "refused"}

    return execute(actor, Command("people.decide_merge", key, [number, accepted, reason]), work)
