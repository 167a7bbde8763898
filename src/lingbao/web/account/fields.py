"""Fields that the planner's questions do not have: words, an identity number, a tick, a box, a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from lingbao.registry.people.identity import read_identity_number
from lingbao.web.account.access import today
from lingbao.web.fields import Field


@dataclass(frozen=True)
class Words(Field):
    """A text in the person's own words; `kind` is ``text`` for one line, ``words`` for several."""

    longest: int = 100

    def read(self, text: str) -> Any:
        """Return the text without blanks around it, or None where it may be empty."""
        text = text.replace("\r\n", "\n").strip()
        if not text:
            if self.optional:
                return None
            raise self._fault("", f"请填写：{self.zh}", f"Please answer: {self.en}")
        if len(text) > self.longest or any(not (each.isprintable() or each == "\n") for each in text):
            raise self._fault("", f"“{self.zh}”最多 {self.longest} 个字，不能有看不见的字符。",
                              f"“{self.en}” takes at most {self.longest} characters, none of them invisible.")
        return text


@dataclass(frozen=True)
class Identity(Field):
    """A citizen identity number."""

    def read(self, text: str) -> Any:
        """Return the number with birth and sex; the number is never part of a fault."""
        if not text.strip():
            raise self._fault("", "请填写公民身份号码。", "Please give the identity number.")
        return read_identity_number(text[:60], today=today())


@dataclass(frozen=True)
class Tick(Field):
    """A box that must be ticked."""

    def read(self, text: str) -> Any:
        """Return True."""
        if text != "yes":
            raise self._fault("", f"请勾选后继续：{self.zh}", f"Tick the box to go on: {self.en}")
        return True


@dataclass(frozen=True)
class Box(Field):
    """One of several boxes, each of which may be left alone; its `kind` is ``tick``."""

    def read(self, text: str) -> Any:
        """Return whether it is ticked."""
        return text == "yes"


@dataclass(frozen=True)
class Day(Field):
    """A day between two others, written like 2026-03-31; its `kind` is ``text``."""

    first: date = date.min
    last: date = date.max

    def read(self, text: str) -> Any:
        """Return the day."""
        try:
            day = date.fromisoformat(text.strip()[:10])
        except ValueError:
            raise self._fault(text[:20], "日期请按 2026-03-31 这样填写。", "Write the day like 2026-03-31.") from None
        if not self.first <= day <= self.last:
            raise self._fault(str(day), f"日期应在 {self.first} 到 {self.last} 之间。", f"The day must lie between {self.first} and {self.last}.")
        return day
