"""The model's counterparts of published figures, each a function of what a few small runs found.

Published figures are about people who work flexibly. The moments of behaviour therefore come from a run in which nobody
takes a job with an employer (:func:`flexible_only`), so that everyone who is counted is a flexible worker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan

import numpy as np
import polars as pl

from lingbao.law.month import MONTHS_PER_YEAR, month
from lingbao.simulation.estimate import Floats
from lingbao.simulation.layout import LawRow, Term
from lingbao.simulation.plan import Plan
from lingbao.simulation.run_tables import RunTables
from lingbao.simulation.starting import ENTRANTS_FROM

TO_EMPLOYMENT = 1
"""Column of the hazards that leads from flexible work to a job with an employer."""
SETTLED = 1
"""Years at the start of a run that levels leave out: the first declaration follows from the assumed start."""
LEVEL_YEARS = 5
SURVEY_AGES = (20, 60)
FIRST_JOB_AGE = 20
THOUSAND = 1000.0
SUBSIDY_SHARE = 0.5
RURAL = ("local_rural", "rural_to_urban")


@dataclass(frozen=True)
class Evidence:
    """What moments are read from.

    Attributes
    ----------
    run : RunTables
        The law as it is, everyone working flexibly.
    raised : RunTables or None
        The same with a yearly contribution on the floor that is 1000 yuan higher.
    subsidised : RunTables or None
        The same with half of every payment of platform workers borne by their platform.
    process : mapping of str to float
        Figures that no choice enters: time on platforms and the assumptions themselves.
    """

    run: RunTables
    raised: RunTables | None = None
    subsidised: RunTables | None = None
    process: Mapping[str, float] = field(default_factory=dict)


Moment = Callable[[Evidence], float]


def flexible_only(plan: Plan) -> Plan:
    """Return a plan in which nobody takes a job with an employer."""
    hazards = plan.tables["hazards"].copy()
    hazards[:, TO_EMPLOYMENT] = 0.0
    return replace(plan, tables={**plan.tables, "hazards": hazards})


def with_floor_raised(plan: Plan, yearly: float = THOUSAND) -> Plan:
    """Return a plan in which a year's contribution on the floor costs so many yuan more, in every province."""
    law = plan.tables["law_table"].copy()
    law[:, LawRow.FLOOR] += yearly / MONTHS_PER_YEAR / law[:, LawRow.TOTAL_RATE]
    law[:, LawRow.CAP] = np.maximum(law[:, LawRow.CAP], law[:, LawRow.FLOOR])
    return replace(plan, tables={**plan.tables, "law_table": law})


def with_platform_subsidy(plan: Plan, share: float = SUBSIDY_SHARE) -> Plan:
    """Return a plan in which platforms bear a share of the payments of those who work on them."""
    terms = plan.tables["terms"].copy()
    terms[:, Term.PLATFORM_SHARE] = share
    terms[:, Term.INCOME_BELOW] = np.inf
    return replace(plan, tables={**plan.tables, "terms": terms})


def yearly(run: RunTables, above: str, below: str, kind: str | None = None) -> Floats:
    """Return the ratio of two measures of people in each year."""
    people = run.people if kind is None else run.people.filter(pl.col("kind") == kind)
    sums = people.filter(pl.col("measure").is_in([above, below])).group_by("year", "measure").agg(pl.col("value").sum())
    wide = {name: dict(sums.filter(pl.col("measure") == name).select("year", "value").iter_rows()) for name in (above, below)}
    return np.array([wide[above].get(year, 0.0) / wide[below][year] for year in sorted(wide[below])])


def level(run: RunTables, above: str, below: str = "population", kind: str | None = None) -> float:
    """Return the mean of a yearly ratio over the years after the first."""
    return float(yearly(run, above, below, kind)[SETTLED:SETTLED + LEVEL_YEARS].mean())


def drift(run: RunTables, above: str) -> float:
    """Return by how much a share of people has changed between the second and the last year.

    In the first year everyone starts as having paid last time; what follows from that is seen in the levels.
    """
    shares = yearly(run, above, "population")
    return float(shares[-1] - shares[SETTLED])


