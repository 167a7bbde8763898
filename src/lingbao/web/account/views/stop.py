"""Pause payment and come back: no blame, what it means, and one question whose answer may be left unsaid."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lingbao.registry.enrolment.membership import Membership, come_back, memberships, stop
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.monitoring.reasons import state
from lingbao.registry.record.queries import months_of
from lingbao.registry.session import acting_as, run_as
from lingbao.web import engine, figures
from lingbao.web.account import career
from lingbao.web.account.access import Me, this_month, worker_only
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field


def member_of(me: Me) -> Membership | None:
    with acting_as(me.actor):
        return next(iter(memberships(me.number, on=this_month())), None)


def _open(asked: Asked) -> str | None:
    member = member_of(asked.worker)
    return "/account/" if member is None or member.until is not None or member.stopped or member.standing == "employed" else None


def reasons() -> tuple[Choice, ...]:
    """Return the answers that are offered."""
    return tuple(Choice(code, zh, en.capitalize()) for code, (zh, en) in definitions().reasons.items())


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    me, zh = asked.worker, asked.lang == "zh"
    with acting_as(me.actor):
        months = len(months_of(me.number))
    member = member_of(me)
    dates = career.retirement(engine.law(), me, member.province if member else me.person.residence_province)
    left = max(dates.minimum_months - months, 0)
    rows = [Row("已缴" if zh else "Paid so far", figures.span(months, asked.lang)),
            Row("离最低年限还差" if zh else "Still to pay for a pension", figures.span(left, asked.lang)),
            Row("从哪个月起停" if zh else "Rests from", figures.month(this_month() + 1, asked.lang))]
    return rows, (("停了也不吃亏已缴的部分：账户照样计息，年限照样算数，随时可以接着缴。", "What is paid stays: the account earns interest, the months count, and you may go on at any time."),
                  ("只是手头紧的话，可以改成最低档，或者看看有没有社保补贴。", "If money is short, the lowest tier or a subsidy may help."))


def _send(asked: Asked) -> str:
    me, code = asked.worker, asked.values["reason"]
    member = member_of(me)
    assert member is not None

    def work() -> dict[str, int]:
        stop(me.actor, member.id, month=this_month() + 1, reason_code=None if code == "unsaid" else code)
        return {"membership": member.id}

    execute(me.actor, Command("account.stop", asked.key, {"reason": code}), work)
    state(me.actor, asked.key, me.number, code)
    return "/account/"


MATTER = Matter(
    "pause", "暂停缴费", "Pause payment",
    (Question("reason", "方便说说为什么停吗？", "May we ask why?",
              lambda asked: (Field("reason", "choice", "原因", "Reason", choices=reasons),),
              "只用来改进政策，不影响您的任何待遇。", "It serves to improve the rules and bears on nothing you are due."),),
    button=lambda asked: ("暂停缴费", "Pause payment"), send=_send, told=_told, open=_open)


@worker_only
def go_on(request: HttpRequest) -> HttpResponse:
    """Begin to pay again, from this month."""
    me = request.me  # type: ignore[attr-defined]
    member = member_of(me)
    if request.method == "POST" and member is not None and member.stopped:
        run_as(me.actor, lambda: come_back(me.actor, member.id, month=this_month()))
        return redirect("/account/bills/")
    return redirect("/account/")
