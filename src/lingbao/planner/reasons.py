"""Why a figure of the comparison is what it is: the tree of rules, parameters and methods behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lingbao.career.outcome import Outcome
from lingbao.career.person import Person
from lingbao.career.place import future_of
from lingbao.career.plan import Plan, without_payment
from lingbao.career.resident import project_resident
from lingbao.career.retirement import Retirement, minimum_for_claim, retirement_of
from lingbao.career.walk import Walk, walk
from lingbao.law.dense import Dense
from lingbao.law.errors import InputError
from lingbao.law.explain import BOTH
from lingbao.law.rule import Rule
from lingbao.law.rules.benefit import replacement_rate
from lingbao.law.rules.retirement import month_of_completion, months_short
from lingbao.law.store import Law
from lingbao.law.trace import Node, given, node_of, sourced, traced
from lingbao.planner.extras import Saving, after_subsidy, local_subsidy, months_subsidised, saving_of
from lingbao.planner.figures import at, final_income
from lingbao.planner.options import Option


def _method(name: str, unit: str, zh: str, en: str, formula: str, basis: str) -> Rule:
    """A valuation method: not law, and said so in its basis, which is ``Chinese · English``."""
    in_chinese, _, in_english = basis.partition(BOTH)
    return Rule(name=name, source=_method, article=f"估值方法：{in_chinese}{BOTH}valuation method: {in_english}", unit=unit, label_zh=zh, label_en=en, formula=formula)


METHODS: dict[str, Rule] = {rule.name: rule for rule in (
    _method("pension_today", "yuan/month", "每月养老金（折成现在的钱）", "pension in today's money",
            "{pension} × {prices_now} ÷ {prices_then}", "按所选情景的物价指数折算 · price index of the scenario"),
    _method("outlay_total", "yuan", "今后共缴", "money still to pay", "", "逐月缴费之和 · sum of the monthly payments"),
    _method("outlay_today", "yuan", "今后共缴（现在的钱）", "money still to pay, in today's money", "",
            "逐月缴费按物价指数折算后相加 · monthly payments deflated by the price index and summed"),
    _method("benefit_cost_ratio", "1", "每缴 1 元领回", "drawn for each yuan paid", "",
            "效益成本比（F5）：比什么都不缴多领的除以所缴的，逐月按生存概率加权、折成现在的钱 · benefit/cost ratio: what is drawn beyond paying nothing over what is paid, weighed with survival, in today's money"),
    _method("irr", "fraction", "年化收益率", "yearly rate of return", "",
            "内部收益率：与什么都不缴相比，逐月按生存概率加权 · internal rate of return against paying nothing, weighed with survival"),
    _method("irr_real", "fraction", "年化收益率（扣除物价）", "yearly rate of return after prices", "",
            "内部收益率：与什么都不缴相比，折成现在的钱 · internal rate of return against paying nothing, in today's money"),
    _method("payback_age_months", "months", "回本年龄", "age at payback", "Σ {pension} ≥ {outlay_total}",
            "比什么都不缴多领的累计达到所缴的 · what is drawn beyond paying nothing reaches what is paid"),
    _method("payback_extra_age_months", "months", "多缴部分的回本年龄", "age at payback of the extra", "",
            "与下一档便宜的方案相比，多领累计达到多缴 · extra drawn reaches extra paid, against the next cheaper option"),
    _method("expected_present_value", "yuan", "预期净得（现值）", "expected net gain", "",
            "领取、继承与缴费之差按生存概率加权折现 · drawn and inherited less paid, weighed with survival and discounted"),
    _method("claim_age_months", "months", "领取年龄", "age at the claim", "{claim_month} − {birth}",
            "领取月份减出生年月 · month of the claim less birth month"),
    _method("claim_month", "month", "领取月份", "month of the claim", "max({reached}, {now})",
            "满足条件的月份，最早为现在 · when the conditions are met, now at the earliest"),
    _method("pension_with_saving", "yuan/month", "养老金加储蓄领取额", "pension and saving together",
            "{pension} + {saving_drawn}", "两项相加 · sum of both"),
    _method("saving_drawn", "yuan/month", "储蓄每月领取额（税后）", "drawn from the saving in a month, after tax",
            "{annuity_per_month} − {payout_tax}", "按计发月数平均领取 · spread evenly over the payout months"),
    _method("payment_with_saving", "yuan/month", "每月缴费加储蓄", "payment and saving in a month",
            "{payment} + ({saved_in_a_year} − {tax_saved}) ÷ 12", "两项相加 · sum of both"),
    _method("chance_of_payback", "fraction", "活到回本的概率", "chance of living to payback", "P(≥ {payback_age})",
            "联合国《世界人口展望2024》生命表 · UN World Population Prospects 2024"),
)}
# Figures that an option may lack, and what it means.
ABSENT = {
    "claim_month": ("这个方案没有可领取的养老金。", "This option brings no pension."),
    "claim_age_months": ("这个方案没有可领取的养老金。", "This option brings no pension."),
    "replacement_rate": ("这个方案没有可领取的养老金。", "This option brings no pension."),
    "payback_age_months": ("没有缴费，或到 110 岁也领不回所缴的钱。", "Nothing is paid, or it never comes back by the age of 110."),
    "payback_extra_age_months": ("没有更便宜的方案可比，或多缴的部分到 110 岁也领不回。", "There is no cheaper option to compare with, or the extra never comes back by the age of 110."),
    "benefit_cost_ratio": ("没有缴费，无从计算。", "Nothing is paid, so there is no ratio."),
    "irr": ("没有缴费、没有领取，或收支方向多次变化，收益率无从计算。", "Nothing is paid, nothing is drawn, or the flows change direction more than once: there is no one rate."),
    "irr_real": ("没有缴费、没有领取，或收支方向多次变化，收益率无从计算。", "Nothing is paid, nothing is drawn, or the flows change direction more than once: there is no one rate."),
}
PARTS = {"basic": "basic_pension", "account": "account_pension", "transitional": "transitional_pension"}

FIGURES = (
    "first_payment", "outlay_total", "outlay_today", "months_needed", "claim_month", "claim_age_months", "pension_then",
    "pension_today", "replacement_rate", "payback_age_months", "payback_extra_age_months", "benefit_cost_ratio", "irr",
    "irr_real", "expected_present_value", "chance_of_payback", "basic", "account", "transitional", "account_at_claim",
    "mean_index", "statutory_month",
)


def explain(
    law: Law, person: Person, option: Option, outcome: Outcome, figure: str, projection: str, as_of: int,
    dates: Retirement, outlook: Mapping[str, Any], yearly_saving: float, alone: Outcome,
) -> Node:
    """Return the tree behind one figure; its root has the figure's value, 0 where the option has no such figure.

    Parameters
    ----------
    outcome, outlook : Outcome, mapping
        What the option leads to, and the same as figures.
    yearly_saving : float
        Saving on top [yuan/year].
    alone : Outcome
        The option without a saving on top; the outcome itself where there is none.

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
    if figure in outlook and outlook[figure] is None:
        return _absent(figure)
    again = retirement_of(law, dates.worker_class, dates.birth, traced)
    if figure in ("statutory_month", "claim_month", "claim_age_months"):
        return _claim(person, outcome, again, figure, as_of)
    if figure == "months_needed":
        return _months_needed(law, person, outcome, again)
    told = _Told(law, person, option, outcome, projection, as_of, dates, yearly_saving, alone)
    if figure == "first_payment":
        return told.payment()
    if figure == "pension_then":
        return told.pension()
    if figure in PARTS:
        return told.part(figure)
    if figure in ("account_at_claim", "mean_index"):
        return told.state(figure)
    if figure == "replacement_rate":
        pension = told.pension()
        income = final_income(person, told.future, outcome.schedule.claim)
        return node_of(figure, traced(replacement_rate)(sourced(float(pension.value), pension), given("income", income)))
    return _valued(outcome, figure, outlook, told)


