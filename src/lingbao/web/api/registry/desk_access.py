"""Who asks for staff, and what the operations of the desk share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Header

from lingbao.registry.session import Actor
from lingbao.web.api.registry.identity import StaffSession, StaffToken, acting
from lingbao.web.desk.access import AGENCY, check_role
from lingbao.web.desk.models import Job

STAFF_SESSION = [StaffToken(), StaffSession()]
CASES = (*AGENCY, "coordinator", "auditor")
SUPERVISOR = ("supervisor",)
KEY: Any = Header(..., alias="Idempotency-Key")


def staff_actor(request: HttpRequest, *roles: str) -> Actor:
    """Return who is signed in.

    Raises
    ------
    Forbidden
        If the role is not one of `roles`.
    """
    actor: Actor = acting(request)
    check_role(actor, roles)
    return actor


def told(job: Job | None) -> dict[str, Any]:
    """Return how far work in the background is; ``state`` is ``none`` where there was never any."""
    if job is None:
        return {"job": None, "state": "none", "done": 0, "total": 0, "result": {}, "fault": None}
    return {"job": job.pk, "state": job.state, "done": job.done, "total": job.total, "result": job.result, "fault": job.fault}
