"""Chunks on a graphics processor: one thread a life, the same text as the block kernel; needs the extra ``lingbao[cuda]``.

A device fuses a multiplication and an addition into one rounding, so a life may differ from that of the block kernel in last
digits. Sums are whole numbers here as well: the same device gives the same bits every time.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Iterable
from typing import Any

import numpy as np

from lingbao.law.errors import InputError
from lingbao.simulation import run
from lingbao.simulation.cuda_text import ACCOUNTS, kernel_of
from lingbao.simulation.executors import Finished, RunChunk, stop_if
from lingbao.simulation.kernel import live
from lingbao.simulation.plan import Plan
from lingbao.simulation.spans import Span
from lingbao.simulation.sums import Sums

THREADS_A_BLOCK = 64
RESULTS = (*ACCOUNTS, "outcomes")
"""Arguments of the kernel that are filled."""
NAMES = tuple(inspect.signature(live).parameters)
TABLES = frozenset(NAMES) - {*RESULTS, "seed", "first", "since", "ids", "start"}
"""Arguments of the kernel that are the same for all chunks of a plan."""


class Cuda:
    """One graphics processor, chunk after chunk.

    Raises
    ------
    InputError
        If the device, its driver or its compiler is missing; the message says which.
    """

    def __init__(self) -> None:
        require_device()

    def finished(self, run_chunk: RunChunk, plan: Any, chunks: Iterable[Span], cancel: threading.Event) -> Finished:
        """Yield chunks in order; see :class:`~lingbao.simulation.executors.Executor`."""
        if run_chunk is not run.run_chunk:
            raise TypeError(f"a graphics processor runs the simulation, not {run_chunk!r}")
        on_device = _OnDevice()
        for first, count in chunks:
            stop_if(cancel)
            yield (first, count), run.run_chunk(plan, first, count, on_device)


def run_chunk_on_device(plan: Plan, first: int, count: int) -> Sums:
    """Simulate people ``first`` to ``first + count - 1`` of a plan on the device; see :func:`lingbao.simulation.run.run_chunk`."""
    return run.run_chunk(plan, first, count, _OnDevice())


def require_device() -> None:
    """Make sure that a graphics processor can be used.

    Raises
    ------
    InputError
        If something is missing; the message names it.
    """
    from numba import cuda

    if simulated():
        return
    missing = ""
    try:
        if not list(cuda.gpus):
            missing = "device"
    except Exception:
        missing = "driver"
    if not missing and not _compiles():
        missing = "compiler"
    if missing:
        zh, en = _MISSING[missing]
        raise InputError(f"cuda.{missing}", value="cuda", where="device", zh=zh, en=en)


_MISSING = {
    "driver": ("没有找到英伟达显卡驱动。请安装驱动，或改用 --threads、--workers 在处理器上运行。",
               "No NVIDIA driver was found. Install it, or run on the processor with --threads or --workers."),
    "device": ("没有找到英伟达显卡。请换一台机器，或改用 --threads、--workers 在处理器上运行。",
               "No NVIDIA graphics processor was found. Use another machine, or run on the processor with --threads or --workers."),
    "compiler": ("缺少显卡编译器。请安装：pip install 'lingbao[cuda]'。",
                 "The compiler for the graphics processor is missing. Install it: pip install 'lingbao[cuda]'."),
}


def simulated() -> bool:
    """Tell whether numba plays a device on the processor, for tests."""
    from numba import config

    settings: Any = config
    return bool(settings.ENABLE_CUDASIM)


def _compiles() -> bool:
    """Tell whether a device function can be compiled."""
    from numba import cuda
    from numba.core import types

    try:
        cuda.compile_ptx(lambda x: x + 1.0, (types.float64,), device=True)
    except Exception:
        return False
    return True


@functools.cache
def _kernel() -> Any:
    return kernel_of(live)


class _OnDevice:
    """The block kernel's arguments sent to the device, lived there, and the results brought back; tables are sent once."""

    def __init__(self) -> None:
        self._sent: dict[str, Any] = {}

    def __call__(self, *given: Any) -> None:
        from numba import cuda

        threads = 1 if simulated() else THREADS_A_BLOCK  # device functions of numba's simulator do not run side by side
        arguments = dict(zip(NAMES, given, strict=True))
        there = {name: self._there(name, value) for name, value in arguments.items()}
        lives = len(arguments["ids"])
        _kernel()[-(-lives // threads), threads](*there.values())
        cuda.synchronize()
        for name in RESULTS:
            if arguments[name].size:
                there[name].copy_to_host(arguments[name])

    def _there(self, name: str, value: Any) -> Any:
        """Return an argument as the device takes it: a number as it is, an array as memory of the device."""
        from numba import cuda

        if not isinstance(value, np.ndarray):
            return value
        if name not in TABLES:
            return cuda.to_device(np.ascontiguousarray(value))
        if name not in self._sent:
            self._sent[name] = cuda.to_device(np.ascontiguousarray(value))
        return self._sent[name]
