"""Rises of pensions: entered from the notice by one, approved by another, applied to every pension once, with what is due since the start.

That of the employee scheme comes once a year from January (an amount, so much for each year paid, a share, tilts by age); that of the
resident basic pension from the month its notice names (an amount, tilts by age; 人社部发〔2018〕21号).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import connection

from lingbao.law.errors import InputError
from lingbao.law.month import month, year_of
from lingbao.law.store import Law
from lingbao.registry.benefits.claims import POOLS
from lingbao.registry.benefits.payment import hold_payments
from lingbao.registry.benefits.refusals import second_person, wrong_state
from lingbao.registry.benefits.rise_parts import Parts, pension_after
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, Actor, run_as

BLOCK = 20_000
# Whom a rise concerns: who had retired before its start, also when the first payment came with it (人社部发〔2024〕48号: by the end of
# the year before), and drew in its time; who has died since then has it for the months that were due.
CONCERNED = "c.claim_month < {start} AND (c.state IN ('provisional', 'final') OR c.state = 'ended' AND c.last_payment >= {start})"


@dataclass(frozen=True)
class Rise:
    """A rise of the pensions of a province, as its notice says.

    Attributes
    ----------
    province : str
    year : int
    document : str
        Number of the notice.
    fixed_fen, per_year_fen : int
        Amount for everyone and for each contribution year [fen/month].
    share : float
        Share of the own pension [fraction].
    tilts : sequence of (int, int)
        Age in months reached in the month before the start, and amount [fen/month]; the highest age reached counts.
    scheme : str
        ``employee`` or ``resident``.
    from_month : int or None
        First month paid at the new amount; None is January of the year, from which every rise of employees runs.
    area : str or None
        City whose pensions alone are raised, in the resident scheme; None is the whole province.
    source : str
        Where the notice can be read; the resident scheme asks for it.
    """

    province: str
    year: int
    document: str
    fixed_fen: int
    per_year_fen: int
    share: float
    tilts: Sequence[tuple[int, int]] = ()
    scheme: str = "employee"
    from_month: int | None = None
    area: str | None = None
    source: str = ""


def enter(actor: Actor, key: str, rise: Rise) -> dict[str, Any]:
    """Enter a rise from its notice; nothing is paid before another person approves it.

    Raises
    ------
    InputError
        If the parts do not belong to the scheme.
    Conflict
        If a rise of the scheme, place and time is entered already.
    """
    _check_parts(rise)
    start = month(rise.year, 1) if rise.from_month is None else rise.from_month

    def work() -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO benefit_adjustment (province, year, from_month, document, fixed_fen, per_year_fen, share, tilts, entered_by,"
                " scheme, area, source) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
                [rise.province, rise.year, start, rise.document, rise.fixed_fen, rise.per_year_fen, rise.share,
                 json.dumps([list(each) for each in rise.tilts]), actor.id, rise.scheme, rise.area, rise.source])
            return {"rise": cursor.fetchone()[0]}

    content = {**vars(rise), "tilts": [list(each) for each in rise.tilts]}
    return execute(actor, Command("benefits.enter_rise", key, content), work)


def _check_parts(rise: Rise) -> None:
    """Refuse a rise whose parts are those of the other scheme."""
    if rise.scheme not in POOLS:
        raise InputError("benefit.rise_scheme", value=rise.scheme, where="scheme", zh="请选择职工或居民养老保险。", en="Choose the employee or the resident scheme.")
    if rise.from_month is not None and year_of(rise.from_month) != rise.year:
        raise InputError("benefit.rise_start", value=rise.year, where="from_month", zh="起始月份须在调整的年份之内。", en="The first month must lie in the year of the rise.")
    if rise.scheme == "resident" and (rise.per_year_fen or rise.share):
        raise InputError("benefit.rise_parts", where="fixed", zh="居民基础养老金按定额和高龄倾斜调整，没有按缴费年限和百分比的部分。",
                         en="The resident basic pension rises by an amount and by age; it has no part by years paid or share.")
    if rise.scheme == "resident" and not rise.source.strip():
        raise InputError("benefit.rise_source", where="source", zh="请填写文件的出处（网址或公报），审批人要核对。",
                         en="Say where the notice can be read (address or gazette); who approves compares it.")
    if rise.scheme == "employee" and (rise.area or rise.from_month not in (None, month(rise.year, 1))):
        raise InputError("benefit.rise_employee", where="from_month", zh="职工养老金全省统一、从当年 1 月起调整，不填地区和其他月份。",
                         en="Pensions of employees rise in the whole province from January; give no city and no other month.")


def refuse(actor: Actor, key: str, number: int, *, reason: str) -> dict[str, Any]:
    """Refuse a rise that was entered wrongly, or take back one's own, before it is approved; it may then be entered anew.

    Raises
    ------
    InputError
        Without a reason.
    Conflict
        If it is answered already.
    """
    def work() -> dict[str, Any]:
        _open_rise(number)
        if not reason.strip():
            raise InputError("benefit.reason", where="reason", zh="请写明退回的理由。", en="Give the reason of the refusal.")
        _answered(number, "refused_by = %s, refusal = %s", [actor.id, reason.strip()])
        return {"rise": number, "state": "refused"}

    return execute(actor, Command("benefits.refuse_rise", key, {"rise": number, "reason": reason}), work)


def _open_rise(number: int) -> int:
    """Return who entered a rise that nobody has answered yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entered_by, approved_by, refused_by FROM benefit_adjustment WHERE id = %s", [number])
        row = cursor.fetchone()
    if row is None:
        raise no_rise(number)
    if row[1] is not None or row[2] is not None:
        raise wrong_state("approved" if row[1] is not None else "refused", "entered")
    return int(row[0])


