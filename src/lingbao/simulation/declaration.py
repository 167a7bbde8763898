"""January's declaration: scheme, tier and rhythm of the year, by the random utility of choice.py, for a block at once."""

from __future__ import annotations

from math import inf
from typing import Any

from lingbao.law.rule import scalar
from lingbao.law.rules.fixed_amount import (
    counted_fraction,
    fixed_amount,
    fixed_amount_index,
    index_by_formula,
)
from lingbao.simulation.block import ACTIVE, LANES, Life, Now, State, Work
from lingbao.simulation.choice import (
    burden_felt,
    employee_constant,
    lowest_base,
    pension_gained,
    resident_constant,
    value_in_incomes,
    years_to_spare,
)
from lingbao.simulation.layout import FEES, TIERS, Coefficient, NationRow, Term
from lingbao.simulation.monthly import draw_words, look_up
from lingbao.simulation.streams import Purpose

SCHEMES_PURPOSE = int(Purpose.SCHEMES)
TIERS_PURPOSE = int(Purpose.TIERS)
MORE_TIERS_PURPOSE = int(Purpose.MORE_TIERS)
FEES_PURPOSE = int(Purpose.FEES)
NEW_FORMS_PURPOSE = int(Purpose.NEW_FORMS)
LEAST_MONTHLY_INCOME = 100.0
"""A year without income is felt as one of a hundred yuan a month, or shares of income would have no meaning [yuan]."""

NO_CHOICE, FIRST_FEE, FIRST_TIER, BY_AMOUNT = 0, 1, 1 + FEES, 1 + FEES + TIERS
CHOICES = BY_AMOUNT + 1
RHYTHMS = 5
"""Columns of the table of choices by tier; and of rhythms: none, 1, 3, 6, 12 months."""

SHOCK = int(Work.SHOCKS)
FIRST_FEE_SHOCK = SHOCK + (3 + TIERS + 1) * LANES
FIXED_SHOCK = SHOCK + (3 + TIERS) * LANES


@scalar
def declare(
    seed: Any, who: Any, width: int, month: int, row: int, b: Any, words: Any, nation: Any, fees: Any, subsidies: Any, tiers: Any,
    term: Any, beliefs: Any, discounts: Any, gumbel: Any, choices: Any,
) -> None:
    """Let everyone who may pay declare scheme, tier and rhythm for the year, and count what they chose."""
    draw_shocks(seed, who, month, words, gumbel, b)
    gather(month, b, fees, subsidies, discounts, beliefs)
    set_subsidies(month, b, term)
    weigh_life(month, b, term, beliefs)
    for j in range(TIERS):
        weigh_tier(j, b, tiers[j], term, beliefs)
    if term[Term.FIXED] == 1.0:
        weigh_fixed_amount(b, nation, term, beliefs)
    for j in range(FEES):
        weigh_fee(j, b, nation, term, beliefs)
    choose_scheme(month, b, tiers, term, beliefs)
    set_rhythm(b, term)
    for i in range(width):
        if b[State.STATUS + i] == ACTIVE:
            scheme = b[State.SCHEME + i]
            tier = int(b[State.TIER + i])
            column = NO_CHOICE if scheme == 0.0 else FIRST_FEE + tier if scheme == 1.0 else FIRST_TIER + tier if scheme == 2.0 else BY_AMOUNT
            months = b[State.RHYTHM + i]
            rhythm = 0 if scheme == 0.0 else 4 if scheme == 1.0 or months == 12.0 else 3 if months == 6.0 else 2 if months == 3.0 else 1
            choices[row, column, rhythm] += int(b[Life.WEIGHT + i])


