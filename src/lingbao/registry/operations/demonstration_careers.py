"""Made-up people who draw a pension or are about to: a whole career on the average wage, paid to the last month."""

from __future__ import annotations

import functools
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from lingbao.career.person import Person
from lingbao.career.retirement import minimum_for_claim, retirement_of
from lingbao.law.errors import MissingLaw
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.rules.contribution import account_part_of_amount, monthly_contribution, pooled_share
from lingbao.law.store import Law
from lingbao.registry.operations.demonstration import Block, shares, stream
from lingbao.registry.record.wages import index_wage

FEN = 100
_SEARCHED_FROM = 45 * MONTHS_PER_YEAR  # age below which no class retires
_COLUMNS = {"id": pl.Int64, "sex": pl.String, "birth": pl.Date, "worker_class": pl.String, "claim_month": pl.Int64, "first": pl.Int64}


def careers(law: Law, block: Block, seed: int, as_of: int) -> pl.DataFrame:
    """Return the people of a block who have retired, the last ones of the block.

    Each is at the statutory month of the class in the month of the claim and has paid every month from ``first`` up to
    it, at least the minimum. There are none where no wage is on record for so long.

    Parameters
    ----------
    law : Law
    block : Block
    seed : int
    as_of : int
        The present month.

    Returns
    -------
    polars.DataFrame
        ``id``, ``sex``, ``birth``, ``worker_class``, ``claim_month``, ``first``.
    """
    rules, draw = shares()["retired"], stream(seed, block, 2)
    count = max(round(block.size * rules["share"]), int(block.size >= rules["one_in_a_block_of"]))
    rows: list[dict[str, Any]] = []
    for number in range(block.first + block.size - count, block.first + block.size):
        sex = "male" if draw.random() < shares()["male"] else "female"
        claim_month = as_of - int(draw.integers(1, rules["within"] + 1))
        extra = int(draw.integers(0, rules["more_months"] + 1))
        worker_class = _class(law, sex, block.province)
        birth = _birth(law, worker_class, claim_month)
        least = minimum_for_claim(law, claim_month, retirement_of(law, worker_class, birth).statutory)
        earliest = _earliest_wage(law, block.province, as_of)
        if claim_month - least < earliest:
            continue
        rows.append({"id": number, "sex": sex, "birth": date(birth // MONTHS_PER_YEAR, birth % MONTHS_PER_YEAR + 1, 1),
                     "worker_class": worker_class, "claim_month": claim_month, "first": max(claim_month - least - extra, earliest)})
    return pl.DataFrame(rows, schema=_COLUMNS)


def career_months(law: Law, province: str, retired: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each month that the retired paid, on the average wage of the time, split by the rules [fen]."""
    frame = retired.select(
        person_id="id", month=pl.int_ranges(pl.col("first"), pl.col("claim_month"))).explode("month")
    costs = [_cost(law, province, month) for month in frame["month"].to_list()]
    parts = np.array(costs, dtype=np.int64).reshape(-1, 3)
    return frame.with_columns(
        base_fen=pl.Series(parts[:, 0]), account_fen=pl.Series(parts[:, 1]), pooled_fen=pl.Series(parts[:, 2]),
        year=pl.col("month") // MONTHS_PER_YEAR)


@functools.cache
def _class(law: Law, sex: str, province: str) -> str:
    found = Person(birth=0, sex="male" if sex == "male" else "female", residence=province).with_class(law).worker_class
    assert found is not None
    return found


@functools.cache
def _birth(law: Law, worker_class: str, claim_month: int) -> int:
    """Return the latest birth month whose statutory month is not after the month of the claim."""
    birth = claim_month - _SEARCHED_FROM
    while retirement_of(law, worker_class, birth).statutory > claim_month:
        birth -= 1
    return birth


@functools.cache
def _earliest_wage(law: Law, province: str, as_of: int) -> int:
    """Return the first month since which the wage of a province and the rates are on record without a gap."""
    month = as_of
    try:
        while True:
            _cost(law, province, month - 1)
            month -= 1
    except MissingLaw:
        return month


@functools.cache
def _cost(law: Law, province: str, month: int) -> tuple[int, int, int]:
    """Return base and the parts of account and pool for a month paid on the average wage of the time [fen]."""

    def rate(name: str) -> float:
        own = f"provinces.{province}.{name}"
        return float(law.number(own if law.has(own) else f"national.contribution.{name}", month, provisional=True))

    base, total, own = round(index_wage(law, province, month), 2), rate("total_rate"), rate("account_rate")
    amount = float(monthly_contribution(base, total))
    account = float(account_part_of_amount(amount, own, total))
    return round(base * FEN), round(account * FEN), round(float(pooled_share(amount, account)) * FEN)
