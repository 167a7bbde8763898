"""A person's file is opened with a purpose: the case it is opened from, or what is said on a page before."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError
from lingbao.registry.people.opening import PurposeNeeded, concerns
from lingbao.registry.session import Actor, run_as
from lingbao.web.desk import files
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import text_of
from lingbao.web.desk.words import word, words

View = Callable[..., HttpResponse]
NOTE = 150
_CASE = re.compile(r"([a-z]{1,20})-([0-9]{1,18})", re.ASCII)


def purpose_of(actor: Actor, case: str, person: int) -> str:
    """Return the purpose of opening a file from a case such as ``claims-12``; nothing where that case is not the person's."""
    found = _CASE.fullmatch(case)
    if found is None or not run_as(actor, lambda: concerns(found[1], int(found[2]), person)):
        return ""
    return f"办理{word('cases', found[1])['zh']} {int(found[2])}"


def with_file(*may_send: str) -> Callable[[View], View]:
    """Hand a page the person's file (`request.file`), written down as opened; without a purpose the page asks for it first.

    Parameters
    ----------
    may_send : str
        Roles that may send the forms of the page.
    """

    def with_it(view: View) -> View:
        @functools.wraps(view)
        def opening(request: HttpRequest, number: str) -> HttpResponse:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            person = int(number)
            if request.method == "POST":
                check_role(actor, may_send)
            try:
                request.file = files.person(actor, person, purpose_of(actor, request.GET.get("case", ""), person))  # type: ignore[attr-defined]
            except PurposeNeeded:
                return _ask(request, person, status=200 if request.method == "GET" else 422)
            return view(request, number)

        return opening

    return with_it


def _ask(request: HttpRequest, person: int, *, fault: InputError | None = None, status: int = 200) -> HttpResponse:
    from lingbao.web.desk.views import page

    return page(request, "opening", status, found=files.known(request.actor, person), given=request.POST, on=request.POST.get("on", request.path),  # type: ignore[attr-defined]
                purposes=[{"name": name, **each} for name, each in words()["purposes"].items()],
                faults={} if fault is None else {fault.where or "": fault})


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY, "coordinator", "auditor")
def opened(request: HttpRequest, number: str) -> HttpResponse:
    """Open a file for a purpose and go on to the page that asked; who comes back to this address, as the other language's link does, is led to the file."""
    person = int(number)
    wanted = text_of(request, "on", 80)
    if request.method == "GET":
        return redirect(f"/desk/persons/{person}/")
    files.known(request.actor, person)  # type: ignore[attr-defined]
    try:
        files.person(request.actor, person, said(text_of(request, "purpose", 20), text_of(request, "note", NOTE)))  # type: ignore[attr-defined]
    except InputError as fault:
        return _ask(request, person, fault=fault, status=422)
    return redirect(wanted if re.fullmatch(rf"/desk/persons/{person}/[a-z-]{{1,30}}/", wanted) else f"/desk/persons/{person}/")


def said(name: str, note: str) -> str:
    """Return a purpose as the person reads it.

    Raises
    ------
    InputError
        If none is chosen, or another is meant and not said.
    """
    chosen: dict[str, Any] | None = words()["purposes"].get(name)
    if chosen is None:
        raise InputError("desk.purpose", value=name, where="purpose", zh="请选择用途。", en="Choose a purpose.")
    if name == "other":
        if not note:
            raise InputError("desk.purpose_note", where="note", zh="选了“其他”，请写明用途。", en="Say which other purpose it is.")
        return note
    return f"{chosen['zh']}：{note}" if note else str(chosen["zh"])
