"""Taking a bank's statement in, and finding beside each line the entry that booked it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.banking.reading import Line, Refusal, read
from lingbao.registry.collection.messages import Message, sign
from lingbao.registry.collection.payments import take_message
from lingbao.registry.errors import Conflict, Forbidden, NotFound
from lingbao.registry.session import SYSTEM, Actor, acting_as, run_as


@dataclass(frozen=True)
class Statement:
    """A statement that was taken; `lines` are those taken, beside those repeated and refused."""

    number: int
    province: str
    channel: str
    first: date | None
    last: date | None
    lines: int
    repeated: int
    refused: int
    uploaded_by: int
    uploaded_at: datetime


@dataclass(frozen=True)
class Matched:
    """A line of a statement and what the books say of it.

    Attributes
    ----------
    line : Line
    state : str
        ``matched``; ``differs``: the entry has another amount; ``untold``: the bank did what we asked and never told us;
        ``unknown``: nothing in the books.
    entry, entry_fen : int or None
        The entry, and how much of it stands on the bank's account [fen].
    """

    line: Line
    state: str
    entry: int | None = None
    entry_fen: int | None = None


@dataclass(frozen=True)
class Booked:
    """An entry on the bank's account that no line of any statement speaks of."""

    entry: int
    value_date: date
    fen: int
    reason: str
    kind: str


@dataclass(frozen=True)
class Reconciled:
    """A statement beside the books."""

    statement: Statement
    lines: tuple[Matched, ...]
    refusals: tuple[Refusal, ...]
    ours_only: tuple[Booked, ...]


_COLUMNS = "id, province, channel, first, last, lines, repeated, refused, uploaded_by, uploaded_at"


def take(actor: Actor, channel: str, content: bytes, *, today: date) -> Statement:
    """Take a statement of the actor's province; the same file again gives what was taken.

    A line whose reference stood in an earlier statement is left out; one that says something else now is refused.

    Raises
    ------
    FileRefused
    Forbidden
        For other roles than an agency's.
    """
    if actor.role not in ("clerk", "supervisor") or actor.province is None:
        raise Forbidden("registry.role", value=actor.role, zh="对账单由经办机构上传。", en="Statements are uploaded by an agency.")
    if not channel or len(channel) > 40 or not channel.isascii() or not channel.replace("-", "").isalnum():
        raise InputError("bank.channel", value=channel[:40], where="channel", zh="银行名称应为字母、数字和连字符。", en="The bank's name has letters, digits and hyphens.")
    digest = hashlib.sha256(content).digest()
    before = run_as(actor, lambda: _statements("WHERE province = %s AND channel = %s AND sha256 = %s", [actor.province, channel, digest]))
    if before:
        return before[0]
    lines, refusals = read(content, today=today)

    def work() -> Statement:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('bank statements', %s))", [int(actor.province or 0)])
        fresh, repeated, contrary = _new(actor.province or "", channel, lines)
        return _write(actor, channel, digest, fresh, repeated, sorted([*refusals, *contrary], key=lambda each: each.line))

    return run_as(actor, work)


def _new(province: str, channel: str, lines: Sequence[Line]) -> tuple[list[Line], int, list[Refusal]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reference, booked_on, coalesce(number, ''), amount_fen FROM bank_line WHERE province = %s AND channel = %s AND reference = ANY(%s)",
                       [province, channel, [each.reference for each in lines]])
        known: dict[str, tuple[Any, ...]] = {reference: tuple(rest) for reference, *rest in cursor.fetchall()}
    fresh, repeated, contrary = [], 0, []
    for each in lines:
        said = (each.booked_on, each.number or "", each.amount_fen)
        if each.reference not in known:
            known[each.reference] = said
            fresh.append(each)
        elif known[each.reference] == said:
            repeated += 1
        else:
            contrary.append(Refusal(each.line, "bank.contrary", f"流水号 {each.reference} 此前的日期、编号或金额不同。请向银行核实。",
                                    f"The reference {each.reference} had another date, number or amount before. Ask the bank."))
    return fresh, repeated, contrary