@scalar
def draw_shocks(seed: Any, who: Any, month: int, words: Any, gumbel: Any, b: Any) -> None:
    """Draw the extreme-value shocks: three schemes, nine tiers, the fixed amount, four fees."""
    draw_words(seed, who, month, SCHEMES_PURPOSE, words)
    for word in range(3):
        look_up(words, word, gumbel, b, SHOCK + word * LANES)
    draw_words(seed, who, month, TIERS_PURPOSE, words)
    for word in range(4):
        look_up(words, word, gumbel, b, SHOCK + (3 + word) * LANES)
    draw_words(seed, who, month, MORE_TIERS_PURPOSE, words)
    for word in range(4):
        look_up(words, word, gumbel, b, SHOCK + (7 + word) * LANES)
    draw_words(seed, who, month, NEW_FORMS_PURPOSE, words)
    look_up(words, 1, gumbel, b, SHOCK + 11 * LANES)
    look_up(words, 0, gumbel, b, FIXED_SHOCK)
    draw_words(seed, who, month, FEES_PURPOSE, words)
    for word in range(FEES):
        look_up(words, word, gumbel, b, FIRST_FEE_SHOCK + word * LANES)


@scalar
def gather(month: int, b: Any, fees: Any, subsidies: Any, discounts: Any, beliefs: Any) -> None:
    """Fetch what is looked up life by life: the fees of the place, and how far the pension is discounted."""
    weight_present_bias = beliefs[Coefficient.PRESENT_BIAS]
    bias = weight_present_bias
    furthest = discounts.shape[0] - 1
    for i in range(LANES):
        here = int(b[State.HERE + i])
        for j in range(FEES):
            b[Work.FEES + j * LANES + i] = fees[here, j]
            b[Work.FEES + (FEES + j) * LANES + i] = subsidies[here, j]
        b[Life.LEAST_FEE + i] = fees[here, 0]
        b[Life.LEAST_SUBSIDY + i] = subsidies[here, 0]
        left = min(max(b[Life.CLAIM + i] - float(month), 0.0) / 12.0, float(furthest))
        resident_left = min(max(b[Life.RESIDENT_CLAIM + i] - float(month), 0.0) / 12.0, float(furthest))
        b[Work.DISCOUNT + i] = bias * discounts[int(left)]
        b[Work.RESIDENT_DISCOUNT + i] = bias * discounts[int(resident_left)]


@scalar
def set_subsidies(month: int, b: Any, term: Any) -> None:
    """Set the shares of a payment that others bear this year: the law's subsidy, and those of N10 and B8."""
    term_hard_age_male = term[Term.HARD_AGE_MALE]
    term_hard_age_female = term[Term.HARD_AGE_FEMALE]
    term_income_below = term[Term.INCOME_BELOW]
    term_hard_share = term[Term.HARD_SHARE]
    term_youth_share = term[Term.YOUTH_SHARE]
    term_youth_age = term[Term.YOUTH_AGE]
    term_state_share = term[Term.STATE_SHARE]
    term_province_share = term[Term.PROVINCE_SHARE]
    term_platform_share = term[Term.PLATFORM_SHARE]
    for i in range(LANES):
        age = float(month) - b[Life.BIRTH + i]
        from_age = term_hard_age_male if b[Life.SEX + i] == 0.0 else term_hard_age_female
        hard = (b[Life.CERTIFIED + i] == 1.0) & (age >= from_age)
        poor = b[State.LAST_INCOME + i] < term_income_below * b[Now.WAGE + i]
        b[State.SUBSIDY_HARD + i] = term_hard_share if hard else 0.0
        b[State.SUBSIDY_YOUTH + i] = term_youth_share if age < term_youth_age else 0.0
        b[State.SUBSIDY_STATE + i] = term_state_share if poor else 0.0
        b[State.SUBSIDY_PROVINCE + i] = term_province_share if poor else 0.0
        b[State.SUBSIDY_PLATFORM + i] = term_platform_share if poor & (b[State.PLATFORM + i] == 1.0) else 0.0


