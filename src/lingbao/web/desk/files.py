"""One case or one person, with all that the desk shows beside it, read under the rights of who looks."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, format_month
from lingbao.law.store import Law
from lingbao.registry.benefits.refusals import no_claim
from lingbao.registry.collection.parts import YEARLY
from lingbao.registry.disputes import services as disputes
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.queries import accounts_of, balance
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.people.opening import opened
from lingbao.registry.people.persons import Masked, masked
from lingbao.registry.people.reading_limit import reading as limited
from lingbao.registry.people.rights import no_correction
from lingbao.registry.session import Actor, run_as
from lingbao.registry.transfers import machine
from lingbao.registry.transfers.cases import Case, case_of, documents_of, steps_of
from lingbao.registry.transfers.collecting import kept_elsewhere
from lingbao.registry.transfers.services import form_outdated
from lingbao.web.desk.queues import today

MOST = 200  # lines of a time line


def transfer(actor: Actor, number: int) -> dict[str, Any]:
    """Return a transfer with its steps and the steps that this actor may take now."""
    def work() -> dict[str, Any]:
        case = case_of(number)
        person = masked([case.person])
        return {
            "number": case.id, "person": case.person, "name": person[0].name_masked if person else "", "kind": case.kind,
            "from": case.from_province, "to": case.to_province, "state": case.progress.state, "applied_on": case.applied_on,
            "due": case.progress.step_due and case.progress.step_due.due, "total_due": case.progress.total_due.due,
            "late": case.progress.overdue(today()), "escalated": case.progress.escalated, "account_fen": case.account_fen, "pooled_fen": case.pooled_fen,
            "papers": [document.kind for document in documents_of(case.id)],
            "steps": [asdict(step) for step in steps_of(case.id)],
            "open": _open(case, party) if (party := _party(actor, case.from_province, case.to_province)) else [],
        }

    return run_as(actor, work)


def _open(case: Case, party: machine.Party) -> list[str]:
    """Return the steps that a party may take now."""
    late, closed = case.progress.overdue(today()), _closed(case)
    return [step for step in machine.allowed(case.progress.state, party) if step not in closed and (late or not machine.TRANSITIONS[step].only_overdue)]


def _closed(case: Case) -> set[str]:
    """Return the steps that the state allows and the form does not: a form that still holds is not sent again, money not by one that does not."""
    if case.progress.state != "form_sent":
        return set()
    try:
        return {"send_money"} if form_outdated(case, Law.load(), today()) else {"send_form"}
    except InputError:  # nothing is left to transfer
        return {"send_form", "send_money"}


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
        found = row("SELECT id, person_id, province, claim_month, state, reason, applied_on, due, pension_fen, prepared_by, scheme FROM benefit_claim"
                    " WHERE id = %s", [number])
        if found is None:
            raise no_claim(number)
        person = masked([found[1]])
        open_case = row("SELECT id FROM transfer_case WHERE person_id = %s"
                        " AND state NOT IN ('done', 'refused', 'withdrawn', 'closed')", [found[1]])
        return {
            **dict(zip(("number", "person", "province", "month", "state", "reason", "applied_on", "due", "pension_fen", "prepared_by", "scheme"), found, strict=True)),
            "elsewhere": [asdict(each) for each in kept_elsewhere(found[1], found[2])] if found[10] == "employee" and found[4] not in ("refused", "ended") else [],
            "collecting": open_case and open_case[0],
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


def correction(actor: Actor, number: int) -> dict[str, Any]:
    """Return who asked for a correction, when and why; the value itself is sealed, see `commands.correction_values`.

    Raises
    ------
    NotFound
    """
    found = run_as(actor, lambda: row("SELECT reason, asked_by, asked_at FROM people_correction WHERE id = %s", [number]))
    if found is None:
        raise no_correction(number)
    return dict(zip(("reason", "by", "at"), found, strict=True))


def refund(actor: Actor, number: int) -> dict[str, Any]:
    """Return who proposed a refund, when and why; the platform's names where one asked for it by its key, bill and months of a contribution to be taken back.

    Raises
    ------
    NotFound
    """
    found = run_as(actor, lambda: row("SELECT r.reason, r.proposed_by, r.proposed_at, p.name_zh, p.name_en, r.contribution FROM collection_refund_proposal r"
                                      " LEFT JOIN orders_platform p ON p.id = r.platform_id WHERE r.id = %s", [number]))
    if found is None:
        raise NotFound("collection.no_proposal", value=number, zh=f"没有第 {number} 号退款申请，或您无权查看。", en=f"There is no refund {number}, or you may not see it.")
    *asked, zh, en, entry = found
    paid = [] if entry is None else run_as(actor, lambda: rows("SELECT b.id, b.kind, c.month FROM collection_part c JOIN collection_bill b ON b.id = c.bill_id"
                                                               " WHERE c.entry_id = %s ORDER BY c.month", [entry]) or _turned_over(number, entry))
    return {**dict(zip(("reason", "by", "at"), asked, strict=True)), "platform": None if zh is None else {"zh": zh, "en": en},
            "entry": entry, "paid": [{"bill": bill, "month": month, "year": month // MONTHS_PER_YEAR, "by_year": kind in YEARLY} for bill, kind, month in paid]}


def _turned_over(proposal: int, entry: int) -> list[tuple[Any, ...]]:
    """Return the months or years that money of platforms paid by an entry, without a bill."""
    return rows("SELECT NULL, paid.kind, paid.month FROM collection_refund_proposal r CROSS JOIN LATERAL (SELECT 'contribution' AS kind, month FROM record_month m"
                " WHERE m.person_id = r.person_id AND m.entry_id = %(e)s UNION ALL SELECT 'fee', year * 12 FROM record_year y WHERE y.person_id = r.person_id"
                " AND y.entry_id = %(e)s) paid WHERE r.id = %(r)s ORDER BY paid.month", {"e": entry, "r": proposal})


def known(actor: Actor, number: int) -> Masked:
    """Return a person as lists show one.

    Raises
    ------
    NotFound
        If the actor may not see the person.
    """
    return run_as(actor, lambda: _known(number))


def _known(number: int) -> Masked:
    found = masked([number])
    if not found:
        raise NotFound("person.unknown", value=number, zh=f"没有编号为 {number} 的人员，或不在您的管辖范围内。",
                       en=f"There is no person {number}, or not within your province.")
    return found[0]


def person(actor: Actor, number: int, purpose: str = "") -> dict[str, Any]:
    """Return a person's file: masked identity, memberships, accounts, cases, and all that happened as one time line.

    Opening it is written down with its purpose, which may be left out where the actor opened it within the last twelve hours.

    Raises
    ------
    NotFound
    PurposeNeeded
    TooManyRead
    """
    def work() -> dict[str, Any]:
        shown = _known(number)
        opened(number, purpose)
        return {
            **{name: value for name, value in asdict(shown).items() if name != "public_id"},
            "memberships": [{**asdict(each), "since": format_month(each.since), "until": None if each.until is None else format_month(each.until)}
                            for each in memberships(number)],
            "accounts": [asdict(each) for each in accounts_of("person", number)],
            "timeline": [dict(zip(("on", "kind", "number", "what", "fen", "booked", "account", "reverses"), line, strict=True)) for line in _timeline(number)],
        }

    return limited(actor, purpose, work)


def accounts_then(actor: Actor, number: int, as_of: date | None, known_on: date | None) -> list[dict[str, Any]]:
    """Return a person's accounts with what they held at the end of a day, without what was booked after another (None: today)."""
    return run_as(actor, lambda: [{**asdict(each), "balance_fen": balance(each.id, as_of=as_of, known_on=known_on)} for each in accounts_of("person", number)])


