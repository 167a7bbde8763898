"""Operations of the auditor, who reads all and changes nothing, and of the administrator, who keeps the accounts of staff."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from lingbao.registry.people.actor_events import events, open_requests, waiting
from lingbao.registry.session import Actor, run_as
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.desk_access import STAFF_SESSION, staff_actor, told
from lingbao.web.api.schemas import Strict
from lingbao.web.credentials import staff
from lingbao.web.credentials.invitations import Invited
from lingbao.web.desk import oversight
from lingbao.web.desk.jobs import ask, latest

router = Router(auth=STAFF_SESSION, tags=["registry: staff, oversight"])
Why = Annotated[str, Field(min_length=1, max_length=200, pattern=s.WRITTEN)]


class DismissalIn(Strict):
    """Why someone's right to act ends."""

    reason: Why


class ResetIn(Strict):
    """A reset of someone's password, or a request that the authenticator be reset."""

    what: Literal["password", "authenticator"]
    reason: Why


class ResetAnswerIn(Strict):
    """The second administrator's answer."""

    granted: bool
    reason: Why


class AppointmentIn(Strict):
    """A new account of staff or of a platform's engineer."""

    role: Literal["clerk", "supervisor", "coordinator", "platform", "auditor", "administrator"]
    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
    login: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{3,60}$")]
    agency: Annotated[int, Field(ge=1, le=2**62)] | None = None
    platform: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


@router.get("/audit/findings", **s.operation("最近一次核查的时间和结果；findings 为空表示全部成立", "The last audit and what does not hold"))
def findings(request: HttpRequest) -> Any:
    """An empty list of findings means that every promise held at that time."""
    return oversight.findings(staff_actor(request, "auditor"))


@router.get("/audit/results", **s.operation("历次核查：时间、核了哪些、哪里不符", "The audits kept, the newest first", list[dict]))
def kept(request: HttpRequest) -> Any:
    """Nobody can change them."""
    return [asdict(each) for each in oversight.audits(staff_actor(request, "auditor"))]


@router.post("/audit/run", **s.operation("在后台重新核查", "Have a new audit made"))
def audit(request: HttpRequest) -> Any:
    """In the background; one at a time."""
    return told(ask(staff_actor(request, "auditor"), "audit"))


@router.get("/audit/run", **s.operation("后台核查的进度", "How far the audit is"))
def audit_progress(request: HttpRequest) -> Any:
    """Checks done, and of how many."""
    staff_actor(request, "auditor")
    return told(latest("audit"))


@router.get("/audit/digests", **s.operation("每日摘要链及其核对", "The digest chain"))
def chain(request: HttpRequest) -> Any:
    """The days and those that do not hold."""
    return oversight.chain(staff_actor(request, "auditor"))


@router.get("/audit/accesses", **s.operation("谁看过谁的信息", "The access log", list[dict]))
def accesses(request: HttpRequest, person: int | None = Query(None, ge=1, le=2**62)) -> Any:
    """An auditor sees all, a supervisor those of the agency."""
    return oversight.accesses(staff_actor(request, "auditor", "supervisor"), person)


@router.get("/audit/refused-readings", **s.operation("因超过每小时上限被拒绝的查看", "Readings refused for their number", list[dict]))
def refused_readings(request: HttpRequest) -> Any:
    """Who tried to read too many people's data in an hour."""
    return oversight.refused_readings(staff_actor(request, "auditor", "supervisor"))


@router.get("/audit/missed-searches", **s.operation("查无此人的查询，按小时", "Searches for numbers that nobody has, by the hour", list[dict]))
def missed_searches(request: HttpRequest) -> Any:
    """Who looked for numbers that nobody has; they count towards the limit of an hour as readings do."""
    return oversight.missed_searches(staff_actor(request, "auditor", "supervisor"))


