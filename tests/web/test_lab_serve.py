"""``lingbao serve`` brings one worker along, and takes it along when it ends, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from test_serve import COMMAND, environment, free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def served(server_folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A site of its own that answers."""
    port, log = free_port(), server_folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([*COMMAND, str(port)], env=environment(server_folder / "data"), stdout=out, stderr=subprocess.STDOUT)
    limit = time.monotonic() + 120.0
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/lab/", timeout=30) as response:
                assert response.status == 200
            break
        except OSError:
            assert process.poll() is None and time.monotonic() < limit, log.read_text()
            time.sleep(0.1)
    yield process
    if process.poll() is None:
        process.terminate()
        process.wait(60)
    assert "Traceback" not in log.read_text() and "Fatal" not in log.read_text()


def worker_of(process: subprocess.Popen[bytes]) -> psutil.Process:
    """The one worker beside a site."""
    limit = time.monotonic() + 120.0
    while time.monotonic() < limit:
        found = [each for each in psutil.Process(process.pid).children() if "lingbao.web.lab.worker" in " ".join(each.cmdline())]
        if found:
            assert len(found) == 1
            return found[0]
        time.sleep(0.1)
    raise AssertionError("no worker")


def test_the_worker_ends_with_the_site(served: subprocess.Popen[bytes]) -> None:
    worker = worker_of(served)
    time.sleep(3)
    served.send_signal(signal.SIGTERM)
    assert served.wait(60) == 0
    assert not worker.is_running()


def test_a_killed_worker_is_replaced(served: subprocess.Popen[bytes]) -> None:
    worker = worker_of(served)
    worker.kill()
    limit = time.monotonic() + 120.0
    while True:
        found = [each.pid for each in psutil.Process(served.pid).children() if each.status() != psutil.STATUS_ZOMBIE and "lab.worker" in " ".join(each.cmdline())]
        if found and found != [worker.pid]:
            break
        assert time.monotonic() < limit
        time.sleep(0.1)


def test_the_worker_of_a_killed_site_ends_by_itself(served: subprocess.Popen[bytes]) -> None:
    worker = worker_of(served)
    children = psutil.Process(served.pid).children(recursive=True)
    served.kill()
    served.wait()
    psutil.wait_procs([worker], timeout=60)
    assert not worker.is_running()
    for each in children:  # PostgreSQL outlives a killed site; the next start takes it over
        if each.is_running():
            each.terminate()


def test_a_worker_told_to_stop_while_it_begins_stops_without_a_word() -> None:
    """In the middle of making its event loop, which nothing can take apart then."""
    code = ("import asyncio, os, signal\nfrom lingbao.web.lab.worker import _leave\nsignal.signal(signal.SIGTERM, _leave)\n"
            "class Loop(asyncio.SelectorEventLoop):\n    def __init__(self):\n        os.kill(os.getpid(), signal.SIGTERM)\n        super().__init__()\nLoop()")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
