"""How uncertain a result is, and by what: law and projection, coefficients of behaviour, the people drawn, and chance.

Each source is moved alone while everything else stays, with the same people and luck wherever they are not the source:

- law and projection: the low and the high projection; half the distance between them counts as a standard error. That
  the two stand one standard error from the middle is an assumption;
- behaviour: coefficients drawn from the covariance of the calibration;
- sampling: other people drawn from the same assumptions, with the luck of the run;
- chance: the same people with other luck.

Population and luck are named by one seed in a run; here the luck's seed and the population's are set apart. Sampling and
chance shrink with the number of people: their standard errors are stated for ``full_size`` people, √(size / full_size)
times what is seen at ``size``. The total is the root of the sum of squares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import numpy as np
import polars as pl

from lingbao.law.errors import InputError
from lingbao.law.reform import Reform
from lingbao.law.store import Law
from lingbao.simulation.behaviour import Behaviour
from lingbao.simulation.calibrate import load_priors
from lingbao.simulation.comparison import MOVES, compare
from lingbao.simulation.estimate import Floats, mean
from lingbao.simulation.fund_accounts import accounts, present_value
from lingbao.simulation.plan import Plan, plan_of
from lingbao.simulation.population import Population
from lingbao.simulation.report import discount_rate
from lingbao.simulation.report_charts import Chart
from lingbao.simulation.report_sections import Section
from lingbao.simulation.result import Result
from lingbao.simulation.run import finish
from lingbao.simulation.run_tables import NATION
from lingbao.simulation.streams import Purpose, normals

SOURCES = ("law", "behaviour", "sampling", "chance")
CHART = Chart("bars", "figure", ("relative",), "source")
LEAST_DRAWS = 2
DRAWS, MOST_SMALL = 6, 6_000
"""Runs for each of behaviour, sampling and chance, and people in each, where commands and pages ask."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Runs:
    """A baseline and, if there is one, a reform with the same people and luck.

    Attributes
    ----------
    rate : float
        Nominal rate at which the fund's money is discounted.
    """

    baseline: Result
    reform: Result | None
    rate: float

    @property
    def shown(self) -> Result:
        """The reform, or the baseline where there is none."""
        return self.baseline if self.reform is None else self.reform


def coverage(run: Result, measure: str = "employee_members") -> float:
    """Return a measure's share of the population over all years of a run."""
    sums = dict(run.people.filter(pl.col("measure").is_in([measure, "population"])).group_by("measure").agg(pl.col("value").sum()).iter_rows())
    return float(sums.get(measure, 0.0) / sums["population"])


def balance(run: Result, rate: float) -> float:
    """Return the present value of the employee scheme's balance over a run [yuan]."""
    return present_value(accounts(run.fund), "balance", rate)


def joined(run: Result) -> float:
    """Return the first payments over a run [persons]."""
    return float(run.fund.filter((pl.col("item") == "joined") & (pl.col("province") == NATION))["value"].sum())


def first_pension(runs: Runs) -> float:
    """Return the first pension of those to whom the reform brings an employee pension; without a reform, of all who draw one [yuan/month]."""
    if runs.reform is not None:
        pairs = compare(runs.baseline, runs.reform).pairs.filter(MOVES["gains_employee_pension"])
        drawn, weight = pairs["pension_first_reform"], pairs["weight"]
    else:
        people = runs.baseline.persons.filter(pl.col("pension_scheme") == "employee")
        drawn, weight = people["pension_first"], people["weight"]
    return mean(drawn.to_numpy(), weight.to_numpy()).value if len(drawn) else float("nan")


FIGURES: dict[str, Callable[[Runs], float]] = {
    "coverage": lambda r: coverage(r.shown), "paying": lambda r: coverage(r.shown, "payers"),
    "fund_balance_value": lambda r: balance(r.shown, r.rate), "first_payments": lambda r: joined(r.shown),
    "pension_brought": first_pension,
}
DIFFERENCES: dict[str, Callable[[Runs], float]] = {
    "coverage_change": lambda r: coverage(r.shown) - coverage(r.baseline),
    "fund_balance_change": lambda r: balance(r.shown, r.rate) - balance(r.baseline, r.rate),
    "first_payments_change": lambda r: joined(r.shown) - joined(r.baseline),
}


def measured(runs: Runs) -> dict[str, float]:
    """Return every figure of a pair of runs; differences where there is a reform."""
    figures = FIGURES if runs.reform is None else {**FIGURES, **DIFFERENCES}
    return {name: figure(runs) for name, figure in figures.items()}


def of_run(size: int, **asked: Any) -> pl.DataFrame:
    """Return :func:`uncertainty` of a run of ``size`` people, seen from small runs; the rest as there."""
    return uncertainty(size=min(size, MOST_SMALL), draws=DRAWS, full_size=size, **asked)


def runs_needed(size: int) -> tuple[int, int]:
    """Return how many pairs of runs :func:`of_run` makes, and how many people of today each has."""
    return 3 + 3 * DRAWS, min(size, MOST_SMALL)


