"""What was asked for and decided, as the worker reads it: where it stands, in his language, and how to appeal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest

from lingbao.registry.session import acting_as
from lingbao.web.account import decisions, words
from lingbao.web.account.access import Me
from lingbao.web.api.registry.worker_access import worker


def appeal_of(me: Me, kind: str, number: int) -> dict[str, Any] | None:
    """Return until when an appeal against a decision is open, or None where nothing is decided."""
    found = decisions.appeal_of(me.number, kind, number)
    return None if found is None else {**asdict(found), "late": found.late}


def asked_for(request: HttpRequest, kind: str, number: int, read: Callable[[int], Any], states: Mapping[str, tuple[str, str]],
              **more: Callable[[int], Any]) -> dict[str, Any]:
    """Return something that the worker asked for, read under his rights, with its state in words, the way to appeal, and `more` of it."""
    me, lang = worker(request)
    with acting_as(me.actor):
        found = read(number)
        return {**asdict(found), "said": words.said(states, found.state, lang), **{name: work(number) for name, work in more.items()},
                "appeal": appeal_of(me, kind, number)}
