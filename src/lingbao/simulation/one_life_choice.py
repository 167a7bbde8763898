"""January's declaration of one life, step by step: what each choice is worth, and which is taken.

Part of the independent check of the block kernel, see :mod:`lingbao.simulation.one_life`.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

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
from lingbao.simulation.one_life_state import Life, Now, Shares
from lingbao.simulation.streams import Purpose

if TYPE_CHECKING:
    from lingbao.simulation.one_life import World

NONE, RESIDENT, EMPLOYEE, FIXED = 0, 1, 2, 3
MALE = 0
RURAL = (1, 3)
LEAST_MONTHLY_INCOME = 100.0
A_YEAR = 12


def declare(life: Life, now: Now, world: World) -> None:
    """Choose scheme, tier or fee, and rhythm for the year."""
    life.shares = shares_borne(life, now)
    before = life.scheme
    income = max(life.last_income, LEAST_MONTHLY_INCOME)
    beliefs = world.beliefs
    worth = beliefs.worth + beliefs.worth_knowledge * life.start.knowledge + beliefs.worth_self * life.start.self_reliant
    tier, tier_value = best_tier(life, now, world, income, worth)
    fee, fee_value = best_fee(life, now, world, income, worth)
    none_word, resident_word, employee_word, _ = life.luck.words(now.month, Purpose.SCHEMES)
    employee = tier_value + employee_bent(life, now, world) + life.luck.gumbel(employee_word)
    resident = fee_value + resident_bent(life, now, world) + life.luck.gumbel(resident_word)
    none = beliefs.none_habit * (1.0 if before == NONE else 0.0) + life.luck.gumbel(none_word)
    if now.term.mandatory == 1.0:
        none = -inf
    best = max(employee, resident, none)
    if employee == best:
        life.scheme = FIXED if tier is None else EMPLOYEE
        life.tier = len(world.tiers) if tier is None else tier
        life.ratio = 0.0 if tier is None else world.tiers[tier]
    elif resident == best:
        life.scheme, life.tier = RESIDENT, fee
        life.fee = world.fees[life.here][fee]
    else:
        life.scheme, life.tier = NONE, 0
    if before >= EMPLOYEE and life.scheme < EMPLOYEE:
        life.left = True
    life.rhythm = rhythm(life, now)


def shares_borne(life: Life, now: Now) -> Shares:
    """Return which part of a payment others bear this year, before limits on how long."""
    term, age = now.term, now.month - life.start.birth
    hard_from = term.hard_age_male if life.start.sex == MALE else term.hard_age_female
    poor = life.last_income < term.income_below * now.law.wage
    return Shares(
        hard=term.hard_share if life.certified and age >= hard_from else 0.0,
        youth=term.youth_share if age < term.youth_age else 0.0,
        state=term.state_share if poor else 0.0,
        province=term.province_share if poor else 0.0,
        platform=term.platform_share if poor and life.platform == 1.0 else 0.0,
    )


def rhythm(life: Life, now: Now) -> int:
    """Return the months between payments; contributions as a share of income fall due every month."""
    term = now.term
    if life.scheme == EMPLOYEE and life.ratio == 0.0 and term.share_of_income > 0.0:
        return 1
    for months, end in ((1, term.rhythm_month), (3, term.rhythm_quarter), (6, term.rhythm_half)):
        if life.rhythm_share < end:
            return months
    return A_YEAR


def employee_bent(life: Life, now: Now, world: World) -> float:
    """Return what the employee scheme is worth to a person whatever the tier."""
    beliefs = world.beliefs
    missing = max(life.start.minimum - life.counted, 0.0)
    return employee_constant(
        beliefs.employee, beliefs.employee_age, age_in_years(life, now), beliefs.employee_rural, is_rural(life),
        life.taste_employee, beliefs.employee_habit, 1.0 if life.scheme >= EMPLOYEE and life.paid_last else 0.0, beliefs.wait,
        years_to_spare(life.start.claim - now.month, missing), beliefs.enough, 1.0 if missing == 0.0 else 0.0,
        beliefs.move * (1.0 - now.term.portable), 1.0 if life.moved < A_YEAR else 0.0,
    )


def resident_bent(life: Life, now: Now, world: World) -> float:
    """Return what the resident scheme is worth to a person whatever the fee."""
    beliefs = world.beliefs
    return resident_constant(
        beliefs.resident, beliefs.resident_age, age_in_years(life, now), beliefs.resident_rural, is_rural(life),
        life.taste_resident, beliefs.resident_habit, 1.0 if life.scheme == RESIDENT else 0.0,
    )


def age_in_years(life: Life, now: Now) -> float:
    """Return the age [years]."""
    return float((now.month - life.start.birth) / 12.0)


def is_rural(life: Life) -> float:
    """Return 1 for a rural registration."""
    return 1.0 if life.start.residence in RURAL else 0.0


def discount(until: float, world: World) -> float:
    """Return what a yuan after so many months is felt to be worth now."""
    years = max(int(until / 12.0), 0)
    return float(world.beliefs.present_bias * world.discounts[min(years, len(world.discounts) - 1)])


def best_tier(life: Life, now: Now, world: World, income: float, worth: float) -> tuple[int | None, float]:
    """Return the best tier of the employee scheme, None for the fixed amount, and its value."""
    law, term, beliefs = now.law, now.term, world.beliefs
    first, second = life.luck.words(now.month, Purpose.TIERS), life.luck.words(now.month, Purpose.MORE_TIERS)
    fixed_word, last, _, _ = life.luck.words(now.month, Purpose.NEW_FORMS)
    felt_later = discount(life.start.claim - now.month, world)
    can_reach = life.counted + life.start.claim - now.month + term.extension
    vests = 1.0 if can_reach >= life.start.minimum else 0.0
    lowest = lowest_base(
        law.wage, law.floor, law.cap, income, term.own_income, term.least_ratio, term.most_ratio, law.survey_wage,
        life.floor_ratio * term.surveyed,
    )
    account_rate = term.after_rate if life.counted >= term.after_months else law.account_rate
    shares = life.shares
    borne = min(shares.hard + shares.youth + shares.state + shares.province + shares.platform, 1.0)
    lent = term.loan_share if life.start.claim - now.month <= term.loan_months else 0.0
    own = (1.0 - borne) * (1.0 - lent)

    def value(gain: float, payment: float) -> float:
        return worth * value_in_incomes(gain, life.expected_months, felt_later, 12.0 * income) - burden_felt(
            payment, income, beliefs.burden, beliefs.burden_squared)

    best: tuple[int | None, float] = (0, -inf)
    for number, (tier, word) in enumerate(zip(world.tiers, (*first, *second, last), strict=True)):
        if number == 0:
            base = min(lowest, law.cap)
            if term.share_of_income > 0.0:
                base = min(term.share_of_income * income / law.total_rate, law.cap)
        elif tier * law.wage > lowest:
            base = min(tier * law.wage, law.cap)
        else:
            continue
        gain = pension_gained(
            base, law.reference_wage, law.benefit_base, term.accrual_rate, base * account_rate, life.divisor, vests)
        liked = value(gain, own * base * law.total_rate) + (beliefs.floor if number == 0 else 0.0)
        liked = liked + beliefs.tier_scale * life.luck.gumbel(word)
        if liked > best[1]:
            best = number, liked
    if term.fixed == 1.0 and life.fixed < term.longest:
        gain, amount, counted = fixed_amount_gain(life, now, vests)
        liked = value(gain, own * amount) - beliefs.fixed * (1.0 - counted)
        liked = liked + beliefs.tier_scale * life.luck.gumbel(fixed_word)
        if liked > best[1]:
            best = None, liked
    return best


def fixed_amount_gain(life: Life, now: Now, vests: float) -> tuple[float, float, float]:
    """Return what a year by fixed amount adds to the pension, the amount, and how a month counts toward the minimum."""
    law, term = now.law, now.term
    amount = fixed_amount(term.amount * now.nation.amount_level, term.wage_share, law.wage)
    fraction = counted_fraction(amount, law.wage, law.total_rate)
    index = fixed_amount_index(index_by_formula(amount, law.total_rate, law.wage), term.fixed_index, term.index_factor)
    for_a_full_year = pension_gained(
        index * law.reference_wage, law.reference_wage, law.benefit_base, term.accrual_rate, 0.0, life.divisor, vests)
    gain = (term.accrual_full + term.accrual_proportion * fraction) * for_a_full_year
    gain = gain + 12.0 * amount * term.account_share / life.divisor
    return gain, amount, term.minimum_full + term.minimum_proportion * fraction


def best_fee(life: Life, now: Now, world: World, income: float, worth: float) -> tuple[int, float]:
    """Return the best fee of the resident scheme and its value, with the subsidy that comes with it."""
    law, term, beliefs = now.law, now.term, world.beliefs
    words = life.luck.words(now.month, Purpose.FEES)
    felt_later = discount(life.start.resident_claim - now.month, world)
    needed = term.resident_minimum / 12.0
    years = life.resident_years + life.counted / 12.0
    yearly_right = law.resident_basic / needed if years < needed else term.basic_per_year
    offers: list[tuple[Any, Any]] = list(zip(world.fees[life.here], world.subsidies[life.here], strict=True))
    best = (0, -inf)
    for number, (fee, subsidy) in enumerate(offers):
        paid, added = fee * now.nation.fee_level, subsidy * now.nation.fee_level
        gain = yearly_right + (paid + added) / term.resident_divisor
        liked = worth * value_in_incomes(gain, life.expected_months, felt_later, 12.0 * income)
        liked = liked - burden_felt(paid / 12.0, income, beliefs.burden, beliefs.burden_squared)
        liked = liked + (beliefs.floor if number == 0 else 0.0)
        liked = liked + beliefs.tier_scale * life.luck.gumbel(words[number])
        if liked > best[1]:
            best = number, liked
    return best
