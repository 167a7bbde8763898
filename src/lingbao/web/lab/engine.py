"""The one place where the laboratory pages reach the simulation."""

from __future__ import annotations

import functools
import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lingbao.web.engine import law

if TYPE_CHECKING:
    import polars as pl

    from lingbao.law.reform import Reform
    from lingbao.simulation.report_sections import Section

__all__ = ["Watcher", "law", "program", "sections", "simulate", "tables", "uncertainty", "uncertainty_people"]

# People simulated between two looks at the clock and at the wish to cancel; none of it changes a result.
SMALLEST_PIECE, LARGEST_PIECE, PIECES = 2_048, 65_536, 25
TABLES = ("fund", "people", "choices", "persons")
# What decides a result besides the law's numbers, which have a hash of their own.
PARTS = {"law": ("*.py",), "career": ("*.py",), "valuation": ("*.py",), "simulation": ("*.py", "*.yaml", "*.json", "*.csv")}


class Watcher(Protocol):
    """Who is told how far a run is; what its methods raise ends the run."""

    def people(self, number: int) -> None:
        """Take how many people are to be simulated, those who come later included."""

    def done(self, number: int) -> None:
        """Take how many of them are done."""


@functools.cache
def program() -> str:
    """Return a hash of the program that simulates, its assumptions and coefficients included.

    It is part of a result's key, so that a result never outlives what computed it.
    """
    found = hashlib.sha256()
    root = Path(str(resources.files("lingbao")))
    for floor, patterns in PARTS.items():
        for file in sorted(each for pattern in patterns for each in (root / floor).rglob(pattern)):
            found.update(str(file.relative_to(root)).encode() + file.read_bytes())
    return found.hexdigest()[:16]


def simulate(reform: Reform | None, size: int, years: int, seed: int, keep: int, folder: Path, checkpoint: Path, watcher: Watcher) -> None:
    """Simulate and write the tables into ``folder``, with a manifest that says what was run.

    Parameters
    ----------
    reform : Reform or None
    size, years, seed : int
    keep : int
        People whose own rows are kept, for winners and losers.
    folder : Path
        An existing folder.
    checkpoint : Path
        Folder from which a run that was broken off goes on, to the same result.
    watcher : Watcher
    """
    from lingbao.simulation.plan import plan_of
    from lingbao.simulation.run import finish

    plan = plan_of(law(), reform, size=size, seed=seed, years=years, keep=min(size, keep))
    watcher.people(plan.persons)
    piece = min(LARGEST_PIECE, max(SMALLEST_PIECE, plan.persons // PIECES))
    result = finish(plan, chunk=piece, checkpoint=checkpoint, progress=watcher.done)
    for name in TABLES:
        getattr(result, name).write_parquet(folder / f"{name}.parquet", compression="zstd")
    (folder / "manifest.json").write_text(json.dumps(result.manifest, ensure_ascii=False, indent=1, default=str), encoding="utf-8")


def sections(folder: Path, baseline: Path | None) -> list[Section]:
    """Return what the page shows of the reports: decomposition, burden, inequality, who pays for whom; parameters as :func:`tables`."""
    from lingbao.simulation import report_compared, report_sections
    from lingbao.simulation.comparison import compare
    from lingbao.simulation.run_tables import read_run

    run = read_run(folder)
    if baseline is None:
        return [*report_sections.distribution(run), report_sections.factors(run)]
    compared = compare(read_run(baseline), run)
    return [*report_compared.distribution(compared), report_compared.redistribution(compared), report_compared.factors(compared)]


def uncertainty_people(size: int) -> int:
    """Return how many people of today are simulated to see the uncertainty of a run, each with all reforms at once."""
    from lingbao.simulation.uncertainty import runs_needed

    pairs, small = runs_needed(size)
    return pairs * small


def uncertainty(reform: Reform | None, size: int, years: int, seed: int, watcher: Watcher) -> Section:
    """Return how uncertain the main results are, and by what; parameters as :func:`simulate`."""
    from lingbao.simulation.uncertainty import of_run, runs_needed, uncertainty_section

    _, small = runs_needed(size)
    return uncertainty_section(of_run(size, law=law(), reform=reform, years=years, seed=seed, progress=lambda done, _: watcher.done(done * small)))


def tables(folder: Path, baseline: Path | None) -> dict[str, pl.DataFrame]:
    """Return the tables of a page by name; see :mod:`lingbao.web.lab.tables`.

    Parameters
    ----------
    folder : Path
        Where the run lies.
    baseline : Path or None
        Where its baseline lies; None for a baseline itself.
    """
    from lingbao.simulation.run_tables import read_run
    from lingbao.web.lab.tables import of_both, of_run

    return of_run(read_run(folder)) if baseline is None else of_both(read_run(baseline), read_run(folder))
