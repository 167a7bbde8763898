"""Messages to the worker, and matters the worker brings up: a question, a complaint, a review, a late transfer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import InputError
from lingbao.registry.disputes.periods import kinds
from lingbao.registry.disputes.services import COLUMNS, lodge, step, steps_of
from lingbao.registry.disputes.services import Matter as Brought
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.errors import NotFound
from lingbao.registry.notices.sending import messages_of
from lingbao.registry.session import acting_as
from lingbao.web import figures
from lingbao.web.account import decisions, words
from lingbao.web.account.access import Me, this_month, today, worker_only
from lingbao.web.account.fields import Words
from lingbao.web.account.form_key import key_of
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.account.messages import shown
from lingbao.web.fields import Choice, Field

LONGEST = 2000
KINDS = ("advice", "complaint", "transfer")
HINTS = {"advice": ("问一件事", "Ask about something"), "complaint": ("对办理结果、时间或态度不满意", "The outcome, the time it took or how you were treated"),
         "transfer": ("转移被拖延或被拒绝，由协调机构处理", "A transfer is delayed or refused; the coordinating body takes it")}


@worker_only
def messages(request: HttpRequest) -> HttpResponse:
    """Every message sent to the worker, also those no telephone took."""
    me = request.me  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = messages_of(me.number)
    return render(request, "account/messages.html", {"messages": shown(found, request.lang)})  # type: ignore[attr-defined]


def _kind_fields(asked: Asked) -> tuple[Field, ...]:
    return (Field("kind", "choice", "哪一类", "Which kind", choices=lambda: tuple(
        Choice(name, kinds()[name].zh, kinds()[name].en.capitalize(), *HINTS[name]) for name in KINDS)),)


SAYS = Words("says", "words", "请写下来", "Write it down", "一两句话就行：什么时候、在哪里、哪件事。", "A sentence or two will do: when, where, what.", longest=LONGEST)


def _handler(asked: Asked) -> str:
    with acting_as(asked.worker.actor):
        member = next(iter(memberships(asked.worker.number, on=this_month())), None)
    return member.province if member else asked.worker.person.residence_province


def _send(asked: Asked) -> str:
    me = asked.worker
    done = lodge(me.actor, asked.key, me.number, asked.values["kind"], asked.values["says"], province=_handler(asked), today=today())
    return f"/account/complaints/{done['matter']}/"


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    kind = kinds()[asked.values["kind"]]
    due = kind.due("accept", today())
    if due is None:
        return (), (("经办机构会尽快答复；法律没有定期限。", "The agency answers as soon as it can; the law sets no period."),)
    return (), ((f"依据{kind.article}，{figures.day(due.due)} 前会告诉您是否受理。", f"By {figures.day(due.due, 'en')} you are told whether it is taken up ({kind.article})."),)


MATTER = Matter(
    "complain", "投诉与咨询", "Complain or ask",
    (Question("kind", "您想办哪一类？", "What is it?", _kind_fields), Question("says", "出了什么事？", "What happened?", lambda asked: (SAYS,))),
    button=lambda asked: ("提交", "Send"), send=_send, told=_told)


def matters_of(me: Me, number: int | None = None) -> list[Brought]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM dispute_case WHERE person_id = %s AND id = coalesce(%s, id) ORDER BY id DESC", [me.number, number])
        return [Brought(*row) for row in cursor.fetchall()]


def _shown(each: Brought, lang: str) -> dict[str, Any]:
    kind = kinds()[each.kind]
    return {"id": each.id, "kind": kind.zh if lang == "zh" else kind.en.capitalize(), "state": words.said(words.MATTER_STATES, each.state, lang),
            "due": each.due, "late": isinstance(each.due, date) and each.due < today(), "name": each.state, "about": decisions.address_of(each.about)}


@worker_only
def complaints(request: HttpRequest) -> HttpResponse:
    """What the worker brought up."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = matters_of(me)
    return render(request, "account/complaints.html", {"matters": [_shown(each, lang) for each in found]}) if found else redirect("/account/complain/")


@worker_only
def complaint(request: HttpRequest, number: int) -> HttpResponse:
    """One matter with its steps; withdraw it, or ask for a review of the answer."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    fault: InputError | None = None
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action not in ("withdraw", "object"):
            raise NotFound("account.no_step", value=action[:20], zh="没有这一步。", en="There is no such step.")
        try:
            step(me.actor, key_of(request.POST.get("key", "")), number, action, today=today(), words=request.POST.get("says", "")[:LONGEST])
            return redirect(f"/account/complaints/{number}/")
        except InputError as error:
            fault = error
    with acting_as(me.actor):
        found = matters_of(me, number)
        if not found:
            raise NotFound("account.no_matter", value=number, zh="没有这件事项。", en="There is no such matter.")
        steps = steps_of(number)
    return render(request, "account/complaint.html", {
        "matter": _shown(found[0], lang), "key": secrets.token_hex(16), "may_withdraw": found[0].state in ("lodged", "referred", "accepted"),
        "may_object": found[0].state in ("answered", "refused"), "says": request.POST.get("says", "")[:LONGEST] if fault else "",
        "faults": {"says" if fault.code == "dispute.words" else "": fault} if fault else {},
        "steps": [{"what": words.said(words.MATTER_STEPS, each.action, lang), "day": each.day, "words": each.words} for each in steps]},
        status=422 if fault else 200)
