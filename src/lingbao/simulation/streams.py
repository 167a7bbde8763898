"""Which luck belongs to whom: random numbers that are a pure function of (seed, person, month, purpose).

There is no generator with a state. A number is looked up, as if in an endless table, by four keys; so the same person
draws the same luck under every reform, and no result depends on threads, chunks or the order of work.

The table is Philox-4x32 with ten rounds [1]_; normal numbers come from it by the inverse of the normal distribution,
algorithm AS 241 [2]_, which gives about sixteen correct digits.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011,
   doi:10.1145/2063384.2063405.
.. [2] M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (3),
   1988, pp. 477-484, doi:10.2307/2347330.
"""

from __future__ import annotations

from enum import IntEnum
from math import erfc, log, sqrt
from typing import Any

import numpy as np

from lingbao.law.compile import kernel
from lingbao.law.errors import InputError
from lingbao.law.rule import scalar

LARGEST_KEY = 2**63 - 1
LARGEST_WORD = 2**32 - 1
NO_MONTH = 0
"""The month of draws that are made once in a life."""
QUANTILE_INSIDE = 0.425
"""Distance from a half within which the normal quantile needs no logarithm."""


class Purpose(IntEnum):
    """What a draw is for; numbers are never reused, so that an old run can be repeated."""

    SEX = 1
    AGE = 2
    SCHOOLING = 3
    RESIDENCE = 4
    KIND = 5
    WORK_PROVINCE = 6
    LEAVES_PROVINCE = 7
    HOME_PROVINCE = 8
    INCOME = 9
    VOLATILITY = 10
    SCHEME = 11
    PAID_BEFORE = 12
    DENSITY = 13
    INDEX = 14
    RESIDENT_YEARS = 15
    KNOWLEDGE = 16
    OLD_AGE_VIEW = 17
    TASTES = 18            # from here on four words a look-up: tastes of a life
    START = 19             # state at the start: work, tenure, certificate, platform
    MONTH = 20             # income, work, platform, payment
    YEAR = 21              # death, move, destination, month of the move
    SCHEMES = 22           # shocks of the three schemes
    TIERS = 23             # shocks of the tiers, first four
    MORE_TIERS = 24        # next four
    FEES = 25              # shocks of the resident fees
    NEW_FORMS = 26         # shock of a fixed amount
    ENTRY = 27             # month in which someone enters flexible work


@scalar
def high_word(multiplier: int, word: int) -> int:
    """Upper 32 bits of the product of two 32-bit words; no step leaves 63 bits, so signed integers suffice."""
    upper = multiplier * (word >> 16)
    lower = multiplier * (word & 0xFFFF)
    return (upper + (lower >> 16)) >> 16


@scalar
def low_word(multiplier: int, word: int) -> int:
    """Lower 32 bits of the product of two 32-bit words."""
    upper = (multiplier * (word >> 16)) & 0xFFFF
    return ((upper << 16) + multiplier * (word & 0xFFFF)) & 0xFFFFFFFF


