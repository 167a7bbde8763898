"""Timing by the best of several rounds, and the words for the machine it was done on."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def best_of(rounds: int, work: Callable[[], T]) -> tuple[float, T]:
    """Run ``work`` several times; return the shortest wall time [s] and the last answer."""
    shortest = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        answer = work()
        shortest = min(shortest, time.perf_counter() - begun)
    return shortest, answer


def best_of_each(rounds: int, works: list[Callable[[], T]]) -> list[tuple[float, T]]:
    """Run several works in turn, so that a busy moment of the machine falls on all of them; best time of each."""
    best = [best_of(1, work) for work in works]
    for _ in range(rounds - 1):
        for k, work in enumerate(works):
            best[k] = min(best[k], best_of(1, work), key=lambda timed: timed[0])
    return best


def quantile(times: list[float], share: float) -> float:
    """Return the time that this share of the runs did not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine() -> str:
    """Describe processor, cores, memory and versions in words."""
    import numba
    import numpy

    processor = platform.processor() or platform.machine()
    vector = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8").splitlines()
        processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), processor)
        flags = next((line for line in lines if line.startswith("flags")), "")
        vector = " with AVX-512" if "avx512f" in flags else " with AVX2" if "avx2" in flags else ""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{processor}{vector}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
            f"Python {platform.python_version()}, numpy {numpy.__version__}, numba {numba.__version__}")
