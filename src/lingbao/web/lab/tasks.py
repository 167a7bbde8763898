"""The one task of the job queue."""

from __future__ import annotations

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from lingbao.web.lab.execute import Interrupted, perform
from lingbao.web.lab.housekeeping import tidy
from lingbao.web.lab.runs import QUEUE, TASK


@app.task(name=TASK, queue=QUEUE, pass_context=True, retry=RetryStrategy(retry_exceptions={Interrupted}))
def run(context: JobContext, key: str) -> None:
    """Carry out a run; one that a stopping worker had to leave is retried by the next."""
    perform(key, context.should_abort)
    tidy()
