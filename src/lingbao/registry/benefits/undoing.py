"""A death that was registered wrongly: asked by one with reason and proof, undone by another, so that the person stands as if it had not been settled.

The entries of the inheritance are reversed with the value date they had. The pension goes on from where it was broken off, and what was
paid beyond the day of death was pension after all. Money that left to heirs has to come back first.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month
from lingbao.law.store import Law
from lingbao.registry.benefits.claims import pay_difference, recover
from lingbao.registry.benefits.heirs import death_of
from lingbao.registry.benefits.payment import hold_payments
from lingbao.registry.benefits.redoing import came_to
from lingbao.registry.benefits.refusals import second_person, wrong_state
from lingbao.registry.benefits.rises import apply_missed
from lingbao.registry.collection.holdings import lock_person
from lingbao.registry.collection.interest import SCHEMES, credit_account
from lingbao.registry.errors import Conflict, Forbidden, NotFound, name_constraint
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import reverse
from lingbao.registry.session import SYSTEM, Actor, acting_as, run_as
from lingbao.registry.statements import returning

name_constraint("benefit_death_undoing_one", Conflict, "death.undoing_waits", "这项死亡登记已有撤销申请在等待审批，或已经撤销。",
                "It is asked already that this death be undone, or it is undone.")
name_constraint("benefit_death_undoing_two_persons", Forbidden, "benefit.two_persons", "撤销死亡登记须由申请人以外的审核人批准。",
                "The undoing must be approved by a supervisor other than who asked for it.")
SCHEME_OF = {kind: scheme for scheme, (kind, _) in SCHEMES.items()}


@dataclass(frozen=True)
class Undoing:
    """The wish that a death be undone, and its answer: ``proposed``, ``approved`` or ``refused`` with its reason."""

    id: int
    death: int
    person: int
    province: str
    died_on: date
    reason: str
    proof: str
    asked_by: int
    asked_at: datetime
    state: str
    answer: str
    decided_by: int | None
    decided_at: datetime | None


_UNDOING = ("SELECT u.id, u.death_id, u.person_id, u.province, d.died_on, u.reason, u.proof, u.asked_by, u.asked_at, u.state, u.answer, u.decided_by, u.decided_at"
            " FROM benefit_death_undoing u JOIN benefit_death d ON d.id = u.death_id")


def undoings_of(person: int) -> list[Undoing]:
    """Return what was asked about the deaths of a person, the latest first."""
    return _undoings(f"{_UNDOING} WHERE u.person_id = %s ORDER BY u.id DESC", [person])


def waiting(province: str | None, most: int = 200) -> list[Undoing]:
    """Return the undoings of a province (None: of all one may see) that wait for an answer, the oldest first."""
    return _undoings(f"{_UNDOING} WHERE u.state = 'proposed' AND u.province = coalesce(%s, u.province) ORDER BY u.id LIMIT %s", [province, most])


def waiting_in_all(actor: Actor) -> int:
    """Return how many undoings wait for an answer in the actor's province, in any for those who see all."""
    def work() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM benefit_death_undoing WHERE state = 'proposed' AND province = coalesce(%s, province)", [actor.province])
            return int(cursor.fetchone()[0])

    return run_as(actor, work)


