"""Time on platforms, which no choice enters: how long people stay, how many days a year, how many are there in a month.

The monthly steps of life_steps.py are a Markov chain: someone is idle, employed, works flexibly off the platform, or has
been on it for so many months. Its stationary distribution and the paths from it give every figure exactly, without luck.
"""

from __future__ import annotations

import numpy as np

from lingbao.law.loader import read_yaml
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.simulation.behaviour import PLATFORMS, Behaviour
from lingbao.simulation.estimate import Floats
from lingbao.simulation.life_steps import hazard_of_leaving
from lingbao.simulation.schema import KINDS
from lingbao.simulation.targets import FILE

NEW_FORM = KINDS.index("new_form")
IDLE, EMPLOYED, OFF, ON = 0, 1, 2, 3
"""States; from ``ON`` on, the completed months on the platform, the last standing for all longer times."""
LONGEST = 12
STATES = ON + LONGEST + 1
HALF_YEAR = 6
FEW_DAYS, MANY_DAYS = 30.0, 260.0
YEARS_OF_RETENTION = (1, 5)


def platform_figures(behaviour: Behaviour) -> dict[str, float]:
    """Return the figures on riders and drivers of targets.yaml, by the name of their moment."""
    readings = {name: float(entry["value"]) for name, entry in read_yaml(FILE)["readings"].items()}
    riders, drivers = transitions(behaviour, "rider"), transitions(behaviour, "driver")
    days, share = days_of_year(riders, readings["days_of_a_full_month"])
    gap = int(readings["longest_gap_of_who_stays"])
    one, five = (retention(drivers, years * MONTHS_PER_YEAR, gap) for years in YEARS_OF_RETENTION)
    there = stationary(riders)[ON:]
    return {
        "rider_days_under_30": float(share[days < FEW_DAYS].sum()), "rider_days_260": float(share[days >= MANY_DAYS].sum()),
        "rider_days_30_259": float(share[(days >= FEW_DAYS) & (days < MANY_DAYS)].sum()),
        "rider_tenure_under_6_months": float(there[:HALF_YEAR].sum() / there.sum()),
        "driver_retention_1_year": one, "driver_retention_5_years": five,
        "driver_monthly_active": monthly_of_yearly(drivers),
    }


def transitions(behaviour: Behaviour, platform: str) -> Floats:
    """Return the probabilities of going from state to state in a month [STATES, STATES], for workers in new forms."""
    to_idle, to_job, back, leaves_job = (float(hazard) for hazard in behaviour.hazards[NEW_FORM])
    joins, *leaving = (float(hazard) for hazard in behaviour.platforms[PLATFORMS.index(platform)])
    made = np.zeros((STATES, STATES))
    for state in range(STATES):
        idle, job = (1.0 - back - to_job, to_job) if state == IDLE else (0.0, 1.0 - leaves_job) if state == EMPLOYED else (to_idle, to_job)
        flexible = 1.0 - idle - job
        made[state, IDLE] += idle
        made[state, EMPLOYED] += job
        if state < ON:
            made[state, ON] += flexible * joins
            made[state, OFF] += flexible * (1.0 - joins)
        else:
            leaves = hazard_of_leaving(float(state - ON), *leaving)
            made[state, min(state + 1, STATES - 1)] += flexible * (1.0 - leaves)
            made[state, OFF] += flexible * leaves
    return made


def stationary(chain: Floats) -> Floats:
    """Return the distribution over states that a month leaves as it is."""
    system = np.vstack([chain.T - np.eye(len(chain)), np.ones(len(chain))])
    return np.asarray(np.linalg.lstsq(system, np.append(np.zeros(len(chain)), 1.0), rcond=None)[0])


def monthly_of_yearly(chain: Floats) -> float:
    """Return those on the platform in a month over those on it at least once in a year."""
    start = stationary(chain)
    absent = np.where(np.arange(len(chain)) < ON, start, 0.0)
    for _ in range(MONTHS_PER_YEAR - 1):
        absent = absent @ chain
        absent[ON:] = 0.0
    return float(start[ON:].sum() / (1.0 - absent.sum()))


def days_of_year(chain: Floats, full_month: float) -> tuple[Floats, Floats]:
    """Return possible days on the platform in a year [days] and the share of those on it at all who have so many.

    The first month of a spell counts half.
    """
    halves = np.where(np.arange(len(chain)) < ON, 0, np.where(np.arange(len(chain)) == ON, 1, 2))
    most = 2 * MONTHS_PER_YEAR + 1
    made = np.zeros((len(chain), most))
    for state, share in enumerate(stationary(chain)):
        made[state, halves[state]] = share
    for _ in range(MONTHS_PER_YEAR - 1):
        moved = chain.T @ made
        made = np.array([np.roll(row, half) for row, half in zip(moved, halves, strict=True)])
    counts = made.sum(axis=0)
    return np.asarray(np.arange(1.0, most) * (full_month / 2.0), np.float64), np.asarray(counts[1:] / counts[1:].sum())


def retention(chain: Floats, after: int, longest_gap: int) -> float:
    """Return the share, of spells that begin, of people never away for longer than a gap in so many months."""
    made = np.zeros((longest_gap + 1, len(chain)))
    made[0, ON] = 1.0
    for _ in range(after):
        moved = made @ chain
        made = np.zeros_like(made)
        made[0, ON:] = moved[:, ON:].sum(axis=0)
        made[1:, :ON] = moved[:-1, :ON]
    return float(made.sum())


def assumptions(behaviour: Behaviour, people: float, working_age: float, volatility: float) -> dict[str, float]:
    """Return figures that are assumptions of the model, for the table of targets."""
    return {
        "flexible_workers": people, "share_of_working_age": people / working_age, "volatility": volatility,
        "present_bias": behaviour.number("present_bias"), "time_preference": behaviour.number("discount"),
    }
