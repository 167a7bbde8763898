"""A month of work: spells, time on a platform, income; the text that the block kernel and the walk of one life share.

Hazards are monthly probabilities. Work is 0 flexible, 1 idle, 2 employed by a firm that pays the employee scheme.
"""

from __future__ import annotations

from math import inf

from lingbao.law.rule import scalar

LEAST_SHARE = 0.05
"""A month's income is never below this share of its mean: a normal deviation would let it go below nothing."""


@scalar
def work_after(
    works: float, luck: float, to_idle: float, to_employment: float, back: float, leaves_employment: float
) -> float:
    """Return what someone does after a month.

    Parameters
    ----------
    works : float
        Work in the month before: 0 flexible, 1 idle, 2 employed.
    luck : float
        Evenly spread over (0, 1).
    to_idle, to_employment, back, leaves_employment : float
        Hazards: flexible to idle; flexible or idle to employed; idle to flexible; employed to flexible.
    """
    from_flexible = 1.0 if luck < to_idle else 2.0 if luck < to_idle + to_employment else 0.0
    from_idle = 0.0 if luck < back else 2.0 if luck < back + to_employment else 1.0
    from_employment = 0.0 if luck < leaves_employment else 2.0
    return from_flexible if works == 0.0 else from_idle if works == 1.0 else from_employment


@scalar
def hazard_of_leaving(tenure: float, first: float, second: float, third: float, later: float) -> float:
    """Return the hazard of leaving a platform, by completed months on it: under 2, under 6, under 12, longer (F9)."""
    return first if tenure < 2.0 else second if tenure < 6.0 else third if tenure < 12.0 else later


@scalar
def on_platform_after(on_platform: float, works: float, luck: float, leaves: float, joins: float) -> float:
    """Return 1 who works on a platform this month, else 0; nobody does who is idle or employed."""
    stays = 0.0 if luck < leaves else 1.0
    enters = 1.0 if luck < joins else 0.0
    return (stays if on_platform == 1.0 else enters) if works == 0.0 else 0.0


@scalar
def deviation_after(deviation: float, shock: float, persistence: float, innovation: float) -> float:
    """Return the deviation of income, d' = ρ d + √(1−ρ²) ε, of variance one."""
    return persistence * deviation + innovation * shock


@scalar
def income_of_month(
    mean: float, level: float, season: float, volatility: float, deviation: float, works: float, premium: float
) -> float:
    """Return the income of a month [yuan].

    y = m · level · season · max(1 + σ d, 0.05) when working flexibly, m · level · premium when employed, 0 when idle.

    Parameters
    ----------
    mean : float
        The person's mean monthly income while working flexibly, at the start [yuan].
    level, season : float
        Growth of flexible income since the start, and the season's factor.
    volatility, deviation : float
        Standard deviation as a share of the mean, and the deviation of the month in such units.
    works : float
        0 flexible, 1 idle, 2 employed.
    premium : float
        Pay in employment over flexible income.
    """
    flexible = mean * level * season * max(1.0 + volatility * deviation, LEAST_SHARE)
    return flexible if works == 0.0 else mean * level * premium if works == 2.0 else 0.0


@scalar
def dies_in(luck: float, probability: float, january: float) -> float:
    """Return the month of death in the year that begins in ``january``, or infinity.

    One number decides both: below the year's probability it is again evenly spread, which gives the month.
    """
    month = january + min(float(int(12.0 * luck / max(probability, 1e-12))), 11.0)
    return month if luck < probability else inf


@scalar
def band_of(age_months: float, second: float, third: float, fourth: float, last: float) -> int:
    """Return the number of the age band; bounds in years."""
    years = age_months / 12.0
    return (
        (1 if years >= second else 0) + (1 if years >= third else 0)
        + (1 if years >= fourth else 0) + (1 if years >= last else 0)
    )
