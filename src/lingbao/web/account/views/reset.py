"""A lost password: a code to the telephone and, once a person stands behind the account, the identity number as well.

Telephone numbers are given to new holders, so holding the number alone does not open somebody's pension account.
"""

from __future__ import annotations

import hmac
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from lingbao.law.errors import InputError
from lingbao.registry.errors import Forbidden, NotFound
from lingbao.registry.keys import blind_index
from lingbao.registry.notices.sending import queue
from lingbao.registry.people.actors import signed_in
from lingbao.registry.people.identity import IdentityNumber
from lingbao.registry.people.persons import read
from lingbao.registry.session import SYSTEM, acting_as
from lingbao.web.account import lockout
from lingbao.web.account.access import today
from lingbao.web.account.forms import IdentityForm, NewPasswordForm, in_language
from lingbao.web.account.logins import login_with
from lingbao.web.account.views import steps

PURPOSE, ADDRESS = "reset", "/account/reset/"
_SHOWN = "identity shown"  # in the session: for which number of a code the identity number was right
NOBODY = NotFound("account.nobody", zh="没有用这个手机号开的账户。请核对号码，或先开户。", en="No account was opened with this number. Check it, or open one.")
OTHER = InputError("account.not_same", zh="身份号码与这个账户的登记不一致。手机号换过主人或号码登记有误的，请带身份证到经办窗口办理。",
                   en="The identity number is not the one of this account. If the telephone number had another holder, take your identity card to a counter.")


def phone(request: HttpRequest) -> HttpResponse:
    """Ask for the telephone number of the account."""
    return steps.ask_phone(request, PURPOSE, ("重设密码", "A new password"), ("填开户用的手机号，我们发一个验证码。", "Enter the number of your account; we send a code to it."),
                           "/account/sign-in/", f"{ADDRESS}code/")


def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code."""
    found = steps.ask_code(request, PURPOSE, ADDRESS)
    if isinstance(found, HttpResponse):
        return found
    forget_identity(request)
    if login_with(found) is None:
        raise NOBODY
    return redirect(f"{ADDRESS}identity/")


def identity(request: HttpRequest) -> HttpResponse:
    """Ask for the identity number if a person stands behind the account; wrong ones close the account for a while."""
    user = holder(request)
    if user is None:
        return redirect(ADDRESS)
    if not asks_identity(request, user):
        return redirect(f"{ADDRESS}password/")
    form = IdentityForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            show_identity(request, user, form.cleaned_data["number"])
            return redirect(f"{ADDRESS}password/")
        except InputError as error:
            form.add_error(None, in_language(error, form))
    return steps.asked(request, form, ("您的公民身份号码？", "What is your identity number?"),
                       ("手机号可能换过主人，所以还要核对身份号码。", "A number can pass to another holder, so we check who you are."), ("继续", "Continue"), ADDRESS)


@sensitive_post_parameters("password1")
def password(request: HttpRequest) -> HttpResponse:
    """Ask for the new password; every session under the old one ends."""
    user = holder(request)
    if user is None or not identity_shown(request, user):
        return redirect(ADDRESS if user is None else f"{ADDRESS}identity/")
    form = NewPasswordForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            choose(request, user, form.cleaned_data["password1"])
        except InputError as error:
            form.add_error("password1", in_language(error, form))
        else:
            return render(request, "account/reset_done.html")
    return steps.asked(request, form, ("设新密码", "Choose a new password"), ("保存后，其他设备上的登录都会退出。", "Every other device is signed out then."),
                       ("保存新密码", "Save the new password"), ADDRESS, username=user.get_username())


def holder(request: HttpRequest) -> Any:
    """Return the login of the number whose code was right in this session, or None."""
    found = steps.confirmed(request, PURPOSE)
    return None if found is None else login_with(found)


def forget_identity(request: HttpRequest) -> None:
    """Let a new code ask for the identity number anew."""
    request.session.pop(_SHOWN, None)


def asks_identity(request: HttpRequest, user: Any) -> bool:
    """Return whether a person stands behind the account, whose identity number has to be shown; where none does, nothing is left to show."""
    if _person(user.get_username()) is not None:
        return True
    request.session[_SHOWN] = user.pk
    return False


def show_identity(request: HttpRequest, user: Any, number: IdentityNumber) -> None:
    """Compare an identity number with the record, and note in the session that it is the person's.

    Raises
    ------
    InputError
        If it is another's, which counts like a wrong password, or too many were wrong.
    """
    name = user.get_username()
    person = _person(name)
    tried = lockout.attempt(name)
    if person is None or not _same(person, number):
        raise OTHER
    lockout.passed(tried)
    request.session[_SHOWN] = user.pk


def identity_shown(request: HttpRequest, user: Any) -> bool:
    """Return whether this session has shown all that is asked for before a new password."""
    return bool(request.session.get(_SHOWN) == user.pk)


def choose(request: HttpRequest, user: Any, password: str) -> None:
    """Set the new password, use up the code, end every session under the old password and tell the person.

    Raises
    ------
    InputError
        If the code was used before.
    """
    with transaction.atomic():
        steps.finish(request, PURPOSE)
        user.set_password(password)
        user.save(update_fields=["password"])
    lockout.forget(user.get_username())
    _tell(user.get_username())
    request.session.flush()


def _tell(login: str) -> None:
    """Put word of the reset on the person's page and to the telephone."""
    person = _person(login)
    if person is not None:
        queue(SYSTEM, person, "password_reset", {"date": today().isoformat()}, about=f"password:{timezone.now():%Y-%m-%dT%H:%M:%S.%f}")


def _person(login: str) -> int | None:
    with acting_as(SYSTEM):
        try:
            return signed_in(login).person
        except Forbidden:
            return None


def _same(person: int, number: IdentityNumber) -> bool:
    with acting_as(SYSTEM):
        known = read([person], ["identity_number"], purpose="本人重设密码核对")[person]["identity_number"] or ""
    return hmac.compare_digest(blind_index(known, "compare"), blind_index(number.text, "compare"))
