"""A small pure chunk function in place of the simulation: whole numbers from the random streams, larger than 64 bits in sum."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lingbao.simulation.streams import NO_MONTH, Purpose, normals, uniforms
from lingbao.simulation.sums import LOW_BITS, LOW_MASK, Sums

YEARS, PROVINCES = 4, 31
WEIGHT = 10**11


@dataclass(frozen=True)
class Plan:
    """What a chunk needs. ``slow`` makes a chunk last [s]; in ``diary`` it notes who began and ended it."""

    seed: int = 1
    kept: int = 1500
    slow: float = 0.0
    diary: Path | None = None

    @property
    def hash(self) -> str:
        return hashlib.sha256(f"{self.seed} {self.kept}".encode()).hexdigest()


def amounts(plan: Plan, first: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return number, province and yearly amounts [fen] of each person."""
    people = np.arange(first, first + count)
    province = (uniforms(plan.seed, people, NO_MONTH, Purpose.WORK_PROVINCE) * PROVINCES).astype(int)
    fen = np.stack([np.rint(np.exp(11.0 + normals(plan.seed, people, 24300 + year, Purpose.INCOME))) for year in range(YEARS)])
    return people, province, fen.astype(np.int64)


def run_chunk(plan: Plan, first: int, count: int) -> Sums:
    """Add up amounts by year and province, gains as well as losses; the first ``kept`` people are kept one by one."""
    _note(plan, "begin", first)
    time.sleep(plan.slow)
    people, province, fen = amounts(plan, first, count)
    fund = np.zeros((2, YEARS, PROVINCES), np.int64)
    loss = np.zeros((2, YEARS), np.int64)
    for year in range(YEARS):
        for word, (gained, lost) in enumerate(zip(_words(fen[year] * WEIGHT), _words(-(fen[year] // 3) * WEIGHT), strict=True)):
            np.add.at(fund[word, year], province, gained)
            loss[word, year] = lost.sum()
    few = people < plan.kept
    made = Sums.of_words({"fund": fund, "loss": loss}, count, people[few], fen.T[few] / 100.0)
    _note(plan, "end", first)
    return made


def _words(whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return whole >> LOW_BITS, whole & LOW_MASK


def _note(plan: Plan, what: str, first: int) -> None:
    if plan.diary:
        with (plan.diary / str(os.getpid())).open("a") as diary:
            diary.write(f"{what} {first}\n")


def begun(diary: Path) -> dict[int, list[int]]:
    """Return, by process, the chunks it began."""
    return {int(file.name): [int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith("begin")]
            for file in diary.iterdir()}


def at_work(diary: Path) -> list[int]:
    """Return the processes that are in the middle of a chunk."""
    return [int(file.name) for file in diary.iterdir() if file.read_text().splitlines()[-1:][0].startswith("begin")]
