"""A demonstration nation loaded into an empty registry, at two sizes, to see that the time grows with the people alone.

Run with ``python -m benchmarks.demo --people 100000 400000 --jobs 2``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks.report import Section, seconds

NATION = 5_000_000
DAY = date(2026, 11, 21)


def measure(sizes: Sequence[int] = (100_000, 400_000), jobs: int = 2) -> Section:
    """Load each size in a fresh process, folder and database, with default durability of the server."""
    section = Section(
        "A demonstration nation: people sealed, memberships, months in double entry, orders, transfers, pensions, messages",
        f"python -m benchmarks.demo --people {' '.join(map(str, sizes))} --jobs {jobs}",
        ("people", "processes", "time", "people/s", f"{NATION:,} at this rate", "processor time", "answer"))
    for people in sizes:
        out = subprocess.run([sys.executable, "-m", "benchmarks.demo", "--one", str(people), "--jobs", str(jobs)],
                             check=True, capture_output=True, text=True).stdout
        took, processors, answer = out.strip().splitlines()[-1].split("\t")
        rate = people / float(took)  # what does not grow with the people makes the small sizes look slower than the nation
        section.rows.append((f"{people:,}", str(jobs), seconds(float(took)), f"{rate:,.0f}", f"{NATION / rate / 60:.1f} min",
                             f"{float(processors):.1f} s", answer))
    section.notes.append("Processor time is that of loaders and server together: on a busy machine it says more than the clock."
                         " It grows with the people alone when its ratio to them stays.")
    return section


def one(people: int, jobs: int) -> None:
    """Load one size, audit it, and print the time of loading and the answer."""
    with tempfile.TemporaryDirectory(prefix="lingbao-demo-") as folder:
        os.environ.update(LINGBAO_DATA=folder, DJANGO_SETTINGS_MODULE="lingbao.web.settings")
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from lingbao.registry.audit import audit
        from lingbao.registry.operations.demonstration_load import load
        from lingbao.web.database import stop_embedded

        try:
            call_command("migrate", verbosity=0, interactive=False)
            connection.close()
            begun, before = time.perf_counter(), _processor_time(Path(folder))
            made = load(people, 1, DAY, jobs=jobs)
            connection.close()
            took = time.perf_counter() - begun
            time.sleep(1)  # the server has counted its processes that ended
            print(f"{took}\t{_processor_time(Path(folder)) - before}\t{made.months:,} months, {made.fen / 100:,.2f} yuan, {made.orders:,} orders,"
                  f" {made.transfers:,} transfers, {made.claims:,} claims, {made.messages:,} messages, {len(audit())} findings")
        finally:
            stop_embedded()


def _processor_time(folder: Path) -> float:
    """Return the seconds used by this process, its children that ended, and those of the server that ended [s]."""
    server = next(folder.rglob("postmaster.pid")).read_text().split()[0]
    fields = Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
    own = os.times()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + own.user + own.system + own.children_user + own.children_system


def main() -> None:
    """Read the sizes and print the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, nargs="+", default=[100_000, 400_000], help="sizes measured")
    words.add_argument("--jobs", type=int, default=2, help="processes that load")
    words.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.one:
        one(given.one, given.jobs)
    else:
        print(measure(given.people, given.jobs).markdown())


if __name__ == "__main__":
    main()
