"""The sweep: the same as single runs, the same on any machine, resumed after a break, ranked by what it says."""

from __future__ import annotations

import math
import pickle
import threading

import numpy as np
import polars as pl
import pytest

from lingbao.law.errors import InputError
from lingbao.law.reform_library import find_reform, fixed_amount_reforms
from lingbao.simulation.executors import Alone, Cancelled
from lingbao.simulation.layout import Flow, Outcome, Start
from lingbao.simulation.plan import plan_of
from lingbao.simulation.run import run_chunk
from lingbao.simulation.sums import Sums
from lingbao.simulation.sweep import PAIRS, Sweep, run_sweep, sweep_chunk, sweep_of
from lingbao.simulation.sweep_ranking import AIMS, by_choice, choices_of, layers, ranked, sweep_table
from lingbao.simulation.sweep_report import write_sweep

SIZE, YEARS = 900, 18
REFORMS = ("F3", "F2-001", "F2-172", "N8", "no-retirement-reform")


@pytest.fixture(scope="module")
def made() -> Sweep:
    return sweep_of([find_reform(name) for name in REFORMS], size=SIZE, years=YEARS)


@pytest.fixture(scope="module")
def sums(made: Sweep) -> Sums:
    return run_sweep(made, chunk=500, executor=Alone())


@pytest.mark.parametrize("number", range(len(REFORMS)))
def test_a_sweep_gives_the_fund_of_single_runs(made: Sweep, sums: Sums, number: int) -> None:
    """Also for a reform of retirement, which changes when people claim, and one that needs its own tables."""
    plan = plan_of(reform=find_reform(REFORMS[number]), size=SIZE, years=YEARS, keep=0)
    alone = run_chunk(plan, 0, plan.persons).exact("fund").sum(axis=1)
    assert (sums.exact("fund")[number + 1] == alone).all()
    base = plan_of(size=SIZE, years=YEARS, keep=0)
    assert (sums.exact("fund")[0] == run_chunk(base, 0, base.persons).exact("fund").sum(axis=1)).all()


def test_each_is_beside_oneself(made: Sweep, sums: Sums) -> None:
    """Joiners and their pension, counted by hand from two runs."""
    rows = [run_chunk(plan, 0, plan.persons).rows for plan in (
        plan_of(reform=reform, size=SIZE, years=YEARS) for reform in (None, find_reform("F2-001")))]
    weight = rows[0][:, Start.WEIGHT]
    was, now = (each[:, len(Start):] for each in rows)
    joins = now[:, Outcome.MONTHS_PAID] >= was[:, Outcome.MONTHS_PAID] + 12
    draws = joins & (now[:, Outcome.CLAIM_MONTH] > 0.0)
    found = dict(zip(PAIRS, sums.exact("pairs")[1].sum(axis=(0, 1)), strict=True))
    assert found["persons"] == weight.sum() and found["joins"] == weight[joins].sum() > 0
    assert found["draws_after"] == weight[draws].sum() > 0
    assert found["pension_after"] == pytest.approx(100.0 * (now[:, Outcome.PENSION_FIRST] * weight)[draws].sum(), rel=1e-6)
    lost = (was[:, Outcome.MONTHS_PAID] > 0.0) & (now[:, Outcome.FIXED_MONTHS] > 0.0) & (now[:, Outcome.OWN_PAID] < was[:, Outcome.OWN_PAID] - 0.004)
    assert found["switches_down"] == weight[lost].sum() > 0
    assert found["lost"] == pytest.approx(100.0 * ((was - now)[:, Outcome.OWN_PAID] * weight)[lost].sum(), rel=1e-6)


def test_chunks_threads_and_another_process_give_the_same_bits(made: Sweep, sums: Sums) -> None:
    assert run_sweep(made, chunk=611).digest() == sums.digest()
    came = pickle.loads(pickle.dumps(made))
    assert came.hash == made.hash
    assert sweep_chunk(came, 0, 64).equal(sweep_chunk(made, 0, 64))


def test_a_broken_sweep_goes_on_where_it_was(made: Sweep, sums: Sums, tmp_path) -> None:
    stop, done = threading.Event(), []

    def after_two(people: int) -> None:
        done.append(people)
        if people >= 600:
            stop.set()

    with pytest.raises(Cancelled):
        run_sweep(made, chunk=300, executor=Alone(), checkpoint=tmp_path / "saved", progress=after_two, cancel=stop)
    assert 600 <= done[-1] < made.persons
    again: list[int] = []
    resumed = run_sweep(made, chunk=300, executor=Alone(), checkpoint=tmp_path / "saved", progress=again.append)
    assert again[0] == done[-1] and resumed.digest() == sums.digest()


