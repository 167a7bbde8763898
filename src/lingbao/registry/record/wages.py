"""The wage against which a recorded base is measured, so that every month on record has an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lingbao.career.records import Record, reference_wage
from lingbao.career.statement_record import by_month
from lingbao.law.errors import MissingLaw
from lingbao.law.rules.index import month_index
from lingbao.law.store import Law
from lingbao.registry.enrolment.terms import terms_of


def index_wage(law: Law, province: str, month: int, as_of: int | None = None) -> float:
    """Return the average wage of a place for a month [yuan/month], the latest known one if that of the time is not.

    That is the wage by which the month was billed, provisional like the bill.

    Raises
    ------
    MissingLaw
        If no wage of the place is known up to then.
    """
    try:
        return float(reference_wage(law, province, month, as_of).value)
    except MissingLaw:
        return terms_of(law, province, None, month, as_of).wage


def with_index(law: Law, records: Sequence[Record], as_of: int | None = None) -> tuple[Record, ...]:
    """Return recorded runs month by month, each paid month of the employee scheme with its contribution index."""
    return tuple(
        replace(each, index=float(month_index(each.base, index_wage(law, each.province, each.first, as_of))))
        if each.kind == "paid" and each.scheme == "employee" and each.base is not None and each.province is not None and each.index is None
        else each for each in by_month(records))
