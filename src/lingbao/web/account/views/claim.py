"""Claim the pension: when, whether it is open, how much by the rules today; apply and follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.career.retirement import minimum_for_claim
from lingbao.law.errors import LingbaoError
from lingbao.registry.benefits.claims import claim
from lingbao.registry.benefits.payment import payments_of
from lingbao.registry.benefits.set_off import plan_of, plans_of, recoveries_of, recovery_of, taken_of
from lingbao.registry.benefits.working_out import Claimant, conditions, pension, where_claimed
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.ledger.queries import accounts_of
from lingbao.registry.record.queries import RecordedMonth, months_of, years_of
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account import career, decisions, words
from lingbao.web.account.access import Me, this_month, today, worker_only
from lingbao.web.account.claims import claim_of, claims_of
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_of

AHEAD = 3  # months ahead for which a claim may be handed in


def relation_of(me: Me) -> tuple[str, list[RecordedMonth]]:
    """Province that keeps the relation, and the months recorded (inside a transaction of the worker).

    A temporary account never holds the relation: it stays where it was, or with the household registration where it was nowhere.
    """
    months = months_of(me.number)
    member = next(iter(memberships(me.number, on=this_month())), None)
    kept = [each.kept_by for each in months if not each.temporary]
    if member is not None and not member.temporary:
        return member.province, months
    return (kept[-1] if kept else me.person.hukou_province if months or member else me.person.residence_province), months


def _claimant(me: Me, province: str) -> Claimant:
    return Claimant(me.birth, career.worker_class(engine.law(), me, province), me.person.hukou_province)


def months_open(me: Me) -> list[int]:
    """Months for which a claim is open now."""
    with acting_as(me.actor):
        relation, months = relation_of(me)
    found = []
    for month in range(this_month(), this_month() + AHEAD):
        try:
            conditions(engine.law(), _claimant(me, relation), months, month)
            found.append(month)
        except LingbaoError:
            continue
    return found


def estimate(me: Me, claim_month: int) -> dict[str, Any]:
    """Return place and pension of a claim in a month, as the rules give it today.

    Raises
    ------
    LingbaoError
        If a figure of the place is not known.
    """
    law = engine.law()
    with acting_as(me.actor):
        relation, months = relation_of(me)
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
    found = estimate(asked.worker, _month(asked))
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
        relation, _ = relation_of(me)
    done = claim(me.actor, asked.key, me.number, _claimant(me, relation), relation=relation, claim_month=_month(asked), today=today(), law=engine.law())
    return f"/account/claims/{done['claim']}/"


def _open(asked: Asked) -> str | None:
    return None if months_open(asked.worker) else "/account/pension/"


MATTER = Matter(
    "claim", "申领养老金", "Claim the pension",
    (Question("month", "您想从哪个月退休？", "In which month do you want to retire?",
              lambda asked: (Field("claim_month", "choice", "退休月份", "Month of retirement", choices=lambda: tuple(
                  Choice(str(each), figures.month(each, "zh"), figures.month(each, "en")) for each in months_open(asked.worker))),),
              "从下个月起发养老金。", "The pension is paid from the month after."),),
    button=lambda asked: ("提交申领", "Send the claim"), send=_send, told=_told, open=_open)


@worker_only
def pension_page(request: HttpRequest) -> HttpResponse:
    """When and whether: the claims handed in, dates and months."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    law = engine.law()
    with acting_as(me.actor):
        relation, months = relation_of(me)
        claims = claims_of(me.number)
        years = len(years_of(me.number))
        resident = bool(years) or any(each.scheme == "resident" for each in memberships(me.number))
    dates = career.retirement(law, me, relation)
    alone = resident and not months  # nothing is paid into the employee scheme, so its dates say nothing
    early = minimum_for_claim(law, dates.earliest, dates.statutory)
    return render(request, "account/pension.html", {
        "dates": dates, "months": len(months), "missing": max(dates.minimum_months - len(months), 0), "early_minimum": early,
        "early_differs": early != dates.minimum_months, "open": [] if any(each.running for each in claims) else months_open(me), "drawn": any(each.drawn for each in claims),
        "claims": [{"number": each.number, "state": words.said(words.CLAIM_STATES, each.state, lang), "fen": each.pension_fen if each.drawn else None} for each in claims],
        "alone": alone, "years": years, "resident_left": max(dates.resident_month - this_month(), 0), "resident_age": dates.resident_month - me.birth,
        "left": max(dates.statutory - this_month(), 0), "place": relation, "resident": resident})


