"""Signing in with a password and a code, the first time with a one-time code, setting up the authenticator, signing out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import segno
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from lingbao.law.errors import InputError
from lingbao.registry.errors import Forbidden
from lingbao.registry.session import Actor
from lingbao.web.account import lockout
from lingbao.web.credentials import invitations
from lingbao.web.desk import access, factors, second_factor, security_keys


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
    try:
        user, actor = factors.password(request, name, request.POST.get("password", "")[:200])
    except Forbidden as fault:
        return _page(request, 403, faults={"": fault}, name=name)
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
    actor = factors.staff(name)
    return redirect(access.SIGN_IN) if actor is None else _to_code(request, user, actor)


def _to_code(request: HttpRequest, user: Any, actor: Actor) -> HttpResponse:
    """Go on to the second factor."""
    factors.wait(request, user)
    return redirect(f"/desk/code/?next={quote(_next(request, actor))}")


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or for the security key where there is one; the first time, show the secret to set up the authenticator with."""
    found = factors.waiting(request, access.IDLE)
    if found is None:
        return redirect(access.SIGN_IN)
    user, actor = found
    answer = request.POST.get("credential", "")
    if request.method == "POST" and (factors.key(request, user, answer) if answer else factors.code(request, user, request.POST.get("code", "").strip()[:20])):
        return redirect(_next(request, actor))
    context: dict[str, Any] = {"ask_code": True, "key_options": security_keys.to_sign_in(user)}
    if second_factor.authenticator(user) is None:
        secret = second_factor.draft(request)
        address = f"otpauth://totp/{quote('Lingbao:' + user.get_username())}?secret={secret}&issuer=Lingbao"
        context |= {"secret": secret, "squares": segno.make(address, error="m").svg_inline(scale=4, omitsize=True, svgclass="desk-qr", lineclass=None)}
    if request.method == "POST":
        context["faults"] = {"": factors.WRONG_KEY} if answer else {"code": factors.WRONG_CODE}
    return _page(request, 403 if request.method == "POST" else 200, **context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect(access.SIGN_IN)
