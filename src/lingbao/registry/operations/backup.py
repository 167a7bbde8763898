"""Backup and restore, with proof: what guards the facts and what the facts come to is written down and compared.

A backup is a folder: ``database/`` made by pg_dump, and ``manifest.json`` with the fingerprint of every table, trigger,
function, policy and grant, the figures of the books, the last digest of the chain and a sample made with each key. All of it
is taken from one snapshot. The keys themselves are never in it: they are kept apart (see the operator's handbook).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from lingbao.law.errors import InputError
from lingbao.registry.audit import Finding, audit, fingerprint
from lingbao.registry.errors import Conflict
from lingbao.registry.keys import Unreadable, blind_index, derived_key, seal, unseal
from lingbao.registry.operations.programs import run_program
from lingbao.registry.session import DATABASE_ROLE

DUMP, MANIFEST = "database", "manifest.json"
FORMAT = 1
_SAMPLE = "backup manifest"  # sealed and hashed with each key, to know the keys again without showing them


@dataclass(frozen=True)
class Restored:
    """What a restore found: everything that differs from the manifest or does not hold; nothing if it is as it was."""

    manifest: dict[str, Any]
    findings: list[Finding]


def backup(folder: Path, *, jobs: int = 2) -> dict[str, Any]:
    """Write a backup into a new folder and return its manifest. The registry stays in use meanwhile.

    Raises
    ------
    InputError
        If the folder exists and is not empty.
    ProgramFailed
        If pg_dump did not finish; nothing is left behind.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError("backup.folder", value=str(folder), where=str(folder), zh="备份目录已存在且不为空，请另选一个。",
                         en="The folder of the backup is there and not empty; choose another.")
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot, = cursor.fetchone()
            manifest = {"format": FORMAT, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), **_described()}
            run_program("pg_dump", ["--format=directory", f"--jobs={jobs}", f"--snapshot={snapshot}", "--no-owner",
                                    f"--file={unfinished / DUMP}"])
        manifest["files"] = _sums(unfinished / DUMP)
        (unfinished / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def restore(folder: Path, *, jobs: int = 2) -> Restored:
    """Restore a backup into an empty database, then compare and audit; return what differs.

    Raises
    ------
    InputError
        If the folder is no backup, or a file of it is missing or was changed.
    Conflict
        If the database is not empty: a restore never writes over what is there.
    ProgramFailed
        If pg_restore did not finish.
    """
    manifest = read_manifest(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
        if cursor.fetchone()[0]:
            raise Conflict("restore.not_empty", zh="目标数据库不为空。请恢复到新建的空数据库（DATABASE_URL 或新的 LINGBAO_DATA）。",
                           en="The database is not empty. Restore into a new one (DATABASE_URL, or another LINGBAO_DATA).")
        cursor.execute(f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{DATABASE_ROLE}') THEN"
                       f" CREATE ROLE {DATABASE_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS; END IF; END $$")
        cursor.execute(f"GRANT {DATABASE_ROLE} TO CURRENT_USER")
    run_program("pg_restore", ["--exit-on-error", "--no-owner", f"--jobs={jobs}", "--dbname", _name(), str(folder / DUMP)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Restored(manifest, compare(manifest))


def compare(manifest: dict[str, Any]) -> list[Finding]:
    """Return how the present database differs from a manifest, and what its audit finds."""
    found: list[Finding] = []
    now = json.loads(json.dumps(_described()))
    for name in sorted({*manifest["fingerprint"], *now["fingerprint"]}):
        before, after = manifest["fingerprint"].get(name), now["fingerprint"].get(name)
        if before != after:
            zh, en = ("缺少", "is missing") if after is None else ("是多出来的", "was not there") if before is None else ("与备份时不同", "is not as it was")
            found.append(Finding("restore.fingerprint", name, f"{name} {zh}。", f"{name} {en}."))
    for name in ("figures", "digest"):
        for key in sorted({*manifest[name], *now[name]}):
            before, after = manifest[name].get(key), now[name].get(key)
            if before != after:
                found.append(Finding(f"restore.{name}", key, f"{key}：备份时 {before}，现在 {after}。", f"{key}: {before} in the backup, {after} now."))
    found.extend(findings_of_keys(manifest["keys"]))
    return found + audit()


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a backup whose files are all there and unchanged."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = manifest["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise InputError("restore.manifest", value=str(folder), where=str(folder), zh="这个目录不是备份：没有可读的 manifest.json。",
                         en="This folder is no backup: there is no readable manifest.json.")
    there = _sums(folder / DUMP)
    for name in sorted({*manifest["files"], *there}):
        if manifest["files"].get(name) != there.get(name):
            raise InputError("restore.file", value=name, where=str(folder), zh=f"备份文件 {name} 缺失、多余或被改动，请换用另一份备份。",
                             en=f"The file {name} of the backup is missing, superfluous or changed; use another backup.")
    return manifest


def _described() -> dict[str, Any]:
    """Return fingerprint, figures, last digest and check value of the keys, of the present database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition"
                       " UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'p' ORDER BY 1")
        figures: dict[str, Any] = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            figures[f"rows of {table}"] = cursor.fetchone()[0]
        cursor.execute("SELECT kind, sum(balance_fen)::text FROM ledger_account GROUP BY kind ORDER BY kind")
        figures |= {f"fen in {kind}": fen for kind, fen in cursor.fetchall()}
        cursor.execute("SELECT coalesce(sum(amount_fen) FILTER (WHERE amount_fen > 0), 0)::text FROM ledger_leg")
        figures["fen moved"] = cursor.fetchone()[0]
        cursor.execute("SELECT date::text, encode(chain, 'hex') FROM ledger_digest ORDER BY date DESC LIMIT 1")
        digest = dict([cursor.fetchone() or ("none", "")])
    return {"fingerprint": fingerprint(), "figures": figures, "digest": digest, "keys": key_samples()}


def key_samples() -> dict[str, str]:
    """Return what each key makes of one text: by it the keys are known again without being shown."""
    return {"sealing": seal(_SAMPLE, _SAMPLE).hex(), "index": blind_index(_SAMPLE, _SAMPLE).hex(), "derivation": derived_key(_SAMPLE).hex()}


def findings_of_keys(samples: dict[str, str]) -> list[Finding]:
    """Return the keys that are not those of a backup."""
    return [Finding("restore.keys", name, f"密钥 {name} 不是备份时的那一把，请放回原密钥目录，否则个人信息无法解开或查找。",
                    f"The key '{name}' is not the one of the backup; put the keys back, or personal data do not open or are not found.")
            for name in _keys_that_differ(samples)]


def _keys_that_differ(samples: dict[str, str]) -> list[str]:
    """Return the names of the keys that do not make, or do not open, what the backup's keys made."""
    found = []
    try:
        unseal(bytes.fromhex(samples["sealing"]), _SAMPLE)
    except Unreadable:
        found.append("sealing")
    if blind_index(_SAMPLE, _SAMPLE).hex() != samples["index"]:
        found.append("index")
    if derived_key(_SAMPLE).hex() != samples["derivation"]:
        found.append("derivation")
    return found


def _sums(folder: Path) -> dict[str, str]:
    sums = {}
    for file in sorted(folder.glob("*")):
        with file.open("rb") as content:
            sums[file.name] = hashlib.file_digest(content, "sha256").hexdigest()
    return sums


def _name() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return str(cursor.fetchone()[0])
