"""Claim the pension of the resident scheme: whether it is open, how much by the rules today; apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.law.errors import LingbaoError
from lingbao.registry.benefits.claims import claim_resident
from lingbao.registry.benefits.resident import ResidentClaimant, resident_award, resident_conditions
from lingbao.registry.benefits.schemes import years_of_claimant
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.ledger.queries import accounts_of
from lingbao.registry.record.queries import years_of
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account.access import Me, this_month, today, worker_only
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_of

PATH = "/account/resident-pension/"
AHEAD = 3  # months ahead for which a claim may be handed in


def _place(me: Me) -> tuple[str, str | None]:
    """Province and area that keep the resident account: of the account, the last year, the membership, the household register."""
    member = next((each for each in memberships(me.number, on=this_month()) if each.scheme == "resident"), None)
    if member is not None:
        return member.province, member.area
    held = [each.province for each in accounts_of("person", me.number) if each.kind == "resident_account" and each.balance_fen]
    years = years_of(me.number)
    return (held[0] if held else years[-1].province if years else me.person.hukou_province), None


def _claimant(me: Me) -> tuple[ResidentClaimant, str]:
    with acting_as(me.actor):
        province, area = _place(me)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM benefit_claim WHERE person_id = %s AND state IN ('provisional', 'final')", [me.number])
            draws = bool(cursor.fetchone()[0])
    return ResidentClaimant(me.birth, area, draws), province


def months_open(me: Me) -> tuple[list[int], LingbaoError | None]:
    """Months for which a claim is open now, and why the present one is not."""
    who, _ = _claimant(me)
    found, fault = [], None
    for month in range(this_month(), this_month() + AHEAD):
        try:
            resident_conditions(engine.law(), who, years_of_claimant(me.number, month), month)
            found.append(month)
        except LingbaoError as error:
            fault = fault or error
    return found, fault


def estimate(me: Me, claim_month: int) -> dict[str, Any]:
    """Return the pension of a claim in a month on what the account holds today, as the rules give it now.

    Raises
    ------
    MissingLaw
        If a figure of the place is not on record.
    """
    who, province = _claimant(me)
    with acting_as(me.actor):
        account = sum(each.balance_fen for each in accounts_of("person", me.number) if each.kind == "resident_account" and each.province == province)
    years = years_of_claimant(me.number, claim_month)
    return {"province": province, "years": years, "account_fen": account,
            "award": resident_award(engine.law(), who, years, account, province, claim_month, this_month())}


def _month(asked: Asked) -> int:
    return int(asked.values["claim_month"])


def _rows(found: dict[str, Any], lang: str) -> list[Row]:
    zh, award = lang == "zh", found["award"]
    rows = [Row("待遇领取地" if zh else "Place of benefit", name_of(found["province"], lang)),
            Row("算数的年数" if zh else "Years that count", f"{found['years']:g}"),
            Row("每月养老金（测算）" if zh else "Pension a month (worked out now)", figures.yuan(award.total, lang, 2)),
            Row("其中基础养老金" if zh else "Of which basic", figures.yuan(award.basic, lang, 2)),
            Row("其中个人账户养老金" if zh else "Of which from the account", figures.yuan(award.account, lang, 2)),
            Row("（账户 ÷ 计发月数）" if zh else "(account over payout months)", f"{found['account_fen'] / 100:,.2f} ÷ {award.payout_months:g}")]
    for amount, name in ((award.long_payment, ("其中长缴加发", "Of which for long payment")), (award.age_addition, ("其中高龄加发", "Of which for age"))):
        if amount:
            rows.append(Row(name[0 if zh else 1], figures.yuan(amount, lang, 2)))
    return rows


def _notes(found: dict[str, Any]) -> list[tuple[str, str]]:
    notes = [("核定前还会把账户利息算到领取月；结果以核定表为准。", "Interest up to the month of the claim is added before it is granted; the award is what counts.")]
    if found["award"].provisional:
        notes.append(("当地今年的基础养老金标准还没公布，先按原标准算，公布后重算，多退少补。", "This year's basic pension of the place is not published: it is granted on the earlier one and settled afterwards."))
    if not found["award"].additions_known:
        notes.append(("还没有收录当地的加发规定（长缴、高龄），当地如有加发，会比这里多。", "Local additions (long payment, age) are not on record; where the place has some, it is more than this."))
    return notes


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    found = estimate(asked.worker, _month(asked))
    return _rows(found, asked.lang), _notes(found)


def _send(asked: Asked) -> str:
    me = asked.worker
    who, province = _claimant(me)
    done = claim_resident(me.actor, asked.key, me.number, who, province=province, claim_month=_month(asked), today=today(), law=engine.law())
    return f"/account/claims/{done['claim']}/"


MATTER = Matter(
    "resident-claim", "申领居民养老金", "Claim the resident pension",
    (Question("month", "您想从哪个月算起？", "From which month?",
              lambda asked: (Field("claim_month", "choice", "领取月份", "Month of the claim", choices=lambda: tuple(
                  Choice(str(each), figures.month(each, "zh"), figures.month(each, "en")) for each in months_open(asked.worker)[0])),),
              "从下个月起发养老金。", "The pension is paid from the month after."),),
    button=lambda asked: ("提交申领", "Send the claim"), send=_send, told=_told,
    open=lambda asked: None if months_open(asked.worker)[0] else PATH)


@worker_only
def page(request: HttpRequest) -> HttpResponse:
    """Whether the resident pension is open, why not, and how much it would be; what is not on record is said."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    months, fault = months_open(me)
    rows: list[Row] = []
    notes: list[tuple[str, str]] = []
    missing = None
    with acting_as(me.actor):
        years = len(years_of(me.number))
    if months:
        try:
            found = estimate(me, months[0])
            rows, notes = _rows(found, lang), _notes(found)
        except LingbaoError as error:
            missing = error
    return render(request, "account/resident_pension.html", {
        "open": bool(months), "fault": fault, "missing": missing, "rows": rows, "years": years, "short": fault is not None and not months and fault.code == "benefit.short",
        "notes": [zh if lang == "zh" else en for zh, en in notes]})
