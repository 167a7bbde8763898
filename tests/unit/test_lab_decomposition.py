"""A change of contributions or benefits is split so that the parts add up, whatever the order."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import lab_tables
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lingbao.law.errors import InputError
from lingbao.simulation import decomposition
from lingbao.simulation.fund_accounts import accounts

FACTOR = st.floats(min_value=1e-3, max_value=1e6)


def by_all_orders(before: dict[str, float], after: dict[str, float]) -> dict[str, Fraction]:
    """The definition: change the factors one after another in every order, and average what each did."""
    parts = dict.fromkeys(before, Fraction(0))
    orders = list(permutations(before))
    for order in orders:
        state = {name: Fraction(value) for name, value in before.items()}
        for name in order:
            old = decomposition._product(state)
            state[name] = Fraction(after[name])
            parts[name] += (decomposition._product(state) - old) / len(orders)
    return parts


@given(st.lists(st.tuples(FACTOR, FACTOR), min_size=1, max_size=5))
def test_parts_are_the_average_over_all_orders_and_add_up(pairs: list[tuple[float, float]]) -> None:
    before = {f"f{k}": pair[0] for k, pair in enumerate(pairs)}
    after = {f"f{k}": pair[1] for k, pair in enumerate(pairs)}
    table = decomposition.decompose_product(before, after)
    expected = by_all_orders(before, after)
    assert table["part"].to_list() == [float(expected[name]) for name in table["factor"]]
    exact = decomposition.shapley(decomposition._product, {k: Fraction(v) for k, v in before.items()},
                                  {k: Fraction(v) for k, v in after.items()})
    change = decomposition._product({k: Fraction(v) for k, v in after.items()}) - decomposition._product(
        {k: Fraction(v) for k, v in before.items()})
    assert sum(exact.values()) == change


def test_two_factors_by_hand() -> None:
    # 2 × 10 = 20 becomes 3 × 14 = 42: the first factor brings 1 × (10 + 14) / 2, the second 4 × (2 + 3) / 2.
    table = decomposition.decompose_product({"a": 2.0, "b": 10.0}, {"a": 3.0, "b": 14.0})
    assert table["part"].to_list() == [12.0, 10.0]
    assert table["share"].to_list() == pytest.approx([12 / 22, 10 / 22])


def test_a_factor_that_does_not_change_has_no_part() -> None:
    table = decomposition.decompose_product({"a": 2.0, "b": 10.0}, {"a": 2.0, "b": 14.0})
    assert table["part"].to_list() == [0.0, 8.0]
    same = decomposition.decompose_product({"a": 2.0}, {"a": 2.0})
    assert same["share"].to_list() == [None]


def test_where_nobody_paid_before_the_change_is_all_payers() -> None:
    table = decomposition.decompose_product({"base": float("nan"), "payers": 0.0}, {"base": 500.0, "payers": 7.0})
    assert dict(zip(table["factor"], table["part"], strict=True)) == {"base": 0.0, "payers": 3500.0}
    never = decomposition.decompose_product({"base": float("nan"), "payers": 0.0}, {"base": float("nan"), "payers": 0.0})
    assert never["part"].to_list() == [0.0, 0.0]


def test_production_and_distribution_give_the_fund_back() -> None:
    fund = lab_tables.fund()
    row = accounts(fund).row(1, named=True)
    factors = decomposition.production(fund, 2026)
    assert float(decomposition._product(factors)) == pytest.approx(row["contributions"], rel=1e-12)
    assert factors["rate"] == pytest.approx(0.202)
    assert factors["base_ratio"] == pytest.approx(0.62)
    assert factors["wage"] == pytest.approx(8_000 * 1.04)
    assert factors["months_per_payer"] == pytest.approx(9.0)
    drawn = decomposition.distribution(fund, 2026)
    assert float(decomposition._product(drawn)) == pytest.approx(5e6 * 12 * 2_000 * 1.04, rel=1e-12)
    assert drawn["relative_pension"] == pytest.approx(0.25)


def test_more_payers_is_what_ten_percent_more_payers_are() -> None:
    table = decomposition.change_between_runs(lab_tables.fund(), lab_tables.fund(1.1), (2025, 2026))
    production = table.filter((pl.col("function") == "production") & (pl.col("year") == 2025))
    parts = dict(zip(production["factor"], production["part"], strict=True))
    base = 30e6 * 9 * 8_000 * 0.62
    assert parts["membership"] == pytest.approx(0.1 * base * 0.202)
    assert sum(abs(part) for name, part in parts.items() if name != "membership") < 1e-6 * parts["membership"]
    years = decomposition.change_between_years(lab_tables.fund(), 2025, 2027)
    grown = years.filter(pl.col("function") == "distribution")
    assert grown.filter(pl.col("factor") == "wage")["part"][0] == pytest.approx(5e6 * 12 * 2_000 * (1.04**2 - 1))


def test_pensions_of_lives_are_wage_times_replacement_times_adjustment_times_years() -> None:
    persons = lab_tables.persons()
    factors = decomposition.distribution_of_lives(persons, lab_tables.LAST)
    drawn = persons.filter((pl.col("pension_scheme") == "employee") & (pl.col("claim_month") > 0))
    assert float(decomposition._product(factors)) == pytest.approx((drawn["benefits"] * drawn["weight"]).sum(), rel=1e-9)
    assert factors["pensioners"] == pytest.approx(drawn["weight"].sum())
    assert factors["wage"] == pytest.approx(9_000.0)


def test_resident_pension_months_are_not_taken_for_employee_ones() -> None:
    more = [{"year": 2025, "province": "CN", "item": "resident_pensioners", "value": 15e6}]
    both = pl.concat([lab_tables.fund().filter(pl.col("item") != "pension_months"), pl.DataFrame(more),
                      pl.DataFrame([{"year": 2025, "province": "CN", "item": "pension_months", "value": 20e6 * 12}])])
    factors = decomposition.distribution(both, 2025)
    assert factors["months_per_pensioner"] == pytest.approx(12.0)
    assert factors["relative_pension"] == pytest.approx(0.25)


def test_wrong_years_and_factors_are_refused() -> None:
    with pytest.raises(InputError, match="no year 1999"):
        decomposition.production(lab_tables.fund(), 1999)
    with pytest.raises(InputError, match="same factors"):
        decomposition.decompose_product({"a": 1.0}, {"b": 1.0})
    with pytest.raises(InputError, match="finite"):
        decomposition.decompose_product({"a": 1.0}, {"a": float("inf")})
