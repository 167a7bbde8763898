"""The same working lives in three engines: Lingbao's kernel, hand-written C, and OpenFisca.

Every engine runs the same months with the same rounding to the fen; the table shows the answers beside the times.
Run with ``python -m benchmarks.lifetime [lives …]``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks import reference
from benchmarks.lives import Task, task
from benchmarks.report import Section, seconds
from benchmarks.timing import best_of, best_of_each
from lingbao.career.kernel import Result, lifetimes

SIZES = (10_000, 100_000, 1_000_000)
THREADS = 2
YARDSTICK = "C, blocks of 64"


def kernel(given: Task) -> np.ndarray:
    """Run Lingbao's compiled kernel."""
    results = np.zeros((len(given.lives), len(Result)))
    lifetimes(given.first, given.changes, given.table, given.crediting_rate, given.accrual_rate, given.places,
              given.lives, results, np.zeros((len(given.lives), 0)))
    return results


def first_call() -> float:
    """Time of the kernel's first call in this process [s]."""
    given = task(64)
    begun = time.perf_counter()
    kernel(given)
    return time.perf_counter() - begun


def openfisca(given: Task) -> Callable[[], np.ndarray] | None:
    """Return the OpenFisca run of these lives, or None where OpenFisca is not installed."""
    try:
        from benchmarks.peers import openfisca_lifetime as peer
    except ImportError:
        return None
    system = peer.system_of(given)
    return lambda: peer.lifetimes(given, system)


def difference(answer: np.ndarray, against: np.ndarray) -> float:
    """Largest relative difference between two sets of results."""
    return float(np.max(np.abs(answer - against) / np.maximum(np.abs(against), 1.0)))


def measure(sizes: tuple[int, ...] = SIZES) -> Section:
    """Time the engines on lives of thirty years."""
    import numba

    numba.set_num_threads(min(THREADS, numba.config.NUMBA_NUM_THREADS))
    section = Section(
        "Working lives under the national rules, 360 months", "python -m benchmarks.lifetime",
        ("lives", "engine", "sum paid [yuan]", "sum of pensions [yuan/month]", "max rel. difference", "time",
         "person-months/s", "× C"),
        notes=[f"{THREADS} threads for C and the kernel; OpenFisca is single-threaded by design. Best of several rounds, warm.",
               "Rounding to the fen of credit, payment, yearly balance and pension in every engine; C is built with "
               f"`{' '.join(reference.FLAGS[:6])}`.",
               "OpenFisca runs in float64, asked month by month in order, with arrays of past months dropped."])
    kernel(task(64))
    try:
        reference.library()
    except reference.NoCompiler as error:
        section.notes.append(str(error))
    for count in sizes:
        given = task(count)
        compiled: dict[str, Callable[[], np.ndarray]] = {"Lingbao kernel": lambda given=given: kernel(given)}
        if reference.available():
            compiled = {YARDSTICK: lambda given=given: reference.lifetimes(given, THREADS), **compiled}
        timed = dict(zip(compiled, best_of_each(max(15, 1_000_000 // count), list(compiled.values())), strict=True))
        peer = openfisca(given)
        if peer is None:
            section.notes.append("OpenFisca is not installed; `make bench` installs it.")
        else:
            timed["OpenFisca"] = best_of(3 if count <= 10_000 else 1, peer)
        _, expected = next(iter(timed.values()))
        limit = timed[YARDSTICK][0] if YARDSTICK in timed else None
        section.rows += [
            (f"{count:,}", name, f"{answer[:, Result.PAID].sum():.6e}", f"{answer[:, Result.BASIC:].sum():.6e}",
             f"{difference(answer, expected):.1e}", seconds(duration), f"{given.person_months / duration:.2e}",
             f"{duration / limit:.2f}" if limit else "–")
            for name, (duration, answer) in timed.items()
        ]
    return section


if __name__ == "__main__":
    chosen = tuple(int(size) for size in sys.argv[1:])
    print(measure(chosen or SIZES).markdown())
