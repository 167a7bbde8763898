"""The tables of one run as everything after it reads them: in memory or from an output folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from lingbao.law.errors import InputError

TABLES = ("fund", "people", "choices", "persons")
NATION = "CN"

# Columns that must be there; a table may hold more.
COLUMNS: dict[str, tuple[str, ...]] = {
    "fund": ("year", "province", "item", "value"),
    "people": ("year", "sex", "residence", "kind", "income_fifth", "age_band", "measure", "value"),
    "choices": ("year", "scheme", "tier", "rhythm", "persons"),
    "persons": ("id", "weight", "birth", "sex", "residence", "kind", "province", "income", "income_fifth", "scheme_last",
                "months_paid", "fixed_months", "stopped_months", "ever_stopped", "own_paid", "employer_paid", "claim_month",
                "pension_scheme", "pension_first", "wage_at_claim", "death_month", "benefits", "pv_own", "pv_benefits",
                "irr", "replacement_rate"),
}
GROUPS = ("sex", "residence", "kind", "income_fifth", "age_band")


class RunTables(Protocol):
    """What a run leaves behind; the result of a simulation and :class:`StoredRun` both have it."""

    @property
    def manifest(self) -> dict[str, Any]:
        """What was run: law, reform, seed, size, versions."""

    @property
    def fund(self) -> pl.DataFrame:
        """Flows and stocks by year, province (``CN`` for all) and item [yuan or persons]."""

    @property
    def people(self) -> pl.DataFrame:
        """Measures by year and group of people [persons, yuan, months]."""

    @property
    def choices(self) -> pl.DataFrame:
        """Persons by year, scheme, tier and rhythm of payment."""

    @property
    def persons(self) -> pl.DataFrame:
        """One row a simulated person kept."""


@dataclass(frozen=True)
class StoredRun:
    """A run read back from its folder, or put together by hand.

    Attributes
    ----------
    manifest : dict
        What was run.
    fund, people, choices, persons : DataFrame
        Its tables; see :class:`RunTables`.
    """

    manifest: dict[str, Any]
    fund: pl.DataFrame
    people: pl.DataFrame
    choices: pl.DataFrame
    persons: pl.DataFrame

    def __post_init__(self) -> None:
        for name in TABLES:
            check_columns(getattr(self, name), name)


def check_columns(frame: pl.DataFrame, name: str) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    InputError
        Naming the table and the columns that are not there.
    """
    lost = [column for column in COLUMNS[name] if column not in frame.columns]
    if lost:
        raise InputError("run.columns", value=", ".join(lost), where=name,
                         zh=f"结果表“{name}”缺少列：{'、'.join(lost)}。它可能不是由模拟程序写出的。",
                         en=f"The table '{name}' lacks {', '.join(lost)}; it may not have been written by a simulation.")


def read_run(folder: Path | str) -> StoredRun:
    """Read the manifest and tables of a run's output folder.

    Raises
    ------
    InputError
        If a file is missing or cannot be read; the message says which.
    """
    at = Path(folder)
    try:
        manifest = json.loads((at / "manifest.json").read_text(encoding="utf-8"))
        frames = {name: pl.read_parquet(at / f"{name}.parquet") for name in TABLES}
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise InputError("run.folder", value=str(at), where=str(at),
                         zh=f"无法读取运行结果：{error}。文件夹中应有 manifest.json 和 {'、'.join(TABLES)} 四个 Parquet 表。",
                         en=f"The run cannot be read: {error}. Its folder holds manifest.json and the tables {', '.join(TABLES)} as Parquet.") from error
    return StoredRun(manifest, **frames)


def grossing(run: RunTables) -> float:
    """Return the factor on the weights of the people kept that makes them stand for all flexible workers of today.

    The people of today come first by number and who is kept depends on the number alone, so those kept are a sample of
    them. Cohorts to come are among the people kept only once everyone of today is.
    """
    today = int(run.manifest.get("people", run.persons.height))
    return today / min(run.persons.height, today) if run.persons.height else 1.0


def national(fund: pl.DataFrame) -> pl.DataFrame:
    """Return the fund of the whole country: one row a year, one column an item.

    Rows of ``CN`` are used where there are any, else provinces are added up.
    """
    whole = fund.filter(pl.col("province") == NATION)
    rows = whole if whole.height else fund
    wide = rows.group_by("year", "item", maintain_order=True).agg(pl.col("value").cast(pl.Float64).sum()).pivot("item", index="year", values="value")
    return wide.with_columns(pl.exclude("year").fill_null(0.0)).sort("year")


def by_group(people: pl.DataFrame, by: tuple[str, ...] | list[str] = ()) -> pl.DataFrame:
    """Return the people's measures added up: one row a year and group, one column a measure.

    Raises
    ------
    InputError
        If a grouping is not one of :data:`GROUPS`.
    """
    for name in by:
        if name not in GROUPS:
            raise InputError("run.group", value=name, where="by", zh=f"不能按“{name}”分组；可用：{'、'.join(GROUPS)}。",
                             en=f"People cannot be grouped by {name!r}; groups: {', '.join(GROUPS)}.")
    keys = ["year", *by]
    wide = people.group_by([*keys, "measure"], maintain_order=True).agg(pl.col("value").cast(pl.Float64).sum()).pivot("measure", index=keys, values="value")
    return wide.with_columns(pl.exclude(keys).fill_null(0.0)).sort(keys)


def column(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return a column, or zero where nobody in the run had anything to do with it."""
    return pl.col(name) if name in frame.columns else pl.lit(0.0)


def added(frame: pl.DataFrame, names: Mapping[str, float] | tuple[str, ...]) -> pl.Expr:
    """Return the sum of several columns, each with its sign; see :func:`column` for those not there."""
    signs = dict.fromkeys(names, 1.0) if isinstance(names, tuple) else names
    whole = pl.lit(0.0)
    for name, sign in signs.items():
        whole = whole + sign * column(frame, name)
    return whole
