"""Every number an award needs, looked up once for a place and a month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lingbao.law import trace
from lingbao.law.errors import MissingLaw
from lingbao.law.month import format_month, month, year_of
from lingbao.law.rule import in_force
from lingbao.law.store import Law, Value

FORMULA_OF_2005 = month(2006, 1)

# Forms of the basic pension that need a local base beside the provincial one.
LOCAL_FORMS = ("two_bases", "local_index")


@dataclass(frozen=True)
class Flag:
    """Something a reader of a figure must know."""

    code: str
    zh: str
    en: str

    def to_dict(self) -> dict[str, str]:
        """Return the flag as plain data."""
        return {"code": self.code, "zh": self.zh, "en": self.en}


FLAGS: dict[str, Flag] = {flag.code: flag for flag in (
    Flag("provisional", "当年计发基数尚未公布，先按上一年基数预发，公布后重算。",
         "The year's benefit base is not out; last year's stands in and the pension will be recomputed."),
    Flag("low_confidence", "所用数据或办法的来源可信度低。", "A figure or formula used is of low confidence."),
    Flag("local_base_unknown", "该办法使用当地基数，当地基数未知，以省级基数代替。",
         "The formula uses a local base; it is not known, so the provincial base stands in."),
    Flag("age_outside_table", "年龄超出计发月数表，按表的端点计（依据为一个省的规定）。",
         "The age lies outside the payout table; its end value is used, as one province rules."),
    Flag("notional_account_left_out", "未含“虚账实记”部分，其金额以本人核定表为准。",
         "The part from the notional account is not included; its balance stands on the person's form."),
    Flag("early_paid_not_told_apart", "未区分视同年限与早期实际缴费年限，全部按视同指数计。",
         "Deemed months and early paid months are not told apart; all count at the deemed index."),
    Flag("deemed_index_table", "视同缴费指数须查当地表，此处以平均缴费指数代替。",
         "The deemed index stands in a local table; the mean index stands in for it."),
    Flag("additions_left_out", "有依据不足或条件不明的省级加发未计入。",
         "Provincial additions of low confidence or with conditions not given are left out."),
)}


@dataclass(frozen=True)
class DivisorLaw:
    """The table of payout months and how it is read in one month."""

    payout_table: Mapping[int, float]
    youngest: int
    oldest: int
    divisor_rule: Callable[..., Any]


@dataclass(frozen=True)
class AwardLaw:
    """How a province computes a pension in one month, and the national numbers for it.

    ``forms`` is the record ``provinces.<code>.transitional``; ``own`` holds the province's own numbers by name.
    """

    forms: Mapping[str, Any]
    own: Mapping[str, float]
    uncertain: frozenset[str]
    accrual_rate: float
    divisor: DivisorLaw
    flags: tuple[str, ...]


OWN_NUMBERS = (
    "higher_coefficient", "lower_coefficient", "threshold_years", "first_step", "second_step", "third_step",
    "first_years", "second_years", "third_years", "first_share", "second_share", "third_share", "odd_month_rate",
    "fixed_divisor", "fixed_addition", "supplement", "heating_addition", "fixed_sum", "sum_per_index_year", "years_step",
    "index_threshold", "addition_per_year", "addition_share",
)


@dataclass(frozen=True)
class Bases:
    """The provincial and the local benefit base [yuan/month]; the same number where a place has none of its own."""

    province: float
    local: float
    provisional: bool
    flags: tuple[str, ...]


@lru_cache(maxsize=4096)
def award_law(law: Law, province: str, claim_month: int, area: str | None = None) -> AwardLaw:
    """Look up the provincial forms and the national numbers of an award; a city's own forms where it has some.

    Raises
    ------
    MissingLaw
        If the claim lies before the formula of 2005, or a number is missing.
    """
    path = law.provincial(province, "transitional", area)
    if claim_month < FORMULA_OF_2005:
        raise MissingLaw(
            "award.period", value=format_month(claim_month), where=path,
            zh=f"{format_month(claim_month)} 早于 2006-01，省级计发办法未收录；可单独使用 1997 年办法的规则。",
            en=f"{format_month(claim_month)} lies before 2006-01; provincial practice of that time is not in the store. "
               "The rules of 1997 can be used by themselves.",
        )
    value = law.look_up(path, claim_month)
    forms = {
        name: trace.parameter(f"{path}.{name}", cell, value) if isinstance(cell, float) else cell
        for name, cell in value.value.items()
    }
    own, uncertain = _own_numbers(law, province, claim_month)
    return AwardLaw(
        forms=forms, own=own, uncertain=uncertain,
        accrual_rate=law.number("national.benefit.accrual_rate", claim_month),
        divisor=divisor_law(law, claim_month),
        flags=("low_confidence",) if value.confidence == "low" else (),
    )


@lru_cache(maxsize=4096)
def divisor_law(law: Law, claim_month: int) -> DivisorLaw:
    """Look up the table of payout months and the rule in force for a month."""
    table = law.look_up("national.account.payout_months", claim_month)
    return DivisorLaw(
        payout_table={
            int(age): trace.parameter(f"national.account.payout_months.{age}", float(months), table)
            for age, months in table.value.items()
        },
        youngest=int(law.number("national.account.payout_months_youngest", claim_month)),
        oldest=int(law.number("national.account.payout_months_oldest", claim_month)),
        divisor_rule=in_force("payout_months", format_month(claim_month)),
    )


def _own_numbers(law: Law, province: str, claim_month: int) -> tuple[dict[str, float], frozenset[str]]:
    """Return the province's own numbers in force, and the names of those of low confidence."""
    own: dict[str, float] = {}
    uncertain = set()
    for name in OWN_NUMBERS:
        path = f"provinces.{province}.{name}"
        current = [value for value in law.history(path) if value.covers(claim_month)] if law.has(path) else []
        if current:
            own[name] = _sourced(current[-1])
            if current[-1].confidence == "low":
                uncertain.add(name)
    return own, frozenset(uncertain)


