"""Answers on the way: kept sealed until the matter is sent, each matter under one key."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from lingbao.registry.keys import seal, unseal
from lingbao.web.account.models import Draft

Answers = dict[str, str]
KEPT = timedelta(days=7)


def begin(user: AbstractBaseUser, matter: str) -> None:
    """Start a matter afresh, under a new key; what anyone left lying for `KEPT` is removed."""
    Draft.objects.filter(changed_at__lt=timezone.now() - KEPT).delete()
    key = secrets.token_hex(16)
    about = f"draft:{key}"
    Draft.objects.update_or_create(user=user, matter=matter, defaults={
        "key": key, "about": about, "answers_sealed": seal("{}", about), "sent_to": ""})


def found(user: AbstractBaseUser, matter: str) -> Draft | None:
    """Return the draft of a matter, sent or not."""
    return Draft.objects.filter(user=user, matter=matter).first()


def answers_of(draft: Draft) -> Answers:
    """Return the answers in a draft."""
    return dict(json.loads(unseal(bytes(draft.answers_sealed), draft.about)))


def keep(draft: Draft, answers: Mapping[str, str]) -> None:
    """Keep answers."""
    draft.answers_sealed = seal(json.dumps(dict(answers), ensure_ascii=False), draft.about)
    draft.save()


def sent(draft: Draft, address: str) -> None:
    """Note where a sent matter is confirmed, and forget the answers."""
    draft.sent_to = address
    keep(draft, {})
