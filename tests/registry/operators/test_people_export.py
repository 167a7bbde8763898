"""The anonymised person file: nobody to be found in it, the totals kept, and the laboratory runs on it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from operators_place import small_nation

pytestmark = pytest.mark.usefixtures("database")


def people(**changes: object) -> pl.DataFrame:
    """Thirty people alike but for what is changed in the last one."""
    row = {"year": 1990, "sex": "male", "residence": "local_rural", "home": "36", "work": "36"}
    return pl.DataFrame([row] * 29 + [{**row, **changes}])


def test_what_is_not_recorded_comes_whole_from_one_synthetic_person_alike() -> None:
    from lingbao.commands.registry_export import DONORS, DRAWN, _filled
    from lingbao.simulation.population import Population

    rows = people().with_columns(year=pl.lit(1990), band=pl.lit(1), born=pl.lit(1990), months_paid=pl.lit(0))
    filled = _filled(rows, 3)
    donors = Population.of(DONORS, 3).frame(0, DONORS).filter(
        (pl.col("sex") == "male") & (pl.col("residence") == "local_rural") & (pl.col("birth") // 12 // 10 == 199))
    assert donors.height > 100
    known = set(donors.select(DRAWN).iter_rows())
    assert all(row in known for row in filled.select(DRAWN).iter_rows())
    assert len(set(filled["log_income"])) > 10
    assert (filled["birth"] // 12 == 1990).all()


@pytest.mark.parametrize(("changes", "kept"), [
    ({}, 30), ({"year": 1991}, 29), ({"year": 1950}, 29), ({"sex": "female"}, 29),
    ({"home": "44", "residence": "rural_to_urban"}, 29), ({"work": "44"}, 29),
])
def test_who_is_alone_in_a_description_does_not_appear(changes: dict[str, object], kept: int) -> None:
    from lingbao.commands.registry_export import CELL, described

    everyone, _ = described(people(**changes), 10)
    shown = everyone.filter(pl.col("cell_size") >= 10)
    assert shown.height == kept
    assert shown.group_by("band", *CELL).len()["len"].min() >= 10  # type: ignore[operator]


def test_groups_too_small_for_one_year_are_described_by_more_years() -> None:
    from lingbao.commands.registry_export import described

    spread = pl.DataFrame([{"year": 1990 + k % 5, "sex": "male", "residence": "local_rural", "home": "36", "work": "36"} for k in range(20)])
    everyone, widened = described(spread, 10)
    assert everyone["band"].unique().to_list() == [5]
    assert (everyone["born"].unique().to_list(), widened) == ([1990], 20)


def test_the_file_names_nobody_passes_the_check_and_runs_in_the_laboratory(tmp_path: Path) -> None:
    from lingbao.commands.registry_export import INDEX_STEP, MONTHS_STEP, export
    from lingbao.registry.people.persons import read
    from lingbao.registry.session import SYSTEM, acting_as
    from lingbao.simulation.person_file import read_people

    small_nation(6200)
    done = export(tmp_path / "people.parquet", seed=3)
    shown = read_people(tmp_path / "people.parquet")
    assert done.rows == shown.height == done.people - done.withheld > 0
    assert float(shown["weight"].sum()) == pytest.approx(6200)
    assert (shown["months_paid"] % MONTHS_STEP == 0).all()
    index = shown["mean_index"].drop_nulls()
    assert ((index / INDEX_STEP - (index / INDEX_STEP).round()).abs() < 1e-9).all()
    content = (tmp_path / "people.parquet").read_bytes()
    with acting_as(SYSTEM):
        for fields in read(list(range(1, 200)), ["identity_number", "name"], purpose="核对导出").values():
            assert all(text.encode() not in content for text in fields.values() if text)
    assert "示例".encode() not in content

    from lingbao.simulation.executors import Alone
    from lingbao.simulation.run import simulate

    result = simulate(population=tmp_path / "people.parquet", years=1, executor=Alone())
    assert result.plan.persons == done.rows


def test_too_few_people_are_not_exported_at_all(tmp_path: Path) -> None:
    from lingbao.commands.registry_export import export
    from lingbao.law.errors import InputError

    small_nation(31)
    with pytest.raises(InputError, match="Too few members"):
        export(tmp_path / "people.parquet")
    assert list(tmp_path.iterdir()) == []
