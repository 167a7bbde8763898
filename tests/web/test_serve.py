"""``lingbao serve`` brings its own database, says where it listens, and leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from lingbao.cli import main; main()", "serve", "--port"]


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return kept | {"LINGBAO_DATA": str(folder)}


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.mark.slow
def test_serves_and_stops_cleanly(server_folder: Path) -> None:
    port = free_port()
    folder, log = server_folder / "data", server_folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([*COMMAND, str(port)], env=environment(folder), stdout=out, stderr=subprocess.STDOUT)
    try:
        limit = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as response:
                    assert response.status == 200
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < limit, log.read_text()
                time.sleep(0.1)
        assert re.search(rf"http://127\.0\.0\.1:{port}/ +\(\d+\.\d s\)", log.read_text())
        assert (folder / "postgresql" / "postmaster.pid").exists()
        asked = "/plan/result/?residence=36&sex=male&birth_year=1990&birth_month=5&income=6000&paid=none&home=36"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{asked}", timeout=60) as response:  # while it warms
            assert response.status == 200
        while "Ready." not in log.read_text():
            assert time.monotonic() < limit, log.read_text()
            time.sleep(0.1)
        assert "正在准备测算" in log.read_text() and "Getting ready" in log.read_text()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert not (folder / "postgresql" / "postmaster.pid").exists()
    assert "Traceback" not in log.read_text()


@pytest.mark.slow
def test_taken_port_is_named(server_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run([*COMMAND, str(port)], env=environment(server_folder / "data"), capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 2 and f"127.0.0.1:{port}" in done.stderr and "--port" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (server_folder / "data" / "postgresql" / "postmaster.pid").exists()


@pytest.mark.slow
def test_migrations_reach_the_database(server_folder: Path) -> None:
    script = (
        "import django; django.setup()\n"
        "from lingbao.commands.serve import prepare\nfrom lingbao.web.database import stop_embedded\n"
        "prepare(); prepare()\n"
        "from django.contrib.contenttypes.models import ContentType\nprint('types', ContentType.objects.count())\n"
        "from django.db import connection\nprint('version', connection.pg_version); connection.close(); stop_embedded()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env=environment(server_folder / "data") | {"DJANGO_SETTINGS_MODULE": "lingbao.web.settings"},
                          capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[1]) >= 4 and int(done.stdout.split()[3]) >= 150000


def test_a_database_that_does_not_answer_is_said_in_words(server_folder: Path) -> None:
    environ = environment(server_folder / "data") | {"DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"}
    done = subprocess.run([*COMMAND, str(free_port())], env=environ, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 2 and "DATABASE_URL" in done.stderr and "连不上数据库" in done.stderr
    assert "Traceback" not in done.stderr
