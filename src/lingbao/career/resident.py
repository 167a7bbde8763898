"""A plan in the resident scheme (城乡居民养老保险): one fee a year, its subsidy, and the pension from 60."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isfinite
from typing import Any

import numpy as np

from lingbao.career.merging import employee_account_until
from lingbao.career.outcome import RESIDENT_BOUGHT, RESIDENT_PAY_ON, Outcome, flags_at
from lingbao.career.person import Person
from lingbao.career.place import area_path, future_of
from lingbao.career.plan import Plan
from lingbao.career.projection import months_ahead
from lingbao.career.retirement import Retirement, Run
from lingbao.career.schedule import FAR, LATEST_CLAIM_AGE, Schedule
from lingbao.career.walk import projected
from lingbao.law.award_law import FLAGS, Flag
from lingbao.law.dense import Dense
from lingbao.law.errors import MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, month_of_year, year_of
from lingbao.law.rule import plain
from lingbao.law.rules.conversion import merged_account, resident_years_after_conversion
from lingbao.law.rules.resident import (
    account_with_years_bought,
    long_payment_addition,
    long_payment_addition_by_share,
    long_payment_addition_stepped,
    may_buy_missing_years,
    resident_account_closing,
    resident_account_pension,
    resident_basic_pension,
    resident_pension,
    resident_subsidy,
    resident_subsidy_floor,
    resident_year_credit,
    resident_years_to_buy,
)
from lingbao.law.store import Law
from lingbao.law.trace import given

MONTH_OF_PAYMENT = 12  # fees are collected towards the end of the year; the year's own credit then earns one month

LUMP_SUM = Flag("lump_sum", "年限不够，不能按月领取；书面申请后个人账户余额一次性发还，统筹部分不退。",
                "Too few years for a monthly pension; on written request the account is paid out once, the pooled part is not.")


@dataclass(frozen=True)
class ResidentLaw:
    """What the resident scheme of one place needs besides its yearly figures."""

    tiers: tuple[tuple[float, float | None], ...]
    steps: Mapping[str, tuple[Mapping[str, Any], ...]]
    minimum_months: float
    joining_age: float
    divisor: float
    long_payment_from: float
    subsidy_threshold: float
    subsidy_low: float
    subsidy_high: float
    minimum_basic: float
    scheme_start: int
    pension_delay: int


@lru_cache(maxsize=256)
def resident_law(law: Law, province: str, area: str | None) -> ResidentLaw:
    """Look up the resident scheme of a place."""
    own = area_path(law, province, "resident_additions", area) or f"provinces.{province}.resident_additions"
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for row in law.history(own)[-1].value if law.has(own) else ():
        by_kind.setdefault(str(row["kind"]), []).append(row)
    return ResidentLaw(
        tiers=tiers_of(law, province), steps={kind: tuple(rows) for kind, rows in by_kind.items()},
        minimum_months=law.number("national.resident.minimum_months"),
        joining_age=law.number("national.resident.joining_age"), divisor=law.number("national.resident.divisor"),
        long_payment_from=law.number("national.resident.long_payment_from_months"),
        subsidy_threshold=law.number("national.resident.minimum_subsidy_threshold"),
        subsidy_low=law.number("national.resident.minimum_subsidy_lowest_tier"),
        subsidy_high=law.number("national.resident.minimum_subsidy_from_500"),
        minimum_basic=law.number("national.resident.minimum_basic_pension"),
        scheme_start=int(law.number("national.resident.scheme_start")),
        pension_delay=int(law.number("national.retirement.pension_start_delay")),
    )


def tiers_of(law: Law, province: str) -> tuple[tuple[float, float | None], ...]:
    """Return the yearly fees a province offers, each with its local subsidy or None where it is not known."""
    path = f"provinces.{province}.resident_tiers"
    if law.has(path):
        rows = law.history(path)[-1].value
        return tuple((float(row["fee"]), None if row["subsidy"] is None else float(row["subsidy"])) for row in rows)
    return tuple((float(fee), None) for fee in law.table("national.resident.tiers"))


def project_resident(
    law: Law, person: Person, plan: Plan, projection: str, as_of: int, dates: Retirement, run: Run = plain
) -> Outcome:
    """Run one resident-scheme plan; ``plan.amount`` is the yearly fee.

    Months paid into the employee scheme count as resident years and its account merges at 60 when they do not reach
    the employee minimum (人社部发〔2014〕17号 第三, 六条). Someone who pays nothing and has too few years gets the
    account back: the employee account at the statutory month, the resident one at 60.
    """
    place = person.home_province
    area = person.area if place == person.residence else None
    future = future_of(law, projection, as_of, place, area)
    terms = resident_law(law, place, area)
    timing = _timing(person, plan, dates, as_of, terms)
    outlay, pension, drawn, credits = (np.zeros(months_ahead(person, as_of)) for _ in range(4))
    resident = _account(law, person, plan, timing, terms, future, outlay, credits, run)
    account = run(merged_account)(_employee(person, future, timing.claim, run), resident)
    parts: dict[str, float] = {}
    total: Any = 0.0
    lump_sum = 0.0
    flags: dict[str, Flag] = {}
    begin = timing.claim + terms.pension_delay - as_of
    if timing.feasible:
        years = run(resident_years_after_conversion)(
            person.months_paid + person.deemed_months, person.resident_years + _years_paid(timing)
        )
        basic = _basic(law, person, future, terms, timing.claim, run)
        from_account = run(resident_account_pension)(account, terms.divisor)
        additions = _additions(terms, years, basic, run)
        total = run(resident_pension)(basic, additions, 0.0, from_account)
        parts = {"basic": basic, "account": from_account, "additions": additions}
        if begin < pension.shape[0]:
            drawn[begin:] = float(from_account)
            raised = future.resident_minimum[future.row(place), begin:pension.shape[0]]
            pension[begin:] = float(basic) * raised / raised[0] + float(additions) + float(from_account)
        flags.update(flags_at(future, place, timing.claim, ("resident_minimum", "resident_crediting_rate")))
        if "age" in terms.steps:
            flags["additions_left_out"] = FLAGS["additions_left_out"]
    elif plan.scheme == "none" and float(account) > 0.0:
        lump_sum = float(account)
        if begin < pension.shape[0]:
            pension[begin] = lump_sum
            drawn[begin:] = lump_sum  # nothing is left in the account from here on
        flags["lump_sum"] = LUMP_SUM
    if timing.extended:
        flags["extended"] = Flag("extended", timing.reason_zh, timing.reason_en)
        flags[RESIDENT_PAY_ON.code] = RESIDENT_PAY_ON
    if timing.one_off_months:
        flags[RESIDENT_BOUGHT.code] = RESIDENT_BOUGHT
    return Outcome(
        plan, timing, as_of, outlay, pension, credits, drawn, total, parts, lump_sum, place, 0.0, account,
        person.months_paid, tuple(flags.values()), plan.amount if outlay.any() else 0.0,
        int(np.count_nonzero(outlay)),
    )


def _employee(person: Person, future: Dense, claim: int, run: Run) -> Any:
    balance = given("account_balance", person.account_balance) if run is not plain else person.account_balance
    return employee_account_until(balance, future, claim, run)


def _years_paid(timing: Schedule) -> int:
    yearly = max(year_of(timing.pay_until) - year_of(timing.pay_from), 0)
    return yearly + timing.one_off_months // MONTHS_PER_YEAR


def _timing(person: Person, plan: Plan, dates: Retirement, as_of: int, terms: ResidentLaw) -> Schedule:
    """Years paid and the month of the claim: 60, or later when the fifteen years are not complete by then.

    A fee is paid in December, so the year in which one turns 60 has none unless it is needed to complete the years.
    Those who were already near 60 when the scheme began buy the missing years with the claim (国发〔2014〕8号 七); whole
    years are bought.
    """
    needed = int(terms.minimum_months)
    before = person.resident_years * MONTHS_PER_YEAR + person.months_paid + person.deemed_months
    at_sixty = max(dates.resident_month, as_of)
    if plan.scheme == "none":
        return _without_payment(person, dates, before, needed, at_sixty, as_of)
    pay_from = max(as_of, plan.pay_from or as_of, person.birth + int(terms.joining_age))
    years = max(year_of(at_sixty) - year_of(pay_from), 0)
    missing = ceil(resident_years_to_buy(before / MONTHS_PER_YEAR, years, needed))
    if years + missing == 0:
        return _not_payable(
            at_sixty, as_of, needed, before, "缴费年限已够，到龄直接领取，今后没有需要缴费的年份。",
            "The years are complete and 60 is reached or near: no year is left to pay for, the pension is to be claimed.",
        )
    if missing and may_buy_missing_years(dates.resident_month, terms.scheme_start, needed):
        return Schedule(
            True, at_sixty, pay_from, (year_of(pay_from) + years) * MONTHS_PER_YEAR, FAR, FAR, needed,
            before + (years + missing) * MONTHS_PER_YEAR, False,
            f"领取时还差 {missing} 年，一次补缴约 {missing * plan.amount:,.0f} 元后即可领取。",
            f"{missing} years are missing at the claim and are bought at once, for about {missing * plan.amount:,.0f} yuan.",
            missing * MONTHS_PER_YEAR,
        )
    pay_until = (year_of(pay_from) + years + missing) * MONTHS_PER_YEAR
    claim = at_sixty if not missing else pay_until - 1
    if claim - person.birth > LATEST_CLAIM_AGE:
        return _not_payable(
            claim, as_of, needed, before, f"逐年缴费要到 {(claim - person.birth) // 12} 岁才满 {needed // MONTHS_PER_YEAR} 年；能否一次补缴，请问当地经办机构。",
            f"Paying year by year the {needed // MONTHS_PER_YEAR} years would only be complete at age {(claim - person.birth) // 12}; ask the local agency whether they may be bought at once.",
        )
    zh = f"到领取年龄还差 {missing} 年，可继续缴费（有的地方允许一次补缴）后领取。" if missing else ""
    en = f"At the pension age there are {missing} years missing; payment goes on (some places allow buying them) before the claim." if missing else ""
    return Schedule(
        True, claim, pay_from, pay_until, FAR, FAR, needed, before + (years + missing) * MONTHS_PER_YEAR,
        bool(missing), zh, en,
    )


def _not_payable(claim: int, as_of: int, needed: int, before: int, zh: str, en: str) -> Schedule:
    return Schedule(False, claim, as_of, as_of, FAR, FAR, needed, before, False, zh, en)


def _without_payment(
    person: Person, dates: Retirement, before: int, needed: int, at_sixty: int, as_of: int
) -> Schedule:
    if before >= needed:
        return Schedule(True, at_sixty, as_of, as_of, FAR, FAR, needed, before)
    only_employee = person.account_balance > 0.0 and person.resident_balance == 0.0
    claim = max(dates.statutory, as_of) if only_employee else at_sixty
    return _not_payable(
        claim, as_of, needed, before, "不再缴费，年限不够，到龄后不能按月领取养老金。",
        "Without paying on there are too few years for any monthly pension.",
    )


def _account(
    law: Law, person: Person, plan: Plan, timing: Schedule, terms: ResidentLaw, future: Dense, outlay: Any,
    credits: Any, run: Run,
) -> Any:
    """Step the resident account year by year to the claim; fills in what is paid and credited.

    The balance of today is taken as that of the last year end. The year of the claim bears interest up to the claim.
    """
    place = person.home_province
    fee = plan.amount if run is plain else given("resident_fee", float(plan.amount))
    credit = _credit(terms, plan.amount, fee, run)
    balance: Any = person.resident_balance if run is plain else given("resident_balance", person.resident_balance)
    rates = future.resident_crediting_rate[future.row(place)]
    paid_from, paid_until = year_of(timing.pay_from), year_of(timing.pay_until)
    if not timing.feasible:
        paid_until = paid_from
    for year in range(year_of(future.first), year_of(timing.claim) + 1):
        last = min(year * MONTHS_PER_YEAR + MONTH_OF_PAYMENT - 1, timing.claim)
        t = last - future.first
        pays = paid_from <= year < paid_until and plan.amount > 0
        if not pays and not balance:
            continue
        if not isfinite(rates[t]):
            raise _rate_missing(place, year)
        rate: Any = float(rates[t]) * month_of_year(last) / MONTHS_PER_YEAR
        if run is not plain:
            path = f"provinces.{place}.resident_account_rate"
            if law.has(path) and last == year * MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1:
                rate = projected(law, future, place, "resident_account_rate", rate, last)
        balance = run(resident_account_closing)(
            balance, credit if pays else 0.0, rate, 13 - MONTH_OF_PAYMENT
        )
        if pays:
            outlay[t] += plan.amount
            credits[t] += float(credit)
    if timing.one_off_months:
        bought = timing.one_off_months // MONTHS_PER_YEAR
        balance = run(account_with_years_bought)(balance, fee, bought)
        outlay[timing.claim - future.first] += plan.amount * bought
        credits[timing.claim - future.first] += plan.amount * bought
    return balance


def _rate_missing(place: str, year: int) -> MissingLaw:
    return MissingLaw(
        "resident.crediting_rate", value=year, where=f"provinces.{place}.resident_account_rate",
        zh=f"{year} 年的居民养老保险账户记账利率没有收录，无法推算居民养老保险账户；可从更晚的月份看，或补充当地公布的利率。",
        en=f"The crediting rate of the resident account for {year} is not known, so the resident account cannot be worked out; look from a later month or add the local rate.",
    )


def _credit(terms: ResidentLaw, amount: float, fee: Any, run: Run) -> Any:
    """Money credited with one year's fee: the fee and the subsidy of its tier, never under the national floor."""
    floor = run(resident_subsidy_floor)(fee, terms.subsidy_threshold, terms.subsidy_low, terms.subsidy_high)
    local = next((subsidy for tier, subsidy in terms.tiers if tier == amount), None)
    return run(resident_year_credit)(fee, run(resident_subsidy)(local or 0.0, floor), 0.0)


