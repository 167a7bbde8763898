"""A reform beside the baseline: the fund, who joins and who stops, who wins and who loses, who switches down.

Both runs draw the same luck for the same person, so rows are joined on ``id`` and every difference is that person's own.
Standard errors are those of the differences; luck common to both runs has dropped out of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from lingbao.law.errors import InputError
from lingbao.simulation.estimate import Estimate, Floats, estimate, mean, ratio, total
from lingbao.simulation.fund_accounts import accounts, present_value
from lingbao.simulation.run_tables import RunTables, by_group, grossing

# What must agree for two runs to be about the same people, luck and years.
SAME = ("seed", "people", "cohorts_to_come", "first_year", "years", "projection")
# Who someone is; none of it may depend on a reform.
IDENTITY = ("birth", "sex", "weight")
OUTCOMES = ("scheme_last", "months_paid", "fixed_months", "stopped_months", "ever_stopped", "own_paid", "employer_paid",
            "claim_month", "pension_scheme", "pension_first", "wage_at_claim", "death_month", "benefits", "pv_own", "pv_benefits", "irr",
            "replacement_rate")
A_YEAR_MORE = 12
"""Who pays at least so many months more than under the baseline joins; who pays so many less stays away."""
UNCHANGED_WITHIN = 1.0
"""A person whose present value moves by less than this has neither won nor lost [yuan]."""


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side; made by :func:`compare`.

    Attributes
    ----------
    baseline, reform : RunTables
        The runs.
    fund : DataFrame
        ``year``, ``province``, ``item``, ``baseline``, ``reform``, ``difference`` [yuan or persons].
    accounts : DataFrame
        The accounts of :func:`lingbao.simulation.fund_accounts.accounts` in the same three columns, by ``year`` and ``item``.
    people : DataFrame
        Measures of the whole population by ``year`` and ``measure`` in the same three columns.
    pairs : DataFrame
        One row a person kept by both runs, with weights that make those kept stand for all: who it is, each outcome as ``<outcome>_baseline`` and ``<outcome>_reform``,
        and ``gain``, the change of the present value of benefits less own contributions [yuan of the start month].
    """

    baseline: RunTables
    reform: RunTables
    fund: pl.DataFrame
    accounts: pl.DataFrame
    people: pl.DataFrame
    pairs: pl.DataFrame


def compare(baseline: RunTables, reform: RunTables) -> Comparison:
    """Put a reform beside the baseline.

    Raises
    ------
    InputError
        If the runs are not about the same people, luck and years; the message says in what they differ.
    """
    for name in SAME:
        one, other = baseline.manifest.get(name), reform.manifest.get(name)
        if one != other:
            raise InputError("comparison.differ", value=f"{one} / {other}", where=name,
                             zh=f"两次运行的“{name}”不同（{one} 与 {other}），不是同一批人、同样的运气，不能逐人比较；请用相同设置重跑。",
                             en=f"The runs differ in {name} ({one} and {other}), so they are not the same people with the same luck; "
                                "run both with the same settings.")
    return Comparison(
        baseline, reform,
        beside(baseline.fund, reform.fund, ("year", "province", "item")),
        beside(_long(accounts(baseline.fund)), _long(accounts(reform.fund)), ("year", "item")),
        beside(_long(by_group(baseline.people), "measure"), _long(by_group(reform.people), "measure"), ("year", "measure")),
        pair(baseline.persons, reform.persons).with_columns(pl.col("weight") * grossing(baseline)),
    )


