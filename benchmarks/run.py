"""Run every benchmark and write ``benchmarks/results.md``: date, machine, and the command of each table.

Run with ``python -m benchmarks.run``.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

from benchmarks import laboratory, lifetime, planner, startup
from benchmarks.timing import machine

RESULTS = Path(__file__).with_name("results.md")
# Each with a server of its own, so each in a process of its own.
REGISTRY = (
    ("benchmarks.orders", "--orders", "500000", "--files", "4", "--history", "5000000"),
    ("benchmarks.payment", "--pensioners", "1000000"),
    ("benchmarks.demo", "--people", "62000", "248000", "--jobs", "2"),
)


def main() -> None:
    """Measure, print as each table is done, and write the page."""
    page = [f"# Measured\n\n{date.today().isoformat()}, on {machine()}. Figures of a shared machine; best of rounds.\n"]
    for measure in (lifetime.measure, planner.measure, laboratory.measure, startup.measure):
        page.append(measure().markdown())
        print(page[-1], flush=True)
    for words in REGISTRY:
        page.append(subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True, text=True).stdout)
        print(page[-1], flush=True)
    RESULTS.write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
