"""The monthly payment: prepared by one, approved by another, paid in chunks that may be interrupted and repeated at will."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.month import format_month
from lingbao.law.store import Law
from lingbao.registry.benefits.refusals import second_person, wrong_state
from lingbao.registry.errors import Conflict, Forbidden, NotFound, in_words
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, Actor, acting_as, run_as
from lingbao.registry.statements import returning

CHUNK = 10_000


@dataclass(frozen=True)
class Paid:
    """What a run paid now: payments and fen; what it had paid before is not counted again."""

    payments: int
    fen: int


def prepare(actor: Actor, key: str, province: str, month: int, *, from_month: int | None = None) -> dict[str, Any]:
    """Prepare the run of a month: each pension from its first month not paid yet, so that a pension granted late loses none.

    Parameters
    ----------
    from_month : int, optional
        First month to pay, in place of each pension's own.

    Raises
    ------
    Conflict
        If one is under way for the month, or one is done and nothing is left to pay.
    """
    def work() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM benefit_run WHERE province = %s AND month = %s AND from_month IS NOT DISTINCT FROM %s AND state = 'done')",
                           [province, month, from_month])
            if cursor.fetchone()[0] and not _left(province, from_month, month):
                raise Conflict("benefit.run_done", value=format_month(month), zh="这个月的养老金已经发完，没有待发的。",
                               en="The pensions of this month are all paid; nothing is left.")
        number = returning("INSERT INTO benefit_run (province, from_month, month, prepared_by) VALUES (%s, %s, %s, %s) RETURNING id",
                           [province, from_month, month, actor.id])
        return {"run": number, "month": format_month(month)}

    return execute(actor, Command("benefits.prepare", key, {"province": province, "month": month, "from": from_month}), work)


def _left(province: str, from_month: int | None, month: int) -> bool:
    """Whether anything is still due up to a month."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM benefit_due(%s, %s, %s, clock_timestamp()) d WHERE NOT EXISTS (SELECT FROM benefit_payment p"
                       " WHERE p.claim_id = d.claim_id AND p.month = d.month AND p.kind = 'monthly'))", [province, from_month, month])
        return bool(cursor.fetchone()[0])


def approve(actor: Actor, key: str, run: int) -> dict[str, Any]:
    """Approve a run, as someone other than who prepared it."""
    def work() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state, prepared_by FROM benefit_run WHERE id = %s", [run])
            row = cursor.fetchone()
            if row is None:
                raise no_run(run)
            if row[0] != "prepared":
                raise wrong_state(row[0], "prepared")
            if row[1] == actor.id:
                raise second_person(actor.id)
            cursor.execute("UPDATE benefit_run SET state = 'approved', approved_by = %s, approved_at = clock_timestamp() WHERE id = %s AND state = 'prepared'",
                           [actor.id, run])
            if not cursor.rowcount:  # approved by another at this moment, or the database does not let this role
                raise no_run(run)
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
    with in_words(), connection.cursor() as cursor:
        cursor.execute("SELECT last_claim, payments, fen FROM benefit_pay_chunk(%s, %s, %s, %s, %s, %s)",
                       [run, after, size, actor, law_hash, today])
        return cursor.fetchone()


def hold_payments(province: str) -> None:
    """Hold the payments of a province to the end of the transaction, so that who counts what was paid misses none that is being made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('benefit run ' || %s, 3))", [province])


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
        raise Forbidden("benefit.supervisor", zh="代发入账须由本省审核人办理。", en="A supervisor of the province books what the bank paid out.")
    return execute(actor, Command("benefits.disbursed", key, {"province": province, "fen": fen, "reference": reference}), work)


def history(person: int) -> list[dict[str, Any]]:
    """Return the claims and payments of a person as plain data, for the person's own export."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, province, claim_month, state, pension_fen FROM benefit_claim WHERE person_id = %s ORDER BY id", [person])
        rows = cursor.fetchall()
    return [{"claim": claim, "province": province, "month": format_month(month), "state": state, "pension_fen": fen,
             "payments": [list(each) for each in payments_of(claim)]} for claim, province, month, state, fen in rows]
