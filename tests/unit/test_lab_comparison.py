"""A reform beside the baseline: every difference belongs to one person, and the parts add up."""

from __future__ import annotations

from dataclasses import replace

import lab_tables
import numpy as np
import polars as pl
import pytest

from lingbao.law.errors import InputError
from lingbao.simulation import comparison
from lingbao.simulation.fund_accounts import accounts, present_value, sources

COMPARED = comparison.compare(lab_tables.run(), lab_tables.run(reform=True))


def by_hand() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
    one, other = lab_tables.persons(), lab_tables.persons(fixed=True)
    return ({name: one[name].to_numpy() for name in one.columns}, {name: other[name].to_numpy() for name in other.columns},
            one["weight"].to_numpy())


def test_fund_differences_are_by_year_province_and_item() -> None:
    row = COMPARED.fund.filter((pl.col("year") == 2026) & (pl.col("province") == "36") & (pl.col("item") == "own_contributions"))
    assert row["difference"][0] == pytest.approx(0.1 * row["baseline"][0])
    only_in_reform = comparison.beside(
        pl.DataFrame({"year": [2025], "value": [1.0]}), pl.DataFrame({"year": [2025, 2026], "value": [3.0, 5.0]}), ("year",))
    assert only_in_reform["difference"].to_list() == [2.0, 5.0]


def test_accounts_add_contributions_of_all_sources_and_take_benefits_off() -> None:
    fund = lab_tables.fund()
    row = accounts(fund).row(0, named=True)
    base = 30e6 * 9 * 8_000 * 0.62
    assert row["contributions"] == pytest.approx(base * 0.202)
    assert row["benefits"] == pytest.approx(5e6 * (12 * 2_000 + 30))
    assert row["balance"] == pytest.approx(row["contributions"] - row["benefits"])
    assert row["pool_balance"] == pytest.approx(base * 0.122 - 5e6 * 12 * 1_500)
    assert row["implicit_debt"] == pytest.approx(20 * base)
    assert sources(fund).filter(pl.col("year") == 2025)["value"].sum() == pytest.approx(row["contributions"])
    provinces = accounts(fund.filter(pl.col("province") != "CN")).row(0, named=True)
    assert provinces["balance"] == pytest.approx(row["balance"])


def test_a_present_value_discounts_from_the_middle_of_each_year() -> None:
    flows = pl.DataFrame({"year": [2025, 2026], "flow": [100.0, 100.0]})
    assert present_value(flows, "flow", 0.21) == pytest.approx(100 / 1.1 + 100 / 1.1**3)


def test_who_joins_is_who_pays_a_year_more_as_in_a_sweep() -> None:
    one, other, weight = by_hand()
    joins = other["months_paid"] >= one["months_paid"] + 12
    first = (one["months_paid"] == 0) & (other["months_paid"] > 0)
    table = {row["move"]: row for row in comparison.moves(COMPARED.pairs).to_dicts()}
    assert joins.sum() > 10
    assert table["joins"]["people"] == joins.sum()
    assert table["joins"]["persons"] == pytest.approx(weight[joins].sum())
    assert table["joins"]["share"] == pytest.approx(weight[joins].sum() / weight.sum())
    assert first.sum() < joins.sum() and table["first_pays"]["people"] == first.sum()
    assert table["stays_away"]["persons"] == table["never_pays"]["persons"] == 0.0
    other_way = comparison.moves(comparison.compare(COMPARED.reform, COMPARED.baseline).pairs)
    assert {row["move"]: row["people"] for row in other_way.to_dicts()}["stays_away"] == joins.sum()
    fifths = comparison.moves(COMPARED.pairs, by=("income_fifth",)).filter(pl.col("move") == "joins")
    assert fifths["persons"].sum() == pytest.approx(table["joins"]["persons"])
    assert fifths["persons"].to_list()[2:] == [0.0, 0.0, 0.0]       # only the poorest two fifths take it up


def test_transitions_keep_everyone() -> None:
    table = comparison.transitions(COMPARED.pairs)
    assert table["persons"].sum() == pytest.approx(COMPARED.pairs["weight"].sum())
    into = table.filter((pl.col("scheme_last_baseline") != "employee") & (pl.col("scheme_last_reform") == "employee"))
    assert into["persons"].sum() == pytest.approx(comparison.moves(COMPARED.pairs).filter(pl.col("move") == "first_pays")["persons"][0])


def test_winners_and_losers_person_by_person() -> None:
    one, other, weight = by_hand()
    gain = (other["pv_benefits"] - other["pv_own"]) - (one["pv_benefits"] - one["pv_own"])
    row = comparison.winners(COMPARED.pairs).row(0, named=True)
    assert row["winners"] == pytest.approx(weight[gain > 1.0].sum() / weight.sum())
    assert row["losers"] == pytest.approx(weight[gain < -1.0].sum() / weight.sum())
    assert row["winners"] + row["losers"] + row["unchanged"] == pytest.approx(1.0)
    assert row["mean_gain"] == pytest.approx(np.average(gain, weights=weight))
    assert row["mean_loss"] < 0.0 < row["mean_win"]
    groups = comparison.winners(COMPARED.pairs, by=("sex",))
    assert groups["total_gain"].sum() == pytest.approx(row["total_gain"])


