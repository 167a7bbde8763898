"""Asking for a run, taking the wish back, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from lingbao.law.reform import Reform
from lingbao.law.reform_read import reform_of
from lingbao.web.lab import folder, limits
from lingbao.web.lab.experiment import Experiment
from lingbao.web.lab.models import Run, RunRequest
from lingbao.web.lab.visitor import Visitor

QUEUE = "lab"
TASK = "lab.run"
# One number names the lock under which runs are added, another the lock that the one worker holds.
ADDING, WORKING = 0x6C616201, 0x6C616202


def ask(experiment: Experiment, who: Visitor) -> Run:
    """Return the run of an experiment: a stored result at once, one that is going, or a new one put into the queue.

    Raises
    ------
    InputError
        If a limit is met; stored results and runs already going count against none.
    """
    limits.check_size(experiment.size)
    with transaction.atomic():
        _lock(ADDING)
        run = Run.objects.filter(key=experiment.key).first()
        if run is not None and run.state == Run.State.DONE and folder.complete(run.key):
            return run
        if run is None or not run.going:
            limits.check(who, experiment.uncertainty)
            run = _queue(experiment)
        RunRequest.objects.update_or_create(
            run=run, owner=who.owner, defaults={"address": who.address, "withdrawn": False, "made": timezone.now()},
        )
    return run


def row_of(experiment: Experiment) -> dict[str, Any]:
    """Return what a row says of an experiment."""
    reform, parts = experiment.reform, experiment.parts
    return {
        "reform": None if reform is None else reform.to_dict(), "reform_name": "" if reform is None else reform.id[:200],
        "reform_hash": parts["reform"], "law_hash": parts["law"], "program": parts["program"],
        "size": experiment.size, "years": experiment.years, "seed": experiment.seed, "uncertainty": experiment.uncertainty,
    }


def experiment_of(run: Run) -> Experiment:
    """Return the experiment of a row."""
    return Experiment(reform_in(run), run.size, run.years, run.seed, run.uncertainty)


def reform_in(run: Run) -> Reform | None:
    """Return the reform of a row; None for the law as it is."""
    return None if run.reform is None else reform_of(run.reform)


def _queue(experiment: Experiment) -> Run:
    fresh = {
        "state": Run.State.QUEUED, "phase": "", "people_done": 0, "people_total": 0, "people_per_second": None,
        "cancel_asked": False, "attempts": 0, "faults": [], "queued": timezone.now(), "started": None, "finished": None,
    }
    run, _ = Run.objects.update_or_create(key=experiment.key, defaults=row_of(experiment) | fresh)
    put(run.key)
    return run


def put(key: str) -> None:
    """Put a run into the job queue, unless it waits there already."""
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import AlreadyEnqueued

    try:
        with transaction.atomic():
            app.configure_task(TASK, queue=QUEUE, queueing_lock=key).defer(key=key)
    except AlreadyEnqueued:
        pass


def cancel(run: Run, who: Visitor) -> bool:
    """Take a visitor's wish back, and stop the run if nobody else wants it; return whether the visitor had wanted it."""
    with transaction.atomic():
        _lock(ADDING)
        wishes = RunRequest.objects.filter(run=run, withdrawn=False)
        wanted = wishes.filter(owner=who.owner).update(withdrawn=True) if who.owner else 0
        if wanted and not wishes.exists():
            stop(run)
    return bool(wanted)


def stop(run: Run) -> None:
    """Stop a run: at once while it waits, at the next piece of people while it runs."""
    waiting = Run.objects.filter(key=run.key, state=Run.State.QUEUED)
    if not waiting.update(state=Run.State.CANCELLED, finished=timezone.now()):
        Run.objects.filter(key=run.key, state=Run.State.RUNNING).update(cancel_asked=True)


@dataclass(frozen=True)
class Progress:
    """How far a run is, as pages and API show it.

    Attributes
    ----------
    state, phase : str
        State of the row; what is being done in it.
    done, total : int
        People simulated so far, those of the baseline included where it had to be computed too, and in all.
    per_second : float or None
        People a second, once it is known.
    seconds_left : float or None
    ahead : int
        Runs that wait or run before this one.
    """

    state: str
    phase: str
    done: int
    total: int
    per_second: float | None
    seconds_left: float | None
    ahead: int

    @property
    def percent(self) -> int:
        """Whole percent done, 100 only at the end."""
        return 0 if not self.total else min(99 if self.state != Run.State.DONE else 100, 100 * self.done // self.total)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "state": self.state, "phase": self.phase, "people_done": self.done, "people_total": self.total, "percent": self.percent,
            "people_per_second": self.per_second, "seconds_left": self.seconds_left, "ahead": self.ahead,
        }


def progress(run: Run) -> Progress:
    """Return how far a run is."""
    ahead = 0
    if run.state == Run.State.QUEUED:
        earlier = Run.objects.filter(state=Run.State.QUEUED, queued__lt=run.queued).count()
        ahead = earlier + Run.objects.filter(state=Run.State.RUNNING).count()
    speed = run.people_per_second or None
    left = (run.people_total - run.people_done) / speed if speed and run.going else None
    return Progress(run.state, run.phase, run.people_done, run.people_total, speed, left, ahead)


def _lock(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
