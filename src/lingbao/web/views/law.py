"""The law browser: topics, one parameter with its history and sources, one province, and the coverage map."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.law.errors import LingbaoError
from lingbao.law.month import parse_month
from lingbao.web import charts, engine, lawbook
from lingbao.web.places import places

LONGEST_SEARCH = 60
# What most people look for; the rest is one step further down.
CHIEF = ("benefit_base", "contribution_floor", "contribution_cap", "average_wage", "resident_basic", "women_class")


def index(request: HttpRequest) -> HttpResponse:
    """Search box, national topics, provincial tables and the map of provinces."""
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    return render(request, "lingbao/law/index.html", {
        "words": words,
        "found": lawbook.search(words) if words else None,
        "topics": lawbook.national_topics(),
        "chief": [entry for entry in lawbook.provincial_names() if entry.path in CHIEF],
        "provincial": [entry for entry in lawbook.provincial_names() if entry.path not in CHIEF],
        "places": list(places().values()),
        "hash": engine.law().hash[:12],
    })


def _month(text: str, faults: dict[str, LingbaoError], name: str) -> int | None:
    if not text.strip():
        return None
    try:
        return parse_month(text[:40])
    except LingbaoError as fault:
        faults[name] = fault
        return None


def parameter(request: HttpRequest, path: str) -> HttpResponse:
    """One parameter: its value on a date as known on another, and every value it had."""
    lang: str = request.lang  # type: ignore[attr-defined]
    described = lawbook.described(path)
    faults: dict[str, LingbaoError] = {}
    on_text, known_text = request.GET.get("on", ""), request.GET.get("known", "")
    on, known = _month(on_text, faults, "on"), _month(known_text, faults, "known")
    value, missing = None, None
    if not faults:
        try:
            value = engine.law().look_up(path, on=on, known=known)
        except LingbaoError as error:
            missing = error
    floor, middle, name = lawbook.parts(path)
    history = [lawbook.shown(each, lang) for each in reversed(described.values)]
    tokens: dict[str, str] = {}
    for each in described.values:
        for token in each.sources:
            tokens[token] = engine.law().tokens.get(token, "")
    return render(request, "lingbao/law/parameter.html", {
        "parameter": described, "value": lawbook.shown(value, lang), "missing": missing, "faults": faults,
        "on": on_text, "known": known_text, "history": history, "tokens": sorted(tokens.items()),
        "chart": charts.history_table(described, lang) is not None,
        "place": places().get(middle) if floor == "provinces" else None,
        "bare": name.partition("@")[0], "area": name.partition("@")[2],
        "version": engine.law().hash[:12],
    }, status=422 if faults else 200)


def coverage(request: HttpRequest, name: str) -> HttpResponse:
    """What is known of one provincial parameter, province by province."""
    entry = next((each for each in lawbook.provincial_names() if each.path == name), None)
    if entry is None:
        raise Http404
    tiles = lawbook.tiles(name)
    counts: dict[str, int] = dict.fromkeys(("high", "medium", "low", "missing"), 0)
    for tile in tiles:
        counts[tile.state] += 1
    rows: list[dict[str, Any]] = [{"tile": tile, "value": lawbook.shown(tile.value, request.lang)} for tile in tiles]  # type: ignore[attr-defined]
    return render(request, "lingbao/law/coverage.html", {"entry": entry, "tiles": tiles, "rows": rows, "counts": counts,
                                                        "names": lawbook.provincial_names()})


def province(request: HttpRequest, code: str) -> HttpResponse:
    """Everything known of one province."""
    place = places().get(code)
    if place is None:
        raise Http404
    rows = [{**row, "value": lawbook.shown(row["value"], request.lang)} for row in lawbook.of_province(code)]  # type: ignore[attr-defined]
    return render(request, "lingbao/law/province.html", {"place": place, "rows": rows})
