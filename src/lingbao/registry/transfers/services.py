"""Commands of a transfer: each is idempotent, takes one step, books what belongs to it, and says who did it and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.month import format_month, month
from lingbao.law.store import Law
from lingbao.registry.errors import Conflict, Forbidden
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.people.alive import check_alive
from lingbao.registry.record.crediting import hand_over
from lingbao.registry.record.queries import RecordedMonth, career, months_of, pooled_parts
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.transfers import booking
from lingbao.registry.transfers.cases import (
    Case,
    case_of,
    documents_of,
    file_document,
    handled,
    open_case,
    overdue,
    record_step,
    steps_of,
)
from lingbao.registry.transfers.documents import Document, filled
from lingbao.registry.transfers.machine import Party
from lingbao.registry.transfers.money import PooledPart, Split, Stretch, split, split_temporary
from lingbao.registry.transfers.moving import move_membership
from lingbao.registry.transfers.openness import Applicant, check_may_move
from lingbao.registry.transfers.progress import after, opened


def apply(actor: Actor, key: str, applicant: Applicant, *, from_province: str, to_province: str, today: date,
          law: Law | None = None, kind: str = "relation", from_agency: int | None = None, to_agency: int | None = None) -> dict[str, Any]:
    """Ask for a transfer.

    Parameters
    ----------
    actor : Actor
        The worker, or a clerk of the new place for the worker.
    key : str
        Idempotency key.
    applicant : Applicant
    from_province, to_province : str
    today : date
    kind : {"relation", "temporary"}
        ``temporary``: the place of benefit collects a temporary account.

    Raises
    ------
    InputError
        If the new place may only give a temporary account, so that the relation stays where it is; or if money left
        behind by an earlier transfer is to go elsewhere than the relation went.
    Conflict
        If a transfer is under way, or the person has died.
    """
    law = law or Law.load()
    content = {"person": applicant.person, "from": from_province, "to": to_province, "kind": kind}

    def work() -> dict[str, Any]:
        if from_province == to_province:
            raise InputError("transfer.place", value=to_province, zh="转出地与转入地相同，无需跨省转移。",
                             en="The two provinces are the same; nothing has to be moved.")
        check_alive(applicant.person)
        if kind == "relation":
            check_may_move(law, applicant, from_province, to_province, month(today.year, today.month))
        progress = opened(law, today)
        party = _party(actor, applicant.person, from_province, to_province)
        if party not in ("worker", "new_place", "system"):
            raise _not_yours()
        number = open_case(applicant.person, kind, from_province, to_province, progress, party=party, actor=actor.id,
                           law_hash=law.hash, from_agency=from_agency, to_agency=to_agency)
        handled(applicant.person, to_province, number, ends=False)
        return {"case": number, "state": progress.state, "due": str(progress.total_due.due),
                "provisional": progress.total_due.provisional}

    return execute(actor, Command("transfers.apply", key, content), work)


def step(actor: Actor, key: str, case: int, action: str, *, today: date, reason: str = "", days: int | None = None,
         law: Law | None = None) -> dict[str, Any]:
    """Take a step that carries no paper: refuse, return, money, finish, withdraw, escalate, direct, close.

    Parameters
    ----------
    actor : Actor
    key : str
        Idempotency key.
    case : int
    action : str
        A step of :data:`lingbao.registry.transfers.machine.TRANSITIONS`.
    today : date
    reason : str
        Required by refusals, returns, reversals and decisions.
    days : int, optional
        Working days set by the coordinating body.

    Raises
    ------
    InputError, Forbidden, NotFound, Conflict, Overdrawn
    """
    if action in ("send_letter", "send_form"):
        raise InputError("transfer.paper", value=action, zh="此步骤须随附单证。", en="This step needs its document.")
    return _step(actor, key, case, action, {}, lambda *_: None, today=today, reason=reason, days=days, law=law)


def send_letter(actor: Actor, key: str, case: int, values: Mapping[str, Any], *, today: date, law: Law | None = None) -> dict[str, Any]:
    """Send the contact letter; ``values`` are its fields (see ``fields.yaml``)."""
    def letter(found: Case, _: Law, day: date) -> tuple[Case, Document]:
        return found, filled("contact_letter", {**values, "transfer_number": str(found.id), "issued": f"{day:%Y%m%d}"})

    return _step(actor, key, case, "send_letter", dict(values), letter, today=today, law=law)


def send_form(actor: Actor, key: str, case: int, values: Mapping[str, Any], *, today: date, law: Law | None = None) -> dict[str, Any]:
    """Send the information form: the rows and the money are worked out from the record and the books.

    ``values`` are the fields that name the person and the letter.

    Raises
    ------
    InputError
        If there is nothing to transfer.
    """
    def form(found: Case, law: Law, day: date) -> tuple[Case, Document]:
        money, months, balance_last_year = _money_of(found, law, day)
        document = filled("information_form", {
            **values, "transfer_number": str(found.id), "temporary": "1" if found.kind == "temporary" else "0",
            "first_insured": _digits(months[0].month) if months else None, "months_paid": len(months), "balance_before_1998": 0,
            "balance_last_year": balance_last_year, "principal_this_year": money.account_fen - balance_last_year,
            "account_total": money.account_fen, "pooled_total": money.pooled_fen, "total": money.total_fen,
            "issued": f"{day:%Y%m%d}"}, _rows(months))
        return replace(found, account_fen=money.account_fen, pooled_fen=money.pooled_fen), document

    return _step(actor, key, case, "send_form", dict(values), form, today=today, law=law)


def escalate_overdue(today: date, law: Law | None = None) -> list[int]:
    """Take every overdue case that nobody has taken further to the coordinating body, once; return their numbers."""
    taken = []
    for case in overdue(today):
        step(SYSTEM, f"overdue:{case.id}:{case.progress.steps}", case.id, "escalate", today=today, law=law)
        taken.append(case.id)
    return taken


def read_documents(actor: Actor, case: int) -> list[Document]:
    """Return the papers of a case that the actor may see."""
    with acting_as(actor):
        return documents_of(case)


FORWARD = ("send_letter", "send_form", "send_money")  # steps towards money that leaves
Paper = Callable[[Case, Law, date], tuple[Case, Document] | None]


def _step(actor: Actor, key: str, number: int, action: str, content: Mapping[str, Any], paper: Paper, *, today: date, reason: str = "",
          days: int | None = None, law: Law | None = None) -> dict[str, Any]:
    """Take one step in one transaction: lock, check, book, write down."""
    law = law or Law.load()

    def work() -> dict[str, Any]:
        case = case_of(number, lock=True)
        if action in FORWARD:
            check_alive(case.person)  # what is on the way arrives, and what is done is finished
        party = _party(actor, case.person, case.from_province, case.to_province)
        progress, transition = after(case.progress, action, party, today, law, reason=reason, days=days)
        day = progress.last_day
        drawn = paper(case, law, day)
        case, document = drawn if drawn is not None else (case, None)
        case, entry = _booked(replace(case, progress=progress), transition.money, actor, law, reason or transition.zh)
        record_step(case, progress, action, party, actor=actor.id, law_hash=law.hash, reason=reason, entry=entry)
        if document is not None:
            file_document(case.id, progress.steps, document)
        if progress.ended:
            handled(case.person, case.to_province, case.id, ends=True)
        moved: dict[str, Any] = {}
        if action == "finish":
            with acting_as(SYSTEM):
                hand_over(case.person, case.from_province, case.to_province, _listed(case), temporary=case.kind == "temporary")
            moved = {"membership": move_membership(actor, case, law, day)} if case.kind == "relation" else {}
        return {**moved, "case": case.id, "state": progress.state, "step": progress.steps, "entry": entry,
                "due": str(progress.step_due.due) if progress.step_due else None,
                "provisional": bool(progress.step_due and progress.step_due.provisional)}

    return execute(actor, Command(f"transfers.{action}", key, {"case": number, "reason": reason, "days": days, **content}), work)


def _booked(case: Case, money: str, actor: Actor, law: Law, reason: str) -> tuple[Case, int | None]:
    """Book or reverse the half that belongs to a step."""
    day = case.progress.last_day
    if money == "out":
        _two_persons(case, actor)
        if form_outdated(case, law, day):
            raise Conflict("transfer.form_outdated", value=case.id, zh="信息表出具后账户有变动，请重新出具信息表再划款。",
                           en="The account has changed since the information form; send a new form first.")
        entry = booking.book_out(case, actor=actor.id, law=law, day=day)
        return replace(case, out_entry=entry), entry
    if money == "in":
        entry = booking.book_in(case, actor=actor.id, law=law, day=day)
        return replace(case, in_entry=entry), entry
    if money == "undo_out":
        assert case.out_entry is not None
        entry = booking.undo(case.out_entry, case, actor=actor.id, day=day, reason=reason)
        return replace(case, out_entry=None), entry
    if money == "undo_in":
        assert case.in_entry is not None
        entry = booking.undo(case.in_entry, case, actor=actor.id, day=day, reason=reason)
        return replace(case, in_entry=None), entry
    return case, None


def form_outdated(case: Case, law: Law, day: date) -> bool:
    """Whether what the information form says has changed since, so that a new form is due before the money is sent."""
    now = _money_of(case, law, day)[0]
    return (now.account_fen, now.pooled_fen) != (case.account_fen, case.pooled_fen)


def _money_of(case: Case, law: Law, day: date) -> tuple[Split, list[RecordedMonth], int]:
    """Work out what moves now: the split, the months behind it, and the account at the end of last year [fen]."""
    with acting_as(SYSTEM):
        months = [each for each in months_of(case.person) if each.kind == "paid" and each.kept_by == case.from_province
                  and each.temporary == (case.kind == "temporary")]
    balance = booking.account_balance(case.person, case.from_province)
    if not months and balance <= 0:
        raise InputError("transfer.nothing", value=case.id, zh="没有可转移的缴费记录，个人账户也没有余额。",
                         en="There are no months paid to transfer, and the account holds nothing.")
    on = month(day.year, day.month)
    if case.kind == "temporary":
        with acting_as(SYSTEM):
            paid = [PooledPart(*each) for each in pooled_parts(case.person, case.from_province)]
        money = split_temporary(law, paid, balance, on)
    else:
        money = split(law, [Stretch(run.first, run.last, run.base or 0.0) for run in career(months)], balance, on)
    this_year = sum(each.account_fen for each in months if each.month >= month(day.year, 1) and each.province == case.from_province)
    return money, months, max(balance - this_year, 0)


def _rows(months: list[RecordedMonth]) -> list[dict[str, Any]]:
    """Yearly rows of the form, one for each run of equal months within a year."""
    by_year: dict[int, list[RecordedMonth]] = {}
    for each in months:
        by_year.setdefault(each.month // 12, []).append(each)
    return [
        {"division": f"{run.province}0000", "year": year, "first": _digits(run.first), "last": _digits(run.last),
         "months": run.months, "base": round((run.base or 0.0) * 100), "credited": round((run.account or 0.0) * 100)}
        for year, paid in by_year.items() for run in career(paid)
    ]


def _digits(month_number: int) -> str:
    return format_month(month_number).replace("-", "")


def _listed(case: Case) -> list[int]:
    """Months that the last information form lists: those whose money was sent."""
    form = [each for each in documents_of(case.id) if each.kind == "information_form"][-1]
    return [number for row in form.rows for number in range(_month(row["first"]), _month(row["last"]) + 1)]


def _month(digits: str) -> int:
    return month(int(digits[:4]), int(digits[4:]))


def _two_persons(case: Case, actor: Actor) -> None:
    """Refuse that one person both draws up the form and sends the money."""
    form = [each for each in steps_of(case.id) if each.action == "send_form"][-1]
    if form.actor == actor.id:
        raise Forbidden("transfer.two_persons", value=actor.id, zh="划款须由出具信息表以外的另一人复核办理。",
                        en="Money leaves only with a second person: someone other than who drew up the form.")


def _party(actor: Actor, person: int, from_province: str, to_province: str) -> Party:
    """Return as whom an actor acts in a case."""
    if actor.role == "system":
        return "system"
    if actor.role == "coordinator":
        return "coordinator"
    if actor.role == "worker" and actor.person == person:
        return "worker"
    if actor.role in ("clerk", "supervisor") and actor.province == to_province:
        return "new_place"
    if actor.role in ("clerk", "supervisor") and actor.province == from_province:
        return "old_place"
    raise _not_yours()


def _not_yours() -> Forbidden:
    return Forbidden("transfer.not_yours", zh="您不是该转移的当事人或经办机构，不能办理。",
                     en="You are neither the person nor an agency of this transfer.")
