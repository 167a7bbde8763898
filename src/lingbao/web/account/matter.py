"""A matter: questions on a page each, the answers checked before they are sent, sent once however often the button is pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.errors import InputError, LingbaoError
from lingbao.web import figures
from lingbao.web.account import drafts
from lingbao.web.account.access import Me, worker_only
from lingbao.web.account.models import Draft
from lingbao.web.errors import several
from lingbao.web.fields import Field

Values = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a question may look at: the request, the worker (none while he says who he is), and the answers so far."""

    request: HttpRequest
    me: Me | None
    values: Values
    key: str = ""

    @property
    def lang(self) -> str:
        """Language of the page."""
        return str(getattr(self.request, "lang", "zh"))

    @property
    def worker(self) -> Me:
        """The worker, where there must be one."""
        assert self.me is not None
        return self.me


@dataclass(frozen=True)
class Question:
    """One page.

    Attributes
    ----------
    slug : str
        Its place in the address.
    zh, en, hint_zh, hint_en : str
        The question, and what helps to answer it.
    fields : callable
        Fields for what is known so far.
    applies : callable
        Whether it is asked.
    beside : callable
        Notes beside the answers: ``(zh, en)`` lines.
    shown : bool
        Whether its answer is a line of the check page; if not, `Matter.told` says what it means.
    """

    slug: str
    zh: str
    en: str
    fields: Callable[[Asked], Sequence[Field]]
    hint_zh: str = ""
    hint_en: str = ""
    applies: Callable[[Asked], bool] = lambda asked: True
    beside: Callable[[Asked], Sequence[tuple[str, str]]] = lambda asked: ()
    shown: bool = True


@dataclass(frozen=True)
class Row:
    """One line of the page on which the answers are checked."""

    label: str
    answer: str
    slug: str = ""