@worker_only
def claimed(request: HttpRequest, number: int) -> HttpResponse:
    """One claim: where it stands, how it was worked out, what is paid month by month, and how to appeal."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    zh = lang == "zh"
    with acting_as(me.actor):
        found = claim_of(me.number, number)
        paid, back, appeal = payments_of(number), taken_of(number), decisions.appeal_of(me.number, "claim", number)
        recoveries = [{"recovery": each, "cause": words.said(words.CAUSES, each.cause, lang), "plans": [
            {"id": plan.id, "state": words.said(words.PLAN_STATES, plan.state, lang)} for plan in plans_of(each.id)]}
            for each in recoveries_of(me.number) if each.claim == number and not each.undone]
    rows = [Row("制度" if zh else "Scheme", words.said(words.SCHEMES, found.scheme, lang)), Row("状态" if zh else "State", words.said(words.CLAIM_STATES, found.state, lang)),
            Row("领取月份" if zh else "Month of the claim", figures.month(found.month, lang)),
            Row("待遇领取地" if zh else "Place of benefit", name_of(found.province, lang)), Row("申请日期" if zh else "Handed in", figures.day(found.applied_on, lang))]
    notes, reason = [], ""
    if found.state == "applied":
        notes.append((f"经办机构应在 {figures.day(found.due, lang)} 前核定。" if zh else f"The agency has to answer by {figures.day(found.due, lang)}.") + (
            ("（当年放假安排未公布，可能顺延）" if zh else " (holidays of that year are not announced; it may move)") if found.due_provisional else ""))
        notes.append("核定后会发消息给您，养老金按月打到您的银行卡。" if zh else "You get a message when it is granted; the pension is paid by the month.")
    elif found.pension_fen is not None:
        rows += [Row("每月养老金" if zh else "Pension a month", figures.yuan(found.pension_fen / 100, lang, 2)), *_parts(found.lines, lang),
                 Row("开始发放" if zh else "First payment", figures.month(found.first, lang) if found.first else ""),
                 Row("已发" if zh else "Paid so far", figures.yuan((sum(each[2] for each in paid) - sum(each[2] for each in back)) / 100, lang, 2))]
    elif found.reason:
        reason = found.reason
    return render(request, "account/claim.html", {
        "number": f"{number:08d}", "rows": rows, "notes": notes, "reason": reason, "late": found.state == "applied" and found.due < today(), "appeal": appeal, "recoveries": recoveries, "payments": _payments(paid, back)})


def _parts(lines: Any, lang: str) -> list[Row]:
    """Parts of the pension as last worked out, those above nought."""
    if lines is None:
        return []
    return [Row(words.said(words.PARTS, name, lang), figures.yuan(float(lines[name]), lang, 2)) for name in words.PARTS if lines.get(name)]


def _payments(paid: list[tuple[int, str, int, int]], back: list[tuple[int, int, int, int]]) -> list[dict[str, Any]]:
    """Payments, the latest first: due, set off and paid out [fen]."""
    taken: dict[int, int] = {}
    for _, month, fen, _ in back:
        taken[month] = taken.get(month, 0) + fen
    return [{"month": month, "kind": kind.partition(":")[0], "due": fen, "back": taken.get(month, 0) if kind == "monthly" else 0,
             "net": fen - (taken.get(month, 0) if kind == "monthly" else 0)} for month, kind, fen, _ in reversed(paid)]


@worker_only
def set_off(request: HttpRequest, number: int) -> HttpResponse:
    """One plan by which a pension paid too much is set off: how much a month, how much is left, why, and how to appeal."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    with acting_as(me.actor):
        plan = plan_of(number)
        recovery = recovery_of(plan.recovery)
        taken = [each for each in taken_of(plan.claim) if each[0] == number]
        appeal = decisions.appeal_of(me.number, "setoff", number)
    return render(request, "account/set_off.html", {
        "plan": plan, "recovery": recovery, "cause": words.said(words.CAUSES, recovery.cause, lang), "state": words.said(words.PLAN_STATES, plan.state, lang),
        "taken": [{"month": month, "fen": fen, "entry": entry} for _, month, fen, entry in taken], "appeal": appeal})
