"""Months of this year that were not paid: which of them the place lets be caught up, and the bill for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lingbao.law.errors import InputError, LingbaoError
from lingbao.law.month import MONTHS_PER_YEAR
from lingbao.registry.collection.bills import bill_catch_up
from lingbao.registry.collection.parts import YEARLY, bills
from lingbao.registry.enrolment.choice import month_due
from lingbao.registry.enrolment.membership import Membership, choice_on, memberships
from lingbao.registry.enrolment.terms import terms_of
from lingbao.registry.ledger.commands import Command, execute
from lingbao.registry.record.queries import months_of
from lingbao.registry.session import acting_as
from lingbao.web import engine, figures
from lingbao.web.account.access import Me, this_month, today, worker_only
from lingbao.web.account.fields import Box
from lingbao.web.account.matter import Asked, Matter, Question, Row
from lingbao.web.fields import Field
from lingbao.web.places import name_of

PATH = "/account/missed/"


@dataclass(frozen=True)
class Missed:
    """What may be caught up.

    Attributes
    ----------
    member : Membership or None
        The membership, if it is one of the employee scheme that the worker pays.
    months : tuple of int
        Months of this year, since joining, that are neither paid nor billed.
    allowed : bool or None
        Whether the place lets them be caught up; None where that is not on record.
    """

    member: Membership | None
    months: tuple[int, ...]
    allowed: bool | None

    @property
    def open(self) -> bool:
        """Whether there is something to bill."""
        return bool(self.months) and self.allowed is True and self.member is not None and not self.member.stopped


def missed(me: Me) -> Missed:
    """Return the months missed this year (inside a transaction of the worker)."""
    now = this_month()
    member = next(iter(memberships(me.number, on=now)), None)
    if member is None or member.standing != "flexible":
        return Missed(None, (), None)
    taken = {each.month for each in months_of(me.number)}
    taken |= {part.month for bill in bills(me.number) if bill.kind not in YEARLY for part in bill.parts if part.dropped is None}
    first = max(member.since, now - now % MONTHS_PER_YEAR)
    months = tuple(month for month in range(first, now) if month not in taken and choice_on(member.id, month) is not None)
    try:
        allowed = terms_of(engine.law(), member.province, member.area, now).catch_up
    except LingbaoError:  # the bases of the place are not on record, so nothing can be billed there at all
        allowed = None
    return Missed(member, months, allowed)


def _found(asked: Asked) -> Missed:
    if not hasattr(asked.request, "missed"):
        with acting_as(asked.worker.actor):
            asked.request.missed = missed(asked.worker)  # type: ignore[attr-defined]
    return asked.request.missed  # type: ignore[attr-defined, no-any-return]


def _name(month: int) -> str:
    return f"month{month}"


def _chosen(asked: Asked) -> list[int]:
    return [month for month in _found(asked).months if asked.values.get(_name(month))]


def _boxes(asked: Asked) -> tuple[Field, ...]:
    return tuple(Box(_name(month), "tick", figures.month(month, "zh"), figures.month(month, "en")) for month in _found(asked).months)


def _told(asked: Asked) -> tuple[Sequence[Row], Sequence[tuple[str, str]]]:
    zh, member, months = asked.lang == "zh", _found(asked).member, _chosen(asked)
    if not months or member is None:
        raise InputError("account.no_month", where="months", zh="请至少勾选一个月份。", en="Tick one month at least.")
    rows, total = [], 0
    with acting_as(asked.worker.actor):
        for month in months:
            choice = choice_on(member.id, month)
            assert choice is not None
            due = month_due(choice, terms_of(engine.law(), member.province, member.area, month))
            rows.append(Row(figures.month(month, asked.lang), figures.yuan(due.amount_fen / 100, asked.lang, 2), "months"))
            total += due.amount_fen
    rows.append(Row("合计" if zh else "In all", figures.yuan(total / 100, asked.lang, 2)))
    return rows, (("按这些月份各自的基数计算；今年内付清才算数。", "Each month is worked out on its own base; it counts once paid within this year."),)


def _send(asked: Asked) -> str:
    me, member, months = asked.worker, _found(asked).member, _chosen(asked)
    assert member is not None
    execute(me.actor, Command("account.catch_up", asked.key, months),
            lambda: {"bill": bill_catch_up(me.actor, engine.law(), member.id, months, today=today())})
    return "/account/pay/"


MATTER = Matter(
    "catch-up", "补缴今年的月份", "Catch up months of this year",
    (Question("months", "您想补缴哪几个月？", "Which months do you want to catch up?", _boxes, "只列出今年参保以后、没有缴过的月份。",
              "Only months of this year, since you joined, that were not paid.", shown=False),),
    button=lambda asked: ("开补缴单", "Make the bill"), send=_send, told=_told, open=lambda asked: None if _found(asked).open else PATH)


@worker_only
def page(request: HttpRequest) -> HttpResponse:
    """The months missed, and whether the law of the place lets them be caught up; if not, why."""
    me, lang = request.me, request.lang  # type: ignore[attr-defined]
    with acting_as(me.actor):
        found = missed(me)
    return render(request, "account/missed.html", {
        "found": found, "place": name_of(found.member.province, lang) if found.member else "",
        "months": [figures.month(month, lang) for month in found.months],
        "path": f"provinces.{found.member.province}.flexible" if found.member else ""})
