"""Pages of reconciliation with the bank: upload its statement, see each line beside its entry, and what waits in suspense."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError
from lingbao.registry.banking import statements
from lingbao.registry.people.persons import masked
from lingbao.registry.session import Actor, run_as
from lingbao.web.account import bank
from lingbao.web.desk import commands
from lingbao.web.desk.access import AGENCY, check_role, for_roles
from lingbao.web.desk.forms import fen_of, sent, text_of
from lingbao.web.desk.money_views import fault_status
from lingbao.web.desk.queues import today
from lingbao.web.desk.views import CASES, _key, _number, page
from lingbao.web.desk.words import word
from lingbao.web.reasons import both

SHOWN = 500  # lines of one kind on a page
STATES = ("differs", "untold", "unknown", "matched")
MOST_FILE = 1000 * 1024


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def reconcile(request: HttpRequest) -> HttpResponse:
    """Statements taken so far, the form for another, and money in suspense."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, AGENCY)
        taken: list[int] = []
        faults = sent(lambda: taken.append(_taken(request, actor)))
        if not faults:
            return redirect(f"/desk/bank/{taken[0]}/")
    return _bank(request, actor, faults)


def _taken(request: HttpRequest, actor: Actor) -> int:
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > MOST_FILE:
        raise InputError("bank.file", where="file", zh=f"请选择对账单文件，至多 {MOST_FILE // 1024} KB；更大的请先用 gzip 压缩。",
                         en=f"Choose the statement's file, {MOST_FILE // 1024} kB at most; compress a larger one with gzip first.")
    return statements.take(actor, text_of(request, "channel", 40), file.read(), today=today()).number


def _bank(request: HttpRequest, actor: Actor, faults: dict[str, Any]) -> HttpResponse:
    waiting = run_as(actor, lambda: statements.suspense(actor.province))
    names = {each.id: each.name_masked for each in run_as(actor, lambda: masked([each.person for each in waiting]))}
    return page(request, "bank", fault_status(faults), faults=faults, may_upload=actor.role in AGENCY, channel=bank.channel(),
                statements=run_as(actor, statements.statements),
                suspense=[{"each": each, "name": names.get(each.person, ""), "key": secrets.token_hex(12)} for each in waiting],
                total=sum(each.fen for each in waiting))


@require_http_methods(["POST"])
@for_roles(*AGENCY)
def refund(request: HttpRequest) -> HttpResponse:
    """Propose that money in suspense be paid back; another person approves it in the queue of refunds."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = _number(request, "person") or 0
    faults = sent(lambda: commands.refund_proposal(actor, _key(request), person, fen_of(request, "fen"), channel=bank.channel(),
                                                   reason=text_of(request, "reason") or "缴款超出应缴", where=f"fen{person}"))
    return _bank(request, actor, faults) if faults else redirect("/desk/queue/refunds/")


@require_http_methods(["GET", "POST"])
@for_roles(*CASES)
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """One statement beside the books."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = int(number)
    faults: dict[str, Any] = {}
    if request.method == "POST":
        check_role(actor, ("supervisor",))
        faults = sent(lambda: statements.book_untold(actor, wanted, _number(request, "line") or 0))
        if not faults:
            return redirect(f"/desk/bank/{wanted}/")
    found = run_as(actor, lambda: statements.reconciled(wanted))
    groups = [{"state": state, "heading": {lang: text[:1].upper() + text[1:] for lang, text in word("states", state).items()}, "count": len(lines), "fen": sum(each.line.amount_fen for each in lines), "lines": lines[:SHOWN]}
              for state in STATES if (lines := [each for each in found.lines if each.state == state])]
    return page(request, "statement", fault_status(faults), faults=faults, found=found.statement, groups=groups, refusals=found.refusals[:SHOWN],
                ours=[{"each": each, "said": both(each.kind, each.reason)} for each in found.ours_only[:SHOWN]], ours_count=len(found.ours_only), shown=SHOWN,
                may_book=actor.role == "supervisor" and actor.id != found.statement.uploaded_by)
