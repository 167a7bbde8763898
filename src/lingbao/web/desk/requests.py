"""Pages of what persons ask for and what they owe: subsidies, moves between the schemes, exemptions, set-offs; each a queue and a page to decide on."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError
from lingbao.law.month import parse_month
from lingbao.registry.session import Actor
from lingbao.web.desk import asked
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import fen_of, sent, text_of
from lingbao.web.desk.paging import AT_A_TIME, part
from lingbao.web.desk.views import CASES, _key, page
from lingbao.web.desk.words import word
from lingbao.web.errors import status_of

LONGEST = 2000


@require_GET
@for_roles(*CASES)
def waiting(request: HttpRequest) -> HttpResponse:
    """Every queue on one page, the beginning of each; or one of them, a page at a time."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    counts, alone = asked.counts(actor), request.GET.get("kind", "")
    shown = part(request, counts[alone][0] if alone in counts else 0)
    found = asked.waiting(actor, after=shown.after, most=AT_A_TIME)
    return page(request, "requests", alone=alone if alone in counts else "", part=shown, queues=[
        {"kind": kind, "heading": asked.both(pair), "rows": found[kind], "total": counts[kind][0], "more": counts[kind][0] > AT_A_TIME}
        for kind, pair in asked.KINDS.items() if alone not in counts or kind == alone])


def _share(request: HttpRequest) -> float:
    """Share of what is paid, written in percent."""
    text = text_of(request, "share", 12).rstrip("%％")
    try:
        share = Decimal(text) / 100
    except InvalidOperation:
        share = Decimal(0)
    if not 0 < share <= 1:
        raise InputError("desk.share", value=text, where="share", zh=f"“{text}”不是百分比，请填 0 到 100 之间的数，例如 50。",
                         en=f"'{text}' is no percentage; write a number between 0 and 100, such as 50.")
    return float(share)


def _decide(request: HttpRequest, kind: str, number: int) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    action, key, reason = text_of(request, "action", 20), _key(request), text_of(request, "reason", LONGEST)
    more: dict[str, Any] = {}
    if action == "propose":
        more = {"monthly_fen": fen_of(request, "monthly"), "since": parse_month(text_of(request, "since", 10))}
    elif action == "return":
        more = {"fen": fen_of(request, "fen")}
    elif action == "grant":
        more = {"share": _share(request), "since": parse_month(text_of(request, "since", 10)), "last": parse_month(text_of(request, "last", 10))}
    asked.decide(actor, key, kind, number, action, reason=reason, **more)


def _left_to(actor: Actor, kind: str, found: dict[str, Any]) -> dict[str, str] | None:
    """Say who takes the step that this reader may not take; nothing where every step is open to the reader, or none is left."""
    others = [action for action in found["steps"] if action not in found["actions"]]
    if not others:
        return None
    if actor.role == "supervisor":
        return {"zh": "证明是您核对的，须由另一名审核人批准。", "en": "You compared the proof; another supervisor approves it."}
    if actor.role in AGENCY:
        return {"zh": "批准和入账由本省审核人办理。", "en": "A supervisor of the province approves and books."}
    return {"zh": "由本省经办机构办理。", "en": "The agency of the province takes the next step."}


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def one(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """One request, and the forms open to who looks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted, faults = int(number), {}
    found = asked.one(actor, kind, wanted)
    if request.method == "POST":
        check_role(actor, AGENCY)
        faults = sent(lambda: _decide(request, kind, wanted))
        if not faults:
            return redirect("/desk/requests/")
    return page(request, "request", max((status_of(fault) for fault in faults.values()), default=200), kind=kind, heading=word("cases", kind),
                number=wanted, found=found, name=found["name"], given=request.POST if faults else {}, forms=found["actions"], left_to=_left_to(actor, kind, found), faults=faults,
                lines=[{"label": asked.both(label), "value": value if isinstance(value, dict) else str(value), "word": isinstance(value, dict)}
                       for label, value in found["lines"]])
