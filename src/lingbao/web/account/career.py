"""The recorded career as the planner takes it: the worker never types what the registry knows."""

from __future__ import annotations

from urllib.parse import urlencode

from lingbao.career.person import Person
from lingbao.career.retirement import Retirement, retirement_of
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.store import Law
from lingbao.web.account.access import Me, this_month
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


def planner_address(who: Person) -> str:
    """Return the address of the planner's result with the recorded career filled in."""
    paid = {(True, True): "both", (True, False): "employee", (False, True): "resident", (False, False): "none"}[
        who.months_paid > 0, who.resident_years > 0]
    answers: dict[str, object] = {
        "residence": who.residence, "sex": who.sex, "birth_year": who.birth // MONTHS_PER_YEAR,
        "birth_month": who.birth % MONTHS_PER_YEAR + 1, "paid": paid, "home": who.home_province}
    if who.sex == "female":
        answers["class"] = "unsure"
    if who.months_paid:
        answers |= {"paid_years": who.months_paid // MONTHS_PER_YEAR, "paid_months": who.months_paid % MONTHS_PER_YEAR,
                    "index": f"{who.mean_index:.4f}", "balance": f"{who.account_balance:.2f}"}
    if who.resident_years:
        answers |= {"resident_years": who.resident_years, "resident_balance": f"{who.resident_balance:.2f}"}
    return f"/plan/income/?{urlencode(answers)}"