def test_the_checkpoint_of_another_sweep_is_refused(made: Sweep, tmp_path) -> None:
    few = Sweep(made.base, made.entries[:1])
    run_sweep(few, executor=Alone(), checkpoint=tmp_path / "saved")
    with pytest.raises(InputError, match=r"checkpoint\.plan|another plan|另一个方案"):
        run_sweep(made, executor=Alone(), checkpoint=tmp_path / "saved")


def test_no_reform_or_one_twice_is_refused() -> None:
    for reforms in ([], [find_reform("F3"), find_reform("F3")]):
        with pytest.raises(InputError):
            sweep_of(reforms, size=100, years=2)


def test_the_table_holds_the_aims_and_what_they_are_made_of(made: Sweep, sums: Sums) -> None:
    table = sweep_table(made, sums, 0.03)
    assert sorted(table["design"]) == sorted(REFORMS) and table["rank"].to_list() == [1, 2, 3, 4, 5]
    assert table["layer"].to_list() == sorted(table["layer"].to_list()) and table["layer"][0] == 1
    row = table.row(by_predicate=pl.col("design") == "F2-001", named=True)
    fund = sums.values("fund")
    paying = fund[:, :, Flow.PAYERS] / fund[:, :, Flow.POPULATION]
    assert row["coverage_gained"] == pytest.approx((paying[2] - paying[0])[1:].mean())
    assert row["fund_effect"] == pytest.approx(row["fund_flows"] - row["fund_owed"])
    assert row["fund_effect_per_joiner"] == pytest.approx(row["fund_effect"] / row["joiners"])
    assert 0.0 < row["lost_by_switching"] < 1.0 and row["lost_by_switching_error"] > 0.0
    retirement = table.row(by_predicate=pl.col("design") == "no-retirement-reform", named=True)
    assert retirement["takes_fixed_share"] == 0.0 and retirement["lost_by_switching"] == 0.0 and retirement["fund_effect"] != 0.0


def test_a_comparison_counts_joiners_and_the_fund_as_the_sweep_does(made: Sweep, sums: Sums) -> None:
    """The same word means the same figure in both, person by person."""
    from lingbao.simulation.comparison import compare, fund_effect, joiners, moves
    from lingbao.simulation.run import finish

    runs = [finish(plan_of(reform=reform, size=SIZE, years=YEARS)) for reform in (None, find_reform("F2-001"))]
    compared = compare(*runs)
    row = sweep_table(made, sums, 0.03).row(by_predicate=pl.col("design") == "F2-001", named=True)
    share = {each["move"]: each["share"] for each in moves(compared.pairs).to_dicts()}
    got, effect = {each["figure"]: each["value"] for each in joiners(compared.pairs).to_dicts()}, fund_effect(compared, 0.03)
    assert share["joins"] == pytest.approx(row["joins_share"], rel=1e-9) and share["stays_away"] == pytest.approx(row["stays_away_share"], rel=1e-9)
    assert got["persons"] == effect["joiners"] == pytest.approx(row["joiners"], rel=1e-9)
    assert got["pension_to_wage"] == pytest.approx(row["joiner_pension_ratio"], rel=1e-5)
    assert got["pension_to_wage_before"] == pytest.approx(row["joiner_pension_ratio_before"], rel=1e-5)
    for name in ("flows", "owed", "total"):
        assert effect[name] == pytest.approx(row["fund_effect" if name == "total" else f"fund_{name}"], rel=1e-6), name
    assert effect["per_joiner"] == pytest.approx(row["fund_effect_per_joiner"], rel=1e-6)


def test_layers_of_fronts() -> None:
    goods = np.array([[1.0, 5.0], [2.0, 4.0], [1.0, 4.0], [0.0, 0.0], [2.0, 4.0]])
    assert layers(goods).tolist() == [1, 1, 2, 3, 1]


def test_an_aim_without_a_figure_counts_as_the_worst() -> None:
    frame = pl.DataFrame([{"design": name, **dict.fromkeys(AIMS, value)} for name, value in (("a", 1.0), ("b", math.nan))])
    frame = frame.with_columns(pl.lit(1.0).alias("lost_by_switching"))
    assert ranked(frame)["design"].to_list() == ["a", "b"]


