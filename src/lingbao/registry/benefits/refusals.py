"""Refusals of the benefits in both languages, and the deadline of a claim."""

from __future__ import annotations

from datetime import date

from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.calendar import Deadline, working_days
from lingbao.registry.collection.banks import check_reference
from lingbao.registry.errors import Conflict, Forbidden, NotFound
from lingbao.registry.session import Actor


def no_claim(number: int) -> NotFound:
    """There is no such claim for this actor."""
    return NotFound("benefit.no_claim", value=number, zh=f"没有第 {number} 号待遇申请，或您无权查看。",
                    en=f"There is no claim {number}, or you may not see it.")


def wrong_state(state: str, wanted: str) -> Conflict:
    """The claim or run is in another state."""
    return Conflict("benefit.state", value=state, zh=f"当前状态为“{state}”，此操作只适用于“{wanted}”。",
                    en=f"The state is '{state}'; this is only for '{wanted}'.")


def second_person(actor: int) -> Forbidden:
    """Money leaves only with a second person."""
    return Forbidden("benefit.two_persons", value=actor, zh="须由经办人以外的另一人复核。", en="A second person must decide; you prepared it.")


def check_returns(actor: Actor, reference: str) -> None:
    """Refuse who may not book money that came back, and what is no number of a bank."""
    if actor.role != "supervisor":
        raise Forbidden("benefit.supervisor", value=actor.role, zh="退回入账由审核人办理。", en="A supervisor books what came back.")
    check_reference(reference)


def claim_deadline(law: Law, applied: date) -> Deadline:
    """Last day for the answer to a claim (社会保险经办条例 第十八条)."""
    days = int(law.number("national.benefit.award_deadline", month(applied.year, applied.month)))
    return working_days(applied, days)
