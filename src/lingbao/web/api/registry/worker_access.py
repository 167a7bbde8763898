"""Who asks for the worker: an app by its session token, or the site's own session with the token of its forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.conf import settings
from django.http import HttpRequest
from ninja import Header
from ninja.security import APIKeyCookie, APIKeyHeader

from lingbao.registry.errors import Forbidden
from lingbao.web.account.access import Me, me_of
from lingbao.web.sessions import used

LONGEST_TOKEN = 64
KEY: Any = Header(..., alias="Idempotency-Key")


@dataclass(frozen=True)
class SignedIn:
    """Someone who is signed in; `me` is None until he has said who he is."""

    me: Me | None


class WorkerToken(APIKeyHeader):
    """``X-Session-Token``, as the sign-in gives it to an app."""

    param_name = "X-Session-Token"

    def authenticate(self, request: HttpRequest, key: str | None) -> SignedIn | None:
        """Return who is behind the token; a session in use goes on as one of the pages does."""
        found = authenticate_by_x_session_token(key) if key and len(key) <= LONGEST_TOKEN and key.isascii() and key.isprintable() else None
        if found is None:
            return None
        request.user, session = found
        if used(session):
            session.save()
        return _signed_in(request)


class WorkerCookie(APIKeyCookie):
    """The cookie of the site's session; requests that change something also carry ``X-CSRFToken``."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        return super()._get_key(request) if self.param_name in request.COOKIES else None

    def authenticate(self, request: HttpRequest, key: str | None) -> SignedIn | None:
        """Return who is behind the session."""
        return _signed_in(request) if key and request.user.is_authenticated else None


def _signed_in(request: HttpRequest) -> SignedIn:
    me = me_of(request)
    request.me = me  # type: ignore[attr-defined]
    return SignedIn(me)


WORKER = [WorkerToken(), WorkerCookie()]


def worker(request: HttpRequest) -> tuple[Me, str]:
    """Return the worker and the language of the words in the answer.

    Raises
    ------
    Forbidden
        If he has not said who he is yet.
    """
    me: Me | None = request.auth.me  # type: ignore[attr-defined]
    if me is None:
        raise Forbidden("account.nobody_yet", zh="还没有填写身份信息，请先提交 /api/v1/registry/me/identity。",
                        en="Say who you are first, by /api/v1/registry/me/identity.")
    return me, str(getattr(request, "lang", "zh"))
