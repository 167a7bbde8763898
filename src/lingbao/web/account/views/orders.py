"""What platforms withheld: by month, by day, order by order, each with its rule, its file and its entry."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.registry.errors import NotFound
from lingbao.registry.orders import own
from lingbao.registry.session import acting_as
from lingbao.web.account import withheld
from lingbao.web.account.access import china, today, worker_only
from lingbao.web.account.views import refund

KEPT = 365  # days that the list of months looks back


def nothing_withheld(value: object) -> NotFound:
    return NotFound("account.no_orders", value=value, zh="没有这一天或这一单的接单记录。", en="No orders of yours are on record for that.")


@worker_only
def months(request: HttpRequest) -> HttpResponse:
    """The last twelve months, the latest first."""
    me, last = request.me, today()  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = own.days((last - timedelta(days=KEPT)).replace(day=1), last)
        unused = refund.waiting(me, "withheld")
    return render(request, "account/orders.html", {"months": withheld.by_month(found), "unused": sum(unused.values()) / 100})


@worker_only
def span(request: HttpRequest, day: str) -> HttpResponse:
    """A month with its days (``2026-11``), or a day with its orders (``2026-11-02``)."""
    try:
        first = date.fromisoformat(f"{day}-01" if len(day) == 7 else day)
    except ValueError:
        raise nothing_withheld(day[:20]) from None
    return _month(request, first, day) if len(day) == 7 else _day(request, first)


def _month(request: HttpRequest, first: date, name: str) -> HttpResponse:
    me = request.me  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = own.days(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))
    if not found:
        raise nothing_withheld(name)
    return render(request, "account/orders_month.html", {
        "name": name, "month": first.year * 12 + first.month - 1, "total": withheld.sum_of(found), "days": withheld.by_day(found)})


def _day(request: HttpRequest, day: date) -> HttpResponse:
    me = request.me  # type: ignore[attr-defined]
    with acting_as(me.actor):
        sums, found = own.days(day, day), own.orders_of(day)
    if not found:
        raise nothing_withheld(day)
    names = {each.platform: each for each in sums}
    return render(request, "account/orders_day.html", {
        "day": day, "month": f"{day:%Y-%m}", "total": withheld.sum_of(sums), "parts": [
            {"platform": names[number], "orders": [each for each in found if each.platform == number]} for number in names]})


@worker_only
def order(request: HttpRequest, day: str, platform: int, number: str) -> HttpResponse:
    """One order: time, income, what was withheld and by which rule; the file it came in and the entry in the books."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise nothing_withheld(day[:20]) from None
    with acting_as(me.actor):
        found = own.order(on, platform, number[:64].replace("\x00", ""))
        if not found:
            raise nothing_withheld(number[:64])
        agreement, name = own.agreement_on(platform, on), next(each for each in own.days(on, on) if each.platform == platform)
        parts = []
        for each in found:
            behind = own.behind(each.file)
            assert behind is not None
            parts.append({"order": each, "file": behind, "received": china(behind.received_at), "account": account_moved(me.number, behind.entry),
                          "steps": withheld.reason(each, agreement, lang) if agreement and not each.exempt else []})
    return render(request, "account/order.html", {"day": day, "number": number, "platform": name, "parts": parts, "agreement": agreement})


def account_moved(person: int, entry: int | None) -> int | None:
    """Return the worker's own account that the entry moved, for the address of its line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT a.id FROM ledger_leg l JOIN ledger_account a ON a.id = l.account_id WHERE l.entry_id = %s"
                       " AND a.owner_kind = 'person' AND a.owner_id = %s ORDER BY a.id LIMIT 1", [entry, person])
        found = cursor.fetchone()
    return None if found is None else int(found[0])
