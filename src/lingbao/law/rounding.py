"""Legal rounding, declared on a rule by name and applied the same way by every runner."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor

# Half of a unit is rarely exact in binary (0.145 is stored a little below). The nudge is a ten-millionth of the
# rounded unit: far above float64 noise of any sum in yuan, far below anything a statute can distinguish.
NUDGE = 1e-7


def fen_half_up(amount: float) -> float:
    """Round to the fen (0.01 yuan), halves up."""
    return floor(amount * 100.0 + 0.5 + NUDGE) / 100.0


def jiao_half_up(amount: float) -> float:
    """Round to the jiao (0.1), halves up; also months and years of one decimal."""
    return floor(amount * 10.0 + 0.5 + NUDGE) / 10.0


def jiao_up(amount: float) -> float:
    """Round up to the jiao (0.1)."""
    return ceil(amount * 10.0 - NUDGE) / 10.0


def jiao_up_from_fen(amount: float) -> float:
    """Cut to the fen, then round up to the jiao (见分进角): any fen left becomes a jiao, less than a fen is dropped."""
    return ceil(floor(amount * 100.0 + NUDGE) / 10.0 - NUDGE) / 10.0


def yuan_half_up(amount: float) -> float:
    """Round to the whole yuan, halves up."""
    return floor(amount + 0.5 + NUDGE)


def yuan_up(amount: float) -> float:
    """Round up to the whole yuan."""
    return ceil(amount - NUDGE)


def ten_thousandth_half_up(amount: float) -> float:
    """Round to four decimals, halves up, as indices are printed on award forms."""
    return floor(amount * 10000.0 + 0.5 + NUDGE) / 10000.0


def thousandth_half_up(amount: float) -> float:
    """Round to three decimals, halves up, as yearly indices are kept in some provinces."""
    return floor(amount * 1000.0 + 0.5 + NUDGE) / 1000.0


ROUNDINGS: dict[str, Callable[[float], float]] = {
    "fen half_up": fen_half_up,
    "jiao half_up": jiao_half_up,
    "jiao up": jiao_up,
    "jiao up from fen": jiao_up_from_fen,
    "yuan half_up": yuan_half_up,
    "yuan up": yuan_up,
    "0.0001 half_up": ten_thousandth_half_up,
    "0.001 half_up": thousandth_half_up,
    "0.1 half_up": jiao_half_up,
}
