"""The lives that every engine of the benchmark runs: varied, drawn once from a fixed seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lingbao.career.kernel import LAW_ROWS, LIFE_COLUMNS, PLACES, Law, Life
from lingbao.law.month import month
from lingbao.law.store import Law as Store

FIRST = month(2026, 1)
MONTHS = 360
PROVINCES = 31


@dataclass(frozen=True)
class Task:
    """What the kernel and its peers are given; see ``lingbao.career.kernel.lifetimes`` for the arrays."""

    first: int
    changes: np.ndarray
    table: np.ndarray
    crediting_rate: np.ndarray
    accrual_rate: float
    places: np.ndarray
    lives: np.ndarray

    @property
    def person_months(self) -> int:
        """Lives times months."""
        return len(self.lives) * len(self.table)


def task(count: int, seed: int = 20260101) -> Task:
    """Draw ``count`` lives of thirty years in 31 provinces.

    Wages are synthetic and grow at a rate of their own in each province; rates and ratios are those of the law.
    Every life has its own ratio, amount, start, end, interruption, claim, rhythm of payment and, one in ten, a move.
    """
    law = Store.load()
    drawn = np.random.default_rng(seed)
    year = np.arange(MONTHS) // 12
    wage = drawn.uniform(5000, 12000, PROVINCES) * (1 + drawn.uniform(0.02, 0.05, PROVINCES)) ** year[:, None]
    table = np.empty((MONTHS, LAW_ROWS, PROVINCES))
    table[:, Law.AVERAGE_WAGE] = wage.round(2)
    table[:, Law.FLOOR] = (wage * law.number("national.contribution.min_ratio")).round(2)
    table[:, Law.CAP] = (wage * law.number("national.contribution.max_ratio")).round(2)
    table[:, Law.TOTAL_RATE] = law.number("national.contribution.total_rate")
    table[:, Law.ACCOUNT_RATE] = law.number("national.contribution.account_rate")
    table[:, Law.REFERENCE_WAGE] = wage.round(2)
    table[:, Law.BENEFIT_BASE] = (wage * 1.05).round(2)

    lives = np.zeros((count, LIFE_COLUMNS))
    start = FIRST + drawn.integers(0, 60, count)
    claim = FIRST + drawn.integers(300, MONTHS, count)
    gap = drawn.integers(0, 61, count)
    lives[:, Life.RATIO] = drawn.uniform(0.3, 3.2, count)
    lives[:, Life.AMOUNT] = drawn.uniform(0, 500, count).round(2)
    lives[:, Life.PAY_FROM] = start
    lives[:, Life.PAY_UNTIL] = claim - drawn.integers(0, 30, count)
    lives[:, Life.GAP_FROM] = start + drawn.integers(0, 200, count)
    lives[:, Life.GAP_UNTIL] = lives[:, Life.GAP_FROM] + gap
    lives[:, Life.CLAIM] = claim
    lives[:, Life.RHYTHM] = drawn.choice([1.0, 3.0, 6.0, 12.0], count)
    lives[:, Life.MOVE] = np.where(drawn.random(count) < 0.1, FIRST + drawn.integers(12, 240, count), FIRST + 10 * MONTHS)
    lives[:, Life.ACCOUNT] = drawn.uniform(0, 50_000, count).round(2)
    lives[:, Life.MONTHS] = drawn.integers(0, 120, count)
    lives[:, Life.INDICES] = lives[:, Life.MONTHS] * drawn.uniform(0.6, 1.5, count)
    lives[:, Life.PAYOUT_MONTHS] = law.table("national.account.payout_months")[60]
    places = drawn.integers(0, PROVINCES, (count, PLACES)).astype(np.uint64)
    changes = np.arange(MONTHS) % 12 == 0
    return Task(
        first=FIRST, changes=changes, table=table,
        crediting_rate=np.repeat(drawn.uniform(0.015, 0.06, MONTHS // 12), 12),
        accrual_rate=float(law.number("national.benefit.accrual_rate")), places=places, lives=lives,
    )
