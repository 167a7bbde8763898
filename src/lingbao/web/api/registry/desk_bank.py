"""Operations of staff on the bank: its statements beside the books, and money in suspense with its refunds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from lingbao.law.errors import InputError
from lingbao.registry.banking import statements
from lingbao.registry.people.persons import masked
from lingbao.registry.session import run_as
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.desk_access import CASES, KEY, STAFF_SESSION, SUPERVISOR, staff_actor
from lingbao.web.api.schemas import Strict
from lingbao.web.desk import commands
from lingbao.web.desk.access import AGENCY
from lingbao.web.desk.bank_views import MOST_FILE
from lingbao.web.desk.queues import today

router = Router(auth=STAFF_SESSION, tags=["registry: staff, bank"])
Channel = Annotated[str, Query(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9-]+$", description="Name of the bank")]


class RefundIn(Strict):
    """A refund out of what waits in suspense."""

    person: Annotated[int, Field(ge=1, le=2**62)]
    amount_fen: Annotated[int, Field(ge=1, le=10**13)]
    channel: Annotated[str, Field(min_length=1, max_length=40, pattern=s.PRINTABLE)]
    reason: s.Text


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
    """Out of what waits in suspense; a second person approves it."""
    return commands.refund_proposal(staff_actor(request, *AGENCY), idempotency_key, data.person, data.amount_fen, channel=data.channel, reason=data.reason)


@router.post("/refunds/{number}/approval", **s.operation("批准退款（第二人）", "Approve a refund"))
def approve(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By a supervisor who did not propose it."""
    return commands.refund_approval(staff_actor(request, *SUPERVISOR), idempotency_key, number)
