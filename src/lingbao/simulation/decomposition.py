"""Where a change of contributions or of benefits comes from: the scheme as production and distribution (paper F1).

An amount is written as a product of factors; between two runs, or two years of one run, every factor changes. A factor's
part is its Shapley value [1]_: what changing it does, averaged over all orders in which the factors may be changed. Parts
add up to the change exactly, no factor is favoured by coming first, and a factor that does not change has no part.

References
----------
.. [1] A. F. Shorrocks, "Decomposition procedures for distributional analysis: a unified framework based on the Shapley
   value", Journal of Economic Inequality 11, 2013, pp. 99-126 (circulated 1999).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial, fsum, isfinite, isnan, prod
from typing import Any

import polars as pl

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.simulation.fund_accounts import CONTRIBUTIONS, PENSIONS
from lingbao.simulation.indicators import Lives, drew
from lingbao.simulation.run_tables import national

Factors = dict[str, float]
MOST_FACTORS = 12


def shapley(amount: Callable[[Mapping[str, Any]], Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return each factor's part in ``amount(after) − amount(before)``.

    With n factors N, x_S the factors with those in S taken from ``after`` and the rest from ``before``,

        part(k) = Σ over S ⊆ N without k of  |S|! (n − |S| − 1)! / n!  × [amount(x_{S ∪ k}) − amount(x_S)],

    the mean over all n! orders. Given fractions the parts add up without any rounding.

    Parameters
    ----------
    amount : callable
        Any function of the factors by name.
    before, after : mapping
        The factors of both states, same names.

    Raises
    ------
    InputError
        If the names differ, or there are too many factors to try all their sets.
    """
    names = tuple(before)
    if set(names) != set(after) or len(names) > MOST_FACTORS:
        raise InputError("decomposition.factors", value=f"{sorted(before)} / {sorted(after)}",
                         zh=f"前后两种状态的因素应相同，且不超过 {MOST_FACTORS} 个。",
                         en=f"Both states need the same factors, at most {MOST_FACTORS}.")
    known: dict[frozenset[str], Any] = {}

    def at(changed: frozenset[str]) -> Any:
        if changed not in known:
            known[changed] = amount({name: (after if name in changed else before)[name] for name in names})
        return known[changed]

    parts: dict[str, Any] = {}
    for name in names:
        others = [other for other in names if other != name]
        parts[name] = sum(
            Fraction(factorial(size) * factorial(len(others) - size), factorial(len(names)))
            * (at(frozenset(chosen) | {name}) - at(frozenset(chosen)))
            for size in range(len(names)) for chosen in combinations(others, size)
        )
    return parts


def _product(factors: Mapping[str, Any]) -> Any:
    return prod(factors.values(), start=Fraction(1))


def decompose_product(before: Mapping[str, float], after: Mapping[str, float]) -> pl.DataFrame:
    """Split the change of a product of factors.

    A factor with nobody behind it (nan: no payers, so no base) takes the other state's value: the whole change is then
    put down to the number of people. Arithmetic is in exact fractions; only the last step rounds.

    Returns
    -------
    DataFrame
        ``factor``, ``before``, ``after``, ``part`` [unit of the product], ``share`` of the change (empty when it is 0).
    """
    one, other = _filled(before, after), _filled(after, before)
    parts = shapley(_product, one, other)
    change = sum(parts.values(), start=Fraction(0))
    return pl.DataFrame([
        {"factor": name, "before": float(before[name]), "after": float(after[name]), "part": float(part),
         "share": float(part / change) if change else None}
        for name, part in parts.items()
    ], schema_overrides={"share": pl.Float64})


def _filled(state: Mapping[str, float], other: Mapping[str, float]) -> dict[str, Fraction]:
    filled = {}
    for name, value in state.items():
        used = other[name] if isnan(value) else value
        if isnan(used):
            used = 0.0  # defined in neither state: both products are zero, and so is every part
        if not isfinite(used):
            raise InputError("decomposition.value", value=value, where=name, zh=f"因素“{name}”不是有限的数。",
                             en=f"The factor {name!r} is not a finite number.")
        filled[name] = Fraction(used)
    return filled


def _over(above: float, below: float) -> float:
    return above / below if below else float("nan")


def _year(fund: pl.DataFrame, year: int) -> dict[str, float]:
    row = national(fund).filter(pl.col("year") == year)
    if row.height == 0:
        raise InputError("decomposition.year", value=year, where="year", zh=f"运行结果中没有 {year} 年。",
                         en=f"The run has no year {year}.")
    return {name: float(value) for name, value in row.row(0, named=True).items()}


