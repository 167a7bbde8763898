"""Pages about persons: two numbers of one human being, a death and its heirs, those concerned by a new rule."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError
from lingbao.law.month import format_month
from lingbao.registry.benefits import undoing
from lingbao.registry.benefits.death import Heir, settle
from lingbao.registry.benefits.heirs import death_of, give_back
from lingbao.registry.benefits.inheritance import inherit_rest, rest_of
from lingbao.registry.people import merges
from lingbao.registry.session import Actor, run_as
from lingbao.web.desk import announcements, commands, queues
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import date_of, fen_of, progress, refresh, sent, text_of
from lingbao.web.desk.jobs import latest
from lingbao.web.desk.money_views import fault_status
from lingbao.web.desk.opening import with_file
from lingbao.web.desk.paging import AT_A_TIME, part
from lingbao.web.desk.queues import today
from lingbao.web.desk.views import CASES, MOST_PEOPLE, _key, _number, page, word_of_place
from lingbao.web.desk.words import word

HEIRS = 6  # heirs that the form takes


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def merging(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one human being; one proposes the merge, another decides."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, (*AGENCY, "coordinator"))
        faults = sent(lambda: _merge(request, actor))
        if not faults:
            return redirect("/desk/merges/")
    waiting, pairs, shown, total = commands.doubles(actor, after=part(request, MOST_PEOPLE).after, most=AT_A_TIME)
    return page(request, "merges", fault_status(faults), faults=faults, shown=shown, given=request.POST, part=part(request, total),
                pairs=[{"each": each, "first": shown.get(each.first), "second": shown.get(each.second), "shared": [word("kinds", name) for name in each.shared]}
                       for each in pairs],
                proposals=[{"each": each, "kept": shown.get(each.kept), "other": shown.get(each.other), "state": word("states", each.state),
                            "may_decide": actor.role in ("supervisor", "coordinator") and each.state == "proposed" and each.proposed_by != actor.id}
                           for each in waiting],
                may_propose=actor.role != "auditor",
                apart=[{"each": each, "name": name, "kind": word("accounts", each.kind), "places": [word_of_place(request, code) for code in each.provinces]}
                       for each, name in commands.two_places(actor)])


def _merge(request: HttpRequest, actor: Actor) -> None:
    reason, number = text_of(request, "reason", 1000), _number(request, "proposal")
    if number is not None:
        check_role(actor, ("supervisor", "coordinator"))
        merges.decide(actor, _key(request), number, accepted=request.POST.get("action") == "merge", reason=reason)
        return
    kept, other = _number(request, "kept"), _number(request, "other")
    if kept is None or other is None:
        raise InputError("person.merge_two", where="kept", zh="请填两个人员编号。", en="Give two numbers of persons.")
    merges.propose(actor, _key(request), kept, other, reason=reason)


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
@with_file(*AGENCY)
def death(request: HttpRequest, number: str) -> HttpResponse:
    """A death: settled by one, with the heirs and their shares; each heir paid by another person; undone by two where it was wrong."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = int(number)
    found = request.file  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, AGENCY)
        faults = sent(lambda: _death(request, actor, person))
        if not faults:
            return redirect(f"/desk/persons/{person}/death/")
    settled, rest, undoings = run_as(actor, lambda: (death_of(person), rest_of(person), undoing.undoings_of(person)))
    waits = next((each for each in undoings if each.state == "proposed"), None)
    heirs = [] if settled is None else [{"each": each, "outcome": word("outcomes", each.outcome or ("asked" if each.request else "open"))} for each in settled.heirs]
    return page(request, "death", fault_status(faults), faults=faults, found=found, settled=settled, heirs=heirs, given=request.POST, rest=rest if settled else 0,
                several=settled is not None and len({each.province for each in settled.heirs}) > 1,
                may_divide=settled is not None and rest > 0 and actor.role in AGENCY, waits=waits,
                undoings=[{"each": each, "state": word("states", each.state)} for each in undoings if each is not waits],
                undone=undoings[0] if settled is None and undoings and undoings[0].state == "approved" else None,
                may_ask=settled is not None and waits is None and actor.role in AGENCY and actor.province == settled.province,
                may_undo=waits is not None and actor.role == "supervisor" and actor.province == waits.province and actor.id != waits.asked_by,
                may_settle=actor.role in AGENCY and settled is None,
                may_pay=settled is not None and waits is None and actor.role == "supervisor" and actor.id != settled.settled_by,
                rows=[{"n": n, "name": request.POST.get(f"name{n}", ""), "share": request.POST.get(f"share{n}", "")} for n in range(1, HEIRS + 1)])


