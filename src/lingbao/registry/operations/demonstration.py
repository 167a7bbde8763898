"""People who do not exist: who they are, what they chose and which months they paid, the same for the same seed.

Everything is drawn block by block from a stream named by seed and block, so that blocks may be made in any order and by
several processes. Identity numbers pass GB 11643 but name a division that no one was ever registered in: the four digits
after the province are ``99`` and a count of blocks, and no prefecture or county of GB/T 2260 has the code 99.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR

BLOCK = 20_000
UNUSED_DIVISION = "99"
MOST_BLOCKS = 100  # of a province: two digits count them
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_CHARACTERS = np.array(list("10X98765432"))
_FACTORS = np.array([pow(2, 17 - place, 11) for place in range(17)])
_SERIALS = 499  # of each sex on one day in one division: 1, 3, … 997 and 2, 4, … 998


@dataclass(frozen=True)
class Block:
    """A part of the demonstration: people ``first`` to ``first + size - 1``, all of one province.

    Parameters
    ----------
    number : int
        Position among all blocks; with the seed it names the stream of draws.
    province : str
    division : str
        Six digits, used by nobody.
    first, size : int
        Number of the first person, and how many they are.
    """

    number: int
    province: str
    division: str
    first: int
    size: int


def blocks(people: int, provinces: tuple[str, ...]) -> list[Block]:
    """Divide so many people evenly among the provinces, in blocks of at most `BLOCK`.

    Raises
    ------
    InputError
        If there are to be none, or more than made-up numbers are kept for.
    """
    most = len(provinces) * MOST_BLOCKS * BLOCK
    if not 1 <= people <= most:
        raise InputError("demo.people", value=people, where="--people", zh=f"示例人数应在 1 到 {most:,} 之间。",
                         en=f"A demonstration has from 1 to {most:,} people.")
    made: list[Block] = []
    first = 1
    for place, province in enumerate(provinces):
        left = people // len(provinces) + (place < people % len(provinces))
        for count in range(MOST_BLOCKS):
            size = min(left, BLOCK)
            if size == 0:
                break
            made.append(Block(len(made), province, f"{province}{UNUSED_DIVISION}{count:02d}", first, size))
            first, left = first + size, left - size
    return made


@functools.cache
def shares() -> dict[str, Any]:
    """Return the shares of ``demonstration.yaml``."""
    made: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "demonstration.yaml").read_text(encoding="utf-8"))
    return made


def persons(block: Block, seed: int, today: date, provinces: tuple[str, ...], known: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the people of a block: number, identity number, name, sex, birth, hukou, residence and random bits of an id.

    For those in ``known`` (``id``, ``sex``, ``birth``) sex and birth are taken from there.
    """
    draw = stream(seed, block, 0)
    male = draw.random(block.size) < shares()["male"]
    low, high = (np.where(male, *(shares()["ages"][sex][end] for sex in ("male", "female"))) for end in (0, 1))
    days = (365.25 * (low + (high - low) * draw.random(block.size))).astype(np.int64)
    born = (np.datetime64(today) - days).astype("datetime64[D]")
    if known is not None:
        place = known["id"].to_numpy() - block.first
        male[place], born[place] = known["sex"].to_numpy() == "male", known["birth"].to_numpy()
    moved = draw.random(block.size) < shares()["moved"]
    elsewhere = np.array(provinces)[draw.integers(0, len(provinces), block.size)]
    frame = pl.DataFrame({
        "id": np.arange(block.first, block.first + block.size), "birth": born,
        "sex": np.where(male, "male", "female"),
        "hukou_kind": np.where(draw.random(block.size) < shares()["rural_hukou"], "rural", "urban"),
        "hukou_province": np.where(moved, elsewhere, block.province),
        "bits": np.frombuffer(draw.bytes(16 * block.size), "V16").tolist(),
    })
    rank = frame.select(rank=pl.int_range(pl.len()).over("birth", "sex"))["rank"].to_numpy()
    assert rank.max() < _SERIALS  # a block has fewer people than numbers of one day
    serial = rank * 2 + np.where(male, 1, 2)
    return frame.with_columns(
        pl.Series("identity_number", _numbers(block.division, frame["birth"].dt.strftime("%Y%m%d").to_list(), serial)),
        pl.Series("name", [name_of(number) for number in range(block.first, block.first + block.size)]),
        pl.lit(block.province).alias("residence_province"))