@scalar
def weigh_life(month: int, b: Any, term: Any, beliefs: Any) -> None:
    """Set what the weighing of every alternative needs."""
    term_extension = term[Term.EXTENSION]
    term_own_income = term[Term.OWN_INCOME]
    term_least_ratio = term[Term.LEAST_RATIO]
    term_most_ratio = term[Term.MOST_RATIO]
    term_surveyed = term[Term.SURVEYED]
    term_after_rate = term[Term.AFTER_RATE]
    term_after_months = term[Term.AFTER_MONTHS]
    term_loan_share = term[Term.LOAN_SHARE]
    term_loan_months = term[Term.LOAN_MONTHS]
    weight_worth = beliefs[Coefficient.WORTH]
    weight_worth_knowledge = beliefs[Coefficient.WORTH_KNOWLEDGE]
    weight_worth_self = beliefs[Coefficient.WORTH_SELF]
    for i in range(LANES):
        income = max(b[State.LAST_INCOME + i], LEAST_MONTHLY_INCOME)
        b[Work.INCOME + i] = income
        b[Work.AGE + i] = (float(month) - b[Life.BIRTH + i]) / 12.0
        b[Work.WORTH + i] = (
            weight_worth + weight_worth_knowledge * b[Life.KNOWLEDGE + i]
            + weight_worth_self * b[Life.SELF_RELIANT + i]
        )
        b[Work.RURAL + i] = 1.0 if (b[Life.RESIDENCE + i] == 1.0) | (b[Life.RESIDENCE + i] == 3.0) else 0.0
        b[Work.MISSING + i] = max(b[Life.MINIMUM + i] - b[State.COUNTED + i], 0.0)
        left = b[Life.CLAIM + i] - float(month)
        reach = b[State.COUNTED + i] + left + term_extension
        b[Work.VESTS + i] = 1.0 if reach >= b[Life.MINIMUM + i] else 0.0
        b[Work.LEAST + i] = lowest_base(
            b[Now.WAGE + i], b[Now.FLOOR + i], b[Now.CAP + i], income, term_own_income, term_least_ratio,
            term_most_ratio, b[Now.SURVEY_WAGE + i], b[Life.FLOOR_RATIO + i] * term_surveyed,
        )
        b[Work.ACCOUNT_RATE + i] = (
            term_after_rate if b[State.COUNTED + i] >= term_after_months else b[Now.ACCOUNT_RATE + i]
        )
        borne = min(
            b[State.SUBSIDY_HARD + i] + b[State.SUBSIDY_YOUTH + i] + b[State.SUBSIDY_STATE + i]
            + b[State.SUBSIDY_PROVINCE + i] + b[State.SUBSIDY_PLATFORM + i], 1.0,
        )
        b[Work.OWN_SHARE + i] = (1.0 - borne) * (1.0 - (term_loan_share if left <= term_loan_months else 0.0))
        b[Work.BEST + i] = 0.0
        b[Work.BEST_VALUE + i] = -inf
        b[Work.FEE_BEST + i] = 0.0
        b[Work.FEE_VALUE + i] = -inf
        b[Work.CHOSEN_FEE + i] = 0.0
        b[Work.CHOSEN_SUBSIDY + i] = 0.0


