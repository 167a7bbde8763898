"""Two short questions, each asked once and either of them left unanswered at will: when work began, and why payment stopped."""

from __future__ import annotations

from collections.abc import Sequence

from lingbao.law.errors import InputError
from lingbao.law.month import format_month, month
from lingbao.registry.monitoring.reasons import state, state_first_job
from lingbao.web import figures
from lingbao.web.account.access import this_month
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.account.views.stop import reasons
from lingbao.web.fields import Field
from lingbao.web.questions import month_choices

NO_BEARING = ("只用来统计和改进政策，不影响您的任何待遇。", "It serves statistics and better rules and bears on nothing you are due.")
YEAR = Field("first_job_year", "integer", "哪一年", "Year", low=1951, high=2100, unit_zh="年", optional=True)
MONTH = Field("first_job_month", "select", "哪个月", "Month", "记不清就不选，按 1 月算。", "Leave it out if you do not remember; January then stands in.",
              choices=month_choices, optional=True)


def _first_job(asked: Asked) -> int | None:
    """Return the month that was said, or None where it was left unsaid."""
    year = asked.values["first_job_year"]
    if year is None:
        return None
    said = month(year, int(asked.values["first_job_month"] or 1))
    if not asked.worker.birth < said <= this_month():
        raise InputError("account.first_job", value=format_month(said), where="first_job_year",
                         zh=f"{format_month(said)} 不在出生以后、本月以前，请核对。", en=f"{format_month(said)} does not lie between your birth and this month; check it.")
    return said


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    said, zh = _first_job(asked), asked.lang == "zh"
    shown = ("不说" if zh else "left unsaid") if said is None else figures.month(said, asked.lang)
    return (Row("第一份工作" if zh else "First job", shown, "when"),), (NO_BEARING,)


def _send_first_job(asked: Asked) -> str:
    state_first_job(asked.worker.actor, asked.worker.number, _first_job(asked))
    return "/account/"


def _send_why(asked: Asked) -> str:
    state(asked.worker.actor, asked.key, asked.worker.number, asked.values["reason"])
    return "/account/"


FIRST_JOB = Matter(
    "first-job", "第一份工作", "First job",
    (Question("when", "您第一份工作从哪年哪月开始？", "When did your first job begin?", lambda asked: (YEAR, MONTH),
              "不想说就什么都不填。只问这一次。" + NO_BEARING[0], "Leave it empty if you would rather not say. It is asked once. " + NO_BEARING[1], shown=False),),
    button=lambda asked: ("提交", "Send"), send=_send_first_job, told=_told)
WHY = Matter(
    "why-stopped", "为什么没有缴", "Why payment stopped",
    (Question("reason", "这几个月没有缴费，方便说说为什么吗？", "You have not paid these months. May we ask why?",
              lambda asked: (Field("reason", "choice", "原因", "Reason", choices=reasons),), *NO_BEARING),),
    button=lambda asked: ("提交", "Send"), send=_send_why, told=lambda asked: ((), (NO_BEARING,)))
