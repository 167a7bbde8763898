"""Answers travel in the address alone: reading them, checking them, and making a person of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from lingbao.career.person import Person
from lingbao.law.errors import ErrorList, LingbaoError
from lingbao.law.month import MONTHS_PER_YEAR, month
from lingbao.web.questions import FIELDS, STEP_OF, STEPS, Step

if TYPE_CHECKING:
    from lingbao.planner import Preferences

# Faults that the checks of a person report, by the field where they are mended.
FIELD_OF_FAULT = {
    "person.birth": "birth_year", "person.sex": "sex", "person.worker_class": "class", "person.income": "income",
    "person.account_balance": "balance", "person.resident_balance": "resident_balance", "person.mean_index": "index",
    "person.months_paid": "paid_years", "person.deemed_months": "deemed_months",
    "person.resident_years": "resident_years", "person.first_paid": "first_year",
}


class Answers:
    """What a visitor has answered so far.

    Parameters
    ----------
    given : mapping of str to str
        Raw answers, as in the query of an address; names that are no question are dropped.
    """

    ALL: tuple[Step, ...] = STEPS  # the questions there are

    def __init__(self, given: Mapping[str, str]) -> None:
        self.raw = {name: str(given[name]).strip()[:200] for name in FIELDS if given.get(name, "") != ""}

    @cached_property
    def _read(self) -> tuple[dict[str, Any], dict[str, LingbaoError]]:
        values: dict[str, Any] = {}
        faults: dict[str, LingbaoError] = {}
        for name, field in FIELDS.items():
            try:
                values[name] = field.read(self.raw.get(name, ""))
            except LingbaoError as fault:
                faults[name] = fault
        return values, faults

    @property
    def values(self) -> dict[str, Any]:
        """Answers that could be read, by name."""
        return self._read[0]

    @property
    def carried(self) -> Mapping[str, str]:
        """What goes along in addresses."""
        return self.raw

    def step(self, slug: str) -> Step | None:
        """Return the question on a page, or None if there is none."""
        return next((step for step in self.ALL if step.slug == slug), None)

    def steps(self) -> list[Step]:
        """Return the questions that apply to this visitor, in order."""
        return [step for step in self.ALL if step.applies({**self.raw, **self.values})]

    def told(self) -> list[Step]:
        """Return the questions whose answers are shown before they are sent."""
        return self.steps()

    def faults(self, step: Step | None = None) -> dict[str, LingbaoError]:
        """Return what is wrong or missing on one page, or on all that apply, by field."""
        names = {field.name for each in ([step] if step else self.steps()) for field in each.fields}
        return {name: fault for name, fault in self._read[1].items() if name in names}

    def first_open(self) -> Step | None:
        """Return the first question without a good answer, or None when all are answered."""
        return next((step for step in self.steps() if self.faults(step)), None)

    def after(self, step: Step) -> Step | None:
        """Return the question after ``step``, or None at the end."""
        steps = self.steps()
        place = steps.index(step) + 1 if step in steps else len(steps)
        return steps[place] if place < len(steps) else None

    def before(self, step: Step) -> Step | None:
        """Return the question before ``step``, or None at the start."""
        steps = self.steps()
        place = steps.index(step) if step in steps else 0
        return steps[place - 1] if place else None

    def query(self, **more: str | None) -> str:
        """Return the answers as the query of an address."""
        return urlencode({**self.carried, **{name: value for name, value in more.items() if value is not None}})

    def person(self) -> Person:
        """Return the person these answers describe.

        Raises
        ------
        ErrorList
            If an answer that applies is missing or wrong.
        """
        faults = self.faults()
        if faults:
            raise ErrorList(list(faults.values()))
        said = self.values
        paid = said["paid"]
        employee = paid in ("employee", "both")
        resident = paid in ("resident", "both")
        months = (said["paid_years"] * MONTHS_PER_YEAR + (said.get("paid_months") or 0)) if employee else 0
        chosen = said.get("class") if said["sex"] == "female" else None
        return Person(
            birth=month(said["birth_year"], int(said["birth_month"])),
            sex=said["sex"],
            residence=said["residence"],
            home=said["home"],
            worker_class=None if chosen in (None, "unsure") else chosen,
            income=said["income"],
            months_paid=months,
            mean_index=said["index"] if employee else None,
            account_balance=said["balance"] if employee else 0.0,
            deemed_months=(said.get("deemed_months") or 0) if employee else 0,
            resident_years=said["resident_years"] if resident else 0,
            resident_balance=said["resident_balance"] if resident else 0.0,
            in_difficulty=said.get("difficulty") == "yes",
            first_paid=month(said["first_year"], MONTHS_PER_YEAR) if employee and said.get("first_year") else None,
        )

    def preferences(self) -> Preferences:
        """Return what these answers want compared besides the tiers."""
        from lingbao.planner import Preferences  # imported late: the planner brings the compiler with it

        said = self.values
        named = {"budget": "budget", "base": "base", "gap_months": "gap", "saving": "saving", "move_to": "move_to"}
        return Preferences(**{name: said[field] for name, field in named.items() if said.get(field) is not None})


def placed(error: LingbaoError) -> dict[str, LingbaoError]:
    """Sort the faults found in a person by the field where each is mended."""
    single = error.errors if isinstance(error, ErrorList) else [error]
    return {FIELD_OF_FAULT.get(fault.code, fault.code.removeprefix("answer.")): fault for fault in single}


def page_of(field: str) -> str | None:
    """Return the page on which a field is asked."""
    return STEP_OF.get(field)
