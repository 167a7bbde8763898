"""Telling those concerned of a new rule: whom it concerns, and what the message says, before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.month import parse_month
from lingbao.registry.errors import Conflict
from lingbao.registry.monitoring.definitions import definitions
from lingbao.registry.notices.concerned import Concerned, conditions
from lingbao.registry.notices.concerned import concerned as members
from lingbao.registry.notices.templates import text_of
from lingbao.registry.session import Actor, run_as
from lingbao.web.account.words import RHYTHMS
from lingbao.web.desk.jobs import ask
from lingbao.web.desk.models import Job
from lingbao.web.desk.queues import today

SCHEMES = {"all": {"zh": "全部参保人", "en": "All members"}, "employee": {"zh": "职工养老保险（灵活就业）", "en": "Employee scheme (flexible)"},
           "resident": {"zh": "居民养老保险", "en": "Resident scheme"}}
NUMBERS = ("age_from", "age_to", "months_from", "months_to", "rhythm")
CHOICES = {"floor": {"zh": "缴费下限", "en": "the floor"}, "tier": {"zh": "按档次", "en": "a tier"}, "base": {"zh": "自选基数", "en": "a base of one's own"},
           "amount": {"zh": "定额", "en": "a fixed amount"}, "fee": {"zh": "居民年缴费", "en": "a yearly fee (residents)"}}
SEXES = {"male": {"zh": "男", "en": "men"}, "female": {"zh": "女", "en": "women"}}


def selects() -> list[dict[str, Any]]:
    """Return the conditions that are chosen from a list: name, what it asks, and the answers."""
    def listed(words: Mapping[Any, Any]) -> list[dict[str, Any]]:
        return [{"value": str(value), **(said if isinstance(said, dict) else {"zh": said[0], "en": said[1]})} for value, said in words.items()]

    return [
        {"name": "sex", "zh": "性别", "en": "Sex", "options": listed(SEXES)},
        {"name": "status", "zh": "缴费状态（灵活就业）", "en": "Standing (flexible members)", "options": listed({name: said for name, said in definitions().statuses.items() if name != "left"})},
        {"name": "rhythm", "zh": "多久缴一次", "en": "How often they pay", "options": listed(RHYTHMS)},
        {"name": "choice", "zh": "选的缴费方式", "en": "What they chose to pay", "options": listed(CHOICES)},
    ]


def given(fields: Mapping[str, str]) -> Concerned:
    """Return the conditions that a form asks for.

    Raises
    ------
    InputError
        If one is not on offer, or a number is none.
    """
    content: dict[str, Any] = {"scheme": fields.get("scheme") or "all", "sex": fields.get("sex") or None, "status": fields.get("status") or None,
                               "choice": fields.get("choice") or None, "short": fields.get("short") == "yes", "platform": fields.get("platform") == "yes"}
    for name in NUMBERS:
        text = fields.get(name, "").strip()
        if text and not (text.isascii() and text.isdigit() and len(text) < 6):
            raise InputError("desk.number", value=text[:20], where=name, zh=f"“{text[:20]}”不是整数。", en=f"'{text[:20]}' is not a whole number.")
        content[name] = int(text) if text else None
    return conditions(content)


def check(rule: str, month: str, change: str) -> str:
    """Return the text that members would receive.

    Raises
    ------
    InputError
        If something is missing, or cannot stand in a message.
    """
    for name, text, zh, en in (("rule", rule, "请写出文件或规则的名称。", "Name the rule."), ("change", change, "请写出对参保人有什么变化。", "Say what changes for members.")):
        if not text:
            raise InputError("desk.announce", where=name, zh=zh, en=en)
    parse_month(month)
    return text_of("new_rule", {"rule": rule, "from_month": month, "change": change})


def concerned(actor: Actor, who: Concerned) -> list[int]:
    """Return the members of the actor's province whom a rule concerns."""
    return run_as(actor, lambda: members(actor.province or "", who, today()))


def send(actor: Actor, rule: str, month: str, change: str, who: Concerned) -> Job:
    """Have the message queued for everyone concerned, once for each rule and person.

    Raises
    ------
    InputError
        As `check`.
    Conflict
        While another message of the province is on its way.
    """
    check(rule, month, change)
    content: dict[str, Any] = {"rule": rule, "month": month, "change": change, "scheme": who.scheme, **who.narrowed}
    job = ask(actor, "announce", content=content)
    if job.content != content:
        raise Conflict("desk.announce_waits", value=job.pk, zh="上一条通知还在发送，请等它发完再发。", en="Another message is being sent; send this one after it.")
    return job