def _timeline(number: int) -> list[tuple[date | datetime, str, int, str, int | None, str | None, str | None, int | None]]:
    """Return what happened to a person, the latest first: cases, money with the kind of its entry, its account and the entry it reverses, changes; each part under its own row policy."""
    return rows(  # type: ignore[return-value]
        "SELECT * FROM (SELECT applied_on AS day, 'transfer', id, state, account_fen + pooled_fen, NULL, NULL, NULL::bigint FROM transfer_case WHERE person_id = %(p)s"
        " UNION ALL SELECT applied_on, 'claim', id, state, pension_fen, NULL, NULL, NULL FROM benefit_claim WHERE person_id = %(p)s"
        " UNION ALL SELECT lodged_on, 'matter', id, kind || ' ' || state, NULL, NULL, NULL, NULL FROM dispute_case WHERE person_id = %(p)s"
        " UNION ALL SELECT died_on, 'death', id, CASE WHEN undone_by IS NULL THEN 'settled' ELSE 'undone' END, NULL, NULL, NULL, NULL FROM benefit_death WHERE person_id = %(p)s"
        " UNION ALL SELECT registry_day(asked_at), 'death_undoing', id, state, NULL, NULL, NULL, NULL FROM benefit_death_undoing WHERE person_id = %(p)s"
        " UNION ALL SELECT registry_day(asked_at), 'correction', id, field, NULL, NULL, NULL, NULL FROM people_correction WHERE person_id = %(p)s"
        " UNION ALL SELECT due_on, 'bill', id, kind, (SELECT sum(amount_fen)::bigint FROM collection_part WHERE bill_id = b.id), NULL, NULL, NULL"
        "  FROM collection_bill b WHERE person_id = %(p)s"
        " UNION ALL SELECT e.value_date, 'entry', e.id, e.reason, l.amount_fen, e.kind, a.kind, e.reverses_id FROM ledger_account a JOIN ledger_leg l ON l.account_id = a.id"
        "  JOIN ledger_entry e ON e.id = l.entry_id WHERE a.owner_kind = 'person' AND a.owner_id = %(p)s) line"
        " ORDER BY day DESC, 3 DESC LIMIT %(most)s", {"p": number, "most": MOST})  # type: ignore[arg-type]
