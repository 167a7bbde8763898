"""The calibration: moments against figures worked out by hand, known coefficients found again, every target listed once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import typer
import yaml

from lingbao.commands.calibrate import calibrate
from lingbao.law.errors import InputError
from lingbao.law.month import month
from lingbao.law.reform_library import find_reform
from lingbao.simulation import targets
from lingbao.simulation.behaviour import COEFFICIENTS, Behaviour
from lingbao.simulation.calibrate import (
    Bench,
    Prior,
    fit,
    load_priors,
    moments_of,
    noise_of,
    sandwich,
    stored,
)
from lingbao.simulation.layout import Coefficient, LawRow, Term
from lingbao.simulation.life_steps import hazard_of_leaving, on_platform_after, work_after
from lingbao.simulation.moments import MOMENTS, Evidence
from lingbao.simulation.platform_time import (
    NEW_FORM,
    OFF,
    ON,
    days_of_year,
    monthly_of_yearly,
    platform_figures,
    retention,
    stationary,
    transitions,
)
from lingbao.simulation.run_tables import StoredRun
from lingbao.simulation.targets import Target, load_targets, standard_error
from lingbao.simulation.uncertainty import (
    SOURCES,
    chart_table,
    drawn_behaviour,
    root_of,
    table,
    uncertainty,
)

GROUP = {"sex": "male", "residence": "local_urban", "income_fifth": 1, "age_band": "25-34"}


def by_hand() -> StoredRun:
    """Three years, two kinds of work; seven people kept one by one."""
    rows = []
    for year, members in ((2025, 40.0), (2026, 30.0), (2027, 20.0)):
        for kind, part in (("new_form", 0.5), ("casual", 0.5)):
            measures = {"population": 100.0, "employee_members": members, "none": 30.0, "payers": members / 2, "ever_stopped": 12.0,
                        "stopped_months": 288.0}
            rows += [{"year": year, **GROUP, "kind": kind, "measure": name, "value": value * 2 * part} for name, value in measures.items()]
    choices = pl.DataFrame([
        {"year": year, "scheme": scheme, "tier": tier, "rhythm": rhythm, "persons": persons}
        for year in (2025, 2026, 2027)
        for scheme, tier, rhythm, persons in (
            ("none", "", 0, 30.0), ("resident", "fee 1", 12, 30.0), ("resident", "fee 3", 12, 10.0), ("employee", "lowest", 1, 12.0),
            ("employee", "lowest", 12, 3.0), ("employee", "0.7", 12, 3.0), ("employee", "1.5", 6, 1.0), ("employee", "3", 6, 1.0))
    ])
    people = [  # birth, weight, sex, residence, kind, income, scheme at the end, months paid, months stopped, claim, death
        (month(1977, 12), 1.0, "male", "local_rural", "new_form", 3000.0, "none", 0, 0, 0, 0),
        (month(1987, 12), 3.0, "female", "local_urban", "casual", 5000.0, "none", 10, 24, 0, 0),
        (month(1997, 12), 2.0, "male", "local_urban", "new_form", 9000.0, "employee", 20, 12, 0, 0),
        (month(1997, 12), 2.0, "male", "local_urban", "new_form", 8000.0, "employee", 20, 0, 0, 0),
        (month(1967, 12), 1.0, "male", "local_urban", "casual", 1.0, "none", 0, 0, 0, 0),          # sixty: not surveyed
        (month(1977, 12), 1.0, "male", "local_urban", "casual", 1.0, "none", 0, 0, 0, month(2026, 5)),
        (month(1970, 1), 1.0, "male", "local_urban", "casual", 1.0, "none", 0, 0, month(2027, 1), 0),
    ]
    persons = pl.DataFrame([
        {"id": k, "birth": birth, "weight": weight, "sex": sex, "residence": residence, "kind": kind, "income": income,
         "scheme_last": scheme, "months_paid": paid, "stopped_months": stopped, "ever_stopped": stopped > 0, "claim_month": claim,
         "death_month": death, "province": "11", "income_fifth": 1, "fixed_months": 0, "own_paid": 0.0, "employer_paid": 0.0,
         "pension_scheme": "none", "pension_first": 0.0, "wage_at_claim": 0.0, "benefits": 0.0, "pv_own": 0.0, "pv_benefits": 0.0,
         "irr": 0.0, "replacement_rate": 0.0}
        for k, (birth, weight, sex, residence, kind, income, scheme, paid, stopped, claim, death) in enumerate(people)
    ])
    fund = pl.DataFrame({"year": [2025], "province": ["CN"], "item": ["members"], "value": [1.0]})
    return StoredRun({"first_year": 2025, "years": 3}, fund, pl.DataFrame(rows), choices, persons)


def more_members(run: StoredRun, factor: float) -> StoredRun:
    changed = run.people.with_columns(
        value=pl.when(pl.col("measure") == "employee_members").then(pl.col("value") * factor).otherwise(pl.col("value")))
    return replace(run, people=changed)


@pytest.mark.parametrize(("name", "value"), [
    ("employee_share", (0.3 + 0.2) / 2),              # years after the first
    ("employee_share_first_years", 0.35),
    ("employee_share_drift", 0.2 - 0.3),
    ("none_share", 0.3),
    ("none_share_new_form", 0.3),
    ("payers_of_members", 0.5),
    ("ever_stopped_share", 0.12),
    ("mean_years_stopped", 2.0),
    ("tier_lowest", 15 / 20), ("tier_70", 3 / 20), ("tier_150", 2 / 20), ("resident_lowest_tier", 0.75),
    ("payment_month", 12 / 20), ("payment_half_year", 2 / 20), ("payment_year", 6 / 20),
    ("uninsured_male", 0.25), ("uninsured_rural", 0.25), ("uninsured_mean_age", (50 + 3 * 40) / 4),
    ("uninsured_mean_income", (3000 + 3 * 5000) / 4), ("uninsured_40_49", 0.75), ("uninsured_50_59", 0.25),
    ("uninsured_new_form", 0.25), ("insured_ever_stopped", 0.5),
    ("density_stopped", (3 * 24 / 240 + 2 * 12 / 120) / 5),
    ("income_threshold_new_form", 3000.0),
])
def test_moments_of_a_small_run_are_those_worked_out_by_hand(name: str, value: float) -> None:
    assert MOMENTS[name](Evidence(by_hand())) == pytest.approx(value)


def test_odds_and_uptake_compare_two_runs() -> None:
    run = by_hand()
    both = Evidence(run, more_members(run, 0.8), more_members(run, 1.2))
    assert MOMENTS["odds_change"](both) == pytest.approx((0.2 / 0.8) / (0.25 / 0.75) - 1)
    assert MOMENTS["subsidy_uptake"](both) == pytest.approx(0.05)
    assert np.isnan(MOMENTS["odds_change"](Evidence(run)))


# --- targets


def test_every_target_is_listed_once_with_a_moment_or_a_reason() -> None:
    known = load_targets()
    names = [target.name for target in known]
    assert len(set(names)) == len(names) >= 60
    for target in known:
        assert bool(target.moment) != bool(target.reason_en), target.name
        assert bool(target.reason_zh) == bool(target.reason_en) and target.population_zh and target.population_en and target.source
        assert not target.moment or target.moment in MOMENTS
        if target.fitted:
            assert target.error > 0.0 and np.isfinite(target.value), target.name
    assert {target.use for target in known} == {"fit", "validate", "context"}
    assert len({(target.moment, target.value) for target in known if target.moment}) == sum(bool(target.moment) for target in known)
    assert not [name for name in MOMENTS if name not in {target.moment for target in known}]


def test_the_keys_of_the_file_are_not_repeated() -> None:
    keys = re.findall(r"^  (\w+):", targets.FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys))


def test_what_is_only_validated_never_enters_the_fit() -> None:
    assert all(target.use == "fit" for target in load_targets() if target.fitted)
    assert any(target.use == "validate" and target.held_by == "coefficients" for target in load_targets())


@pytest.mark.parametrize(("value", "people", "assumed", "error"), [
    (0.278, 4092, None, 0.0070035), (0.278, 4092, 0.03, 0.0308067), (0.5, None, 0.1, 0.1), (0.0, 47, 0.02, 0.02),
])
def test_errors_are_binomial_with_what_was_assumed(value: float, people: int | None, assumed: float | None, error: float) -> None:
    assert standard_error(value, people, assumed) == pytest.approx(error, rel=1e-4)


def of(name: str, value: float, error: float, bound: str = "") -> Target:
    return Target(name, name, name, value, "share", bound, "", "", "", "fit", "coefficients", name, error, True)


def test_a_bound_is_missed_on_one_side_only() -> None:
    assert of("x", 0.5, 0.1, "lower").distance(0.7) == 0.0
    assert of("x", 0.5, 0.1, "lower").distance(0.3) == pytest.approx(-2.0)
    assert of("x", 0.5, 0.1, "upper").distance(0.7) == pytest.approx(2.0)


def test_an_entry_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    entry = {"label_zh": "甲", "label_en": "a", "value": 0.1, "unit": "share", "population": "p", "source": "s", "use": "fit",
             "held_by": "coefficients", "moment": "none_share"}
    file = tmp_path / "targets.yaml"
    file.write_text(yaml.safe_dump({"populations": {"p": {"zh": "人", "en": "people"}}, "targets": {"a": entry}, "held": {}}), encoding="utf-8")
    with pytest.raises(InputError, match="contradicts itself"):
        load_targets(file)


# --- the search


PRIORS = (
    Prior("A", "甲", "a", 0.0, 5.0, -np.inf, np.inf), Prior("B", "乙", "b", 1.0, 5.0, 0.0, np.inf),
    Prior("C", "丙", "c", 0.7, None, -np.inf, np.inf), Prior("D", "丁", "d", 0.2, 0.5, -np.inf, np.inf),
)


def curved(values: Mapping[str, float]) -> np.ndarray:
    """Three moments of two coefficients; D touches none of them."""
    a, b, c = values["A"], values["B"], values["C"]
    return np.array([1.0 / (1.0 + np.exp(-a)), c * b + 0.1 * a * a, a - b])


def test_known_coefficients_are_found_again_within_their_errors() -> None:
    truth = {"A": 1.2, "B": 2.0, "C": 0.7, "D": 0.0}
    wanted = [of(str(k), float(value), 0.01) for k, value in enumerate(curved(truth))]
    found = fit(curved, lambda values: np.zeros((3, 3)), wanted, PRIORS)
    assert found.fitted == ("A", "B", "D")
    errors = np.sqrt(np.diag(found.covariance))
    for place, name in enumerate(("A", "B")):
        assert abs(found.values[name] - truth[name]) < 0.02 and errors[place] < 0.05
    assert found.values["C"] == 0.7                                  # held
    assert found.values["D"] == pytest.approx(0.2) and errors[2] == pytest.approx(0.5)   # nothing learnt: the prior comes back
    assert found.moved[2] == pytest.approx(0.0, abs=1e-9) and found.moved[:2].min() > 0.99


def test_noise_of_the_simulation_widens_the_covariance() -> None:
    wanted = [of(str(k), float(value), 0.01) for k, value in enumerate(curved({"A": 1.2, "B": 2.0, "C": 0.7, "D": 0.0}))]
    exact = fit(curved, lambda values: np.zeros((3, 3)), wanted, PRIORS).covariance
    noisy = fit(curved, lambda values: np.eye(3) * 0.01**2, wanted, PRIORS).covariance
    assert noisy[0, 0] == pytest.approx(2.0 * exact[0, 0], rel=0.02)


def test_nothing_to_fit_is_refused() -> None:
    with pytest.raises(InputError, match="no coefficient to fit"):
        fit(curved, lambda values: np.zeros((3, 3)), [], PRIORS)


def test_the_sandwich_of_exact_weights_is_the_inverse_of_the_information() -> None:
    jacobian = np.random.default_rng(3).normal(size=(9, 4))
    made = sandwich(jacobian, np.zeros((5, 5)), np.ones(5))
    assert made == pytest.approx(np.linalg.inv(jacobian.T @ jacobian))
    wider = sandwich(jacobian, np.eye(5), np.ones(5))
    assert np.linalg.eigvalsh(wider - made).min() > -1e-12


# --- the model


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench.of(size=6000, seed=5, years=4)


def test_nobody_takes_a_job_on_the_bench_and_the_floor_costs_a_thousand_more(bench: Bench) -> None:
    fund = bench.evidence({}).run.fund
    assert fund.filter(pl.col("item") == "employer_contributions")["value"].sum() == 0.0
    plain, raised = bench.plain.tables["law_table"], bench.raised.tables["law_table"]
    cost = (raised[:, LawRow.FLOOR] - plain[:, LawRow.FLOOR]) * plain[:, LawRow.TOTAL_RATE] * 12
    assert cost == pytest.approx(np.full(cost.shape, 1000.0))
    assert (bench.subsidised.tables["terms"][:, Term.PLATFORM_SHARE] == 0.5).all()


def test_coefficients_of_the_simulation_are_found_again(bench: Bench) -> None:
    """Two leanings, from shares that the simulation itself made with other values."""
    start = dict(bench.behaviour.coefficients)
    truth = {**start, "EMPLOYEE": start["EMPLOYEE"] + 0.5, "RESIDENT": start["RESIDENT"] - 0.4}
    names = ("employee_share", "none_share", "payers_of_members")
    listed = [of(name, 0.0, 0.005) for name in names]
    made = moments_of(bench.evidence(truth), listed)
    wanted = [replace(target, value=float(value)) for target, value in zip(listed, made, strict=True)]
    priors = [Prior(p.name, p.zh, p.en, start[p.name], 1.0 if p.name in ("EMPLOYEE", "RESIDENT") else None, p.least, p.most)
              for p in load_priors()]
    found = fit(lambda values: moments_of(bench.evidence(values), wanted), lambda values: noise_of(bench.parts(values, 4), wanted),
                wanted, priors, rounds=5)
    errors = np.sqrt(np.diag(found.covariance))
    for error, name in zip(errors, found.fitted, strict=True):
        assert abs(found.values[name] - truth[name]) < max(2.0 * error, 0.05)
        assert 0.0 < error < 0.5
    assert np.linalg.eigvalsh(found.covariance).min() > 0.0


def test_a_calibration_written_down_is_read_back(tmp_path: Path) -> None:
    truth = {"A": 1.2, "B": 2.0, "C": 0.7, "D": 0.0}
    wanted = [of(str(k), float(value), 0.01) for k, value in enumerate(curved(truth))]
    found = fit(curved, lambda values: np.zeros((3, 3)), wanted, PRIORS)
    every = {c.name: 0.5 for c in Coefficient if c is not Coefficient.PRESENT_BIAS}
    file = tmp_path / "coefficients.yaml"
    file.write_text(stored(replace(found, values=every), law_hash="abc", size=10, seed=3, date="2026-01-01"), encoding="utf-8")
    read = Behaviour.load(coefficients=file)
    assert read.coefficients["EMPLOYEE"] == 0.5 and read.fitted == found.fitted
    assert np.asarray(read.covariance) == pytest.approx(found.covariance, rel=1e-4)


# --- what is stored


def test_the_stored_covariance_is_one_and_belongs_to_the_fitted_coefficients() -> None:
    stored_now = Behaviour.load()
    free = tuple(prior.name for prior in load_priors() if prior.width is not None)
    assert stored_now.fitted == free and stored_now.covariance is not None
    assert stored_now.covariance.shape == (len(free), len(free))
    assert stored_now.covariance == pytest.approx(stored_now.covariance.T)
    assert np.linalg.eigvalsh(stored_now.covariance).min() > -1e-8
    for prior in load_priors():
        assert prior.least <= stored_now.coefficients[prior.name] <= prior.most
        if prior.width is None:
            assert stored_now.coefficients[prior.name] == prior.start and prior.why_en and prior.why_zh


def test_the_method_note_lists_every_coefficient_with_its_stored_value() -> None:
    note = (Path(__file__).parents[2] / "docs" / "methods" / "behaviour.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([A-Z_]+)` \| [^|]* \| (−?[\d.]+) \|", note, re.MULTILINE))
    values = yaml.safe_load(COEFFICIENTS.read_text(encoding="utf-8"))["values"]
    assert set(listed) == set(values)
    for name, text in listed.items():
        assert float(text.replace("−", "-")) == pytest.approx(values[name], abs=0.0051), name


# --- the command


def test_the_command_compares_every_target_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = COEFFICIENTS.read_bytes()
    with pytest.raises(typer.Exit):
        calibrate(check=True, size=1500, as_json=True)
    lines = json.loads(capsys.readouterr().out)["lines"]
    assert [line["name"] for line in lines] == [target.name for target in load_targets()]
    for line in lines:
        assert (line["model"] is None) == bool(line["reason_en"])
    assert COEFFICIENTS.read_bytes() == before


@pytest.mark.parametrize(("options", "said"), [
    ({"check": True, "coefficients": Path("nowhere.yaml")}, "no such file"),
    ({"check": True, "coefficients": targets.FILE}, "lacks BURDEN"),
    ({"rounds": 0}, "At least one step"),
    ({"check": True, "size": 0}, "must be whole"),
])
def test_what_a_user_can_get_wrong_is_said(options: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as left:
        calibrate(**options, lang="en")
    assert left.value.exit_code == 2 and said in capsys.readouterr().err


# --- platforms


def test_the_chain_of_platform_work_agrees_with_the_monthly_steps_drawn_by_luck() -> None:
    behaviour = Behaviour.load()
    chain = transitions(behaviour, "driver")
    assert chain.sum(axis=1) == pytest.approx(np.ones(len(chain)))
    to_idle, to_job, back, leaves_job = behaviour.hazards[NEW_FORM]
    joins, *leaving = behaviour.platforms[1]
    luck = np.random.default_rng(7).random((2, 300, 240)).tolist()
    seen = np.zeros(2)
    for work_luck, platform_luck in zip(*luck, strict=True):
        works, on_it, tenure = 0.0, 0.0, 0.0
        for t in range(240):
            works = work_after(works, work_luck[t], to_idle, to_job, back, leaves_job)
            now = on_platform_after(on_it, works, platform_luck[t], hazard_of_leaving(tenure, *leaving), joins)
            tenure = tenure + 1.0 if now == 1.0 and on_it == 1.0 else 0.0
            on_it = now
            if t >= 120:
                seen += (on_it, on_it * (tenure >= 12))
    expected = stationary(chain)
    assert seen / (300 * 120) == pytest.approx([expected[ON:].sum(), expected[-1]], abs=0.02)


def test_figures_of_a_platform_that_nobody_leaves_are_plain() -> None:
    forever = np.eye(5)
    forever[OFF] = forever[ON] = [0, 0, 0, 0, 1.0]
    forever[:OFF] = [0, 0, 0, 1.0, 0]
    assert monthly_of_yearly(forever) == pytest.approx(1.0)
    assert retention(forever, 60, 3) == pytest.approx(1.0)
    days, share = days_of_year(forever, 24.0)
    assert share[days == 288.0] == pytest.approx(1.0)
    figures = platform_figures(Behaviour.load())
    assert sum(figures[f"rider_days_{part}"] for part in ("under_30", "30_259", "260")) == pytest.approx(1.0)


# --- uncertainty


def test_sources_of_uncertainty_add_as_squares_and_shrink_with_people() -> None:
    seen = {source: [{"coverage": 0.30}, {"coverage": 0.34}] for source in ("behaviour", "sampling", "chance")}
    made = table({"coverage": 0.32}, {"coverage": 0.29}, {"coverage": 0.37}, seen, 0.5)
    row = made.to_dicts()[0]
    spread = 0.02 * 2**0.5
    assert (row["law"], row["behaviour"]) == (pytest.approx(0.04), pytest.approx(spread))
    assert row["sampling"] == pytest.approx(spread / 2)
    assert row["total"] == pytest.approx((0.04**2 + spread**2 + 2 * (spread / 2) ** 2) ** 0.5)
    drawn = chart_table(made)
    assert drawn.filter(pl.col("source") == "law")["relative"].to_list() == [pytest.approx(0.125)]
    assert drawn.height == 4


def test_coefficients_are_drawn_from_their_covariance() -> None:
    matrix = np.array([[0.04, 0.01], [0.01, 0.09]])
    assert root_of(matrix) @ root_of(matrix).T == pytest.approx(matrix)
    known = replace(Behaviour.load(), fitted=("EMPLOYEE", "BURDEN"), covariance=matrix)
    drawn = drawn_behaviour(known, 400, 3)
    points = np.array([[b.coefficients["EMPLOYEE"], b.coefficients["BURDEN"]] for b in drawn])
    middle = [known.coefficients["EMPLOYEE"], known.coefficients["BURDEN"]]
    assert points.mean(axis=0) == pytest.approx(middle, abs=0.05)
    assert np.cov(points.T) == pytest.approx(matrix, abs=0.015)
    assert len({b.coefficients["WAIT"] for b in drawn}) == 1


def test_a_chart_of_uncertainty_is_drawn() -> None:
    from lingbao.simulation.report_charts import specification
    from lingbao.simulation.report_tables import text_rows
    from lingbao.simulation.uncertainty import CHART, uncertainty_section

    seen = {source: [{"coverage": 0.30}, {"coverage": 0.34}] for source in ("behaviour", "sampling", "chance")}
    made = table({"coverage": 0.32}, {"coverage": 0.29}, {"coverage": 0.37}, seen, 1.0)
    form = specification(CHART, chart_table(made), "en")
    assert {mark["series"] for mark in form["data"]["values"]} == {"law and projection", "coefficients of behaviour", "sampling of people", "chance"}
    rows = text_rows(uncertainty_section(made), "en")
    assert [cell for cell, _ in rows[0]] == ["share in the employee scheme", "32.0%", "4.0%", "2.8%", "2.8%", "2.8%", "6.3%", "29.0%", "37.0%"]
    assert len(rows) == 1


def test_uncertainty_of_a_reform_is_split_by_source() -> None:
    done: list[tuple[int, int]] = []
    made = uncertainty(reform=find_reform("F3"), size=1500, years=3, draws=2, full_size=150_000, progress=lambda k, n: done.append((k, n)))
    assert done == [(k, 9) for k in range(1, 10)]
    rows = {row["figure"]: row for row in made.to_dicts()}
    for name in ("coverage", "paying", "fund_balance_value", "coverage_change", "first_payments_change"):
        row = rows[name]
        assert min(row["behaviour"], row["sampling"], row["chance"]) > 0.0, name
        assert row["total"] == pytest.approx(sum(row[source] ** 2 for source in SOURCES) ** 0.5)
    assert rows["coverage"]["value"] > rows["coverage_change"]["value"] > 0.0       # the fixed amount brings people in
    with pytest.raises(InputError, match="at least two"):
        uncertainty(draws=1)