def name_of(number: int) -> str:
    """Return the name of a made-up person: 示例 and the number in the ten stems, 甲 for the first."""
    digits = ""
    while number > 0:
        number, digit = divmod(number - 1, len(_STEMS))
        digits = _STEMS[digit] + digits
    return "示例" + digits


def payments(block: Block, seed: int, as_of: int, offers: int, fees: int, possible: Any) -> pl.DataFrame:
    """Return for each person of a block what was chosen and paid.

    Parameters
    ----------
    as_of : int
        The present month; nobody has paid it yet.
    offers, fees : int
        How many choices the province offers flexible workers (the first is the floor) and residents (perhaps none).
    possible : array of int
        How many months each person may have paid at most: since the joining age, and with bounds on record.

    Returns
    -------
    polars.DataFrame
        ``id``, ``resident``, ``choice`` (place among offers or fees), ``rhythm``, ``first`` and ``months`` (run of months
        paid; ``months`` 0 if nothing was ever paid).
    """
    draw, rules = stream(seed, block, 1), shares()
    resident = (draw.random(block.size) < rules["resident_scheme"]) & (fees > 0)
    other = 1 + draw.integers(0, max(offers - 1, 1), block.size)
    employee_choice = np.where((draw.random(block.size) < rules["floor"]) | (offers == 1), 0, other)
    back = np.array([0 if gap == "never" else gap for gap in rules["last_paid"]])
    gap = back[draw.choice(len(back), block.size, p=list(rules["last_paid"].values()))]
    recent = 1 + draw.integers(0, rules["recent_months"], block.size)
    years = 1 + draw.integers(0, rules["longest"], block.size)
    long = draw.random(block.size) < rules["long_careers"]
    months = np.minimum(np.where(long, years, recent), np.maximum(possible - gap, 0))
    months = np.where((gap == 0) | resident, 0, months)
    rhythm = np.array(list(rules["rhythms"]))[draw.choice(len(rules["rhythms"]), block.size, p=list(rules["rhythms"].values()))]
    fee = draw.integers(0, max(fees, 1), block.size)
    january = as_of // MONTHS_PER_YEAR * MONTHS_PER_YEAR
    first = np.where(resident, january, np.where(months > 0, as_of - gap - months + 1, as_of - 1))
    return pl.DataFrame({
        "id": np.arange(block.first, block.first + block.size), "resident": resident,
        "choice": np.where(resident, fee, employee_choice), "rhythm": np.where(resident, MONTHS_PER_YEAR, rhythm),
        "first": first, "months": months})


def stream(seed: int, block: Block, purpose: int) -> np.random.Generator:
    """Return the stream of draws of a block for one purpose: 0 people, 1 payments, 2 careers."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, block.number, purpose])))


def _numbers(division: str, births: list[str], serials: Any) -> list[str]:
    """Return identity numbers with the check characters of GB 11643, all at once."""
    firsts = [f"{division}{birth}{serial:03d}" for birth, serial in zip(births, serials.tolist(), strict=True)]
    digits = np.frombuffer("".join(firsts).encode(), dtype=np.uint8).reshape(-1, 17) - ord("0")
    checks = _CHARACTERS[(digits.astype(np.int64) @ _FACTORS) % 11]
    return [first + check for first, check in zip(firsts, checks.tolist(), strict=True)]


def month_end(month: int) -> date:
    """Return the last day of a month."""
    year, rest = divmod(month + 1, MONTHS_PER_YEAR)
    return date(year, rest + 1, 1) - timedelta(days=1)
