"""The planner's answer: advice, comparison, charts, reasons, and the same as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import LingbaoError
from lingbao.web import engine, explanation, export, figures, outcome, pdf, result_charts
from lingbao.web.answers import Answers, page_of, placed
from lingbao.web.errors import heading, several, status_of
from lingbao.web.further import further
from lingbao.web.places import name_of
from lingbao.web.recorded import Recorded, answering

if TYPE_CHECKING:
    from lingbao.planner import Comparison


def _projection(request: HttpRequest) -> str:
    wish = request.GET.get("projection", "base")
    return wish if wish in {name for name, _, _ in outcome.PROJECTIONS} else "base"


def refused(request: HttpRequest, answers: Answers, error: LingbaoError) -> HttpResponse:
    """Say what cannot be computed and lead back to the question where it is mended."""
    slug = next((page for page in map(page_of, placed(error)) if page and answers.step(page)), None)
    return render(request, "lingbao/refused.html", {
        "errors": several(error), "heading": heading(error, status_of(error)),
        "back_address": f"/plan/{slug or 'check'}/?{answers.query()}",
    }, status=status_of(error))


def charts_of(comparison: Comparison, lang: str) -> list[dict[str, Any]]:
    """Return the charts with the tables under them."""
    tables = [(kind, build(comparison, lang)) for kind, build in result_charts.KINDS.items()]
    return [{"kind": kind, "table": table} for kind, table in tables if table.rows]


def compared(answers: Answers) -> Comparison:
    """Return the comparison that the answers ask for.

    Raises
    ------
    LingbaoError
        If an answer is wrong or the law is not known.
    """
    return engine.compare(answers.person(), answers.preferences())


@answering
def result(request: HttpRequest) -> HttpResponse:
    """The result page."""
    answers: Answers = request.answers  # type: ignore[attr-defined]
    open_step = answers.first_open()
    if open_step is not None:
        return redirect(f"/plan/{open_step.slug}/?{answers.query(send=open_step.slug)}")
    lang: str = request.lang  # type: ignore[attr-defined]
    try:
        comparison = compared(answers)
        plain = comparison.to_dict()
    except LingbaoError as error:
        return refused(request, answers, error)
    projection, budget = _projection(request), answers.values.get("budget")
    best = engine.suggested(comparison)
    main = outcome.main_options(plain["options"], budget, best)
    first = outcome.first_options(main, best)
    feasible = [option for option in plain["options"] if option["feasible"]]
    return render(request, "lingbao/result.html", {
        "comparison": plain,
        "retirement": plain["retirement"],
        "advice": plain["advice"],
        "flags": plain["flags"],
        "main": [outcome.row(option, projection, lang, best) for option in first],
        "beside": [outcome.row(option, projection, lang, best) for option in main if option not in first],
        "groups": [
            {"label": zh if lang == "zh" else en,
             "rows": [outcome.row(option, projection, lang, best) for option in feasible if option["kind"] == kind]}
            for kind, zh, en in outcome.KINDS
        ],
        "refused": [option for option in plain["options"] if not option["feasible"]],
        "heads": [figure.zh if lang == "zh" else figure.en for figure in outcome.MAIN],
        "charts": charts_of(comparison, lang),
        "projection": projection,
        "projections": [
            {"name": name, "label": zh if lang == "zh" else en} for name, zh, en in outcome.PROJECTIONS
        ],
        "place": name_of(answers.values["residence"], lang),
        "query": answers.query(),
        "recorded": isinstance(answers, Recorded),
        "hidden": parse_qsl(answers.query()),
        "further": further(comparison, request.GET.get("target", "")),
        "version": str(plain["law_hash"])[:12],
    })


@answering
def why(request: HttpRequest) -> HttpResponse:
    """Why a figure is what it is: sentences with articles, parameters, dates and sources."""
    answers: Answers = request.answers  # type: ignore[attr-defined]
    lang: str = request.lang  # type: ignore[attr-defined]
    figure = outcome.BY_NAME.get(request.GET.get("figure", ""))
    try:
        comparison = compared(answers)
        plain = comparison.to_dict()
    except LingbaoError as error:
        return refused(request, answers, error)
    option = next((each for each in plain["options"] if each["id"] == request.GET.get("option")), None)
    if figure is None or option is None:
        raise Http404
    projection = _projection(request)
    # The first payment stands once for an option, under the base projection.
    node = comparison.explain(option["id"], figure.name, projection="base" if figure is outcome.FIRST_PAYMENT else projection)
    return render(request, "lingbao/why.html", {
        "figure": figure, "option": option, "projection": projection,
        "value": outcome.written(figure, option, projection, lang),
        "steps": explanation.steps(node, lang), "tree": explanation.tree(node, lang),
        "query": answers.query(), "yearly": _yearly(option, lang) if figure is outcome.FIRST_PAYMENT else "",
    })


def _yearly(option: dict[str, Any], lang: str) -> str:
    """Return the payment of a year where the option is paid by the year, or nothing."""
    year = (option.get("first_payment") or {}).get("year")
    return figures.yuan(year, lang, 2) if year and option["scheme"] == "resident" else ""


@answering
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """The comparison as a spreadsheet, a table of text, or a document for print."""
    answers: Answers = request.answers  # type: ignore[attr-defined]
    lang: str = request.lang  # type: ignore[attr-defined]
    try:
        comparison = compared(answers).to_dict()
    except LingbaoError as error:
        return refused(request, answers, error)
    if kind == "pdf":
        body, media = pdf.document(comparison, answers, lang), "application/pdf"
    elif kind == "xlsx":
        body, media = export.workbook(comparison, lang), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        body, media = export.text(comparison, lang), "text/csv; charset=utf-8"
    name = "lingbao-plan"
    disposition = "inline" if kind == "pdf" else "attachment"
    return HttpResponse(body, content_type=media, headers={"Content-Disposition": f'{disposition}; filename="{name}.{kind}"'})
