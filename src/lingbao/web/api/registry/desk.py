"""Operations of staff, the same as on the desk's pages: queues, cases, persons, decisions, reports."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.desk_access import CASES, KEY, STAFF_SESSION, staff_actor
from lingbao.web.api.schemas import Strict
from lingbao.web.desk import commands, files, interruption, queues, reports
from lingbao.web.desk.access import AGENCY, STAFF
from lingbao.web.desk.opening import purpose_of

router = Router(auth=STAFF_SESSION, tags=["registry: staff"])
QueueName = Literal["transfers", "claims", "matters", "corrections", "refunds"]
CaseName = Annotated[str, Field(max_length=40, pattern=r"^([a-z]{1,20}-[0-9]{1,18})?$", description="case it is opened from, such as claims-12")]
Reason = Annotated[str, Field(max_length=5000, pattern=r"^[^\x00]*$")]


class TransferStepIn(Strict):
    """A step of a transfer; papers are filled from the record."""

    action: Literal["send_letter", "refuse", "return_letter", "send_form", "send_money", "fail_money", "receive_money", "undo_receipt",
                    "finish", "escalate", "direct", "close", "recall_money"]
    reason: Reason = ""
    days: Annotated[int, Field(ge=1, le=commands.MOST_DAYS, description="working days set by the coordinating body")] | None = None


class ClaimDecisionIn(Strict):
    """The answer to a claim."""

    action: Literal["grant", "refuse", "finalise", "collect"]
    reason: Reason = ""


class MatterStepIn(Strict):
    """A step in a complaint or review."""

    action: Literal["accept", "refuse", "refer", "extend", "answer", "close"]
    words: Reason = ""
    to: Annotated[str, Field(pattern=r"^\d{2}$")] | None = None


class CorrectionIn(Strict):
    """The answer to a request for correction."""

    accepted: bool
    reason: s.Text


class SearchIn(Strict):
    """Whom one looks for, and why; the person sees it."""

    identity_number: Annotated[str, Field(min_length=15, max_length=20)]
    purpose: s.Text


class ReadingIn(Strict):
    """Which sealed fields one reads, and why; the person sees it."""

    fields: Annotated[list[Literal["identity_number", "name", "phone"]], Field(min_length=1, max_length=3)]
    purpose: s.Text


@router.get("/me", **s.operation("当前登录的身份", "Who is signed in"))
def me(request: HttpRequest) -> Any:
    """Role and limits."""
    actor = staff_actor(request, *STAFF, "platform")
    return {"id": actor.id, "role": actor.role, "agency": actor.agency, "province": actor.province, "platform": actor.platform}


@router.get("/queues", **s.operation("各队列待办几件、逾期几件", "How many wait in each queue"))
def waiting(request: HttpRequest) -> Any:
    """And how many of them are late."""
    return {name: {"waiting": count, "late": late} for name, (count, late) in queues.counts(staff_actor(request, *CASES)).items()}


@router.get("/queues/{name}", **s.operation("一个待办队列，最急的在前", "A queue, the most urgent first", list[dict]))
def queue(request: HttpRequest, name: QueueName, after: s.After = 0) -> Any:
    """Cases that wait for the actor, with the last day the law allows: 200 at a time, after so many before them."""
    return [asdict(item) for item in queues.waiting(staff_actor(request, *CASES), name, after=after)]


@router.get("/queues/{name}/{number}", **s.operation("队列中的一件，如待核的信息更正、退款", "One thing that waits, such as a correction or a refund"))
def waits(request: HttpRequest, name: QueueName, number: s.Number) -> Any:
    """As its queue shows it; what is decided is not found any more."""
    return asdict(queues.waiting_one(staff_actor(request, *CASES), name, number))


@router.get("/campaign", **s.operation("本省需要提醒的参保人", "Members to remind", list[dict]))
def campaign(request: HttpRequest, after: s.After = 0) -> Any:
    """Near the minimum, about to miss it, or with a payment missed: 200 at a time, after so many before them."""
    return [asdict(each) for each in queues.reminders(staff_actor(request, *AGENCY), after=after)[0]]


@router.post("/campaign", **s.operation("排入提醒短信；每人每月每事一次", "Queue reminders"))
def send_campaign(request: HttpRequest) -> Any:
    """Once a month for each person and cause."""
    return {"queued": queues.send_campaign(staff_actor(request, *AGENCY))}


@router.get("/transfers/{number}", **s.operation("一件转移：进度、单证、可办步骤", "A transfer"))
def transfer(request: HttpRequest, number: s.Number) -> Any:
    """Steps taken, papers, and the steps open to the actor."""
    return files.transfer(staff_actor(request, *CASES), number)


@router.post("/transfers/{number}/steps", **s.operation("办理转移的一步", "Take a step in a transfer"))
def transfer_step(request: HttpRequest, number: s.Number, data: TransferStepIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Letters and forms are filled from the record; money leaves only with a second person."""
    return commands.transfer_step(staff_actor(request, *AGENCY, "coordinator"), idempotency_key, number, data.action, reason=data.reason, days=data.days)


