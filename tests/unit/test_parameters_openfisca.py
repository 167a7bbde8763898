"""The export is read by OpenFisca's own loader and gives the same numbers."""

from __future__ import annotations

import pytest
from openfisca_core.parameters import load_parameter_file

from lingbao.law.errors import InputError
from lingbao.law.export_openfisca import export
from lingbao.law.month import month
from lingbao.law.store import Law

LAW = Law.load()


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    directory = tmp_path_factory.mktemp("openfisca") / "parameters"
    assert export(LAW, directory).written > 500
    return load_parameter_file(str(directory), "")


@pytest.mark.parametrize(("path", "day"), [
    ("national.account.crediting_rate", (2024, 5)), ("national.retirement.minimum_months", (2033, 5)),
    ("national.contribution.account_rate", (2003, 5)), ("national.benefit.pension_adjustment", (2023, 5)),
])
def test_national_values(tree, path: str, day: tuple[int, int]) -> None:
    node = tree
    for part in path.split("."):
        node = node.children[part]
    assert node(f"{day[0]}-{day[1]:02d}-01") == LAW.number(path, on=month(*day))


@pytest.mark.parametrize(("code", "name"), [("36", "benefit_base"), ("31", "contribution_floor"), ("11", "contribution_cap")])
def test_provincial_values(tree, code: str, name: str) -> None:
    node = tree.children["provinces"].children[f"province_{code}"].children[name]
    for on in (month(2022, 9), month(2025, 9)):
        assert node(f"{on // 12}-{on % 12 + 1:02d}-01") == LAW.number(f"provinces.{code}.{name}", on=on)


def test_a_value_that_ended_is_null_in_the_gap(tree) -> None:
    node = tree.children["provinces"].children["province_36"].children["benefit_base"]
    assert node("2019-06-01") is None
    assert node("2020-06-01") == 6000


def test_unit_and_reference_come_along(tree) -> None:
    node = tree.children["national"].children["contribution"].children["total_rate"]
    assert node.metadata["unit"] == "/1"
    assert node.values_list[0].metadata["reference"][0].startswith("国发〔2005〕38号")


def test_nothing_is_overwritten(tmp_path) -> None:
    (tmp_path / "kept.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(InputError, match="not empty"):
        export(LAW, tmp_path)