@dataclass(frozen=True)
class Matter:
    """Something a worker does in several pages.

    Attributes
    ----------
    name : str
        Its place in the address, under ``/account/``.
    zh, en : str
        What it is called.
    questions : tuple of Question
    button : callable
        What the last button does, in words: ``(zh, en)``.
    send : callable
        Does it under ``asked.key`` and returns the address of the confirmation.
    told : callable
        What follows from the answers, for the check page: rows without a question, and notes ``(zh, en)``.
    open : callable
        Raises a `LingbaoError`, or returns an address to go to instead, if the matter is not open to the worker.
    """

    name: str
    zh: str
    en: str
    questions: tuple[Question, ...]
    button: Callable[[Asked], tuple[str, str]]
    send: Callable[[Asked], str]
    told: Callable[[Asked], tuple[Sequence[Row], Sequence[tuple[str, str]]]] = lambda asked: ((), ())
    open: Callable[[Asked], str | None] = lambda asked: None
    guard: Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]] = field(default=worker_only)

    @property
    def address(self) -> str:
        """Where it begins."""
        return f"/account/{self.name}/"

    def begin(self, request: HttpRequest) -> HttpResponse:
        """Start afresh and go to the first question."""
        def started(request: HttpRequest) -> HttpResponse:
            elsewhere = self.open(Asked(request, getattr(request, "me", None), {}))
            if elsewhere is not None:
                return redirect(elsewhere)
            drafts.begin(request.user, self.name)
            return redirect(self._next(Asked(request, getattr(request, "me", None), {})))

        return self.guard(started)(request)

    def question(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Ask one question, or take its answer."""
        return self.guard(self._question)(request, slug)

    def check(self, request: HttpRequest) -> HttpResponse:
        """Show the answers, or send them."""
        return self.guard(self._check)(request)

    def _question(self, request: HttpRequest, slug: str) -> HttpResponse:
        draft = self._draft(request)
        if draft is None:
            return redirect(self.address)
        asked, answers = self._asked(request, draft)
        asking = next((each for each in self.questions if each.slug == slug), None)
        if asking is None or not asking.applies(asked):
            raise Http404
        faults: dict[str, LingbaoError] = {}
        rows = asking.fields(asked)
        if request.method == "POST":
            for each in rows:
                text = request.POST.get(each.name, "")
                answers[each.name] = text
                try:
                    each.read(text)
                except InputError as error:
                    faults[each.name] = error
            if not faults:
                drafts.keep(draft, answers)
                asked, _ = self._asked(request, draft)
                return redirect(self._next(asked))
        shown = [each for each in self.questions if each.applies(asked)]
        place = shown.index(asking)
        return render(request, "account/question.html", {
            "matter": self, "question": asking, "number": place + 1, "of": len(shown),
            "fields": [{"field": each, "value": answers.get(each.name, ""), "fault": faults.get(each.name)} for each in rows],
            "alone": len(rows) == 1, "faults": faults, "notes": _in(asked.lang, asking.beside(asked)),
            "back_address": "/account/" if place == 0 else f"{self.address}{shown[place - 1].slug}/",
        }, status=422 if faults else 200)

    def _check(self, request: HttpRequest) -> HttpResponse:
        draft = self._draft(request)
        posted = request.POST.get("key", "") if request.method == "POST" else None
        last = drafts.found(request.user, self.name)
        if posted is not None and last is not None and last.key == posted and last.sent_to:
            return redirect(last.sent_to)  # the button was pressed twice: once is done
        if draft is None or (posted is not None and posted != draft.key):
            return render(request, "account/done_before.html", {"matter": self, "address": last.sent_to if last else ""},
                          status=200 if posted is None else 409)
        asked, _ = self._asked(request, draft)
        following = self._next(asked)
        if following != f"{self.address}check/":
            return redirect(following)
        faults: dict[str, LingbaoError] = {}
        if posted is not None:
            try:
                address = self.send(asked)
                drafts.sent(draft, address)
                return redirect(address)
            except LingbaoError as error:
                faults = {str(place) if place else "": each for place, each in enumerate(several(error))}
        try:
            rows, notes = self.told(asked)
        except LingbaoError as error:
            rows, notes = (), ()
            faults = faults or {"": error}
        button = self.button(asked)
        shown = [each for each in self.questions if each.applies(asked)]
        return render(request, "account/check.html", {
            "matter": self, "faults": faults, "rows": [*self._rows(asked), *rows], "notes": _in(asked.lang, notes),
            "button": button[0] if asked.lang == "zh" else button[1], "key": draft.key, "refused": bool(faults) and posted is None,
            "back_address": f"{self.address}{shown[-1].slug}/" if shown else "/account/",
        }, status=422 if faults else 200)

    def _draft(self, request: HttpRequest) -> Draft | None:
        draft = drafts.found(request.user, self.name)
        return None if draft is None or draft.sent_to else draft

    def _asked(self, request: HttpRequest, draft: Draft) -> tuple[Asked, drafts.Answers]:
        answers = drafts.answers_of(draft)
        asked = Asked(request, getattr(request, "me", None), {}, draft.key)
        for each in self.questions:
            if not each.applies(asked):
                continue
            for row in each.fields(asked):
                if row.name in answers:
                    try:
                        asked.values[row.name] = row.read(answers[row.name])
                    except InputError:
                        continue
        return asked, answers

    def _next(self, asked: Asked) -> str:
        """Address of the first question without an answer, or of the check page."""
        for each in self.questions:
            if each.applies(asked) and any(row.name not in asked.values for row in each.fields(asked)):
                return f"{self.address}{each.slug}/"
        return f"{self.address}check/"

    def _rows(self, asked: Asked) -> list[Row]:
        rows = []
        for each in self.questions:
            if each.shown and each.applies(asked):
                rows += [Row(row.zh if asked.lang == "zh" else row.en, _written(row, asked), each.slug)
                         for row in each.fields(asked) if row.kind != "tick" and asked.values.get(row.name) is not None]
        return rows


def _written(row: Field, asked: Asked) -> str:
    value = asked.values[row.name]
    if row.kind in ("choice", "select"):
        chosen = next(each for each in row.options if each.value == value)
        return chosen.zh if asked.lang == "zh" else chosen.en
    if row.kind == "identity":
        return str(value.text)
    if isinstance(value, date):
        return figures.day(value, asked.lang)
    unit = row.unit_zh if asked.lang == "zh" else row.unit_en
    return f"{value:,.2f} {unit}".strip() if row.kind == "money" else f"{value} {unit}".strip()


def _in(lang: str, notes: Sequence[tuple[str, str]]) -> list[str]:
    return [zh if lang == "zh" else en for zh, en in notes]