@router.get("/claims/{number}", **s.operation("一件待遇申请及其计算", "A claim"))
def claim(request: HttpRequest, number: s.Number) -> Any:
    """With every calculation."""
    return files.claim(staff_actor(request, *CASES), number)


@router.post("/claims/{number}/decision", **s.operation("核定、不予核定或重算", "Decide a claim"))
def claim_decision(request: HttpRequest, number: s.Number, data: ClaimDecisionIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Whoever took the claim in does not grant it."""
    return commands.claim_decision(staff_actor(request, *AGENCY), idempotency_key, number, data.action, reason=data.reason)


@router.get("/matters/{number}", **s.operation("一件投诉、复议或争议", "A complaint or review"))
def matter(request: HttpRequest, number: s.Number) -> Any:
    """With the words of each step."""
    return files.matter(staff_actor(request, *CASES), number)


@router.post("/matters/{number}/steps", **s.operation("办理投诉或复议的一步", "Take a step in a matter"))
def matter_step(request: HttpRequest, number: s.Number, data: MatterStepIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Who is complained of decides nothing in it."""
    return commands.matter_step(staff_actor(request, *AGENCY, "coordinator"), idempotency_key, number, data.action, words=data.words, to=data.to)


@router.post("/corrections/{number}/decision", **s.operation("准予或不予更正个人信息", "Decide a correction"))
def correction(request: HttpRequest, number: s.Number, data: CorrectionIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Nobody decides a request of his own."""
    return commands.correction_decision(staff_actor(request, *AGENCY), idempotency_key, number, accepted=data.accepted, reason=data.reason)


@router.get("/persons/{number}", **s.operation("一个人的档案（脱敏）", "A person's file, masked"))
def person(request: HttpRequest, number: s.Number, case: CaseName = "", as_of: date | None = None, known_on: date | None = None) -> Any:
    """Memberships, accounts, cases, and the time line; opened from a case of the person, or with a purpose before (`opening`).

    `as_of` gives the accounts as they stood at the end of a day, `known_on` as the books knew them on one.
    """
    actor = staff_actor(request, *CASES)
    found = files.person(actor, number, purpose_of(actor, case, number))
    return found if as_of is known_on is None else {**found, "accounts": files.accounts_then(actor, number, as_of, known_on)}


@router.post("/search", **s.operation("按身份证号查询；本人可看到", "Find by identity number"))
def search(request: HttpRequest, data: SearchIn) -> Any:
    """The look is written down and shown to the person."""
    return {"person": commands.search(staff_actor(request, *AGENCY, "coordinator"), data.identity_number, data.purpose)}


@router.post("/persons/{number}/reading", **s.operation("查看未脱敏信息；本人可看到", "Read sealed fields"))
def reading(request: HttpRequest, number: s.Number, data: ReadingIn) -> Any:
    """The look is written down before the fields are handed over."""
    return commands.reading(staff_actor(request, *AGENCY, "coordinator"), number, list(data.fields), data.purpose)


@router.get("/reports", **s.operation("报表：账目合计、各组参保状态、未清差额、办理时长", "Reports: the books, members by group, differences, service standards"))
def report(request: HttpRequest) -> Any:
    """Small cells of the tables are null."""
    actor = staff_actor(request, *CASES)
    return {"books": reports.books(actor), "members": reports.tables(), "differences": reports.differences(actor), "standards": reports.standards(),
            **interruption.figures_of_interruption()}
