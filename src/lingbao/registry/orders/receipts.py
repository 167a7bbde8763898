"""A platform's transfer, as the bank shows it to the agency: one enters it, another books it, to the fen or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict, Forbidden, NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.orders.platforms import Platform, platform
from lingbao.registry.orders.settlement import difference, due, settle
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.session import Actor, run_as
from lingbao.registry.statements import returning

AGENCY = ("clerk", "supervisor")
SHOWN = 200


@dataclass(frozen=True)
class Receipt:
    """A transfer that was entered.

    Attributes
    ----------
    number, platform, reference, amount_fen, received_on
        Which transfer of whom, as the bank's statement has it.
    last_file : int
        Up to which file it settles.
    state : str
        ``entered``, ``booked`` or ``refused``.
    settlement : int or None
        What it became.
    """

    number: int
    platform: int
    reference: str
    amount_fen: int
    received_on: date
    last_file: int
    entered_by: int
    entered_at: datetime
    state: str
    reason: str
    decided_by: int | None
    decided_at: datetime | None
    settlement: int | None


@dataclass(frozen=True)
class Owing:
    """A platform of the actor's province and what it owes for files that no transfer has settled."""

    platform: Platform
    files: int
    amount_fen: int


_RECEIPT = ("SELECT id, platform_id, reference, amount_fen, received_on, last_file, entered_by, entered_at, state, reason, decided_by,"
            " decided_at, settlement_id FROM orders_receipt")


def owing(actor: Actor) -> list[Owing]:
    """Return the platforms whose books the actor may see, sandboxes apart, with what they owe."""
    numbers = [number for number, in run_as(actor, lambda: rows(
        "SELECT id FROM orders_platform WHERE NOT sandbox AND (orders_sees_all() OR id = ANY (orders_platforms_seen())) ORDER BY id"))]
    found = ((platform(number), due(number)) for number in numbers)
    return [Owing(place, len(owed.files), owed.amount_fen) for place, owed in found]


def receipts(actor: Actor, most: int = SHOWN) -> list[Receipt]:
    """Return the transfers entered that the actor may see: those that wait first, then the newest."""
    return [Receipt(*found) for found in run_as(actor, lambda: rows(f"{_RECEIPT} ORDER BY state <> 'entered', id DESC LIMIT %s", [most]))]


def receipt(actor: Actor, number: int) -> Receipt:
    """Return one transfer.

    Raises
    ------
    NotFound
        If there is none, or the actor may not see it.
    """
    return run_as(actor, lambda: _receipt(number))


def enter(actor: Actor, platform_id: int, reference: str, amount_fen: int, received_on: date, *, today: date) -> dict[str, Any]:
    """Enter a transfer as the bank's statement shows it; the same transfer again is the one entered before.

    Parameters
    ----------
    platform_id : int
        Who sent it.
    reference : str
        The bank's number of the transfer.
    amount_fen : int
        What arrived [fen]; it is what some number of files, counted from the oldest, add up to.
    received_on : datetime.date
        Value date.
    today : datetime.date
        The day in China.

    Raises
    ------
    InputError
        If the amount is not what the oldest unsettled files add up to, or the value date lies ahead.
    Conflict
        If the reference stands for another transfer.
    NotFound
        If the actor's agency does not keep the platform's books.
    """
    _check(actor, AGENCY)
    if not (reference.isascii() and reference.replace("-", "").replace("_", "").replace(".", "").isalnum() and len(reference) <= 64):
        raise InputError("orders.reference", value=reference[:64], where="reference", zh="请填写银行流水号（字母、数字、- _ .，至多 64 个）。",
                         en="Give the bank's reference (letters, digits, - _ ., at most 64).")
    if received_on > today:
        raise InputError("orders.received_on", value=received_on, where="received_on", zh="起息日在未来。", en="The value date lies ahead.")

    def work() -> dict[str, Any]:
        if row("SELECT 1 FROM orders_platform WHERE id = %s AND NOT sandbox AND id = ANY (orders_platforms_seen())", [platform_id]) is None:
            raise NotFound("orders.no_platform", value=platform_id, zh=f"没有编号为 {platform_id} 的平台，或其账簿不在本省。",
                           en=f"There is no platform {platform_id} whose books stand in this province.")
        rows("SELECT pg_advisory_xact_lock(hashtextextended('orders receipt', %s))", [platform_id])
        before = row("SELECT id, amount_fen, received_on FROM orders_receipt WHERE platform_id = %s AND reference = %s AND state <> 'refused'",
                     [platform_id, reference])
        if before is not None and before[1:] == (amount_fen, received_on):
            return {"receipt": before[0]}
        if before is not None or row("SELECT 1 FROM orders_settlement WHERE platform_id = %s AND reference = %s", [platform_id, reference]):
            raise Conflict("orders.settled_before", value=reference, where="reference", zh=f"流水号 {reference} 已经登记或入账过，内容与这次不同。请核对银行对账单；登记有误的，先退回再登记。",
                           en=f"The reference {reference} was entered or booked before with other content. Check the bank's statement; refuse what was entered wrongly, then enter it anew.")
        number = returning("INSERT INTO orders_receipt (platform_id, reference, amount_fen, received_on, last_file, entered_by)"
                           " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
                           [platform_id, reference, amount_fen, received_on, _last_file(platform_id, amount_fen), actor.id])
        return {"receipt": number}

    return run_as(actor, work)


