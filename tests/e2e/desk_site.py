"""A site of its own for the walk through the desk, filled by desk_world.py in another process."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PASSWORD = "correct horse battery"
START_SECONDS = 300.0
LINGBAO = [sys.executable, "-c", "from lingbao.cli import main; main()"]


@contextmanager
def own_folder() -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield a folder that the database server may enter, and the environment of a site with its data there; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    folder.chmod(0o755)
    environment = os.environ | {"LINGBAO_DATA": str(folder / "data"), "LINGBAO_PAGE_RATE": "100000/m", "LINGBAO_API_RATE": "100000/m"}
    environment.pop("DATABASE_URL", None)
    try:
        yield folder, environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(folder: Path, environment: dict[str, str], *more: str) -> Iterator[str]:
    """Serve the site of a folder and yield its address once it answers."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as out:
        process = subprocess.Popen([*LINGBAO, "serve", "--port", str(port), *more], stdout=out, stderr=subprocess.STDOUT, env=environment)
    try:
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"{address}/desk/sign-in/", timeout=30):
                    break
            except OSError:
                if process.poll() is not None or time.monotonic() > limit:
                    raise RuntimeError((folder / "log").read_text(errors="replace")) from None
                time.sleep(0.2)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def desk_site() -> Iterator[tuple[str, dict[str, Any]]]:
    """Serve a filled registry; yield its address and the numbers of what is in it."""
    with own_folder() as (folder, environment), served(folder, environment) as address:
        done = subprocess.run([sys.executable, str(Path(__file__).with_name("desk_world.py"))], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        yield address, json.loads(done.stdout.splitlines()[-1])


def code_of(secret: str) -> str:
    """Return the six digits that an authenticator shows now (RFC 6238)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def sign_in(page: Any, site: str, login: str) -> None:
    """Sign in for the first time after the password stands: the authenticator is set up on the way."""
    page.goto(f"{site}/desk/sign-in/")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button").last.click()
    for _ in range(3):  # a code may run out between reading the clock and sending it
        page.locator("#code").fill(code_of(page.locator("code").first.inner_text()))
        page.locator("main form button").last.click()
        page.wait_for_load_state()
        if "/code/" not in page.url:
            break
    assert "/code/" not in page.url and "/sign-in/" not in page.url
