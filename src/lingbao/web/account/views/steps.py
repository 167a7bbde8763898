"""The pages that ask one thing on the way in: a number, a code, a password; what was confirmed stands in the session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import InputError
from lingbao.web.account.forms import CodeForm, PhoneForm, Step, in_language, said
from lingbao.web.credentials import text_codes
from lingbao.web.security import client_address

Words = tuple[str, str]


def _kept(purpose: str) -> str:
    return f"text code {purpose}"


def asked(request: HttpRequest, form: Step, heading: Words, lead: Words, button: Words, back: str, **more: Any) -> HttpResponse:
    """Show one question."""
    here = 0 if getattr(request, "lang", "zh") == "zh" else 1
    return render(request, "account/step.html", {
        "form": form, "heading": heading[here], "lead": lead[here], "button": button[here], "back_address": back,
        "demonstration": settings.LINGBAO_DEMONSTRATION, **more}, status=422 if form.is_bound and form.errors else 200)


def ask_phone(request: HttpRequest, purpose: str, heading: Words, lead: Words, back: str, on: str) -> HttpResponse:
    """Ask for a telephone number and send it a code, whoever it belongs to: the answer does not tell who has an account."""
    form = PhoneForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        try:
            send_code(request, purpose, form.cleaned_data["phone"])
        except InputError as error:
            form.add_error(None, in_language(error, form))
        else:
            return redirect(on)
    return asked(request, form, heading, lead, ("发验证码", "Send the code"), back)


def ask_code(request: HttpRequest, purpose: str, back: str) -> str | HttpResponse:
    """Ask for the code; return the telephone once it is right, and the page or the way back otherwise."""
    number = request.session.get(_kept(purpose), 0)
    phone = text_codes.phone_of(number, purpose)
    if phone is None:
        return redirect(back)
    if text_codes.confirmed(number, purpose) is not None:
        return phone  # the page was opened or sent once more
    again = request.method == "POST" and "again" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not again else None, request=request)
    fault = None
    if again:
        try:
            send_code(request, purpose, phone)
        except InputError as error:
            fault = said(error, request)
    elif request.method == "POST" and form.is_valid():
        try:
            return text_codes.confirm(number, form.cleaned_data["code"])
        except InputError as error:
            form.add_error("code", in_language(error, form))
    shown = f"{phone[:3]}****{phone[-4:]}"
    return asked(request, form, ("输入验证码", "Enter the code"), (f"已发到 {shown}，10 分钟内有效。", f"It went to {shown} and is valid for 10 minutes."),
                 ("继续", "Continue"), back, again=True, fault=fault, sent=again and fault is None)


def confirmed(request: HttpRequest, purpose: str) -> str | None:
    """Return the telephone that was confirmed in this session a short while ago."""
    return text_codes.confirmed(request.session.get(_kept(purpose), 0), purpose)


def finish(request: HttpRequest, purpose: str) -> None:
    """Use up the code, in the transaction that does what it was for.

    Raises
    ------
    InputError
        If it was used before.
    """
    text_codes.use(request.session.get(_kept(purpose), 0))


def send_code(request: HttpRequest, purpose: str, phone: str) -> None:
    """Send a code and keep its number in the session."""
    request.session[_kept(purpose)] = text_codes.send(purpose, phone, client_address("text", request), getattr(request, "lang", "zh"))


def number_sent(request: HttpRequest, purpose: str) -> int:
    """Return the number of the last code sent in this session, 0 where there is none."""
    return int(request.session.get(_kept(purpose), 0))
