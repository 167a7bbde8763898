"""When this person may claim, and how many months must be paid by then: the retirement rules wired to the law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lingbao.law.month import month
from lingbao.law.rule import plain
from lingbao.law.rules.resident import resident_claim_month
from lingbao.law.rules.retirement import (
    delay_months,
    earliest_month,
    months_short,
    reference_year,
    statutory_month,
)
from lingbao.law.store import Law
from lingbao.law.trace import SourcedInt, given

Run = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True)
class Retirement:
    """The retirement dates of one person.

    Attributes
    ----------
    worker_class : str
        Retirement class: male, female55 or female50.
    birth, statutory, earliest : int
        Birth month, statutory month, first month that may be chosen.
    delay : int
        Months of delay brought by the reform of 2025.
    minimum_months : int
        Contribution months needed for a claim at the statutory month.
    resident_month : int
        Month in which the resident scheme pays from.
    """

    worker_class: str
    birth: int
    statutory: int
    earliest: int
    delay: int
    minimum_months: int
    resident_month: int

    @property
    def statutory_age(self) -> int:
        """Age at the statutory month [months]."""
        return self.statutory - self.birth


def retirement_of(law: Law, worker_class: str, birth: int, run: Run = plain) -> Retirement:
    """Return the retirement dates of a class and birth month.

    Parameters
    ----------
    law : Law
    worker_class : {"male", "female55", "female50"}
    birth : int
        Birth month.
    run : callable
        ``plain``, or ``law.trace.traced`` for numbers that remember how they came about.
    """
    def parameter(name: str) -> Any:
        return law.number(f"national.retirement.{name}_{worker_class}")

    born = given("birth", birth)
    delay = run(delay_months)(
        born, int_of(parameter("first_affected_birth")), int_of(parameter("birth_months_per_step")), int_of(parameter("max_delay"))
    )
    age = law.number(f"national.retirement.original_age_{worker_class}")
    statutory = run(statutory_month)(born, int_of(age), delay)
    earliest = run(earliest_month)(statutory, delay, int_of(law.number("national.retirement.early_window")))
    return Retirement(
        worker_class, birth, statutory, earliest, delay, minimum_for_claim(law, statutory, statutory, run),
        run(resident_claim_month)(born, int_of(law.number("national.resident.pension_age"))),
    )


def minimum_for_claim(law: Law, claim: int, statutory: int, run: Run = plain) -> int:
    """Return the contribution months needed to claim in month ``claim``: the chosen year's when early, else the statutory year's."""
    year = run(reference_year)(claim, statutory)
    return int_of(law.number("national.retirement.minimum_months", on=month(int(year), 1)))


def missing_months(law: Law, claim: int, statutory: int, months_paid: int, run: Run = plain) -> int:
    """Return the contribution months still missing for a claim in month ``claim``."""
    return int(run(months_short)(minimum_for_claim(law, claim, statutory, run), months_paid))


def int_of(number: Any) -> Any:
    """Return a whole number of the law as an int that keeps its source."""
    whole = round(float(number))
    node = getattr(number, "node", None)
    return whole if node is None else SourcedInt(whole, node)
