"""Back to a moment between two payments: the first stands, the second does not, and the books and their chain hold."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PAYMENTS = Path(__file__).with_name("recovery_payments.py")
ONE = 30712  # fen that a month brings to the account
OUTSIDE = "/usr/lib/postgresql/15/bin"
pytestmark = pytest.mark.slow


@dataclass
class Place:
    """A registry with its archive, a base backup, two payments and the moment between them."""

    folder: Path
    between: str = ""
    before: str = ""

    def __call__(self, *words: str, data: str = "data", **environment: str) -> subprocess.CompletedProcess[str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith(("LINGBAO_", "DATABASE_URL"))}
        given |= {"LINGBAO_DATA": str(self.folder / data), "LINGBAO_KEYS": str(self.folder / "keys"), **environment}
        return subprocess.run([sys.executable, *words], env=given, capture_output=True, text=True, check=False)

    def registry(self, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        code = "from lingbao.commands.registry import app; app()"
        return self("-c", code, *map(str, words), **environment)

    def payments(self, *words: str, data: str = "data") -> dict[str, Any]:
        done = self(str(PAYMENTS), *words, data=data)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="recovery-"))
    folder.chmod(0o755)
    here = Place(folder)
    try:
        for words in (["migrate"], ["archive", folder / "archive"]):
            done = here.registry(*words)
            assert done.returncode == 0, done.stderr
        assert here.payments("begin")["closed"] == 1
        here.before = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 8 * 3600 - 60))
        made = here.registry("base-backup", folder / "base", "--json")
        assert made.returncode == 0, made.stderr
        here.between = here.payments("pay", "1")["at"]
        time.sleep(0.2)
        here.payments("pay", "2")
        yield here
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def recovered(place: Place, into: str, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    archive = words if "--archive" in words else ("--archive", place.folder / "archive", *words)
    return place.registry("recover", place.folder / "base", "--into", place.folder / into, "--lang", "en", *archive, **environment)


def test_between_two_payments_the_first_is_there_and_the_second_is_not(place: Place) -> None:
    done = recovered(place, "then", "--to", place.between)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All hold" in done.stdout and place.between[:10] not in done.stderr
    now, then = place.payments("look"), place.payments("look", data="then")
    assert (then["paid"], then["fen"]) == (1, ONE)
    assert (now["paid"], now["fen"]) == (2, 2 * ONE), "what was stays untouched"
    assert then["chain"] == now["chain"] and len(then["chain"]) == 1 and then["broken"] == 0
    assert place.payments("pay", "2", data="then")["months"] == 1, "the recovered registry goes on"
    assert place.payments("look", data="then")["fen"] == 2 * ONE


def test_without_a_moment_all_of_the_archive_is_played(place: Place) -> None:
    done = recovered(place, "all")
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.payments("look", data="all")["fen"] == 2 * ONE


def test_a_moment_before_the_base_or_after_the_end_is_not_reached(place: Place) -> None:
    for name, moment, said in (("early", place.before, "does not lead back further"), ("late", "2200-01-01 00:00:00", "was not reached")):
        done = recovered(place, name, "--to", moment)
        assert (done.returncode, said in done.stderr) == (2, True), done.stdout + done.stderr


def test_an_archive_with_a_gap_does_not_reach_the_moment(place: Place) -> None:
    gap = place.folder / "gap"
    gap.mkdir(mode=0o755)
    done = recovered(place, "gapped", "--archive", gap, "--to", place.between)
    assert (done.returncode, "was not reached" in done.stderr) == (2, True), done.stdout + done.stderr


def test_a_recovery_goes_into_a_new_folder_and_needs_a_base_and_the_keys(place: Place) -> None:
    assert recovered(place, "data").returncode == 2
    assert place.registry("recover", place.folder / "archive", "--archive", place.folder / "archive", "--into", place.folder / "x").returncode == 2
    other = recovered(place, "other", "--to", place.between, LINGBAO_KEYS=str(place.folder / "other-keys"))
    assert (other.returncode, "is not the one of the backup" in other.stdout) == (1, True)


def test_a_base_backup_that_was_changed_is_refused(place: Place) -> None:
    copy = place.folder / "changed"
    shutil.copytree(place.folder / "base", copy)
    file = copy / "base" / "pg_hba.conf"
    file.write_text(file.read_text() + "\n")
    done = place.registry("recover", copy, "--archive", place.folder / "archive", "--into", place.folder / "y", "--lang", "en")
    assert (done.returncode, "pg_hba.conf" in done.stderr) == (2, True)


def test_a_base_backup_needs_the_archive_and_an_archive_its_own_place(place: Place) -> None:
    assert place.registry("base-backup", place.folder / "base").returncode == 2, "never written over"
    inside = place.registry("archive", place.folder / "data" / "postgresql" / "archive", "--lang", "en")
    assert (inside.returncode, "data folder" in inside.stderr) == (2, True)
    assert place.registry("archive", place.folder / "it's").returncode == 2
    state = json.loads(place.registry("archive", "--json").stdout)
    assert (state["on"], state["failed"]) == (True, 0) and state["archived"] > 0
    plain = {"LINGBAO_DATA": str(place.folder / "plain")}
    assert place.registry("migrate", **plain).returncode == 0
    off = place.registry("base-backup", place.folder / "none", "--lang", "en", **plain)
    assert (off.returncode, "not archived" in off.stderr) == (2, True)


@pytest.mark.skipif(not Path(OUTSIDE, "pg_ctl").exists() or os.geteuid() != 0, reason="needs PostgreSQL 15 and a user to run it")
def test_a_server_of_ones_own_is_brought_back_by_the_same_steps() -> None:
    import pwd

    folder = Path(tempfile.mkdtemp(prefix="outside-"))
    folder.chmod(0o755)
    entry = pwd.getpwnam("postgres")
    os.chown(folder, entry.pw_uid, entry.pw_gid)

    def server(data: str, *words: str) -> None:
        done = subprocess.run([f"{OUTSIDE}/pg_ctl", "--pgdata", str(folder / data), "--wait", *words], user=entry.pw_uid, group=entry.pw_gid, cwd="/",
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        assert done.returncode == 0

    start = ("--log", str(folder / "log"), "-o", f"-h '' -k {folder}", "start")
    here = Place(folder)
    address = {"DATABASE_URL": f"postgresql://postgres@/postgres?host={folder}"}

    def payments(*words: str) -> dict[str, Any]:
        done = here(str(PAYMENTS), *words, **address)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def registry(*words: object) -> None:
        done = here.registry(*words, LINGBAO_PG_BIN=OUTSIDE, **address)
        assert done.returncode == 0, done.stdout + done.stderr

    running = None
    try:
        server("cluster", "-o", "--auth=trust --username=postgres --encoding=UTF8", "init")
        server("cluster", *start)
        running = "cluster"
        registry("migrate")
        registry("archive", folder / "archive")
        server("cluster", "--mode", "fast", *start[:4], "restart")
        registry("base-backup", folder / "base")
        payments("begin")
        between = payments("pay", "1")["at"]
        time.sleep(0.2)
        payments("pay", "2")
        server("cluster", "--mode", "fast", "stop")
        running = None
        registry("recover", folder / "base", "--archive", folder / "archive", "--into", folder / "then", "--to", between)
        server("then", *start)
        running = "then"
        assert (payments("look")["fen"], payments("look")["broken"]) == (ONE, 0)
        registry("audit")
    finally:
        if running:
            server(running, "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
