"""Who does the work: one thread, the kernel's threads, or the workers of a Dask cluster, with one and the same result.

A run is a pure function ``run_chunk(plan, first, count)`` called for chunks of people whose :class:`Sums` are
added up. The sums are whole numbers, so it does not matter who computes a chunk, when, how large it is, or how often a
worker dies on the way.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from lingbao.law.errors import InputError, LingbaoError
from lingbao.simulation.checkpoint import SECONDS_BETWEEN, Checkpoint
from lingbao.simulation.spans import Span, Spans
from lingbao.simulation.sums import Sums

CHUNK = 65_536
MOST_IN_CHUNK = 2**20
"""Inside a chunk sums are plain 64-bit numbers, which leaves eight million yuan for each person of a chunk of this size."""

LEAST_FOR_A_THREAD = 1024
CHUNKS_AHEAD = 2
"""Chunks that a thread may be ahead of the one whose sums are added next."""

RunChunk = Callable[[Any, int, int], Sums]
"""``run_chunk(plan, first_person, count)``."""
Finished = Generator[tuple[Span, Sums], None, None]


class Cancelled(LingbaoError):
    """The run was told to stop, and did."""

    def __init__(self) -> None:
        super().__init__("run.cancelled", zh="运行已按要求停止。若设有检查点，可从已完成处继续。",
                         en="The run was stopped as asked. With a checkpoint it can be resumed where it was.")


class Executor(Protocol):
    """Something that has chunks computed."""

    def finished(self, run_chunk: RunChunk, plan: Any, chunks: Iterable[Span], cancel: threading.Event) -> Finished:
        """Yield each chunk (first person, count) with its sums, in any order; closing it ends all work.

        Raises
        ------
        Cancelled
            Soon after ``cancel`` is set.
        """


class Alone:
    """One thread of this process, chunk after chunk."""

    def finished(self, run_chunk: RunChunk, plan: Any, chunks: Iterable[Span], cancel: threading.Event) -> Finished:
        """Yield chunks in order; see :class:`Executor`."""
        for first, count in chunks:
            stop_if(cancel)
            yield (first, count), run_chunk(plan, first, count)


class Threads:
    """Threads of this process, each at a chunk of its own; where chunks are few, at a part of one.

    Parameters
    ----------
    count : int, optional
        Number of threads; all cores if not given.

    Raises
    ------
    InputError
        If ``count`` is below 1 or above the threads of this process.
    """

    def __init__(self, count: int | None = None) -> None:
        import numba

        settings: Any = numba.config
        most = int(settings.NUMBA_NUM_THREADS)
        self.count = whole("threads", most if count is None else count, most)

    def finished(self, run_chunk: RunChunk, plan: Any, chunks: Iterable[Span], cancel: threading.Event) -> Finished:
        """Yield chunks, or their parts, in order; see :class:`Executor`. No thread waits for another's chunk."""
        waiting: deque[tuple[Span, Future[Sums]]] = deque()
        with ThreadPoolExecutor(self.count, "lives") as pool:
            try:
                for first, count in self._shared(chunks):
                    stop_if(cancel)
                    waiting.append(((first, count), pool.submit(run_chunk, plan, first, count)))
                    if len(waiting) > CHUNKS_AHEAD * self.count:
                        yield _first(waiting)
                while waiting:
                    stop_if(cancel)
                    yield _first(waiting)
            finally:
                pool.shutdown(cancel_futures=True)

    def _shared(self, chunks: Iterable[Span]) -> Iterator[Span]:
        """Part chunks among the threads if there are not enough for all to have some."""
        ahead = iter(chunks)
        few = list(islice(ahead, CHUNKS_AHEAD * self.count))
        if len(few) < CHUNKS_AHEAD * self.count:
            few = [part for first, count in few for part in parts(first, count, self.count)]
        return chain(few, ahead)


