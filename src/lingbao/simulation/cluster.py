"""Chunks on the workers of a Dask cluster: one started here for the run, or one that stands at an address.

Only a few chunks for each worker are under way at a time, so memory does not grow with the number of people. A chunk whose
worker dies is computed again by another; since a chunk is a pure function of the plan, nothing else changes.
"""

from __future__ import annotations

import pickle
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lingbao.law.errors import InputError, LingbaoError
from lingbao.simulation.executors import Finished, RunChunk, stop_if, whole
from lingbao.simulation.program import program
from lingbao.simulation.spans import Span
from lingbao.simulation.sums import Sums

if TYPE_CHECKING:
    from distributed import Client, Future

CHUNKS_EACH = 2
"""Chunks under way for each thread of a worker: one that is computed and one that waits."""
MOST_WORKERS = 4096
SECONDS_TO_CONNECT = 20.0
SECONDS_TO_LOOK = 0.2
SECONDS_TO_COUNT = 5.0

_plan_here: tuple[str, Any] = ("", None)


class Dask:
    """Workers of a Dask cluster, each computing on one thread.

    Parameters
    ----------
    workers : int, optional
        Number of processes of a cluster started on this machine and closed with the run.
    address : str, optional
        Scheduler of a cluster that stands already; it is left standing.

    Raises
    ------
    InputError
        If not exactly one of the two is given.
    """

    def __init__(self, workers: int | None = None, address: str | None = None) -> None:
        if (workers is None) == (address is None):
            raise InputError("executor.dask", where="workers, cluster", zh="请给出进程数或集群地址中的一个。",
                             en="Give either a number of workers or the address of a cluster.")
        self.workers = None if workers is None else whole("workers", workers, MOST_WORKERS)
        self.address = address

    def finished(self, run_chunk: RunChunk, plan: Any, chunks: Iterable[Span], cancel: threading.Event) -> Finished:
        """Yield chunks as they are done; see :class:`~lingbao.simulation.executors.Executor`.

        Raises
        ------
        InputError
            If the cluster cannot be reached or has no workers.
        LingbaoError
            If the cluster is lost, a chunk ends every worker that tries it, or a worker runs another version.
        """
        with self._client() as client:
            yield from _Run(client, run_chunk, plan, cancel).finished(iter(chunks))

    @contextmanager
    def _client(self) -> Iterator[Client]:
        """Connect, and in the end close whatever was started here."""
        from distributed import Client, LocalCluster

        if self.address is None:
            with (LocalCluster(n_workers=self.workers, threads_per_worker=1, processes=True, dashboard_address=None,
                               memory_limit=0, silence_logs=50, env={"POLARS_MAX_THREADS": "1"}) as cluster,
                  Client(cluster, set_as_default=False) as client):
                yield client
            return
        try:
            client = Client(self.address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise self._unreachable("无法连接", "cannot be reached") from error
        with client:
            try:
                client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
            except TimeoutError as error:
                raise self._unreachable("没有工作进程", "has no workers") from error
            yield client

    def _unreachable(self, zh: str, en: str) -> InputError:
        return InputError("executor.cluster", value=self.address, where="cluster",
                          zh=f"集群“{self.address}”{zh}。请检查地址（如 tcp://主机:8786）以及 dask scheduler 和 dask worker 是否已启动。",
                          en=f"The cluster '{self.address}' {en}. Check the address (such as tcp://host:8786), and that "
                             "dask scheduler and dask worker are running.")


class _Run:
    """One run on a cluster: what is under way, and what has come back."""

    def __init__(self, client: Client, run_chunk: RunChunk, plan: Any, cancel: threading.Event) -> None:
        self.client = client
        self.run_chunk = run_chunk
        self.cancel = cancel
        self.name = f"lingbao-{uuid4().hex}"
        # A task rather than scattered data: if its worker dies, the scheduler still knows how to make it again.
        self.plan = client.submit(bytes, pickle.dumps(plan), key=f"{self.name}-plan")
        self.back: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self.under_way: dict[Future, Span] = {}
        self._room, self._counted = 0, -SECONDS_TO_COUNT

    def finished(self, chunks: Iterator[Span]) -> Finished:
        """Yield chunks as they are done, and keep the workers busy meanwhile."""
        try:
            self._submit(chunks)
            while self.under_way:
                stop_if(self.cancel)
                try:
                    future = self.back.get(timeout=SECONDS_TO_LOOK)
                except queue.Empty:
                    continue
                part = self._taken(future)
                chunk = self.under_way.pop(future)
                future.release()
                self._submit(chunks)
                yield chunk, part
        finally:
            self.client.cancel([*self.under_way, self.plan], force=True)

    def _submit(self, chunks: Iterator[Span]) -> None:
        """Hand out chunks until every worker has enough."""
        if time.monotonic() - self._counted >= SECONDS_TO_COUNT:
            self._room = CHUNKS_EACH * max(1, sum(self.client.nthreads().values()))
            self._counted = time.monotonic()
        for first, count in islice(chunks, max(0, self._room - len(self.under_way))):
            future = self.client.submit(_chunk, self.run_chunk, self.plan, self.name, first, count,
                                        key=f"{self.name}-{first}", pure=False)
            self.under_way[future] = (first, count)
            future.add_done_callback(self.back.put)

    def _taken(self, future: Future) -> Sums:
        """Return what a chunk came to, or say in words why it did not."""
        from distributed import CancelledError, KilledWorker

        first, count = self.under_way[future]
        where = f"{first}–{first + count - 1}"
        try:
            part, theirs = future.result()
        except KilledWorker as error:
            raise LingbaoError("executor.worker_killed", value=where, zh=f"计算第 {where} 人的工作进程一再中断，可能内存不足。请减小每块人数后继续。",
                               en=f"Every worker that computed people {where} died, perhaps for lack of memory. Resume with smaller chunks.",
                               ) from error
        except CancelledError as error:
            stop_if(self.cancel)
            raise LingbaoError("executor.cluster_lost", value=where, zh="与集群的连接中断。若设有检查点，可从已完成处继续。",
                               en="The cluster was lost. With a checkpoint the run can be resumed where it was.") from error
        if theirs != program():
            raise LingbaoError("executor.program", value=theirs,
                               zh=f"集群上的程序版本（{theirs}）与本机（{program()}）不同，结果会不一致。请在各处安装同一版本。",
                               en=f"The cluster runs another version of the program ({theirs}, here {program()}); results "
                                  "would differ. Install the same version everywhere.")
        made: Sums = part
        return made


def _chunk(run_chunk: RunChunk, packed: bytes, run: str, first: int, count: int) -> tuple[Sums, str]:
    """Compute a chunk on a worker, which unpacks the plan once a run; say by which version of the program."""
    global _plan_here
    of, plan = _plan_here
    if of != run:
        plan = pickle.loads(packed)
        _plan_here = run, plan
    return run_chunk(plan, first, count), program()

