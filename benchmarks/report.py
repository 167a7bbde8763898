"""One table of results, printed on the screen and written to ``results.md`` the same way."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Section:
    """A table with the command that makes it.

    Attributes
    ----------
    title : str
    command : str
        What to type to see these figures again.
    heading : tuple of str
    rows : list of tuple of str
    notes : list of str
        What the reader must know to judge the figures.
    """

    title: str
    command: str
    heading: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def markdown(self) -> str:
        """Return title, command, table and notes as Markdown with aligned columns."""
        widths = [max(len(row[k]) for row in (self.heading, *self.rows)) for k in range(len(self.heading))]

        def line(cells: tuple[str, ...]) -> str:
            return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

        table = [line(self.heading), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, self.rows)]
        notes = ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join([f"## {self.title}", "", f"`{self.command}`", "", *table, *notes, ""])


def seconds(time: float) -> str:
    """Write a time in the unit that suits it."""
    return f"{time:.2f} s" if time >= 1 else f"{time * 1000:.1f} ms" if time >= 1e-3 else f"{time * 1e6:.0f} µs"
