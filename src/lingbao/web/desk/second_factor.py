"""The second factor of staff: a code from an authenticator, whose secret is sealed in the database (`account.adapter`)."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.http import HttpRequest

from lingbao.web.credentials.authenticators import holds_once

_DRAFT = "desk.secret"  # in the session until a first code shows that the authenticator has it


def authenticator(user: Any) -> Authenticator | None:
    """Return the authenticator of a user, or None while there is none."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()


def holds(user: Any, code: str) -> bool:
    """Tell whether a code is the present one of the user's authenticator; each code holds once."""
    found = authenticator(user)
    return found is not None and holds_once(found, code)


def draft(request: HttpRequest) -> str:
    """Return the secret that a user is about to set up."""
    secret: str = request.session.get(_DRAFT) or generate_totp_secret()
    request.session[_DRAFT] = secret
    return secret


def set_up(request: HttpRequest, user: Any, code: str) -> bool:
    """Keep the drafted secret if the code shows that the user's authenticator has it."""
    secret = request.session.get(_DRAFT, "")
    if not secret or authenticator(user) is not None or not validate_totp_code(secret, code):
        return False
    TOTP.activate(user, secret)
    del request.session[_DRAFT]
    return True
