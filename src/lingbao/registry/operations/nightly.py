"""The work of every night, step by step; each step may be run again and does only what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lingbao.law.errors import LingbaoError
from lingbao.law.month import parse_month
from lingbao.law.store import Law
from lingbao.registry.audit_results import audit_and_keep
from lingbao.registry.calendar import china_day
from lingbao.registry.collection.banks import hear
from lingbao.registry.ledger.digests import close_days
from lingbao.registry.monitoring.near import near
from lingbao.registry.monitoring.reasons import infer
from lingbao.registry.notices.asking import ask_why
from lingbao.registry.notices.decisions import tell_decisions
from lingbao.registry.notices.following import tell_answers, tell_pensions, tell_transfers
from lingbao.registry.notices.gateway import Gateway
from lingbao.registry.notices.sending import remind, send_due
from lingbao.registry.orders.turnover_month import turn_over_closed
from lingbao.registry.orders.webhooks_delivery import deliver
from lingbao.registry.retention import erase
from lingbao.registry.session import SYSTEM, run_as
from lingbao.registry.transfers.following import bring_along
from lingbao.registry.transfers.services import escalate_overdue

AT_ONCE = 10_000  # messages taken by the gateway in one night's run


@dataclass(frozen=True)
class Step:
    """A step that was done, or the error that stopped it; the steps after it are done all the same."""

    name: str
    zh: str
    en: str
    count: int
    error: LingbaoError | None = None


def nightly(now: datetime, gateway: Gateway | None = None) -> Iterator[Step]:
    """Do the work of a night and yield each step as it ends.

    Parameters
    ----------
    now : datetime.datetime
        With its time zone; the day is China's.
    gateway : Gateway, optional
        Takes the messages that are due. Without one they stay queued and are shown on the person's page only.
    """
    today = china_day(now)
    month, law = parse_month(today), Law.load()
    steps: list[tuple[str, str, str, Callable[[], int]]] = [
        ("escalate", "超期转移升级", "overdue transfers escalated", lambda: len(escalate_overdue(today))),
        ("interest", "补记利息随关系划转", "late interest carried after transfers", lambda: bring_along(law=law)),
        ("bank", "模拟银行的回执，或再次请求的付款", "messages of the stand-in bank, or payments asked for again", lambda: hear(law, today=today)),
        ("turnover", "上月代扣款转入缴费", "people whose withheld money of last month became contributions", lambda: turn_over_closed(today, law=law).persons),
        ("reasons", "断缴原因推断", "causes of interruption found", lambda: sum(infer(month).values())),
        ("transfers", "转移进度通知", "messages on transfers", tell_transfers),
        ("pensions", "待遇通知", "messages on pensions", tell_pensions),
        ("decisions", "办理结果通知", "messages on decisions", tell_decisions),
        ("answers", "投诉答复通知", "messages on complaints", tell_answers),
        ("reminders", "临近日期提醒", "reminders of near dates",
         lambda: sum(remind(SYSTEM, run_as(SYSTEM, lambda code=place.code: near(code, month)), month) for place in law.provinces())),  # type: ignore[misc]
        ("asked", "中断未说明者询问", "asked why they stopped", lambda: ask_why(SYSTEM, month)),
        ("webhooks", "平台回调", "webhooks delivered", lambda: sum(each.status // 100 == 2 for each in deliver(now))),
        ("digests", "封存账簿日", "days of the books closed", lambda: run_as(SYSTEM, lambda: close_days(today - timedelta(days=1)))),
        ("retention", "到期删除", "rows erased that were over their period", lambda: sum(erase(gateway).values())),
        ("audit", "核查不符项", "findings of the audit", lambda: len(audit_and_keep().findings)),
    ]
    if gateway is not None:
        steps.insert(-3, ("messages", "短信发送", "messages handed to the gateway", lambda: send_due(gateway, now=now, limit=AT_ONCE)[0]))
    for name, zh, en, work in steps:
        try:
            yield Step(name, zh, en, work())
        except LingbaoError as error:
            yield Step(name, zh, en, 0, error)