def parts(first: int, count: int, among: int) -> list[Span]:
    """Part people into about equal stretches, none too short to be worth a thread."""
    wanted = max(min(among, count // LEAST_FOR_A_THREAD), 1)
    step = -(-count // wanted)
    return [(begin, min(step, first + count - begin)) for begin in range(first, first + count, step)]


def _first(waiting: deque[tuple[Span, Future[Sums]]]) -> tuple[Span, Sums]:
    span, made = waiting.popleft()
    return span, made.result()


def executor_of(threads: int | None = None, workers: int | None = None, cluster: str | None = None,
                cuda: bool = False) -> Executor:
    """Return the executor that a user's words ask for.

    Parameters
    ----------
    threads : int, optional
        Threads of this process: 1 for none but its own; all cores if nothing is given.
    workers : int, optional
        Processes of a Dask cluster that is started on this machine for the run.
    cluster : str, optional
        Address of a running Dask scheduler, such as ``tcp://host:8786``.
    cuda : bool
        Whether to use the graphics processor of this machine.

    Raises
    ------
    InputError
        If more than one of them is given, one is no valid number or address, or no graphics processor can be used.
    """
    named = {"threads": threads, "workers": workers, "cluster": cluster, "cuda": cuda or None}
    given = [name for name, value in named.items() if value is not None]
    if len(given) > 1:
        raise InputError("executor.choice", value=", ".join(given), where=", ".join(given),
                         zh="线程数、进程数、集群地址和显卡只能给出一个。",
                         en="Give one of threads, workers, cluster and cuda, not several.")
    if cuda:
        from lingbao.simulation.cuda import Cuda

        return Cuda()
    if workers is not None or cluster is not None:
        from lingbao.simulation.cluster import Dask

        return Dask(workers=workers, address=cluster)
    return Alone() if threads == 1 else Threads(threads)


def add_up(run_chunk: RunChunk, plan: Any, *, size: int, chunk: int = CHUNK, executor: Executor | None = None,
           checkpoint: Path | None = None, every: float = SECONDS_BETWEEN,
           progress: Callable[[int], None] | None = None, cancel: threading.Event | None = None) -> Sums:
    """Run everybody and return their sums.

    Parameters
    ----------
    run_chunk : callable
        Pure function of plan, first person and number of people.
    plan : object
        Everything a chunk needs; picklable; ``plan.hash`` names its contents.
    size : int
        Number of people.
    chunk : int
        Most people in a chunk. The result does not depend on it.
    executor : Executor, optional
        All threads of this process if not given.
    checkpoint : Path, optional
        Folder from which the run is resumed, and into which it is saved.
    every : float
        Time between two saves [s].
    progress : callable, optional
        Told the number of people done: at the start, and after each chunk.
    cancel : threading.Event, optional
        Set it to stop the run.

    Raises
    ------
    Cancelled
        If ``cancel`` was set; what was done is saved first.
    InputError
        If a number is not valid or the checkpoint belongs to another run.
    """
    whole("size", size), whole("chunk", chunk, MOST_IN_CHUNK)
    executor = executor or Threads()
    cancel = cancel or threading.Event()
    total, done = Sums.zero(), Spans()
    with Checkpoint(checkpoint, plan.hash, size, every) if checkpoint else _nowhere() as saved:
        if saved:
            total, done = saved.sums, saved.done
        tell = progress or _silent
        tell(total.persons)
        consistent = True
        try:
            with closing(executor.finished(run_chunk, plan, done.left(size, chunk), cancel)) as finished:
                for (first, count), part in finished:
                    consistent = False
                    total.merge(part)
                    done.add(first, count)
                    consistent = True
                    tell(total.persons)
                    if saved:
                        saved.write_if_due()
        finally:
            if saved and consistent:
                saved.write()
    return total


def add_spans(run_chunk: RunChunk, plan: Any, spans: Iterable[Span]) -> Sums:
    """Run some stretches of people (first person, number) on all threads of this process and return their sums."""
    total = Sums.zero()
    with closing(Threads().finished(run_chunk, plan, spans, threading.Event())) as finished:
        for _, part in finished:
            total.merge(part)
    return total


def stop_if(cancel: threading.Event) -> None:
    """Raise :class:`Cancelled` if the run was told to stop."""
    if cancel.is_set():
        raise Cancelled


def whole(name: str, value: int, most: int = 2**40) -> int:
    """Return a count from 1 to ``most``, or refuse it."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InputError(f"run.{name}", value=value, where=name, zh=f"“{value}”无效，应为 1 到 {most} 之间的整数。",
                         en=f"{value!r} is not valid here; it must be a whole number from 1 to {most}.")
    return value


@contextmanager
def _nowhere() -> Iterator[None]:
    """Stand where a checkpoint would, and keep nothing."""
    yield None


def _silent(done: int) -> None:
    """Report progress to nobody."""
