"""Interest that comes late follows: what a yearly run credits to an account that was moved goes where the account went.

The interest of a year is posted after its end, and the money of a transfer or of a move between the schemes leaves within
a year. So the old account still gains the interest of its months. The decision was taken with the transfer or the move; the
registry itself carries the rest out, with value on the day after the interest, so that no day bears interest twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from lingbao.law.store import Law
from lingbao.registry.errors import Overdrawn
from lingbao.registry.ledger.posting import AccountName, Draft, Leg, open_accounts, post
from lingbao.registry.session import SYSTEM, acting_as, run_as
from lingbao.registry.transfers.booking import NATION
from lingbao.registry.transfers.conversions import ACCOUNTS


@dataclass(frozen=True)
class Left:
    """Money that came to an account after it was moved [fen]: by which case, whose, whence and where to, by which last entry, with value from when."""

    case: int
    person: int
    from_province: str
    to_province: str
    fen: int
    entry: int
    day: date


# The last case that emptied an account of whose months the province keeps none any more, if nothing but interest, or money that
# follows itself, has come since; a case under way takes the money itself.
_AFTER_TRANSFERS = """
    SELECT c.id, c.person_id, c.from_province, c.to_province, a.balance_fen, i.entry, i.day
    FROM (SELECT DISTINCT ON (person_id, from_province) id, person_id, from_province, to_province, out_entry FROM transfer_case
          WHERE state = 'done' AND person_id = coalesce(%s, person_id) ORDER BY person_id, from_province, id DESC) c
    JOIN ledger_account a ON a.owner_id = c.person_id AND a.owner_kind = 'person' AND a.kind = 'individual' AND a.province = c.from_province
        AND a.balance_fen > 0
    JOIN LATERAL (SELECT max(e.id) AS entry, max(CASE e.kind WHEN 'interest' THEN e.value_date + 1 ELSE e.value_date END) AS day,
                      bool_and(e.kind IN ('interest', 'transfer_in', 'transfer_out')) AS only
                  FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = a.id AND e.id > c.out_entry) i ON i.only
    WHERE NOT EXISTS (SELECT FROM record_month m WHERE m.person_id = c.person_id AND m.kept_by = c.from_province AND m.voided_by IS NULL)
      AND NOT EXISTS (SELECT FROM transfer_case t WHERE t.person_id = c.person_id AND t.from_province = c.from_province
                      AND t.state NOT IN ('done', 'refused', 'withdrawn', 'closed'))
    ORDER BY c.id
"""
# What came to the account that a move between the schemes emptied, if nothing but interest did.
_AFTER_CONVERSIONS = """
    SELECT c.id, c.person_id, c.direction, c.province, a.balance_fen, i.entry, i.day
    FROM transfer_conversion c
    JOIN ledger_account a ON a.owner_kind = 'person' AND a.owner_id = c.person_id AND a.province = c.province
        AND a.kind = CASE c.direction WHEN 'to_employee' THEN 'resident_account' ELSE 'individual' END AND a.balance_fen > 0
    JOIN LATERAL (SELECT max(e.id) AS entry, max(CASE e.kind WHEN 'interest' THEN e.value_date + 1 ELSE e.value_date END) AS day,
                      bool_and(e.kind IN ('interest', 'conversion')) AS only
                  FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = a.id AND e.id > c.entry_id) i ON i.only
    WHERE c.state = 'done' AND c.person_id = coalesce(%s, c.person_id)
    ORDER BY c.id