@lru_cache(maxsize=4096)
def bases(law: Law, province: str, area: str | None, claim_month: int, known: int | None = None) -> Bases:
    """Look up the provincial and the local benefit base; last year's stands in for one that is not out.

    Raises
    ------
    MissingLaw
        If neither the year's own base nor that of the year before is known.
    """
    general = _base(law, f"provinces.{province}.benefit_base", claim_month, known)
    local = general
    flags: set[str] = set()
    path = law.provincial(province, "benefit_base", area)
    if path.endswith(f"@{area}"):
        local = _base(law, path, claim_month, known)
    elif _uses_local_base(law, province, claim_month):
        flags.add("local_base_unknown")
    used = (general, local)
    if any(value.confidence == "low" for value in used):
        flags.add("low_confidence")
    provisional = any(value.provisional for value in used)
    if provisional:
        flags.add("provisional")
    return Bases(_sourced(general), _sourced(local), provisional, tuple(sorted(flags)))


def _sourced(value: Value) -> float:
    """Return a value as a number that remembers its parameter."""
    number: float = trace.parameter(value.path, float(value.value), value)
    return number


def _base(law: Law, path: str, claim_month: int, known: int | None) -> Value:
    value = law.look_up(path, claim_month, known, provisional=True)
    if value.provisional and value.since is not None and year_of(claim_month) - year_of(value.since) > 1:
        raise MissingLaw(
            "award.base", value=format_month(claim_month), where=path,
            zh=f"{format_month(claim_month)} 的计发基数未知，最近的已知值属于 {value.period()}；请使用预测情景。",
            en=f"The benefit base for {format_month(claim_month)} is not known; the last one is of {value.period()}. "
               "Use a projection.",
        )
    return value


def _uses_local_base(law: Law, province: str, claim_month: int) -> bool:
    """Whether the province's formula names a local base beside the provincial one."""
    forms = award_law(law, province, claim_month).forms
    return forms["basic_form"] in LOCAL_FORMS or forms["base"] in ("local", "city")
