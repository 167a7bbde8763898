"""Which people are done: a few ranges of person numbers, however many chunks they came in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""First person and the one after the last."""


class Spans:
    """Ranges of people, apart and in order; ranges that touch become one."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans: list[Span] = []
        for first, end in spans:
            self.add(first, end - first)

    def add(self, first: int, count: int) -> None:
        """Mark ``count`` people from ``first`` as done.

        Raises
        ------
        ValueError
            If the range is empty or one of them is done already: they would count twice.
        """
        end = first + count
        place = bisect_left(self._spans, (first, end))
        before, after = self._spans[:place], self._spans[place:]
        if first < 0 or count < 1 or (before and before[-1][1] > first) or (after and after[0][0] < end):
            raise ValueError(f"people {first} to {end - 1} are no people or are done already")
        if before and before[-1][1] == first:
            first = before.pop()[0]
        if after and after[0][0] == end:
            end = after.pop(0)[1]
        self._spans = [*before, (first, end), *after]

    def people(self) -> int:
        """Return how many people are done."""
        return sum(end - first for first, end in self._spans)

    def left(self, size: int, chunk: int) -> Iterator[Span]:
        """Yield first number and count of the chunks still to do among ``size`` people."""
        begin = 0
        for first, end in [*self._spans, (size, size)]:
            for start in range(begin, first, chunk):
                yield start, min(chunk, first - start)
            begin = end

    def __iter__(self) -> Iterator[Span]:
        return iter(self._spans)
