"""Work that goes on behind the desk's pages, and how far it is. What the work does stands in the registry alone."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """One piece of long work: an audit, a payment run, a rise, an announcement.

    A row says who asked for what, and how far it is; a job may be done again from the start, since each of these
    pieces of work does only what is left.
    """

    class State(models.TextChoices):
        """From the wish to the end."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=20)
    about = models.BigIntegerField(default=0)  # number of the run or rise; 0 where there is only one such work
    province = models.CharField(max_length=2, blank=True)
    content = models.JSONField(default=dict)
    asked_by = models.BigIntegerField()
    asked = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    fault = models.JSONField(null=True)  # zh and en
    began = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "about", "province"], condition=models.Q(state__in=("queued", "running")), name="desk_job_once"),)
        indexes = (models.Index(fields=["kind", "about", "id"], name="desk_job_of"),)

    @property
    def going(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """Whole percent done, 100 only at the end."""
        if self.state == self.State.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0
