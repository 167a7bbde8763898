"""Subsidies of contributions: which the worker gets, which could be asked for, the asking, and what became of it (N10, B8)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.career.place import area_path
from lingbao.law.errors import InputError
from lingbao.registry.collection.subsidy_requests import (
    Wish,
    ask,
    months_open,
    request_of,
    requests_of,
    withdraw,
    words_of,
)
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account import career, decisions, words
from lingbao.web.account.access import Me, this_month, today, worker_only
from lingbao.web.account.fields import Words
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.account.withdrawing import withdrawn
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_of

PROGRAMMES = ("hard_to_employ", "graduate", "shared")
PAYERS = {"province": ("所在省份", "the province"), "state": ("国家", "the state"), "platform": ("平台", "a platform")}


def place_of(me: Me) -> tuple[str, str | None]:
    """Province and area of the membership, else of residence (inside a transaction of the worker)."""
    member = next(iter(memberships(me.number, on=this_month())), None)
    return (member.province, member.area) if member else (me.person.residence_province, None)


def _to_retirement(me: Me, province: str) -> int:
    return max(career.retirement(engine.law(), me, province).statutory - this_month(), 0)


def programmes_of(me: Me, province: str) -> list[dict[str, Any]]:
    """Every programme with the law's frame: what it repays at most, for how long, and who it is for."""
    law, month = engine.law(), this_month()
    usual = int(law.number(f"national.subsidy.hard_to_employ_age_{me.person.sex}"))
    left = _to_retirement(me, province)
    found = []
    for name in (*PROGRAMMES, "youth"):
        try:
            months, closed = months_open(law, Wish(me.number, province, name, "province", int(province), "-", left, 0)), None
        except InputError as error:
            months, closed = None, error
        found.append({"name": name, "word": words.SUBSIDIES[name], "hint": words.SUBSIDY_HINTS[name], "months": months, "closed": closed,
                      "share": float(law.number("national.subsidy.graduate_max_share" if name == "graduate" else "national.subsidy.max_share")),
                      "usual": usual if name == "hard_to_employ" else None, "reached": month - me.birth >= usual})
    return found


def local_rule(province: str, area: str | None) -> dict[str, Any] | None:
    """Return the local rule of the subsidy for people hard to employ in force this month; None where none is on record."""
    law, month = engine.law(), this_month()
    path = area_path(law, province, "subsidies", area) or f"provinces.{province}.subsidies"
    if not law.has(path):
        return None
    rows = [row for row in law.history(path)[-1].value if row["since"] <= month and (row["until"] is None or month <= row["until"])]
    return {**rows[-1], "path": path} if rows else None


def granted_to(person: int) -> list[dict[str, Any]]:
    """The worker's subsidies with what they have brought so far (inside a transaction of the worker)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.programme, s.payer_kind, s.share::float8, s.since, s.until,"
            " coalesce((SELECT sum(l.amount_fen) FROM ledger_entry e JOIN ledger_leg l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id"
            "  WHERE e.kind = 'subsidy' AND e.source LIKE s.id || ':%%' AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id) AND a.owner_kind = 'person' AND a.owner_id = s.person_id), 0)::bigint"
            " FROM collection_subsidy s WHERE s.person_id = %s ORDER BY s.since DESC, s.id", [person])
        return [{"id": number, "programme": programme, "payer": payer, "share": share, "since": since, "last": until - 1,
                 "now": since <= this_month() < until, "fen": fen} for number, programme, payer, share, since, until, fen in cursor.fetchall()]


@worker_only
def page(request: HttpRequest) -> HttpResponse:
    """What is granted, what was asked for, and what could be."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    place = 0 if lang == "zh" else 1
    with acting_as(me.actor):
        province, area = place_of(me)
        granted, asked = granted_to(me.number), requests_of(me.number)
    return render(request, "account/subsidies.html", {
        "granted": [{**each, "what": words.said(words.SUBSIDIES, each["programme"], lang), "payer": PAYERS[each["payer"]][place]} for each in granted],
        "asked": [{"id": each.id, "what": words.said(words.SUBSIDIES, each.programme, lang), "on": each.asked_on,
                   "state": words.said(words.SUBSIDY_STATES, each.state, lang)} for each in asked],
        "open": [{**each, "what": each["word"][place], "hint": each["hint"][place]} for each in programmes_of(me, province)],
        "local": local_rule(province, area), "place": name_of(province, lang)})


def _platforms() -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name_zh, name_en FROM orders_platform WHERE id = ANY (orders_platforms_of_person()) ORDER BY id")
        return list(cursor.fetchall())