"""
# What came to an account under a number that was merged, if nothing but interest did.
_AFTER_MERGES = """
    SELECT m.kept_id, a.id, a.kind, a.province::text, a.balance_fen, i.entry, i.day
    FROM people_merge m JOIN ledger_entry u ON u.kind = 'merge' AND u.source = 'merge:' || m.other_id
    JOIN ledger_account a ON a.owner_kind = 'person' AND a.owner_id = m.other_id AND a.kind IN ('individual', 'resident_account') AND a.balance_fen > 0
    JOIN LATERAL (SELECT max(e.id) AS entry, max(CASE e.kind WHEN 'interest' THEN e.value_date + 1 ELSE e.value_date END) AS day,
                      bool_and(e.kind IN ('interest', 'merge') OR e.reverses_id IS NOT NULL) AS only
                  FROM ledger_leg l JOIN ledger_entry e ON e.id = l.entry_id WHERE l.account_id = a.id AND e.id > u.id) i ON i.only
    WHERE m.kept_id = coalesce(%s, m.kept_id)
      AND NOT EXISTS (SELECT FROM record_month r WHERE r.person_id = m.other_id AND r.voided_by IS NULL)
      AND NOT EXISTS (SELECT FROM record_year r WHERE r.person_id = m.other_id AND r.voided_by IS NULL)
    ORDER BY a.id
"""


def bring_along(person: int | None = None, law: Law | None = None) -> int:
    """Carry late interest after the accounts that were moved or merged, of one person or of all; return how many postings it took.

    Run again, it does only what is left. A transfer over several provinces is followed to its end.
    """
    law = law or Law.load()
    return run_as(SYSTEM, lambda: _after_merges(person, law) + _after_transfers(person, law) + _after_conversions(person, law))


def _after_merges(person: int | None, law: Law) -> int:
    rows = _rows(_AFTER_MERGES, person)
    for kept, account, kind, province, fen, entry, day in rows:
        target, = open_accounts([AccountName(kind, "person", kept, province)])
        post([Draft("merge", [Leg(account, -fen), Leg(target, fen)], source=f"merge:interest:{entry}:{account}")], actor=SYSTEM.id,
             law_hash=law.hash, reason="编号合并后补记的利息随账户划转", value_date=day)
    return len(rows)


def _after_transfers(person: int | None, law: Law) -> int:
    """Go from place to place until nothing is left; nobody moves through more places than there are."""
    done = 0
    for _ in law.provinces():
        carried = sum(_carried(Left(*row), law) for row in _rows(_AFTER_TRANSFERS, person))
        if not carried:
            break
        done += carried
    return done


def _carried(left: Left, law: Law) -> bool:
    """Carry it, unless the bank of the old province does not hold so much today: then it waits for another night."""
    try:
        with acting_as(SYSTEM):
            _carry(left, law)
    except Overdrawn:
        return False
    return True


def _carry(left: Left, law: Law) -> None:
    """Book both halves at once; each sums to zero in every province's book by itself."""
    old, new = left.from_province, left.to_province
    account, bank, there, their_bank, clearing, transit = open_accounts([
        AccountName("individual", "person", left.person, old), AccountName("bank", "province", int(old), old),
        AccountName("individual", "person", left.person, new), AccountName("bank", "province", int(new), new),
        AccountName("bank", "state", 0, NATION), AccountName("transit", "person", left.person, NATION)])
    fen, source = left.fen, f"transfer:{left.case}:interest:{left.entry}"
    for draft in (Draft("transfer_out", [Leg(account, -fen), Leg(bank, fen), Leg(clearing, -fen), Leg(transit, fen)], source=source),
                  Draft("transfer_in", [Leg(transit, -fen), Leg(clearing, fen), Leg(their_bank, -fen), Leg(there, fen)], source=source)):
        post([draft], actor=SYSTEM.id, law_hash=law.hash, reason=f"养老保险关系转移 {left.case}：转移后补记的利息随关系划转", value_date=left.day)


def _after_conversions(person: int | None, law: Law) -> int:
    rows = _rows(_AFTER_CONVERSIONS, person)
    for case, owner, direction, province, fen, entry, day in rows:
        source, target = open_accounts([AccountName(kind, "person", owner, province) for kind in ACCOUNTS[direction]])
        post([Draft("conversion", [Leg(source, -fen), Leg(target, fen)], source=f"conversion:{case}:interest:{entry}")], actor=SYSTEM.id,
             law_hash=law.hash, reason="城乡养老保险制度衔接：办结后补记的利息随账户划转", value_date=day)
    return len(rows)


def _rows(sql: str, person: int | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [person])
        return list(cursor.fetchall())
