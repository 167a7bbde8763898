"""Pages of the administrator, who keeps the accounts of staff and platforms and sees no personal data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError, LingbaoError
from lingbao.registry.errors import Forbidden, NotFound
from lingbao.registry.people.actor_events import HELD, events, events_in_all, needs_two, open_requests
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.web.credentials import staff
from lingbao.web.credentials.invitations import Invited
from lingbao.web.desk import oversight
from lingbao.web.desk.access import PURPOSE, for_roles
from lingbao.web.desk.paging import AT_A_TIME, part
from lingbao.web.desk.views import _number, _text, page
from lingbao.web.desk.words import word, words
from lingbao.web.errors import status_of


@require_http_methods(["GET", "POST"])
@for_roles("administrator")
def actors(request: HttpRequest) -> HttpResponse:
    """Accounts of staff and platforms, and whom to appoint."""
    actor = request.actor  # type: ignore[attr-defined]
    faults = {}
    if request.method == "POST":
        try:
            number, invited = staff.appointment(actor, _text(request, "role", 20), _text(request, "name", 100), _text(request, "login", 60),
                                           agency=_number(request, "agency"), platform=_number(request, "platform"))
            return _shown(request, invited) if invited else redirect(f"/desk/actors/{number}/")
        except (InputError, NotFound) as fault:
            faults = {fault.where or "": fault}
    roles = [{"name": name, **each} for name, each in words()["roles"].items() if name in staff.ROLES]
    agencies, platforms = oversight.limits(actor)
    waiting, shown = _lines(run_as(actor, open_requests)), part(request, oversight.actors_in_all(actor))
    held = {line["event"].actor for line in waiting if line["event"].action in HELD}
    return page(request, "actors", 422 if faults else 200, faults=faults, roles=roles, agencies=list(agencies.items()), platforms=list(platforms.items()), waiting=waiting,
                given={name: _text(request, name, 100) for name in ("role", "name", "login", "agency", "platform")} if faults else {},
                actors=[{**each, "waits": each["id"] in held, "word": word("roles", each["role"]), "of": agencies.get(each["agency"]) or platforms.get(each["platform"]) or ""}
                        for each in oversight.actors(actor, after=shown.after, most=AT_A_TIME)], part=shown)


@require_http_methods(["GET", "POST"])
@for_roles("administrator")
def account(request: HttpRequest, number: str) -> HttpResponse:
    """One account: what was done to it, the resets, and its end."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = oversight.account(actor, int(number))
    faults: dict[str, LingbaoError] = {}
    if request.method == "POST":
        try:
            invited = _done(request, actor, int(number))
            return _shown(request, invited) if invited else redirect(f"/desk/actors/{int(number)}/")
        except (InputError, NotFound, Forbidden) as fault:
            faults = {"": fault}
    lines = _lines(run_as(actor, lambda: events(int(number))))
    asked = _lines(run_as(actor, lambda: open_requests(int(number))))
    agencies, platforms = oversight.limits(actor)
    return page(request, "account", status_of(faults[""]) if faults else 200, faults=faults,
                found={**found, "word": word("roles", found["role"]), "of": agencies.get(found["agency"]) or platforms.get(found["platform"]) or ""},
                lines=lines, asked=asked, waits=any(line["event"].action in HELD for line in asked), needs_two=run_as(actor, lambda: needs_two(int(number))))


@require_GET
@for_roles("administrator", "auditor")
def history(request: HttpRequest) -> HttpResponse:
    """What was done to all accounts: by whom, when and why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = part(request, run_as(actor, events_in_all))
    return page(request, "account_history", lines=_lines(run_as(actor, lambda: events(after=shown.after, most=AT_A_TIME))), part=shown)


def _done(request: HttpRequest, actor: Actor, number: int) -> Invited | None:
    """Do what the form asks and return the one-time code, where one was made."""
    action, reason = _text(request, "action", 30), _text(request, "reason", 200)
    if action == "password":
        return staff.reset_password(actor, number, reason=reason)
    if action == "authenticator":
        staff.ask_authenticator_reset(actor, number, reason=reason)
        return None
    if action == "dismiss":
        staff.dismissal(actor, number, reason=reason)
        return None
    if action in ("grant", "refuse"):
        return staff.answer(actor, _number(request, "request") or 0, granted=action == "grant", reason=reason)
    raise InputError("desk.action", value=action, where="action", zh="请选择要办理的事项。", en="Choose what to do.")


def _shown(request: HttpRequest, invited: Invited) -> HttpResponse:
    """Show a one-time code, once: it stands in no address and is not kept."""
    return page(request, "invited", invited=invited, address=request.build_absolute_uri("/desk/first/"))


# The purpose of the session, which an appointment is noted with where no reason is asked for.
_MADE = {PURPOSE: {"zh": "在工作台办理", "en": "at the desk"}, SYSTEM.purpose: {"zh": "在服务器上办理", "en": "at the machine"}}


def _lines(found: list[Any]) -> list[dict[str, Any]]:
    return [{"event": each, "word": word("account_events", each.action), "reason": _MADE.get(each.reason) or {"zh": each.reason, "en": each.reason}} for each in found]
