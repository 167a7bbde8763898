"""Move between the employee and the resident scheme: which way is open, what would move and come back; ask and follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.law.errors import LingbaoError
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.ledger.queries import accounts_of
from lingbao.registry.session import acting_as
from lingbao.registry.transfers.conversion import Direction, due
from lingbao.registry.transfers.conversion_cases import conversion_of, conversions_of
from lingbao.registry.transfers.conversions import ask, check_age, work_out
from lingbao.web import engine, figures
from lingbao.web.account import career, decisions, words
from lingbao.web.account.access import Me, this_month, today, worker_only
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_of

PATH = "/account/conversions/"
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


def _place(me: Me) -> str:
    """Province that keeps the accounts: of the membership, else of the largest account (inside a transaction of the worker)."""
    member = next(iter(memberships(me.number, on=this_month())), None)
    held = sorted((each for each in accounts_of("person", me.number) if each.kind in ("individual", "resident_account")), key=lambda each: -each.balance_fen)
    return member.province if member else held[0].province if held else me.person.residence_province


def ways_open(me: Me) -> dict[Direction, LingbaoError | None]:
    """Both directions: None where the way is open, else why it is not."""
    law = engine.law()
    with acting_as(me.actor):
        place = _place(me)
    statutory = career.retirement(law, me, place).statutory
    found: dict[Direction, LingbaoError | None] = {}
    for direction in DIRECTIONS:
        try:
            check_age(statutory, today())
            work_out(me.number, direction, place, today(), law)
            found[direction] = None
        except LingbaoError as error:
            found[direction] = error
    return found


def _open(asked: Asked) -> str | None:
    with acting_as(asked.worker.actor):
        under_way = any(each.state == "applied" for each in conversions_of(asked.worker.number))
    return PATH if under_way or None not in ways_open(asked.worker).values() else None


def _choices(asked: Asked) -> tuple[Choice, ...]:
    return tuple(Choice(direction, *words.DIRECTIONS[direction]) for direction, fault in ways_open(asked.worker).items() if fault is None)


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh, me = asked.lang == "zh", asked.worker
    with acting_as(me.actor):
        place = _place(me)
    found, last = work_out(me.number, asked.values["direction"], place, today(), engine.law()), due(engine.law(), today())
    rows = [Row("跟着走的账户" if zh else "Account that moves", figures.yuan(found.moved_fen / 100, asked.lang, 2))]
    if found.refund_fen:
        twice = sum(months for _, months in found.overlap)
        rows.append(Row("重复缴费退还" if zh else "Paid twice, given back", figures.yuan(found.refund_fen / 100, asked.lang, 2)))
        rows.append(Row("重复的月份" if zh else "Months paid twice", figures.span(twice, asked.lang)))
    rows.append(Row("转入后算数的年限" if zh else "What then counts", figures.span(found.employee_months, asked.lang) if found.direction == "to_employee"
                    else f"{found.resident_years:.2f} {'年' if zh else 'years'}"))
    if found.direction == "to_employee":
        notes = [("居民养老保险的缴费年限不折算为职工养老保险的年限，账户的钱全部并入。", "Resident years do not count as employee years; the account goes over whole.")]
    else:
        notes = [("职工养老保险的年限全部算作居民养老保险的年限；统筹基金不转。", "Employee years count in full as resident years; no pooled money goes along.")]
    notes.append((f"经办机构应在 {figures.day(last.due)} 前办结。", f"The agency has to finish by {figures.day(last.due, 'en')}."))
    return rows, notes


def _send(asked: Asked) -> str:
    me, law = asked.worker, engine.law()
    with acting_as(me.actor):
        place = _place(me)
    done = ask(me.actor, asked.key, me.number, asked.values["direction"], place, today=today(), law=law, statutory=career.retirement(law, me, place).statutory)
    return f"{PATH}{done['conversion']}/"


MATTER = Matter(
    "convert", "城乡养老保险衔接", "Move between the schemes",
    (Question("direction", "您想往哪边转？", "Which way do you want to move?",
              lambda asked: (Field("direction", "choice", "方向", "Direction", choices=lambda: _choices(asked)),)),),
    button=lambda asked: ("提交衔接申请", "Send the application"), send=_send, told=_told, open=_open)


@worker_only
def page(request: HttpRequest) -> HttpResponse:
    """Both ways with what stands in the way of each, and what was asked for."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = conversions_of(me.number)
    ways = ways_open(me)
    return render(request, "account/conversions.html", {
        "ways": [{"name": words.said(words.DIRECTIONS, direction, lang), "fault": fault} for direction, fault in ways.items()],
        "open": None in ways.values() and not any(each.state == "applied" for each in found),
        "cases": [{"id": each.id, "what": words.said(words.DIRECTIONS, each.direction, lang), "on": each.applied_on,
                   "state": words.said(words.CONVERSION_STATES, each.state, lang)} for each in found]})


@worker_only
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One move: where it stands, the money, the reason of a refusal, the way to appeal."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = conversion_of(number)
        appeal = decisions.appeal_of(me.number, "conversion", number)
        accounts: dict[str, Any] = {each.kind: each.id for each in accounts_of("person", me.number) if each.province == found.province}
    return render(request, "account/conversion.html", {
        "found": found, "what": words.said(words.DIRECTIONS, found.direction, lang), "state": words.said(words.CONVERSION_STATES, found.state, lang),
        "place": name_of(found.province, lang), "late": found.state == "applied" and found.due < today(), "appeal": appeal,
        "account": accounts.get("individual" if found.direction == "to_employee" else "resident_account")})
