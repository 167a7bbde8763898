"""Which platform a request's key belongs to, asked of the register once for each request."""

from __future__ import annotations

from django.http import HttpRequest

from lingbao.registry.errors import Forbidden
from lingbao.registry.orders.platforms import authenticate
from lingbao.registry.session import Actor

MOST_KEY = 200
_BEARER = "bearer "


def sent(request: HttpRequest) -> bool:
    """Tell whether the request carries a key, right or wrong."""
    return request.headers.get("Authorization", "").lower().startswith(_BEARER)


def platform_behind(request: HttpRequest) -> Actor | None:
    """Return the platform whose key the request carries; None where it carries none, or none that holds.

    Raises
    ------
    django.db.Error
        If the register does not answer: a key that cannot be looked up is not a wrong one.
    """
    if "platform_behind" not in request.__dict__:
        key = request.headers["Authorization"][len(_BEARER):].strip() if sent(request) else ""
        request.platform_behind = _platform(key)  # type: ignore[attr-defined]
    found: Actor | None = request.platform_behind  # type: ignore[attr-defined]
    return found


def _platform(key: str) -> Actor | None:
    if not key or len(key) > MOST_KEY or not key.isascii() or not key.isprintable():
        return None
    try:
        return authenticate(key)
    except Forbidden:
        return None
