"""How long a worker waits for the account page, alone and while a platform's files are taken by the same server.

Run with ``python -m benchmarks.account --rate 50 --seconds 30``. The site is the one that ``lingbao serve`` starts; requests
come at random moments (a Poisson stream), each on a connection of its own, whether or not earlier ones were answered, and
the time counts from the moment at which the request was due.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.report import Section, seconds
from benchmarks.timing import quantile

WORKERS = 20_000
SIGNED_IN = 400
PART = 16 * 2**20
GOAL = "50 ms for 95 of 100"


def measure(rate: float = 50.0, duration: float = 30.0, people: int = 30_000, orders: int = 500_000) -> Section:
    """Serve a demonstration nation and ask for account pages, first alone and then beside files of orders."""
    section = Section(
        "Worker's account page beside an import",
        f"python -m benchmarks.account --rate {rate:g} --seconds {duration:g} --people {people} --orders {orders}",
        ("page", "beside it", "requests", "median", "95 of 100", "99 of 100", "slowest", "answer"))
    with tempfile.TemporaryDirectory(prefix="lingbao-account-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        os.environ.update(LINGBAO_DATA=name, DJANGO_SETTINGS_MODULE="lingbao.web.settings", LINGBAO_PAGE_RATE="1000000/m", LINGBAO_API_RATE="1000000/m")
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from lingbao.web.database import stop_embedded

        try:
            cookies, key = _nation(people)
            files = int(duration * 250_000 / orders) + 2
            _write_files(folder, orders, files)
            with _served() as port:
                for page in ("/account/", "/account/statement/"):
                    _asked(port, page, cookies, rate, min(duration, 5.0))  # warm
                    section.rows.append(_row(page, "nothing", _asked(port, page, cookies, rate, duration)))
                    with _importing(port, key, folder) as taken:
                        times = _asked(port, page, cookies, rate, duration)
                        speed = taken()
                    section.rows.append(_row(page, speed, times))
        finally:
            stop_embedded()
    section.notes.append(f"{rate:g} requests a second arrive at random; client, server, database and the platform's sender share the machine. Goal: {GOAL}.")
    section.notes.append("The import is sent to the same server by its interface; its speed is what it took during the measurement.")
    return section


def _nation(people: int) -> tuple[list[str], str]:
    """Load a nation, let some of its people sign in, and register a platform; return session keys and the platform's key."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client

    from lingbao.registry.operations.demonstration_load import load
    from lingbao.registry.orders import platforms, sandbox, workers
    from lingbao.registry.people.actors import appoint
    from lingbao.registry.session import SYSTEM, acting_as

    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    load(people, 1, date.today(), jobs=2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT p.person_id FROM monitoring_paid p JOIN enrolment_membership m USING (person_id)"
                       " WHERE m.until IS NULL AND NOT EXISTS (SELECT FROM people_actor a WHERE a.person_id = p.person_id) ORDER BY md5(p.person_id::text) LIMIT %s", [max(WORKERS, SIGNED_IN)])
        persons = [row[0] for row in cursor.fetchall()]
    place = platforms.register_platform("bench", "平台", "platform", "36")
    platforms.agree(place.id, platforms.Agreement("income", 0.05, date.today() - timedelta(days=99), date.today() + timedelta(days=1), "benchmark"))
    workers.link_many(place.id, dict(zip(sandbox.references(WORKERS), persons, strict=False)), proof="benchmark")
    cookies = []
    for person in persons[:SIGNED_IN]:
        user = get_user_model().objects.create(username=f"bench{person}", password="!")
        with acting_as(SYSTEM):
            appoint("worker", "benchmark", login=user.get_username(), person=person)
        browser = Client()
        browser.force_login(user)
        cookies.append(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    key = platforms.issue_key(place.id).text
    connection.close()
    return cookies, key


def _write_files(folder: Path, orders: int, files: int) -> None:
    """Write the files that the platform will send, so that making them costs nothing later."""
    from lingbao.registry.orders import sandbox

    for number in range(files):
        day = date.today() - timedelta(days=1 + number)
        declaration, content = sandbox.order_file(sandbox.order_table(orders, WORKERS, day), f"bench-{number}")
        (folder / f"{number:03d}.csv").write_bytes(content)
        (folder / f"{number:03d}.json").write_text(json.dumps({
            "format": declaration.format, "rows": declaration.rows, "income_fen": declaration.income_fen,
            "sha256": hashlib.sha256(content).hexdigest(), "parts": -(-len(content) // PART)}), encoding="utf-8")


@contextlib.contextmanager
def _served() -> Iterator[int]:
    """Run ``lingbao serve`` on a free port until the block ends."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = int(trial.getsockname()[1])
    server = subprocess.Popen([sys.executable, "-c", "from lingbao.cli import main; main()", "serve", "--port", str(port)],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        for line in server.stdout:
            if "Ready." in line:
                break
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _asked(port: int, page: str, cookies: list[str], rate: float, duration: float) -> list[float]:
    """Ask for a page as an open stream of requests; return how long each took from the moment it was due [s]."""
    luck = random.Random(page)

    async def one(due: float, cookie: str) -> float:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {page} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={cookie}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(-1)
        writer.close()
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{page} answered {answer[:200]!r}")
        return time.perf_counter() - due

    async def stream() -> list[float]:
        begun = due = time.perf_counter() + 0.1
        asked = []
        while due < begun + duration:
            asked.append(asyncio.create_task(one(due, luck.choice(cookies))))
            due += luck.expovariate(rate)
        return list(await asyncio.gather(*asked))

    return asyncio.run(stream())


@contextlib.contextmanager
def _importing(port: int, key: str, folder: Path) -> Iterator[Any]:
    """Send files in a process of its own until the block ends; yields a function that tells the speed since the first."""
    sender = subprocess.Popen([sys.executable, "-m", "benchmarks.account", "--send", str(folder), "--port", str(port)],
                              env=os.environ | {"LINGBAO_BENCH_KEY": key}, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    begun, before = time.perf_counter(), _orders()
    try:
        yield lambda: f"{(_orders() - before) / (time.perf_counter() - begun):,.0f} orders/s"
    finally:
        sender.terminate()
        sender.wait(60)
        before, calm = -1, _orders()
        while before != calm:  # the file under way is still taken
            time.sleep(5)
            before, calm = calm, _orders()


def _orders() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(posted), 0)::bigint FROM orders_file")
        return int(cursor.fetchone()[0])


def send(folder: Path, port: int, key: str) -> None:
    """Send the files of a folder that were not sent yet, one after another, as a platform does."""
    for said in sorted(folder.glob("*.json")):
        content, name = said.with_suffix(".csv").read_bytes(), f"/api/v1/registry/files/bench-{said.stem}"
        said.rename(said.with_suffix(".sent"))
        parts = [content[start:start + PART] for start in range(0, len(content), PART)]
        calls = [("PUT", name, said.with_suffix(".sent").read_bytes()), *(("PUT", f"{name}/parts/{k}", part) for k, part in enumerate(parts, 1)),
                 ("POST", f"{name}/commit", b"")]
        for method, path, body in calls:
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
            server.request(method, path, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json" if path == name else "application/octet-stream"})
            answer = server.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{method} {path}: {answer.status} {text[:300]!r}")
            server.close()


def _row(page: str, beside: str, times: list[float]) -> tuple[str, ...]:
    return (page, beside, f"{len(times):,}", *(seconds(quantile(times, share)) for share in (0.5, 0.95, 0.99, 1.0)), "all 200")


def main() -> None:
    """Read the options and print the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rate", type=float, default=50.0, help="requests a second")
    words.add_argument("--seconds", type=float, default=30.0, help="length of each measurement")
    words.add_argument("--people", type=int, default=30_000, help="people of the nation")
    words.add_argument("--orders", type=int, default=500_000, help="orders in a file")
    words.add_argument("--send", type=Path, help=argparse.SUPPRESS)
    words.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.send:
        send(given.send, given.port, os.environ["LINGBAO_BENCH_KEY"])
    else:
        print(measure(given.rate, given.seconds, given.people, given.orders).markdown())


if __name__ == "__main__":
    main()
