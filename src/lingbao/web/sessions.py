"""Sessions that go on while they are used, without a write to the disk for every page."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

RENEWED_AFTER = 300  # seconds: a session in use ends so much earlier at most than its age after the last page
_KEY = "renewed"


def sliding(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let a session that a page used count its age anew, once every `RENEWED_AFTER` seconds."""

    def renew(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.session.accessed:
            used(request.session)
        return response

    return renew


def used(session: SessionBase) -> bool:
    """Note that a session was used; return whether its age counts anew, so that it has to be saved."""
    if session.is_empty() or time.time() - session.get(_KEY, 0) <= RENEWED_AFTER:
        return False
    session[_KEY] = int(time.time())
    return True
