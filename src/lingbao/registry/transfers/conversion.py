"""Moving between the employee and the resident scheme: what moves, what counts, what was paid twice and goes back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, month, year_of
from lingbao.law.rules import conversion
from lingbao.law.store import Law
from lingbao.registry.calendar import Deadline, Holidays, working_days
from lingbao.registry.transfers.money import FEN_PER_YUAN, fen

Direction = Literal["to_employee", "to_resident"]


@dataclass(frozen=True)
class ResidentYear:
    """A year paid into the resident scheme [fen]."""

    year: int
    fee_fen: int
    aid_fen: int = 0


@dataclass(frozen=True)
class Conversion:
    """A move between the schemes.

    Attributes
    ----------
    direction : {"to_employee", "to_resident"}
    moved_fen : int
        Account that changes scheme, after the refund.
    pooled_fen : int
        Pooled money that follows; nothing in the law in force.
    refund_fen : int
        Own resident fees and collective aid of months paid twice, given back.
    overlap : tuple of (int, int)
        Year and months paid twice in it.
    employee_months, resident_years : float
        What counts in the scheme arrived in.
    """

    direction: Direction
    moved_fen: int
    pooled_fen: int
    refund_fen: int
    overlap: tuple[tuple[int, int], ...]
    employee_months: float
    resident_years: float


def convert(law: Law, direction: Direction, *, on: int, employee_months: Sequence[int], employee_fen: int,
            resident_years: Sequence[ResidentYear], resident_fen: int, pooled_fen: int = 0, refunded: Collection[int] = ()) -> Conversion:
    """Work out a move between the schemes (人社部发〔2014〕17号).

    Parameters
    ----------
    law : Law
    direction : {"to_employee", "to_resident"}
    on : int
        Month in which the statutory age is reached and the move is asked for.
    employee_months : sequence of int
        Months paid in the employee scheme.
    employee_fen, resident_fen : int
        The two accounts [fen].
    resident_years : sequence of ResidentYear
        Years paid in the resident scheme.
    pooled_fen : int
        Pooled money of the employee months, of which the law's share follows [fen].
    refunded : collection of int
        Years whose fee an earlier move gave back already; nothing is given back twice.

    Raises
    ------
    InputError
        If the direction is not open with these months, a year stands twice, or the account is less than the refund.
    """
    minimum = int(law.number("national.transfer.resident_to_employee_months", on))
    months = len(set(employee_months))
    _check_direction(direction, months, minimum)
    if len({each.year for each in resident_years}) != len(resident_years):
        raise InputError("conversion.year", zh="同一年度的居民缴费出现两次，请核对。", en="A resident year stands twice; check the record.")
    refund, overlap, years_left = 0, [], 0.0
    for each in resident_years:
        twice = sum(year_of(paid) == each.year for paid in set(employee_months))
        if twice and each.year not in refunded:
            overlap.append((each.year, twice))
            refund += fen(conversion.overlap_refund(each.fee_fen / FEN_PER_YUAN, each.aid_fen / FEN_PER_YUAN, twice))
        years_left += 1.0 - twice / MONTHS_PER_YEAR
    if refund > resident_fen:
        raise InputError("conversion.refund", value=refund, zh=f"应退重复缴费 {refund} 分多于居民账户余额 {resident_fen} 分，请核对缴费记录。",
                         en=f"The refund of {refund} fen exceeds the resident account of {resident_fen} fen; check the record.")
    if direction == "to_employee":
        counted = law.number("national.conversion.resident_years_counted_share", on)
        total = conversion.employee_months_after_conversion(months, years_left, counted)
        return Conversion(direction, resident_fen - refund, 0, refund, tuple(overlap), total, 0.0)
    share = law.number("national.conversion.pooled_share_to_resident", on)
    pooled = fen(conversion.conversion_pooled_money(pooled_fen / FEN_PER_YUAN, share))
    years = conversion.resident_years_after_conversion(months, years_left)
    return Conversion(direction, employee_fen, pooled, refund, tuple(overlap), 0.0, years)


def due(law: Law, applied: date, holidays: Holidays | None = None) -> Deadline:
    """Last day of a conversion asked for on a day."""
    on = month(applied.year, applied.month)
    return working_days(applied, int(law.number("national.transfer.conversion_deadline", on)), holidays)


def _check_direction(direction: Direction, months: int, minimum: int) -> None:
    open_ = (conversion.may_convert_to_employee if direction == "to_employee" else conversion.may_convert_to_resident)(months, minimum)
    if not open_:
        raise InputError(
            "conversion.direction", value=months,
            zh=f"职工养老保险缴费 {months} 个月，{'不足' if direction == 'to_employee' else '已满'} {minimum} 个月，不能按此方向衔接。",
            en=f"{months} employee months are {'fewer than' if direction == 'to_employee' else 'at least'} {minimum}; this direction is not open.")
