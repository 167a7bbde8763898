"""Pages of the console."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError, LingbaoError
from lingbao.registry.errors import Conflict
from lingbao.registry.orders import platforms, reconciliation, settlement, webhooks
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.web.desk.access import for_roles
from lingbao.web.desk.queues import today
from lingbao.web.desk.views import page
from lingbao.web.desk.words import word
from lingbao.web.platform import examples, reading

SHOWN = 50  # workers not linked on the first page
MOST = 500  # lines of a reconciliation on the page; its file has them all


def console(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Return a page of the console."""
    return page(request, template, status, folder="platform", **context)


def actor_of(request: HttpRequest) -> tuple[Actor, int]:
    """Return who is signed in, and the number of his platform."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.platform is not None
    return actor, actor.platform


@require_GET
@for_roles("platform")
def home(request: HttpRequest) -> HttpResponse:
    """What is due, who is not linked, what came last."""
    actor, number = actor_of(request)
    unlinked = reconciliation.unknown_workers(number)
    return console(request, "home", platform=platforms.platform(number), due=settlement.due(number), files=reading.files(actor)[:5],
                    unknown=unlinked[:SHOWN], unlinked=len(unlinked), shown=SHOWN,
                    agreements=[{**vars(each), "word": word("methods", each.method)} for each in run_as(SYSTEM, lambda: platforms.agreements(number))])


@require_http_methods(["GET", "POST"])
@for_roles("platform")
def keys(request: HttpRequest) -> HttpResponse:
    """Issue and revoke keys; a new one is shown once."""
    actor, number = actor_of(request)
    new = None
    if request.method == "POST":
        revoked = request.POST.get("revoke", "").replace("\x00", "")[:60]
        if revoked:
            platforms.revoke_key(reading.own_key(actor, revoked))
            return redirect("/platform/keys/")
        new = platforms.issue_key(number)
    return console(request, "keys", platform=platforms.platform(number), keys=reading.keys(actor), new=new)


@require_GET
@for_roles("platform")
def files(request: HttpRequest) -> HttpResponse:
    """Files taken and refused."""
    actor, _ = actor_of(request)
    return console(request, "files", files=reading.files(actor), refusals=reading.refusals(actor))


@require_GET
@for_roles("platform")
def file(request: HttpRequest, number: str) -> HttpResponse:
    """One file, with what was wrong row by row."""
    actor, _ = actor_of(request)
    return console(request, "file", found=reading.file(actor, int(number)))


def _csv(text: str, name: str) -> HttpResponse:
    return HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'})


@require_GET
@for_roles("platform")
def report(request: HttpRequest, number: str) -> HttpResponse:
    """The whole report of a file, as CSV."""
    return _csv(reconciliation.report(actor_of(request)[1], int(number)), f"report-{number}")


def _day(request: HttpRequest, name: str, usual: date) -> date:
    text = request.GET.get(name, "")
    try:
        return date.fromisoformat(text) if text else usual
    except ValueError:
        raise InputError("orders.period", value=text[:20], where=name, zh=f"“{text[:20]}”不是日期，请写成 2026-11-01。",
                         en=f"“{text[:20]}” is no date; write 2026-11-01.") from None


@require_GET
@for_roles("platform")
def reconcile(request: HttpRequest) -> HttpResponse:
    """The reconciliation file of some business dates, on the page and as CSV."""
    _, number = actor_of(request)
    last = today()
    faults: dict[str, LingbaoError] = {}
    first = last - timedelta(days=30)
    try:
        first, last = _day(request, "first", first), _day(request, "last", last)
        if last < first or last - first > timedelta(days=400):
            raise InputError("orders.period", where="last", zh="起止日期有误，最多 400 天。", en="The dates are wrong; at most 400 days.")
    except InputError as fault:
        faults = {fault.where or "": fault}
        first, last = today() - timedelta(days=30), today()
    found = reconciliation.reconciliation(number, first, last)
    if request.GET.get("as") == "csv" and not faults:
        return _csv(found.text, f"reconciliation-{first}-{last}")
    lines = list(csv.reader(found.text.splitlines()))[1:-1]
    return console(request, "reconcile", 422 if faults else 200, faults=faults, found=found, lines=[{"day": each[0], "file": each[2], "orders": int(each[3]), "fen": int(each[5]), "settled": each[6]} for each in lines[:MOST]],
                    more=len(lines) > MOST, first=first, last=last, due=settlement.due(number))


@require_http_methods(["GET", "POST"])
@for_roles("platform")
def hooks(request: HttpRequest) -> HttpResponse:
    """Addresses in use, events, replay; the secret of a new address is shown once."""
    actor, number = actor_of(request)
    context: dict[str, Any] = {"faults": {}}
    if request.method == "POST":
        again = request.POST.get("replay", "")
        url = request.POST.get("url", "").replace("\x00", "").strip()[:501]
        try:
            if again.isascii() and again.isdigit() and len(again) < 19:
                webhooks.replay(number, int(again), timezone.now())
                return redirect("/platform/webhooks/")
            off = request.POST.get("remove", "")
            if off.isascii() and off.isdigit() and len(off) < 19:
                webhooks.remove(number, int(off))
                return redirect("/platform/webhooks/")
            context["new"] = {"url": url, "secret": webhooks.subscribe(number, url)}
        except (InputError, Conflict) as fault:
            context["faults"] = {"url": fault}
    return console(request, "webhooks", 422 if context["faults"] else 200, hooks=reading.webhooks(actor), events=reading.events(actor), **context)


@require_GET
@for_roles("platform")
def docs(request: HttpRequest) -> HttpResponse:
    """How to connect, with examples that run against the sandbox."""
    return console(request, "docs", examples=examples.examples(request.build_absolute_uri("/").rstrip("/")))
