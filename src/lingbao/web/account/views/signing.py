"""Open an account: a telephone number, the code sent to it, a password; then straight in."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters

from lingbao.law.errors import InputError
from lingbao.web.account.forms import NewPasswordForm, in_language
from lingbao.web.account.logins import TAKEN, login_with, open_login
from lingbao.web.account.views import steps

PURPOSE, ADDRESS = "sign-up", "/account/sign-up/"
HEADING = ("开户", "Open an account")


def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for the telephone number."""
    if request.user.is_authenticated:
        return redirect("/account/")
    return steps.ask_phone(request, PURPOSE, HEADING, ("先验证手机号，再设密码、填身份信息，约三分钟。", "First your number, then a password and who you are: about three minutes."),
                           "/account/sign-in/", f"{ADDRESS}code/")


def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; who holds the number learns whether it has an account."""
    if request.user.is_authenticated:
        return redirect("/account/")
    phone = steps.ask_code(request, PURPOSE, ADDRESS)
    if isinstance(phone, HttpResponse):
        return phone
    if login_with(phone) is not None:
        raise TAKEN
    return redirect(f"{ADDRESS}password/")


@sensitive_post_parameters("password1")
def password(request: HttpRequest) -> HttpResponse:
    """Ask for a password and open the account."""
    phone = steps.confirmed(request, PURPOSE)
    if request.user.is_authenticated or phone is None:
        return redirect("/account/" if request.user.is_authenticated else ADDRESS)
    form = NewPasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                steps.finish(request, PURPOSE)
                user = open_login(phone, form.cleaned_data["password1"])
        except InputError as error:
            form.add_error("password1", in_language(error, form))
        else:
            user.backend = settings.AUTHENTICATION_BACKENDS[0]  # type: ignore[attr-defined]
            return perform_login(request, user, redirect_url="/account/identity/")
    return steps.asked(request, form, ("设密码", "Choose a password"), ("以后用手机号和这个密码登录。", "From now on you sign in with your number and this password."),
                       ("开户", "Open the account"), ADDRESS, username=phone)
