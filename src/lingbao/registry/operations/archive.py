"""The archive of the database's own log, and base backups beside it: together they lead back to any moment since.

A dump leads back to when it was made (`backup`). PostgreSQL writes every change to its log before anything else; kept whole from a
base backup on, the log can be played again up to a moment that one names (`recovery`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import ProgrammingError, connection

from lingbao.law.errors import InputError
from lingbao.registry.operations.backup import key_samples
from lingbao.registry.operations.programs import run_program

BASE, MANIFEST = "base", "manifest.json"
FORMAT = "base 1"
LONGEST_LOSS = 300  # seconds after which a log segment that is not full is archived all the same
_PLAIN = re.compile(r"/[\w./-]+")


@dataclass(frozen=True)
class ArchiveState:
    """How the archive stands.

    Attributes
    ----------
    on : bool
        Whether the server archives now.
    waits : bool
        Whether it will from its next start on.
    archived, failed : int
        Segments archived, and attempts that failed, since the counters were reset.
    last : str or None
        Last segment archived.
    last_at : datetime.datetime or None
        When that was.
    """

    on: bool
    waits: bool
    archived: int
    failed: int
    last: str | None
    last_at: datetime | None


def archive_to(folder: Path) -> ArchiveState:
    """Have the server keep its log in a folder, from its next start on if it does not yet.

    Raises
    ------
    InputError
        If the folder has an unusual name or lies in the data folder, or if the database user may not set this: then the
        settings are named, for the administrator of the server.
    """
    place = str(folder.resolve())
    if not _PLAIN.fullmatch(place):
        raise InputError("archive.folder", value=place, where="archive", zh="归档目录的路径只能有字母、数字和 / . _ -。",
                         en="The path of the archive has letters, digits and / . _ - only.")
    settings = {"archive_mode": "on", "archive_command": archive_command(place), "archive_timeout": str(LONGEST_LOSS)}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            _make(Path(place), Path(cursor.fetchone()[0]))
            for name, value in settings.items():
                cursor.execute(f"ALTER SYSTEM SET {name} = %s", [value])
            cursor.execute("SELECT pg_reload_conf()")
    except ProgrammingError as error:
        lines = "\n".join(f"{name} = '{value}'" for name, value in settings.items())
        raise InputError("archive.rights", where="DATABASE_URL", zh=f"数据库用户无权设置归档。请服务器管理员写入 postgresql.conf 后重启：\n{lines}",
                         en=f"The database user may not set this. Have the administrator of the server write to postgresql.conf and restart:\n{lines}") from error
    return archive_state()


def archive_command(folder: str) -> str:
    """Return the shell command that archives one segment: whole or not at all, and the same one twice is once."""
    kept, part = f"{folder}/%f", f"{folder}/.%f.part"
    return f"if test -f {kept}; then cmp -s %p {kept}; else cp %p {part} && sync {part} && mv {part} {kept}; fi"


def archive_state() -> ArchiveState:
    """Return how the archive stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('archive_mode'), (SELECT pending_restart FROM pg_settings WHERE name = 'archive_mode'),"
                       " archived_count, failed_count, last_archived_wal, last_archived_time FROM pg_stat_archiver")
        mode, pending, archived, failed, last, last_at = cursor.fetchone()
    return ArchiveState(mode != "off", bool(pending), archived, failed, last, last_at)


def base_backup(folder: Path) -> dict[str, Any]:
    """Copy the whole server into a new folder while it is in use, verify the copy, and return its manifest.

    Raises
    ------
    InputError
        If the folder is there and not empty, or if the log is not archived: then the copy would lead to its own moment only.
    ProgramFailed
        If pg_basebackup did not finish; nothing is left behind.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError("backup.folder", value=str(folder), where=str(folder), zh="备份目录已存在且不为空，请另选一个。",
                         en="The folder of the backup is there and not empty; choose another.")
    if not archive_state().on:
        raise InputError("archive.off", where="archive_mode", zh="日志归档还没有打开。请先运行 lingbao registry archive 目录，并重启数据库。",
                         en="The log is not archived. Run 'lingbao registry archive FOLDER' first and restart the database.")
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    try:
        run_program("pg_basebackup", [f"--pgdata={unfinished / BASE}", "--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256", "--no-password"])
        check_files(unfinished / BASE)
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")  # the server's clock: moments are compared with its commits
            manifest = {"format": FORMAT, "made_at": cursor.fetchone()[0].isoformat(), "server": connection.pg_version // 10_000, "keys": key_samples()}
        (unfinished / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def check_files(base: Path) -> None:
    """Compare every file of a base backup with the list that PostgreSQL wrote beside them.

    Raises
    ------
    InputError
        Naming the first file that is missing or changed.
    """
    try:
        content = (base / "backup_manifest").read_bytes()
        listed = json.loads(content)
        body, _, _ = content.rpartition(b'"Manifest-Checksum"')
        whole = hashlib.sha256(body).hexdigest() == listed["Manifest-Checksum"]
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    wrong = [] if whole else ["backup_manifest"]
    for each in listed["Files"] if whole else []:
        name = each.get("Path") or bytes.fromhex(each["Encoded-Path"]).decode(errors="surrogateescape")
        file = base / name
        if not file.is_file() or _sha256(file) != each["Checksum"]:
            wrong.append(name)
            break
    if wrong:
        raise InputError("restore.file", value=wrong[0], where=str(base), zh=f"备份文件 {wrong[0]} 缺失或被改动，请换用另一份备份。",
                         en=f"The file {wrong[0]} of the backup is missing or changed; use another backup.")


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _make(folder: Path, data: Path) -> None:
    """Make the archive where the server can write to it: the server may run as another user than this program."""
    if folder == data or data in folder.parents:
        raise InputError("archive.inside", value=str(folder), where="archive", zh="归档不能放在数据目录里：数据丢了，归档也就丢了。",
                         en="The archive does not lie in the data folder: it would be lost with the data.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0 and data.exists():
        owner = data.stat()
        os.chown(folder, owner.st_uid, owner.st_gid)
