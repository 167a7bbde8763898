"""Asking for money back that was paid and not used, or that platforms transferred for no member: how much, checked, sent once; then where it stands."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.law.errors import InputError
from lingbao.registry.collection.proposals import (
    Kind,
    Proposal,
    free,
    proposal_of,
    proposals_of,
    propose_refund,
)
from lingbao.registry.collection.refunds import withdraw_refund
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.ledger.queries import accounts_of
from lingbao.registry.session import acting_as
from lingbao.web import figures
from lingbao.web.account import bank, decisions, words
from lingbao.web.account.access import Me, china, worker_only
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.account.withdrawing import withdrawn
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_of

PATH = "/account/refunds/"
REASONS: dict[Kind, str] = {"suspense": "本人申请退回未用的缴款", "withheld": "平台代扣，本人没有参保，本人申请退付"}


def waiting(me: Me, kind: Kind = "suspense") -> dict[str, int]:
    """Return the worker's money of a kind that he may have back and has not asked for yet, by province [fen] (inside a transaction of the worker)."""
    provinces = [each.province for each in accounts_of("person", me.number) if each.kind == kind and each.balance_fen > 0]
    return {province: left for province in provinces if (left := free(kind, me.number, province)) > 0}


def answer_naming(kind: str | None, province: str) -> str:
    """Return the answer to the question which money: a province, and ``withheld`` before it for what platforms transferred."""
    return f"withheld-{province}" if kind == "withheld" else province


def _waiting(asked: Asked) -> dict[str, tuple[Kind, str, int]]:
    """Kind, province and amount of all that may be had back, by the answer that names it."""
    if not hasattr(asked.request, "waiting"):
        kinds: tuple[Kind, ...] = ("suspense", "withheld")
        with acting_as(asked.worker.actor):
            asked.request.waiting = {answer_naming(kind, province): (kind, province, fen)  # type: ignore[attr-defined]
                                     for kind in kinds for province, fen in waiting(asked.worker, kind).items()}
    return asked.request.waiting  # type: ignore[attr-defined, no-any-return]


def _chosen(asked: Asked) -> tuple[Kind, str, int]:
    found = _waiting(asked)
    return found.get(str(asked.values.get("province") or next(iter(found), "")), ("suspense", "", 0))


def _all(asked: Asked) -> int:
    return _chosen(asked)[2]


def _fen(asked: Asked) -> int:
    return round(asked.values["other"] * 100) if asked.values["amount"] == "other" else _all(asked)


def _places(asked: Asked) -> tuple[Choice, ...]:
    said = {"suspense": ("", ""), "withheld": ("平台代扣，", "withheld by platforms, ")}
    return tuple(Choice(name, f"{name_of(province, 'zh')}（{said[kind][0]}{fen / 100:,.2f} 元）", f"{name_of(province, 'en')} ({said[kind][1]}¥{fen / 100:,.2f})")
                 for name, (kind, province, fen) in _waiting(asked).items())


def _amounts(asked: Asked) -> tuple[Choice, ...]:
    fen = _all(asked)
    return (Choice("all", f"全部，{fen / 100:,.2f} 元", f"All of it, ¥{fen / 100:,.2f}"), Choice("other", "只退一部分", "A part of it"))


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh = asked.lang == "zh"
    fen, (kind, province, _) = _checked(asked), _chosen(asked)
    notes = {"suspense": (("由经办机构两个人核对后，原路退回付款的银行；在那以前这笔钱不会用来抵缴费。", "Two people of the agency check it and it goes back to the bank it came from; until then it pays no bill."),
                          ("不退也不会丢：下次开缴费单时会自动先抵掉。", "You need not: it pays your next bill by itself.")),
             "withheld": (("这是平台代扣后转来的钱，您没有参保，所以没有转入缴费。由经办机构两个人核对后，经银行付给您。", "Platforms withheld and transferred it; you are no member, so it paid no contribution. Two people of the agency check it and the bank pays it to you."),
                          ("不退也不会丢：参保以后，月底会转入您的缴费；批准以前参保的，就不再退付。", "You need not: once you enrol it pays your contributions at the month's end; if you enrol before it is approved, it is not paid back."))}
    return ([Row("退回" if zh else "Paid back", figures.yuan(fen / 100, asked.lang, 2), "amount"),
             Row("哪里的钱" if zh else "Held in", name_of(province, asked.lang))], notes[kind])


def _checked(asked: Asked) -> int:
    fen, most = _fen(asked), _all(asked)
    if not 0 < fen <= most:
        raise InputError("account.refund", value=fen, where="other", zh=f"最多可以退 {most / 100:,.2f} 元。", en=f"At most ¥{most / 100:,.2f} can be paid back.")
    return fen


