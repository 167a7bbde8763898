"""The C yardstick: built with the system's compiler when a benchmark asks for it."""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).with_name("lifetime.c")
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-std=c11", "-shared", "-fPIC", "-pthread")


class NoCompiler(RuntimeError):
    """There is no C compiler, so there is nothing to measure against."""


@functools.cache
def library(extra: tuple[str, ...] = ()) -> ctypes.CDLL:
    """Compile ``lifetime.c`` and load it.

    Raises
    ------
    NoCompiler
        If no compiler is installed, or it cannot build the file; says what to do.
    """
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise NoCompiler("No C compiler found; install one (Debian: apt-get install gcc) or name it in CC.")
    with tempfile.TemporaryDirectory(prefix="lingbao-reference-") as folder:
        target = Path(folder) / "lifetime.so"
        built = subprocess.run([compiler, *FLAGS, *extra, str(SOURCE), "-o", str(target), "-lm"],
                               capture_output=True, text=True, check=False)
        if built.returncode:
            raise NoCompiler(f"{compiler} could not build {SOURCE.name}:\n{built.stderr}")
        loaded = ctypes.CDLL(str(target))
    pointer = ctypes.c_void_p
    loaded.lifetimes.argtypes = [ctypes.c_int64] * 4 + [ctypes.c_double] + [pointer] * 6 + [ctypes.c_int64]
    loaded.lifetimes.restype = None
    return loaded


def available() -> bool:
    """Whether the yardstick can be built here."""
    try:
        library()
    except NoCompiler:
        return False
    return True


def lifetimes(task, threads: int, extra: tuple[str, ...] = ()) -> np.ndarray:
    """Run the lives of a :class:`benchmarks.lives.Task`; returns the results, one row a life."""
    results = np.zeros((len(task.lives), 6))
    arrays = (task.changes, task.table, task.crediting_rate, task.places, task.lives, results)
    library(extra).lifetimes(
        task.first, task.table.shape[0], task.table.shape[2], len(task.lives), task.accrual_rate,
        *(array.ctypes.data for array in arrays), threads)
    return results
