"""A pension after a rise made of parts: an amount, so much for each year paid, a share, and more by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules.benefit import adjusted_pension_by_parts, years_from_months
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen


@dataclass(frozen=True)
class Parts:
    """The parts of a rise as its notice names them.

    Attributes
    ----------
    from_month : int
        First month paid at the new amount.
    fixed_fen, per_year_fen : int
        For everyone and for each contribution year [fen/month].
    share : float
        Share of the own pension [fraction].
    tilts : sequence of (int, int)
        Age in months reached in the month before the start, and amount [fen/month]; the highest age reached counts.
    """

    from_month: int
    fixed_fen: int
    per_year_fen: int
    share: float
    tilts: Sequence[tuple[int, int]]


def pension_after(parts: Parts, pension_fen: int, months: int, birth: int) -> int:
    """Return the pension after a rise [fen/month].

    Parameters
    ----------
    pension_fen : int
        Pension before [fen/month].
    months, birth : int
        Contribution months, and the month of birth.
    """
    age = parts.from_month - 1 - birth
    tilt = max((amount for reached, amount in parts.tilts if age >= reached), default=0)
    years = years_from_months(float(months // MONTHS_PER_YEAR * MONTHS_PER_YEAR))
    return fen(adjusted_pension_by_parts(pension_fen / FEN_PER_YUAN, parts.fixed_fen / FEN_PER_YUAN, parts.per_year_fen / FEN_PER_YUAN, years,
                                         parts.share, tilt / FEN_PER_YUAN))
