"""Long work asked for at the desk: put into the job queue once, carried out by one worker process, its progress written down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from lingbao.law.errors import LingbaoError
from lingbao.registry.session import Actor
from lingbao.web.desk.models import Job

QUEUE = "desk"
TASK = "desk.job"
WORKING = 0x6465736B  # the lock that the one worker holds
EVERY = 0.5  # seconds between two notes of progress
REFRESH = 3  # seconds after which a page without scripts looks again

Report = Callable[[int, int], None]
"""Takes how much is done and how much there is in all."""
Work = Callable[[Job, Report], dict[str, Any]]


class Interrupted(Exception):
    """The worker has to stop; the job is taken up again by the next one."""


def ask(actor: Actor, kind: str, about: int = 0, *, content: dict[str, Any] | None = None) -> Job:
    """Return the job of this kind and thing that waits or runs, or a new one put into the queue."""
    wanted = {"kind": kind, "about": about, "province": actor.province or ""}
    try:
        with transaction.atomic():
            job = Job.objects.create(**wanted, content=content or {}, asked_by=actor.id)
            put(job.pk)
    except IntegrityError:
        going = Job.objects.filter(**wanted, state__in=(Job.State.QUEUED, Job.State.RUNNING)).first()
        return going or Job.objects.filter(**wanted).latest("id")  # it may have ended meanwhile
    return job


def put(number: int) -> None:
    """Put a job into the queue, unless it waits there already."""
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        with transaction.atomic():
            app.configure_task(TASK, queue=QUEUE, queueing_lock=f"desk:{number}").defer(number=number)
    except AlreadyEnqueued:
        pass


def latest(kind: str, about: int = 0, *, province: str | None = None) -> Job | None:
    """Return the last job of a kind about a thing, of one province if it is named."""
    found = Job.objects.filter(kind=kind, about=about)
    return (found if province is None else found.filter(province=province)).order_by("-id").first()


def perform(number: int, stopping: Callable[[], bool]) -> None:
    """Carry out a job and write down how it ended.

    Raises
    ------
    Interrupted
        If the worker has to stop first.
    """
    from lingbao.web.desk.works import WORKS

    if not Job.objects.filter(pk=number, state__in=(Job.State.QUEUED, Job.State.RUNNING)).update(state=Job.State.RUNNING, began=timezone.now()):
        return
    job = Job.objects.get(pk=number)
    noted = 0.0

    def report(done: int, total: int) -> None:
        nonlocal noted
        if stopping():
            raise Interrupted
        if time.monotonic() - noted >= EVERY:
            noted = time.monotonic()
            Job.objects.filter(pk=number).update(done=done, total=total)

    try:
        result = WORKS[job.kind](job, report)
    except Interrupted:
        Job.objects.filter(pk=number).update(state=Job.State.QUEUED)
        raise
    except LingbaoError as fault:
        _end(number, Job.State.FAILED, fault={"zh": fault.zh, "en": fault.en})
    except Exception:
        logging.getLogger(__name__).exception("job %s failed", number)
        _end(number, Job.State.FAILED, fault={"zh": "系统出错，没有做完；已做的部分有效，可以再做一次。",
                                              "en": "Something broke before the end; what was done holds, and it may be started again."})
    else:
        _end(number, Job.State.DONE, result=result)


def _end(number: int, state: str, **more: Any) -> None:
    Job.objects.filter(pk=number).update(state=state, finished=timezone.now(), **more)
