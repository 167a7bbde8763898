"""Who is at the desk: the actor behind a session with a second factor, its age limits, and which roles a page is for."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lingbao.registry.errors import Forbidden
from lingbao.registry.people.actors import signed_in
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.web.sessions import outlasts

AGENCY = ("clerk", "supervisor")
STAFF = (*AGENCY, "coordinator", "auditor", "administrator")
SIGN_IN = "/desk/sign-in/"
PURPOSE = "窗口办理 · desk"  # of work on the pages, where none is asked for
IDLE = 15 * 60  # seconds without a request after which one signs in again
LONGEST = 8 * 3600  # seconds after which one signs in again in any case
_BEGUN, _SEEN = "desk.begun", "desk.seen"


def begin(request: HttpRequest) -> None:
    """Note that the session has shown both factors."""
    request.session[_BEGUN] = request.session[_SEEN] = time.time()


def actor_of(request: HttpRequest, purpose: str = "") -> Actor | None:
    """Return the actor of a session with both factors, or None; a session too old or idle too long is ended.

    Whether the actor may still act is asked of the registry each time: a dismissal holds at once.
    """
    user: Any = getattr(request, "user", None)
    begun, seen = request.session.get(_BEGUN), request.session.get(_SEEN)
    if user is None or not user.is_authenticated or begun is None:
        return None
    now = time.time()
    if not outlasts(now, seen, IDLE) or not outlasts(now, begun, LONGEST):
        logout(request)
        return None
    try:
        found = run_as(SYSTEM, lambda: signed_in(user.get_username(), purpose=purpose))
    except Forbidden:
        logout(request)
        return None
    request.session[_SEEN] = now
    return found


def check_role(actor: Actor, roles: tuple[str, ...]) -> None:
    """Refuse an actor whose role is not among `roles`.

    Raises
    ------
    Forbidden
    """
    if actor.role not in roles:
        raise Forbidden("registry.role", value=actor.role, zh="当前身份无权办理此事项。", en="The present role may not do this.")


def for_roles(*roles: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Make a page one for some roles: others are refused, and who is not signed in is asked to sign in."""

    def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = actor_of(request, purpose=PURPOSE)
            if actor is None:
                return redirect(f"{SIGN_IN}?next={quote(request.get_full_path())}")
            check_role(actor, roles)
            request.actor = actor  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
            response.headers["Cache-Control"] = "private, no-store"
            return response

        return page

    return guarded
