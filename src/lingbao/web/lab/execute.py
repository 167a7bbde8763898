"""Carrying out one run: the baseline if it is not there yet, the reform, the tables of the comparison."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.db.models import F
from django.utils import timezone

from lingbao import __version__
from lingbao.law.errors import ErrorList, LingbaoError
from lingbao.simulation.progress import Meter
from lingbao.web.lab import engine, folder, headline, runs, sections
from lingbao.web.lab.experiment import Experiment
from lingbao.web.lab.models import Run

log = logging.getLogger("lingbao.lab")
MOST_ATTEMPTS = 3
BETWEEN_WRITES = 0.4  # seconds
KEPT_PEOPLE = 100_000


class Cancelled(Exception):
    """Nobody wants the run any more."""


class Interrupted(Exception):
    """The worker has to stop; the run goes back into the queue."""


def perform(key: str, stopping: Callable[[], bool]) -> None:
    """Carry out the run of a key and write how it ended into its row.

    Raises
    ------
    Interrupted
        If ``stopping`` said so; the run waits again and loses no attempt.
    """
    waiting = Run.objects.filter(key=key, state=Run.State.QUEUED)
    if not waiting.update(state=Run.State.RUNNING, attempts=F("attempts") + 1, started=timezone.now(), phase="preparing", people_done=0):
        return None  # cancelled while it waited, or done for someone else
    run = Run.objects.get(key=key)
    if run.attempts > MOST_ATTEMPTS:
        return _end(run, Run.State.FAILED, [_given_up()])
    try:
        experiment = runs.experiment_of(run)
        if experiment.key != key:
            return _end(run, Run.State.FAILED, [_outdated()])
        compute(experiment, Recorder(run, stopping))
    except Cancelled:
        _end(run, Run.State.CANCELLED)
        folder.forget_checkpoint(key)
    except Interrupted:
        Run.objects.filter(key=key).update(state=Run.State.QUEUED, attempts=F("attempts") - 1, phase="", people_per_second=None)
        raise
    except LingbaoError as error:
        _end(run, Run.State.FAILED, [each.to_dict() for each in (error.errors if isinstance(error, ErrorList) else [error])])
    except Exception:
        log.exception("run %s failed", key)
        _end(run, Run.State.FAILED, [_broken()])
    else:
        settle(key)
    return None


def compute(experiment: Experiment, watch: Watch, keep: int = KEPT_PEOPLE) -> None:
    """Compute a result and its baseline, as far as they are not there, and write both into their folders."""
    wanted = [each for each in dict.fromkeys((experiment.baseline, experiment)) if not folder.complete(each.key)]
    watch.runs, watch.besides = len(wanted), engine.uncertainty_people(experiment.size) if experiment in wanted and experiment.uncertainty else 0
    for each in wanted:
        _simulate(each, watch, keep)
        figures = headline.figures_of(each.key, each.reform is None)
        Run.objects.update_or_create(key=each.key, defaults=runs.row_of(each) | {"headline": figures})
        if each != experiment:  # the baseline is a result of its own
            settle(each.key)


def settle(key: str, prepared: bool = False) -> None:
    """Say in the row of a run that its result is there."""
    kept = {"prepared": True} if prepared else {}
    Run.objects.filter(key=key).update(state=Run.State.DONE, finished=timezone.now(), phase="", faults=[], cancel_asked=False,
                                       people_done=F("people_total"), **kept)


def _simulate(experiment: Experiment, watch: Watch, keep: int) -> None:
    alone = experiment.reform is None
    checkpoint = folder.checkpoint_of(experiment.key)
    with folder.writing(experiment.key) as place:
        watch.phase("baseline" if alone else "reform")
        engine.simulate(experiment.reform, experiment.size, experiment.years, experiment.seed, keep, place, checkpoint, watch)
        watch.phase("tables")
        for name, table in engine.tables(place, None if alone else folder.folder_of(experiment.baseline.key)).items():
            table.write_parquet(place / f"{name}.parquet", compression="zstd")
        found = engine.sections(place, None if alone else folder.folder_of(experiment.baseline.key))
        if experiment.uncertainty:
            watch.phase("uncertainty")
            found.append(engine.uncertainty(experiment.reform, experiment.size, experiment.years, experiment.seed, watch))
        sections.write(found, place)
        about = {"key": experiment.key, **experiment.parts, "version": __version__, "computed": timezone.now().isoformat()}
        (place / folder.COMPLETE).write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    folder.forget_checkpoint(experiment.key)


class Watch:
    """Told how far a run is; the base of what writes it down. On its own it tells nobody."""

    runs = 1
    besides = 0  # people simulated after the runs themselves, for their uncertainty

    def people(self, number: int) -> None:
        """Take how many people one run of this job has."""

    def phase(self, name: str) -> None:
        """Take what is being done now; the people of the phase before are all done."""

    def done(self, number: int) -> None:
        """Take the people done in this phase."""


class Recorder(Watch):
    """Writes how far a run is into its row, a few times a second, and reads there whether it is still wanted.

    Each of its methods raises :class:`Cancelled` or :class:`Interrupted` when the run has to end.
    """

    def __init__(self, run: Run, stopping: Callable[[], bool]) -> None:
        self.run, self.stopping = run, stopping
        self.before = self.now = self.total = 0
        self.written = 0.0
        self.meter = Meter(0)

    def people(self, number: int) -> None:
        self.total = self.total or number * self.runs + self.besides
        self._write(people_total=self.total)

    def phase(self, name: str) -> None:
        self.before, self.now = self.before + self.now, 0
        self.meter = Meter(self.total)
        self._write(phase=name, people_done=self.before)

    def done(self, number: int) -> None:
        self.now = number
        pace = self.meter.at(number) if number else None  # before the first piece the program is being loaded
        if time.monotonic() - self.written < BETWEEN_WRITES:
            return
        speed = {"people_per_second": pace.per_second} if pace and pace.per_second else {}
        self._write(people_done=self.before + number, **speed)

    def _write(self, **values: Any) -> None:
        self.written = time.monotonic()
        Run.objects.filter(key=self.run.key).update(**values)
        if self.stopping():
            raise Interrupted
        if Run.objects.filter(key=self.run.key, cancel_asked=True).exists():
            raise Cancelled


def _end(run: Run, state: str, faults: list[dict[str, Any]] | None = None) -> None:
    Run.objects.filter(key=run.key).update(state=state, finished=timezone.now(), phase="", faults=faults or [])


def _outdated() -> dict[str, object]:
    return LingbaoError(
        "lab.outdated", zh="排队期间法规或程序更新了，这个网址属于更新前的版本。请用现在的版本再算一次。",
        en="The law or the program was updated while this run waited, and its address belongs to the version before. Run it again with today's.",
    ).to_dict()


def _given_up() -> dict[str, object]:
    return LingbaoError(
        "lab.given_up", value=MOST_ATTEMPTS, zh=f"计算进程 {MOST_ATTEMPTS} 次意外中止（多半是内存不足），已放弃。请减少人数后再试。",
        en=f"The computing process ended unexpectedly {MOST_ATTEMPTS} times, most likely for want of memory. Try again with fewer people.",
    ).to_dict()


def _broken() -> dict[str, object]:
    return LingbaoError(
        "lab.broken", zh="计算出了故障，您的输入没有问题。可以再试一次；仍不行请告诉本站管理者。",
        en="The computation has failed; nothing was wrong with what you entered. Try again, and tell the keeper of this site if it fails again.",
    ).to_dict()
