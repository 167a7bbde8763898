"""Operations of the worker on who he is and what he joined: overview, career, enrolment, certificates, messages, his own data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from lingbao.law.month import format_month
from lingbao.registry.enrolment.membership import choice_on, come_back, history, membership_of, memberships
from lingbao.registry.errors import Conflict, NotFound
from lingbao.registry.keys import blind_index
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.monitoring.reasons import to_ask
from lingbao.registry.notices.sending import messages_of
from lingbao.registry.people.persons import SEALED, read
from lingbao.registry.people.rights import accesses, consent, consents, export_own
from lingbao.registry.record.queries import months_of
from lingbao.registry.session import acting_as
from lingbao.web import engine
from lingbao.web.account import career, certificate, certificate_pdf, overview, words
from lingbao.web.account.access import this_month
from lingbao.web.account.matter import Matter
from lingbao.web.account.models import Certificate
from lingbao.web.account.views import asking, enrol, identity, leave, stop
from lingbao.web.account.views import data as own_data
from lingbao.web.account.views.certificates import address_of_check, new_paper, own_paper, take_back
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry import worker_schemas as w
from lingbao.web.api.registry.worker_access import KEY, WORKER, worker
from lingbao.web.api.registry.worker_matters import (
    BY_NAME,
    answers_of,
    consequences,
    questions,
    send,
    sends,
)
from lingbao.web.registry_person import recorded_person

router = Router(auth=WORKER, tags=["registry: worker"])
PDF = {"200": {"description": "OK", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("", **s.operation("我的养老保险概览", "Overview"))
def me(request: HttpRequest) -> Any:
    """What the accounts hold, what is due and until when, what this month brought."""
    me, lang = worker(request)
    with acting_as(me.actor):
        found = overview.overview(engine.law(), me)
    return {"name": me.person.name_masked, "identity_number": me.person.identity_masked, "membership": _membership(found.member, lang),
            "held_fen": found.held, "waiting_fen": found.waiting, "due_fen": found.due, "deadline": found.deadline,
            "this_month": {"withheld_fen": found.month.withheld, "received_fen": found.month.received, "credited_fen": found.month.credited},
            "months_paid": len(found.months), "resident_years_paid": found.years}


def _membership(member: Any, lang: str) -> dict[str, Any] | None:
    if member is None:
        return None
    return {"number": member.id, "scheme": member.scheme, "standing": member.standing, "said": words.said(words.STANDINGS, member.standing, lang),
            "province": member.province, "area": member.area, "since": format_month(member.since),
            "until": None if member.until is None else format_month(member.until), "stopped": member.stopped}


@router.get("/matters/{matter}", **s.operation("一件事要回答哪些问题、有哪些选项；答案放在查询参数里", "Questions of a matter, with the options that the law of place and period leaves"))
def matter(request: HttpRequest, matter: w.MatterName) -> Any:
    """Give the answers known so far as query parameters: the next questions and options follow from them."""
    return questions(request, _named(request, matter), {name: text[:3000] for name, text in request.GET.items()})


@router.post("/matters/{matter}/check", **s.operation("提交前核对：什么都不会发出", "What would follow from these answers"))
def check(request: HttpRequest, matter: w.MatterName, data: w.CheckIn) -> Any:
    """As the page on which answers are checked; nothing is sent."""
    return consequences(request, _named(request, matter), data.answers)


def _named(request: HttpRequest, name: str) -> Matter:
    """Return a matter; all but the identity are for who has said who he is."""
    if name != identity.MATTER.name:
        worker(request)
    return BY_NAME[name]


@router.post("/identity", **s.operation("填写身份信息（开户后第一件事）", "Say who you are", w.DoneOut))
def who(request: HttpRequest, data: w.IdentityIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Number and name must fit what is on record, if anything is."""
    return send(request, identity.MATTER, answers_of(data), idempotency_key)


@router.get("/career", **s.operation("退休时间、最低年限和已记录的缴费", "Retirement dates and the recorded career"))
def recorded(request: HttpRequest) -> Any:
    """Dates by the law of the place that keeps the relation, and what the planner would be told."""
    me, _ = worker(request)
    law = engine.law()
    with acting_as(me.actor):
        member = next(iter(memberships(me.number, on=this_month())), None)
        place = member.province if member else me.person.residence_province
        who, paid = recorded_person(law, me.number, this_month(), province=place), len(months_of(me.number))
    dates = career.retirement(law, me, place)
    return {"place": place, "worker_class": dates.worker_class, "birth": format_month(dates.birth), "statutory": format_month(dates.statutory),
            "earliest": format_month(dates.earliest), "minimum_months": dates.minimum_months, "resident_from": format_month(dates.resident_month),
            "months_paid": paid, "months_before_this": who.months_paid, "mean_index": who.mean_index, "account_yuan": who.account_balance,
            "area": who.area, "deemed_months": who.deemed_months, "resident_years": who.resident_years,
            "resident_account_yuan": who.resident_balance, "planner": career.planner_address()}


