"""Which account a newcomer gets, and which place will pay the pension."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lingbao.law.rules import transfer
from lingbao.law.store import Law
from lingbao.registry.record.queries import RecordedMonth


def opens_temporary_account(law: Law, sex: str, birth: int, first_insured: int, province: str, home: str,
                            approved: bool = False, *, on: int) -> bool:
    """Whether a place may give a newcomer a temporary account only (国办发〔2009〕66号 第五条).

    Parameters
    ----------
    law : Law
    sex : {"male", "female"}
    birth, first_insured : int
        Birth month, and month of first insurance in the new place.
    province, home : str
        The new place and the province of household registration.
    approved : bool
        Moved with a job by decision of a county or higher authority.
    on : int
        Month in which one asks.
    """
    age_from = int(law.number(f"national.transfer.temporary_account_age_{sex}", on))
    return transfer.temporary_account(first_insured - birth, age_from, province == home, approved)


def first_insured_in(province: str, months: Sequence[RecordedMonth], on: int) -> int:
    """Month of first insurance in a place: the first one paid there into an ordinary account, or ``on`` for a newcomer."""
    return min([each.month for each in months if each.province == province and not each.temporary and each.month < on], default=on)


def place_by_record(law: Law, home: str, months: Sequence[RecordedMonth], relation: str, on: int) -> str:
    """Province that pays the pension by the recorded months, as :func:`place_of_benefit`.

    Parameters
    ----------
    law : Law
    home : str
        Province of household registration.
    months : sequence of RecordedMonth
        In order of time.
    relation : str
        Province that keeps the relation.
    on : int
        Month in which one asks.
    """
    stays: dict[str, float] = {}
    for each in months:
        if not each.temporary:
            stays[each.province] = stays.pop(each.province, 0.0) + 1
    temporary = {each.province for each in months if each.temporary} - set(stays)
    return place_of_benefit(law, home, list(stays.items()), relation, temporary, on)


def place_of_benefit(law: Law, home: str, stays: Sequence[tuple[str, float]], current: str,
                     temporary: Collection[str], on: int) -> str:
    """Province that pays the pension (国办发〔2009〕66号 第六条).

    Parameters
    ----------
    law : Law
    home : str
        Province of household registration.
    stays : sequence of (str, float)
        Months by province, oldest first, deemed months included.
    current : str
        Province of the present relation.
    temporary : collection of str
        Provinces with a temporary account.
    on : int
        Month in which one asks.
    """
    threshold = law.number("national.transfer.place_of_benefit_months", on)
    return transfer.place_of_benefit(home, stays, current, temporary, threshold)
