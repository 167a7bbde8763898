"""One question to the laboratory: which reform, on how many people, for how many years, with which luck."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from lingbao.law.errors import InputError
from lingbao.law.reform import Reform
from lingbao.web.lab import engine

SIZES = (10_000, 100_000, 1_000_000)
YEARS = (10, 20, 30, 40)
MOST_UNCERTAIN = 100_000  # people in a run whose uncertainty is asked for as well
USUAL_SIZE, USUAL_YEARS, USUAL_SEED = 100_000, 40, 1
LEAST_SIZE, MOST_YEARS, MOST_SEED = 1_000, 40, 2**31 - 1
KEY_LENGTH = 24


@dataclass(frozen=True)
class Experiment:
    """A run as it was asked for.

    Parameters
    ----------
    reform : Reform or None
        None is the law as it is, against which every reform is compared.
    size : int
        Simulated people.
    years : int
        Years from the first simulated month.
    seed : int
        Names the luck; the same for a reform and its baseline.
    uncertainty : bool
        Whether the uncertainty of the main results is split by source as well.

    Raises
    ------
    InputError
        If a number is out of range, or the reform cannot be simulated.
    """

    reform: Reform | None
    size: int = USUAL_SIZE
    years: int = USUAL_YEARS
    seed: int = USUAL_SEED
    uncertainty: bool = False

    def __post_init__(self) -> None:
        _within("size", self.size, LEAST_SIZE, 10**9, "人数", "the number of people")
        _within("years", self.years, 1, MOST_YEARS, "年数", "the number of years")
        _within("seed", self.seed, 1, MOST_SEED, "随机种子", "the seed")
        if self.uncertainty and self.size > MOST_UNCERTAIN:
            raise InputError(
                "lab.uncertainty", value=self.size, where="uncertainty", zh=f"计算不确定性时最多模拟 {MOST_UNCERTAIN:,} 人；请减少人数，或不勾选不确定性。",
                en=f"With uncertainty at most {MOST_UNCERTAIN:,} people are simulated; ask for fewer, or without it.",
            )
        if self.reform is not None and "laboratory" not in self.reform.runs_in:
            raise InputError(
                "lab.reform", value=self.reform.id, where="runs_in",
                zh=f"“{self.reform.id}”只能在规划器中运行（runs_in 中没有 laboratory），请另选一项。",
                en=f"'{self.reform.id}' runs in the planner only (runs_in does not name the laboratory); choose another.",
            )

    @property
    def baseline(self) -> Experiment:
        """The same people and luck under the law as it is."""
        return Experiment(None, self.size, self.years, self.seed)

    @property
    def parts(self) -> dict[str, Any]:
        """What determines the result, and nothing else."""
        return {
            "law": engine.law().hash, "reform": "" if self.reform is None else self.reform.hash, "size": self.size,
            "years": self.years, "seed": self.seed, "program": engine.program(), **({"uncertainty": True} if self.uncertainty else {}),
        }

    @property
    def key(self) -> str:
        """Hash of :attr:`parts`: the address of the result."""
        return hashlib.sha256(json.dumps(self.parts, sort_keys=True).encode()).hexdigest()[:KEY_LENGTH]


def _within(name: str, value: int, least: int, most: int, zh: str, en: str) -> None:
    if not least <= value <= most:
        raise InputError(
            f"lab.{name}", value=value, where=name, zh=f"{zh}应在 {least:,} 到 {most:,} 之间。",
            en=f"{en.capitalize()} must lie between {least:,} and {most:,}.",
        )
