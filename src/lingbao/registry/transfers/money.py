"""How much money follows a person to another province: the account and the pooled share by the months paid; of a temporary account, all that was paid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lingbao.law.errors import InputError, MissingLaw
from lingbao.law.month import month, year_of
from lingbao.law.rules import transfer
from lingbao.law.rules.account import posting_product, statement_interest
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
class PooledPart:
    """What a month paid brought to the pool [fen], and when it was paid."""

    on: date
    fen: int


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
        The pooled money stretch by stretch; none for a temporary account, whose money is what was paid.
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


def split_temporary(law: Law, paid: Sequence[PooledPart], account_fen: int, on: int) -> Split:
    """Split the money of a temporary account, which keeps the whole contribution: all of it is collected, with interest (国办发〔2009〕66号 第五条).

    The article names no rate for the interest; that at which personal accounts are credited is taken, for each year gone by whose rate is
    published, as the account itself has it.

    Parameters
    ----------
    law : Law
    paid : sequence of PooledPart
        What the months paid brought to the pool.
    account_fen : int
        Individual account, interest included [fen].
    on : int
        Month of the transfer.
    """
    interest, held = 0, 0
    for year in range(min((each.on.year for each in paid), default=year_of(on)), year_of(on)):
        of_year = [each for each in paid if each.on.year == year]
        product = sum(posting_product(each.fen / FEN_PER_YUAN, each.on.month) for each in of_year)
        earned = fen(float(statement_interest(held / FEN_PER_YUAN, product, _published(law, year, on))))
        interest, held = interest + earned, held + sum(each.fen for each in of_year) + earned
    pooled = sum(each.fen for each in paid) + interest
    return Split(account_fen, pooled, account_fen + pooled, ())


def _published(law: Law, year: int, on: int) -> float:
    """Return the crediting rate of a year; nothing is credited where none is published in the month of the transfer."""
    try:
        value = law.look_up("national.account.crediting_rate", month(year, 1), on)
    except MissingLaw:
        return 0.0
    return 0.0 if value.provisional else float(value.value)


def fen(yuan: float) -> int:
    """Return whole fen of an amount that a rule has already rounded to the fen."""
    whole = round(yuan * FEN_PER_YUAN)
    assert math.isclose(whole, yuan * FEN_PER_YUAN, abs_tol=1e-3), "an amount must be rounded by its rule first"
    return whole


def _line(stretch: Stretch, rate: float, counted_from: int) -> StretchMoney:
    months = transfer.pooled_transfer_months(stretch.first, stretch.last, counted_from)
    return StretchMoney(stretch, months, fen(transfer.pooled_transfer(stretch.base, months, rate)))
