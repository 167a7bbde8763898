"""The process that does the desk's long work: ``python -m lingbao.web.desk.worker``.

It stands apart from the laboratory's worker, so that a payment run never waits for a simulation. Beside its jobs it tells platforms
what happened (:mod:`lingbao.web.platform.telling`).
"""

from __future__ import annotations

from lingbao.web.lab.worker import set_up, work_alone


def main() -> None:
    """Work until told to stop, or until the process that started this one is gone."""
    set_up()
    from lingbao.web.desk.jobs import QUEUE, WORKING

    work_alone(QUEUE, WORKING, first)


def first() -> None:
    """What comes before the jobs, once this worker is alone."""
    from lingbao.web.platform import telling

    recover()
    telling.begin()


def recover() -> None:
    """Put back what a killed worker left; call only while this worker is alone."""
    from django.utils import timezone
    from procrastinate.contrib.django import app

    from lingbao.web.desk import jobs
    from lingbao.web.desk.models import Job

    for left in app.job_manager.list_jobs(queue=jobs.QUEUE, status="doing"):
        app.job_manager.retry_job_by_id(left.id, retry_at=timezone.now())
    Job.objects.filter(state=Job.State.RUNNING).update(state=Job.State.QUEUED)
    for number in Job.objects.filter(state=Job.State.QUEUED).order_by("id").values_list("pk", flat=True):
        jobs.put(number)  # does nothing where the job is in the queue


if __name__ == "__main__":
    main()
