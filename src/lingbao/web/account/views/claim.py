"""Claim the pension: when, whether it is open, how much by the rules today; apply and follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.career.retirement import minimum_for_claim
from lingbao.law.errors import LingbaoError
from lingbao.registry.benefits.claims import claim
from lingbao.registry.benefits.payment import payments_of
from lingbao.registry.benefits.working_out import Claimant, conditions, pension, where_claimed
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.queries import accounts_of
from lingbao.registry.record.queries import RecordedMonth, months_of
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account import career, words
from lingbao.web.account.access import Me, this_month, today, worker_only
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_of

AHEAD = 3  # months ahead for which a claim may be handed in


def _relation(me: Me) -> tuple[str, list[RecordedMonth]]:
    """Province that keeps the relation, and the months recorded (inside a transaction of the worker)."""
    months = months_of(me.number)
    member = next(iter(memberships(me.number, on=this_month())), None)
    return (member.province if member else months[-1].kept_by if months else me.person.residence_province), months


def _claimant(me: Me, province: str) -> Claimant:
    return Claimant(me.birth, career.worker_class(engine.law(), me, province), me.person.hukou_province)


def _months_open(me: Me) -> list[int]:
    """Months for which a claim is open now."""
    with acting_as(me.actor):
        relation, months = _relation(me)
    found = []
    for month in range(this_month(), this_month() + AHEAD):
        try:
            conditions(engine.law(), _claimant(me, relation), months, month)
            found.append(month)
        except LingbaoError:
            continue
    return found


def _estimate(me: Me, claim_month: int) -> dict[str, Any]:
    """Return place and pension of a claim in a month, as the rules give it today.

    Raises
    ------
    LingbaoError
        If a figure of the place is not known.
    """
    law = engine.law()
    with acting_as(me.actor):
        relation, months = _relation(me)
        who = _claimant(me, relation)
        province = where_claimed(law, who, months, relation, claim_month)
        account = sum(each.balance_fen for each in accounts_of("person", me.number) if each.kind == "individual")
    found = pension(law, who, months, account, province, claim_month, this_month())
    return {"province": province, "total": float(found.total), "basic": float(found.basic), "account": float(found.account),
            "transitional": float(found.transitional), "provisional": found.provisional}


def _month(asked: Asked) -> int:
    return int(asked.values["claim_month"])


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh, lang = asked.lang == "zh", asked.lang
    found = _estimate(asked.worker, _month(asked))
    rows = [Row("待遇领取地" if zh else "Place of benefit", name_of(found["province"], lang)),
            Row("每月养老金（测算）" if zh else "Pension a month (worked out now)", figures.yuan(found["total"], lang, 2)),
            Row("其中基础养老金" if zh else "Of which basic", figures.yuan(found["basic"], lang, 2)),
            Row("其中个人账户养老金" if zh else "Of which from the account", figures.yuan(found["account"], lang, 2))]
    if found["transitional"]:
        rows.append(Row("其中过渡性养老金" if zh else "Of which transitional", figures.yuan(found["transitional"], lang, 2)))
    notes = [("经办机构会另派一人复核后核定，结果以核定表为准。", "The agency grants it after a second person has checked; the award is what counts.")]
    if found["provisional"]:
        notes.append(("今年的计发基数还没公布，先按上年的算，公布后重算，多退少补。", "This year's benefit base is not published: it is granted on last year's and settled afterwards."))
    return rows, notes


def _send(asked: Asked) -> str:
    me = asked.worker
    with acting_as(me.actor):
        relation, _ = _relation(me)
    done = claim(me.actor, asked.key, me.number, _claimant(me, relation), relation=relation, claim_month=_month(asked), today=today(), law=engine.law())
    return f"/account/claims/{done['claim']}/"


def _open(asked: Asked) -> str | None:
    return None if _months_open(asked.worker) else "/account/pension/"


MATTER = Matter(
    "claim", "申领养老金", "Claim the pension",
    (Question("month", "您想从哪个月退休？", "In which month do you want to retire?",
              lambda asked: (Field("claim_month", "choice", "退休月份", "Month of retirement", choices=lambda: tuple(
                  Choice(str(each), figures.month(each, "zh"), figures.month(each, "en")) for each in _months_open(asked.worker))),),
              "从下个月起发养老金。", "The pension is paid from the month after."),),
    button=lambda asked: ("提交申领", "Send the claim"), send=_send, told=_told, open=_open)


@worker_only
def pension_page(request: HttpRequest) -> HttpResponse:
    """When and whether: dates, months, and the claims handed in."""
    me = request.me  # type: ignore[attr-defined]
    law = engine.law()
    with acting_as(me.actor):
        relation, months = _relation(me)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM benefit_claim WHERE person_id = %s ORDER BY id DESC", [me.number])
            claims = [row[0] for row in cursor.fetchall()]
    dates = career.retirement(law, me, relation)
    early = minimum_for_claim(law, dates.earliest, dates.statutory)
    return render(request, "account/pension.html", {
        "dates": dates, "months": len(months), "missing": max(dates.minimum_months - len(months), 0), "early_minimum": early,
        "early_differs": early != dates.minimum_months, "open": _months_open(me), "claims": claims,
        "left": max(dates.statutory - this_month(), 0), "place": relation})


@worker_only
def claimed(request: HttpRequest, number: int) -> HttpResponse:
    """One claim: where it stands, what is paid."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    zh = lang == "zh"
    with acting_as(me.actor), connection.cursor() as cursor:
        cursor.execute("SELECT province, claim_month, state, due, due_provisional, first_payment, pension_fen, reason, applied_on"
                       " FROM benefit_claim WHERE id = %s", [number])
        row = cursor.fetchone()
        if row is None:
            raise NotFound("account.no_claim", value=number, zh="没有这份申领。", en="There is no such claim.")
        paid = payments_of(number)
    province, month, state, due, provisional_due, first, fen, reason, applied = row
    rows = [Row("状态" if zh else "State", words.said(words.CLAIM_STATES, state, lang)),
            Row("退休月份" if zh else "Month of retirement", figures.month(month, lang)),
            Row("待遇领取地" if zh else "Place of benefit", name_of(province, lang)), Row("申请日期" if zh else "Handed in", str(applied))]
    notes = []
    if state == "applied":
        notes.append((f"经办机构应在 {due} 前核定。" if zh else f"The agency has to answer by {due}.") + (
            ("（当年放假安排未公布，可能顺延）" if zh else " (holidays of that year are not announced; it may move)") if provisional_due else ""))
        notes.append("核定后会发消息给您，养老金按月打到您的银行卡。" if zh else "You get a message when it is granted; the pension is paid by the month.")
    elif fen is not None:
        rows += [Row("每月养老金" if zh else "Pension a month", figures.yuan(fen / 100, lang, 2)), Row("开始发放" if zh else "First payment", figures.month(first, lang)),
                 Row("已发" if zh else "Paid so far", figures.yuan(sum(each[2] for each in paid) / 100, lang, 2))]
        notes.append("对金额有疑问，可以在“投诉与咨询”里提出，也可以申请复议。" if zh else "If you doubt the amount, ask, complain, or apply for a review.")
    elif reason:
        notes.append(reason)
    return render(request, "account/confirmed.html", {
        "heading": ("养老金申领" if zh else "Pension claim"), "number": f"{number:08d}", "rows": rows, "notes": notes or [""], "next": None})

