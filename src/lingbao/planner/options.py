"""The options that are open to one person, as the law of the place offers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from lingbao.career.person import MOST_INCOME, Person
from lingbao.career.plan import RHYTHMS, Plan, Rhythm
from lingbao.career.projection import future_of
from lingbao.career.resident import tiers_of
from lingbao.career.retirement import Retirement
from lingbao.career.schedule import schedule
from lingbao.law.errors import InputError
from lingbao.law.store import Law

Kind = Literal["tier", "variant", "saving", "none"]
Saving = Literal["", "personal_pension", "commercial"]

SAME_BASE = 0.01  # shares of the wage closer than this are one tier
SAME_FEN = 0.005  # yuan
LONGEST_GAP = 720  # months; beyond it a figure is a slip of the keyboard
MOVE_AFTER = 60  # months after which a move is shown when none is named


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

    def __post_init__(self) -> None:
        """Refuse amounts and lengths that cannot be meant."""
        for name, value, most in (
            ("budget", self.budget, MOST_INCOME), ("base", self.base, MOST_INCOME), ("saving", self.saving, MOST_INCOME),
            ("gap_months", self.gap_months, LONGEST_GAP),
        ):
            if value is not None and not 0 <= value <= most:  # also refuses NaN
                raise InputError(
                    f"preferences.{name}", value=value, where=name, zh=f"“{value}”超出范围，应在 0 到 {most:,.0f} 之间。",
                    en=f"{value} is out of range; it must lie between 0 and {most:,.0f}.",
                )


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
        *_employee_tiers(law, person, as_of), *_chosen_base(law, person, as_of, wishes),
        *_variants(law, person, dates, as_of, wishes), *_resident_tiers(law, person), *_savings(law, person),
        Option("none", "none", "none", "不再缴费", "Pay nothing from now on", Plan("none"), start="never"),
    ]


@dataclass(frozen=True)
class Tier:
    """One declared base that a place offers.

    Attributes
    ----------
    ratio : float
        Share of the average wage.
    yuan : float
        The same where the place names its bases in yuan, else 0 [yuan/month].
    """

    ratio: float
    yuan: float = 0.0


def tiers_offered(law: Law, person: Person, as_of: int) -> list[Tier]:
    """Return the bases that the place of residence offers above its floor, lowest first.

    Where they are named in yuan for a year that has passed, each keeps its share of that year's wage.
    """
    now = future_of(law, "base", as_of, person.residence, person.area)
    row = now.row(person.residence)
    wage, floor, cap = (float(a[row, 0]) for a in (now.average_wage, now.contribution_floor, now.contribution_cap))
    path = f"provinces.{person.residence}.flexible"
    rule = law.history(path)[-1] if law.has(path) else None
    table = rule.value if rule is not None else {}
    if rule is not None and table.get("choice") == "yuan" and table.get("bases"):
        then = float(law.look_up(f"provinces.{person.residence}.contribution_average_wage", rule.since, provisional=True).value)
        offered = [Tier(float(base) / then, float(base)) for base in table["bases"]]
    else:
        offered = [Tier(float(share)) for share in table.get("tiers") or law.table("national.contribution.usual_tiers")]
    least, most = floor / wage + SAME_BASE, cap / wage + SAME_BASE
    return sorted((tier for tier in offered if least < tier.ratio <= most), key=lambda tier: tier.ratio)


def _employee_tiers(law: Law, person: Person, as_of: int) -> Iterator[Option]:
    yield Option("employee-floor", "tier", "employee", "职工养老保险·最低档", "Employee scheme, lowest base",
                 Plan("employee"), tier="floor")
    for tier in tiers_offered(law, person, as_of):
        percent = round(tier.ratio * 100)
        name, zh, en = f"{percent}", f"{percent}%档", f"{percent}% of the wage"
        if tier.yuan:
            name, zh, en = f"{tier.yuan:g}yuan", f"基数 {tier.yuan:,.0f} 元档（工资的 {percent}%）", f"base of {tier.yuan:,.0f} yuan ({percent}% of the wage)"
        yield Option(f"employee-{name}", "tier", "employee", f"职工养老保险·{zh}", f"Employee scheme, {en}",
                     Plan("employee", ratio=tier.ratio), tier=name)


def _chosen_base(law: Law, person: Person, as_of: int, wishes: Preferences) -> Iterator[Option]:
    """The base that a budget pays for, and a base the person named; both rise with the average wage afterwards."""
    for amount, name, zh, en in (
        (wishes.budget, "budget", "每月预算", "yuan a month to spend"), (wishes.base, "base", "基数", "yuan as the base"),
    ):
        if amount:
            ratio = ratio_of(law, person, as_of, amount, spent=name == "budget")
            yield Option(f"employee-{name}", "variant", "employee", f"职工养老保险·{zh} {_yuan(amount)} 元（以后随工资调整）",
                         f"Employee scheme, {_yuan(amount)} {en}, later rising with wages", Plan("employee", ratio=ratio), tier=name)


def ratio_of(law: Law, person: Person, as_of: int, amount: float, spent: bool) -> float:
    """Return the share of today's average wage that a base, or a monthly payment where ``spent``, stands for [1]."""
    now = future_of(law, "base", as_of, person.residence, person.area)
    row = now.row(person.residence)
    base = amount / float(now.total_rate[row, 0]) if spent else amount
    return base / float(now.average_wage[row, 0])


