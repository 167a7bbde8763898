"""The law of one place from now on: the province's rows, scaled where a city or a tier of cities has its own."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from lingbao.career.kernel import LAW_ROWS
from lingbao.career.kernel import Law as LawRow
from lingbao.law.award_law import Flag, bases
from lingbao.law.dense import Dense, dense
from lingbao.law.store import Law

Floats = npt.NDArray[np.float64]
HORIZON_AGE = 110 * 12

# Which parameter of an area scales which row of the dense law.
SCALED = {
    "average_wage": "contribution_average_wage", "reference_wage": "contribution_average_wage",
    "contribution_floor": "contribution_floor", "contribution_cap": "contribution_cap",
    "resident_minimum": "resident_basic",
}
AREA_SCALED = Flag(
    "area_scaled", "当地有自己的基数；尚未公布的月份按当地最近一次数值与全省数值之比推算。",
    "This area has bases of its own; months without a published figure keep its last ratio to the province.",
)
AREA_UNKNOWN = Flag(
    "area_unknown", "当地没有单独收录的基数，按全省数值计算。",
    "No bases of its own are on record for this area; the province's figures are used.",
)


def area_path(law: Law, province: str, name: str, area: str | None) -> str | None:
    """Return the path of an area's own parameter, or None.

    An area is written ``Shenzhen``, ``Guangzhou (and province-direct)``, or within a tier of cities that share one
    row, ``tier 2: Huangshi Shiyan …``; asked for by the city's name alone in each case.
    """
    if not area:
        return None
    for own in _areas(law, province, name):
        tier, _, cities = own.partition(": ")
        if area in (own, own.partition(" (")[0]) or (tier.startswith("tier ") and area in cities.split()):
            return f"provinces.{province}.{name}@{own}"
    return None


@lru_cache(maxsize=4096)
def _areas(law: Law, province: str, name: str) -> tuple[str, ...]:
    start = f"provinces.{province}.{name}@"
    return tuple(path[len(start):] for path in law.paths() if path.startswith(start))


def area_flag(law: Law, province: str, area: str | None) -> Flag | None:
    """Return what a reader must know about the figures of an area, or None without an area."""
    if not area:
        return None
    known = any(area_path(law, province, name, area) for name in (*SCALED.values(), "benefit_base"))
    return AREA_SCALED if known else AREA_UNKNOWN


@lru_cache(maxsize=64)
def future_of(law: Law, projection: str, as_of: int, province: str = "", area: str | None = None) -> Dense:
    """Return the law from ``as_of`` on, long enough for anyone alive, with the row of ``province`` as ``area`` has it.

    Where an area publishes a figure for a month, that is the figure. In other months the province's is multiplied by
    the area's last figure over the province's of the same month, so that both grow alike under every projection. The
    benefit base keeps the province's row, because formulas use both; see :func:`local_base_ratio`.
    """
    whole = dense(law, projection, as_of, as_of + HORIZON_AGE)
    changed: dict[str, Floats] = {}
    for quantity, name in SCALED.items():
        path = area_path(law, province, name, area)
        if path is None:
            continue
        table: Floats = getattr(whole, quantity).copy()
        row = whole.row(province)
        own = [value for value in law.history(path) if value.value is not None]
        last = own[-1]
        beside = law.history(f"provinces.{province}.{name}")
        both_known = max(last.since or 0, beside[0].since or 0)
        general = law.look_up(f"provinces.{province}.{name}", both_known, provisional=True)
        table[row] *= float(last.value) / float(general.value)
        months = np.arange(whole.first, whole.last + 1)
        for value in own:
            if value.until is not None:
                within = (months >= (value.since or 0)) & (months <= value.until)
                table[row, within] = float(value.value)
        table.setflags(write=False)
        changed[quantity] = table
    return replace(whole, **changed) if changed else whole  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def local_base_ratio(law: Law, province: str, area: str | None) -> float:
    """Return an area's benefit base over the province's, in the last year both are known [1]; 1 without one."""
    path = area_path(law, province, "benefit_base", area)
    if path is None:
        return 1.0
    found = bases(law, province, path.partition("@")[2], law.history(path)[-1].since or 0)
    return float(found.local) / float(found.province)


@lru_cache(maxsize=4096)
def base_flags(law: Law, province: str, area: str | None) -> tuple[str, ...]:
    """Return the codes of flags that the last known benefit base of a place carries."""
    path = area_path(law, province, "benefit_base", area)
    last = law.history(path or f"provinces.{province}.benefit_base")[-1]
    return bases(law, province, path.partition("@")[2] if path else None, last.since or 0).flags


@lru_cache(maxsize=64)
def monthly_table(
    law: Law, projection: str, as_of: int, province: str = "", area: str | None = None
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the law by month as the kernel reads it, shape (T, rows, provinces), and the months in which it changes."""
    future = future_of(law, projection, as_of, province, area)
    table = np.empty((future.last - future.first + 1, LAW_ROWS, len(future.provinces)))
    for row, values in (
        (LawRow.AVERAGE_WAGE, future.average_wage), (LawRow.FLOOR, future.contribution_floor),
        (LawRow.CAP, future.contribution_cap), (LawRow.TOTAL_RATE, future.total_rate),
        (LawRow.ACCOUNT_RATE, future.account_rate),
        (LawRow.REFERENCE_WAGE, future.reference_wage), (LawRow.BENEFIT_BASE, future.benefit_base),
    ):
        table[:, row, :] = values.T
    changes = np.ones(table.shape[0], np.bool_)
    same = (table[1:] == table[:-1]) | (np.isnan(table[1:]) & np.isnan(table[:-1]))
    changes[1:] = ~same.all(axis=(1, 2))
    return table, changes