@scalar
def weigh_tier(j: int, b: Any, tier: float, term: Any, beliefs: Any) -> None:
    """Keep tier ``j`` of the employee scheme where it is better than those before; a tier at or below the lowest base is none."""
    term_share_of_income = term[Term.SHARE_OF_INCOME]
    term_accrual_rate = term[Term.ACCRUAL_RATE]
    weight_floor = beliefs[Coefficient.FLOOR]
    weight_burden = beliefs[Coefficient.BURDEN]
    weight_burden_squared = beliefs[Coefficient.BURDEN_SQUARED]
    weight_tier_scale = beliefs[Coefficient.TIER_SCALE]
    share = term_share_of_income if j == 0 else 0.0
    anchor = weight_floor if j == 0 else 0.0
    shock_row = SHOCK + (3 + j) * LANES
    for i in range(LANES):
        income = b[Work.INCOME + i]
        asked = tier * b[Now.WAGE + i]
        base = min(max(asked, b[Work.LEAST + i]), b[Now.CAP + i])
        by_income = min(share * income / b[Now.TOTAL_RATE + i], b[Now.CAP + i])
        base = by_income if share > 0.0 else base
        gain = pension_gained(
            base, b[Now.REFERENCE_WAGE + i], b[Now.BENEFIT_BASE + i], term_accrual_rate,
            base * b[Work.ACCOUNT_RATE + i], b[Life.DIVISOR + i], b[Work.VESTS + i],
        )
        value = (
            b[Work.WORTH + i] * value_in_incomes(gain, b[Life.EXPECTED_MONTHS + i], b[Work.DISCOUNT + i], 12.0 * income)
            - burden_felt(
                b[Work.OWN_SHARE + i] * base * b[Now.TOTAL_RATE + i], income, weight_burden,
                weight_burden_squared,
            ) + anchor + weight_tier_scale * b[shock_row + i]
        )
        better = (value > b[Work.BEST_VALUE + i]) & ((tier == 0.0) | (asked > b[Work.LEAST + i]))
        b[Work.BEST + i] = float(j) if better else b[Work.BEST + i]
        b[Work.BEST_VALUE + i] = value if better else b[Work.BEST_VALUE + i]


@scalar
def weigh_fixed_amount(b: Any, nation: Any, term: Any, beliefs: Any) -> None:
    """Keep the fixed amount (F2), number TIERS, where it is better than every tier and still open."""
    term_amount = term[Term.AMOUNT]
    term_wage_share = term[Term.WAGE_SHARE]
    term_fixed_index = term[Term.FIXED_INDEX]
    term_index_factor = term[Term.INDEX_FACTOR]
    term_accrual_full = term[Term.ACCRUAL_FULL]
    term_accrual_proportion = term[Term.ACCRUAL_PROPORTION]
    term_minimum_full = term[Term.MINIMUM_FULL]
    term_minimum_proportion = term[Term.MINIMUM_PROPORTION]
    term_accrual_rate = term[Term.ACCRUAL_RATE]
    term_account_share = term[Term.ACCOUNT_SHARE]
    term_longest = term[Term.LONGEST]
    weight_burden = beliefs[Coefficient.BURDEN]
    weight_burden_squared = beliefs[Coefficient.BURDEN_SQUARED]
    weight_fixed = beliefs[Coefficient.FIXED]
    weight_tier_scale = beliefs[Coefficient.TIER_SCALE]
    level = nation[NationRow.AMOUNT_LEVEL]
    for i in range(LANES):
        income = b[Work.INCOME + i]
        wage = b[Now.WAGE + i]
        amount = fixed_amount(term_amount * level, term_wage_share, wage)
        fraction = counted_fraction(amount, wage, b[Now.TOTAL_RATE + i])
        index = fixed_amount_index(
            index_by_formula(amount, b[Now.TOTAL_RATE + i], wage), term_fixed_index, term_index_factor
        )
        accrual = term_accrual_full + term_accrual_proportion * fraction
        counted = term_minimum_full + term_minimum_proportion * fraction
        gain = accrual * pension_gained(
            index * b[Now.REFERENCE_WAGE + i], b[Now.REFERENCE_WAGE + i], b[Now.BENEFIT_BASE + i], term_accrual_rate,
            0.0, b[Life.DIVISOR + i], b[Work.VESTS + i],
        ) + 12.0 * amount * term_account_share / b[Life.DIVISOR + i]
        value = (
            b[Work.WORTH + i] * value_in_incomes(gain, b[Life.EXPECTED_MONTHS + i], b[Work.DISCOUNT + i], 12.0 * income)
            - burden_felt(
                b[Work.OWN_SHARE + i] * amount, income, weight_burden, weight_burden_squared
            ) - weight_fixed * (1.0 - counted) + weight_tier_scale * b[FIXED_SHOCK + i]
        )
        better = (value > b[Work.BEST_VALUE + i]) & (b[State.FIXED + i] < term_longest)
        b[Work.BEST + i] = float(TIERS) if better else b[Work.BEST + i]
        b[Work.BEST_VALUE + i] = value if better else b[Work.BEST_VALUE + i]


