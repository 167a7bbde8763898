"""The law and a reform as the tables the simulation kernel reads: month by month, by province, and for everyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.career.resident import tiers_of
from lingbao.career.retirement import minimum_for_claim, retirement_of
from lingbao.law.award import payout_months
from lingbao.law.award_law import divisor_law
from lingbao.law.dense import Dense, dense
from lingbao.law.errors import MissingLaw
from lingbao.law.fixed_amount_design import FixedAmountDesign
from lingbao.law.month import MONTHS_PER_YEAR, format_month, year_of
from lingbao.law.reform import Reform
from lingbao.law.rule import plain
from lingbao.law.store import Law
from lingbao.simulation.behaviour import Behaviour
from lingbao.simulation.layout import FEES, FULL, TIERS, LawRow, NationRow, Term
from lingbao.simulation.schema import KINDS
from lingbao.valuation.life_table import LifeTable, insured_table, population_table

Floats = npt.NDArray[np.float64]
OLDEST = 110
INDUSTRY_OF_KIND = {"casual": "temporary", "labour_service": "services", "self_employed": "self_employed", "new_form": "platform"}
"""Which industry of an income survey (N7) a kind of work belongs to."""


def law_table(law: Law, projection: str, first: int, months: int, options: Mapping[str, Any], since: int) -> tuple[Floats, list[str]]:
    """Return the monthly law by province [months, LawRow, provinces], and the names of quantities that were stood in for.

    Raises
    ------
    MissingLaw
        If a number that the simulation needs is not known for a month; only the rate of resident accounts before the
        projection begins is stood in for, by the projection's first rate, and named.
    """
    future = dense(law, projection, first, first + months - 1)
    later = dense(law, projection, first, max(first + months - 1, (int(law.projections["first_year"]) + 1) * MONTHS_PER_YEAR))
    stood_in: list[str] = []
    rate = future.resident_crediting_rate.copy()
    unknown = np.isnan(rate)
    if unknown.any():
        rate = np.where(unknown, later.resident_crediting_rate[:, -1:], rate)
        stood_in.append("resident_crediting_rate")
    rows = {
        LawRow.WAGE: future.average_wage, LawRow.FLOOR: future.contribution_floor, LawRow.CAP: future.contribution_cap,
        LawRow.TOTAL_RATE: future.total_rate, LawRow.ACCOUNT_RATE: future.account_rate,
        LawRow.REFERENCE_WAGE: future.reference_wage, LawRow.BENEFIT_BASE: future.benefit_base,
        LawRow.RESIDENT_BASIC: future.resident_minimum, LawRow.RESIDENT_RATE: rate,
        LawRow.SURVEY_WAGE: _surveyed(future, options, since),
    }
    table = np.empty((months, len(LawRow), len(future.provinces)))
    for row, values in rows.items():
        _complete(future, row.name, values)
        table[:, row, :] = values.T
    return table, stood_in


def _complete(future: Dense, name: str, values: Floats) -> None:
    blank = np.argwhere(np.isnan(values))
    if len(blank):
        province, column = blank[0]
        raise MissingLaw(
            "simulation.law", value=format_month(future.first + int(column)), where=f"{future.provinces[province]}.{name.lower()}",
            zh=f"模拟需要 {future.provinces[province]} 省 {format_month(future.first + int(column))} 的“{name.lower()}”，尚未收录；请把起始月往后移。",
            en=f"The simulation needs {name.lower()} of province {future.provinces[province]} for {format_month(future.first + int(column))}, which is not known; begin later.",
        )


def _surveyed(future: Dense, options: Mapping[str, Any], since: int) -> Floats:
    """Wage of the month of the last income survey; surveys are made when the reform begins and every so many years."""
    option = options.get("surveyed_base")
    step = int(option["resurvey_years"]) * MONTHS_PER_YEAR if option else 1
    months = np.arange(future.first, future.last + 1)
    last = np.where(months >= since, since + (months - since) // step * step, months)
    return np.asarray(future.average_wage[:, np.maximum(last - future.first, 0)])


def nation_table(law: Law, projection: str, first: int, months: int, options: Mapping[str, Any], since: int, behaviour: Behaviour) -> Floats:
    """Return the monthly law of the nation [months, NationRow]."""
    future = dense(law, projection, first, first + months - 1)
    all_months = np.arange(first, first + months)
    wage = _level(law, projection, first, months, "wage_growth")
    income = wage ** behaviour.number("income_follows_wage")
    fixed = options.get("fixed_amount", {})
    followed = {"wage": wage, "flexible_income": income}.get(str(fixed.get("indexed_to")), np.ones(months))
    start = min(max(since - first, 0), months - 1)
    mean_wage = future.average_wage.mean(axis=0)
    table = np.empty((months, len(NationRow)))
    table[:, NationRow.CREDITING] = future.crediting_rate
    table[:, NationRow.ADJUSTMENT] = future.pension_adjustment
    table[:, NationRow.INCOME_LEVEL] = income
    table[:, NationRow.FEE_LEVEL] = wage ** behaviour.number("fee_growth")
    table[:, NationRow.AMOUNT_LEVEL] = followed / followed[start]
    for row, path in ((NationRow.EMPLOYEE_RATE, "employee_rate"), (NationRow.EMPLOYER_RATE, "employer_rate")):
        table[:, row] = [law.number(f"national.contribution.{path}", on=int(m)) for m in all_months]
    table[:, NationRow.TRANSFER_RATE] = law.number("national.transfer.pooled_transfer_rate", on=first)
    table[:, NationRow.POVERTY_LINE] = behaviour.number("poverty_line") * mean_wage
    table[:, NationRow.MINIMUM] = [minimum_for_claim(law, int(m), int(m)) for m in all_months]
    return table


def _level(law: Law, projection: str, first: int, months: int, name: str) -> Floats:
    """Level of a quantity that grows each January at the projection's rate, 1 in the first year."""
    path = law.projections["projections"][projection]["paths"][name]
    years = np.arange(year_of(first), year_of(first + months - 1) + 1)
    rates = np.interp(years, [float(y) for y, _ in path], [float(r) for _, r in path])
    level = np.cumprod(np.concatenate(([1.0], 1.0 + rates[1:])))
    return np.asarray(level[(np.arange(first, first + months)) // MONTHS_PER_YEAR - year_of(first)])


def changes_of(table: Floats) -> npt.NDArray[np.int64]:
    """Return by month which rows of the law differ in some province from the month before: bit q stands for row q."""
    differs = np.ones(table.shape[:2], np.bool_)
    differs[1:] = (table[1:] != table[:-1]).any(axis=2)
    return np.asarray(differs @ (1 << np.arange(table.shape[1])), np.int64)


def terms_of(law: Law, reform: Reform | None, options: Mapping[str, Any], first: int, behaviour: Behaviour) -> Floats:
    """Return the numbers for everyone [2, Term]: before the reform begins, and from then on."""
    before = _terms(law, {}, first, behaviour)
    since = first if reform is None else max(first, reform.since)
    return np.array([before, _terms(law, options, since, behaviour)])


def _terms(law: Law, options: Mapping[str, Any], on: int, behaviour: Behaviour) -> Floats:
    made = dict.fromkeys((term.name for term in Term), 0.0)
    made |= {
        "LONGEST": FULL, "AFTER_MONTHS": FULL, "POOL_MOVES": -1.0, "MOST_RATIO": FULL,
        "ACCRUAL_RATE": law.number("national.benefit.accrual_rate", on=on),
        "FLAT_SHARE": law.number("national.benefit.law1997_basic_share"),
        "DIVISOR_1997": law.number("national.benefit.law1997_divisor"),
        "RESIDENT_DIVISOR": law.number("national.resident.divisor"),
        "RESIDENT_MINIMUM": law.number("national.resident.minimum_months"),
        "RESIDENT_SUBSIDY_FROM": law.number("national.resident.minimum_subsidy_threshold"),
        "RESIDENT_SUBSIDY_LOW": law.number("national.resident.minimum_subsidy_lowest_tier"),
        "RESIDENT_SUBSIDY_HIGH": law.number("national.resident.minimum_subsidy_from_500"),
        "PENSION_DELAY": law.number("national.retirement.pension_start_delay"),
        "EXTENSION": law.number("national.contribution.extension_before_one_off"),
        "PLACE_MONTHS": law.number("national.transfer.place_of_benefit_months"),
        "HARD_AGE_MALE": law.number("national.subsidy.hard_to_employ_age_male"),
        "HARD_AGE_FEMALE": law.number("national.subsidy.hard_to_employ_age_female"),
        "HARD_SHARE": law.number("national.subsidy.max_share", on=on), "HARD_MONTHS": law.number("national.subsidy.max_months", on=on),
        "FUNERAL_MONTHS": law.number("national.benefit.funeral_grant_months"),
        "GRANT_SECOND_FROM": law.number("national.survivor.second_step_years"),
        "GRANT_THIRD_FROM": law.number("national.survivor.third_step_years"),
        "GRANT_THIRD_UNTIL": law.number("national.survivor.third_step_last_year"),
        "GRANT_FIRST": law.number("national.benefit.bereavement_months_under_5_years"),
        "GRANT_SECOND": law.number("national.benefit.bereavement_months_under_10_years"),
        "GRANT_THIRD": law.number("national.benefit.bereavement_months_up_to_15_years"),
        "GRANT_PER_YEAR": law.number("national.benefit.bereavement_months_per_further_year"),
        "GRANT_YEARS": law.number("national.survivor.years_counted_at_most"),
        "GRANT_CAP": law.number("national.benefit.bereavement_months_cap"),
        "GRANT_LESS": law.number("national.benefit.bereavement_months_less_per_pension_year"),
        "GRANT_FLOOR": law.number("national.benefit.bereavement_months_floor_retired"),
        "PERSONAL_CAP": law.number("national.personal_pension.annual_cap"),
        "PERSONAL_ALLOWANCE": law.number("national.personal_pension.basic_allowance"),
        "PERSONAL_RATE": float(law.table("national.personal_pension.comprehensive_tax_brackets")[0][1]),
        "PERSONAL_PAYOUT_RATE": law.number("national.personal_pension.payout_tax_rate"),
    }
    made |= _rhythms(law, on, behaviour)
    for name, values in options.items():
        made |= OPTIONS[name](values, law, on)
    return np.array([float(made[term.name]) for term in Term])


def _rhythms(law: Law, on: int, behaviour: Behaviour) -> dict[str, float]:
    """Cumulated shares of people by rhythm among the payment periods on offer."""
    offered = [int(months) for months in law.table("national.contribution.payment_periods", on=on)]
    shares = np.array([behaviour.rhythms[months] if months in offered else 0.0 for months in (1, 3, 6, 12)])
    ends = np.cumsum(shares / shares.sum())
    return {"RHYTHM_MONTH": ends[0], "RHYTHM_QUARTER": ends[1], "RHYTHM_HALF": ends[2]}


def _fixed_amount(o: Mapping[str, Any], law: Law, on: int) -> dict[str, float]:
    design = FixedAmountDesign(o["amount"], o["limit"], o["financing"], o["minimum"], o["accrual"], o["index"])
    rate = law.number("national.contribution.total_rate", on=on)
    amount, share = design.amount_terms(float(o.get("contribution", 0.0)), float(o.get("wage_share", 0.0)))
    index, factor = design.index_terms(float(o.get("fixed_index", 0.0)), float(o.get("index_factor", 0.0)))
    minimum, accrual = design.counting_terms(design.minimum), design.counting_terms(design.accrual)
    return {
        "FIXED": 1.0, "AMOUNT": amount, "WAGE_SHARE": share,
        "LONGEST": float(o["longest_months"]) if design.limit == "longest" else FULL,
        "ACCOUNT_SHARE": design.account_share(law.number("national.contribution.account_rate", on=on), rate),
        "MINIMUM_FULL": minimum[0], "MINIMUM_PROPORTION": minimum[1], "ACCRUAL_FULL": accrual[0],
        "ACCRUAL_PROPORTION": accrual[1], "FIXED_INDEX": index, "INDEX_FACTOR": factor,
    }


def _withholding(o: Mapping[str, Any], law: Law, on: int) -> dict[str, float]:
    by_platform = {"worker": 0.0, "platform": 1.0, "both": float(o.get("platform_part", 0.0))}[o["payer"]]
    return {
        "WITHHELD_SHARE": float(o["share_of_pay"]), "WITHHELD_BY_PLATFORM": by_platform,
        "WITHHELD_TO_EMPLOYEE": 1.0 if o["scheme"] == "employee" else 0.0,
        "EXEMPT": 1.0 if o["exempt_with_proof"] else 0.0,
    }


def _mandatory(o: Mapping[str, Any], law: Law, on: int) -> dict[str, float]:
    return {
        "MANDATORY": 1.0, "BASIC_PER_YEAR": float(o["basic_per_year"]), "BASIC_PER_HUNDRED": float(o["basic_per_hundred"]),
        "WAITING_MONTHS": float(o["waiting_months"]),
    }


def _tax(o: Mapping[str, Any], law: Law, on: int) -> dict[str, float]:
    offered = o["treatments"]
    return {"PERSONAL_EET": 1.0 if "EET" in offered else 0.0, "PERSONAL_TEE": 1.0 if "TEE" in offered else 0.0}


def _renamed(**names: str) -> Any:
    """Return a reader that takes fields over under the names of terms."""
    return lambda o, law, on: {term: float(o[field]) for term, field in names.items()}


OPTIONS: dict[str, Any] = {
    "fixed_amount": _fixed_amount,
    "order_withholding": _withholding,
    "contribution_unit": lambda o, law, on: {"SHARE_OF_INCOME": float(o["share_of_income"])},
    "own_income_base": lambda o, law, on: {
        "OWN_INCOME": 1.0, "LEAST_RATIO": float(o["least_ratio"]), "MOST_RATIO": float(o["most_ratio"])},
    "surveyed_base": lambda o, law, on: {"SURVEYED": 1.0},
    "account_after": _renamed(AFTER_MONTHS="months", AFTER_RATE="account_rate"),
    "benefit_bonus": _renamed(
        BONUS_FROM_MONTHS="from_months", BONUS_PER_YEAR="per_year", BONUS_FROM_INDEX="from_index", BONUS_PER_INDEX="per_index"),
    "benefit_floor": _renamed(FLOOR_SHARE="wage_share"),
    "youth_subsidy": _renamed(YOUTH_AGE="below_age_months", YOUTH_MONTHS="months", YOUTH_SHARE="share"),
    "assisted_loan": _renamed(
        LOAN_MONTHS="before_retirement_months", LOAN_SHARE="share", LOAN_RATE="yearly_rate", LOAN_PENSION_SHARE="pension_share"),
    "shared_subsidy": _renamed(
        PLATFORM_SHARE="platform_share", PROVINCE_SHARE="province_share", STATE_SHARE="state_share",
        INCOME_BELOW="income_below", TAX_RELIEF="platform_tax_relief"),
    "money_follows_person": lambda o, law, on: {"POOL_MOVES": float(o["pooled_share"]), "PORTABLE": 1.0},
    "personal_employment_account": lambda o, law, on: {"PORTABLE": 1.0 if o["portable"] else 0.0},
    "mandatory_resident": _mandatory,
    "benefit_formula": lambda o, law, on: {"LAW_1997": 1.0 if o["formula"] == "law_1997" else 0.0},
    "tax_treatment": _tax,
}
"""How each option of scheme becomes terms; every option that a reform file may name stands here."""


def hazards_of(behaviour: Behaviour, options: Mapping[str, Any]) -> Floats:
    """Return hazards of work by kind, and last the industry's ratio of the surveyed wage [kinds, 5]."""
    ratios = options.get("surveyed_base", {}).get("ratio_by_industry", {})
    column = np.array([[float(ratios.get(INDUSTRY_OF_KIND[kind], 0.0))] for kind in KINDS])
    return np.hstack([behaviour.hazards, column])


def fee_tables(law: Law) -> tuple[Floats, Floats]:
    """Return FEES fees of the resident scheme by province, lowest to highest, and their local subsidies [yuan/year]."""
    fees, subsidies = (np.zeros((len(law.provinces()), FEES)) for _ in range(2))
    for row, province in enumerate(law.provinces()):
        offered = sorted({fee: subsidy or 0.0 for fee, subsidy in tiers_of(law, province.code)}.items())
        for column in range(FEES):
            place = round(column * (len(offered) - 1) / (FEES - 1))
            fees[row, column], subsidies[row, column] = offered[place]
    return fees, subsidies


def tier_table(law: Law, on: int) -> Floats:
    """Return the tiers on offer as shares of the wage; the first is 0, the lowest base open."""
    usual = [float(tier) for tier in law.table("national.contribution.usual_tiers", on=on)]
    if len(usual) != TIERS:
        raise MissingLaw(
            "simulation.tiers", value=len(usual), where="national.contribution.usual_tiers",
            zh=f"模拟按 {TIERS} 个缴费档次编排，现有 {len(usual)} 个。", en=f"The simulation is laid out for {TIERS} tiers; there are {len(usual)}.",
        )
    return np.array([0.0, *usual[1:]])


@lru_cache(maxsize=8)
def mortality_table(law: Law, first: int, years: int) -> Floats:
    """Return the probability of dying in a year [years, population or insured, sex, age reached at mid-year]."""
    table = np.empty((years, 2, 2, OLDEST + 1))
    for insured, life in enumerate((population_table(law), insured_table(law))):
        for sex, name in enumerate(("male", "female")):
            for cohort in range(-OLDEST, years):
                rows = np.arange(max(cohort, 0), min(cohort + OLDEST + 1, years))
                middle = first + 6 + rows * MONTHS_PER_YEAR
                birth = first + 6 + cohort * MONTHS_PER_YEAR
                hazard = life.hazard_at(name, middle.astype(np.int64), birth)
                table[rows, insured, sex, rows - cohort] = 1.0 - np.exp(-hazard)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=8)
def annuity_table(law: Law, first: int, rate: float) -> Floats:
    """Return by sex and age: months one expects to draw, present value of a yuan a month for life, payout months.

    The first uses population mortality (what people see around them), the second that of the insured at a real ``rate``;
    both that of the cohort which reaches the age twenty years after ``first``.
    """
    middle = first + 20 * MONTHS_PER_YEAR
    months = (OLDEST + 10) * MONTHS_PER_YEAR
    discount = (1.0 + rate) ** (-np.arange(months) / MONTHS_PER_YEAR)
    table = np.zeros((3, 2, OLDEST + 1))
    terms = divisor_law(law, first)
    lives: tuple[LifeTable, LifeTable] = (population_table(law), insured_table(law))
    for sex, name in enumerate(("male", "female")):
        for age in range(OLDEST + 1):
            birth = middle - age * MONTHS_PER_YEAR
            table[0, sex, age] = lives[0].survival(name, birth, middle, months).sum()
            table[1, sex, age] = (lives[1].survival(name, birth, middle, months) * discount).sum()
            table[2, sex, age] = payout_months(terms, age * MONTHS_PER_YEAR, plain, [])
    table.setflags(write=False)
    return table


def payout_table(law: Law, first: int) -> Floats:
    """Return the payout months by age in months."""
    terms = divisor_law(law, first)
    return np.array([payout_months(terms, age, plain, []) for age in range(OLDEST * MONTHS_PER_YEAR)])


@lru_cache(maxsize=8)
def claim_tables(law: Law, earliest: int, latest: int) -> npt.NDArray[np.int64]:
    """Return by sex and birth month from ``earliest``: statutory month, months needed, resident claim month."""
    classes = ("male", str(law.look_up("national.retirement.class_of_flexible_women").value))
    table = np.empty((3, 2, latest - earliest + 1), np.int64)
    for sex, worker_class in enumerate(classes):
        for column, birth in enumerate(range(earliest, latest + 1)):
            dates = retirement_of(law, worker_class, birth)
            table[:, sex, column] = dates.statutory, dates.minimum_months, dates.resident_month
    table.setflags(write=False)
    return table


def reformed(law: Law, reform: Reform | None) -> tuple[Law, Mapping[str, Any], int]:
    """Return the law under a reform, its options as plain values, and the month from which options hold."""
    if reform is None:
        return law, {}, 0
    options = {name: dict(option.values) for name, option in reform.options.items()}
    changed = reform.apply(law)
    if "personal_employment_account" in options:
        changed = _own_rate(changed, reform, float(options["personal_employment_account"]["total_rate"]))
    return changed, options, reform.since


def _own_rate(law: Law, reform: Reform, rate: float) -> Law:
    """Lay the rate of a personal employment account (S5) over the ordinary one."""
    from lingbao.law.reform import Change

    changes = tuple(
        Change(path, reform.since, "value", rate, source="personal_employment_account")
        for path in ("national.contribution.total_rate", "provinces.*.total_rate")
    )
    return replace(reform, changes=changes, options={}).apply(law)
