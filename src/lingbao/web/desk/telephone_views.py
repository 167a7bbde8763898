"""At the counter: someone whose telephone number is lost shows the identity card, a clerk asks for the change, a colleague decides it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError
from lingbao.web.desk import commands
from lingbao.web.desk.access import AGENCY, for_roles
from lingbao.web.desk.opening import with_file
from lingbao.web.desk.views import _key, _text, page


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY)
@with_file(*AGENCY)
def telephone(request: HttpRequest, number: str) -> HttpResponse:
    """Ask that a person's telephone number be changed."""
    actor, person = request.actor, int(number)  # type: ignore[attr-defined]
    found = request.file  # type: ignore[attr-defined]
    faults = {}
    if request.method == "POST":
        try:
            made = commands.new_telephone(actor, _key(request), person, _text(request, "phone", 30), reason=_text(request, "reason", 200))
            return redirect(f"/desk/corrections/{made}/")
        except InputError as fault:
            faults = {fault.where if fault.where in ("phone", "reason") else "phone": fault}
    return page(request, "telephone", 422 if faults else 200, found=found, faults=faults,
                given={name: _text(request, name, 200) for name in ("phone", "reason")} if faults else {})
