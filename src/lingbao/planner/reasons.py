"""Why a figure of the comparison is what it is: the tree of rules, parameters and methods behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingbao.career.outcome import Outcome
from lingbao.career.person import Person
from lingbao.career.projection import future_of
from lingbao.career.resident import project_resident
from lingbao.career.retirement import Retirement, minimum_for_claim, retirement_of
from lingbao.career.walk import Walk, walk
from lingbao.law.errors import InputError
from lingbao.law.rule import Rule
from lingbao.law.rules.benefit import replacement_rate
from lingbao.law.rules.retirement import month_of_completion, months_short
from lingbao.law.store import Law
from lingbao.law.trace import Node, given, node_of, traced
from lingbao.planner.options import Option


def _method(name: str, unit: str, zh: str, en: str, formula: str, basis: str) -> Rule:
    """A valuation method: not law, and said so in its basis."""
    return Rule(name=name, source=_method, article=basis, unit=unit, label_zh=zh, label_en=en, formula=formula)


METHODS: dict[str, Rule] = {rule.name: rule for rule in (
    _method("pension_today", "yuan/month", "每月养老金（折成现在的钱）", "pension in today's money",
            "{pension_at_claim} × {prices_now} ÷ {prices_then}", "估值方法：按所选情景的物价指数折算"),
    _method("outlay_total", "yuan", "今后共缴", "money still to pay", "{first_payment}…（逐月相加）", "估值方法：逐月缴费之和"),
    _method("outlay_today", "yuan", "今后共缴（现在的钱）", "money still to pay, in today's money", "{outlay_total}（逐月按物价折算）", "估值方法：按所选情景的物价指数折算"),
    _method("benefit_cost_ratio", "1", "每缴 1 元领回", "drawn for each yuan paid", "{drawn_in_all} ÷ {outlay_today}", "估值方法：效益成本比（F5），按现在的钱、领到 110 岁为止"),
    _method("irr", "fraction", "年化收益率", "yearly rate of return", "使缴费与领取的现值相等的利率", "估值方法：内部收益率"),
    _method("irr_real", "fraction", "年化收益率（扣除物价）", "yearly rate of return after prices", "使缴费与领取（现在的钱）的现值相等的利率", "估值方法：内部收益率"),
    _method("payback_age_months", "months", "回本年龄", "age at payback", "领取额累计达到 {outlay_total} 时的年龄", "估值方法：累计领取不少于累计缴费"),
    _method("payback_extra_age_months", "months", "多缴部分的回本年龄", "age at payback of the extra", "与下一档便宜的方案相比，多领累计达到多缴时的年龄", "估值方法：差额回本"),
    _method("expected_present_value", "yuan", "预期净得（现值）", "expected net gain", "按生存概率加权的领取、继承与缴费之差，折成现值", "估值方法：生命表加权现值"),
    _method("chance_of_payback", "fraction", "活到回本的概率", "chance of living to payback", "从现在活到 {payback_age} 的概率", "估值方法：联合国《世界人口展望2024》生命表"),
)}

FIGURES = (
    "first_payment", "outlay_total", "outlay_today", "months_needed", "claim_month", "claim_age_months", "pension_then",
    "pension_today", "replacement_rate", "payback_age_months", "payback_extra_age_months", "benefit_cost_ratio", "irr",
    "irr_real", "expected_present_value", "chance_of_payback", "basic", "account", "transitional", "account_at_claim",
    "mean_index", "statutory_month",
)


def explain(
    law: Law, person: Person, option: Option, outcome: Outcome, figure: str, projection: str, as_of: int,
    dates: Retirement, outlook: Mapping[str, Any],
) -> Node:
    """Return the tree behind one figure.

    Raises
    ------
    InputError
        If there is no such figure; the message lists those there are.
    """
    if figure not in FIGURES:
        raise InputError(
            "figure.unknown", value=figure, zh=f"没有名为“{figure}”的数字；可选：{'、'.join(FIGURES)}。",
            en=f"There is no figure '{figure}'; there are: {', '.join(FIGURES)}.",
        )
    again = retirement_of(law, dates.worker_class, dates.birth, traced)
    if figure in ("statutory_month", "claim_month", "claim_age_months"):
        return _claim(law, person, outcome, again, figure)
    if figure == "months_needed":
        minimum = minimum_for_claim(law, outcome.schedule.claim, dates.statutory, traced)
        return node_of(figure, traced(months_short)(minimum, given("months_paid", person.months_paid + person.deemed_months)))
    pension, parts, payment, walked = _run(law, person, option, projection, as_of, dates)
    known = {"pension_then": pension, "first_payment": payment, **parts}
    if figure in known:
        return known[figure]
    if walked is not None and figure in ("account_at_claim", "mean_index"):
        return node_of(figure, walked.account if figure == "account_at_claim" else walked.mean_index)
    if figure == "replacement_rate":
        return _replacement(law, person, outcome, pension, projection, as_of)
    return _valued(law, outcome, figure, projection, as_of, outlook, pension, payment)


def _claim(law: Law, person: Person, outcome: Outcome, again: Retirement, figure: str) -> Node:
    """The month of the claim: statutory, early, extended, or 60 in the resident scheme."""
    if figure == "statutory_month":
        return node_of(figure, again.statutory)
    if outcome.plan.scheme == "resident":
        return node_of(figure, again.resident_month)
    if outcome.schedule.extended:
        short = minimum_for_claim(law, outcome.schedule.claim, again.statutory, traced) - (
            person.months_paid + person.deemed_months
        )
        return node_of(figure, traced(month_of_completion)(again.statutory, max(outcome.schedule.claim - again.statutory, 0) or short))
    return node_of(figure, again.earliest if outcome.schedule.claim == again.earliest else again.statutory)


def _run(
    law: Law, person: Person, option: Option, projection: str, as_of: int, dates: Retirement
) -> tuple[Node, dict[str, Node], Node, Walk | None]:
    """Run the option once more with traced rules; returns the pension, its parts, the first payment, the walk."""
    if option.scheme == "employee":
        walked = walk(law, person, option.plan, projection, as_of, dates)
        parts: dict[str, Node] = {}
        total: Any = 0.0
        if walked.award is not None:
            total = walked.award.total
            parts = {
                "basic": node_of("basic_pension", walked.award.basic),
                "account": node_of("account_pension", walked.award.account),
                "transitional": node_of("transitional_pension", walked.award.transitional),
            }
        return node_of("pension", total), parts, node_of("monthly_contribution", walked.first_payment), walked
    outcome = project_resident(law, person, option.plan, projection, as_of, dates, traced)
    fee = node_of("resident_fee", given("resident_fee", float(option.plan.amount)))
    return node_of("pension", outcome.pension_at_claim), {}, fee, None


def _replacement(law: Law, person: Person, outcome: Outcome, pension: Node, projection: str, as_of: int) -> Node:
    future = future_of(law, projection, as_of)
    wages = future.average_wage[future.row(person.residence)]
    final = (person.income or float(wages[0])) * float(wages[outcome.schedule.claim - as_of] / wages[0])
    from lingbao.law.trace import sourced

    return node_of("replacement_rate", traced(replacement_rate)(sourced(float(pension.value), pension), given("income", final)))


def _valued(
    law: Law, outcome: Outcome, figure: str, projection: str, as_of: int, outlook: Mapping[str, Any], pension: Node,
    payment: Node,
) -> Node:
    """A figure of value: the method, with the law's figures it starts from."""
    future = future_of(law, projection, as_of)
    value = outlook.get(figure)
    number = float(value) if value is not None else float("nan")

    def leaf(name: str, amount: float) -> Node:
        return Node("number", name, amount, amount)

    arguments: dict[str, Node] = {"pension_at_claim": pension, "first_payment": payment}
    if figure == "pension_today":
        arguments = {
            "pension_at_claim": pension, "prices_now": leaf("prices_now", float(future.price_index[0])),
            "prices_then": leaf("prices_then", float(future.price_index[outcome.schedule.claim - as_of])),
        }
    elif figure in ("outlay_total", "outlay_today"):
        arguments = {"first_payment": payment, "outlay_total": leaf("outlay_total", float(outcome.outlay.sum()))}
    elif figure == "benefit_cost_ratio":
        arguments["outlay_today"] = leaf("outlay_today", float(outlook["outlay_today"] or 0.0))
        arguments["drawn_in_all"] = leaf("drawn_in_all", number * float(outlook["outlay_today"] or 0.0))
    elif figure == "chance_of_payback":
        arguments["payback_age"] = leaf("payback_age", float(outlook["payback_age_months"] or 0.0))
    arguments.setdefault("outlay_total", leaf("outlay_total", float(outcome.outlay.sum())))
    return Node("rule", figure, number, number, rule=METHODS[figure], arguments=arguments)
