"""Insured by an employer, so that platforms withhold nothing: what is approved, the asking, and what became of it (B7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import LingbaoError
from lingbao.registry.errors import Forbidden, NotFound
from lingbao.registry.orders.exemptions import (
    LONGEST,
    Wish,
    ask,
    end,
    exemptions_of,
    request_of,
    requests_of,
    withdraw,
    words_of,
)
from lingbao.registry.session import acting_as
from lingbao.web.account import decisions, words
from lingbao.web.account.access import Me, today, worker_only
from lingbao.web.account.fields import Day, Words
from lingbao.web.account.form_key import key_of
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.account.views.subsidies import place_of
from lingbao.web.account.withdrawing import withdrawn
from lingbao.web.places import name_of

PAGE = "/account/exemptions/"
OWN_WISH = "本人要求恢复代扣"


@worker_only
def page(request: HttpRequest) -> HttpResponse:
    """What is approved, what was asked for, and the way to ask."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    fault: LingbaoError | None = None
    if request.method == "POST":
        number = request.POST.get("exemption", "")
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise NotFound("orders.no_exemption", value=number[:20], zh="没有这项免代扣。", en="There is no such exemption.")
        try:
            ended(me, key_of(request.POST.get("key", "")), int(number), today())
            return redirect(PAGE)
        except (Forbidden, NotFound):
            raise
        except LingbaoError as error:
            fault = error
    with acting_as(me.actor):
        granted, asked = exemptions_of(me.number), requests_of(me.number)
    return render(request, "account/exemptions.html", {
        "granted": [{"each": each, "now": each.since <= today() <= each.until and each.end_reason is None} for each in granted], "key": secrets.token_hex(16),
        "asked": [{"each": each, "state": words.said(words.EXEMPTION_STATES, each.state, lang)} for each in asked],
        "may_ask": not any(each.state in ("asked", "checked") for each in asked), "faults": {"": fault} if fault else {}}, status=422 if fault else 200)


def ended(me: Me, key: str, exemption: int, last: date) -> dict[str, Any]:
    """End an exemption at the person's own wish: after its last day platforms withhold again."""
    return end(me.actor, key, exemption, last=last, reason=OWN_WISH, today=today())


def _days(asked: Asked) -> Sequence[Day]:
    first = today() - timedelta(days=366)
    return (Day("since", "text", "从哪一天起", "From which day", "单位开始给您缴养老保险的日期，例如 2026-11-01。", "When your employer began to pay, such as 2026-11-01.", first=first, last=today() + timedelta(days=366)),
            Day("until", "text", "到哪一天止", "Until which day", "证明写到哪一天；没有写的，填合同到期日。", "The day the proof names; if it names none, the end of your contract.", first=today(), last=today() + timedelta(days=3660)))


def _wish(asked: Asked) -> Wish:
    me = asked.worker
    with acting_as(me.actor):
        province, _ = place_of(me)
    return Wish(me.number, province, asked.values["since"], asked.values["until"], asked.values["proof"])


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh, wish = asked.lang == "zh", _wish(asked)
    return [Row("由哪里审核" if zh else "Answered by the agency of", name_of(wish.province, asked.lang))], (
        ("经办机构一人核对证明，另一人批准。批准以后收到的订单才不扣；以前扣的仍在您名下，用于缴费。",
         "One at the agency checks the proof and another approves. Orders that come in after that are not withheld from; what was withheld before stays yours and pays contributions."),
        ("离开这个单位以后，请来这里恢复代扣。", "When you leave the employer, end it here so that platforms withhold again."))


def _send(asked: Asked) -> str:
    return f"{PAGE}{ask(asked.worker.actor, asked.key, _wish(asked), today=today())['request']}/"


MATTER = Matter(
    "exempt", "申请免代扣", "Ask to have nothing withheld",
    (Question("days", "单位从哪天到哪天给您缴养老保险？", "From when to when does an employer insure you?", _days),
     Question("proof", "有什么证明？", "What proves it?",
              lambda asked: (Words("proof", "words", "参保证明", "Proof", "例如单位名称、社保参保证明的编号。", "Such as the employer's name and the number of the insurance record.", longest=LONGEST),),
              "加密保存，只有您和经办机构看得到。", "It is kept encrypted; only you and the agency read it.")),
    button=lambda asked: ("提交申请", "Send the request"), send=_send, told=_told)


@worker_only
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One request: where it stands, why, and what can be done about it."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    if request.method == "POST":
        return withdrawn(request, f"{PAGE}{number}/", lambda key: withdraw(me.actor, key, number, today=today()))
    with acting_as(me.actor):
        found, proof, appeal = request_of(number), words_of(number), decisions.appeal_of(me.number, "exemption", number)
    return render(request, "account/exemption.html", {"found": found, "state": words.said(words.EXEMPTION_STATES, found.state, lang), "proof": proof,
                                                      "key": secrets.token_hex(16), "appeal": appeal})