def test_a_choice_is_the_mean_of_the_designs_that_share_it() -> None:
    """A hand-made table in which each choice adds a known amount, so means and main effects are known."""
    adds = {"amount": {"absolute": 8.0, "relative": 2.0}, "index": {"formula": 0.0, "fixed": 0.5, "factor": 1.0}}
    choices = {f"F2-{a}{i}": {"amount": a, "index": i, "limit": "none"} for a in adds["amount"] for i in adds["index"]}
    rows = [{"design": name, "rank": 1, **dict.fromkeys(AIMS, adds["amount"][chosen["amount"]] + adds["index"][chosen["index"]]), "joins_share_error": 9.0}
            for name, chosen in choices.items()]
    rows += [{**rows[0], "design": "F3", "coverage_gained": 1e9}, {**rows[0], "design": "N8", "coverage_gained": 1e9}]
    rows[0] |= {"fund_effect_per_joiner": math.nan}
    means = by_choice(pl.DataFrame(rows), choices | {"F3": choices["F2-absoluteformula"], "N8": {}})
    assert means["level"].to_list() == ["amount.absolute", "amount.relative", "index.formula", "index.fixed", "index.factor"]  # nobody chooses a limit
    assert means["designs"].to_list() == [3, 3, 2, 2, 2]
    assert means["coverage_gained"].to_list() == pytest.approx([8.5, 2.5, 5.0, 5.5, 6.0])
    assert means["coverage_gained_effect"].to_list() == pytest.approx([3.0, -3.0, -0.5, 0.0, 0.5])
    assert means["fund_effect_per_joiner"][0] == pytest.approx(8.75)  # the design without a figure is left out
    assert "rank" not in means.columns and not [name for name in means.columns if name.endswith("_error")]


def test_every_choice_of_table_2_has_a_line_and_a_name() -> None:
    from lingbao.simulation.report_words import value_of
    from lingbao.simulation.sweep_report import sections_of

    many = sweep_of(fixed_amount_reforms(), size=100, years=3)
    table = ranked(pl.DataFrame([{"design": entry.id, "title_zh": "", "title_en": "", **dict.fromkeys(AIMS, float(number % 7))}
                                 for number, entry in enumerate(many.entries)]))
    means = by_choice(table, choices_of(many))
    assert means["designs"].to_list() == [162] * 4 + [108] * 12 and means["choice"].n_unique() == 6
    effects = means.group_by("choice").agg((pl.col("coverage_gained_effect") * pl.col("designs")).sum())
    assert effects["coverage_gained_effect"].to_list() == pytest.approx([0.0] * 6)  # a row's effects cancel out
    for lang in ("zh", "en"):
        assert all(value_of(word, lang, name) != word for name in ("choice", "level") for word in means[name])
    assert {"by_choice", "main_effects"} <= {section.name for section in sections_of(table, means)}


def test_the_folder_holds_table_front_and_report(made: Sweep, sums: Sums, tmp_path) -> None:
    table = sweep_table(made, sums, 0.03)
    folder = write_sweep(made, sums, table, 0.03, tmp_path / "out")
    assert pl.read_parquet(folder / "sweep.parquet").equals(table)
    page = (folder / "report.en.html").read_text(encoding="utf-8")
    assert "Pareto front" in page and page.count("<svg") >= 2 and "the paper&#x27;s own choice (F3)" in page
    assert "F2-172" in (folder / "tables" / "ranking.csv").read_text(encoding="utf-8-sig")
    means = by_choice(table, choices_of(made))
    assert pl.read_parquet(folder / "by_choice.parquet").equals(means) and means["designs"].to_list() == [1] * means.height  # two designs
    assert "What each choice of table 2 brings" in page and "amount.relative" in (folder / "tables" / "by_choice.csv").read_text(encoding="utf-8-sig")
    assert (folder / "manifest.json").is_file()


def test_all_designs_become_entries_that_share_their_tables() -> None:
    many = sweep_of(fixed_amount_reforms(), size=100, years=3)
    assert len(many.entries) == 324 and len({entry.hash for entry in many.entries}) == 324
    assert len({id(entry.tables["nation"]) for entry in many.entries}) == 1
    assert all(set(entry.tables) == {"terms", "nation"} for entry in many.entries)


def test_the_laboratory_is_there_in_one_import() -> None:
    import lingbao.simulation as laboratory

    assert all(callable(getattr(laboratory, name)) for name in laboratory.__all__)
    baseline, reform = laboratory.simulate(size=200, years=2), laboratory.simulate(reform=find_reform("F3"), size=200, years=2)
    assert laboratory.compare(baseline, reform).accounts.columns == ["year", "item", "baseline", "reform", "difference"]
    with pytest.raises(AttributeError):
        _ = laboratory.nothing
