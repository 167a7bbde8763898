"""How far a run is: people done, people a second, time left; as a bar for people and as plain numbers for programs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Told = Callable[[int], None]
"""Called with the number of people done so far, first of all with those done before this start."""

SECONDS_LOOKED_BACK = 30.0
SECONDS_BETWEEN_WORDS = 0.5


@dataclass(frozen=True)
class Pace:
    """Where a run stands.

    Attributes
    ----------
    done, total : int
        People.
    per_second : float or None
        Recent speed [people/s]; None until people came in twice.
    seconds_left : float or None
        Time left at this speed [s].
    """

    done: int
    total: int
    per_second: float | None
    seconds_left: float | None


class Meter:
    """Measures the pace of a run over the last half minute, so that a slow start or a resumed run does not distort it."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def at(self, done: int) -> Pace:
        """Take note of the people done and return the pace."""
        now = self._clock()
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[1][0] <= now - SECONDS_LOOKED_BACK:
            self._seen.popleft()
        since, before = self._seen[0]
        if now <= since or done <= before:
            return Pace(done, self.total, None, None)
        speed = (done - before) / (now - since)
        return Pace(done, self.total, speed, (self.total - done) / speed)


def telling(total: int, tell: Callable[[Pace], None], every: float = SECONDS_BETWEEN_WORDS,
            clock: Callable[[], float] = time.monotonic) -> Told:
    """Return a progress function that passes the pace on at most every so often, and always at the end.

    Parameters
    ----------
    total : int
        People in the run.
    tell : callable
        Given a :class:`Pace`; a background job writes it where a page can read it.
    every : float
        Least time between two calls [s].
    """
    meter, last = Meter(total, clock), [-every]

    def told(done: int) -> None:
        pace = meter.at(done)
        if done >= total or clock() - last[0] >= every:
            last[0] = clock()
            tell(pace)

    return told


@contextmanager
def bar(total: int, title: str, lang: str = "zh", hidden: bool = False) -> Iterator[Told]:
    """Show a bar with speed and time left on the error stream, and give the function that moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
               TextColumn("{task.fields[pace]}"))
    with Progress(*columns, console=Console(stderr=True), disable=hidden) as shown:
        task = shown.add_task(title, total=total, pace="")

        def moved(pace: Pace) -> None:
            shown.update(task, completed=pace.done, pace=words(pace, lang))

        yield telling(total, moved, every=0.1)


def words(pace: Pace, lang: str) -> str:
    """Say the pace in a few words."""
    if pace.per_second is None or pace.seconds_left is None:
        return ""
    left = round(pace.seconds_left)
    clock = f"{left // 3600}:{left // 60 % 60:02d}:{left % 60:02d}"
    if lang == "zh":
        return f"每秒 {pace.per_second:,.0f} 人，剩余 {clock}"
    return f"{pace.per_second:,.0f} people/s, {clock} left"
