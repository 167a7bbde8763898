"""Leave a place or a scheme: the membership ends, the account and the months stay, and one enrols where one goes."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.registry.enrolment.leaving import depart, first_month_out
from lingbao.registry.enrolment.membership import membership_of, memberships
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.session import acting_as
from lingbao.web import figures
from lingbao.web.account import words
from lingbao.web.account.access import this_month, today, worker_only
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.account.views.stop import member_of
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_with_area

REASONS = (
    Choice("moving", "换地方参保", "I go on in another province", "办完再到新地方参保，再申请转移", "Enrol there next, then apply for the transfer"),
    Choice("scheme", "换另一种养老保险", "I change to the other scheme", "职工和居民同一时间只能参加一种", "Only one of the two schemes at a time"),
    Choice("employer", "单位给我参保", "An employer insures me"),
    Choice("other", "其他原因", "Another reason"),
)


def _open(asked: Asked) -> str | None:
    member = member_of(asked.worker)
    return "/account/" if member is None or member.until is not None or member.standing == "employed" else None


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    member, zh = member_of(asked.worker), asked.lang == "zh"
    assert member is not None
    until = first_month_out(member, today())
    rows = [Row("终止的参保关系" if zh else "What ends", f"{name_with_area(member.province, member.area, asked.lang)} {words.said(words.STANDINGS, member.standing, asked.lang)}"),
            Row("从哪个月起不再参保" if zh else "Ends before", figures.month(until, asked.lang))]
    return rows, (
        ("账户和缴过的月份都留着，照样计息、照样算数，以后可以转走。", "The account and the months paid stay: they earn interest, they count, and they can be moved later."),
        ("从那个月起还没付的缴费单不再要您缴。只是暂时不缴，请用“暂停缴费”。", "Unpaid bills from that month on are dropped. If you only rest, pause payment instead."))


def _send(asked: Asked) -> str:
    me, code = asked.worker, asked.values["reason"]
    member = member_of(me)
    assert member is not None

    def work() -> dict[str, int]:
        depart(me.actor, member, reason=next(each.zh for each in REASONS if each.value == code), today=today())
        return {"membership": member.id}

    done = execute(me.actor, Command("account.leave", asked.key, {"reason": code}), work)
    return f"/account/left/{done['membership']}/"


MATTER = Matter(
    "leave", "终止参保、换地方或换制度", "Leave, to another place or scheme",
    (Question("reason", "您为什么要终止现在的参保关系？", "Why do you leave?",
              lambda asked: (Field("reason", "choice", "原因", "Reason", choices=lambda: REASONS),)),),
    button=lambda asked: ("终止参保关系", "End this membership"), send=_send, told=_told, open=_open)


@worker_only
def left(request: HttpRequest, number: int) -> HttpResponse:
    """What ended, and where one goes on."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    zh = lang == "zh"
    with acting_as(me.actor):
        member = membership_of(number)
        on = memberships(me.number, on=max(this_month(), member.until or 0))
    if member.until is None:
        raise NotFound("account.not_left", value=number, zh="这段参保关系没有终止。", en="This membership has not ended.")
    rows = [Row("参加" if zh else "Scheme", words.said(words.STANDINGS, member.standing, lang)),
            Row("参保地" if zh else "Place", name_with_area(member.province, member.area, lang)),
            Row("参保到" if zh else "Until", figures.month(member.until - 1, lang))]
    return render(request, "account/confirmed.html", {
        "heading": "参保关系已终止" if zh else "The membership has ended", "number": f"{member.id:08d}", "rows": rows,
        "notes": ["现在可以到新地方参保，或参加另一种养老保险。" if zh else "You may now enrol in another place or in the other scheme.",
                  "单位给您参保的，由单位登记，您不用再办。" if zh
                  else "Where an employer insures you, the employer enrols you; nothing is left for you to do."],
        "next": None if on else {"address": "/account/enrol/", "label": "去参保" if zh else "Enrol"}})
