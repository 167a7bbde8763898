"""The form by which one takes back what one asked for, at the foot of its page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lingbao.registry.errors import NotFound
from lingbao.web.account.form_key import key_of


def withdrawn(request: HttpRequest, address: str, withdraw: Callable[[str], object]) -> HttpResponse:
    """Take something back, once for the key of its form, and show its page again.

    Raises
    ------
    NotFound
        If the form asks for something else.
    InputError
        If it brought no key.
    """
    action = request.POST.get("action", "")
    if action != "withdraw":
        raise NotFound("account.no_step", value=action[:20], zh="没有这一步。", en="There is no such step.")
    withdraw(key_of(request.POST.get("key", "")))
    return redirect(address)