def _absent(figure: str) -> Node:
    """Say why an option has no such figure."""
    zh, en = ABSENT[figure]
    known = METHODS.get(figure)
    words = known or METHODS["pension_today"]
    rule = Rule(
        name=figure, source=_method, article=words.article, unit="0/1", label_zh=known.label_zh if known else "替代率",
        label_en=known.label_en if known else "replacement rate", formula=f"{zh} / {en}",
    )
    return Node("rule", figure, 0.0, 0.0, rule=rule)


def _method_node(name: str, value: float, **arguments: Node) -> Node:
    return Node("rule", name, value, value, rule=METHODS[name], arguments=arguments)


def _leaf(name: str, amount: float) -> Node:
    return Node("number", name, amount, amount)


def _claim(person: Person, outcome: Outcome, again: Retirement, figure: str, as_of: int) -> Node:
    """The month of the claim: statutory, early, chosen, extended, or 60 in the resident scheme; or now, when it is past."""
    if figure == "statutory_month":
        return node_of(figure, again.statutory)
    claim = outcome.schedule.claim
    resident = outcome.plan.scheme == "resident" or (outcome.plan.scheme == "none" and outcome.mean_index == 0.0)
    reached: Any = again.resident_month if resident and claim != again.statutory else again.statutory
    if not resident and claim < again.statutory:
        reached = again.earliest
    if claim > max(int(reached), as_of):
        reached = traced(month_of_completion)(reached, claim - int(reached))
    month = node_of("month", reached)
    if int(reached) != claim:
        month = _method_node("claim_month", claim, reached=month, now=_leaf("now", as_of))
    if figure == "claim_month":
        return month
    return _method_node("claim_age_months", claim - person.birth, claim_month=month, birth=node_of("birth", given("birth", person.birth)))


