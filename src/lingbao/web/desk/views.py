"""Pages of the desk: queues, one case, one person, search, payment runs, reports."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from lingbao.law.errors import InputError, LingbaoError
from lingbao.registry.benefits import undoing
from lingbao.registry.errors import Forbidden, NotFound
from lingbao.registry.people.actor_events import open_requests
from lingbao.registry.session import Actor, run_as
from lingbao.registry.transfers import machine
from lingbao.web.desk import asked, commands, files, interruption, oversight, queues, reports
from lingbao.web.desk.access import AGENCY, STAFF, check_role, for_roles
from lingbao.web.desk.opening import with_file
from lingbao.web.desk.paging import AT_A_TIME, part
from lingbao.web.desk.words import word, words
from lingbao.web.errors import status_of
from lingbao.web.places import name_of, places
from lingbao.web.reasons import both

CASES = (*AGENCY, "coordinator", "auditor")
KEY = "key"
COORDINATOR = "00"
MOST_PEOPLE = 10_000_000  # longer than any list, before its length is known
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
    if waiting:
        requests = asked.counts(actor).values()
        waiting.append({"name": None, "count": sum(count for count, _ in requests), "late": sum(late for _, late in requests)})
    return page(request, "home", waiting=waiting, undoings=undoing.waiting_in_all(actor) if waiting else 0,
                to_grant=sum(each.by_actor != actor.id and each.actor != actor.id for each in run_as(actor, open_requests)) if actor.role == "administrator" else 0)


@require_GET
@for_roles(*CASES)
def queue(request: HttpRequest, name: str) -> HttpResponse:
    """One queue, the most urgent first."""
    if name not in queues.QUEUES:
        raise NotFound("desk.queue", value=name[:40], zh="没有这个队列。", en="There is no such queue.")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    total, late = queues.count(actor, name)
    shown = part(request, total)
    return page(request, "queue", name=name, heading=word("queues", name), part=shown, late=late, money=name not in ("matters", "corrections"),
                dated=name not in ("corrections", "refunds"), items=[
        {"item": item, "state": word("states", item.state), "detail": word("kinds", item.detail.partition(" ")[0]),
         "places": [word_of_place(request, code) for code in item.detail.partition(" ")[2].split(">") if code]} for item in queues.waiting(actor, name, after=shown.after, most=AT_A_TIME)])


def _case(request: HttpRequest, kind: str, number: int, *, fault: LingbaoError | None = None, compared: tuple[str | None, str] | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found, actions = READ[kind](actor, number)
    forms = [{"action": action, "label": _label(action), **word("actions", action)} for action in actions] if actor.role in (*AGENCY, "coordinator") else []
    return page(request, "case", status_of(fault) if fault else 200, kind=kind, back=word("queues", kind), heading=word("cases", kind), found=found, forms=forms,
                state=word("states", found["state"]), late=found.get("late", False), faults={"": fault} if fault else {}, given=request.POST if fault else {},
                steps=[{**step, "word": _taken(kind, step["action"])} for step in found.get("steps", [])],
                papers=[word("kinds", paper) for paper in found.get("papers", [])],
                compared=None if compared is None else [_plain(request, found["name_of"], value) for value in compared],
                targets=[(code, name) for code, name in [(COORDINATOR, word("roles", "coordinator")[request.lang]),  # type: ignore[attr-defined]
                         *((code, word_of_place(request, code)) for code in places())] if code != (actor.province or COORDINATOR)])


def _label(action: str) -> dict[str, Any]:
    """Return what stands above the words that go with a step."""
    return word("asked_for", action if action in words()["asked_for"] else "reason")


def _taken(kind: str, action: str) -> dict[str, Any]:
    """Return a step that was taken, as its line says it."""
    if kind == "transfers" and (step := machine.TRANSITIONS.get(action)) is not None:
        return {"zh": step.zh, "en": step.en[:1].upper() + step.en[1:]}
    return word("taken", action)


def _plain(request: HttpRequest, field: str, value: str | None) -> str:
    """Return a value of a person's data as a reader writes it."""
    if field.endswith("_province"):
        return word_of_place(request, value or "")
    return str(word("kinds", value)[request.lang]) if value and field == "hukou_kind" else value or "–"  # type: ignore[attr-defined]


