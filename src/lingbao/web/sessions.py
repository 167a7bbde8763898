"""Sessions that go on while they are used, without a write to the disk for every page, and end after half a day in any case.

`SessionStore` is the site's session engine: pages and the tokens of apps are both kept by it, so that both end by the same rule.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lingbao.registry.asking import often

RENEWED_AFTER = 300  # seconds: a session in use ends so much earlier at most than its age after the last page
LONGEST = 12 * 3600  # seconds after the sign-in; staff have shorter limits of their own (desk.access)
SLACK = 60  # seconds that a clock may be put right by; one set back further ends what began or was used after its present time
_KEY, _BEGUN = "renewed", "begun"


class SessionStore(db.SessionStore):
    """Sessions in the database; one that is over is deleted where it is met."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds, nothing if there is none or it is over."""
        found = often("SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s", [self.session_key, timezone.now()])
        data: dict[str, Any] = self.decode(found[0][0]) if found else {}
        if found and over(data):
            self.delete(self.session_key)
        if not found or over(data):
            self._session_key = None
            return {}
        return data


def over(data: Mapping[str, Any]) -> bool:
    """Tell whether a session in which someone signed in is too old, or lies in the future of a clock that was set back."""
    if SESSION_KEY not in data:
        return False
    now, begun = time.time(), data.get(_BEGUN)
    return begun is None or not outlasts(now, begun, LONGEST) or now < data.get(_KEY, 0) - SLACK


def outlasts(now: float, since: float, most: float) -> bool:
    """Tell whether at most so many seconds went by, and not less than none."""
    return -SLACK <= now - since <= most


@receiver(user_logged_in)
def _begun(sender: object, request: HttpRequest, **more: object) -> None:
    request.session[_BEGUN] = int(time.time())


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
