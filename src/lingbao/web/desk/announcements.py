"""Telling those concerned of a new rule: whom it concerns, and what the message says, before it is sent."""

from __future__ import annotations

from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.month import parse_month
from lingbao.registry.errors import Conflict
from lingbao.registry.notices.templates import text_of
from lingbao.registry.orders.tables import rows
from lingbao.registry.session import Actor, run_as
from lingbao.web.desk.jobs import ask
from lingbao.web.desk.models import Job

SCHEMES = {"all": {"zh": "全部参保人", "en": "All members"}, "employee": {"zh": "职工养老保险（灵活就业）", "en": "Employee scheme (flexible)"},
           "resident": {"zh": "居民养老保险", "en": "Resident scheme"}}


def check(rule: str, month: str, change: str, scheme: str) -> str:
    """Return the text that members would receive.

    Raises
    ------
    InputError
        If something is missing, or cannot stand in a message.
    """
    for name, text, zh, en in (("rule", rule, "请写出文件或规则的名称。", "Name the rule."), ("change", change, "请写出对参保人有什么变化。", "Say what changes for members.")):
        if not text:
            raise InputError("desk.announce", where=name, zh=zh, en=en)
    if scheme not in SCHEMES:
        raise InputError("desk.announce_to", value=scheme[:20], where="scheme", zh="请选择通知谁。", en="Choose whom to tell.")
    parse_month(month)
    return text_of("new_rule", {"rule": rule, "from_month": month, "change": change})


def concerned(actor: Actor, scheme: str) -> list[int]:
    """Return the members of the actor's province in a scheme, or in any."""
    return [person for (person,) in run_as(actor, lambda: rows(
        "SELECT DISTINCT person_id FROM enrolment_membership WHERE until IS NULL AND province = %s AND (%s = 'all' OR scheme = %s) ORDER BY 1",
        [actor.province, scheme, scheme]))]


def send(actor: Actor, rule: str, month: str, change: str, scheme: str) -> Job:
    """Have the message queued for everyone concerned, once for each rule and person.

    Raises
    ------
    InputError
        As `check`.
    Conflict
        While another message of the province is on its way.
    """
    check(rule, month, change, scheme)
    content: dict[str, Any] = {"rule": rule, "month": month, "change": change, "scheme": scheme}
    job = ask(actor, "announce", content=content)
    if job.content != content:
        raise Conflict("desk.announce_waits", value=job.pk, zh="上一条通知还在发送，请等它发完再发。", en="Another message is being sent; send this one after it.")
    return job
