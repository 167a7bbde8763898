"""Appeal against a decision: from the page of the decision, with the legal period shown before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lingbao.registry.disputes.periods import kind_of
from lingbao.registry.disputes.services import lodge
from lingbao.registry.session import acting_as
from lingbao.web import figures
from lingbao.web.account import decisions, drafts
from lingbao.web.account.access import today, worker_only
from lingbao.web.account.decisions import REVIEW, Decision, decision
from lingbao.web.account.fields import Day, Words
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field

LONGEST = 2000


def _all(asked: Asked) -> list[Decision]:
    if not hasattr(asked.request, "decisions"):
        with acting_as(asked.worker.actor):
            asked.request.decisions = decisions.decisions(asked.worker.number)  # type: ignore[attr-defined]
    return asked.request.decisions  # type: ignore[attr-defined, no-any-return]


def _chosen(asked: Asked) -> Decision | None:
    return next((each for each in _all(asked) if each.about == asked.values.get("about")), None)


def _abouts(asked: Asked) -> tuple[Choice, ...]:
    return tuple(Choice(each.about, each.said("zh"), each.said("en"), f"{figures.day(each.day)}作出", f"decided on {figures.day(each.day, 'en')}") for each in _all(asked))


def _known(asked: Asked) -> tuple[Field, ...]:
    found = _chosen(asked)
    return (Day("known_on", "text", "您知道这个决定的日期", "The day you learned of the decision", "例如 2026-03-31。从这一天起算申请复议的期限。",
                "Such as 2026-03-31. The period of the appeal runs from it.", first=found.day if found else today(), last=today()),)


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh, rules = asked.lang == "zh", kind_of(REVIEW)
    last, answer = rules.due("lodge", asked.values["known_on"]), rules.due("answer", today())
    rows = [Row("最晚哪天申请" if zh else "Open until", figures.day(last.due, asked.lang))] if last else []
    notes = [("由作出决定的人以外的人复议，原决定在复议期间照常执行。", "Someone other than who decided takes it; the decision stands meanwhile.")]
    if last is not None and last.overdue(today()):
        notes.insert(0, ("申请复议的期限已过；仍可以在“投诉与咨询”里提出。", "The period of the appeal has passed; a complaint is still open."))
    if answer is not None:
        notes.append((f"受理以后一般应在 {figures.day(answer.due)} 前作出决定（{rules.article}）。", f"Once taken up, it is decided by about {figures.day(answer.due, 'en')} ({rules.article})."))
    return rows, notes


def _send(asked: Asked) -> str:
    me, found = asked.worker, _chosen(asked)
    assert found is not None
    done = lodge(me.actor, asked.key, me.number, REVIEW, asked.values["says"], province=found.province, today=today(), about=found.about,
                 against=found.by, known_on=asked.values["known_on"])
    return f"/account/complaints/{done['matter']}/"


MATTER = Matter(
    "appeal", "申请行政复议", "Appeal",
    (Question("about", "对哪个决定不服？", "Against which decision?",
              lambda asked: (Field("about", "choice", "决定", "Decision", choices=lambda: _abouts(asked)),)),
     Question("known", "您哪天知道这个决定的？", "On which day did you learn of it?", _known),
     Question("says", "您认为哪里不对？", "What do you think is wrong?",
              lambda asked: (Words("says", "words", "请写下来", "Write it down", "哪个数、哪条规定、应该是多少。", "Which figure, which rule, and what it should be.", longest=LONGEST),))),
    button=lambda asked: ("提交复议申请", "Send the appeal"), send=_send, told=_told,
    open=lambda asked: None if _all(asked) else "/account/complaints/")


@worker_only
def begin(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Begin an appeal against one decision: which, and from when the period runs, is filled in and may be changed."""
    me = request.me  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = decision(me.number, kind, number)
    drafts.begin(request.user, MATTER.name)
    draft = drafts.found(request.user, MATTER.name)
    assert draft is not None
    drafts.keep(draft, {"about": found.about, "known_on": str(found.day)})
    return redirect(f"{MATTER.address}says/")
