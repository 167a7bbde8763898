"""What someone wants to pay: random utility over schemes and tiers once a year, and over paying at each payment date.

Value is measured in yearly incomes, so that one set of coefficients serves rich and poor. With s for the three schemes,
j for the tiers of the employee scheme and the fees of the resident scheme,

    U(s) = a_s + taste_s + state_s + max_j [ worth · value_j − burden_j + λ ε_j ] + ε_s

with ε of the extreme-value kind. A person's own taste is drawn once, ε_s and ε_j every year. The small weight λ keeps
close substitutes close: an eighth tier, or a fixed amount, does not attract people merely by being one more choice.
See docs/methods/behaviour.md.
"""

from __future__ import annotations

from lingbao.law.rule import scalar
from lingbao.law.rules.contribution import base_in_bounds


@scalar
def pension_gained(
    base: float, reference_wage: float, benefit_base: float, accrual_rate: float, credit: float, divisor: float, vests: float
) -> float:
    """Return the monthly pension that one more year on a base brings, as one would reckon it today [yuan/month].

    g = v · B (1 + base/W) / 2 · accrual + 12 · credit / divisor

    Parameters
    ----------
    base, reference_wage, benefit_base : float
        Contribution base, average wage W, benefit base B [yuan/month].
    accrual_rate : float
        Share of the base for a year.
    credit : float
        What a month adds to the account [yuan].
    divisor : float
        Payout months one expects.
    vests : float
        1 who can still reach the minimum years, else 0: then only the account is worth anything.
    """
    return vests * benefit_base * (1.0 + base / reference_wage) / 2.0 * accrual_rate + 12.0 * credit / divisor


@scalar
def value_in_incomes(pension: float, expected_months: float, discount: float, yearly_income: float) -> float:
    """Return the perceived worth of a monthly pension, in yearly incomes: pension × months drawn × discount / income."""
    return pension * expected_months * discount / yearly_income


@scalar
def burden_felt(payment: float, income: float, weight: float, weight_squared: float) -> float:
    """Return what paying hurts: b · r + b₂ · r², with r the payment over income, both a month [yuan]."""
    share = payment / income
    return weight * share + weight_squared * share * share


@scalar
def years_to_spare(months_left: float, months_needed: float) -> float:
    """Return the years one may still wait and reach the minimum by the statutory month; 0 when it is reached.

    Whoever looks only at the minimum joins "fifteen years before": while there is time to spare nothing is lost by
    waiting, and the urge to join comes when it runs out.
    """
    spare = max(months_left - months_needed, 0.0) / 12.0
    return spare if months_needed > 0.0 else 0.0


@scalar
def employee_constant(
    constant: float, age_weight: float, age_years: float, rural_weight: float, rural: float, taste: float,
    habit: float, member: float, wait_weight: float, spare: float, enough_weight: float, complete: float,
    move_weight: float, moved: float,
) -> float:
    """Return what the employee scheme is worth whatever the tier.

    a + b_age (age − 40)/10 − b_rural · rural + taste + b_habit · member − b_wait · spare/10 − b_enough · complete − b_move · moved

    ``spare`` are the years to spare [years], ``complete`` is 1 who has the minimum already, ``moved`` 1 who moved to
    another province within the year; weights are coefficients.
    """
    return (
        constant + age_weight * (age_years - 40.0) / 10.0 - rural_weight * rural + taste + habit * member
        - wait_weight * spare / 10.0 - enough_weight * complete - move_weight * moved
    )


@scalar
def resident_constant(
    constant: float, age_weight: float, age_years: float, rural_weight: float, rural: float, taste: float,
    habit: float, member: float,
) -> float:
    """Return what the resident scheme is worth whatever the fee: a + b_age (age − 40)/10 + b_rural + taste + habit."""
    return constant + age_weight * (age_years - 40.0) / 10.0 + rural_weight * rural + taste + habit * member


@scalar
def lowest_base(
    wage: float, floor: float, cap: float, income: float, own_income: float, least_ratio: float, most_ratio: float,
    survey_wage: float, floor_ratio: float,
) -> float:
    """Return the lowest base open to a person [yuan/month].

    The floor in force; or, under differential bases (B3, B4), the own income within ratios of the wage; or, under bases
    from surveys (N7), the industry's ratio of the wage of the survey.
    """
    own = base_in_bounds(income, least_ratio * wage, min(most_ratio * wage, cap))
    surveyed = min(floor_ratio * survey_wage, cap)
    return own if own_income == 1.0 else surveyed if floor_ratio > 0.0 else floor


@scalar
def pays_now(
    constant: float, burden_weight: float, idle_weight: float, habit_weight: float, move_weight: float, payment: float,
    period_income: float, idle: float, paid_last: float, moved: float, shock: float,
) -> bool:
    """Whether a payment that is due is made: a − b r − b_idle · idle + b_habit · paid last − b_move · moved + ε > 0.

    Parameters
    ----------
    payment, period_income : float
        What is due, and the income since the last payment date [yuan]; r is their ratio, at most 3.
    idle, paid_last, moved : float
        1 who has no work this month, who made the last payment, who moved within the year.
    shock : float
        Logistic.
    """
    share = min(payment / max(period_income, 1.0), 3.0)
    felt = constant - burden_weight * share - idle_weight * idle + habit_weight * paid_last - move_weight * moved
    return felt + shock > 0.0
