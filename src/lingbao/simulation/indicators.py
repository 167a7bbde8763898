"""What one run says about people: coverage, interruption, burden, pensions, worth, and who takes the fixed amount.

Two kinds of figure, from two tables. Shares **by year** are ratios of exact sums over all people of the run
(``people``). Figures **of lives** are means over the people kept one by one (``persons``) and carry standard errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.simulation.estimate import Estimate, Floats, mean, quantile, ratio
from lingbao.simulation.inequality import Redistribution, fifths, net_transfers, poverty, redistribution
from lingbao.simulation.run_tables import added, by_group

Tally = dict[str, tuple[tuple[str, ...], tuple[str, ...], float]]

# Name: what is counted, what it is counted against, and a factor for the unit.
COVERAGE: Tally = {
    "employee_share": (("employee_members",), ("population",), 1.0),
    "resident_share": (("resident_members",), ("population",), 1.0),
    "none_share": (("none",), ("population",), 1.0),
    "payer_share": (("payers",), ("population",), 1.0),
    "payers_of_members": (("payers",), ("employee_members",), 1.0),
    "platform_share": (("platform_workers",), ("population",), 1.0),
}
INTERRUPTION: Tally = {
    "stopped_share": (("stopped",), ("population",), 1.0),
    "ever_stopped_share": (("ever_stopped",), ("population",), 1.0),
    "mean_years_stopped": (("stopped_months",), ("ever_stopped",), 1.0 / MONTHS_PER_YEAR),
    "density_stopped": (("stopped_months",), ("exposure_months",), 1.0),
}
PAYING: Tally = {
    "burden": (("own_contributions",), ("income",), 1.0),
    "paid_by_payer": (("own_contributions",), ("payers",), 1.0),
    "months_by_payer": (("months_paid",), ("payers",), 1.0),
    "floor_share": (("floor_payers",), ("employee_members",), 1.0),
    "fixed_share": (("fixed_payers",), ("payers",), 1.0),
}
OLD_AGE: Tally = {
    "mean_pension": (("pension",), ("pensioners",), 1.0),
    "mean_resident_pension": (("resident_pension",), ("resident_pensioners",), 1.0),
    "employee_pensioner_share": (("pensioners",), ("pensioners", "resident_pensioners"), 1.0),
    "poverty_share": (("poor_pensioners",), ("pensioners", "resident_pensioners"), 1.0),
}


def _tallied(people: pl.DataFrame, tally: Tally, by: Sequence[str]) -> pl.DataFrame:
    """Return the ratios of a tally by year and group; empty where there is nobody to count against."""
    wide = by_group(people, tuple(by))
    ratios = [
        pl.when(added(wide, below) > 0.0).then(added(wide, above) / added(wide, below) * factor).otherwise(None).alias(name)
        for name, (above, below, factor) in tally.items()
    ]
    return wide.select("year", *by, *ratios)


def coverage(people: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return shares of the population in each scheme, in none, and paying this year, by year and group."""
    return _tallied(people, COVERAGE, by)