def _death(request: HttpRequest, actor: Actor, person: int) -> None:
    heir, action = _number(request, "heir"), request.POST.get("action")
    if heir is not None and action == "given_back":
        check_role(actor, ("supervisor",))
        give_back(actor, _key(request), person, heir, fen_of(request, "fen"), reference=text_of(request, "reference", 60), today=today())
        return
    if action == "ask_undoing":
        undoing.ask(actor, _key(request), person, reason=text_of(request, "reason", 1000), proof=text_of(request, "proof", 1000))
        return
    if action in ("undo", "keep"):
        check_role(actor, ("supervisor",))
        undoing.decide(actor, _key(request), person, accept=action == "undo", reason=text_of(request, "answer", 1000), today=today())
        return
    if heir is not None:
        check_role(actor, ("supervisor",))
        commands.heir_payment(actor, _key(request), person, heir)
        return
    if action == "rest":
        inherit_rest(actor, _key(request), person, today=today())
        return
    settle(actor, _key(request), person, died_on=date_of(request, "died_on"), heirs=_heirs(request), province=actor.province or "",
           disposable_income_fen=fen_of(request, "income"), today=today())


def _heirs(request: HttpRequest) -> list[Heir]:
    heirs = []
    for n in range(1, HEIRS + 1):
        name, share = text_of(request, f"name{n}", 60), text_of(request, f"share{n}", 12)
        if not name and not share:
            continue
        try:
            right = bool(name) and 0 < Fraction(share) <= 1
        except (ValueError, ZeroDivisionError):
            right = False
        if not right:
            raise InputError("death.share", value=share, where=f"share{n}", zh=f"第 {n} 位：请填姓名和份额，份额写成 1/2 或 1。",
                             en=f"Heir {n}: give name and share, the share as 1/2 or 1.")
        heirs.append(Heir(name, share))
    if not heirs:
        raise InputError("death.shares", where="name1", zh="请至少填一位继承人。", en="Name one heir at least.")
    return heirs


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY)
def announcing(request: HttpRequest) -> HttpResponse:
    """Tell those concerned of a new rule: written, read over with the number of people, then sent."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    given = {name: text_of(request, name, most) for name, most in (("rule", 60), ("month", 7), ("change", 60))}
    wanted = {name: text_of(request, name, 20) for name in ("scheme", "sex", "status", "choice", "short", "platform", *announcements.NUMBERS)}
    faults: dict[str, Any] = {}
    text, people = "", 0
    if request.method == "POST":
        read: list[Any] = []
        faults = sent(lambda: read.extend((announcements.check(**given), announcements.given(wanted))))
        if not faults and request.POST.get("send"):
            faults = sent(lambda: announcements.send(actor, **given, who=read[1]))
            if not faults:
                return redirect("/desk/announce/")
        elif not faults:
            text, people = read[0], len(announcements.concerned(actor, read[1]))
    job = latest("announce", province=actor.province)
    part = progress(request, job)
    if part is not None:
        return part
    return page(request, "announce", fault_status(faults), faults=faults, given={**given, **wanted}, text=text, people=people, job=job, refresh=refresh(job),
                schemes=[{"name": name, **each} for name, each in announcements.SCHEMES.items()], selects=announcements.selects(), month=format_month(queues.this_month()))
