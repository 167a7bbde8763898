"""The recorded career as the planner takes it: the worker never types what the registry knows."""

from __future__ import annotations

from lingbao.career.person import Person
from lingbao.career.retirement import Retirement, retirement_of
from lingbao.law.store import Law
from lingbao.web.account.access import Me, this_month
from lingbao.web.recorded import RECORDED
from lingbao.web.registry_person import recorded_person


def person_of(law: Law, me: Me, *, province: str | None = None, income: float | None = None) -> Person:
    """Return the worker with the recorded career (inside a transaction of the worker).

    Raises
    ------
    MissingLaw
        If a wage of the place is not known, so that the mean index is not either.
    """
    return recorded_person(law, me.number, this_month(), province=province, income=income)


def retirement(law: Law, me: Me, province: str) -> Retirement:
    """Return the dates of retirement; women in the class that the province gives flexible workers."""
    return retirement_of(law, worker_class(law, me, province), me.birth)


def worker_class(law: Law, me: Me, province: str) -> str:
    """Return the retirement class."""
    who = Person(birth=me.birth, sex="male" if me.person.sex == "male" else "female", residence=province).with_class(law)
    assert who.worker_class is not None
    return who.worker_class


def planner_address() -> str:
    """Return the address of the planner that reads the recorded career of whoever is signed in."""
    return f"/plan/income/?{RECORDED}=1"