@scalar
def weigh_fee(j: int, b: Any, nation: Any, term: Any, beliefs: Any) -> None:
    """Keep fee ``j`` of the resident scheme where it is better than those before; its subsidy is part of its worth (F7)."""
    term_resident_minimum = term[Term.RESIDENT_MINIMUM]
    term_basic_per_year = term[Term.BASIC_PER_YEAR]
    term_resident_divisor = term[Term.RESIDENT_DIVISOR]
    weight_floor = beliefs[Coefficient.FLOOR]
    weight_burden = beliefs[Coefficient.BURDEN]
    weight_burden_squared = beliefs[Coefficient.BURDEN_SQUARED]
    weight_tier_scale = beliefs[Coefficient.TIER_SCALE]
    level = nation[NationRow.FEE_LEVEL]
    anchor = weight_floor if j == 0 else 0.0
    needed = term_resident_minimum / 12.0
    fee_row = Work.FEES + j * LANES
    subsidy_row = Work.FEES + (FEES + j) * LANES
    shock_row = FIRST_FEE_SHOCK + j * LANES
    for i in range(LANES):
        income = b[Work.INCOME + i]
        paid = b[State.RESIDENT_YEARS + i] + b[State.COUNTED + i] / 12.0
        right = b[Now.RESIDENT_BASIC + i] / needed if paid < needed else term_basic_per_year
        fee = b[fee_row + i] * level
        gain = right + (fee + b[subsidy_row + i] * level) / term_resident_divisor
        value = (
            b[Work.WORTH + i] * value_in_incomes(gain, b[Life.EXPECTED_MONTHS + i], b[Work.RESIDENT_DISCOUNT + i], 12.0 * income)
            - burden_felt(fee / 12.0, income, weight_burden, weight_burden_squared)
            + anchor + weight_tier_scale * b[shock_row + i]
        )
        better = value > b[Work.FEE_VALUE + i]
        b[Work.FEE_BEST + i] = float(j) if better else b[Work.FEE_BEST + i]
        b[Work.FEE_VALUE + i] = value if better else b[Work.FEE_VALUE + i]
        b[Work.CHOSEN_FEE + i] = b[fee_row + i] if better else b[Work.CHOSEN_FEE + i]
        b[Work.CHOSEN_SUBSIDY + i] = b[subsidy_row + i] if better else b[Work.CHOSEN_SUBSIDY + i]


