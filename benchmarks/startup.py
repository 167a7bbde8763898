"""How long one waits: for the command's help, for an import, for the site, for the first compiled life.

Every figure is that of a fresh process. Run with ``python -m benchmarks.startup``.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.report import Section, seconds
from benchmarks.timing import best_of

LINGBAO = Path(sys.executable).with_name("lingbao")
PATIENCE = 120.0
FIRST_LIVES = "from benchmarks.lifetime import first_call; print(first_call())"
FIRST_COMPARISON = "from benchmarks.planner import first_comparison; print(first_comparison())"
ROOT = Path(__file__).resolve().parent.parent


def surroundings(folder: str) -> dict[str, str]:
    """Environment of every timed process: folders of its own, and bytecode kept as on any user's machine."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"LINGBAO_DATA": str(Path(folder) / "data"), "LINGBAO_CACHE": str(Path(folder) / "kernels"),
                   "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode")}


class NotYet(RuntimeError):
    """What was to be timed does not run; the message says why."""


def command(folder: str, *arguments: str) -> float:
    """Best time of a command that must succeed [s]."""
    def once() -> None:
        done = subprocess.run(arguments, cwd=ROOT, env=surroundings(folder), capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotYet((done.stderr.strip() or done.stdout.strip()).splitlines()[-1])

    return best_of(5, once)[0]


def reported(folder: str, code: str, rounds: int = 4) -> list[float]:
    """Times that fresh processes measure and print themselves [s], in order."""
    times = []
    for _ in range(rounds):
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=surroundings(folder),
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotYet(done.stderr.strip().splitlines()[-1])
        times.append(float(done.stdout))
    return times


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def site(folder: str) -> float:
    """Time from the command to the first page answered [s]."""
    port = free_port()
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        server = subprocess.Popen([str(LINGBAO), "serve", "--port", str(port)], cwd=ROOT,
                                  env=surroundings(folder), stdout=subprocess.DEVNULL, stderr=said)
        try:
            while True:
                if server.poll() is not None or time.perf_counter() - begun > PATIENCE:
                    said.seek(0)
                    lines = said.read().decode(errors="replace").strip().splitlines()
                    raise NotYet(lines[-1] if lines else "the site did not answer")
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                        return time.perf_counter() - begun
                except (urllib.error.URLError, OSError):
                    time.sleep(0.02)
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=60)


def measure() -> Section:
    """Time everything a person waits for before the first answer."""
    section = Section("Waiting for the first answer", "python -m benchmarks.startup", ("what", "goal", "time"),
                      notes=["Best of five fresh processes; the site: the first run with an empty data folder, then the best of two more.",
                             "First comparison and first lives of a process: compiled code is read from disk."])
    with tempfile.TemporaryDirectory(prefix="lingbao-benchmark-") as folder:
        for name, goal, timed in (
            ("lingbao --help", "0.5 s", lambda: command(folder, str(LINGBAO), "--help")),
            ("import lingbao.law.store and load the law", "–",
             lambda: command(folder, sys.executable, "-c", "from lingbao.law.store import Law; Law.load().paths()")),
            ("import lingbao.planner", "–", lambda: command(folder, sys.executable, "-c", "import lingbao.planner")),
            ("first comparison ever: the kernels are compiled", "–", lambda: reported(folder, FIRST_COMPARISON, 1)[0]),
            ("first comparison of a process, imports included", "–", lambda: min(reported(folder, FIRST_COMPARISON))),
            ("first 64 lives of a process", "–", lambda: min(reported(folder, FIRST_LIVES)[1:])),
            ("lingbao serve, first run, to the first page", "–", lambda: site(folder)),
            ("lingbao serve, to the first page", "3 s", lambda: min(site(folder), site(folder))),
        ):
            try:
                section.rows.append((name, goal, seconds(timed())))
            except NotYet as error:
                section.rows.append((name, goal, "not measured"))
                section.notes.append(f"{name}: {error}")
    return section


if __name__ == "__main__":
    print(measure().markdown())
