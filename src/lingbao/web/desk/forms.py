"""What the desk's forms share: reading money and dates as people write them, and showing how far a job is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.law.errors import InputError, LingbaoError
from lingbao.registry.errors import Forbidden, NotFound
from lingbao.web.desk.jobs import REFRESH
from lingbao.web.desk.models import Job

_YUAN = re.compile(r"\d{1,10}(\.\d{1,2})?", re.ASCII)
_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,")


def text_of(request: HttpRequest, name: str, most: int = 200) -> str:
    """Return a field as text, without what no form sends."""
    return "".join(c for c in request.POST.get(name, "") if c.isprintable() or c == "\n").strip()[:most]


def fen_of(request: HttpRequest, name: str) -> int:
    """Return an amount of yuan in fen.

    Raises
    ------
    InputError
        If it is no amount, or has more than two decimals.
    """
    text = text_of(request, name, 20).translate(_WIDE).replace(",", "")
    if not _YUAN.fullmatch(text):
        raise InputError("desk.yuan", value=text, where=name, zh=f"“{text}”不是金额，请以元填写，如 1234.56。",
                         en=f"'{text}' is no amount; write yuan, such as 1234.56.")
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def date_of(request: HttpRequest, name: str) -> date:
    """Return a date.

    Raises
    ------
    InputError
        If it is none.
    """
    text = text_of(request, name, 20).translate(_WIDE)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InputError("desk.date", value=text, where=name, zh=f"“{text}”不是日期，请写成 2026-11-01。", en=f"'{text}' is no date; write 2026-11-01.")


def sent(work: Callable[[], object]) -> dict[str, LingbaoError]:
    """Do what a form asks; return what was wrong by field, for the page that shows the form again.

    Raises
    ------
    Forbidden, NotFound
        Which are pages of their own.
    """
    try:
        work()
    except (Forbidden, NotFound):
        raise
    except LingbaoError as fault:
        return {fault.where if fault.where and fault.where.isidentifier() else "": fault}
    return {}


def progress(request: HttpRequest, job: Job | None) -> HttpResponse | None:
    """Return how far a job is, where the page's script asks for that alone."""
    if request.headers.get("X-Part") != "progress":
        return None
    answer = render(request, "lingbao/desk/_progress.html", {"job": job})
    answer.headers["X-State"] = "none" if job is None else job.state
    return answer


def refresh(job: Job | None) -> int | None:
    """Return after how many seconds a page without scripts looks again; None where nothing goes on."""
    return REFRESH if job is not None and job.going else None
