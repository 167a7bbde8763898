"""Operations of the worker on cases: transfers, pensions, moves between schemes, complaints and appeals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from django.db import connection
from django.http import HttpRequest
from ninja import Router

from lingbao.law.errors import LingbaoError
from lingbao.law.month import format_month, parse_month
from lingbao.registry.benefits.payment import payments_of
from lingbao.registry.benefits.set_off import plan_of, recovery_of, taken_of
from lingbao.registry.disputes.services import step as matter_step
from lingbao.registry.disputes.services import steps_of as matter_steps_of
from lingbao.registry.errors import NotFound
from lingbao.registry.session import acting_as
from lingbao.registry.transfers.cases import case_of, steps_of
from lingbao.registry.transfers.conversion_cases import conversion_of, conversions_of
from lingbao.registry.transfers.machine import TRANSITIONS
from lingbao.registry.transfers.services import step as transfer_step
from lingbao.web import engine
from lingbao.web.account import decisions, words
from lingbao.web.account.access import Me, today
from lingbao.web.account.claims import Claim, claim_of, claims_of
from lingbao.web.account.matter import Matter
from lingbao.web.account.views import appeal, claim, convert, resident, speak, transfer
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry import worker_schemas as w
from lingbao.web.api.registry.worker_access import KEY, WORKER, worker
from lingbao.web.api.registry.worker_decided import appeal_of, asked_for
from lingbao.web.api.registry.worker_matters import send, sends

router = Router(auth=WORKER, tags=["registry: worker's cases"])


@router.get("/transfers", **s.operation("我的转移", "Transfers", list[dict]))
def transfers(request: HttpRequest) -> Any:
    """The latest first."""
    me, _ = worker(request)
    with acting_as(me.actor):
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM transfer_case WHERE person_id = %s ORDER BY id DESC", [me.number])
            numbers = [row[0] for row in cursor.fetchall()]
        return [_transfer(number) for number in numbers]


def _transfer(number: int) -> dict[str, Any]:
    case, steps = case_of(number), steps_of(number)
    return {**asdict(case), "ended": case.progress.ended, "overdue": case.progress.overdue(today()),
            "steps": [{"number": each.number, "action": each.action, "zh": TRANSITIONS[each.action].zh, "en": TRANSITIONS[each.action].en,
                       "article": TRANSITIONS[each.action].article, "day": each.day, "due": each.due, "reason": each.reason} for each in steps]}


sends(router, "/transfers", transfer.MATTER, w.TransferIn, "申请跨省转移", "Apply for a transfer", "From a province that keeps months of the worker.")


@router.get("/transfers/{number}", **s.operation("一件转移的进度：每一步、条文、期限", "The line of one transfer"))
def one_transfer(request: HttpRequest, number: s.Number) -> Any:
    """What was done when, by which article, who is next, and by when."""
    me, _ = worker(request)
    with acting_as(me.actor):
        return {**_transfer(number), "appeal": appeal_of(me, "transfer", number)}


@router.post("/transfers/{number}/steps", **s.operation("撤回转移，或在逾期时提请督办", "Withdraw a transfer, or take it further when it is late"))
def transfer_own_step(request: HttpRequest, number: s.Number, data: w.TransferActionIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """The steps that are the worker's own."""
    me, _ = worker(request)
    return transfer_step(me.actor, idempotency_key, number, data.action, today=today(), law=engine.law())


@router.get("/pension", **s.operation("什么时候能领、能领多少（职工）", "When and how much, employee scheme"))
def pension(request: HttpRequest) -> Any:
    """The months for which a claim is open now, each with the pension by the rules of today; what is not known is named."""
    me, _ = worker(request)
    return {"open": _open(me, claim.months_open(me), claim.estimate)}


@router.get("/resident-pension", **s.operation("什么时候能领、能领多少（居民）", "When and how much, resident scheme"))
def resident_pension(request: HttpRequest) -> Any:
    """As for the employee scheme; `closed` says why no claim is open."""
    me, _ = worker(request)
    months, fault = resident.months_open(me)
    return {"open": _open(me, months, resident.estimate), "closed": None if months or fault is None else fault.to_dict()}


def _open(me: Me, months: Iterable[int], estimate: Callable[[Me, int], dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"claim_month": format_month(month), **_estimated(estimate, me, month)} for month in months]


def _estimated(work: Callable[[Me, int], dict[str, Any]], me: Me, month: int) -> dict[str, Any]:
    try:
        found = work(me, month)
    except LingbaoError as error:
        return {"estimate": None, "missing": error.to_dict()}
    return {"estimate": {name: asdict(value) if name == "award" else value for name, value in found.items()}, "missing": None}


@router.get("/claims", **s.operation("我的待遇申领", "Claims", list[dict]))
def claims(request: HttpRequest) -> Any:
    """The latest first."""
    me, lang = worker(request)
    with acting_as(me.actor):
        return [_claim(each, lang) for each in claims_of(me.number)]


def _claim(found: Claim, lang: str) -> dict[str, Any]:
    return {**asdict(found), "month": format_month(found.month), "first": None if found.first is None else format_month(found.first),
            "said": words.said(words.CLAIM_STATES, found.state, lang)}


