"""One life stepped in plain Python through the traced rules: slower than the kernel, and able to say why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lingbao.career.lifetime import (
    account_at_claim,
    account_at_year_end,
    month_of_life,
    months_earning,
    pays_in,
)
from lingbao.career.mean import mean_index_at_claim
from lingbao.career.merging import resident_account_until
from lingbao.career.person import Person
from lingbao.career.place import area_path, future_of, local_base_ratio
from lingbao.career.plan import Plan
from lingbao.career.projection import places_of
from lingbao.career.rest import pay_the_rest
from lingbao.career.retirement import Retirement, Run
from lingbao.career.schedule import FAR, schedule
from lingbao.law.award import Award, award
from lingbao.law.dense import Dense
from lingbao.law.explain import shown
from lingbao.law.month import format_month
from lingbao.law.rules.contribution import posting_month
from lingbao.law.rules.conversion import merged_account
from lingbao.law.store import Law
from lingbao.law.trace import Node, given, noted, sourced, traced
from lingbao.law.values import Value


@dataclass(frozen=True)
class Year:
    """One year of a walked life, as a statement shows it."""

    year: int
    months: int
    base: float
    paid: float
    credited: float
    indices: float
    balance: float


@dataclass(frozen=True)
class Walk:
    """A walked life.

    Attributes
    ----------
    years : tuple of Year
    account : float
        Account at the claim; a number that knows where it comes from when the walk was traced.
    indices, months, paid : float
        Index sum, months paid and money paid, history included in the first two.
    mean_index : float
        Mean contribution index.
    first_payment : float
        The first month's payment, traced.
    award : Award or None
    """

    years: tuple[Year, ...]
    account: Any
    indices: Any
    months: Any
    paid: float
    mean_index: Any
    first_payment: Any
    award: Award | None


def walk(
    law: Law, person: Person, plan: Plan, projection: str, as_of: int, dates: Retirement, run: Run = traced
) -> Walk:
    """Step one employee-scheme life month by month, every rule through ``run``."""
    timing = schedule(law, person, plan, dates, as_of)
    future = future_of(law, projection, as_of, person.residence, person.area)
    here, there, benefit, _ = places_of(law, person, plan, timing)
    moved = plan.move_month if plan.move_to and plan.move_month is not None else FAR
    account: Any = given("account_balance", float(person.account_balance))
    credited = product = paid = 0.0
    indices = (person.mean_index or 0.0) * person.months_paid
    months = float(person.months_paid)
    years: list[Year] = []
    first_payment: Any = 0.0
    start = (indices, months, 0.0, 0.0, 0.0)
    step, at_end = run(month_of_life), run(account_at_year_end)
    for month in range(as_of, timing.claim + 1):
        t, n = month - as_of, month % 12 + 1
        place = there if month >= moved else here
        pays = bool(pays_in(month, timing.pay_from, timing.pay_until, timing.gap_from, timing.gap_until))
        law_now = _law_of(law, person, future, place, benefit, t) if first_payment == 0.0 and pays else None
        values = law_now or _numbers(future, place, benefit, t)
        declared = plan.ratio * float(values["average_wage"]) + plan.amount
        posted = n + posting_month(month, plan.rhythm) - month
        credited, product, indices, months, paid, payment = step(
            pays, noted("chosen", "declared_base", declared) if law_now else declared, values["floor"], values["cap"],
            values["total_rate"], values["account_rate"], values["reference_wage"],
            months_earning(month, n, posted, timing.claim), credited, product, indices, months, paid,
        )
        if pays and first_payment == 0.0:
            first_payment = payment
        rate = float(future.crediting_rate[t])
        if month == timing.claim:
            balance = run(account_at_claim)(account, credited, product, _rate(law, future, t), n)
        elif n == 12:
            account = balance = at_end(account, credited, product, rate)
        else:
            continue
        years.append(Year(
            month // 12, round(months - start[1]), (paid - start[2]) / float(values["total_rate"]), paid - start[2],
            credited, indices - start[0], float(balance),
        ))
        start = (indices, months, paid, 0.0, 0.0)
        if n == 12 and month != timing.claim:
            credited = product = 0.0
    account = balance
    if timing.one_off_months:  # the loop has ended in the month of the claim
        account, indices, months, rest = pay_the_rest(
            timing.one_off_months, noted("chosen", "declared_base", declared),
            _law_of(law, person, future, place, benefit, t), account, indices, months, run,
        )
        paid += rest
    index = mean_index_at_claim(law, person, timing, benefit, dates.statutory, as_of, indices, months, run)
    granted = None
    if timing.feasible and months + person.deemed_months >= timing.minimum_months:
        base = float(future.benefit_base[future.row(benefit), timing.claim - as_of])
        resident = resident_account_until(
            given("resident_balance", person.resident_balance), future, person.home_province, timing.claim, run
        )
        account = run(merged_account)(account, resident) if person.resident_balance else account
        ratio = local_base_ratio(law, benefit, person.area if benefit == person.residence else None)
        granted = award(
            law, province=benefit, area=None, claim_month=timing.claim, age_months=timing.claim - person.birth,
            mean_index=index, months=noted("counted", "months", months + person.deemed_months), account_balance=account,
            deemed_months=person.deemed_months, transitional_index=person.deemed_index, run=run,
            benefit_base=projected(law, future, benefit, "benefit_base", base, timing.claim),
            local_base=_local(law, person, future, benefit, base * ratio, timing.claim),
        )
    return Walk(tuple(years), account, indices, months, paid, index, first_payment, granted)


_PATHS = {
    "average_wage": "contribution_average_wage", "floor": "contribution_floor", "cap": "contribution_cap",
    "reference_wage": "contribution_average_wage",
}


def _numbers(future: Dense, place: str, benefit: str, t: int) -> dict[str, Any]:
    """The law of one month as plain numbers."""
    row = future.row(place)
    return {
        "average_wage": float(future.average_wage[row, t]), "floor": float(future.contribution_floor[row, t]),
        "cap": float(future.contribution_cap[row, t]), "total_rate": float(future.total_rate[row, t]),
        "account_rate": float(future.account_rate[row, t]),
        "reference_wage": float(future.reference_wage[future.row(benefit), t]),
    }


def _law_of(law: Law, person: Person, future: Dense, place: str, benefit: str, t: int) -> dict[str, Any]:
    """The same, as numbers that know their parameter."""
    month = future.first + t
    numbers = _numbers(future, place, benefit, t)
    for name, parameter in _PATHS.items():
        where = benefit if name == "reference_wage" else place
        area = area_path(law, where, parameter, person.area) if where == person.residence else None
        numbers[name] = projected(law, future, where, parameter, numbers[name], month, area)
    for name in ("total_rate", "account_rate"):
        own = law.provincial(place, name)
        numbers[name] = projected(law, future, place, name, numbers[name], month,
                                   own if law.has(own) else f"national.contribution.{name}")
    return numbers


def _local(law: Law, person: Person, future: Dense, benefit: str, number: float, month: int) -> Any:
    """The local benefit base: the area's own, or the province's under its name."""
    area = area_path(law, benefit, "benefit_base", person.area) if benefit == person.residence else None
    return projected(law, future, benefit, "benefit_base", number, month, area)


def _rate(law: Law, future: Dense, t: int) -> Any:
    return projected(law, future, "", "crediting_rate", float(future.crediting_rate[t]), future.first + t,
                      "national.account.crediting_rate")


def projected(
    law: Law, future: Dense, province: str, name: str, number: float, month: int, path: str | None = None
) -> Any:
    """Return a number of the dense law with the parameter behind it, or marked as a projection."""
    where = path or f"provinces.{province}.{name}"
    if law.has(where):
        known = law.look_up(where, month, provisional=True) if _covered(law, where, month) else None
        if known is not None and known.value == number:
            return sourced(number, Node("parameter", where, number, number, origin=known))
    last = law.history(where)[-1] if law.has(where) else None
    origin = Value(
        path=where, value=number, unit=last.unit if last else "", since=None, until=None,
        document=str(law.projections["projections"][future.projection]["zh"]), published=None, known_from=None,
        sources=(), confidence="low", checked="", projected=True,
        notes=_last_known(last, month),
    )
    return sourced(number, Node("parameter", where, number, number, origin=origin))


def _last_known(last: Value | None, month: int) -> tuple[str, ...]:
    """What a projection starts from, in both languages, and the month it is for."""
    if last is None or last.since is None or not isinstance(last.value, int | float):
        return (f"；{format_month(month)}", f"; {format_month(month)}")
    since, value = format_month(last.since), float(last.value)
    return (
        f"；最近公布的是 {since} 起的 {shown(value, last.unit, 'zh')}",
        f"; the last published is {shown(value, last.unit, 'en')} from {since}",
    )


def _covered(law: Law, path: str, month: int) -> bool:
    return any(value.since is None or value.since <= month for value in law.history(path))
