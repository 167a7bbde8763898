"""The laboratory of a test: a real database, a real worker process, and a browser that has its cookie."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

WORKER = [sys.executable, "-m", "lingbao.web.lab.worker"]
COMPILING = 420.0  # the first run of a fresh checkout compiles the kernel


def start_worker() -> subprocess.Popen[bytes]:
    """Start a worker on the database of this process."""
    from lingbao.web.database import address

    return subprocess.Popen(WORKER, env=os.environ | {"DATABASE_URL": address()}, stdin=subprocess.PIPE)


def end(process: subprocess.Popen[bytes]) -> int:
    """Ask a worker to end and return its exit code."""
    process.terminate()
    try:
        return process.wait(COMPILING)  # one that is compiling hears of it afterwards
    finally:
        process.kill()


def wait_for(what: Callable[[], Any], seconds: float = COMPILING) -> Any:
    """Wait until something is true and return it."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what.__name__} did not come true within {seconds:g} s")


def browser(**headers: str) -> Any:
    """A browser that keeps cookies."""
    from django.test import Client

    return Client(headers={"host": "localhost", **headers})


def ask(client: Any, reform: str = "N8", **what: Any) -> str:
    """Ask for a run on the page of a reform and return its key."""
    sent = {"reform": reform, "size": "1000", "years": "10", "seed": "1", **{name: str(value) for name, value in what.items()}}
    answer = client.post("/lab/start/", sent)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer["Location"].split("/")[3])


def run_of(key: str) -> Any:
    """Return the row of a run as it is now."""
    from lingbao.web.lab.models import Run

    return Run.objects.get(key=key)


def in_state(key: str, *states: str) -> Callable[[], Any]:
    """Return a question whether a run is in one of some states."""

    def reached() -> Any:
        found = run_of(key)
        return found if found.state in states else None

    return reached
