"""What each kind of job does; each does only what is left, so that it may be broken off and begun again."""

from __future__ import annotations

from typing import Any

from lingbao.law.month import parse_month
from lingbao.registry.audit_results import audit_and_keep
from lingbao.registry.benefits import payment, rises, settling
from lingbao.registry.benefits.figures import rise_figures, run_figures
from lingbao.registry.notices.concerned import conditions
from lingbao.registry.notices.sending import announce
from lingbao.registry.people.actors import actor_numbered
from lingbao.registry.session import SYSTEM, run_as
from lingbao.web.desk import platform_money
from lingbao.web.desk.announcements import concerned
from lingbao.web.desk.jobs import Report, Work
from lingbao.web.desk.models import Job
from lingbao.web.desk.queues import today

TOLD_AT_ONCE = 2_000


def _audit(job: Job, report: Report) -> dict[str, Any]:
    found = audit_and_keep(job.asked_by, progress=report)
    return {"audit": found.number, "findings": len(found.findings)}


def _pay(job: Job, report: Report) -> dict[str, Any]:
    before = run_as(SYSTEM, lambda: run_figures(job.about))
    report(0, before.left)
    paid = payment.pay(job.about, actor=job.asked_by, today=today(), progress=lambda payments: report(payments, before.left))
    return {"payments": paid.payments, "fen": paid.fen}


def _rise(job: Job, report: Report) -> dict[str, Any]:
    before = run_as(SYSTEM, lambda: rise_figures(job.about))
    left = before.concerned - before.raised
    report(0, left)
    return {"raised": rises.apply(job.about, actor=job.asked_by, today=today(), progress=lambda raised: report(raised, left))}


def _settle(job: Job, report: Report) -> dict[str, Any]:
    actor = run_as(SYSTEM, lambda: actor_numbered(job.asked_by, purpose="预发养老金结算"))
    left = sum(each.claims for each in settling.waiting(job.province, today=today()))
    report(0, left)
    done = settling.settle_all(actor, job.province, today=today(), progress=lambda looked: report(looked, left))
    return {"settled": done.settled, "left": done.left, "paid_fen": done.paid_fen, "owed_fen": done.owed_fen,
            "faults": [{"claim": claim, "zh": zh, "en": en} for claim, zh, en in done.faults]}


def _announce(job: Job, report: Report) -> dict[str, Any]:
    actor = run_as(SYSTEM, lambda: actor_numbered(job.asked_by, purpose="新规通知"))
    people = concerned(actor, conditions(job.content))
    new = 0
    for first in range(0, len(people), TOLD_AT_ONCE):
        report(first, len(people))
        new += announce(actor, people[first:first + TOLD_AT_ONCE], rule=job.content["rule"], from_month=parse_month(job.content["month"]),
                        change=job.content["change"])
    return {"people": len(people), "messages": new}


WORKS: dict[str, Work] = {"audit": _audit, "pay": _pay, "rise": _rise, "settle": _settle, "announce": _announce, "turnover": platform_money.turn_over}
