"""January's declaration: scheme, tier and rhythm of the year, by the random utility of choice.py."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from lingbao.law.rule import scalar
from lingbao.law.rules.fixed_amount import (
    counted_fraction,
    fixed_amount,
    fixed_amount_index,
    index_by_formula,
)
from lingbao.simulation.choice import (
    burden_felt,
    employee_constant,
    lowest_base,
    pension_gained,
    resident_constant,
    value_in_incomes,
    years_to_spare,
)
from lingbao.simulation.draws import GUMBEL, SHIFT, four_words
from lingbao.simulation.layout import (
    ACTIVE,
    FEES,
    TIERS,
    Coefficient,
    LawRow,
    Life,
    NationRow,
    Start,
    State,
    Term,
)
from lingbao.simulation.streams import Purpose

SCHEMES_PURPOSE = int(Purpose.SCHEMES)
TIERS_PURPOSE = int(Purpose.TIERS)
MORE_TIERS_PURPOSE = int(Purpose.MORE_TIERS)
FEES_PURPOSE = int(Purpose.FEES)
NEW_FORMS_PURPOSE = int(Purpose.NEW_FORMS)
LEAST_YEARLY_INCOME = 1200.0
"""A year without any income is felt as one of a hundred yuan a month, or shares of income would have no meaning."""

NO_CHOICE, FIRST_FEE, FIRST_TIER, BY_AMOUNT = 0, 1, 1 + FEES, 1 + FEES + TIERS
CHOICES = BY_AMOUNT + 1
RHYTHMS = 5
"""Columns of the table of choices by tier; and of rhythms: none, 1, 3, 6, 12 months."""


@scalar
def gumbel(shocks: Any, word: Any) -> float:
    """Return the extreme-value shock of a word."""
    return float(shocks[GUMBEL, word >> np.uint64(SHIFT)])


@scalar
def declare(
    seed: Any, who: Any, width: int, month: int, row: int, life: Any, law: Any, state: Any, nation: Any, fees: Any,
    subsidies: Any, tiers: Any, term: Any, beliefs: Any, discounts: Any, shocks: Any, choices: Any,
) -> None:
    """Let everyone who may pay declare scheme, tier and rhythm for the year, and count what they chose."""
    for i in range(width):
        if state[State.STATUS, i] != ACTIVE:
            state[State.PERIOD_INCOME, i] = 0.0
            continue
        set_subsidies(i, month, life, law, state, nation, term)
        before = state[State.SCHEME, i]
        choose(seed, who[i], i, month, life, law, state, nation, fees, subsidies, tiers, term, beliefs, discounts, shocks)
        scheme = state[State.SCHEME, i]
        if before >= 2.0 and scheme < 2.0:
            state[State.LEFT, i] = 1.0
        rhythm = set_rhythm(life[Life.RHYTHM_SHARE, i], term)
        if scheme == 2.0 and state[State.RATIO, i] == 0.0 and term[Term.SHARE_OF_INCOME] > 0.0:
            rhythm = 1
        state[State.RHYTHM, i] = 1.0 if rhythm == 1 else 3.0 if rhythm == 2 else 6.0 if rhythm == 3 else 12.0
        tier = int(state[State.TIER, i])
        column = NO_CHOICE if scheme == 0.0 else FIRST_FEE + tier if scheme == 1.0 else FIRST_TIER + tier if scheme == 2.0 else BY_AMOUNT
        choices[row, column, 0 if scheme == 0.0 else 4 if scheme == 1.0 else rhythm] += int(life[Start.WEIGHT, i])


@scalar
def set_rhythm(share: float, term: Any) -> int:
    """Return 1 by month, 2 by quarter, 3 by half year, 4 by year: where someone's place falls among those on offer."""
    if share < term[Term.RHYTHM_MONTH]:
        return 1
    if share < term[Term.RHYTHM_QUARTER]:
        return 2
    return 3 if share < term[Term.RHYTHM_HALF] else 4


