"""What the synthetic population rests on: margins, patterns and ranges, each with its source or marked as assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from lingbao.law.errors import InputError
from lingbao.law.loader import read_yaml
from lingbao.law.month import parse_month

FILE = Path(__file__).with_name("assumptions.yaml")
SHARES_ADD_UP = 0.0005


@dataclass(frozen=True)
class Assumption:
    """One number, table or range.

    Attributes
    ----------
    name : str
        Its key in the file.
    use : {"raked", "drawn", "compared"}
        Whether weights reproduce it, people are drawn from it, or it is only set beside the outcome.
    value : object
        Number, range or table; for a margin the shares by category.
    label_zh, label_en, unit, population, source, note : str
        Its name, its unit, the people it was observed in, where it was printed, and what to beware of.
    assumed : bool
        True when nothing was published for the flexible workers of China.
    detail : Mapping
        Everything else the file says, such as the upper ends of classes.
    """

    name: str
    use: str
    value: Any
    label_zh: str
    label_en: str
    unit: str
    population: str
    source: str
    note: str
    assumed: bool
    detail: Mapping[str, Any]

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories of a table of shares, in order."""
        return tuple(str(key) for key in self.value)

    @property
    def shares(self) -> np.ndarray:
        """The shares of the categories, scaled to add up to one exactly (printed shares are rounded)."""
        shares = np.array([float(share) for share in self.value.values()])
        return shares / shares.sum()


@dataclass(frozen=True)
class Assumptions:
    """All assumptions of one file.

    Attributes
    ----------
    as_of : int
        Month the population stands for.
    people : Assumption
        How many people the weights add up to.
    raked, drawn, compared : dict of Assumption
        By name, in the order of the file.
    """

    as_of: int
    people: Assumption
    raked: dict[str, Assumption]
    drawn: dict[str, Assumption]
    compared: dict[str, Assumption]

    def number(self, name: str) -> float:
        """Return a drawn assumption that is one number."""
        return float(self.drawn[name].value)

    @classmethod
    @lru_cache(maxsize=8)
    def load(cls, file: Path = FILE) -> Assumptions:
        """Read and check an assumptions file.

        Raises
        ------
        InputError
            If an entry lacks its source or label, or shares do not add up to one.
        """
        data = read_yaml(file)
        groups = {use: {name: _entry(use, name, entry) for name, entry in data[use].items()}
                  for use in ("raked", "drawn", "compared")}
        return cls(as_of=parse_month(data["as_of"]), people=_entry("raked", "people", data["people"]), **groups)


def _entry(use: str, name: str, entry: Mapping[str, Any]) -> Assumption:
    for needed in ("population", "source", "assumed"):
        if entry.get(needed) is None:
            raise InputError("assumptions.entry", value=name, where=f"{use}.{name}",
                             zh=f"假设缺少“{needed}”，每个数字都要写明来源、人群和是否为假设。",
                             en=f"The assumption lacks '{needed}'; every number names its source, people and whether it is assumed.")
    value = entry["shares"] if "shares" in entry else entry["value"]
    if "shares" in entry or str(entry.get("unit", "")).startswith("share by") or name in ("knowledge", "old_age_view"):
        total = sum(float(share) for share in value.values())
        if abs(total - 1.0) > SHARES_ADD_UP or min(float(share) for share in value.values()) <= 0.0:
            raise InputError("assumptions.shares", value=total, where=f"{use}.{name}",
                             zh=f"各类比例应为正数，合计应为 1，现为 {total:g}。",
                             en=f"Shares must be positive and add up to 1; they add up to {total:g}.")
    known = {"value", "shares", "label_zh", "label_en", "unit", "population", "source", "note", "assumed"}
    return Assumption(
        name=name, use=use, value=value, label_zh=str(entry.get("label_zh", name)),
        label_en=str(entry.get("label_en", name)), unit=str(entry.get("unit", "share")),
        population=str(entry["population"]), source=str(entry["source"]), note=str(entry.get("note", "")),
        assumed=bool(entry["assumed"]), detail={key: entry[key] for key in entry if key not in known},
    )
