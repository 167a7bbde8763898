"""Starting a run, watching it, cancelling it, and reading its result."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.reform import Reform
from lingbao.web.charts import SIZES, svg
from lingbao.web.lab import cite, engine, experiment, export, folder, headline, runs, stored, words
from lingbao.web.lab.models import Run
from lingbao.web.lab.result import JOINING, PAYING, STOPPING, Result
from lingbao.web.lab.views.choose import reform as reform_page
from lingbao.web.lab.visitor import remember, visitor

REFRESH = 3  # seconds between two looks of a page without JavaScript
WEEK = 7 * 24 * 3600
MOST_LISTED = 50
LIMITS = ("lab.at_once", "lab.a_day", "lab.uncertain_a_day", "lab.waiting")


def experiment_from(form: Any, reform: Reform | None) -> experiment.Experiment:
    """Return the experiment that a form asks for.

    Raises
    ------
    InputError
        If a number is missing or out of range.
    """
    found = {}
    for name, usual in (("size", experiment.USUAL_SIZE), ("years", experiment.USUAL_YEARS), ("seed", experiment.USUAL_SEED)):
        text = str(form.get(name) or usual).strip().replace(",", "")[:20]
        if not text.isascii() or not text.isdigit():
            raise InputError(f"lab.{name}", value=text, where=name, zh=f"“{text}”不是整数。", en=f"“{text}” is not a whole number.")
        found[name] = int(text)
    return experiment.Experiment(reform, **found, uncertainty=bool(form.get("uncertainty")))


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Ask for a run, and go to its page: a stored result is there at once."""
    name = request.POST.get("reform", "")
    who = visitor(request).named()
    try:
        run = runs.ask(experiment_from(request.POST, stored.find(name) if name else None), who)
    except LingbaoError as error:
        if not name or error.code == "lab.no_reform":
            raise
        response = reform_page(request, name, {error.where if error.where in ("size", "years", "seed", "uncertainty") else "": error})
        response.status_code = 429 if error.code in LIMITS else 422
        return response
    return remember(redirect(f"/lab/run/{run.key}/"), request, who)


def run(request: HttpRequest, key: str) -> HttpResponse:
    """How far a run is, or its result."""
    found = get_object_or_404(Run, key=key)
    if found.state == Run.State.DONE and folder.complete(key):
        return _result(request, found)
    lang: str = request.lang  # type: ignore[attr-defined]
    progress = runs.progress(found)
    context = {
        **_about(found, lang), "progress": progress, "phase": words.name("phases", found.phase, lang), "faults": found.faults,
        "removed": found.state == Run.State.DONE, "going": found.going,
        "mine": bool(visitor(request).owner) and found.requests.filter(owner=visitor(request).owner, withdrawn=False).exists(),
        "refresh": REFRESH if found.going else 0,
    }
    part = request.headers.get("X-Part") == "progress"
    response = render(request, "lingbao/lab/_progress.html" if part else "lingbao/lab/run.html", context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-State"] = found.state
    return response


def _about(found: Run, lang: str) -> dict[str, Any]:
    reform = runs.reform_in(found)
    return {
        "run": found, "reform": reform, "title": (reform.title_zh if lang == "zh" else reform.title_en) if reform else "",
        "reform_name": stored_name(reform),
    }


def stored_name(reform: Reform | None) -> str:
    """Return the name under which a reform's page stands."""
    if reform is None:
        return ""
    known = stored.shipped(reform.id)
    return known.id if known is not None and known.hash == reform.hash else reform.hash


def _result(request: HttpRequest, found: Run) -> HttpResponse:
    lang: str = request.lang  # type: ignore[attr-defined]
    read = Result(found, lang)
    return render(request, "lingbao/lab/result.html", {
        **_about(found, lang), "read": read, "cited": cite.citation(found, lang, request.build_absolute_uri(f"/lab/run/{found.key}/")),
        "baseline": experiment.Experiment(None, found.size, found.years, found.seed).key if found.reform else "",
        "fresh": found.law_hash == engine.law().hash and found.program == engine.program(),
        "headline": headline.line(found, lang), "tables": [(name, export.kinds(found.key, name)) for name in export.names(found.key)], "charts": read.charts(), "shown": read.shown,
        "joining": read.by_group(JOINING), "stopping": read.by_group(STOPPING), "paying": read.by_group(PAYING),
    })


@require_POST
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Take one's wish back."""
    found = get_object_or_404(Run, key=key)
    if found.going and not runs.cancel(found, visitor(request)):
        raise InputError("lab.not_mine", value=key, zh="只有要求计算的人可以取消，请用当时的浏览器。",
                         en="Only who asked for a run can cancel it; use the browser that asked.")
    return redirect(f"/lab/run/{key}/")


def mine(request: HttpRequest) -> HttpResponse:
    """What this browser has asked for."""
    lang: str = request.lang  # type: ignore[attr-defined]
    owner = visitor(request).owner
    asked = Run.objects.filter(requests__owner=owner).order_by("-requests__made")[:MOST_LISTED] if owner else []
    rows = [{**headline.line(each, lang), "title": (each.reform or {}).get(f"title_{lang}", ""), "progress": runs.progress(each)} for each in asked]
    return render(request, "lingbao/lab/mine.html", {"rows": rows})


def done(key: str) -> Run:
    """Return a run whose result is there, or answer that there is none."""
    found = get_object_or_404(Run, key=key, state=Run.State.DONE)
    if not folder.complete(key):
        raise Http404
    return found


def chart(request: HttpRequest, key: str, lang: str, size: str, kind: str) -> HttpResponse:
    """One chart of a result."""
    table = Result(done(key), lang).charts().get(kind)
    if table is None or size not in SIZES:
        raise Http404
    return HttpResponse(svg(table, size), content_type="image/svg+xml", headers={"Cache-Control": f"public, max-age={WEEK}, immutable"})


def download(request: HttpRequest, key: str, name: str, kind: str) -> HttpResponse:
    """One table, or with the name ``all`` the workbook of the page's tables."""
    found = done(key)
    if name == "all" and kind == "xlsx":
        body = export.workbook(found, cite.citation(found, "en", request.build_absolute_uri(f"/lab/run/{key}/")))
    elif name in export.names(key) and kind in export.kinds(key, name):
        body = export.one(key, name, kind)
    else:
        raise Http404
    return HttpResponse(body, content_type=export.MEDIA[kind], headers={
        "Content-Disposition": f'attachment; filename="lingbao-{key}-{name}.{kind}"'})
