"""Published figures that the laboratory is measured against: what each says, of whom, and how exact it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import nan, sqrt
from pathlib import Path
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.loader import read_yaml

FILE = Path(__file__).with_name("targets.yaml")
USES = ("fit", "validate", "context")
HOLDERS = ("coefficients", "population", "process", "law")
BOUNDS = ("", "lower", "upper")


@dataclass(frozen=True)
class Target:
    """One figure.

    Attributes
    ----------
    name, label_zh, label_en : str
    value : float
        The figure; nan where the model only predicts.
    unit : str
        ``share``, ``years``, ``yuan/month``, ``persons`` or ``1``.
    bound : {"", "lower", "upper"}
        Whether the figure is only a bound.
    population_zh, population_en : str
        Whom it was observed in.
    source : str
    use : {"fit", "validate", "context"}
        Whether it is matched, only reported, or describes a source.
    held_by : {"coefficients", "population", "process", "law"}
        What decides the model's figure.
    moment : str
        Function of :mod:`lingbao.simulation.moments`; empty where the model cannot speak to it.
    error : float
        Standard error: binomial for a share of a sample, with what was assumed for other reasons; nan if there is none.
    assumed : bool
        Whether part of the error is assumed.
    reason_zh, reason_en, note_zh, note_en : str
        Why the model cannot speak to it; what to know when comparing.
    published : bool
        False for what is asked of the model without having been published.
    """

    name: str
    label_zh: str
    label_en: str
    value: float
    unit: str
    bound: str
    population_zh: str
    population_en: str
    source: str
    use: str
    held_by: str
    moment: str
    error: float
    assumed: bool
    reason_zh: str = ""
    reason_en: str = ""
    note_zh: str = ""
    note_en: str = ""
    published: bool = True

    @property
    def fitted(self) -> bool:
        """Whether the calibration of the coefficients uses it."""
        return self.use == "fit" and self.held_by == "coefficients" and bool(self.moment)

    def distance(self, model: float) -> float:
        """Return by how many standard errors a figure of the model misses this one; none on the right side of a bound."""
        miss = (model - self.value) / self.error
        return min(miss, 0.0) if self.bound == "lower" else max(miss, 0.0) if self.bound == "upper" else miss


@lru_cache(maxsize=2)
def load_targets(file: Path = FILE) -> tuple[Target, ...]:
    """Read every figure, the published ones first.

    Raises
    ------
    InputError
        If an entry contradicts itself: an unknown word, neither a moment nor a reason, or a fitted figure without an error.
    """
    data = read_yaml(file)
    rows = [(name, entry, True) for name, entry in data["targets"].items()]
    rows += [(name, entry, False) for name, entry in data["held"].items()]
    return tuple(_target(name, entry, data["populations"], published) for name, entry, published in rows)


def _target(name: str, entry: Mapping[str, Any], populations: Mapping[str, Any], published: bool) -> Target:
    people = populations[entry["population"]]
    value = nan if entry["value"] is None else float(entry["value"])
    sampled, assumed = entry.get("people"), entry.get("assumed_error")
    made = Target(
        name, entry["label_zh"], entry["label_en"], value, entry["unit"], entry.get("bound", ""), people["zh"], people["en"],
        entry["source"], entry["use"], entry["held_by"], entry["moment"] or "",
        standard_error(value, None if sampled is None else int(sampled), None if assumed is None else float(assumed)),
        assumed is not None, entry.get("reason_zh", ""), entry.get("reason_en", ""), entry.get("note_zh", ""),
        entry.get("note_en", ""), published,
    )
    faults = [
        made.use not in USES, made.held_by not in HOLDERS, made.bound not in BOUNDS, not made.moment and not made.reason_en,
        bool(made.moment) and bool(made.reason_en), made.fitted and not made.error > 0.0,
    ]
    if any(faults):
        raise InputError("targets.entry", value=name, where=f"targets.yaml:{name}",
                         zh="目标数字的条目不完整或自相矛盾：用途、来源方、界限、矩函数、理由或误差有误。",
                         en="The entry of a target is incomplete or contradicts itself: its use, holder, bound, moment, reason or error.")
    return made


def standard_error(value: float, people: int | None, assumed: float | None) -> float:
    """Return √(p (1 − p) / n + a²): the binomial error of a share p of n people, and an assumed error a; nan for neither."""
    if people is None and assumed is None:
        return nan
    sampling = value * (1.0 - value) / people if people is not None else 0.0
    return sqrt(max(sampling, 0.0) + (assumed or 0.0) ** 2)
