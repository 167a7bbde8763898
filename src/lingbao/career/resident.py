"""A plan in the resident scheme (城乡居民养老保险): one fee a year, its subsidy, and the pension from 60."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lingbao.career.outcome import Outcome, flags_at
from lingbao.career.person import Person
from lingbao.career.plan import Plan
from lingbao.career.projection import HORIZON_AGE, future_of
from lingbao.career.retirement import Retirement, Run
from lingbao.career.schedule import FAR, LATEST_CLAIM_AGE, Schedule
from lingbao.law.award_law import Flag
from lingbao.law.dense import Dense
from lingbao.law.rule import plain
from lingbao.law.rules.account import stopped_balance
from lingbao.law.rules.conversion import merged_account, resident_years_after_conversion
from lingbao.law.rules.resident import (
    long_payment_addition,
    long_payment_addition_by_share,
    long_payment_addition_stepped,
    resident_account_closing,
    resident_account_pension,
    resident_basic_pension,
    resident_pension,
    resident_subsidy,
    resident_subsidy_floor,
    resident_year_credit,
)
from lingbao.law.store import Law
from lingbao.law.trace import given

MONTH_OF_PAYMENT = 12  # fees are collected towards the end of the year; the year's own credit then earns one month


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
    the employee minimum (人社部发〔2014〕17号 第三, 六条).
    """
    future = future_of(law, projection, as_of)
    months = min(max(person.birth + HORIZON_AGE - as_of, 1), HORIZON_AGE)
    place = person.home_province
    row = future.row(place)
    timing = _timing(law, person, plan, dates, as_of)
    outlay, pension, drawn, credits = (np.zeros(months) for _ in range(4))
    fee = run_given("resident_fee", plan.amount, run)
    credit = _credit(law, place, plan.amount, fee, run)
    balance: Any = person.resident_balance
    employee: Any = person.account_balance
    for year in range(as_of // 12, timing.claim // 12 + 1):
        december = min(year * 12 + MONTH_OF_PAYMENT - 1, timing.claim) - as_of
        rate = float(future.resident_crediting_rate[row, december])
        pays = timing.pay_from // 12 <= year < timing.pay_until // 12 and plan.amount > 0
        balance = run(resident_account_closing)(
            balance, credit if pays else 0.0, rate, 13 - MONTH_OF_PAYMENT
        )
        if pays:
            outlay[december] += plan.amount
            credits[december] += float(credit)
        employee = run(stopped_balance)(employee, float(future.crediting_rate[december]))
    account = run(merged_account)(employee, balance)
    parts: dict[str, float] = {}
    total: Any = 0.0
    lump_sum = 0.0
    flags: dict[str, Flag] = {}
    begin = timing.claim + int(law.number("national.retirement.pension_start_delay")) - as_of
    if timing.feasible:
        years = run(resident_years_after_conversion)(
            person.months_paid + person.deemed_months, person.resident_years + _years_paid(timing)
        )
        local = float(future.resident_minimum[row, future.column(timing.claim)])
        basic = run(resident_basic_pension)(local, 0.0)
        from_account = run(resident_account_pension)(account, law.number("national.resident.divisor"))
        additions = _additions(law, place, years, basic, run)
        total = run(resident_pension)(basic, additions, 0.0, from_account)
        parts = {"basic": float(basic), "account": float(from_account), "additions": float(additions)}
        if begin < months:
            drawn[begin:] = float(from_account)
            pension[begin:] = _basic_path(future, row, float(basic), begin, months) + float(additions) + float(from_account)
        flags.update(flags_at(future, place, timing.claim, ("resident_minimum", "resident_crediting_rate")))
    elif plan.scheme == "none" and float(account) > 0.0 and begin < months:
        lump_sum = float(account)
        pension[begin] = lump_sum
        flags["lump_sum"] = LUMP_SUM
    if timing.extended:
        flags["extended"] = Flag("extended", timing.reason_zh, timing.reason_en)
    return Outcome(
        plan, timing, as_of, outlay, pension, credits, drawn, total, parts, lump_sum, place, 0.0, float(account),
        person.months_paid, tuple(flags.values()),
    )


LUMP_SUM = Flag("lump_sum", "年限不够，不能按月领取；书面申请后个人账户余额一次性发还，统筹部分不退。",
                "Too few years for a monthly pension; on written request the account is paid out once, the pooled part is not.")


def run_given(name: str, value: float, run: Run) -> Any:
    """Return a figure the person chose, remembered as such when the run is traced."""
    return value if run is plain else given(name, float(value))


def _years_paid(timing: Schedule) -> int:
    return max(timing.pay_until // 12 - timing.pay_from // 12, 0)


def _timing(law: Law, person: Person, plan: Plan, dates: Retirement, as_of: int) -> Schedule:
    """Years paid and the month of the claim: 60, or later when the fifteen years are not complete by then."""
    needed = int(law.number("national.resident.minimum_months"))
    before = person.resident_years * 12 + person.months_paid + person.deemed_months
    pay_from = max(as_of, plan.pay_from or as_of)
    at_sixty = max(dates.resident_month, as_of)
    if plan.scheme == "none":
        return _without_payment(before, needed, at_sixty, as_of)
    years = max(at_sixty // 12 - pay_from // 12, 0)
    missing = max(-(-(needed - before) // 12) - years, 0)
    pay_until = (pay_from // 12 + years + missing) * 12
    claim = at_sixty if not missing else pay_until - 1
    late = claim - person.birth > LATEST_CLAIM_AGE
    zh = en = ""
    if late:
        zh, en = "满 15 年时年龄过大，不现实。", "The fifteen years would be complete too late in life."
    elif missing:
        zh = f"到 60 岁还差 {missing} 年，可继续缴费（有的地方允许一次补缴）后领取。"
        en = f"At 60 there are {missing} years missing; payment goes on (some places allow buying them) before the claim."
    return Schedule(
        not late, claim, pay_from, pay_until, FAR, FAR, needed, before + (years + missing) * 12, bool(missing), zh, en
    )


def _without_payment(before: int, needed: int, at_sixty: int, as_of: int) -> Schedule:
    enough = before >= needed
    zh = "" if enough else "不再缴费，年限不够，60 岁后不能按月领取养老金。"
    en = "" if enough else "Without paying on there are too few years for any monthly pension."
    return Schedule(enough, at_sixty, as_of, as_of, FAR, FAR, needed, before, False, zh, en)


def _credit(law: Law, place: str, amount: float, fee: Any, run: Run) -> Any:
    """Money credited with one year's fee: the fee and the subsidy of its tier, never under the national floor."""
    floor = run(resident_subsidy_floor)(
        fee, law.number("national.resident.minimum_subsidy_threshold"),
        law.number("national.resident.minimum_subsidy_lowest_tier"),
        law.number("national.resident.minimum_subsidy_from_500"),
    )
    local = next((subsidy for tier, subsidy in tiers_of(law, place) if tier == amount), None)
    return run(resident_year_credit)(fee, run(resident_subsidy)(local or 0.0, floor), 0.0)


def _additions(law: Law, place: str, years: Any, basic: Any, run: Run) -> Any:
    """Long-payment addition of the province, where one is known."""
    path = f"provinces.{place}.resident_additions"
    if not law.has(path):
        return 0.0
    rows: tuple[Mapping[str, Any], ...] = law.history(path)[-1].value
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for found in rows:
        by_kind.setdefault(str(found["kind"]), []).append(found)
    if "long_payment_step" in by_kind and len(by_kind["long_payment_step"]) == 3:
        first, second, third = sorted(by_kind["long_payment_step"], key=lambda step: float(step["above"]))
        return run(long_payment_addition_stepped)(
            years, float(second["above"]), float(third["above"]), float(first["value"]), float(second["value"]),
            float(third["value"]),
        )
    from_months = law.number("national.resident.long_payment_from_months")
    if "long_payment_share" in by_kind:
        return run(long_payment_addition_by_share)(years, from_months, float(by_kind["long_payment_share"][0]["value"]), basic)
    if "long_payment" in by_kind:
        return run(long_payment_addition)(years, from_months, float(by_kind["long_payment"][0]["value"]))
    return 0.0


def _basic_path(future: Dense, row: int, basic: float, begin: int, months: int) -> Any:
    """The basic part month by month: it follows the resident basic pension of the province."""
    path = future.resident_minimum[row, begin:months]
    return basic * path / path[0]
