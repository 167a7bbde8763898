"""Compare what one person can do: every option under three projections, valued alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.career.outcome import Outcome
from lingbao.career.person import Person, check
from lingbao.career.place import future_of
from lingbao.career.plan import without_payment
from lingbao.career.projection import project
from lingbao.career.resident import project_resident
from lingbao.career.retirement import Retirement, missing_months, retirement_of
from lingbao.career.schedule import Schedule
from lingbao.law.award_law import Flag
from lingbao.law.dense import Dense
from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import format_month, month
from lingbao.law.store import Law
from lingbao.law.trace import Node
from lingbao.planner.advice import advise
from lingbao.planner.extras import monthly_payment, with_saving, with_subsidy
from lingbao.planner.figures import HEIR_AGES, final_income, outlook_of, rounded
from lingbao.planner.options import Option, Preferences, options, wish_refused
from lingbao.planner.reasons import explain
from lingbao.valuation.cashflow import (
    account_balances,
    ages_at,
    benefit_cost_ratio,
    chance_of_payback,
    discount_factors,
    expected_present_value,
    heirs_at_ages,
    payback_of_extra,
    price_factors,
)
from lingbao.valuation.life_table import deaths, insured_table, population_table
from lingbao.valuation.options import Valuation, value_options
from lingbao.valuation.rate_of_return import rates_of_return, yearly_rate

Floats = npt.NDArray[np.float64]
PROJECTIONS = ("low", "base", "high")
CLASS_ASSUMED = Flag(
    "class_assumed", "没有填写退休类别，按本省对灵活就业女性的规定推定；有过企业工人岗位的可能属于另一类，请问当地经办机构。",
    "The retirement class was not given and follows the province's rule for women in flexible work; earlier work in an enterprise may change it, ask the local agency.",
)


@dataclass(frozen=True)
class Comparison:
    """Every option of one person, with figures, advice and reasons.

    Attributes
    ----------
    person : Person
    as_of : int
        The month from which one looks.
    law : Law
    dates : Retirement
    options : tuple of Option
    outcomes : dict of str to tuple of Outcome
        By projection, one for each option.
    values, insured : dict of str to Valuation
        By projection, with the population's and the insured's life table.
    """

    person: Person
    as_of: int
    law: Law
    dates: Retirement
    preferences: Preferences
    options: tuple[Option, ...]
    outcomes: dict[str, tuple[Outcome, ...]]
    values: dict[str, Valuation]
    insured: dict[str, Floats]
    heirs: dict[str, Floats]
    extra: dict[str, npt.NDArray[np.int64]]
    class_assumed: bool = False

    def outcome(self, option_id: str, projection: str = "base") -> Outcome:
        """Return the outcome of an option."""
        return self.outcomes[projection][self.index(option_id)]

    def index(self, option_id: str) -> int:
        """Return the position of an option.

        Raises
        ------
        InputError
            If there is no such option; the message lists those there are.
        """
        names = [option.id for option in self.options]
        if option_id not in names:
            raise InputError(
                "option.unknown", value=option_id, zh=f"没有方案“{option_id}”；可选：{'、'.join(names)}。",
                en=f"There is no option '{option_id}'; there are: {', '.join(names)}.",
            )
        return names.index(option_id)

    def explain(self, option_id: str, figure: str, projection: str = "base") -> Node:
        """Return the tree of reasons behind one figure of one option."""
        i = self.index(option_id)
        return explain(
            self.law, self.person, self.options[i], self.outcomes[projection][i], figure, projection, self.as_of,
            self.dates, self.plain["options"][i]["outlook"][projection], self.preferences.saving,
            self.outcomes[projection][self.index(self.options[i].id.partition("+")[0])],
        )

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The whole comparison as plain data, the shape that pages, API and commands show."""
        person = self.person
        rows = [self._row(i) for i in range(len(self.options))]
        flags: dict[str, dict[str, str]] = {CLASS_ASSUMED.code: CLASS_ASSUMED.to_dict()} if self.class_assumed else {}
        for outcomes in self.outcomes.values():
            for outcome in outcomes:
                flags.update((flag.code, flag.to_dict()) for flag in outcome.flags if flag.code != "extended")
        return {
            "as_of": format_month(self.as_of),
            "law_hash": self.law.hash,
            "person": {
                "birth": format_month(person.birth), "sex": person.sex, "worker_class": person.worker_class,
                "residence": person.residence, "home": person.home_province, "income": person.income,
                "months_paid": person.months_paid, "mean_index": person.mean_index,
                "account_balance": person.account_balance, "deemed_months": person.deemed_months,
                "resident_years": person.resident_years, "resident_balance": person.resident_balance,
                "area": person.area, "in_difficulty": person.in_difficulty,
                "first_paid": None if person.insured_since is None else format_month(person.insured_since),
            },
            "flags": list(flags.values()),
            "retirement": self._retirement(),
            "options": rows,
            "advice": advise(self, rows),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        return self.plain

    def _retirement(self) -> dict[str, Any]:
        dates, person = self.dates, self.person
        credited = person.months_paid + person.deemed_months
        return {
            "worker_class": dates.worker_class, "birth": format_month(dates.birth),
            "statutory_month": format_month(dates.statutory), "statutory_age_months": dates.statutory_age,
            "delay_months": int(dates.delay), "earliest_month": format_month(dates.earliest),
            "minimum_months": dates.minimum_months, "months_paid": credited,
            "months_needed": missing_months(self.law, dates.statutory, dates.statutory, credited),
            "resident_month": format_month(dates.resident_month),
        }

    def _row(self, i: int) -> dict[str, Any]:
        option, base = self.options[i], self.outcomes["base"][i]
        timing = base.schedule
        first = base.first_payment
        monthly = first if option.saving else monthly_payment(base)
        due = np.flatnonzero(base.outlay)
        begins = self.as_of + (int(due[0]) if due.size else 0)
        income = final_income(self.person, self._future("base"), begins)
        return {
            "id": option.id, "kind": option.kind, "scheme": option.scheme, "label_zh": option.label_zh,
            "label_en": option.label_en, "tier": option.tier, "start": option.start, "rhythm": option.rhythm,
            "claim": option.claim, "saving": option.saving,
            "feasible": timing.feasible or option.scheme == "none",
            "reason_zh": timing.reason_zh, "reason_en": timing.reason_en,
            "first_payment": {
                "month": rounded(monthly), "period": rounded(monthly * option.rhythm), "year": rounded(monthly * 12.0),
                "from": format_month(begins) if due.size else None,
            },
            "share_of_income": rounded(monthly / income, 4) if self.person.income else None,
            "outlook": {
                name: {
                    **outlook_of(
                        self.person, self.outcomes[name][i], self.values[name], i, int(self.extra[name][i]),
                        self.heirs[name][i], self._future(name), self.as_of,
                    ),
                    "expected_present_value_insured": rounded(self.insured[name][i]),
                }
                for name in PROJECTIONS
            },
        }


    def _future(self, projection: str) -> Dense:
        return future_of(self.law, projection, self.as_of, self.person.residence, self.person.area)


def this_month() -> int:
    """Return the current month."""
    today = date.today()
    return month(today.year, today.month)


def plan(
    person: Person, law: Law | None = None, lang: str = "zh", *, as_of: int | None = None,
    preferences: Preferences | None = None,
) -> Comparison:
    """Compare every option of one person under three projections.

    Parameters
    ----------
    person : Person
    law : Law, optional
        The law of the package when not given.
    lang : {"zh", "en"}
        Kept for symmetry with the other faces; the answer carries both languages.
    as_of : int, optional
        Month from which one looks; the current month when not given.
    preferences : Preferences, optional
        Budget, chosen base, interruption, saving, move.

    Returns
    -------
    Comparison

    Raises
    ------
    LingbaoError
        If the person cannot exist, or the law needed is not known.
    """
    law = law or Law.load()
    now = as_of if as_of is not None else this_month()
    wishes = preferences or Preferences()
    check(person, now)
    assumed = person.sex == "female" and person.worker_class is None
    person = located(law, person).with_class(law)
    assert person.worker_class is not None
    dates = retirement_of(law, person.worker_class, person.birth)
    chosen = options(law, person, dates, now, wishes)
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    values: dict[str, Valuation] = {}
    insured: dict[str, Floats] = {}
    heirs: dict[str, Floats] = {}
    extra: dict[str, npt.NDArray[np.int64]] = {}
    nothing = next(i for i, option in enumerate(chosen) if option.id == "none")
    for name in PROJECTIONS:
        found = _outcomes(law, person, chosen, dates, name, now, wishes)
        outcomes[name] = tuple(found)
        values[name], insured[name], heirs[name] = _value(law, person, found, name, now, nothing)
    reference = _next_cheaper(chosen, outcomes["base"], values["base"])
    for name in PROJECTIONS:
        outlay, pension = _stack(outcomes[name])
        index = payback_of_extra(outlay, pension, outlay[reference], pension[reference])
        extra[name] = ages_at(index, now, person.birth)
    return Comparison(
        person, now, law, dates, wishes, tuple(chosen), outcomes, values, insured, heirs, extra, assumed
    )


def located(law: Law, person: Person) -> Person:
    """Return the person with places as codes; a city named as the residence becomes the area.

    Raises
    ------
    InputError
        If a place is not one of the provinces; the message lists them.
    """
    residence, area = law.find_province(person.residence)
    home = None if person.home is None else law.find_province(person.home)[0]
    return replace(person, residence=residence, home=home, area=person.area or area)


def _outcomes(
    law: Law, person: Person, chosen: list[Option], dates: Retirement, projection: str, now: int, wishes: Preferences
) -> list[Outcome]:
    """Run every option: all employee plans in one block, resident plans one by one."""
    found: dict[str, Outcome] = {}
    enough = missing_months(law, dates.statutory, dates.statutory, person.months_paid + person.deemed_months) == 0
    employee = [option for option in chosen if option.scheme == "employee"]
    plans = [option.plan for option in employee]
    if enough:  # the months already paid give an employee pension even when nothing more is paid
        plans.append(without_payment(now))
    ran = project(law, person, plans, projection, now, dates)
    for option, outcome in zip(employee, ran, strict=False):
        refusal = wish_refused(law, person, now, option, wishes)
        found[option.id] = outcome if refusal is None else _refused(outcome, *refusal)
        if option.id == "employee-floor-subsidy":
            found[option.id] = with_subsidy(law, person, outcome, dates, now)
    for option in chosen:
        if option.scheme == "none" and enough:
            found[option.id] = replace(ran[-1], plan=option.plan)
        elif option.scheme != "employee":
            try:
                outcome = project_resident(law, person, option.plan, projection, now, dates)
                found[option.id] = _refused(outcome, *NO_RESIDENT) if enough else outcome
            except MissingLaw as missing:  # the other scheme can still be compared, and the reason is shown
                found[option.id] = _refused(replace(ran[0], plan=option.plan), missing.zh, missing.en)
        if option.saving and found[option.id].schedule.feasible:
            found[option.id] = with_saving(law, person, found[option.id], wishes.saving, option.saving, projection, now)
    return [found[option.id] for option in chosen]


NO_RESIDENT = (
    "职工养老保险年限已够，到龄领取职工养老金，不必也不能再领居民养老金。",
    "The employee minimum is already met: the employee pension is drawn, not the resident one.",
)


def _refused(outcome: Outcome, zh: str, en: str) -> Outcome:
    """Return an outcome that cannot be had, with the reason: nothing is paid and nothing is drawn."""
    timing: Schedule = replace(outcome.schedule, feasible=False, reason_zh=zh, reason_en=en)
    nothing = np.zeros_like(outcome.pension)
    return replace(
        outcome, schedule=timing, pension=nothing, outlay=nothing, credits=nothing, account_drawn=nothing,
        pension_at_claim=0.0, parts={}, payments=0, first_payment=0.0, lump_sum=0.0,
    )


def _stack(found: Sequence[Outcome]) -> tuple[Floats, Floats]:
    return np.array([o.outlay for o in found]), np.array([o.pension for o in found])


def _value(
    law: Law, person: Person, found: list[Outcome], projection: str, now: int, nothing: int
) -> tuple[Valuation, Floats, Floats]:
    """Value all options of one projection; the insured's table gives a second expected present value.

    Rates of return, the benefit/cost ratio and payback compare with paying nothing from now on (option ``nothing``):
    what earlier payments bring anyway is not a fruit of the next yuan. Rates and ratio weigh each month with the chance
    of being alive, so that nobody is promised the pension of someone who lives to 110.
    """
    outlay, pension = _stack(found)
    months = outlay.shape[1]
    future = future_of(law, projection, now, person.residence, person.area)
    prices = future.price_index[: months + 1]
    inflation = (prices[1:] / prices[:-1]) ** 12 - 1.0
    inflation = np.append(inflation, inflation[-1:])[:months]
    discount = float(law.projections["projections"][projection]["paths"]["discount_rate"][0][1])
    balances = np.array([
        account_balances(
            person.account_balance + person.resident_balance, o.credits, o.account_drawn, future.crediting_rate[:months],
        ) for o in found
    ])
    tables = population_table(law), insured_table(law)
    alive = tables[0].survival(person.sex, person.birth, now, months)
    value = value_options(
        outlay, pension, first_month=now, birth=person.birth, survival=alive, yearly_inflation=inflation,
        yearly_discount_rate=discount, heirs=balances,
    )
    prices_today = price_factors(inflation, months)
    more = pension - pension[nothing]
    nominal, _ = rates_of_return((more - outlay) * alive)
    real, _ = rates_of_return((more - outlay) * alive * prices_today)
    back = payback_of_extra(outlay, pension, outlay[nothing], pension[nothing])
    value = replace(
        value, rate_yearly=yearly_rate(nominal), rate_yearly_real=yearly_rate(real), payback_index=back,
        payback_age_months=ages_at(back, now, person.birth), chance_of_payback=chance_of_payback(back, alive),
        benefit_cost_ratio_today=benefit_cost_ratio(outlay * alive, more * alive, prices_today),
    )
    long_lived = tables[1].survival(person.sex, person.birth, now, months)
    insured = expected_present_value(
        outlay, pension, long_lived, discount_factors(discount, months), balances, deaths(long_lived)
    )
    return value, np.asarray(insured), heirs_at_ages(balances, np.zeros(months), HEIR_AGES, now, person.birth)


def _next_cheaper(chosen: list[Option], found: Sequence[Outcome], value: Valuation) -> list[int]:
    """For each option, the position of the next cheaper one among the tiers and paying nothing."""
    ladder = sorted(
        (i for i, option in enumerate(chosen) if option.kind in ("tier", "none") and (found[i].schedule.feasible or option.kind == "none")),
        key=lambda i: float(value.outlay_today[i]),
    )
    below = []
    for i in range(len(chosen)):
        cheaper = [j for j in ladder if value.outlay_today[j] < value.outlay_today[i] - 1.0]
        below.append(cheaper[-1] if cheaper else i)
    return below
