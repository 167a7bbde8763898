"""Pages of the desk: queues, one case, one person, search, payment runs, reports."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError, LingbaoError
from lingbao.registry.errors import Forbidden, NotFound
from lingbao.registry.session import Actor
from lingbao.web.desk import commands, files, queues, reports
from lingbao.web.desk.access import AGENCY, STAFF, check_role, for_roles
from lingbao.web.desk.words import word, words
from lingbao.web.errors import status_of
from lingbao.web.places import name_of, places

CASES = (*AGENCY, "coordinator", "auditor")
KEY = "key"
MATTER_STEPS = {"lodged": ("accept", "refuse", "refer"), "referred": ("accept", "refuse", "refer"), "accepted": ("answer", "refer", "extend")}


def page(request: HttpRequest, template: str, status: int = 200, *, folder: str = "desk", **context: Any) -> HttpResponse:
    """Render a page of the desk, with a fresh key for its forms."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return render(request, f"lingbao/{folder}/{template}.html", {"actor": actor, "role": word("roles", actor.role), "key": secrets.token_hex(12),
        "place": {code: place.name(request.lang) for code, place in places().items()}, **context}, status=status)


def word_of_place(request: HttpRequest, code: str) -> str:
    """Return the name of a province in the page's language."""
    return name_of(code, request.lang)  # type: ignore[attr-defined]


def _key(request: HttpRequest) -> str:
    key = request.POST.get(KEY, "")
    if not (key.isascii() and key.isalnum() and len(key) <= 100):
        raise InputError("desk.key", where=KEY, zh="表单已失效，请重新打开页面。", en="The form has expired; open the page again.")
    return key


def _text(request: HttpRequest, name: str, most: int = 5000) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()[:most]


def _number(request: HttpRequest, name: str) -> int | None:
    text = _text(request, name, 20)
    if text and not (text.isascii() and text.isdigit()):
        raise InputError("desk.number", value=text, where=name, zh=f"“{text}”不是整数。", en=f"“{text}” is not a whole number.")
    return int(text) if text else None


