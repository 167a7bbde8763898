"""At the counter: proof of employee insurance, so that platforms withhold nothing; and its end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.registry.orders import exemptions
from lingbao.registry.session import Actor, run_as
from lingbao.web.account.words import EXEMPTION_STATES
from lingbao.web.desk import asked, files
from lingbao.web.desk.access import AGENCY, for_roles
from lingbao.web.desk.forms import date_of, sent, text_of
from lingbao.web.desk.money_views import fault_status
from lingbao.web.desk.opening import with_file
from lingbao.web.desk.queues import today
from lingbao.web.desk.views import _key, _number, page


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY)
@with_file(*AGENCY)
def exemption(request: HttpRequest, number: str) -> HttpResponse:
    """Take a request with its proof at the counter, or end an exemption."""
    actor, person = request.actor, int(number)  # type: ignore[attr-defined]
    found = request.file  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        faults = sent(lambda: _do(request, actor, person))
        if not faults:
            return redirect(f"/desk/persons/{person}/exemption/")
    requests, granted = of(actor, person)
    return page(request, "exemption", fault_status(faults), found=found, faults=faults, given=request.POST, today=today(),
                requests=[{"each": each, "state": asked.both(EXEMPTION_STATES[each.state])} for each in requests],
                exemptions=[{"each": each, "running": each.until >= today() and each.end_reason is None} for each in granted],
                open=any(each.state in ("asked", "checked") for each in requests))


def _do(request: HttpRequest, actor: Actor, person: int) -> None:
    number = _number(request, "exemption")
    if number is not None:
        exemptions.end(actor, _key(request), number, last=date_of(request, "last"), reason=text_of(request, "reason", 1000), today=today())
    else:
        take(actor, _key(request), person, date_of(request, "since"), date_of(request, "until"), text_of(request, "words", 2000), text_of(request, "checked", 2000))


def take(actor: Actor, key: str, person: int, since: date, until: date, words: str, checked: str) -> dict[str, Any]:
    """Take a request at the counter, its proof checked by who takes it; another person approves."""
    files.known(actor, person)
    wish = exemptions.Wish(person, actor.province or "", since, until, words)
    return exemptions.ask(actor, key, wish, today=today(), checked=checked)


def of(actor: Actor, person: int) -> tuple[list[exemptions.Request], list[exemptions.Exemption]]:
    """Return requests and exemptions of a person, as the actor may see them."""
    return run_as(actor, lambda: (exemptions.requests_of(person), exemptions.exemptions_of(person)))
