"""Which account a newcomer gets, and which place will pay the pension."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lingbao.law.rules import transfer
from lingbao.law.store import Law


def opens_temporary_account(law: Law, sex: str, birth: int, first_insured: int, province: str, home: str,
                            approved: bool = False) -> bool:
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
    """
    age_from = int(law.number(f"national.transfer.temporary_account_age_{sex}", first_insured))
    return transfer.temporary_account(first_insured - birth, age_from, province == home, approved)


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
