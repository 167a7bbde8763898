"""Printed figures of the papers (N2, F4, F6) follow from the store's law, and what does not is named."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from lingbao.commands.replicate import app
from lingbao.law.errors import MissingLaw
from lingbao.law.store import Law
from lingbao.planner.replication import burdens, fixed_amount_figures, nanchang_tiers

LAW = Law.load()
AGREES = 0.01  # percentage points: the papers print two decimals


def test_nanchang_amounts_follow_from_wage_and_rate() -> None:
    """Questionnaire of the paper on participation in Nanchang: 568, 605, 706 … 3024 yuan a month."""
    printed = [row for row in nanchang_tiers(LAW) if row.printed is not None]
    assert [row.printed for row in printed] == [568, 605, 706, 806, 907, 1008, 1512, 3024]
    assert all(row.difference == 0 for row in printed)


def test_nanchang_amounts_move_with_the_wage() -> None:
    other = LAW.overlay({"provinces.36.contribution_average_wage": {"value": 5100.0, "since": "2020-01", "until": "2020-12"}})
    amounts = {row.label_en: row.computed for row in nanchang_tiers(other)}
    assert amounts["100%"] == 1020 and amounts["60%"] == 612 and amounts["transitional lower tier"] == 568


def test_fixed_amount_figures_are_those_of_the_paper() -> None:
    """Text of the paper on fixed-amount contributions: 0.5 and 0.6 years; index 0.5, 0.3, 0.6; 0.25 years and index 0.5."""
    rows = fixed_amount_figures(LAW)
    assert [row.printed for row in rows] == [0.5, 0.6, 0.5, 0.3, 0.6, 0.25, 0.5]
    assert all(row.difference == 0 for row in rows)


def test_every_burden_agrees_or_its_cause_is_named() -> None:
    rows = burdens(LAW)
    assert len(rows) == 10
    for row in rows:
        agrees = abs(row.difference_at_wage) <= AGREES and abs(row.difference_at_floor) <= AGREES
        assert agrees or row.code in {"income", "wage"}, row
        assert bool(row.note_zh) == bool(row.note_en) == bool(row.code)


def test_circular_figures_are_called_circular() -> None:
    """A base that rests on the table alone cannot confirm the table."""
    for row in burdens(LAW):
        independent = [token for token in row.sources if not token.startswith("P2")]
        assert independent or row.code == "circular", row


def test_jiangxi_fits_only_the_other_income() -> None:
    row = next(row for row in burdens(LAW) if row.province == "36")
    assert row.difference_at_wage != 0
    rate = float(LAW.number("national.contribution.total_rate"))
    assert round(100 * row.average_wage * rate / 6441, 2) == row.printed_at_wage
    assert round(100 * row.floor * rate / 6441, 2) == row.printed_at_floor


def test_missing_law_is_an_error_and_not_a_figure(tmp_path) -> None:
    import shutil

    copy = tmp_path / "parameters"
    shutil.copytree(LAW.directory, copy)
    file = copy / "provinces" / "contribution_base.csv"
    kept = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("42,")]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(MissingLaw, match="42"):
        burdens(Law(copy))


@pytest.mark.parametrize(("command", "rows"), [("burden", 10), ("nanchang", 10), ("fixed-amount", 7)])
def test_command_prints_table_and_json(command: str, rows: int) -> None:
    plain = CliRunner().invoke(app, [command])
    english = CliRunner().invoke(app, [command, "--lang", "en"])
    assert plain.exit_code == english.exit_code == 0
    assert "复算" in plain.stdout and "computed" in english.stdout
    assert len(json.loads(CliRunner().invoke(app, [command, "--json"]).stdout)) == rows
