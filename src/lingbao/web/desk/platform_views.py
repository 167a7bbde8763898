"""The page of platforms' money: what each owes, transfers entered by one and booked by another, the turn-over of a month."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError
from lingbao.law.month import format_month, parse_month
from lingbao.registry.orders import receipts
from lingbao.registry.session import Actor
from lingbao.web.account import bank
from lingbao.web.desk import commands, platform_money
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import date_of, fen_of, progress, refresh, sent, text_of
from lingbao.web.desk.money_views import fault_status
from lingbao.web.desk.queues import this_month, today
from lingbao.web.desk.views import CASES, _key, _number, page
from lingbao.web.desk.words import word

REASON = "平台代扣，本人没有参保，不能转入缴费"


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def platforms(request: HttpRequest) -> HttpResponse:
    """What platforms owe, transfers that wait, and the turn-over."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, AGENCY)
        faults = sent(lambda: _do(request, actor))
        if not faults:
            return redirect("/desk/queue/refunds/" if text_of(request, "action", 20) == "refund" else "/desk/platforms/")
    job = platform_money.last_turnover(actor)
    part = progress(request, job)
    if part is not None:
        return part
    owing = receipts.owing(actor)
    names = {each.platform.id: each.platform for each in owing}
    return page(request, "platforms", fault_status(faults), faults=faults, given=request.POST, owing=owing, may_enter=actor.role in AGENCY,
                may_turn_over=actor.role == "supervisor" and not (job and job.going), job=job, refresh=refresh(job), month=format_month(this_month()), today=today(),
                asked_back=platform_money.asked_back(actor),
                unused=[{**each, "key": secrets.token_hex(12)} for each in platform_money.pays_nothing(actor)],
                receipts=[{"each": each, "platform": names.get(each.platform), "state": word("states", each.state), "waits": each.state == "entered",
                           "may_book": actor.role == "supervisor" and each.entered_by != actor.id,
                           "may_refuse": actor.role == "supervisor" or each.entered_by == actor.id} for each in receipts.receipts(actor)])


def _do(request: HttpRequest, actor: Actor) -> None:
    number, action = _number(request, "receipt"), text_of(request, "action", 20)
    if number is not None:
        platform_money.decide(actor, _key(request), number, action, reason=text_of(request, "reason", 1000))
    elif action == "refund":
        person = _number(request, "person") or 0
        commands.refund_proposal(actor, _key(request), person, fen_of(request, f"fen{person}"), channel=bank.channel(), reason=REASON, where=f"fen{person}", kind="withheld")
    elif action == "turnover":
        check_role(actor, ("supervisor",))
        platform_money.start_turnover(actor, parse_month(text_of(request, "month", 10)))
    else:
        platform = _number(request, "platform")
        if platform is None:
            raise InputError("desk.platform", where="platform", zh="请选择平台。", en="Choose the platform.")
        receipts.enter(actor, platform, text_of(request, "reference", 64), fen_of(request, "amount_fen"), date_of(request, "received_on"), today=today())
