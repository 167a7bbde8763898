"""Operations of staff on pensions in payment: the monthly run from its preparation to the bank, and the rises of both schemes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from lingbao.law.month import MONTHS_PER_YEAR, format_month, parse_month
from lingbao.registry.benefits import rises
from lingbao.registry.benefits.figures import RiseFigures, payable
from lingbao.registry.session import SYSTEM, run_as
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
from lingbao.web.desk import commands, pensions
from lingbao.web.desk.access import AGENCY
from lingbao.web.desk.jobs import latest

router = Router(auth=STAFF_SESSION, tags=["registry: staff, pensions"])
Positive = Annotated[int, Field(ge=1, le=10**13, description="fen")]
Fen = Annotated[int, Field(ge=0, le=10**9, description="fen/month")]


class RunIn(Strict):
    """A payment run."""

    month: Month


class DisbursementIn(Strict):
    """What the bank reports as paid out."""

    amount_fen: Positive
    reference: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", description="The bank's own number")]


class TiltIn(Strict):
    """More from an age on; the highest age reached counts."""

    age: Annotated[int, Field(ge=1, le=120, description="years, reached in the month before the start")]
    amount_fen: Fen


class RiseIn(Strict):
    """A rise as its notice says; the resident scheme has no part by years or share, the employee scheme no city and starts in January."""

    scheme: Literal["employee", "resident"]
    from_month: Month
    document: Annotated[str, Field(min_length=1, max_length=100, pattern=s.WRITTEN, description="Number of the notice")]
    source: Annotated[str, Field(min_length=1, max_length=300, pattern=s.WRITTEN, description="Where the notice can be read")]
    fixed_fen: Fen
    per_year_fen: Fen = 0
    share: Annotated[float, Field(ge=0, le=pensions.MOST_SHARE, allow_inf_nan=False, description="of the own pension")] = 0.0
    tilts: Annotated[list[TiltIn], Field(max_length=10)] = []  # noqa: RUF012
    area: Annotated[str, Field(min_length=1, max_length=60, pattern=s.WRITTEN)] | None = None


class ReasonIn(Strict):
    """Why."""

    reason: s.Text


@router.get("/runs", **s.operation("养老金发放批次", "Payment runs", list[dict]))
def runs(request: HttpRequest) -> Any:
    """The newest first."""
    return commands.runs(staff_actor(request, *CASES))


@router.post("/runs", **s.operation("编制一个月的发放批次", "Prepare a payment run"))
def prepare(request: HttpRequest, data: RunIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Of the actor's province."""
    return commands.run_preparation(staff_actor(request, *AGENCY), idempotency_key, parse_month(data.month))


@router.get("/runs/{number}", **s.operation("一个发放批次的数字：应发、已发、最高一笔、上一批、后台进度", "A payment run in figures"))
def run(request: HttpRequest, number: s.Number) -> Any:
    """What is to be paid and has been, the run before to compare with, and how far the payment is."""
    found = pensions.run_of(staff_actor(request, *CASES), number)
    return {**asdict(found), "from_month": None if found.from_month is None else format_month(found.from_month), "month": format_month(found.month), "before": pensions.run_before(found),
            "payment": told(latest("pay", number))}


