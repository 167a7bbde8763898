"""The compiled twin of a rule: the same text as a numba function, rounding included.

The cache folder is keyed by a hash of the source of all rules and of numba's version, because numba checks only
the file of the outermost function when it decides whether a cached kernel is still good.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import math
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lingbao.law.rounding import ROUNDINGS
from lingbao.law.rule import WHOLE_NUMBER, Rule, rebind, source_of

_building = threading.Lock()
_WHOLE_NUMBER_COMPILED: dict[Callable[..., Any], Any] = {math.floor: np.floor, math.ceil: np.ceil}


COMPILED_TEXT = (b"@rule", b"@scalar", b"@kernel", b"@njit", b"IntEnum", b"LANES", b"WHOLE_NUMBER", b"def fen_half_up")
"""Marks of files whose text or constants end up in kernels; a change elsewhere leaves compiled kernels good."""

INSIDE = {"error_model": "numpy", "_nrt": False}
"""How what a kernel calls is compiled: it makes no arrays, so nobody need count who holds one."""


def cache_folder() -> Path:
    """Return the folder of compiled kernels for this exact law text, machine type and numba."""
    import llvmlite
    import numba

    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(f"{numba.__version__} {llvmlite.__version__}".encode())
    floors = ("law/**/*.py", "career/*.py", "valuation/*.py", "simulation/*.py")
    for file in sorted(file for floor in floors for file in package.glob(floor)):
        text = file.read_bytes()
        if any(mark in text for mark in COMPILED_TEXT):
            digest.update(text)
    root = Path(os.environ.get("LINGBAO_CACHE") or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lingbao")
    return root / "kernels" / digest.hexdigest()[:16]


@functools.cache
def _numba() -> Any:
    import numba

    return numba


@functools.cache
def _cache_root() -> Path:
    """Folder named by NUMBA_CACHE_DIR, else the one of this law text."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    return Path(named) if named else cache_folder()


@functools.cache
def compiled(function: Callable[..., Any]) -> Any:
    """Return the numba twin of a rule or helper; it inlines into kernels and can be called from Python."""
    numba = _numba()
    if function in WHOLE_NUMBER:
        return _WHOLE_NUMBER_COMPILED[function]
    if function in ROUNDINGS.values():
        return numba.njit(**INSIDE)(rebind(function, compiled))
    source = source_of(function)
    if source is None:
        raise TypeError(f"{function!r} is neither a rule nor a scalar helper")
    core = numba.njit(**INSIDE)(rebind(source, compiled))
    meta = getattr(function, "rule", None)
    if not isinstance(meta, Rule) or meta.rounding is None:
        return core
    return _rounded(core, compiled(ROUNDINGS[meta.rounding]), source)


def _rounded(core: Any, rounding: Any, source: Callable[..., Any]) -> Any:
    """Wrap a compiled rule in its compiled rounding, with the same argument names."""
    names = ", ".join(inspect.signature(source).parameters)
    scope: dict[str, Any] = {"core": core, "rounding": rounding}
    exec(f"def {source.__name__}({names}):\n    return rounding(core({names}))\n", scope)
    return _numba().njit(**INSIDE)(scope[source.__name__])


def kernel(*, parallel: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Compile an outer loop over lives whose body calls rules; the result is cached on disk.

    The function is compiled lazily, at the first call, so that importing costs nothing. With ``parallel`` the blocks
    are shared among threads; ``call.alone`` is the same text on the caller's own thread, for few lives and for servers
    whose requests run side by side (numba's simplest threading layer ends the process when two calls meet in it).
    """

    def wrap(function: Callable[..., Any]) -> Any:
        call = _lazily(function, parallel)
        call.alone = _lazily(function, False) if parallel else call
        return call

    return wrap


def _lazily(function: Callable[..., Any], parallel: bool) -> Any:
    """Build the kernel at its first call; the two flavours are cached apart, since numba would take them for one."""
    built: list[Any] = []

    @functools.wraps(function)
    def call(*args: Any) -> Any:
        if not built:
            numba = _numba()
            flavour = "threads" if parallel else "alone"
            with _building:
                setattr(numba.config, "CACHE_DIR", str(_cache_root() / flavour))  # noqa: B010
                built.append(
                    numba.njit(error_model="numpy", parallel=parallel, cache=True, nogil=True)(rebind(function, compiled))
                )
        return built[0](*args)

    return call
