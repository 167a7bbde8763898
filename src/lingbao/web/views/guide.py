"""The guide, the glossary and the notes on privacy."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.web import engine, guide
from lingbao.web.views.law import LONGEST_SEARCH


def index(request: HttpRequest) -> HttpResponse:
    """The chapters of the guide."""
    return render(request, "lingbao/guide/index.html", {"chapters": guide.chapters()})


def chapter(request: HttpRequest, slug: str) -> HttpResponse:
    """One chapter."""
    listed = guide.chapters()
    found = next((each for each in listed if each["slug"] == slug), None)
    if found is None:
        raise Http404
    return render(request, "lingbao/guide/chapter.html", {"chapter": found, "chapters": listed})


def misreadings(request: HttpRequest) -> HttpResponse:
    """What is often believed, and what is so."""
    return render(request, "lingbao/guide/misreadings.html", {"misreadings": guide.misreadings()})


def glossary(request: HttpRequest) -> HttpResponse:
    """Every term with its explanation, searchable."""
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH].casefold()
    terms = [
        {"name": name, **term} for name, term in engine.law().terms.items()
        if term.get("explain_zh") and (not words or words in f"{name} {term.get('zh')} {term.get('en')} {term.get('term_zh', '')}".casefold())
    ]
    return render(request, "lingbao/guide/glossary.html", {"terms": terms, "words": request.GET.get("q", "")[:LONGEST_SEARCH]})


def about(request: HttpRequest) -> HttpResponse:
    """Privacy, what the site is and is not, and how it treats those who need larger type or a keyboard."""
    return render(request, "lingbao/about.html", {"hash": engine.law().hash})