def _answered(number: int, what: str, values: list[Any]) -> None:
    """Write the answer to a rise, unless another has answered at this moment or the database does not let this role."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE benefit_adjustment SET {what} WHERE id = %s AND approved_by IS NULL AND refused_by IS NULL", [*values, number])
        if not cursor.rowcount:
            raise no_rise(number)


def approve(actor: Actor, key: str, number: int) -> dict[str, Any]:
    """Approve a rise, as someone other than who entered it."""
    def work() -> dict[str, Any]:
        if _open_rise(number) == actor.id:
            raise second_person(actor.id)
        _answered(number, "approved_by = %s", [actor.id])
        return {"rise": number, "state": "approved"}

    return execute(actor, Command("benefits.approve_rise", key, {"rise": number}), work)


def apply(number: int, *, actor: int, today: date, law: Law | None = None, block: int = BLOCK,
          progress: Callable[[int], None] = lambda raised: None) -> int:
    """Raise every pension of the scheme claimed before the start of an approved rise, once; return how many were raised now.

    Each block is one transaction and may be repeated: who has the rise already is left out by its key. Months already
    paid at the old amount since the start of the rise are paid up with it. `progress` is told after each block how many
    were raised now.
    """
    law_hash = (law or Law.load()).hash
    after, raised = 0, 0
    while True:
        last, count = run_as(SYSTEM, lambda after=after: _block(number, after, block, actor, law_hash, today))
        if last is None:
            return raised
        after, raised = last, raised + count
        progress(raised)


def apply_missed(claim: int, *, actor: int, today: date, law: Law) -> int:
    """Raise one pension that a death registered wrongly has kept out of rises, by those that others have had; return how many it had now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id FROM benefit_adjustment a JOIN benefit_claim c ON c.id = %s AND c.province = a.province AND c.scheme = a.scheme"
            f" AND (a.area IS NULL OR c.area = a.area) AND {CONCERNED.format(start='a.from_month')}"
            " WHERE a.approved_by IS NOT NULL AND EXISTS (SELECT FROM benefit_rise r WHERE r.adjustment_id = a.id)"
            " AND NOT EXISTS (SELECT FROM benefit_rise r WHERE r.adjustment_id = a.id AND r.claim_id = c.id) ORDER BY a.from_month, a.id", [claim])
        missed = [row[0] for row in cursor.fetchall()]
    for number in missed:
        run_as(SYSTEM, partial(_block, number, claim - 1, 1, actor, law.hash, today))  # the claim is the next one that the rise concerns
    return len(missed)


