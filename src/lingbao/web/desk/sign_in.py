"""Signing in with a password and a code, the first time with a one-time code, setting up the authenticator, signing out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import segno
from django.contrib.auth import authenticate, get_user_model, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from lingbao.law.errors import InputError
from lingbao.registry.errors import Forbidden
from lingbao.registry.people.actors import signed_in
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.web.account import lockout
from lingbao.web.credentials import invitations
from lingbao.web.desk import access, second_factor

WAITING = "desk.user"  # in the session after the password, before the code
WRONG = Forbidden("desk.wrong", zh="用户名、密码或验证码不正确。", en="The login, the password or the code is not right.")
WRONG_CODE = Forbidden("desk.wrong_code", zh="验证码不正确，请填写验证器现在显示的六位数字。", en="The code is not right; enter the six digits that the authenticator shows now.")


def _next(request: HttpRequest, actor: Actor | None = None) -> str:
    wish = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wish, allowed_hosts=None) and wish.startswith(("/desk/", "/platform/")):
        return wish
    return "/platform/" if actor is not None and actor.role == "platform" else "/desk/"


def _page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, "lingbao/desk/sign_in.html", {"next": request.POST.get("next") or request.GET.get("next") or "", **context}, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for login and password; right ones lead to the code."""
    if request.method == "GET":
        return _page(request)
    name = request.POST.get("login", "")[:150]
    tried = lockout.attempt(name)
    user: Any = None if "\x00" in name else authenticate(request, username=name, password=request.POST.get("password", "")[:200])
    actor = None if user is None else _staff(user.get_username())
    if actor is None:
        return _page(request, 403, faults={"": WRONG}, name=name)
    lockout.passed(tried)  # those before it stand until the code was right too
    return _to_code(request, user, actor)


@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Ask for the one-time code and a password of one's own; then comes the authenticator."""
    if request.method == "GET":
        return _page(request, ask_first=True)
    name = request.POST.get("login", "").strip()[:150]
    tried = lockout.attempt(name)
    try:
        user = invitations.accept(name, request.POST.get("invitation", "")[:100], request.POST.get("password", "")[:200])
    except Forbidden as fault:
        return _page(request, 403, faults={"": fault}, name=name, ask_first=True)
    except InputError as fault:
        lockout.passed(tried)  # the code was right, the password chosen weak
        return _page(request, 422, faults={"password": fault}, name=name, ask_first=True)
    lockout.forget(name)
    actor = _staff(name)
    return redirect(access.SIGN_IN) if actor is None else _to_code(request, user, actor)


def _to_code(request: HttpRequest, user: Any, actor: Actor) -> HttpResponse:
    """Go on to the second factor; a password that changes in between ends the waiting as it ends sessions."""
    logout(request)  # the session before a sign-in never becomes the one after it
    request.session[WAITING] = [user.pk, user.get_session_auth_hash()]
    return redirect(f"/desk/code/?next={quote(_next(request, actor))}")


def _waiting(request: HttpRequest) -> Any:
    """Return who has given the password that still holds, or None."""
    number, known = request.session.get(WAITING) or (0, "")
    user: Any = get_user_model().objects.filter(pk=number, is_active=True).first()
    return user if user is not None and constant_time_compare(known, user.get_session_auth_hash()) else None


def _staff(name: str) -> Actor | None:
    try:
        actor = run_as(SYSTEM, lambda: signed_in(name))
    except Forbidden:
        return None
    return actor if actor.role != "worker" else None


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; the first time, show the secret to set up the authenticator with."""
    user: Any = _waiting(request)
    actor = None if user is None else _staff(user.get_username())
    if user is None or actor is None:
        return redirect(access.SIGN_IN)
    name = user.get_username()
    first = second_factor.authenticator(user) is None
    if request.method == "POST":
        lockout.attempt(name)
        given = request.POST.get("code", "").strip()[:20]
        if second_factor.set_up(request, user, given) if first else second_factor.holds(user, given):
            lockout.forget(name)
            login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
            request.session.pop(WAITING, None)
            access.begin(request)
            return redirect(_next(request, actor))
    context: dict[str, Any] = {"ask_code": True}
    if first:
        secret = second_factor.draft(request)
        address = f"otpauth://totp/{quote('Lingbao:' + name)}?secret={secret}&issuer=Lingbao"
        context |= {"secret": secret, "squares": segno.make(address, error="m").svg_inline(scale=4, omitsize=True, svgclass="desk-qr", lineclass=None)}
    if request.method == "POST":
        context["faults"] = {"code": WRONG_CODE}
    return _page(request, 403 if request.method == "POST" else 200, **context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect(access.SIGN_IN)