def book(actor: Actor, key: str, number: int) -> dict[str, Any]:
    """Book a transfer, as a supervisor who did not enter it; the withheld money of its files is received then.

    Raises
    ------
    Forbidden
        If the actor is no supervisor, or entered it.
    Conflict
        If it was decided before.
    InputError
        If its files add up to something else by now.
    """
    def work() -> dict[str, Any]:
        _check(actor, ("supervisor",))
        found = _waiting(number)
        if found.entered_by == actor.id:
            raise Forbidden("orders.two_persons", value=number, zh="到账须由两人办理：登记人不能自己入账。",
                            en="Money that came in takes two: who entered it does not book it.")
        done = settle(found.platform, found.reference, found.amount_fen, found.received_on, through=found.last_file)
        _decided(actor, number, "booked", "", done.id)
        return {"receipt": number, "state": "booked", "settlement": done.id, "files": len(done.files), "entry": done.entry}

    return dict(execute(actor, Command("orders.book_receipt", key, number), work))


def refuse(actor: Actor, key: str, number: int, *, reason: str) -> dict[str, Any]:
    """Refuse a transfer that was entered wrongly, as a supervisor or as who entered it; it may then be entered anew.

    Raises
    ------
    InputError
        If no reason is given.
    Forbidden
        If a clerk would refuse what another entered.
    Conflict
        If it was decided before.
    """
    def work() -> dict[str, Any]:
        _check(actor, AGENCY)
        if not reason.strip():
            raise InputError("orders.reason", where="reason", zh="请写明退回的理由。", en="Say why it is refused.")
        _waiting(number)
        _decided(actor, number, "refused", reason.strip(), None)
        return {"receipt": number, "state": "refused"}

    return dict(execute(actor, Command("orders.refuse_receipt", key, [number, reason]), work))


def _last_file(platform_id: int, amount_fen: int) -> int:
    """Return the last of the oldest unsettled files that add up to an amount."""
    owed = due(platform_id)
    together, last = 0, None
    for file, fen in zip(owed.files, owed.withheld_fen, strict=True):
        together += fen
        last = file if together == amount_fen else last
    if last is None or amount_fen <= 0:
        raise difference(amount_fen, owed)
    return last


def _receipt(number: int) -> Receipt:
    found = row(f"{_RECEIPT} WHERE id = %s", [number])
    if found is None:
        raise NotFound("orders.no_receipt", value=number, zh=f"没有第 {number} 号到账登记，或您无权查看。", en=f"There is no transfer {number}, or you may not see it.")
    return Receipt(*found)


def _waiting(number: int) -> Receipt:
    """Return a transfer that waits and that the actor may decide, held to the end of the transaction."""
    _receipt(number)
    held = row(f"{_RECEIPT} WHERE id = %s AND state = 'entered' FOR NO KEY UPDATE", [number])
    if held is not None:
        return Receipt(*held)
    if _receipt(number).state == "entered":
        raise Forbidden("orders.receipt_own", value=number, zh="只能撤回自己登记的到账；其他由审核人退回。",
                        en="A clerk takes back only what he entered himself; a supervisor refuses others.")
    raise Conflict("orders.decided", value=number, zh="这笔到账已经办结。", en="This transfer is decided already.")


def _decided(actor: Actor, number: int, state: str, reason: str, settlement: int | None) -> None:
    returning("UPDATE orders_receipt SET state = %s, reason = %s, decided_by = %s, decided_at = clock_timestamp(), settlement_id = %s"
              " WHERE id = %s RETURNING id", [state, reason, actor.id, settlement, number])


def _check(actor: Actor, roles: tuple[str, ...]) -> None:
    if actor.role not in roles:
        raise Forbidden("registry.role", value=actor.role, zh="平台到账由经办机构登记，由审核人入账。", en="The agency enters what arrived; a supervisor books it.")
