"""Closed days: the chain holds as long as nothing was changed, and says which day was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from made_up import Office, accounts, as_owner, moved, under_role

pytestmark = pytest.mark.usefixtures("database")
FORGED = "ALTER TABLE {0} DISABLE TRIGGER ALL; {1}; ALTER TABLE {0} ENABLE TRIGGER ALL"


def three_days() -> tuple[list[int], date]:
    """Books of three past days (the middle one empty) closed; the entries were made today and moved back in time."""
    from lingbao.registry.ledger.digests import close_days
    from lingbao.registry.session import SYSTEM, run_as

    bank, individual = accounts("bank", "individual")
    today, = as_owner("SELECT registry_day(clock_timestamp())")[0]
    entries = [moved((bank, -fen), (individual, fen)) for fen in (100, 200, 300)]
    for entry, back in zip(entries, (4, 4, 2), strict=True):
        as_owner(FORGED.format("ledger_entry", f"UPDATE ledger_entry SET book_date = book_date - {back} WHERE id = {entry}"))
    assert run_as(SYSTEM, lambda: close_days(today - timedelta(2))) == 3
    return entries, today


def findings() -> list[str]:
    from lingbao.registry.audit import audit

    return [f"{finding.code} {finding.where}" for finding in audit(["ledger.digests"])]


def test_closed_days_hold_and_are_closed_once() -> None:
    from lingbao.registry.ledger.digests import close_days, digests
    from lingbao.registry.session import SYSTEM, run_as

    _, today = three_days()
    assert [(d.entries, d.legs, d.fen) for d in digests()] == [(2, 4, 300), (0, 0, 0), (1, 2, 300)]
    assert [d.previous for d in digests()[1:]] == [d.chain for d in digests()[:-1]]
    assert run_as(SYSTEM, lambda: close_days(today - timedelta(2))) == 0
    assert run_as(SYSTEM, lambda: close_days(today - timedelta(1))) == 1
    assert findings() == []


@pytest.mark.parametrize(("table", "forgery", "where"), [
    ("ledger_leg", "UPDATE ledger_leg SET amount_fen = amount_fen + sign(amount_fen) WHERE entry_id = {0}", -4),
    ("ledger_entry", "UPDATE ledger_entry SET reason = 'nothing to see' WHERE id = {0}", -4),
    ("ledger_entry", "UPDATE ledger_entry SET recorded_at = recorded_at + interval '1 microsecond' WHERE id = {0}", -4),
    ("ledger_entry", "UPDATE ledger_entry SET book_date = book_date + 1 WHERE id = {0}", -4),
    ("ledger_leg", "DELETE FROM ledger_leg WHERE entry_id = {0}", -4),
    ("ledger_entry", "DELETE FROM ledger_entry WHERE id = {0}", -4),
    ("ledger_entry", "INSERT INTO ledger_entry (kind, value_date, book_date, law_hash, actor, reason, legs)"
     " SELECT kind, value_date, book_date, law_hash, actor, reason, legs FROM ledger_entry WHERE id = {0}", -4),
    ("ledger_digest", "UPDATE ledger_digest SET fen = fen + 1 WHERE date = CURRENT_DATE - 4", -4),
    ("ledger_digest", "DELETE FROM ledger_digest WHERE entries = 0", -2),
])
def test_one_change_by_the_owner_is_found_with_its_day(table: str, forgery: str, where: int) -> None:
    entries, today = three_days()
    as_owner(FORGED.format(table, forgery.format(entries[0]).replace("CURRENT_DATE", f"date '{today}'")))
    assert str(today + timedelta(where)) in " ".join(findings())


def test_a_forger_who_recomputes_one_day_breaks_the_chain() -> None:
    entries, today = three_days()
    as_owner(FORGED.format("ledger_entry", f"UPDATE ledger_entry SET reason = 'x' WHERE id = {entries[0]}"))
    as_owner(FORGED.format(
        "ledger_digest", "UPDATE ledger_digest d SET root = r.root, chain = ledger_chain(d.previous, d.date, r.entries, r.legs, r.fen, r.root)"
        f" FROM ledger_day_root(date '{today - timedelta(4)}') r WHERE d.date = date '{today - timedelta(4)}'"))
    assert findings() == [f"ledger.chain {today - timedelta(3)}"]


def test_a_clock_set_back_does_not_reach_into_closed_books() -> None:
    """Books closed ahead of the clock stand for a clock set back: the next entry goes to the next open day."""
    bank, individual = accounts("bank", "individual")
    moved((bank, -1), (individual, 1))
    today, = as_owner("SELECT registry_day(clock_timestamp())")[0]
    as_owner("INSERT INTO ledger_digest SELECT %s, entries, legs, fen, root, sha256(''), ledger_chain(sha256(''), %s, entries,"
             " legs, fen, root) FROM ledger_day_root(%s)", [today, today, today])
    entry = moved((bank, -1), (individual, 1))
    assert as_owner(f"SELECT book_date FROM ledger_entry WHERE id = {entry}") == [(today + timedelta(1),)]
    assert findings() == []
    with pytest.raises(Exception, match="books of that day are closed"):
        as_owner("INSERT INTO ledger_entry (kind, value_date, book_date, law_hash, actor, reason, legs)"
                 " VALUES ('x', CURRENT_DATE, %s, 'law', 0, 'x', 2)", [today])


def test_a_day_that_is_not_over_is_not_closed(office: Office) -> None:
    from lingbao.registry.errors import Conflict, Forbidden
    from lingbao.registry.session import SYSTEM

    with pytest.raises(Conflict):
        under_role(SYSTEM, "SELECT ledger_close_days(registry_day(clock_timestamp()))")
    with pytest.raises(Forbidden):
        under_role(office.clerk, "SELECT ledger_close_days(CURRENT_DATE - 1)")
