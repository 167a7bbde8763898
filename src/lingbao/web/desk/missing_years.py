"""At the counter: the bill for years that a member of the resident scheme may still buy."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from lingbao.law.errors import InputError
from lingbao.law.store import Law
from lingbao.registry.benefits.missing_years import Buyable, bill_missing_years, buyable
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.session import Actor, run_as
from lingbao.web.desk.access import AGENCY, for_roles
from lingbao.web.desk.forms import fen_of, sent, text_of
from lingbao.web.desk.money_views import fault_status
from lingbao.web.desk.opening import with_file
from lingbao.web.desk.queues import today
from lingbao.web.desk.views import _key, page


def desk_buys(person: int) -> Buyable:
    """Return what a person may buy today, as the acting role sees it."""
    return buyable(Law.load(), person, today())


@require_http_methods(["GET", "POST"])
@for_roles(*AGENCY)
@with_file(*AGENCY)
def buying(request: HttpRequest, number: str) -> HttpResponse:
    """Make the bill that a person asks for at the counter; it is paid like any other."""
    actor, person = request.actor, int(number)  # type: ignore[attr-defined]
    found = request.file  # type: ignore[attr-defined]
    faults: dict[str, Any] = {}
    if request.method == "POST":
        faults = sent(lambda: _bill(request, actor, person))
        if not faults:
            return redirect(f"/desk/persons/{person}/")
    open_to = run_as(actor, lambda: desk_buys(person))
    missing = open_to.missing
    return page(request, "missing_years", fault_status(faults), found=found, faults=faults, missing=missing, why=open_to.fault, given=request.POST,
                most=len(missing.years) if missing else 0, years=sorted(missing.years) if missing else [], counted=f"{missing.counted:g}" if missing else "",
                fees=[f"{fee:g}" for fee in missing.fees] if missing else [])


def _bill(request: HttpRequest, actor: Actor, person: int) -> None:
    count, fee = text_of(request, "years", 2), fen_of(request, "fee") / 100
    if not count.isascii() or not count.isdigit():
        raise InputError("collection.buy_count", value=count, where="years", zh="请填补缴几年。", en="Say how many years.")
    bill(actor, _key(request), person, int(count), fee)


def bill(actor: Actor, key: str, person: int, years: int, fee: float) -> dict[str, Any]:
    """Make the bill for so many missing years at a yearly fee [yuan], once for its key.

    Raises
    ------
    NotFound
        If there is no membership now.
    InputError
        If so many years, or this fee, are not open.
    """
    def work() -> dict[str, int]:
        found = desk_buys(person)
        if found.fault is not None:
            raise found.fault
        assert found.member is not None
        return {"bill": bill_missing_years(actor, Law.load(), found.member.id, years, fee, today=today())}

    return dict(execute(actor, Command("desk.missing_years", key, {"person": person, "years": years, "fee": fee}), work))
