"""The examples of the console's documentation run as they are shown, against the sandbox, through a real server."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from registry_world import World, build, leave_clone, use_clone


class Threads(ThreadingMixIn, WSGIServer):
    """A server of threads, as the site's own."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log_message(self, *args: object) -> None:
        """Be quiet."""


@pytest.fixture(scope="module")
def served(migrated: None) -> Iterator[tuple[World, str]]:
    """A registry and the address of a server of it."""
    from django.db import connections

    from lingbao.web.wsgi import application

    def site(environ: object, start: object) -> object:
        try:
            return application(environ, start)
        finally:
            connections.close_all()

    name = use_clone()
    world = build()
    server = make_server("127.0.0.1", 0, site, Threads, Quiet)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield world, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        leave_clone(name)


def shown(world: World, address: str) -> dict[str, str]:
    """Return the examples as the page shows them, taken out of its HTML."""
    text = world.client("engineer").get("/platform/docs/").content.decode()
    found = re.findall(r'<code data-example="([a-z]+)">(.*?)</code>', text, re.DOTALL)
    return {name: html.unescape(each).replace("http://localhost", address) for name, each in found}


def run(text: str, key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", text], cwd=folder, env={**os.environ, "LINGBAO_KEY": key, "no_proxy": "*"}, capture_output=True, text=True, timeout=120)


def test_every_example_runs_as_it_is_shown(served: tuple[World, str], tmp_path: Path) -> None:
    world, address = served
    examples = shown(world, address)
    assert list(examples) == ["platform", "orders", "file", "reconcile", "webhook"]
    said = {}
    for name, text in examples.items():
        done = run(text, world.own.key, tmp_path)
        assert done.returncode == 0, f"{name}: {done.stdout[-500:]}{done.stderr[-500:]}"
        said[name] = done.stdout
    assert json.loads(said["platform"])["sandbox"] is True
    assert (json.loads(said["orders"])["posted"], json.loads(said["orders"])["rejected"]) == (2, 1)
    assert said["file"].count("bad_income") == 3
    assert "digest holds" in said["reconcile"]


def test_an_example_with_a_wrong_key_fails(served: tuple[World, str], tmp_path: Path) -> None:
    world, address = served
    assert run(shown(world, address)["platform"], "lb-sandbox-none.x", tmp_path).returncode != 0
