"""Pages of pensions in payment: the monthly run from its preparation to the bank, and the yearly rise."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.month import MONTHS_PER_YEAR, format_month, parse_month
from lingbao.registry.benefits import rises
from lingbao.registry.benefits.figures import payable
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.web.desk import commands, pensions
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import fen_of, progress, refresh, sent, text_of
from lingbao.web.desk.jobs import latest
from lingbao.web.desk.queues import this_month, today
from lingbao.web.desk.views import CASES, _key, _number, page
from lingbao.web.desk.words import word
from lingbao.web.errors import status_of

TILTS = 3  # tilts by age that the form takes


def fault_status(faults: dict[str, Any]) -> int:
    return max((status_of(fault) for fault in faults.values()), default=200)


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def runs(request: HttpRequest) -> HttpResponse:
    """Payment runs; one prepares, another approves. What the bank has paid out is booked here too."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        faults = sent(lambda: _runs(request, actor))
        if not faults:
            return redirect("/desk/runs/")
    owed = run_as(SYSTEM, lambda: payable(actor.province or "")) if actor.role in AGENCY else 0
    return page(request, "runs", fault_status(faults), faults=faults, may_prepare=actor.role in AGENCY, owed=owed, this_month=format_month(this_month()), runs=[
        {**each, "month": format_month(each["month"]), "word": word("states", each["state"])} for each in commands.runs(actor)])


def _runs(request: HttpRequest, actor: Actor) -> None:
    number = _number(request, "run")
    if number is not None:
        check_role(actor, ("supervisor",))
        commands.run_approval(actor, _key(request), number)
    elif "fen" in request.POST:
        check_role(actor, ("supervisor",))
        commands.disbursement(actor, _key(request), fen_of(request, "fen"), text_of(request, "reference", 64))
    else:
        check_role(actor, AGENCY)
        commands.run_preparation(actor, _key(request), parse_month(text_of(request, "month", 10)))


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def run(request: HttpRequest, number: str) -> HttpResponse:
    """One run in figures; approve it, pay it, see how far it is."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = int(number)
    found = pensions.run_of(actor, wanted)
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, ("supervisor",))
        faults = sent(lambda: _run(request, actor, wanted))
        if not faults:
            return redirect(f"/desk/runs/{wanted}/")
    job = latest("pay", wanted)
    part = progress(request, job)
    if part is not None:
        return part
    supervisor = actor.role == "supervisor" and actor.province == found.province
    return page(request, "run", fault_status(faults), faults=faults, found=found, month=format_month(found.month), from_month=None if found.from_month is None else format_month(found.from_month),
                state=word("states", found.state), job=job, refresh=refresh(job), before=pensions.run_before(found),
                may_approve=supervisor and found.state == "prepared" and found.prepared_by != actor.id,
                may_pay=supervisor and found.state == "approved" and not (job and job.going),
                own=found.state == "prepared" and found.prepared_by == actor.id)


def _run(request: HttpRequest, actor: Actor, number: int) -> None:
    if request.POST.get("action") == "pay":
        pensions.start_payment(actor, number)
    else:
        commands.run_approval(actor, _key(request), number)


SCHEMES = {"employee": {"zh": "职工养老金", "en": "Employee scheme"}, "resident": {"zh": "居民基础养老金", "en": "Resident basic pension"}}


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def rises_page(request: HttpRequest) -> HttpResponse:
    """Rises of the province in both schemes; one enters the notice, another approves it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    wish = request.POST.get("scheme") or request.GET.get("scheme", "")
    scheme = wish if wish in SCHEMES else "employee"
    if request.method == "POST":
        check_role(actor, AGENCY)
        faults = sent(lambda: _enter(request, actor, scheme))
        if not faults:
            return redirect("/desk/rises/")
    return page(request, "rises", fault_status(faults), faults=faults, may_enter=actor.role in AGENCY, year=today().year, given=request.POST, scheme=scheme,
                schemes=[{"name": name, **word} for name, word in SCHEMES.items()],
                tilts=[{"n": n, "age": request.POST.get(f"age{n}", ""), "fen": request.POST.get(f"tilt{n}", "")} for n in range(1, TILTS + 1)],
                rises=[{**asdict(each), "state": word("states", each.state), "scheme": SCHEMES[each.scheme], "from_month": format_month(each.from_month)}
                       for each in pensions.rises_of(actor)])


def _enter(request: HttpRequest, actor: Actor, scheme: str) -> None:
    tilts = [((_number(request, f"age{n}") or 0) * MONTHS_PER_YEAR, fen_of(request, f"tilt{n}"))
             for n in range(1, TILTS + 1) if text_of(request, f"age{n}", 3)]
    common: dict[str, Any] = {"scheme": scheme, "document": text_of(request, "document", 100), "source": text_of(request, "source", 300),
                              "fixed_fen": fen_of(request, "fixed"), "tilts": tilts}
    if scheme == "resident":
        pensions.enter_rise(actor, _key(request), from_month=parse_month(text_of(request, "from_month", 10)), area=text_of(request, "area", 60), **common)
    else:
        pensions.enter_rise(actor, _key(request), from_month=(_number(request, "from_month") or 0) * MONTHS_PER_YEAR,
                            per_year_fen=fen_of(request, "per_year"), share=_share(text_of(request, "share", 10)), **common)


def _share(text: str) -> float:
    try:
        percent = Decimal(text)
    except InvalidOperation:
        percent = Decimal(-1)
    return float(percent / 100) if percent.is_finite() else -1.0


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def rise(request: HttpRequest, number: str) -> HttpResponse:
    """One rise: as entered, approved by a second person, applied with progress."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = int(number)
    found = pensions.rise_of(actor, wanted)
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, AGENCY if request.POST.get("action") == "refuse" else ("supervisor",))
        faults = sent(lambda: _rise_step(request, actor, wanted))
        if not faults:
            return redirect(f"/desk/rises/{wanted}/")
    job = latest("rise", wanted)
    part = progress(request, job)
    if part is not None:
        return part
    supervisor, entered = actor.role == "supervisor", found.state == "entered"
    return page(request, "rise", fault_status(faults), faults=faults, found=found, state=word("states", found.state), job=job, refresh=refresh(job),
                scheme=SCHEMES[found.scheme], from_month=format_month(found.from_month), recorded=pensions.recorded(found) if entered else None,
                share=f"{100 * found.share:.4f}".rstrip("0").rstrip("."), tilts=[{"age": months // MONTHS_PER_YEAR, "fen": fen} for months, fen in found.tilts],
                may_approve=supervisor and entered and found.entered_by != actor.id, may_refuse=entered and (supervisor or found.entered_by == actor.id),
                may_apply=supervisor and found.approved_by is not None and found.raised < found.concerned and not (job and job.going),
                own=entered and found.entered_by == actor.id)


def _rise_step(request: HttpRequest, actor: Actor, number: int) -> None:
    action = request.POST.get("action")
    if action == "apply":
        pensions.start_rise(actor, number)
    elif action == "refuse":
        pensions.refuse_rise(actor, _key(request), number, reason=text_of(request, "reason", 1000))
    else:
        rises.approve(actor, _key(request), number)
