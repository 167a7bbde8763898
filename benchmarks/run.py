"""Run the benchmarks and write ``benchmarks/results.md``: date, machine, and the command of each table.

Run with ``python -m benchmarks.run``; with ``--full`` at the sizes of the goals (an hour), with ``--only orders demo`` some of
them, whose tables then take the place of those on the page.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from datetime import date
from pathlib import Path

from benchmarks import laboratory, lifetime, planner, startup
from benchmarks.timing import machine

RESULTS = Path(__file__).with_name("results.md")
HERE = {"lifetime": lifetime.measure, "planner": planner.measure, "laboratory": laboratory.measure, "startup": startup.measure}
# Each with a server of its own, so each in a process of its own.
REGISTRY = {
    "orders": ("--orders", "500000", "--files", "4", "--history", "5000000"),
    "payment": ("--pensioners", "1000000"),
    "demo": ("--people", "62000", "248000", "--jobs", "2"),
    "account": ("--rate", "50", "--seconds", "30"),
}
FULL = REGISTRY | {
    "orders": ("--orders", "500000", "--files", "4", "--history", "30000000"),
    "demo": ("--people", "1000000", "5000000", "--jobs", "3"),
    "account": ("--rate", "50", "--seconds", "120", "--people", "1000000"),
}


def measured(name: str, full: bool) -> str:
    """Measure one table and return it."""
    if name in HERE:
        return HERE[name]().markdown()
    words = (FULL if full else REGISTRY)[name]
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *words], check=True, capture_output=True, text=True).stdout


def replaced(page: str, tables: list[str]) -> str:
    """Return a page with these tables in place of those of the same title, new ones at the end."""
    head, *old = page.split("\n## ")
    kept = {part.partition("\n")[0]: part for part in old}
    for table in tables:
        part = table.removeprefix("## ")
        kept[part.partition("\n")[0]] = part
    return "\n## ".join([head, *(part.rstrip("\n") + "\n" for part in kept.values())])


def main() -> None:
    """Measure, print as each table is done, and write the page."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--full", action="store_true", help="the registry at the sizes of its goals")
    words.add_argument("--only", nargs="+", choices=[*HERE, *REGISTRY], help="these tables alone")
    given = words.parse_args()
    head = f"# Measured\n\n{date.today().isoformat()}, on {machine()}. Figures of a shared machine; best of rounds.\n"
    before = RESULTS.read_text(encoding="utf-8") if given.only and RESULTS.exists() else head
    page = head + before[before.index("\n## "):] if "\n## " in before else head
    for name in given.only or [*HERE, *REGISTRY]:
        table = measured(name, given.full)
        print(table, flush=True)
        page = replaced(page, [table])
        RESULTS.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
