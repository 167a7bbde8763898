"""Signing out everywhere: browsers and apps alike, for who left one open somewhere or fears that another is in."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from lingbao.law.errors import InputError
from lingbao.web.account import lockout
from lingbao.web.account.access import signed_in_only
from lingbao.web.account.forms import PasswordForm, in_language
from lingbao.web.account.views import steps

WRONG = InputError("account.password_wrong", where="password", zh="密码不对，请检查后再试。", en="The password is wrong; check it and try again.")


@signed_in_only
@sensitive_post_parameters("password")
def page(request: HttpRequest) -> HttpResponse:
    """Ask for the password and end every session."""
    form = PasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            end_all(request, form.cleaned_data["password"])
        except InputError as error:
            form.add_error(None if error.where is None else "password", in_language(error, form))
        else:
            return render(request, "account/signed_out.html")
    return steps.asked(request, form, ("退出所有设备？", "Sign out everywhere?"), ("所有浏览器和应用上的登录都会退出，包括这里。密码不变。",
                       "Every browser and every app is signed out, this one too. The password stays."), ("全部退出", "Sign out everywhere"), "/account/security/")


def end_all(request: HttpRequest, password: str) -> None:
    """End every session of who is signed in, this one too: the password is hashed anew, and sessions hold only under the hash they began with.

    Raises
    ------
    InputError
        If the password is wrong, which counts as it does at the sign-in, or too many were.
    """
    user: Any = request.user
    lockout.attempt(user.get_username())
    if not user.check_password(password):
        raise WRONG
    lockout.forget(user.get_username())
    user.set_password(password)
    user.save(update_fields=["password"])
    request.session.flush()
