"""The planner for a worker who is signed in: the record is read on the server for every page, and stands in no address."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from lingbao.career.person import Person
from lingbao.law.errors import ErrorList
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.web.answers import Answers
from lingbao.web.questions import STEPS, Step

RECORDED = "recorded"  # in an address: plan with the record of whoever is signed in
# What the registry does not know, and the planner therefore asks; all else comes from the record.
ASKED = frozenset(("class", "income", "budget", "difficulty", "base", "gap", "saving", "move_to"))
View = Callable[..., HttpResponse]


class Recorded(Answers):
    """Answers of which the registry gives those it knows, with every month of the career.

    Parameters
    ----------
    given : mapping of str to str
        Query of the address; answers to what the registry knows are dropped.
    who : Person
        The worker with the recorded career, see ``web.registry_person.recorded_person``.
    """

    ALL: tuple[Step, ...] = tuple(
        replace(step, fields=tuple(field for field in step.fields if field.name in ASKED))
        for step in STEPS if any(field.name in ASKED for field in step.fields))

    def __init__(self, given: Mapping[str, str], who: Person) -> None:
        typed = Answers({name: text for name, text in given.items() if name in ASKED}).raw
        super().__init__({"class": "unsure", **_written(who), **typed})
        self.who = who
        self._typed = {RECORDED: "1", **typed}

    @property
    def carried(self) -> Mapping[str, str]:
        """What goes along in addresses: what was typed, and that the rest is on record."""
        return self._typed

    def told(self) -> list[Step]:
        """Return every question whose answer is known, the recorded ones too."""
        return Answers(self.raw).steps()

    def person(self) -> Person:
        """Return the worker as recorded, with what was typed.

        Raises
        ------
        ErrorList
            If something that was typed is missing or wrong.
        """
        faults = self.faults()
        if faults:
            raise ErrorList(list(faults.values()))
        said = self.values
        chosen = said.get("class") if self.who.sex == "female" else None
        return replace(self.who, income=said["income"], in_difficulty=said.get("difficulty") == "yes",
                       worker_class=None if chosen in (None, "unsure") else chosen)


def _written(who: Person) -> dict[str, str]:
    """Return what is recorded as the answers that a visitor without an account would give."""
    paid = {(True, True): "both", (True, False): "employee", (False, True): "resident", (False, False): "none"}[
        who.months_paid > 0, who.resident_years > 0]
    found: dict[str, object] = {
        "residence": who.residence, "sex": who.sex, "birth_year": who.birth // MONTHS_PER_YEAR,
        "birth_month": who.birth % MONTHS_PER_YEAR + 1, "paid": paid, "home": who.home_province}
    if who.months_paid:
        found |= {"paid_years": who.months_paid // MONTHS_PER_YEAR, "paid_months": who.months_paid % MONTHS_PER_YEAR,
                  "index": f"{who.mean_index:.4f}", "balance": f"{who.account_balance:.2f}", "deemed_months": who.deemed_months}
    if who.resident_years:
        found |= {"resident_years": who.resident_years, "resident_balance": f"{who.resident_balance:.2f}"}
    return {name: str(value) for name, value in found.items()}


def answering(view: View) -> View:
    """Hand a view of the planner its answers (`request.answers`); with ``recorded`` in the address, after the sign-in, from the record."""

    # Imported late: the planner of a visitor needs no registry.
    @functools.wraps(view)
    def read(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if RECORDED in request.GET:
            from lingbao.web.account.access import worker_only

            return worker_only(with_record)(request, *args, **kwargs)
        request.answers = Answers(request.GET)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    def with_record(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        from lingbao.registry.session import acting_as
        from lingbao.web import engine
        from lingbao.web.account.career import person_of

        me = request.me  # type: ignore[attr-defined]
        with acting_as(me.actor):
            who = person_of(engine.law(), me)
        request.answers = Recorded(request.GET, who)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return read
