"""How a program or a session shows who it is, and what it is told when it does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse
from django_ratelimit.core import get_usage
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, APIKeyHeader, HttpBearer

from lingbao.law.errors import LingbaoError
from lingbao.registry.errors import Forbidden
from lingbao.registry.session import Actor
from lingbao.web.desk.access import actor_of
from lingbao.web.platform_key import platform_behind
from lingbao.web.sessions import SessionStore

RATE = "1200/m"  # of one platform, whatever addresses it uses
TOKEN = "X-Session-Token"
LONGEST_TOKEN = 64


class TooMany(LingbaoError):
    """A platform asks more often than its limit."""


class PlatformKey(HttpBearer):
    """``Authorization: Bearer lb-live-….secret``; only the hash of the secret is kept."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the platform as an actor."""
        actor = platform_behind(request)
        if actor is None:
            return None
        usage = get_usage(request, group="platform", key=lambda *_: str(actor.platform), rate=RATE, increment=True)
        if usage and usage["should_limit"]:
            wait = max(1, int(usage["time_left"]))
            raise TooMany("request.rate", value=RATE, zh=f"请求太频繁，请 {wait} 秒后再试。", en=f"Too many requests; try again in {wait} seconds.")
        return actor


@contextmanager
def in_session(request: HttpRequest, token: str = "") -> Iterator[None]:
    """Let a request stand in the session that a token names, or in a new one; what changes there is kept, and no cookie is set."""
    session, user = request.session, request.user
    known = len(token) <= LONGEST_TOKEN and token.isascii() and token.isalnum()
    request.session = SessionStore(token if known else None)
    request.user = get_user(request)
    try:
        yield
    finally:
        if request.session.modified and not request.session.is_empty():
            with suppress(UpdateError):  # it was ended meanwhile, and stays so
                request.session.save()
        request.session, request.user = session, user
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False


class StaffToken(APIKeyHeader):
    """``X-Session-Token``, as the sign-in by API gives it; limits and ends are those of a session of the desk."""

    param_name = TOKEN

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return the member of staff as an actor."""
        if not key:
            return None
        with in_session(request, key):
            return actor_of(request, purpose="接口办理 · API")


class StaffSession(APIKeyCookie):
    """The cookie of a session with both factors; requests that change something also carry ``X-CSRFToken``."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        return super()._get_key(request) if self.param_name in request.COOKIES else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return the member of staff as an actor."""
        return actor_of(request, purpose="接口办理 · API") if key else None


def acting(request: HttpRequest) -> Any:
    """Return the actor whom the key or the session stands for."""
    return request.auth  # type: ignore[attr-defined]


def platform_of(request: HttpRequest) -> int:
    """Return the platform whose key was sent."""
    number: int = acting(request).platform
    return number


def install_refusal(api: NinjaAPI) -> None:
    """Say in the API's own form that nobody is signed in, or that a platform asks too often."""

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        refusal = Forbidden("registry.signed_out", zh="未登录，或密钥无效、已过期、已停用。平台请带上 Authorization: Bearer，工作人员请先登录。",
                            en="Nobody is signed in, or the key is not valid. Platforms send Authorization: Bearer; staff sign in first.")
        return api.create_response(request, refusal.to_dict(), status=401)

    @api.exception_handler(TooMany)
    def too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
        return api.create_response(request, error.to_dict(), status=429)
