"""The tables of a comparison page, from the simulation's own indicators; long, so that a page and a file read them alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from lingbao.simulation import comparison, indicators
from lingbao.simulation.fund_accounts import accounts
from lingbao.simulation.run_tables import RunTables, by_group

GROUPINGS: tuple[tuple[str, ...], ...] = ((), ("income_fifth",), ("residence",), ("kind",), ("age_band",), ("sex",))
# Groups of the people kept one by one, who carry no age band: they grow older in the run.
LIFE_GROUPINGS = tuple(grouping for grouping in GROUPINGS if grouping != ("age_band",))
SHARES = (indicators.coverage, indicators.interruption, indicators.paying, indicators.old_age)
COUNTS = ("population", "employee_members", "resident_members", "none", "payers", "stopped", "fixed_payers", "pensioners")
LIVES = ("months_paid_mean", "stopped_years_mean", "pension_first_mean", "replacement_rate_mean", "benefit_cost_employee", "irr_employee_median")
ALL = "all"


def of_run(run: RunTables) -> dict[str, pl.DataFrame]:
    """Return the tables of one run alone, with the column ``baseline``."""
    return {
        "years": _years(run).rename({"value": "baseline"}),
        "groups": _groups(run).rename({"value": "baseline"}),
        "accounts": _accounts(run).rename({"value": "baseline"}),
        "lives": _lives(run).rename({"value": "baseline", "standard_error": "baseline_error"}),
        "chosen": _chosen(run).rename({"value": "baseline"}),
    }


def of_both(baseline: RunTables, reform: RunTables) -> dict[str, pl.DataFrame]:
    """Return the tables of a reform beside its baseline: ``baseline``, ``reform``, ``difference``."""
    compared = comparison.compare(baseline, reform)
    found = {name: _beside(build(baseline), build(reform)) for name, build in (
        ("years", _years), ("groups", _groups), ("accounts", _accounts), ("chosen", _chosen))}
    return found | {
        "lives": _lives(baseline).rename({"value": "baseline", "standard_error": "baseline_error"}).drop("people").join(
            _lives(reform).rename({"value": "reform", "standard_error": "reform_error"}), on=["grouping", "group", "figure"], how="full", coalesce=True,
        ).with_columns((pl.col("reform") - pl.col("baseline")).alias("difference")),
        "winners": _grouped(LIFE_GROUPINGS, lambda by: comparison.winners(compared.pairs, by)),
        "moves": _grouped(LIFE_GROUPINGS, lambda by: comparison.moves(compared.pairs, by)),
        "joiners": comparison.joiners(compared.pairs),
        "transitions": comparison.transitions(compared.pairs),
        "switching_down": comparison.switching_down(compared.pairs),
    }


def _long(wide: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    return wide.unpivot(index=list(keys), variable_name="measure", value_name="value").with_columns(pl.col("value").cast(pl.Float64))


def _years(run: RunTables) -> pl.DataFrame:
    """Shares and counts of the whole population by year."""
    counts = by_group(run.people)
    kept = counts.select("year", *(name for name in COUNTS if name in counts.columns))
    return pl.concat([_long(build(run.people), ["year"]) for build in SHARES] + [_long(kept, ["year"])])


def _groups(run: RunTables) -> pl.DataFrame:
    """Shares by group of people in the last year."""
    last = run.people.filter(pl.col("year") == pl.col("year").max())
    return _grouped(GROUPINGS, lambda by: pl.concat([_long(build(last, by).drop("year"), by) for build in SHARES]))


def _accounts(run: RunTables) -> pl.DataFrame:
    return _long(accounts(run.fund), ["year"])


def _lives(run: RunTables) -> pl.DataFrame:
    """Figures of whole lives, by group."""
    return _grouped(LIFE_GROUPINGS, lambda by: indicators.lives(run.persons, by, LIVES))


def _chosen(run: RunTables) -> pl.DataFrame:
    """Shares of schemes over everyone, and of tiers and rhythms within each scheme, in the last year."""
    last = run.choices.filter(pl.col("year") == pl.col("year").max())
    frames = [indicators.choice_shares(last, "scheme").select(pl.lit("scheme").alias("of"), pl.lit("").alias("scheme"), pl.col("scheme").alias("choice"), "share")]
    frames += [
        indicators.choice_shares(last, of, scheme).select(
            pl.lit(of).alias("of"), pl.lit(scheme).alias("scheme"), pl.col(of).cast(pl.String).alias("choice"), "share")
        for scheme in sorted(set(last["scheme"].to_list()) - {"none"}) for of in ("tier", "rhythm")
    ]
    return pl.concat(frames).rename({"share": "value"})


def _grouped(groupings: Sequence[tuple[str, ...]], build: Callable[[tuple[str, ...]], pl.DataFrame]) -> pl.DataFrame:
    """Stack the tables of several groupings, with ``grouping`` and ``group`` as texts."""
    frames = []
    for by in groupings:
        frame = build(by)
        group = pl.col(by[0]).cast(pl.String) if by else pl.lit(ALL)
        frames.append(frame.select(pl.lit(by[0] if by else ALL).alias("grouping"), group.alias("group"), pl.exclude(*by, "grouping", "group") if by else pl.all()))
    return pl.concat(frames, how="diagonal_relaxed")


def _beside(baseline: pl.DataFrame, reform: pl.DataFrame) -> pl.DataFrame:
    """Join two long tables on everything but ``value``; what one of them lacks stays empty."""
    keys = [name for name in baseline.columns if name != "value"]
    joined = baseline.rename({"value": "baseline"}).join(reform.rename({"value": "reform"}), on=keys, how="full", coalesce=True)
    return joined.with_columns((pl.col("reform") - pl.col("baseline")).alias("difference"))