@require_GET
@for_roles(*STAFF, "platform")
def home(request: HttpRequest) -> HttpResponse:
    """What waits, or where one's work is."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role == "platform":
        return redirect("/platform/")
    waiting = [{"name": name, "word": word("queues", name), "count": count, "late": late} for name, (count, late) in queues.counts(actor).items()] \
        if actor.role in CASES else []
    return page(request, "home", waiting=waiting)


@require_GET
@for_roles(*CASES)
def queue(request: HttpRequest, name: str) -> HttpResponse:
    """One queue, the most urgent first."""
    if name not in queues.QUEUES:
        raise NotFound("desk.queue", value=name[:40], zh="没有这个队列。", en="There is no such queue.")
    items = queues.waiting(request.actor, name)  # type: ignore[attr-defined]
    return page(request, "queue", name=name, heading=word("queues", name), items=[
        {"item": item, "state": word("states", item.state), "detail": word("kinds", item.detail.partition(" ")[0]),
         "places": [word_of_place(request, code) for code in item.detail.partition(" ")[2].split(">") if code]} for item in items])


def _case(request: HttpRequest, kind: str, number: int, *, fault: LingbaoError | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found, actions = READ[kind](actor, number)
    forms = [{"action": action, **word("actions", action)} for action in actions] if actor.role in (*AGENCY, "coordinator") else []
    return page(request, "case", status_of(fault) if fault else 200, kind=kind, heading=word("queues", kind), found=found, forms=forms,
                state=word("states", found["state"]), late=bool(actions and found.get("due") and found["due"] < queues.today()), faults={"": fault} if fault else {},
                steps=[{**step, "word": word("actions", step["action"])} for step in found.get("steps", [])],
                papers=[word("kinds", paper) for paper in found.get("papers", [])])


def _transfer(actor: Actor, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = files.transfer(actor, number)
    return found, tuple(found["open"])


def _claim(actor: Actor, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = files.claim(actor, number)
    return found, {"applied": ("grant", "refuse"), "provisional": ("finalise",)}.get(found["state"], ()) if actor.role in AGENCY else ()


def _matter(actor: Actor, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = files.matter(actor, number)
    return {**found, "number": found["id"], "field": word("kinds", found["kind"])}, MATTER_STEPS.get(found["state"], ())


def _waiting(name: str, *actions: str) -> Any:
    def read(actor: Actor, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
        item = queues.waiting_one(actor, name, number)
        return {"number": number, "person": item.person, "name": item.name, "state": item.state, "fen": item.fen,
                "field": word("kinds", item.detail)}, actions

    return read


READ: dict[str, Any] = {"transfers": _transfer, "claims": _claim, "matters": _matter,
                        "corrections": _waiting("corrections", "agree", "refuse"), "refunds": _waiting("refunds", "approve")}


def _decide(request: HttpRequest, kind: str, number: int) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    action, reason, key = _text(request, "action", 40), _text(request, "reason"), _key(request)
    if kind == "transfers":
        check_role(actor, (*AGENCY, "coordinator"))
        commands.transfer_step(actor, key, number, action, reason=reason, days=_number(request, "days"))
    elif kind == "claims":
        check_role(actor, AGENCY)
        if action not in ("grant", "refuse", "finalise"):
            raise InputError("desk.action", value=action, zh="没有这一步骤。", en="There is no such step.")
        commands.claim_decision(actor, key, number, action, reason=reason)
    elif kind == "matters":
        check_role(actor, (*AGENCY, "coordinator"))
        commands.matter_step(actor, key, number, action, words=reason, to=_text(request, "to", 2) or None)
    elif kind == "corrections":
        check_role(actor, AGENCY)
        commands.correction_decision(actor, key, number, accepted=action == "agree", reason=reason or "核对属实")
    else:
        check_role(actor, ("supervisor",))
        commands.refund_approval(actor, key, number)


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def case(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """One case, and the steps open to who looks."""
    wanted = int(number)
    if request.method == "GET":
        return _case(request, kind, wanted)
    try:
        _decide(request, kind, wanted)
    except (Forbidden, NotFound):
        raise
    except LingbaoError as fault:
        return _case(request, kind, wanted, fault=fault)
    return redirect(f"/desk/{kind}/{wanted}/" if kind in ("transfers", "claims", "matters") else f"/desk/queue/{kind}/")


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def person(request: HttpRequest, number: str) -> HttpResponse:
    """One person's file; a form shows sealed fields once the purpose is given."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = int(number)
    clear: dict[str, Any] = {}
    fault: LingbaoError | None = None
    if request.method == "POST":
        check_role(actor, (*AGENCY, "coordinator"))
        try:
            clear = commands.reading(actor, wanted, ["identity_number", "name", "phone"], _text(request, "purpose", 200))
        except InputError as error:
            fault = error
    found = files.person(actor, wanted)
    found["memberships"] = [{**each, "scheme_word": word("kinds", each["scheme"]), "standing_word": word("kinds", each["standing"])}
                            for each in found["memberships"]]
    return page(request, "person", 422 if fault else 200, found=found, clear=[(word("kinds", name), value) for name, value in clear.items()],
                faults={"purpose": fault} if fault else {}, may_read=actor.role != "auditor",
                accounts=[{**each, "word": word("accounts", each["kind"])} for each in found["accounts"]],
                timeline=[{**line, "word": word("kinds", line["kind"]), "said": _said(line)} for line in found["timeline"]])


def _said(line: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the words of a line of the time line; the reason of an entry stands as it is."""
    if line["kind"] == "entry":
        return [{"zh": line["what"], "en": line["what"]}]
    return [word("states", name) if name in words()["states"] else word("kinds", name) for name in str(line["what"] or "").split()]


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY, "coordinator")
def search(request: HttpRequest) -> HttpResponse:
    """Find a person by identity number; the number never stands in an address."""
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            found = commands.search(request.actor, _text(request, "identity_number", 20), _text(request, "purpose", 200))  # type: ignore[attr-defined]
        except InputError as fault:
            return page(request, "search", 422, faults={fault.where or "": fault})
        if found is not None:
            return redirect(f"/desk/persons/{found}/")
        context["nobody"] = True
    return page(request, "search", **context)


@require_GET
@for_roles(*CASES)
def report(request: HttpRequest) -> HttpResponse:
    """The books of the place and the figures of monitoring, small cells left out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return page(request, "reports", books=[{**each, "word": word("accounts", each["kind"])} for each in reports.books(actor)],
                tables=reports.tables(), differences=[{**each, "word": word("accounts", each["kind"])} for each in reports.differences(actor)], standards=[{**each, "word": word("kinds", each["what"])} for each in reports.standards()])


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Members near a date that matters, and reminders to them in plain words."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sent = queues.send_campaign(actor) if request.method == "POST" else None
    return page(request, "campaigns", sent=sent, people=[{"each": each, "word": word("near", each.kind)} for each in queues.campaign(actor)])
