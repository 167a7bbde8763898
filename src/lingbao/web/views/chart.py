"""Charts, each at its own address so that a page does not wait for them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from lingbao.web import charts, engine, lawbook, result_charts
from lingbao.web.answers import Answers
from lingbao.web.recorded import Recorded, answering

WEEK = 7 * 24 * 3600


def _picture(table: charts.Table | None, size: str) -> HttpResponse:
    if table is None or not table.rows:
        raise Http404
    return HttpResponse(charts.svg(table, size), content_type="image/svg+xml", headers={
        "Cache-Control": f"private, max-age={WEEK}, immutable",  # the address carries the version of the law
    })


def history(request: HttpRequest, lang: str, size: str) -> HttpResponse:
    """A parameter over time."""
    parameter = lawbook.described(request.GET.get("path", ""))
    return _picture(charts.history_table(parameter, lang), size)


@answering
def result(request: HttpRequest, lang: str, size: str, kind: str) -> HttpResponse:
    """One of the charts of a comparison."""
    if kind not in result_charts.KINDS or size not in charts.SIZES:
        raise Http404
    answers: Answers = request.answers  # type: ignore[attr-defined]
    comparison = engine.compare(answers.person(), answers.preferences())
    picture = _picture(result_charts.KINDS[kind](comparison, lang), size)
    if isinstance(answers, Recorded):  # the address does not say whose record it is, nor when that changes
        picture.headers["Cache-Control"] = "private, no-store"
    return picture
