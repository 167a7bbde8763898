"""Pages of the auditor, who reads all and changes nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.web.desk import oversight
from lingbao.web.desk.access import for_roles
from lingbao.web.desk.forms import progress, refresh
from lingbao.web.desk.jobs import ask, latest
from lingbao.web.desk.views import page
from lingbao.web.desk.words import word


@require_http_methods(["GET", "POST"])
@for_roles("auditor")
def audit(request: HttpRequest) -> HttpResponse:
    """The last audit with its time, those before it, and the digest chain; the button has a new one made in the background."""
    actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        ask(actor, "audit")
        return redirect("/desk/audit/")
    job = latest("audit")
    part = progress(request, job)
    if part is not None:
        return part
    past, chain = oversight.audits(actor), oversight.chain(actor)
    return page(request, "audit", last=past[0] if past else None, past=past[1:], days=chain["days"][::-1], broken=chain["broken"], job=job, refresh=refresh(job))


@require_GET
@for_roles("auditor", "supervisor")
def accesses(request: HttpRequest) -> HttpResponse:
    """Who read or changed whose data."""
    wish = request.GET.get("person", "")
    person = int(wish) if wish.isascii() and wish.isdigit() and len(wish) < 19 else None
    read = oversight.accesses(request.actor, person)  # type: ignore[attr-defined]
    refused = [{**line, "who": word("roles", line["role"])} for line in oversight.refused_readings(request.actor)]  # type: ignore[attr-defined]
    missed = [{**line, "who": word("roles", line["role"])} for line in oversight.missed_searches(request.actor)]  # type: ignore[attr-defined]
    named = oversight.names(line["actor"] for line in (*read, *refused, *missed))
    return page(request, "accesses", person=person, refused=refused, missed=missed, named=named, most=oversight.MOST, lines=[
        {**line, "who": word("roles", line["role"]), "did": word("accesses", line["action"]), "what": [word("kinds", name) for name in line["fields"]]} for line in read])
