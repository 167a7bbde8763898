"""The page of what is still to be settled: pensions paid for the time being, and heirs who are to be paid."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.month import format_month
from lingbao.registry.session import Actor
from lingbao.web.desk import pensions
from lingbao.web.desk.access import check_role, for_roles
from lingbao.web.desk.forms import progress, refresh, sent
from lingbao.web.desk.jobs import latest
from lingbao.web.desk.money_views import SCHEMES, fault_status
from lingbao.web.desk.views import CASES, page


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def settlements(request: HttpRequest) -> HttpResponse:
    """Provisional pensions by month of the claim, what they wait for, and the button that settles all that can be."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, ("supervisor",))
        faults = sent(lambda: pensions.start_settling(actor))
        if not faults:
            return redirect("/desk/settlements/")
    job = latest("settle", province=actor.province or "")
    part = progress(request, job)
    if part is not None:
        return part
    found = pensions.provisional(actor)
    return page(request, "settlements", fault_status(faults), faults=faults, job=job, refresh=refresh(job), heirs=pensions.heirs_waiting(actor), undoings=pensions.undoings_waiting(actor),
                ready=sum(each.ready for each in found), may_settle=actor.role == "supervisor" and any(each.ready for each in found) and not (job and job.going),
                waiting=[{"each": each, "month": format_month(each.claim_month), "scheme": SCHEMES[each.scheme]} for each in found])
