"""Charts of reports: a table's columns as a Vega-Lite form, and its drawing as SVG that needs nothing from outside."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from lingbao.simulation.estimate import NORMAL_95
from lingbao.simulation.report_words import Lang, called, name_of, unit_of

# Outer size of a picture [pixels].
WIDTH, HEIGHT = 900, 380
INK, SOFT, LINE = "#17231f", "#4a5954", "#d9e1de"
PALETTE = ("#0b5a4c", "#c97a12", "#3f6fb5", "#9a3b6b", "#6b7a75", "#4f9e3a", "#8a6d3b", "#5b4b8a", "#2aa198", "#b3483f")
FONT = "system-ui, PingFang SC, HarmonyOS Sans SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif"
ERROR = "_error"
CROWDED = 6
"""Categories beside one another from which bars lie, so that their names can be read."""
LONG = 24
"""Letters of a name from which a legend has two columns."""
LYING = 20
"""Room for one lying bar [pixels]."""

Kind = Literal["lines", "bars", "stack", "points"]


@dataclass(frozen=True)
class Chart:
    """Which columns of a table are drawn, and how.

    Attributes
    ----------
    kind : {"lines", "bars", "stack", "points"}
        Lines over a number, bars over categories, areas on top of one another, or points of one column against another.
    x : str
        Column of places.
    y : tuple of str
        Columns of numbers, of one unit; each is a colour, and has a 95 percent band where the table has ``<y>_error``.
    series : str
        Column whose values are the colours instead, with a single ``y``; empty for none.
    """

    kind: Kind
    x: str
    y: tuple[str, ...]
    series: str = ""


def points(chart: Chart, frame: pl.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Return what is drawn, one entry a mark, in the words and units of a language."""
    made: list[dict[str, Any]] = []
    numeric = frame.schema[chart.x].is_numeric() and chart.kind != "bars"
    across = unit_of(chart.x, lang).factor if numeric else 1.0
    for row in frame.to_dicts():
        place = row[chart.x] * across if numeric else called(row, chart.x, lang)
        for name in chart.y:
            value, error = row[name], row.get(name + ERROR)
            if value is None or value != value:
                continue
            factor = unit_of(name, lang).factor
            mark = {"x": place, "y": value * factor,
                    "series": called(row, chart.series, lang) if chart.series else name_of(name, lang, with_unit=False)}
            if error is not None and error == error:
                mark |= {"low": (value - NORMAL_95 * error) * factor, "high": (value + NORMAL_95 * error) * factor}
            made.append(mark)
    return made


def specification(chart: Chart, frame: pl.DataFrame, lang: Lang) -> dict[str, Any]:
    """Return the Vega-Lite form of a chart."""
    import altair as alt

    marks = points(chart, frame, lang)
    names = list(dict.fromkeys(mark["series"] for mark in marks))
    base = alt.Chart(alt.Data(values=marks))
    colour = alt.Color("series:N", title=None, scale=alt.Scale(domain=names, range=[PALETTE[k % len(PALETTE)] for k in range(len(names))]),
                       legend=alt.Legend() if len(names) > 1 else None)
    label = unit_of(chart.y[0], lang).label if len(chart.y) > 1 else name_of(chart.y[0], lang)
    height = alt.Y("y:Q", title=label or None, axis=alt.Axis(tickCount=6))
    years = chart.x == "year"
    along = alt.X("x:Q", title=name_of(chart.x, lang), scale=alt.Scale(zero=False, nice=not years), axis=alt.Axis(format="d", tickMinStep=1) if years else alt.Axis(format="~g"))
    if chart.kind == "bars":
        drawn = _bars(base, marks, names, name_of(chart.x, lang, with_unit=False), label).encode(color=colour)
        if any("low" in mark for mark in marks):
            drawn = drawn + _bars(base, marks, names, name_of(chart.x, lang, with_unit=False), label, bands=True)
    elif chart.kind == "stack":
        drawn = base.mark_area(opacity=0.9).encode(x=along, y=alt.Y("y:Q", title=label or None, stack="zero"), color=colour)
    elif chart.kind == "points":
        drawn = base.mark_point(filled=True, size=70).encode(x=along, y=alt.Y("y:Q", title=label or None, scale=alt.Scale(zero=False)), color=colour)
    else:
        drawn = base.mark_line(strokeWidth=2.4).encode(x=along, y=height, color=colour,
                                                        strokeDash=alt.StrokeDash("series:N", sort=names, legend=None))
        if any("low" in mark for mark in marks):
            drawn = base.mark_area(opacity=0.18).encode(x=along, y=alt.Y("low:Q", title=label or None), y2="high:Q", color=colour) + drawn
        drawn = drawn + base.mark_rule(color=SOFT, strokeWidth=0.8).encode(y=alt.datum(0))
    lying = chart.kind == "bars" and len({mark["x"] for mark in marks}) > CROWDED
    styled = (
        drawn.properties(width=WIDTH, height=max(HEIGHT, LYING * len(marks) + HEIGHT // 4) if lying else HEIGHT, background="#ffffff", padding={"left": 44 if lying else 10, "top": 10, "right": 10, "bottom": 10}, autosize=alt.AutoSizeParams(type="fit", contains="padding"))
        .configure(font=FONT).configure_view(stroke=None)
        .configure_axis(labelFontSize=13, titleFontSize=13, titleFontWeight="normal", titlePadding=12, labelColor=INK, titleColor=SOFT, gridColor=LINE,
                        domainColor=SOFT, tickColor=SOFT)
        .configure_legend(labelFontSize=13, labelColor=INK, orient="top", labelLimit=300, columns=2 if max(map(len, names), default=0) > LONG else 3, columnPadding=36)
    )
    form: dict[str, Any] = styled.to_dict(validate=False)
    return form


def _bars(base: Any, marks: list[dict[str, Any]], names: list[str], title: str, unit: str, bands: bool = False) -> Any:
    """Return bars, or the bands over them: standing, or lying where they are many; side by side where a category has several."""
    import altair as alt

    order = list(dict.fromkeys(mark["x"] for mark in marks))
    several = len(marks) > len(order)
    begin, end = ("low:Q", "high:Q") if bands else ("y:Q", None)
    drawn = base.mark_rule(color=INK, strokeWidth=1.4) if bands else base.mark_bar(cornerRadiusEnd=2)
    if len(order) > CROWDED:
        sides = {"yOffset": alt.YOffset("series:N", sort=names)} if several else {}
        return drawn.encode(y=alt.Y("x:N", title=None, sort=order, axis=alt.Axis(labelLimit=320, ticks=False, domain=False)),
                            x=alt.X(begin, title=unit or None, axis=alt.Axis(tickCount=6)), **({"x2": end} if end else {}), **sides)
    beside = {"xOffset": alt.XOffset("series:N", sort=names)} if several else {}
    return drawn.encode(x=alt.X("x:N", title=title, sort=order, axis=alt.Axis(labelAngle=0, labelLimit=190)),
                        y=alt.Y(begin, title=unit or None, axis=alt.Axis(tickCount=6)), **({"y2": end} if end else {}), **beside)


@functools.cache
def _renderer() -> Any:
    import vl_convert

    return vl_convert


def svg(chart: Chart, frame: pl.DataFrame, lang: Lang, name: str) -> str:
    """Return the drawing to be set into a page; ``name`` keeps its inner names apart from those of other drawings."""
    drawn = str(_renderer().vegalite_to_svg(specification(chart, frame, lang)))
    drawn = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', drawn)
    drawn = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", drawn)
    return re.sub(r'(xlink:)?href="#([^"]+)"', rf'\1href="#{name}-\2"', drawn)
