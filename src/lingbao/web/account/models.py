"""What the worker's pages keep themselves; everything about money and people stands in the registry."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Holder(models.Model):
    """The telephone a login was opened with, sealed; the login itself is a keyed hash of it."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    phone_sealed = models.BinaryField()


class SignInFailure(models.Model):
    """A wrong password for a login; enough of them close it for a while, whatever address they come from."""

    login_index = models.BinaryField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["login_index", "at"], name="worker_failure_login")]


class Draft(models.Model):
    """Answers given so far in one matter, sealed, with the key under which it is sent once, and then where it is confirmed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    matter = models.CharField(max_length=20)
    key = models.CharField(max_length=48)
    about = models.CharField(max_length=60)
    answers_sealed = models.BinaryField()
    sent_to = models.CharField(max_length=200, blank=True, default="")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "matter"], name="worker_draft_once")]


class Certificate(models.Model):
    """A certificate as it was issued: what it says is sealed and never changes; the code opens it for checking."""

    serial = models.CharField(max_length=20, unique=True)
    code_index = models.BinaryField(unique=True)
    person_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=60)
    content_sealed = models.BinaryField()
    digest = models.CharField(max_length=64)
    law_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()


class Revocation(models.Model):
    """A certificate taken back, with the reason that whoever checks it reads."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, primary_key=True)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