@scalar
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Philox-4x32-10: four random 32-bit words for a counter of four words and a key of two.

    Parameters
    ----------
    c0, c1, c2, c3 : int
        Counter, each 0 to 2**32 - 1.
    k0, k1 : int
        Key, each 0 to 2**32 - 1.

    Returns
    -------
    tuple of int
        Four words, each 0 to 2**32 - 1.
    """
    for _ in range(10):
        n0 = high_word(0xCD9E8D57, c2) ^ c1 ^ k0
        n1 = low_word(0xCD9E8D57, c2)
        n2 = high_word(0xD2511F53, c0) ^ c3 ^ k1
        n3 = low_word(0xD2511F53, c0)
        c0, c1, c2, c3 = n0, n1, n2, n3
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


@scalar
def uniform(seed: int, person: int, month: int, purpose: int) -> float:
    """Random number evenly spread over (0, 1), neither end included, on a grid of 2**52 points.

    Parameters
    ----------
    seed : int
        Names the run, 0 to 2**63 - 1.
    person : int
        Number of the person, 0 to 2**63 - 1.
    month : int
        Month integer, or :data:`NO_MONTH` for what is drawn once in a life.
    purpose : int
        A :class:`Purpose`.
    """
    first, second, _, _ = philox(person & 0xFFFFFFFF, person >> 32, month, purpose, seed & 0xFFFFFFFF, seed >> 32)
    return ((first << 20 | second >> 12) + 0.5) / 4503599627370496.0


@scalar
def normal_quantile_inside(p: float) -> float:
    """Return what :func:`normal_quantile` does where ``p`` is no further than `QUANTILE_INSIDE` from a half, without a branch."""
    q = p - 0.5
    r = 0.180625 - q * q
    top = (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
              + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608)
    bottom = (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                 + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
               + 42.313330701600911252) * r + 1.0)
    return q * top / bottom


@scalar
def normal_quantile(p: float) -> float:
    """Return x such that a standard normal number lies below x with probability ``p``, 0 < p < 1 (AS 241, PPND16)."""
    q = p - 0.5
    if abs(q) <= QUANTILE_INSIDE:
        return normal_quantile_inside(p)
    r = sqrt(-log(p if q < 0.0 else 1.0 - p))
    if r <= 5.0:
        r = r - 1.6
        top = (((((((0.00077454501427834140764 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                  + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
                + 4.6303378461565452959) * r + 1.42343711074968357734)
        bottom = (((((((1.05075007164441684324e-9 * r + 0.0005475938084995344946) * r + 0.0151986665636164571966) * r
                     + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                   + 2.05319162663775882187) * r + 1.0)
    else:
        r = r - 5.0
        top = (((((((2.01033439929228813265e-7 * r + 0.0000271155556874348757815) * r + 0.0012426609473880784386) * r
                  + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
                + 5.4637849111641143699) * r + 6.6579046435011037772)
        bottom = (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                     + 0.0007868691311456132591) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                   + 0.59983220655588793769) * r + 1.0)
    return -top / bottom if q < 0.0 else top / bottom


@scalar
def normal_share(x: float) -> float:
    """Return the probability that a standard normal number lies below ``x``."""
    return 0.5 * erfc(-x / sqrt(2.0))


@scalar
def normal(seed: int, person: int, month: int, purpose: int) -> float:
    """Random number with mean 0 and standard deviation 1, normally distributed; keys as in :func:`uniform`."""
    return normal_quantile(uniform(seed, person, month, purpose))


@kernel()
def fill_uniforms(seed: int, people: Any, month: int, purpose: int, out: Any) -> None:
    """Write one uniform number for each of ``people`` into ``out``."""
    for row in range(people.shape[0]):
        out[row] = uniform(seed, people[row], month, purpose)


@kernel()
def fill_normals(seed: int, people: Any, month: int, purpose: int, out: Any) -> None:
    """Write one normal number for each of ``people`` into ``out``."""
    for row in range(people.shape[0]):
        out[row] = normal(seed, people[row], month, purpose)


def uniforms(seed: int, people: Any, month: int, purpose: Purpose) -> np.ndarray:
    """Return :func:`uniform` for an array of persons, computed by the compiled twin.

    Raises
    ------
    InputError
        If a key is negative or too large.
    """
    return _filled(fill_uniforms, seed, people, month, purpose)


def normals(seed: int, people: Any, month: int, purpose: Purpose) -> np.ndarray:
    """Return :func:`normal` for an array of persons, computed by the compiled twin.

    Raises
    ------
    InputError
        If a key is negative or too large.
    """
    return _filled(fill_normals, seed, people, month, purpose)


def _filled(fill: Any, seed: int, people: Any, month: int, purpose: int) -> np.ndarray:
    numbers = np.ascontiguousarray(people, dtype=np.int64)
    check_key("seed", seed, LARGEST_KEY)
    check_key("month", month, LARGEST_WORD)
    check_key("purpose", purpose, LARGEST_WORD)
    if numbers.size and numbers.min() < 0:
        check_key("person", int(numbers.min()), LARGEST_KEY)
    out = np.empty(numbers.shape)
    fill(int(seed), numbers.ravel(), int(month), int(purpose), out.reshape(-1))
    return out


def check_key(name: str, value: int, largest: int = LARGEST_KEY) -> None:
    """Refuse a key of a stream that is no whole number from 0 to ``largest``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value <= largest:
        raise InputError(
            f"stream.{name}", value=value, where=name,
            zh=f"“{value}”不能用作随机数的键，应为 0 到 {largest} 之间的整数。",
            en=f"{value!r} cannot be a key of a random stream; it must be a whole number from 0 to {largest}.",
        )
