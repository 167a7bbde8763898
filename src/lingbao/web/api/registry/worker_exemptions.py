"""Operations of the worker on proof of employee insurance: what is approved, asking, withdrawing, having it withheld again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router

from lingbao.registry.orders.exemptions import (
    exemptions_of,
    request_of,
    requests_of,
    withdraw,
    words_of,
)
from lingbao.registry.session import acting_as
from lingbao.web.account import words
from lingbao.web.account.access import today
from lingbao.web.account.views import exemptions
from lingbao.web.api.registry import schemas as s
from lingbao.web.api.registry.worker_access import KEY, WORKER, worker
from lingbao.web.api.registry.worker_decided import asked_for
from lingbao.web.api.registry.worker_matters import sends
from lingbao.web.api.schemas import Strict

router = Router(auth=WORKER, tags=["registry: worker's money"])


class ExemptIn(Strict):
    """Days on which an employer insures the worker, both included, and what proves it."""

    since: date
    until: date
    proof: s.Text


@router.get("/exemptions", **s.operation("免代扣：已批准的、申请过的", "Exemptions: approved and asked for"))
def exempt(request: HttpRequest) -> Any:
    """While one holds, platforms withhold nothing."""
    me, _ = worker(request)
    with acting_as(me.actor):
        return {"exemptions": [asdict(each) for each in exemptions_of(me.number)], "asked": [asdict(each) for each in requests_of(me.number)]}


sends(router, "/exemptions", exemptions.MATTER, ExemptIn, "申请免代扣（单位给本人缴养老保险）", "Ask to have nothing withheld", "What is said to prove it is kept sealed; one at the agency checks it and another approves.")


@router.get("/exemptions/{number}", **s.operation("一份免代扣申请", "One request to have nothing withheld"))
def one(request: HttpRequest, number: s.Number) -> Any:
    """Where it stands, and how to appeal."""
    return asked_for(request, "exemption", number, request_of, words.EXEMPTION_STATES, proof=words_of)


@router.post("/exemptions/{number}/withdrawal", **s.operation("撤回免代扣申请", "Withdraw a request to have nothing withheld"))
def withdrawing(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """While it is not answered."""
    me, _ = worker(request)
    return withdraw(me.actor, idempotency_key, number, today=today())


@router.post("/exemptions/{number}/end", **s.operation("恢复代扣：终止已批准的免代扣", "Have it withheld again"))
def ending(request: HttpRequest, number: s.Number, idempotency_key: s.IdempotencyKey = KEY) -> Any:
    """Today is the last day on which nothing is withheld; `number` is that of the exemption."""
    me, _ = worker(request)
    return exemptions.ended(me, idempotency_key, number, today())