@scalar
def set_subsidies(i: int, month: int, life: Any, law: Any, state: Any, nation: Any, term: Any) -> None:
    """Set the shares of a payment that others bear this year: the law's subsidy, and those of N10 and B8."""
    age = float(month) - life[Start.BIRTH, i]
    from_age = term[Term.HARD_AGE_MALE] if life[Start.SEX, i] == 0.0 else term[Term.HARD_AGE_FEMALE]
    hard = life[Life.CERTIFIED, i] == 1.0 and age >= from_age
    state[State.SUBSIDY_HARD, i] = term[Term.HARD_SHARE] if hard else 0.0
    state[State.SUBSIDY_YOUTH, i] = term[Term.YOUTH_SHARE] if age < term[Term.YOUTH_AGE] else 0.0
    poor = state[State.LAST_INCOME, i] < term[Term.INCOME_BELOW] * law[LawRow.WAGE, i]
    state[State.SUBSIDY_STATE, i] = term[Term.STATE_SHARE] if poor else 0.0
    state[State.SUBSIDY_PROVINCE, i] = term[Term.PROVINCE_SHARE] if poor else 0.0
    state[State.SUBSIDY_PLATFORM, i] = term[Term.PLATFORM_SHARE] if poor and state[State.PLATFORM, i] == 1.0 else 0.0


@scalar
def choose(
    seed: Any, who: Any, i: int, month: int, life: Any, law: Any, state: Any, nation: Any, fees: Any, subsidies: Any,
    tiers: Any, term: Any, beliefs: Any, discounts: Any, shocks: Any,
) -> None:
    """Choose the scheme and tier with the highest utility."""
    when = np.uint64(month)
    none_shock, resident_shock, employee_shock, _ = four_words(who, when, np.uint64(SCHEMES_PURPOSE), seed)
    income = max(state[State.LAST_INCOME, i], LEAST_YEARLY_INCOME / 12.0)
    age = float(month) - life[Start.BIRTH, i]
    worth = (
        beliefs[Coefficient.WORTH] + beliefs[Coefficient.WORTH_KNOWLEDGE] * life[Start.KNOWLEDGE, i]
        + beliefs[Coefficient.WORTH_SELF] * life[Start.SELF_RELIANT, i]
    )
    rural = 1.0 if life[Start.RESIDENCE, i] == 1.0 or life[Start.RESIDENCE, i] == 3.0 else 0.0
    scheme = state[State.SCHEME, i]
    employee_tier, employee_value = best_tier(
        seed, who, i, when, life, law, state, nation, tiers, term, beliefs, discounts, shocks, worth, income, age
    )
    missing = max(life[Start.MINIMUM, i] - state[State.COUNTED, i], 0.0)
    spare = years_to_spare(life[Start.CLAIM, i] - float(month), missing)
    employee = employee_value + employee_constant(
        beliefs[Coefficient.EMPLOYEE], beliefs[Coefficient.EMPLOYEE_AGE], age / 12.0, beliefs[Coefficient.EMPLOYEE_RURAL],
        rural, life[Life.TASTE_EMPLOYEE, i], beliefs[Coefficient.EMPLOYEE_HABIT],
        1.0 if scheme >= 2.0 and state[State.PAID_LAST, i] == 1.0 else 0.0, beliefs[Coefficient.WAIT], spare,
        beliefs[Coefficient.ENOUGH], 1.0 if missing == 0.0 else 0.0,
        beliefs[Coefficient.MOVE] * (1.0 - term[Term.PORTABLE]), 1.0 if state[State.MOVED, i] < 12.0 else 0.0,
    ) + gumbel(shocks, employee_shock)
    fee, fee_value = best_fee(
        seed, who, i, when, life, law, state, nation, fees, subsidies, term, beliefs, discounts, shocks, worth, income, age
    )
    resident = fee_value + resident_constant(
        beliefs[Coefficient.RESIDENT], beliefs[Coefficient.RESIDENT_AGE], age / 12.0, beliefs[Coefficient.RESIDENT_RURAL],
        rural, life[Life.TASTE_RESIDENT, i], beliefs[Coefficient.RESIDENT_HABIT], 1.0 if scheme == 1.0 else 0.0,
    ) + gumbel(shocks, resident_shock)
    none = beliefs[Coefficient.NONE_HABIT] * (1.0 if scheme == 0.0 else 0.0) + gumbel(shocks, none_shock)
    if term[Term.MANDATORY] == 1.0:
        none = -inf
    here = int(state[State.HERE, i])
    if employee >= resident and employee >= none:
        state[State.SCHEME, i] = 3.0 if employee_tier == TIERS else 2.0
        state[State.TIER, i] = float(employee_tier)
        state[State.RATIO, i] = 0.0 if employee_tier == TIERS else tiers[employee_tier]
    elif resident >= none:
        state[State.SCHEME, i] = 1.0
        state[State.TIER, i] = float(fee)
        state[State.FEE, i] = fees[here, fee]
    else:
        state[State.SCHEME, i] = 0.0
        state[State.TIER, i] = 0.0


