"""Choosing a reform: the gallery, the designs, plain controls, a file, two reforms laid over each other."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import format_month
from lingbao.law.reform import Reform
from lingbao.law.reform_library import library
from lingbao.law.reform_read import write_reform
from lingbao.web.errors import several
from lingbao.web.lab import controls, engine, experiment, gallery, headline, stored
from lingbao.web.lab.limits import largest

DESIGNS_A_PAGE = 36
CHOICES = ("amount", "limit", "financing", "minimum", "accrual", "index")


def _card(reform: Reform, lang: str, results: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": reform.id, "title": reform.title_zh if lang == "zh" else reform.title_en, "mechanisms": reform.mechanisms,
        "citation": _side(reform.citation, lang), "brief": gallery.brief(reform, engine.law(), lang),
        "runs": "laboratory" in reform.runs_in, "result": results.get(reform.hash),
    }


def _side(text: str, lang: str) -> str:
    """Return the half of a text written in both languages, such as an author's name."""
    zh, cut, en = text.partition(" / ")
    return (zh if lang == "zh" else en) if cut else text


def _known(name: str) -> Reform:
    """Return a reform by the name in an address, or answer that there is none."""
    try:
        return stored.find(name)
    except InputError as error:
        raise Http404 from error


def index(request: HttpRequest) -> HttpResponse:
    """The gallery."""
    lang: str = request.lang  # type: ignore[attr-defined]
    results = headline.by_reform(lang)
    return render(request, "lingbao/lab/index.html", {
        "groups": [{"heading": group, "cards": [_card(reform, lang, results) for reform in reforms]} for group, reforms in gallery.groups()],
        "count": len(library()), "designs": len(gallery.designs()), "baseline": results.get(""), "law": engine.law().hash[:12],
    })


def designs(request: HttpRequest) -> HttpResponse:
    """The 324 designs, narrowed down by their choices."""
    lang: str = request.lang  # type: ignore[attr-defined]
    wanted = {name: request.GET.get(name, "") for name in CHOICES}
    fields = {field.name: field for field in controls.fields()["fixed"]}
    found = [
        reform for reform in gallery.designs()
        if all(not value or reform.options["fixed_amount"].values.get(name) == value for name, value in wanted.items())
    ]
    results = headline.by_reform(lang)
    page = Paginator(found, DESIGNS_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"id": reform.id, "choices": [(fields[name].zh if lang == "zh" else fields[name].en, gallery.word(reform.options["fixed_amount"].values[name], lang, name)) for name in CHOICES],
             "result": results.get(reform.hash)} for reform in page]
    return render(request, "lingbao/lab/designs.html", {
        "rows": rows, "fields": [{"field": fields[name], "value": wanted[name]} for name in CHOICES], "total": len(gallery.designs()),
        "known": any(row["result"] for row in rows), "page": page, "query": urlencode({name: value for name, value in wanted.items() if value}),
    })


def reform(request: HttpRequest, name: str, faults: dict[str, LingbaoError] | None = None) -> HttpResponse:
    """One reform: whose it is, what it changes and why, and the form that runs it."""
    lang: str = request.lang  # type: ignore[attr-defined]
    found = _known(name)
    chosen = {key: request.POST.get(key) or str(usual) for key, usual in (
        ("size", min(experiment.USUAL_SIZE, largest())), ("years", experiment.USUAL_YEARS), ("seed", experiment.USUAL_SEED))}
    chosen["uncertainty"] = request.POST.get("uncertainty", "")
    return render(request, "lingbao/lab/reform.html", {
        "reform": found, "name": stored.shipped(name).id if stored.shipped(name) else found.hash,  # type: ignore[union-attr]
        "author": _side(found.author, lang), "citation": _side(found.citation, lang), "since": format_month(found.since),
        "lines": gallery.lines(found, engine.law(), lang), "conflicts": stored.conflicts_of(found),
        "runs": "laboratory" in found.runs_in, "results": headline.of_reform(found, lang),
        "sizes": [size for size in experiment.SIZES if size <= largest()], "years": experiment.YEARS, "chosen": chosen, "most_uncertain": experiment.MOST_UNCERTAIN,
        "faults": faults or {}, "shipped": stored.shipped(name) is not None,
    }, status=422 if faults else 200)