@scalar
def choose_scheme(month: int, b: Any, tiers: Any, term: Any, beliefs: Any) -> None:
    """Choose among the employee scheme at its best tier, the resident scheme at its best fee, and none."""
    term_mandatory = term[Term.MANDATORY]
    term_portable = term[Term.PORTABLE]
    weight_employee = beliefs[Coefficient.EMPLOYEE]
    weight_employee_age = beliefs[Coefficient.EMPLOYEE_AGE]
    weight_employee_rural = beliefs[Coefficient.EMPLOYEE_RURAL]
    weight_employee_habit = beliefs[Coefficient.EMPLOYEE_HABIT]
    weight_wait = beliefs[Coefficient.WAIT]
    weight_enough = beliefs[Coefficient.ENOUGH]
    weight_move = beliefs[Coefficient.MOVE]
    weight_resident = beliefs[Coefficient.RESIDENT]
    weight_resident_age = beliefs[Coefficient.RESIDENT_AGE]
    weight_resident_rural = beliefs[Coefficient.RESIDENT_RURAL]
    weight_resident_habit = beliefs[Coefficient.RESIDENT_HABIT]
    weight_none_habit = beliefs[Coefficient.NONE_HABIT]
    mandatory = term_mandatory == 1.0
    for i in range(LANES):
        able = b[State.STATUS + i] == ACTIVE
        scheme = b[State.SCHEME + i]
        tier_before = b[State.TIER + i]
        fee_before = b[State.FEE + i]
        subsidy_before = b[State.FEE_SUBSIDY + i]
        best = b[Work.BEST + i]
        fee_best = b[Work.FEE_BEST + i]
        chosen_fee = b[Work.CHOSEN_FEE + i]
        chosen_subsidy = b[Work.CHOSEN_SUBSIDY + i]
        missing = b[Work.MISSING + i]
        spare = years_to_spare(b[Life.CLAIM + i] - float(month), missing)
        employee = b[Work.BEST_VALUE + i] + employee_constant(
            weight_employee, weight_employee_age, b[Work.AGE + i],
            weight_employee_rural, b[Work.RURAL + i], b[Life.TASTE_EMPLOYEE + i],
            weight_employee_habit, 1.0 if (scheme >= 2.0) & (b[State.PAID_LAST + i] == 1.0) else 0.0,
            weight_wait, spare, weight_enough, 1.0 if missing == 0.0 else 0.0,
            weight_move * (1.0 - term_portable), 1.0 if float(month) - b[State.MOVED + i] < 12.0 else 0.0,
        ) + b[SHOCK + 2 * LANES + i]
        resident = b[Work.FEE_VALUE + i] + resident_constant(
            weight_resident, weight_resident_age, b[Work.AGE + i],
            weight_resident_rural, b[Work.RURAL + i], b[Life.TASTE_RESIDENT + i],
            weight_resident_habit, 1.0 if scheme == 1.0 else 0.0,
        ) + b[SHOCK + LANES + i]
        none = weight_none_habit * (1.0 if scheme == 0.0 else 0.0) + b[SHOCK + i]
        none = -inf if mandatory else none
        joins = (employee >= resident) & (employee >= none)
        stays = (not joins) & (resident >= none)
        member = 3.0 if best == float(TIERS) else 2.0
        other = 1.0 if stays else 0.0
        other_tier = fee_best if stays else 0.0
        chosen = member if joins else other
        tier = best if joins else other_tier
        takes_fee = able & stays
        b[State.SCHEME + i] = chosen if able else scheme
        b[State.TIER + i] = tier if able else tier_before
        b[State.FEE + i] = chosen_fee if takes_fee else fee_before
        b[State.FEE_SUBSIDY + i] = chosen_subsidy if takes_fee else subsidy_before
        b[State.LEFT + i] = 1.0 if able & (scheme >= 2.0) & (chosen < 2.0) else 0.0
    for i in range(LANES):
        tier = int(b[State.TIER + i])
        by_tier = b[State.SCHEME + i] == 2.0
        b[State.RATIO + i] = tiers[tier if by_tier else 0]


@scalar
def set_rhythm(b: Any, term: Any) -> None:
    """Set the months of a payment: where someone's place falls among those on offer; a share of income is paid by month."""
    term_rhythm_month = term[Term.RHYTHM_MONTH]
    term_rhythm_quarter = term[Term.RHYTHM_QUARTER]
    term_rhythm_half = term[Term.RHYTHM_HALF]
    term_share_of_income = term[Term.SHARE_OF_INCOME]
    for i in range(LANES):
        share = b[Life.RHYTHM_SHARE + i]
        months = (
            1.0 if share < term_rhythm_month else 3.0 if share < term_rhythm_quarter
            else 6.0 if share < term_rhythm_half else 12.0
        )
        of_income = (term_share_of_income > 0.0) & (b[State.SCHEME + i] == 2.0) & (b[State.RATIO + i] == 0.0)
        b[State.RHYTHM + i] = 1.0 if of_income else months
        b[State.PERIOD_INCOME + i] = b[State.PERIOD_INCOME + i] if b[State.STATUS + i] == ACTIVE else 0.0
