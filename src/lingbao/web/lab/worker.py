"""The process that computes: ``python -m lingbao.web.lab.worker``.

Compiled kernels use every core and must not be called twice at once in a process, so runs are computed one after the
other, away from the process that serves pages. One lock in the database is held as long as the process lives; whoever
holds it knows that no other worker does, and that every job still marked as being done was left by a dead one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

POLL = 2.0  # seconds between looks for jobs, where the database's own notice was missed
LOCK_WAIT = 0.5


def main() -> None:
    """Work until told to stop, or until the process that started this one is gone."""
    set_up()
    from lingbao.web.lab.housekeeping import tidy
    from lingbao.web.lab.runs import QUEUE, WORKING

    def first() -> None:
        recover()
        tidy()

    work_alone(QUEUE, WORKING, first)


def set_up() -> None:
    """Load the site in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lingbao.web.settings")
    import django

    django.setup()


def work_alone(queue: str, lock: int, first: Callable[[], None]) -> None:
    """Wait until no other process holds the lock, do what comes first, and work through a queue, one job at a time."""
    from django.db import connection

    threading.Thread(target=_end_with_parent, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    with alone(lock):
        first()
        connection.close()
        asyncio.run(_work(queue))


def recover() -> int:
    """Put back what a killed worker left, and return how many runs that were; call only while :func:`alone`."""
    from django.utils import timezone
    from procrastinate.contrib.django import app

    from lingbao.web.lab import folder, runs
    from lingbao.web.lab.models import Run

    folder.sweep()
    manager = app.job_manager
    for job in manager.list_jobs(queue=runs.QUEUE, status="doing"):
        manager.retry_job_by_id(job.id, retry_at=timezone.now())
    left = Run.objects.filter(state=Run.State.RUNNING)
    found = left.filter(cancel_asked=False).count()
    left.filter(cancel_asked=True).update(state=Run.State.CANCELLED, finished=timezone.now(), phase="")
    left.update(state=Run.State.QUEUED, phase="", people_per_second=None)
    for key in Run.objects.filter(state=Run.State.QUEUED).order_by("queued").values_list("key", flat=True):
        runs.put(key)  # does nothing where the job is in the queue
    return found


@contextmanager
def alone(lock: int) -> Iterator[None]:
    """Wait for the lock of the one worker and hold it; the database lets it go when this process dies."""
    import psycopg
    from procrastinate.contrib.django import connector_params

    with psycopg.connect(**connector_params(), autocommit=True) as connection:
        while not (connection.execute("SELECT pg_try_advisory_lock(%s)", [lock]).fetchone() or (False,))[0]:
            time.sleep(LOCK_WAIT)
        yield


async def _work(queue: str) -> None:
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as opened:
        async with opened.open_async():
            await opened.run_worker_async(
                queues=[queue], concurrency=1, delete_jobs="always", shutdown_graceful_timeout=0, fetch_job_polling_interval=POLL,
            )


def _end_with_parent() -> None:
    """The parent holds the other end of standard input: when it ends, so does the input, and so does this process."""
    while os.read(0, 1024):  # not sys.stdin: its lock would still be held at the end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(number: int, frame: Any) -> None:
    """Stop before the queue has begun, at once: what is half made then, such as an event loop, cannot be taken apart. Afterwards the queue handles the signal itself."""
    os._exit(0)


if __name__ == "__main__":
    main()
