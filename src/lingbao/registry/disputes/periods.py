"""The legal periods of a matter, as data; what the law does not set stays unset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from lingbao.law.errors import InputError
from lingbao.registry.calendar import Deadline, natural_days, working_days

FILE = Path(__file__).with_name("periods.yaml")


@dataclass(frozen=True)
class Period:
    """So many days, natural or working, by an article."""

    days: int
    working: bool
    document: str
    confidence: str

    def after(self, day: date) -> Deadline:
        """Last day of the period set off on ``day``."""
        return (working_days if self.working else natural_days)(day, self.days)


@dataclass(frozen=True)
class Kind:
    """A kind of matter: its words, its article, and its periods by name (``lodge``, ``accept``, ``answer``, ``extend``)."""

    name: str
    zh: str
    en: str
    article: str
    periods: Mapping[str, Period]

    def due(self, period: str, day: date) -> Deadline | None:
        """Last day of a period, None where the law sets none."""
        found = self.periods.get(period)
        return None if found is None else found.after(day)


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of matters by name."""
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))["kinds"]
    return {
        name: Kind(name, each["zh"], each["en"], each["article"],
                   {part: Period(each[part]["value"], each[part]["working"], each[part]["document"], each[part]["confidence"])
                    for part in ("lodge", "accept", "answer", "extend") if each.get(part)})
        for name, each in content.items()
    }


def kind_of(name: str) -> Kind:
    """Return a kind of matter.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    found = kinds().get(name)
    if found is None:
        raise InputError("dispute.kind", value=name, zh=f"没有“{name}”这类事项，可选：{'、'.join(kinds())}。",
                         en=f"There is no kind '{name}'; there are: {', '.join(kinds())}.")
    return found