def _programmes(asked: Asked) -> tuple[Choice, ...]:
    with acting_as(asked.worker.actor):
        province, _ = place_of(asked.worker)
    return tuple(Choice(each["name"], *each["word"], *each["hint"]) for each in programmes_of(asked.worker, province) if each["closed"] is None)


def _payers(asked: Asked) -> tuple[Choice, ...]:
    with acting_as(asked.worker.actor):
        province, _ = place_of(asked.worker)
        platforms = _platforms()
    return (*(Choice(f"platform:{number}", zh, en) for number, zh, en in platforms),
            Choice(f"province:{int(province)}", name_of(province, "zh"), name_of(province, "en")), Choice("state:0", "国家", "The state"))


def _wish(asked: Asked) -> Wish:
    me, programme = asked.worker, asked.values["programme"]
    with acting_as(me.actor):
        province, _ = place_of(me)
    kind, _, payer = str(asked.values.get("payer") or f"province:{int(province)}").partition(":")
    return Wish(me.number, province, programme, kind, int(payer), asked.values["ground"],
                _to_retirement(me, province) if programme == "hard_to_employ" else 0, int(asked.values.get("months_since_school") or 0))


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh, wish = asked.lang == "zh", _wish(asked)
    months = months_open(engine.law(), wish)
    share = float(engine.law().number("national.subsidy.graduate_max_share" if wish.programme == "graduate" else "national.subsidy.max_share"))
    rows = [Row("向哪里申请" if zh else "Asked of the agency of", name_of(wish.province, asked.lang)),
            Row("最多补" if zh else "At most", f"{figures.share(share, 1)}{'（实际缴费的）' if zh else ' of what you pay'}")]
    if months is not None:
        rows.append(Row("最长" if zh else "For at most", figures.span(months, asked.lang)))
    return rows, (("先缴费、后补贴：每个月自己先缴，补贴退给您；年限和基数照样算足。", "Pay first: each month you pay, the subsidy comes back to you, and the month counts in full."),
                  ("法律没有定答复的期限；结果会在“补贴”里看到，不服可以申请复议。", "The law sets no day for the answer; you see it under 'Subsidies' and may appeal."))


def _send(asked: Asked) -> str:
    done = ask(asked.worker.actor, asked.key, _wish(asked), today=today(), law=engine.law())
    return f"/account/subsidies/{done['request']}/"


MATTER = Matter(
    "subsidy", "申请补贴", "Ask for a subsidy",
    (Question("programme", "您想申请哪一项补贴？", "Which subsidy?",
              lambda asked: (Field("programme", "choice", "补贴", "Subsidy", choices=lambda: _programmes(asked)),)),
     Question("school", "您离校多久了？", "How long ago did you leave school?",
              lambda asked: (Field("months_since_school", "integer", "离校月数", "Months since you left", low=0, high=600, unit_zh="个月", unit_en="months"),),
              applies=lambda asked: asked.values.get("programme") == "graduate"),
     Question("payer", "由谁分担？", "Who is to share the cost?",
              lambda asked: (Field("payer", "choice", "分担方", "Payer", choices=lambda: _payers(asked)),),
              "要有平台、当地或国家的分担协议才会批准。", "It is granted only under an agreement of the platform, the place or the state.",
              applies=lambda asked: asked.values.get("programme") == "shared"),
     Question("ground", "凭什么申请？", "On what ground?",
              lambda asked: (Words("ground", "words", "理由", "Ground", "例如就业困难人员认定书的编号、毕业证书的编号、协议的名称。", "Such as the number of your recognition or diploma, or the name of the agreement.",
                                   longest=2000),),
              "加密保存，只有您和经办机构看得到。", "It is kept encrypted; only you and the agency read it.")),
    button=lambda asked: ("提交申请", "Send the request"), send=_send, told=_told)


@worker_only
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One request: where it stands, why, and what can be done about it."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    if request.method == "POST":
        return withdrawn(request, f"/account/subsidies/{number}/", lambda key: withdraw(me.actor, key, number, today=today()))
    with acting_as(me.actor):
        found = request_of(number)
        ground = words_of(number)
        granted = next((each for each in granted_to(me.number) if each["id"] == found.subsidy), None)
        appeal = decisions.appeal_of(me.number, "subsidy", number)
    return render(request, "account/subsidy.html", {
        "found": found, "what": words.said(words.SUBSIDIES, found.programme, lang), "state": words.said(words.SUBSIDY_STATES, found.state, lang),
        "ground": ground, "granted": granted, "key": secrets.token_hex(16), "appeal": appeal})