def production(fund: pl.DataFrame, year: int) -> Factors:
    """Contributions to the employee scheme in a year as a product (F1, production function).

        contributions = wage × base ratio × rate × months per payer × paying share × membership × population

    * ``wage``: average wage over the months paid [yuan/month] (wage_months / paid_months);
    * ``base_ratio``: base paid on over that wage (base_paid / wage_months);
    * ``rate``: contributions from all sources over the base (contributions / base_paid);
    * ``months_per_payer``: months paid by a payer in the year, the density of years;
    * ``paying_share``: payers over members; ``membership``: members over population; ``population`` [persons].
    """
    row = _year(fund, year)
    item = row.get
    contributions = fsum(item(name, 0.0) for name in CONTRIBUTIONS)
    base, wages, months = item("base_paid", 0.0), item("wage_months", 0.0), item("paid_months", 0.0)
    payers, members, population = item("payers", 0.0), item("members", 0.0), item("population", 0.0)
    return {"wage": _over(wages, months), "base_ratio": _over(base, wages), "rate": _over(contributions, base),
            "months_per_payer": _over(months, payers), "paying_share": _over(payers, members),
            "membership": _over(members, population), "population": population}


def distribution(fund: pl.DataFrame, year: int) -> Factors:
    """Employee pensions paid in a year as a product (F1, distribution function of one year).

        pensions = wage × relative pension × months per pensioner × pensioners

    ``relative_pension`` is the mean monthly pension over the wage of the payers: replacement at the claim and adjustment
    since then in one; :func:`distribution_of_lives` tells them apart. Pension months are those of both schemes in the
    fund's table, so they are shared out by the number of pensioners.
    """
    row = _year(fund, year)
    item = row.get
    pensions = fsum(item(name, 0.0) for name in PENSIONS)
    pensioners = item("pensioners", 0.0)
    both = pensioners + item("resident_pensioners", 0.0)
    months = item("pension_months", 0.0) * _over(pensioners, both) if both else 0.0
    wage = _over(item("wage_months", 0.0), item("paid_months", 0.0))
    return {"wage": wage, "relative_pension": _over(pensions, months * wage), "months_per_pensioner": _over(months, pensioners),
            "pensioners": pensioners}


def distribution_of_lives(persons: pl.DataFrame, last: int) -> Factors:
    """Employee pensions over whole lives as a product (F1, distribution function).

    Over those who claimed an employee pension in the run, each with m months drawn until death or the end of the run,

        pensions = wage × replacement rate × adjustment × 12 × years drawn × pensioners

    * ``wage``: wage at the claim, weighted with months drawn [yuan/month], Σ w m W / Σ w m;
    * ``replacement_rate``: first pension over it, Σ w m P / Σ w m W;
    * ``adjustment``: pension drawn over what the first pension alone would have paid, Σ w B / Σ w m P;
    * ``years_drawn``: Σ w m / (12 Σ w); ``pensioners``: Σ w [persons].

    Parameters
    ----------
    persons : DataFrame
        People kept by a run.
    last : int
        Last month of the run.
    """
    group = Lives(persons)
    group = group.chosen(drew(group))
    weight, death = group.weight, group.number("death_month")
    end = [min(d, last + 1) if d > 0 else last + 1 for d in death]
    months = [max(e - c, 0.0) for e, c in zip(end, group.number("claim_month"), strict=True)]
    wage, first, drawn = group.number("wage_at_claim"), group.number("pension_first"), group.number("benefits")
    people = fsum(weight)
    lived = fsum(w * m for w, m in zip(weight, months, strict=True))
    wages = fsum(w * m * y for w, m, y in zip(weight, months, wage, strict=True))
    firsts = fsum(w * m * p for w, m, p in zip(weight, months, first, strict=True))
    paid = fsum(w * b for w, b in zip(weight, drawn, strict=True))
    return {"wage": _over(wages, lived), "replacement_rate": _over(firsts, wages), "adjustment": _over(paid, firsts),
            "months_in_year": float(MONTHS_PER_YEAR), "years_drawn": _over(lived, MONTHS_PER_YEAR * people), "pensioners": people}


def change_between_runs(baseline: pl.DataFrame, reform: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """Split the difference between two runs' funds, year by year, into the factors of both functions.

    Returns
    -------
    DataFrame
        ``function`` (``production`` or ``distribution``), ``year``, and the columns of :func:`decompose_product`.
    """
    made = [
        decompose_product(function(baseline, year), function(reform, year))
        .with_columns(pl.lit(name).alias("function"), pl.lit(year).alias("year"))
        for name, function in (("production", production), ("distribution", distribution)) for year in years
    ]
    return pl.concat(made).select("function", "year", "factor", "before", "after", "part", "share")


def change_between_years(fund: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Split the change from one year to another of one run into the factors of both functions."""
    made = [
        decompose_product(function(fund, first), function(fund, last)).with_columns(pl.lit(name).alias("function"))
        for name, function in (("production", production), ("distribution", distribution))
    ]
    return pl.concat(made).select("function", "factor", "before", "after", "part", "share")
