"""How people work, move and decide: assumptions and coefficients as arrays for the kernel, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lingbao.law.errors import InputError
from lingbao.law.loader import read_yaml
from lingbao.law.values import freeze
from lingbao.simulation.layout import Coefficient, Process
from lingbao.simulation.schema import KINDS

FILE = Path(__file__).with_name("behaviour.yaml")
COEFFICIENTS = Path(__file__).with_name("coefficients.yaml")
PLATFORMS = ("rider", "driver", "other")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Behaviour:
    """Assumptions on work and moves, and the coefficients of choice.

    Attributes
    ----------
    numbers : mapping of str to object
        Values under ``process`` of the file.
    season : ndarray [12]
        Factors of income by month of the year.
    hazards : ndarray [kinds, 4]
        Monthly hazards of work.
    platforms : ndarray [3, 5]
        Monthly hazards on platforms: riders, drivers, others.
    rhythms : mapping of int to float
        Shares by payment period in months.
    coefficients : mapping of str to float
        By name of :class:`~lingbao.simulation.layout.Coefficient`.
    covariance : ndarray or None
        Of the coefficients named in ``fitted``.
    fitted : tuple of str
        Coefficients that the calibration found.
    """

    numbers: Mapping[str, Any]
    season: Floats
    hazards: Floats
    platforms: Floats
    rhythms: Mapping[int, float]
    coefficients: Mapping[str, float]
    fitted: tuple[str, ...] = ()
    covariance: Floats | None = None

    def number(self, name: str) -> float:
        """Return one assumption."""
        return float(self.numbers[name])

    def beliefs(self) -> Floats:
        """Return the coefficients in the kernel's order."""
        values = {**self.coefficients, "PRESENT_BIAS": self.number("present_bias")}
        return np.array([float(values[c.name]) for c in Coefficient])

    def process(self) -> Floats:
        """Return the assumptions in the kernel's order."""
        rho = self.number("persistence")
        made = {
            "PERSISTENCE": rho, "INNOVATION": (1.0 - rho * rho) ** 0.5, "PREMIUM": self.number("employment_premium"),
            "CERTIFIED": self.number("certified"), "RIDERS": self.number("riders"),
            "RIDERS_AND_DRIVERS": self.number("riders") + self.number("drivers"),
        }
        made |= {p.name: self.number(p.name.lower()) for p in Process if p.name not in made}
        return np.array([made[p.name] for p in Process])

    def with_coefficients(self, values: Mapping[str, float]) -> Behaviour:
        """Return the same people with other coefficients.

        Raises
        ------
        InputError
            If a name is not that of a coefficient, or a value is no number.
        """
        for name, value in values.items():
            if name not in self.coefficients or not np.isfinite(float(value)):
                raise InputError(
                    "behaviour.coefficient", value=f"{name}={value}", where="coefficients",
                    zh=f"没有名为“{name}”的行为系数，或其值不是数；可用：{'、'.join(self.coefficients)}。",
                    en=f"There is no coefficient '{name}', or its value is no number; known: {', '.join(self.coefficients)}.",
                )
        return Behaviour(
            self.numbers, self.season, self.hazards, self.platforms, self.rhythms,
            freeze({**self.coefficients, **{k: float(v) for k, v in values.items()}}), self.fitted, self.covariance,
        )

    @classmethod
    @lru_cache(maxsize=4)
    def load(cls, file: Path = FILE, coefficients: Path = COEFFICIENTS) -> Behaviour:
        """Read assumptions and coefficients."""
        data = read_yaml(file)
        found = read_yaml(coefficients)
        listed = found.get("values", {}) if isinstance(found, Mapping) else {}
        missing = {c.name for c in Coefficient} - {*listed, "PRESENT_BIAS"}
        if missing:
            raise InputError(
                "behaviour.coefficients", value=", ".join(sorted(missing)), where=str(coefficients),
                zh=f"行为系数文件缺少：{'、'.join(sorted(missing))}。",
                en=f"The file of coefficients lacks {', '.join(sorted(missing))}.",
            )
        covariance = found.get("covariance")
        return cls(
            numbers=freeze({name: entry["value"] for name, entry in data["process"].items()}),
            season=np.array(data["season"]["value"], float),
            hazards=np.array([data["hazards"][kind]["value"] for kind in KINDS], float),
            platforms=np.array([data["platforms"][kind]["value"] for kind in PLATFORMS], float),
            rhythms=freeze({int(k): float(v) for k, v in data["rhythms"]["value"].items()}),
            coefficients=freeze({name: float(value) for name, value in listed.items()}),
            fitted=tuple(found.get("fitted", ())),
            covariance=None if covariance is None else np.array(covariance, float),
        )
