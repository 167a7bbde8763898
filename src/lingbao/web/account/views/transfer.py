"""Transfer to another province: apply on one page, then watch the line with its legal dates."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import InputError
from lingbao.registry.enrolment.membership import memberships
from lingbao.registry.errors import NotFound
from lingbao.registry.ledger.queries import Account, accounts_of
from lingbao.registry.record.queries import RecordedMonth, months_of
from lingbao.registry.session import acting_as
from lingbao.registry.transfers.cases import case_of, steps_of
from lingbao.registry.transfers.machine import NEXT, TRANSITIONS
from lingbao.registry.transfers.services import Applicant, apply, step
from lingbao.web import engine
from lingbao.web.account import decisions
from lingbao.web.account.access import today, worker_only
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Choice, Field
from lingbao.web.places import name_of, places

NEXT_WORDS = {
    "new_place": ("等新参保地办理", "Waiting for the new place"), "old_place": ("等原参保地办理", "Waiting for the old place"),
}
STEPS = ("withdraw", "escalate")


def _kept_by(asked: Asked) -> list[str]:
    """Provinces from which the worker may move something, read once for a page."""
    if not hasattr(asked.request, "kept_by"):
        with acting_as(asked.worker.actor):
            asked.request.kept_by = kept_by(asked.worker.number)  # type: ignore[attr-defined]
    return list(asked.request.kept_by)  # type: ignore[attr-defined]


def kept_by(person: int) -> list[str]:
    """Provinces that keep ordinary months of a worker, the one with the latest first, then those that keep money alone.

    A temporary account is collected at the claim and not before (国办发〔2009〕66号 第五条).
    """
    return kept(months_of(person), accounts_of("person", person))


def kept(months: Sequence[RecordedMonth], accounts: Sequence[Account]) -> list[str]:
    """Say the same of months and accounts that are at hand."""
    ordinary = dict.fromkeys(each.kept_by for each in reversed(months) if not each.temporary)
    money = dict.fromkeys(each.province for each in accounts if each.kind == "individual" and each.balance_fen > 0)
    return [*ordinary, *(each for each in money if each not in {month.kept_by for month in months})]


def going(person: int) -> int | None:
    """Number of the transfer of a worker that is under way (inside a transaction of the worker)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM transfer_case WHERE person_id = %s AND state NOT IN ('done', 'refused', 'withdrawn', 'closed')", [person])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _named(codes: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, name_of(code, "zh"), name_of(code, "en")) for code in codes)


def _open(asked: Asked) -> str | None:
    with acting_as(asked.worker.actor):
        number = going(asked.worker.number)
    if number is not None:
        return f"/account/transfers/{number}/"
    if not _kept_by(asked):
        raise InputError("account.nothing_to_transfer", zh="您还没有职工养老保险的缴费记录，不用转移；到新地方直接参保就行。",
                         en="Nothing is recorded in the employee scheme, so there is nothing to transfer; enrol in the new place.")
    return None


def _fields_from(asked: Asked) -> tuple[Field, ...]:
    return (Field("from_province", "choice", "从哪里转出", "From which province", choices=lambda: _named(_kept_by(asked))),)


def _fields_to(asked: Asked) -> tuple[Field, ...]:
    old = asked.values.get("from_province")
    return (Field("to_province", "select", "转到哪里", "To which province", choices=lambda: _named([code for code in places() if code != old])),)


def _send(asked: Asked) -> str:
    me = asked.worker
    who = Applicant(me.number, me.person.sex, me.birth, me.person.hukou_province)
    done = apply(me.actor, asked.key, who, from_province=asked.values["from_province"], to_province=asked.values["to_province"],
                 today=today(), law=engine.law())
    return f"/account/transfers/{done['case']}/"


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    with acting_as(asked.worker.actor):
        moves = any(each.until is None and each.scheme == "employee" and each.province == asked.values["from_province"] for each in memberships(asked.worker.number))
    return (), (
        ("办结后，您在转出地的参保关系终止，从下一个没缴的月份起在转入地按最低档参保，可以随时改。", "When it is done, the membership in the old place ends; from the next unpaid month on you are enrolled in the new place at its lowest base, which you may change at any time.") if moves else
        ("办结后，转出地的年限和个人账户并到转入地；您现在的参保不变。", "When it is done, months and account of the old place stand in the new one; where you are enrolled now stays as it is."),
        ("您什么都不用带，两地经办机构自己交接；年限一个月不少，个人账户的钱全部跟着走。", "You carry nothing: the two agencies hand over to each other. No month is lost and the whole account goes along."),
        ("提交后每一步和法定期限都在这里看得到，逾期可以提请督办。", "Each step and its legal date is shown here; when one is late you may take it further."))


MATTER = Matter(
    "transfer", "转移养老保险", "Transfer",
    (Question("from", "您想从哪里转出？", "From where do you want to transfer?", _fields_from),
     Question("to", "您想转到哪里？", "To where do you want to transfer?", _fields_to, "一般是您现在工作、参保的地方。", "Usually where you work and pay now.")),
    button=lambda asked: ("提交转移申请", "Send the application"), send=_send, told=_told, open=_open)


@worker_only
def transfers(request: HttpRequest) -> HttpResponse:
    """The worker's transfers."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    with acting_as(me.actor), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM transfer_case WHERE person_id = %s ORDER BY id DESC", [me.number])
        numbers = [row[0] for row in cursor.fetchall()]
    if not numbers:
        return redirect("/account/transfer/")
    with acting_as(me.actor):
        cases = [case_of(number) for number in numbers]
        last = {number: steps_of(number)[-1] for number in numbers}
    return render(request, "account/transfers.html", {"cases": [
        {"id": case.id, "way": _way(case.from_province, case.to_province, lang), "at": last[case.id].day, "ended": case.progress.ended,
         "state": getattr(TRANSITIONS[last[case.id].action], lang)} for case in cases]})


@worker_only
def transfer(request: HttpRequest, number: int) -> HttpResponse:
    """The line of one transfer: what was done when, who is next, and by when; steps the worker may take."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action not in STEPS:
            raise NotFound("account.no_step", value=action[:20], zh="没有这一步。", en="There is no such step.")
        taken = request.POST.get("steps", "")[:6]  # of a form opened before another step, the key is another
        step(me.actor, f"{action}:{number}:{taken if taken.isascii() and taken.isdigit() else ''}", number, action, today=today(), law=engine.law())
        return redirect(f"/account/transfers/{number}/")
    with acting_as(me.actor):
        case, steps, appeal = case_of(number), steps_of(number), decisions.appeal_of(me.number, "transfer", number)
    progress = case.progress
    following = NEXT.get(progress.state) if not progress.ended else None
    return render(request, "account/transfer.html", {
        "case": case, "way": _way(case.from_province, case.to_province, lang), "progress": progress,
        "steps": [{"what": getattr(TRANSITIONS[each.action], lang), "article": TRANSITIONS[each.action].article, "day": each.day,
                   "reason": each.reason} for each in steps],
        "waiting": NEXT_WORDS[following][0 if lang == "zh" else 1] if following in NEXT_WORDS else "", "late": progress.overdue(today()),
        "may_withdraw": progress.state in TRANSITIONS["withdraw"].sources,
        "may_escalate": progress.overdue(today()) and not progress.escalated,
        "appeal": appeal, "moved": (case.account_fen or 0) / 100, "pooled": (case.pooled_fen or 0) / 100})


def _way(old: str, new: str, lang: str) -> str:
    return f"{name_of(old, lang)} → {name_of(new, lang)}"