def choices_share(run: RunTables, scheme: str, column: str, values: Sequence[object]) -> float:
    """Return the share of those who declare a scheme whose tier, or rhythm, is one of some, over the level years."""
    first = int(run.choices["year"].to_numpy().min()) + SETTLED
    declared = run.choices.filter((pl.col("scheme") == scheme) & pl.col("year").is_between(first, first + LEVEL_YEARS - 1))
    total = float(declared["persons"].sum())
    chosen = float(declared.filter(pl.col(column).is_in(list(values)))["persons"].sum())
    return chosen / total if total else nan


def tier_from(run: RunTables, least: float) -> float:
    """Return the share of tiers of the employee scheme at or above a share of the wage."""
    tiers = [tier for tier in run.choices["tier"].unique().to_list() if _is_number(tier) and float(tier) >= least]
    return choices_share(run, "employee", "tier", tiers)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def last_month(run: RunTables) -> int:
    """Return the last month of a run."""
    return month(int(run.manifest["first_year"]) + int(run.manifest["years"]), 1) - 1


def surveyed(run: RunTables) -> pl.DataFrame:
    """Return the people whom a survey at the end of the run would reach: alive, without a pension, 20 to 59; with ``age``."""
    low, high = SURVEY_AGES
    return (
        run.persons.filter((pl.col("death_month") == 0) & (pl.col("claim_month") == 0))
        .with_columns(age=(last_month(run) - pl.col("birth")) / MONTHS_PER_YEAR)
        .filter((pl.col("age") >= low) & (pl.col("age") < high))
    )


def uninsured(run: RunTables) -> pl.DataFrame:
    """Return the surveyed who are in no scheme."""
    return surveyed(run).filter(pl.col("scheme_last") == "none")


def mean_of(frame: pl.DataFrame, value: pl.Expr) -> float:
    """Return the weighted mean of a value, nan of nobody."""
    made = frame.select(value.cast(pl.Float64).alias("value"), "weight")
    weight = float(made["weight"].sum())
    return float((made["value"] * made["weight"]).sum()) / weight if weight else nan


def of_uninsured(value: pl.Expr) -> Moment:
    """Return the moment that is the mean of a value over the uninsured."""
    return lambda evidence: mean_of(uninsured(evidence.run), value)


def at_start(value: pl.Expr) -> Moment:
    """Return the moment that is the mean of a value over the people of today."""
    return lambda evidence: mean_of(evidence.run.persons.filter(pl.col("id") < ENTRANTS_FROM), value)


def odds_change(evidence: Evidence) -> float:
    """Return the relative change of the odds of membership when the yearly floor costs 1000 yuan more."""
    if evidence.raised is None:
        return nan
    before, after = (level(run, "employee_members") for run in (evidence.run, evidence.raised))
    return after / (1.0 - after) / (before / (1.0 - before)) - 1.0


def subsidy_uptake(evidence: Evidence) -> float:
    """Return the change of the share of new forms of work in the employee scheme when platforms bear half."""
    if evidence.subsidised is None:
        return nan
    before, after = (level(run, "employee_members", kind="new_form") for run in (evidence.run, evidence.subsidised))
    return after - before


