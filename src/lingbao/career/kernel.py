"""Many lives at once: the month loop outside, a block of lives inside, so that the text of a month becomes SIMD code.

Nothing of size lives × months is ever held unless paths are asked for. A block keeps its state in one small array
(one base address, so that the compiler can prove that rows do not overlap) and gathers the law of its provinces only
in the months in which the law changes.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt
from numba import prange

from lingbao.career.lifetime import (
    account_at_claim,
    account_at_year_end,
    month_of_life,
    months_earning,
    pays_in,
)
from lingbao.law.compile import kernel
from lingbao.law.rule import scalar
from lingbao.law.rules.benefit import account_pension, basic_pension
from lingbao.law.rules.contribution import posting_month
from lingbao.law.rules.index import mean_index

LANES = 64


class Life(IntEnum):
    """Columns of the array of lives."""

    RATIO = 0          # declared base as a share of the average wage
    AMOUNT = 1         # plus a fixed declared base [yuan/month]
    PAY_FROM = 2
    PAY_UNTIL = 3
    GAP_FROM = 4
    GAP_UNTIL = 5
    CLAIM = 6
    RHYTHM = 7         # months a payment covers: 1, 3, 6, 12
    MOVE = 8           # month from which the second place of payment holds
    ACCOUNT = 9        # opening state, see lifetime
    CREDITED = 10
    PRODUCT = 11
    INDICES = 12
    MONTHS = 13
    DEEMED = 14        # deemed months, counted in the basic pension
    PAYOUT_MONTHS = 15


class Law(IntEnum):
    """Rows of the monthly table of the law, each by province."""

    AVERAGE_WAGE = 0
    FLOOR = 1
    CAP = 2
    TOTAL_RATE = 3
    ACCOUNT_RATE = 4
    REFERENCE_WAGE = 5
    BENEFIT_BASE = 6


class State(IntEnum):
    """Rows of the state of a block, see lifetime."""

    ACCOUNT = 0
    CREDITED = 1
    PRODUCT = 2
    INDICES = 3
    MONTHS = 4
    PAID = 5
    PAYMENT = 6        # payment of the month
    SETTLED = 7        # account at the claim


class Result(IntEnum):
    """Columns of the results."""

    ACCOUNT = 0
    INDICES = 1
    MONTHS = 2
    PAID = 3
    BASIC = 4
    ACCOUNT_PENSION = 5


LIFE_COLUMNS = len(Life)
LAW_ROWS = len(Law)
STATE_ROWS = len(State)
PLACES = 3
PAID_WHERE_ONE_PAYS = 5  # the first rows of Law follow the place of payment


@scalar
def next_after(months: npt.NDArray[np.float64], width: int, month: float) -> float:
    """The earliest of the first ``width`` months that lies after ``month``, or infinity."""
    earliest = np.inf
    for i in range(width):
        earliest = min(earliest, months[i] if months[i] > month else np.inf)
    return earliest


@kernel(parallel=True)
def lifetimes(
    first: int, changes: npt.NDArray[np.bool_], table: npt.NDArray[np.float64],
    crediting_rate: npt.NDArray[np.float64], accrual_rate: float,
    places: npt.NDArray[np.uint64], lives: npt.NDArray[np.float64], results: npt.NDArray[np.float64],
    paths: npt.NDArray[np.float64],
) -> None:
    """Run working lives under the national rules.

    Parameters
    ----------
    first : int
        Month of the first row of ``table``.
    changes : bool array, shape (T,)
        Whether the law of any province differs from the month before; true in the first month.
    table : float64 array, shape (T, len(Law), P)
        The law by month and province [yuan/month, fractions].
    crediting_rate : float64 array, shape (T,)
        Yearly crediting rate (记账利率).
    accrual_rate : float
        Share of the base per contribution year.
    places : uint64 array, shape (n, 3)
        Column of ``table``: place of payment before the move, after it, place of benefit.
    lives : float64 array, shape (n, len(Life))
    results : float64 array, shape (n, len(Result))
        Filled; zero where a life does not claim within the table.
    paths : float64 array, shape (n, T) or (n, 0)
        Filled with the payment of each month [yuan], if it has columns.
    """
    lives_count = lives.shape[0]
    month_count = table.shape[0]
    keep_paths = paths.shape[1] == month_count
    for block in prange((lives_count + LANES - 1) // LANES):
        low = block * LANES
        width = min(LANES, lives_count - low)
        life = np.zeros((LIFE_COLUMNS, LANES))
        place = np.zeros((PLACES, LANES), np.uint64)
        law = np.zeros((LAW_ROWS, LANES))
        state = np.zeros((STATE_ROWS, LANES))
        life[Life.RHYTHM, :] = 1.0
        for i in range(width):
            for q in range(LIFE_COLUMNS):
                life[q, i] = lives[low + i, q]
            for q in range(PLACES):
                place[q, i] = places[low + i, q]
            state[State.ACCOUNT, i] = life[Life.ACCOUNT, i]
            state[State.CREDITED, i] = life[Life.CREDITED, i]
            state[State.PRODUCT, i] = life[Life.PRODUCT, i]
            state[State.INDICES, i] = life[Life.INDICES, i]
            state[State.MONTHS, i] = life[Life.MONTHS, i]
        next_claim = next_after(life[Life.CLAIM], width, float(first) - 1.0)
        next_move = next_after(life[Life.MOVE], width, float(first) - 1.0)
        for t in range(month_count):
            month = float(first + t)
            month_of_year = float((first + t) % 12 + 1)
            quarter = month_of_year + float(posting_month(first + t, 3) - (first + t))
            half = month_of_year + float(posting_month(first + t, 6) - (first + t))
            yearly = month_of_year + float(posting_month(first + t, 12) - (first + t))
            interest = crediting_rate[t]
            if changes[t] or month == next_move:
                next_move = next_after(life[Life.MOVE], width, month)
                for i in range(LANES):
                    here = place[1, i] if month >= life[Life.MOVE, i] else place[0, i]
                    for q in range(PAID_WHERE_ONE_PAYS):
                        law[q, i] = table[t, q, here]
                    law[Law.REFERENCE_WAGE, i] = table[t, Law.REFERENCE_WAGE, place[2, i]]
            for i in range(LANES):
                pays = pays_in(
                    month, life[Life.PAY_FROM, i], life[Life.PAY_UNTIL, i], life[Life.GAP_FROM, i],
                    life[Life.GAP_UNTIL, i],
                )
                rhythm = life[Life.RHYTHM, i]
                posted = yearly if rhythm == 12.0 else half if rhythm == 6.0 else quarter if rhythm == 3.0 else month_of_year
                earning = months_earning(month, month_of_year, posted, life[Life.CLAIM, i])
                declared = life[Life.RATIO, i] * law[Law.AVERAGE_WAGE, i] + life[Life.AMOUNT, i]
                (
                    state[State.CREDITED, i], state[State.PRODUCT, i], state[State.INDICES, i],
                    state[State.MONTHS, i], state[State.PAID, i], state[State.PAYMENT, i],
                ) = month_of_life(
                    pays, declared, law[Law.FLOOR, i], law[Law.CAP, i], law[Law.TOTAL_RATE, i],
                    law[Law.ACCOUNT_RATE, i], law[Law.REFERENCE_WAGE, i], earning,
                    state[State.CREDITED, i], state[State.PRODUCT, i], state[State.INDICES, i],
                    state[State.MONTHS, i], state[State.PAID, i],
                )
            if month == next_claim:
                next_claim = next_after(life[Life.CLAIM], width, month)
                for i in range(LANES):
                    settled = account_at_claim(
                        state[State.ACCOUNT, i], state[State.CREDITED, i], state[State.PRODUCT, i], interest,
                        month_of_year,
                    )
                    state[State.SETTLED, i] = settled if life[Life.CLAIM, i] == month else state[State.SETTLED, i]
            if month_of_year == 12.0:
                for i in range(LANES):
                    state[State.ACCOUNT, i] = account_at_year_end(
                        state[State.ACCOUNT, i], state[State.CREDITED, i], state[State.PRODUCT, i], interest
                    )
                    state[State.CREDITED, i] = 0.0
                    state[State.PRODUCT, i] = 0.0
            if keep_paths:
                for i in range(width):
                    paths[low + i, t] = state[State.PAYMENT, i]
        for i in range(width):
            results[low + i, Result.ACCOUNT] = state[State.SETTLED, i]
            results[low + i, Result.INDICES] = state[State.INDICES, i]
            results[low + i, Result.MONTHS] = state[State.MONTHS, i]
            results[low + i, Result.PAID] = state[State.PAID, i]
            claim = int(life[Life.CLAIM, i]) - first
            if claim >= 0 and claim < month_count and state[State.MONTHS, i] > 0.0:
                results[low + i, Result.BASIC] = basic_pension(
                    table[claim, Law.BENEFIT_BASE, place[2, i]], mean_index(state[State.INDICES, i], state[State.MONTHS, i]),
                    state[State.MONTHS, i] + life[Life.DEEMED, i], accrual_rate,
                )
                results[low + i, Result.ACCOUNT_PENSION] = account_pension(
                    state[State.SETTLED, i], life[Life.PAYOUT_MONTHS, i]
                )