@router.get("/actors", **s.operation("工作人员和平台人员账号", "Accounts of staff", list[dict]))
def actors(request: HttpRequest, after: s.After = 0) -> Any:
    """Workers are not among them: 200 at a time, after so many before them."""
    return oversight.actors(staff_actor(request, "administrator", "auditor"), after=after)


@router.post("/actors", **s.operation("任命", "Appoint someone"))
def appointment(request: HttpRequest, data: AppointmentIn) -> Any:
    """Staff waits for a second administrator, who answers the ``request`` and gets the one-time code; a platform's engineer gets it at once."""
    actor = staff_actor(request, "administrator")
    number, invited = staff.appointment(actor, **data.model_dump())
    return {"actor": number, **_invited(invited, actor, number)}


@router.get("/actors/limits", **s.operation("可任命到的机构和平台", "Agencies and platforms to appoint for"))
def limits(request: HttpRequest) -> Any:
    """By number, as they are called."""
    agencies, platforms = oversight.limits(staff_actor(request, "administrator"))
    return {"agencies": [{"agency": number, "name": name} for number, name in agencies.items()],
            "platforms": [{"platform": number, "name": name} for number, name in platforms.items()]}


@router.post("/actors/{number}/dismissal", **s.operation("停用，写明理由", "End someone's right to act"))
def dismissal(request: HttpRequest, number: s.Number, data: DismissalIn) -> Any:
    """At once; the reason stays on record, and what was done stays under the number."""
    return staff.dismissal(staff_actor(request, "administrator"), number, reason=data.reason)


@router.get("/actors/history", **s.operation("账号变动记录", "What was done to accounts", list[dict]))
def account_history(request: HttpRequest, after: s.After = 0) -> Any:
    """Appointed, dismissed, reset: by whom, when and why, the latest first; 200 at a time, after so many before them."""
    actor = staff_actor(request, "administrator", "auditor")
    return [asdict(each) for each in run_as(actor, lambda: events(after=after))]


@router.get("/actors/requests", **s.operation("待另一位管理员批准的任命和重置", "Appointments and resets that wait for another administrator", list[dict]))
def waiting_requests(request: HttpRequest) -> Any:
    """All of them, the latest first."""
    actor = staff_actor(request, "administrator", "auditor")
    return [asdict(each) for each in run_as(actor, open_requests)]


@router.post("/actors/{number}/reset", **s.operation("重置密码，或申请重置验证器", "Reset a password, or ask for a reset of an authenticator"))
def reset(request: HttpRequest, number: s.Number, data: ResetIn) -> Any:
    """By two administrators, who get a ``request``; the password of a platform's engineer at once, by a one-time code shown once."""
    actor = staff_actor(request, "administrator")
    if data.what == "password":
        return _invited(staff.reset_password(actor, number, reason=data.reason), actor, number)
    return {"request": staff.ask_authenticator_reset(actor, number, reason=data.reason)}


@router.post("/actors/requests/{number}/answer", **s.operation("批准或不予任命、重置密码、重置验证器", "Grant or refuse an appointment or a reset"))
def reset_answer(request: HttpRequest, number: s.Number, data: ResetAnswerIn) -> Any:
    """Never by the one who asked, nor by the person himself."""
    invited = staff.answer(staff_actor(request, "administrator"), number, granted=data.granted, reason=data.reason)
    return {} if invited is None else asdict(invited)


@router.get("/actors/{number}", **s.operation("一个账号和它的变动记录", "One account and what was done to it"))
def account(request: HttpRequest, number: s.Number) -> Any:
    """The latest first."""
    actor = staff_actor(request, "administrator", "auditor")
    return {**oversight.account(actor, number), "history": [asdict(each) for each in run_as(actor, lambda: events(number))]}


def _invited(invited: Invited | None, actor: Actor, number: int) -> dict[str, Any]:
    """The one-time code, or which request a second administrator answers."""
    return asdict(invited) if invited is not None else {"request": run_as(actor, lambda: waiting(number))}
