"""The planner's questions: one at a time, all on one page, and the check before sending."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import LingbaoError
from lingbao.web.answers import Answers
from lingbao.web.fields import Field
from lingbao.web.places import name_of
from lingbao.web.questions import FIELDS, Step
from lingbao.web.recorded import Recorded, answering

EXAMPLE = {
    "residence": "36", "sex": "male", "birth_year": "1990", "birth_month": "5", "income": "6000", "paid": "none",
    "home": "36",
}


def form_field(field: Field, answers: Answers, faults: dict[str, LingbaoError]) -> dict[str, Any]:
    """Return what the template of one field needs."""
    return {"field": field, "value": answers.raw.get(field.name, ""), "fault": faults.get(field.name)}


@answering
def begin(request: HttpRequest) -> HttpResponse:
    """Go to the first question that has no good answer yet."""
    answers: Answers = request.answers  # type: ignore[attr-defined]
    step = answers.first_open()
    return redirect(f"/plan/{step.slug}/?{answers.query()}" if step else f"/plan/check/?{answers.query()}")


@answering
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask one question; a good answer leads on, a wrong one is asked again with the reason."""
    answers: Answers = request.answers  # type: ignore[attr-defined]
    step = answers.step(slug)
    if step is None:
        raise Http404
    faults: dict[str, LingbaoError] = {}
    if request.GET.get("send") == slug:
        faults = answers.faults(step)
        if not faults:
            return redirect(_onward(answers, step, request.GET.get("back") == "check"))
    own = {field.name for field in step.fields}
    before = answers.before(step)
    steps = answers.steps()
    context = {
        "step": step,
        "fields": [form_field(field, answers, faults) for field in step.fields],
        "faults": faults,
        "carried": [(name, value) for name, value in answers.carried.items() if name not in own],
        "query": answers.query(),
        "back": request.GET.get("back", ""),
        "back_address": f"/plan/{before.slug}/?{answers.query()}" if before else _start(answers),
        "number": steps.index(step) + 1 if step in steps else None,
        "alone": len(step.fields) == 1,
    }
    return render(request, "lingbao/question.html", context, status=422 if faults else 200)


def _start(answers: Answers) -> str:
    return "/account/" if isinstance(answers, Recorded) else "/"


def _onward(answers: Answers, step: Step, to_check: bool) -> str:
    following = answers.first_open() if to_check else answers.after(step)
    return f"/plan/{following.slug if following else 'check'}/?{answers.query()}"


def shown(field: Field, value: Any, lang: str) -> str:
    """Return an answer as words for the check page."""
    if value is None:
        return ""
    if field.name in ("residence", "home"):
        return name_of(value, lang)
    for choice in field.options:
        if choice.value == value:
            return choice.zh if lang == "zh" else choice.en
    unit = field.unit_zh if lang == "zh" else field.unit_en
    text = f"{value:,.10g}" if field.name != "birth_year" else str(value)
    return f"{text} {unit}".strip()


def summary(answers: Answers, lang: str) -> list[dict[str, Any]]:
    """Return question, answer and where to change it, for everything that was asked or is on record."""
    rows = []
    open_to_change = {field.name for step in answers.steps() for field in step.fields}
    for step in answers.told():
        for field in step.fields:
            words = shown(field, answers.values.get(field.name), lang)
            if words or not field.optional:
                rows.append({"label": field.zh if lang == "zh" else field.en, "answer": words,
                             "slug": step.slug if field.name in open_to_change else ""})
    return rows


@answering
def check(request: HttpRequest) -> HttpResponse:
    """Show all answers before they are sent."""
    answers: Answers = request.answers  # type: ignore[attr-defined]
    step = answers.first_open()
    if step is not None:
        return redirect(f"/plan/{step.slug}/?{answers.query()}")
    last = answers.steps()[-1]
    return render(request, "lingbao/check.html", {
        "rows": summary(answers, request.lang),  # type: ignore[attr-defined]
        "query": answers.query(),
        "recorded": isinstance(answers, Recorded),
        "back_address": f"/plan/{last.slug}/?{answers.query()}",
    })


@answering
def expert(request: HttpRequest) -> HttpResponse:
    """All questions on one page."""
    answers: Answers = request.answers  # type: ignore[attr-defined]
    faults: dict[str, LingbaoError] = {}
    if request.GET.get("send") == "expert":
        faults = answers.faults()
        if not faults:
            return redirect(f"/plan/result/?{answers.query()}")
    groups = [
        {"step": step, "fields": [form_field(field, answers, faults) for field in step.fields]} for step in answers.ALL
    ]
    return render(request, "lingbao/expert.html", {
        "groups": groups, "faults": faults, "example": Answers(EXAMPLE).query(),
        "carried": [(name, value) for name, value in answers.carried.items() if name not in FIELDS],
    }, status=422 if faults else 200)
