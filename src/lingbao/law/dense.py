"""The law as arrays [province, month] under a named projection, for kernels that run many lives at once.

Conventions
-----------
* Provinces are in the order of ``law.provinces()``; months run from ``first`` to ``last``, both included.
* ``average_wage`` is the wage that governs the contribution bounds of a month, and ``reference_wage``, the denominator
  of the month's index, is the same wage: last year's wage, as the bounds use it.
* Where a province has no bounds on record, the wage of the statistics year before stands in, flagged
  ``low_confidence``; bounds themselves are never made up. Months before the first observed wage are NaN and ``missing``.
* Bounds that have run out go on until the projection starts; from then on wage, floor and cap grow at one rate, each in
  the month of the year in which the province last changed them.
* ``pension_adjustment`` stands in each January and is 0 in other months, so a cumulative product gives the pension.
* ``price_index`` is 1 in the December before the projection starts; only ratios of two months mean anything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, year_of
from lingbao.law.store import Law
from lingbao.law.values import Value

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_CACHE_SIZE = 16
_cache: OrderedDict[tuple[str, str, int, int, int | None], Dense] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Dense:
    """Arrays of the law; see the module for the conventions.

    Attributes
    ----------
    projection : str
        Name of the projection: ``low``, ``base`` or ``high``.
    first, last : int
        First and last month.
    provinces : tuple of str
        Codes in the order of the rows.
    average_wage, reference_wage, contribution_floor, contribution_cap, benefit_base : ndarray [31, T]
        Yuan per month.
    total_rate, account_rate : ndarray [31, T]
        Shares of the contribution base.
    crediting_rate, pension_adjustment, price_index : ndarray [T]
        Yearly rate in force, yearly rise (January), index of prices.
    resident_minimum, resident_crediting_rate : ndarray [31, T]
        Resident basic pension [yuan/month] and yearly rate of the resident account.
    projected, low_confidence, missing : dict of str to ndarray of bool
        By quantity, of its shape: from an assumption, weakly supported, not known (NaN).
    """

    projection: str
    first: int
    last: int
    provinces: tuple[str, ...]
    average_wage: Floats
    reference_wage: Floats
    contribution_floor: Floats
    contribution_cap: Floats
    total_rate: Floats
    account_rate: Floats
    benefit_base: Floats
    crediting_rate: Floats
    pension_adjustment: Floats
    resident_minimum: Floats
    resident_crediting_rate: Floats
    price_index: Floats
    projected: dict[str, Flags]
    low_confidence: dict[str, Flags]
    missing: dict[str, Flags]

    def row(self, province: str) -> int:
        """Return the row of a province by its code."""
        return self.provinces.index(province)

    def column(self, month: int) -> int:
        """Return the column of a month."""
        return month - self.first


@dataclass(slots=True)
class _Series:
    """One quantity under construction: values and flags over the months."""

    value: Floats
    projected: Flags
    low: Flags

    @classmethod
    def empty(cls, months: int) -> _Series:
        return cls(np.full(months, np.nan), np.zeros(months, bool), np.zeros(months, bool))


def dense(law: Law, projection: str, first: int, last: int, known: int | None = None) -> Dense:
    """Return the law as arrays for the months ``first`` to ``last`` under a projection, cached by content.

    Parameters
    ----------
    law : Law
    projection : {"low", "base", "high"}
        Assumptions of ``projections.yaml``.
    first, last : int
        Months, both included.
    known : int, optional
        Month from which one looks: later publications do not exist, and the projection starts the year after.

    Raises
    ------
    InputError
        If there is no such projection, or the range is empty.
    """
    names = law.projections["projections"]
    if projection not in names or last < first:
        listed = ", ".join(names)
        raise InputError(
            "dense.range" if projection in names else "dense.projection",
            value=f"{first}..{last}" if projection in names else projection,
            zh=f"没有情景“{projection}”或月份范围为空；可用情景：{listed}。",
            en=f"No projection '{projection}', or an empty range of months; projections: {listed}.",
        )
    key = (law.hash, projection, first, last, known)
    found = _cache.get(key)
    if found is None:
        found = _cache[key] = _Builder(law, projection, first, last, known).build()
        while len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
    return found


class _Builder:
    """Fill the arrays for one law, projection and range."""

    def __init__(self, law: Law, projection: str, first: int, last: int, known: int | None) -> None:
        self.law, self.projection, self.first, self.last, self.known = law, projection, first, last, known
        self.months = np.arange(first, last + 1)
        self.start_year = int(law.projections["first_year"]) if known is None else year_of(known) + 1
        self.start = self.start_year * MONTHS_PER_YEAR
        paths = law.projections["projections"][projection]["paths"]
        self.first_year = min(year_of(first), self.start_year) - 60
        self.years = np.arange(self.first_year, max(year_of(last), self.start_year) + 2)
        self.paths: dict[str, Floats] = {
            name: np.interp(self.years, [float(y) for y, _ in path], [float(r) for _, r in path]).astype(np.float64)
            for name, path in paths.items()
        }

    def build(self) -> Dense:
        codes = tuple(province.code for province in self.law.provinces())
        wages = [self.bounds(code, "contribution_average_wage") for code in codes]
        for code, wage in zip(codes, wages, strict=True):
            self.extend_backward(wage, code)
        by_province: dict[str, list[_Series]] = {
            "average_wage": wages,
            "reference_wage": wages,
            "contribution_floor": [self.bounds(code, "contribution_floor") for code in codes],
            "contribution_cap": [self.bounds(code, "contribution_cap") for code in codes],
            "total_rate": [self.standing("national.contribution.total_rate", f"provinces.{c}.total_rate") for c in codes],
            "account_rate": [self.standing("national.contribution.account_rate")] * len(codes),
            "benefit_base": [
                self.grown(f"provinces.{code}.benefit_base", "benefit_base_growth") for code in codes
            ],
            "resident_minimum": [self.resident_minimum(code) for code in codes],
            "resident_crediting_rate": [
                self.rate(f"provinces.{code}.resident_account_rate", "resident_crediting_rate") for code in codes
            ],
        }
        national = {
            "crediting_rate": self.crediting_rate(),
            "pension_adjustment": self.pension_adjustment(),
            "price_index": self.price_index(),
        }

        def gather(part: Callable[[_Series], NDArray[Any]]) -> dict[str, NDArray[Any]]:
            found = {name: np.ascontiguousarray(np.stack([part(s) for s in rows])) for name, rows in by_province.items()}
            found |= {name: np.ascontiguousarray(part(series)) for name, series in national.items()}
            for array in found.values():
                array.setflags(write=False)
            return found

        values = gather(lambda s: s.value)
        missing = {name: np.isnan(array) for name, array in values.items()}
        return Dense(
            projection=self.projection, first=self.first, last=self.last, provinces=codes,
            projected=gather(lambda s: s.projected), low_confidence=gather(lambda s: s.low),
            missing=missing, **values,
        )

    # -- reading the store --------------------------------------------------------------------------------------

    def known_values(self, path: str) -> list[Value]:
        """Return the values of a path that are known from ``known``; empty where the path does not exist."""
        if not self.law.has(path):
            return []
        return [
            value for value in self.law.history(path)
            if self.known is None or value.known_from is None or value.known_from <= self.known
        ]

    def write(self, series: _Series, value: Value, since: int | None, until: int | None, number: float) -> None:
        """Write one value over its months; earlier entries are overwritten."""
        low = 0 if since is None else max(since - self.first, 0)
        high = len(self.months) if until is None else max(until - self.first + 1, 0)
        series.value[low:high] = number
        series.low[low:high] = value.confidence == "low"
        series.projected[low:high] = False

    def observed(self, values: Sequence[Value]) -> _Series:
        """Return the known values over their own months."""
        series = _Series.empty(len(self.months))
        for value in values:
            self.write(series, value, value.since, value.until, float(value.value))
        return series

    def standing(self, *paths: str) -> _Series:
        """Return values that stay in force until changed; a later path wins over an earlier one."""
        return self.observed([value for path in paths for value in self.known_values(path)])

    # -- continuing into the future ------------------------------------------------------------------------------

    def growth(self, name: str, from_year: int) -> Floats:
        """Return the growth factor of each calendar year over ``from_year``, which is 1."""
        rates = np.where(self.years > from_year, self.paths[name], 0.0)
        return np.cumprod(1.0 + rates).astype(np.float64)

    def bounds(self, code: str, name: str) -> _Series:
        """Return contribution bounds: observed, then the last ones continued, then grown with the wage."""
        values = self.known_values(f"provinces.{code}.{name}")
        series = self.observed(values)
        dated = [value for value in values if value.since is not None]
        if not dated:
            return series
        final = dated[-1]
        assert final.since is not None
        if final.until is None:
            return series
        run_out = final.until + 1
        factors = self.growth("wage_growth", year_of(final.since))
        steps = np.maximum(self.months - final.since, 0) // MONTHS_PER_YEAR
        grown = float(final.value) * factors[year_of(final.since) + steps - self.first_year]
        waiting = (self.months >= run_out) & (self.months < self.start)
        ahead = (self.months >= run_out) & (self.months >= self.start)
        series.value[waiting] = float(final.value)
        series.value[ahead] = grown[ahead]
        series.projected |= waiting | ahead
        series.low[waiting | ahead] = final.confidence == "low"
        return series

    def extend_backward(self, series: _Series, code: str) -> None:
        """Fill months without bounds from the wage of the statistics year before, flagged as weakly supported."""
        empty = np.isnan(series.value)
        for name in ("average_wage_before_2019", "average_wage"):
            filler = _Series.empty(len(self.months))
            for value in self.known_values(f"provinces.{code}.{name}"):
                if value.since is not None and value.until is not None:
                    self.write(filler, value, value.since + MONTHS_PER_YEAR, value.until + MONTHS_PER_YEAR,
                               float(value.value))
            usable = empty & ~np.isnan(filler.value)
            series.value[usable] = filler.value[usable]
            series.low |= usable

    def grown(self, path: str, growth: str) -> _Series:
        """Return a yearly value: observed, then grown from the last known year on."""
        values = self.known_values(path)
        series = self.observed(values)
        dated = [value for value in values if value.since is not None]
        if dated and dated[-1].until is not None:
            final = dated[-1]
            assert final.since is not None and final.until is not None
            factors = self.growth(growth, year_of(final.since))
            ahead = self.months > final.until
            years = self.months // MONTHS_PER_YEAR - self.first_year
            series.value[ahead] = (float(final.value) * factors[years])[ahead]
            series.projected |= ahead
        return series

    def rate(self, path: str, name: str) -> _Series:
        """Return a yearly rate: observed, then the projection's path after the last known year.

        Where no year at all is on record the path begins the year before the projection, so that the present is covered.
        """
        values = self.known_values(path)
        series = self.observed(values)
        from_month = max((v.until for v in values if v.until is not None), default=self.start - MONTHS_PER_YEAR - 1) + 1
        if any(value.until is None for value in values):
            return series
        ahead = self.months >= from_month
        years = self.months // MONTHS_PER_YEAR - self.first_year
        series.value[ahead] = self.paths[name][years][ahead]
        series.projected |= ahead
        return series

    def crediting_rate(self) -> _Series:
        """Return the unified rate, before it the deposit proxy flagged as weak, after it the projection."""
        series = self.rate("national.account.crediting_rate", "crediting_rate")
        proxy = self.observed(self.known_values("national.account.deposit_rate_proxy"))
        usable = np.isnan(series.value) & ~np.isnan(proxy.value)
        series.value[usable] = proxy.value[usable]
        series.low |= usable
        return series

    def pension_adjustment(self) -> _Series:
        """Return the rise of pensions in payment, in each January."""
        series = self.rate("national.benefit.pension_adjustment", "pension_adjustment")
        series.value[self.months % MONTHS_PER_YEAR != 0] = 0.0
        return series

    def resident_minimum(self, code: str) -> _Series:
        """Return the province's resident basic pension, the national minimum where it has none on record."""
        series = self.observed(self.known_values(f"provinces.{code}.resident_basic"))
        least = self.standing("national.resident.minimum_basic_pension")
        usable = np.isnan(series.value) & ~np.isnan(least.value)
        series.value[usable] = least.value[usable]
        series.low |= usable
        factors = self.growth("resident_basic_growth", self.start_year - 1)
        ahead = self.months >= self.start
        years = self.months // MONTHS_PER_YEAR - self.first_year
        series.value[ahead] = (series.value * factors[years])[ahead]
        series.projected |= ahead
        return series

    def price_index(self) -> _Series:
        """Return the index of prices, 1 in the December before the projection starts, rising evenly within a year."""
        path = "national.macro.consumer_price_rise"
        series = self.rate(path, "consumer_price_rise")
        observed = {year_of(v.since): float(v.value) for v in self.known_values(path) if v.since is not None}
        rates = np.where(self.years > max(observed, default=0), self.paths["consumer_price_rise"], np.nan)
        for year, rate in observed.items():
            if year >= self.first_year:
                rates[year - self.first_year] = rate
        monthly = np.repeat(np.log1p(rates) / MONTHS_PER_YEAR, MONTHS_PER_YEAR)
        level = np.cumsum(np.nan_to_num(monthly))
        level -= level[self.start - 1 - self.first_year * MONTHS_PER_YEAR]
        level[np.isnan(monthly)] = np.nan
        begin = self.first - self.first_year * MONTHS_PER_YEAR
        series.value = np.exp(level[begin:begin + len(self.months)])
        return series


QUANTITIES = tuple(
    field.name for field in fields(Dense)
    if field.name not in ("projection", "first", "last", "provinces", "projected", "low_confidence", "missing")
)