@router.post("/runs/{number}/approval", **s.operation("审批发放批次（第二人）", "Approve a payment run"))
def approve(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By a supervisor who did not prepare it."""
    return commands.run_approval(staff_actor(request, *SUPERVISOR), idempotency_key, number)


@router.post("/runs/{number}/payment", **s.operation("在后台发放，或接着发放；每人每月只发一次", "Pay an approved run, or what is left of it"))
def pay(request: HttpRequest, number: s.Number) -> Any:
    """In the background, one at a time; asked again it is the same work, and each pension is paid once for its month."""
    return told(pensions.start_payment(staff_actor(request, *SUPERVISOR), number))


@router.get("/disbursements", **s.operation("本省应付未发的养老金", "What is payable to pensioners"))
def owed(request: HttpRequest) -> Any:
    """And the bank has not reported as paid out."""
    province = staff_actor(request, *AGENCY).province or ""
    return {"province": province, "payable_fen": run_as(SYSTEM, lambda: payable(province))}


@router.post("/disbursements", **s.operation("按银行流水号登记已代发", "Book what the bank has paid out"))
def disburse(request: HttpRequest, data: DisbursementIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Never more than is payable; the bank's number is booked once."""
    return commands.disbursement(staff_actor(request, *SUPERVISOR), idempotency_key, data.amount_fen, data.reference)


@router.get("/settlements", **s.operation("待结算：预发的养老金按申领月份，和待付的继承人", "Provisional pensions by month of the claim, and heirs to be paid"))
def settlements(request: HttpRequest) -> Any:
    """What each waits for, how many are ready, and how far the settling is."""
    actor = staff_actor(request, *CASES)
    return {"provisional": [{**asdict(each), "claim_month": format_month(each.claim_month), "ready": each.ready} for each in pensions.provisional(actor)],
            "heirs": pensions.heirs_waiting(actor), "undoings": pensions.undoings_waiting(actor), "settling": told(latest("settle", province=actor.province or ""))}


@router.post("/settlements", **s.operation("在后台结算可结算的预发养老金，补发差额", "Settle the provisional pensions that are ready"))
def settle(request: HttpRequest) -> Any:
    """In the background; asked again it is the same work, and each pension is settled once."""
    return told(pensions.start_settling(staff_actor(request, *SUPERVISOR)))


@router.get("/rises", **s.operation("养老金调整，新的在前", "Rises", list[dict]))
def all_rises(request: HttpRequest) -> Any:
    """Of both schemes."""
    return [_rise(each) for each in pensions.rises_of(staff_actor(request, *CASES))]


def _rise(found: RiseFigures) -> dict[str, Any]:
    return {**asdict(found), "state": found.state, "from_month": format_month(found.from_month),
            "tilts": [{"age": months // MONTHS_PER_YEAR, "amount_fen": amount} for months, amount in found.tilts]}


@router.post("/rises", **s.operation("按文件录入调整，等待审批", "Enter a rise from its notice"))
def enter(request: HttpRequest, data: RiseIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """In the actor's province; nothing is paid before another person approves it."""
    said = data.model_dump() | {"from_month": parse_month(data.from_month), "tilts": [(each.age * MONTHS_PER_YEAR, each.amount_fen) for each in data.tilts]}
    return pensions.enter_rise(staff_actor(request, *AGENCY), idempotency_key, **said)


@router.get("/rises/{number}", **s.operation("一项调整：内容、法规库的记录、执行进度", "A rise"))
def rise(request: HttpRequest, number: s.Number) -> Any:
    """With what the law store has on record beside a resident one, and how far it is applied."""
    found = pensions.rise_of(staff_actor(request, *CASES), number)
    beside = pensions.recorded(found)
    return {**_rise(found), "recorded": None if beside is None else asdict(beside), "application": told(latest("rise", number))}


@router.post("/rises/{number}/approval", **s.operation("批准调整（第二人）", "Approve a rise"))
def approve_rise(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By a supervisor who did not enter it."""
    actor = staff_actor(request, *SUPERVISOR)
    return rises.approve(actor, idempotency_key, pensions.rise_of(actor, number).number)


@router.post("/rises/{number}/refusal", **s.operation("退回录入有误的调整，或撤回自己录入的", "Refuse a rise, or take back one's own"))
def refuse_rise(request: HttpRequest, number: s.Number, data: ReasonIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Before it is approved; it may then be entered anew."""
    actor = staff_actor(request, *AGENCY)
    return pensions.refuse_rise(actor, idempotency_key, pensions.rise_of(actor, number).number, reason=data.reason)


@router.post("/rises/{number}/application", **s.operation("在后台执行调整，或接着执行；每人只调一次", "Apply an approved rise, or what is left of it"))
def apply(request: HttpRequest, number: s.Number) -> Any:
    """In the background; what is due since the start is paid up."""
    return told(pensions.start_rise(staff_actor(request, *SUPERVISOR), number))
