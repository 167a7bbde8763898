"""Run every benchmark and write ``benchmarks/results.md``: date, machine, and the command of each table.

Run with ``python -m benchmarks.run``.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from benchmarks import laboratory, lifetime, planner, startup
from benchmarks.timing import machine

RESULTS = Path(__file__).with_name("results.md")


def main() -> None:
    """Measure, print as each table is done, and write the page."""
    page = [f"# Measured\n\n{date.today().isoformat()}, on {machine()}. Figures of a shared machine; best of rounds.\n"]
    for measure in (lifetime.measure, planner.measure, laboratory.measure, startup.measure):
        page.append(measure().markdown())
        print(page[-1], flush=True)
    RESULTS.write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