def _write(actor: Actor, channel: str, digest: bytes, lines: list[Line], repeated: int, refusals: list[Refusal]) -> Statement:
    days = [each.booked_on for each in lines]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bank_statement (province, channel, first, last, sha256, lines, repeated, refused, uploaded_by)"
                       " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                       [actor.province, channel, min(days, default=None), max(days, default=None), digest, len(lines), repeated, len(refusals), actor.id])
        (number,) = cursor.fetchone()
        cursor.execute("INSERT INTO bank_line (statement_id, province, channel, line, booked_on, reference, number, amount_fen, note)"
                       " SELECT %s, %s, %s, * FROM unnest(%s::int[], %s::date[], %s::text[], %s::text[], %s::bigint[], %s::text[])",
                       [number, actor.province, channel, [each.line for each in lines], days, [each.reference for each in lines],
                        [each.number for each in lines], [each.amount_fen for each in lines], [each.note for each in lines]])
        cursor.execute("INSERT INTO bank_refusal (statement_id, line, code, zh, en) SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[])",
                       [number, [each.line for each in refusals], [each.code for each in refusals], [each.zh for each in refusals],
                        [each.en for each in refusals]])
    return _statements("WHERE id = %s", [number])[0]


def statements(most: int = 100) -> list[Statement]:
    """Return the statements that the acting role may see, the newest first."""
    return _statements("ORDER BY id DESC LIMIT %s", [most])


def _statements(where: str, values: list[Any]) -> list[Statement]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM bank_statement {where}", values)
        return [Statement(*row) for row in cursor.fetchall()]


def reconciled(number: int) -> Reconciled:
    """Return a statement beside the books, as the acting role may see it.

    Raises
    ------
    NotFound
    """
    found = _statements("WHERE id = %s", [number])
    if not found:
        raise _no_statement(number)
    statement = found[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT line, booked_on, reference, number, amount_fen, note FROM bank_line WHERE statement_id = %s ORDER BY line", [number])
        lines = [Line(*row) for row in cursor.fetchall()]
        cursor.execute("SELECT line, code, zh, en FROM bank_refusal WHERE statement_id = %s ORDER BY line", [number])
        refusals = tuple(Refusal(*row) for row in cursor.fetchall())
    with acting_as(SYSTEM):  # the statement is the actor's to see, and so are the entries on the same bank account
        return Reconciled(statement, tuple(_matched(statement, lines)), refusals, tuple(_ours_only(statement)))


# Under which source an entry on the bank's account is found from a line: the bank's reference, or our own number.
_ENTRIES = """
    WITH line AS (SELECT * FROM unnest(%(lines)s::int[], %(references)s::text[], %(numbers)s::text[]) AS x (line, reference, number)),
    named AS (
        SELECT line, %(channel)s || ':' || reference AS source FROM line
        UNION ALL SELECT line, 'bank:' || %(province)s || ':' || reference FROM line
        UNION ALL SELECT line, reference FROM line
        UNION ALL SELECT line, number FROM line WHERE number IS NOT NULL
        UNION ALL SELECT l.line, 'platform:' || s.platform_id || ':' || s.reference FROM line l JOIN orders_settlement s ON s.reference = l.reference
    ), found AS (
        SELECT n.line, e.id FROM named n JOIN ledger_entry e ON e.source = n.source
            AND e.kind IN ('payment_received', 'refund_paid', 'pension_disbursed', 'pension_returned', 'heir_returned', 'orders.settlement', 'subsidy_received', 'transfer_out', 'transfer_in')
        UNION SELECT l.line, m.entry_id FROM line l JOIN collection_message m ON m.number = l.number AND m.kind IN ('paid', 'refunded')
    )
    SELECT f.line, f.id, -sum(g.amount_fen)::bigint FROM found f JOIN ledger_leg g ON g.entry_id = f.id
    JOIN ledger_account a ON a.id = g.account_id AND a.kind = 'bank' AND a.province = %(province)s GROUP BY 1, 2
"""


def _matched(statement: Statement, lines: list[Line]) -> list[Matched]:
    numbers = [each.number for each in lines]
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"lines": [each.line for each in lines], "references": [each.reference for each in lines], "numbers": numbers,
                                  "channel": statement.channel, "province": statement.province})
        entries = {line: (entry, fen) for line, entry, fen in cursor.fetchall()}
        cursor.execute(
            "SELECT number FROM collection_request r WHERE number = ANY(%s) AND province = %s AND NOT EXISTS"
            " (SELECT FROM collection_message m WHERE m.number = r.number AND m.kind IN ('paid', 'refunded'))",
            [[number for number in numbers if number], statement.province])
        untold = {number for (number,) in cursor.fetchall()}
    found = []
    for each in lines:
        entry, fen = entries.get(each.line, (None, None))
        state = ("matched" if fen == each.amount_fen else "differs") if entry is not None else "untold" if each.number in untold else "unknown"
        found.append(Matched(each, state, entry, fen))
    return found


