"""The two factors of staff, one after the other in a session: the pages ask them, and so does the API.

Whatever asks them, tries are counted under one lock-out, and a code of the authenticator holds once.
"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model, login, logout
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from lingbao.registry.errors import Forbidden
from lingbao.registry.people.actors import signed_in
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.web.account import lockout
from lingbao.web.desk import access, second_factor, security_keys
from lingbao.web.sessions import outlasts

_WAITING = "desk.user"  # in the session after the password, before the code
BACKEND = settings.AUTHENTICATION_BACKENDS[0]
WRONG = Forbidden("desk.wrong", zh="用户名、密码或验证码不正确。", en="The login, the password or the code is not right.")
WRONG_KEY = Forbidden("desk.wrong_key", zh="安全密钥的应答不对，请再试一次，或填写验证器的六位数字。", en="The security key's answer is not right; try again, or enter the six digits of the authenticator.")
WRONG_CODE = Forbidden("desk.wrong_code", zh="验证码不正确，请填写验证器现在显示的六位数字。", en="The code is not right; enter the six digits that the authenticator shows now.")


def staff(name: str) -> Actor | None:
    """Return who acts under a login of staff or of a platform, or None if nobody may."""
    try:
        actor = run_as(SYSTEM, lambda: signed_in(name))
    except Forbidden:
        return None
    return actor if actor.role != "worker" else None


def password(request: HttpRequest, name: str, given: str) -> tuple[Any, Actor]:
    """Take the first factor and return the user and the actor behind it; wrong codes before it stand until a code is right.

    Raises
    ------
    Forbidden
        If login and password do not fit, or nobody acts under the login any more; the message does not say which.
    InputError
        If the login is locked out.
    """
    tried = lockout.attempt(name)
    user: Any = None if "\x00" in name else authenticate(request, username=name, password=given)
    actor = None if user is None else staff(user.get_username())
    if actor is None:
        raise WRONG
    lockout.passed(tried)
    return user, actor


def wait(request: HttpRequest, user: Any) -> None:
    """Let a new session wait for the second factor; a password that changes in between ends the waiting as it ends sessions."""
    logout(request)  # the session before a sign-in never becomes the one after it
    request.session[_WAITING] = [user.pk, user.get_session_auth_hash(), time.time()]


def waiting(request: HttpRequest, longest: float) -> tuple[Any, Actor] | None:
    """Return who gave the password that still holds, at most so many seconds ago, or None."""
    number, known, since = request.session.get(_WAITING) or (0, "", 0)
    user: Any = get_user_model().objects.filter(pk=number, is_active=True).first()
    if user is None or not constant_time_compare(known, user.get_session_auth_hash()) or not outlasts(time.time(), since, longest):
        return None
    actor = staff(user.get_username())
    return None if actor is None else (user, actor)


def code(request: HttpRequest, user: Any, given: str) -> bool:
    """Take the second factor, and begin the session if it is right; the first one of all sets the authenticator up.

    Raises
    ------
    InputError
        If the login is locked out.
    """
    lockout.attempt(user.get_username())
    new = second_factor.authenticator(user) is None
    if not (second_factor.set_up(request, user, given) if new else second_factor.holds(user, given)):
        return False
    _begin(request, user)
    return True


def key(request: HttpRequest, user: Any, answer: str) -> bool:
    """Take the answer of a security key in place of the code, and begin the session if it is right.

    Raises
    ------
    InputError
        If the login is locked out.
    """
    lockout.attempt(user.get_username())
    if not security_keys.holds(user, answer):
        return False
    _begin(request, user)
    return True


def _begin(request: HttpRequest, user: Any) -> None:
    lockout.forget(user.get_username())
    login(request, user, backend=BACKEND)
    request.session.pop(_WAITING, None)
    access.begin(request)
