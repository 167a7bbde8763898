"""The audit finds what it is for, changes nothing, and the fingerprint tells two guards apart."""

from __future__ import annotations

import pytest
from made_up import accounts, as_owner, moved

pytestmark = pytest.mark.usefixtures("database")


def findings(*names: str) -> list[str]:
    from lingbao.registry.audit import audit

    return [f"{finding.code} {finding.where}" for finding in audit(names or None)]


def test_books_in_order_have_no_findings_and_every_app_is_asked() -> None:
    from lingbao.registry.audit import checks

    bank, individual = accounts("bank", "individual")
    moved((bank, -5), (individual, 5))
    assert findings() == []
    assert {"ledger.entries", "ledger.balances", "ledger.reversals", "ledger.digests", "ledger.guards",
            "collection.messages", "collection.parts"} <= set(checks())


@pytest.mark.parametrize(("table", "forgery", "code"), [
    ("ledger_leg", "UPDATE ledger_leg SET amount_fen = amount_fen + 1 WHERE amount_fen = 5 AND entry_id = {0}", "ledger.entry"),
    ("ledger_leg", "DELETE FROM ledger_leg WHERE entry_id = {0}", "ledger.entry"),
    ("ledger_entry", "DELETE FROM ledger_entry WHERE id = {0}", "ledger.entry"),
    ("ledger_account", "UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE kind = 'individual'", "ledger.balance"),
    ("ledger_entry", "UPDATE ledger_entry SET reverses_id = {1} WHERE id = {0}", "ledger.reversal"),
])
def test_each_forgery_by_the_owner_is_found(table: str, forgery: str, code: str) -> None:
    bank, individual = accounts("bank", "individual")
    entry, other = moved((bank, -5), (individual, 5)), moved((bank, -7), (individual, 7))
    as_owner(f"ALTER TABLE {table} DISABLE TRIGGER ALL; {forgery.format(entry, other)}; ALTER TABLE {table} ENABLE TRIGGER ALL")
    assert code in {found.split()[0] for found in findings()}


@pytest.mark.parametrize(("weakened", "code"), [
    ("ALTER TABLE ledger_leg DISABLE TRIGGER ledger_legs_balance", "registry.trigger"),
    ("DROP TRIGGER ledger_entry_append_only ON ledger_entry", "registry.trigger"),
    ("GRANT DELETE ON ledger_leg TO lingbao_app", "registry.grant")])
def test_a_guard_taken_away_is_found(weakened: str, code: str) -> None:
    as_owner(weakened)
    assert {found.split()[0] for found in findings("ledger.guards")} == {code}


@pytest.mark.parametrize("weakened", [
    "DROP POLICY ledger_leg_seen ON ledger_leg", "ALTER TABLE ledger_leg DISABLE ROW LEVEL SECURITY",
    "GRANT UPDATE (reason) ON ledger_entry TO lingbao_app", "ALTER TABLE ledger_leg DISABLE TRIGGER ledger_legs_balance",
    "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_not_overdrawn", "GRANT INSERT ON ledger_leg TO lingbao_app",
    "CREATE OR REPLACE FUNCTION registry_role() RETURNS text LANGUAGE sql STABLE RETURN 'system'"])
def test_the_fingerprint_shows_any_change_of_the_guards(weakened: str) -> None:
    from lingbao.registry.audit import fingerprint

    before = fingerprint()
    moved(*zip(accounts("bank", "individual"), (-5, 5), strict=True))
    assert fingerprint() == before  # data do not matter
    as_owner(weakened)
    assert fingerprint() != before


def test_the_audit_itself_cannot_write() -> None:
    from made_up import under_role

    from lingbao.registry.audit import AUDITOR
    from lingbao.registry.errors import Forbidden

    for attempt in ("INSERT INTO ledger_command VALUES (0, 'x', 'x', '', '{}')", "SELECT ledger_open_accounts('{}', '{}', '{}', '{}')"):
        with pytest.raises(Forbidden):
            under_role(AUDITOR, attempt)