def beside(baseline: pl.DataFrame, reform: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return two tables of ``value`` side by side with their difference; what one of them lacks counts as 0 in it."""
    joined = (baseline.select(*keys, pl.col("value").cast(pl.Float64).alias("baseline"))
              .join(reform.select(*keys, pl.col("value").cast(pl.Float64).alias("reform")), on=list(keys), how="full", coalesce=True)
              .with_columns(pl.col("baseline", "reform").fill_null(0.0)))
    return joined.with_columns((pl.col("reform") - pl.col("baseline")).alias("difference")).sort(keys)


def _long(wide: pl.DataFrame, name: str = "item") -> pl.DataFrame:
    return wide.unpivot(index="year", variable_name=name, value_name="value")


def pair(baseline: pl.DataFrame, reform: pl.DataFrame) -> pl.DataFrame:
    """Return the people of both runs joined by ``id``; see :class:`Comparison` for the columns.

    Raises
    ------
    InputError
        If nobody is in both, or an ``id`` means another person in the other run.
    """
    who = [name for name in baseline.columns if name not in (*OUTCOMES, "id")]
    left = baseline.select("id", *who, *(pl.col(name).alias(f"{name}_baseline") for name in OUTCOMES))
    right = reform.select("id", *(pl.col(name).alias(f"{name}_reform") for name in OUTCOMES),
                          *(pl.col(name).alias(f"{name}_other") for name in IDENTITY))
    joined = left.join(right, on="id", how="inner").sort("id")
    if joined.height == 0:
        raise InputError("comparison.nobody", value=0, where="persons", zh="两次运行没有共同的人，无法逐人比较。",
                         en="No person is in both runs, so none can be compared.")
    for name in IDENTITY:
        other = joined.filter(pl.col(name) != pl.col(f"{name}_other"))
        if other.height:
            raise InputError("comparison.person", value=other["id"][0], where=name,
                             zh=f"编号 {other['id'][0]} 在两次运行中不是同一个人（{name} 不同）。",
                             en=f"Number {other['id'][0]} is not the same person in both runs ({name} differs).")
    worth = {run: pl.col(f"pv_benefits_{run}") - pl.col(f"pv_own_{run}") for run in ("baseline", "reform")}
    return joined.drop([f"{name}_other" for name in IDENTITY]).with_columns((worth["reform"] - worth["baseline"]).alias("gain"))


def _array(frame: pl.DataFrame, name: str) -> Floats:
    values: Floats = frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values


def _groups(pairs: pl.DataFrame, by: Sequence[str]) -> list[tuple[dict[str, Any], pl.DataFrame]]:
    if not by:
        return [({}, pairs)]
    parts = pairs.partition_by(list(by), as_dict=True)
    return [(dict(zip(by, key, strict=True)), parts[key]) for key in sorted(parts, key=str)]


def transitions(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return persons by last scheme under the baseline and under the reform."""
    return (pairs.group_by("scheme_last_baseline", "scheme_last_reform", maintain_order=True).agg(pl.col("weight").sum().alias("persons"))
            .sort("scheme_last_baseline", "scheme_last_reform"))


MORE = pl.col("months_paid_reform") - pl.col("months_paid_baseline")
MOVES: dict[str, pl.Expr] = {
    "joins": MORE >= A_YEAR_MORE,
    "stays_away": MORE <= -A_YEAR_MORE,
    "first_pays": (pl.col("months_paid_baseline") == 0) & (pl.col("months_paid_reform") > 0),
    "never_pays": (pl.col("months_paid_baseline") > 0) & (pl.col("months_paid_reform") == 0),
    "begins_to_stop": pl.col("ever_stopped_reform") & ~pl.col("ever_stopped_baseline"),
    "no_longer_stops": pl.col("ever_stopped_baseline") & ~pl.col("ever_stopped_reform"),
    "gains_employee_pension": (pl.col("pension_scheme_reform") == "employee") & (pl.col("pension_scheme_baseline") != "employee"),
    "loses_employee_pension": (pl.col("pension_scheme_baseline") == "employee") & (pl.col("pension_scheme_reform") != "employee"),
    "takes_fixed_amount": pl.col("fixed_months_reform") > pl.col("fixed_months_baseline"),
}
"""What a person does otherwise under the reform; ``joins`` and ``stays_away`` as a sweep counts them: a year more, a year less."""


def moves(pairs: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return who joins, stays away, pays for the first time or never again, stops or no longer stops: persons and share, by group.

    Joins who pays at least a year more in the run than under the baseline, stays away who pays at least a year less, as in
    :mod:`lingbao.simulation.sweep`. Hardly anyone never pays in a whole life, so few pay for the first time by a reform.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``move``, ``persons``, ``persons_error``, ``share``, ``share_error``, ``people``.
    """
    rows = []
    for label, group in _groups(pairs, by):
        weight = _array(group, "weight")
        for name, test in MOVES.items():
            does = group.select(test.cast(pl.Float64)).to_series().to_numpy()
            number, share = total(does, weight), mean(does, weight)
            rows.append({**label, "move": name, "persons": number.value, "persons_error": number.standard_error,
                         "share": share.value, "share_error": share.standard_error, "people": int(does.sum())})
    return pl.DataFrame(rows)


def winners(pairs: pl.DataFrame, by: Sequence[str] = (), unchanged: float = UNCHANGED_WITHIN) -> pl.DataFrame:
    """Return winners and losers by the present value of benefits less own contributions, over everyone or by group.

    Parameters
    ----------
    pairs : DataFrame
        People of both runs.
    by : sequence of str
        Such as ``("income_fifth",)``, ``("sex",)``, ``("residence",)``, ``("kind",)``.
    unchanged : float
        A smaller change than this counts as none [yuan].

    Returns
    -------
    DataFrame
        The columns of ``by``, then shares of ``winners``, ``losers`` and ``unchanged``, ``mean_gain``, ``mean_win`` and
        ``mean_loss`` (of winners and losers alone), ``total_gain``, errors, and ``people``.
    """
    rows = []
    for label, group in _groups(pairs, by):
        gain, weight = _array(group, "gain"), _array(group, "weight")
        won, lost = gain > unchanged, gain < -unchanged
        shares = [mean(test.astype(float), weight) for test in (won, lost, ~(won | lost))]
        middle = mean(gain, weight)
        rows.append({
            **label, "winners": shares[0].value, "losers": shares[1].value, "unchanged": shares[2].value,
            "winners_error": shares[0].standard_error, "losers_error": shares[1].standard_error,
            "mean_gain": middle.value, "mean_gain_error": middle.standard_error,
            "mean_win": mean(gain[won], weight[won]).value, "mean_loss": mean(gain[lost], weight[lost]).value,
            "total_gain": float(np.dot(gain, weight)), "people": group.height,
        })
    return pl.DataFrame(rows)


def switching_down(pairs: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Return the side effects of a fixed amount that paper F7 warns of, over everyone or by group.

    * ``switches_down``: paid under the baseline, takes the fixed amount under the reform and pays less in all. Their
      ``lost`` is what they pay less [yuan over the run], ``lost_share`` its share of all own contributions before.
    * ``arbitrage``: of these, who come out ahead: they pay less and their present value does not fall.
    * ``leaves_employer``: takes the fixed amount, and an employer pays less for the person than before.
    * ``joins_by_fixed``: takes the fixed amount and joins (pays at least a year more), and what they pay more in all.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``effect``, ``persons``, ``share`` of those who paid before (of everyone, for
        ``joins_by_fixed``), ``yuan``, ``yuan_share`` of own contributions before, and the errors.
    """
    rows = []
    for label, group in _groups(pairs, by):
        weight = _array(group, "weight")
        before, after = _array(group, "own_paid_baseline"), _array(group, "own_paid_reform")
        paid = _array(group, "months_paid_baseline") > 0.0
        takes = _array(group, "fixed_months_reform") > _array(group, "fixed_months_baseline")
        down = paid & takes & (after < before)
        effects = {
            "switches_down": (down, paid, before - after),
            "arbitrage": (down & (_array(group, "gain") >= 0.0), paid, before - after),
            "leaves_employer": (takes & (_array(group, "employer_paid_reform") < _array(group, "employer_paid_baseline")), paid,
                                _array(group, "employer_paid_baseline") - _array(group, "employer_paid_reform")),
            "joins_by_fixed": (takes & (_array(group, "months_paid_reform") - _array(group, "months_paid_baseline") >= A_YEAR_MORE),
                               np.ones_like(paid), after - before),
        }
        for name, (does, among, money) in effects.items():
            number, share = total(does.astype(float), weight), ratio(does.astype(float), among.astype(float), weight)
            yuan, part = total(money * does, weight), ratio(money * does, before, weight)
            rows.append({**label, "effect": name, "persons": number.value, "persons_error": number.standard_error,
                         "share": share.value, "share_error": share.standard_error, "yuan": yuan.value,
                         "yuan_error": yuan.standard_error, "yuan_share": part.value, "yuan_share_error": part.standard_error,
                         "people": int(does.sum())})
    return pl.DataFrame(rows)


def joiners(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return what the reform gives those who join by it, with errors; each beside oneself under the baseline.

    Returns
    -------
    DataFrame
        ``figure``, ``value``, ``standard_error``, ``people``: ``persons`` who join; ``months_more`` and ``own_more``, what
        they pay more; ``draws_share``, who draw a pension within the run; ``draws_employee_share``, of these who draw that
        of the employee scheme; ``pension_to_wage``, first pension of either scheme over the average wage then, and
        ``pension_to_wage_before``, the same people under the baseline; ``gain``, their present value.
    """
    group = pairs.filter(MOVES["joins"])
    weight = _array(group, "weight")
    joins = pairs.select(MOVES["joins"].cast(pl.Float64)).to_series().to_numpy()
    draws = {run: _array(group, f"claim_month_{run}") > 0.0 for run in ("baseline", "reform")}
    employee = (group["pension_scheme_reform"] == "employee").to_numpy().astype(float)

    def over_wage(run: str) -> Estimate:
        drawn = draws[run]
        return ratio(_array(group, f"pension_first_{run}")[drawn], _array(group, f"wage_at_claim_{run}")[drawn], weight[drawn])

    figures: dict[str, Estimate] = {
        "persons": total(joins, _array(pairs, "weight")),
        "months_more": mean(_array(group, "months_paid_reform") - _array(group, "months_paid_baseline"), weight),
        "own_more": mean(_array(group, "own_paid_reform") - _array(group, "own_paid_baseline"), weight),
        "draws_share": mean(draws["reform"].astype(float), weight),
        "draws_employee_share": mean(employee[draws["reform"]], weight[draws["reform"]]),
        "pension_to_wage": over_wage("reform"), "pension_to_wage_before": over_wage("baseline"),
        "gain": mean(_array(group, "gain"), weight),
    }
    return pl.DataFrame([{"figure": name, **figure.to_dict()} for name, figure in figures.items()])


OWED = {"balance": ("account_liability", "implicit_debt"), "pool_balance": ("implicit_debt",), "resident_balance": ("resident_account_liability",)}
"""What is still owed at the end of a run behind each balance."""


def fund_effect(compared: Comparison, rate: float, item: str = "balance") -> dict[str, float]:
    """Return the present value of the change of the fund, in all and for each person who joins, as a sweep has it.

        effect = PV(change of the balance) − (change of what is owed at the end) / (1 + rate)^years

    Who joins is counted among the people kept (:data:`MOVES`). Where the run kept only people of today, the cohorts to come
    are taken to join as often as they do: their effect on the fund is in the sum above the line, so they must be below it.

    Parameters
    ----------
    compared : Comparison
    rate : float
        Nominal yearly rate of discount [fraction].
    item : str
        An account: ``balance``, ``pool_balance``, ``resident_balance``.

    Returns
    -------
    dict
        ``flows``, ``owed`` and ``total`` = flows − owed [yuan], ``joiners`` [persons], ``per_joiner`` [yuan]; nan where nobody joins.
    """
    flows = present_value(compared.accounts.filter(pl.col("item") == item), "difference", rate)
    years = compared.accounts["year"]
    last, span = years.max(), years.n_unique()
    stocks = compared.accounts.filter(pl.col("item").is_in(OWED[item]) & (pl.col("year") == last))
    owed = float(stocks["difference"].sum()) * (1.0 + rate) ** -span
    joins = float(compared.pairs.filter(MOVES["joins"])["weight"].sum()) * _cohorts_left_out(compared)
    return {"flows": flows, "owed": owed, "total": flows - owed, "joiners": joins, "per_joiner": (flows - owed) / joins if joins > 0.0 else float("nan")}


def _cohorts_left_out(compared: Comparison) -> float:
    """Return everyone simulated over those for whom the people kept stand: 1 where everyone was kept."""
    manifest = compared.baseline.manifest
    today, later = int(manifest["people"]), int(manifest.get("cohorts_to_come") or 0)
    return (today + later) / max(today, compared.pairs.height)


def redistribution_change(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return how the reform moves money between fifths (F8): change of what each fifth gains, beside the mean gain.

    A fifth's ``relative_gain`` is its mean gain less everyone's; above 0 in the upper fifths the reform redistributes
    upward. The influence of a person is (gain − mean) in the fifth over its share, less gain − mean.
    """
    gain, weight = _array(pairs, "gain"), _array(pairs, "weight")
    everyone = mean(gain, weight)
    rows = []
    for label, group in _groups(pairs, ("income_fifth",)):
        inside = (pairs["income_fifth"] == label["income_fifth"]).to_numpy()
        own = mean(_array(group, "gain"), _array(group, "weight"))
        share = weight[inside].sum() / weight.sum()
        influence = (gain - own.value) * inside / share - (gain - everyone.value)
        relative = estimate(own.value - everyone.value, influence, weight)
        rows.append({**label, "mean_gain": own.value, "mean_gain_error": own.standard_error,
                     "relative_gain": relative.value, "relative_gain_error": relative.standard_error, "people": own.people})
    return pl.DataFrame(rows)
