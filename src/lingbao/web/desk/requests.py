"""What persons ask for and what they owe: subsidies, moves between the schemes, set-offs; each a queue and a page to decide on."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import format_month, parse_month
from lingbao.law.store import Law
from lingbao.registry.benefits import set_off
from lingbao.registry.collection import subsidy_requests
from lingbao.registry.people.persons import masked
from lingbao.registry.session import Actor, run_as
from lingbao.registry.transfers import conversion_cases, conversions
from lingbao.web.account import words as said
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import fen_of, sent, text_of
from lingbao.web.desk.queues import today
from lingbao.web.desk.views import CASES, page
from lingbao.web.errors import status_of

KINDS: dict[str, tuple[str, str]] = {
    "subsidies": ("补贴申请", "Requests for a subsidy"), "conversions": ("城乡衔接", "Moves between the schemes"),
    "recoveries": ("多发待抵扣", "Paid too much, no plan yet"), "setoffs": ("抵扣方案审批", "Plans to set off"),
}
LONGEST = 2000
_KEY = re.compile(r"[0-9A-Za-z]{1,100}")
Pair = tuple[str, str]


def _word(pair: Pair) -> dict[str, str]:
    return {"zh": pair[0], "en": pair[1]}


def _waiting(actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """What waits, by kind: number, person, what it is, since when, until when, money [fen]."""
    def work() -> dict[str, list[dict[str, Any]]]:
        place = actor.province
        plans = [(each, set_off.recovery_of(each.recovery)) for each in set_off.queue(place)]
        found: dict[str, list[dict[str, Any]]] = {
            "subsidies": [{"number": each.id, "person": each.person, "what": _word(said.SUBSIDIES[each.programme]), "on": each.asked_on}
                          for each in subsidy_requests.queue(place)],
            "conversions": [{"number": each.id, "person": each.person, "what": _word(said.DIRECTIONS[each.direction]), "on": each.applied_on,
                             "due": each.due, "late": each.due < today()} for each in conversion_cases.queue(place)],
            "recoveries": [{"number": each.id, "person": each.person, "what": _word(said.CAUSES.get(each.cause, (each.cause, each.cause))), "fen": each.rest_fen}
                           for each in set_off.without_plan(place)],
            "setoffs": [{"number": plan.id, "person": owed.person, "what": _word(said.CAUSES.get(owed.cause, (owed.cause, owed.cause))), "on": plan.proposed_on,
                         "fen": owed.rest_fen} for plan, owed in plans],
        }
        names = {each.id: each.name_masked for each in masked(sorted({item["person"] for items in found.values() for item in items}))}
        return {kind: [{**item, "name": names.get(item["person"], "")} for item in items] for kind, items in found.items()}

    return run_as(actor, work)


@require_GET
@for_roles(*CASES)
def waiting(request: HttpRequest) -> HttpResponse:
    """The four queues on one page."""
    found = _waiting(request.actor)  # type: ignore[attr-defined]
    return page(request, "requests", queues=[{"kind": kind, "heading": _word(KINDS[kind]), "rows": found[kind]} for kind in KINDS])


def _subsidy(number: int) -> dict[str, Any]:
    each = subsidy_requests.request_of(number)
    lines = [(("申请的补贴", "Asked for"), _word(said.SUBSIDIES[each.programme])), (("申请日期", "Asked on"), each.asked_on),
             (("理由", "Ground"), subsidy_requests.words_of(number))]
    if each.stated.get("months_to_retirement"):
        lines.append((("距法定退休月数", "Months to the statutory age"), each.stated["months_to_retirement"]))
    if each.programme == "graduate":
        lines.append((("离校月数", "Months since school"), each.stated.get("months_since_school", 0)))
    return {"person": each.person, "lines": lines, "state": _word(said.SUBSIDY_STATES[each.state]), "open": each.state == "asked", "reason": each.reason}


def _conversion(number: int) -> dict[str, Any]:
    each = conversion_cases.conversion_of(number)
    lines: list[tuple[Pair, Any]] = [(("方向", "Direction"), _word(said.DIRECTIONS[each.direction])), (("申请日期", "Applied on"), each.applied_on),
                                     (("法定期限", "Legal deadline"), each.due)]
    if each.state == "applied":
        try:
            found = conversions.work_out(each.person, each.direction, each.province, today(), Law.load())  # type: ignore[arg-type]
            lines += [(("将转移（元）", "Would move (yuan)"), f"{found.moved_fen / 100:,.2f}"), (("将退还（元）", "Would be given back (yuan)"), f"{found.refund_fen / 100:,.2f}")]
        except LingbaoError as error:  # the record has changed since it was asked for
            lines.append((("不能办理，因为", "Not open, because"), {"zh": error.zh, "en": error.en}))
    elif each.moved_fen is not None:
        lines += [(("已转移（元）", "Moved (yuan)"), f"{each.moved_fen / 100:,.2f}"), (("已退还（元）", "Given back (yuan)"), f"{(each.refund_fen or 0) / 100:,.2f}")]
    return {"person": each.person, "lines": lines, "state": _word(said.CONVERSION_STATES[each.state]), "open": each.state == "applied", "reason": each.reason}


def _owed(each: set_off.Recovery) -> list[tuple[Pair, Any]]:
    return [(("原因", "Cause"), _word(said.CAUSES.get(each.cause, (each.cause, each.cause)))), (("多发（元）", "Paid too much (yuan)"), f"{each.fen / 100:,.2f}"),
            (("还欠（元）", "Still owed (yuan)"), f"{each.rest_fen / 100:,.2f}"), (("月养老金（元）", "Pension a month (yuan)"), f"{(each.pension_fen or 0) / 100:,.2f}")]


def _recovery(number: int) -> dict[str, Any]:
    each = set_off.recovery_of(number)
    planned = any(plan.state in ("proposed", "approved") for plan in set_off.plans_of(number))
    open_ = each.rest_fen > 0 and not planned and each.claim_state in ("provisional", "final")
    return {"person": each.person, "lines": _owed(each), "state": _word(("待提方案", "no plan yet") if open_ else ("已有方案或无需抵扣", "planned or settled")),
            "open": open_, "reason": ""}


def _plan(number: int) -> dict[str, Any]:
    each = set_off.plan_of(number)
    owed = set_off.recovery_of(each.recovery)
    lines = [*_owed(owed), (("每月最多扣（元）", "At most a month (yuan)"), f"{each.monthly_fen / 100:,.2f}"), (("从", "From"), format_month(each.from_month)),
             (("说明", "What was agreed"), each.said), (("提出日期", "Proposed on"), each.proposed_on)]
    return {"person": owed.person, "lines": lines, "state": _word(said.PLAN_STATES[each.state]), "open": each.state == "proposed", "reason": each.reason}


READ: dict[str, Callable[[int], dict[str, Any]]] = {"subsidies": _subsidy, "conversions": _conversion, "recoveries": _recovery, "setoffs": _plan}
# Who may do what: roles that see each form.
FORMS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "subsidies": (("grant", ("supervisor",)), ("refuse", AGENCY)), "conversions": (("accept", AGENCY), ("refuse", AGENCY)),
    "recoveries": (("propose", AGENCY),), "setoffs": (("approve", ("supervisor",)), ("refuse", ("supervisor",))),
}


def _key(request: HttpRequest) -> str:
    key = request.POST.get("key", "")
    if not _KEY.fullmatch(key):
        raise InputError("desk.key", where="key", zh="表单已失效，请重新打开页面。", en="The form has expired; open the page again.")
    return key


def _share(request: HttpRequest) -> float:
    """Share of what is paid, written in percent."""
    text = text_of(request, "share", 12).rstrip("%％")
    try:
        share = Decimal(text) / 100
    except InvalidOperation:
        share = Decimal(0)
    if not 0 < share <= 1:
        raise InputError("desk.share", value=text, where="share", zh=f"“{text}”不是百分比，请填 0 到 100 之间的数，例如 50。",
                         en=f"'{text}' is no percentage; write a number between 0 and 100, such as 50.")
    return float(share)


def _decide(request: HttpRequest, kind: str, number: int) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    action, key, reason = text_of(request, "action", 20), _key(request), text_of(request, "reason", LONGEST)
    roles = dict(FORMS[kind]).get(action)
    if roles is None:
        raise InputError("desk.action", value=action, zh="没有这一步骤。", en="There is no such step.")
    check_role(actor, roles)
    if kind == "conversions":
        conversions.decide(actor, key, number, accept=action == "accept", today=today(), reason=reason)
    elif kind == "setoffs":
        set_off.decide(actor, key, number, accept=action == "approve", reason=reason, today=today())
    elif kind == "recoveries":
        set_off.propose(actor, key, number, monthly_fen=fen_of(request, "monthly"), from_month=parse_month(text_of(request, "since", 10)), said=reason, today=today())
    elif action == "refuse":
        subsidy_requests.refuse(actor, key, number, reason=reason, today=today())
    else:
        since, last = parse_month(text_of(request, "since", 10)), parse_month(text_of(request, "last", 10))
        subsidy_requests.agree(actor, key, number, share=_share(request), since=since, until=last + 1, document=reason, today=today(), law=Law.load())


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def one(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """One request, and the forms open to who looks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted, faults = int(number), {}
    if request.method == "POST":
        check_role(actor, AGENCY)
        run_as(actor, lambda: READ[kind](wanted))  # what one may not see is not found, before anything else is said
        faults = sent(lambda: _decide(request, kind, wanted))
        if not faults:
            return redirect("/desk/requests/")

    def work() -> tuple[dict[str, Any], str]:
        found = READ[kind](wanted)
        who = masked([found["person"]])
        return found, who[0].name_masked if who else ""

    found, name = run_as(actor, work)
    forms = [action for action, roles in FORMS[kind] if found["open"] and actor.role in roles]
    return page(request, "request", max((status_of(fault) for fault in faults.values()), default=200), kind=kind, heading=_word(KINDS[kind]), number=wanted,
                found=found, name=name, forms=forms, faults=faults, lines=[{"label": _word(label), "value": value if isinstance(value, dict) else str(value), "word": isinstance(value, dict)}
                                                                         for label, value in found["lines"]])
