"""The page of the console on which a platform asks that money of a worker who is not insured go back, and sees what became of it."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError, LingbaoError
from lingbao.registry.errors import NotFound
from lingbao.registry.orders import giving_back, platforms
from lingbao.web.account import words
from lingbao.web.desk.access import for_roles
from lingbao.web.desk.forms import fen_of, sent, text_of
from lingbao.web.desk.money_views import fault_status
from lingbao.web.desk.views import _key
from lingbao.web.platform.views import actor_of, console


@require_http_methods(["GET", "POST"])
@for_roles("platform")
def refunds(request: HttpRequest) -> HttpResponse:
    """What was asked for, the newest first, and the form to ask."""
    _, number = actor_of(request)
    faults: dict[str, LingbaoError] = {}
    if request.method == "POST":
        faults = sent(lambda: _ask(request, number))
        if not faults:
            return redirect("/platform/refunds/")
    return console(request, "refunds", fault_status(faults), faults=faults, given=request.POST if faults else {}, platform=platforms.platform(number),
                   longest=giving_back.LONGEST, key=text_of(request, "key", 60) or secrets.token_hex(12),
                   asked=[{**asdict(each), "said": words.said(words.REFUND_STATES, each.state, request.lang)}  # type: ignore[attr-defined]
                          for each in giving_back.asked(number)])


def _ask(request: HttpRequest, number: int) -> dict[str, Any]:
    try:
        return giving_back.ask(number, _key(request), text_of(request, "reference", 100), fen_of(request, "amount_fen"),
                               reason=text_of(request, "reason", giving_back.LONGEST + 1))
    except NotFound as fault:  # a reference written wrongly is said on the form, and what was written stays
        raise InputError(fault.code, value=fault.value, where="reference", zh=fault.zh, en=fault.en) from fault
