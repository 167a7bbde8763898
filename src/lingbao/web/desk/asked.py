"""What persons ask for and what they owe, for pages and API alike: subsidies, moves, exemptions, set-offs; read and decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import format_month
from lingbao.law.store import Law
from lingbao.registry.benefits import set_off
from lingbao.registry.collection import subsidy_requests
from lingbao.registry.orders import exemptions
from lingbao.registry.orders.tables import rows
from lingbao.registry.people.persons import masked
from lingbao.registry.session import Actor, run_as
from lingbao.registry.transfers import conversion_cases, conversions
from lingbao.web.account import words as said
from lingbao.web.desk.access import AGENCY, check_role
from lingbao.web.desk.queues import MOST, today

KINDS: dict[str, tuple[str, str]] = {
    "subsidies": ("补贴申请", "Requests for a subsidy"), "conversions": ("城乡衔接", "Moves between the schemes"),
    "recoveries": ("多发待抵扣", "Paid too much, no plan yet"), "setoffs": ("抵扣方案审批", "Plans to set off"),
    "exemptions": ("免代扣申请", "Requests to have nothing withheld"),
}
Pair = tuple[str, str]
T = TypeVar("T")


def both(pair: Pair) -> dict[str, str]:
    """Return words in both languages as data."""
    return {"zh": pair[0], "en": pair[1]}


# How many wait in the province (none: wherever one may see), and how many of them are late; the law sets a day for moves alone.
COUNTS = {
    "subsidies": "SELECT count(*), 0 FROM collection_subsidy_request WHERE province = coalesce(%s, province) AND state = 'asked'",
    "conversions": "SELECT count(*), count(*) FILTER (WHERE due < %s) FROM transfer_conversion WHERE province = coalesce(%s, province) AND state = 'applied'",
    "recoveries": f"SELECT count(*), 0 FROM benefit_recovery r JOIN benefit_claim c ON c.id = r.claim_id WHERE {set_off.WITHOUT_PLAN}",
    "setoffs": "SELECT count(*), 0 FROM benefit_set_off_plan p JOIN benefit_claim c ON c.id = p.claim_id WHERE p.state = 'proposed'"
               " AND c.province = coalesce(%s, c.province)",
    "exemptions": "SELECT count(*), 0 FROM orders_exemption_request WHERE province = coalesce(%s, province) AND state IN ('asked', 'checked')",
}


def counts(actor: Actor) -> dict[str, tuple[int, int]]:
    """Return how many wait in each queue, and how many of them are late."""
    def work() -> dict[str, tuple[int, int]]:
        return {kind: tuple(rows(sql, [today(), actor.province] if kind == "conversions" else [actor.province])[0])  # type: ignore[misc]
                for kind, sql in COUNTS.items()}

    return run_as(actor, work)


def waiting(actor: Actor, *, after: int = 0, most: int = MOST) -> dict[str, list[dict[str, Any]]]:
    """Return what waits, by kind: number, person, what it is, since when, until when, money [fen]; so many of each after those before them."""
    def work() -> dict[str, list[dict[str, Any]]]:
        place = actor.province
        plans = [(each, set_off.recovery_of(each.recovery)) for each in set_off.queue(place, most, after)]
        found: dict[str, list[dict[str, Any]]] = {
            "subsidies": [{"number": each.id, "person": each.person, "what": both(said.SUBSIDIES[each.programme]), "on": each.asked_on}
                          for each in subsidy_requests.queue(place, most, after)],
            "conversions": [{"number": each.id, "person": each.person, "what": both(said.DIRECTIONS[each.direction]), "on": each.applied_on,
                             "due": each.due, "late": each.due < today()} for each in conversion_cases.queue(place, most, after)],
            "recoveries": [{"number": each.id, "person": each.person, "what": both(said.CAUSES.get(each.cause, (each.cause, each.cause))), "fen": each.rest_fen}
                           for each in set_off.without_plan(place, most, after)],
            "setoffs": [{"number": plan.id, "person": owed.person, "what": both(said.CAUSES.get(owed.cause, (owed.cause, owed.cause))), "on": plan.proposed_on,
                         "fen": owed.rest_fen} for plan, owed in plans],
            "exemptions": [{"number": each.id, "person": each.person, "what": both(said.EXEMPTION_STATES[each.state]), "on": each.asked_on}
                           for each in exemptions.queue(place, most, after)],
        }
        names = {each.id: each.name_masked for each in masked(sorted({item["person"] for items in found.values() for item in items}))}
        return {kind: [{**item, "name": names.get(item["person"], "")} for item in items] for kind, items in found.items()}

    return run_as(actor, work)


def _subsidy(number: int) -> dict[str, Any]:
    each = subsidy_requests.request_of(number)
    lines = [(("申请的补贴", "Asked for"), both(said.SUBSIDIES[each.programme])), (("申请日期", "Asked on"), each.asked_on),
             (("理由", "Ground"), subsidy_requests.words_of(number))]
    if each.stated.get("months_to_retirement"):
        lines.append((("距法定退休月数", "Months to the statutory age"), each.stated["months_to_retirement"]))
    if each.programme == "graduate":
        lines.append((("离校月数", "Months since school"), each.stated.get("months_since_school", 0)))
    return {"person": each.person, "lines": lines, "state": both(said.SUBSIDY_STATES[each.state]), "open": each.state == "asked", "reason": each.reason}


def _conversion(number: int) -> dict[str, Any]:
    each = conversion_cases.conversion_of(number)
    lines: list[tuple[Pair, Any]] = [(("方向", "Direction"), both(said.DIRECTIONS[each.direction])), (("申请日期", "Applied on"), each.applied_on),
                                     (("法定期限", "Legal deadline"), each.due)]
    if each.state == "applied":
        try:
            found = conversions.work_out(each.person, each.direction, each.province, today(), Law.load())  # type: ignore[arg-type]
            lines += [(("将转移（元）", "Would move (yuan)"), f"{found.moved_fen / 100:,.2f}"), (("将退还（元）", "Would be given back (yuan)"), f"{found.refund_fen / 100:,.2f}")]
        except LingbaoError as error:  # the record has changed since it was asked for
            lines.append((("不能办理，因为", "Not open, because"), {"zh": error.zh, "en": error.en}))
    elif each.moved_fen is not None:
        lines += [(("已转移（元）", "Moved (yuan)"), f"{each.moved_fen / 100:,.2f}"), (("已退还（元）", "Given back (yuan)"), f"{(each.refund_fen or 0) / 100:,.2f}")]
    return {"person": each.person, "lines": lines, "state": both(said.CONVERSION_STATES[each.state]), "open": each.state == "applied", "reason": each.reason}


def _owed(each: set_off.Recovery) -> list[tuple[Pair, Any]]:
    return [(("原因", "Cause"), both(said.CAUSES.get(each.cause, (each.cause, each.cause)))), (("多发（元）", "Paid too much (yuan)"), f"{each.fen / 100:,.2f}"),
            (("还欠（元）", "Still owed (yuan)"), f"{each.rest_fen / 100:,.2f}"), (("月养老金（元）", "Pension a month (yuan)"), f"{(each.pension_fen or 0) / 100:,.2f}")]


def _recovery(number: int) -> dict[str, Any]:
    each = set_off.recovery_of(number)
    planned = any(plan.state in ("proposed", "approved") for plan in set_off.plans_of(number))
    drawn = not planned and each.claim_state in ("provisional", "final")
    state = ("已结清", "settled") if each.rest_fen <= 0 else ("待提方案", "no plan yet") if drawn else ("已有方案", "planned") if planned else ("待退回", "to be returned")
    return {"person": each.person, "lines": _owed(each), "state": both(state), "open": each.rest_fen > 0, "reason": "",
            "steps": ("propose", "return") if drawn else ("return",)}


def _plan(number: int) -> dict[str, Any]:
    each = set_off.plan_of(number)
    owed = set_off.recovery_of(each.recovery)
    lines = [*_owed(owed), (("每月最多扣（元）", "At most a month (yuan)"), f"{each.monthly_fen / 100:,.2f}"), (("从", "From"), format_month(each.from_month)),
             (("说明", "What was agreed"), each.said), (("提出日期", "Proposed on"), each.proposed_on)]
    return {"person": owed.person, "lines": lines, "state": both(said.PLAN_STATES[each.state]), "open": each.state == "proposed", "reason": each.reason}


def _exemption(number: int) -> dict[str, Any]:
    each = exemptions.request_of(number)
    lines: list[tuple[Pair, Any]] = [(("首日", "First day"), each.since), (("末日", "Last day"), each.until), (("申请日期", "Asked on"), each.asked_on),
                                     (("参保证明（本人说明）", "Proof, as the person says"), exemptions.words_of(number))]
    if each.checked:
        lines.append((("核对了", "What was compared"), each.checked))
    return {"person": each.person, "lines": lines, "state": both(said.EXEMPTION_STATES[each.state]), "open": each.state in ("asked", "checked"),
            "reason": each.reason, "steps": ("check", "refuse") if each.state == "asked" else ("approve", "refuse"), "not_by": ("approve", each.checked_by)}


READ: dict[str, Callable[[int], dict[str, Any]]] = {"subsidies": _subsidy, "conversions": _conversion, "recoveries": _recovery, "setoffs": _plan, "exemptions": _exemption}
# Who may do what: roles that see each form.
FORMS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "subsidies": (("grant", ("supervisor",)), ("refuse", AGENCY)), "conversions": (("accept", AGENCY), ("refuse", AGENCY)),
    "recoveries": (("propose", AGENCY), ("return", ("supervisor",))), "setoffs": (("approve", ("supervisor",)), ("refuse", ("supervisor",))),
    "exemptions": (("check", AGENCY), ("approve", ("supervisor",)), ("refuse", AGENCY)),
}


def one(actor: Actor, kind: str, number: int) -> dict[str, Any]:
    """Return one request with the lines one decides on, the `steps` that may come next, and those of them that this actor may take.

    Raises
    ------
    NotFound
        If the actor may not see it.
    """
    def work() -> dict[str, Any]:
        found = READ[kind](number)
        who = masked([found["person"]])
        steps, (other, by) = found.pop("steps", None), found.pop("not_by", (None, None))
        ahead = [action for action, _ in FORMS[kind] if found["open"] and (steps is None or action in steps)]
        actions = [action for action in ahead if actor.role in dict(FORMS[kind])[action] and not (action == other and actor.id == by)]
        return {**found, "number": number, "kind": kind, "name": who[0].name_masked if who else "", "steps": ahead, "actions": actions}

    return run_as(actor, work)


def decide(actor: Actor, key: str, kind: str, number: int, action: str, *, reason: str = "", share: float | None = None, since: int | None = None,
           last: int | None = None, monthly_fen: int | None = None, fen: int | None = None) -> dict[str, Any]:
    """Take one of the actions of a request.

    Parameters
    ----------
    action : str
        ``check``, ``approve`` or ``refuse`` an exemption, ``grant`` or ``refuse`` a subsidy, ``accept`` or ``refuse`` a move, ``propose`` a plan, ``approve`` or ``refuse`` it.
    reason : str
        Why it is refused, what a grant rests on, which papers were compared, or what was agreed on a plan.
    share, since, last : float, int, int
        A subsidy's share of what is paid, its first and its last month.
    monthly_fen : int
        Most that a plan takes of a payment [fen], from ``since`` on.
    fen : int
        What came back to the bank [fen], with ``return``; ``reason`` is then the bank's reference.

    Raises
    ------
    NotFound
        If the actor may not see the request.
    Forbidden
        If the action is for other roles.
    InputError
        If there is no such action, or something is missing.
    """
    check_role(actor, AGENCY)
    run_as(actor, lambda: READ[kind](number))  # what one may not see is not found, before anything else is said
    roles = dict(FORMS[kind]).get(action)
    if roles is None:
        raise InputError("desk.action", value=action, where="action", zh="没有这一步骤。", en="There is no such step.")
    check_role(actor, roles)
    if kind == "conversions":
        return conversions.decide(actor, key, number, accept=action == "accept", today=today(), reason=reason)
    if kind == "exemptions":
        return _decide_exemption(actor, key, number, action, reason)
    if kind == "setoffs":
        return set_off.decide(actor, key, number, accept=action == "approve", reason=reason, today=today())
    if action == "return":
        return set_off.returned(actor, key, number, _given("fen", fen), reference=reason, today=today())
    if kind == "recoveries":
        return set_off.propose(actor, key, number, monthly_fen=_given("monthly_fen", monthly_fen), from_month=_given("since", since), said=reason, today=today())
    if action == "refuse":
        return subsidy_requests.refuse(actor, key, number, reason=reason, today=today())
    return subsidy_requests.agree(actor, key, number, share=_given("share", share), since=_given("since", since), until=_given("last", last) + 1,
                                  document=reason, today=today(), law=Law.load())


def _decide_exemption(actor: Actor, key: str, number: int, action: str, reason: str) -> dict[str, Any]:
    if action == "check":
        return exemptions.check(actor, key, number, checked=reason, today=today())
    if action == "approve":
        return exemptions.approve(actor, key, number, today=today())
    return exemptions.refuse(actor, key, number, reason=reason, today=today())


def _given(name: str, value: T | None) -> T:
    if value is None:
        raise InputError("desk.missing", where=name, zh="这一项必填。", en="This one is needed.")
    return value
