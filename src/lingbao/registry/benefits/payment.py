"""The monthly payment: prepared by one, approved by another, paid in chunks that may be interrupted and repeated at will."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DatabaseError, connection

from lingbao.law.month import format_month
from lingbao.law.store import Law
from lingbao.registry.benefits.refusals import second_person, wrong_state
from lingbao.registry.errors import Forbidden, NotFound, translated
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, Actor, acting_as, run_as

CHUNK = 10_000


@dataclass(frozen=True)
class Paid:
    """What a run paid now: payments and fen; what it had paid before is not counted again."""

    payments: int
    fen: int


def prepare(actor: Actor, key: str, province: str, month: int, *, from_month: int | None = None) -> dict[str, Any]:
    """Prepare the run of a month; with ``from_month`` it also pays months left unpaid since then."""
    def work() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO benefit_run (province, from_month, month, prepared_by) VALUES (%s, %s, %s, %s) RETURNING id",
                           [province, month if from_month is None else from_month, month, actor.id])
            return {"run": cursor.fetchone()[0], "month": format_month(month)}

    return execute(actor, Command("benefits.prepare", key, {"province": province, "month": month, "from": from_month}), work)


def approve(actor: Actor, key: str, run: int) -> dict[str, Any]:
    """Approve a run, as someone other than who prepared it."""
    def work() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state, prepared_by FROM benefit_run WHERE id = %s FOR NO KEY UPDATE", [run])
            row = cursor.fetchone()
            if row is None:
                raise no_run(run)
            if row[0] != "prepared":
                raise wrong_state(row[0], "prepared")
            if row[1] == actor.id:
                raise second_person(actor.id)
            cursor.execute("UPDATE benefit_run SET state = 'approved', approved_by = %s, approved_at = clock_timestamp() WHERE id = %s", [actor.id, run])
        return {"run": run, "state": "approved"}

    return execute(actor, Command("benefits.approve", key, {"run": run}), work)


def pay(run: int, *, actor: int, today: date, law: Law | None = None, chunk: int = CHUNK,
        progress: Callable[[int], None] = lambda payments: None) -> Paid:
    """Pay an approved run, or what is left of it: each chunk is one transaction, each pension is paid once by its key.

    Parameters
    ----------
    run : int
    actor : int
        Who started it.
    today : date
        Value date.
    chunk : int
        Claims in one transaction.
    progress : callable
        Told after each chunk how many payments were made now.

    Raises
    ------
    Conflict
        If the run is not approved.
    """
    law_hash = (law or Law.load()).hash
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT state FROM benefit_run WHERE id = %s", [run])
        row = cursor.fetchone()
    if row is None:
        raise no_run(run)
    if row[0] == "prepared":
        raise wrong_state(row[0], "approved")
    after, payments, fen = 0, 0, 0
    while True:
        last, paid, amount = run_as(SYSTEM, lambda after=after: _chunk(run, after, chunk, actor, law_hash, today))
        if last is None:
            break
        after, payments, fen = last, payments + paid, fen + amount
        progress(payments)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE benefit_run SET state = 'done', finished_at = clock_timestamp() WHERE id = %s AND state = 'approved'", [run])
    return Paid(payments, fen)


def _chunk(run: int, after: int, size: int, actor: int, law_hash: str, today: date) -> tuple[int | None, int, int]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT last_claim, payments, fen FROM benefit_pay_chunk(%s, %s, %s, %s, %s, %s)",
                           [run, after, size, actor, law_hash, today])
            return cursor.fetchone()
    except DatabaseError as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error


def payments_of(claim: int) -> list[tuple[int, str, int, int]]:
    """Payments of a claim in order of month: month, kind, amount and the account's part of it [fen]."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT month, kind, amount_fen, account_fen FROM benefit_payment WHERE claim_id = %s ORDER BY month, kind", [claim])
        return list(cursor.fetchall())


def no_run(run: int) -> NotFound:
    return NotFound("benefit.no_run", value=run, zh=f"没有第 {run} 号发放批次，或您无权办理。", en=f"There is no run {run}, or you may not handle it.")


def disbursed(actor: Actor, key: str, province: str, fen: int, *, reference: str, today: date, law: Law | None = None) -> dict[str, Any]:
    """Book what the bank reports as paid out to pensioners or heirs of a province.

    Parameters
    ----------
    fen : int
        Amount that left the bank [fen]; never more than is payable.
    reference : str
        The bank's own number, booked once.

    Raises
    ------
    Overdrawn
        If less is payable, or the bank does not hold it.
    Conflict
        If the bank's number is booked already.
    """
    law_hash = (law or Law.load()).hash

    def work() -> dict[str, Any]:
        with acting_as(SYSTEM):
            payable, bank = open_accounts([AccountName(kind, "province", int(province), province) for kind in ("pension_payable", "bank")])
            entry = post([Draft("pension_disbursed", [Leg(payable, -fen), Leg(bank, fen)], source=f"bank:{province}:{reference}")],
                         actor=actor.id, law_hash=law_hash, reason="银行代发养老金", value_date=today)[0]
        return {"entry": entry}

    if actor.role not in ("supervisor", "system") or (actor.role == "supervisor" and actor.province != province):
        raise Forbidden("benefit.supervisor", zh="代发入账须由本省负责人办理。", en="A supervisor of the province books what the bank paid out.")
    return execute(actor, Command("benefits.disbursed", key, {"province": province, "fen": fen, "reference": reference}), work)


def history(person: int) -> list[dict[str, Any]]:
    """Return the claims and payments of a person as plain data, for the person's own export."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, province, claim_month, state, pension_fen FROM benefit_claim WHERE person_id = %s ORDER BY id", [person])
        rows = cursor.fetchall()
    return [{"claim": claim, "province": province, "month": format_month(month), "state": state, "pension_fen": fen,
             "payments": [list(each) for each in payments_of(claim)]} for claim, province, month, state, fen in rows]
