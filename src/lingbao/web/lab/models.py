"""What the laboratory remembers: reforms made on the pages, runs and how far they are, and who asked for them.

Tables of results are files (see :mod:`lingbao.web.lab.folder`); a row says only that they exist.
"""

from __future__ import annotations

from django.db import models


class StoredReform(models.Model):
    """A reform that a visitor built, uploaded or composed, under the hash of its content."""

    hash = models.CharField(primary_key=True, max_length=64)
    content = models.JSONField()
    conflicts = models.JSONField(default=list)
    made = models.DateTimeField(auto_now_add=True)


class Run(models.Model):
    """One simulation of one law with one reform, or of the law alone, and the state it is in.

    The key is a hash of everything that determines the result, so the same question has the same row.
    """

    class State(models.TextChoices):
        """From the wish to the end."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    key = models.CharField(primary_key=True, max_length=24)
    reform = models.JSONField(null=True)  # None: the law as it is
    reform_name = models.CharField(max_length=200, blank=True)
    reform_hash = models.CharField(max_length=64, blank=True)
    law_hash = models.CharField(max_length=64)
    program = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    years = models.PositiveSmallIntegerField()
    seed = models.BigIntegerField()
    uncertainty = models.BooleanField(default=False)  # its sources were asked for as well

    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    phase = models.CharField(max_length=12, blank=True)
    people_done = models.BigIntegerField(default=0)
    people_total = models.BigIntegerField(default=0)
    people_per_second = models.FloatField(null=True)
    cancel_asked = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    faults = models.JSONField(default=list)
    headline = models.JSONField(default=dict)  # a few figures for lists, so that no table has to be opened
    prepared = models.BooleanField(default=False)  # computed by `lingbao precompute`, kept for good

    queued = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["state"], name="lab_run_state"),
            models.Index(fields=["reform_hash", "law_hash"], name="lab_run_reform"),
        )

    @property
    def going(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class RunRequest(models.Model):
    """One visitor's wish for one run; a run nobody wants any more is cancelled.

    Neither an address nor a cookie is stored, only keyed hashes of them.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="requests")
    address = models.CharField(max_length=64)
    owner = models.CharField(max_length=64)
    withdrawn = models.BooleanField(default=False)
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "owner"], name="lab_request_once"),)
        indexes = (models.Index(fields=["address", "made"], name="lab_request_address"), models.Index(fields=["owner"], name="lab_request_owner"))
