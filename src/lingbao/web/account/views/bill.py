"""One bill: what it asks for, what was paid of it, and a button to drop what is not paid, such as a bill of the wrong tier."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.registry.collection.bills import drop
from lingbao.registry.collection.parts import YEARLY, Bill, Part, bill_of
from lingbao.registry.errors import Conflict
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.session import acting_as
from lingbao.web import figures
from lingbao.web.account import words
from lingbao.web.account.access import Me, worker_only
from lingbao.web.account.form_key import key_of
from lingbao.web.places import name_of

DROPPED = "本人撤销"


def drop_own(me: Me, key: str, number: int) -> int:
    """Ask no more for what is not paid of an own bill; return how many months or years that were.

    Raises
    ------
    NotFound
        If it is not the worker's.
    Conflict
        If nothing of it is open.
    """
    def work() -> dict[str, int]:
        if not bill_of(number).open_fen:
            raise Conflict("collection.nothing_open", value=number, zh="这张缴费单没有待缴的部分，不用撤销。", en="Nothing of this bill is open.")
        return {"dropped": drop(me.actor, number, reason=DROPPED)}

    return int(execute(me.actor, Command("account.drop_bill", key, number), work)["dropped"])


def state_of(part: Part) -> str:
    """``paid``, ``taken_back``, ``dropped`` or ``open``."""
    if part.dropped is not None:
        return "dropped" if part.entry is None else "taken_back"
    return "open" if part.entry is None else "paid"


def named(bill: Bill, part: Part, lang: str) -> str:
    """Return the month, or the year, that a part pays."""
    return figures.month(part.month, lang) if bill.kind not in YEARLY else f"{part.month // MONTHS_PER_YEAR}{'年' if lang == 'zh' else ''}"


@worker_only
def page(request: HttpRequest, number: int) -> HttpResponse:
    """The bill, or its unpaid rest dropped."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    if request.method == "POST":
        drop_own(me, key_of(request.POST.get("key", "")), number)
        return redirect(f"/account/bills/{number}/")
    with acting_as(me.actor):
        bill = bill_of(number)
    return render(request, "account/bill.html", {
        "bill": bill, "key": secrets.token_hex(16), "open": bill.open_fen / 100,
        "place": name_of(bill.province, lang),
        "parts": [{"what": named(bill, part, lang), "fen": part.amount_fen / 100, "base": None if bill.kind in YEARLY else part.base_fen / 100,
                   "account": (part.account_fen + part.subsidy_fen) / 100, "state": words.said(words.BILL_PARTS, state_of(part), lang)} for part in bill.parts]})
