"""Do printed figures follow from the law? Tables of research papers, computed again from the store's parameters."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lingbao.law.loader import read_csv
from lingbao.law.month import parse_month
from lingbao.law.rules.contribution import (
    burden,
    monthly_contribution,
    monthly_contribution_in_yuan,
    tier_base,
)
from lingbao.law.rules.fixed_amount import (
    counted_fraction,
    counted_months,
    fixed_amount_index,
    index_by_formula,
)
from lingbao.law.store import Law

PUBLISHED = Path(__file__).parent / "published"
NANCHANG = "36"  # Jiangxi, whose bounds hold in Nanchang
NANCHANG_MONTH = "2020-07"
LOWER_TIER = "lower"


@dataclass(frozen=True)
class Burden:
    """One province of the printed table of burdens (F6), beside the figures computed from the law.

    Attributes
    ----------
    province, month : str
        Code of the province, and the month (``YYYY-MM``) whose law is used.
    income : float
        Mean income of flexible workers as printed [yuan/month].
    average_wage, floor : float
        Wage that governs the bounds, and floor of the base, from the store [yuan/month].
    printed_at_wage, printed_at_floor, at_wage, at_floor : float
        Contribution over income, printed and computed [percent, two decimals].
    sources : tuple of str
        Where the store's figures were seen.
    code, note_zh, note_en : str
        What stands between the two figures, empty where nothing does.
    """

    province: str
    month: str
    income: float
    average_wage: float
    floor: float
    printed_at_wage: float
    printed_at_floor: float
    at_wage: float
    at_floor: float
    sources: tuple[str, ...]
    code: str
    note_zh: str
    note_en: str

    @property
    def difference_at_wage(self) -> float:
        """Computed less printed, at the average wage [percentage points]."""
        return round(self.at_wage - self.printed_at_wage, 2)

    @property
    def difference_at_floor(self) -> float:
        """Computed less printed, at the floor [percentage points]."""
        return round(self.at_floor - self.printed_at_floor, 2)

    def to_dict(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return asdict(self) | {
            "difference_at_wage": self.difference_at_wage, "difference_at_floor": self.difference_at_floor,
        }


@dataclass(frozen=True)
class Reproduced:
    """One printed figure beside the computed one.

    Attributes
    ----------
    label_zh, label_en : str
    printed : float or None
        None where the paper prints none.
    computed : float
    """

    label_zh: str
    label_en: str
    printed: float | None
    computed: float

    @property
    def difference(self) -> float | None:
        """Computed less printed; None where nothing is printed."""
        return None if self.printed is None else round(self.computed - self.printed, 6)

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        return asdict(self) | {"difference": self.difference}


def burdens(law: Law) -> tuple[Burden, ...]:
    """Compute the ten-province table of burdens: ``base × rate ÷ income`` (mechanism F6).

    Raises
    ------
    MissingLaw
        If the store lacks a base, floor or rate; the message names it.
    """
    return tuple(_burden(law, row) for row in read_csv(PUBLISHED / "burden.csv"))


def _burden(law: Law, row: dict[str, str]) -> Burden:
    on, income = parse_month(row["month"]), float(row["income"])
    rate = float(law.number("national.contribution.total_rate", on))
    wage = law.look_up(f"provinces.{row['province']}.contribution_average_wage", on)
    floor = law.look_up(f"provinces.{row['province']}.contribution_floor", on)

    def percent(base: float) -> float:
        return round(100.0 * burden(monthly_contribution(base, rate), income), 2)

    return Burden(
        row["province"], row["month"], income, wage.value, floor.value, float(row["burden_at_wage_pct"]),
        float(row["burden_at_floor_pct"]), percent(wage.value), percent(floor.value), wage.sources, row["code"],
        row["note_zh"], row["note_en"],
    )


def nanchang_tiers(law: Law) -> tuple[Reproduced, ...]:
    """Compute the monthly amounts of Nanchang's tiers in 2020, in whole yuan (mechanism N2).

    Raises
    ------
    MissingLaw
        If the store lacks the wage, the lower floor or the rate; the message names it.
    """
    on = parse_month(NANCHANG_MONTH)
    rate = float(law.number("national.contribution.total_rate", on))
    wage = float(law.number(f"provinces.{NANCHANG}.contribution_average_wage", on))
    lower = float(law.number(f"provinces.{NANCHANG}.contribution_floor_flexible", on))

    def computed(tier: str) -> float:
        base = lower if tier == LOWER_TIER else tier_base(wage, float(tier))
        return monthly_contribution_in_yuan(base, rate)

    return tuple(
        Reproduced(
            row["label_zh"], row["label_en"], float(row["month_amount"]) if row["month_amount"] else None,
            computed(row["tier"]),
        )
        for row in read_csv(PUBLISHED / "nanchang_tiers.csv")
    )


def fixed_amount_figures(law: Law) -> tuple[Reproduced, ...]:
    """Compute the worked figures of the fixed-amount contribution (mechanism F4).

    Years count in proportion; the index follows one of the three index rules. The rate is the law's.

    Raises
    ------
    MissingLaw
        If the store lacks the contribution rate.
    """
    rate = float(law.number("national.contribution.total_rate"))
    return tuple(
        Reproduced(
            f"工资{row['average_wage']}元，定额{row['amount']}元，{row['label_zh']}",
            f"wage {row['average_wage']}, amount {row['amount']}: {row['label_en']}",
            float(row["published"]), round(_fixed_amount_figure(row, rate), 6),
        )
        for row in read_csv(PUBLISHED / "fixed_amount.csv")
    )


def _fixed_amount_figure(row: dict[str, str], rate: float) -> float:
    wage, amount = float(row["average_wage"]), float(row["amount"])
    if row["figure"] == "years":
        return counted_months(float(row["months"]), 0.0, 1.0, counted_fraction(amount, wage, rate)) / 12.0
    return fixed_amount_index(index_by_formula(amount, rate, wage), float(row["fixed_index"]), float(row["index_factor"]))