def _ours_only(statement: Statement) -> list[Booked]:
    """Return what the books hold on the bank's account in the days of a statement that no statement speaks of."""
    if statement.first is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT line, reference, number FROM bank_line WHERE province = %s AND channel = %s AND booked_on BETWEEN %s - 10 AND %s + 10",
                       [statement.province, statement.channel, statement.first, statement.last])
        lines = cursor.fetchall()
        cursor.execute(_ENTRIES, {"lines": list(range(len(lines))), "references": [each[1] for each in lines], "numbers": [each[2] for each in lines],
                                  "channel": statement.channel, "province": statement.province})
        matched = [entry for _, entry, _ in cursor.fetchall()]
        cursor.execute(
            "SELECT e.id, e.value_date, -l.amount_fen, e.reason, e.kind FROM ledger_account a JOIN ledger_leg l ON l.account_id = a.id JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE a.kind = 'bank' AND a.province = %s AND e.value_date BETWEEN %s AND %s AND NOT e.id = ANY(%s)"
            " AND e.reverses_id IS NULL AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id) ORDER BY e.id LIMIT 1000",
            [statement.province, statement.first, statement.last, matched])
        return [Booked(*row) for row in cursor.fetchall()]


def book_untold(actor: Actor, number: int, line: int) -> list[int]:
    """Book what the bank did at our request and never told us, as a supervisor who did not upload the statement.

    Returns
    -------
    list of int
        Entries posted.

    Raises
    ------
    NotFound
    Forbidden
        For other roles, or the person who uploaded it.
    Conflict
        If the line is not such a one.
    """
    if actor.role != "supervisor":
        raise Forbidden("registry.role", value=actor.role, zh="补登银行回执由审核人办理。", en="A supervisor books what the bank did not tell.")
    found = run_as(actor, lambda: reconciled(number))
    if found.statement.uploaded_by == actor.id:
        raise Forbidden("bank.two_persons", value=number, zh="补登须由上传对账单以外的另一人办理。", en="Someone other than who uploaded the statement must book it.")
    if found.statement.province != actor.province:
        raise _no_statement(number)
    matched = next((each for each in found.lines if each.line.line == line), None)
    if matched is None or matched.state != "untold" or matched.line.number is None:
        raise Conflict("bank.not_untold", value=line, zh="这一行不是“银行已办、未收到回执”的，不能补登。", en="This line is not one that the bank did and never told of.")
    said = matched.line
    kind = "paid" if said.amount_fen > 0 else "refunded"
    message = Message(found.statement.channel, said.reference, kind, matched.line.number, abs(said.amount_fen), said.booked_on)
    return list(take_message(Law.load(), message, sign(message)).entries)


def _no_statement(number: int) -> NotFound:
    return NotFound("bank.no_statement", value=number, zh=f"没有第 {number} 号对账单，或您无权查看。", en=f"There is no statement {number}, or you may not see it.")


@dataclass(frozen=True)
class Suspended:
    """Money of a person that waits in suspense, since when, and the last entry that brought it."""

    person: int
    fen: int
    since: date
    entry: int
    reason: str


def suspense(province: str | None, most: int = 200) -> list[Suspended]:
    """Return whose money waits in suspense, the oldest first, as the acting role may see it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.owner_id, a.balance_fen, last.value_date, last.id, last.reason FROM ledger_account a CROSS JOIN LATERAL ("
            " SELECT e.id, e.value_date, e.reason FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id"
            " WHERE l.account_id = a.id AND l.amount_fen > 0 ORDER BY e.id DESC LIMIT 1) last"
            " WHERE a.kind = 'suspense' AND a.owner_kind = 'person' AND a.balance_fen > 0 AND a.province = coalesce(%s, a.province)"
            " ORDER BY last.value_date, a.owner_id LIMIT %s", [province, most])
        return [Suspended(*row) for row in cursor.fetchall()]
