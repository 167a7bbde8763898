"""Pages of contributions and subsidies: what a person paid in error, and what payers of subsidies owe and send."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.registry.session import Actor
from lingbao.web import figures
from lingbao.web.account import bank
from lingbao.web.desk import commands, contributions
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import date_of, fen_of, sent, text_of
from lingbao.web.desk.money_views import fault_status
from lingbao.web.desk.opening import with_file
from lingbao.web.desk.queues import today
from lingbao.web.desk.views import CASES, _key, _number, page

LONGEST = 2000


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY)
@with_file(*AGENCY)
def of_person(request: HttpRequest, number: str) -> HttpResponse:
    """Contributions of a person, and a form to propose that one be taken back."""
    actor, person, lang = request.actor, int(number), request.lang  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        faults = sent(lambda: contributions.taking_back(actor, _key(request), _number(request, "entry") or 0, reason=text_of(request, "reason", LONGEST)))
        if not faults:
            return redirect("/desk/queue/refunds/")
    paid = [{**each, "what": " – ".join(str(month // 12) if each["by_year"] else figures.month(month, lang) for month in sorted({each["first"], each["month"]}))}
            for each in contributions.paid(actor, person)]
    return page(request, "contributions", fault_status(faults), found=request.file, faults=faults,  # type: ignore[attr-defined]
                paid=[each for each in paid if not each["asked"]], asked=[each for each in paid if each["asked"]], given=request.POST)


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def subsidies(request: HttpRequest) -> HttpResponse:
    """What payers owe, the form for money that came from one, and persons to whom something may be paid out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, AGENCY)
        pays = request.POST.get("action") == "pay"
        faults = sent(lambda: _propose(request, actor) if pays else _book(request, actor))
        if not faults:
            return redirect("/desk/queue/refunds/" if pays else "/desk/subsidies/")
    found = contributions.subsidies(actor)
    return page(request, "subsidies", fault_status(faults), faults=faults, payers=found["payers"], given=request.POST, today=today(),
                persons=[{**each, "key": secrets.token_hex(12)} for each in found["persons"]], may_book=actor.role in AGENCY)


def _book(request: HttpRequest, actor: Actor) -> None:
    contributions.subsidy_money(actor, _key(request), text_of(request, "payer", 40), fen_of(request, "fen"), text_of(request, "reference", 60), date_of(request, "on"))


def _propose(request: HttpRequest, actor: Actor) -> None:
    person = _number(request, "person") or 0
    commands.refund_proposal(actor, _key(request), person, fen_of(request, f"fen{person}"), channel=bank.channel(), reason="支付应退款", where=f"fen{person}", kind="owed")
