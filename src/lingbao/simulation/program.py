"""Which version of the program computes: two results belong together only if it is the same one."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
FILES = ("law/**/*.py", "career/*.py", "valuation/*.py", "valuation/*.csv", "simulation/*.py", "simulation/*.yaml")
LIBRARIES = ("numpy", "scipy", "numba", "llvmlite")


@cache
def program() -> str:
    """Return a short hash of all text that decides a simulation, and of the versions of the libraries under it.

    Numbers of the law are not in it: the plan of a run has a hash of its own for them.
    """
    digest = hashlib.sha256(" ".join(version(library) for library in LIBRARIES).encode())
    for file in sorted(file for files in FILES for file in PACKAGE.glob(files)):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