@router.get("/enrolments", **s.operation("参保关系、历次选择和变动", "Enrolments with choices and events", list[dict]))
def enrolments(request: HttpRequest) -> Any:
    """The latest first."""
    me, lang = worker(request)
    with acting_as(me.actor):
        found = [(_membership(each, lang), _choice(each.id)) for each in memberships(me.number)]
        told = history(me.number)
    lines = [{**(member or {}), "choice_now": now, "choices": line["choices"], "events": line["events"]}
             for (member, now), line in zip(found, told, strict=True)]
    return lines[::-1]


def _choice(membership: int) -> dict[str, Any] | None:
    found = choice_on(membership, this_month())
    return None if found is None else asdict(found)


sends(router, "/enrolments", enrol.ENROL, w.EnrolIn, "参保并开出第一张缴费单", "Enrol, with a first bill", "Tiers and rhythms are those of `matters/enrol`.")
sends(router, "/enrolments/choice", enrol.CHANGE, w.ChangeIn, "改档次或缴费周期", "Change what is paid", "From the next payment period on.")
sends(router, "/enrolments/pause", stop.MATTER, w.PauseIn, "暂停缴费", "Pause payment", "From the next month; `unsaid` is a reason too.")


@router.get("/questions", **s.operation("还没有问过的两个小问题", "What is still to be asked"))
def asked_of_me(request: HttpRequest) -> Any:
    """Whether the first job was never asked, and how many months are overdue where one stopped without a word."""
    me, _ = worker(request)
    with acting_as(me.actor):
        found = to_ask(me.number, this_month())
    return {"first_job": found.first_job, "why_stopped": found.why}


sends(router, "/questions/first-job", asking.FIRST_JOB, w.FirstJobIn, "第一份工作从哪年哪月开始；可以不说", "When the first job began", "Without a year it is noted that the question was asked and left.")
sends(router, "/questions/why-stopped", asking.WHY, w.PauseIn, "为什么没有缴；可以不说", "Why payment stopped", "One of the reasons of `matters/why-stopped`; `unsaid` is one too.")
sends(router, "/enrolments/leave", leave.MATTER, w.LeaveIn, "终止参保关系，换地方或换制度", "Leave a place or a scheme", "From this month, or the one after the last month paid; then enrol elsewhere or in the other scheme.")


