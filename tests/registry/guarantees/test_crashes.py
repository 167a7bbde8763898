"""No fen lost or doubled, and what was acknowledged is there, when loaders, payers, server and database are killed at random.

``LINGBAO_CRASH_ORDERS=1000000`` runs the full size; ``LINGBAO_CRASH_PAYMENTS`` (a fiftieth of the orders unless given) and
``LINGBAO_CRASH_KILLS`` (about so many in each test) set the others.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crash_field import Field

ORDERS = int(os.environ.get("LINGBAO_CRASH_ORDERS", "5000"))
PAYMENTS = int(os.environ.get("LINGBAO_CRASH_PAYMENTS", str(ORDERS // 50)))
KILLS = int(os.environ.get("LINGBAO_CRASH_KILLS", "12"))
BATCH = max(250, ORDERS // 50)
STEPS = max(3, 3 * (PAYMENTS + -(-ORDERS // BATCH)) // (2 * KILLS))
"""What is acknowledged between two kills, at least: so that kills, however slow the machine, never stop the work altogether."""
CONTROL = 12_000
KEPT_IN_MEMORY = ("synchronous_commit = off", "wal_writer_delay = '10s'", "wal_writer_flush_after = '1GB'")

pytestmark = pytest.mark.slow


@pytest.fixture
def fields() -> Iterator[Any]:
    """Make the field of a test, in a folder that only its own processes know, and clear it away."""
    folder = Path(tempfile.mkdtemp(prefix="crash-"))
    folder.chmod(0o755)
    made: list[Field] = []

    def make(*actors: str, **how: Any) -> Field:
        made.append(Field(folder, **how))
        for name in actors:
            made[0].start(name)
        return made[0]

    yield make
    for field in made:
        field.end()
    shutil.rmtree(folder, ignore_errors=True)


def test_kills_lose_nothing_and_double_nothing(fields: Any) -> None:
    field = fields("loader-0", "loader-1", "payer-0", "payer-1", orders=ORDERS, batch=BATCH, payments=PAYMENTS, served=True)
    while field.working:
        field.progress(STEPS)
        time.sleep(field.luck.uniform(0.0, 0.5))
        if not field.working:
            break
        field.kill_something()
        seen = field.audited()
        assert (seen["findings"], seen["lost"]) == ([], [])
    assert all(actor.wait() == 0 for actor in field.actors.values())
    seen = field.audited()
    assert (seen["findings"], seen["lost"]) == ([], [])
    assert (seen["orders"], seen["payments"]) == (seen["expected"]["orders"], seen["expected"]["payments"])
    assert len(seen["files"]) == 3 * -(-field.orders // field.batch)
    assert len(seen["messages"]) == PAYMENTS == len(set(seen["messages"]))
    assert seen["open"] == seen["expected"]["open"], "what was paid reached the bills"
    print(f"{field.killed} kills, {seen['orders'][0]} orders and {seen['payments'][0]} payments once each,"
          f" {len(field.acknowledged('loader'))} files and {len(field.acknowledged('payer'))} messages acknowledged")
    assert field.killed["database"] >= 3


@pytest.mark.parametrize(("actor", "code"), [("loader-0", "orders."), ("payer-0", "collection.message")])
def test_the_audit_catches_two_commits(fields: Any, actor: str, code: str) -> None:
    """The control: the same kills find orders apart from their posting, and money apart from the bank's message."""
    field = fields(actor, orders=CONTROL, batch=300, payments=300, broken="two-commits")
    kind = actor.partition("-")[0]
    for _ in range(20):
        time.sleep(field.luck.uniform(2.0, 3.0) if not field.acknowledged(kind) else field.luck.uniform(0.2, 0.6))
        assert field.working, "the work ended before a kill met the gap"
        field.kill_database()
        if any(code in finding for finding in field.audited()["findings"]):
            return
    pytest.fail("twenty kills did not show the gap between two commits")


@pytest.mark.parametrize("actor", ["loader-0", "payer-0"])
def test_the_kills_show_what_was_acknowledged_and_not_durable(fields: Any, actor: str) -> None:
    """The control: with commits that do not wait for the disk, what was acknowledged is lost and the test says so."""
    field = fields(actor, orders=CONTROL, batch=300, payments=400)
    _kept_in_memory(field)
    for _ in range(20):
        field.progress(2)
        assert field.working, "the work ended before a kill lost something"
        field.kill_database()
        if field.audited()["lost"]:
            return
    pytest.fail("twenty kills lost nothing although commits did not wait for the disk")


def endured(field: Field, kills: int, broken: str = "") -> dict[str, Any]:
    """Kill the database after so many acknowledgements, each at once."""
    command = field.command("endure", "--kills", str(kills), "--break", broken)
    said: dict[str, Any] = json.loads(subprocess.run(command, env=field.surroundings, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return said


def test_what_is_acknowledged_is_durable_at_that_moment(fields: Any) -> None:
    field = fields(orders=KILLS // 4 * 50, batch=50, payments=KILLS)
    assert endured(field, KILLS) == {"kills": KILLS, "lost": []}
    assert field.audited()["findings"] == []
    print(f"{KILLS} kills, each right after an acknowledgement; nothing missing")


def test_a_kill_after_the_acknowledgement_shows_commits_that_do_not_wait(fields: Any) -> None:
    """The control: the same kills find a database that acknowledges before the disk has it."""
    field = fields(orders=500, batch=50, payments=40)
    _kept_in_memory(field)
    assert endured(field, 40, "not-durable")["lost"]


def _kept_in_memory(field: Field) -> None:
    for setting in KEPT_IN_MEMORY:
        field.server.psql(f"ALTER SYSTEM SET {setting};")
    field.server.psql("SELECT pg_reload_conf();")
