"""One case or one person, with all that the desk shows beside it, read under the rights of who looks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from lingbao.law.month import format_month
from lingbao.registry.benefits.refusals import no_claim
from lingbao.registry.disputes import services as disputes
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.queries import accounts_of
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.people.persons import masked
from lingbao.registry.session import Actor, run_as
from lingbao.registry.transfers import machine
from lingbao.registry.transfers.cases import case_of, documents_of, steps_of


def transfer(actor: Actor, number: int) -> dict[str, Any]:
    """Return a transfer with its steps and the steps that this actor may take now."""
    def work() -> dict[str, Any]:
        case = case_of(number)
        person = masked([case.person])
        return {
            "number": case.id, "person": case.person, "name": person[0].name_masked if person else "", "kind": case.kind,
            "from": case.from_province, "to": case.to_province, "state": case.progress.state, "applied_on": case.applied_on,
            "due": case.progress.step_due and case.progress.step_due.due, "total_due": case.progress.total_due.due,
            "escalated": case.progress.escalated, "account_fen": case.account_fen, "pooled_fen": case.pooled_fen,
            "papers": [document.kind for document in documents_of(case.id)],
            "steps": [asdict(step) for step in steps_of(case.id)],
            "open": list(machine.allowed(case.progress.state, party)) if (party := _party(actor, case.from_province, case.to_province)) else [],
        }

    return run_as(actor, work)


def _party(actor: Actor, old: str, new: str) -> machine.Party | None:
    if actor.role == "coordinator":
        return "coordinator"
    if actor.role in ("clerk", "supervisor"):
        return "new_place" if actor.province == new else "old_place" if actor.province == old else None
    return None


def claim(actor: Actor, number: int) -> dict[str, Any]:
    """Return a claim with the calculations behind it.

    Raises
    ------
    NotFound
    """
    def work() -> dict[str, Any]:
        found = row("SELECT id, person_id, province, claim_month, state, reason, applied_on, due, pension_fen, prepared_by FROM benefit_claim"
                    " WHERE id = %s", [number])
        if found is None:
            raise no_claim(number)
        person = masked([found[1]])
        return {
            **dict(zip(("number", "person", "province", "month", "state", "reason", "applied_on", "due", "pension_fen", "prepared_by"), found, strict=True)),
            "month": format_month(found[3]), "name": person[0].name_masked if person else "",
            "calculations": [dict(zip(("known", "result_fen", "provisional", "law_hash", "at"), (format_month(known), *rest), strict=True))
                             for known, *rest in rows("SELECT known, result_fen, provisional, law_hash, at FROM benefit_calculation"
                                                      " WHERE claim_id = %s ORDER BY id", [number])],
        }

    return run_as(actor, work)


def matter(actor: Actor, number: int) -> dict[str, Any]:
    """Return a complaint or review with its words.

    Raises
    ------
    NotFound
    """
    def work() -> dict[str, Any]:
        found = row(f"SELECT {disputes.COLUMNS} FROM dispute_case WHERE id = %s", [number])
        if found is None:
            raise NotFound("dispute.none", value=number, zh=f"没有第 {number} 号事项，或您无权查看。",
                           en=f"There is no matter {number}, or you may not see it.")
        who = masked([found[1]])
        return {**asdict(disputes.Matter(*found)), "name": who[0].name_masked if who else "", "steps": [asdict(step) for step in disputes.steps_of(number)]}

    return run_as(actor, work)


def person(actor: Actor, number: int) -> dict[str, Any]:
    """Return a person's file: masked identity, memberships, accounts, cases, and all that happened as one time line.

    Raises
    ------
    NotFound
    """
    def work() -> dict[str, Any]:
        found = masked([number])
        if not found:
            raise NotFound("person.unknown", value=number, zh=f"没有编号为 {number} 的人员，或不在您的管辖范围内。",
                           en=f"There is no person {number}, or not within your province.")
        return {
            **{name: value for name, value in asdict(found[0]).items() if name != "public_id"},
            "memberships": [{**asdict(each), "since": format_month(each.since), "until": None if each.until is None else format_month(each.until)}
                            for each in memberships(number)],
            "accounts": [asdict(each) for each in accounts_of("person", number)],
            "timeline": [dict(zip(("on", "kind", "number", "what", "fen"), line, strict=True)) for line in _timeline(number)],
        }

    return run_as(actor, work)


def _timeline(number: int) -> list[tuple[date | datetime, str, int, str, int | None]]:
    """Return what happened to a person, the latest first: cases, money, changes; each part under its own row policy."""
    return rows(  # type: ignore[return-value]
        "SELECT * FROM (SELECT applied_on AS day, 'transfer', id, state, account_fen + pooled_fen FROM transfer_case WHERE person_id = %(p)s"
        " UNION ALL SELECT applied_on, 'claim', id, state, pension_fen FROM benefit_claim WHERE person_id = %(p)s"
        " UNION ALL SELECT lodged_on, 'matter', id, kind || ' ' || state, NULL FROM dispute_case WHERE person_id = %(p)s"
        " UNION ALL SELECT registry_day(asked_at), 'correction', id, field, NULL FROM people_correction WHERE person_id = %(p)s"
        " UNION ALL SELECT due_on, 'bill', id, kind, (SELECT sum(amount_fen)::bigint FROM collection_part WHERE bill_id = b.id)"
        "  FROM collection_bill b WHERE person_id = %(p)s"
        " UNION ALL SELECT e.value_date, 'entry', e.id, e.reason, l.amount_fen FROM ledger_account a JOIN ledger_leg l ON l.account_id = a.id"
        "  JOIN ledger_entry e ON e.id = l.entry_id WHERE a.owner_kind = 'person' AND a.owner_id = %(p)s) line"
        " ORDER BY day DESC, 3 DESC LIMIT 200", {"p": number})  # type: ignore[arg-type]
