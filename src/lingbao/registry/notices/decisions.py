"""Telling people what was decided about what they asked for, and what will be set off; each decision is told once."""

from __future__ import annotations

from typing import Any

from django.db import connection

from lingbao.law.month import format_month
from lingbao.registry.notices.sending import Told, queue_many
from lingbao.registry.session import SYSTEM, acting_as

# Template, what the message is about, and the answered cases of each kind: number and person.
ANSWERED = (
    ("subsidy_answered", "subsidy", "SELECT id, person_id FROM collection_subsidy_request WHERE state IN ('granted', 'refused')"),
    ("conversion_answered", "conversion", "SELECT id, person_id FROM transfer_conversion WHERE state IN ('done', 'refused')"),
    ("claim_refused", "claim_refused", "SELECT id, person_id FROM benefit_claim WHERE state = 'refused'"),
    ("exemption_answered", "exemption", "SELECT id, person_id FROM orders_exemption_request WHERE state IN ('approved', 'refused')"),
    # What an agency proposed by itself and refused again is no news to the person.
    ("refund_refused", "refund_refused", "SELECT p.id, p.person_id FROM collection_refund_proposal p JOIN collection_refund_decision d ON d.proposal_id = p.id"
     " JOIN people_actor a ON a.id = p.proposed_by AND a.person_id = p.person_id WHERE NOT d.accepted AND NOT d.withdrawn"),
)
# The same for money, with how much [fen]: what the bank said of it, and contributions taken back.
_REFUND = ("SELECT p.id, p.person_id, p.amount_fen FROM collection_refund_proposal p JOIN collection_refund_decision d ON d.proposal_id = p.id AND d.accepted"
           " AND p.kind {} 'contribution'")
MOVED = (
    *((f"refund_{outcome}", f"refund_{outcome}", f"{_REFUND.format('<>')} JOIN collection_message m ON m.number = d.request AND m.kind = '{kind}'")
      for outcome, kind in (("paid", "refunded"), ("failed", "refund_failed"))),
    ("contribution_returned", "contribution_returned", _REFUND.format("=")),
)


def tell_decisions() -> int:
    """Queue a message for each decision that the person has not been told of; return how many are new."""
    told = [Told(person, template, {"case": case}, f"{about}:{case}")
            for template, about, sql in ANSWERED for case, person in _untold(sql, about)]
    plans = _untold("SELECT p.id, c.person_id, p.monthly_fen, p.from_month FROM benefit_set_off_plan p JOIN benefit_claim c ON c.id = p.claim_id"
                    " WHERE p.state IN ('approved', 'done')", "setoff")
    told += [Told(person, "set_off_approved", {"amount": _yuan(fen), "from_month": format_month(month)}, f"setoff:{plan}")
             for plan, person, fen, month in plans]
    told += [Told(person, template, {"case": case, "amount": _yuan(fen)}, f"{about}:{case}")
             for template, about, sql in MOVED for case, person, fen in _untold(sql, about)]
    return queue_many(SYSTEM, told)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _untold(sql: str, about: str) -> list[tuple[Any, ...]]:
    """Rows of a query whose first column is the case and second the person, those not told of yet."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT d.* FROM ({sql}) d WHERE NOT EXISTS (SELECT FROM notice_message n WHERE n.person_id = d.person_id"
                       " AND n.about = %s || ':' || d.id) ORDER BY d.id", [about])
        return list(cursor.fetchall())