@router.post("/enrolments/return", **s.operation("恢复缴费", "Begin to pay again"))
def returning(request: HttpRequest, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """From this month."""
    me, _ = worker(request)
    member = stop.member_of(me)

    def work() -> dict[str, Any]:
        if member is None or not member.stopped:
            raise Conflict("account.not_stopped", zh="现在没有暂停的参保关系。", en="No enrolment is paused.")
        come_back(me.actor, member.id, month=this_month())
        return {"membership": member.id}

    return execute(me.actor, Command("api.return", idempotency_key, {}), work)


@router.get("/enrolments/{number}", **s.operation("一段参保关系", "One enrolment"))
def enrolment(request: HttpRequest, number: s.Number) -> Any:
    """With the choice in force."""
    me, lang = worker(request)
    with acting_as(me.actor):
        member = membership_of(number)
        if member.person != me.number:
            raise NotFound("account.no_membership", value=number, zh="没有这段参保关系。", en="There is no such enrolment.")
        return {**(_membership(member, lang) or {}), "choice_now": _choice(number)}


@router.get("/certificates", **s.operation("已开的缴费证明", "Certificates issued", list[dict]))
def certificates(request: HttpRequest) -> Any:
    """The latest first, with the code that opens each for checking."""
    me, _ = worker(request)
    return [{"serial": each.serial, "code": certificate.code_of(each.about), "issued_at": each.issued_at, "revoked": hasattr(each, "revocation")}
            for each in Certificate.objects.filter(person_id=me.number).select_related("revocation").order_by("-id")[:50]]


@router.post("/certificates", **s.operation("开一份缴费证明", "Issue a certificate"))
def issuing(request: HttpRequest, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """The same key gives the same certificate."""
    me, _ = worker(request)
    return _paper(request, new_paper(me, blind_index(idempotency_key, "api certificate").hex()[:32]))


def _paper(request: HttpRequest, paper: certificate.Issued) -> dict[str, Any]:
    return {**asdict(paper), "check_at": address_of_check(request, paper.code)}


@router.get("/certificates/{code}", **s.operation("一份缴费证明的内容", "What a certificate says"))
def paper(request: HttpRequest, code: w.Code) -> Any:
    """One of the worker's own."""
    me, _ = worker(request)
    return _paper(request, own_paper(me.number, code))


@router.get("/certificates/{code}/certificate.pdf", response={200: None, **s.REFUSALS}, summary="A certificate as a document",
            openapi_extra={"x-summary-zh": "缴费证明的 PDF，带二维码", "responses": PDF})
def document(request: HttpRequest, code: w.Code) -> HttpResponse:
    """For print, with the QR code."""
    me, lang = worker(request)
    found = own_paper(me.number, code)
    if found.revoked:
        raise NotFound("certificate.revoked", zh="这份证明已经作废，请重新开一份。", en="This certificate was taken back; issue a new one.")
    return HttpResponse(certificate_pdf.document(found, address_of_check(request, found.code), lang), content_type="application/pdf")


@router.post("/certificates/{code}/revocation", **s.operation("作废一份缴费证明", "Take a certificate back"))
def revoking(request: HttpRequest, code: w.Code, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Whoever checks it is told; once more changes nothing, under any key."""
    me, _ = worker(request)
    take_back(own_paper(me.number, code))
    return _paper(request, own_paper(me.number, code))


@router.get("/messages", **s.operation("发给我的消息", "Messages", list[dict]))
def messages(request: HttpRequest) -> Any:
    """Also those that no telephone took; the latest first."""
    me, _ = worker(request)
    with acting_as(me.actor):
        return [asdict(each) for each in messages_of(me.number)]


@router.get("/data", **s.operation("登记的个人信息", "What is held of me"))
def held(request: HttpRequest) -> Any:
    """In full, since it is the person who asks."""
    me, _ = worker(request)
    with acting_as(me.actor):
        said = read([me.number], SEALED, purpose="本人查询")[me.number]
    return {**said, "sex": me.person.sex, "birth": me.person.birth, "hukou_kind": me.person.hukou_kind, "hukou_province": me.person.hukou_province,
            "residence_province": me.person.residence_province}


@router.get("/data/readers", **s.operation("谁看过、改过我的信息", "Who read or changed my record", list[dict]))
def readers(request: HttpRequest) -> Any:
    """When, in which role and agency, which fields and why; the latest first."""
    me, _ = worker(request)
    with acting_as(me.actor):
        return [asdict(each) for each in accesses(me.number)[:500]]


@router.get("/data/export", **s.operation("导出我的全部信息", "Everything that is held of me"))
def export(request: HttpRequest) -> Any:
    """As a copy to keep or to take elsewhere."""
    me, _ = worker(request)
    with acting_as(me.actor):
        everything = export_own(me.actor)
    return {**everything, "certificates": certificate.certificates_of(me.number)}


@router.get("/consents", **s.operation("同意事项", "Consents"))
def consented(request: HttpRequest) -> Any:
    """Each purpose, and whether consent holds."""
    me, _ = worker(request)
    with acting_as(me.actor):
        given = consents(me.number)
    return {purpose: {"given": purpose in given, "version": given.get(purpose), "zh": words.CONSENTS[purpose][0], "en": words.CONSENTS[purpose][1]}
            for purpose in identity.CONSENTS}


@router.put("/consents/{purpose}", **s.operation("同意或撤回一项", "Give or withdraw a consent"))
def consenting(request: HttpRequest, purpose: w.Word, data: w.ConsentIn, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Under the text now in force."""
    me, _ = worker(request)
    if purpose not in identity.CONSENTS:
        raise NotFound("account.no_consent", value=purpose[:20], zh="没有这一项同意。", en="There is no such consent.")

    def work() -> dict[str, Any]:
        consent(me.actor, me.number, purpose, version=identity.CONSENT_VERSION, given=data.given)
        return {"purpose": purpose, "given": data.given}

    return execute(me.actor, Command("api.consent", idempotency_key, {"purpose": purpose, "given": data.given}), work)


sends(router, "/corrections", own_data.MATTER, w.CorrectionIn, "申请更正信息", "Ask for a correction", "A clerk checks it; until then nothing changes.")