def _send(asked: Asked) -> str:
    me, fen, (kind, province, _) = asked.worker, _fen(asked), _chosen(asked)

    def work() -> dict[str, int]:
        return {"proposal": propose_refund(me.actor, me.number, province, _checked(asked), channel=bank.channel(), reason=REASONS[kind], kind=kind)}

    # What the key stands for is the sum: once it is sent nothing is left to ask back, yet it is the same wish.
    number = execute(me.actor, Command("account.refund", asked.key, {"fen": fen if asked.values["amount"] == "other" else "all"}), work)["proposal"]
    return f"{PATH}{number}/"


MATTER = Matter(
    "refund", "退回没用的钱", "Have money paid back",
    (Question("province", "退哪里的钱？", "Which money?", lambda asked: (Field("province", "choice", "哪里的钱", "Held in", choices=lambda: _places(asked)),),
              applies=lambda asked: len(_waiting(asked)) > 1 or getattr(asked.request, "names_money", False), shown=False),
     Question("amount", "退多少？", "How much?", lambda asked: (Field("amount", "choice", "退多少", "Amount", choices=lambda: _amounts(asked)),), shown=False),
     Question("other", "您想退多少？", "How much do you want back?",
              lambda asked: (Field("other", "money", "金额", "Amount", low=0.01, high=max(_all(asked) / 100, 0.01), unit_zh="元", unit_en="yuan"),),
              applies=lambda asked: asked.values.get("amount") == "other", shown=False)),
    button=lambda asked: ("申请退回", "Ask for it"), send=_send, told=_told, open=lambda asked: None if _waiting(asked) else PATH)


def state_of(found: Proposal, lang: str) -> str:
    """Return where a refund stands, in words."""
    return words.said(words.REFUND_STATES, found.state, lang)


@worker_only
def page(request: HttpRequest) -> HttpResponse:
    """What waits, what platforms transferred for no member, and what was asked back so far."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    with acting_as(me.actor):
        left, withheld, asked = waiting(me), waiting(me, "withheld"), proposals_of(me.number)
    return render(request, "account/refunds.html", {"waiting": sum(left.values()) / 100, "withheld": sum(withheld.values()) / 100, "cases": [
        {"id": each.id, "what": words.said(words.REFUND_KINDS, each.kind, lang), "fen": each.amount_fen / 100, "state": state_of(each, lang)} for each in asked]})


def withdraw(me: Me, key: str, number: int) -> dict[str, Any]:
    """Take a wish back while nobody has answered it; the money is there for the next bill again."""
    def work() -> dict[str, Any]:
        withdraw_refund(me.actor, number)
        return {"refund": number, "state": "withdrawn"}

    return dict(execute(me.actor, Command("account.withdraw_refund", key, number), work))


@worker_only
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One refund: what it is, where it stands, and why it was refused."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    zh = lang == "zh"
    if request.method == "POST":
        return withdrawn(request, f"{PATH}{number}/", lambda key: withdraw(me, key, number))
    with acting_as(me.actor):
        found, appeal = proposal_of(number), decisions.appeal_of(me.number, "refund", number)
    if found.person != me.number:
        raise NotFound("collection.no_proposal", value=number, zh=f"没有第 {number} 号退款申请。", en=f"There is no proposal {number} of a refund.")
    rows = [Row("金额" if zh else "Amount", figures.yuan(found.amount_fen / 100, lang, 2)), Row("提出日期" if zh else "Asked on", figures.day(china(found.proposed_at).date(), lang))]
    if found.kind == "contribution":
        rows.append(Row("误缴的原因" if zh else "Why it was paid in error", found.reason))
    if found.answer:
        rows.append(Row("不予退款的理由" if zh else "Why it was refused", found.answer))
    notes = [words.said(words.REFUND_NOTES, f"withheld {found.state}" if found.kind == "withheld" and found.state == "paid" else found.state, lang)]
    return render(request, "account/confirmed.html", {"heading": f"{words.said(words.REFUND_KINDS, found.kind, lang)}：{state_of(found, lang)}" if zh
                                                      else f"{words.said(words.REFUND_KINDS, found.kind, lang)}: {state_of(found, lang).lower()}",
                                                      "number": f"{number:08d}", "rows": rows, "notes": notes, "complain": found.state == "refused", "appeal": appeal,
                                                      "withdraw": secrets.token_hex(16) if found.state == "waiting" and found.proposed_by == me.actor.id else None,
                                                      "next": {"address": PATH, "label": "我的全部退款" if zh else "All my refunds"}})
