"""A real server in a process of its own, and a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]
START_SECONDS = 180.0  # an upper bound, for a machine with other work
_data: dict[str, Path] = {}  # data folder of a running site


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once:\n{log.read_text(errors='replace')}")
        try:
            with urllib.request.urlopen(address, timeout=30):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {START_SECONDS:g} s:\n{log.read_text(errors='replace')}")


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Start ``lingbao serve`` on a free port and return its address; stop it by its id at the end.

    The folder is not pytest's own: run by root, the database server is another user, and every new run of pytest locks
    that user out of the folders of the others.
    """
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    folder.chmod(0o755)
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    log = folder / "log"
    environment = os.environ | {"LINGBAO_DATA": str(folder / "data"), "LINGBAO_PAGE_RATE": "100000/m", "LINGBAO_API_RATE": "100000/m",
                                "LINGBAO_DEMONSTRATION": "1"}
    environment.pop("DATABASE_URL", None)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", "from lingbao.cli import main; main()", "serve", "--port", str(port)],
            stdout=out, stderr=subprocess.STDOUT, env=environment,
        )
    _data[address] = folder / "data"
    try:
        _wait(address, process, log)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def operator(site: str) -> Callable[..., str]:
    """``lingbao registry …`` at the machine of the site; returns what it printed."""

    def command(*words: str) -> str:
        environment = os.environ | {"LINGBAO_DATA": str(_data[site])}
        environment.pop("DATABASE_URL", None)
        done = subprocess.run([sys.executable, "-c", "from lingbao.cli import main; main()", "registry", *words],
                              capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return command


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return the Chromium that is there; skip where there is none.

    It is closed after each file: while it is open its event loop runs, and Django refuses the database beside one.
    """
    path = next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium found (looked for " + ", ".join(CHROMIUM_NAMES) + "); install it to run the browser tests")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()
