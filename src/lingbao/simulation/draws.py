"""The streams as the simulation kernel reads them: four words a look-up, many people at once.

The words are those of :func:`lingbao.simulation.streams.philox` for the counter (person, month, purpose); this module
only states the same ten rounds so that the compiler works on a block of people in step. Shocks come from tables of
:data:`CELLS` equally likely values, the quantiles at the middle of each cell, so that a month needs no logarithm:
a normal shock has the variance 0.997 and no value beyond 3.3; see docs/methods/random-streams.md.
"""

from __future__ import annotations

from functools import lru_cache
from math import log

import numpy as np
import numpy.typing as npt
from numba import njit

from lingbao.simulation.streams import normal_quantile

CELLS = 1024
SHIFT = 22
"""A word has 32 bits; its highest ten name the cell."""

TO_SHARE = 1.0 / 4294967296.0

_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_FIRST_MULTIPLIER = np.uint64(0xD2511F53)
_SECOND_MULTIPLIER = np.uint64(0xCD9E8D57)
_FIRST_STEP = np.uint64(0x9E3779B9)
_SECOND_STEP = np.uint64(0xBB67AE85)


@njit(error_model="numpy", inline="always")
def _round(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    first = _FIRST_MULTIPLIER * (c0 & _MASK)
    second = _SECOND_MULTIPLIER * (c2 & _MASK)
    return (second >> _HALF) ^ (c1 & _MASK) ^ k0, second, (first >> _HALF) ^ (c3 & _MASK) ^ k1, first


@njit(error_model="numpy", inline="always")
def four_words(person, month, purpose, seed):  # type: ignore[no-untyped-def]
    """Return the four words of Philox-4x32-10, each below 2**32, as uint64; all arguments are uint64.

    The rounds are written out because a loop over them would keep the compiler from working on several people.
    """
    c0, c1, c2, c3 = person & _MASK, person >> _HALF, month, purpose
    k0, k1 = seed & _MASK, seed >> _HALF
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    k0, k1 = (k0 + _FIRST_STEP) & _MASK, (k1 + _SECOND_STEP) & _MASK
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    return c0 & _MASK, c1 & _MASK, c2 & _MASK, c3 & _MASK


@lru_cache(maxsize=1)
def shock_tables() -> npt.NDArray[np.float64]:
    """Return the quantile tables, one row a distribution: standard normal, Gumbel, logistic; columns are cells."""
    middle = (np.arange(CELLS) + 0.5) / CELLS
    tables = np.array([
        [normal_quantile(float(p)) for p in middle],
        [-log(-log(float(p))) for p in middle],
        [log(float(p) / (1.0 - float(p))) for p in middle],
    ])
    tables.setflags(write=False)
    return tables


NORMAL, GUMBEL, LOGISTIC = 0, 1, 2
"""Rows of :func:`shock_tables`."""