@scalar
def best_tier(
    seed: Any, who: Any, i: int, when: Any, life: Any, law: Any, state: Any, nation: Any, tiers: Any, term: Any,
    beliefs: Any, discounts: Any, shocks: Any, worth: float, income: float, age: float,
) -> tuple[int, float]:
    """Return the best tier of the employee scheme, the number TIERS being the fixed amount, and its utility."""
    w0, w1, w2, w3 = four_words(who, when, np.uint64(TIERS_PURPOSE), seed)
    w4, w5, w6, w7 = four_words(who, when, np.uint64(MORE_TIERS_PURPOSE), seed)
    fixed_word, w8, _, _ = four_words(who, when, np.uint64(NEW_FORMS_PURPOSE), seed)
    years = min(max(int((life[Start.CLAIM, i] - float(when)) / 12.0), 0), discounts.shape[0] - 1)
    discount = beliefs[Coefficient.PRESENT_BIAS] * discounts[years]
    reach = state[State.COUNTED, i] + life[Start.CLAIM, i] - float(when) + term[Term.EXTENSION]
    vests = 1.0 if reach >= life[Start.MINIMUM, i] else 0.0
    least = lowest_base(
        law[LawRow.WAGE, i], law[LawRow.FLOOR, i], law[LawRow.CAP, i], income, term[Term.OWN_INCOME],
        term[Term.LEAST_RATIO], term[Term.MOST_RATIO], law[LawRow.SURVEY_WAGE, i],
        life[Life.FLOOR_RATIO, i] * term[Term.SURVEYED],
    )
    account_rate = (
        term[Term.AFTER_RATE] if state[State.COUNTED, i] >= term[Term.AFTER_MONTHS] else law[LawRow.ACCOUNT_RATE, i]
    )
    borne = min(
        state[State.SUBSIDY_HARD, i] + state[State.SUBSIDY_YOUTH, i] + state[State.SUBSIDY_STATE, i]
        + state[State.SUBSIDY_PROVINCE, i] + state[State.SUBSIDY_PLATFORM, i], 1.0,
    )
    near = life[Start.CLAIM, i] - float(when) <= term[Term.LOAN_MONTHS]
    own = (1.0 - borne) * (1.0 - (term[Term.LOAN_SHARE] if near else 0.0))
    best = 0
    best_value = -inf
    for j in range(TIERS):
        base = min(max(tiers[j] * law[LawRow.WAGE, i], least), law[LawRow.CAP, i])
        if j == 0 and term[Term.SHARE_OF_INCOME] > 0.0:
            base = min(term[Term.SHARE_OF_INCOME] * income / law[LawRow.TOTAL_RATE, i], law[LawRow.CAP, i])
        if j > 0 and tiers[j] * law[LawRow.WAGE, i] <= least:
            continue
        gain = pension_gained(
            base, law[LawRow.REFERENCE_WAGE, i], law[LawRow.BENEFIT_BASE, i], term[Term.ACCRUAL_RATE],
            base * account_rate, life[Life.DIVISOR, i], vests,
        )
        word = w0 if j == 0 else w1 if j == 1 else w2 if j == 2 else w3 if j == 3 else w4 if j == 4 else w5 if j == 5 else w6 if j == 6 else w7 if j == 7 else w8
        value = (
            worth * value_in_incomes(gain, life[Life.EXPECTED_MONTHS, i], discount, 12.0 * income)
            - burden_felt(own * base * law[LawRow.TOTAL_RATE, i], income, beliefs[Coefficient.BURDEN], beliefs[Coefficient.BURDEN_SQUARED])
            + (beliefs[Coefficient.FLOOR] if j == 0 else 0.0) + beliefs[Coefficient.TIER_SCALE] * gumbel(shocks, word)
        )
        if value > best_value:
            best = j
            best_value = value
    if term[Term.FIXED] == 1.0 and state[State.FIXED, i] < term[Term.LONGEST]:
        amount = fixed_amount(term[Term.AMOUNT] * nation[NationRow.AMOUNT_LEVEL], term[Term.WAGE_SHARE], law[LawRow.WAGE, i])
        fraction = counted_fraction(amount, law[LawRow.WAGE, i], law[LawRow.TOTAL_RATE, i])
        index = fixed_amount_index(
            index_by_formula(amount, law[LawRow.TOTAL_RATE, i], law[LawRow.WAGE, i]), term[Term.FIXED_INDEX], term[Term.INDEX_FACTOR]
        )
        accrual = term[Term.ACCRUAL_FULL] + term[Term.ACCRUAL_PROPORTION] * fraction
        counted = term[Term.MINIMUM_FULL] + term[Term.MINIMUM_PROPORTION] * fraction
        gain = accrual * pension_gained(
            index * law[LawRow.REFERENCE_WAGE, i], law[LawRow.REFERENCE_WAGE, i], law[LawRow.BENEFIT_BASE, i],
            term[Term.ACCRUAL_RATE], 0.0, life[Life.DIVISOR, i], vests,
        ) + 12.0 * amount * term[Term.ACCOUNT_SHARE] / life[Life.DIVISOR, i]
        value = (
            worth * value_in_incomes(gain, life[Life.EXPECTED_MONTHS, i], discount, 12.0 * income)
            - burden_felt(own * amount, income, beliefs[Coefficient.BURDEN], beliefs[Coefficient.BURDEN_SQUARED])
            - beliefs[Coefficient.FIXED] * (1.0 - counted) + beliefs[Coefficient.TIER_SCALE] * gumbel(shocks, fixed_word)
        )
        if value > best_value:
            best = TIERS
            best_value = value
    return best, best_value


