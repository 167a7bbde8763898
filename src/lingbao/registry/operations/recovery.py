"""Back to a moment: a base backup in a new folder, the archived log played again up to the moment, and the server as it was then.

Nothing here touches the server that was: the recovered one stands in a folder of its own, and people compare before they switch.
"""

from __future__ import annotations

import functools
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lingbao.law.errors import InputError
from lingbao.registry.errors import Conflict
from lingbao.registry.operations.archive import BASE, FORMAT, MANIFEST, check_files
from lingbao.registry.operations.programs import ProgramFailed, program_of_version

_EMBEDDED_USER = "pgserver"  # under which the embedded server runs where this program runs as root
_LOG = "recovery.log"


@dataclass(frozen=True)
class Recovered:
    """A server that was brought back, stopped.

    Attributes
    ----------
    folder : pathlib.Path
        Its data folder.
    last_transaction : str
        When the last transaction that was played again had been committed; empty if none was.
    manifest : dict
        The manifest of the base backup.
    """

    folder: Path
    last_transaction: str
    manifest: dict[str, Any]


def recover(backup: Path, archive: Path, folder: Path, moment: datetime | None) -> Recovered:
    """Bring the server back into a new data folder as it was at a moment.

    Parameters
    ----------
    backup : pathlib.Path
        A base backup made before the moment.
    archive : pathlib.Path
        The archived log.
    folder : pathlib.Path
        New data folder.
    moment : datetime.datetime, optional
        Transactions committed later are not played again; without it the log is played to its end.

    Raises
    ------
    InputError
        If `backup` is no base backup or a file of it was changed, there is no archive, or the moment has no time zone or lies before the
        backup.
    Conflict
        If the folder is there and not empty.
    ProgramFailed
        If the log does not lead to the moment, with what the server said.
    """
    manifest = _manifest(backup)
    if not archive.is_dir():
        raise InputError("recover.archive", value=str(archive), where="--archive", zh="没有这个归档目录。", en="There is no such archive.")
    if moment is not None and moment.tzinfo is None:
        raise InputError("recover.moment", value=str(moment), where="--to", zh="时刻须带时区。", en="The moment needs its time zone.")
    made = datetime.fromisoformat(manifest["made_at"])
    if moment is not None and moment < made:
        raise InputError("recover.early", value=moment.isoformat(), where="--to", zh=f"这份基础备份到 {made:%Y-%m-%d %H:%M:%S %z} 才做完，回不到更早的时刻。请换用更早的备份。",
                         en=f"This base backup was finished at {made:%Y-%m-%d %H:%M:%S %z} and does not lead back further. Use an earlier one.")
    if folder.exists() and any(folder.iterdir()):
        raise Conflict("restore.not_empty", value=str(folder), zh="目标目录不为空，恢复须在新目录中进行。", en="The folder is not empty; a recovery goes into a new one.")
    check_files(backup / BASE)
    shutil.copytree(backup / BASE, folder, dirs_exist_ok=True)
    with (folder / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.write("\n".join(["", "archive_mode = 'off'", f"restore_command = 'cp \"{archive.resolve()}/%f\" \"%p\"'",
                                  "recovery_target_action = 'promote'", "recovery_target_timeline = 'latest'",
                                  *([f"recovery_target_time = '{moment.isoformat()}'"] if moment else []), ""]))
    (folder / "recovery.signal").touch()
    folder.chmod(0o700)
    owner = _server_user(archive)
    for each in [folder, *folder.rglob("*")] if owner else []:
        os.chown(each, *owner)  # type: ignore[misc]
    last = _play(folder, owner)
    _forget(folder)
    return Recovered(folder, last, manifest)


def _manifest(backup: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        known = manifest["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise InputError("recover.manifest", value=str(backup), where=str(backup), zh="这个目录不是基础备份：没有可读的 manifest.json。",
                         en="This folder is no base backup: there is no readable manifest.json.")
    return manifest


def _server_user(archive: Path) -> tuple[int, int] | None:
    """Return user and group that the server runs under, where this program is root: those whose archive it is."""
    if os.geteuid() != 0:
        return None
    found = archive.stat()
    embedded = pwd.getpwnam(_EMBEDDED_USER) if found.st_uid == 0 else None
    return (embedded.pw_uid, embedded.pw_gid) if embedded else (found.st_uid, found.st_gid)


def _play(folder: Path, owner: tuple[int, int] | None) -> str:
    """Start the server on its recovery, wait until it has left it, stop it; return when the last transaction was committed."""
    run = functools.partial(_run, int((folder / "PG_VERSION").read_text()), owner)
    with _socket_folder(owner) as sockets:
        started = run("pg_ctl", "--pgdata", folder, "--log", folder / _LOG, "--wait", "--timeout", 86_400, "-o", f"-h '' -k {sockets}", "start")
        try:
            ask = functools.partial(run, "psql", "--host", sockets, "--username", "postgres", "--dbname", "postgres", "--no-psqlrc", "--quiet",
                                    "--tuples-only", "--no-align", "--command")
            while not started.returncode:
                said = ask("SELECT pg_is_in_recovery(), coalesce(pg_last_xact_replay_timestamp()::text, '')")
                if said.stdout.startswith("f|"):
                    return str(said.stdout.strip().partition("|")[2])
                if said.returncode and run("pg_ctl", "--pgdata", folder, "status").returncode:
                    break  # it has given up
                time.sleep(0.2)
        finally:
            if not run("pg_ctl", "--pgdata", folder, "status").returncode:
                run("pg_ctl", "--pgdata", folder, "--wait", "--timeout", 600, "--mode", "fast", "stop")
    log = (folder / _LOG).read_text(encoding="utf-8", errors="replace") if (folder / _LOG).exists() else started.stderr
    said_last = "\n".join([line for line in log.splitlines() if "FATAL" in line or "PANIC" in line][-3:]) or log[-500:]
    raise ProgramFailed("recover.failed", where=str(folder), zh=f"没有恢复到所要的时刻。时刻应在基础备份之后、归档的末尾之前，归档不能有缺。服务器说：{said_last}",
                        en=f"The moment was not reached. It lies after the base backup and before the end of an archive without gaps. The server said: {said_last}")


def _forget(folder: Path) -> None:
    """Take the settings of the recovery out again: the next start is an ordinary one."""
    file = folder / "postgresql.auto.conf"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith(("restore_command", "recovery_target", "archive_"))) + "\n", encoding="utf-8")


@contextmanager
def _socket_folder(owner: tuple[int, int] | None) -> Iterator[str]:
    """Yield a folder for the server's socket; the path of a data folder may be too long for one."""
    place = tempfile.mkdtemp(prefix="recover-")
    try:
        if owner:
            os.chown(place, *owner)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _run(version: int, owner: tuple[int, int] | None, name: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL as the user whom the server belongs to: it refuses to run as root."""
    who: dict[str, Any] = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # Output to files: a server that was started would hold a pipe open.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        done = subprocess.run([program_of_version(name, version), *map(str, words)], stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=False,
                              cwd="/", env=environment, **who)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())