@router.post("/claims", **s.operation("申领养老金（职工）", "Claim the pension, employee scheme", w.DoneOut))
def claiming(request: HttpRequest, data: w.ClaimIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """For a month that is open; a second person grants it."""
    return _claiming(request, claim.MATTER, data, idempotency_key)


@router.post("/resident-claims", **s.operation("申领养老金（居民）", "Claim the pension, resident scheme", w.DoneOut))
def claiming_resident(request: HttpRequest, data: w.ClaimIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """For a month that is open."""
    return _claiming(request, resident.MATTER, data, idempotency_key)


def _claiming(request: HttpRequest, matter: Matter, data: w.ClaimIn, key: str) -> dict[str, Any]:
    worker(request)
    return send(request, matter, {"claim_month": str(parse_month(data.claim_month))}, key)


@router.get("/claims/{number}", **s.operation("一份申领：状态、计算、按月发放、复议", "One claim"))
def one_claim(request: HttpRequest, number: s.Number) -> Any:
    """Where it stands, how it was worked out, what was paid and set off month by month."""
    me, lang = worker(request)
    with acting_as(me.actor):
        found = claim_of(me.number, number)
        paid, back = payments_of(number), taken_of(number)
        return {**_claim(found, lang), "appeal": appeal_of(me, "claim", number),
                "payments": [{"month": format_month(month), "kind": kind, "fen": fen, "account_fen": part} for month, kind, fen, part in paid],
                "set_off": [{"plan": plan, "month": format_month(month), "fen": fen, "entry": entry} for plan, month, fen, entry in back]}


@router.get("/set-offs/{number}", **s.operation("多发养老金的抵扣计划", "A plan by which a pension paid too much is set off"))
def set_off(request: HttpRequest, number: s.Number) -> Any:
    """How much a month, how much is left, why, and how to appeal."""
    me, lang = worker(request)
    with acting_as(me.actor):
        plan = plan_of(number)
        recovery = recovery_of(plan.recovery)
        return {**asdict(plan), "from_month": format_month(plan.from_month), "said_state": words.said(words.PLAN_STATES, plan.state, lang),
                "recovery": asdict(recovery), "appeal": appeal_of(me, "setoff", number),
                "taken": [{"month": format_month(month), "fen": fen, "entry": entry} for each, month, fen, entry in taken_of(plan.claim) if each == number]}


@router.get("/conversions", **s.operation("城乡衔接：两个方向能不能办、办过的", "Moves between the schemes"))
def conversions(request: HttpRequest) -> Any:
    """Both ways with what stands in the way of each, and what was asked for."""
    me, _ = worker(request)
    with acting_as(me.actor):
        found = conversions_of(me.number)
    return {"ways": {direction: None if fault is None else fault.to_dict() for direction, fault in convert.ways_open(me).items()},
            "cases": [asdict(each) for each in found]}


sends(router, "/conversions", convert.MATTER, w.ConvertIn, "申请城乡衔接", "Ask to move between the schemes", "Decided by the agency within the legal period.")


@router.get("/conversions/{number}", **s.operation("一件城乡衔接", "One move between the schemes"))
def conversion(request: HttpRequest, number: s.Number) -> Any:
    """Where it stands, the money, the reason of a refusal."""
    return asked_for(request, "conversion", number, conversion_of, words.CONVERSION_STATES)


@router.get("/complaints", **s.operation("我的投诉、咨询和复议", "Complaints, questions and appeals", list[dict]))
def complaints(request: HttpRequest) -> Any:
    """The latest first."""
    me, lang = worker(request)
    with acting_as(me.actor):
        return [{**asdict(each), "said": words.said(words.MATTER_STATES, each.state, lang)} for each in speak.matters_of(me)]


sends(router, "/complaints", speak.MATTER, w.ComplaintIn, "投诉或咨询", "Complain or ask", "Every step, legal date and answer stands under its number.")


@router.get("/complaints/{number}", **s.operation("一件投诉、咨询或复议及其步骤", "One complaint with its steps"))
def complaint(request: HttpRequest, number: s.Number) -> Any:
    """With the words of each step."""
    me, lang = worker(request)
    with acting_as(me.actor):
        found = speak.matters_of(me, number)
        if not found:
            raise NotFound("account.no_matter", value=number, zh="没有这件事项。", en="There is no such matter.")
        return {**asdict(found[0]), "said": words.said(words.MATTER_STATES, found[0].state, lang),
                "lines": [{**asdict(each), "said": words.said(words.MATTER_STEPS, each.action, lang)} for each in matter_steps_of(number)]}


@router.post("/complaints/{number}/steps", **s.operation("撤回，或不满意答复时申请复核", "Withdraw a complaint, or ask for a review of the answer"))
def complaint_step(request: HttpRequest, number: s.Number, data: w.ComplaintActionIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Someone else takes the review."""
    me, _ = worker(request)
    return matter_step(me.actor, idempotency_key, number, data.action, today=today(), words=data.says)


@router.get("/decisions", **s.operation("可以申请复议的决定", "Decisions that can be appealed against", list[dict]))
def decided(request: HttpRequest) -> Any:
    """What was decided, when, and until when an appeal is open."""
    me, lang = worker(request)
    with acting_as(me.actor):
        return [{"about": each.about, "said": each.said(lang), "page": each.address, **(appeal_of(me, each.kind, each.number) or {})}
                for each in decisions.decisions(me.number)]


sends(router, "/appeals", appeal.MATTER, w.AppealIn, "对决定申请复议", "Appeal against a decision", "Taken by someone other than who decided.")
