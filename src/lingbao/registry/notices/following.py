"""Telling people what happened in their matters: looks for what they have not been told of yet, so nothing is told twice or lost."""

from __future__ import annotations

from typing import Any

from django.db import connection

from lingbao.law.month import format_month
from lingbao.registry.notices.sending import Told, queue_many
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.registry.transfers.machine import TRANSITIONS

PROVISIONAL = "目前按上年基数预发，新基数公布后重算补差。"


def tell_transfers() -> int:
    """Queue a message for each step of a transfer that the worker has not been told of; return how many are new."""
    untold = _untold(
        "SELECT c.id, c.person_id, e.number, e.action, coalesce(e.due, c.total_due) FROM transfer_event e JOIN transfer_case c ON c.id = e.case_id"
        " WHERE NOT EXISTS (SELECT FROM notice_message n WHERE n.person_id = c.person_id AND n.about = 'transfer:' || c.id || ':' || e.number)"
        " ORDER BY c.id, e.number")
    return queue_many(SYSTEM, (
        Told(person, *_step(case, action, due), f"transfer:{case}:{number}") for case, person, number, action, due in untold))


def _step(case: int, action: str, due: object) -> tuple[str, dict[str, object]]:
    """Template and fields of a step: the last one has no next step to wait for."""
    if action == "finish":
        return "transfer_done", {"case": case}
    step = TRANSITIONS[action]
    if step.clock == "stop":
        return "transfer_ended", {"case": case, "step": step.zh}
    return "transfer_step", {"case": case, "step": step.zh, "due": due}


def tell_pensions() -> int:
    """Queue a message for each pension granted or settled that the person has not been told of; return how many are new."""
    granted = _untold(
        "SELECT c.id, c.person_id, c.first_payment, (SELECT k.provisional FROM benefit_calculation k WHERE k.claim_id = c.id ORDER BY k.id LIMIT 1)"
        " FROM benefit_claim c WHERE c.pension_fen IS NOT NULL"
        " AND NOT EXISTS (SELECT FROM notice_message n WHERE n.person_id = c.person_id AND n.about = 'claim:' || c.id) ORDER BY c.id")
    settled = _untold(
        "SELECT c.id, c.person_id, p.amount_fen FROM benefit_payment p JOIN benefit_claim c ON c.id = p.claim_id WHERE p.kind = 'final'"
        " AND NOT EXISTS (SELECT FROM notice_message n WHERE n.person_id = c.person_id AND n.about = 'settled:' || c.id) ORDER BY c.id")
    return queue_many(SYSTEM, (
        Told(person, "pension_granted", {"first_month": format_month(first), "provisional": PROVISIONAL if provisional else ""}, f"claim:{claim}")
        for claim, person, first, provisional in granted)) + queue_many(SYSTEM, (
            Told(person, "pension_settled", {"difference": f"{fen // 100}.{fen % 100:02d}"}, f"settled:{claim}")
            for claim, person, fen in settled))


def tell_answers() -> int:
    """Queue a message for each answer to a complaint that the person has not been told of; return how many are new."""
    untold = _untold(
        "SELECT c.id, c.person_id, e.number FROM dispute_event e JOIN dispute_case c ON c.id = e.case_id WHERE e.action IN ('answer', 'refuse')"
        " AND NOT EXISTS (SELECT FROM notice_message n WHERE n.person_id = c.person_id AND n.about = 'matter:' || c.id || ':' || e.number)"
        " ORDER BY c.id, e.number")
    return queue_many(SYSTEM, (
        Told(person, "complaint_answered", {"case": case}, f"matter:{case}:{number}") for case, person, number in untold))


def _untold(sql: str) -> list[tuple[Any, ...]]:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
