"""The desk's one task in the job queue."""

from __future__ import annotations

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from lingbao.web.desk.jobs import QUEUE, TASK, Interrupted, perform


@app.task(name=TASK, queue=QUEUE, pass_context=True, retry=RetryStrategy(retry_exceptions={Interrupted}))
def run(context: JobContext, number: int) -> None:
    """Carry out a job; one that a stopping worker had to leave is retried by the next."""
    perform(number, context.should_abort)