def _basic(law: Law, person: Person, future: Dense, terms: ResidentLaw, claim: int, run: Run) -> Any:
    """Basic part at the claim; the national minimum is carried forward as the local amount is."""
    place = person.home_province
    path = future.resident_minimum[future.row(place)]
    local = float(path[claim - future.first])
    minimum: Any = float(terms.minimum_basic) * local / float(path[0])
    if run is plain:
        return run(resident_basic_pension)(local, minimum)
    own = area_path(law, place, "resident_basic", person.area if place == person.residence else None)
    return run(resident_basic_pension)(
        projected(law, future, place, "resident_basic", local, claim, own),
        projected(law, future, place, "", minimum, claim, "national.resident.minimum_basic_pension"),
    )


def _additions(terms: ResidentLaw, years: Any, basic: Any, run: Run) -> Any:
    """Long-payment addition of the place, where one is known."""
    if "long_payment_step" in terms.steps:
        steps = sorted(terms.steps["long_payment_step"], key=lambda step: float(step["above"]))
        bounds = [float(step["above"]) for step in steps[1:]]
        until = bounds + [bounds[-1] if bounds else 0.0] * 2  # a place with fewer steps has the last one from its bound on
        yuan = [float(step["value"]) for step in steps] + [float(steps[-1]["value"])] * 2
        return run(long_payment_addition_stepped)(years, until[0], until[1], yuan[0], yuan[1], yuan[2])
    for kind, rule in (
        ("long_payment_share", long_payment_addition_by_share), ("long_payment", long_payment_addition)
    ):
        if kind in terms.steps:
            value = float(terms.steps[kind][0]["value"])
            share = (value, basic) if kind == "long_payment_share" else (value,)
            return run(rule)(years, terms.long_payment_from, *share)
    return 0.0
