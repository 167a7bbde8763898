"""Long lists a page at a time, with the way to the next one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

AT_A_TIME = 50


@dataclass(frozen=True)
class Part:
    """The part of a list that one page shows.

    Attributes
    ----------
    number, of : int
        Which page this is, from 1, and how many there are.
    total : int
        How long the whole list is.
    """

    number: int
    total: int

    @property
    def of(self) -> int:
        """How many pages the list has; an empty one has one."""
        return max(1, -(-self.total // AT_A_TIME))

    @property
    def after(self) -> int:
        """How many things stand on the pages before."""
        return (self.number - 1) * AT_A_TIME

    @property
    def first(self) -> int:
        """Which is the first one shown, from 1."""
        return self.after + 1

    @property
    def last(self) -> int:
        """Which is the last one shown."""
        return min(self.total, self.after + AT_A_TIME)


def part(request: HttpRequest, total: int) -> Part:
    """Return the part that an address asks for; a page that is none is the nearest one."""
    wish = request.GET.get("page", "1")
    number = int(wish) if wish.isascii() and wish.isdigit() and len(wish) < 10 else 1
    return Part(min(max(1, number), Part(1, total).of), total)
