"""Pages of the auditor, who reads all and changes nothing, and of the administrator, who sees no personal data."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError
from lingbao.registry.errors import NotFound
from lingbao.registry.orders.tables import rows
from lingbao.registry.session import run_as
from lingbao.web.desk import oversight
from lingbao.web.desk.access import for_roles
from lingbao.web.desk.views import _number, _text, page
from lingbao.web.desk.words import word, words


@require_GET
@for_roles("auditor")
def audit(request: HttpRequest) -> HttpResponse:
    """The promises recomputed, and the digest chain."""
    chain = oversight.chain(request.actor)  # type: ignore[attr-defined]
    return page(request, "audit", findings=oversight.findings(), days=chain["days"][::-1], broken=chain["broken"])


@require_GET
@for_roles("auditor", "supervisor")
def accesses(request: HttpRequest) -> HttpResponse:
    """Who read or changed whose data."""
    wish = request.GET.get("person", "")
    person = int(wish) if wish.isascii() and wish.isdigit() and len(wish) < 19 else None
    lines = oversight.accesses(request.actor, person)  # type: ignore[attr-defined]
    return page(request, "accesses", person=person, lines=[
        {**line, "who": word("roles", line["role"]), "did": word("accesses", line["action"]), "what": [word("kinds", name) for name in line["fields"]]} for line in lines])


@require_http_methods(["GET", "POST"])
@for_roles("administrator")
def actors(request: HttpRequest) -> HttpResponse:
    """Accounts of staff and platforms: appoint, dismiss."""
    actor = request.actor  # type: ignore[attr-defined]
    faults = {}
    if request.method == "POST":
        try:
            dismissed = _number(request, "dismiss")
            if dismissed is not None:
                oversight.dismissal(actor, dismissed)
            else:
                oversight.appointment(actor, _text(request, "role", 20), _text(request, "name", 100), _text(request, "login", 60),
                                      request.POST.get("password", "")[:200], agency=_number(request, "agency"), platform=_number(request, "platform"))
            return redirect("/desk/actors/")
        except (InputError, NotFound) as fault:
            faults = {fault.where or "": fault}
    roles = [{"name": name, **each} for name, each in words()["roles"].items() if name not in ("worker", "system")]
    agencies = run_as(actor, lambda: rows("SELECT id, name FROM people_agency ORDER BY code"))
    return page(request, "actors", 422 if faults else 200, faults=faults, roles=roles, agencies=agencies,
                actors=[{**each, "word": word("roles", each["role"])} for each in oversight.actors(actor)])
