"""Sections of the simulation's own reports on the page of a result: kept with its tables, drawn as the site draws."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lingbao.web.charts import Table

if TYPE_CHECKING:
    from lingbao.simulation.report_sections import Section

FILE, DRAWN = "sections.json", "drawn"  # words and charts of all sections; tables of charts that have another shape
WORDS = ("name", "title_zh", "title_en", "text_zh", "text_en", "unit_from")


def write(sections: Iterable[Section], place: Path) -> None:
    """Keep sections in the folder of a run: the table of each as a Parquet file of its own, the words in one file."""
    kept = []
    for section in sections:
        section.frame.write_parquet(place / f"{section.name}.parquet", compression="zstd")
        if section.drawn is not None:
            (place / DRAWN).mkdir(exist_ok=True)
            section.drawn.write_parquet(place / DRAWN / f"{section.name}.parquet", compression="zstd")
        chart = None if section.chart is None else asdict(section.chart)
        kept.append({name: getattr(section, name) for name in WORDS} | {"chart": chart, "drawn": section.drawn is not None})
    (place / FILE).write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")


def read(place: Path) -> dict[str, Section]:
    """Return the sections of a run by name; none for a run of before there were any."""
    import polars as pl

    from lingbao.simulation.report_charts import Chart
    from lingbao.simulation.report_sections import Section

    if not (place / FILE).is_file():
        return {}
    found = {}
    for kept in json.loads((place / FILE).read_text(encoding="utf-8")):
        chart = kept["chart"] and Chart(kept["chart"]["kind"], kept["chart"]["x"], tuple(kept["chart"]["y"]), kept["chart"]["series"])
        drawn = pl.read_parquet(place / DRAWN / f"{kept['name']}.parquet") if kept["drawn"] else None
        found[kept["name"]] = Section(**{name: kept[name] for name in WORDS}, frame=pl.read_parquet(place / f"{kept['name']}.parquet"),
                                      chart=chart, drawn=drawn)
    return found


def chart_of(section: Section, lang: str) -> Table | None:
    """Return a section's chart as the site draws it; None where there is nothing to draw."""
    from lingbao.simulation.report_charts import points
    from lingbao.simulation.report_words import name_of, unit_of

    drawn = section.frame if section.drawn is None else section.drawn
    if section.chart is None or not drawn.height:
        return None
    tongue: Any = "zh" if lang == "zh" else "en"
    marks = points(section.chart, drawn, tongue)
    height = unit_of(section.chart.y[0], tongue).label if len(section.chart.y) > 1 else name_of(section.chart.y[0], tongue)
    return Table(
        section.chart.kind, section.title(tongue), name_of(section.chart.x, tongue), height, "", tuple((mark["x"], mark["y"], mark["series"]) for mark in marks),
        tuple((mark["x"], mark["low"], mark["high"], mark["series"]) for mark in marks if "low" in mark),
    ) if marks else None


@dataclass(frozen=True)
class Shown:
    """A section as the template writes it: words, headings, rows of cells with whether each is a number."""

    name: str
    title: str
    text: str
    heads: list[tuple[str, bool]]
    rows: list[list[tuple[str, bool]]]


def shown(section: Section, lang: str) -> Shown:
    """Return the table of a section in the words and units of a language."""
    from lingbao.simulation.report_tables import heads, is_number, text_rows

    tongue: Any = "zh" if lang == "zh" else "en"
    named = list(zip(heads(section, tongue), is_number(section, tongue), strict=True))
    return Shown(section.name, section.title(tongue), section.text(tongue), named, text_rows(section, tongue))
