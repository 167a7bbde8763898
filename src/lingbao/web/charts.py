"""Charts: the table behind each, its Vega-Lite form, and the SVG kept by the hash of that form."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.law.values import Parameter
from lingbao.web.engine import today
from lingbao.web.lawbook import numeric, unit_of

# The whole picture, axes and legend included [pixels]; pages reserve this room before it is drawn.
SIZES = {"narrow": (358, 400), "wide": (1040, 420)}
INK, SOFT, LINE = "#17231f", "#4a5954", "#d9e1de"
PALETTE = ("#0b5a4c", "#c97a12", "#3f6fb5", "#9a3b6b", "#6b7a75", "#4f9e3a")
# A long name is broken at its comma into two lines.
LINES = "split(datum.label, /，|, |·/)"
FONT = "system-ui, PingFang SC, HarmonyOS Sans SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True)
class Table:
    """The data behind a chart, in the words of one language.

    Attributes
    ----------
    kind : str
        ``bars``, ``lines`` or ``steps``.
    title : str
        What is shown.
    x, y, series : str
        Names of the axes and of what the colours mean.
    rows : tuple of (str or float, float or None, str)
        Place on the first axis, value (None breaks the line), and series.
    bands : tuple of (str or float, float, float, str)
        Place, lower and upper end of the 95 percent band, and series; drawn over bars.
    """

    kind: str
    title: str
    x: str
    y: str
    series: str
    rows: tuple[tuple[Any, float | None, str], ...]
    bands: tuple[tuple[Any, float, float, str], ...] = ()


def _style(chart: Any, size: str) -> Any:
    import altair as alt

    width, height = SIZES[size]
    return (
        chart.properties(width=width, height=height, background="#ffffff", padding=12, autosize=alt.AutoSizeParams(type="fit", contains="padding"))
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=13, titleFontSize=13, titleFontWeight="normal", labelColor=INK, titleColor=SOFT, titlePadding=14,
                        gridColor=LINE, domainColor=SOFT, tickColor=SOFT, labelLimit=170)
        .configure_legend(labelFontSize=13, titleFontSize=13, labelColor=INK, titleColor=SOFT, orient="top",
                          direction="vertical" if size == "narrow" else "horizontal", labelLimit=280, columnPadding=32, columns=1 if size == "narrow" else 3)
    )


def specification(table: Table, size: str) -> dict[str, Any]:
    """Return the Vega-Lite form of a table, ``narrow`` for phones or ``wide``."""
    import altair as alt

    data = alt.Data(values=[{"x": x, "y": y, "series": series} for x, y, series in table.rows])
    names = list(dict.fromkeys(series for _, _, series in table.rows))
    colour = alt.Color("series:N", title=None, scale=alt.Scale(domain=names, range=list(PALETTE[:len(names)])),
                       legend=None if len(names) < 2 else alt.Legend())
    base = alt.Chart(data)
    if table.kind == "bars":
        order = list(dict.fromkeys(x for x, _, _ in table.rows))
        sides = {"yOffset": alt.YOffset("series:N", sort=names)} if len(table.rows) > len(order) else {}
        chart = base.mark_bar(cornerRadiusEnd=3).encode(
            y=alt.Y("x:N", title=None, sort=order, axis=alt.Axis(ticks=False, domain=False, labelPadding=8, labelLimit=190, labelExpr=LINES)),
            x=alt.X("y:Q", title=table.y, axis=alt.Axis(tickCount=4, format=",.12~g", labelOverlap="greedy", labelSeparation=10)),
            color=colour, **sides,
        )
        if table.bands:
            ends = alt.Data(values=[{"x": x, "low": low, "high": high, "series": series} for x, low, high, series in table.bands])
            chart += alt.Chart(ends).mark_rule(color=INK, strokeWidth=1.4).encode(
                y=alt.Y("x:N", title=None, sort=order), x=alt.X("low:Q", title=table.y), x2="high:Q", **sides)
    elif table.kind == "lines":
        chart = base.mark_line(strokeWidth=2.5, interpolate="linear").encode(
            x=alt.X("x:Q", title=table.x, scale=alt.Scale(zero=False, nice=False), axis=alt.Axis(tickCount=6, format="d")),
            y=alt.Y("y:Q", title=table.y, axis=alt.Axis(tickCount=5, format=",.12~g")), color=colour,
            strokeDash=alt.StrokeDash("series:N", sort=names, legend=None),
        ) + base.mark_rule(color=SOFT, strokeWidth=1).encode(y=alt.datum(0))
    else:
        chart = base.mark_line(strokeWidth=2.5, interpolate="step-after", invalid="break-paths-show-path-domains", color=PALETTE[0]).encode(
            x=alt.X("x:Q", title=table.x, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=6, format="d")),
            y=alt.Y("y:Q", title=table.y, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)),
        )
    return _style(chart, size).to_dict()  # type: ignore[no-any-return]


@functools.cache
def _renderer() -> Any:
    import vl_convert

    return vl_convert


def svg(table: Table, size: str) -> bytes:
    """Return the chart as SVG; drawn once for the same content."""
    content = json.dumps([table.kind, table.x, table.y, table.rows, table.bands, size], ensure_ascii=False)
    key = hashlib.sha256(content.encode()).hexdigest()
    kept = caches["charts"].get(key)
    if kept is None:
        kept = _renderer().vegalite_to_svg(specification(table, size)).encode()
        caches["charts"].set(key, kept)
    return bytes(kept)


def warm() -> None:
    """Load the drawing libraries, so that the first visitor does not wait for them."""
    svg(Table("steps", "", "", "", "", ((2020, 1.0, ""), (2021, 2.0, ""))), "narrow")


def history_table(parameter: Parameter, lang: str) -> Table | None:
    """Return a parameter's numbers over time, or None where there are fewer than two.

    A value is drawn as far as it is in force, to this month where no end is set; where the law is blank until the
    next one, the line is broken.
    """
    values = sorted((each for each in parameter.values if each.since is not None and numeric(each)), key=lambda each: each.since or 0)
    if len(values) < 2:
        return None
    rows: list[tuple[float, float | None, str]] = []
    for value, following in zip(values, [*values[1:], None], strict=True):
        first = value.since or 0
        rows.append((first / 12, float(value.value), ""))
        end = value.until + 1 if value.until is not None else None if following else max(today(), first + MONTHS_PER_YEAR)
        if end is not None and (following is None or end < (following.since or 0)):
            rows += [(end / 12, float(value.value), ""), (end / 12, None, "")]
    label = parameter.label_zh if lang == "zh" else parameter.label_en
    return Table("steps", label, "年" if lang == "zh" else "year", unit_of(parameter.unit, lang), "", tuple(rows))