def interruption(people: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return who stopped and for how long, by year and group, as the survey of paper C2 counts it.

    ``stopped_share``: paid before, not this year, over all people; ``ever_stopped_share``: ever stopped since the first
    payment, over all; ``mean_years_stopped``: years not paid over those who ever stopped; ``density_stopped``: months
    not paid over months since the first payment. The survey counts from the first job, which comes before.
    """
    return _tallied(people, INTERRUPTION, by)


def paying(people: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return what paying costs, by year and group.

    ``burden`` is own contributions over the income of everyone in the group, payers or not; ``paid_by_payer`` is yuan a
    year; ``floor_share`` are members whose choice is the lowest base, of all members; ``fixed_share`` is of the payers.
    """
    return _tallied(people, PAYING, by)


def old_age(people: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return mean pensions [yuan/month, December] and the share of pensioners under the poverty line, by year and group."""
    return _tallied(people, OLD_AGE, by)


def choice_shares(choices: pl.DataFrame, of: str, scheme: str | None = "employee") -> pl.DataFrame:
    """Return the shares of ``tier`` or ``rhythm`` (or ``scheme``, over everyone) among those who chose, by year.

    Parameters
    ----------
    choices : DataFrame
        The choices of a run.
    of : {"tier", "rhythm", "scheme"}
        What was chosen; a rhythm is the number of months between payments, 0 where nothing is paid.
    scheme : str, optional
        Only those in this scheme; None for everyone. Not used for ``scheme``.
    """
    chosen = choices if scheme is None or of == "scheme" else choices.filter(pl.col("scheme") == scheme)
    counted = chosen.group_by("year", of, maintain_order=True).agg(pl.col("persons").sum())
    return counted.with_columns((pl.col("persons") / pl.col("persons").sum().over("year")).alias("share")).sort("year", of)


@dataclass(frozen=True)
class Lives:
    """People kept one by one, as arrays.

    Attributes
    ----------
    frame : DataFrame
        Their rows.
    """

    frame: pl.DataFrame

    def number(self, name: str) -> Floats:
        """Return a column as numbers; yes and no become 1 and 0, an empty field nan."""
        values: Floats = self.frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return values

    @property
    def weight(self) -> Floats:
        """How many people each stands for."""
        return self.number("weight")

    def chosen(self, rows: NDArray[np.bool_]) -> Lives:
        """Return only some of the people."""
        return Lives(self.frame.filter(pl.Series(rows)))


def _mean_of(name: str, among: Callable[[Lives], NDArray[np.bool_]]) -> Callable[[Lives], Estimate]:
    def figure(lives: Lives) -> Estimate:
        rows = among(lives)
        return mean(lives.number(name)[rows], lives.weight[rows])
    return figure


def _quantile_of(name: str, share: float, among: Callable[[Lives], NDArray[np.bool_]]) -> Callable[[Lives], Estimate]:
    def figure(lives: Lives) -> Estimate:
        rows = among(lives)
        return quantile(lives.number(name)[rows], share, lives.weight[rows])
    return figure


def _ratio_of(above: str, below: str, among: Callable[[Lives], NDArray[np.bool_]]) -> Callable[[Lives], Estimate]:
    def figure(lives: Lives) -> Estimate:
        rows = among(lives)
        return ratio(lives.number(above)[rows], lives.number(below)[rows], lives.weight[rows])
    return figure


def _share_of(test: Callable[[Lives], NDArray[np.bool_]], among: Callable[[Lives], NDArray[np.bool_]]) -> Callable[[Lives], Estimate]:
    def figure(lives: Lives) -> Estimate:
        rows = among(lives)
        return mean(test(lives)[rows].astype(float), lives.weight[rows])
    return figure


def everyone(lives: Lives) -> NDArray[np.bool_]:
    """All people."""
    return np.ones(lives.frame.height, bool)


def paid(lives: Lives) -> NDArray[np.bool_]:
    """Who ever paid into the employee scheme."""
    return lives.number("months_paid") > 0.0


def stopped(lives: Lives) -> NDArray[np.bool_]:
    """Who ever stopped paying."""
    return lives.number("ever_stopped") > 0.0


def valued(lives: Lives) -> NDArray[np.bool_]:
    """Who paid something into either scheme in the run, so that it can be set against what came back."""
    return lives.number("pv_own") > 0.0


def drew(lives: Lives) -> NDArray[np.bool_]:
    """Who claimed an employee pension in the run."""
    return (lives.number("claim_month") > 0.0) & (lives.frame["pension_scheme"] == "employee").to_numpy()


def rated(lives: Lives) -> NDArray[np.bool_]:
    """Who has a rate of return."""
    return np.isfinite(lives.number("irr"))


def replaced(lives: Lives) -> NDArray[np.bool_]:
    """Who claimed an employee pension out of an income of one's own."""
    return drew(lives) & np.isfinite(lives.number("replacement_rate"))


def takes_fixed(lives: Lives) -> NDArray[np.bool_]:
    """Who ever paid a fixed amount."""
    return lives.number("fixed_months") > 0.0


FIGURES: dict[str, Callable[[Lives], Estimate]] = {
    "ever_paid_share": _share_of(paid, everyone),
    "months_paid_mean": _mean_of("months_paid", paid),
    "interrupted_share": _share_of(stopped, everyone),
    "stopped_years_mean": lambda lives: _scaled(_mean_of("stopped_months", stopped)(lives), 1.0 / MONTHS_PER_YEAR),
    "stopped_density": lambda lives: _density(lives.chosen(paid(lives))),
    "claims_employee_share": _share_of(drew, everyone),
    "pension_first_mean": _mean_of("pension_first", drew),
    "replacement_rate_mean": _mean_of("replacement_rate", replaced),
    "replacement_rate_median": _quantile_of("replacement_rate", 0.5, replaced),
    "pension_to_wage": _ratio_of("pension_first", "wage_at_claim", drew),
    "benefit_cost_ratio": _ratio_of("pv_benefits", "pv_own", valued),
    "benefit_cost_employee": _ratio_of("pv_benefits", "pv_own", drew),
    "irr_employee_median": _quantile_of("irr", 0.50, lambda lives: drew(lives) & rated(lives)),
    "irr_10": _quantile_of("irr", 0.10, rated),
    "irr_25": _quantile_of("irr", 0.25, rated),
    "irr_median": _quantile_of("irr", 0.50, rated),
    "irr_75": _quantile_of("irr", 0.75, rated),
    "irr_90": _quantile_of("irr", 0.90, rated),
    "irr_below_zero_share": _share_of(lambda lives: lives.number("irr") < 0.0, rated),
    "irr_undefined_share": _share_of(lambda lives: ~rated(lives), valued),
    "fixed_taken_share": _share_of(takes_fixed, everyone),
    "fixed_months_mean": _mean_of("fixed_months", takes_fixed),
}


def _scaled(figure: Estimate, factor: float) -> Estimate:
    return Estimate(figure.value * factor, figure.standard_error * factor, figure.people)


def _density(lives: Lives) -> Estimate:
    """Months stopped over months paid and stopped."""
    return ratio(lives.number("stopped_months"), lives.number("stopped_months") + lives.number("months_paid"), lives.weight)


def groups_of(persons: pl.DataFrame, by: Sequence[str]) -> Iterator[tuple[dict[str, Any], Lives]]:
    """Yield each group of people with its labels, in order; everyone at once where ``by`` is empty."""
    if not by:
        yield {}, Lives(persons)
        return
    parts = persons.partition_by(list(by), as_dict=True)
    for key in sorted(parts, key=str):
        yield dict(zip(by, key, strict=True)), Lives(parts[key])


def lives(persons: pl.DataFrame, by: Sequence[str] = (), figures: Sequence[str] = tuple(FIGURES)) -> pl.DataFrame:
    """Return figures of lives with standard errors, over everyone or by group.

    Parameters
    ----------
    persons : DataFrame
        People kept by a run.
    by : sequence of str
        Columns to group by, such as ``("sex",)``, ``("income_fifth",)``.
    figures : sequence of str
        Names in :data:`FIGURES`.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``figure``, ``value``, ``standard_error``, ``people`` (rows behind the figure).
    """
    rows = [{**label, "figure": name, **FIGURES[name](group).to_dict()}
            for label, group in groups_of(persons, by) for name in figures]
    return pl.DataFrame(rows, infer_schema_length=None)


def working_income(group: Lives, first: int, last: int) -> Floats:
    """Return each person's income of the working years in the run [yuan of the start month].

    Mean monthly income at the start times the months to the claim, to death or to the end of the run, whichever comes
    first. Incomes are taken to grow about as fast as the real discount rate of the present values they are set against,
    so that neither is needed; a later entry into flexible work is taken from the column ``entry_month`` where there is one.
    """
    claim, death = group.number("claim_month"), group.number("death_month")
    start = group.number("entry_month") if "entry_month" in group.frame.columns else np.full(claim.size, float(first))
    end = np.minimum(np.where(claim > 0, claim, last + 1), np.where(death > 0, death, last + 1))
    months: Floats = group.number("income") * np.maximum(end - np.maximum(start, first), 1.0)
    return months


def redistribution_of(persons: pl.DataFrame, first: int, last: int) -> Redistribution:
    """Return inequality of :func:`working_income` before and after own contributions and benefits (present values).

    Parameters
    ----------
    persons : DataFrame
        People kept by a run.
    first, last : int
        First and last month of the run.
    """
    group = Lives(persons)
    return redistribution(working_income(group, first, last), group.number("pv_own"), group.number("pv_benefits"), group.weight)


def transfers_between_fifths(persons: pl.DataFrame, fixed_only: bool = False) -> pl.DataFrame:
    """Return who pays for whom between fifths of income (F8), over all who paid or drew, or the takers of a fixed amount.

    Fifths are those of the people compared, so that each has as many people; see
    :func:`lingbao.simulation.inequality.net_transfers`.
    """
    group = Lives(persons)
    among = group.chosen(takes_fixed(group) if fixed_only else valued(group) | (group.number("pv_benefits") > 0.0))
    places = fifths(among.number("income"), among.weight)
    return net_transfers(among.number("pv_own"), among.number("pv_benefits"), places, among.weight)


def pension_poverty(persons: pl.DataFrame, line: float) -> pl.DataFrame:
    """Return the share of those who claimed whose first pension lies under a line, the mean gap and the severity."""
    claimed = Lives(persons.filter(pl.col("claim_month") > 0))
    return pl.DataFrame([
        {"measure": name, **poverty(claimed.number("pension_first"), line, claimed.weight, degree).to_dict()}
        for degree, name in enumerate(("poverty_share", "poverty_gap", "poverty_severity"))
    ])