def _transfer(actor: Actor, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = files.transfer(actor, number)
    return found, tuple(found["open"])


def _claim(actor: Actor, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = files.claim(actor, number)
    waits = found["state"] == "applied"
    return {**found, "due": found["due"] if waits else None, "late": waits and found["due"] < queues.today()}, (
        *{"applied": ("grant", "refuse"), "provisional": ("finalise",)}.get(found["state"], ()), *(("collect",) if found["elsewhere"] and not found["collecting"] else ()),
    ) if actor.role in AGENCY else ()


def _matter(actor: Actor, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
    found = files.matter(actor, number)
    steps, (about, _, case) = MATTER_STEPS.get(found["state"], ()), found["about"].partition(":")
    return {**found, "number": found["id"], "field": word("kinds", found["kind"]), "late": bool(steps and found["due"] and found["due"] < queues.today()),
            "transfer": int(case) if about == "transfer" and case.isascii() and case.isdigit() else None}, steps


def _waiting(name: str, roles: tuple[str, ...], *actions: str) -> Any:
    """Return what reads a thing that a second person decides: who asked for it, when and why, and the steps open to others."""
    more: Any = {"corrections": files.correction, "refunds": files.refund}[name]

    def read(actor: Actor, number: int) -> tuple[dict[str, Any], tuple[str, ...]]:
        item, asked_for = queues.waiting_one(actor, name, number), more(actor, number)
        own = asked_for["by"] == actor.id
        return {"number": number, "person": item.person, "name": item.name, "state": item.state, "fen": item.fen, "name_of": item.detail,
                "field": word("kinds", item.detail), "asked": asked_for, "staff": asked_for["by"] == 0 or bool(oversight.names([asked_for["by"]])), "own": own,
                "may_compare": name == "corrections" and actor.role in AGENCY, "by_role": actor.role in AGENCY and actor.role not in roles,
                }, actions if actor.role in roles and not own else ()

    return read


READ: dict[str, Any] = {"transfers": _transfer, "claims": _claim, "matters": _matter, "corrections": _waiting("corrections", AGENCY, "agree", "refuse"),
                        "refunds": _waiting("refunds", ("supervisor",), "approve", "refuse")}


def _decide(request: HttpRequest, kind: str, number: int) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    action, reason, key = _text(request, "action", 40), _text(request, "reason"), _key(request)
    if kind == "transfers":
        check_role(actor, (*AGENCY, "coordinator"))
        commands.transfer_step(actor, key, number, action, reason=reason, days=_number(request, "days"))
    elif kind == "claims":
        check_role(actor, AGENCY)
        if action not in ("grant", "refuse", "finalise", "collect"):
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
        if action == "refuse":
            commands.refund_refusal(actor, key, number, reason=reason)
        else:
            commands.refund_approval(actor, key, number)


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def case(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """One case, and the steps open to who looks."""
    wanted = int(number)
    if request.method == "GET":
        return _case(request, kind, wanted)
    try:
        if kind == "corrections" and request.POST.get("action") == "compare":
            check_role(request.actor, AGENCY)  # type: ignore[attr-defined]
            return _case(request, kind, wanted, compared=commands.compare_correction(request.actor, wanted))  # type: ignore[attr-defined]
        _decide(request, kind, wanted)
    except (Forbidden, NotFound):
        raise
    except LingbaoError as fault:
        return _case(request, kind, wanted, fault=fault)
    return redirect(f"/desk/{kind}/{wanted}/" if kind in ("transfers", "claims", "matters") else f"/desk/queue/{kind}/")


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
@with_file(*AGENCY, "coordinator")
def person(request: HttpRequest, number: str) -> HttpResponse:
    """One person's file; a form shows sealed fields once the purpose is given."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = int(number)
    clear: dict[str, Any] = {}
    fault: LingbaoError | None = None
    if request.method == "POST":
        try:
            clear = commands.reading(actor, wanted, ["identity_number", "name", "phone"], _text(request, "purpose", 200))
        except InputError as error:
            fault = error
    found = request.file  # type: ignore[attr-defined]
    then, wrong = _days(request, "on", "known")
    if any(then.values()):
        found["accounts"] = files.accounts_then(actor, wanted, then["on"], then["known"])
    found["memberships"] = [{**each, "scheme_word": word("kinds", each["scheme"]), "standing_word": word("kinds", each["standing"])}
                            for each in found["memberships"]]
    return page(request, "person", 422 if fault or wrong else 200, found=found, then=then, asked=request.GET, clear=[(word("kinds", name), value) for name, value in clear.items()],
                faults={**({"purpose": fault} if fault else {}), **wrong}, may_read=actor.role != "auditor",
                accounts=[{**each, "word": word("accounts", each["kind"])} for each in found["accounts"]],
                timeline=[{**line, "word": _what(line), "said": _said(line), "of": word("accounts", line["account"]) if line["account"] else None,
                           "address": f"/desk/{PAGES[line['kind']]}/{line['number']}/" if line["kind"] in PAGES else None} for line in found["timeline"]],
                most=files.MOST)


def _days(request: HttpRequest, *names: str) -> tuple[dict[str, date | None], dict[str, LingbaoError]]:
    """Return days of the address by name, and what is wrong with them."""
    days: dict[str, date | None] = dict.fromkeys(names)
    faults: dict[str, LingbaoError] = {}
    for name in names:
        text = request.GET.get(name, "").strip()[:20]
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            faults[name] = InputError("desk.date", value=text, where=name, zh=f"“{text}”不是日期，请写成 2026-11-01。", en=f"'{text}' is no date; write 2026-11-01.")
    return days, faults


def _what(line: dict[str, Any]) -> dict[str, Any]:
    """Return what a line of the time line is."""
    if line["booked"]:
        return word("entries", line["booked"])
    if line["kind"] in PAGES:
        return word("cases", PAGES[line["kind"]])
    said = word("kinds", line["kind"])
    return {**said, "en": said["en"].capitalize()}


PAGES = {"transfer": "transfers", "claim": "claims", "matter": "matters"}  # lines of the time line that have a page


def _said(line: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the words of a line of the time line; the reason of an entry stands as it was written."""
    if line["kind"] == "entry":
        return [both(line["booked"], line["what"])]
    return [word("states", name) if name in words()["states"] else word("kinds", name) for name in str(line["what"] or "").split()]


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY, "coordinator")
def search(request: HttpRequest) -> HttpResponse:
    """Find a person by identity number; the number never stands in an address."""
    context: dict[str, Any] = {"given": request.POST}
    if request.method == "POST":
        try:
            found = commands.search(request.actor, _text(request, "identity_number", 20), _text(request, "purpose", 200))  # type: ignore[attr-defined]
        except InputError as fault:
            return page(request, "search", 422, faults={fault.where or "": fault}, **context)
        if found is not None:
            files.person(request.actor, found, _text(request, "purpose", 200))  # type: ignore[attr-defined]
            return redirect(f"/desk/persons/{found}/")
        context["nobody"] = True
    return page(request, "search", **context)


@require_GET
@for_roles(*CASES)
def report(request: HttpRequest) -> HttpResponse:
    """The books of the place and the figures of monitoring, small cells left out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return page(request, "reports", books=[{**each, "word": word("accounts", each["kind"])} for each in reports.books(actor)],
                tables=reports.tables(), differences=[{**each, "word": word("accounts", each["kind"])} for each in reports.differences(actor)], **reports.measured(reports.standards()),
                **interruption.figures_of_interruption())


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Members near a date that matters, and reminders to them in plain words."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sent = queues.send_campaign(actor) if request.method == "POST" else None
    people, total = queues.reminders(actor, after=part(request, MOST_PEOPLE).after, most=AT_A_TIME)
    if total and not people:  # a page after the last one
        return redirect("/desk/campaigns/")
    return page(request, "campaigns", sent=sent, part=part(request, total), people=[{"each": each, "word": word("near", each.kind)} for each in people])
