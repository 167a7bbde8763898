"""Operations of staff, the same as on the desk's pages: queues, cases, persons, decisions, oversight."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Header, Query, Router
from pydantic import Field

from lingbao.law.month import parse_month
from lingbao.registry.people.actor_events import events
from lingbao.registry.session import Actor, run_as
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.identity import StaffSession, acting
from lingbao.web.api.schemas import Month, Strict
from lingbao.web.credentials import staff
from lingbao.web.credentials.invitations import Invited
from lingbao.web.desk import commands, files, oversight, queues
from lingbao.web.desk.access import AGENCY, STAFF, check_role
from lingbao.web.desk.jobs import ask, latest

router = Router(auth=StaffSession(), tags=["registry: staff"])
CASES = (*AGENCY, "coordinator", "auditor")
Reason = Annotated[str, Field(max_length=5000, pattern=r"^[^\x00]*$")]


class TransferStepIn(Strict):
    """A step of a transfer; papers are filled from the record."""

    action: Literal["send_letter", "refuse", "return_letter", "send_form", "send_money", "fail_money", "receive_money", "undo_receipt",
                    "finish", "escalate", "direct", "close", "recall_money"]
    reason: Reason = ""
    days: Annotated[int, Field(ge=1, le=250, description="working days set by the coordinating body")] | None = None


class ClaimDecisionIn(Strict):
    """The answer to a claim."""

    action: Literal["grant", "refuse", "finalise"]
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


class RefundIn(Strict):
    """A refund out of what waits in suspense."""

    person: Annotated[int, Field(ge=1, le=2**62)]
    amount_fen: Annotated[int, Field(ge=1, le=10**13)]
    channel: Annotated[str, Field(min_length=1, max_length=40, pattern=s.PRINTABLE)]
    reason: s.Text


class RunIn(Strict):
    """A payment run."""

    month: Month


class SearchIn(Strict):
    """Whom one looks for, and why; the person sees it."""

    identity_number: Annotated[str, Field(min_length=15, max_length=20)]
    purpose: s.Text


class ReadingIn(Strict):
    """Which sealed fields one reads, and why; the person sees it."""

    fields: Annotated[list[Literal["identity_number", "name", "phone"]], Field(min_length=1, max_length=3)]
    purpose: s.Text


class ResetIn(Strict):
    """A reset of someone's password, or a request that the authenticator be reset."""

    what: Literal["password", "authenticator"]
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class ResetAnswerIn(Strict):
    """The second administrator's answer."""

    granted: bool
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class AppointmentIn(Strict):
    """A new account of staff or of a platform's engineer."""

    role: Literal["clerk", "supervisor", "coordinator", "platform", "auditor", "administrator"]
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    login: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{3,60}$")]
    agency: Annotated[int, Field(ge=1, le=2**62)] | None = None
    platform: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


def _operation(zh: str, en: str, out: Any = dict) -> dict[str, Any]:
    return {"response": {200: out, **s.REFUSALS}, "summary": en, "openapi_extra": {"x-summary-zh": zh}}


def _actor(request: HttpRequest, *roles: str) -> Actor:
    actor: Actor = acting(request)
    check_role(actor, roles)
    return actor


@router.get("/me", **_operation("当前登录的身份", "Who is signed in"))
def me(request: HttpRequest) -> Any:
    """Role and limits."""
    actor = _actor(request, *STAFF, "platform")
    return {"id": actor.id, "role": actor.role, "agency": actor.agency, "province": actor.province, "platform": actor.platform}


@router.get("/queues/{name}", **_operation("一个待办队列，最急的在前", "A queue, the most urgent first", list[dict]))
def queue(request: HttpRequest, name: Literal["transfers", "claims", "matters", "corrections", "refunds"]) -> Any:
    """Cases that wait for the actor, with the last day the law allows."""
    return [asdict(item) for item in queues.waiting(_actor(request, *CASES), name)]


@router.get("/campaign", **_operation("本省需要提醒的参保人", "Members to remind", list[dict]))
def campaign(request: HttpRequest) -> Any:
    """Near the minimum, about to miss it, or with a payment missed."""
    return [asdict(each) for each in queues.campaign(_actor(request, *AGENCY))]


