"""Who asks, known only as keyed hashes: the address for limits, a random cookie for the right to cancel."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lingbao.web.security import client_address

COOKIE = "lab"
HEADER = "X-Lab-Key"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Visitor:
    """One asker.

    Attributes
    ----------
    address : str
        Keyed hash of the network address; limits count by it.
    secret : str
        What the cookie holds (pages) or the answer gave (API); empty for someone who has asked for nothing yet.
    """

    address: str
    secret: str = ""

    @property
    def owner(self) -> str:
        """What is stored of the secret; empty without one."""
        return _hashed(self.secret) if self.secret else ""

    def named(self) -> Visitor:
        """Return the visitor with a secret, a new one if there was none."""
        return self if self.secret else Visitor(self.address, secrets.token_urlsafe(24))


def visitor(request: HttpRequest) -> Visitor:
    """Return who sent a request."""
    given = request.headers.get(HEADER) or request.COOKIES.get(COOKIE, "")
    return Visitor(_hashed(client_address("lab", request)), given[:64])


def remember(response: HttpResponse, request: HttpRequest, who: Visitor) -> HttpResponse:
    """Leave the secret with the browser."""
    response.set_cookie(COOKIE, who.secret, max_age=YEAR, path="/lab/", samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


def _hashed(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
