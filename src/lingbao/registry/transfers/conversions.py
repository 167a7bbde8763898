"""Commands of a move between the employee and the resident scheme: ask, then decide with the money in one entry."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.month import format_month, month
from lingbao.law.store import Law
from lingbao.registry.errors import Conflict, Forbidden, NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.people.alive import check_alive
from lingbao.registry.record.queries import months_of, years_of
from lingbao.registry.session import SYSTEM, Actor, acting_as
from lingbao.registry.statements import returning
from lingbao.registry.transfers.conversion import Conversion, Direction, ResidentYear, convert, due

# Where the account of each direction comes from and goes to.
ACCOUNTS: dict[str, tuple[str, str]] = {"to_employee": ("resident_account", "individual"), "to_resident": ("individual", "resident_account")}


def ask(actor: Actor, key: str, person: int, direction: Direction, province: str, *, today: date, law: Law | None = None,
        statutory: int | None = None) -> dict[str, Any]:
    """Ask for a move between the schemes in the province that keeps both; it must be open by the months recorded.

    Parameters
    ----------
    statutory : int, optional
        Statutory month of the person, before which no move is open (人社部发〔2014〕17号 第三条).

    Raises
    ------
    InputError
        If the direction is not open, or the statutory age is not reached.
    Conflict
        If one is under way.
    """
    law = law or Law.load()

    def work() -> dict[str, Any]:
        check_alive(person)
        check_age(statutory, today)
        found = work_out(person, direction, province, today, law)
        last = due(law, today)
        number = returning(
            "INSERT INTO transfer_conversion (person_id, province, direction, applied_on, due, due_provisional, law_hash)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [person, province, direction, today, last.due, last.provisional, law.hash])
        return {"conversion": number, "due": str(last.due), "provisional_due": last.provisional, "moved_fen": found.moved_fen,
                "refund_fen": found.refund_fen, "overlap": [list(each) for each in found.overlap]}

    return execute(actor, Command("transfers.ask_conversion", key, {"person": person, "direction": direction, "province": province}), work)


def decide(actor: Actor, key: str, number: int, *, accept: bool, today: date, reason: str = "", law: Law | None = None) -> dict[str, Any]:
    """Accept a move, with account and refund booked in one entry, or refuse it in writing.

    Raises
    ------
    InputError
        If a refusal gives no reason.
    Conflict
        If it is decided already.
    """
    law = law or Law.load()

    def work() -> dict[str, Any]:
        if actor.role not in ("clerk", "supervisor", "system"):
            raise Forbidden("conversion.agency", zh="衔接由经办机构办理。", en="A move between the schemes is decided by the agency.")
        person, province, direction, state = _locked(number)
        if state != "applied":
            raise Conflict("conversion.decided", value=state, zh="该衔接已经办结。", en="This move is decided already.")
        if not accept:
            if not reason.strip():
                raise InputError("conversion.reason", zh="不予办理必须书面说明理由。", en="A refusal needs its reason in writing.")
            returning("UPDATE transfer_conversion SET state = 'refused', reason = %s, answered_on = %s, answered_by = %s WHERE id = %s"
                     " RETURNING id", [reason, today, actor.id, number])
            return {"conversion": number, "state": "refused", "entry": None}
        check_alive(person)
        found = work_out(person, direction, province, today, law)
        years = [year for year, _ in found.overlap]
        entry = _book(number, person, province, found, actor.id, law, today)
        returning("UPDATE transfer_conversion SET state = 'done', moved_fen = %s, refund_fen = %s, refunded_years = %s, entry_id = %s,"
                  " answered_on = %s, answered_by = %s WHERE id = %s RETURNING id",
                  [found.moved_fen, found.refund_fen, years, entry, today, actor.id, number])
        return {"conversion": number, "state": "done", "entry": entry, "moved_fen": found.moved_fen, "refund_fen": found.refund_fen,
                "employee_months": found.employee_months, "resident_years": found.resident_years}

    return execute(actor, Command("transfers.decide_conversion", key, {"conversion": number, "accept": accept, "reason": reason}), work)


def check_age(statutory: int | None, today: date) -> None:
    """Refuse a move before the statutory month."""
    if statutory is not None and month(today.year, today.month) < statutory:
        raise InputError("conversion.early", value=format_month(statutory),
                         zh=f"达到法定退休年龄（{format_month(statutory)}）以后才能办理城乡衔接。",
                         en=f"A move between the schemes is open from the statutory age on, {format_month(statutory)}.")


def work_out(person: int, direction: Direction, province: str, today: date, law: Law) -> Conversion:
    """Work a move out from the record and the books as they stand, without asking for it.

    Raises
    ------
    InputError
        If the direction is not open by the months recorded.
    Conflict
        If a move was done before: a person changes scheme once; only what has come to the account left since can follow.
    """
    with acting_as(SYSTEM):
        months = [each.month for each in months_of(person)]
        years = [ResidentYear(each.year, each.fee_fen, each.aid_fen) for each in years_of(person)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, balance_fen FROM ledger_account WHERE owner_kind = 'person' AND owner_id = %s AND province = %s"
                           " AND kind IN ('individual', 'resident_account')", [person, province])
            balances = dict(cursor.fetchall())
        refunded = _done_before(person, direction, balances.get(ACCOUNTS[direction][0], 0))
    return convert(law, direction, on=month(today.year, today.month), employee_months=months, employee_fen=balances.get("individual", 0),
                   resident_years=years, resident_fen=balances.get("resident_account", 0), refunded=refunded)


def _done_before(person: int, direction: Direction, left_fen: int) -> list[int]:
    """Return the years that an earlier move gave back; refuse a move back, and a second one with no money left to follow."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT direction, answered_on, refunded_years FROM transfer_conversion WHERE person_id = %s AND state = 'done' ORDER BY id", [person])
        done = cursor.fetchall()
    if done and (left_fen <= 0 or any(way != direction for way, _, _ in done)):
        raise Conflict("conversion.done_before", value=str(done[-1][1]), zh=f"已于 {done[-1][1]} 办结城乡衔接，不能重复办理。",
                       en=f"A move between the schemes was done on {done[-1][1]}; it cannot be done again.")
    return [year for _, _, years in done for year in years]


def _book(number: int, person: int, province: str, found: Conversion, actor: int, law: Law, today: date) -> int:
    """Move the account and put the refund of what was paid twice where the person can have it."""
    source, target = ACCOUNTS[found.direction]
    with acting_as(SYSTEM):
        names = [AccountName(kind, "person", person, province) for kind in (source, target, "resident_account", "refund_payable")]
        from_, to, resident, refund = open_accounts(names)
        legs = [leg for leg in (Leg(from_, -found.moved_fen), Leg(to, found.moved_fen), Leg(resident, -found.refund_fen),
                                Leg(refund, found.refund_fen)) if leg.fen]
        if not legs:
            raise InputError("conversion.nothing", zh="两个账户均无余额，无需衔接。", en="There is no money in the accounts to move.")
        return post([Draft("conversion", legs, source=f"conversion:{number}")], actor=actor, law_hash=law.hash,
                    reason="城乡养老保险制度衔接", value_date=today)[0]


def _locked(number: int) -> tuple[int, str, Direction, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, province, direction, state FROM transfer_conversion WHERE id = %s FOR NO KEY UPDATE", [number])
        row = cursor.fetchone()
    if row is None:
        raise NotFound("conversion.none", value=number, zh=f"没有第 {number} 号衔接，或您无权办理。", en=f"There is no move {number}, or you may not handle it.")
    return row