def test_shared_luck_makes_the_error_of_a_difference_smaller() -> None:
    row = comparison.winners(COMPARED.pairs).row(0, named=True)
    one, other, weight = by_hand()
    apart = [np.std((run["pv_benefits"] - run["pv_own"]) * weight / weight.mean()) / 20.0 for run in (one, other)]
    assert row["mean_gain_error"] < 0.7 * np.hypot(*apart)


def test_switching_down_counts_payers_who_pay_less_by_the_fixed_amount() -> None:
    one, other, weight = by_hand()
    down = (one["months_paid"] > 0) & (other["fixed_months"] > one["fixed_months"]) & (other["own_paid"] < one["own_paid"])
    table = {row["effect"]: row for row in comparison.switching_down(COMPARED.pairs).to_dicts()}
    assert down.sum() > 10
    assert table["switches_down"]["people"] == down.sum()
    lost = ((one["own_paid"] - other["own_paid"]) * weight)[down].sum()
    assert table["switches_down"]["yuan"] == pytest.approx(lost)
    assert table["switches_down"]["yuan_share"] == pytest.approx(lost / (one["own_paid"] * weight).sum())
    assert table["arbitrage"]["people"] <= down.sum()
    assert table["leaves_employer"]["persons"] == 0.0
    brought = table["joins_by_fixed"]
    takes = other["income"] < np.quantile(other["income"], 0.4)
    assert brought["people"] == takes.sum() and brought["yuan"] == pytest.approx(brought["persons"] * 24 * 500.0)


def test_joiners_and_the_fund_for_each_of_them() -> None:
    table = {row["figure"]: row["value"] for row in comparison.joiners(COMPARED.pairs).to_dicts()}
    one, other, weight = by_hand()
    joins = other["months_paid"] >= one["months_paid"] + 12
    assert table["persons"] == pytest.approx(weight[joins].sum())
    assert table["months_more"] == pytest.approx(24.0)
    assert table["own_more"] == pytest.approx(24 * 500.0)
    draws = joins & (other["claim_month"] > 0)
    assert table["draws_share"] == pytest.approx(weight[draws].sum() / weight[joins].sum())
    assert table["pension_to_wage"] == pytest.approx(np.average(other["pension_first"][draws], weights=weight[draws]) / 9000.0)
    assert table["pension_to_wage_before"] == pytest.approx(table["pension_to_wage"] - 24 * 4.5 / 9000.0)
    effect = comparison.fund_effect(COMPARED, 0.03)
    flows = COMPARED.accounts.filter(pl.col("item") == "balance")["difference"].to_list()
    debts = COMPARED.accounts.filter(pl.col("item").is_in(["account_liability", "implicit_debt"]) & (pl.col("year") == 2027))["difference"].sum()
    assert effect["flows"] == pytest.approx(sum(flow / 1.03 ** (k + 0.5) for k, flow in enumerate(flows)))
    assert effect["owed"] == pytest.approx(debts / 1.03 ** 3) and debts > 0.0
    assert effect["total"] == pytest.approx(effect["flows"] - effect["owed"])
    assert effect["joiners"] == pytest.approx(table["persons"])
    assert effect["per_joiner"] == pytest.approx(effect["total"] / effect["joiners"])


def test_cohorts_who_were_not_kept_are_taken_to_join_as_often() -> None:
    more = [replace(run, manifest=run.manifest | {"cohorts_to_come": 200}) for run in (lab_tables.run(), lab_tables.run(reform=True))]
    assert comparison.fund_effect(comparison.compare(*more), 0.03)["joiners"] == pytest.approx(1.5 * comparison.fund_effect(COMPARED, 0.03)["joiners"])


def test_relative_gains_of_fifths_cancel() -> None:
    table = comparison.redistribution_change(COMPARED.pairs)
    weights = COMPARED.pairs.group_by("income_fifth").agg(pl.col("weight").sum()).sort("income_fifth")["weight"].to_numpy()
    gains = table["relative_gain"].to_numpy()
    assert np.dot(gains, weights) == pytest.approx(0.0, abs=1e-9 * np.dot(np.abs(gains), weights))
    assert (table["relative_gain_error"] > 0.0).all()


def test_those_kept_stand_for_everyone() -> None:
    few = [replace(run, manifest=run.manifest | {"people": 4_000}) for run in (lab_tables.run(), lab_tables.run(reform=True))]
    grossed = comparison.compare(*few)
    assert grossed.pairs["weight"].sum() == pytest.approx(10.0 * COMPARED.pairs["weight"].sum())


def test_nothing_changes_against_itself() -> None:
    same = comparison.compare(lab_tables.run(), lab_tables.run())
    assert same.fund["difference"].abs().max() == 0.0
    assert comparison.winners(same.pairs)["unchanged"][0] == 1.0
    assert set(comparison.moves(same.pairs)["persons"]) == {0.0}


def test_runs_of_other_people_are_not_compared() -> None:
    with pytest.raises(InputError, match="differ in seed"):
        comparison.compare(lab_tables.run(), lab_tables.run(seed=6))
    with pytest.raises(InputError, match="differ in people"):
        comparison.compare(lab_tables.run(), lab_tables.run(number=300))
    moved = lab_tables.persons().with_columns(birth=pl.col("birth") + 1)
    with pytest.raises(InputError, match="not the same person"):
        comparison.pair(lab_tables.persons(), moved)
    with pytest.raises(InputError, match="No person"):
        comparison.pair(lab_tables.persons(), moved.with_columns(id=pl.col("id") + 10_000))
