"""Operations of staff on the bank: its statements beside the books, and money in suspense with its refunds."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.registry.banking import statements
from lingbao.registry.people.persons import masked
from lingbao.registry.session import run_as
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.desk_access import CASES, KEY, STAFF_SESSION, SUPERVISOR, staff_actor
from lingbao.web.api.schemas import Strict
from lingbao.web.desk import commands, contributions, files
from lingbao.web.desk.access import AGENCY
from lingbao.web.desk.bank_views import MOST_FILE
from lingbao.web.desk.queues import today

router = Router(auth=STAFF_SESSION, tags=["registry: staff, bank"])
Channel = Annotated[str, Query(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9-]+$", description="Name of the bank")]


class RefundIn(Strict):
    """Money that is to be paid to a person."""

    person: Annotated[int, Field(ge=1, le=2**62)]
    amount_fen: Annotated[int, Field(ge=1, le=10**13)]
    channel: Annotated[str, Field(min_length=1, max_length=40, pattern=s.PRINTABLE)]
    reason: s.Text
    kind: Annotated[Literal["suspense", "owed", "withheld"], Field(
        description="from suspense, what is owed, such as a subsidy, or what a platform transferred for someone who is not insured")] = "suspense"


class RefusalIn(Strict):
    """Why a refund is refused; the person sees it."""

    reason: s.Text


class SubsidyMoneyIn(Strict):
    """Money that a payer of subsidies sent."""

    payer: Annotated[str, Field(pattern=r"^(state|province|platform):[0-9]{1,18}$", examples=["state:0"])]
    amount_fen: Annotated[int, Field(ge=1, le=10**13)]
    reference: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$", description="the bank's")]
    on: date


@router.get("/bank/statements", **s.operation("已上传的银行对账单，新的在前", "Statements of banks", list[dict]))
def taken(request: HttpRequest) -> Any:
    """The newest first."""
    return [asdict(each) for each in run_as(staff_actor(request, *CASES), statements.statements)]


@router.post("/bank/statements", **s.operation(
    "上传银行对账单：CSV 原始字节，可用 gzip 压缩", "Take a bank's statement",
    requestBody={"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}))
def take(request: HttpRequest, channel: Channel) -> Any:
    """The bytes of the CSV file, plain or gzip. The same file, and the same reference, count once; a line that cannot be read is told with its reason."""
    actor = staff_actor(request, *AGENCY)
    content = request.read(MOST_FILE + 1)
    if len(content) > MOST_FILE:
        raise InputError("bank.file", where="file", zh=f"对账单至多 {MOST_FILE // 1024} KB，更大的请先用 gzip 压缩。",
                         en=f"A statement has {MOST_FILE // 1024} kB at most; compress a larger one with gzip first.")
    return asdict(statements.take(actor, channel, content, today=today()))


@router.get("/bank/statements/{number}", **s.operation("一份对账单与账目的核对：逐行的状态、账上有而银行没有的", "A statement beside the books"))
def reconciled(request: HttpRequest, number: s.Number) -> Any:
    """Each line ``matched``, ``differs``, ``untold`` or ``unknown``, with its entry; lines refused; entries that no line speaks of."""
    return asdict(run_as(staff_actor(request, *CASES), lambda: statements.reconciled(number)))


@router.post("/bank/statements/{number}/lines/{line}/booking", **s.operation("补登银行已办未回执的一行（第二人）", "Book what the bank did and never told"))
def book(request: HttpRequest, number: s.Number, line: s.Small) -> Any:
    """By a supervisor who did not upload the statement; once more changes nothing."""
    return {"entries": statements.book_untold(staff_actor(request, *SUPERVISOR), number, line)}


@router.get("/bank/suspense", **s.operation("暂存款：谁的、多少、从何时起", "Money in suspense", list[dict]))
def suspense(request: HttpRequest) -> Any:
    """The oldest first."""
    actor = staff_actor(request, *CASES)
    waiting = run_as(actor, lambda: statements.suspense(actor.province))
    names = {each.id: each.name_masked for each in run_as(actor, lambda: masked([each.person for each in waiting]))}
    return [{**asdict(each), "name": names.get(each.person, "")} for each in waiting]


@router.post("/refunds", **s.operation("提出退款", "Propose a refund"))
def refund(request: HttpRequest, data: RefundIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Out of what waits in suspense, of what is owed, or of a platform's transfer that pays no contribution; a second person approves it."""
    return commands.refund_proposal(staff_actor(request, *AGENCY), idempotency_key, data.person, data.amount_fen, channel=data.channel, reason=data.reason, kind=data.kind)


@router.post("/refunds/{number}/approval", **s.operation("批准退款（第二人）", "Approve a refund"))
def approve(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By a supervisor who did not propose it."""
    return commands.refund_approval(staff_actor(request, *SUPERVISOR), idempotency_key, number)


@router.post("/refunds/{number}/refusal", **s.operation("不予退款，写明理由", "Refuse a refund"))
def refuse(request: HttpRequest, number: s.Number, data: RefusalIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By a supervisor; nothing moves, and the same may be proposed anew."""
    return commands.refund_refusal(staff_actor(request, *SUPERVISOR), idempotency_key, number, reason=data.reason)


@router.get("/persons/{number}/contributions", **s.operation("可以退回的缴费", "Contributions that may be taken back", list[dict]))
def paid(request: HttpRequest, number: s.Number) -> Any:
    """The latest month first."""
    actor = staff_actor(request, *AGENCY)
    files.person(actor, number)
    return [{**each, "month": format_month(each["month"]), "first": format_month(each["first"])} for each in contributions.paid(actor, number)]


@router.post("/contributions/{number}/return", **s.operation("提出退回误缴（按分录）", "Propose that a contribution be taken back"))
def returning(request: HttpRequest, number: s.Number, data: RefusalIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By its entry; a second person approves it among the refunds, and the money returns to where it was."""
    return contributions.taking_back(staff_actor(request, *AGENCY), idempotency_key, number, reason=data.reason)


@router.get("/subsidies", **s.operation("补贴资金：谁还欠、应付给谁", "Money for subsidies"))
def subsidies(request: HttpRequest) -> Any:
    """What payers owe, and to whom something may be paid out [fen]."""
    return contributions.subsidies(staff_actor(request, *CASES))


@router.post("/subsidies/received", **s.operation("登记补贴方到账的钱", "Book money of a payer of subsidies"))
def received(request: HttpRequest, data: SubsidyMoneyIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """A reference is booked once."""
    return contributions.subsidy_money(staff_actor(request, *AGENCY), idempotency_key, data.payer, data.amount_fen, data.reference, data.on)
