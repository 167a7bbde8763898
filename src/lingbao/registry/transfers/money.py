"""How much money follows a person to another province: the account, and the pooled share by the months paid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lingbao.law.errors import InputError
from lingbao.law.rules import transfer
from lingbao.law.store import Law

FEN_PER_YUAN = 100


@dataclass(frozen=True)
class Stretch:
    """Months paid on one base.

    Attributes
    ----------
    first, last : int
        First and last month, both included.
    base : float
        Contribution base [yuan/month].
    """

    first: int
    last: int
    base: float


@dataclass(frozen=True)
class StretchMoney:
    """What one stretch adds to the pooled money."""

    stretch: Stretch
    months_counted: int
    pooled_fen: int


@dataclass(frozen=True)
class Split:
    """The money of a transfer [fen].

    Attributes
    ----------
    account_fen : int
        The individual account, whole.
    pooled_fen : int
        Pooled money.
    total_fen : int
        Both together.
    lines : tuple of StretchMoney
        The pooled money stretch by stretch.
    """

    account_fen: int
    pooled_fen: int
    total_fen: int
    lines: tuple[StretchMoney, ...]


def split(law: Law, stretches: Sequence[Stretch], account_fen: int, on: int) -> Split:
    """Split the money of a transfer by 国办发〔2009〕66号 第四条.

    Parameters
    ----------
    law : Law
    stretches : sequence of Stretch
        Months paid in the old place, none twice; none at all where only money was left behind.
    account_fen : int
        Individual account, interest included [fen]. Accounts kept here hold the person's own money only, so the part
        from before accounts began needs no division.
    on : int
        Month of the transfer.

    Raises
    ------
    InputError
        If the account is below nothing, a stretch ends before it begins, or a month stands twice.
    """
    if account_fen < 0:
        raise InputError("transfer.account", value=account_fen, zh=f"个人账户余额 {account_fen} 分不能为负数。",
                         en=f"The account of {account_fen} fen cannot be below nothing.")
    ordered = sorted(stretches, key=lambda each: each.first)
    for each, following in zip(ordered, [*ordered[1:], *[None][:len(ordered)]], strict=True):
        if each.last < each.first or (following is not None and following.first <= each.last):
            raise InputError("transfer.stretch", value=f"{each.first}–{each.last}",
                             zh="缴费时段起止颠倒或互相重叠，请核对缴费记录。",
                             en="Stretches of payment run backwards or overlap; check the contribution record.")
    rate = law.number("national.transfer.pooled_transfer_rate", on)
    counted_from = law.table("national.transfer.counted_from", on)
    lines = tuple(_line(each, rate, counted_from) for each in ordered)
    pooled = sum(line.pooled_fen for line in lines)
    total = transfer.transfer_total(0.0, account_fen / FEN_PER_YUAN, pooled / FEN_PER_YUAN)
    return Split(account_fen, pooled, fen(total), lines)


def fen(yuan: float) -> int:
    """Return whole fen of an amount that a rule has already rounded to the fen."""
    whole = round(yuan * FEN_PER_YUAN)
    assert math.isclose(whole, yuan * FEN_PER_YUAN, abs_tol=1e-3), "an amount must be rounded by its rule first"
    return whole


def _line(stretch: Stretch, rate: float, counted_from: int) -> StretchMoney:
    months = transfer.pooled_transfer_months(stretch.first, stretch.last, counted_from)
    return StretchMoney(stretch, months, fen(transfer.pooled_transfer(stretch.base, months, rate)))