def history(person: int) -> list[dict[str, Any]]:
    """Return the deaths that were registered of a person and their undoing, for the person's own export."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, province, died_on, undone_by FROM benefit_death WHERE person_id = %s ORDER BY id", [person])
        deaths = cursor.fetchall()
    asked = undoings_of(person)
    return [{"death": number, "province": province, "died_on": day, "undone": undone is not None,
             "undoings": [asdict(each) for each in asked if each.death == number]} for number, province, day, undone in deaths]


def ask(actor: Actor, key: str, person: int, *, reason: str, proof: str) -> dict[str, Any]:
    """Ask that a death be undone, in the province that settled it; no heir is paid until that is answered.

    Raises
    ------
    NotFound
        If no death of the person is settled that the actor may see.
    InputError
        Without a reason, or without the proof that the person lives.
    Forbidden
        If another province settled it.
    Conflict
        If that is asked already.
    """
    def work() -> dict[str, Any]:
        if not reason.strip():
            raise InputError("death.undoing_reason", where="reason", zh="请写明死亡登记为什么有误。", en="Say why the death was registered wrongly.")
        if not proof.strip():
            raise InputError("death.undoing_proof", where="proof", zh="请写明凭什么证明本人在世（本人到窗口、公安机关证明等）。",
                             en="Say what shows that the person lives, such as a visit to the counter or a paper of the police.")
        lock_person(person)
        death = death_of(person)
        if death is None:
            raise _no_death(person)
        if death.province != actor.province:
            raise Forbidden("death.undoing_place", value=death.province, zh=f"这项死亡由 {death.province} 登记，由当地经办机构申请撤销。",
                            en=f"This death was settled by province {death.province}; its agency asks for the undoing.")
        number = returning("INSERT INTO benefit_death_undoing (death_id, person_id, province, reason, proof, asked_by) VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
                           [death.number, person, death.province, reason.strip(), proof.strip(), actor.id])
        return {"undoing": number, "person": person, "state": "proposed"}

    return dict(execute(actor, Command("benefits.ask_undoing", key, {"person": person, "reason": reason, "proof": proof}), work))


def decide(actor: Actor, key: str, person: int, *, accept: bool, reason: str = "", today: date, law: Law | None = None) -> dict[str, Any]:
    """Undo a death as it was asked, as a supervisor other than who asked, or refuse in writing.

    Returns
    -------
    dict
        ``state``; with an approval also ``reversed`` entries, ``pension`` (the claim that goes on, or None) and ``paid_fen``: what is
        made up at once, below zero what was too much. The months missed are paid by the next run.

    Raises
    ------
    NotFound
        If nothing waits for an answer that the actor may decide.
    Forbidden
        If the actor asked for it, or is no supervisor.
    InputError
        If a refusal gives no reason.
    Conflict
        If money has left to heirs, or a bank has not answered yet.
    """
    law = law or Law.load()

    def work() -> dict[str, Any]:
        if actor.role != "supervisor":
            raise Forbidden("benefit.supervisor", value=actor.role, zh="撤销死亡登记由审核人审批。", en="A supervisor decides whether a death is undone.")
        lock_person(person)
        found = _undoings(f"{_UNDOING} WHERE u.person_id = %s AND u.province = %s ORDER BY u.id DESC LIMIT 1 FOR NO KEY UPDATE OF u", [person, actor.province])
        if not found:
            raise NotFound("death.no_undoing", value=person, zh="没有撤销这个人死亡登记的申请，或您无权办理。",
                           en="Nobody asked that the death of this person be undone, or you may not decide it.")
        asked = found[0]
        if asked.state != "proposed":
            raise wrong_state(asked.state, "proposed")
        if asked.asked_by == actor.id:
            raise second_person(actor.id)
        if not accept and not reason.strip():
            raise InputError("benefit.reason", where="reason", zh="不批准必须书面说明理由。", en="A refusal needs its reason in writing.")
        if accept:
            _check_nothing_left(person)
        state = "approved" if accept else "refused"
        returning("UPDATE benefit_death_undoing SET state = %s, answer = %s, decided_by = %s, decided_at = clock_timestamp() WHERE id = %s RETURNING id",
                  [state, reason.strip(), actor.id, asked.id])
        done = _undo(asked, actor.id, law, today) if accept else {}
        return {"undoing": asked.id, "person": person, "state": state, **done}

    return dict(execute(actor, Command("benefits.decide_undoing", key, {"person": person, "accept": accept, "reason": reason}), work))


def _check_nothing_left(person: int) -> None:
    """Refuse while heirs have been paid, or a bank is asked to pay one, and say whom and how much."""
    with acting_as(SYSTEM):
        death = death_of(person)
    if death is None:
        raise _no_death(person)
    asked = [each for each in death.heirs if each.fen - each.open_fen - each.paid_fen > 0]
    if asked:
        names = [f"{each.name} {(each.fen - each.open_fen - each.paid_fen) / 100:.2f}" for each in asked]
        raise Conflict("death.heir_asked", value=", ".join(names), zh=f"银行还没有答复对继承人的付款：{'、'.join(names)} 元。请等银行答复后再审批。",
                       en=f"A bank has not answered yet whether heirs were paid: {', '.join(names)} yuan. Decide once it has.")
    paid = [f"{each.name}（{each.province}） {each.paid_fen / 100:.2f}" for each in death.heirs if each.paid_fen > 0]
    if paid:
        raise Conflict("death.heirs_paid", value=", ".join(paid), zh=f"已付给继承人：{'、'.join(paid)} 元。请先追回，在“死亡待遇”页登记继承人退回，再撤销。",
                       en=f"Heirs have been paid: {', '.join(paid)} yuan. Recover it first, book what came back on the page 'After a death', then undo it.")


def _undo(asked: Undoing, actor: int, law: Law, today: date) -> dict[str, Any]:
    """Take back what was done because of a death."""
    hold_payments(asked.province)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT entry_id FROM benefit_inheritance WHERE death_id = %s AND entry_id IS NOT NULL ORDER BY id DESC", [asked.death])
        entries = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT c.id, c.scheme, c.province, c.last_payment FROM benefit_claim c JOIN benefit_death d ON d.claim_id = c.id AND d.id = %s"
                       " FOR NO KEY UPDATE OF c", [asked.death])
        row = cursor.fetchone()
        recovery = None
        if row is not None:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('benefit recovery', id)) FROM benefit_recovery"
                           " WHERE claim_id = %s AND cause = 'death' AND undone_by IS NULL", [row[0]])  # what comes back meanwhile waits, or is counted
            cursor.execute("SELECT r.id, r.fen, (SELECT coalesce(sum(b.fen), 0)::bigint FROM benefit_return b WHERE b.recovery_id = r.id),"
                           " (SELECT e.id FROM ledger_entry e WHERE e.kind = 'pension_restored' AND e.source = 'recovery:' || r.id)"
                           " FROM benefit_recovery r WHERE r.claim_id = %s AND r.cause = 'death' AND r.undone_by IS NULL", [row[0]])
            recovery = cursor.fetchone()
            entries += [recovery[3]] if recovery is not None and recovery[3] is not None else []
        turned = [reverse(entry, actor=actor, reason=f"撤销死亡登记：{asked.reason}") for entry in entries]
        returning("UPDATE benefit_death SET undone_by = %s WHERE id = %s RETURNING id", [asked.id, asked.death])
        _credit_years(turned, law, today)
        paid = 0 if row is None else _go_on(asked, dict(zip(("id", "scheme", "province", "last_payment"), row, strict=True)), recovery, actor, law, today)
    return {"reversed": turned, "pension": None if row is None else row[0], "paid_fen": paid}


def _go_on(asked: Undoing, claim: dict[str, Any], recovery: tuple[int, int, int, int | None] | None, actor: int, law: Law, today: date) -> int:
    """Let a pension go on, make up what the months paid beyond the death came to, and raise it by the rises it missed; return what is made up [fen]."""
    number, last = claim["id"], claim["last_payment"]
    returning("UPDATE benefit_claim SET last_payment = NULL, state = CASE WHEN (SELECT k.provisional FROM benefit_calculation k WHERE k.claim_id = benefit_claim.id"
              " ORDER BY k.id DESC LIMIT 1) THEN 'provisional' ELSE 'final' END WHERE id = %s RETURNING id", [number])
    received = 0
    if recovery is not None:
        received = recovery[1] - recovery[2]  # what was counted as paid too much, less what came back
        returning("UPDATE benefit_recovery SET undone_by = %s WHERE id = %s RETURNING id", [asked.id, recovery[0]])
    owed = came_to(number, last) - received
    if owed > 0:
        pay_difference(claim, f"undone:{asked.death}", month(today.year, today.month), owed, actor, law, today)
    elif owed < 0:
        recover(number, f"undone:{asked.death}", -owed)
    apply_missed(number, actor=actor, today=today, law=law)
    return owed


def _credit_years(entries: list[int], law: Law, today: date) -> None:
    """Credit the interest of years gone by that the accounts lack by what was taken from them; a rate that is not out credits later, with the run of its year."""
    if not entries:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT a.id, a.kind, a.province::text, min(extract(year FROM e.value_date))::int FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id"
                       " JOIN ledger_account a ON a.id = l.account_id AND a.kind = ANY(%s) WHERE e.id = ANY(%s) GROUP BY a.id ORDER BY a.id", [list(SCHEME_OF), entries])
        accounts = cursor.fetchall()
    for account, kind, province, first in accounts:
        for year in range(first, today.year):
            try:
                credit_account(law, SCHEME_OF[kind], province, account, year, known=month(today.year, today.month))
            except MissingLaw:
                break


def _undoings(sql: str, values: list[Any]) -> list[Undoing]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Undoing(*row) for row in cursor.fetchall()]


def _no_death(person: int) -> NotFound:
    return NotFound("death.none", value=person, zh="没有登记这个人的死亡，或您无权查看。", en="No death of this person is settled, or you may not see it.")
