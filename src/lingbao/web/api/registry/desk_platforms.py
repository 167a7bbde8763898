"""Operations of staff on platforms' money and on proof of employee insurance: transfers booked by two, the turn-over, exemptions."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from lingbao.law.month import parse_month
from lingbao.registry.orders import exemptions, receipts
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.desk_access import (
    CASES,
    KEY,
    STAFF_SESSION,
    SUPERVISOR,
    staff_actor,
    told,
)
from lingbao.web.api.schemas import Month, Strict
from lingbao.web.desk import exemption_views, files, platform_money
from lingbao.web.desk.access import AGENCY
from lingbao.web.desk.queues import today

router = Router(auth=STAFF_SESSION, tags=["registry: staff, platforms"])
Proof = Annotated[str, Field(min_length=1, max_length=2000, pattern=s.WRITTEN)]


class ReceiptIn(Strict):
    """A platform's transfer as the bank's statement shows it."""

    platform: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reference: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", description="The bank's own number")]
    amount_fen: Annotated[int, Field(ge=1, le=10**13, description="fen")]
    received_on: Annotated[date, Field(description="value date")]


class ReceiptAnswerIn(Strict):
    """Booked by a second person, or refused with a reason."""

    action: Literal["book", "refuse"]
    reason: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""


class TurnoverIn(Strict):
    """The month that ends."""

    month: Month


class ExemptionIn(Strict):
    """Days that the proof covers, both included; what the person says, and which papers were compared."""

    since: date
    until: date
    words: Proof
    checked: Proof


class EndIn(Strict):
    """The last day on which nothing is withheld, and why it ends."""

    last: date
    reason: s.Text


@router.get("/platforms", **s.operation("账簿在本省的平台，各有多少代扣款未结算", "Platforms and what they owe", list[dict]))
def owing(request: HttpRequest) -> Any:
    """Files that no transfer has settled, and their sum."""
    return [asdict(each) for each in receipts.owing(staff_actor(request, *CASES))]


@router.get("/receipts", **s.operation("登记的平台到账：待入账的在前", "Transfers of platforms that were entered", list[dict]))
def entered(request: HttpRequest) -> Any:
    """Those that wait first, then the newest."""
    return [asdict(each) for each in receipts.receipts(staff_actor(request, *CASES))]


@router.post("/receipts", **s.operation("按银行对账单登记平台到账；同一流水号只登记一次", "Enter a platform's transfer"))
def enter(request: HttpRequest, data: ReceiptIn) -> Any:
    """It must be, to the fen, what the oldest unsettled files add up to; the same reference again is the same transfer."""
    return receipts.enter(staff_actor(request, *AGENCY), data.platform, data.reference, data.amount_fen, data.received_on, today=today())


@router.get("/receipts/{number}", **s.operation("一笔登记的平台到账", "One transfer of a platform"))
def receipt(request: HttpRequest, number: s.Number) -> Any:
    """Who entered it, and what became of it."""
    return asdict(receipts.receipt(staff_actor(request, *CASES), number))


@router.post("/receipts/{number}/decision", **s.operation("入账（第二人），或退回登记有误的", "Book a platform's transfer, or refuse it"))
def decide(request: HttpRequest, number: s.Number, data: ReceiptAnswerIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Booked by a supervisor who did not enter it; a clerk takes back only his own."""
    return platform_money.decide(staff_actor(request, *AGENCY), idempotency_key, number, data.action, reason=data.reason)


@router.get("/turnovers", **s.operation("最近一次转入缴费：进度、转了多少、谁为什么没转", "The last turn-over"))
def last(request: HttpRequest) -> Any:
    """Of the actor's province, with the reasons for which money waits."""
    return told(platform_money.last_turnover(staff_actor(request, *CASES)))


@router.post("/turnovers", **s.operation("在后台把到账的代扣款转入缴费；每人每月一次", "Turn received money over into contributions"))
def turn_over(request: HttpRequest, data: TurnoverIn) -> Any:
    """In the background, once a month for each person; started again it goes on with who is left."""
    return told(platform_money.start_turnover(staff_actor(request, *SUPERVISOR), parse_month(data.month)))


@router.get("/withheld", **s.operation("平台已转来、本人没有参保而不能转入缴费的钱", "Transferred for people who are not insured", list[dict]))
def unused(request: HttpRequest) -> Any:
    """It pays no contribution; `POST /desk/refunds` with the kind `withheld` proposes that it be paid to the person."""
    return platform_money.pays_nothing(staff_actor(request, *CASES))


@router.get("/persons/{number}/exemptions", **s.operation("一个人的免代扣申请和已批准的免代扣", "Requests and exemptions of a person"))
def exempt(request: HttpRequest, number: s.Number) -> Any:
    """Proof of employee insurance: asked, checked, approved, ended; the file is opened before, see `opening`."""
    actor = staff_actor(request, *AGENCY)
    files.person(actor, number)
    requests, granted = exemption_views.of(actor, number)
    return {"requests": [asdict(each) for each in requests], "exemptions": [asdict(each) for each in granted]}


@router.post("/persons/{number}/exemptions", **s.operation("窗口受理免代扣：核对参保证明，等待批准", "Take a request for an exemption at the counter"))
def take(request: HttpRequest, number: s.Number, data: ExemptionIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Another person approves it among the requests."""
    return exemption_views.take(staff_actor(request, *AGENCY), idempotency_key, number, data.since, data.until, data.words, data.checked)


@router.post("/exemptions/{number}/end", **s.operation("终止免代扣", "End an exemption"))
def end(request: HttpRequest, number: s.Number, data: EndIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Today or later; the person reads why."""
    return exemptions.end(staff_actor(request, *AGENCY), idempotency_key, number, last=data.last, reason=data.reason, today=today())
