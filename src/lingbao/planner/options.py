"""The options that are open to one person, as the law of the place offers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from lingbao.career.person import Person
from lingbao.career.plan import RHYTHMS, Plan, Rhythm
from lingbao.career.projection import future_of
from lingbao.career.resident import tiers_of
from lingbao.career.retirement import Retirement
from lingbao.law.store import Law

Kind = Literal["tier", "variant", "saving", "none"]
Saving = Literal["", "personal_pension", "commercial"]

# Tiers shown where a province leaves the base free between its bounds; a free choice has no list of its own.
SHOWN_RATIOS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.5, 2.0, 2.5, 3.0)
SAME_BASE = 0.01  # shares of the wage closer than this are one tier


@dataclass(frozen=True)
class Preferences:
    """What the person wants compared besides the tiers.

    Parameters
    ----------
    budget : float, optional
        Most they can pay a month [yuan/month]; adds the base that costs just that.
    base : float, optional
        A chosen contribution base [yuan/month].
    gap_months : int
        Length of the interruption that is shown.
    saving : float
        Yearly saving on top that is shown [yuan/year].
    move_to : str, optional
        Province to which payment would move.
    move_month : int, optional
        First month paid there.
    """

    budget: float | None = None
    base: float | None = None
    gap_months: int = 24
    saving: float = 12000.0
    move_to: str | None = None
    move_month: int | None = None


@dataclass(frozen=True)
class Option:
    """One option, named in both languages."""

    id: str
    kind: Kind
    scheme: Literal["employee", "resident", "none"]
    label_zh: str
    label_en: str
    plan: Plan
    tier: str = ""
    start: str = "now"
    rhythm: Rhythm = 1
    claim: str = "statutory"
    saving: Saving = ""


def options(
    law: Law, person: Person, dates: Retirement, as_of: int, wishes: Preferences
) -> list[Option]:
    """List the options of one person: every tier of both schemes, timing variants, savings on top, and none."""
    return [
        *_employee_tiers(law, person, as_of), *_chosen_base(law, wishes),
        *_variants(law, person, dates, as_of, wishes), *_resident_tiers(law, person), *_savings(law, person),
        Option("none", "none", "none", "不再缴费", "Pay nothing from now on", Plan("none"), start="never"),
    ]


def ratios_of(law: Law, person: Person, as_of: int) -> list[float]:
    """Shares of the average wage that the province offers above its floor, lowest first."""
    now = future_of(law, "base", as_of)
    row = now.row(person.residence)
    wage, floor, cap = (float(a[row, 0]) for a in (now.average_wage, now.contribution_floor, now.contribution_cap))
    path = f"provinces.{person.residence}.flexible"
    rule = law.history(path)[-1].value if law.has(path) else {}
    if rule.get("choice") == "yuan" and rule.get("bases"):
        shares = [float(base) / wage for base in rule["bases"]]
    else:
        shares = [float(share) for share in rule.get("tiers") or SHOWN_RATIOS]
    least, most = floor / wage + SAME_BASE, cap / wage + SAME_BASE
    return sorted(share for share in shares if least < share <= most)


def _employee_tiers(law: Law, person: Person, as_of: int) -> Iterator[Option]:
    yield Option("employee-floor", "tier", "employee", "职工养老保险·最低档", "Employee scheme, lowest base",
                 Plan("employee"), tier="floor")
    for share in ratios_of(law, person, as_of):
        percent = round(share * 100)
        yield Option(f"employee-{percent}", "tier", "employee", f"职工养老保险·{percent}%档",
                     f"Employee scheme, {percent}% of the wage", Plan("employee", ratio=share), tier=str(percent))


def _chosen_base(law: Law, wishes: Preferences) -> Iterator[Option]:
    """The base that a budget pays for, and a base the person named."""
    if wishes.budget:
        base = wishes.budget / float(law.number("national.contribution.total_rate"))
        yield Option("employee-budget", "variant", "employee", f"职工养老保险·每月预算 {wishes.budget:g} 元",
                     f"Employee scheme, {wishes.budget:g} yuan a month", Plan("employee", amount=base), tier="budget")
    if wishes.base:
        yield Option("employee-base", "variant", "employee", f"职工养老保险·基数 {wishes.base:g} 元",
                     f"Employee scheme, base of {wishes.base:g} yuan", Plan("employee", amount=wishes.base), tier="base")


def _variants(
    law: Law, person: Person, dates: Retirement, as_of: int, wishes: Preferences
) -> Iterator[Option]:
    floor = Plan("employee")
    yield Option("employee-floor-minimum", "variant", "employee", "最低档，缴满最低年限就停", "Lowest base, stop at the minimum years",
                 replace(floor, stop_at_minimum=True), tier="floor")
    wait = dates.statutory - (dates.minimum_months - person.months_paid - person.deemed_months) + 1
    if wait > as_of:
        yield Option("employee-floor-wait", "variant", "employee", "先不缴，只缴退休前必需的年限", "Wait, and pay only the last years needed",
                     replace(floor, pay_from=wait), tier="floor", start="wait")
    if dates.earliest < dates.statutory:
        yield Option("employee-floor-early", "variant", "employee", "最低档，弹性提前退休", "Lowest base, earliest retirement",
                     replace(floor, claim="earliest"), tier="floor", claim="earliest")
        yield Option("employee-100-early", "variant", "employee", "100%档，弹性提前退休", "100% of the wage, earliest retirement",
                     replace(floor, ratio=1.0, claim="earliest"), tier="100", claim="earliest")
    rhythms: tuple[Rhythm, ...] = (3, 6, 12)
    for rhythm in rhythms:
        zh, en = RHYTHMS[rhythm]
        yield Option(f"employee-floor-{rhythm}m", "variant", "employee", f"最低档，{zh}缴", f"Lowest base, paid {en}",
                     replace(floor, rhythm=rhythm), tier="floor", rhythm=rhythm)
    if person.in_difficulty:
        yield Option("employee-floor-subsidy", "variant", "employee", "最低档，享受就业困难人员社保补贴", "Lowest base, with the subsidy for those hard to employ",
                     floor, tier="floor")
    if wishes.gap_months:
        yield Option("employee-floor-gap", "variant", "employee", f"最低档，从明年起停缴 {wishes.gap_months} 个月",
                     f"Lowest base, stopping for {wishes.gap_months} months from next year",
                     replace(floor, gap_from=(as_of // 12 + 1) * 12, gap_months=wishes.gap_months), tier="floor")
    target = wishes.move_to or (person.home if person.home != person.residence else None)
    if target:
        code = law.find_province(target)[0]
        yield Option("employee-floor-move", "variant", "employee", "最低档，五年后转到另一省缴", "Lowest base, moving to the other province",
                     replace(floor, move_to=code, move_month=wishes.move_month or as_of + 60), tier="floor")


def _resident_tiers(law: Law, person: Person) -> Iterator[Option]:
    for fee, _ in tiers_of(law, person.home_province):
        yield Option(f"resident-{fee:g}", "tier", "resident", f"居民养老保险·每年 {fee:g} 元",
                     f"Resident scheme, {fee:g} yuan a year", Plan("resident", amount=fee, rhythm=12), tier=f"{fee:g}", rhythm=12)


def _savings(law: Law, person: Person) -> Iterator[Option]:
    top = tiers_of(law, person.home_province)[-1][0]
    bases = (
        ("employee-floor", "employee", "职工最低档", "employee floor", Plan("employee")),
        (f"resident-{top:g}", "resident", "居民最高档", "top resident tier", Plan("resident", amount=top, rhythm=12)),
    )
    for base, scheme, zh, en, plan in bases:
        yield Option(f"{base}+personal", "saving", scheme, f"{zh}＋个人养老金", f"{en} + personal pension", plan,  # type: ignore[arg-type]
                     saving="personal_pension")
        yield Option(f"{base}+commercial", "saving", scheme, f"{zh}＋商业储蓄", f"{en} + commercial saving", plan,  # type: ignore[arg-type]
                     saving="commercial")