def _block(number: int, after: int, size: int, actor: int, law_hash: str, today: date) -> tuple[int | None, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT province, from_month, fixed_fen, per_year_fen, share, tilts, approved_by, scheme, area FROM benefit_adjustment WHERE id = %s",
                       [number])
        rise = cursor.fetchone()
        if rise is None:
            raise no_rise(number)
        province, from_month, fixed, per_year, share, tilts, approved, scheme, area = rise
        if approved is None:
            raise wrong_state("entered", "approved")
        hold_payments(province)
        cursor.execute(
            "SELECT c.id, c.pension_fen, c.months, (c.facts->>'birth')::int,"
            " (SELECT count(*) FROM benefit_payment p WHERE p.claim_id = c.id AND p.kind = 'monthly' AND p.month >= %(from)s"
            "  AND p.month <= coalesce(c.last_payment, p.month))"
            f" FROM benefit_claim c WHERE c.province = %(province)s AND c.id > %(after)s AND {CONCERNED.format(start='%(from)s')}"
            " AND c.scheme = %(scheme)s AND (%(area)s::text IS NULL OR c.area = %(area)s)"
            " ORDER BY c.id LIMIT %(size)s FOR NO KEY UPDATE",
            {"province": province, "after": after, "from": from_month, "size": size, "scheme": scheme, "area": area})
        rows = cursor.fetchall()
        if not rows:
            return None, 0
        parts = Parts(from_month, fixed, per_year, float(share), [tuple(each) for each in (json.loads(tilts) if isinstance(tilts, str) else tilts)])
        new = [pension_after(parts, pension, months, birth) for _, pension, months, birth, _ in rows]
        cursor.execute(
            "INSERT INTO benefit_rise (adjustment_id, claim_id, before_fen, after_fen, law_hash)"
            " SELECT %s, c, b, a, %s FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS x (c, b, a)"
            " ON CONFLICT DO NOTHING RETURNING claim_id, before_fen, after_fen",
            [number, law_hash, [row[0] for row in rows], [row[1] for row in rows], new])
        made = cursor.fetchall()
        cursor.execute("UPDATE benefit_claim c SET pension_fen = a FROM unnest(%s::bigint[], %s::bigint[]) AS x (id, a) WHERE c.id = x.id",
                       [[each[0] for each in made], [each[2] for each in made]])
        paid = {row[0]: row[4] for row in rows}
        owed = [(claim, (now - before) * paid[claim]) for claim, before, now in made if paid[claim] and now > before]
        if owed:
            _pay_up(number, province, POOLS[scheme], month(today.year, today.month), owed, actor, law_hash, today)
    return rows[-1][0], len(made)


def _pay_up(number: int, province: str, kind: str, on_month: int, owed: list[tuple[int, int]], actor: int, law_hash: str, today: date) -> None:
    """Pay the rise of months already paid at the old amount, from the pool of the scheme."""
    total = sum(amount for _, amount in owed)
    pool, payable = open_accounts([AccountName(each, "province", int(province), province) for each in (kind, "pension_payable")])
    entry = post([Draft("pension_rise", [Leg(pool, -total), Leg(payable, total)])], actor=actor, law_hash=law_hash,
                 reason="养老金调整补发", value_date=today)[0]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO benefit_chunk (run_id, entry_id, payments, fen) VALUES (NULL, %s, %s, %s) RETURNING id",
                       [entry, len(owed), total])
        chunk = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO benefit_payment (claim_id, month, kind, amount_fen, account_fen, chunk)"
            " SELECT c, %s, %s, a, 0, %s FROM unnest(%s::bigint[], %s::bigint[]) AS x (c, a)",
            [on_month, f"rise:{number}", chunk, [each[0] for each in owed], [each[1] for each in owed]])


def no_rise(number: int) -> NotFound:
    return NotFound("benefit.no_rise", value=number, zh=f"没有第 {number} 号调整。", en=f"There is no rise {number}.")
