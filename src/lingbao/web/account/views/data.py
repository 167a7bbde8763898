"""My data: what is held, who read it and why, consent, correction, and a copy of everything."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from lingbao.registry.errors import NotFound
from lingbao.registry.keys import blind_index
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.people.persons import SEALED, read
from lingbao.registry.people.rights import (
    accesses,
    ask_correction,
    asked_by,
    consent,
    consents,
    export_own,
    no_correction,
)
from lingbao.registry.retention import table
from lingbao.registry.session import acting_as, run_as
from lingbao.web.account import words
from lingbao.web.account.access import china, today, worker_only
from lingbao.web.account.certificate import certificates_of
from lingbao.web.account.fields import Words
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.account.views.identity import CONSENT_VERSION
from lingbao.web.account.views.identity import CONSENTS as PURPOSES
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_of

MAY_CORRECT = ("name", "phone", "residence_province", "hukou_province")


@worker_only
def data(request: HttpRequest) -> HttpResponse:
    """What is held and for how long, who read it, what is consented to."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    with acting_as(me.actor):
        said = read([me.number], SEALED, purpose="本人查询")[me.number]
        given = consents(me.number)
        looks = accesses(me.number)[:100]
    zh = lang == "zh"
    held = [Row("姓名" if zh else "Name", said["name"] or ""), Row("公民身份号码" if zh else "Identity number", me.person.identity_masked),
            Row("手机号" if zh else "Telephone", said["phone"] or "—"),
            Row("户籍" if zh else "Household registration", name_of(me.person.hukou_province, lang)),
            Row("工作或居住地" if zh else "Place of work or residence", name_of(me.person.residence_province, lang))]
    return render(request, "account/data.html", {
        "held": held,
        "consents": [{"purpose": purpose, "what": words.said(words.CONSENTS, purpose, lang), "given": purpose in given} for purpose in PURPOSES],
        "looks": [{"at": china(each.at), "who": words.said(words.ROLES, each.role, lang), "agency": each.agency or "",
                   "did": words.said(words.ACTIONS, each.action, lang),
                   "fields": ("、" if zh else ", ").join(words.said(words.FIELDS, field, lang) for field in each.fields), "why": each.purpose}
                  for each in looks],
        "kept": [{"what": each.zh if zh else each.en, "period": each.period(lang), "why": each.why_zh if zh else each.why_en,
                  "law": each.law.zh if zh else each.law.en, "chosen": each.basis == "chosen"} for each in table()]})


@worker_only
def export(request: HttpRequest) -> HttpResponse:
    """Everything the registry holds of the worker, as a file."""
    me = request.me  # type: ignore[attr-defined]
    with acting_as(me.actor):
        held = export_own(me.actor)
    held["certificates"] = certificates_of(me.number)
    body = json.dumps(held, ensure_ascii=False, indent=1, default=str)
    return HttpResponse(body, content_type="application/json; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="lingbao-{today()}.json"'})


@require_POST
@worker_only
def consenting(request: HttpRequest) -> HttpResponse:
    """Give or withdraw a consent."""
    me = request.me  # type: ignore[attr-defined]
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        raise NotFound("account.no_consent", value=purpose[:20], zh="没有这一项同意。", en="There is no such consent.")
    run_as(me.actor, lambda: consent(me.actor, me.number, purpose, version=CONSENT_VERSION, given=request.POST.get("given") == "yes"))
    return redirect("/account/data/")


FIELD = Field("field", "choice", "哪一项写错了", "What is wrong",
              choices=lambda: tuple(Choice(name, words.FIELDS[name][0], words.FIELDS[name][1].capitalize()) for name in MAY_CORRECT))
VALUE = Words("value", "text", "正确的内容", "What would be right", "省份请写代码或名称，例如：江西。", "For a province, its name.", longest=100)
WHY = Words("why", "text", "为什么", "Why", "例如：身份证上的名字改过。", "For example: the name on the card was changed.", longest=200)


def _value(asked: Asked) -> str:
    """Return the value as the registry keeps it: a province by its code."""
    text = str(asked.values["value"])
    if asked.values["field"].endswith("_province"):
        from lingbao.web.engine import law

        return law().find_province(text)[0]
    return text


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    return (), (("经办人员核对后更正，结果和理由您都能看到；期间原内容不变。", "A clerk checks and corrects it; you see the outcome and the reason. Until then nothing changes."),)


def _send(asked: Asked) -> str:
    me, field, value = asked.worker, asked.values["field"], _value(asked)

    def work() -> dict[str, int]:
        return {"correction": ask_correction(me.actor, me.number, field, value, reason=asked.values["why"])}

    # The value is personal: a keyed hash stands for it.
    content = {"field": field, "value": blind_index(value, "command").hex(), "why": asked.values["why"]}
    done = execute(me.actor, Command("account.correct", asked.key, content), work)
    return f"/account/corrections/{done['correction']}/"


MATTER = Matter(
    "correct", "更正信息", "Correct my data",
    (Question("field", "哪一项写错了？", "What is wrong?", lambda asked: (FIELD,)),
     Question("value", "应该是什么？", "What would be right?", lambda asked: (VALUE, WHY))),
    button=lambda asked: ("提交更正申请", "Ask for the correction"), send=_send, told=_told)


@worker_only
def asked_for(request: HttpRequest, number: int) -> HttpResponse:
    """The confirmation of a request for correction; another's is not found."""
    me = request.me  # type: ignore[attr-defined]
    with acting_as(me.actor):
        if not asked_by(me.number, number):
            raise no_correction(number)
    zh = request.lang == "zh"  # type: ignore[attr-defined]
    return render(request, "account/confirmed.html", {
        "heading": "更正申请已收到" if zh else "The request has arrived", "number": f"{number:08d}", "rows": [],
        "notes": ["经办人员核对后更正；谁看过、改过，您都能在“我的信息”里查到。" if zh else "A clerk checks and corrects it; who read or changed what is listed under 'My data'."],
        "next": {"address": "/account/data/", "label": "我的信息" if zh else "My data"}})