def _yuan(amount: float) -> str:
    """Write an amount with its fen only where it has any."""
    return f"{amount:,.2f}".removesuffix(".00")


def wish_refused(law: Law, person: Person, as_of: int, option: Option, wishes: Preferences) -> tuple[str, str] | None:
    """Say why a chosen budget or base cannot be had, or None: the law moves every base into its bounds."""
    now = future_of(law, "base", as_of, person.residence, person.area)
    row = now.row(person.residence)
    floor, cap, rate = (float(a[row, 0]) for a in (now.contribution_floor, now.contribution_cap, now.total_rate))
    if option.id == "employee-budget" and wishes.budget and wishes.budget < floor * rate - SAME_FEN:
        return (
            f"预算每月 {_yuan(wishes.budget)} 元不够：最低基数 {_yuan(floor)} 元，每月至少缴 {_yuan(floor * rate)} 元。",
            f"{_yuan(wishes.budget)} yuan a month is not enough: on the lowest base of {_yuan(floor)} yuan at least {_yuan(floor * rate)} yuan a month is due.",
        )
    if option.id == "employee-base" and wishes.base and not floor - SAME_FEN <= wishes.base <= cap + SAME_FEN:
        return (
            f"基数 {_yuan(wishes.base)} 元不在当地允许的 {_yuan(floor)} 至 {_yuan(cap)} 元之间。",
            f"A base of {_yuan(wishes.base)} yuan lies outside the {_yuan(floor)} to {_yuan(cap)} yuan allowed here.",
        )
    return None


def _variants(
    law: Law, person: Person, dates: Retirement, as_of: int, wishes: Preferences
) -> Iterator[Option]:
    floor = Plan("employee")
    missing = dates.minimum_months - person.months_paid - person.deemed_months
    wait = dates.statutory - missing + 1
    if missing > 0 and as_of < wait:
        yield Option("employee-floor-minimum", "variant", "employee", "最低档，缴满最低年限就停", "Lowest base, stop at the minimum years",
                     replace(floor, stop_at_minimum=True), tier="floor")
        yield Option("employee-floor-wait", "variant", "employee", "先不缴，只缴退休前必需的年限", "Wait, and pay only the last years needed",
                     replace(floor, pay_from=wait), tier="floor", start="wait")
    early = replace(floor, claim="earliest")
    if dates.earliest < dates.statutory and schedule(law, person, early, dates, as_of).claim < dates.statutory:
        yield Option("employee-floor-early", "variant", "employee", "最低档，弹性提前退休", "Lowest base, earliest retirement",
                     early, tier="floor", claim="earliest")
        yield Option("employee-100-early", "variant", "employee", "100%档，弹性提前退休", "100% of the wage, earliest retirement",
                     replace(early, ratio=1.0), tier="100", claim="earliest")
    if as_of > dates.statutory and missing <= 0:
        return  # nothing can be paid any more
    for rhythm in rhythms_of(law, person.residence):
        zh, en = RHYTHMS[rhythm]
        yield Option(f"employee-floor-{rhythm}m", "variant", "employee", f"最低档，{zh}缴", f"Lowest base, paid {en}",
                     replace(floor, rhythm=rhythm), tier="floor", rhythm=rhythm)
    if person.in_difficulty:
        yield Option("employee-floor-subsidy", "variant", "employee", "最低档，享受就业困难人员社保补贴", "Lowest base, with the subsidy for those hard to employ",
                     floor, tier="floor")
    next_year = (as_of // 12 + 1) * 12
    youngest = person.birth + int(law.number("national.retirement.joining_age"))
    if wishes.gap_months and youngest < next_year < dates.statutory:
        yield Option("employee-floor-gap", "variant", "employee", f"最低档，从明年起停缴 {wishes.gap_months} 个月",
                     f"Lowest base, stopping for {wishes.gap_months} months from next year",
                     replace(floor, gap_from=next_year, gap_months=wishes.gap_months), tier="floor")
    target = wishes.move_to or (person.home if person.home != person.residence else None)
    if target:
        yield from _move(law, person, dates, as_of, target, wishes.move_month or as_of + MOVE_AFTER)


def rhythms_of(law: Law, province: str) -> tuple[Rhythm, ...]:
    """Return the rhythms other than monthly that a province offers; all of them where its rule is not known."""
    path = f"provinces.{province}.flexible"
    periods = (law.history(path)[-1].value.get("payment_periods") if law.has(path) else None) or tuple(RHYTHMS)
    offered: list[Rhythm] = [rhythm for rhythm in (3, 6, 12) if rhythm in {round(float(each)) for each in periods}]
    return tuple(offered)


def _move(law: Law, person: Person, dates: Retirement, as_of: int, target: str, move_month: int) -> Iterator[Option]:
    code = law.find_province(target)[0]
    if code == person.residence or not as_of <= move_month <= dates.statutory:
        return
    names = {province.code: (province.short_zh, province.name_en) for province in law.provinces()}
    zh, en = names[code]
    year, of_year = move_month // 12, move_month % 12 + 1
    yield Option("employee-floor-move", "variant", "employee", f"最低档，{year} 年 {of_year} 月起转到{zh}缴",
                 f"Lowest base, paying in {en} from {year}-{of_year:02d}",
                 Plan("employee", move_to=code, move_month=move_month), tier="floor")


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
