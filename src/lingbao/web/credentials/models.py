"""One-time codes as they are kept: keyed hashes whose key lies outside the database, with an end and a count of tries."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Invitation(models.Model):
    """The code with which someone of staff chooses a password; a newer one takes the place of the older."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    code_hash = models.BinaryField()
    expires_at = models.DateTimeField()


class LastStep(models.Model):
    """The half minute whose code an authenticator showed last; it and those before it hold no more."""

    authenticator = models.OneToOneField("mfa.Authenticator", on_delete=models.CASCADE, primary_key=True)
    step = models.BigIntegerField()


class TextCode(models.Model):
    """Six digits sent to a telephone for one purpose; the number itself is sealed."""

    purpose = models.CharField(max_length=10)
    about = models.CharField(max_length=60)
    phone_index = models.BinaryField()
    phone_sealed = models.BinaryField()
    address_index = models.BinaryField()
    code_hash = models.BinaryField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone_index", "sent_at"], name="credentials_text_phone"),
                             models.Index(fields=["address_index", "sent_at"], name="credentials_text_address")]
