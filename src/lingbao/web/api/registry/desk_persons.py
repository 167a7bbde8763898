"""Operations of staff on persons: a telephone or missing years at the counter, a death and its heirs, doubled numbers, requests, announcements."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from lingbao.law.month import parse_month
from lingbao.registry.benefits import undoing
from lingbao.registry.benefits.death import Heir, settle
from lingbao.registry.benefits.heirs import death_of, give_back
from lingbao.registry.benefits.inheritance import inherit_rest
from lingbao.registry.notices.concerned import conditions
from lingbao.registry.people import merges
from lingbao.registry.session import run_as
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.desk_access import (
    CASES,
    KEY,
    STAFF_SESSION,
    SUPERVISOR,
    staff_actor,
    told,
)
from lingbao.web.api.registry.worker_schemas import MissingYearsIn
from lingbao.web.api.schemas import Month, Strict
from lingbao.web.desk import announcements, asked, commands, files, missing_years
from lingbao.web.desk.access import AGENCY
from lingbao.web.desk.jobs import latest
from lingbao.web.desk.queues import today

router = Router(auth=STAFF_SESSION, tags=["registry: staff, persons"])
Person = Annotated[int, Field(ge=1, le=2**62)]
Place = Annotated[int, Field(ge=0, le=1000)]
KindOfRequest = Literal["subsidies", "conversions", "recoveries", "setoffs", "exemptions"]
MERGING = (*AGENCY, "coordinator")


class OpeningIn(Strict):
    """Why a person's file is opened; the person sees it."""

    purpose: Annotated[str, Field(min_length=1, max_length=200, pattern=s.WRITTEN)]


class TelephoneIn(Strict):
    """Another number of someone who stands at the counter, and how the person was recognised."""

    phone: Annotated[str, Field(min_length=1, max_length=30, pattern=s.WRITTEN)]
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=s.WRITTEN)]


class HeirIn(Strict):
    """An heir and the share by agreement or judgment."""

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=s.WRITTEN)]
    share: Annotated[str, Field(pattern=r"^(1|[1-9][0-9]{0,5}/[1-9][0-9]{0,5})$", examples=["1/3"])]


class DeathIn(Strict):
    """A death: its date, what the grants are reckoned by, and the heirs, whose shares make one."""

    died_on: date
    disposable_income_fen: Annotated[int, Field(ge=1, le=10**9, description="of an urban resident of the province in the year before, fen/month")]
    heirs: Annotated[list[HeirIn], Field(min_length=1, max_length=20)]


class GivenBackIn(Strict):
    """What an heir gave back, under the number of the bank of the province that had paid."""

    fen: Annotated[int, Field(ge=1, le=10**10)]
    reference: Annotated[str, Field(min_length=1, max_length=60, pattern=s.WRITTEN)]


class UndoingIn(Strict):
    """Why a death was registered wrongly, and what shows that the person lives."""

    reason: s.Text
    proof: s.Text


class UndoingAnswerIn(Strict):
    """Undone, or refused with a reason."""

    accepted: bool
    reason: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""


class MergeIn(Strict):
    """Two numbers of one human being: the one that stays and the other, and which papers were compared."""

    kept: Person
    other: Person
    reason: s.Text


class MergeAnswerIn(Strict):
    """Merged, or refused with a reason."""

    accepted: bool
    reason: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""


class RequestAnswerIn(Strict):
    """One of the `actions` of the request. A grant has share, first and last month; a plan the most a month and its first month;
    money that came back its amount, with the bank's reference as the reason."""

    action: Literal["grant", "accept", "propose", "check", "approve", "refuse", "return"]
    reason: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, description="of what is paid")] | None = None
    since: Month | None = None
    last: Month | None = None
    monthly_fen: Annotated[int, Field(ge=1, le=10**9)] | None = None
    fen: Annotated[int, Field(ge=1, le=10**10)] | None = None


class AnnouncementIn(Strict):
    """A rule, from when, what changes, and whom it concerns."""

    rule: Annotated[str, Field(min_length=1, max_length=60, pattern=s.WRITTEN)]
    month: Month
    change: Annotated[str, Field(min_length=1, max_length=60, pattern=s.WRITTEN)]
    scheme: Literal["all", "employee", "resident"]
    age_from: Annotated[int, Field(ge=0, le=120, description="whole years, included")] | None = None
    age_to: Annotated[int, Field(ge=0, le=120)] | None = None
    sex: Literal["male", "female"] | None = None
    status: Literal["joined", "paying", "late", "stopped", "returned"] | None = None
    months_from: Annotated[int, Field(ge=0, le=720, description="months paid in the employee scheme, included")] | None = None
    months_to: Annotated[int, Field(ge=0, le=720)] | None = None
    short: Annotated[bool, Field(description="only who has not reached the own minimum")] = False
    rhythm: Literal[1, 3, 6, 12] | None = None
    choice: Literal["floor", "tier", "base", "amount", "fee"] | None = None
    platform: Annotated[bool, Field(description="only who works through a platform")] = False

    @property
    def text(self) -> dict[str, str]:
        """What is said."""
        return {"rule": self.rule, "month": self.month, "change": self.change}


