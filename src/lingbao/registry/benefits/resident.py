"""A pension of the resident scheme from the recorded years: whether it may be claimed, and how much it is (国发〔2014〕8号)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lingbao.career.place import area_path
from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR, format_month, year_of
from lingbao.law.places import Province
from lingbao.law.rules.conversion import resident_years_after_conversion
from lingbao.law.rules.resident import (
    long_payment_addition,
    long_payment_addition_by_share,
    long_payment_addition_stepped,
    may_buy_missing_years,
    resident_account_pension,
    resident_age_addition,
    resident_basic_pension,
    resident_claim_month,
    resident_entitled,
    resident_pension,
    resident_years_required,
    resident_years_to_buy,
)
from lingbao.law.store import Law
from lingbao.registry.transfers.money import FEN_PER_YUAN

LONG_PAYMENT = ("long_payment_step", "long_payment_share", "long_payment")


@dataclass(frozen=True)
class ResidentClaimant:
    """What is stated of someone who claims a resident pension.

    Attributes
    ----------
    birth : int
        Birth month.
    area : str or None
        City with amounts of its own.
    draws_other : bool
        Whether another basic pension is drawn, which excludes this one.
    """

    birth: int
    area: str | None = None
    draws_other: bool = False


@dataclass(frozen=True)
class ResidentConditions:
    """Whether a resident pension is open in a month.

    Attributes
    ----------
    earliest : int
        First month in which it may be claimed.
    required, years : float
        Years required and years that count.
    """

    earliest: int
    required: float
    years: float


@dataclass(frozen=True)
class ResidentAward:
    """A resident pension, part by part [yuan/month].

    Attributes
    ----------
    basic, long_payment, age_addition, account, total : float
    payout_months : float
        Divisor of the account.
    provisional : bool
        An earlier amount of the basic part stands in for one that is not published.
    additions_known : bool
        Whether additions of the place are on record; what a place adds beyond them is not in the total.
    """

    basic: float
    long_payment: float
    age_addition: float
    account: float
    total: float
    payout_months: float
    provisional: bool
    additions_known: bool

    def lines(self) -> dict[str, Any]:
        """Parts as plain data, for the calculation on record."""
        return {"basic": self.basic, "long_payment": self.long_payment, "age_addition": self.age_addition, "account": self.account,
                "payout_months": self.payout_months, "total": self.total, "flags": [] if self.additions_known else ["additions_not_on_record"]}


def years_counted(years: Sequence[int], months: Sequence[int], converted: bool) -> float:
    """Return the years that count: resident years, and after a move into the scheme all employee months.

    Parameters
    ----------
    years : sequence of int
        Years paid in the resident scheme.
    months : sequence of int
        Months paid in the employee scheme.
    converted : bool
        Whether the employee relation was moved into the resident scheme (人社部发〔2014〕17号 第六条); a month paid in both
        counts once.
    """
    if not converted:
        return float(len(set(years)))
    own = set(months)
    left = sum(1.0 - sum(year_of(month) == year for month in own) / MONTHS_PER_YEAR for year in set(years))
    return float(resident_years_after_conversion(float(len(own)), left))


def resident_conditions(law: Law, who: ResidentClaimant, years: float, claim_month: int) -> ResidentConditions:
    """Check that a resident pension is open.

    Raises
    ------
    InputError
        If the age is not reached, years are missing (and whether they may be bought), or another basic pension is drawn.
    """
    minimum = law.number("national.resident.minimum_months", claim_month)
    start = int(law.number("national.resident.scheme_start", claim_month))
    earliest = int(resident_claim_month(who.birth, int(law.number("national.resident.pension_age", claim_month))))
    required = float(resident_years_required((earliest - start) / MONTHS_PER_YEAR, minimum))
    found = ResidentConditions(earliest, required, years)
    if who.draws_other:
        raise InputError("benefit.other_pension", zh="已在领取其他基本养老金，不能再领取城乡居民养老金。",
                         en="Another basic pension is drawn; a resident one is not due beside it.")
    if resident_entitled(claim_month, earliest, years, required, False):
        return found
    if claim_month < earliest:
        raise InputError("benefit.early", value=format_month(claim_month), zh=f"{format_month(claim_month)} 还不能领取：要到 {format_month(earliest)} 才满领取年龄。",
                         en=f"A claim in {format_month(claim_month)} is too early: the pension age is reached in {format_month(earliest)}.")
    missing = math.ceil(required - years)
    buy = may_buy_missing_years(earliest, start, minimum)
    bought = math.ceil(resident_years_to_buy(years, 0.0, minimum)) if buy else 0
    raise InputError(
        "benefit.short", value=years,
        zh=f"缴费 {years:g} 年，须满 {required:g} 年，还差 {missing} 年。" + (f"制度实施时已临近领取年龄，可补缴，最多 {bought} 年，在“补缴所缺年限”办理。" if buy else "可以继续逐年缴费。"),
        en=f"{years:g} years are recorded and {required:g} are required, so {missing} are missing. "
           + (f"Who was near the age when the scheme began may buy them, at most {bought}, under 'Buy missing years'." if buy else "They can be paid year by year."))


def resident_award(law: Law, who: ResidentClaimant, years: float, account_fen: int, province: str, claim_month: int, known: int) -> ResidentAward:
    """Work out a resident pension as known in month ``known``: basic part, additions of the place, account over payout months.

    Raises
    ------
    MissingLaw
        If the basic pension of the place, or an addition that is due for these years, is not on record.
    """
    path = area_path(law, province, "resident_basic", who.area) or f"provinces.{province}.resident_basic"
    local = law.look_up(path, claim_month, known, provisional=True)
    minimum = law.look_up("national.resident.minimum_basic_pension", claim_month, known, provisional=True)
    basic = float(resident_basic_pension(float(local.value), float(minimum.value)))
    steps, on_record = _additions(law, province, who.area, claim_month)
    from_months = law.number("national.resident.long_payment_from_months", claim_month)
    long_payment = _long_payment(steps, years, basic, from_months, next(each for each in law.provinces() if each.code == province))
    age = _age_addition(steps, claim_month - who.birth)
    divisor = law.number("national.resident.divisor", claim_month)
    account = float(resident_account_pension(account_fen / FEN_PER_YUAN, divisor))
    total = float(resident_pension(basic, long_payment, age, account))
    return ResidentAward(basic, long_payment, age, account, total, divisor, local.provisional or minimum.provisional, on_record)


def _additions(law: Law, province: str, area: str | None, on: int) -> tuple[dict[str, list[Mapping[str, Any]]], bool]:
    """Rows of the place's additions in force by kind, and whether any are on record."""
    path = area_path(law, province, "resident_additions", area) or f"provinces.{province}.resident_additions"
    found: dict[str, list[Mapping[str, Any]]] = {}
    if not law.has(path):
        return found, False
    for row in law.history(path)[-1].value:
        if row["since"] <= on:
            found.setdefault(str(row["kind"]), []).append(row)
    return found, bool(found)


