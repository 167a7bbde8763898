"""Backup and restore: the same guards, figures and chain, or it is said what differs."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_up import as_owner, registered, under_role
from operators_place import empty_database, small_nation

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A backup of a small nation with a closed day."""
    from lingbao.registry.operations.backup import backup

    small_nation(62)
    backup(tmp_path / "backup", jobs=1)
    return tmp_path / "backup"


def test_what_was_destroyed_comes_back_with_all_its_guards(saved: Path) -> None:
    from django.db import DatabaseError

    from lingbao.registry.audit import fingerprint
    from lingbao.registry.errors import RegistryError
    from lingbao.registry.operations.backup import restore
    from lingbao.registry.session import SYSTEM

    before, money = fingerprint(), as_owner("SELECT kind, sum(balance_fen) FROM ledger_account GROUP BY 1 ORDER BY 1")
    with empty_database():
        done = restore(saved, jobs=1)
        assert done.findings == []
        assert fingerprint() == before
        assert as_owner("SELECT kind, sum(balance_fen) FROM ledger_account GROUP BY 1 ORDER BY 1") == money
        for text in ("UPDATE ledger_leg SET amount_fen = 1", "DELETE FROM record_month", "TRUNCATE ledger_leg"):
            with pytest.raises(DatabaseError, match="append-only"):
                as_owner(text)
            with pytest.raises((DatabaseError, RegistryError), match=r"permission denied|may not"):
                under_role(SYSTEM, text)
        assert registered(SYSTEM, serial=7) > 62, "numbers go on after those of the backup"


@pytest.mark.parametrize(("harm", "code"), [
    ("DROP TRIGGER ledger_legs_balance ON ledger_leg", "restore.fingerprint"),
    ("ALTER TABLE ledger_leg DISABLE TRIGGER ledger_leg_append_only", "restore.fingerprint"),
    ("DROP POLICY people_person_seen ON people_person", "restore.fingerprint"),
    ("ALTER TABLE people_person DISABLE ROW LEVEL SECURITY", "restore.fingerprint"),
    ("GRANT DELETE ON ledger_leg TO lingbao_app", "restore.fingerprint"),
    ("SET session_replication_role = replica; DELETE FROM record_month WHERE id = (SELECT min(id) FROM record_month);"
     " SET session_replication_role = origin", "restore.figures"),
    ("SET session_replication_role = replica; UPDATE ledger_account SET balance_fen = balance_fen + 1 WHERE kind = 'individual'"
     " AND id = (SELECT min(id) FROM ledger_account WHERE kind = 'individual'); SET session_replication_role = origin", "restore.figures"),
])
def test_a_restore_that_lost_something_is_noticed(saved: Path, harm: str, code: str) -> None:
    from lingbao.registry.operations.backup import compare, read_manifest, restore

    with empty_database():
        restore(saved, jobs=1)
        as_owner(harm)
        assert code in {finding.code for finding in compare(read_manifest(saved))}


@pytest.mark.parametrize("lost", ["sealing", "index", "derivation"])
def test_another_key_is_noticed(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    import shutil

    from django.conf import settings

    from lingbao.registry.operations.backup import compare, read_manifest

    assert compare(read_manifest(saved)) == []
    shutil.copytree(settings.LINGBAO_KEYS, tmp_path / "keys")
    (tmp_path / "keys" / lost).unlink()
    monkeypatch.setattr(settings, "LINGBAO_KEYS", str(tmp_path / "keys"))
    assert [(finding.code, finding.where) for finding in compare(read_manifest(saved))] == [("restore.keys", lost)]


def test_nothing_is_written_over_and_a_changed_backup_is_refused(saved: Path, tmp_path: Path) -> None:
    from lingbao.law.errors import InputError
    from lingbao.registry.errors import Conflict
    from lingbao.registry.operations.backup import backup, restore

    with pytest.raises(Conflict, match="database is not empty"):
        restore(saved)
    with pytest.raises(InputError, match="there and not empty"):
        backup(saved)
    part = next(file for file in sorted((saved / "database").iterdir()) if file.name != "toc.dat")
    part.write_bytes(part.read_bytes() + b"\0")
    with pytest.raises(InputError, match=part.name.replace(".", r"\.")):
        restore(saved)
    (saved / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match=r"manifest\.json"):
        restore(saved)


def test_a_backup_holds_no_key_and_no_plain_personal_data(saved: Path) -> None:
    import gzip

    from django.conf import settings

    from lingbao.registry.operations.demonstration import name_of

    keys = [file.read_bytes() for file in Path(settings.LINGBAO_KEYS).iterdir() if not file.name.startswith(".")]
    assert keys
    for file in [*(saved / "database").iterdir(), saved / "manifest.json"]:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        assert not any(key in content or key.hex().encode() in content for key in keys)
        assert name_of(12).encode() not in content