@router.post("/persons/{number}/opening", **s.operation("打开一个人的档案，写明用途；本人可看到", "Open a person's file, saying why"))
def opening(request: HttpRequest, number: s.Number, data: OpeningIn) -> Any:
    """The file; for twelve hours it may be read again without a purpose, and the same purpose leaves one line."""
    return files.person(staff_actor(request, *CASES), number, data.purpose)


@router.post("/persons/{number}/telephone", **s.operation("窗口代办：申请更换手机号，由同事核准", "Ask for another telephone number of someone at the counter"))
def telephone(request: HttpRequest, number: s.Number, data: TelephoneIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """A colleague decides it among the corrections; the person sees the reason."""
    actor = staff_actor(request, *AGENCY)
    return {"correction": commands.new_telephone(actor, idempotency_key, files.known(actor, number).id, data.phone, reason=data.reason)}


@router.get("/persons/{number}/missing-years", **s.operation("居民养老保险所缺年限，能不能补缴", "Years missing in the resident scheme"))
def buyable(request: HttpRequest, number: s.Number) -> Any:
    """Which years may be bought and at which fees; why not, where none may be."""
    actor = staff_actor(request, *AGENCY)
    files.person(actor, number)
    found = run_as(actor, lambda: missing_years.desk_buys(number))
    return {"person": number, "missing": None if found.missing is None else asdict(found.missing), "closed": None if found.fault is None else found.fault.to_dict()}


@router.post("/persons/{number}/missing-years", **s.operation("窗口代办：开补缴所缺年限的缴费单", "Bill missing years for someone at the counter"))
def buying(request: HttpRequest, number: s.Number, data: MissingYearsIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """It is paid like any other bill; the years count once paid within the year."""
    actor = staff_actor(request, *AGENCY)
    files.known(actor, number)
    return missing_years.bill(actor, idempotency_key, number, data.years, data.fee)


@router.get("/persons/{number}/death", **s.operation("死亡待遇：各项金额、继承人和付款情况", "How a death was settled"))
def death(request: HttpRequest, number: s.Number) -> Any:
    """Null where no death is settled; each heir with the payment and what the bank said; what was asked to be undone."""
    actor = staff_actor(request, *CASES)
    files.person(actor, number)
    settled, undoings = run_as(actor, lambda: (death_of(number), undoing.undoings_of(number)))
    return {"person": number, "settled": None if settled is None else asdict(settled), "undoings": [asdict(each) for each in undoings]}


@router.post("/persons/{number}/death", **s.operation("登记死亡并核定死亡待遇", "Settle a death"))
def settling(request: HttpRequest, number: s.Number, data: DeathIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """The pension ends, what was paid beyond it is recovered, account and grants are divided among the heirs."""
    actor = staff_actor(request, *AGENCY)
    files.known(actor, number)
    return settle(actor, idempotency_key, number, died_on=data.died_on, heirs=[Heir(each.name, each.share) for each in data.heirs],
                  province=actor.province or "", disposable_income_fen=data.disposable_income_fen, today=today())


@router.post("/persons/{number}/death/heirs/{heir}/payment", **s.operation("付给一位继承人（第二人）", "Pay one heir"))
def paying_heir(request: HttpRequest, number: s.Number, heir: Place, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By a supervisor who did not settle the death; heirs are counted from 0."""
    actor = staff_actor(request, *SUPERVISOR)
    files.known(actor, number)
    return commands.heir_payment(actor, idempotency_key, number, heir)


@router.post("/persons/{number}/death/heirs/{heir}/return", **s.operation("登记一位继承人退回的款项", "Book what an heir gave back"))
def giving_back(request: HttpRequest, number: s.Number, heir: Place, data: GivenBackIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By a supervisor of the province that had paid; it is payable again, or the death can be undone."""
    actor = staff_actor(request, *SUPERVISOR)
    files.known(actor, number)
    return give_back(actor, idempotency_key, number, heir, data.fen, reference=data.reference, today=today())


@router.post("/persons/{number}/death/undoing", **s.operation("申请撤销登记有误的死亡", "Ask that a death be undone"))
def asking_undoing(request: HttpRequest, number: s.Number, data: UndoingIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By the agency that settled it; no heir is paid before it is answered."""
    actor = staff_actor(request, *AGENCY)
    files.known(actor, number)
    return undoing.ask(actor, idempotency_key, number, reason=data.reason, proof=data.proof)


@router.post("/persons/{number}/death/undoing/decision", **s.operation("批准撤销死亡登记（第二人），或不批准", "Decide whether a death is undone"))
def deciding_undoing(request: HttpRequest, number: s.Number, data: UndoingAnswerIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """By a supervisor other than who asked; the inheritance is reversed and the pension goes on, unless heirs have been paid."""
    actor = staff_actor(request, *SUPERVISOR)
    files.known(actor, number)
    return undoing.decide(actor, idempotency_key, number, accept=data.accepted, reason=data.reason, today=today())


@router.post("/persons/{number}/death/rest", **s.operation("核定之后又到账的款项，按同样份额分给继承人", "Divide what has come in since a death was settled"))
def rest(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Interest of the year, money that a platform withheld; by the shares of the settlement."""
    actor = staff_actor(request, *AGENCY)
    files.known(actor, number)
    return inherit_rest(actor, idempotency_key, number, today=today())


@router.get("/merges", **s.operation("疑似同一人的编号，和合并申请", "Numbers that may be one person, and merges proposed"))
def doubles(request: HttpRequest, after: s.After = 0) -> Any:
    """Pairs share birth date, sex and a name or telephone; keyed hashes are compared, so no name is read."""
    actor = staff_actor(request, *CASES)
    proposed, pairs, shown, total = commands.doubles(actor, after=after)

    def who(number: int) -> dict[str, Any]:
        found = shown.get(number)
        return {"person": number, "name": found.name_masked if found else "", "identity_number": found.identity_masked if found else ""}

    return {"pairs_in_all": total, "pairs": [{"first": who(each.first), "second": who(each.second), "shared": list(each.shared)} for each in pairs],
            "proposals": [{**asdict(each), "kept": who(each.kept), "other": who(each.other)} for each in proposed],
            "two_places": [{**asdict(each), "name": name} for each, name in commands.two_places(actor)]}


@router.post("/merges", **s.operation("提出合并，写明核对了什么", "Propose a merge"))
def propose(request: HttpRequest, data: MergeIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Another person decides it; across provinces the coordinating body does."""
    return merges.propose(staff_actor(request, *MERGING), idempotency_key, data.kept, data.other, reason=data.reason)


@router.post("/merges/{number}/decision", **s.operation("批准合并（第二人），或不予合并", "Decide a merge"))
def decide(request: HttpRequest, number: s.Number, data: MergeAnswerIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Never by who proposed it."""
    return merges.decide(staff_actor(request, *SUPERVISOR, "coordinator"), idempotency_key, number, accepted=data.accepted, reason=data.reason)


@router.get("/requests", **s.operation("参保人的申请和多发待抵扣：各个队列", "Requests of persons, and what was paid too much"))
def requests(request: HttpRequest, after: s.After = 0) -> Any:
    """Subsidies, moves between the schemes, exemptions, sums without a plan, plans that wait for approval: 200 of each at a time, after so many."""
    return asked.waiting(staff_actor(request, *CASES), after=after)


@router.get("/requests/{kind}/{number}", **s.operation("一件申请：依据的各项、可办的步骤", "One request"))
def one(request: HttpRequest, kind: KindOfRequest, number: s.Number) -> Any:
    """The lines one decides on, and the actions open to who looks."""
    found = asked.one(staff_actor(request, *CASES), kind, number)
    return {**found, "lines": [{"label": asked.both(label), "value": value} for label, value in found["lines"]]}


@router.post("/requests/{kind}/{number}/decision", **s.operation("办理一件申请：批准补贴、同意衔接、提出或审批抵扣方案、不予办理", "Decide a request"))
def answer(request: HttpRequest, kind: KindOfRequest, number: s.Number, data: RequestAnswerIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """A subsidy is granted and a plan approved by a supervisor, a plan never by who proposed it."""
    months = {name: None if text is None else parse_month(text) for name, text in (("since", data.since), ("last", data.last))}
    return asked.decide(staff_actor(request, *AGENCY), idempotency_key, kind, number, data.action, reason=data.reason, share=data.share,
                        monthly_fen=data.monthly_fen, fen=data.fen, **months)


@router.post("/announcements/check", **s.operation("新规通知：先看全文和人数，什么都不发出", "What an announcement would say, and to how many"))
def check(request: HttpRequest, data: AnnouncementIn) -> Any:
    """Nothing is sent."""
    actor = staff_actor(request, *AGENCY)
    return {"text": announcements.check(**data.text), "people": len(announcements.concerned(actor, conditions(data.model_dump())))}


@router.post("/announcements", **s.operation("在后台发出新规通知；每人每项规则一次", "Tell those concerned of a new rule"))
def announce(request: HttpRequest, data: AnnouncementIn) -> Any:
    """In the background, once for each rule and person."""
    return told(announcements.send(staff_actor(request, *AGENCY), **data.text, who=conditions(data.model_dump())))


@router.get("/announcements", **s.operation("最近一次通知的进度", "How far the last announcement is"))
def announced(request: HttpRequest) -> Any:
    """Of the actor's province."""
    return told(latest("announce", province=staff_actor(request, *AGENCY).province))
