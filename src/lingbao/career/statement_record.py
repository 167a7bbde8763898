"""What a contribution record is: a run of months in one scheme, on one base, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from lingbao.law.errors import InputError
from lingbao.law.month import MONTHS_PER_YEAR, format_month

Scheme = Literal["employee", "resident"]
Kind = Literal["paid", "deemed", "paused"]


@dataclass(frozen=True)
class Record:
    """A run of months for which a statement says the same.

    Attributes
    ----------
    first, last : int
        First and last month (``year*12 + month-1``), both included.
    base : float or None
        Contribution base (缴费基数) [yuan/month].
    index : float or None
        Contribution index (缴费指数) where the statement prints one; base over reference wage.
    scheme : {"employee", "resident"}
        Employee scheme (职工基本养老保险) or resident scheme (城乡居民基本养老保险).
    province : str or None
        Two-digit code of the province paid into.
    kind : {"paid", "deemed", "paused"}
        Paid, deemed as paid (视同缴费), or insured but not paying (中断).
    account : float or None
        Principal credited to the individual account over the run [yuan].
    interest : float or None
        Interest credited to the individual account for the run [yuan].

    Raises
    ------
    InputError
        If the last month lies before the first.
    """

    first: int
    last: int
    base: float | None = None
    index: float | None = None
    scheme: Scheme = "employee"
    province: str | None = None
    kind: Kind = "paid"
    account: float | None = None
    interest: float | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InputError(
                "record.order", value=f"{format_month(self.first)}–{format_month(self.last)}",
                zh=f"终止年月 {format_month(self.last)} 早于起始年月 {format_month(self.first)}，请对调或更正。",
                en=f"The last month {format_month(self.last)} lies before the first month {format_month(self.first)}; swap or correct them.",
            )

    @property
    def months(self) -> int:
        """Number of months in the run."""
        return self.last - self.first + 1

    @property
    def counts(self) -> bool:
        """Whether the months count toward the insured period: paid or deemed."""
        return self.kind != "paused"


def part_of(record: Record, first: int, last: int) -> Record:
    """Cut a run down to ``first`` … ``last``; money follows the months.

    Each amount is divided evenly and in whole fen: up to month k the share is ``round(amount × k ÷ months)``, so
    that the parts of a run always add up to the run.
    """

    def share(amount: float | None) -> float | None:
        if amount is None:
            return None
        before = round(amount * (first - record.first) / record.months, 2)
        after = amount if last == record.last else round(amount * (last + 1 - record.first) / record.months, 2)
        return round(after - before, 2)

    if (first, last) == (record.first, record.last):
        return record
    return replace(record, first=first, last=last, account=share(record.account), interest=share(record.interest))


def by_month(records: Iterable[Record]) -> list[Record]:
    """Split runs into single months, in order of time."""
    return sorted((part_of(record, m, m) for record in records for m in range(record.first, record.last + 1)),
                  key=order)


def by_year(records: Iterable[Record]) -> list[Record]:
    """Split runs at the turn of each year, in order of time."""
    return sorted((part for record in records for part in _years_of(record)), key=order)


def order(record: Record) -> tuple[int, int, str]:
    """Key that sorts records by time, then by scheme."""
    return record.first, record.last, record.scheme


def gaps(records: Iterable[Record], scheme: Scheme = "employee") -> tuple[tuple[int, int], ...]:
    """List the runs of months without a paid or deemed month, between the first and the last such month.

    Parameters
    ----------
    records : iterable of Record
    scheme : {"employee", "resident"}
        The scheme looked at.

    Returns
    -------
    tuple of (int, int)
        First and last month of each gap.
    """
    runs = sorted((r.first, r.last) for r in records if r.scheme == scheme and r.counts)
    found: list[tuple[int, int]] = []
    covered = runs[0][0] - 1 if runs else 0
    for first, last in runs:
        if first > covered + 1:
            found.append((covered + 1, first - 1))
        covered = max(covered, last)
    return tuple(found)


def _years_of(record: Record) -> Iterator[Record]:
    first = record.first
    while first <= record.last:
        last = min(record.last, first - first % MONTHS_PER_YEAR + MONTHS_PER_YEAR - 1)
        yield part_of(record, first, last)
        first = last + 1
