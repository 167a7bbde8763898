"""What the crash test runs in processes of its own, so that it can kill them: prepare, load, watch.

``load --break two-commits`` is the control: it records the orders of a file and posts them in two commits.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from datetime import date
from pathlib import Path

DAYS = [date(2026, 11, day) for day in (1, 2, 3)]
WORKERS = 400
TODAY = date(2026, 11, 21)


def orders(count: int) -> object:
    import polars as pl

    from lingbao.registry.orders import sandbox

    share = -(-count // len(DAYS))
    tables = [sandbox.order_table(min(share, count - k * share), WORKERS, day, seed=7) for k, day in enumerate(DAYS)]
    return pl.concat(tables)


def prepare(given: argparse.Namespace) -> None:
    from django.core.management import call_command

    from lingbao.registry.orders import platforms, sandbox, workers

    call_command("migrate", verbosity=0, interactive=False)
    place = platforms.register_platform("crash", "平台", "platform", "36")
    platforms.agree(place.id, platforms.Agreement("income", 0.05, DAYS[0], DAYS[-1], "协议（测试）"))
    known = sandbox.references(WORKERS)[: WORKERS * 9 // 10]
    workers.link_many(place.id, {name: 1000 + k for k, name in enumerate(known)}, proof="签约记录")


def load(given: argparse.Namespace) -> None:
    """Send every order three times, cut into other files each time; note each acknowledged file, then go on."""
    from django.db import OperationalError, connection

    from lingbao.registry.errors import Busy
    from lingbao.registry.orders import sandbox, taking

    if given.broken == "two-commits":
        whole = taking._post

        def apart(*words: object) -> object:
            with connection.cursor() as cursor:
                cursor.execute("COMMIT")
                time.sleep(0.2)
                cursor.execute("BEGIN")
            return whole(*words)  # type: ignore[arg-type]

        taking._post = apart  # type: ignore[assignment]
    everything = orders(given.orders)
    done = set(Path(given.notes).read_text(encoding="utf-8").split()) if Path(given.notes).exists() else set()
    batches = [(turn, start) for turn in range(3) for start in range(0, given.orders, given.batch)]
    random.Random(given.seed).shuffle(batches)
    shuffled = {turn: everything.sample(fraction=1.0, shuffle=True, seed=turn) for turn in range(3)}  # type: ignore[attr-defined]
    with Path(given.notes).open("a", encoding="utf-8") as notes:
        for turn, start in batches:
            key = f"{turn}-{start}"
            if key in done:
                continue
            declaration, content = sandbox.order_file(shuffled[turn][start:start + given.batch], key)
            while True:
                try:
                    taking.take(1, declaration, content, today=TODAY)
                    break
                except (OperationalError, Busy):  # the database was killed: the same file again, when it is back
                    connection.close()
                    time.sleep(0.1)
            notes.write(f"{key}\n")
            notes.flush()
            os.fsync(notes.fileno())


def watch(given: argparse.Namespace) -> None:
    """For each line asked, print what does not hold, which files are there, and the sums of the orders."""
    from django.db import OperationalError, connection

    from lingbao.registry import audit as registry
    from lingbao.registry.orders.tables import row, rows

    everything = orders(given.orders)

    def look() -> dict[str, object]:
        connection.close()  # the server of the last question may be dead
        findings = registry.audit(["orders", "order numbers", "ledger.entries", "ledger.balances"])
        return {
            "findings": [f"{finding.code} {finding.where} {finding.en}" for finding in findings][:20],
            "files": [key for key, in rows("SELECT key FROM orders_file")],
            "facts": row("SELECT count(*), coalesce(sum(income_fen), 0)::bigint FROM orders_fact"),
            "expected": [everything.height, everything["income_fen"].cast(int).sum()],  # type: ignore[attr-defined]
        }

    for _ in sys.stdin:
        while True:
            try:
                print(json.dumps(look()), flush=True)
                break
            except OperationalError:  # still recovering
                time.sleep(0.2)


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("act", choices=["prepare", "load", "watch"])
    words.add_argument("--orders", type=int, default=0)
    words.add_argument("--batch", type=int, default=0)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--notes", default="")
    words.add_argument("--break", dest="broken", default="")
    given = words.parse_args()
    import django

    django.setup()
    {"prepare": prepare, "load": load, "watch": watch}[given.act](given)


if __name__ == "__main__":
    sys.exit(main())