def uncertainty(
    law: Law | None = None, reform: Reform | None = None, *, size: int = 6_000, years: int = 40, seed: int = 1, draws: int = 6,
    full_size: int | None = None, behaviour: Behaviour | None = None, progress: Progress = lambda done, all_: None,
) -> pl.DataFrame:
    """Split the uncertainty of the main results by source.

    Parameters
    ----------
    law, reform : Law, Reform, optional
        As for a run; without a reform only the baseline's figures are given.
    size, years, seed : int
        Of the small runs from which the sources are seen.
    draws : int
        Runs for each of behaviour, sampling and chance; at least 2.
    full_size : int, optional
        People of the run whose results are meant; ``size`` if not given.
    progress : callable, optional
        Told how many pairs of runs are done, and of how many.

    Returns
    -------
    DataFrame
        One row a figure: ``figure``, ``value``, ``law``, ``behaviour``, ``sampling``, ``chance`` (standard errors in the
        figure's unit), ``total``, ``law_low`` and ``law_high`` (the figure under the low and the high projection).

    Raises
    ------
    InputError
        If there are too few draws, or the coefficients have no covariance.
    """
    base_law, behave = law or Law.load(), behaviour or Behaviour.load()
    if draws < LEAST_DRAWS:
        raise InputError("uncertainty.draws", value=draws, where="draws", zh="每个来源至少要两次模拟。", en="Each source needs at least two runs.")
    if behave.covariance is None:
        raise InputError("uncertainty.covariance", value="covariance", where="coefficients.yaml",
                         zh="系数没有协方差，请先运行 lingbao calibrate。", en="The coefficients have no covariance; run 'lingbao calibrate' first.")
    reforms = [None] if reform is None else [None, reform]
    rate = discount_rate(base_law, "base", 2025)
    done = count(1)
    everything = 3 + 3 * draws

    def plans(projection: str) -> list[Plan]:
        return [plan_of(base_law, each, size=size, seed=seed, years=years, projection=projection, behaviour=behave, keep=10_000_000)
                for each in reforms]

    def told(each: Sequence[Plan]) -> dict[str, float]:
        results = [finish(plan) for plan in each]
        figures = measured(Runs(results[0], results[1] if len(results) > 1 else None, rate))
        progress(next(done), everything)
        return figures

    middle = plans("base")
    value, low, high = told(middle), told(plans("low")), told(plans("high"))
    seen = {
        "behaviour": [told([with_beliefs(plan, drawn) for plan in middle]) for drawn in drawn_behaviour(behave, draws, seed)],
        "sampling": [told(each) for each in _other_people(middle, size, seed, draws)],
        "chance": [told([replace(plan, seed=seed + 1 + k) for plan in middle]) for k in range(draws)],
    }
    return table(value, low, high, seen, float(np.sqrt(size / (full_size or size))))


def table(
    value: Mapping[str, float], low: Mapping[str, float], high: Mapping[str, float], seen: Mapping[str, Sequence[Mapping[str, float]]],
    shrink: float,
) -> pl.DataFrame:
    """Put the figures of many runs together; ``shrink`` is the factor of the errors of sampling and chance."""
    rows = []
    for name, middle in value.items():
        errors = {
            "law": abs(high[name] - low[name]) / 2.0, "behaviour": _spread(seen["behaviour"], name),
            "sampling": _spread(seen["sampling"], name) * shrink, "chance": _spread(seen["chance"], name) * shrink,
        }
        total = float(np.sqrt(sum(error * error for error in errors.values())))
        rows.append({"figure": name, "value": middle, **errors, "total": total, "law_low": low[name], "law_high": high[name]})
    return pl.DataFrame(rows)


def _spread(runs: Sequence[Mapping[str, float]], name: str) -> float:
    return float(np.std([run[name] for run in runs], ddof=1))


def chart_table(made: pl.DataFrame) -> pl.DataFrame:
    """Return the table as the chart wants it: ``figure``, ``source``, ``relative`` (error over the figure's size)."""
    return (
        made.unpivot(on=list(SOURCES), index=["figure", "value"], variable_name="source", value_name="error")
        .with_columns(relative=pl.when(pl.col("value") != 0.0).then(pl.col("error") / pl.col("value").abs()))
        .select("figure", "source", "relative")
    )


def uncertainty_section(made: pl.DataFrame) -> Section:
    """Return table and chart for a report: one row a figure, each in its own unit."""
    return Section(
        "uncertainty", "结果有多不确定，由什么造成？", "How uncertain are the results, and by what?",
        "各列为标准误，每次只变动一个来源。法规与预测取低、高两种预测之差的一半；行为系数按校准的协方差抽取；抽样是换一批人；偶然是同一批人换运气。合计是平方和的根。",
        "Standard errors, one source moved at a time: half the distance between the low and the high projection; coefficients drawn from their "
        "covariance; other people; the same people with other luck. Together: the root of the sum of squares.",
        made, CHART, chart_table(made), unit_from="figure",
    )


def with_beliefs(plan: Plan, behaviour: Behaviour) -> Plan:
    """Return a plan with other coefficients."""
    return replace(plan, tables={**plan.tables, "beliefs": behaviour.beliefs()})


def drawn_behaviour(behaviour: Behaviour, draws: int, seed: int) -> list[Behaviour]:
    """Return coefficients drawn from their covariance, kept within the bounds of the calibration.

    The draw is middle + A e with A Aᵀ the covariance and e normal numbers from the laboratory's streams.
    """
    names = behaviour.fitted
    middle = np.array([behaviour.coefficients[name] for name in names])
    root = root_of(np.asarray(behaviour.covariance))
    bounds = {prior.name: (prior.least, prior.most) for prior in load_priors()}
    made = []
    for draw in range(draws):
        point = middle + root @ normals(seed, np.arange(len(names)), draw + 1, Purpose.TASTES)
        made.append(behaviour.with_coefficients({
            name: float(np.clip(value, *bounds[name])) for name, value in zip(names, point, strict=True)}))
    return made


def root_of(covariance: Floats) -> Floats:
    """Return A with A Aᵀ the covariance, which need not have full rank."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.clip(values, 0.0, None)))


def _other_people(plans: Sequence[Plan], size: int, seed: int, draws: int) -> Iterator[list[Plan]]:
    """Yield the plans with other people, drawn from the same assumptions, and the luck of the run."""
    for k in range(draws):
        population = Population.of(size, seed + 1 + k)
        yield [replace(plan, people=replace(plan.people, population=population)) for plan in plans]