@router.post("/campaign", **_operation("排入提醒短信；每人每月每事一次", "Queue reminders"))
def send_campaign(request: HttpRequest) -> Any:
    """Once a month for each person and cause."""
    return {"queued": queues.send_campaign(_actor(request, *AGENCY))}


@router.get("/transfers/{number}", **_operation("一件转移：进度、单证、可办步骤", "A transfer"))
def transfer(request: HttpRequest, number: s.Number) -> Any:
    """Steps taken, papers, and the steps open to the actor."""
    return files.transfer(_actor(request, *CASES), number)


@router.post("/transfers/{number}/steps", **_operation("办理转移的一步", "Take a step in a transfer"))
def transfer_step(request: HttpRequest, number: s.Number, data: TransferStepIn, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """Letters and forms are filled from the record; money leaves only with a second person."""
    return commands.transfer_step(_actor(request, *AGENCY, "coordinator"), idempotency_key, number, data.action, reason=data.reason, days=data.days)


@router.get("/claims/{number}", **_operation("一件待遇申请及其计算", "A claim"))
def claim(request: HttpRequest, number: s.Number) -> Any:
    """With every calculation."""
    return files.claim(_actor(request, *CASES), number)


@router.post("/claims/{number}/decision", **_operation("核定、不予核定或重算", "Decide a claim"))
def claim_decision(request: HttpRequest, number: s.Number, data: ClaimDecisionIn, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """Whoever took the claim in does not grant it."""
    return commands.claim_decision(_actor(request, *AGENCY), idempotency_key, number, data.action, reason=data.reason)


@router.get("/matters/{number}", **_operation("一件投诉、复议或争议", "A complaint or review"))
def matter(request: HttpRequest, number: s.Number) -> Any:
    """With the words of each step."""
    return files.matter(_actor(request, *CASES), number)


@router.post("/matters/{number}/steps", **_operation("办理投诉或复议的一步", "Take a step in a matter"))
def matter_step(request: HttpRequest, number: s.Number, data: MatterStepIn, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """Who is complained of decides nothing in it."""
    return commands.matter_step(_actor(request, *AGENCY, "coordinator"), idempotency_key, number, data.action, words=data.words, to=data.to)


@router.post("/corrections/{number}/decision", **_operation("准予或不予更正个人信息", "Decide a correction"))
def correction(request: HttpRequest, number: s.Number, data: CorrectionIn, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """Nobody decides a request of his own."""
    return commands.correction_decision(_actor(request, *AGENCY), idempotency_key, number, accepted=data.accepted, reason=data.reason)


@router.post("/refunds", **_operation("提出退款", "Propose a refund"))
def refund(request: HttpRequest, data: RefundIn, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """A second person approves it."""
    return commands.refund_proposal(_actor(request, *AGENCY), idempotency_key, data.person, data.amount_fen, channel=data.channel, reason=data.reason)


@router.post("/refunds/{number}/approval", **_operation("批准退款（第二人）", "Approve a refund"))
def refund_approval(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """By a supervisor who did not propose it."""
    return commands.refund_approval(_actor(request, "supervisor"), idempotency_key, number)


@router.get("/runs", **_operation("养老金发放批次", "Payment runs", list[dict]))
def runs(request: HttpRequest) -> Any:
    """The newest first."""
    return commands.runs(_actor(request, *CASES))


@router.post("/runs", **_operation("编制一个月的发放批次", "Prepare a payment run"))
def run(request: HttpRequest, data: RunIn, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """Of the actor's province."""
    return commands.run_preparation(_actor(request, *AGENCY), idempotency_key, parse_month(data.month))


@router.post("/runs/{number}/approval", **_operation("审批发放批次（第二人）", "Approve a payment run"))
def run_approval(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = Header(..., alias="Idempotency-Key")) -> Any:
    """By a supervisor who did not prepare it."""
    return commands.run_approval(_actor(request, "supervisor"), idempotency_key, number)


@router.get("/persons/{number}", **_operation("一个人的档案（脱敏）", "A person's file, masked"))
def person(request: HttpRequest, number: s.Number) -> Any:
    """Memberships, accounts, cases, and the time line."""
    return files.person(_actor(request, *CASES), number)


@router.post("/search", **_operation("按身份证号查询；本人可看到", "Find by identity number"))
def search(request: HttpRequest, data: SearchIn) -> Any:
    """The look is written down and shown to the person."""
    return {"person": commands.search(_actor(request, *AGENCY, "coordinator"), data.identity_number, data.purpose)}


@router.post("/persons/{number}/reading", **_operation("查看未脱敏信息；本人可看到", "Read sealed fields"))
def reading(request: HttpRequest, number: s.Number, data: ReadingIn) -> Any:
    """The look is written down before the fields are handed over."""
    return commands.reading(_actor(request, *AGENCY, "coordinator"), number, list(data.fields), data.purpose)


@router.get("/audit/findings", **_operation("最近一次核查的时间和结果；findings 为空表示全部成立", "The last audit and what does not hold"))
def findings(request: HttpRequest) -> Any:
    """An empty list of findings means that every promise held at that time."""
    return oversight.findings(_actor(request, "auditor"))


@router.post("/audit/run", **_operation("在后台重新核查", "Have a new audit made"))
def audit(request: HttpRequest) -> Any:
    """In the background; one at a time."""
    job = ask(_actor(request, "auditor"), "audit")
    return {"job": job.pk, "state": job.state}


@router.get("/audit/run", **_operation("后台核查的进度", "How far the audit is"))
def audit_progress(request: HttpRequest) -> Any:
    """Checks done, and of how many."""
    _actor(request, "auditor")
    job = latest("audit")
    return {"job": job and job.pk, "state": job.state if job else "none", "done": job.done if job else 0, "total": job.total if job else 0}


@router.get("/audit/digests", **_operation("每日摘要链及其核对", "The digest chain"))
def chain(request: HttpRequest) -> Any:
    """The days and those that do not hold."""
    return oversight.chain(_actor(request, "auditor"))


@router.get("/audit/accesses", **_operation("谁看过谁的信息", "The access log", list[dict]))
def accesses(request: HttpRequest, person: int | None = Query(None, ge=1, le=2**62)) -> Any:
    """An auditor sees all, a supervisor those of the agency."""
    return oversight.accesses(_actor(request, "auditor", "supervisor"), person)


@router.get("/actors", **_operation("工作人员和平台人员账号", "Accounts of staff", list[dict]))
def actors(request: HttpRequest) -> Any:
    """Workers are not among them."""
    return oversight.actors(_actor(request, "administrator", "auditor"))


@router.post("/actors", **_operation("任命", "Appoint someone"))
def appointment(request: HttpRequest, data: AppointmentIn) -> Any:
    """The one-time code is shown once; password and authenticator are set up with it at the first sign-in."""
    number, invited = staff.appointment(_actor(request, "administrator"), **data.model_dump())
    return {"actor": number, **asdict(invited)}


@router.post("/actors/{number}/dismissal", **_operation("停用", "End someone's right to act"))
def dismissal(request: HttpRequest, number: s.Number) -> Any:
    """At once; what was done stays under the number."""
    return staff.dismissal(_actor(request, "administrator"), number)


@router.get("/actors/history", **_operation("账号变动记录", "What was done to accounts", list[dict]))
def account_history(request: HttpRequest) -> Any:
    """Appointed, dismissed, reset: by whom, when and why."""
    actor = _actor(request, "administrator", "auditor")
    return [asdict(each) for each in run_as(actor, events)]


@router.post("/actors/{number}/reset", **_operation("重置密码，或申请重置验证器", "Reset a password, or ask for a reset of an authenticator"))
def reset(request: HttpRequest, number: s.Number, data: ResetIn) -> Any:
    """A password is reset at once, by a one-time code shown once; an authenticator needs a second administrator."""
    actor = _actor(request, "administrator")
    if data.what == "password":
        return _invited(staff.reset_password(actor, number, reason=data.reason))
    return {"request": staff.ask_authenticator_reset(actor, number, reason=data.reason)}


@router.post("/actors/requests/{number}/answer", **_operation("批准或不予重置验证器", "Grant or refuse a reset of an authenticator"))
def reset_answer(request: HttpRequest, number: s.Number, data: ResetAnswerIn) -> Any:
    """Never by the one who asked, nor by the person himself."""
    return _invited(staff.answer_authenticator_reset(_actor(request, "administrator"), number, granted=data.granted, reason=data.reason))


def _invited(invited: Invited | None) -> dict[str, Any]:
    return {} if invited is None else asdict(invited)
