"""Another telephone number: the password once more, a code to the new number, and a word to the old one."""

from __future__ import annotations

import functools
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.web.account.access import View, me_of, signed_in_only
from lingbao.web.account.logins import move_login, phone_of, tell_old_number
from lingbao.web.account.views import steps

PURPOSE, ADDRESS = "phone", "/account/phone/"


def password_again(view: View) -> View:
    """Ask for the password unless it was given a short while ago; what was sent meanwhile is not kept in the session."""
    guarded = reauthentication_required(view)

    @functools.wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        try:
            return guarded(request)  # type: ignore[no-any-return,unused-ignore]
        except ReauthenticationRequired:
            return redirect(f"/account/confirm/?{urlencode({'next': request.path})}")

    return page


@signed_in_only
@password_again
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the new number."""
    me_of(request)  # staff are sent to their desk
    now = phone_of(request.user)  # type: ignore[arg-type]
    return steps.ask_phone(request, PURPOSE, ("更换手机号", "Another number"),
                           (f"现在的号码是 {now[:3]}****{now[-4:]}。填新号码，我们给它发验证码。", f"The number is {now[:3]}****{now[-4:]} now. Enter the new one; a code goes to it."),
                           "/account/security/", f"{ADDRESS}code/")


@signed_in_only
@password_again
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code and move the account; the old number is told."""
    me_of(request)
    found = steps.ask_code(request, PURPOSE, ADDRESS)
    if isinstance(found, HttpResponse):
        return found
    move(request, found)
    return redirect(f"{ADDRESS}done/")


def move(request: HttpRequest, phone: str) -> None:
    """Move the account that is signed in to a number whose code was right, use up the code, and tell the old number.

    Raises
    ------
    InputError
        If there is an account with the number, or the code was used before.
    """
    before = phone_of(request.user)  # type: ignore[arg-type]
    with transaction.atomic():
        steps.finish(request, PURPOSE)
        if phone != before:
            move_login(request.user, phone)
    if phone != before:
        tell_old_number(before, "【灵保】您的养老保险账户已换用另一个手机号登录。如果不是您办的，请马上到经办窗口或拨打 12333。")


@signed_in_only
def done(request: HttpRequest) -> HttpResponse:
    """The number as it is now."""
    me_of(request)
    now = phone_of(request.user)  # type: ignore[arg-type]
    return render(request, "account/phone_done.html", {"shown": f"{now[:3]}****{now[-4:]}"})
