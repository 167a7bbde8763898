"""What a person file holds: one row a person, these columns, these units and limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from lingbao.law.month import FIRST_MONTH, LAST_MONTH

SEXES = ("male", "female")
SCHOOLINGS = ("below_senior_secondary", "senior_secondary", "college")
RESIDENCES = ("local_urban", "local_rural", "urban_to_urban", "rural_to_urban")
KINDS = ("casual", "labour_service", "self_employed", "new_form")
SCHEMES = ("none", "resident", "employee")
KNOWLEDGE = ("none", "little", "fair", "fully")
OLD_AGE_VIEWS = ("self", "children", "government")
PROVINCES = ("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
             "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65")


@dataclass(frozen=True)
class Column:
    """One column of a person file.

    Attributes
    ----------
    name, unit, label_zh, label_en : str
        Name, unit and meaning.
    numbers : polars data type or None
        Type of a column of numbers; None for categories.
    low, high : float
        Smallest and largest number allowed.
    categories : tuple of str
        Words allowed, in order.
    may_be_missing : bool
        Whether a row may leave it empty.
    """

    name: str
    unit: str
    label_zh: str
    label_en: str
    numbers: Any = None
    low: float = 0.0
    high: float = 0.0
    categories: tuple[str, ...] = ()
    may_be_missing: bool = False

    @property
    def dtype(self) -> Any:
        """The column's polars data type."""
        return pl.Enum(self.categories) if self.categories else self.numbers


COLUMNS: tuple[Column, ...] = (
    Column("id", "1", "编号，不重复", "number of the person, unique", pl.Int64, 0, 2**63 - 1),
    Column("weight", "persons", "代表的人数", "how many people the row stands for", pl.Float64, 1e-9, 1e10),
    Column("birth", "month", "出生年月（年×12+月−1，或写作 1985-03）", "birth month (year*12 + month-1, or written 1985-03)",
           pl.Int32, FIRST_MONTH, LAST_MONTH),
    Column("sex", "category", "性别", "sex", categories=SEXES),
    Column("schooling", "category", "受教育程度", "schooling", categories=SCHOOLINGS),
    Column("residence", "category", "户籍与居住", "registration and residence", categories=RESIDENCES),
    Column("home", "province code", "户籍省份", "province of household registration", categories=PROVINCES),
    Column("work", "province code", "就业省份", "province of work", categories=PROVINCES),
    Column("kind", "category", "就业形式", "kind of work", categories=KINDS),
    Column("log_income", "ln(yuan/month)", "平均月收入的自然对数", "natural logarithm of mean monthly income", pl.Float64, 0.0, 16.0),
    Column("volatility", "1", "月收入对数的标准差", "standard deviation of the logarithm of monthly income", pl.Float64, 0.0, 3.0),
    Column("months_paid", "months", "职工养老保险已缴月数", "months paid into the employee scheme", pl.Int16, 0, 720),
    Column("mean_index", "1", "平均缴费指数（未缴费者为空）", "mean contribution index (empty when nothing was paid)",
           pl.Float64, 0.01, 5.0, may_be_missing=True),
    Column("account", "yuan", "个人账户储存额", "balance of the individual account", pl.Float64, 0.0, 1e8),
    Column("scheme", "category", "现参加的养老保险", "pension scheme now", categories=SCHEMES),
    Column("resident_years", "years", "居民养老保险已缴年数", "years paid into the resident scheme", pl.Int16, 0, 60),
    Column("knowledge", "category", "对政策的了解", "knowledge of the rules", categories=KNOWLEDGE),
    Column("old_age_view", "category", "养老主要靠谁", "who should provide for old age", categories=OLD_AGE_VIEWS),
)

SCHEMA: dict[str, Any] = {column.name: column.dtype for column in COLUMNS}