def _months_needed(law: Law, person: Person, outcome: Outcome, again: Retirement) -> Node:
    """Months still missing: of the employee minimum, or of the resident scheme's fifteen years."""
    credited = person.months_paid + person.deemed_months
    minimum: Any
    if outcome.plan.scheme == "employee":
        minimum = minimum_for_claim(law, outcome.schedule.claim, again.statutory, traced)
    else:
        minimum = law.number("national.resident.minimum_months")
        credited += person.resident_years * 12
    return node_of("months_needed", traced(months_short)(minimum, given("months_paid", credited)))


class _Told:
    """One option run once more with traced rules, as far as a figure needs it."""

    def __init__(
        self, law: Law, person: Person, option: Option, outcome: Outcome, projection: str, as_of: int,
        dates: Retirement, yearly_saving: float, alone: Outcome,
    ) -> None:
        self.law, self.person, self.option, self.outcome = law, person, option, outcome
        self.projection, self.as_of, self.dates, self.yearly_saving = projection, as_of, dates, yearly_saving
        self._alone = alone
        self._saved: Saving | None = None
        self.walked: Walk | None = None
        self.resident: Outcome | None = None
        if not outcome.schedule.feasible and not outcome.lump_sum:
            return
        plan = self._employee_plan()
        if plan is not None:
            self.walked = walk(law, person, plan, projection, as_of, dates)
        else:
            self.resident = project_resident(law, person, option.plan, projection, as_of, dates, traced)

    @property
    def future(self) -> Dense:
        """The law from now on at the place of residence."""
        return future_of(self.law, self.projection, self.as_of, self.person.residence, self.person.area)

    def _employee_plan(self) -> Plan | None:
        """The plan in the employee scheme; also that of someone with enough months who pays nothing more."""
        if self.option.scheme == "employee":
            return self.option.plan
        drawn = self.option.scheme == "none" and self.outcome.schedule.feasible
        employee = drawn and "transitional" in self.outcome.parts
        return without_payment(self.as_of) if employee else None

    def saving(self) -> Saving | None:
        """The saving on top, traced; None without one."""
        if self._saved is None and self.option.saving and "saving" in self.outcome.parts:
            self._saved = saving_of(
                self.law, self.person, self._alone, self.yearly_saving, self.option.saving, self.projection, self.as_of, traced
            )
        return self._saved

    def scheme_pension(self) -> Node:
        """The pension of the scheme alone."""
        if self.walked is not None and self.walked.award is not None:
            return node_of("pension", self.walked.award.total)
        return node_of("pension", self.resident.pension_at_claim if self.resident is not None else 0.0)

    def pension(self) -> Node:
        """The pension, with what a saving on top pays."""
        pension, saving = self.scheme_pension(), self.saving()
        if saving is None:
            return pension
        drawn = _method_node(
            "saving_drawn", saving.net, annuity_per_month=node_of("annuity_per_month", saving.gross),
            payout_tax=node_of("payout_tax", saving.tax),
        )
        return _method_node("pension_with_saving", float(pension.value) + saving.net, pension=pension, saving_drawn=drawn)

    def payment(self) -> Node:
        """The first payment: a month's in the employee scheme, a year's fee in the resident scheme, with extras."""
        if self.walked is not None:
            paid = self.walked.first_payment
            if self.option.id == "employee-floor-subsidy":
                row = local_subsidy(self.law, self.person, self.as_of)
                if months_subsidised(self.law, row, self.dates, self.as_of):
                    paid = after_subsidy(self.law, row, paid, traced)
            payment = node_of("monthly_contribution", paid)
        else:
            fee = float(self.option.plan.amount) if self.outcome.payments else 0.0
            payment = node_of("resident_fee", given("resident_fee", fee))
        saving = self.saving()
        if saving is None:
            return payment
        return _method_node(
            "payment_with_saving", self.outcome.first_payment, payment=payment,
            saved_in_a_year=node_of("saved_in_a_year", saving.paid), tax_saved=node_of("tax_saved", saving.tax_saved),
        )

    def part(self, figure: str) -> Node:
        """One part of the pension; the resident scheme has no transitional part."""
        name = PARTS[figure]
        if self.walked is not None and self.walked.award is not None:
            return node_of(name, getattr(self.walked.award, figure))
        return node_of(name, self.resident.parts.get(figure, 0.0) if self.resident is not None else 0.0)

    def state(self, figure: str) -> Node:
        """The account or the mean index at the claim."""
        if self.walked is not None:
            return node_of(figure, self.walked.account if figure == "account_at_claim" else self.walked.mean_index)
        if self.resident is not None and figure == "account_at_claim":
            return node_of(figure, self.resident.account_balance)
        return node_of(figure, self.outcome.account_balance if figure == "account_at_claim" else self.outcome.mean_index)


def _valued(outcome: Outcome, figure: str, outlook: Mapping[str, Any], told: _Told) -> Node:
    """A figure of value: the method, with the law's figures it starts from."""
    number = float(outlook[figure])
    pension, payment = told.pension(), told.payment()
    prices = told.future.price_index
    arguments: dict[str, Node] = {"pension": pension, "first_payment": payment}
    if figure == "pension_today":
        arguments = {
            "pension": pension, "prices_now": _leaf("prices_now", float(prices[0])),
            "prices_then": _leaf("prices_then", at(prices, outcome.schedule.claim, told.as_of)),
        }
    elif figure in ("outlay_total", "outlay_today"):
        arguments = {"first_payment": payment}
    elif figure == "chance_of_payback":
        arguments["payback_age"] = _leaf("payback_age", float(outlook["payback_age_months"] or 0.0))
    arguments.setdefault("outlay_total", _leaf("outlay_total", float(outcome.outlay.sum())))
    return _method_node(figure, number, **arguments)
