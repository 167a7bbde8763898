"""How far a pension replaces a wage, of one's own or of everyone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def replacement_rate(pension: ArrayLike, wage: ArrayLike) -> Any:
    """Return the first pension over a wage of the same month.

    Parameters
    ----------
    pension : array_like
        First monthly pension [yuan/month].
    wage : array_like
        The last own income, the mean own income in today's money, or the average wage of the place: what it is
        must be said beside the figure [yuan/month].

    Returns
    -------
    float or ndarray
        Rate [fraction]; nan where there is no wage.
    """
    drawn, earned = np.broadcast_arrays(np.asarray(pension, dtype=np.float64), np.asarray(wage, dtype=np.float64))
    return np.divide(drawn, earned, out=np.full(drawn.shape, np.nan), where=earned > 0.0)[()]


def pension_to_contribution(pension: ArrayLike, contribution: ArrayLike) -> Any:
    """Return the first monthly pension over the last monthly contribution, both in the same money [1]."""
    return replacement_rate(pension, contribution)