def download(request: HttpRequest, name: str) -> HttpResponse:
    """One reform as a file."""
    found = _known(name)
    return HttpResponse(write_reform(found), content_type="application/yaml; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="{found.id[:60]}.yaml"'})


def new(request: HttpRequest) -> HttpResponse:
    """Plain controls."""
    law = engine.law()
    form, ticked, periods = controls.start(law), [request.GET.get("part", "")], [str(each) for each in controls.PERIODS]
    faults: dict[str, LingbaoError] = {}
    if request.method == "POST":
        form = {name: value for name, value in request.POST.items() if isinstance(value, str)}
        ticked, periods = request.POST.getlist("part"), request.POST.getlist("period")
        made, faults = controls.read(form, ticked, periods, law)
        if made is not None:
            return redirect(f"/lab/reform/{stored.store(made)}/")
    fields = controls.fields()
    parts = [{"name": name, "zh": zh, "en": en, "hint_zh": hint_zh, "hint_en": hint_en, "ticked": name in ticked,
              "rows": [{"field": field, "value": form.get(field.name, ""), "fault": faults.get(field.name)} for field in fields[name]]}
             for name, zh, en, hint_zh, hint_en in controls.PARTS]
    return render(request, "lingbao/lab/new.html", {
        "parts": parts, "faults": faults,
        "periods": [{"value": each, "ticked": str(each) in periods} for each in controls.PERIODS], "rhythm_fault": faults.get("rhythm"),
    }, status=422 if faults else 200)


def upload(request: HttpRequest) -> HttpResponse:
    """A reform file, sent or pasted."""
    text, errors = "", []
    if request.method == "POST":
        text = request.POST.get("text", "")[:stored.MOST_BYTES]
        try:
            made = stored.read(*_sent(request, text), engine.law())
        except LingbaoError as error:
            errors = several(error)
        else:
            return redirect(f"/lab/reform/{stored.store(made)}/")
    return render(request, "lingbao/lab/upload.html", {
        "errors": errors, "text": text or write_reform(next(each for each in library() if each.id == "N8")), "limit": stored.MOST_BYTES // 1024,
    }, status=422 if errors else 200)


def _sent(request: HttpRequest, text: str) -> tuple[str, str]:
    file = request.FILES.get("file")
    if file is None:
        return text, "reform.yaml"
    name = str(file.name or "reform.yaml")[-80:]
    if (file.size or 0) > stored.MOST_BYTES:
        raise InputError("lab.file", value=file.size, where=name, zh=f"改革文件太大，最多 {stored.MOST_BYTES // 1024} KB。",
                         en=f"The reform file is too large; the limit is {stored.MOST_BYTES // 1024} kB.")
    try:
        return file.read().decode("utf-8-sig"), name
    except UnicodeDecodeError as error:
        raise InputError("lab.file", where=name, zh="文件不是 UTF-8 文本，请另存为 UTF-8。", en="The file is not UTF-8 text; save it as UTF-8.") from error


def together(request: HttpRequest) -> HttpResponse:
    """Two reforms, the second laid over the first."""
    lang: str = request.lang  # type: ignore[attr-defined]
    names = [(request.POST if request.method == "POST" else request.GET).get(key, "") for key in ("first", "second")]
    faults: dict[str, LingbaoError] = {}
    if request.method == "POST":
        try:
            return redirect(f"/lab/reform/{stored.store(stored.composed(*(stored.find(name.strip()) for name in names)))}/")
        except LingbaoError as error:
            faults["first"] = error
    return render(request, "lingbao/lab/together.html", {
        "groups": [(group, [(reform.id, reform.title_zh if lang == "zh" else reform.title_en) for reform in reforms if "laboratory" in reform.runs_in])
                   for group, reforms in gallery.groups()],
        "names": names, "faults": faults,
    }, status=422 if faults else 200)
