"""Home, months and gaps, the confirmation of an enrolment, and the way into the planner."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.registry.enrolment.membership import choice_on, membership_of
from lingbao.registry.monitoring.reasons import to_ask
from lingbao.registry.notices.sending import messages_of
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account import career, overview, words
from lingbao.web.account.access import Me, this_month, worker_only
from lingbao.web.account.matter import Row
from lingbao.web.account.messages import shown
from lingbao.web.account.views.bill import named
from lingbao.web.account.views.transfer import going, kept
from lingbao.web.places import name_of, name_with_area


def _me(request: HttpRequest) -> tuple[Me, str]:
    return request.me, request.lang  # type: ignore[attr-defined]


@worker_only
def home(request: HttpRequest) -> HttpResponse:
    """One number, this month, the next deadline, and everything a worker can do."""
    me, lang = _me(request)
    law = engine.law()
    with acting_as(me.actor):
        found, latest, ask = overview.overview_with(law, me, lambda: messages_of(me.number, 1), lambda: to_ask(me.number, this_month()))
        news = shown(latest, lang)
        here = found.member.province if found.member and found.member.scheme == "employee" and not found.member.temporary else None
        after = overview.next_membership(found.member, me.number)
        elsewhere = [] if here is None else [name_of(each, lang) for each in kept(found.months, found.accounts) if each != here]
        moving = going(me.number) if elsewhere else None
    dates = career.retirement(law, me, found.member.province if found.member else me.person.residence_province)
    return render(request, "account/home.html", {
        "me": me, "moving": moving, "after": after, "after_place": name_of(after.province, lang) if after else "", "last": found.member.until - 1 if found.member and found.member.until else None, "found": found, "held": found.held / 100, "due": found.due / 100, "waiting": found.waiting / 100,
        "withheld": found.month.withheld / 100, "received": found.month.received / 100, "credited": found.month.credited / 100,
        "missed": found.missed_this_year, "elsewhere": ("、" if lang == "zh" else ", ").join(elsewhere), "ask": ask, "drawn": found.drawn, "pension": (found.drawn.pension_fen or 0) / 100 if found.drawn else 0, "asked": found.asked,
        "standing": words.said(words.STANDINGS, found.member.standing, lang) if found.member else "",
        "place": name_with_area(found.member.province, found.member.area, lang) if found.member else "",
        "months": len(found.months), "minimum": dates.minimum_months, "missing": max(dates.minimum_months - len(found.months), 0),
        "statutory": dates.statutory, "resident_month": dates.resident_month, "news": news, "resident": bool(found.member and found.member.scheme == "resident"),
    })


@worker_only
def months(request: HttpRequest) -> HttpResponse:
    """Which months are paid, and which are not."""
    me, lang = _me(request)
    law = engine.law()
    with acting_as(me.actor):
        found = overview.overview(law, me)
    dates = career.retirement(law, me, found.member.province if found.member else me.person.residence_province)
    return render(request, "account/months.html", {
        "drawn": found.drawn, "missed": found.missed_this_year, "years": overview.calendar_of(found), "paid": len(found.months), "resident_years": found.years,
        "minimum": dates.minimum_months, "missing": max(dates.minimum_months - len(found.months), 0),
        "gaps": [{"first": one, "last": other, "months": other - one + 1} for one, other in overview.gaps_of(found)],
        "lapsed": [named(each.bill, each.part, lang) for each in found.lapsed],
    })


@worker_only
def enrolled(request: HttpRequest, number: int) -> HttpResponse:
    """What was enrolled or changed, and what comes next."""
    me, lang = _me(request)
    zh = lang == "zh"
    with acting_as(me.actor):
        member = membership_of(number)
        found = overview.overview(engine.law(), me)
        changed = _month_of(request)
        chosen = choice_on(number, changed or max(this_month(), member.since)) or choice_on(number, this_month() + 12)
    resident = member.scheme == "resident"
    rows = [Row("参加" if zh else "Scheme", words.said(words.STANDINGS, member.standing, lang)),
            Row("参保地" if zh else "Place", name_with_area(member.province, member.area, lang)),
            Row("从" if zh else "From", figures.month(changed or member.since, lang))]
    if chosen is not None:
        rows.append(Row("缴费档次" if zh else "Tier", words.tier(chosen.kind, float(chosen.value), lang)))
    if chosen is not None and not resident:
        rows.append(Row("缴费" if zh else "Paid", words.RHYTHMS[chosen.rhythm][0 if zh else 1]))
    if found.due:
        rows.append(Row("现在要缴" if zh else "Due now", figures.yuan(found.due / 100, lang, 2)))
    notes = [(("付了款，这一年才算数" if resident else "付了款，这个月才算数") + "；钱记到您的个人账户，当场能查。" if zh
              else f"A {'year' if resident else 'month'} counts once it is paid; the money stands in your account at once.")]
    if changed:
        notes = [f"{figures.month(changed, lang)}以前的缴费单还按原来的档次。" if zh else f"Bills before {figures.month(changed, lang)} stay as they were."]
    if found.deadline:
        notes.insert(0, f"请在 {figures.day(found.deadline, lang)} 前付款。" if zh else f"Pay by {figures.day(found.deadline, lang)}.")
    return render(request, "account/confirmed.html", {
        "heading": ("缴费档次已改好" if zh else "What you pay is changed") if changed else "参保登记已办好" if zh else "You are enrolled", "number": f"{member.id:08d}", "rows": rows, "notes": notes,
        "next": {"address": "/account/pay/", "label": "去付款" if zh else "Pay"} if found.due else None})


def _month_of(request: HttpRequest) -> int | None:
    """The month from which a change counts, where the address names one."""
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) == len(str(this_month())) else None


@worker_only
def planner(request: HttpRequest) -> HttpResponse:
    """The planner with the recorded career, read there; it asks the income and nothing that is on record."""
    return redirect(career.planner_address())