def _long_payment(steps: Mapping[str, Sequence[Mapping[str, Any]]], years: float, basic: float, from_months: float, place: Province) -> float:
    """Addition for years paid beyond the minimum."""
    kind = next((each for each in LONG_PAYMENT if each in steps), None)
    if kind is None:
        if math.floor(years) > from_months / MONTHS_PER_YEAR:
            raise MissingLaw("benefit.long_payment", value=years, where=f"provinces.{place.code}.resident_additions",
                             zh=f"缴费超过 {from_months / MONTHS_PER_YEAR:g} 年应有长缴加发，但未收录{place.name_zh}的标准，请补充该省规定后再核定。",
                             en=f"More than {from_months / MONTHS_PER_YEAR:g} years earn an addition, but that of {place.name_en} is not on record; add its rule first.")
        return 0.0
    rows = sorted(steps[kind], key=lambda row: float(row["above"] or 0.0))
    if kind == "long_payment_step":
        bounds = [float(row["above"]) for row in rows[1:]]
        until = bounds + [bounds[-1] if bounds else 0.0] * 2  # a place with fewer steps has the last one from its bound on
        amounts = [float(row["value"]) for row in rows] + [float(rows[-1]["value"])] * 2
        return float(long_payment_addition_stepped(years, until[0], until[1], amounts[0], amounts[1], amounts[2]))
    value = float(rows[-1]["value"])
    if kind == "long_payment_share":
        return float(long_payment_addition_by_share(years, from_months, value, basic))
    return float(long_payment_addition(years, from_months, value))


def _age_addition(steps: Mapping[str, Sequence[Mapping[str, Any]]], age_months: int) -> float:
    """Addition of the highest age reached at the claim."""
    rows = sorted(steps.get("age", ()), key=lambda row: float(row["above"]))
    return max((float(resident_age_addition(age_months, float(row["above"]), float(row["value"]), math.inf, 0.0)) for row in rows), default=0.0)
