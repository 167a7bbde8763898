"""Orders posted end to end, beside a plain COPY of the same rows into a table with the same unique key.

Run with ``python -m benchmarks.orders --orders 500000 --files 4 --history 5000000``.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import date, timedelta
from typing import Any

from benchmarks.report import Section, seconds
from benchmarks.timing import quantile

DAY = date(2026, 3, 1)
WORKERS = 20_000


def measure(orders: int = 500_000, files: int = 4, history: int = 0) -> Section:
    """Take files of orders, before and after `history` orders of other days; every second measurement is a plain COPY."""
    with tempfile.TemporaryDirectory(prefix="lingbao-orders-") as folder:
        os.environ["LINGBAO_DATA"] = folder
        try:
            return _measure(orders, files, history)
        finally:
            from lingbao.web.database import stop_embedded

            stop_embedded()


def _measure(orders: int, files: int, history: int) -> Section:
    os.environ["DJANGO_SETTINGS_MODULE"] = "lingbao.web.settings"
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()
    from django.core.management import call_command

    from lingbao.registry.orders import platforms, sandbox, workers

    call_command("migrate", verbosity=0, interactive=False)
    place = platforms.register_platform("bench", "平台", "platform", "36")
    platforms.agree(place.id, platforms.Agreement("income", 0.05, date(2026, 1, 1), date(2026, 12, 31), "benchmark"))
    workers.link_many(place.id, {name: k for k, name in enumerate(sandbox.references(WORKERS), 1)}, proof="benchmark")
    _take(place.id, DAY - timedelta(days=1), 1000, 1)  # compile, open, warm

    section = Section(
        "Orders: parse, validate, de-duplicate, withhold, double entry, balances",
        f"python -m benchmarks.orders --orders {orders} --files {files} --history {history}",
        ("what", "orders", "time", "orders/s", "share of plain COPY", "answer"))
    fresh, lines = _against_copy(place.id, DAY, orders, files, "empty tables")
    section.rows += lines
    if history:
        took, day = 0.0, DAY
        for k in range(max(1, history // orders)):
            if k % 4 == 0:
                day += timedelta(days=1)
            took += _take(place.id, day, orders, 1 + (k % 4) * orders)[0]
        section.rows.append(("the history itself", f"{history:,}", seconds(took), f"{history / took:,.0f}", "", ""))
        later, lines = _against_copy(place.id, day + timedelta(days=1), orders, files, f"after {history:,} orders")
        section.rows += lines
        section.notes.append(f"After {history:,} orders a file is taken at {fresh / later:.2f} of the speed on empty tables (goal: 0.5 after 30,000,000).")
    section.rows += _resend(place.id, orders)
    section.rows.append(_audited())
    section.notes.append("One file is one transaction with default durability; the share compares medians of one run.")
    return section


def _take(platform: int, day: date, orders: int, first: int, *, faults: Any = None) -> tuple[float, Any]:
    from lingbao.registry.orders import sandbox, taking

    declaration, content = sandbox.order_file(
        sandbox.order_table(orders, WORKERS, day, first=first, faults=faults), f"{day}-{first}-{faults is not None}")
    begun = time.perf_counter()
    answer = taking.take(platform, declaration, content, today=date(2026, 12, 31))
    return time.perf_counter() - begun, answer


def _against_copy(platform: int, day: date, orders: int, files: int, when: str) -> tuple[float, list[tuple[str, ...]]]:
    """Take files and copy the same rows plainly, in turns; return the median time of a file [s] and the rows of the table."""
    from lingbao.registry.orders import tables

    tables.rows("DROP TABLE IF EXISTS plain")
    tables.rows("CREATE TABLE plain (LIKE orders_fact INCLUDING ALL)")
    ours, plain, posted, withheld = [], [], 0, 0
    for k in range(files):
        took, answer = _take(platform, day, orders, 1 + k * orders)
        ours.append(took)
        posted, withheld = posted + answer.posted, withheld + answer.withheld_fen
        plain.append(_plain_copy(answer.file))
    middle, copy = quantile(ours, 0.5), quantile(plain, 0.5)
    return middle, [
        (f"files, {when}", f"{orders:,}", seconds(middle), f"{orders / middle:,.0f}", f"{copy / middle:.2f}",
         f"{posted:,} posted, {withheld / 100:,.2f} yuan"),
        (f"plain COPY, {when}", f"{orders:,}", seconds(copy), f"{orders / copy:,.0f}", "1", ""),
    ]


def _plain_copy(file: int) -> float:
    """Copy the facts of a file, in their order, into the plain table; only the COPY and its commit are timed."""
    from django.db import connection, transaction

    with connection.cursor() as cursor, cursor.copy(
            f"COPY (SELECT * FROM orders_fact WHERE file_id = {file} ORDER BY order_number) TO STDOUT (FORMAT csv)") as out:
        text = b"".join(bytes(block) for block in out)
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy("COPY plain FROM STDIN (FORMAT csv)") as stream:
        stream.write(text)
    return time.perf_counter() - begun


def _resend(platform: int, orders: int) -> list[tuple[str, ...]]:
    """Ask for a file that was taken: by its digest alone, and with its whole content, which is hashed first."""
    import hashlib

    from lingbao.registry.orders import sandbox, taking

    declaration, content = sandbox.order_file(sandbox.order_table(orders, WORKERS, DAY, first=1), f"{DAY}-1-False")
    digest = hashlib.sha256(content).digest()
    ways = (("known file by its digest (goal 5 ms), median of 200", 200, lambda: taking.known(platform, declaration.key, digest)),
            (f"known file sent again, {len(content) / 2**20:.0f} MiB hashed, median of 20", 20, lambda: taking.take(platform, declaration, content)))
    rows = []
    for what, times, ask in ways:
        took = []
        for _ in range(times):
            begun = time.perf_counter()
            answer = ask()
            took.append(time.perf_counter() - begun)
        rows.append((what, f"{orders:,}", seconds(quantile(took, 0.5)), "", "", f"file {answer.file}, {answer.posted:,} posted" if answer else "unknown"))
    return rows


def _audited() -> tuple[str, ...]:
    from lingbao.registry.audit import audit

    begun = time.perf_counter()
    findings = audit(["orders", "ledger.entries", "ledger.balances"])
    return ("audit of all orders", "", seconds(time.perf_counter() - begun), "", "", f"{len(findings)} findings")


def main() -> None:
    """Read the sizes and print the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--orders", type=int, default=500_000, help="orders in a file")
    words.add_argument("--files", type=int, default=4, help="files measured")
    words.add_argument("--history", type=int, default=0, help="orders taken before the second measurement")
    given = words.parse_args()
    print(measure(given.orders, given.files, given.history).markdown())


if __name__ == "__main__":
    main()
