"""Money of platforms at the desk, for pages and API alike: what they owe, transfers entered and decided, the turn-over of a month."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.month import format_month, parse_month
from lingbao.registry.collection.proposals import refunds_waiting, withheld_for_nobody
from lingbao.registry.orders import receipts
from lingbao.registry.orders.turnover_month import REASONS, Report, turn_over_month
from lingbao.registry.people.persons import masked
from lingbao.registry.session import Actor, run_as
from lingbao.web.desk.access import AGENCY, check_role
from lingbao.web.desk.jobs import Report as Progress
from lingbao.web.desk.jobs import ask
from lingbao.web.desk.models import Job
from lingbao.web.desk.queues import today

KIND = "turnover"


def decide(actor: Actor, key: str, number: int, action: str, *, reason: str = "") -> dict[str, Any]:
    """Book or refuse a transfer that was entered.

    Raises
    ------
    NotFound
        If the actor may not see it.
    InputError
        If there is no such step, or no reason is given for a refusal.
    """
    check_role(actor, AGENCY)
    receipts.receipt(actor, number)  # what one may not see is not found, before anything else is said
    if action == "book":
        return receipts.book(actor, key, number)
    if action == "refuse":
        return receipts.refuse(actor, key, number, reason=reason)
    raise InputError("desk.action", value=action, where="action", zh="没有这一步骤。", en="There is no such step.")


def start_turnover(actor: Actor, month: int) -> Job:
    """Turn over, in the background, what has been received in the actor's province; asked again it is the same work.

    Raises
    ------
    InputError
        If the month has not begun.
    """
    check_role(actor, ("supervisor",))
    if month > parse_month(today()):
        raise InputError("orders.turnover_month", value=format_month(month), where="month", zh=f"{format_month(month)} 还没有开始，不能转入缴费。",
                         en=f"{format_month(month)} has not begun.")
    return ask(actor, KIND, month)


def turn_over(job: Job, progress: Progress) -> dict[str, Any]:
    """Do the work of a job."""
    return told(turn_over_month(job.about, on=today(), province=job.province, progress=progress))


def told(report: Report) -> dict[str, Any]:
    """Return a report as plain data, the reasons in words."""
    return {"month": format_month(report.month), "before": report.before, "persons": report.persons, "months": report.months, "years": report.years,
            "turned_fen": report.turned_fen, "subsidy_fen": report.subsidy_fen,
            "waiting": [{"reason": reason, "zh": REASONS[reason][0], "en": REASONS[reason][1], "persons": persons, "fen": fen}
                        for reason, (persons, fen) in report.waiting.items()]}


def pays_nothing(actor: Actor) -> list[dict[str, Any]]:
    """Return for whom platforms transferred money that pays no contribution, since they are not insured, and how much [fen]."""
    def work() -> list[dict[str, Any]]:
        found = withheld_for_nobody(actor.province)
        names = {each.id: each.name_masked for each in masked([each.person for each in found])}
        return [{**asdict(each), "name": names.get(each.person, "")} for each in found]

    return run_as(actor, work)


def asked_back(actor: Actor) -> tuple[int, int]:
    """Return how many refunds of such money wait for a second person, and their sum [fen]."""
    found = run_as(actor, lambda: refunds_waiting("withheld"))
    return len(found), sum(each.amount_fen for each in found)


def last_turnover(actor: Actor) -> Job | None:
    """Return the last turn-over of the actor's province, of any province for those who see all."""
    found = Job.objects.filter(kind=KIND)
    return (found if actor.province is None else found.filter(province=actor.province)).order_by("-id").first()