@scalar
def best_fee(
    seed: Any, who: Any, i: int, when: Any, life: Any, law: Any, state: Any, nation: Any, fees: Any, subsidies: Any,
    term: Any, beliefs: Any, discounts: Any, shocks: Any, worth: float, income: float, age: float,
) -> tuple[int, float]:
    """Return the best fee of the resident scheme and its utility; the subsidy to a fee is part of its worth (F7)."""
    w0, w1, w2, w3 = four_words(who, when, np.uint64(FEES_PURPOSE), seed)
    years = min(max(int((life[Start.RESIDENT_CLAIM, i] - float(when)) / 12.0), 0), discounts.shape[0] - 1)
    discount = beliefs[Coefficient.PRESENT_BIAS] * discounts[years]
    needed = term[Term.RESIDENT_MINIMUM] / 12.0
    paid = state[State.RESIDENT_YEARS, i] + state[State.COUNTED, i] / 12.0
    yearly_right = law[LawRow.RESIDENT_BASIC, i] / needed if paid < needed else term[Term.BASIC_PER_YEAR]
    here = int(state[State.HERE, i])
    best = 0
    best_value = -inf
    for j in range(FEES):
        fee = fees[here, j] * nation[NationRow.FEE_LEVEL]
        subsidy = subsidies[here, j] * nation[NationRow.FEE_LEVEL]
        gain = yearly_right + (fee + subsidy) / term[Term.RESIDENT_DIVISOR]
        word = w0 if j == 0 else w1 if j == 1 else w2 if j == 2 else w3
        value = (
            worth * value_in_incomes(gain, life[Life.EXPECTED_MONTHS, i], discount, 12.0 * income)
            - burden_felt(fee / 12.0, income, beliefs[Coefficient.BURDEN], beliefs[Coefficient.BURDEN_SQUARED])
            + (beliefs[Coefficient.FLOOR] if j == 0 else 0.0) + beliefs[Coefficient.TIER_SCALE] * gumbel(shocks, word)
        )
        if value > best_value:
            best = j
            best_value = value
    return best, best_value
