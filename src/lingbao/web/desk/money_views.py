"""Pages of pensions in payment: the monthly run from its preparation to the bank, and the yearly rise."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, format_month, parse_month
from lingbao.registry.benefits import payment, rises
from lingbao.registry.benefits.figures import payable, rise_figures, run_figures
from lingbao.registry.benefits.figures import rises as all_rises
from lingbao.registry.errors import Conflict
from lingbao.registry.orders.tables import rows
from lingbao.registry.session import SYSTEM, Actor, run_as
from lingbao.web.desk import commands
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import fen_of, progress, refresh, sent, text_of
from lingbao.web.desk.jobs import ask, latest
from lingbao.web.desk.queues import today
from lingbao.web.desk.views import CASES, _key, _number, page
from lingbao.web.desk.words import word
from lingbao.web.errors import status_of

TILTS = 3  # tilts by age that the form takes
MOST_SHARE = Decimal(20)  # percent: more is a slip of the pen


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
    return page(request, "runs", fault_status(faults), faults=faults, may_prepare=actor.role in AGENCY, owed=owed, runs=[
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
    run_as(actor, lambda: rows("SELECT 1 FROM benefit_run WHERE id = %s", [wanted])) or _unseen(wanted)
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
    found = run_as(SYSTEM, lambda: run_figures(wanted))
    supervisor = actor.role == "supervisor" and actor.province == found.province
    return page(request, "run", fault_status(faults), faults=faults, found=found, month=format_month(found.month), from_month=format_month(found.from_month),
                state=word("states", found.state), job=job, refresh=refresh(job), before=_before(found.province, found.month),
                may_approve=supervisor and found.state == "prepared" and found.prepared_by != actor.id,
                may_pay=supervisor and found.state == "approved" and not (job and job.going),
                own=found.state == "prepared" and found.prepared_by == actor.id)


def _unseen(number: int) -> None:
    raise payment.no_run(number)


def _run(request: HttpRequest, actor: Actor, number: int) -> None:
    if request.POST.get("action") == "pay":
        found = run_as(SYSTEM, lambda: run_figures(number))
        if found.state != "approved":
            raise Conflict("benefit.not_approved", value=number, zh="这个批次尚未审批，或已发完。", en="This run is not approved, or all paid.")
        ask(actor, "pay", number)
    else:
        commands.run_approval(actor, _key(request), number)


def _before(province: str, month: int) -> dict[str, Any] | None:
    """Return payments and sum of the last run before a month, to compare with."""
    found = run_as(SYSTEM, lambda: rows(
        "SELECT r.month, sum(c.payments)::bigint, sum(c.fen)::bigint FROM benefit_run r JOIN benefit_chunk c ON c.run_id = r.id"
        " WHERE r.province = %s AND r.month < %s GROUP BY r.id, r.month ORDER BY r.month DESC, r.id DESC LIMIT 1", [province, month]))
    return {"month": format_month(found[0][0]), "payments": found[0][1], "fen": found[0][2]} if found else None


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def rises_page(request: HttpRequest) -> HttpResponse:
    """Yearly rises of the province; one enters the notice, another approves it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, AGENCY)
        faults = sent(lambda: rises.enter(actor, _key(request), _rise(request, actor)))
        if not faults:
            return redirect("/desk/rises/")
    return page(request, "rises", fault_status(faults), faults=faults, may_enter=actor.role in AGENCY, year=today().year, given=request.POST,
                tilts=[{"n": n, "age": request.POST.get(f"age{n}", ""), "fen": request.POST.get(f"tilt{n}", "")} for n in range(1, TILTS + 1)],
                rises=[{**asdict(each), "state": word("states", _state(each))} for each in run_as(SYSTEM, lambda: all_rises(actor.province))])


def _state(rise: Any) -> str:
    if rise.approved_by is None:
        return "entered"
    return "done" if rise.raised and rise.raised >= rise.concerned else "approved"


def _rise(request: HttpRequest, actor: Actor) -> rises.Rise:
    year = _number(request, "year") or 0
    if not 2000 <= year <= today().year + 1:
        raise InputError("desk.rise_year", value=year, where="year", zh="请填写调整的年份，如 2026。", en="Give the year of the rise, such as 2026.")
    document = text_of(request, "document", 100)
    if not document:
        raise InputError("desk.rise_document", where="document", zh="请填写调整文件的文号。", en="Give the number of the notice.")
    tilts = [((_number(request, f"age{n}") or 0) * MONTHS_PER_YEAR, fen_of(request, f"tilt{n}"))
             for n in range(1, TILTS + 1) if text_of(request, f"age{n}", 3)]
    return rises.Rise(actor.province or "", year, document, fen_of(request, "fixed"), fen_of(request, "per_year"), _share(text_of(request, "share", 10)), tilts)


def _share(text: str) -> float:
    try:
        percent = Decimal(text)
    except InvalidOperation:
        percent = Decimal(-1)
    if not percent.is_finite() or not 0 <= percent <= MOST_SHARE:
        raise InputError("desk.rise_share", value=text, where="share", zh=f"“{text}”应为 0 到 {MOST_SHARE} 之间的百分数，如 1.2。",
                         en=f"'{text}' must be a percentage from 0 to {MOST_SHARE}, such as 1.2.")
    return float(percent / 100)


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def rise(request: HttpRequest, number: str) -> HttpResponse:
    """One rise: as entered, approved by a second person, applied with progress."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = int(number)
    found = run_as(SYSTEM, lambda: rise_figures(wanted))
    if actor.province is not None and actor.province != found.province:
        raise rises.no_rise(wanted)
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, ("supervisor",))
        faults = sent(lambda: _rise_step(request, actor, wanted, found.approved_by))
        if not faults:
            return redirect(f"/desk/rises/{wanted}/")
    job = latest("rise", wanted)
    part = progress(request, job)
    if part is not None:
        return part
    supervisor = actor.role == "supervisor"
    return page(request, "rise", fault_status(faults), faults=faults, found=found, state=word("states", _state(found)), job=job, refresh=refresh(job),
                share=f"{100 * found.share:.4f}".rstrip("0").rstrip("."), tilts=[{"age": months // MONTHS_PER_YEAR, "fen": fen} for months, fen in found.tilts],
                may_approve=supervisor and found.approved_by is None and found.entered_by != actor.id,
                may_apply=supervisor and found.approved_by is not None and found.raised < found.concerned and not (job and job.going),
                own=found.approved_by is None and found.entered_by == actor.id)


def _rise_step(request: HttpRequest, actor: Actor, number: int, approved_by: int | None) -> None:
    if request.POST.get("action") == "apply":
        if approved_by is None:
            raise Conflict("benefit.state", value=number, zh="这项调整尚未审批。", en="This rise is not approved.")
        ask(actor, "rise", number)
    else:
        rises.approve(actor, _key(request), number)