def income_threshold(frame: pl.DataFrame, least: float = 0.05) -> float:
    """Return the income that best parts the insured from the others: where the two sides' shares differ most.

    Best in the sense of a tree of one split: the largest w₁ w₂ (p₁ − p₂)², with at least ``least`` of the weight on a side.
    """
    ranked = frame.sort("income")
    weight = ranked["weight"].to_numpy()
    inside = (ranked["scheme_last"] != "none").to_numpy() * weight
    below = np.cumsum(weight) / weight.sum()
    paid = np.cumsum(inside) / weight.sum()
    whole = paid[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = (paid - below * whole) ** 2 / (below * (1.0 - below))
    gain[(below < least) | (below > 1.0 - least)] = -1.0
    return float(ranked["income"].to_numpy()[int(np.argmax(gain))])


def insured_ever_stopped(evidence: Evidence) -> float:
    """Return the share of members with months paid who ever stopped."""
    members = surveyed(evidence.run).filter((pl.col("scheme_last") == "employee") & (pl.col("months_paid") > 0))
    return mean_of(members, pl.col("ever_stopped"))


def density_stopped(evidence: Evidence) -> float:
    """Return the mean, over those who ever stopped, of time not paid over time since the first job."""
    stopped = surveyed(evidence.run).filter(pl.col("ever_stopped") & (pl.col("age") > FIRST_JOB_AGE + 1))
    return mean_of(stopped, pl.col("stopped_months") / ((pl.col("age") - FIRST_JOB_AGE) * MONTHS_PER_YEAR))


def _given(name: str) -> Moment:
    return lambda evidence: evidence.process.get(name, nan)


def _aged(low: int, high: int) -> Moment:
    return of_uninsured((pl.col("age") >= low) & (pl.col("age") < high))


def _tier(name: str) -> Moment:
    return lambda evidence: choices_share(evidence.run, "employee", "tier", [name])


def _rhythm(months: int) -> Moment:
    return lambda evidence: choices_share(evidence.run, "employee", "rhythm", [months])


MOMENTS: dict[str, Moment] = {
    "employee_share": lambda e: level(e.run, "employee_members"),
    "resident_share": lambda e: level(e.run, "resident_members"),
    "none_share": lambda e: level(e.run, "none"),
    "none_share_new_form": lambda e: level(e.run, "none", kind="new_form"),
    "payers_of_members": lambda e: level(e.run, "payers", "employee_members"),
    "payer_share": lambda e: level(e.run, "payers"),
    "employee_share_first_years": lambda e: float(yearly(e.run, "employee_members", "population")[:2].mean()),
    "employee_share_drift": lambda e: drift(e.run, "employee_members"),
    "none_share_drift": lambda e: drift(e.run, "none"),
    "odds_change": odds_change,
    "subsidy_uptake": subsidy_uptake,
    "income_threshold_new_form": lambda e: income_threshold(surveyed(e.run).filter(pl.col("kind") == "new_form")),
    "uninsured_male": of_uninsured(pl.col("sex") == "male"),
    "uninsured_rural": of_uninsured(pl.col("residence").is_in(RURAL)),
    "uninsured_mean_age": of_uninsured(pl.col("age")),
    "uninsured_20_29": _aged(20, 30), "uninsured_30_39": _aged(30, 40), "uninsured_40_49": _aged(40, 50),
    "uninsured_50_59": _aged(50, 60),
    "uninsured_mean_income": of_uninsured(pl.col("income")),
    "uninsured_new_form": of_uninsured(pl.col("kind") == "new_form"),
    "ever_stopped_share": lambda e: float(yearly(e.run, "ever_stopped", "population")[-1]),
    "mean_years_stopped": lambda e: float(yearly(e.run, "stopped_months", "ever_stopped")[-1]) / MONTHS_PER_YEAR,
    "density_stopped": density_stopped,
    "insured_ever_stopped": insured_ever_stopped,
    "tier_lowest": _tier("lowest"), "tier_70": _tier("0.7"), "tier_80": _tier("0.8"), "tier_90": _tier("0.9"),
    "tier_100": _tier("1"), "tier_150": lambda e: tier_from(e.run, 1.5),
    "resident_lowest_tier": lambda e: choices_share(e.run, "resident", "tier", ["fee 1"]),
    "payment_month": _rhythm(1), "payment_half_year": _rhythm(6), "payment_year": _rhythm(12),
    "mean_income": at_start(pl.col("income")),
    "income_under_5000": at_start(pl.col("income") <= 5.0 * THOUSAND),
    "income_above_5000": at_start(pl.col("income") > 5.0 * THOUSAND),
    **{name: _given(name) for name in (
        "flexible_workers", "share_of_working_age", "volatility", "present_bias", "time_preference", "rider_days_under_30",
        "rider_days_30_259", "rider_days_260", "rider_tenure_under_6_months", "driver_retention_1_year",
        "driver_retention_5_years", "driver_monthly_active")},
}
"""Every moment by its name in targets.yaml."""
