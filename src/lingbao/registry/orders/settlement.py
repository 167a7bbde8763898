"""A platform's transfer settles files: what was withheld and pending is now received, to the fen or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.orders.platforms import Platform, platform
from lingbao.registry.orders.tables import row, rows
from lingbao.registry.orders.webhooks import announce
from lingbao.registry.orders.workers import lock_links
from lingbao.registry.session import SYSTEM, run_as

NOBODY = 0  # stands for the workers of the platform whom no one has linked


@dataclass(frozen=True)
class Due:
    """What a platform owes for the files that no transfer has settled, the oldest first, and what each of them withheld [fen]."""

    files: tuple[int, ...]
    amount_fen: int
    withheld_fen: tuple[int, ...]


@dataclass(frozen=True)
class Settlement:
    """A transfer that was booked."""

    id: int
    files: tuple[int, ...]
    amount_fen: int
    entry: int | None


def due(platform_id: int, *, through: int | None = None) -> Due:
    """Return what is due, for all files or those up to the file `through`."""
    return run_as(SYSTEM, lambda: _due(platform_id, through))


def lock_money() -> None:
    """Let settlements and turn-overs follow one another (until the transaction ends)."""
    rows("SELECT pg_advisory_xact_lock(hashtextextended('orders money', 0))")


def settle(platform_id: int, reference: str, amount_fen: int, received_on: date, *, through: int | None = None) -> Settlement:
    """Book a platform's transfer for all unsettled files, or those up to the file `through`.

    The same reference and amount again return what was booked.

    Parameters
    ----------
    reference : str
        Number of the bank transfer, once for each.
    amount_fen : int
        What arrived [fen].
    received_on : datetime.date
        Value date.

    Raises
    ------
    InputError
        If what arrived is not what is due; nothing is booked then.
    """
    place = platform(platform_id)

    def work() -> Settlement:
        lock_money()
        lock_links(platform_id, change=True)
        before = row("SELECT id, amount_fen, entry_id FROM orders_settlement WHERE platform_id = %s AND reference = %s",
                     [platform_id, reference])
        if before is not None and before[1] == amount_fen:
            files = rows("SELECT file_id FROM orders_settlement_file WHERE settlement_id = %s ORDER BY 1", [before[0]])
            return Settlement(before[0], tuple(file for file, in files), amount_fen, before[2])
        owed = _due(platform_id, through)
        if before is not None or amount_fen != owed.amount_fen or amount_fen <= 0:
            raise difference(amount_fen, owed)
        return _book(place, reference, received_on, owed)

    return run_as(SYSTEM, work)


def _book(place: Platform, reference: str, received_on: date, owed: Due) -> Settlement:
    moved, carried = _shares(place, owed.files)
    entry = None if place.sandbox else _post(place, reference, received_on, owed.amount_fen, moved)
    (number,) = rows("INSERT INTO orders_settlement (platform_id, reference, received_on, amount_fen, last_file, entry_id)"
                     " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
                     [place.id, reference, received_on, owed.amount_fen, owed.files[-1], entry])[0]
    rows("INSERT INTO orders_settlement_file (file_id, settlement_id, platform_id) SELECT unnest(%s::bigint[]), %s, %s",
         [list(owed.files), number, place.id])
    rows("INSERT INTO orders_settlement_carry (settlement_id, platform_id, person_id, carried_fen)"
         " SELECT %s, %s, * FROM unnest(%s::bigint[], %s::bigint[])",
         [number, place.id, list(carried), list(carried.values())])
    announce(place.id, "settlement.matched", json.dumps(
        {"settlement": number, "reference": reference, "amount_fen": owed.amount_fen, "files": list(owed.files)}))
    return Settlement(number, owed.files, owed.amount_fen, entry)


def _shares(place: Platform, files: tuple[int, ...]) -> tuple[dict[int, int], dict[int, int]]:
    """Return what each person's money moves by, and the refunds that a person's money cannot bear and that are carried."""
    sums = dict(rows(
        "SELECT coalesce(l.person_id, %s), sum(w.withheld_fen)::bigint FROM orders_file_worker w"
        " LEFT JOIN orders_worker_person l USING (worker_id) WHERE w.file_id = ANY(%s) GROUP BY 1", [NOBODY, list(files)]))
    for person, fen in rows(
            "SELECT people_kept(person_id), carried_fen FROM orders_settlement_carry WHERE settlement_id ="
            " (SELECT max(id) FROM orders_settlement WHERE platform_id = %s)", [place.id]):
        sums[person] = sums.get(person, 0) + fen
    short = [person for person, fen in sums.items() if fen < 0]
    held = dict(rows("SELECT CASE owner_kind WHEN 'person' THEN owner_id ELSE %s END, balance_fen FROM ledger_account WHERE kind = 'withheld' AND province = %s"
                     " AND (owner_kind = 'person' AND owner_id = ANY(%s) OR owner_kind = 'platform' AND owner_id = %s)", [NOBODY, place.province, short, place.id]))
    moved = {person: max(fen, -held.get(person, 0)) for person, fen in sums.items()}
    return moved, {person: fen - moved[person] for person, fen in sums.items() if fen < moved[person]}


def _post(place: Platform, reference: str, received_on: date, amount: int, moved: dict[int, int]) -> int:
    """Post the transfer: the bank holds it, the platform owes less, and each person's pending money is received."""
    shares = sorted((person, fen) for person, fen in moved.items() if fen)
    owners = [("platform", place.id) if person == NOBODY else ("person", person) for person, _ in shares]
    pending = open_accounts([AccountName("pending", *owner, place.province) for owner in owners])
    received = open_accounts([AccountName("withheld", *owner, place.province) for owner in owners])
    bank, receivable = open_accounts([AccountName("bank", "province", int(place.province), place.province),
                                      AccountName("platform_receivable", "platform", place.id, place.province)])
    legs = [Leg(bank, -amount), Leg(receivable, amount)]
    for out, into, (_, fen) in zip(pending, received, shares, strict=True):
        legs += [Leg(out, -fen), Leg(into, fen)]
    return post([Draft("orders.settlement", legs, source=f"platform:{place.id}:{reference}")], actor=SYSTEM.id,
                law_hash=Law.load().hash, reason=f"{place.name_zh}转来代扣款 · received from {place.name_en}",
                value_date=received_on)[0]


def _due(platform_id: int, through: int | None) -> Due:
    found = rows("SELECT f.id, f.withheld_fen FROM orders_file f LEFT JOIN orders_settlement_file s ON s.file_id = f.id"
                 " WHERE f.platform_id = %s AND s.file_id IS NULL AND f.id <= coalesce(%s, f.id) ORDER BY f.id",
                 [platform_id, through])
    return Due(tuple(file for file, _ in found), sum(fen for _, fen in found), tuple(fen for _, fen in found))


def difference(received: int, owed: Due) -> InputError:
    """Return the refusal of an amount that is not due."""
    return InputError(
        "orders.settlement_difference", value=received, where="amount_fen",
        zh=f"到账 {received} 分，应付 {owed.amount_fen} 分（{len(owed.files)} 个文件），不一致，未入账。请下载对账文件核对，"
           "按对账文件的金额转账，或写明结算到哪个文件。",
        en=f"{received} fen arrived, {owed.amount_fen} fen are due for {len(owed.files)} files; nothing was booked. Compare the"
           " reconciliation file, transfer its amount, or say up to which file the transfer goes.")
